#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/decode/tcp.hpp"
#include "analyzer/dissect/handler.hpp"
#include "analyzer/dissect/provenance.hpp"
#include "analyzer/dissect/stream_protocol.hpp"

namespace rungs::dissect {

/// Reads one direction of a TCP connection: finds out which protocol it speaks, and then its messages:
/// several in a segment, one in many, keep-alives between them, and after a gap the next that begins.
class StreamReader {
  public:
    /// `protocols` outlives the reader.
    explicit StreamReader(const StreamProtocols& protocols) : m_protocols(protocols) {}

    /// Takes the next octets; hands complete messages to `handler`. `frame` is the frame that is being read,
    /// for messages that stand whole in it; nullptr when the chunk comes from a frame read earlier.
    void take(const decode::StreamChunk& chunk, const Frame* frame, std::uint16_t capture,
              const StreamHints& hints, Handler& handler);

    /// No more octets will come: what waits is handed over as it is.
    void finish(const StreamHints& hints, Handler& handler);

    /// Where packets of the stream are counted, once that is known.
    [[nodiscard]] std::optional<Bucket> bucket() const;
    /// What it speaks, once that is known.
    [[nodiscard]] std::optional<StreamKind> kind() const;
    /// Messages left out because they pass limits::message_octets.
    [[nodiscard]] std::uint64_t too_long() const { return m_too_long; }
    /// It speaks nothing that is known here; its octets are not looked at any more.
    [[nodiscard]] bool is_something_else() const { return m_state == State::something_else; }

  private:
    enum class State : std::uint8_t { undecided, known, something_else };

    void read(Bytes bytes, const decode::StreamChunk& chunk, const Frame* frame, const StreamHints& hints,
              Handler& handler);
    void drop_front(std::size_t octets);
    std::size_t read_units(Bytes bytes, const Frame* frame, const StreamHints& hints, Handler& handler);
    void lose_track();
    bool find_unit(Bytes bytes, std::size_t& done, const StreamHints& hints, Framing framing);
    bool is_known(Bytes bytes, const StreamHints& hints, Framing framing);
    [[nodiscard]] Beginning recognise(Bytes bytes, const StreamHints& hints, Framing framing);
    void hand_over(std::size_t begin, std::size_t end, const Frame* frame, bool truncated, Handler& handler);
    void give_up_waiting(const StreamHints& hints, Handler& handler);

    const StreamProtocols& m_protocols;
    State m_state = State::undecided;
    std::shared_ptr<StreamProtocol> m_protocol; ///< set when known
    std::uint64_t m_too_long = 0;
    std::size_t m_ask_at = 0;   ///< with fewer octets than that the protocol would need more
    bool m_synchronised = true; ///< false after a gap or a join in the middle, until a message begins
    bool m_in_line = false;     ///< while not synchronised: what comes next belongs to a line that was judged
    std::size_t m_searched = 0; ///< octets since it is not synchronised
    std::vector<std::uint8_t> m_buffer;
    Provenance m_provenance;             ///< of the octets being read
    std::vector<std::uint64_t> m_frames; ///< of the message being handed over
    Endpoint m_source, m_destination;
    Timestamp m_time;
    std::uint16_t m_capture = 0;
};

} // namespace rungs::dissect
