#include "analyzer/grade/similarity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/limits/similarity.hpp"

namespace rungs::grade {
namespace {

/// A copy that was saved with fewer digits is off by less than one.
constexpr std::int64_t shift_tolerance_us = 1;
/// Where the shifts of two captures of one call lie: around the mean, not on it.
constexpr std::int64_t hill_us = 50;
/// Fewer frames at one shift happen by chance.
constexpr std::size_t least_frames = 5;
/// So many of them need no majority.
constexpr std::size_t many_frames = 20;
/// Captures that each one is compared with where a trace connects too many.
constexpr std::size_t neighbours = 4;

struct Posting {
    const Trace* trace = nullptr;
    std::uint32_t capture = 0;
};

struct Match {
    std::uint32_t a = 0, b = 0; ///< captures, a < b
    const Trace *in_a = nullptr, *in_b = nullptr;

    [[nodiscard]] std::int64_t shift_us() const { return in_b->time_us - in_a->time_us; }
    [[nodiscard]] TraceKind kind() const { return in_a->kind; }
};

auto key_of(const Trace& trace) {
    return std::pair(trace.kind, trace.hash);
}

bool comparable(const Fingerprinted& a, const Fingerprinted& b) {
    const bool team = !a.team.empty() && a.team == b.team;
    return a.student != b.student && !team && !(a.previous && b.previous);
}

/// Says by itself that somebody copied, however many did.
bool weighs_among_many(TraceKind kind) {
    return kind == TraceKind::file || kind == TraceKind::rhythm || kind == TraceKind::media_rhythm;
}

std::vector<Posting> index_of(std::span<const Fingerprinted> captures, std::span<const Fingerprint> base) {
    std::set<std::pair<TraceKind, std::uint64_t>> given_out;
    for (const Fingerprint& sample : base)
        for (const Trace& trace : sample.traces) given_out.insert(key_of(trace));

    std::vector<Posting> index;
    for (std::uint32_t capture = 0; capture < captures.size(); ++capture)
        for (const Trace& trace : captures[capture].fingerprint.traces)
            if (!given_out.contains(key_of(trace))) index.push_back({&trace, capture});
    std::ranges::sort(index, {}, [](const Posting& posting) {
        return std::tuple(posting.trace->kind, posting.trace->hash, posting.capture);
    });
    return index;
}

void match(std::span<const Posting> alike, std::span<const Fingerprinted> captures,
           std::vector<Match>& matches) {
    const bool many = alike.size() > limits::similar_owners;
    if (many && !weighs_among_many(alike.front().trace->kind)) return;
    for (std::size_t first = 0; first < alike.size(); ++first) {
        const std::size_t end = many ? std::min(first + 1 + neighbours, alike.size()) : alike.size();
        for (std::size_t second = first + 1; second < end; ++second) {
            const Posting &a = alike[first], &b = alike[second];
            if (comparable(captures[a.capture], captures[b.capture]))
                matches.push_back({a.capture, b.capture, a.trace, b.trace});
        }
    }
}

/// What the captures have in common, pair by pair.
std::vector<Match> all_matches(std::span<const Fingerprinted> captures, std::span<const Fingerprint> base) {
    const std::vector<Posting> index = index_of(captures, base);
    std::vector<Match> matches;
    for (std::size_t first = 0; first < index.size();) {
        std::size_t next = first + 1;
        while (next < index.size() && key_of(*index[next].trace) == key_of(*index[first].trace)) ++next;
        match(std::span(index).subspan(first, next - first), captures, matches);
        first = next;
    }
    std::ranges::sort(matches, {}, [](const Match& match) {
        return std::tuple(match.a, match.b, match.kind(), match.in_a->frame, match.in_b->frame);
    });
    return matches;
}

/// Frames that two captures have at the same shift.
struct Shift {
    std::int64_t from_us = 0; ///< to `from_us + shift_tolerance_us`
    std::size_t frames = 0;

    [[nodiscard]] bool holds(std::int64_t shift_us) const {
        return shift_us >= from_us && shift_us - from_us <= shift_tolerance_us;
    }
};

bool has_time(TraceKind kind) {
    return kind != TraceKind::file && kind != TraceKind::hardware;
}

/// The shift of each pair of frames that have something in common, each pair once, ascending.
std::vector<std::int64_t> shifts_of(std::span<const Match> matches) {
    std::set<std::tuple<std::int64_t, std::uint32_t, std::uint32_t>> pairs;
    for (const Match& match : matches)
        if (has_time(match.kind())) pairs.emplace(match.shift_us(), match.in_a->frame, match.in_b->frame);
    std::vector<std::int64_t> shifts;
    shifts.reserve(pairs.size());
    for (const auto& [shift, a, b] : pairs) shifts.push_back(shift);
    return shifts;
}

std::size_t count_between(std::span<const std::int64_t> ascending, std::int64_t from, std::int64_t to) {
    return static_cast<std::size_t>(std::ranges::upper_bound(ascending, to) -
                                    std::ranges::lower_bound(ascending, from));
}

/// The shift that most frames have.
Shift commonest(std::span<const std::int64_t> ascending) {
    Shift best;
    for (const std::int64_t shift : ascending) {
        const std::size_t frames = count_between(ascending, shift, shift + shift_tolerance_us);
        if (frames > best.frames) best = {shift, frames};
    }
    return best;
}

/// A spike, not the top of a hill: jitter spreads the shifts of frames that were captured twice.
bool is_of_a_copy(const Shift& shift, std::span<const std::int64_t> ascending) {
    const std::size_t around =
        count_between(ascending, shift.from_us - hill_us, shift.from_us + shift_tolerance_us + hill_us);
    const bool enough =
        shift.frames >= many_frames || (shift.frames >= least_frames && shift.frames * 2 >= ascending.size());
    return enough && shift.frames * 10 >= around * 9;
}

/// What one capture's host sent, the other's received: the two ends of a call.
bool from_two_ends(std::span<const Match> matches, const Shift& shift) {
    std::size_t same = 0, opposite = 0;
    for (const Match& match : matches) {
        const Side a = match.in_a->side, b = match.in_b->side;
        if (a == Side::unknown || b == Side::unknown || !shift.holds(match.shift_us())) continue;
        ++(a == b ? same : opposite);
    }
    return opposite > same;
}

/// What traces are called together in a report.
struct SignalKind {
    std::string_view code;
    TraceKind first, last;
    std::string_view one, many; ///< {} is their number
};

constexpr std::array signal_kinds{
    SignalKind{"same-file", TraceKind::file, TraceKind::file, "the two files are the same, octet for octet",
               ""},
    SignalKind{"same-frames", TraceKind::signalling, TraceKind::media, "one frame carries the same octets",
               "{} frames carry the same octets"},
    SignalKind{"same-times", TraceKind::rhythm, TraceKind::media_rhythm,
               "five frames follow each other at the same intervals to the microsecond",
               "{} times, five frames follow each other at the same intervals to the microsecond"},
    SignalKind{"same-call-id", TraceKind::call_id, TraceKind::call_id, "one Call-ID is the same",
               "{} Call-IDs are the same"},
    SignalKind{"same-branch", TraceKind::branch, TraceKind::branch, "one Via branch is the same",
               "{} Via branches are the same"},
    SignalKind{"same-tag", TraceKind::tag, TraceKind::tag, "one tag of From or To is the same",
               "{} tags of From and To are the same"},
    SignalKind{"same-nonce", TraceKind::nonce, TraceKind::nonce,
               "one nonce of a challenge or its answer is the same",
               "{} nonces of challenges and their answers are the same"},
    SignalKind{"same-session-id", TraceKind::session_id, TraceKind::session_id,
               "one session id of an o= line is the same", "{} session ids of o= lines are the same"},
    SignalKind{"same-media-source", TraceKind::media_source, TraceKind::media_source,
               "one RTP stream begins with the same SSRC, sequence number and timestamp",
               "{} RTP streams begin with the same SSRC, sequence number and timestamp"},
    SignalKind{"same-tcp-start", TraceKind::tcp_start, TraceKind::tcp_start,
               "one TCP connection begins with the same sequence number",
               "{} TCP connections begin with the same sequence number"},
    SignalKind{"same-host", TraceKind::hardware, TraceKind::hardware,
               "both were taken on a host with the same MAC address", ""},
};

SimilarPair::Signal signal_of(const SignalKind& kind, std::span<const Match> matches) {
    SimilarPair::Signal signal;
    signal.code = kind.code;
    signal.text = matches.size() == 1 || kind.many.empty()
                      ? std::string(kind.one)
                      : fmt::format(fmt::runtime(kind.many), matches.size());
    for (const Match& match : matches.first(std::min(matches.size(), limits::similar_frames_shown))) {
        signal.frames_a.push_back(match.in_a->frame);
        signal.frames_b.push_back(match.in_b->frame);
    }
    return signal;
}

/// How much later the frames of b are than those of a.
std::string shift_text(std::int64_t shift_us) {
    if (shift_us == 0) return ", at the same times";
    return fmt::format(", all of them exactly {:.6f} s {}", static_cast<double>(std::llabs(shift_us)) / 1e6,
                       shift_us > 0 ? "later" : "earlier");
}

std::size_t contents_of(const Fingerprint& fingerprint) {
    return static_cast<std::size_t>(std::ranges::count_if(fingerprint.traces, [](const Trace& trace) {
        return trace.kind == TraceKind::signalling || trace.kind == TraceKind::media;
    }));
}

/// A file that is the same: 1. Else 0.8 for frames at one shift, up to 1 for all of the smaller capture's.
double strength_of(std::span<const Match> matches, std::size_t contents) {
    std::size_t shared = 0;
    for (const Match& match : matches) {
        if (match.kind() == TraceKind::file) return 1;
        if (match.kind() == TraceKind::signalling || match.kind() == TraceKind::media) ++shared;
    }
    const double share =
        static_cast<double>(shared) / static_cast<double>(std::max<std::size_t>(contents, 1));
    return std::round((0.8 + 0.2 * std::min(share, 1.0)) * 100) / 100;
}

/// The matches that make the two captures copies; none when they are not.
std::vector<Match> evidence(std::span<const Match> matches, const Fingerprint& a, const Fingerprint& b,
                            Shift& shift) {
    const bool same_file = matches.front().kind() == TraceKind::file; // sorted by kind
    if (!same_file) {
        if (a.coarse_times || b.coarse_times) return {};
        const std::vector<std::int64_t> shifts = shifts_of(matches);
        shift = commonest(shifts);
        if (!is_of_a_copy(shift, shifts) || from_two_ends(matches, shift)) return {};
    }
    std::vector<Match> kept;
    // A cut may have taken the first frame of an identifier away: once the times are decided, it counts.
    for (const Match& match : matches)
        if (is_identifier(match.kind()) || shift.holds(match.shift_us())) kept.push_back(match);
    return kept;
}

std::optional<SimilarPair> judge(std::span<const Match> matches, std::span<const Fingerprinted> captures) {
    const Fingerprinted &a = captures[matches.front().a], &b = captures[matches.front().b];
    Shift shift;
    const std::vector<Match> kept = evidence(matches, a.fingerprint, b.fingerprint, shift);
    if (kept.empty()) return std::nullopt;
    SimilarPair pair;
    pair.a = a.student;
    pair.b = b.student;
    pair.capture_a = a.capture;
    pair.capture_b = b.capture;
    pair.strength = strength_of(kept, std::min(contents_of(a.fingerprint), contents_of(b.fingerprint)));
    for (const SignalKind& kind : signal_kinds) {
        const auto first = std::ranges::lower_bound(kept, kind.first, {}, &Match::kind);
        const auto last = std::ranges::upper_bound(kept, kind.last, {}, &Match::kind);
        if (first == last) continue;
        pair.signals.push_back(signal_of(kind, {first, last}));
        if (kind.first == TraceKind::signalling)
            pair.signals.back().text +=
                shift_text(shift.from_us + b.fingerprint.start_us - a.fingerprint.start_us);
    }
    return pair;
}

} // namespace

std::vector<SimilarPair> compare(std::span<const Fingerprinted> captures, std::span<const Fingerprint> base) {
    const std::vector<Match> matches = all_matches(captures, base);
    std::vector<SimilarPair> pairs;
    for (std::size_t first = 0; first < matches.size();) {
        std::size_t next = first + 1;
        while (next < matches.size() && matches[next].a == matches[first].a &&
               matches[next].b == matches[first].b)
            ++next;
        if (auto pair = judge(std::span(matches).subspan(first, next - first), captures))
            pairs.push_back(std::move(*pair));
        first = next;
    }
    std::ranges::sort(pairs, [](const SimilarPair& left, const SimilarPair& right) {
        return std::tie(right.strength, left.a, left.b, left.capture_a, left.capture_b) <
               std::tie(left.strength, right.a, right.b, right.capture_a, right.capture_b);
    });
    return pairs;
}

std::vector<std::vector<std::string>> clusters(std::span<const SimilarPair> pairs) {
    std::map<std::string, std::set<std::string>> neighbours_of;
    for (const SimilarPair& pair : pairs) {
        neighbours_of[pair.a].insert(pair.b);
        neighbours_of[pair.b].insert(pair.a);
    }
    std::vector<std::vector<std::string>> groups;
    std::set<std::string> placed;
    for (const auto& [student, ignored] : neighbours_of) {
        if (!placed.insert(student).second) continue;
        std::vector<std::string>& group = groups.emplace_back(1, student);
        for (std::size_t next = 0; next < group.size(); ++next) {
            const std::set<std::string>& near = neighbours_of[group[next]];
            for (const std::string& other : near)
                if (placed.insert(other).second) group.push_back(other);
        }
        std::ranges::sort(group);
    }
    return groups;
}

} // namespace rungs::grade
