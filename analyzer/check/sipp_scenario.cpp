#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "analyzer/check/learn.hpp"
#include "analyzer/check/step_syntax.hpp"
#include "core/limits/input.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::check {
namespace {

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

struct FreeText {
    void operator()(xmlChar* text) const { xmlFree(text); }
};

std::string text_of(std::unique_ptr<xmlChar, FreeText> text) {
    std::string copy;
    if (!text) return copy;
    for (const xmlChar* c = text.get(); *c != 0; c = std::next(c)) copy += static_cast<char>(*c);
    return copy;
}

std::string name_of(const xmlNode& node) {
    std::string name;
    if (node.name == nullptr) return name;
    for (const xmlChar* c = node.name; *c != 0; c = std::next(c)) name += static_cast<char>(*c);
    return name;
}

class Importer {
  public:
    explicit Importer(std::string source) : m_source(std::move(source)) {}

    Result<std::string> read(xmlNode& root) {
        if (name_of(root) != "scenario") return wrong(root, "this is no SIPp scenario: no <scenario>");
        for (xmlNode* node = root.children; node != nullptr; node = node->next) {
            if (node->type != XML_ELEMENT_NODE) continue;
            const std::string name = name_of(*node);
            std::optional<Error> error;
            if (name == "send")
                error = read_send(*node);
            else if (name == "recv")
                error = read_receive(*node);
            if (error) return tl::unexpected(*error);
        }
        if (m_steps.empty()) return wrong(root, "the scenario neither sends nor receives");
        return fmt::format(
            "# imported from a SIPp scenario\nflow: imported\nroles: [caller, callee]\nsteps:\n{}", m_steps);
    }

  private:
    [[nodiscard]] tl::unexpected<Error> wrong(const xmlNode& node, std::string_view what) const {
        return fail(fmt::format("{}:{}: {}", printable(m_source), xmlGetLineNo(&node), what),
                    "simple scenarios of send, recv and pause can be imported");
    }
    static std::string attribute(xmlNode& node, std::string_view name) {
        for (xmlAttr* own = node.properties; own != nullptr; own = own->next) {
            std::string own_name;
            for (const xmlChar* c = own->name; *c != 0; c = std::next(c)) own_name += static_cast<char>(*c);
            if (own_name == name)
                return text_of(
                    std::unique_ptr<xmlChar, FreeText>(xmlNodeListGetString(node.doc, own->children, 1)));
        }
        return {};
    }

    /// The message is the element's text: what its first line and its CSeq say counts.
    std::optional<Error> read_send(xmlNode& node) {
        const std::string text = text_of(std::unique_ptr<xmlChar, FreeText>(xmlNodeGetContent(&node)));
        std::string_view rest = trim(text);
        std::string_view line = trim(take_until(rest, '\n'));
        std::string_view first = take_until(line, ' ');
        if (first == "SIP/2.0") {
            std::string_view method;
            while (!rest.empty() && method.empty()) {
                std::string_view header = trim(take_until(rest, '\n'));
                if (iequals(trim(take_until(header, ':')), "CSeq"))
                    method = sip::parse_cseq(trim(header)).method;
            }
            // [last_CSeq:] stands for the request that is answered.
            if (sip::method_from(method) == sip::Method::unknown) method = m_received;
            return add(node, true, take_until(line, ' '), method, false);
        }
        m_sent = first;
        return add(node, true, first, {}, false);
    }

    std::optional<Error> read_receive(xmlNode& node) {
        const std::string said = attribute(node, "optional");
        const bool optional = !said.empty() && said != "false";
        const std::string response = attribute(node, "response");
        if (!response.empty()) return add(node, false, response, m_sent, optional);
        m_received = attribute(node, "request");
        return add(node, false, m_received, {}, optional);
    }

    std::optional<Error> add(const xmlNode& node, bool sent, std::string_view what, std::string_view method,
                             bool optional) {
        if (m_steps.empty()) m_is_caller = sent;
        std::string pattern(what);
        // An answer to CANCEL and the end of the INVITE cross: which is which, the status tells.
        if (what == "487") method = "INVITE";
        if (!method.empty()) pattern += fmt::format(" ({})", method);
        if (const auto parsed = parse_pattern(pattern); !parsed)
            return wrong(node, parsed.error().message).value();
        const bool from_caller = sent == m_is_caller;
        m_steps += fmt::format("  - {}\"{} -> {}: {}\"\n", optional ? "optional: " : "",
                               from_caller ? "caller" : "callee", from_caller ? "callee" : "caller", pattern);
        return std::nullopt;
    }

    std::string m_source, m_steps;
    std::string m_sent, m_received; ///< methods of the last requests
    bool m_is_caller = true;
};

} // namespace

Result<std::string> import_sipp(std::string_view xml, const std::string& source) {
    if (xml.size() > limits::flow_octets)
        return fail(fmt::format("{}: larger than {} octets (limit flow_octets)", printable(source),
                                limits::flow_octets));
    // Nothing is fetched, no entity is put in, and what is not well-formed is read as far as it goes.
    constexpr int options =
        XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
    const Document document(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, options), &xmlFreeDoc);
    xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    if (root == nullptr) return fail(fmt::format("{}: this is no XML", printable(source)));
    return Importer(source).read(*root);
}

} // namespace rungs::check
