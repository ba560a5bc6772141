#include "tests/support/scene.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs::test {
namespace {

struct Split {
    std::string name;
    std::uint16_t port;
};
Split split(const std::string& host) {
    const std::size_t colon = host.find(':');
    if (colon == std::string::npos) return {host, 5060};
    return {host.substr(0, colon), static_cast<std::uint16_t>(std::stoul(host.substr(colon + 1)))};
}

bool is_response(std::string_view what) {
    return what[0] >= '1' && what[0] <= '6';
}

/// A request that names no To tag because the dialog is not there yet.
bool begins(std::string_view method) {
    return method == "INVITE" || method == "REGISTER" || method == "OPTIONS" || method == "MESSAGE" ||
           method == "SUBSCRIBE" || method == "CANCEL";
}

std::string tag(const std::string& value) {
    return value.empty() ? "" : ";tag=" + value;
}

} // namespace

std::string audio(std::string_view session_id, std::string_view address, unsigned port) {
    return fmt::format("v=0\r\no=- {} 1 IN IP4 {}\r\ns=-\r\nc=IN IP4 {}\r\nt=0 0\r\nm=audio {} RTP/AVP 0\r\n",
                       session_id, address, address, port);
}

Endpoint Scene::endpoint(const std::string& host) {
    const auto [name, port] = split(host);
    const auto number = m_hosts.try_emplace(name, static_cast<unsigned>(m_hosts.size() + 1)).first->second;
    return {IpAddress::parse(fmt::format("192.0.2.{}", number)).value(), port};
}

std::string Scene::address(const std::string& host) {
    return endpoint(host).address.to_string();
}

Id Scene::send(const std::string& from, const std::string& to, std::string_view what, const Fields& fields) {
    const bool response = is_response(what);
    const std::string_view method = !fields.of.empty() ? fields.of : response ? "INVITE" : what;
    std::vector<std::string> vias = fields.via;
    if (vias.empty()) vias.push_back(response ? to : from);
    const bool no_to_tag = !fields.by_callee && (response ? what == "100" : begins(method));
    const std::string caller_tag = tag(fields.from_tag.value_or(fields.caller));
    const std::string callee_tag = tag(fields.to_tag.value_or(no_to_tag ? "" : fields.callee));

    std::string caller = fmt::format("<sip:{}@example.com>{}", fields.caller, caller_tag);
    std::string callee = fmt::format("<sip:{}@example.com>{}", fields.callee, callee_tag);
    if (fields.by_callee) std::swap(caller, callee);

    std::string text = response ? fmt::format("SIP/2.0 {} Reason of {}\r\n", what, what)
                                : fmt::format("{} sip:{}@example.com SIP/2.0\r\n", what, fields.callee);
    for (std::size_t i = 0; i < vias.size(); ++i) {
        std::string branch = fmt::format("z9hG4bK{}{}{}", fields.cseq, vias[i],
                                         fields.call_id.substr(0, fields.call_id.find('@')));
        if (i == 0 && fields.branch) branch = *fields.branch;
        const Endpoint by = endpoint(vias[i]);
        text += fmt::format("Via: SIP/2.0/UDP {}{}\r\n", to_string(by),
                            branch.empty() ? "" : ";branch=" + branch);
    }
    text += fmt::format("From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\n{}{}", caller, callee,
                        fields.call_id, fields.cseq, method, response ? "" : "Max-Forwards: 70\r\n",
                        fields.headers);
    if (!fields.sdp.empty()) text += "Content-Type: application/sdp\r\n";
    text += fmt::format("Content-Length: {}\r\n\r\n{}", fields.sdp.size(), fields.sdp);
    return send_text(from, to, text, fields);
}

Id Scene::send_text(const std::string& from, const std::string& to, const std::string& text,
                    const Fields& fields) {
    REQUIRE_FALSE(m_ended);
    // A block of exactly that size: a view past it is caught by the sanitizers.
    const std::vector<std::uint8_t> octets(text.begin(), text.end());
    sip::Message parsed;
    REQUIRE(sip::parse(octets, Framing::datagram, parsed).outcome == Outcome::complete);
    sdp::Description description;

    m_now = m_now + 10ms;
    correlate::Observed observed(parsed);
    if (const std::string_view body = sip::find_body(parsed, "application/sdp");
        !body.empty() && sdp::parse(body, description)) {
        observed.description = &description;
    }
    observed.time = m_now;
    observed.frame = ++m_frame;
    observed.source = endpoint(from);
    observed.destination = endpoint(to);
    observed.carrier = fields.carrier;
    observed.ip_id = fields.ip_id;
    observed.capture = fields.capture;
    return m_correlator.add(observed);
}

const Analysis& Scene::end() {
    if (!m_ended) m_correlator.finish(m_now);
    m_ended = true;
    return m_analysis;
}

const Call& Scene::call() {
    REQUIRE(end().calls.size() == 1);
    return m_analysis.calls.front();
}

} // namespace rungs::test
