#include "core/time.hpp"

#include <array>

namespace rungs {
namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
// The first and last second that RFC 3339's four-digit years can say.
constexpr std::int64_t first_second = -62'167'219'200;
constexpr std::int64_t last_second = 253'402'300'799;

template <std::size_t Digits>
void append_padded(std::string& out, std::uint64_t value) {
    std::array<char, Digits> text{};
    for (std::size_t i = Digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
    out.append(text.data(), Digits);
}

} // namespace

void append_rfc3339(std::string& out, Timestamp time) {
    std::int64_t seconds = time.ns / nanoseconds_per_second;
    std::int64_t nanoseconds = time.ns % nanoseconds_per_second;
    if (nanoseconds < 0) {
        nanoseconds += nanoseconds_per_second;
        --seconds;
    }
    if (seconds < first_second) seconds = first_second;
    if (seconds > last_second) seconds = last_second;

    std::int64_t days = seconds / seconds_per_day;
    std::int64_t second_of_day = seconds % seconds_per_day;
    if (second_of_day < 0) {
        second_of_day += seconds_per_day;
        --days;
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};

    append_padded<4>(out, static_cast<std::uint64_t>(static_cast<int>(date.year())));
    out += '-';
    append_padded<2>(out, static_cast<unsigned>(date.month()));
    out += '-';
    append_padded<2>(out, static_cast<unsigned>(date.day()));
    out += 'T';
    append_padded<2>(out, static_cast<std::uint64_t>(second_of_day / 3600));
    out += ':';
    append_padded<2>(out, static_cast<std::uint64_t>(second_of_day / 60 % 60));
    out += ':';
    append_padded<2>(out, static_cast<std::uint64_t>(second_of_day % 60));
    out += '.';
    append_padded<9>(out, static_cast<std::uint64_t>(nanoseconds));
    out += 'Z';
}

std::string to_rfc3339(Timestamp time) {
    std::string text;
    append_rfc3339(text, time);
    return text;
}

} // namespace rungs
