#pragma once

#include <optional>

namespace rungs {

/// A value or nothing, like std::optional, in the room of the value alone: Value(Nothing) stands for nothing.
/// For records of which there are hundreds of thousands.
template <typename Value, auto Nothing>
class Compact {
  public:
    constexpr Compact() = default;
    constexpr Compact(std::nullopt_t) {}
    constexpr Compact(Value value) : m_value(value) {}
    constexpr Compact(std::optional<Value> value) : m_value(value.value_or(Value(Nothing))) {}

    [[nodiscard]] constexpr bool has_value() const { return m_value != Value(Nothing); }
    constexpr explicit operator bool() const { return has_value(); }
    /// Only where there is a value.
    constexpr const Value& operator*() const { return m_value; }
    constexpr operator std::optional<Value>() const {
        return has_value() ? std::optional<Value>(m_value) : std::nullopt;
    }

    friend constexpr bool operator==(const Compact&, const Compact&) = default;

  private:
    Value m_value = Value(Nothing);
};

} // namespace rungs
