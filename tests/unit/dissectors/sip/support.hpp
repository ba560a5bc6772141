#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "dissectors/sip/message.hpp"

namespace rungs::sip {

/// A message on a heap block of exactly its size, so that a read past the end is seen by the sanitizer.
class Sample {
  public:
    explicit Sample(std::string_view text, Framing framing = Framing::datagram)
        : m_size(text.size()), m_octets(std::make_unique<std::uint8_t[]>(text.size())) {
        std::copy(text.begin(), text.end(), m_octets.get());
        probed = probe(bytes());
        parsed = parse(bytes(), framing, message);
    }
    [[nodiscard]] Bytes bytes() const { return {m_octets.get(), m_size}; }

    /// "error:sip-via", each code once, sorted, joined by commas; "-" when there are none.
    [[nodiscard]] std::string issues() const {
        std::vector<std::string> codes;
        for (const Issue& issue : message.issues)
            codes.push_back(std::string(to_string(issue.severity)) + ":" + std::string(issue.code));
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        std::string joined;
        for (const auto& code : codes) joined += (joined.empty() ? "" : ",") + code;
        return joined.empty() ? "-" : joined;
    }

  private:
    std::size_t m_size;
    std::unique_ptr<std::uint8_t[]> m_octets;

  public:
    Probe probed = Probe::no;
    Message message;
    Parsed parsed;
};

/// A complete request without a fault, with `extra` header lines ("Name: value\r\n") and a body.
inline std::string request(std::string_view extra = {}, std::string_view body = {}) {
    return "OPTIONS sip:bob@example.com SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
           "Max-Forwards: 70\r\n"
           "From: Alice <sip:alice@example.com>;tag=a1\r\n"
           "To: <sip:bob@example.com>\r\n"
           "Call-ID: c1@192.0.2.1\r\n"
           "CSeq: 7 OPTIONS\r\n" +
           std::string(extra) + "\r\n" + std::string(body);
}

} // namespace rungs::sip
