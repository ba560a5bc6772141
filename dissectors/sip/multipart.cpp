#include "dissectors/sip/multipart.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/scan.hpp"

namespace rungs::sip {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t longest_boundary = 70; // RFC 2046 section 5.1.1

std::string_view media_type_of(std::string_view content_type) {
    return trim(content_type.substr(0, content_type.find(';')));
}

std::string_view boundary_of(std::string_view content_type) {
    if (!istarts_with(trim(content_type), "multipart/")) return {};
    const auto parameters = content_type.substr(std::min(content_type.find(';'), content_type.size()));
    const auto boundary = find_parameter(parameters, "boundary").value_or(std::string_view{});
    return boundary.size() <= longest_boundary ? boundary : std::string_view{};
}

/// Where `delimiter` stands at the beginning of a line, from `from` on.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter, std::size_t from) {
    for (auto at = body.find(delimiter, from); at != npos; at = body.find(delimiter, at + 1))
        if (at == 0 || body[at - 1] == '\n') return at;
    return npos;
}

/// `text` is what stands between two delimiter lines, without the line end before the second.
Part read_part(std::string_view text) {
    Part part;
    std::size_t offset = 0;
    while (offset < text.size()) {
        const auto begin = offset;
        auto end = text.find('\n', offset);
        // A folded header goes on in the next line.
        while (end != npos && end + 1 < text.size() && end > begin + 1 &&
               (text[end + 1] == ' ' || text[end + 1] == '\t'))
            end = text.find('\n', end + 1);
        offset = end == npos ? text.size() : end + 1;
        auto line = without_line_end(text.substr(begin, offset - begin));
        if (line.empty()) break;
        part.headers = without_line_end(text.substr(0, offset));
        const auto name = trim(take_until(line, ':'));
        if (part.content_type.empty() && header_name_from(name) == HeaderName::content_type)
            part.content_type = trim(line);
    }
    part.body = text.substr(offset);
    return part;
}

std::string_view find_in(std::string_view content_type, std::string_view body, std::string_view media_type,
                         std::size_t depth, LeftOut* left_out) {
    if (iequals(media_type_of(content_type), media_type)) return body;
    if (depth == limits::multipart_depth) {
        if (left_out != nullptr && !boundary_of(content_type).empty()) left_out->depth = true;
        return {};
    }
    for (const Part& part : parse_multipart(content_type, body, left_out)) {
        const auto found = find_in(part.content_type, part.body, media_type, depth + 1, left_out);
        if (!found.empty()) return found;
    }
    return {};
}

// Of those without a structured suffix.
constexpr std::array<std::string_view, 14> application_types{
    "sdp",
    "dtmf",
    "dtmf-relay",
    "hook-flash",
    "isup",
    "qsig",
    "simple-message-summary",
    "broadsoft",
    "pkcs7-mime",
    "pkcs7-signature",
    "json",
    "xml",
    "octet-stream",
    "pdf",
};
constexpr std::array<std::string_view, 7> other_types{"text/",  "message/", "multipart/", "image/",
                                                      "audio/", "video/",   "model/"};

} // namespace

bool is_known_media_type(std::string_view content_type) {
    auto type = media_type_of(content_type);
    const auto begins = [&](std::string_view front) { return istarts_with(type, front); };
    if (std::ranges::any_of(other_types, begins)) return true;
    constexpr std::string_view application = "application/";
    if (!begins(application)) return false;
    type.remove_prefix(application.size());
    if (begins("vnd.") || begins("prs.") || begins("x-") || type.find('+') != npos) return true;
    return std::ranges::any_of(application_types,
                               [&](std::string_view known) { return iequals(type, known); });
}

std::vector<Part> parse_multipart(std::string_view content_type, std::string_view body, LeftOut* left_out) {
    std::vector<Part> parts;
    const auto boundary = boundary_of(content_type);
    if (boundary.empty()) return parts;
    const auto delimiter = "--" + std::string(boundary);
    auto at = find_delimiter(body, delimiter, 0);
    while (at != npos) {
        const auto behind = at + delimiter.size();
        if (body.substr(behind, 2) == "--") break;
        const auto line_end = body.find('\n', behind);
        if (line_end == npos) break;
        if (parts.size() == limits::multipart_parts) {
            if (left_out != nullptr) left_out->parts = true;
            break;
        }
        const auto next = find_delimiter(body, delimiter, line_end + 1);
        const auto content = body.substr(line_end + 1, next == npos ? npos : next - line_end - 1);
        parts.push_back(read_part(next == npos ? content : without_line_end(content)));
        at = next;
    }
    return parts;
}

std::string_view find_body(const Message& message, std::string_view media_type, LeftOut* left_out) {
    if (message.content_type.empty()) return message.body;
    return find_in(message.content_type, message.body, media_type, 0, left_out);
}

} // namespace rungs::sip
