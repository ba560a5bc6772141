#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "analyzer/analysis.hpp"
#include "core/bytes.hpp"

namespace rungs::test {

/// Makes an Analysis by hand, so that tests of reports depend on no capture and no correlation.
class AnalysisBuilder {
  public:
    AnalysisBuilder() {
        Capture& capture = analysis.captures.emplace_back();
        capture.file.path = "lab.pcap";
        capture.file.format = "pcap";
        capture.file.link_types = {1};
    }

    /// 2026-11-20T08:15:00Z and `seconds` after it.
    static Timestamp at(double seconds) {
        constexpr std::int64_t start = 1'795'162'500;
        return {start * 1'000'000'000 + static_cast<std::int64_t>(seconds * 1e9)};
    }

    EndpointId endpoint(std::string_view text) {
        const Endpoint wanted = parse_endpoint(text).value();
        auto& all = analysis.endpoints;
        const auto found = std::find(all.begin(), all.end(), wanted);
        if (found != all.end()) return static_cast<EndpointId>(found - all.begin());
        all.push_back(wanted);
        return static_cast<EndpointId>(all.size() - 1);
    }

    Party party(std::string_view uri, std::string_view display_name, std::string_view address) {
        Party made;
        made.uri = analysis.texts.keep(uri);
        made.display_name = analysis.texts.keep(display_name);
        if (!address.empty()) made.address = endpoint(address);
        return made;
    }

    /// The call that the next dialogs belong to.
    Call& call(CallKind kind, CallOutcome outcome) {
        Call& made = analysis.calls.emplace_back();
        made.kind = kind;
        made.outcome = outcome;
        return made;
    }

    /// A dialog of the last call; the next messages belong to it.
    Dialog& dialog(std::string_view call_id) {
        const auto id = static_cast<Id>(analysis.dialogs.size() + 1);
        Call& call = analysis.calls.back();
        if (call.first_dialog == 0) {
            call.first_dialog = id;
        } else {
            analysis.dialogs.back().next_in_call = id;
        }
        ++call.dialog_count;
        Dialog& made = analysis.dialogs.emplace_back();
        made.call = static_cast<Id>(analysis.calls.size());
        made.call_id = analysis.texts.keep(call_id);
        made.method = sip::Method::invite;
        return made;
    }

    /// A message of the last dialog (of none when there is no dialog yet). Frame numbers go up by one.
    Message& message(double seconds, std::string_view from, std::string_view to, std::string_view octets) {
        const auto id = static_cast<Id>(analysis.messages.size() + 1);
        Message made;
        made.time = at(seconds);
        made.frame = ++m_frame;
        made.source = endpoint(from);
        made.destination = endpoint(to);
        made.location = analysis.octets.copy(as_bytes(octets));
        sip::Message parsed;
        if (sip::parse(as_bytes(octets), Framing::datagram, parsed).outcome == Outcome::complete) {
            made.method = parsed.method;
            made.status = parsed.status;
            made.cseq_number = parsed.identity.cseq_number.value_or(0);
            made.has_sdp = !parsed.body.empty();
        }
        if (!analysis.dialogs.empty()) append_to_dialog(made, id);
        capture::Summary& file = analysis.captures.front().file;
        if (file.packets == 0) file.first = made.time;
        file.last = made.time;
        file.packets = m_frame;
        file.octets += octets.size();
        analysis.captures.front().accounting[static_cast<std::size_t>(Bucket::sip)] = m_frame;
        return analysis.messages.emplace_back(made);
    }

    Analysis analysis;

  private:
    void append_to_dialog(Message& message, Id id) {
        Dialog& dialog = analysis.dialogs.back();
        message.dialog = static_cast<Id>(analysis.dialogs.size());
        if (dialog.first_message == 0) {
            dialog.first_message = id;
        } else {
            analysis.messages[dialog.last_message - 1].next_in_dialog = id;
        }
        dialog.last_message = id;
        ++dialog.message_count;
        Call& call = analysis.calls.back();
        if (call.start == Timestamp{}) call.start = message.time;
        call.end = message.time;
    }

    std::uint64_t m_frame = 0;
};

/// A request with the header fields that a message needs, body appended with its length.
inline std::string request(std::string_view start_line, std::string_view cseq, std::string_view body = {}) {
    std::string text(start_line);
    text += " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1\r\n"
            "From: \"Ana\" <sip:ana@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"
            "Call-ID: one@example.com\r\nCSeq: ";
    text.append(cseq).append("\r\n");
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text += body;
}

inline std::string response(std::string_view status, std::string_view cseq, std::string_view body = {},
                            std::string_view more_headers = {}) {
    std::string text = "SIP/2.0 ";
    text.append(status).append(
        "\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1\r\n"
        "From: \"Ana\" <sip:ana@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\n"
        "Call-ID: one@example.com\r\nCSeq: ");
    text.append(cseq).append("\r\n").append(more_headers);
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text += body;
}

inline std::string session(std::string_view address, std::string_view port,
                           std::string_view formats = "8 0 101") {
    std::string text = "v=0\r\no=- 1 1 IN IP4 ";
    text.append(address).append("\r\ns=-\r\nc=IN IP4 ").append(address);
    text.append("\r\nt=0 0\r\nm=audio ").append(port).append(" RTP/AVP ").append(formats).append("\r\n");
    if (formats.find("101") != std::string_view::npos) text += "a=rtpmap:101 telephone-event/8000\r\n";
    return text + "a=sendrecv\r\n";
}

} // namespace rungs::test
