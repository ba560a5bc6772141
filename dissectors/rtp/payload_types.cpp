#include "dissectors/rtp/payload_types.hpp"

#include <array>

namespace rungs::rtp {
namespace {

constexpr auto assignments = [] {
    std::array<PayloadType, 128> table{};
    table[0] = {"PCMU", 8000, 1};
    table[3] = {"GSM", 8000, 1};
    table[4] = {"G723", 8000, 1};
    table[5] = {"DVI4", 8000, 1};
    table[6] = {"DVI4", 16000, 1};
    table[7] = {"LPC", 8000, 1};
    table[8] = {"PCMA", 8000, 1};
    table[9] = {"G722", 8000, 1}; // samples at 16 kHz; the clock is an old mistake that RFC 3551 keeps
    table[10] = {"L16", 44100, 2};
    table[11] = {"L16", 44100, 1};
    table[12] = {"QCELP", 8000, 1};
    table[13] = {"CN", 8000, 1};
    table[14] = {"MPA", 90000, 1};
    table[15] = {"G728", 8000, 1};
    table[16] = {"DVI4", 11025, 1};
    table[17] = {"DVI4", 22050, 1};
    table[18] = {"G729", 8000, 1};
    table[25] = {"CelB", 90000, 0};
    table[26] = {"JPEG", 90000, 0};
    table[28] = {"nv", 90000, 0};
    table[31] = {"H261", 90000, 0};
    table[32] = {"MPV", 90000, 0};
    table[33] = {"MP2T", 90000, 0};
    table[34] = {"H263", 90000, 0};
    return table;
}();

} // namespace

const PayloadType& static_payload_type(std::uint8_t number) {
    return assignments[number & 0x7fU];
}

} // namespace rungs::rtp
