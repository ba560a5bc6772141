#include "cli/run.hpp"

namespace rungs::cli {

int run(int, char**) { return 2; }

} // namespace rungs::cli
