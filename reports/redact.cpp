#include "reports/redact.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::reports {
namespace {

/// Members whose value is a word of ours (or of the flow that the capture is compared with).
constexpr std::array<std::string_view, 21> own_words{
    "schema",    "kind", "outcome",  "ended_by", "evidence",  "confidence", "state",
    "transport", "role", "relation", "severity", "direction", "code",       "reference",
    "protocol",  "type", "version",  "verdict",  "status",    "flow",       "expected"};

/// What stands before a secret, in lower case. "nonce=" also ends cnonce and nextnonce.
constexpr std::array<std::string_view, 15> before_secret{
    "response=", "nonce=",  "opaque=", "rspauth=", "password=", "inline:", "ice-pwd:",      "ice-ufrag:",
    "basic ",    "bearer ", "enc64: ", "twn s ",   "cki ",      "ticket=", "hashed-nonce: "};

/// What stands before a name that is no part of an address.
constexpr std::array<std::string_view, 3> before_name{"username=", "p4-context: ", "tel:"};

bool is_word(char c) {
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("_-.!~*'+%&=$/").find(c) != std::string_view::npos;
}

/// Separates names and values, where `is_word` sees one word.
bool is_joint(char c) {
    return c == '=' || c == '/' || c == '&';
}

std::size_t word_size(std::string_view text) {
    const auto* const end = std::ranges::find_if_not(text, is_word);
    return static_cast<std::size_t>(end - text.begin());
}

std::size_t starts_with_one_of(std::string_view text, const auto& markers) {
    for (const std::string_view marker : markers) {
        if (istarts_with(text, marker)) return marker.size();
    }
    return 0;
}

/// Octets of a value that may stand in quotes (they are not counted); ends before a separator.
std::string_view value_at(std::string_view text) {
    if (text.starts_with('"')) return text.substr(1, text.find('"', 1) - 1);
    return text.substr(0, std::min(text.find_first_of(" \t\r\n,;|<>\"&"), text.size()));
}

} // namespace

void Redactor::learn(const Analysis& analysis) {
    for (const Capture& capture : analysis.captures) {
        m_words.try_emplace(capture.file.path, fmt::format("capture-{}", m_words.size() + 1));
    }
    for (const Dialog& dialog : analysis.dialogs) {
        for (const Party* party : {&dialog.caller, &dialog.callee}) {
            const sip::Uri uri = sip::parse_uri(analysis.text(party->uri));
            if (!uri.user.empty()) {
                pseudonym(uri.user, Kind::user);
                m_words.try_emplace(sip::percent_decode(uri.user), pseudonym(uri.user, Kind::user));
            }
            learn_words(analysis.text(party->display_name));
        }
    }
}

void Redactor::learn_words(std::string_view phrase) {
    while (!phrase.empty()) {
        if (const std::size_t size = word_size(phrase); size > 0) {
            pseudonym(phrase.substr(0, size), Kind::user);
            phrase.remove_prefix(size);
        } else {
            phrase.remove_prefix(1);
        }
    }
}

const std::string& Redactor::pseudonym(std::string_view word, Kind kind) {
    const auto [place, is_new] = m_words.try_emplace(std::string(word));
    if (is_new) {
        place.value() =
            kind == Kind::user ? fmt::format("user{}", ++m_users) : fmt::format("secret{}", ++m_secrets);
    }
    return place->second;
}

const std::string& Redactor::pseudonym(const IpAddress& address) {
    const auto [place, is_new] = m_addresses.try_emplace(address.to_string());
    if (is_new) {
        std::string& text = place.value();
        if (address.is_unspecified() || address.is_loopback()) {
            text = address.to_string();
        } else if (address.is_v6()) {
            text = fmt::format("2001:db8::{:x}", ++m_v6);
        } else if (address.is_private()) {
            ++m_private;
            text = fmt::format("10.{}.{}.{}", m_private >> 16U & 0xffU, m_private >> 8U & 0xffU,
                               m_private & 0xffU);
        } else {
            ++m_public;
            text = fmt::format("198.{}.{}.{}", 18U + (m_public >> 16U & 1U), m_public >> 8U & 0xffU,
                               m_public & 0xffU);
        }
    }
    return place->second;
}

std::string Redactor::apply(std::string_view key, std::string_view text) {
    // An invitation's ended_by is an address; no word of ours has an @.
    const bool ours =
        std::ranges::find(own_words, key) != own_words.end() && text.find('@') == std::string_view::npos;
    return ours ? std::string(text) : apply(text);
}

std::string Redactor::apply(std::string_view text) {
    if (const auto whole = m_words.find(std::string(text)); whole != m_words.end()) return whole->second;
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const bool at_start = out.empty() || !is_word(out.back()) || is_joint(out.back());
        if (take_secret(text, out) || take_address(text, out)) continue;
        if (at_start && is_word(text.front())) {
            take_word(text, out);
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

bool Redactor::take_secret(std::string_view& text, std::string& out) {
    std::size_t marker = starts_with_one_of(text, before_secret);
    Kind kind = Kind::secret;
    if (marker == 0) {
        marker = starts_with_one_of(text, before_name);
        kind = Kind::user;
    }
    if (marker == 0) return false;
    const std::string_view value = value_at(text.substr(marker));
    if (value.empty()) return false;
    const std::size_t quote = text[marker] == '"' ? 1 : 0;
    out += text.substr(0, marker + quote);
    out += pseudonym(value, kind);
    text.remove_prefix(marker + quote + value.size());
    return true;
}

bool Redactor::take_address(std::string_view& text, std::string& out) {
    if (!out.empty() && (is_digit(out.back()) || out.back() == '.')) return false;
    for (const std::string_view alphabet : {"0123456789abcdefABCDEF:.", "0123456789."}) {
        std::string_view run = text.substr(0, std::min(text.find_first_not_of(alphabet), text.size()));
        while (!run.empty() && (run.back() == '.' || (run.back() == ':' && !run.ends_with("::"))))
            run.remove_suffix(1);
        if (run.size() < 3) continue;
        if (const auto address = IpAddress::parse(run)) {
            out += pseudonym(*address);
            text.remove_prefix(run.size());
            return true;
        }
    }
    return false;
}

/// A word is a name when an @ follows it, or when it was learnt. In MSN commands the friendly name stands
/// behind the address.
void Redactor::take_word(std::string_view& text, std::string& out) {
    const std::size_t size = word_size(text);
    const std::string_view word = text.substr(0, size);
    if (size < text.size() && text[size] == '@') {
        if (const std::size_t joint = word.find_last_of("=/&"); joint != std::string_view::npos) {
            out += word.substr(0, joint + 1);
            return text.remove_prefix(joint + 1);
        }
        const bool is_command_argument = !out.empty() && out.back() == ' ';
        out += pseudonym(word, Kind::user);
        text.remove_prefix(size);
        const std::size_t host = 1 + word_size(text.substr(1));
        if (!is_command_argument || host >= text.size() || text[host] != ' ') return;
        const std::string_view name = text.substr(host + 1, word_size(text.substr(host + 1)));
        if (name.empty() || std::ranges::all_of(name, is_digit) || istarts_with(name, "SIP/")) return;
        out += text.substr(0, host + 1);
        out += pseudonym(name, Kind::user);
        text.remove_prefix(host + 1 + name.size());
        return;
    }
    if (const auto known = m_words.find(std::string(word)); known != m_words.end()) {
        out += known->second;
        text.remove_prefix(size);
        return;
    }
    // Not a name as a whole: its parts may be one ("o=ana", "a/b").
    const auto* const joint = std::ranges::find_if(word, is_joint);
    const auto part = static_cast<std::size_t>(joint - word.begin());
    if (const auto known = m_words.find(std::string(word.substr(0, part))); known != m_words.end()) {
        out += known->second;
        text.remove_prefix(part);
        return;
    }
    // Letter by letter from here: an address or a secret may begin inside.
    out += text.front();
    text.remove_prefix(1);
}

} // namespace rungs::reports
