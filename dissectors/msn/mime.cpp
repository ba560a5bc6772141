#include "dissectors/msn/mime.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/msn/issues.hpp"

namespace rungs::msn {

namespace {

struct KindOf {
    std::string_view content_type;
    BodyKind kind;
};

// "invoke" is what some published traces have in place of "invite", with the same fields.
constexpr std::array kinds{
    KindOf{"text/plain", BodyKind::text},
    KindOf{"text/x-msmsgscontrol", BodyKind::typing},
    KindOf{"text/x-msmsgsprofile", BodyKind::profile},
    KindOf{"text/x-msmsgsinvite", BodyKind::invitation},
    KindOf{"text/x-msmsgsinvoke", BodyKind::invitation},
    KindOf{"application/x-msnmsgrp2p", BodyKind::p2p},
    KindOf{"application/x-msmsgssystemmessage", BodyKind::system},
    KindOf{"text/x-msnmsgr-datacast", BodyKind::datacast},
};

/// A header's name has no blanks, so a sentence with a colon in it is none.
bool is_field(std::string_view line) {
    const auto colon = line.find(':');
    return colon != std::string_view::npos && colon > 0 &&
           line.substr(0, colon).find(' ') == std::string_view::npos;
}

void read_content_type(Mime& out) {
    auto value = find_field(out.headers, "Content-Type");
    out.content_type = trim(take_until(value, ';'));
    while (!value.empty()) {
        auto parameter = take_until(value, ';');
        const auto name = trim(take_until(parameter, '='));
        if (iequals(name, "charset")) out.charset = trim(parameter);
    }
}

} // namespace

std::string_view find_field(const std::vector<Field>& fields, std::string_view name) {
    const auto found =
        std::ranges::find_if(fields, [&](const Field& field) { return iequals(field.name, name); });
    return found == fields.end() ? std::string_view{} : found->value;
}

void Mime::clear() {
    headers.clear();
    content_type = charset = body = {};
    body_offset = 0;
    issues.clear();
}

BodyKind body_kind(std::string_view content_type) {
    const auto* found = std::ranges::find_if(
        kinds, [&](const KindOf& known) { return iequals(known.content_type, content_type); });
    return found == kinds.end() ? BodyKind::unknown : found->kind;
}

std::string_view take_line(std::string_view& text) {
    auto line = take_until(text, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

void parse_mime(std::string_view payload, Mime& out) {
    out.clear();
    const auto add_issue = [&](std::string_view code, std::size_t offset, std::string needed = {},
                               std::string found = {}) {
        if (out.issues.size() >= limits::issues) return;
        out.issues.push_back({code, Severity::warning, offset, std::move(needed), std::move(found)});
    };

    std::string_view rest = payload;
    bool has_type = false, blank_line = false, too_many = false;
    while (!rest.empty() && !blank_line) {
        const auto offset = payload.size() - rest.size();
        std::string_view behind = rest;
        const auto line = take_line(behind);
        if (line.empty()) {
            std::string_view ahead = behind;
            const auto next = take_line(ahead);
            // Only a header block that has not said what it is about can go on behind a blank line.
            const bool stray =
                !has_type && (istarts_with(next, "Content-Type:") || (out.headers.empty() && is_field(next)));
            if (stray) add_issue(issue::mime_stray_blank_line, offset);
            blank_line = !stray;
        } else if (!is_field(line)) {
            break;
        } else if (out.headers.size() < limits::headers) {
            auto value = line;
            const auto name = trim(take_until(value, ':'));
            has_type = has_type || iequals(name, "Content-Type");
            out.headers.push_back({name, trim(value), static_cast<std::uint32_t>(offset)});
        } else if (!std::exchange(too_many, true)) {
            add_issue(issue::mime_headers_too_many, offset, "at most " + std::to_string(limits::headers));
        }
        rest = behind;
    }
    out.body_offset = static_cast<std::uint32_t>(payload.size() - rest.size());
    out.body = rest;
    if (!blank_line) add_issue(issue::mime_blank_line_missing, out.body_offset);
    read_content_type(out);
    if (!has_type) add_issue(issue::mime_content_type_missing, 0);
}

} // namespace rungs::msn
