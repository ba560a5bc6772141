#include "dissectors/msn/message.hpp"

#include <string>

#include "core/text.hpp"
#include "dissectors/msn/chat.hpp"
#include "dissectors/msn/describe.hpp"
#include "dissectors/msn/gateway.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/msn/p2p.hpp"
#include "dissectors/msn/slp.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

void check_issues(const std::vector<Issue>& issues, std::size_t octets) {
    require(issues.size() <= limits::issues, "issues are bounded");
    for (const Issue& issue : issues) {
        require(issue.offset <= octets, "an issue stands inside of the octets");
        require(printable(issue.found) == issue.found && printable(issue.needed) == issue.needed,
                "texts of issues are printable");
    }
}

void check_fields(Bytes payload, const std::vector<msn::Field>& fields) {
    require(fields.size() <= limits::headers, "fields are bounded");
    for (const msn::Field& field : fields) {
        require_inside(payload, field.name);
        require_inside(payload, field.value);
    }
}

void check_p2p(std::string_view body) {
    msn::P2pChunk chunk;
    msn::parse_p2p(body, chunk);
    require_inside(as_bytes(body), chunk.data);
    check_issues(chunk.issues, body.size());
    msn::P2pAssembler assembler;
    // The same chunk again and again, elsewhere: lies about sizes must not make anything large.
    for (int i = 0; i < 4; ++i) {
        const auto whole = assembler.add("bob@example.net", chunk);
        chunk.offset += chunk.data.size();
        if (!whole) continue;
        require(whole->data.size() <= limits::msn_p2p_message_octets, "a message put together is bounded");
        require(whole->data.size() <= 4 * body.size(), "a message has no more octets than its chunks");
    }
    require(assembler.waiting() <= 4, "no more wait than were given");
}

void check_slp(std::string_view text) {
    msn::SlpMessage message;
    static_cast<void>(msn::is_slp(text));
    msn::parse_slp(text, message);
    const Bytes whole = as_bytes(text);
    for (const auto part : {message.method, message.request_uri, message.version, message.reason_phrase,
                            message.call_id, message.content_type, message.body, message.context,
                            message.nonce, message.internal_addresses, message.external_addresses})
        require_inside(whole, part);
    check_fields(whole, message.headers);
    check_fields(whole, message.fields);
    check_issues(message.issues, text.size());
}

void check_payload(std::string_view payload) {
    msn::Mime mime;
    msn::parse_mime(payload, mime);
    const Bytes whole = as_bytes(payload);
    for (const auto part : {mime.content_type, mime.charset, mime.body}) require_inside(whole, part);
    check_fields(whole, mime.headers);
    check_issues(mime.issues, payload.size());
    require(mime.body.empty() || payload.substr(mime.body_offset) == mime.body, "the body is what is left");

    msn::Invitation invitation;
    msn::parse_invitation(mime, invitation);
    for (const auto part : {invitation.command_text, invitation.cookie, invitation.session_id,
                            invitation.application_name, invitation.context_data, invitation.enc64_text})
        require_inside(whole, part);
    check_fields(whole, invitation.fields);
    check_issues(invitation.issues, payload.size());

    require_inside(whole, msn::parse_chat_text(mime).text);
    require_inside(whole, msn::typing_user(mime));
    require_inside(whole, msn::parse_profile(mime).preferred_email);
    check_p2p(mime.body);
    check_slp(mime.body);
}

void check_message(Bytes input, const msn::Message& message) {
    require_inside(input, message.bytes);
    for (const auto part : {message.line, message.payload}) require_inside(message.bytes, part);
    require(message.issues.size() <= limits::issues, "issues are bounded");
    check_issues(message.issues, message.bytes.size());
    const std::string redacted = msn::redacted(message);
    require(redacted.size() == message.bytes.size(), "redaction keeps lengths");
    std::size_t after = 0;
    for (const msn::Secret& secret : message.secrets) {
        require(secret.offset >= after && std::size_t{secret.offset} + secret.length <= redacted.size(),
                "secrets stand in the message, in order");
        after = secret.offset;
        require(redacted.substr(secret.offset, secret.length) == std::string(secret.length, '*'),
                "secrets are replaced");
    }
    const std::string line = msn::describe(message);
    require(printable(line) == line, "descriptions are printable");
    require(line.size() < 4096, "descriptions are short");
    check_payload(message.payload);
}

void parse_all(Bytes input, Framing framing) {
    msn::Message message;
    while (!input.empty()) {
        const Parsed parsed = msn::parse(input, framing, message);
        require(parsed.consumed <= input.size(), "no more is consumed than there is");
        if (parsed.outcome == Outcome::need_more) {
            require(framing == Framing::stream, "only a stream may need more");
            return;
        }
        require(parsed.consumed > 0, "what is read or malformed is consumed");
        if (parsed.outcome == Outcome::complete) check_message(input, message);
        input = input.subspan(parsed.consumed);
    }
}

} // namespace

FUZZ_TARGET(msn) {
    static_cast<void>(msn::probe(input));
    parse_all(input, Framing::datagram);
    parse_all(input, Framing::stream);
    static_cast<void>(msn::decode_name(as_text(input)));
}

FUZZ_TARGET(msn_payload) {
    check_payload(as_text(input));
    check_p2p(as_text(input));
    check_slp(as_text(input));
}

FUZZ_TARGET(msn_gateway) {
    static_cast<void>(msn::probe_gateway(input));
    msn::GatewayMessage message;
    for (const Framing framing : {Framing::stream, Framing::datagram}) {
        const Parsed parsed = msn::parse_gateway(input, framing, message);
        require(parsed.consumed <= input.size(), "no more is consumed than there is");
        if (parsed.outcome != Outcome::complete) continue;
        require_inside(input, message.bytes);
        require_inside(message.bytes, message.payload);
        for (const auto part : {message.target, message.action, message.session_id, message.server_ip})
            require_inside(message.bytes, part);
        check_issues(message.issues, message.bytes.size());
    }
}
