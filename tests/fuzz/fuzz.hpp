#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

/// What fuzz targets are written with. A target is a file in tests/fuzz/targets with one FUZZ_TARGET: octets
/// that a machine made up go in, and the properties that the code promises are required of what comes out.
/// The same files are built for libFuzzer (fuzzer.cpp) and, with any compiler, to replay the corpus
/// (replay.cpp).
namespace rungs::fuzz {

using Target = void (*)(Bytes input);

/// By name.
std::map<std::string_view, Target>& targets();

struct Registration {
    Registration(std::string_view name, Target target) { targets().emplace(name, target); }
};

/// Ends the process with `property` on stderr when it does not hold: the fuzzer keeps the input as a crash.
void require(bool holds, std::string_view property);

/// Views may point nowhere else (empty ones may).
void require_inside(Bytes whole, Bytes part);
void require_inside(Bytes whole, std::string_view part);

/// Takes small numbers off the front of the input, so that one input can steer several things. At its end all
/// numbers are 0.
class Dice {
  public:
    explicit Dice(Bytes input) : m_cursor(input) {}
    [[nodiscard]] bool empty() const { return m_cursor.empty(); }
    std::uint8_t u8() { return m_cursor.empty() ? std::uint8_t{0} : m_cursor.u8(); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(u8() << 8U | u8()); }
    std::uint32_t u32() { return std::uint32_t{u16()} << 16U | u16(); }
    /// At most `count` octets; fewer at the end.
    Bytes take(std::size_t count) { return m_cursor.take(std::min(count, m_cursor.remaining())); }
    [[nodiscard]] Bytes rest() const { return m_cursor.rest(); }

  private:
    ByteCursor m_cursor;
};

} // namespace rungs::fuzz

/// FUZZ_TARGET(uri) { ... input ... }
#define FUZZ_TARGET(NAME)                                                                                    \
    static void fuzz_##NAME(rungs::Bytes input);                                                             \
    static const rungs::fuzz::Registration registration_##NAME(#NAME, fuzz_##NAME);                          \
    static void fuzz_##NAME([[maybe_unused]] rungs::Bytes input)
