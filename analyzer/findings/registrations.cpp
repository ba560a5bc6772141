#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/find.hpp"

namespace rungs::findings {
namespace {

/// A success of REGISTER on the first link, of one user at one device.
struct Renewal {
    std::string_view user;
    IpAddress device;
    Id response = 0;
    Id call = 0;
    std::uint32_t lifetime_s = 0; ///< 0: nothing is bound any more, or it cannot be told
};

/// A client that refreshes in the very last moment.
constexpr Duration allowance = std::chrono::seconds(2);

std::vector<Renewal> renewals(const Analysis& analysis, const HeaderNotes& notes) {
    std::vector<Renewal> all;
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        const Message& message = analysis.message(id);
        const bool counts = message.method == sip::Method::register_ && is_success(message) &&
                            message.relation == Relation::original && message.dialog != 0;
        if (!counts) continue;
        const Dialog& dialog = analysis.dialog(message.dialog);
        all.push_back({analysis.text(dialog.caller.uri), analysis.endpoint(message.destination).address, id,
                       dialog.call, notes.lifetime_of(id)});
    }
    std::ranges::sort(all, {},
                      [](const Renewal& one) { return std::tuple(one.user, one.device, one.response); });
    return all;
}

void report(const Analysis& analysis, const Renewal& renewal, const Message* next, Collector& out) {
    const std::string then =
        next == nullptr ? std::string("before the capture ends")
                        : fmt::format("until frame {}, {:.0f} s later", next->frame,
                                      to_seconds(next->time - analysis.message(renewal.response).time));
    out.add(rule::registration_expired, renewal.call,
            fmt::format("The registration of frame {} was for {} s and not refreshed {}.",
                        analysis.message(renewal.response).frame, renewal.lifetime_s, then),
            {renewal.response});
}

} // namespace

void find_in_registrations(const Analysis& analysis, const HeaderNotes& notes, Collector& out) {
    const std::vector<Renewal> all = renewals(analysis, notes);
    const Coverage coverage(analysis);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].lifetime_s == 0) continue;
        const Duration lifetime = std::chrono::seconds(all[i].lifetime_s) + allowance;
        const Message& granted = analysis.message(all[i].response);
        const bool has_next =
            i + 1 < all.size() && all[i + 1].user == all[i].user && all[i + 1].device == all[i].device;
        if (has_next) {
            const Message& next = analysis.message(all[i + 1].response);
            if (next.time - granted.time > lifetime) report(analysis, all[i], &next, out);
        } else if (coverage.after(granted) > lifetime) {
            report(analysis, all[i], nullptr, out);
        }
    }
}

} // namespace rungs::findings
