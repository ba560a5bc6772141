#include "analyzer/capture/formats.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/text.hpp"

namespace rungs::capture {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view convert = "convert it with Wireshark's editcap: editcap -F pcapng IN OUT";
constexpr std::string_view unpack = "unpack it and give the captures in it";

struct Signature {
    std::size_t offset;
    std::string_view octets;
    std::string_view what;
    std::string_view hint;
};

constexpr std::array signatures = {
    Signature{0, "GMBU"sv, "a Microsoft Network Monitor 2 capture", convert},
    Signature{0, "RTSS"sv, "a Microsoft Network Monitor 1 capture", convert},
    Signature{0, "snoop\0\0\0"sv, "a Solaris snoop capture", convert},
    Signature{0, "btsnoop\0"sv, "a Bluetooth btsnoop capture", convert},
    Signature{0, "TRSNIFF data    "sv, "a Sniffer capture", convert},
    Signature{0, "XCP\0"sv, "a NetXRay or Sniffer capture", convert},
    Signature{0, "\x7fver"sv, "an AiroPeek or OmniPeek capture", convert},
    Signature{0, "iptrace "sv, "an AIX iptrace capture", convert},
    Signature{0, "\0\0\2\0\x12\5\x10\0"sv, "a K12 capture", convert},
    Signature{0, "HEP3"sv, "HEP packets without a capture around them", ""sv},
    Signature{0, "PK\3\4"sv, "a zip archive", unpack},
    Signature{0, "PK\5\6"sv, "an empty zip archive", ""sv},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive", unpack},
    Signature{0, "Rar!\x1a\7"sv, "a rar archive", unpack},
    Signature{257, "ustar"sv, "a tar archive", unpack},
    Signature{0, "BZh"sv, "a file compressed with bzip2", "uncompress it with bunzip2"sv},
    Signature{0, "\x1f\x9d"sv, "a file compressed with compress", "uncompress it with gunzip"sv},
    Signature{0, "\x1f\x8b"sv, "a gzip file inside another compression", "uncompress it once"sv},
    Signature{0, "%PDF"sv, "a PDF document", ""sv},
    Signature{0, "\x89PNG"sv, "a PNG picture", ""sv},
    Signature{0, "\xff\xd8\xff"sv, "a JPEG picture", ""sv},
    Signature{0,
              "\x7f"
              "ELF"sv,
              "a program", ""sv},
    Signature{0, "RIFF"sv, "a RIFF file (sound or video)", ""sv},
    Signature{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an old Microsoft Office document", ""sv},
    Signature{0, "<?xml"sv, "an XML document", "save the capture itself, not an export of it"sv},
    Signature{0, "<!DOCTYPE"sv, "a web page", "the download was probably a login or error page"sv},
    Signature{0, "<html"sv, "a web page", "the download was probably a login or error page"sv},
};

bool matches(std::string_view head, const Signature& signature) {
    return head.size() >= signature.offset && head.substr(signature.offset).starts_with(signature.octets);
}

bool is_text(std::string_view head) {
    // The end of the head may cut a character in half.
    for (std::size_t cut = 0; cut < 4 && cut < head.size(); ++cut) {
        if (!is_utf8(head.substr(0, head.size() - cut))) continue;
        return std::ranges::none_of(head,
                                    [](char c) { return c >= '\0' && c < ' ' && !is_blank(c) && c != '\f'; });
    }
    return false;
}

std::string first_words(std::string_view text) {
    constexpr std::size_t shown = 24;
    std::string_view line = text.substr(0, text.find_first_of("\r\n")).substr(0, shown);
    while (!is_utf8(line)) line.remove_suffix(1);
    return printable(line);
}

std::string in_hex(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t octet : as_bytes(octets)) {
        if (!text.empty()) text += ' ';
        text += digits[octet >> 4U];
        text += digits[octet & 0xfU];
    }
    return text;
}

} // namespace

OtherFormat name_other_format(Bytes octets) {
    const std::string_view head = as_text(octets);
    const auto* const known = std::ranges::find_if(
        signatures, [&](const Signature& signature) { return matches(head, signature); });
    if (known != signatures.end()) return {std::string(known->what), std::string(known->hint)};
    if (is_text(head))
        return {"a text that begins with \"" + first_words(head) + "\"",
                "give the capture that Wireshark or tcpdump saved"};
    return {"something that begins with the octets " + in_hex(head.substr(0, 8)),
            "see what Wireshark says: capinfos FILE"};
}

} // namespace rungs::capture
