#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace re2 {
class RE2;
}

/// Whose submission a file or folder is, by its name: pure functions of the name.
namespace rungs::grade {

enum class NameSource : std::uint8_t {
    plain,      ///< nothing known: `name` is all of it
    pattern,    ///< --id-pattern
    moodle,     ///< Zhang San_12345_assignsubmission_file_
    canvas,     ///< zhangsan_LATE_123_456_lab.pcap
    blackboard, ///< Lab 1_u123_attempt_2026-11-20-08-15-00_lab.pcap
    numbered,   ///< 2021001_张三_实验1
};

struct NameParts {
    NameSource source = NameSource::plain;
    std::string id;     ///< student number, or the platform's user name
    std::string name;   ///< for people; Canvas': lower case, without anything but letters and digits
    std::string lms_id; ///< of Moodle or Canvas
    std::string file;   ///< what the student called it, where the platform put names in front; else empty
    std::string stem;   ///< all of it, without the ending of a file
    bool late = false;
    bool anonymous = false;             ///< the platform hides the name
    std::optional<Timestamp> handed_in; ///< Blackboard's, in local time of this machine
};

/// --id-pattern: an RE2 with the named groups `id` or `name`, or both, found anywhere in a name.
class NamePattern {
  public:
    static Result<NamePattern> compile(const std::string& pattern);
    /// Nothing when it is not found.
    [[nodiscard]] std::optional<NameParts> match(const std::string& segment) const;

  private:
    std::shared_ptr<const re2::RE2> m_expression;
    int m_id = 0, m_name = 0; ///< groups, 0 for none
};

/// `segment` is a name of a file or folder, UTF-8.
NameParts parse_name(const std::string& segment);

/// Without what names of captures, archives and documents end with: `.pcap.gz`, `.zip`.
std::string_view without_ending(std::string_view segment);

/// Canvas' form of a name: letters and digits, ASCII in lower case. `Zhang, San` is `zhangsan`.
std::string squash(std::string_view name);

} // namespace rungs::grade
