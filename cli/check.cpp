#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>

#include <fmt/format.h>

#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/flow_choice.hpp"
#include "cli/output.hpp"
#include "cli/say.hpp"
#include "cli/self_check.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "reports/check.hpp"
#include "reports/ladder.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 4> formats{"text", "json", "junit", "tap"};

struct CheckOptions {
    std::vector<std::string> flows;      ///< --flow
    std::vector<std::string> roles;      ///< --role NAME=ADDRESS
    std::vector<std::string> parameters; ///< --set NAME=VALUE
    std::string rubric;                  ///< --rubric; empty for none
    bool strict = false;
};

check::Parameters parameters_of(const std::vector<std::string>& words) {
    check::Parameters parameters;
    for (const std::string& word : words) {
        std::string_view text = word;
        const std::string_view name = take_until(text, '=');
        if (name.empty() || text.empty()) {
            throw Failure{{fmt::format("--set needs a parameter and a value, not \"{}\"", printable(word)),
                           "--set challenge=1"}};
        }
        parameters[std::string(name)] = text;
    }
    return parameters;
}

check::FixedRoles fixed_roles(const std::vector<std::string>& words) {
    check::FixedRoles roles;
    for (const std::string& word : words) {
        std::string_view text = word;
        const std::string_view name = take_until(text, '=');
        const auto address = IpAddress::parse(text);
        if (name.empty() || !address) {
            throw Failure{{fmt::format("--role needs a role and an address, not \"{}\"", printable(word)),
                           "--role caller=192.0.2.7"}};
        }
        roles[std::string(name)] = *address;
    }
    return roles;
}

ExitStatus status_of(check::Verdict verdict) {
    switch (verdict) {
    case check::Verdict::pass: return ExitStatus::done;
    case check::Verdict::fail: return ExitStatus::negative;
    case check::Verdict::inconclusive: return ExitStatus::inconclusive;
    case check::Verdict::unusable: break;
    }
    return ExitStatus::could_not;
}

/// The calls asked for each, else the one that follows the flow best.
std::vector<reports::Check> check_flow(const Analysis& analysis, const reports::Selection& selection,
                                       const check::Flow& flow, const check::JudgeOptions& options,
                                       bool each_call) {
    std::vector<reports::Check> checks;
    const std::vector<Id> calls = reports::selected_calls(analysis, selection);
    if (each_call) {
        for (const Id call : calls) checks.push_back({&flow, check::judge(analysis, call, flow, options)});
    } else if (auto best = check::judge_best(analysis, calls, flow, options)) {
        checks.push_back({&flow, std::move(*best)});
    }
    return checks;
}

std::vector<reports::Fit> fit_flows(const Analysis& analysis, const reports::Selection& selection,
                                    const check::JudgeOptions& options) {
    std::vector<reports::Fit> fits;
    for (const Id call : reports::selected_calls(analysis, selection)) {
        reports::Fit fit{call, {}};
        for (const check::Flow& flow : check::builtin_flows())
            fit.checks.push_back({&flow, check::judge(analysis, call, flow, options)});
        std::ranges::stable_sort(
            fit.checks, [](const auto& a, const auto& b) { return check::better(a.outcome, b.outcome); });
        if (!fit.checks.empty()) fits.push_back(std::move(fit));
    }
    return fits;
}

check::Verdict worst(const std::vector<reports::Check>& checks) {
    check::Verdict verdict = checks.empty() ? check::Verdict::unusable : check::Verdict::pass;
    for (const reports::Check& check : checks) verdict = std::max(verdict, check.outcome.verdict);
    return verdict;
}

void write(const Analysis& analysis, const std::vector<reports::Check>& checks, const Options& options,
           Output& output) {
    if (options.format == "json") {
        reports::write_checks_json(analysis, checks, worst(checks), output.sink());
    } else if (options.format == "junit") {
        reports::write_checks_junit(analysis, checks, output.sink());
    } else if (options.format == "tap") {
        reports::write_checks_tap(analysis, checks, output.sink());
    } else {
        const auto style = text_style(options, output.descriptor());
        for (const reports::Check& check : checks) {
            if (&check != &checks.front()) output.sink().write("\n");
            reports::write_check(analysis, check, style, output.sink());
        }
    }
}

ExitStatus check_captures(const Options& options, const CheckOptions& wanted) {
    const auto captures = captures_of(options);
    std::deque<check::Flow> flows; // read before the captures, so that a mistake in one is told at once
    for (const std::string& name : wanted.flows)
        flows.push_back(choose_flow(name, parameters_of(wanted.parameters)));
    check::JudgeOptions judging{fixed_roles(wanted.roles), {}, wanted.strict, nullptr};
    const auto passwords = read_passwords(options, captures);
    if (passwords) judging.passwords = &*passwords;

    const Analysis analysis = read_captures(options, captures, passwords);
    const auto selection = select_calls(analysis, options);
    Output output(options.output, captures);
    if (flows.empty()) {
        const auto fits = fit_flows(analysis, selection, judging);
        if (options.format == "json")
            reports::write_fits_json(analysis, fits, output.sink());
        else if (options.format == "text")
            reports::write_fits(analysis, fits, text_style(options, output.descriptor()), output.sink());
        else
            throw Failure{
                {fmt::format("{} needs a flow", options.format), "--flow NAME; rungs flows list names them"}};
        output.finish();
        return fits.empty() ? ExitStatus::negative : ExitStatus::done;
    }
    std::vector<reports::Check> checks;
    for (const check::Flow& flow : flows) {
        for (auto& check : check_flow(analysis, selection, flow, judging, !options.calls.empty()))
            checks.push_back(std::move(check));
    }
    write(analysis, checks, options, output);
    output.finish();
    if (checks.empty())
        say_error({"there is no call to check in this capture", "rungs FILE shows what is in it"});
    return status_of(worst(checks));
}

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_password_option(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    const auto wanted = std::make_shared<CheckOptions>();
    const auto add_list = [&app](const char* name, std::vector<std::string>& to, const char* what,
                                 const char* value) {
        app.add_option(name, to, what)
            ->type_name(value)
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all()
            ->group("Flow");
    };
    add_list("--flow", wanted->flows, "the expected flow: a built-in one or a file; else which one fits best",
             "NAME|FILE");
    add_list("--role", wanted->roles, "who plays a role, instead of finding out", "ROLE=ADDRESS");
    add_list("--set", wanted->parameters, "a parameter of the flow, such as challenge=1", "NAME=VALUE");
    app.add_flag("--strict", wanted->strict, "a message that no step asks for fails")->group("Flow");
    app.add_option("--rubric", wanted->rubric,
                   "what a student can see of a rubric: points and what is missing, before handing in")
        ->type_name("FILE")
        ->take_last()
        ->group("Flow");
    return [&options, wanted] {
        if (!wanted->rubric.empty()) return check_by_rubric(options, wanted->rubric);
        return check_captures(options, *wanted);
    };
}

constexpr std::array<Example, 5> examples{{
    {"rungs check lab.pcapng", "which built-in flow each call follows, and how it deviates"},
    {"rungs check lab.pcapng --flow cancelled", "step by step against the textbook"},
    {"rungs check lab.pcapng --flow my.yaml --call 2", "one call against a flow of your own"},
    {"rungs check lab.pcapng --flow busy --to junit -o busy.xml",
     "for a test runner; 0 pass, 1 fail, 3 unknown"},
    {"rungs check busy.pcapng --rubric lab.yaml", "your own work, before you hand it in"},
}};

} // namespace

extern const Command check_command;
const Command check_command{"check", "FILE...", "Compare calls with an expected flow", examples, declare};

} // namespace rungs::cli
