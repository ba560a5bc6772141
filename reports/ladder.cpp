#include "reports/ladder.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/uri.hpp"
#include "reports/streams.hpp"

namespace rungs::reports {
namespace {

constexpr std::uint16_t msn_port = 1863;

/// Messages of the call's dialogs and invitations, each once, in order of frames.
std::vector<Id> messages_of(const Analysis& analysis, const Call& call) {
    std::vector<Id> messages;
    for (Id dialog = call.first_dialog; dialog != 0; dialog = analysis.dialog(dialog).next_in_call) {
        for (Id id = analysis.dialog(dialog).first_message; id != 0;
             id = analysis.message(id).next_in_dialog) {
            messages.push_back(id);
        }
    }
    for (const Id invitation : analysis.invitations_of(call)) {
        const auto& more = analysis.invitations[invitation - 1].messages;
        messages.insert(messages.end(), more.begin(), more.end());
    }
    const auto place = [&analysis](Id id) {
        const Message& message = analysis.message(id);
        return std::tuple(message.frame, message.part, id);
    };
    std::sort(messages.begin(), messages.end(), [&](Id a, Id b) { return place(a) < place(b); });
    messages.erase(std::unique(messages.begin(), messages.end()), messages.end());
    return messages;
}

/// Which endpoints are one device. A device is named by one of its endpoints; port 0 stands for all ports.
class Devices {
  public:
    Devices(const Analysis& analysis, const Call& call, const std::vector<Id>& messages)
        : m_analysis(analysis) {
        find_shared_addresses(call, messages);
        if (m_shared.empty()) return;
        join_ports(messages);
        join_parties(call, messages);
    }

    [[nodiscard]] bool shared(const IpAddress& address) const { return m_shared.contains(address); }

    [[nodiscard]] Endpoint device_of(const Endpoint& endpoint) const {
        if (!shared(endpoint.address)) return {endpoint.address, 0};
        Endpoint device = endpoint;
        for (auto joined = m_joined.find(device); joined != m_joined.end(); joined = m_joined.find(device)) {
            device = joined->second;
        }
        return device;
    }

  private:
    void find_shared_addresses(const Call& call, const std::vector<Id>& messages) {
        for (const Id id : messages) {
            const auto& [source, destination] = ends(id);
            if (source.address == destination.address) m_shared.insert(source.address);
        }
        if (!m_analysis.caller_of(call).address || !m_analysis.callee_of(call).address) return;
        const Endpoint& caller = m_analysis.endpoint(*m_analysis.caller_of(call).address);
        const Endpoint& callee = m_analysis.endpoint(*m_analysis.callee_of(call).address);
        if (call.kind == CallKind::call && caller.address == callee.address && caller != callee) {
            m_shared.insert(caller.address);
        }
    }

    void join_ports(const std::vector<Id>& messages) {
        std::map<std::pair<Id, Endpoint>, Endpoint> inviter; // of a dialog, towards a destination
        for (const Id id : messages) {
            const Message& message = m_analysis.message(id);
            const auto& [source, destination] = ends(id);
            if (!shared(source.address)) continue;
            const std::pair towards{message.dialog, destination};
            if (message.relation == Relation::hop && message.relates_to != 0) {
                const Endpoint& received_at = ends(message.relates_to).second;
                if (received_at.address == source.address) join(source, received_at);
            } else if (message.status == 0 && message.method == sip::Method::invite) {
                inviter.try_emplace(towards, source);
            } else if (message.status == 0 &&
                       (message.method == sip::Method::ack || message.method == sip::Method::cancel)) {
                if (const auto found = inviter.find(towards); found != inviter.end())
                    join(source, found->second);
            }
        }
    }

    /// Programs that write no Call-ID send each request from a fresh port: it belongs to the party that
    /// speaks from it, as does the port where that party waits for requests.
    void join_parties(const Call& call, const std::vector<Id>& messages) {
        if (!m_analysis.dialog(call.first_dialog).inferred || !m_analysis.caller_of(call).address ||
            !m_analysis.callee_of(call).address)
            return;
        const Endpoint& caller = m_analysis.endpoint(*m_analysis.caller_of(call).address);
        const Endpoint& callee = m_analysis.endpoint(*m_analysis.callee_of(call).address);
        const auto join_shared = [&](const Endpoint& port, const Endpoint& party) {
            const Endpoint device = device_of(port);
            const bool settled = device == device_of(caller) || device == device_of(callee);
            if (!settled && shared(port.address) && port.address == party.address) join(port, party);
        };
        for (const Listening& known : m_analysis.listening) {
            if (m_analysis.dialog(known.dialog).call != m_analysis.dialog(call.first_dialog).call) continue;
            // Two users on one port cannot be told apart by it.
            if (known.caller == known.callee) continue;
            if (known.caller && known.caller != callee) join_shared(*known.caller, caller);
            if (known.callee && known.callee != caller) join_shared(*known.callee, callee);
        }
        std::set<Endpoint> servers; // that first receive what a party sends
        for (const Id id : messages) {
            const Message& message = m_analysis.message(id);
            if (message.status != 0) continue;
            const auto& [source, destination] = ends(id);
            if (message.relation != Relation::hop) {
                join_shared(source, message.from_caller ? caller : callee);
                servers.insert(device_of(destination));
            } else if (device_of(destination) == destination && !servers.contains(destination)) {
                join_shared(destination, message.from_caller ? callee : caller);
            }
        }
    }

    void join(const Endpoint& a, const Endpoint& b) {
        const Endpoint device = device_of(b);
        if (const Endpoint other = device_of(a); other != device) m_joined.emplace(other, device);
    }

    [[nodiscard]] std::pair<const Endpoint&, const Endpoint&> ends(Id id) const {
        const Message& message = m_analysis.message(id);
        return {m_analysis.endpoint(message.source), m_analysis.endpoint(message.destination)};
    }

    const Analysis& m_analysis;
    std::set<IpAddress> m_shared;
    std::map<Endpoint, Endpoint> m_joined; ///< to an endpoint of the same device; never in a circle
};

class Builder {
  public:
    Builder(const Analysis& analysis, Id call, MessageReader& reader)
        : m_analysis(analysis), m_call(analysis.call(call)), m_reader(reader),
          m_messages(messages_of(analysis, m_call)), m_devices(analysis, m_call, m_messages) {
        m_ladder.call = call;
        for (const KeyPress& key : analysis.key_presses_of(m_call))
            if (key.message != 0) m_sip_keys.emplace(key.message, key.key);
    }

    Ladder build() {
        place_participants();
        for (const Id id : m_messages) add_rung(id);
        name_participants();
        add_media();
        return std::move(m_ladder);
    }

  private:
    /// What the messages of a participant tell about it.
    struct Observed {
        bool is_proxy = false;
        std::string product;
        std::vector<std::uint16_t> ports, listening_ports;
    };

    void place_participants() {
        if (const Endpoint* caller = known_end(m_analysis.caller_of(m_call))) place(*caller);
        for (const Id id : m_messages) {
            const Message& message = m_analysis.message(id);
            place(m_analysis.endpoint(message.source));
            place(m_analysis.endpoint(message.destination));
        }
    }

    /// Index of the participant that `endpoint` belongs to, made when it is new.
    std::size_t place(const Endpoint& endpoint) {
        const auto [place, is_new] =
            m_places.try_emplace(m_devices.device_of(endpoint), m_ladder.participants.size());
        if (is_new) {
            Participant& made = m_ladder.participants.emplace_back();
            made.address = endpoint.address;
            made.by_port = m_devices.shared(endpoint.address);
            m_observed.emplace_back();
        }
        return place->second;
    }

    void name_participants() {
        name(m_analysis.caller_of(m_call), Role::caller);
        name(m_analysis.callee_of(m_call),
             m_call.kind == CallKind::registration ? Role::registrar : Role::callee);
        const std::size_t count = m_ladder.participants.size();
        for (std::size_t i = 0; i < count; ++i) {
            Participant& participant = m_ladder.participants[i];
            Observed& observed = m_observed[i];
            const bool between = i > 0 && i + 1 < count;
            if (participant.role == Role::other && (observed.is_proxy || between))
                participant.role = Role::proxy;
            if (participant.name.empty()) participant.name = std::move(observed.product);
            set_ports(participant, observed);
        }
    }

    void name(const Party& party, Role role) {
        const Endpoint* end = known_end(party);
        if (end == nullptr) return;
        const std::size_t index = place(*end);
        Participant& named = m_ladder.participants[index];
        // One end of the call may lie behind a proxy; in a self-call on one socket the caller's name stays.
        if (named.role != Role::other || (m_observed[index].is_proxy && role != Role::registrar)) return;
        named.role = role;
        if (role != Role::registrar) named.name = name_of(m_analysis, party);
    }

    /// Each port once: first those that received a request, then the others, in order of mention.
    static void set_ports(Participant& participant, const Observed& observed) {
        std::set<std::uint16_t> known;
        for (const auto* ports : {&observed.listening_ports, &observed.ports}) {
            for (const std::uint16_t port : *ports) {
                if (known.insert(port).second) participant.ports.push_back(port);
            }
        }
    }

    /// The party's endpoint when one of the messages begins or ends at its device.
    [[nodiscard]] const Endpoint* known_end(const Party& party) const {
        if (!party.address) return nullptr;
        const Endpoint device = m_devices.device_of(m_analysis.endpoint(*party.address));
        for (const Id id : m_messages) {
            const Message& message = m_analysis.message(id);
            for (const EndpointId end : {message.source, message.destination}) {
                if (m_devices.device_of(m_analysis.endpoint(end)) == device) return &m_analysis.endpoint(end);
            }
        }
        return nullptr;
    }

    void add_rung(Id id) {
        const Message& message = m_analysis.message(id);
        const MessageDetail& detail = m_reader.read(message);
        Rung rung;
        rung.message = id;
        rung.time = message.time;
        if (!m_ladder.rungs.empty()) {
            rung.since_start = message.time - m_ladder.rungs.front().time;
            rung.delta = message.time - m_ladder.rungs.back().time;
        }
        rung.from = place(m_analysis.endpoint(message.source));
        rung.to = place(m_analysis.endpoint(message.destination));
        rung.frame = message.part == 0 ? fmt::format("{}", message.frame)
                                       : fmt::format("{}.{}", message.frame, message.part);
        rung.label = detail.summary;
        if (detail.has_sdp) {
            rung.session = summarize(detail.sdp);
            note_media_ports(message, detail.sdp);
        }
        if (const auto key = m_sip_keys.find(id); key != m_sip_keys.end()) rung.key = key->second;
        rung.relation = message.relation;
        rung.relates_to = message.relates_to;
        if (message.relation == Relation::retransmission)
            rung.transmission = 1 + ++m_sent_again[first_sent(id)];
        rung.is_response = message.status != 0;
        rung.failure = message.status >= 400 && message.status != 401 && message.status != 407;
        observe(message, detail, rung);
        m_ladder.rungs.push_back(std::move(rung));
    }

    // --- media

    /// On an address that several participants share, the one that announced a port has it.
    void note_media_ports(const Message& message, const sdp::Description& description) {
        const Endpoint& sender = m_analysis.endpoint(message.source);
        if (!m_devices.shared(sender.address)) return;
        for (const sdp::Media& media : description.media) {
            const Endpoint port{sender.address, media.port};
            const auto [known, is_new] = m_announcers.try_emplace(port, place(sender));
            if (!is_new && known->second != place(sender) && message.relation == Relation::original)
                m_announced_twice.insert(port);
        }
    }

    /// Players of an inferred call send from fresh ports: what arrives where one party wants its media comes
    /// from the other. Where both want it on one port it stays unknown.
    void note_media_senders() {
        if (!m_analysis.dialog(m_call.first_dialog).inferred || m_call.kind != CallKind::call) return;
        const Endpoint* caller = known_end(m_analysis.caller_of(m_call));
        const Endpoint* callee = known_end(m_analysis.callee_of(m_call));
        if (caller == nullptr || callee == nullptr) return;
        for (const Id id : m_analysis.streams_of(m_call)) {
            const media::Stream& stream = m_analysis.streams[id - 1];
            const auto wanted = m_announcers.find(stream.destination);
            if (wanted == m_announcers.end() || m_announced_twice.contains(stream.destination)) continue;
            if (!m_devices.shared(stream.source.address)) continue;
            m_announcers.try_emplace(stream.source,
                                     place(wanted->second == place(*caller) ? *callee : *caller));
        }
    }

    void add_media() {
        note_media_senders();
        for (const Id id : m_analysis.streams_of(m_call)) {
            const media::Stream& stream = m_analysis.streams[id - 1];
            add_to_band({id, false, codecs_of(stream), stream.packets, stream.lost, stream.loss_percent(),
                         stream.first_frame, stream.start, stream.end},
                        stream.source, stream.destination);
        }
        for (const media::Fax& fax : m_analysis.faxes) {
            if (fax.call != m_ladder.call) continue;
            add_to_band({0, false, "T.38", fax.packets, 0, 0, fax.first_frame, fax.start, fax.end},
                        fax.source, fax.destination);
        }
        std::stable_sort(m_ladder.bands.begin(), m_ladder.bands.end(), [](const Band& a, const Band& b) {
            return a.streams.front().frame < b.streams.front().frame;
        });
        for (const KeyPress& key : m_analysis.key_presses_of(m_call))
            if (key.stream != 0) add_key(key);
    }

    void add_to_band(BandStream stream, const Endpoint& source, const Endpoint& destination) {
        const std::size_t from = place_media(source), to = place_media(destination);
        const std::size_t left = std::min(from, to), right = std::max(from, to);
        stream.to_right = from < to;
        const std::size_t before = rung_after(stream.start);
        const auto [band, is_new] = m_bands.try_emplace({before, left, right}, m_ladder.bands.size());
        if (is_new) m_ladder.bands.push_back({before, left, right, {}});
        m_ladder.bands[band->second].streams.push_back(std::move(stream));
    }

    void add_key(const KeyPress& pressed) {
        const media::Stream& stream = m_analysis.streams[pressed.stream - 1];
        KeyRung key;
        key.before = rung_after(pressed.start);
        key.from = place_media(stream.source);
        key.to = place_media(stream.destination);
        key.time = pressed.start;
        if (!m_ladder.rungs.empty()) key.since_start = pressed.start - m_ladder.rungs.front().time;
        key.key = pressed.key;
        key.duration = pressed.duration.value_or(Duration{});
        key.frame = pressed.frame;
        key.stream = pressed.stream;
        m_ladder.keys.push_back(std::move(key));
    }

    [[nodiscard]] std::size_t rung_after(Timestamp time) const {
        const auto& rungs = m_ladder.rungs;
        const auto later = std::upper_bound(rungs.begin(), rungs.end(), time,
                                            [](Timestamp at, const Rung& rung) { return at < rung.time; });
        return static_cast<std::size_t>(later - rungs.begin());
    }

    std::size_t place_media(const Endpoint& endpoint) {
        if (const auto found = m_announcers.find(endpoint); found != m_announcers.end()) return found->second;
        const std::size_t index = place(endpoint);
        auto& ports = m_ladder.participants[index].ports;
        if (ports.empty()) ports.push_back(endpoint.port);
        return index;
    }

    [[nodiscard]] Id first_sent(Id id) const {
        while (m_analysis.message(id).relation == Relation::retransmission) {
            const Id earlier = m_analysis.message(id).relates_to;
            if (earlier == 0 || earlier >= id) break;
            id = earlier;
        }
        return id;
    }

    void observe(const Message& message, const MessageDetail& detail, const Rung& rung) {
        Observed& sender = m_observed[rung.from];
        Observed& receiver = m_observed[rung.to];
        const bool is_request = message.status == 0;
        sender.ports.push_back(m_analysis.endpoint(message.source).port);
        (is_request ? receiver.listening_ports : receiver.ports)
            .push_back(m_analysis.endpoint(message.destination).port);
        if (message.protocol != Protocol::sip) {
            if (m_analysis.endpoint(message.source).port == msn_port) sender.product = "switchboard";
            if (m_analysis.endpoint(message.destination).port == msn_port) receiver.product = "switchboard";
        }
        if (!detail.is_sip) return;
        // Only a proxy sends a request that has passed another hop, or asks for proxy authentication.
        if (message.status == 407 || (is_request && detail.sip.identity.via_count > 1))
            sender.is_proxy = true;
        // A server makes these itself, so they carry its own name and not that of a device behind it.
        if (message.status == 100 || message.status == 401 || message.status == 407) {
            sender.product = product_of(detail.sip);
        }
    }

    /// "Kamailio (5.6.3 (x86_64/linux))", "FreeSWITCH-mod_sofia/1.10.9": the name before version and comment.
    static std::string_view product_of(const sip::Message& message) {
        const sip::Header* product = message.find(sip::HeaderName::server);
        if (product == nullptr) product = message.find(sip::HeaderName::user_agent);
        if (product == nullptr) return {};
        return trim(product->value.substr(0, product->value.find_first_of("/(")));
    }

    const Analysis& m_analysis;
    const Call& m_call;
    MessageReader& m_reader;
    std::vector<Id> m_messages;
    Devices m_devices;
    std::map<Endpoint, std::size_t> m_places; ///< device to participant
    std::vector<Observed> m_observed;         ///< by participant
    std::map<Id, unsigned> m_sent_again;      ///< how often so far, by the message sent first
    std::map<Id, std::string> m_sip_keys;     ///< by message
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::size_t> m_bands; ///< by place and ends
    std::map<Endpoint, std::size_t> m_announcers; ///< of media ports on shared addresses
    std::set<Endpoint> m_announced_twice;         ///< by different participants
    Ladder m_ladder;
};

} // namespace

std::string_view to_string(Role role) {
    switch (role) {
    case Role::other: return "other";
    case Role::caller: return "caller";
    case Role::proxy: return "proxy";
    case Role::callee: return "callee";
    case Role::registrar: return "registrar";
    }
    return "other";
}

std::string address_of(const Participant& participant) {
    if (participant.by_port || participant.ports.size() == 1) {
        return to_string(Endpoint{participant.address, participant.ports.front()});
    }
    return participant.address.to_string();
}

Ladder build_ladder(const Analysis& analysis, Id call, MessageReader& reader) {
    return Builder(analysis, call, reader).build();
}

std::string name_of(const Analysis& analysis, const Party& party) {
    const auto text = analysis.text(party.uri);
    const sip::Uri uri = sip::parse_uri(text);
    if (!uri.user.empty()) return sip::percent_decode(uri.user);
    if (!uri.host.empty()) return std::string(uri.host);
    if (!text.empty()) return std::string(text);
    return party.address ? to_string(analysis.endpoint(*party.address)) : std::string();
}

std::vector<Id> selected_calls(const Analysis& analysis, const Selection& selection) {
    std::vector<Id> calls;
    const auto count = static_cast<Id>(analysis.calls.size());
    if (selection.all()) {
        for (Id id = 1; id <= count; ++id) calls.push_back(id);
        return calls;
    }
    for (const Id id : selection.calls) {
        if (id >= 1 && id <= count) calls.push_back(id);
    }
    std::sort(calls.begin(), calls.end());
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
    return calls;
}

} // namespace rungs::reports
