#include "analyzer/media/hint.hpp"

#include "core/text.hpp"

namespace rungs::media {
namespace {

IpAddress address_of(const sdp::Media& media, const sdp::Description& description,
                     const IpAddress& fallback) {
    if (media.connection.is_set()) return media.connection;
    if (!media.connection_text.empty()) return {}; // a name
    return IpAddress::parse(description.origin.address).value_or(fallback);
}

} // namespace

std::vector<Hint> hints_of(const sdp::Description& description, const HintSource& source) {
    std::vector<Hint> hints;
    for (const sdp::Media& media : description.media) {
        const auto address = address_of(media, description, source.sender);
        const bool t38 = iequals(media.protocol, "udptl");
        const bool rtp = media.protocol.find("RTP") != media.protocol.npos;
        if (media.port == 0 || !address.is_set() || address.is_unspecified() || !(t38 || rtp)) continue;
        Hint& hint = hints.emplace_back();
        hint.time = source.time;
        hint.dialog = source.dialog;
        hint.message = source.message;
        hint.media = {address, media.port};
        hint.sender = source.sender;
        hint.rtcp = media.rtcp;
        hint.t38 = t38;
        hint.secure = media.secure;
        for (const sdp::Format& format : media.formats)
            if (format.payload_type && !format.encoding.empty())
                hint.payload_types.push_back({*format.payload_type, format.clock_rate_hz, format.encoding});
    }
    return hints;
}

} // namespace rungs::media
