#pragma once

#include <string_view>

#include "dissectors/sip/message.hpp"

namespace rungs::sip {

/// Start line, CSeq (also the only one of `headers`), Content-Type and body as `parse` reads them, without a
/// look at anything else: for a message that `parse` has read before, without issues. `text` is that message
/// and nothing more; views into it. False, and `out` is worth nothing, where only `parse` can tell (folded
/// headers).
bool read_outline(std::string_view text, Message& out);

} // namespace rungs::sip
