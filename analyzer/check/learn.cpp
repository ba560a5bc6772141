#include "analyzer/check/learn.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/check/events.hpp"
#include "analyzer/check/step_syntax.hpp"
#include "core/limits/input.hpp"

namespace rungs::check {
namespace {

/// A step on its way: in how many examples it was, and the longest time since the event before.
struct Learned {
    std::string step;
    bool response = false;
    std::size_t seen = 1;
    Duration gap{};
};

const Flow& viewpoint() {
    static const Flow flow = [] {
        Flow made;
        made.roles = {{"caller", {}, {}}, {"proxy", {}, {}}};
        return made;
    }();
    return flow;
}

/// Of the messages that a step can name: not those of MSN, nor of methods that are no SIP.
std::vector<Learned> steps_of(const Example& example) {
    const Course course = course_of(*example.analysis, example.call, viewpoint());
    std::vector<Learned> steps;
    for (std::size_t i = 0; i < course.events.size(); ++i) {
        const Event& event = course.events[i];
        const Message& message = example.analysis->message(event.message);
        if (message.protocol != Protocol::sip || message.method == sip::Method::unknown) continue;
        MessageStep step{event.from, event.to, {}};
        step.what.kind = message.status == 0 ? MessagePattern::Kind::request : MessagePattern::Kind::response;
        step.what.method = message.method;
        if (message.status != 0) step.what.statuses = {{message.status, message.status}};
        Learned learned{to_string(step, viewpoint().roles), message.status != 0};
        if (i > 0) learned.gap = event.time - course.events[i - 1].time;
        steps.push_back(std::move(learned));
    }
    return steps;
}

/// Both in one row, what they share once: along their longest common subsequence.
std::vector<Learned> merge(const std::vector<Learned>& a, const std::vector<Learned>& b) {
    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            common[i][j] = a[i].step == b[j].step ? common[i + 1][j + 1] + 1
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    std::vector<Learned> merged;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i].step == b[j].step) {
            merged.push_back(a[i]);
            merged.back().seen += b[j].seen;
            merged.back().gap = std::max(a[i++].gap, b[j++].gap);
        } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
            merged.push_back(a[i++]);
        } else {
            merged.push_back(b[j++]);
        }
    }
    return merged;
}

/// Longer pauses say nothing about the flow (and a damaged capture may claim centuries).
constexpr Duration longest_bound = std::chrono::hours(1);

/// ", within: 500ms": twice as long, rounded up to tenths of a second; nothing for a pause that is no bound.
std::string bound_for(Duration gap) {
    if (gap < Duration{} || gap > longest_bound) return {};
    const std::int64_t tenths = (2 * gap.count() + 99'999'999) / 100'000'000;
    return fmt::format(", within: {}ms", std::max<std::int64_t>(tenths, 1) * 100);
}

} // namespace

Result<std::string> learn_flow(std::span<const Example> examples, const std::string& name) {
    std::vector<Learned> steps;
    for (const Example& example : examples) {
        const auto more = steps_of(example);
        if (more.empty()) return fail("an example has no messages to learn from");
        steps = steps.empty() ? more : merge(steps, more);
        if (steps.size() > limits::flow_steps)
            return fail(fmt::format("the examples have more messages than a flow has steps ({}, flow_steps)",
                                    limits::flow_steps),
                        "learn from shorter calls");
    }
    if (steps.empty())
        return fail("there is no call to learn from", "rungs flows learn good1.pcap good2.pcap");
    std::string yaml = fmt::format("# learned from {} {}\nflow: {}\nroles: [caller, proxy]\nsteps:\n",
                                   examples.size(), examples.size() == 1 ? "call" : "calls", name);
    for (const Learned& learned : steps) {
        std::string step = fmt::format("{{step: \"{}\"", learned.step);
        if (learned.response) step += bound_for(learned.gap);
        const bool always = learned.seen == examples.size();
        yaml += fmt::format("  - {}{}}}{}\n", always ? "" : "{optional: ", step, always ? "" : "}");
    }
    return yaml;
}

} // namespace rungs::check
