#include <algorithm>

#include <fmt/format.h>

#include "analyzer/findings/course.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

/// Messages that name one private address. Few addresses in a call, so a list will do.
struct Mention {
    IpAddress address;
    IpAddress source; ///< of the first message
    std::vector<Id> messages;
    bool from_public = false; ///< a message that names it came from a public address
};

class Mentions {
  public:
    void note(const IpAddress& address, const IpAddress& source, Id id) {
        auto found = std::ranges::find(m_all, address, &Mention::address);
        if (found == m_all.end()) {
            if (m_all.size() == most) return;
            found = m_all.insert(m_all.end(), {address, source, {}, false});
        }
        const bool is_public = !source.is_private() && !source.is_loopback();
        if (is_public && !found->from_public) found->source = source;
        found->from_public |= is_public;
        if (found->messages.size() < limits::finding_frames) found->messages.push_back(id);
    }
    [[nodiscard]] const std::vector<Mention>& all() const { return m_all; }

  private:
    static constexpr std::size_t most = 64;
    std::vector<Mention> m_all;
};

void report(Course& course, const Rule& rule, const Mentions& mentions,
            const std::vector<IpAddress>& behind_nat, std::string_view where) {
    for (const Mention& mention : mentions.all()) {
        const bool translated = std::ranges::find(behind_nat, mention.address) != behind_nat.end();
        if (!mention.from_public && !translated) continue;
        const std::string why = mention.from_public
                                    ? fmt::format("the message came from {}", mention.source.to_string())
                                    : std::string("Via says that it was received from elsewhere");
        course.report(
            rule,
            fmt::format("{} names {}, a private address, but {}.", where, mention.address.to_string(), why),
            mention.messages);
    }
}

} // namespace

void check_addresses(Course& course) {
    Mentions contacts, media;
    std::vector<IpAddress> behind_nat;
    for (const Id id : course.messages()) {
        const AddressNote note = course.notes().addresses_of(id);
        const IpAddress& source = course.analysis().endpoint(course.message(id).source).address;
        if (note.contact) contacts.note(*note.contact, source, id);
        if (note.media) media.note(*note.media, source, id);
        if (note.behind_nat && behind_nat.size() < 64 &&
            std::ranges::find(behind_nat, *note.behind_nat) == behind_nat.end())
            behind_nat.push_back(*note.behind_nat);
    }
    report(course, rule::nat_contact, contacts, behind_nat, "Contact");
    report(course, rule::nat_sdp, media, behind_nat, "The session description");
}

} // namespace rungs::findings
