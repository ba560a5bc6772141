#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/live/event.hpp"
#include "core/hash.hpp"

namespace rungs::live {

/// Follows calls while their messages come: what has happened in each, and which are over. A call here is
/// what has one Call-ID (or one dialog that was inferred); which of them are legs of one call is found out
/// when they end.
class Watch {
  public:
    using Tell = std::function<void(const Event&)>;
    explicit Watch(Tell tell) : m_tell(std::move(tell)) {}

    enum class State : std::uint8_t { started, ringing, answered, over };
    struct Group {
        std::string key;
        std::uint32_t number = 0; ///< of a call, 0 for anything else
        State state = State::started;
        bool rang = false;
        bool told = false;     ///< that it ended
        bool together = false; ///< means little without the others of its kind: MSN, and what has no Call-ID
        Timestamp first, last; ///< messages
        Timestamp over_since;
        Timestamp answered_at;
        Id first_dialog = 0;
        std::uint32_t messages = 0;
    };

    static constexpr std::size_t none = ~std::size_t{0};

    /// After message `id` was added to `analysis`.
    void note(const Analysis& analysis, Id id);
    /// The same calls in another analysis: nothing is told.
    void move_to(const Analysis& analysis);

    /// Unanswered calls that were silent since `idle_since` are over.
    void end_idle(Timestamp idle_since, Timestamp now);
    /// Those over since `until` that were not told yet; by index into `groups`.
    [[nodiscard]] std::vector<std::size_t> due(Timestamp until) const;
    void set_told(std::size_t group) { m_groups[group].told = true; }
    /// Another leg of it is still up: it is due again at `time`.
    void postpone(std::size_t group, Timestamp time) { m_groups[group].over_since = time; }

    [[nodiscard]] const std::vector<Group>& groups() const { return m_groups; }
    /// Index into `groups`; `none` for a dialog without messages.
    [[nodiscard]] std::size_t group_of(Id dialog) const {
        return dialog != 0 && dialog <= m_group_of.size() ? m_group_of[dialog - 1] : none;
    }
    /// What a dialog is known by, in any analysis that holds it from its first message on.
    static std::string key_of(const Analysis& analysis, Id dialog);
    [[nodiscard]] std::size_t group_with(const std::string& key) const {
        const auto known = m_by_key.find(key);
        return known == m_by_key.end() ? none : known->second;
    }
    [[nodiscard]] const Group* find(Id dialog) const {
        const std::size_t group = group_of(dialog);
        return group == none ? nullptr : &m_groups[group];
    }
    [[nodiscard]] bool is_open(const Group& group) const {
        return group.number != 0 && group.state != State::over;
    }

    /// Messages of MSN that are remembered.
    [[nodiscard]] std::uint32_t msn_messages() const {
        const std::size_t group = group_with(std::string(msn_key));
        return group == none ? 0 : m_groups[group].messages;
    }

    [[nodiscard]] std::uint64_t calls() const { return m_calls; }
    [[nodiscard]] std::uint64_t open() const;
    [[nodiscard]] std::uint64_t registrations() const { return m_registrations; }
    [[nodiscard]] std::uint64_t registrations_refused() const { return m_refused; }

  private:
    static constexpr std::string_view msn_key = "msn";
    std::size_t group_for(const Analysis& analysis, const Message& message);
    void follow(const Analysis& analysis, const Message& message, Group& group);
    void follow_answer(const Analysis& analysis, const Message& message, Group& group);
    void tell(EventKind kind, const Analysis& analysis, const Message& message, const Group& group);

    Tell m_tell;
    std::vector<Group> m_groups;
    std::vector<std::size_t> m_group_of; ///< by dialog
    tsl::robin_map<std::string, std::size_t, TextHash> m_by_key;
    std::uint32_t m_calls = 0;
    std::uint64_t m_registrations = 0, m_refused = 0;
};

} // namespace rungs::live
