#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/pipeline.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/packet_builder.hpp"

/// A capture told packet by packet and analysed as a file is: from octets to findings.
namespace rungs::test {

/// What a SIP message says beside its start line.
struct Says {
    std::string branch = "z9hG4bK1";
    std::string to_tag = {};
    std::string more = {}; ///< further header lines, each with its CRLF
    std::string sdp = {};
    std::string call_id = "call-1@example.com";
    std::string via = {}; ///< sent-by and parameters of the top Via; the caller's address when empty
    std::string further_via = {};
    std::string max_forwards = "70";
    std::string from = "ana";
};

inline std::string sip_text(const std::string& start_line, const std::string& cseq, const Says& says) {
    std::string text =
        start_line + "\r\nVia: SIP/2.0/UDP " + (says.via.empty() ? "192.0.2.1:5060" : says.via);
    if (!says.branch.empty()) text += ";branch=" + says.branch;
    text += "\r\n" + says.further_via;
    if (!start_line.starts_with("SIP/")) text += "Max-Forwards: " + says.max_forwards + "\r\n";
    text += "From: <sip:" + says.from + "@example.com>;tag=a\r\nTo: <sip:ben@example.com>" +
            (says.to_tag.empty() ? "" : ";tag=" + says.to_tag) + "\r\nCall-ID: " + says.call_id +
            "\r\nCSeq: " + cseq + "\r\n";
    if (says.more.find("Contact:") == std::string::npos) text += "Contact: <sip:x@192.0.2.1>\r\n";
    text += says.more;
    if (!says.sdp.empty()) text += "Content-Type: application/sdp\r\n";
    return text + "Content-Length: " + std::to_string(says.sdp.size()) + "\r\n\r\n" + says.sdp;
}

inline std::string request(const std::string& method, unsigned cseq, const Says& says = {}) {
    return sip_text(method + " sip:ben@example.com SIP/2.0", std::to_string(cseq) + " " + method, says);
}

/// `of`: the method of the request.
inline std::string response(unsigned status, const std::string& of, unsigned cseq, const Says& says = {}) {
    return sip_text("SIP/2.0 " + std::to_string(status) + " Words", std::to_string(cseq) + " " + of, says);
}

inline std::string audio_at(const std::string& address, unsigned port = 4000) {
    return "v=0\r\no=- 1 1 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\nm=audio " +
           std::to_string(port) + " RTP/AVP 0\r\n";
}

class Tape {
  public:
    /// A UDP datagram; `from` and `to` are addresses with ports. Returns the frame's number.
    std::uint64_t send(double at_s, std::string_view from, std::string_view to, std::string_view payload) {
        const Endpoint source = parse_endpoint(from).value(), destination = parse_endpoint(to).value();
        const std::string source_text = source.address.to_string();
        const std::string destination_text = destination.address.to_string();
        build::Ipv4 ip;
        ip.source = source_text;
        ip.destination = destination_text;
        ip.id = ++m_ip_id;
        const auto octets = build::ipv4(ip, build::udp(source.port, destination.port, build::text(payload)));
        m_records.push_back({at_s, std::string(octets.begin(), octets.end())});
        return m_records.size();
    }
    /// The same packet once more, with the same IP identification.
    std::uint64_t copy_last(double at_s) {
        m_records.push_back({at_s, m_records.back().second});
        return m_records.size();
    }
    /// Something else is captured until then.
    void until(double at_s) { send(at_s, "192.0.2.99:9", "192.0.2.98:9", "discard"); }

    /// Octets kept of each packet, and of the file.
    std::size_t snapshot = 65535, cut = 0;

    /// As a capture file.
    [[nodiscard]] std::string file() const {
        constexpr std::uint32_t raw_ip = 101;
        std::string octets_of_file = pcap_header(true, 0xa1b2c3d4, raw_ip);
        for (const auto& [at_s, octets] : m_records) {
            const auto kept = octets.substr(0, snapshot);
            const auto micros = static_cast<std::uint64_t>(at_s * 1e6 + 0.5);
            octets_of_file += Octets()
                                  .u32(1'790'000'000 + micros / 1'000'000)
                                  .u32(micros % 1'000'000)
                                  .u32(kept.size())
                                  .u32(octets.size())
                                  .text(kept)
                                  .str();
        }
        return octets_of_file.substr(0, octets_of_file.size() - cut);
    }

    [[nodiscard]] Analysis analyze(const AnalysisOptions& options = {}) const {
        const TemporaryFile temporary(file());
        return rungs::analyze({temporary.path()}, options).value();
    }

  private:
    std::vector<std::pair<double, std::string>> m_records;
    std::uint16_t m_ip_id = 0;
};

/// Those of one code.
inline std::vector<Finding> findings_of(const Analysis& analysis, std::string_view code) {
    std::vector<Finding> all;
    std::ranges::copy_if(analysis.findings, std::back_inserter(all),
                         [&](const Finding& finding) { return finding.code == code; });
    return all;
}
/// An empty one when there is none.
inline Finding first_of(const Analysis& analysis, std::string_view code) {
    const auto all = findings_of(analysis, code);
    return all.empty() ? Finding{} : all.front();
}
inline std::size_t count_of(const Analysis& analysis, std::string_view code) {
    return findings_of(analysis, code).size();
}

} // namespace rungs::test
