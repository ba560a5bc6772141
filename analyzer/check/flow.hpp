#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "dissectors/sip/message.hpp"

/// An expected flow: a pattern of steps that the events of a call are aligned to, and what must hold beside
/// it. docs/flows.md says how people write one.
namespace rungs::check {

/// What an author wrote in one or both languages; either may be empty.
struct Text {
    std::string en, zh_cn;
    [[nodiscard]] bool empty() const { return en.empty() && zh_cn.empty(); }
};

/// Points in parts of 2000, so that half of a thousandth is still exact.
struct Points {
    std::int64_t parts = 0;
    static constexpr std::int64_t per_point = 2'000;

    static Points of(std::int64_t whole) { return {whole * per_point}; }
    [[nodiscard]] double value() const { return static_cast<double>(parts) / per_point; }
    [[nodiscard]] Points half() const { return {parts / 2}; }
    Points& operator+=(Points other) {
        parts += other.parts;
        return *this;
    }
    friend auto operator<=>(Points, Points) = default;
};

/// A place in the file that the flow was read from; lines and columns count from 1, 0 is none.
struct Place {
    std::uint32_t line = 0, column = 0;
};

/// Index into Flow::roles.
using RoleIndex = std::uint8_t;
inline constexpr RoleIndex any_role = 0xff;

struct StatusRange {
    std::uint16_t first = 0, last = 0; ///< both included
    friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

/// `INVITE`, `401|407 (INVITE)`, `any`, `MSN INVITE`: which messages fit.
struct MessagePattern {
    enum class Kind : std::uint8_t { any, request, response, msn };
    Kind kind = Kind::any;
    sip::Method method = sip::Method::unknown; ///< of the request; for a response of CSeq, unknown is any
    std::vector<StatusRange> statuses;         ///< of a response, in ascending order
    std::string command;                       ///< of MSN, upper case: INVITE, ACCEPT, REJECT, TIMEOUT

    friend bool operator==(const MessagePattern&, const MessagePattern&) = default;
};

/// `caller -> proxy: 180-183 (INVITE)`.
struct MessageStep {
    RoleIndex from = any_role, to = any_role;
    MessagePattern what;
    friend bool operator==(const MessageStep&, const MessageStep&) = default;
};

/// `within: 4s of INVITE`, `after: 2s..4s`: how long after another step this one comes.
struct TimeBound {
    std::optional<Duration> at_least, at_most;
    std::optional<MessagePattern> of; ///< the latest such event before; without it the step before
    std::string text;                 ///< as written
};

/// `sdp.direction = sendonly`, `not header "Route" present`, `to.tag present`.
struct Predicate {
    enum class Operator : std::uint8_t {
        present,
        absent,
        equal,
        not_equal,
        less,
        at_most,
        greater,
        at_least,
        matches,
        contains
    };
    std::string subject;  ///< "sdp.direction", "header"
    std::string argument; ///< the name of a header
    Operator comparison = Operator::present;
    std::string value; ///< `$name` stands for a binding or a value of the roster
    std::string text;  ///< as written
};

/// `let: {cid: call-id}`.
struct Binding {
    std::string name;
    std::string subject, argument;
};

struct Step {
    MessageStep message;
    std::optional<Duration> quiet; ///< no message but a pause of at least so long
    std::string text;              ///< normalised: what reports show
    Text says;                     ///< what the author says about it, may be empty
    std::optional<Points> points;  ///< as written; else 1, and 0 for optional steps
    bool required = false;         ///< without it the flow fails, whatever the points
    bool bonus = false;            ///< may be absent; its points come on top
    std::vector<TimeBound> times;
    std::vector<Predicate> where;
    std::vector<Binding> bind;
    Place place;
};

/// A tree over steps; `children` are those of the kinds that have some.
struct Node {
    enum class Kind : std::uint8_t {
        step,     ///< Flow::steps[step]
        sequence, ///< all, in order
        one_of,   ///< one of them
        all_of,   ///< all, in any order, mixed as they come
        repeat,   ///< the only child, `least` to `most` times
    };
    Kind kind = Kind::sequence;
    std::size_t step = 0;
    unsigned least = 1, most = 1;
    std::vector<Node> children;
    std::string label; ///< of a branch of one_of
};

/// `never`: an event that must not be there, anywhere or in a part of the call.
struct Never {
    MessageStep message;
    std::optional<MessagePattern> after, before;
    std::vector<Predicate> where;
    std::string text;
    std::optional<Points> points;
    Place place;
};

enum class ExtraPolicy : std::uint8_t { allow, warn, fail };
std::string_view to_string(ExtraPolicy policy);

/// How a role finds its device in a call.
struct Role {
    enum class Rule : std::uint8_t { by_position, sender_of, receiver_of };
    std::string name;
    Rule rule = Rule::by_position;
    MessagePattern of; ///< sender_of, receiver_of: the first such event
};

struct Flow {
    std::string name;
    Text title;
    std::string reference; ///< "RFC 3665 section 3.8"
    /// First who begins, last who is reached. Two of which the second is no server: end to end.
    std::vector<Role> roles;
    std::vector<Step> steps; ///< in the order of the file
    Node root;
    std::vector<Never> never;
    std::vector<Predicate> where;       ///< about the whole call
    std::vector<MessagePattern> ignore; ///< these events are left out, unless a step asks for one
    ExtraPolicy extra = ExtraPolicy::warn;
    std::string source; ///< file name, empty for a built-in flow
};

} // namespace rungs::check
