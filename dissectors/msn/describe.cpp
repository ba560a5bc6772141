#include "dissectors/msn/describe.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "dissectors/msn/chat.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/msn/p2p.hpp"
#include "dissectors/msn/slp.hpp"

namespace rungs::msn {

namespace {

constexpr std::size_t longest_word = 80; ///< octets

/// `text` made printable, cut between characters when it is long.
std::string shortened(std::string_view text) {
    if (text.size() <= longest_word) return printable(text);
    const auto continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
    };
    std::size_t end = longest_word;
    while (end > longest_word - 3 && continues(end)) --end;
    return printable(text.substr(0, end)) + "...";
}

void add(std::string& out, std::string_view text) {
    if (!text.empty()) out += ' ' + shortened(text);
}

bool is_secret(const Message& message, const Parameter& word) {
    return std::ranges::any_of(message.secrets,
                               [&](const Secret& secret) { return secret.offset == word.offset; });
}

void add_words(std::string& out, const Message& message) {
    for (const Parameter& word : message.parameters) {
        if (is_secret(message, word)) {
            out += " ***";
        } else if (word.name == "nickname" || word.name == "name") {
            add(out, decode_name(word.value));
        } else {
            add(out, word.value);
        }
    }
}

void add_invitation(std::string& out, const Mime& mime) {
    Invitation invitation;
    parse_invitation(mime, invitation);
    out += " invitation";
    add(out, invitation.command_text);
    add(out, to_string(invitation.application));
    if (invitation.application == Application::unknown) add(out, invitation.application_name);
    add(out, invitation.cancel_code_text);
    if (!invitation.cookie.empty()) {
        out += " cookie";
        add(out, invitation.cookie);
    }
    add(out, invitation.address_text);
}

void add_slp(std::string& out, std::string_view text) {
    SlpMessage slp;
    parse_slp(text, slp);
    out += " MSNSLP";
    add(out, slp.is_request ? std::string(slp.method) : std::to_string(slp.status));
    add(out, slp.reason_phrase);
    add(out, to_string(slp.application));
    if (slp.file) add(out, slp.file->name);
}

void add_p2p(std::string& out, const Mime& mime) {
    P2pChunk chunk;
    parse_p2p(mime.body, chunk);
    out += " P2P";
    if (is_slp(chunk.data)) {
        add_slp(out, chunk.data);
    } else if ((chunk.flags & p2p_flag::acknowledgement) != 0) {
        out += " acknowledgement";
    } else {
        out += " data";
    }
    if (!chunk.data.empty() && chunk.data.size() < chunk.total_octets) {
        out += " octets " + std::to_string(chunk.offset) + " to " +
               std::to_string(chunk.offset + chunk.data.size()) + " of " + std::to_string(chunk.total_octets);
    }
}

void add_body(std::string& out, const Message& message) {
    Mime mime;
    parse_mime(message.payload, mime);
    switch (body_kind(mime.content_type)) {
    case BodyKind::text: out += " text \"" + shortened(mime.body) + '"'; return;
    case BodyKind::typing:
        out += " typing";
        add(out, typing_user(mime));
        return;
    case BodyKind::profile: out += " profile"; return;
    case BodyKind::invitation: add_invitation(out, mime); return;
    case BodyKind::p2p: add_p2p(out, mime); return;
    case BodyKind::system:
    case BodyKind::datacast:
    case BodyKind::unknown: add(out, mime.content_type); return;
    }
}

} // namespace

std::string describe(const Message& message) {
    std::string out = printable(message.name);
    if (message.command == Command::msg) {
        add_body(out, message);
        return out;
    }
    if (message.command == Command::error) add(out, error_text(message.error));
    add_words(out, message);
    return out;
}

} // namespace rungs::msn
