#include <algorithm>

#include <fmt/format.h>

#include "analyzer/grade/points.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/gradebook.hpp"
#include "reports/grades.hpp"

namespace rungs::reports {
namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// `Lab 1 (123)`: only assignments have a number in parentheses.
bool is_assignment(std::string_view header) {
    const std::size_t open = header.rfind(" (");
    if (open == std::string_view::npos || !header.ends_with(')')) return false;
    const std::string_view number = header.substr(open + 2, header.size() - open - 3);
    return !number.empty() && std::ranges::all_of(number, is_digit);
}

class CanvasBook {
  public:
    CanvasBook(std::string_view text, const grade::ClassMarks& marks) : m_sheet(text), m_finder(marks) {}

    Result<Gradebook> fill(std::string_view assignment) {
        if (!find_student_columns())
            return fail("this is no gradebook of Canvas: its first line does not begin with Student, ID and "
                        "go on to Section",
                        "in Canvas: Grades, Export, Export Entire Gradebook");
        find_points_row();
        auto column = find_assignment(assignment);
        if (!column) return tl::unexpected(column.error());
        m_column = *column;
        std::vector<std::size_t> numbers;
        for (std::size_t each = m_section + 1; each < m_sheet.columns(); ++each) numbers.push_back(each);
        m_decimal = decimal_separator(m_sheet, numbers, m_sheet.separator() == ';' ? ',' : '.');
        for (std::size_t row = 1; row < m_sheet.rows(); ++row)
            if (is_student(row)) fill_row(row);
        m_book.students_left = m_finder.left();
        m_book.text = m_sheet.text();
        return std::move(m_book);
    }

  private:
    bool find_student_columns() {
        const std::string first = m_sheet.cell(0, 0);
        m_two_names = contains(first, "LastName") || contains(first, "Last Name");
        m_id = m_sheet.column("ID");
        if ((!contains(first, "Student") && !m_two_names) || !m_id || *m_id > 2) return false;
        for (std::size_t column = *m_id + 1; column < m_sheet.columns(); ++column) {
            if (!contains(m_sheet.cell(0, column), "Section")) continue;
            m_section = column;
            return true;
        }
        return false;
    }
    void find_points_row() {
        for (std::size_t row = 1; row < m_sheet.rows() && !m_points_row; ++row)
            if (contains(m_sheet.cell(row, 0), "Points Possible")) m_points_row = row;
    }
    [[nodiscard]] bool read_only(std::size_t column) const {
        return m_points_row && contains(m_sheet.cell(*m_points_row, column), "(read only)");
    }

    [[nodiscard]] Result<std::size_t> find_assignment(std::string_view wanted) const {
        std::vector<std::string> titles;
        std::vector<std::size_t> columns;
        for (std::size_t column = m_section + 1; column < m_sheet.columns(); ++column) {
            const std::string title = m_sheet.cell(0, column);
            if (title == wanted && read_only(column))
                return fail(fmt::format("\"{}\" is read only in Canvas", printable(wanted)));
            if (!is_assignment(title) || read_only(column)) continue;
            if (title == wanted) return column;
            titles.push_back(title);
            columns.push_back(column);
        }
        if (wanted.empty() && columns.size() == 1) return columns.front();
        const std::vector<std::string_view> views(titles.begin(), titles.end());
        std::string hint = did_you_mean(nearest(wanted, views));
        if (hint.empty())
            hint = "an unknown title would make a new assignment in Canvas; this gradebook has: ";
        if (hint.ends_with(": "))
            hint += titles.empty() ? "none" : printable(fmt::format("{}", fmt::join(titles, ", ")));
        if (wanted.empty())
            return fail("--canvas-assignment is needed: the gradebook does not have exactly one assignment",
                        hint);
        return fail(fmt::format("the gradebook has no assignment \"{}\"", printable(wanted)), hint);
    }

    /// Neither the points of assignments, nor what Canvas writes between, nor its test student.
    [[nodiscard]] bool is_student(std::size_t row) const {
        return row != m_points_row && !m_sheet.cell(row, m_id).empty() && name(row) != "Student, Test";
    }
    [[nodiscard]] std::string name(std::size_t row) const {
        if (!m_two_names) return m_sheet.cell(row, 0);
        return fmt::format("{}, {}", m_sheet.cell(row, 0), m_sheet.cell(row, 1));
    }

    void fill_row(std::size_t row) {
        const grade::StudentMark* mark = find(row);
        if (mark == nullptr) {
            m_book.rows_left.push_back(printable(name(row)));
            return;
        }
        if (iequals(m_sheet.cell(row, m_column), "EX")) {
            warn(row, "is excused; the cell is left as it is");
            return;
        }
        if (mark->status == grade::MarkStatus::review) {
            warn(row, "is to be reviewed; the cell is left as it is");
            return;
        }
        const auto possible = m_points_row ? grade::parse_points(m_sheet.cell(*m_points_row, m_column))
                                           : std::optional<grade::Points>();
        if (possible && mark->score > *possible)
            warn(row, fmt::format("gets {} of {} points", grade::to_decimal(mark->score),
                                  grade::to_decimal(*possible)));
        std::string number = grade::to_decimal(mark->score);
        if (const std::size_t point = number.find('.'); point != std::string::npos) number[point] = m_decimal;
        if (!m_sheet.set(row, m_column, number)) warn(row, "has a row that is too short for the grade");
    }
    /// In the order that Canvas itself looks for students.
    const grade::StudentMark* find(std::size_t row) {
        const grade::StudentMark* mark = m_finder.by_lms_id(m_sheet.cell(row, m_id));
        for (const char* column : {"SIS User ID", "SIS Login ID", "Integration ID"})
            if (mark == nullptr) mark = m_finder.by_id(m_sheet.cell(row, m_sheet.column(column)));
        if (mark == nullptr) mark = m_finder.by_name(name(row));
        return mark != nullptr ? mark : m_finder.by_name(given_name_first(name(row)));
    }
    /// `Lee, Ana` is `Ana Lee`.
    static std::string given_name_first(const std::string& sortable) {
        const std::size_t comma = sortable.find(", ");
        if (comma == std::string::npos) return {};
        return fmt::format("{} {}", sortable.substr(comma + 2), sortable.substr(0, comma));
    }
    void warn(std::size_t row, std::string_view what) {
        m_book.warnings.push_back(fmt::format("{} {}", printable(name(row)), what));
    }

    Sheet m_sheet;
    MarkFinder m_finder;
    std::optional<std::size_t> m_id, m_points_row;
    std::size_t m_section = 0, m_column = 0;
    bool m_two_names = false; ///< last and first name in columns of their own
    char m_decimal = '.';
    Gradebook m_book;
};

} // namespace

Result<Gradebook> fill_canvas_gradebook(std::string_view gradebook, const grade::ClassMarks& marks,
                                        std::string_view assignment) {
    return CanvasBook(gradebook, marks).fill(assignment);
}

} // namespace rungs::reports
