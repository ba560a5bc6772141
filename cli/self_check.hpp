#pragma once

#include <string>

#include "cli/failure.hpp"
#include "cli/options.hpp"

namespace rungs::cli {

/// `rungs check --rubric FILE CAPTURE...`: what a student sees of a rubric, before handing in. Tasks for
/// which none of the captures has the right name are left out, unless that leaves none: then names do not
/// count. Throws Failure.
ExitStatus check_by_rubric(const Options& options, const std::string& rubric_path);

} // namespace rungs::cli
