#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "analyzer/intake.hpp"
#include "analyzer/live/event.hpp"
#include "analyzer/live/session.hpp"
#include "analyzer/live/watch.hpp"
#include "analyzer/media/tracker.hpp"
#include "analyzer/pipeline.hpp"
#include "core/limits/live.hpp"

namespace rungs::live {

/// How much is remembered; the defaults are limits::live_*.
struct Bounds {
    std::size_t dialogs = limits::live_dialogs;
    std::size_t messages = limits::live_messages;
    std::size_t message_octets = limits::live_message_octets;
    std::size_t streams = limits::live_streams;
    std::size_t flows = limits::live_flows;
};

/// The analysis of packets that never end, in bounded memory. As long as everything fits, it is the analysis
/// of a file that is not finished; when a bound is reached, room is made by replaying what is kept into a new
/// one: calls in progress first, then those that ended last. docs/decisions/0033-live.md says why.
class Engine {
  public:
    using Tell = std::function<void(const Event&)>;
    /// What is known of the captures now, for the calls that are told.
    using Captures = std::function<std::vector<capture::Summary>()>;
    /// `tell` may be empty: then nothing is settled before the end.
    Engine(const AnalysisOptions& options, const Bounds& bounds, Captures captures, Tell tell);
    ~Engine();

    /// Analyses a packet; returns the bucket that it was counted in.
    Bucket take(const Frame& frame);

    /// Now and then, at least once a second: tells calls that ended, and makes room. `now` is the time by the
    /// clock of the packets.
    void tick(Timestamp now);

    /// Tells an interval of each stream that had packets since the last time.
    void tell_streams(Timestamp now);
    [[nodiscard]] Statistics statistics() const;
    /// The streams as they stand.
    [[nodiscard]] std::vector<media::Stream> streams() const { return m_tracker.peek(); }
    [[nodiscard]] const Watch& watch() const { return m_watch; }
    [[nodiscard]] const Analysis& analysis() const { return m_session->analysis(); }

    /// An analysis of the latest calls, at most `most_calls` and limits::live_settle_messages; all of them
    /// when they are not more.
    [[nodiscard]] Analysis latest(std::size_t most_calls) const { return latest(most_calls, {}); }

    /// The end: tells what ended, and gives the analysis of all that is still remembered. What was given up
    /// is said in its findings and makes it incomplete. The engine is used up.
    Analysis finish(Timestamp now);

  private:
    /// Takes messages for the session, whichever it is.
    class Entrance final : public dissect::Handler {
      public:
        explicit Entrance(Engine& engine) : m_engine(engine) {}
        void on_sip(const sip::Message& message, const dissect::Origin& origin) override;
        void on_msn(const msn::Message& message, const dissect::Origin& origin) override;

      private:
        Engine& m_engine;
    };

    void note_new();
    [[nodiscard]] bool is_full() const;
    [[nodiscard]] std::vector<Id> latest_messages(std::size_t most_calls,
                                                  const std::vector<std::size_t>& first) const;
    /// `first` are groups that come before all others.
    [[nodiscard]] Analysis latest(std::size_t most_calls, const std::vector<std::size_t>& first) const;
    [[nodiscard]] std::vector<Capture> captures() const;
    std::size_t settle(Timestamp now, Duration wait);
    void settle_all(Timestamp now);
    bool tell_if_over(const Analysis& analysis, Id call, Timestamp now);
    std::size_t tell_calls(const Analysis& analysis, const std::vector<std::size_t>& due, Timestamp now);
    std::size_t tell_invitations(const Analysis& analysis, Timestamp until);
    void tell_call(const Analysis& analysis, Id call, std::vector<std::uint32_t> numbers);
    void tell_bare(std::size_t group);
    void make_room(Timestamp now);
    void make_room_for_media(Timestamp now);
    [[nodiscard]] std::vector<Id> worth_keeping(const Analysis& linked, Timestamp now);
    [[nodiscard]] LimitsReached limits_reached() const;
    void report_bounds(Analysis& analysis) const;

    AnalysisOptions m_options;
    Bounds m_bounds;
    Captures m_summaries;
    Tell m_tell;
    media::Tracker m_tracker;
    MediaProbe m_media;
    Entrance m_entrance;
    dissect::Dissector m_dissector;
    std::unique_ptr<Session> m_session;
    Watch m_watch;
    std::size_t m_noted = 0; ///< messages that the watch has seen
    Statistics m_told;       ///< counts of what was told and given up
    Timestamp m_latest;      ///< packet
    Timestamp m_media_room_at;
    LimitsReached m_limits; ///< reached in correlation, with messages that are not remembered any more
    std::uint32_t m_invitations_seen = 0; ///< messages of MSN when invitations were looked at last
    /// Frame and part of the messages of invitations that were told.
    std::set<std::pair<std::uint64_t, std::uint32_t>> m_invitations_told;
    std::chrono::steady_clock::time_point m_settle_at{};
    std::uint64_t m_packets = 0, m_octets = 0;
    struct Seen {
        std::uint64_t packets = 0, lost = 0;
    };
    /// First frame and SSRC of a stream, and what was told of it last.
    std::map<std::pair<std::uint64_t, std::uint32_t>, Seen> m_seen;
};

} // namespace rungs::live
