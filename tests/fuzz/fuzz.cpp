#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>
#include <functional>
#include <iostream>

namespace rungs::fuzz {

std::map<std::string_view, Target>& targets() {
    static std::map<std::string_view, Target> all;
    return all;
}

void require(bool holds, std::string_view property) {
    if (holds) return;
    std::cerr << "property broken: " << property << std::endl;
    std::abort();
}

void require_inside(Bytes whole, Bytes part) {
    if (part.empty()) return;
    const std::less_equal<const std::uint8_t*> before;
    require(before(whole.data(), part.data()) &&
                before(part.data() + part.size(), whole.data() + whole.size()),
            "a view points into the input");
}

void require_inside(Bytes whole, std::string_view part) {
    require_inside(whole, as_bytes(part));
}

} // namespace rungs::fuzz
