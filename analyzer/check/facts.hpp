#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/flow.hpp"
#include "dissectors/sdp/description.hpp"

/// What predicates may ask of a message or of its call: one name for each fact.
namespace rungs::check {

/// Every subject that a predicate may name.
std::span<const std::string_view> fact_names();

/// Values that predicates may name as `$word`: bindings of the flow, values of a roster.
using Values = std::map<std::string, std::string>;

struct Fact {
    enum class State : std::uint8_t { present, absent, unknown };
    State state = State::absent;
    std::string text;
    bool is_uri = false;
    bool exact = false;                ///< the case of letters counts
    std::vector<std::string> elements; ///< of a list; `text` has them joined by blanks
};

/// Whether a predicate holds; `unknown` when the analysis does not say.
enum class Truth : std::uint8_t { no, yes, unknown };
struct Judgement {
    Truth truth = Truth::unknown;
    std::string found; ///< what was there, captured text; empty when there was nothing
};

/// Reads messages again to answer; keeps the last one.
class Facts {
  public:
    Facts(const Analysis& analysis, Id call) : m_analysis(analysis), m_call(call) {}

    /// `message` 0 asks about the call alone.
    Fact of(Id message, std::string_view subject, std::string_view argument);
    Judgement holds(const Predicate& predicate, Id message, const Values& values);

  private:
    bool read(Id message);
    Fact of_call(std::string_view subject) const;
    Fact of_invitation() const;
    Fact of_message(const Message& message, std::string_view subject, std::string_view argument) const;
    Fact of_session(std::string_view subject) const;
    Fact of_credentials(std::string_view subject) const;

    const Analysis& m_analysis;
    Id m_call;
    Id m_read = 0;
    bool m_readable = false, m_has_sdp = false;
    std::vector<std::uint8_t> m_octets;
    sip::Message m_sip;
    sdp::Description m_sdp;
};

} // namespace rungs::check
