#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/check/flow.hpp"
#include "core/result.hpp"

/// The small languages inside a flow file. Each function reads all of `text`.
namespace rungs::check {

/// What is wrong with a text, and where.
struct SyntaxError {
    std::size_t offset = 0; ///< octets from the start of the text
    std::string message;
    std::string hint;
};
template <typename T>
using Parsed = tl::expected<T, SyntaxError>;

/// `INVITE`, `401|407`, `180-183 (INVITE)`, `18x`, `4xx (REGISTER)`, `any`, `MSN INVITE`.
Parsed<MessagePattern> parse_pattern(std::string_view text);

/// `caller -> proxy: INVITE`, `proxy <- caller: INVITE`; role names out of `roles`, or `any`.
Parsed<MessageStep> parse_step(std::string_view text, const std::vector<Role>& roles);

/// `30s`, `500ms`, `2 min`, `T1`, `64*T1` (RFC 3261 section 17.1.1.1: T1 is 500 ms).
Parsed<Duration> parse_duration(std::string_view text);

/// `4s`, `4s of INVITE`, `2s..4s of INVITE`. One time is the most for `within`, else the least.
Parsed<TimeBound> parse_bound(std::string_view text, bool within);

/// `sdp.direction = sendonly`, `header "Max-Forwards" < 70`, `has header "Route"`, `to.tag present`.
Parsed<Predicate> parse_predicate(std::string_view text);

/// `call-id`, `header "X-Call-ID"`.
Parsed<Binding> parse_binding(std::string name, std::string_view subject);

std::string to_string(const MessagePattern& pattern);
std::string to_string(const MessageStep& step, const std::vector<Role>& roles);

} // namespace rungs::check
