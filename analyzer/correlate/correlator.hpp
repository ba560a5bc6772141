#pragma once

#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/dialogs.hpp"
#include "analyzer/correlate/evidence.hpp"
#include "analyzer/correlate/inferred.hpp"
#include "analyzer/correlate/msn.hpp"
#include "analyzer/correlate/observed.hpp"
#include "analyzer/correlate/repeats.hpp"
#include "core/hash.hpp"

namespace rungs::correlate {

/// Turns messages, in the order of their frames, into dialogs, and at the end dialogs into calls. Writes into
/// the Analysis, which must outlive it.
class Correlator {
  public:
    Correlator(Analysis& analysis, std::vector<std::string> link_headers);

    /// Takes a message; returns its id.
    Id add(const Observed& observed);
    Id add(const ObservedMsn& observed);

    /// After the last message: links legs, makes calls and settles what became of each.
    /// `capture_end` is the time of the last packet.
    void finish(Timestamp capture_end);

    /// The number of an endpoint, new or known.
    EndpointId intern(const Endpoint& endpoint);

    /// What was wrong with the command of MSN taken last, and with what it carries.
    [[nodiscard]] const std::vector<Issue>& msn_issues() const { return m_msn.issues(); }

  private:
    void place(const Observed& observed, Message& message);
    void update_dialog(const Observed& observed, const Message& message);
    void make_calls(Timestamp capture_end);
    void report_ambiguous();
    void report_limits();

    Analysis& m_analysis;
    Dialogs m_dialogs;
    Repeats m_repeats;
    Inferred m_inferred;
    EvidenceCollector m_evidence;
    MsnCorrelator m_msn;
    tsl::robin_map<Endpoint, EndpointId, EndpointHash> m_endpoints;
};

} // namespace rungs::correlate
