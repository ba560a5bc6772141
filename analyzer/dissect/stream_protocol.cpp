#include "analyzer/dissect/stream_protocol.hpp"

#include <algorithm>
#include <vector>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/msn/gateway.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/websocket/frame.hpp"

namespace rungs::dissect {
namespace {

class SipStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::sip; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::sip; }
    [[nodiscard]] Probe probe(Bytes bytes) const override { return sip::probe(bytes); }
    Parsed parse(Bytes bytes, Framing framing) override {
        // What is left at the end of a stream counts only when it begins like a message.
        if (framing == Framing::datagram && sip::probe(bytes) != Probe::certain)
            return {Outcome::malformed, bytes.size(), {}};
        return sip::parse(bytes, framing, m_message);
    }
    void deliver(Handler& handler, const Unit& unit) override { handler.on_sip(m_message, unit.origin); }

  private:
    sip::Message m_message;
};

class MsnStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::msn; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::msn; }
    [[nodiscard]] Probe probe(Bytes bytes) const override { return msn::probe(bytes); }
    Parsed parse(Bytes bytes, Framing framing) override { return msn::parse(bytes, framing, m_message); }
    void deliver(Handler& handler, const Unit& unit) override { handler.on_msn(m_message, unit.origin); }
    [[nodiscard]] bool is_cut() const override {
        return std::any_of(m_message.issues.begin(), m_message.issues.end(), [](const Issue& issue) {
            return issue.code == msn::issue::payload_truncated || issue.code == msn::issue::line_incomplete;
        });
    }
    [[nodiscard]] bool finds_next() const override { return true; }

  private:
    msn::Message m_message;
};

/// `answers`: the other direction posts to a gateway.
Probe probe_gateway(Bytes bytes, bool answers) {
    const Probe found = msn::probe_gateway(bytes);
    return answers && found == Probe::maybe ? Probe::certain : found;
}

/// MSN through an HTTP proxy: the bodies of one direction, put together, are a stream of commands.
class GatewayStream final : public StreamProtocol {
  public:
    explicit GatewayStream(bool answers) : m_answers(answers) {}

    [[nodiscard]] StreamKind kind() const override { return StreamKind::msn_gateway; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::msn; }
    [[nodiscard]] Probe probe(Bytes bytes) const override { return probe_gateway(bytes, m_answers); }
    Parsed parse(Bytes bytes, Framing framing) override {
        return msn::parse_gateway(bytes, framing, m_envelope);
    }
    void deliver(Handler& handler, const Unit& unit) override {
        const Bytes payload = m_envelope.payload;
        if (payload.empty()) return;
        const std::size_t begin = unit.begin + m_envelope.payload_offset;
        m_waiting.insert(m_waiting.end(), payload.begin(), payload.end());
        m_provenance.add(unit.provenance, begin, begin + payload.size());
        m_origin = unit.origin;
        read_commands(Framing::stream, handler);
    }
    void finish(Handler& handler) override { read_commands(Framing::datagram, handler); }

  private:
    void read_commands(Framing framing, Handler& handler) {
        std::size_t done = 0;
        while (done < m_waiting.size()) {
            const Parsed parsed = m_commands.parse(Bytes(m_waiting).subspan(done), framing);
            if (parsed.outcome == Outcome::need_more) break;
            if (parsed.outcome == Outcome::complete) {
                m_provenance.frames(done, done + parsed.consumed, m_frames);
                m_origin.frames = m_frames;
                m_origin.last_frame = nullptr;
                m_origin.truncated = framing == Framing::datagram && m_commands.is_cut();
                m_commands.deliver(handler, {m_origin, m_provenance, done});
            }
            done += std::max<std::size_t>(parsed.consumed, 1);
        }
        m_waiting.erase(m_waiting.begin(), m_waiting.begin() + static_cast<std::ptrdiff_t>(done));
        m_provenance.drop_front(done);
    }

    bool m_answers;
    msn::GatewayMessage m_envelope;
    MsnStream m_commands;
    std::vector<std::uint8_t> m_waiting;
    Provenance m_provenance;
    std::vector<std::uint64_t> m_frames;
    Origin m_origin; ///< of the HTTP message read last
};

/// The HTTP exchange that opens a WebSocket, or, in the middle of one, a frame that carries SIP.
Probe probe_websocket(Bytes bytes) {
    if (websocket::find_upgrade(bytes).kind != websocket::Handshake::none) return Probe::certain;
    const std::string_view text = as_text(bytes);
    const bool http = text.starts_with("GET ") || text.starts_with("HTTP/1.1 101");
    if (http) return text.find("\r\n\r\n") == text.npos ? Probe::maybe : Probe::no;
    // A text or binary frame, whole or begun.
    const std::uint8_t opcode = bytes.empty() ? 0 : bytes[0] & 0x7fU;
    if (opcode != 1 && opcode != 2) return Probe::no;
    std::vector<std::uint8_t> unmasked;
    websocket::Frame frame;
    switch (websocket::read_frame(bytes, unmasked, frame).outcome) {
    case Outcome::complete: return sip::probe(frame.payload) == Probe::certain ? Probe::certain : Probe::no;
    case Outcome::need_more: return Probe::maybe;
    case Outcome::malformed: break;
    }
    return Probe::no;
}

/// SIP over WebSocket (RFC 7118): the HTTP exchange that opens it, then a SIP message in each WebSocket
/// message.
class WebSocketStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::websocket; }
    [[nodiscard]] Bucket bucket() const override { return m_carries_sip ? Bucket::sip : Bucket::other; }
    [[nodiscard]] Probe probe(Bytes bytes) const override { return probe_websocket(bytes); }
    Parsed parse(Bytes bytes, Framing) override {
        m_frame = {};
        const websocket::Upgrade upgrade = websocket::find_upgrade(bytes);
        if (upgrade.kind != websocket::Handshake::none) return {Outcome::complete, upgrade.octets, {}};
        return websocket::read_frame(bytes, m_unmasked, m_frame);
    }
    void deliver(Handler& handler, const Unit& unit) override {
        using websocket::Opcode;
        const bool begins = m_frame.opcode == Opcode::text || m_frame.opcode == Opcode::binary;
        if (m_frame.compressed || (!begins && m_frame.opcode != Opcode::continuation)) return;
        if (begins && m_frame.final) return take_message(m_frame.payload, unit.origin, handler);

        if (begins) m_parts.clear(), m_frames.clear();
        if (m_parts.size() + m_frame.payload.size() > limits::message_octets) m_parts.clear();
        m_parts.insert(m_parts.end(), m_frame.payload.begin(), m_frame.payload.end());
        m_frames.insert(m_frames.end(), unit.origin.frames.begin(), unit.origin.frames.end());
        if (!m_frame.final) return;
        m_frames.erase(std::unique(m_frames.begin(), m_frames.end()), m_frames.end());
        Origin origin = unit.origin;
        origin.last_frame = nullptr;
        origin.frames = m_frames;
        take_message(m_parts, origin, handler);
        m_parts.clear();
        m_frames.clear();
    }

  private:
    void take_message(Bytes bytes, const Origin& found, Handler& handler) {
        if (sip::probe(bytes) != Probe::certain) return;
        if (sip::parse(bytes, Framing::datagram, m_message).outcome != Outcome::complete) return;
        m_carries_sip = true;
        Origin origin = found;
        origin.carrier = Carrier::websocket;
        handler.on_sip(m_message, origin);
    }

    bool m_carries_sip = false;
    websocket::Frame m_frame;
    std::vector<std::uint8_t> m_unmasked;
    std::vector<std::uint8_t> m_parts;   ///< of a message in several frames
    std::vector<std::uint64_t> m_frames; ///< that brought them
    sip::Message m_message;
};

/// On a connection known to be MSN a line that may be a command is one.
Probe probe_msn(Bytes bytes, const StreamHints& hints) {
    const Probe found = msn::probe(bytes);
    const bool known = hints.msn_port || hints.other_way == StreamKind::msn;
    const bool whole_line = as_text(bytes).find('\n') != std::string_view::npos;
    return found == Probe::maybe && known && whole_line ? Probe::certain : found;
}

} // namespace

StreamProtocols::StreamProtocols()
    : m_sip(std::make_shared<SipStream>()), m_msn(std::make_shared<MsnStream>()) {}

StreamProtocols::Recognised StreamProtocols::recognise(Bytes bytes, const StreamHints& hints) const {
    Probe best = sip::probe(bytes);
    if (best == Probe::certain) return {best, m_sip};
    const auto note = [&](Probe found) {
        best = std::max(best, found);
        return found == Probe::certain;
    };
    if (note(probe_msn(bytes, hints))) return {best, m_msn};
    if (note(probe_websocket(bytes))) return {best, std::make_shared<WebSocketStream>()};
    const bool answers = hints.other_way == StreamKind::msn_gateway;
    const Probe gateway = probe_gateway(bytes, answers);
    const bool no_gateway = gateway == Probe::maybe && hints.other_way_is_something_else;
    if (!no_gateway && note(gateway)) return {best, std::make_shared<GatewayStream>(answers)};
    return {best, nullptr};
}

} // namespace rungs::dissect
