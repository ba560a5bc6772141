#include "reports/html.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/limits/reports.hpp"
#include "reports/check_words.hpp"
#include "reports/diagrams.hpp"
#include "reports/explain/catalogue.hpp"
#include "reports/html/assets.hpp"
#include "reports/json.hpp"
#include "reports/json_writer.hpp"
#include "reports/ladder.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

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
    std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    return fmt::format("'sha256-{}'", std::string(base64.begin(), base64.begin() + length));
}

/// Where the page has the capture and the judgement of a task: from 1, 0 for none.
struct TaskPlace {
    Id source = 0, check = 0;
};

struct Content {
    std::vector<HtmlSource> sources;
    const GradedWork* work = nullptr; ///< null when nothing was graded
    std::vector<TaskPlace> places;    ///< of its tasks
};

/// Tasks that looked at the same capture share a source.
Content content_of(const GradedWork& work) {
    Content content{{}, &work, {}};
    std::vector<HtmlSource>& sources = content.sources;
    for (const GradedTask& task : work.tasks) {
        TaskPlace place;
        if (task.analysis != nullptr) {
            auto source = std::ranges::find(sources, task.analysis, &HtmlSource::analysis);
            if (source == sources.end()) source = sources.insert(source, {task.analysis, {}, task.digests});
            place.source = static_cast<Id>(source - sources.begin()) + 1;
            if (task.judgement) {
                source->checks.push_back(*task.judgement);
                place.check = static_cast<Id>(source->checks.size());
            }
        }
        content.places.push_back(place);
    }
    return content;
}

/// What the page reads at once.
struct Section {
    const HtmlSource* source = nullptr;
    HtmlPart part;
    bool whole = true; ///< the part is all there is
};

class Page {
  public:
    Page(Content content, std::string_view tool_version, const HtmlStyle& style, Sink& sink)
        : m_sources(std::move(content.sources)), m_work(content.work), m_places(std::move(content.places)),
          m_tool_version(tool_version), m_style(style), m_sink(sink) {
        // Tasks name their captures by number: what was graded stays whole.
        const HtmlPartSizes sizes = m_work == nullptr ? style.parts : HtmlPartSizes{no_limit, no_limit};
        for (const HtmlSource& source : m_sources) {
            const std::vector<HtmlPart> parts = parts_of(*source.analysis, sizes);
            for (const HtmlPart& part : parts) m_sections.push_back({&source, part, parts.size() == 1});
        }
    }

    void write() {
        write_head();
        m_sink.write("<body>\n");
        write_without_script();
        block("tables", [](Sink& sink) { sink.write(joined(html_assets::data)); });
        block("settings", [this](Sink& sink) { write_settings(sink); });
        for (std::size_t i = 0; i < m_sections.size(); ++i) write_section(i);
        m_sink.write(fmt::format("<script>{}</script>\n</body>\n</html>\n", m_script));
    }

  private:
    void write_head() {
        const std::string style = joined(html_assets::styles);
        m_sink.write(fmt::format(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; "
            "style-src {}; {}"
            "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
            "trusted-types 'none'\">\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"referrer\" content=\"no-referrer\">\n"
            "<meta name=\"generator\" content=\"rungs {}\">\n"
            "<meta name=\"schema\" content=\"rungs.analysis/1\">\n<title>{} - "
            "rungs</title>\n<style>{}</style>\n</head>\n",
            m_style.language == Language::en ? "en" : "zh-CN", hash_source(m_script), hash_source(style),
            m_style.live ? "connect-src 'self'; " : "", m_tool_version, markup(title()), style));
    }

    [[nodiscard]] std::string title() const {
        if (m_work != nullptr) return filtered(choose(m_work->title, m_style.language));
        const std::vector<Capture>& captures = m_sources.front().analysis->captures;
        return captures.empty() ? "-" : file_name(captures.front());
    }

    /// Without its folder; the redactor knows the whole path.
    [[nodiscard]] std::string file_name(const Capture& capture) const {
        const std::string path = filtered(capture.file.path, "path");
        return path.substr(path.rfind('/') + 1);
    }

    /// Blocks of the first section have plain names, those of the second end in "-2".
    void write_section(std::size_t index) {
        const HtmlSource& source = *m_sections[index].source;
        const Analysis& analysis = *source.analysis;
        const CallRange calls = m_sections[index].part.calls;
        const std::string suffix = index == 0 ? "" : fmt::format("-{}", index + 1);
        block("analysis" + suffix, [&](Sink& sink) {
            write_json_of_calls(analysis, calls, m_tool_version, sink, m_style.filter);
        });
        block("ladders" + suffix, [&](Sink& sink) {
            Selection selection;
            for (Id call = calls.first; call <= calls.last; ++call) selection.calls.push_back(call);
            write_ladder_json(analysis, selection, sink, m_style.filter);
        });
        block("mermaid" + suffix, [&](Sink& sink) { write_diagrams(analysis, calls, sink); });
        block("check" + suffix, [&](Sink& sink) {
            std::vector<Check> checks = source.checks;
            std::erase_if(checks, [&](const Check& check) { return !calls.holds(check.outcome.call); });
            write_checks_json(analysis, checks, check::Verdict::pass, sink, m_style.filter);
        });
    }

    /// A text for each call.
    void write_diagrams(const Analysis& analysis, CallRange calls, Sink& sink) {
        JsonWriter json(sink);
        json.begin_array();
        for (Id call = calls.first; call <= calls.last; ++call) {
            StringSink diagram;
            write_mermaid(analysis, {{call}}, m_style.language, diagram, m_style.filter);
            json.value(std::string_view(diagram.text()));
        }
        json.end_array();
    }

    void write_settings(Sink& sink) {
        JsonWriter json(sink); // the filter sees each captured text as it goes in
        json.begin_object();
        json.member("redacted", m_style.filter != nullptr);
        json.member("live", m_style.live);
        json.key("sources");
        json.begin_array();
        for (const Section& section : m_sections) {
            const HtmlSource& source = *section.source;
            json.begin_object();
            json.key("files");
            json.begin_array();
            for (const Capture& capture : source.analysis->captures) json.value(file_name(capture));
            json.end_array();
            json.key("sha256");
            json.begin_array();
            // A digest leads whoever has the capture back from the pseudonyms to the people.
            if (m_style.filter == nullptr) {
                for (const std::string& digest : source.digests) json.value(digest);
            }
            json.end_array();
            json.key("part");
            section.whole ? json.null() : write_part(section, json);
            json.end_object();
        }
        json.end_array();
        json.key("meanings");
        write_meanings(json);
        json.key("graded");
        m_work == nullptr ? json.null() : write_work(json);
        json.end_object();
    }

    /// What the codes of the findings mean in Chinese: findings themselves are English sentences.
    void write_meanings(JsonWriter& json) const {
        std::set<std::string_view> codes;
        for (const HtmlSource& source : m_sources) {
            for (const Finding& finding : source.analysis->findings) codes.insert(finding.code);
        }
        json.begin_object();
        for (const std::string_view code : codes)
            json.text_or_null(code, explain::meaning(code, Language::zh_cn));
        json.end_object();
    }

    /// What the index says of a part.
    static void write_part(const Section& section, JsonWriter& json) {
        const auto& [calls, messages, first_frame, last_frame] = section.part;
        json.begin_object();
        json.member("first_call", calls.first);
        json.member("last_call", calls.last);
        json.member("messages", messages);
        json.member("all_messages", section.source->analysis->messages.size());
        json.member("first_frame", first_frame);
        json.member("last_frame", last_frame);
        json.member("start", section.source->analysis->call(calls.first).start);
        json.end_object();
    }

    void write_work(JsonWriter& json) {
        json.begin_object();
        write_text("title", m_work->title, json);
        json.text_or_null("student", filtered(m_work->student));
        write_score(m_work->score, m_work->max, json);
        json.key("tasks");
        json.begin_array();
        for (const GradedTask& task : m_work->tasks) write_task(task, json);
        json.end_array();
        json.end_object();
    }

    void write_task(const GradedTask& task, JsonWriter& json) {
        json.begin_object();
        write_text("title", task.title, json);
        write_score(task.score, task.max, json);
        json.member("verdict", std::string_view(task.verdict));
        json.key("reasons");
        json.begin_array();
        for (const check::Text& reason : task.reasons) {
            json.begin_object();
            write_text(reason, json);
            json.end_object();
        }
        json.end_array();
        const auto [source, check] = m_places[static_cast<std::size_t>(&task - m_work->tasks.data())];
        json.id_or_null("source", source);
        json.id_or_null("check", check);
        json.end_object();
    }

    void write_text(const check::Text& text, JsonWriter& json) const {
        json.text_or_null("en", filtered(text.en));
        json.text_or_null("zh_CN", filtered(text.zh_cn));
    }

    void write_text(std::string_view key, const check::Text& text, JsonWriter& json) const {
        json.key(key);
        json.begin_object();
        write_text(text, json);
        json.end_object();
    }

    static void write_score(double score, double max, JsonWriter& json) {
        json.key("score");
        json.real(score, 4);
        json.key("max");
        json.real(max, 4);
    }

    /// For browsers that run no scripts: the tasks, the calls, and the first one's ladder.
    void write_without_script() {
        m_sink.write("<noscript>\n<h1>rungs</h1>\n");
        if (m_work != nullptr) write_tasks();
        for (const HtmlSource& source : m_sources) write_calls(*source.analysis);
        const Analysis* first = m_sources.empty() ? nullptr : m_sources.front().analysis;
        if (first != nullptr && !first->calls.empty()) write_first_ladder(*first);
        m_sink.write("</noscript>\n");
    }

    void write_tasks() {
        line("h2", filtered(m_work->student));
        for (const GradedTask& task : m_work->tasks) {
            line("h3", fmt::format("{}: {:g} / {:g}", filtered(choose(task.title, m_style.language)),
                                   task.score, task.max));
            for (const check::Text& reason : task.reasons)
                line("p", filtered(choose(reason, m_style.language)));
        }
    }

    void line(std::string_view tag, std::string_view text) {
        m_sink.write(fmt::format("<{0}>{1}</{0}>\n", tag, markup(text)));
    }

    void write_calls(const Analysis& analysis) {
        table({Word::number, Word::kind, Word::from, Word::to, Word::outcome, Word::start});
        for (std::size_t i = 0; i < std::min(analysis.calls.size(), limits::html_static_rows); ++i) {
            const Call& call = analysis.calls[i];
            row({fmt::format("{}", i + 1), std::string(word(call.kind, m_style.language)),
                 filtered(name_of(analysis, analysis.caller_of(call))),
                 filtered(name_of(analysis, analysis.callee_of(call))),
                 std::string(word(call.outcome, m_style.language)), format_date(call.start)});
        }
        m_sink.write("</table>\n");
    }

    void write_first_ladder(const Analysis& analysis) {
        MessageReader reader(analysis);
        Ladder ladder = build_ladder(analysis, 1, reader);
        if (ladder.rungs.size() > limits::html_static_rows) {
            ladder.rungs.resize(limits::html_static_rows);
            const auto is_below = [](const auto& drawn) { return drawn.before > limits::html_static_rows; };
            std::erase_if(ladder.bands, is_below);
            std::erase_if(ladder.keys, is_below);
        }
        TextStyle style;
        style.ascii = true; // the same in whatever font a browser without scripts has
        style.language = m_style.language;
        StringSink drawing;
        draw_ladder(ladder, style, drawing, m_style.filter);
        m_sink.write("<pre>");
        for (std::string_view rest = drawing.text(); !rest.empty();) { // each line ends in a line feed
            const std::size_t end = rest.find('\n');
            m_sink.write(markup(rest.substr(0, end)) + "\n");
            rest.remove_prefix(end + 1);
        }
        m_sink.write("</pre>\n");
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

    template <typename Write>
    void block(std::string_view id, Write write_into) {
        HtmlBlock block(id, m_style.data, m_sink);
        write_into(block);
        block.finish();
    }

    static constexpr std::size_t no_limit = ~std::size_t{0};

    std::vector<HtmlSource> m_sources;
    std::vector<Section> m_sections;
    const GradedWork* m_work; ///< null when nothing was graded
    std::vector<TaskPlace> m_places;
    std::string_view m_tool_version;
    const HtmlStyle& m_style;
    Sink& m_sink;
    std::string m_script =
        joined(html_assets::scripts) + (m_style.live ? joined(html_assets::live_scripts) : std::string());
};

} // namespace

void write_html(const HtmlSource& source, std::string_view tool_version, const HtmlStyle& style, Sink& sink) {
    Page({{source}, nullptr, {}}, tool_version, style, sink).write();
}

void write_live_data(const HtmlSource& source, std::string_view tool_version, Sink& sink) {
    sink.write("{\"analysis\":");
    write_json(*source.analysis, tool_version, sink);
    sink.write(",\"ladders\":");
    write_ladder_json(*source.analysis, {}, sink);
    sink.write(",\"check\":");
    write_checks_json(*source.analysis, source.checks, check::Verdict::pass, sink);
    sink.write("}\n");
}

void write_graded_html(const GradedWork& work, std::string_view tool_version, const HtmlStyle& style,
                       Sink& sink) {
    Page(content_of(work), tool_version, style, sink).write();
}

} // namespace rungs::reports
