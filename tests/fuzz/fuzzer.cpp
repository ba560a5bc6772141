#include <cstdlib>
#include <iostream>

#include "tests/fuzz/fuzz.hpp"

// For libFuzzer, which has its own main. RUNGS_FUZZ_TARGET names the target: its command line is libFuzzer's,
// which starts itself again with the same one.
namespace {

rungs::fuzz::Target chosen() {
    const char* name = std::getenv("RUNGS_FUZZ_TARGET");
    const auto& targets = rungs::fuzz::targets();
    const auto found = targets.find(name == nullptr ? "" : name);
    if (found != targets.end()) return found->second;
    std::cerr << "RUNGS_FUZZ_TARGET must be one of:";
    for (const auto& [known, target] : targets) std::cerr << ' ' << known;
    std::cerr << '\n';
    std::exit(2);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const rungs::fuzz::Target target = chosen();
    target({data, size});
    return 0;
}
