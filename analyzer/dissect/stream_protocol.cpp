#include "analyzer/dissect/stream_protocol.hpp"

#include <algorithm>
#include <vector>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/msn/gateway.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/sip/start_line.hpp"
#include "dissectors/websocket/frame.hpp"

namespace rungs::dissect {
namespace {

/// The head of an HTTP message is looked for within this many octets.
constexpr std::size_t http_head_octets = limits::msn_line_octets;

Beginning to_beginning(Probe probe) {
    switch (probe) {
    case Probe::no: return Beginning::no;
    case Probe::maybe: return Beginning::possible;
    case Probe::certain: return Beginning::certain;
    }
    return Beginning::no;
}

bool has_whole_line(Bytes bytes) {
    return as_text(bytes).find('\n') != std::string_view::npos;
}

/// `text` begins with `word`, or is what came of it so far.
bool may_start_with(std::string_view text, std::string_view word) {
    return text.substr(0, word.size()) == word.substr(0, text.size());
}

class SipStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::sip; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::sip; }
    [[nodiscard]] Beginning begins(Bytes bytes, Framing framing) const override {
        if (framing == Framing::datagram) return to_beginning(sip::probe(bytes));
        const std::string_view text = behind_keep_alives(as_text(bytes));
        if (is_unfinished(text)) return Beginning::unfinished;
        switch (sip::read_start_line(sip::first_line(text)).kind) {
        case sip::StartLine::Kind::none: return Beginning::no;
        case sip::StartLine::Kind::odd: return Beginning::possible;
        case sip::StartLine::Kind::certain: return Beginning::certain;
        }
        return Beginning::no;
    }
    Parsed parse(Bytes bytes, Framing framing) override {
        // What is left at the end of a stream counts only when it certainly begins like a message.
        if (framing == Framing::datagram && sip::probe(bytes) != Probe::certain)
            return {Outcome::malformed, bytes.size(), {}};
        const bool may_grow = framing == Framing::stream && bytes.size() < limits::message_octets;
        if (may_grow && is_unfinished(behind_keep_alives(as_text(bytes)))) return {Outcome::need_more, 0, {}};
        return sip::parse(bytes, framing, m_message);
    }
    void deliver(Handler& handler, const Unit& unit) override { handler.on_sip(m_message, unit.origin); }

  private:
    static std::string_view behind_keep_alives(std::string_view text) {
        const std::size_t begin = text.find_first_not_of(std::string_view("\r\n\0", 3));
        return text.substr(std::min(begin, text.size()));
    }
    /// Nothing, or text without a line end.
    static bool is_unfinished(std::string_view text) {
        if (text.empty()) return true;
        const bool is_text = (text.front() >= ' ' && text.front() <= '~') || text.front() == '\t';
        return is_text && text.find('\n') == std::string_view::npos;
    }

    sip::Message m_message;
};

class MsnStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::msn; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::msn; }
    [[nodiscard]] Beginning begins(Bytes bytes, Framing framing) const override {
        const Beginning found = to_beginning(msn::probe(bytes));
        const bool may_grow = framing == Framing::stream && !has_whole_line(bytes);
        return may_grow && found != Beginning::no ? Beginning::unfinished : found;
    }
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
Beginning begins_gateway(Bytes bytes, bool answers, Framing framing) {
    if (framing == Framing::stream && !has_whole_line(bytes)) {
        const auto may_start = [&](std::string_view word) { return may_start_with(as_text(bytes), word); };
        return may_start("POST ") || may_start("GET ") || may_start("HTTP/1.") ? Beginning::unfinished
                                                                               : Beginning::no;
    }
    const Beginning found = to_beginning(msn::probe_gateway(bytes));
    return answers && found == Beginning::possible ? Beginning::certain : found;
}

/// MSN through an HTTP proxy: the bodies of one direction, put together, are a stream of commands.
class GatewayStream final : public StreamProtocol {
  public:
    explicit GatewayStream(bool answers) : m_answers(answers) {}

    [[nodiscard]] StreamKind kind() const override { return StreamKind::msn_gateway; }
    [[nodiscard]] Bucket bucket() const override { return Bucket::msn; }
    [[nodiscard]] Beginning begins(Bytes bytes, Framing framing) const override {
        return begins_gateway(bytes, m_answers, framing);
    }
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

/// The HTTP exchange that opens a WebSocket: where it ends tells whether it does.
Beginning begins_upgrade(Bytes bytes, Framing framing) {
    const Bytes head = bytes.first(std::min(bytes.size(), http_head_octets));
    const std::string_view text = as_text(head);
    if (!may_start_with(text, "GET ") && !may_start_with(text, "HTTP/1.1 101")) return Beginning::no;
    if (websocket::find_upgrade(head).kind != websocket::Handshake::none) return Beginning::certain;
    const bool whole = text.size() == http_head_octets || text.find("\r\n\r\n") != std::string_view::npos;
    return whole || framing == Framing::datagram ? Beginning::no : Beginning::unfinished;
}

/// In the middle of a WebSocket: a frame of text or octets, whole or begun, that carries SIP.
Beginning begins_websocket_frame(Bytes bytes, Framing framing) {
    const std::uint8_t opcode = bytes.empty() ? 0 : bytes[0] & 0x7fU;
    if (opcode != 1 && opcode != 2) return Beginning::no;
    std::vector<std::uint8_t> unmasked;
    websocket::Frame frame;
    const Outcome outcome = websocket::read_frame(bytes, unmasked, frame).outcome;
    if (outcome == Outcome::need_more && framing == Framing::stream) return Beginning::unfinished;
    const bool sip = outcome == Outcome::complete && sip::probe(frame.payload) == Probe::certain;
    return sip ? Beginning::certain : Beginning::no;
}

Beginning begins_websocket(Bytes bytes, Framing framing) {
    return std::max(begins_upgrade(bytes, framing), begins_websocket_frame(bytes, framing));
}

/// SIP over WebSocket (RFC 7118): the HTTP exchange that opens it, then a SIP message in each WebSocket
/// message.
class WebSocketStream final : public StreamProtocol {
  public:
    [[nodiscard]] StreamKind kind() const override { return StreamKind::websocket; }
    [[nodiscard]] Bucket bucket() const override { return m_carries_sip ? Bucket::sip : Bucket::other; }
    [[nodiscard]] Beginning begins(Bytes bytes, Framing framing) const override {
        return begins_websocket(bytes, framing);
    }
    Parsed parse(Bytes bytes, Framing framing) override {
        m_frame = {};
        switch (begins_upgrade(bytes, framing)) {
        case Beginning::certain: return {Outcome::complete, websocket::find_upgrade(bytes).octets, {}};
        case Beginning::unfinished: return {Outcome::need_more, 0, {}};
        default: return websocket::read_frame(bytes, m_unmasked, m_frame);
        }
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

} // namespace

StreamProtocols::StreamProtocols()
    : m_sip(std::make_shared<SipStream>()), m_msn(std::make_shared<MsnStream>()) {}

StreamProtocols::Recognised StreamProtocols::recognise(Bytes bytes, const StreamHints& hints,
                                                       Framing framing) const {
    Beginning best = Beginning::no;
    // Who comes first must have said no before another can be believed.
    const auto settles = [&](Beginning found) {
        best = std::max(best, found);
        if (found == Beginning::unfinished) best = found;
        return found == Beginning::certain || found == Beginning::unfinished;
    };
    const auto settled = [&](std::shared_ptr<StreamProtocol> protocol) -> Recognised {
        return {best, best == Beginning::certain ? std::move(protocol) : nullptr};
    };
    if (settles(m_sip->begins(bytes, framing))) return settled(m_sip);
    if (settles(begins_msn(bytes, hints, framing))) return settled(m_msn);
    if (settles(begins_websocket(bytes, framing))) return settled(std::make_shared<WebSocketStream>());
    const bool answers = hints.other_way == StreamKind::msn_gateway;
    const Beginning gateway = begins_gateway(bytes, answers, framing);
    const bool no_gateway = gateway == Beginning::possible && hints.other_way_is_something_else;
    if (!no_gateway && settles(gateway)) return settled(std::make_shared<GatewayStream>(answers));
    return {best, nullptr};
}

/// On a connection known to be MSN a line that may be a command is one.
Beginning StreamProtocols::begins_msn(Bytes bytes, const StreamHints& hints, Framing framing) const {
    const Beginning found = m_msn->begins(bytes, framing);
    const bool known = hints.msn_port || hints.other_way == StreamKind::msn;
    return found == Beginning::possible && known && has_whole_line(bytes) ? Beginning::certain : found;
}

} // namespace rungs::dissect
