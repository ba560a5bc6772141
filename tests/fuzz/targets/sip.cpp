#include "dissectors/sip/message.hpp"

#include <string>
#include <vector>

#include "core/text.hpp"
#include "dissectors/sip/dtmf.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/outline.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

void check_views(Bytes input, const sip::Message& message) {
    require_inside(input, message.bytes);
    const Bytes whole = message.bytes;
    for (const auto part :
         {message.request_uri, message.version, message.reason_phrase, message.content_type, message.body})
        require_inside(whole, part);
    const sip::Identity& identity = message.identity;
    for (const auto part :
         {identity.call_id, identity.from_uri, identity.from_display_name, identity.from_tag, identity.to_uri,
          identity.to_display_name, identity.to_tag, identity.cseq_method, identity.branch, identity.sent_by,
          identity.origin_branch, identity.origin_sent_by})
        require_inside(whole, part);
    for (const sip::Header& header : message.headers) {
        require_inside(whole, header.name_text);
        require_inside(whole, header.value);
        require(as_text(whole).substr(header.offset, header.name_text.size()) == header.name_text,
                "an offset names where the header stands");
    }
}

void check_limits(const sip::Message& message) {
    require(message.headers.size() <= limits::headers, "headers are bounded");
    require(message.issues.size() <= limits::issues, "issues are bounded");
    for (const Issue& issue : message.issues) {
        require(!issue.code.empty(), "an issue has a code");
        require(issue.offset <= message.bytes.size(), "an issue stands inside of the message");
        require(printable(issue.found) == issue.found && printable(issue.needed) == issue.needed,
                "texts of issues are printable");
    }
}

std::string digest_of(const Parsed& parsed, const sip::Message& message) {
    std::string text = std::to_string(static_cast<int>(parsed.outcome)) + " " +
                       std::to_string(parsed.consumed) + " " + std::string(parsed.reason) + " " +
                       std::to_string(message.status) + " " + std::string(message.request_uri) + "|" +
                       std::string(message.body) + "|" + std::to_string(message.followed);
    for (const sip::Header& header : message.headers)
        text += "\n" + std::to_string(header.offset) + std::string(header.value);
    for (const Issue& issue : message.issues)
        text += "\n" + std::string(issue.code) + std::to_string(issue.offset) + issue.needed + issue.found;
    return text;
}

/// What is read again for a report is what was read at first.
void check_outline(const sip::Message& message) {
    sip::Message outline;
    if (!message.issues.empty() || !sip::read_outline(as_text(message.bytes), outline)) return;
    require(outline.is_request == message.is_request && outline.method == message.method &&
                outline.method_text == message.method_text && outline.request_uri == message.request_uri &&
                outline.status == message.status && outline.reason_phrase == message.reason_phrase &&
                outline.version == message.version && outline.content_type == message.content_type &&
                outline.identity.cseq_number == message.identity.cseq_number &&
                outline.identity.cseq_method == message.identity.cseq_method && outline.body == message.body,
            "an outline says what parsing has said");
}

void check_outcome(Bytes input, Framing framing, const Parsed& parsed) {
    require(parsed.consumed <= input.size(), "no more is consumed than there is");
    switch (parsed.outcome) {
    case Outcome::complete: require(parsed.consumed > 0, "a message takes octets"); break;
    case Outcome::need_more:
        require(parsed.consumed == 0 && framing == Framing::stream, "only a stream may need more");
        break;
    case Outcome::malformed:
        require(!parsed.reason.empty(), "what is malformed has a reason");
        require(input.empty() || parsed.consumed > 0, "what is malformed is skipped");
        break;
    }
}

void parse_all(Bytes input, Framing framing, sip::Message& reused) {
    while (!input.empty()) {
        const Parsed parsed = sip::parse(input, framing, reused);
        check_outcome(input, framing, parsed);
        sip::Message fresh;
        const Parsed again = sip::parse(input, framing, fresh);
        require(digest_of(parsed, reused) == digest_of(again, fresh), "reading again gives the same");
        if (parsed.outcome == Outcome::need_more) return;
        if (parsed.outcome == Outcome::complete) {
            check_views(input, reused);
            check_limits(reused);
            check_outline(reused);
            require_inside(input, sip::find_body(reused, "application/sdp"));
            static_cast<void>(sip::key_of(reused));
        }
        input = input.subspan(parsed.consumed);
    }
}

/// Octets that are still to come change nothing about a message that is complete, and fewer octets give no
/// other message: what a segment's end cuts is asked for again.
void check_prefix(Bytes input, std::size_t cut) {
    sip::Message whole;
    sip::Message part;
    const Parsed of_whole = sip::parse(input, Framing::stream, whole);
    const Parsed of_part = sip::parse(input.first(cut), Framing::stream, part);
    if (of_part.outcome != Outcome::complete) return;
    require(digest_of(of_part, part) == digest_of(of_whole, whole), "later octets do not change a message");
}

} // namespace

FUZZ_TARGET(sip) {
    sip::Message reused;
    static_cast<void>(sip::probe(input));
    parse_all(input, Framing::datagram, reused);
    parse_all(input, Framing::stream, reused);
    if (!input.empty()) check_prefix(input, input[input.size() / 2] * input.size() / 255);
    const Parsed parsed = sip::parse_malformed(input, reused);
    require(parsed.outcome == Outcome::complete, "anything can be kept as a broken message");
    check_views(input, reused);
    check_limits(reused);
}
