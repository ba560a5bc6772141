#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

// Gives every file of FOLDER/TARGET/ to its target, without a fuzzer: `fuzz_replay FOLDER...`, or
// `fuzz_replay --list`. What once crashed stays harmless with every compiler.
namespace {

namespace fs = std::filesystem;

void replay(const fs::path& file, rungs::fuzz::Target target) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(stream), {}};
    // A block of exactly that size: AddressSanitizer sees one octet too many.
    const auto octets = std::make_unique<std::uint8_t[]>(content.size());
    std::ranges::transform(content, octets.get(), [](char c) { return static_cast<std::uint8_t>(c); });
    target({octets.get(), content.size()});
}

bool replay_folder(const fs::path& folder, std::size_t& count) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_directory()) continue;
        const auto found = rungs::fuzz::targets().find(entry.path().filename().string());
        if (found == rungs::fuzz::targets().end()) {
            std::cerr << entry.path().string() << ": no fuzz target of that name\n";
            return false;
        }
        std::vector<fs::path> files(fs::directory_iterator(entry.path()), {});
        std::ranges::sort(files);
        for (const fs::path& file : files) {
            std::cerr << file.string() << '\n';
            replay(file, found->second);
            ++count;
        }
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::size_t count = 0;
    for (const std::string& argument : arguments) {
        if (argument == "--list") {
            for (const auto& [name, target] : rungs::fuzz::targets()) std::cout << name << '\n';
            return 0;
        }
        if (!replay_folder(argument, count)) return 1;
    }
    std::cout << count << " inputs replayed\n";
    return count == 0 ? 1 : 0;
}
