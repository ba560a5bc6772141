#pragma once

#include <span>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/intake.hpp"
#include "analyzer/pipeline.hpp"

namespace rungs::live {

/// An analysis in the making, as the pipeline has one for files, that can also be fed from another one: what
/// is not wanted any more is left out by replaying the rest.
class Session final : public dissect::Handler {
  public:
    /// `memory` octets of messages are kept without a file. `tracker` may be nullptr, see Intake.
    Session(const AnalysisOptions& options, media::Tracker* tracker, std::size_t memory);

    void on_sip(const sip::Message& message, const dissect::Origin& origin) override;
    void on_msn(const msn::Message& message, const dissect::Origin& origin) override;

    [[nodiscard]] const Analysis& analysis() const { return m_analysis; }

    /// From now on `tracker` is told of media to come.
    void announce_to(media::Tracker& tracker) { m_intake.announce_to(tracker); }

    /// Limits that were reached outside the session.
    void add_limits(const LimitsReached& reached) { rungs::add_limits(reached, m_analysis.limits_reached); }

    /// Links legs and makes calls, nothing more. Nothing may be added afterwards.
    const Analysis& link(Timestamp now);
    /// All that there is to say. `captures` are those of the report, `unreachable` what ICMP said about
    /// ports. The session is used up.
    Analysis conclude(std::vector<Capture> captures, Timestamp end, std::vector<media::Stream> streams,
                      std::vector<media::Fax> faxes,
                      const std::vector<decode::Unreachable>& unreachable = {});

    /// Feeds `messages` (ascending) to `to`, as if they came again. Returns the new id of each dialog of this
    /// one, 0 for those that are not in `to`.
    std::vector<Id> replay(std::span<const Id> messages, Session& to) const;

  private:
    void note(const dissect::Origin& origin);
    bool feed(const Message& message, Id id, Session& to) const;

    AnalysisOptions m_options;
    Analysis m_analysis;
    correlate::Correlator m_correlator;
    Intake m_intake;
    std::vector<std::uint32_t> m_ip_ids; ///< by message
};

} // namespace rungs::live
