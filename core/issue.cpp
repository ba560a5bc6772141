#include "core/issue.hpp"

namespace rungs {

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    }
    return "note";
}

} // namespace rungs
