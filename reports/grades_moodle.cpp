#include <array>

#include <fmt/format.h>

#include "analyzer/grade/points.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/gradebook.hpp"
#include "reports/grades.hpp"
#include "reports/markup.hpp"

namespace rungs::reports {
namespace {

using namespace std::string_view_literals;

// The headers of Moodle's worksheet in the languages of its packs.
constexpr std::array identifier_names{"Identifier"sv, "标识符"sv};
constexpr std::array name_names{"Full name"sv, "全名"sv, "姓名"sv};
constexpr std::array number_names{"ID number"sv, "Student ID"sv, "学号"sv, "编号"sv};
constexpr std::array email_names{"Email address"sv, "电子邮件地址"sv, "Email"sv};
constexpr std::array grade_names{"Grade"sv, "成绩"sv};
constexpr std::array maximum_names{"Maximum Grade"sv, "Maximum grade"sv, "最高分"sv};
constexpr std::array feedback_names{"Feedback comments"sv, "反馈意见"sv};

/// `Participant 12345`, `参与人12345`: the number at the end.
std::string participant(const std::string& identifier) {
    const std::size_t last = identifier.find_last_not_of("0123456789");
    return last == std::string::npos ? identifier : identifier.substr(last + 1);
}

/// Feedback is HTML in Moodle.
std::string as_html(std::string_view lines) {
    std::string html;
    while (!lines.empty()) {
        if (!html.empty()) html += "<br>";
        html += markup(take_until(lines, '\n'));
    }
    return html;
}

Error no_column(const Sheet& sheet, std::string_view wanted, std::string_view option) {
    std::vector<std::string> names;
    for (std::size_t column = 0; column < sheet.columns(); ++column) names.push_back(sheet.cell(0, column));
    const std::vector<std::string_view> views(names.begin(), names.end());
    std::string hint = did_you_mean(nearest(wanted, views));
    if (hint.empty() && !option.empty())
        hint = fmt::format("{} NAME says which of its columns it is: {}", option,
                           printable(fmt::format("{}", fmt::join(names, ", "))));
    if (hint.empty()) hint = "in Moodle: the assignment, View all submissions, Download grading worksheet";
    return {fmt::format("the worksheet has no column \"{}\"", printable(wanted)), std::move(hint)};
}

class Worksheet {
  public:
    Worksheet(std::string_view text, const grade::ClassMarks& marks, const WorksheetOptions& options)
        : m_sheet(text), m_finder(marks), m_options(options), m_identifier(m_sheet.column(identifier_names)),
          m_grade(chosen(options.grade_column, grade_names)),
          m_feedback(chosen(options.feedback_column, feedback_names)),
          m_maximum(m_sheet.column(maximum_names)) {}

    Result<Gradebook> fill() {
        if (!m_identifier) return tl::unexpected(no_column(m_sheet, "Identifier", {}));
        if (!m_grade)
            return tl::unexpected(no_column(m_sheet, wanted(m_options.grade_column, "Grade"), "--col-grade"));
        if (!m_feedback && !m_options.feedback_column.empty())
            return tl::unexpected(no_column(m_sheet, m_options.feedback_column, "--col-feedback"));
        if (!m_feedback)
            warn("the worksheet has no column for feedback, so that only grades are written; Moodle adds it "
                 "when the assignment's feedback comments are enabled");
        std::vector<std::size_t> numbers{*m_grade};
        if (m_maximum) numbers.push_back(*m_maximum);
        m_decimal = decimal_separator(m_sheet, numbers, '.');
        for (std::size_t row = 1; row < m_sheet.rows(); ++row) fill_row(row);
        m_book.students_left = m_finder.left();
        m_book.text = m_sheet.text();
        return std::move(m_book);
    }

  private:
    [[nodiscard]] std::optional<std::size_t> chosen(const std::string& name,
                                                    std::span<const std::string_view> known) const {
        return name.empty() ? m_sheet.column(known) : m_sheet.column(name);
    }
    static std::string_view wanted(const std::string& name, std::string_view known) {
        return name.empty() ? known : std::string_view(name);
    }

    void fill_row(std::size_t row) {
        const grade::StudentMark* mark = find(row);
        if (mark == nullptr) {
            m_book.rows_left.push_back(printable(label(row)));
            return;
        }
        if (mark->status == grade::MarkStatus::review) {
            warn(fmt::format("{} is to be reviewed; the row is left as it is", printable(label(row))));
            return;
        }
        const auto maximum = grade::parse_points(m_sheet.cell(row, m_maximum));
        if (maximum && mark->score > *maximum)
            warn(fmt::format("{} gets {}, more than the maximum of {}: Moodle will skip this grade",
                             printable(label(row)), grade::to_decimal(mark->score),
                             grade::to_decimal(*maximum)));
        std::string number = grade::to_decimal(mark->score);
        if (const std::size_t point = number.find('.'); point != std::string::npos) number[point] = m_decimal;
        bool written = m_sheet.set(row, *m_grade, number);
        if (m_feedback) written = m_sheet.set(row, *m_feedback, feedback_of(*mark)) && written;
        if (!written)
            warn(fmt::format("the row of {} is too short for its grade and feedback", printable(label(row))));
    }
    const grade::StudentMark* find(std::size_t row) {
        const std::string name = m_sheet.cell(row, m_sheet.column(name_names));
        const grade::StudentMark* mark = m_finder.by_lms_id(participant(m_sheet.cell(row, m_identifier)));
        if (mark != nullptr && !name.empty() && !mark->name.empty() && mark->name != name)
            warn(fmt::format("{} of the worksheet is {} among the submissions; is it this assignment's "
                             "worksheet?",
                             printable(label(row)), printable(mark->name)));
        if (mark == nullptr) mark = m_finder.by_id(m_sheet.cell(row, m_sheet.column(number_names)));
        if (mark == nullptr) mark = m_finder.by_id(m_sheet.cell(row, m_sheet.column(email_names)));
        return mark != nullptr ? mark : m_finder.by_name(name);
    }
    [[nodiscard]] std::string feedback_of(const grade::StudentMark& mark) const {
        std::string all;
        for (const Language language : m_options.languages) {
            if (!all.empty()) all += "<br><br>";
            all += as_html(feedback(mark, language));
        }
        return all;
    }
    [[nodiscard]] std::string label(std::size_t row) const {
        const std::string name = m_sheet.cell(row, m_sheet.column(name_names));
        const std::string identifier = m_sheet.cell(row, m_identifier);
        return name.empty() ? identifier : fmt::format("{} ({})", name, identifier);
    }
    void warn(std::string sentence) { m_book.warnings.push_back(std::move(sentence)); }

    Sheet m_sheet;
    MarkFinder m_finder;
    const WorksheetOptions& m_options;
    std::optional<std::size_t> m_identifier, m_grade, m_feedback, m_maximum;
    char m_decimal = '.';
    Gradebook m_book;
};

} // namespace

Result<Gradebook> fill_moodle_worksheet(std::string_view worksheet, const grade::ClassMarks& marks,
                                        const WorksheetOptions& options) {
    return Worksheet(worksheet, marks, options).fill();
}

} // namespace rungs::reports
