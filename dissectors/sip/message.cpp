#include "dissectors/sip/message.hpp"

#include <utility>

#include "core/text.hpp"

namespace rungs::sip {

const Header* Message::find(HeaderName name) const {
    for (const Header& header : headers)
        if (header.name == name) return &header;
    return nullptr;
}

const Header* Message::find(std::string_view name) const {
    const HeaderName known = header_name_from(name);
    if (known != HeaderName::unknown) return find(known);
    for (const Header& header : headers)
        if (iequals(header.name_text, name)) return &header;
    return nullptr;
}

void Message::clear() {
    auto kept_headers = std::move(headers);
    auto kept_issues = std::move(issues);
    kept_headers.clear();
    kept_issues.clear();
    *this = Message{};
    headers = std::move(kept_headers);
    issues = std::move(kept_issues);
}

} // namespace rungs::sip
