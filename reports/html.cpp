#include "reports/html.hpp"

#include <array>
#include <string>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "reports/html/assets.hpp"
#include "reports/json.hpp"
#include "reports/json_writer.hpp"
#include "reports/ladder.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

/// JSON that no browser takes for markup: < > & only ever stand in strings, where they may be written as
/// escapes. (JsonWriter already escapes line separators.)
class InertSink final : public Sink {
  public:
    explicit InertSink(Sink& sink) : m_sink(sink) {}

    void write(std::string_view text) override {
        m_escaped.clear();
        for (const char c : text) {
            switch (c) {
            case '<': m_escaped += "\\u003c"; break;
            case '>': m_escaped += "\\u003e"; break;
            case '&': m_escaped += "\\u0026"; break;
            default: m_escaped += c;
            }
        }
        m_sink.write(m_escaped);
    }

  private:
    Sink& m_sink;
    std::string m_escaped;
};

std::string joined(const auto& pieces) {
    std::string text = "\n";
    for (const std::string_view piece : pieces) text += piece;
    return text;
}

/// 'sha256-...' of what stands between the tags, as CSP level 3 writes it.
std::string hash_source(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    return fmt::format("'sha256-{}'", std::string(base64.begin(), base64.begin() + length));
}

class Page {
  public:
    Page(const Analysis& analysis, std::string_view tool_version, const HtmlStyle& style, Sink& sink)
        : m_analysis(analysis), m_tool_version(tool_version), m_style(style), m_sink(sink) {}

    void write() {
        write_head();
        m_sink.write("<body>\n");
        write_without_script();
        block("analysis",
              [this](Sink& sink) { write_json(m_analysis, m_tool_version, sink, m_style.filter); });
        block("ladders", [this](Sink& sink) { write_ladder_json(m_analysis, {}, sink, m_style.filter); });
        block("check", [this](Sink& sink) {
            write_checks_json(m_analysis, m_style.checks, check::Verdict::pass, sink, m_style.filter);
        });
        block("settings", [this](Sink& sink) {
            JsonWriter json(sink);
            json.begin_object();
            json.member("redacted", m_style.filter != nullptr);
            json.end_object();
        });
        m_sink.write(fmt::format("<script>{}</script>\n</body>\n</html>\n", m_script));
    }

  private:
    void write_head() {
        const std::string style = joined(html_assets::styles);
        m_sink.write(fmt::format(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; "
            "style-src {}; "
            "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
            "trusted-types 'none'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"referrer\" content=\"no-referrer\">\n"
            "<meta name=\"generator\" content=\"rungs {}\">\n<title>{} - "
            "rungs</title>\n<style>{}</style>\n</head>\n",
            m_style.language == Language::en ? "en" : "zh-CN", hash_source(m_script), hash_source(style),
            m_tool_version, markup(title()), style));
    }

    [[nodiscard]] std::string title() const {
        if (m_analysis.captures.empty()) return "-";
        const std::string path = filtered(m_analysis.captures.front().file.path, "path");
        return path.substr(path.rfind('/') + 1);
    }

    /// For browsers that run no scripts: the calls, and the first one's ladder.
    void write_without_script() {
        m_sink.write("<noscript>\n<h1>rungs</h1>\n");
        table({Word::number, Word::kind, Word::from, Word::to, Word::outcome, Word::start});
        for (std::size_t i = 0; i < std::min(m_analysis.calls.size(), most_rows); ++i) {
            const Call& call = m_analysis.calls[i];
            row({fmt::format("{}", i + 1), std::string(word(call.kind, m_style.language)),
                 filtered(name_of(m_analysis, call.caller)), filtered(name_of(m_analysis, call.callee)),
                 std::string(word(call.outcome, m_style.language)), format_date(call.start)});
        }
        m_sink.write("</table>\n");
        if (!m_analysis.calls.empty()) write_first_ladder();
        m_sink.write("</noscript>\n");
    }

    void write_first_ladder() {
        MessageReader reader(m_analysis);
        const Ladder ladder = build_ladder(m_analysis, 1, reader);
        table({Word::first_frame, Word::time, Word::from, Word::to, Word::messages});
        for (std::size_t i = 0; i < std::min(ladder.rungs.size(), most_rows); ++i) {
            const Rung& rung = ladder.rungs[i];
            row({rung.frame, format_seconds(rung.since_start, 6),
                 filtered(address_of(ladder.participants[rung.from])),
                 filtered(address_of(ladder.participants[rung.to])), filtered(rung.label)});
        }
        m_sink.write("</table>\n");
    }

    void table(std::initializer_list<Word> headings) {
        m_sink.write("<table>\n<tr>");
        for (const Word heading : headings)
            m_sink.write(fmt::format("<th>{}</th>", markup(word(heading, m_style.language))));
        m_sink.write("</tr>\n");
    }

    void row(std::initializer_list<std::string> cells) {
        m_sink.write("<tr>");
        for (const std::string& cell : cells) m_sink.write(fmt::format("<td>{}</td>", markup(cell)));
        m_sink.write("</tr>\n");
    }

    [[nodiscard]] std::string filtered(std::string_view text, std::string_view key = "label") const {
        return m_style.filter == nullptr ? std::string(text) : m_style.filter->apply(key, text);
    }

    /// Data that the script reads: no browser interprets a script of this type.
    template <typename Write>
    void block(std::string_view id, Write write_into) {
        m_sink.write(fmt::format("<script type=\"application/json\" id=\"{}\">", id));
        InertSink inert(m_sink);
        write_into(inert);
        m_sink.write("</script>\n");
    }

    static constexpr std::size_t most_rows = 500;

    const Analysis& m_analysis;
    std::string_view m_tool_version;
    const HtmlStyle& m_style;
    Sink& m_sink;
    std::string m_script = joined(html_assets::scripts);
};

} // namespace

void write_html(const Analysis& analysis, std::string_view tool_version, const HtmlStyle& style, Sink& sink) {
    Page(analysis, tool_version, style, sink).write();
}

} // namespace rungs::reports
