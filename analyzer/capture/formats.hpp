#pragma once

#include <string>

#include "core/bytes.hpp"

namespace rungs::capture {

/// What a file is that is no capture rungs reads.
struct OtherFormat {
    std::string what; ///< ends the sentence "x.cap: not a pcap or pcapng capture, but ..."
    std::string hint; ///< what to do about it; may be empty
};

/// Names a file by its first octets (those of the content, when it was compressed).
OtherFormat name_other_format(Bytes head);

} // namespace rungs::capture
