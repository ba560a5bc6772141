#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rungs {

/// Captured octets. A view: whoever hands it out says what keeps it alive.
using Bytes = std::span<const std::uint8_t>;

/// The same octets as text. Alive as long as the octets are.
inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The same characters as octets. Alive as long as the text is.
inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The only way that binary headers are read: every access is checked against the end.
///
/// A read past the end returns 0 (or an empty span), consumes nothing more and leaves the cursor `failed()`;
/// so a parser reads a whole header and asks once. `offset()` then still names where the header ended.
class ByteCursor {
  public:
    explicit ByteCursor(Bytes bytes) : m_bytes(bytes) {}

    [[nodiscard]] bool failed() const { return m_failed; }
    [[nodiscard]] std::size_t offset() const { return m_offset; }
    [[nodiscard]] std::size_t remaining() const { return m_bytes.size() - m_offset; }
    [[nodiscard]] bool empty() const { return remaining() == 0; }
    /// What has not been read yet; alive as long as the octets given to the constructor.
    [[nodiscard]] Bytes rest() const { return m_bytes.subspan(m_offset); }

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian<1>()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian<2>()); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian<3>()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian<4>()); }
    std::uint64_t u64() { return big_endian<8>(); }
    std::uint16_t u16le() { return static_cast<std::uint16_t>(little_endian<2>()); }
    std::uint32_t u32le() { return static_cast<std::uint32_t>(little_endian<4>()); }
    std::uint64_t u64le() { return little_endian<8>(); }

    /// The next `count` octets, or an empty span and `failed()` when there are fewer.
    Bytes take(std::size_t count) {
        if (!need(count)) return {};
        const Bytes taken = m_bytes.subspan(m_offset, count);
        m_offset += count;
        return taken;
    }
    void skip(std::size_t count) { take(count); }

    /// The octet `ahead` positions on, without consuming it; 0 past the end (no failure is recorded).
    [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const {
        return ahead < remaining() ? m_bytes[m_offset + ahead] : std::uint8_t{0};
    }

  private:
    bool need(std::size_t count) {
        if (m_failed || count > remaining()) m_failed = true;
        return !m_failed;
    }
    template <std::size_t N>
    std::uint64_t big_endian() {
        if (!need(N)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < N; ++i) value = value << 8U | m_bytes[m_offset + i];
        m_offset += N;
        return value;
    }
    template <std::size_t N>
    std::uint64_t little_endian() {
        if (!need(N)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = N; i-- > 0;) value = value << 8U | m_bytes[m_offset + i];
        m_offset += N;
        return value;
    }

    Bytes m_bytes;
    std::size_t m_offset = 0;
    bool m_failed = false;
};

} // namespace rungs
