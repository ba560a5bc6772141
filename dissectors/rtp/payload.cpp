#include "dissectors/rtp/payload.hpp"

namespace rungs::rtp {

// Headers first, all of them: 1 | type (7) | offset (14) | length (10) for each older block, 0 | type (7) for
// the primary, whose length is what remains. Then the data in the same order.
std::optional<Red> parse_red(Bytes payload) {
    ByteCursor cursor(payload);
    Red red;
    std::array<std::uint16_t, Red::max_blocks> lengths{};
    bool primary = false;
    while (!primary) {
        const unsigned first = cursor.u8();
        if (cursor.failed() || red.count == Red::max_blocks) return std::nullopt;
        RedBlock& block = red.blocks[red.count];
        block.payload_type = static_cast<std::uint8_t>(first & 0x7fU);
        primary = (first & 0x80U) == 0;
        if (!primary) {
            const std::uint32_t word = cursor.u24();
            block.timestamp_offset = static_cast<std::uint16_t>(word >> 10U);
            lengths[red.count] = static_cast<std::uint16_t>(word & 0x3ffU);
        }
        ++red.count;
    }
    for (std::size_t i = 0; i + 1 < red.count; ++i) red.blocks[i].data = cursor.take(lengths[i]);
    if (cursor.failed()) return std::nullopt;
    red.blocks[red.count - 1].data = cursor.rest();
    return red;
}

std::optional<TelephoneEvent> parse_telephone_event(Bytes payload) {
    ByteCursor cursor(payload);
    TelephoneEvent event;
    event.event = cursor.u8();
    const unsigned flags = cursor.u8();
    event.end = (flags & 0x80U) != 0;
    event.volume_dbm0 = static_cast<std::uint8_t>(flags & 0x3fU);
    event.duration = cursor.u16();
    if (cursor.failed()) return std::nullopt;
    return event;
}

std::string_view key_name(std::uint8_t event) {
    constexpr std::string_view keys = "0123456789*#ABCD";
    if (event < keys.size()) return keys.substr(event, 1);
    return event == 16 ? std::string_view("flash") : std::string_view{};
}

} // namespace rungs::rtp
