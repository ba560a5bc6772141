#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include "analyzer/decode/fragments.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/decode/tcp.hpp"
#include "analyzer/decode/unreachable.hpp"
#include "analyzer/dissect/ahead.hpp"
#include "analyzer/dissect/handler.hpp"
#include "analyzer/dissect/stream.hpp"
#include "core/hash.hpp"

namespace rungs::dissect {

/// What else may claim a UDP datagram: media, which has no port of its own.
class DatagramProbe {
  public:
    virtual ~DatagramProbe() = default;
    /// The bucket the datagram belongs to, or Bucket::other when it is none of its kind.
    virtual Bucket offer(const decode::Packet& packet, const Frame& frame) = 0;
};

/// From decoded packets to messages: puts fragments and TCP segments together, recognises protocols by
/// content, and says for every packet in which bucket it ended. Feed it in capture order.
class Dissector {
  public:
    Dissector(Handler& handler, DatagramProbe& media);
    ~Dissector();
    Dissector(const Dissector&) = delete;
    Dissector& operator=(const Dissector&) = delete;

    /// Takes the packet that `frame` carries, counts it in `accounting[frame.capture]` and returns the
    /// bucket; one that is `other` by now may be counted anew later, see `recount`. `ahead`: what was read of
    /// the packet before (then it is used up), or nullptr.
    Bucket take(const Frame& frame, const decode::Packet& packet, SipAhead* ahead = nullptr);

    /// Counts packets whose bucket is known, so that they need not be taken.
    void count(std::span<const Frame> frames, Bucket bucket);

    /// `packets` of a capture, counted as `other` when they came, have turned out to be something else.
    void recount(std::uint16_t capture, Bucket bucket, std::uint64_t packets);

    /// Forgets between whom SIP and MSN were spoken over UDP; the next message that is one for certain tells
    /// again.
    void forget_pairs();

    /// At the end of the capture: what still waits is handed over.
    void flush();

    /// One for each capture, as far as packets came from it.
    [[nodiscard]] const std::vector<Accounting>& accounting() const { return m_accounting; }
    [[nodiscard]] const decode::FragmentReassembler::Counters& fragments() const {
        return m_fragments.counters();
    }
    /// What ICMP said about ports at which nobody listens, in order of frames; at most
    /// limits::unreachable_ports.
    [[nodiscard]] const std::vector<decode::Unreachable>& unreachable() const { return m_unreachable; }
    [[nodiscard]] const decode::TcpReassembler::Counters& tcp() const { return m_tcp.counters(); }
    /// Which limits were reached in here and below, by name, and how often.
    [[nodiscard]] std::map<std::string_view, std::uint64_t> limits_reached() const;

  private:
    struct Stream {
        explicit Stream(const StreamProtocols& protocols) : reader(protocols) {}
        StreamReader reader;
        decode::StreamId reverse = 0;
        bool msn_port = false;
        std::vector<std::uint64_t> undecided; ///< packets counted as `other` so far, by capture
    };

    std::optional<decode::FragmentReassembler::Whole> put_together(const Frame& frame,
                                                                   const decode::Packet& packet);
    Bucket take_datagram(const Frame& frame, const decode::Packet& packet,
                         std::span<const std::uint64_t> frames);
    Bucket take_text(const Frame& frame, const decode::Packet& packet, std::span<const std::uint64_t> frames);
    Bucket take_sip(const Frame& frame, const decode::Packet& packet, std::span<const std::uint64_t> frames);
    Bucket take_msn(const Frame& frame, const decode::Packet& packet, std::span<const std::uint64_t> frames);
    bool read_messages(Bytes payload, Origin origin);
    Parsed read_message(Bytes payload);
    void note_unreachable(const decode::Unreachable& unreachable);
    void note_bare_sip(const Origin& origin);
    Bucket take_segment(const Frame& frame, const decode::Packet& packet);
    void take_chunk(const decode::StreamChunk& chunk);
    void end_stream(decode::StreamId id);
    [[nodiscard]] StreamHints hints_for(const Stream& stream) const;
    Bucket count(const Frame& frame, Bucket bucket);
    Accounting& accounting_of(std::uint16_t capture);
    void settle_undecided(Stream& stream);

    Handler& m_handler;
    DatagramProbe& m_media;
    decode::FragmentReassembler m_fragments;
    decode::TcpReassembler m_tcp;
    StreamProtocols m_protocols;
    tsl::robin_map<decode::StreamId, std::unique_ptr<Stream>>
        m_streams;                                            ///< those that may still carry messages
    tsl::robin_set<std::uint64_t, SeededAlready> m_sip_pairs; ///< endpoint pairs that spoke SIP over UDP
    tsl::robin_set<std::uint64_t, SeededAlready> m_msn_pairs; ///< the same for MSN
    tsl::robin_set<Endpoint, EndpointHash> m_bare_sip_ends;   ///< of SIP over UDP without Call-ID
    std::vector<Accounting> m_accounting;
    std::vector<decode::Unreachable> m_unreachable;
    sip::Message m_sip;
    msn::Message m_msn;
    std::vector<std::uint8_t> m_inner_fragment;
    // Of limits.
    std::uint64_t m_beyond_layers = 0, m_beyond_bare_sip = 0, m_beyond_octets = 0, m_beyond_unreachable = 0;
    const Frame* m_frame = nullptr; ///< the frame being read
    SipAhead* m_ahead = nullptr;    ///< of the frame being read, until it is used
};

} // namespace rungs::dissect
