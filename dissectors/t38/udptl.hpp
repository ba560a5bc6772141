#pragma once

#include "core/bytes.hpp"
#include "dissectors/dissector.hpp"

/// Fax over UDPTL, ITU-T T.38 clause 9.
namespace rungs::t38 {

/// `no` or `maybe`: UDPTL has no signature, so only a port that SDP announced for `udptl` makes it sure.
/// `maybe`: the primary packet is an indicator or carries data, and it and the redundant ones end exactly
/// with the datagram.
Probe probe(Bytes datagram);

} // namespace rungs::t38
