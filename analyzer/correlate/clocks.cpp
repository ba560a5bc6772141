#include "analyzer/correlate/clocks.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace rungs::correlate {
namespace {

/// Differences of the times at which two captures saw the same messages.
struct Differences {
    std::vector<Duration> to_callee, to_caller;
};

Duration median(std::vector<Duration>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

ClockOffset offset_of(Differences& differences) {
    ClockOffset offset;
    offset.messages = differences.to_callee.size() + differences.to_caller.size();
    if (differences.to_callee.empty()) {
        offset.ahead = median(differences.to_caller);
    } else if (differences.to_caller.empty()) {
        offset.ahead = median(differences.to_callee);
    } else {
        offset.ahead = (median(differences.to_callee) + median(differences.to_caller)) / 2;
    }
    return offset;
}

/// Of what MSN's servers pass on only invitations tell who is the caller.
bool has_direction(const Analysis& analysis, const Message& message) {
    return message.protocol == Protocol::sip || analysis.dialog(message.dialog).method == sip::Method::invite;
}

/// Requests of the caller and responses to the callee's go one way, the rest the other.
bool goes_to_callee(const Analysis& analysis, const Message& message) {
    if (message.status == 0) return message.from_caller;
    return message.method != analysis.dialog(message.dialog).method && message.method != sip::Method::cancel;
}

} // namespace

std::vector<ClockOffset> estimate_clock_offsets(const Analysis& analysis, std::size_t captures) {
    std::map<std::pair<std::uint16_t, std::uint16_t>, Differences> pairs; // the smaller capture first
    for (const Message& message : analysis.messages) {
        if (message.relates_to == 0 || !has_direction(analysis, message)) continue;
        const Message& earlier = analysis.message(message.relates_to);
        if (earlier.capture == message.capture || message.relation == Relation::retransmission) continue;
        const bool in_order = earlier.capture < message.capture;
        const Message& first = in_order ? earlier : message;
        const Message& second = in_order ? message : earlier;
        Differences& differences = pairs[{first.capture, second.capture}];
        (goes_to_callee(analysis, message) ? differences.to_callee : differences.to_caller)
            .push_back(second.time - first.time);
    }

    std::vector<ClockOffset> offsets(captures);
    std::vector<bool> known(captures);
    if (captures != 0) known[0] = true;
    for (std::size_t round = 0; round < captures; ++round) { // each round reaches one capture further
        for (auto& [pair, differences] : pairs) {
            const auto [first, second] = pair;
            if (known[first] == known[second]) continue;
            const ClockOffset between = offset_of(differences);
            if (known[first])
                offsets[second] = {offsets[first].ahead + between.ahead, between.messages};
            else
                offsets[first] = {offsets[second].ahead - between.ahead, between.messages};
            known[first] = known[second] = true;
        }
    }
    return offsets;
}

} // namespace rungs::correlate
