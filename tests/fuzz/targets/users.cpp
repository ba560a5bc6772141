#include <string>

#include "analyzer/check/digest.hpp"
#include "analyzer/check/flow_file.hpp"
#include "analyzer/check/learn.hpp"
#include "analyzer/filter/display_filter.hpp"
#include "core/text.hpp"
#include "tests/fuzz/fuzz.hpp"

// What people write: files and expressions. A refusal is for them to read.
using namespace rungs;
using namespace rungs::fuzz;

namespace {

/// Lines of printable text, that say something.
void check_error(const Error& error) {
    require(!error.message.empty(), "a refusal says why");
    for (std::string_view rest = error.message; !rest.empty();) {
        const std::string_view line = take_until(rest, '\n');
        require(printable(line) == line, "errors are printable");
    }
    require(error.message.size() < 8192, "errors can be read");
}

} // namespace

FUZZ_TARGET(flow_file) {
    const auto text = as_text(input);
    const auto flow = check::parse_flow(text, "fuzz.yaml");
    if (!flow) return check_error(flow.error());
    require(check::parse_flow(text, "fuzz.yaml").has_value(), "reading again gives the same");
}

FUZZ_TARGET(sipp_scenario) {
    const auto flow = check::import_sipp(as_text(input), "fuzz.xml");
    if (!flow) return check_error(flow.error());
    const auto again = check::parse_flow(*flow, "imported.yaml");
    require(again.has_value(), "what is imported is a flow");
}

FUZZ_TARGET(display_filter) {
    const auto filter = filter::DisplayFilter::parse(as_text(input));
    if (!filter) return check_error(filter.error());
    const Analysis nothing;
    require(filter->select_calls(nothing).empty(), "nothing is selected of nothing");
}

FUZZ_TARGET(passwords) {
    const auto passwords = check::Passwords::parse(as_text(input));
    if (!passwords) return check_error(passwords.error());
    require(!passwords->entries().empty(), "a file without a password is refused");
}
