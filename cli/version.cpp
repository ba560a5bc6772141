#include "cli/version.hpp"

namespace rungs::cli {

std::string_view version() {
    return RUNGS_VERSION;
}

} // namespace rungs::cli
