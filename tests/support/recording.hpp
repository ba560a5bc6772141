#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "analyzer/capture/source.hpp"
#include "tests/support/packet_builder.hpp"

/// Captures told as datagrams, and what people do with them: copy, cut, shift, filter, merge.
namespace rungs::test {

struct Datagram {
    std::int64_t time_ns = 0;
    std::string source, destination; ///< IPv4
    std::uint16_t source_port = 5060, destination_port = 5060;
    std::string payload;
};

using Recording = std::vector<Datagram>;

/// The frames of a recording, Ethernet.
class RecordingSource final : public capture::FrameSource {
  public:
    explicit RecordingSource(const Recording& recording) {
        for (const Datagram& datagram : recording) {
            m_octets.push_back(build::ethernet(
                0x0800, build::ipv4({datagram.source, datagram.destination},
                                    build::udp(datagram.source_port, datagram.destination_port,
                                               build::text(datagram.payload)))));
            Frame& frame = m_frames.emplace_back();
            frame.number = m_frames.size();
            frame.time = {datagram.time_ns};
            frame.link_type = 1;
        }
        for (std::size_t n = 0; n < m_frames.size(); ++n) {
            m_frames[n].bytes = m_octets[n];
            m_frames[n].original_length = static_cast<std::uint32_t>(m_octets[n].size());
        }
    }
    bool next(capture::FrameBatch& batch) override {
        batch.clear();
        batch.frames = std::exchange(m_frames, {});
        return !batch.frames.empty();
    }
    [[nodiscard]] const std::vector<capture::Summary>& captures() const override { return m_captures; }
    [[nodiscard]] std::uint64_t octets_read() const override { return 0; }

  private:
    std::vector<build::Octets> m_octets;
    std::vector<Frame> m_frames;
    std::vector<capture::Summary> m_captures{1};
};

/// A call through a proxy with media straight to the other end, captured at the caller's computer. Every time
/// and identifier is drawn from `seed`.
class RecordedCall {
  public:
    static constexpr std::int64_t start_ns = 1'790'000'000'000'000'000;

    explicit RecordedCall(unsigned seed, std::string caller = "192.168.1.20",
                          std::string callee = "192.168.1.30")
        : m_random(seed), m_caller(std::move(caller)), m_callee(std::move(callee)),
          m_now(start_ns + static_cast<std::int64_t>(seed) * 600'000'000'000) {
        const std::string call_id = word(), from = word(), to = word();
        message("INVITE sip:1002@lab.example.com SIP/2.0", call_id, from, "", true);
        message("SIP/2.0 407 Proxy Authentication Required", call_id, from, word(), false);
        message("ACK sip:1002@lab.example.com SIP/2.0", call_id, from, "", true);
        message("INVITE sip:1002@lab.example.com SIP/2.0", call_id, from, "", true);
        message("SIP/2.0 180 Ringing", call_id, from, to, false);
        message("SIP/2.0 200 OK", call_id, from, to, false);
        message("ACK sip:1002@lab.example.com SIP/2.0", call_id, from, to, true);
        media(120);
        message("BYE sip:1002@lab.example.com SIP/2.0", call_id, from, to, true);
        message("SIP/2.0 200 OK", call_id, from, to, false);
    }

    Recording datagrams;

  private:
    std::string word() { return fmt::format("{:016x}", m_random()); }
    void pass(std::int64_t least_us, std::int64_t most_us) {
        m_now += std::uniform_int_distribution<std::int64_t>(least_us * 1000, most_us * 1000)(m_random);
    }
    void message(const std::string& start, const std::string& call_id, const std::string& from,
                 const std::string& to, bool sent) {
        const std::string proxy = "203.0.113.5";
        std::string text = start + "\r\nVia: SIP/2.0/UDP " + m_caller + ":5060;branch=z9hG4bK" + word() +
                           "\r\nFrom: <sip:1001@lab.example.com>;tag=" + from +
                           "\r\nTo: <sip:1002@lab.example.com>" + (to.empty() ? "" : ";tag=" + to) +
                           "\r\nCall-ID: " + call_id + "\r\nCSeq: 1 INVITE\r\nContact: <sip:1001@" +
                           m_caller + ">\r\nContent-Length: 0\r\n\r\n";
        pass(9'000, 14'000);
        datagrams.push_back({m_now, sent ? m_caller : proxy, sent ? proxy : m_caller, 5060, 5060, text});
    }
    void media(unsigned packets) {
        const std::string ssrc = word().substr(0, 4);
        for (unsigned n = 0; n < packets; ++n) {
            pass(9'700, 10'300);
            const bool sent = n % 2 == 0;
            std::string octets = {'\x80', '\0', static_cast<char>(n >> 8U), static_cast<char>(n), 'a',
                                  'b',    'c',  static_cast<char>(n)};
            octets += ssrc + std::string(40, sent ? 'x' : 'y');
            datagrams.push_back(
                {m_now, sent ? m_caller : m_callee, sent ? m_callee : m_caller, 4000, 4008, octets});
        }
    }

    std::mt19937_64 m_random;
    std::string m_caller, m_callee;
    std::int64_t m_now;
};

inline Recording with_each(Recording recording, const std::function<void(Datagram&)>& change) {
    for (Datagram& datagram : recording) change(datagram);
    return recording;
}

inline Recording only(const Recording& recording, const std::function<bool(const Datagram&)>& keep) {
    Recording kept;
    for (const Datagram& datagram : recording)
        if (keep(datagram)) kept.push_back(datagram);
    return kept;
}

/// By time, as several captures are merged.
Recording merged(Recording first, const Recording& second);

/// `from` becomes `to` in the headers and in the text of messages.
Recording readdressed(const Recording& recording, const std::string& from, const std::string& to);

/// The same datagrams as the host `there` saw them: what it got comes `delay` later, what it sent left so
/// much earlier, each with a jitter of up to `jitter`.
Recording seen_at(const std::string& there, const Recording& recording, Duration delay, Duration jitter,
                  unsigned seed = 1);

} // namespace rungs::test
