#include "reports/similarity.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/grade/similarity.hpp"
#include "reports/csv.hpp"
#include "reports/explain/catalogue.hpp"
#include "reports/markup.hpp"

namespace rungs::reports {
namespace {

using grade::SimilarPair;

constexpr std::string_view style =
    R"(body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{border:1px solid #8884;padding:.2rem .5rem;text-align:left;vertical-align:top;font-size:13px}
td.frame{font-family:ui-monospace,monospace;width:50%;overflow-wrap:anywhere}
.strength,small{color:#777}
summary{cursor:pointer;padding:.4rem 0;border-top:1px solid #8884}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}
)";

std::string_view choose(Language language, std::string_view en, std::string_view zh_cn) {
    return language == Language::zh_cn ? zh_cn : en;
}

std::string joined(const SimilarPair& pair, std::string SimilarPair::Signal::*member,
                   std::string_view separator) {
    std::string text;
    for (const SimilarPair::Signal& signal : pair.signals) {
        if (!text.empty()) text += separator;
        text += signal.*member;
    }
    return text;
}

void write_frame(const grade::FrameLine* line, std::uint64_t frame, Sink& sink) {
    sink.write("<td class=\"frame\">");
    if (line == nullptr) {
        sink.write(fmt::format("{}", frame));
    } else {
        sink.write(fmt::format("{} · {}<br>{} → {}<br>{}", frame, to_rfc3339(line->time),
                               markup(line->source), markup(line->destination), markup(line->text)));
    }
    sink.write("</td>");
}

void write_signal(const SimilarPair& pair, const SimilarPair::Signal& signal, const FrameBook& frames,
                  Language language, Sink& sink) {
    sink.write(fmt::format("<h3><code>{}</code> {}</h3>\n<p>{}</p>\n", markup(signal.code),
                           markup(signal.text), markup(explain::meaning(signal.code, language))));
    sink.write(fmt::format("<table><tr><th>{}</th><th>{}</th></tr>\n", markup(pair.a), markup(pair.b)));
    for (std::size_t n = 0; n < std::min(signal.frames_a.size(), signal.frames_b.size()); ++n) {
        const std::uint64_t a = signal.frames_a[n], b = signal.frames_b[n];
        sink.write("<tr>");
        write_frame(frames.find(pair.a, pair.capture_a, a), a, sink);
        write_frame(frames.find(pair.b, pair.capture_b, b), b, sink);
        sink.write("</tr>\n");
    }
    sink.write("</table>\n");
}

void write_overview(std::span<const SimilarPair> pairs, Language language, Sink& sink) {
    sink.write(fmt::format("<h2>{}</h2>\n<ul>\n", choose(language, "Groups", "分组")));
    for (const std::vector<std::string>& group : grade::clusters(pairs)) {
        sink.write("<li>");
        for (std::size_t n = 0; n < group.size(); ++n) {
            if (n > 0) sink.write(choose(language, ", ", "、"));
            sink.write(markup(group[n]));
        }
        sink.write("</li>\n");
    }
    sink.write(fmt::format("</ul>\n<h2>{}</h2>\n", choose(language, "Pairs", "逐对比较")));
}

} // namespace

void FrameBook::add(const std::string& student, const std::string& capture,
                    std::span<const grade::FrameLine> lines) {
    auto& book = m_lines[{student, capture}];
    for (const grade::FrameLine& line : lines) book.emplace(line.frame, line);
}

const grade::FrameLine* FrameBook::find(const std::string& student, const std::string& capture,
                                        std::uint64_t frame) const {
    const auto book = m_lines.find({student, capture});
    if (book == m_lines.end()) return nullptr;
    const auto line = book->second.find(frame);
    return line == book->second.end() ? nullptr : &line->second;
}

void write_similarity_csv(std::span<const SimilarPair> pairs, Sink& sink) {
    sink.write("\xEF\xBB\xBF"
               "a,capture_a,b,capture_b,strength,signals,evidence\r\n");
    for (const SimilarPair& pair : pairs) {
        std::string line;
        for (const std::string* field : {&pair.a, &pair.capture_a, &pair.b, &pair.capture_b})
            append_csv(line, *field);
        append_csv_number(line, fmt::format("{:.2f}", pair.strength));
        append_csv(line, joined(pair, &SimilarPair::Signal::code, " "));
        append_csv(line, joined(pair, &SimilarPair::Signal::text, "; "));
        sink.write(line + "\r\n");
    }
}

void write_similarity_page(std::span<const SimilarPair> pairs, const FrameBook& frames, Language language,
                           Sink& sink) {
    const std::string_view title = choose(language, "Captures that look copied", "相似的抓包");
    sink.write(fmt::format(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" "
        "content=\"width=device-width\">\n<title>{}</title>\n<style>{}</style></head>\n<body>\n<h1>{}</"
        "h1>\n<p>{}</p>\n",
        choose(language, "en", "zh-CN"), title, style, title,
        choose(language, "Evidence, no verdict: talk to both before you decide. No marks were changed.",
               "这是线索，不是结论：下结论之前请先与双方谈。没有因此改动任何分数。")));
    if (pairs.empty()) {
        sink.write(fmt::format("<p>{}</p>\n", choose(language, "None.", "没有。")));
    } else {
        write_overview(pairs, language, sink);
    }
    for (const SimilarPair& pair : pairs) {
        sink.write(fmt::format(
            "<details><summary><b>{} · {}</b> <span class=\"strength\">{:.2f}</span><br>{} · {}<br>"
            "<small>{}</small></summary>\n",
            markup(pair.a), markup(pair.b), pair.strength, markup(pair.capture_a), markup(pair.capture_b),
            markup(joined(pair, &SimilarPair::Signal::code, " "))));
        for (const SimilarPair::Signal& signal : pair.signals)
            write_signal(pair, signal, frames, language, sink);
        sink.write("</details>\n");
    }
    sink.write("</body>\n</html>\n");
}

} // namespace rungs::reports
