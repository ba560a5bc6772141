#pragma once

#include <string>
#include <string_view>

/// Captured text for documents that would take parts of it for their own: controls made visible (see
/// `printable`), and every sign that could mean something written as a reference. Each function's output,
/// read by the document's rules, is `printable(text)` again.
namespace rungs::reports {

/// As text of HTML or XML, also between double quotes: `& < > " '` as references.
std::string markup(std::string_view text);

/// As a label of a Mermaid diagram: `#35;` for all but letters, digits and a few signs, and for the first
/// letter of "end", which would close a block.
std::string mermaid_text(std::string_view text);

/// As a label of a PlantUML diagram: `&#35;` for what may be formatting, a link, an image or a call of the
/// preprocessor (`%getenv()`).
std::string plantuml_text(std::string_view text);

} // namespace rungs::reports
