#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "reports/csv.hpp"
#include "reports/json_writer.hpp"
#include "reports/markup.hpp"
#include "reports/width.hpp"
#include "tests/fuzz/fuzz.hpp"

// What makes captured text harmless must give it back: a small reader of each format, written after the
// format and not after our writer, reads what was written and finds the text.
using namespace rungs;
using namespace rungs::fuzz;
using namespace rungs::reports;

namespace {

bool is_visible(std::string_view text) {
    if (!is_utf8(text)) return false;
    while (!text.empty()) {
        const CodePoint point = next_code_point(text);
        if (is_control(point.value)) return false;
        text.remove_prefix(point.size);
    }
    return true;
}

/// `text` with numbers between `begin` and `;` as the characters that they stand for; nothing when a
/// reference is broken.
std::optional<std::string> without_references(std::string_view text, std::string_view begin) {
    std::string out;
    while (!text.empty()) {
        if (!text.starts_with(begin)) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(begin.size());
        const std::size_t end = text.find(';');
        const auto number = parse_number<unsigned>(text.substr(0, end));
        if (end == std::string_view::npos || !number || *number > 0x7f) return std::nullopt;
        out += static_cast<char>(*number);
        text.remove_prefix(end + 1);
    }
    return out;
}

/// XML 1.0 section 4.6 and 4.1: the five predefined entities and decimal references.
std::optional<std::string> without_entities(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text.front() == '<' || text.front() == '>') return std::nullopt; // markup
        if (text.front() != '&') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const std::size_t end = text.find(';');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view name = text.substr(1, end - 1);
        if (name == "lt")
            out += '<';
        else if (name == "gt")
            out += '>';
        else if (name == "amp")
            out += '&';
        else if (name == "quot")
            out += '"';
        else if (name == "apos" || name == "#39")
            out += '\'';
        else
            return std::nullopt;
        text.remove_prefix(end + 1);
    }
    return out;
}

/// The fields of one line of RFC 4180.
std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
    std::vector<std::string> fields;
    while (true) {
        if (!line.starts_with('"')) return std::nullopt;
        line.remove_prefix(1);
        fields.emplace_back();
        while (true) {
            if (line.empty()) return std::nullopt;
            const char c = line.front();
            line.remove_prefix(1);
            if (c != '"') {
                fields.back() += c;
            } else if (line.starts_with('"')) {
                fields.back() += '"';
                line.remove_prefix(1);
            } else {
                break;
            }
        }
        if (line.empty()) return fields;
        if (line.front() != ',') return std::nullopt;
        line.remove_prefix(1);
    }
}

/// What spreadsheets take for the beginning of a formula, in either width.
bool begins_formula(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    for (const std::string_view sign : {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})
        if (text.starts_with(sign)) return true;
    return false;
}

} // namespace

FUZZ_TARGET(escape_terminal) {
    const auto text = as_text(input);
    const std::string safe = printable(text);
    require(is_visible(safe), "a terminal obeys nothing of it");
    require(printable(safe) == safe, "what is harmless stays as it is");
    if (is_visible(text)) require(safe == text, "text without controls is kept");
    const std::size_t width = columns(safe);
    std::string joined;
    for (const std::string_view line : wrap(safe, 20)) {
        require_inside(as_bytes(safe), line);
        joined += line;
    }
    const auto without_blanks = [](std::string_view from) {
        std::string out;
        for (const char c : from)
            if (c != ' ') out += c;
        return out;
    };
    require(without_blanks(joined) == without_blanks(safe), "wrapping leaves out nothing but blanks");
    require(columns(pad_right(safe, width + 3)) == width + 3, "padding fills columns");
}

FUZZ_TARGET(escape_html) {
    const auto text = as_text(input);
    const std::string written = markup(text);
    require(written.find('"') == std::string::npos && written.find('\'') == std::string::npos,
            "an attribute's quotes cannot be closed");
    require(without_entities(written) == printable(text), "HTML and XML give the text back");
}

FUZZ_TARGET(escape_mermaid) {
    const auto text = as_text(input);
    const std::string written = mermaid_text(text);
    require(written.find('\n') == std::string::npos && written.find("%%") == std::string::npos &&
                written.find(':') == std::string::npos && written.find('<') == std::string::npos,
            "nothing in it is Mermaid");
    require(without_references(written, "#") == printable(text), "Mermaid gives the text back");
}

FUZZ_TARGET(escape_plantuml) {
    const auto text = as_text(input);
    const std::string written = plantuml_text(text);
    for (const char sign : std::string_view("\n<>[]%!'\"\\~*_-/=|{}$"))
        require(written.find(sign) == std::string::npos, "nothing in it is PlantUML");
    require(without_references(written, "&#") == printable(text), "PlantUML gives the text back");
}

FUZZ_TARGET(escape_csv) {
    Dice dice(input);
    const std::string first(as_text(dice.take(dice.u8())));
    const std::string second(as_text(dice.rest()));
    std::string line;
    append_csv(line, first);
    append_csv(line, second);
    const auto fields = csv_fields(line);
    require(fields && fields->size() == 2, "two fields stay two");
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string& text = i == 0 ? first : second;
        const std::string& field = (*fields)[i];
        require(!begins_formula(field), "no field is a formula");
        require(field == (begins_formula(text) ? "'" + text : text), "CSV gives the text back");
    }
}

FUZZ_TARGET(escape_json) {
    const auto text = as_text(input);
    StringSink sink;
    {
        JsonWriter writer(sink);
        writer.begin_object();
        writer.member("text", text);
        writer.key("octets");
        writer.base64(input);
        writer.end_object();
    }
    require(is_visible(sink.text()), "a terminal obeys nothing of it");
    const auto read = nlohmann::json::parse(sink.text(), nullptr, false);
    require(read.is_object() && read.size() == 2, "it is JSON");
    const auto& back = read["text"].get_ref<const std::string&>();
    if (is_utf8(text)) require(back == text, "JSON gives the text back");
    require(read["octets"].get_ref<const std::string&>().size() == (input.size() + 2) / 3 * 4,
            "three octets are four digits");
}
