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

/// A protocol that one direction of a TCP connection speaks: finds its units (messages, frames, HTTP
/// messages) and hands over what they carry.
class StreamProtocol {
  public:
    virtual ~StreamProtocol() = default;

    [[nodiscard]] virtual StreamKind kind() const = 0;
    /// Where packets of the stream are counted; Bucket::other while nothing was found in it.
    [[nodiscard]] virtual Bucket bucket() const = 0;
    /// Does a unit begin at `bytes`?
    [[nodiscard]] virtual Probe probe(Bytes bytes) const = 0;
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
        Probe probe = Probe::no;
        std::shared_ptr<StreamProtocol> protocol; ///< set when `probe` is certain
    };
    /// What begins at `bytes`; `maybe` when more octets can tell.
    [[nodiscard]] Recognised recognise(Bytes bytes, const StreamHints& hints) const;

  private:
    std::shared_ptr<StreamProtocol> m_sip, m_msn; ///< without memory, so one serves all streams
};

} // namespace rungs::dissect
