#pragma once

#include <string>

#include "reports/ladder.hpp"
#include "reports/report.hpp"

/// What the renderings of ladders for documents say; captured text in it, not yet escaped.
namespace rungs::reports {

/// "Call 2", "Call 2 (3)" for the third part.
std::string heading_of(const Ladder& ladder, unsigned part);

/// Its name, else its role, else nothing.
std::string name_of(const Participant& participant, Language language);

/// "INVITE sip:bob@example.com", with the number of the transmission.
std::string label_of(const Rung& rung);

/// "RTP PCMU, 210 packets, 4.2 s"
std::string label_of(const BandStream& stream, Language language);

} // namespace rungs::reports
