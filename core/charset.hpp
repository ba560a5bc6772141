#pragma once

#include <string>
#include <string_view>

/// Texts of other programs, which do not say their encoding.
namespace rungs {

/// Well-formed UTF-8 is kept; anything else is taken for GB18030 (and its subset GBK), which is what Chinese
/// Windows writes. What is neither comes back as `printable` shows it. A few short GBK texts are well-formed
/// UTF-8, too, and come back wrong.
std::string to_utf8(std::string_view octets);

/// `text` is UTF-8. What cannot be said in GB18030 (invalid octets only) becomes `?`.
std::string to_gb18030(std::string_view text);

} // namespace rungs
