#pragma once

#include "analyzer/analysis.hpp"
#include "analyzer/check/digest.hpp"
#include "analyzer/findings/collector.hpp"
#include "analyzer/findings/header_notes.hpp"
#include "analyzer/findings/skeleton.hpp"

/// What an expert would point at: findings over whole calls, from the records that correlation left.
namespace rungs::findings {

/// Adds to `analysis.findings` and puts them in order. Called last: everything else of the analysis is there.
/// With `passwords` (not nullptr) the messages with credentials are read again and verified.
void find(Analysis& analysis, const SkeletonNotes& issues, Profile profile, const HeaderNotes& notes,
          const check::Passwords* passwords = nullptr);

// What is not about one call; a file each.
void find_in_captures(const Analysis& analysis, Collector& out);
void report_limits(const Analysis& analysis, Collector& out);
void find_in_registrations(const Analysis& analysis, const HeaderNotes& notes, Collector& out);
void find_in_invitations(const Analysis& analysis, Collector& out);
void verify_credentials(const Analysis& analysis, const HeaderNotes& notes, const check::Passwords& passwords,
                        Collector& out);

} // namespace rungs::findings
