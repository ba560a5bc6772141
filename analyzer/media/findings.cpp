#include "analyzer/media/findings.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/limits/correlation.hpp"
#include "core/limits/media.hpp"
#include "core/text.hpp"
#include "dissectors/rtp/payload_types.hpp"

namespace rungs::media {
namespace {

constexpr std::uint8_t comfort_noise_type = 13; ///< sent without being announced as a matter of course

/// When a dialog's INVITE was answered and its BYE sent; 0 where that is not in the capture.
struct Course {
    Id answer = 0, bye = 0;
};

Course course_of(const Analysis& analysis, const Dialog& dialog) {
    Course course;
    for (Id id = dialog.first_message; id != 0; id = analysis.message(id).next_in_dialog) {
        const Message& message = analysis.message(id);
        const bool answers = message.method == sip::Method::invite && message.status / 100 == 2;
        const bool ends = message.method == sip::Method::bye && message.status == 0;
        if (answers && course.answer == 0) course.answer = id;
        if (ends && course.bye == 0) course.bye = id;
    }
    return course;
}

std::string ends_of(const Stream& stream) {
    return fmt::format("from {} to {}", to_string(stream.source), to_string(stream.destination));
}

class Finder {
  public:
    explicit Finder(Analysis& analysis) : m_analysis(analysis) {}

    void find() {
        const bool any_media = !m_analysis.streams.empty() || !m_analysis.faxes.empty();
        std::uint64_t without_media = 0;
        for (Id id = 1; id <= m_analysis.calls.size(); ++id) {
            if (any_media)
                check_call(id);
            else if (ought_to_have_media(id))
                ++without_media;
        }
        if (without_media != 0)
            add(rule::none_at_all, 0,
                fmt::format(
                    "{} answered {} no RTP in this capture: it went another way, or was not captured.",
                    without_media, without_media == 1 ? "call has" : "calls have"),
                {});
        for (const Stream& stream : m_analysis.streams) check_stream(stream);
        for (const Fax& fax : m_analysis.faxes)
            add(rule::fax, fax.call,
                fmt::format("A fax went from {} to {}: {} packets of T.38 in {:.1f} s.",
                            to_string(fax.source), to_string(fax.destination), fax.packets,
                            to_seconds(fax.end - fax.start)),
                {fax.first_frame, fax.last_frame});
    }

  private:
    [[nodiscard]] bool ought_to_have_media(Id id) const {
        const Call& call = m_analysis.call(id);
        const bool is_call = call.kind == CallKind::call || call.kind == CallKind::invitation;
        const OptionalDuration talk = m_analysis.details_of(call).talk;
        return is_call && call.outcome == CallOutcome::answered && talk && *talk >= talk_at_least;
    }

    void check_call(Id id) {
        const Call& call = m_analysis.call(id);
        const bool silent = m_analysis.streams_of(call).empty();
        if (silent && ought_to_have_media(id) && !is_fax(id)) {
            const Course course = course_of(m_analysis, m_analysis.dialog(call.first_dialog));
            add(rule::none, id, "The call was answered, but no RTP of it was captured.",
                course.answer == 0 ? std::vector<std::uint64_t>{} : std::vector{frame_of(course.answer)});
        }
        if (silent) return;
        if (call.outcome == CallOutcome::answered) check_both_ways(call);
        for (Id dialog = call.first_dialog; dialog != 0; dialog = m_analysis.dialog(dialog).next_in_call)
            check_times(call, dialog);
    }

    [[nodiscard]] bool is_fax(Id call) const {
        return std::any_of(m_analysis.faxes.begin(), m_analysis.faxes.end(),
                           [call](const Fax& fax) { return fax.call == call; });
    }

    void check_both_ways(const Call& call) {
        const auto all = m_analysis.streams_of(call);
        const auto streams = all.first(std::min<std::size_t>(all.size(), limits::flow_streams));
        for (const Id id : streams) {
            const Stream& one = stream(id);
            if (one.packets < enough_packets) continue;
            const bool answered = std::any_of(streams.begin(), streams.end(), [&](Id other) {
                return other != id && goes_back(one, stream(other));
            });
            if (answered) continue;
            add(rule::one_way, one.call,
                fmt::format("{} packets went {}, none came back.", one.packets, ends_of(one)),
                {one.first_frame, one.last_frame});
            return; // once a call
        }
    }

    void check_times(const Call& call, Id dialog) {
        const Course course = course_of(m_analysis, m_analysis.dialog(dialog));
        const Stream* first = nullptr;
        const Stream* last = nullptr;
        for (const Id id : m_analysis.streams_of(call)) {
            const Stream& one = stream(id);
            if (one.dialog != dialog) continue;
            if (first == nullptr || one.start < first->start) first = &one;
            if (last == nullptr || one.end > last->end) last = &one;
        }
        if (first == nullptr) return;
        if (course.answer != 0) check_begin(*first, course.answer);
        if (course.bye != 0 && last->end - m_analysis.message(course.bye).time > over_after)
            add(rule::after_bye, last->call,
                fmt::format("Media {} went on for {:.1f} s after the BYE.", ends_of(*last),
                            to_seconds(last->end - m_analysis.message(course.bye).time)),
                {frame_of(course.bye), last->last_frame});
    }

    void check_begin(const Stream& first, Id answer) {
        const Duration after = first.start - m_analysis.message(answer).time;
        if (after > late_after)
            add(rule::late, first.call,
                fmt::format("The first packet of media came {:.1f} s after the answer.", to_seconds(after)),
                {frame_of(answer), first.first_frame});
        if (after < -early_before)
            add(rule::early, first.call,
                fmt::format("Media {} began {:.1f} s before the answer.", ends_of(first), to_seconds(-after)),
                {first.first_frame, frame_of(answer)});
    }

    void check_stream(const Stream& stream) {
        check_addresses(stream);
        for (const PayloadTypeUse& use : stream.payload_types) check_payload_type(stream, use);
        if (stream.packets < enough_packets) return;
        if (const auto hole = hole_in(stream); hole && stream.lost != 0 && nothing_else_in(*hole))
            add_shortened(stream, *hole);
        else if (stream.loss_percent() > lossy_percent)
            add(rule::loss, stream.call,
                fmt::format("{} of {} packets {} never came ({:.1f} %).", stream.lost, stream.expected,
                            ends_of(stream), stream.loss_percent()),
                {stream.first_frame, stream.last_frame});
        if (stream.jitter_ms_mean.value_or(0) > jittery_ms)
            add(rule::jitter, stream.call,
                fmt::format("The jitter of the packets {} is {:.1f} ms on average, {:.1f} ms at most.",
                            ends_of(stream), *stream.jitter_ms_mean, *stream.jitter_ms_max),
                {stream.first_frame, stream.last_frame});
    }

    struct Hole {
        Timestamp begin, end;
    };

    /// The longest time without packets, when sequence numbers are missing behind it. Its ends are as exact
    /// as the series of seconds.
    static std::optional<Hole> hole_in(const Stream& stream) {
        std::optional<Hole> longest;
        for (std::size_t i = 1; i < stream.seconds.size(); ++i) {
            const Second& before = stream.seconds[i - 1];
            const Second& after = stream.seconds[i];
            if (after.skipped == 0 || after.second - before.second <= hole_seconds) continue;
            const Hole hole{stream.start + std::chrono::seconds(before.second + 1),
                            stream.start + std::chrono::seconds(after.second)};
            if (!longest || hole.end - hole.begin > longest->end - longest->begin) longest = hole;
        }
        return longest;
    }

    /// Whether neither message nor media of anybody was captured meanwhile. A second of a stream's series may
    /// begin one before its first packet.
    [[nodiscard]] bool nothing_else_in(const Hole& hole) {
        if (m_busy.empty()) note_busy_seconds();
        const auto inside = std::lower_bound(m_busy.begin(), m_busy.end(), second_of(hole.begin) + 1);
        return inside == m_busy.end() || *inside > second_of(hole.end) - 2;
    }

    static std::int64_t second_of(Timestamp time) { return time.ns / 1'000'000'000; }

    void note_busy_seconds() {
        for (const Message& message : m_analysis.messages) m_busy.push_back(second_of(message.time));
        for (const Stream& stream : m_analysis.streams) {
            for (const Second& second : stream.seconds)
                m_busy.push_back(second_of(stream.start + std::chrono::seconds(second.second)));
        }
        std::sort(m_busy.begin(), m_busy.end());
        m_busy.erase(std::unique(m_busy.begin(), m_busy.end()), m_busy.end());
    }

    void add_shortened(const Stream& stream, const Hole& hole) {
        add(rule::shortened, stream.call,
            fmt::format(
                "{} packets {} are missing in {:.0f} s in which nothing at all was captured: the capture "
                "was shortened there.",
                stream.lost, ends_of(stream), to_seconds(hole.end - hole.begin)),
            {stream.first_frame, stream.last_frame});
    }

    void check_addresses(const Stream& stream) {
        for (const auto& [named, seen] : {std::pair(stream.named_source, stream.source),
                                          std::pair(stream.named_destination, stream.destination)}) {
            if (!named || !named->address.is_private() || seen.address.is_private()) continue;
            add(rule::nat, stream.call,
                fmt::format("The session description names {}, but the media uses {}.", to_string(*named),
                            to_string(seen)),
                {stream.first_frame});
        }
    }

    void check_payload_type(const Stream& stream, const PayloadTypeUse& use) {
        if (use.red_primary) {
            const auto inside = rtp::static_payload_type(*use.red_primary).encoding;
            add(rule::red, stream.call,
                fmt::format("Payload type {} ({}) {} is redundant audio around {}.", use.number,
                            printable(use.encoding), ends_of(stream),
                            inside.empty() ? fmt::format("payload type {}", *use.red_primary) : inside),
                {stream.first_frame});
        }
        if (!stream.announced || use.announced || use.number == comfort_noise_type) return;
        add(rule::not_negotiated, stream.call,
            fmt::format("{} of the packets {} have payload type {}{}, which no session description offered.",
                        use.packets, ends_of(stream), use.number,
                        use.encoding.empty() ? "" : fmt::format(" ({})", use.encoding)),
            {stream.first_frame});
    }

    [[nodiscard]] const Stream& stream(Id id) const { return m_analysis.streams[id - 1]; }
    [[nodiscard]] std::uint64_t frame_of(Id message) const { return m_analysis.message(message).frame; }

    void add(const Rule& rule, Id call, std::string text, std::vector<std::uint64_t> frames) {
        if (m_analysis.findings.size() >= limits::findings) return;
        std::sort(frames.begin(), frames.end());
        frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
        m_analysis.findings.push_back(
            {rule.code, rule.severity, std::move(text), std::move(frames), call, rule.reference});
    }

    Analysis& m_analysis;
    std::vector<std::int64_t> m_busy; ///< seconds in which something was captured, ascending
};

} // namespace

bool goes_back(const Stream& stream, const Stream& other) {
    const bool swapped = other.source.address == stream.destination.address &&
                         other.destination.address == stream.source.address;
    const bool one_host = stream.source.address == stream.destination.address;
    return swapped && (!one_host || other.destination != stream.destination);
}

void find_in_media(Analysis& analysis) {
    Finder(analysis).find();
}

void find_unreachable(Analysis& analysis, const std::vector<decode::Unreachable>& seen) {
    struct Quoted {
        std::vector<std::uint64_t> frames;
        bool known = false, media = false;
        Id call = 0;
    };
    if (seen.empty()) return;
    std::map<std::pair<Endpoint, Endpoint>, Quoted> by_ends;
    for (const decode::Unreachable& one : seen)
        by_ends[{one.source, one.destination}].frames.push_back(one.frame);
    const auto claim = [&by_ends](const Endpoint& source, const Endpoint& destination, bool media, Id call) {
        const auto found = by_ends.find({source, destination});
        if (found == by_ends.end() || found->second.known) return;
        found->second.known = true;
        found->second.media = media;
        found->second.call = call;
    };
    for (const Stream& stream : analysis.streams) claim(stream.source, stream.destination, true, stream.call);
    for (const Message& message : analysis.messages) {
        claim(analysis.endpoint(message.source), analysis.endpoint(message.destination), false,
              message.dialog == 0 ? 0 : analysis.dialog(message.dialog).call);
    }
    for (auto& [ends, quoted] : by_ends) {
        // What nobody claims is DNS, or whatever else the host does.
        if (!quoted.known || analysis.findings.size() >= limits::findings) continue;
        analysis.findings.push_back(
            {rule::unreachable.code, rule::unreachable.severity,
             fmt::format("Nobody listens at {}: {} from {} came back as ICMP port unreachable.",
                         to_string(ends.second), quoted.media ? "media" : "a message", to_string(ends.first)),
             std::move(quoted.frames), quoted.call, rule::unreachable.reference});
    }
}

} // namespace rungs::media
