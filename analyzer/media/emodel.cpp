#include "analyzer/media/emodel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.hpp"

namespace rungs::media {
namespace {

struct Row {
    std::string_view encoding;
    CodecImpairment impairment;
};

constexpr std::array<Row, 5> rows{{
    {"PCMU", {"G.711 with PLC", 0, 25.1}},
    {"PCMA", {"G.711 with PLC", 0, 25.1}},
    {"G729", {"G.729A with VAD", 11, 19.0}},
    {"G723", {"G.723.1 6.3 kbit/s with VAD", 15, 16.1}},
    {"GSM-EFR", {"GSM-EFR", 5, 10.0}},
}};

} // namespace

std::optional<CodecImpairment> impairment_of(std::string_view encoding, std::uint32_t clock_rate_hz) {
    if (clock_rate_hz != 8000) return std::nullopt;
    for (const Row& row : rows)
        if (iequals(row.encoding, encoding)) return row.impairment;
    return std::nullopt;
}

double effective_impairment(const CodecImpairment& codec, double loss_percent, double burst_ratio) {
    const double loss = std::clamp(loss_percent, 0.0, 100.0);
    return codec.ie + (95 - codec.ie) * loss / (loss / std::max(burst_ratio, 1.0) + codec.bpl);
}

double delay_impairment(double one_way_delay_ms) {
    if (one_way_delay_ms <= 100) return 0;
    const double x = std::log2(one_way_delay_ms / 100);
    const auto sixth_root_of_1_plus = [](double value) { return std::pow(1 + std::pow(value, 6), 1.0 / 6); };
    return 25 * (sixth_root_of_1_plus(x) - 3 * sixth_root_of_1_plus(x / 3) + 2);
}

double mos_of(double r) {
    if (r <= 0) return 1;
    if (r >= 100) return 4.5;
    return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

Rating rate(const CodecImpairment& codec, double loss_percent, double burst_ratio, double one_way_delay_ms) {
    Rating rating{codec.name,       codec.ie, codec.bpl, loss_percent, std::max(burst_ratio, 1.0),
                  one_way_delay_ms, 0,        0};
    // Long bursts drive the formula below the scale, which ends at 0.
    rating.r_factor = std::max(0.0, default_r - delay_impairment(one_way_delay_ms) -
                                        effective_impairment(codec, loss_percent, burst_ratio));
    rating.mos = mos_of(rating.r_factor);
    return rating;
}

} // namespace rungs::media
