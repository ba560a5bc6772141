#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/endpoint.hpp"
#include "core/time.hpp"
#include "dissectors/sdp/description.hpp"

namespace rungs::media {

struct PayloadMapping {
    std::uint8_t number = 0;
    std::uint32_t clock_rate_hz = 0;
    std::string_view encoding;
};

/// What SDP says about media to come: an endpoint where its sender wants to receive.
struct Hint {
    Timestamp time;
    std::uint32_t dialog = 0, message = 0; ///< ids of the analysis, 0 for none
    Endpoint media;
    /// Where the message came from. When one of that and the announced address is private and the other is
    /// not, NAT stands between: media at this address and the announced port is taken for what was announced.
    IpAddress sender;
    std::optional<Endpoint> rtcp; ///< where it is not media's port plus 1
    bool t38 = false;             ///< UDPTL instead of RTP
    bool secure = false;
    std::vector<PayloadMapping> payload_types; ///< texts alive during `Tracker::announce`
};

/// Where a description came from.
struct HintSource {
    Timestamp time;
    std::uint32_t dialog = 0, message = 0;
    IpAddress sender; ///< the message's source: counts where the description names no address at all
};

/// A hint for each m= line in use that has an address (its c=, else that of o=, else the sender). 0.0.0.0
/// gives none.
std::vector<Hint> hints_of(const sdp::Description& description, const HintSource& source);

} // namespace rungs::media
