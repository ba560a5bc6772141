#include "core/charset.hpp"

#include <cstddef>
#include <iconv.h>
#include <optional>

#include "core/text.hpp"

namespace rungs {
namespace {

/// Nothing when `text` is malformed in its encoding.
std::optional<std::string> convert(std::string_view text, const char* from, const char* to) {
    const iconv_t converter = iconv_open(to, from);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX says failure so
    if (converter == iconv_t(-1)) return std::nullopt;
    std::string input(text);
    std::string output(text.size() * 4, '\0'); // no character takes more octets in either encoding
    char* in = input.data();
    char* out = output.data();
    std::size_t in_left = input.size();
    std::size_t out_left = output.size();
    const bool done = iconv(converter, &in, &in_left, &out, &out_left) != std::size_t(-1) && in_left == 0;
    iconv_close(converter);
    if (!done) return std::nullopt;
    output.resize(output.size() - out_left);
    return output;
}

} // namespace

std::string to_utf8(std::string_view octets) {
    if (is_utf8(octets)) return std::string(octets);
    return convert(octets, "GB18030", "UTF-8").value_or(printable(octets));
}

std::string to_gb18030(std::string_view text) {
    return convert(text, "UTF-8", "GB18030").value_or("?");
}

} // namespace rungs
