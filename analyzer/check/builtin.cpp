#include "analyzer/check/builtin.hpp"

#include <algorithm>

#include "analyzer/check/flow_file.hpp"

namespace rungs::check {

const std::vector<Flow>& builtin_flows() {
    static const std::vector<Flow> flows = [] {
        std::vector<Flow> read;
        for (const auto& [name, yaml] : builtin_sources()) {
            auto flow = parse_flow(yaml, name);
            if (!flow) continue;
            flow->source.clear();
            read.push_back(std::move(*flow));
        }
        return read;
    }();
    return flows;
}

const Flow* find_builtin(std::string_view name) {
    const auto& flows = builtin_flows();
    const auto found = std::ranges::find(flows, name, &Flow::name);
    return found == flows.end() ? nullptr : &*found;
}

} // namespace rungs::check
