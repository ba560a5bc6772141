#include "dissectors/sip/headers.hpp"

#include <algorithm>

#include "core/base64.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/scan.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;
using namespace rungs::sip;

namespace {

void all_inside(Bytes input, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) require_inside(input, part);
}

void addresses(Bytes input, std::string_view text) {
    const NameAddr address = parse_name_addr(text);
    all_inside(input, {address.display_name, address.uri, address.parameters, address.tag});
    const Via via = parse_via(text);
    all_inside(input, {via.protocol, via.transport, via.sent_by, via.host, via.parameters, via.branch,
                       via.received, via.maddr, via.rport.value_or("")});
}

void lists(Bytes input, std::string_view text) {
    std::size_t octets = 0;
    for (const std::string_view value : split_values(text)) {
        require_inside(input, value);
        octets += value.size();
    }
    require(octets <= text.size(), "values of a list do not overlap");
    for (const Parameter& parameter : parse_parameters(text)) {
        all_inside(input, {parameter.name, parameter.value});
        require(find_parameter(text, parameter.name).has_value(), "a parameter that is listed is found");
    }
}

void numbers_and_words(Bytes input, std::string_view text) {
    all_inside(input, {parse_cseq(text).method, parse_rack(text).method});
    const Reason reason = parse_reason(text);
    all_inside(input, {reason.protocol, reason.text});
    const Replaces replaces = parse_replaces(text);
    all_inside(input, {replaces.call_id, replaces.from_tag, replaces.to_tag});
    all_inside(input, {parse_session_expires(text).refresher});
    const SessionId session = parse_session_id(text);
    all_inside(input, {session.local, session.remote});
    const Event event = parse_event(text);
    all_inside(input, {event.package, event.id});
    const SubscriptionState state = parse_subscription_state(text);
    all_inside(input, {state.state, state.reason});
    const Digest digest = parse_digest(text);
    all_inside(input, {digest.scheme, digest.realm, digest.nonce, digest.opaque, digest.algorithm, digest.qop,
                       digest.stale, digest.domain, digest.username, digest.uri, digest.response,
                       digest.cnonce, digest.nc});
}

} // namespace

FUZZ_TARGET(header_values) {
    const auto text = as_text(input);
    addresses(input, text);
    lists(input, text);
    numbers_and_words(input, text);
    const std::string line = unfold(text);
    require(line.size() <= text.size(), "unfolding does not lengthen");
    require(unfold(line) == line, "unfolding twice is unfolding once");
    require(unquote(text).size() <= text.size(), "unquoting does not lengthen");
    if (const auto decoded = base64_decode(text))
        require(decoded->size() == text.size() / 4 * 3 - (text.ends_with("==") ? 2 : text.ends_with('=')),
                "four digits are three octets");
    // The first line is a Content-Type, the rest a body.
    std::string_view body = text;
    const std::string_view type = take_until(body, '\n');
    for (const Part& part : parse_multipart(type, body))
        all_inside(input, {part.headers, part.content_type, part.body});
}
