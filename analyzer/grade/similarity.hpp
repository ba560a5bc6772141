#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/grade/fingerprint.hpp"
#include "analyzer/grade/marks.hpp"

/// Which captures of a class were copied from each other. What two captures share is no evidence yet:
/// partners share their call, and honest programs made from one template send the same octets. What decides
/// is the time: a copy has the same frames at one constant shift to the microsecond, while two captures of
/// one call at its two ends, and two runs of one program, differ by their jitter.
namespace rungs::grade {

/// One capture of one student.
struct Fingerprinted {
    std::string student; ///< id
    std::string team;    ///< empty for none; teams share their work
    std::string capture; ///< name of the file, for display
    Fingerprint fingerprint;
    bool previous = false; ///< of an earlier class: compared with this one's, not among each other
};

/// Pairs of captures of different students, strongest first, then by students and captures. What stands in
/// `base` (samples that were given out) counts for nothing. The time needed grows with the number of
/// traces, not with that of pairs: what more than limits::similar_owners captures share weighs nothing,
/// except files and rhythms, which connect each capture with the next ones then.
std::vector<SimilarPair> compare(std::span<const Fingerprinted> captures,
                                 std::span<const Fingerprint> base = {});

/// Students that pairs connect, each group and the groups in order of ids.
std::vector<std::vector<std::string>> clusters(std::span<const SimilarPair> pairs);

/// A line for each capture: student, capture, fingerprint; to be kept and given to next year's class.
std::string to_index(std::span<const Fingerprinted> captures);
/// The inverse, all marked as previous, `label` before each student's id. Error: no index, a damaged line
/// (the message names it), or made with another salt than `salt`.
Result<std::vector<Fingerprinted>> from_index(std::string_view text, std::string_view label, Salt salt);

} // namespace rungs::grade
