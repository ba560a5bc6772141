#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/bytes.hpp"

namespace rungs {

/// The four octets from `at` on as a number. The caller has made sure that they are there; one load, where a
/// ByteCursor asks and joins octet by octet: for what is read of every packet.
inline std::uint32_t load_u32(Bytes octets, std::size_t at, std::endian order = std::endian::big) {
    std::array<std::uint8_t, 4> four{};
    std::ranges::copy(octets.subspan(at, four.size()), four.begin());
    const auto value = std::bit_cast<std::uint32_t>(four);
    return order == std::endian::native ? value : __builtin_bswap32(value);
}

/// The eight octets at the front of `text`, in the order of the machine; they are there, as above.
inline std::uint64_t load_word(std::string_view text) {
    std::array<char, 8> eight{};
    std::copy_n(text.begin(), eight.size(), eight.begin());
    return std::bit_cast<std::uint64_t>(eight);
}

} // namespace rungs
