#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// The E-model, ITU-T G.107, narrowband, with every parameter that a capture does not show at its default.
namespace rungs::media {

/// ITU-T G.113 Appendix I: equipment impairment and robustness against random loss of a codec.
struct CodecImpairment {
    std::string_view name; ///< the row of the table: "G.711 with PLC"
    double ie = 0;
    double bpl = 1;
};

/// The row for an encoding name of RFC 3551, or nothing where no narrowband value is published (wideband
/// codecs need G.107.1, Opus has no row): such a stream is not rated. G.711 is taken to conceal losses, as
/// receivers do.
std::optional<CodecImpairment> impairment_of(std::string_view encoding, std::uint32_t clock_rate_hz);

/// R with all defaults and no delay and codec impairment: Ro - Is.
inline constexpr double default_r = 93.2;

/// Ie-eff (G.107 clause 3.5): Ie + (95 - Ie) * Ppl / (Ppl / BurstR + Bpl). `burst_ratio` below 1 counts as 1.
double effective_impairment(const CodecImpairment& codec, double loss_percent, double burst_ratio);

/// Idd (G.107 clause 3.4): what one-way delay beyond 100 ms costs when there is no echo.
double delay_impairment(double one_way_delay_ms);

/// MOS-CQE of R (G.107 Annex B), 1 to 4.5. The cubic dips below 1 for R under 6.52: 1 there.
double mos_of(double r);

/// What a stream's quality was computed from, and the outcome.
struct Rating {
    std::string_view codec; ///< CodecImpairment::name
    double ie = 0, bpl = 0;
    double loss_percent = 0, burst_ratio = 1;
    double one_way_delay_ms = 0; ///< assumed: a capture at one point does not show it
    double r_factor = 0, mos = 0;
};
Rating rate(const CodecImpairment& codec, double loss_percent, double burst_ratio, double one_way_delay_ms);

} // namespace rungs::media
