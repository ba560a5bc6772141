#include "analyzer/live/engine.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "analyzer/decode/packet.hpp"
#include "analyzer/findings/rules.hpp"

namespace rungs::live {
namespace {

using Clock = std::chrono::steady_clock;

/// After its end a call gets this long for what still belongs to it: ACK, answers, the other leg's end.
constexpr Duration linger = std::chrono::seconds(2);
/// An INVITE without an answer is over after this silence: more than Timer C (RFC 3261 section 16.6).
constexpr Duration unanswered_silence = std::chrono::seconds(200);
/// Media without a call that is silent for this long makes room for other media.
constexpr Duration idle_media = std::chrono::seconds(60);
/// A call whose other leg is still up is looked at again.
constexpr Duration try_again = std::chrono::seconds(10);
/// Settling takes a quarter of the time at most.
constexpr int settle_share = 4;
constexpr std::uint64_t look_at_media_every = 4'096; ///< packets

constexpr MediaLimits media_limits{"live_flows", "live_streams", "live_endpoints", "live_stream_seconds",
                                   limits::live_stream_seconds};

Timestamp before(Timestamp time, Duration by) {
    return time + -by;
}

bool is_over(const Analysis& analysis, const Call& call) {
    for (Id dialog = call.first_dialog; dialog != 0; dialog = analysis.dialog(dialog).next_in_call)
        if (analysis.dialog(dialog).state != DialogState::terminated) return false;
    return true;
}

void add_finding(Analysis& analysis, std::string_view code, std::string text) {
    Finding finding;
    finding.code = code;
    finding.severity = Severity::warning;
    finding.text = std::move(text);
    analysis.findings.push_back(std::move(finding));
}

} // namespace

void Engine::Entrance::on_sip(const sip::Message& message, const dissect::Origin& origin) {
    m_engine.m_session->on_sip(message, origin);
    m_engine.note_new();
}

void Engine::Entrance::on_msn(const msn::Message& message, const dissect::Origin& origin) {
    m_engine.m_session->on_msn(message, origin);
    m_engine.note_new();
}

Engine::Engine(const AnalysisOptions& options, const Bounds& bounds, Captures captures, Tell tell)
    : m_options(options), m_bounds(bounds), m_summaries(std::move(captures)), m_tell(std::move(tell)),
      m_tracker([this](std::uint16_t capture, media::Verdict verdict,
                       std::uint64_t packets) { m_dissector.recount(capture, bucket_of(verdict), packets); },
                {bounds.flows, bounds.streams, limits::live_stream_seconds, limits::live_endpoints}),
      m_media(m_tracker), m_entrance(*this), m_dissector(m_entrance, m_media),
      m_session(std::make_unique<Session>(options, &m_tracker, 2 * bounds.message_octets)), m_watch(m_tell) {}

Engine::~Engine() = default;

Bucket Engine::take(const Frame& frame) {
    const Bucket bucket = m_dissector.take(frame, decode::decode(frame));
    ++m_packets;
    m_octets += frame.bytes.size();
    m_latest = std::max(m_latest, frame.time);
    if (is_full()) make_room(m_latest);
    if (m_packets % look_at_media_every == 0) make_room_for_media(m_latest);
    return bucket;
}

void Engine::note_new() {
    const Analysis& analysis = m_session->analysis();
    while (m_noted < analysis.messages.size()) m_watch.note(analysis, static_cast<Id>(++m_noted));
}

bool Engine::is_full() const {
    const Analysis& analysis = m_session->analysis();
    return analysis.dialogs.size() >= m_bounds.dialogs || analysis.messages.size() >= m_bounds.messages ||
           analysis.octets.spooled() >= m_bounds.message_octets;
}

void Engine::tick(Timestamp now) {
    if (!m_tell) return;
    const auto begun = Clock::now();
    if (begun < m_settle_at) return;
    m_watch.end_idle(before(now, unanswered_silence), now);
    settle(now, linger);
    m_settle_at = begun + (Clock::now() - begun) * settle_share;
}

// --- calls that ended

/// The messages of the calls that had one last, as many as can be read again in a moment.
std::vector<Id> Engine::latest_messages(std::size_t most_calls, const std::vector<std::size_t>& first) const {
    const auto& groups = m_watch.groups();
    std::vector<std::size_t> order(groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<bool> before_others(groups.size());
    for (const std::size_t group : first) before_others[group] = true;
    const auto rank = [&](std::size_t i) { return before_others[i] ? 0 : groups[i].together ? 1 : 2; };
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::tuple(rank(a), groups[b].last) < std::tuple(rank(b), groups[a].last);
    });
    std::vector<bool> wanted(groups.size());
    std::vector<std::size_t> skipped(groups.size()); ///< messages, the oldest
    std::size_t left = limits::live_settle_messages;
    for (const std::size_t group : order) {
        if (most_calls == 0) break;
        if (groups[group].messages > left) {
            if (!groups[group].together) continue;
            skipped[group] = groups[group].messages - left;
        }
        left -= groups[group].messages - skipped[group];
        wanted[group] = true;
        if (groups[group].number != 0) --most_calls;
    }
    std::vector<Id> messages;
    const Analysis& analysis = m_session->analysis();
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        const Id dialog = analysis.message(id).dialog;
        const std::size_t group = m_watch.group_of(dialog);
        if (group != Watch::none && !wanted[group]) continue;
        if (group != Watch::none && skipped[group] != 0)
            --skipped[group];
        else
            messages.push_back(id);
    }
    return messages;
}

std::vector<Capture> Engine::captures() const {
    std::vector<Capture> captures;
    for (capture::Summary& summary : m_summaries()) {
        Capture capture{std::move(summary), {}};
        if (captures.size() < m_dissector.accounting().size())
            capture.accounting = m_dissector.accounting()[captures.size()];
        captures.push_back(std::move(capture));
    }
    return captures;
}

Analysis Engine::latest(std::size_t most_calls, const std::vector<std::size_t>& first) const {
    Session session(m_options, nullptr, limits::live_message_octets);
    const std::vector<Id> dialogs = m_session->replay(latest_messages(most_calls, first), session);
    const auto renamed = [&](std::uint32_t dialog) { return dialog == 0 ? 0 : dialogs[dialog - 1]; };
    std::vector<media::Stream> streams;
    for (media::Stream& stream : m_tracker.peek()) {
        const bool of_a_call = stream.dialog != 0;
        stream.dialog = renamed(stream.dialog);
        if (!of_a_call || stream.dialog != 0) streams.push_back(std::move(stream));
    }
    std::vector<media::Fax> faxes;
    for (media::Fax& fax : m_tracker.faxes()) {
        fax.dialog = renamed(fax.dialog);
        if (fax.dialog != 0) faxes.push_back(fax);
    }
    return session.conclude(captures(), m_latest, std::move(streams), std::move(faxes));
}

/// Tells the calls and invitations that are over since `wait` ago; returns how many.
std::size_t Engine::settle(Timestamp now, Duration wait) {
    const std::vector<std::size_t> due = m_watch.due(before(now, wait));
    if (due.empty() && m_watch.msn_messages() == m_invitations_seen) return 0;
    const Analysis analysis = latest(limits::live_settle_messages, due);
    const std::size_t told = tell_calls(analysis, due, now);
    return told + tell_invitations(analysis, before(now, wait));
}

void Engine::settle_all(Timestamp now) {
    while (settle(now, Duration(0)) != 0) {
    }
}

std::size_t Engine::tell_calls(const Analysis& analysis, const std::vector<std::size_t>& due, Timestamp now) {
    tsl::robin_map<std::string, Id, TextHash> calls;
    for (Id dialog = 1; dialog <= analysis.dialogs.size(); ++dialog)
        calls.emplace(Watch::key_of(analysis, dialog), analysis.dialog(dialog).call);

    std::size_t told = 0;
    for (const std::size_t group : due) {
        if (m_watch.groups()[group].told) continue; // a leg of one before
        const auto found = calls.find(m_watch.groups()[group].key);
        if (found != calls.end() && found->second != 0) {
            if (tell_if_over(analysis, found->second, now)) ++told;
        } else if (m_watch.groups()[group].messages > limits::live_settle_messages) {
            tell_bare(group);
            ++told;
        } // else it is due again: there was no room for it among the others
    }
    return told;
}

/// Those of MSN that are all there is to their calls. Nothing but a look at all of them shows which are over.
std::size_t Engine::tell_invitations(const Analysis& analysis, Timestamp until) {
    std::size_t told = 0;
    bool later = false;
    decltype(m_invitations_told) known; // what is not remembered any more goes
    for (Id id = 1; id <= analysis.calls.size(); ++id) {
        const Call& call = analysis.call(id);
        if (call.kind != CallKind::invitation || !is_over(analysis, call)) continue;
        if (until < call.end) {
            later = true;
            continue;
        }
        bool is_new = true;
        std::vector<std::pair<std::uint64_t, std::uint32_t>> places;
        for (const Id invitation : analysis.invitations_of(call)) {
            for (const Id message : analysis.invitations[invitation - 1].messages) {
                places.emplace_back(analysis.message(message).frame, analysis.message(message).part);
                is_new = is_new && !m_invitations_told.contains(places.back());
            }
        }
        known.insert(places.begin(), places.end());
        if (!is_new) continue;
        ++told;
        tell_call(analysis, id, {});
    }
    m_invitations_told = std::move(known);
    if (!later) m_invitations_seen = m_watch.msn_messages();
    return told;
}

bool Engine::tell_if_over(const Analysis& analysis, Id call, Timestamp now) {
    std::vector<std::size_t> legs;
    bool over = true;
    for (Id dialog = analysis.call(call).first_dialog; dialog != 0;
         dialog = analysis.dialog(dialog).next_in_call) {
        const std::size_t group = m_watch.group_with(Watch::key_of(analysis, dialog));
        if (group == Watch::none || m_watch.groups()[group].number == 0) continue;
        if (std::ranges::find(legs, group) == legs.end()) legs.push_back(group);
        over = over && !m_watch.is_open(m_watch.groups()[group]);
    }
    std::vector<std::uint32_t> numbers;
    for (const std::size_t leg : legs) {
        numbers.push_back(m_watch.groups()[leg].number);
        if (over)
            m_watch.set_told(leg);
        else
            m_watch.postpone(leg, now + try_again);
    }
    std::ranges::sort(numbers);
    if (over) tell_call(analysis, call, std::move(numbers));
    return over;
}

/// Of a call with so many messages that they are not read again only the end is told.
void Engine::tell_bare(std::size_t group) {
    m_watch.set_told(group);
    ++m_told.ended;
    Event event;
    event.kind = EventKind::call_ended;
    event.time = m_watch.groups()[group].last;
    event.number = m_watch.groups()[group].number;
    event.numbers = {event.number};
    m_tell(event);
}

void Engine::tell_call(const Analysis& analysis, Id call, std::vector<std::uint32_t> numbers) {
    const Call& what = analysis.call(call);
    if (what.kind == CallKind::invitation)
        ++m_told.invitations;
    else
        ++m_told.outcomes[static_cast<std::size_t>(what.outcome)];
    m_told.ended += numbers.size();
    Event event;
    event.kind = EventKind::call_ended;
    event.time = what.end;
    event.number = numbers.empty() ? 0 : numbers.front();
    event.call_id = analysis.text(analysis.dialog(what.first_dialog).call_id);
    event.caller = analysis.text(analysis.caller_of(what).uri);
    event.callee = analysis.text(analysis.callee_of(what).uri);
    event.status = what.final_status;
    event.reason = analysis.text(what.reason);
    event.analysis = &analysis;
    event.call = call;
    event.numbers = std::move(numbers);
    m_tell(event);
    event.kind = EventKind::finding;
    for (const Finding& finding : analysis.findings) {
        if (finding.call != call) continue;
        event.finding = &finding;
        m_tell(event);
    }
}

void Engine::tell_streams(Timestamp now) {
    if (!m_tell) return;
    decltype(m_seen) seen;
    for (const media::Stream& stream : m_tracker.peek()) {
        const std::pair key(stream.first_frame, stream.ssrc);
        const auto known = m_seen.find(key);
        const Seen last = known == m_seen.end() ? Seen{} : known->second;
        seen[key] = {stream.packets, stream.lost};
        if (stream.packets == last.packets) continue;
        Event event;
        event.kind = EventKind::stream;
        event.time = now;
        event.stream = &stream;
        event.source = stream.source;
        event.destination = stream.destination;
        event.new_packets = stream.packets - last.packets;
        event.new_lost = stream.lost > last.lost ? stream.lost - last.lost : 0; // a late packet was no loss
        if (const auto* group = m_watch.find(stream.dialog)) event.number = group->number;
        m_tell(event);
    }
    m_seen = std::move(seen);
}

Statistics Engine::statistics() const {
    Statistics now = m_told;
    now.packets = m_packets;
    now.octets = m_octets;
    for (const Accounting& one : m_dissector.accounting())
        for (std::size_t i = 0; i < bucket_count; ++i) now.accounting[i] += one[i];
    now.calls = m_watch.calls();
    now.open = m_watch.open();
    now.registrations = m_watch.registrations();
    now.registrations_refused = m_watch.registrations_refused();
    now.dialogs = m_session->analysis().dialogs.size();
    now.messages = m_session->analysis().messages.size();
    now.streams = m_tracker.stream_count();
    now.flows = m_tracker.flow_count();
    now.limits = limits_reached();
    std::erase_if(now.limits, [](const auto& one) { return one.second == 0; });
    return now;
}

LimitsReached Engine::limits_reached() const {
    LimitsReached reached = limits_on_the_way(m_dissector, m_tracker, {}, media_limits);
    add_limits(m_limits, reached);
    add_limits(m_session->analysis().limits_reached, reached);
    return reached;
}

// --- room

/// Messages of calls in progress, then of what ended last, until half of every bound is reached.
std::vector<Id> Engine::worth_keeping(const Analysis& linked, Timestamp now) {
    struct Unit { // a call, or what belongs to none: connections of MSN
        bool open = false;
        Timestamp last;
        std::size_t dialogs = 0, messages = 0, octets = 0, streams = 0;
    };
    std::vector<Unit> units(linked.calls.size() + 1);
    const auto unit_of = [&](Id dialog) -> Unit& { return units[linked.dialog(dialog).call]; };
    for (Id dialog = 1; dialog <= linked.dialogs.size(); ++dialog) {
        Unit& unit = unit_of(dialog);
        ++unit.dialogs;
        const auto* group = m_watch.find(dialog);
        if (group == nullptr) continue;
        unit.last = std::max(unit.last, group->last);
        unit.open = unit.open || (m_watch.is_open(*group) && (group->state == Watch::State::answered ||
                                                              before(now, unanswered_silence) < group->last));
    }
    for (const Message& message : linked.messages) {
        if (message.dialog == 0) continue;
        Unit& unit = unit_of(message.dialog);
        ++unit.messages;
        unit.octets += message.location.length;
    }
    for (const media::Stream& stream : m_tracker.peek())
        if (stream.dialog != 0) ++unit_of(stream.dialog).streams;

    std::vector<std::size_t> order(units.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::tuple(!units[a].open, units[b].last) < std::tuple(!units[b].open, units[a].last);
    });
    Unit left{false,
              {},
              m_bounds.dialogs / 2,
              m_bounds.messages / 2,
              m_bounds.message_octets / 2,
              m_bounds.streams / 2};
    std::vector<bool> kept(units.size());
    for (const std::size_t index : order) {
        Unit& unit = units[index];
        const std::size_t messages = std::min(
            unit.messages, unit.dialogs * std::min(limits::live_dialog_messages, m_bounds.messages / 4));
        if (unit.dialogs == 0) continue;
        if (unit.dialogs > left.dialogs || messages > left.messages || unit.octets > left.octets ||
            unit.streams > left.streams) {
            ++(unit.open ? m_told.given_up.open_calls : m_told.given_up.ended_calls);
            m_told.given_up.dialogs += unit.dialogs;
            continue;
        }
        kept[index] = true;
        left.dialogs -= unit.dialogs;
        left.messages -= messages;
        left.octets -= unit.octets;
        left.streams -= unit.streams;
    }

    // Of a dialog with very many messages (an OPTIONS every second, for days) the newest stay.
    const std::size_t most = std::min(limits::live_dialog_messages, m_bounds.messages / 4);
    std::vector<std::uint32_t> skip(linked.dialogs.size());
    for (std::size_t i = 0; i < skip.size(); ++i) {
        const std::size_t count = linked.dialogs[i].message_count;
        skip[i] = static_cast<std::uint32_t>(count > most ? count - most : 0);
    }
    std::vector<Id> messages;
    for (Id id = 1; id <= linked.messages.size(); ++id) {
        const Id dialog = linked.message(id).dialog;
        if (dialog == 0 || !kept[linked.dialog(dialog).call]) continue;
        if (skip[dialog - 1] != 0)
            --skip[dialog - 1];
        else
            messages.push_back(id);
    }
    return messages;
}

void Engine::make_room(Timestamp now) {
    // What ended is told before it can be given up.
    if (m_tell) settle_all(now);
    const LimitsReached before_linking = m_session->analysis().limits_reached;
    const Analysis& linked = m_session->link(now);
    const std::vector<Id> messages = worth_keeping(linked, now);
    m_told.given_up.messages += linked.messages.size() - messages.size();
    ++m_told.given_up.times;

    auto next = std::make_unique<Session>(m_options, nullptr, 2 * m_bounds.message_octets);
    const std::vector<Id> dialogs = m_session->replay(messages, *next);
    next->announce_to(m_tracker);
    m_session = std::move(next);
    for (const auto& [limit, times] : before_linking) { // what is replayed was counted again
        const auto again = m_session->analysis().limits_reached.find(limit);
        const std::uint64_t counted = again == m_session->analysis().limits_reached.end() ? 0 : again->second;
        m_limits[limit] += times - std::min(times, counted);
    }
    m_noted = m_session->analysis().messages.size();
    m_watch.move_to(m_session->analysis());
    const auto forgotten = m_tracker.retain(dialogs, before(now, idle_media));
    m_told.given_up.streams += forgotten.streams;
    m_told.given_up.flows += forgotten.flows;
    m_dissector.forget_pairs();
}

/// Other traffic over UDP fills the table of port pairs; what is idle there goes first, then ended calls.
void Engine::make_room_for_media(Timestamp now) {
    const auto is_tight = [](std::size_t count, std::size_t most) { return count >= most - most / 8; };
    const bool streams = is_tight(m_tracker.stream_count(), m_bounds.streams);
    if ((!streams && !is_tight(m_tracker.flow_count(), m_bounds.flows)) || now < m_media_room_at) return;
    m_media_room_at = now + std::chrono::seconds(10);
    std::vector<std::uint32_t> same(m_session->analysis().dialogs.size());
    std::iota(same.begin(), same.end(), 1U);
    const auto forgotten = m_tracker.retain(same, before(now, idle_media));
    m_told.given_up.streams += forgotten.streams;
    m_told.given_up.flows += forgotten.flows;
    if (is_tight(m_tracker.stream_count(), m_bounds.streams)) make_room(now);
}

// --- the end

Analysis Engine::finish(Timestamp now) {
    m_dissector.flush();
    if (m_tell) {
        m_watch.end_idle(before(now, unanswered_silence), now);
        settle_all(now);
    }
    std::vector<media::Stream> streams = m_tracker.finish();
    std::vector<Capture> files = captures();
    Timestamp end;
    for (const Capture& capture : files) end = std::max(end, capture.file.last);
    const LimitsReached of_session = m_session->analysis().limits_reached;
    m_session->add_limits(limits_on_the_way(m_dissector, m_tracker, streams, media_limits));
    m_session->add_limits(m_limits);
    add_limits(of_session, m_limits);
    Analysis analysis = m_session->conclude(std::move(files), end, std::move(streams), m_tracker.faxes(),
                                            m_dissector.unreachable());
    m_session = std::make_unique<Session>(m_options, nullptr, 0);
    report_bounds(analysis);
    return analysis;
}

void Engine::report_bounds(Analysis& analysis) const {
    const Statistics now = m_told;
    const GivenUp& gone = now.given_up;
    if (gone.dialogs + gone.messages != 0) {
        analysis.complete = false;
        add_finding(
            analysis, findings::rule::limit_live.code,
            fmt::format(
                "{} calls and registrations that were over and {} in progress ({} dialogs, {} messages) "
                "made room for newer ones and are not in this report (limits: {} dialogs, {} messages, "
                "{} octets of messages, {} streams)",
                gone.ended_calls, gone.open_calls, gone.dialogs, gone.messages, m_bounds.dialogs,
                m_bounds.messages, m_bounds.message_octets, m_bounds.streams));
    }
    if (gone.streams != 0) {
        analysis.complete = false;
        add_finding(
            analysis, findings::rule::limit_live_streams.code,
            fmt::format("{} RTP streams made room for newer ones and are not in this report (limit: {})",
                        gone.streams, m_bounds.streams));
    }
}

} // namespace rungs::live
