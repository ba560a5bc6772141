#pragma once

#include <vector>

#include "analyzer/analysis.hpp"

namespace rungs::media {

/// Gives each stream and fax to the call whose session description announced it (its `dialog`); the streams
/// are in order of first frame. `info_keys` (message, key, duration) come from SIP INFO; those that only
/// repeat or forward another one are left out. The analysis has its calls already.
void attach_media(Analysis& analysis, std::vector<Stream> streams, std::vector<Fax> faxes,
                  std::vector<KeyPress> info_keys);

/// Puts the key presses in order of calls and times, and gives each call the range of its own.
void attach_keys(Analysis& analysis);

} // namespace rungs::media
