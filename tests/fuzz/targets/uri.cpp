#include "dissectors/sip/uri.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

FUZZ_TARGET(uri) {
    const auto text = as_text(input);
    const sip::Uri uri = sip::parse_uri(text);
    for (const auto part :
         {uri.scheme, uri.user, uri.password, uri.host, uri.parameters, uri.headers, uri.rest})
        require_inside(input, part);
    require(uri.scheme.size() + uri.rest.size() <= text.size(), "scheme and rest are parts of the text");
    if (uri.valid) require(sip::equivalent(uri, uri), "a URI is equivalent to itself");
    const sip::Uri again = sip::parse_uri(text);
    require(sip::equivalent(uri, again) == sip::equivalent(again, uri), "equivalence has no direction");

    const std::string decoded = sip::percent_decode(text);
    require(decoded.size() <= text.size(), "decoding does not lengthen");
    std::string encoded;
    for (const char c : decoded) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto octet = static_cast<unsigned char>(c);
        encoded += {'%', digits[octet >> 4U], digits[octet & 15U]};
    }
    require(sip::percent_decode(encoded) == decoded, "decoding undoes encoding");
}
