#include <algorithm>

#include "core/text.hpp"
#include "dissectors/sdp/description.hpp"

namespace rungs::sdp {
namespace {

/// "1" says the same as nothing: one channel (RFC 8866 section 6.6).
std::string_view channels(const Format& format) {
    return format.encoding_parameters == "1" ? std::string_view{} : format.encoding_parameters;
}

bool same_format(const Format& a, const Format& b) {
    if (a.encoding.empty() || b.encoding.empty()) return iequals(a.text, b.text);
    return iequals(a.encoding, b.encoding) && a.clock_rate_hz == b.clock_rate_hz &&
           channels(a) == channels(b);
}

bool offers(const Media& offer, const Format& format) {
    return std::any_of(offer.formats.begin(), offer.formats.end(),
                       [&](const Format& offered) { return same_format(offered, format); });
}

bool does_not_listen(const Media& media) {
    return media.direction == Direction::sendonly || media.direction == Direction::inactive ||
           (media.port != 0 && media.connection.is_unspecified());
}

Hold hold_of(const Media& offer, const Media& answer) {
    const bool offerer = does_not_listen(offer), answerer = does_not_listen(answer);
    if (offerer && answerer) return Hold::both;
    if (offerer) return Hold::by_offerer;
    return answerer ? Hold::by_answerer : Hold::none;
}

NegotiatedMedia negotiate_line(const Media* offer, const Media* answer) {
    NegotiatedMedia line{offer, answer, {}, Hold::none, answer != nullptr && answer->port == 0};
    if (offer == nullptr || answer == nullptr || line.refused) return line;
    line.hold = hold_of(*offer, *answer);
    for (const Format& format : answer->formats)
        if (offers(*offer, format)) line.formats.push_back(&format);
    return line;
}

} // namespace

std::vector<NegotiatedMedia> negotiate(const Description& offer, const Description& answer) {
    std::vector<NegotiatedMedia> lines;
    const auto count = std::max(offer.media.size(), answer.media.size());
    lines.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        lines.push_back(negotiate_line(i < offer.media.size() ? &offer.media[i] : nullptr,
                                       i < answer.media.size() ? &answer.media[i] : nullptr));
    return lines;
}

} // namespace rungs::sdp
