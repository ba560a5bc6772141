#pragma once

#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/media/tracker.hpp"

namespace rungs::media {

/// Ends the tracker's measurement and gives each stream and fax to the call whose session description
/// announced it. `info_keys` (message, key, duration) come from SIP INFO; those that only repeat or forward
/// another one are left out. The analysis has its calls already.
void attach_media(Analysis& analysis, Tracker& tracker, std::vector<KeyPress> info_keys);

} // namespace rungs::media
