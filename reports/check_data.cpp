#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/check.hpp"
#include "reports/check_words.hpp"
#include "reports/json_writer.hpp"

namespace rungs::reports {
namespace {

using check::Row;
using check::StepStatus;
using check::Verdict;

std::string_view to_string(Row::Kind kind) {
    switch (kind) {
    case Row::Kind::step: return "step";
    case Row::Kind::extra: return "extra";
    case Row::Kind::never: return "never";
    case Row::Kind::call: return "call";
    }
    return "";
}

void write_event(const Analysis& analysis, const Check& check, const Row& row, JsonWriter& json) {
    json.key("event");
    if (!row.event) return json.null();
    const check::Event& event = check.outcome.course.events[*row.event];
    json.begin_object();
    json.member("message", event.message);
    json.member("text", check::describe(analysis, event));
    json.member("from", std::string_view(check.flow->roles[event.from].name));
    json.member("to", std::string_view(check.flow->roles[event.to].name));
    json.member("time", event.time);
    json.key("frames");
    json.begin_array();
    for (const std::uint64_t frame : check::frames_of(analysis, event)) json.value(frame);
    json.end_array();
    json.member("retransmissions", event.retransmissions);
    json.member("duplicates", event.duplicates);
    json.member("hops", event.hops);
    json.end_object();
}

void write_row(const Analysis& analysis, const Check& check, const Row& row, JsonWriter& json) {
    json.begin_object();
    json.member("kind", to_string(row.kind));
    json.key("expected");
    if (row.kind == Row::Kind::extra)
        json.null();
    else
        json.value(subject_of(analysis, check, row));
    if (row.kind == Row::Kind::extra)
        json.member("status", row.status == StepStatus::met ? "allowed" : "violated");
    else
        json.member("status", check::to_string(row.status));
    json.text_or_null("reason", check::to_string(row.reason));
    json.text_or_null("text", sentence(row, Language::en));
    json.text_or_null("text_zh_CN", sentence(row, Language::zh_cn));
    write_event(analysis, check, row, json);
    json.key("points");
    json.real(row.earned.value(), 4);
    json.key("max_points");
    json.real(row.possible.value(), 4);
    json.end_object();
}

void write_flow_head(const check::Flow& flow, JsonWriter& json) {
    json.member("flow", std::string_view(flow.name));
    json.key("title");
    json.begin_object();
    json.text_or_null("en", flow.title.en);
    json.text_or_null("zh_CN", flow.title.zh_cn);
    json.end_object();
    json.text_or_null("reference", flow.reference);
}

void write_check_object(const Analysis& analysis, const Check& check, JsonWriter& json) {
    const check::Outcome& outcome = check.outcome;
    json.begin_object();
    write_flow_head(*check.flow, json);
    json.member("call", outcome.call);
    json.member("verdict", check::to_string(outcome.verdict));
    json.key("points");
    json.real(outcome.earned.value(), 4);
    json.key("max_points");
    json.real(outcome.possible.value(), 4);
    json.member("required_failed", outcome.required_failed);
    json.member("capped", outcome.capped);
    json.key("roles");
    json.begin_array();
    for (std::size_t i = 0; i < check.flow->roles.size(); ++i) {
        json.begin_object();
        json.member("name", std::string_view(check.flow->roles[i].name));
        json.text_or_null("address", outcome.course.roles[i].address);
        json.member("fixed", outcome.course.roles[i].fixed);
        json.end_object();
    }
    json.end_array();
    json.key("rows");
    json.begin_lines();
    for (const Row& row : outcome.rows) write_row(analysis, check, row, json);
    json.end_lines();
    json.end_object();
}

/// One line of a TAP description: a number sign would begin a directive.
std::string tap_text(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        if (c == '#' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// For XML 1.0: printable text has no control characters left.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

} // namespace

void write_checks_json(const Analysis& analysis, const std::vector<Check>& checks, Verdict verdict,
                       Sink& sink, TextFilter* filter) {
    JsonWriter json(sink, filter);
    json.begin_object();
    json.member("schema", "rungs.check/1");
    json.member("verdict", check::to_string(verdict));
    json.key("checks");
    json.begin_lines();
    for (const Check& check : checks) write_check_object(analysis, check, json);
    json.end_lines();
    json.key("fits");
    json.null();
    json.end_object();
    json.end_document();
}

void write_fits_json(const Analysis& analysis, const std::vector<Fit>& fits, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    json.member("schema", "rungs.check/1");
    json.key("verdict");
    json.null();
    json.key("checks");
    json.begin_lines();
    for (const Fit& fit : fits) write_check_object(analysis, fit.checks.front(), json);
    json.end_lines();
    json.key("fits");
    json.begin_lines();
    for (const Fit& fit : fits) {
        for (const Check& check : fit.checks) {
            json.begin_object();
            json.member("call", fit.call);
            json.member("flow", std::string_view(check.flow->name));
            json.member("verdict", check::to_string(check.outcome.verdict));
            json.member("score", check.outcome.score);
            json.end_object();
        }
    }
    json.end_lines();
    json.end_object();
    json.end_document();
}

void write_checks_junit(const Analysis& analysis, const std::vector<Check>& checks, Sink& sink) {
    sink.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (const Check& check : checks) {
        std::string cases;
        std::size_t tests = 0;
        std::size_t failures = 0;
        std::size_t skipped = 0;
        for (const Row& row : check.outcome.rows) {
            if (row.kind == Row::Kind::extra && row.status == StepStatus::met) continue;
            ++tests;
            cases += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\"", escaped(check.flow->name),
                                 tests, escaped(subject_of(analysis, check, row)));
            if (row.status == StepStatus::met) {
                cases += "/>\n";
            } else {
                const bool unknown = row.status == StepStatus::undecidable;
                ++(unknown ? skipped : failures);
                cases +=
                    fmt::format("><{} message=\"{}: {}\"/></testcase>\n", unknown ? "skipped" : "failure",
                                escaped(check::to_string(row.status)), escaped(sentence(row, Language::en)));
            }
        }
        sink.write(fmt::format("  <testsuite name=\"{} call {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
                               "skipped=\"{}\">\n{}  </testsuite>\n",
                               escaped(check.flow->name), check.outcome.call, tests, failures, skipped,
                               cases));
    }
    sink.write("</testsuites>\n");
}

void write_checks_tap(const Analysis& analysis, const std::vector<Check>& checks, Sink& sink) {
    std::string lines;
    std::size_t tests = 0;
    for (const Check& check : checks) {
        for (const Row& row : check.outcome.rows) {
            if (row.kind == Row::Kind::extra && row.status == StepStatus::met) continue;
            const bool fails = row.status != StepStatus::met && row.status != StepStatus::undecidable;
            lines += fmt::format("{} {} - {}, call {}: {}", fails ? "not ok" : "ok", ++tests,
                                 tap_text(check.flow->name), check.outcome.call,
                                 tap_text(subject_of(analysis, check, row)));
            const std::string why = printable(sentence(row, Language::en));
            if (row.status == StepStatus::undecidable) lines += fmt::format(" # SKIP {}", tap_text(why));
            lines += '\n';
            if (fails) lines += fmt::format("# {}: {}\n", check::to_string(row.status), why);
        }
    }
    sink.write(fmt::format("TAP version 14\n1..{}\n{}", tests, lines));
}

} // namespace rungs::reports
