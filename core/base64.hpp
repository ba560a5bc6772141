#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rungs {

/// RFC 4648 section 4, strict: length a multiple of four, padding only at the end, no blanks. Anything else
/// gives nothing. The result is octets, not text.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace rungs
