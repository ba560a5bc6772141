#include "analyzer/filter/keep_calls.hpp"

#include <algorithm>
#include <array>

#include "analyzer/media/attach.hpp"

namespace rungs::filter {
namespace {

/// New numbers of one kind of record, by old number; 0 for those that go (and for 0).
class Renumbering {
  public:
    /// Takes from `records` those of which `keep(old id)` does not hold.
    template <typename Record, typename Keep>
    Renumbering(std::vector<Record>& records, Keep keep) : m_new(records.size() + 1) {
        Id kept = 0;
        for (Id id = 1; id <= m_new.size() - 1; ++id) {
            if (!keep(id)) continue;
            m_new[id] = ++kept;
            if (kept != id) records[kept - 1] = std::move(records[id - 1]);
        }
        records.erase(records.begin() + static_cast<std::ptrdiff_t>(kept), records.end());
    }

    [[nodiscard]] Id operator()(Id old) const { return m_new[old]; }
    void update(Id& id) const { id = m_new[id]; }

  private:
    std::vector<Id> m_new;
};

/// Chains run inside what is kept (a call keeps its dialogs, a dialog its messages), so their ends are kept
/// too.
void update_references(Analysis& analysis, const Renumbering& call, const Renumbering& dialog,
                       const Renumbering& message, const Renumbering& invitation, const Renumbering& stream) {
    for (Message& kept : analysis.messages) {
        dialog.update(kept.dialog);
        message.update(kept.relates_to);
        message.update(kept.next_in_dialog);
        if (kept.relates_to == 0) kept.relation = Relation::original;
    }
    for (Dialog& kept : analysis.dialogs) {
        call.update(kept.call);
        dialog.update(kept.next_in_call);
        message.update(kept.first_message);
        message.update(kept.last_message);
    }
    for (Call& kept : analysis.calls) dialog.update(kept.first_dialog);
    for (Link& link : analysis.links) {
        dialog.update(link.from);
        dialog.update(link.to);
    }
    for (Invitation& kept : analysis.invitations) {
        call.update(kept.call);
        for (Id& id : kept.messages) message.update(id);
        std::erase(kept.messages, Id{0});
    }
    for (Listening& known : analysis.listening) dialog.update(known.dialog);
    for (Id& id : analysis.call_invitations) invitation.update(id);
    for (media::Stream& kept : analysis.streams) {
        call.update(kept.call);
        dialog.update(kept.dialog);
    }
    for (Id& id : analysis.call_streams) stream.update(id);
    for (media::Fax& kept : analysis.faxes) {
        call.update(kept.call);
        dialog.update(kept.dialog);
    }
    for (KeyPress& kept : analysis.key_presses) {
        call.update(kept.call);
        stream.update(kept.stream);
        message.update(kept.message);
    }
    for (Finding& finding : analysis.findings) call.update(finding.call);
}

} // namespace

void keep_calls(Analysis& analysis, const std::vector<Id>& calls) {
    std::vector<bool> wanted(analysis.calls.size() + 1);
    for (const Id call : calls) wanted[call] = true;

    std::erase_if(analysis.findings, [&](const Finding& finding) { return !wanted[finding.call]; });
    const auto belongs = [&](const auto& record) { return record.call != 0 && wanted[record.call]; };
    std::erase_if(analysis.faxes, [&](const media::Fax& fax) { return !belongs(fax); });
    std::erase_if(analysis.key_presses, [&](const KeyPress& key) { return !belongs(key); });
    const Renumbering stream(analysis.streams, [&](Id id) { return belongs(analysis.streams[id - 1]); });
    const Renumbering invitation(analysis.invitations,
                                 [&](Id id) { return belongs(analysis.invitations[id - 1]); });

    std::vector<bool> wanted_dialog(analysis.dialogs.size() + 1);
    for (Id id = 1; id < wanted_dialog.size(); ++id) wanted_dialog[id] = belongs(analysis.dialog(id));
    std::erase_if(analysis.listening, [&](const Listening& known) { return !wanted_dialog[known.dialog]; });
    const Renumbering message(analysis.messages,
                              [&](Id id) { return wanted_dialog[analysis.message(id).dialog]; });
    const Renumbering dialog(analysis.dialogs, [&](Id id) { return wanted_dialog[id]; });
    const Renumbering call(analysis.calls, [&](Id id) { return wanted[id]; });
    update_references(analysis, call, dialog, message, invitation, stream);
    media::attach_keys(analysis); // what went from between them moved the others
}

} // namespace rungs::filter
