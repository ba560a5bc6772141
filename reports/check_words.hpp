#pragma once

#include <string>
#include <string_view>

#include "analyzer/check/judge.hpp"
#include "reports/report.hpp"

/// What a comparison with an expected flow says to people, in English and Chinese.
namespace rungs::reports {

enum class CheckWord : std::uint8_t {
    expected,
    seen,
    roles,
    fixed,
    inferred,
    nobody,
    points,
    steps,
    best_fits,
    no_flow_fits,
    other_calls,
    nothing_to_check,
    allowed,
    forbidden_extra,
    capped,
    never,
    whole_call,
    not_counted,
    follows,
    deviates,
    exactly,
    frame_word,
    call_title,
    details_hint,
    repeated,
    hops,
    follows_none,
    challenged,
};
std::string_view word(CheckWord word, Language language);

std::string_view word(check::Verdict verdict, Language language);
std::string_view word(check::StepStatus status, Language language);

/// One sentence about why a row is what it is, printable; empty for Reason::none.
std::string sentence(const check::Row& row, Language language);

/// What stands between a heading and what it says: ": ", "：".
std::string_view colon(Language language);
/// " (frame 12)", "（第 12 帧）".
std::string in_frame(std::uint64_t frame, Language language);

/// The text in the language, or in the other one.
std::string_view choose(const check::Text& text, Language language);

} // namespace rungs::reports
