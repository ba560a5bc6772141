#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/digest.hpp"
#include "analyzer/findings/skeleton.hpp"
#include "core/result.hpp"

namespace rungs {

struct AnalysisOptions {
    std::string capture_filter;     ///< libpcap expression (-f), empty for all
    std::uint64_t packet_limit = 0; ///< stop after so many packets (-c), 0 for all
    /// Header names whose value is the Call-ID of another leg of the same call.
    std::vector<std::string> link_headers{"X-Call-ID", "X-CID"};
    /// Findings that need headers (branch, Contact, nonce, ...); off, the rest of the work is all there is.
    bool check_headers = true;
    /// How missing mandatory headers are reported.
    findings::Profile profile = findings::Profile::automatic;
    /// With which digest responses are verified; nullptr for none. Must outlive the call.
    const check::Passwords* passwords = nullptr;
    /// Set from a signal handler to stop early: what was read is reported, marked incomplete.
    const std::atomic<bool>* stop = nullptr;
    /// 2 and more: files are read, decoded and SIP is parsed on threads beside this one. The analysis is the
    /// same.
    unsigned threads = 1;
    /// Told now and then how many octets of the files were read.
    std::function<void(std::uint64_t octets)> progress;
};

/// From captures to calls: the whole way, in one pass over the files. Error: see capture::open.
Result<Analysis> analyze(const std::vector<std::string>& paths, const AnalysisOptions& options = {});

} // namespace rungs
