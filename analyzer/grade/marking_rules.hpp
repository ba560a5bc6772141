#pragma once

#include <array>

#include "dissectors/sip/issues.hpp"

/// Why a mark is what it is. `rungs explain CODE` knows each code.
namespace rungs::grade::rule {

using sip::Rule;
using enum Severity;

// Nothing to judge, or not enough: the instructor has to look
inline constexpr Rule not_handed_in{"grade-not-handed-in", warning, "", "Nothing was handed in."};
inline constexpr Rule name_unknown{"grade-name-unknown", warning, "",
                                   "Captures were handed in, but none has a name that this task looks for."};
inline constexpr Rule name_ambiguous{"grade-name-ambiguous", warning, "",
                                     "Several files have the name of a task that wants exactly one."};
inline constexpr Rule not_a_capture{"grade-not-a-capture", warning, "",
                                    "What was handed in for the task is no capture."};
inline constexpr Rule capture_empty{"grade-capture-empty", warning, "", "The capture holds no packets."};
inline constexpr Rule no_signalling{"grade-no-signalling", warning, "",
                                    "The capture holds packets, but no SIP and no MSN."};
inline constexpr Rule no_call{"grade-no-call", warning, "", "The capture holds messages, but no call."};
inline constexpr Rule capture_cut{"grade-capture-cut", warning, "",
                                  "The capture ends before it can tell how the call went on."};
inline constexpr Rule capture_late{"grade-capture-late", warning, "",
                                   "The call began before the capture did."};
inline constexpr Rule capture_one_sided{
    "grade-capture-one-sided", warning, "",
    "A link or a direction that the task is about is not in the capture."};
inline constexpr Rule not_decidable{"grade-not-decidable", warning, "",
                                    "The capture, the roster or the passwords do not tell whether it holds."};
inline constexpr Rule crashed{"grade-crashed", warning, "", "Grading this submission failed."};
inline constexpr Rule time_limit{"grade-time-limit", warning, "",
                                 "Grading this submission took longer than it may."};
inline constexpr Rule memory_limit{"grade-memory-limit", warning, "",
                                   "Grading this submission took more memory than it may."};

// Points lost
inline constexpr Rule no_capture{"grade-no-capture", error, "", "No capture was handed in for the task."};
inline constexpr Rule step_missing{"grade-step-missing", error, "",
                                   "A step of the expected flow never came."};
inline constexpr Rule step_out_of_order{"grade-step-out-of-order", error, "",
                                        "A step of the expected flow came in another place; it counts half."};
inline constexpr Rule step_violated{"grade-step-violated", error, "",
                                    "A step of the expected flow came, but not as asked."};
inline constexpr Rule step_forbidden{"grade-step-forbidden", error, "",
                                     "A message came that must not be there."};
inline constexpr Rule step_unexpected{"grade-step-unexpected", error, "",
                                      "A message came that no step asks for."};
inline constexpr Rule condition_failed{"grade-condition-failed", error, "",
                                       "What the task also asks for does not hold."};
inline constexpr Rule deduction{"grade-deduction", error, "",
                                "The rubric takes points off for what was seen."};
inline constexpr Rule required_failed{"grade-required-failed", error, "",
                                      "Something without which nothing counts is not there."};
inline constexpr Rule late{"grade-late", error, "", "The work was handed in late."};

inline constexpr std::array marking{
    not_handed_in,  name_unknown,    name_ambiguous,   not_a_capture,     capture_empty,     no_signalling,
    no_call,        capture_cut,     capture_late,     capture_one_sided, not_decidable,     crashed,
    time_limit,     memory_limit,    no_capture,       step_missing,      step_out_of_order, step_violated,
    step_forbidden, step_unexpected, condition_failed, deduction,         required_failed,   late,
};

} // namespace rungs::grade::rule
