#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/digest.hpp"
#include "analyzer/check/flow.hpp"
#include "dissectors/sdp/description.hpp"

/// What predicates may ask of a message or of its call: one name for each fact.
namespace rungs::check {

/// Every subject that a predicate may name.
std::span<const std::string_view> fact_names();

/// Values that predicates may name as `$word`: bindings of the flow, values of a roster.
using Values = std::map<std::string, std::string>;

/// Why nobody can tell.
enum class Doubt : std::uint8_t {
    none,
    no_password,   ///< none is known for who made the credentials
    no_media,      ///< the call has media of which the capture holds nothing
    goes_on,       ///< the capture ends before the call does
    who_gave_up,   ///< a CANCEL behind a proxy may be the caller's or made by the proxy's timer
    no_value,      ///< `$word` stands for nothing
    not_checkable, ///< the message cannot be read, or what it says allows no check
};

struct Fact {
    enum class State : std::uint8_t { present, absent, unknown };
    State state = State::absent;
    Doubt doubt = Doubt::none; ///< of what is unknown
    bool so_far = false;       ///< the call goes on after the capture: it may still change
    std::string text;
    bool is_uri = false;
    bool exact = false;                ///< the case of letters counts
    std::vector<std::string> elements; ///< of a list; `text` has them joined by blanks
    std::string found;                 ///< what to show in place of `text`, when that says too little
};

/// A fact about the media of a call: `rtp.*`, `dtmf`.
Fact media_fact(const Analysis& analysis, const Call& call, std::string_view subject);
/// Whether the credentials of the request `id`, which was read into `request`, were made with the right
/// password: yes, no, absent without credentials.
Fact digest_fact(const Analysis& analysis, Id id, const sip::Message& request, const Passwords* passwords);
/// Who wanted the CANCEL `id`, which was read into `request`: "caller" or "proxy".
Fact cancel_fact(const Analysis& analysis, Id id, const sip::Message& request);
/// Whether the capture ends before `call` does, so that what is true of it so far may change.
bool goes_on(const Call& call);

Fact present_fact(std::string_view text);
Fact unknown_fact(Doubt doubt);

/// Whether a predicate holds; `unknown` when the analysis does not say.
enum class Truth : std::uint8_t { no, yes, unknown };
struct Judgement {
    Truth truth = Truth::unknown;
    std::string found; ///< what was there, captured text; empty when there was nothing
    Doubt doubt = Doubt::none;
};

/// Reads messages again to answer; keeps the last one.
class Facts {
  public:
    /// `passwords` verify digests; without any `auth.valid` is unknown.
    Facts(const Analysis& analysis, Id call, const Passwords* passwords = nullptr)
        : m_analysis(analysis), m_call(call), m_passwords(passwords) {}

    /// `message` 0 asks about the call alone.
    Fact of(Id message, std::string_view subject, std::string_view argument);
    Judgement holds(const Predicate& predicate, Id message, const Values& values);

  private:
    bool read(Id message);
    [[nodiscard]] std::uint64_t retransmissions_of(Id message) const;
    Fact of_call(std::string_view subject) const;
    Fact of_invitation() const;
    Fact of_message(const Message& message, std::string_view subject, std::string_view argument) const;
    Fact of_session(std::string_view subject) const;
    Fact of_credentials(std::string_view subject) const;

    const Analysis& m_analysis;
    Id m_call;
    const Passwords* m_passwords;
    Id m_read = 0;
    bool m_readable = false, m_has_sdp = false;
    std::vector<std::uint8_t> m_octets;
    sip::Message m_sip;
    sdp::Description m_sdp;
};

} // namespace rungs::check
