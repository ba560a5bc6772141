#include "cli/flow_choice.hpp"

#include <fmt/format.h>

#include "analyzer/check/flow_file.hpp"
#include "cli/failure.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::cli {

check::Flow choose_flow(const std::string& name, const check::Parameters& set) {
    const auto or_fail = [](Result<check::Flow> flow) {
        if (!flow) throw Failure{flow.error()};
        return std::move(*flow);
    };
    for (const auto& [known, yaml] : check::builtin_sources()) {
        if (known != name) continue;
        check::Flow flow = or_fail(check::parse_flow(yaml, known, set));
        flow.source.clear();
        return flow;
    }
    if (name.find_first_of("./") != std::string::npos) return or_fail(check::read_flow_file(name, set));
    std::vector<std::string_view> known;
    for (const check::Flow& flow : check::builtin_flows()) known.push_back(flow.name);
    std::string hint = did_you_mean(nearest(name, known));
    if (hint.empty())
        hint = "rungs flows list names the built-in ones; a file has a dot in its name: my.yaml";
    throw Failure{{fmt::format("there is no flow \"{}\"", printable(name)), std::move(hint)}};
}

} // namespace rungs::cli
