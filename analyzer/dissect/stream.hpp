#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/decode/tcp.hpp"
#include "analyzer/dissect/handler.hpp"

namespace rungs::dissect {

/// Reads the messages of one direction of a TCP connection: several in a segment, one in many, keep-alives
/// between them, and after a gap the next that begins.
class StreamReader {
  public:
    enum class Kind : std::uint8_t {
        undecided, ///< too few octets to tell
        sip,
        other, ///< something else: its octets are not looked at any more
    };

    /// Takes the next octets; hands complete messages to `handler`. `frame` is the frame that is being read,
    /// for messages that stand whole in it; nullptr when the chunk comes from a frame read earlier.
    void take(const decode::StreamChunk& chunk, const Frame* frame, std::uint16_t capture,
              sip::Message& scratch, Handler& handler);

    /// No more octets will come: what waits is handed over as it is, marked truncated.
    void finish(sip::Message& scratch, Handler& handler);

    [[nodiscard]] Kind kind() const { return m_kind; }

  private:
    /// Octets up to `end` of the buffer came in `frame`.
    struct Piece {
        std::size_t end;
        std::uint64_t frame;
    };

    void read_messages(Bytes bytes, const decode::StreamChunk& chunk, const Frame* frame,
                       sip::Message& scratch, Handler& handler);
    void hand_over(const sip::Message& message, std::size_t begin, std::size_t end, const Frame* frame,
                   bool truncated, Handler& handler);
    void give_up_waiting(sip::Message& scratch, Handler& handler);
    void drop_front(std::size_t count);

    Kind m_kind = Kind::undecided;
    bool m_synchronised = true; ///< false after a gap or a join in the middle, until a start line is found
    std::vector<std::uint8_t> m_buffer;
    std::vector<Piece> m_pieces;
    std::vector<std::uint64_t> m_frames; ///< of the message being handed over
    Endpoint m_source, m_destination;
    Timestamp m_time;
    std::uint16_t m_capture = 0;
};

} // namespace rungs::dissect
