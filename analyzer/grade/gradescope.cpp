#include "analyzer/grade/gradescope.hpp"

#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "core/text.hpp"

namespace rungs::grade {
namespace {

using Json = nlohmann::json;

/// A text or a number as text; empty for anything else.
std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : std::string();
}

std::optional<Timestamp> due_of(const Json& document) {
    const auto assignment = document.find("assignment");
    if (assignment == document.end() || !assignment->is_object()) return std::nullopt;
    return parse_rfc3339(text_of(*assignment, "due_date"));
}

} // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    static const RE2 form(
        R"((\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):?(\d\d)))");
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int zone_hours = 0, zone_minutes = 0;
    std::string fraction, sign, hours, minutes;
    if (!RE2::FullMatch(text, form, &year, &month, &day, &hour, &minute, &second, &fraction, &sign, &hours,
                        &minutes))
        return std::nullopt;
    if (!sign.empty()) {
        zone_hours = parse_number<int>(hours).value_or(0);
        zone_minutes = parse_number<int>(minutes).value_or(0);
    }
    namespace chr = std::chrono;
    const chr::year_month_day date{chr::year(year), chr::month(static_cast<unsigned>(month)),
                                   chr::day(static_cast<unsigned>(day))};
    if (!date.ok() || year < 1970 || year > 2200) return std::nullopt;
    const auto zone = chr::minutes(zone_hours * 60 + zone_minutes);
    const chr::nanoseconds moment = chr::sys_days(date).time_since_epoch() + chr::hours(hour) +
                                    chr::minutes(minute) + chr::seconds(second) -
                                    (sign == "-" ? -zone : zone);
    fraction.resize(9, '0');
    return Timestamp{moment.count() + parse_number<std::int64_t>(fraction).value_or(0)};
}

Result<Submission> parse_gradescope_metadata(std::string_view json) {
    constexpr const char* hint = "Gradescope puts it at /autograder/submission_metadata.json";
    const Json document = Json::parse(json, nullptr, false);
    if (!document.is_object()) return fail("the submission metadata is no JSON object", hint);
    const auto users = document.find("users");
    if (users == document.end() || !users->is_array() || users->empty())
        return fail("the submission metadata names no users", hint);
    Submission submission;
    for (const Json& user : *users) {
        if (!user.is_object()) continue;
        const std::string email = text_of(user, "email");
        const std::string id = email.empty() ? text_of(user, "id") : email;
        if (submission.id.empty()) {
            submission.id = id;
            submission.lms_id = text_of(user, "id");
        }
        if (!submission.name.empty()) submission.name += ", ";
        submission.name += text_of(user, "name");
    }
    if (submission.id.empty()) return fail("the submission metadata names no user by id or email", hint);
    submission.handed_in = parse_rfc3339(text_of(document, "created_at"));
    const auto due = due_of(document);
    submission.late = submission.handed_in && due && *submission.handed_in > *due;
    return submission;
}

} // namespace rungs::grade
