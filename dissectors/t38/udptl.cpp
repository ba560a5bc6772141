#include "dissectors/t38/udptl.hpp"

#include <cstddef>

namespace rungs::t38 {
namespace {

/// A length as packed encoding rules write it (X.691 clause 11.9): 0 to 127 in one octet, up to 16383 in two.
std::size_t take_length(ByteCursor& cursor) {
    const unsigned first = cursor.u8();
    if (first < 0x80U) return first;
    return (first & 0x3fU) << 8U | cursor.u8();
}

void skip_counted(ByteCursor& cursor) {
    for (auto count = take_length(cursor); count > 0 && !cursor.failed(); --count)
        cursor.skip(take_length(cursor));
}

/// Two bits in front: is there a data field, and is it data (1) or an indicator (0)? An indicator is one
/// octet (two for the extended ones).
bool is_internet_fax_packet(Bytes packet) {
    if (packet.empty()) return false;
    const unsigned kind = packet[0] & 0xc0U;
    if (kind == 0) return packet.size() <= 2;
    return kind == 0xc0U && packet.size() > 2;
}

} // namespace

Probe probe(Bytes datagram) {
    ByteCursor cursor(datagram);
    cursor.skip(2); // sequence number
    if (!is_internet_fax_packet(cursor.take(take_length(cursor)))) return Probe::no;
    const bool forward_error_correction = (cursor.u8() & 0x80U) != 0;
    if (forward_error_correction) cursor.skip(take_length(cursor)); // how many packets one covers
    skip_counted(cursor);
    return !cursor.failed() && cursor.empty() ? Probe::maybe : Probe::no;
}

} // namespace rungs::t38
