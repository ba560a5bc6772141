#include <string>
#include <vector>

#include "analyzer/dissect/stream.hpp"
#include "dissectors/websocket/frame.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

/// What was handed over: the octets of each message and what else is said of it.
class Notes final : public dissect::Handler {
  public:
    void on_sip(const sip::Message& message, const dissect::Origin& origin) override {
        note("SIP", message.bytes, origin);
    }
    void on_msn(const msn::Message& message, const dissect::Origin& origin) override {
        note("MSN", message.bytes, origin);
    }
    std::vector<std::string> lines;

  private:
    void note(const char* protocol, Bytes bytes, const dissect::Origin& origin) {
        require(!origin.frames.empty(), "a message came in some frame");
        for (const std::uint64_t frame : origin.frames)
            require(frame >= 1 && frame <= 64, "messages name the frames that carried them");
        lines.push_back(protocol + std::string(origin.truncated ? " cut " : " ") +
                        std::string(as_text(bytes)));
    }
};

/// `ends`: where segments end, ascending; what is behind the last one is the last segment.
std::vector<std::string> read(Bytes octets, const std::vector<std::size_t>& ends,
                              const dissect::StreamHints& hints, bool midway) {
    const dissect::StreamProtocols protocols;
    dissect::StreamReader reader(protocols);
    Notes notes;
    decode::StreamChunk chunk;
    chunk.begins_midway = midway;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= ends.size(); ++i) {
        const std::size_t end = i < ends.size() ? ends[i] : octets.size();
        if (end == begin) continue;
        // A copy that is gone after the call: the reader may keep no view into it.
        const std::vector<std::uint8_t> segment(octets.begin() + static_cast<std::ptrdiff_t>(begin),
                                                octets.begin() + static_cast<std::ptrdiff_t>(end));
        chunk.bytes = segment;
        ++chunk.frame;
        reader.take(chunk, nullptr, 0, hints, notes);
        chunk.begins_midway = false;
        begin = end;
    }
    reader.finish(hints, notes);
    return notes.lines;
}

} // namespace

/// SIP, MSN, MSN in HTTP, WebSocket on one direction of a connection. Wherever segments are cut, the same
/// messages come out.
FUZZ_TARGET(stream) {
    Dice dice(input);
    const std::uint8_t flags = dice.u8();
    dissect::StreamHints hints;
    hints.msn_port = (flags & 1U) != 0;
    if ((flags & 2U) != 0) hints.other_way = static_cast<dissect::StreamKind>(flags >> 2U & 3U);
    const bool midway = (flags & 0x10U) != 0;
    const std::size_t cuts = flags >> 5U;
    std::vector<std::size_t> places(cuts);
    for (std::size_t& place : places) place = dice.u8();
    const Bytes octets = dice.rest();
    std::vector<std::size_t> ends;
    std::size_t at = 0;
    for (const std::size_t place : places) {
        at = std::min(octets.size(), at + place);
        ends.push_back(at);
    }
    const auto whole = read(octets, {}, hints, midway);
    require(read(octets, ends, hints, midway) == whole, "segments may be cut anywhere");
}

FUZZ_TARGET(websocket) {
    static_cast<void>(websocket::find_upgrade(input));
    std::vector<std::uint8_t> buffer;
    Bytes rest = input;
    while (!rest.empty()) {
        websocket::Frame frame;
        const Parsed parsed = websocket::read_frame(rest, buffer, frame);
        require(parsed.consumed <= rest.size(), "no more is consumed than there is");
        if (parsed.outcome == Outcome::need_more) return;
        require(parsed.consumed > 0, "what is read or malformed is consumed");
        if (parsed.outcome == Outcome::malformed) {
            require(parsed.consumed == rest.size(), "a stream that is lost is consumed");
            return;
        }
        require(frame.payload.size() < parsed.consumed, "a frame has a header");
        if (!frame.masked) require_inside(rest, frame.payload);
        rest = rest.subspan(parsed.consumed);
    }
}
