#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "analyzer/analysis.hpp"
#include "analyzer/dissect/handler.hpp"
#include "analyzer/dissect/provenance.hpp"
#include "dissectors/dissector.hpp"

namespace rungs::dissect {

/// Where a unit of a stream stands: what its protocol needs to say where messages inside it came from.
struct Unit {
    const Origin& origin;         ///< of all of it
    const Provenance& provenance; ///< of the octets that the stream's reader holds
    std::size_t begin = 0;        ///< of the unit among these
};

enum class StreamKind : std::uint8_t { sip, msn, msn_gateway, websocket };

/// Does a unit begin at the front of what a stream brought so far? `no`, `possible` and `certain` stay the
/// answer whatever comes behind, so that it does not matter where segments were cut.
enum class Beginning : std::uint8_t {
    no,
    unfinished, ///< only more octets can tell
    possible,   ///< when something else says so, too
    certain,
};

/// A protocol that one direction of a TCP connection speaks: finds its units (messages, frames, HTTP
/// messages) and hands over what they carry.
class StreamProtocol {
  public:
    virtual ~StreamProtocol() = default;

    [[nodiscard]] virtual StreamKind kind() const = 0;
    /// Where packets of the stream are counted; Bucket::other while nothing was found in it.
    [[nodiscard]] virtual Bucket bucket() const = 0;
    /// Does a unit begin at `bytes`? Framing::datagram: no more octets will come, so nothing is unfinished.
    [[nodiscard]] virtual Beginning begins(Bytes bytes, Framing framing) const = 0;
    /// Reads the unit at the front and keeps it for `deliver`. Framing::datagram: no more octets will come.
    virtual Parsed parse(Bytes bytes, Framing framing) = 0;
    /// Hands over what the unit read last carries. The octets given to `parse` are still there.
    virtual void deliver(Handler& handler, const Unit& unit) = 0;
    /// Of the unit read last with Framing::datagram: does it lack octets?
    [[nodiscard]] virtual bool is_cut() const { return true; }
    /// Does `parse` itself skip to where the next unit begins, or has the reader to look for it?
    [[nodiscard]] virtual bool finds_next() const { return false; }
    /// Nothing more will come: what waits inside is handed over.
    virtual void finish(Handler&) {}
};

/// What is known beside a stream's own octets.
struct StreamHints {
    bool msn_port = false;                    ///< one end is port 1863
    bool other_way_is_something_else = false; ///< the other direction speaks nothing that is known here
    std::optional<StreamKind> other_way;      ///< what the other direction speaks
};

/// The protocols that streams may speak.
class StreamProtocols {
  public:
    StreamProtocols();

    struct Recognised {
        Beginning beginning = Beginning::no;
        std::shared_ptr<StreamProtocol> protocol; ///< set when `beginning` is certain
    };
    /// What begins at `bytes`.
    [[nodiscard]] Recognised recognise(Bytes bytes, const StreamHints& hints, Framing framing) const;

  private:
    [[nodiscard]] Beginning begins_msn(Bytes bytes, const StreamHints& hints, Framing framing) const;

    std::shared_ptr<StreamProtocol> m_sip, m_msn; ///< without memory, so one serves all streams
};

} // namespace rungs::dissect
