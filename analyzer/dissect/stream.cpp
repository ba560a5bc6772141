#include "analyzer/dissect/stream.hpp"

#include <algorithm>
#include <string_view>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/sip/issues.hpp"

namespace rungs::dissect {
namespace {

/// A protocol is recognised within this many octets or the stream is something else.
constexpr std::size_t decide_within = 2048;

/// A message that is larger than this and says nothing about its size is looked at again when there is an
/// eighth more of it, so that many small segments cost no more than one large one.
constexpr std::size_t look_again_at_once = 16'384;

std::size_t count_keep_alive(Bytes bytes) {
    std::size_t count = 0;
    while (count < bytes.size() && (bytes[count] == '\r' || bytes[count] == '\n')) ++count;
    return count;
}

/// Past limits::message_octets.
bool is_too_long(const Parsed& parsed) {
    return parsed.outcome == Outcome::malformed &&
           (parsed.reason == sip::rule::too_long.code || parsed.reason == "websocket-length");
}

/// Printable, and no line end yet: what line it is cannot be told.
bool is_unfinished_line(Bytes bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t octet) { return octet >= ' ' && octet < 0x7f; });
}

} // namespace

void StreamReader::take(const decode::StreamChunk& chunk, const Frame* frame, std::uint16_t capture,
                        const StreamHints& hints, Handler& handler) {
    if (chunk.gap_before != 0) give_up_waiting(hints, handler);
    m_source = chunk.source;
    m_destination = chunk.destination;
    m_time = chunk.time;
    m_capture = capture;
    if (chunk.gap_before != 0 || chunk.begins_midway) {
        m_synchronised = false;
        if (m_state == State::something_else) m_state = State::undecided;
    }
    if (m_state == State::something_else) return;

    if (m_buffer.empty()) { // the common case: the octets are read where they lie
        m_provenance.clear();
        m_provenance.add(chunk.bytes.size(), chunk.frame);
        return read(chunk.bytes, chunk, frame, hints, handler);
    }
    m_buffer.insert(m_buffer.end(), chunk.bytes.begin(), chunk.bytes.end());
    m_provenance.add(chunk.bytes.size(), chunk.frame);
    if (m_buffer.size() >= m_ask_at) read(m_buffer, chunk, nullptr, hints, handler);
}

void StreamReader::finish(const StreamHints& hints, Handler& handler) {
    give_up_waiting(hints, handler);
    if (m_protocol != nullptr) m_protocol->finish(handler);
    m_buffer.shrink_to_fit();
}

std::optional<Bucket> StreamReader::bucket() const {
    if (m_protocol == nullptr || m_protocol->bucket() == Bucket::other) return std::nullopt;
    return m_protocol->bucket();
}

std::optional<StreamKind> StreamReader::kind() const {
    if (m_protocol == nullptr) return std::nullopt;
    return m_protocol->kind();
}

void StreamReader::read(Bytes bytes, const decode::StreamChunk& chunk, const Frame* frame,
                        const StreamHints& hints, Handler& handler) {
    const std::size_t done = read_units(bytes, frame, hints, handler);
    if (m_state == State::something_else) return m_buffer.clear();
    if (!m_buffer.empty()) {
        m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(done));
        return m_provenance.drop_front(done);
    }
    const Bytes rest = bytes.subspan(done);
    m_buffer.assign(rest.begin(), rest.end());
    m_provenance.clear();
    if (!m_buffer.empty()) m_provenance.add(m_buffer.size(), chunk.frame);
}

/// Returns how many octets are done with.
std::size_t StreamReader::read_units(Bytes bytes, const Frame* frame, const StreamHints& hints,
                                     Handler& handler) {
    std::size_t done = 0;
    m_ask_at = 0;
    for (;;) {
        done += count_keep_alive(bytes.subspan(done));
        const Bytes rest = bytes.subspan(done);
        if (rest.empty()) return done;
        if (m_protocol == nullptr || !m_synchronised) {
            const std::size_t before = done;
            if (!find_unit(rest, done, hints)) return done;
            if (done != before) continue;
        }
        const Parsed parsed = m_protocol->parse(rest, Framing::stream);
        if (parsed.outcome == Outcome::need_more) {
            m_ask_at = parsed.needed;
            if (m_ask_at == 0 && rest.size() > look_again_at_once)
                m_ask_at = std::min(rest.size() + rest.size() / 8, limits::message_octets);
            return done;
        }
        if (is_too_long(parsed)) ++m_too_long;
        if (parsed.outcome == Outcome::complete) {
            hand_over(done, done + parsed.consumed, frame, false, handler);
        } else if (!m_protocol->finds_next()) {
            m_synchronised = false;
        }
        done += std::max<std::size_t>(parsed.consumed, 1);
    }
}

/// Looks for where a message begins. True when that is here (`done` unchanged) or further on (`done` moved
/// there); false when more octets are needed, or the stream is something else.
bool StreamReader::find_unit(Bytes bytes, std::size_t& done, const StreamHints& hints) {
    const Probe found = recognise(bytes, hints);
    if (found == Probe::certain) {
        m_synchronised = true;
        return true;
    }
    if (!m_synchronised) {
        if (const std::size_t begin = find_line(bytes, hints); begin < bytes.size()) {
            done += begin;
            return true;
        }
    }
    // A join in the middle: the rest of a message, then the next one. On MSN's port a command will come.
    const bool wait = !m_synchronised && (hints.msn_port || bytes.size() <= decide_within);
    const bool no_hope = found == Probe::no && !is_unfinished_line(bytes);
    if (m_protocol == nullptr && !wait && (bytes.size() > decide_within || no_hope)) {
        m_state = State::something_else;
        return false;
    }
    // Keep the last line: a start line may be cut here.
    if (!m_synchronised && bytes.size() > decide_within) {
        const auto line = as_text(bytes).rfind('\n');
        done += line == std::string_view::npos ? bytes.size() : line;
    }
    return false;
}

Probe StreamReader::recognise(Bytes bytes, const StreamHints& hints) {
    if (m_protocol != nullptr) return m_protocol->probe(bytes);
    StreamProtocols::Recognised recognised = m_protocols.recognise(bytes, hints);
    if (recognised.probe == Probe::certain) {
        m_protocol = std::move(recognised.protocol);
        m_state = State::known;
    }
    return recognised.probe;
}

/// The beginning of the first line, from the second on, where a message begins; the size when there is none.
std::size_t StreamReader::find_line(Bytes bytes, const StreamHints& hints) {
    const std::string_view text = as_text(bytes);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;) {
        ++at;
        if (at < text.size() && recognise(bytes.subspan(at), hints) == Probe::certain) return at;
    }
    return bytes.size();
}

void StreamReader::hand_over(std::size_t begin, std::size_t end, const Frame* frame, bool truncated,
                             Handler& handler) {
    m_provenance.frames(begin, end, m_frames);
    Origin origin;
    origin.last_frame = frame;
    origin.frames = m_frames;
    origin.time = m_time;
    origin.source = m_source;
    origin.destination = m_destination;
    origin.carrier = Carrier::tcp;
    origin.capture = m_capture;
    origin.truncated = truncated;
    m_protocol->deliver(handler, {origin, m_provenance, begin});
}

void StreamReader::give_up_waiting(const StreamHints& hints, Handler& handler) {
    if (m_ask_at > look_again_at_once && m_protocol != nullptr && m_synchronised) {
        const std::size_t done = read_units(m_buffer, nullptr, hints, handler);
        m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(done));
        m_provenance.drop_front(done);
    }
    if (m_protocol == nullptr && m_synchronised && !m_buffer.empty()) (void)recognise(m_buffer, hints);
    if (m_protocol != nullptr && m_synchronised) {
        for (std::size_t done = 0; done < m_buffer.size();) {
            const Bytes rest = Bytes(m_buffer).subspan(done);
            const Parsed parsed = m_protocol->parse(rest, Framing::datagram);
            if (parsed.outcome == Outcome::need_more) break;
            const std::size_t end = done + std::max<std::size_t>(parsed.consumed, 1);
            if (parsed.outcome == Outcome::complete)
                hand_over(done, end, nullptr, m_protocol->is_cut(), handler);
            done = end;
        }
    }
    m_buffer.clear();
    m_provenance.clear();
    m_ask_at = 0;
}

} // namespace rungs::dissect
