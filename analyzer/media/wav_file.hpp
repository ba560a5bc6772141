#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace rungs::media {

/// A RIFF WAVE file of 16-bit samples, written at any position: what nobody writes is silence and takes no
/// room on the disk. It appears under its name in `finish`, whole; without that nothing is left. No
/// descriptor stays open between writes: there may be thousands of them.
class WavFile {
  public:
    /// Makes `path` + ".part". Error when it or `path` exists (`path` may when `overwrite`) or cannot be
    /// made.
    static Result<WavFile> create(std::string path, std::uint32_t sample_rate_hz, unsigned channels,
                                  bool overwrite);
    WavFile(WavFile&& other) noexcept;
    WavFile& operator=(WavFile&& other) noexcept;
    ~WavFile();

    /// `samples` (channels interleaved) begin at `position`, counted in samples of all channels. False when
    /// the disk refuses; later writes and `finish` then do nothing.
    bool write(std::uint64_t position, std::span<const std::int16_t> samples);
    /// Fills `out` from `position`; zeros behind the end.
    void read(std::uint64_t position, std::span<std::int16_t> out) const;
    /// Writes the header and gives the file its name.
    Result<void> finish();

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] std::uint32_t sample_rate_hz() const { return m_sample_rate_hz; }
    [[nodiscard]] std::uint64_t samples() const { return m_samples; } ///< of all channels, silence and all

  private:
    WavFile(std::string path, std::uint32_t sample_rate_hz, unsigned channels, bool overwrite);

    std::string m_path, m_part;
    std::uint32_t m_sample_rate_hz = 0;
    unsigned m_channels = 0;
    bool m_overwrite = false, m_failed = false, m_finished = false;
    std::uint64_t m_samples = 0;
};

} // namespace rungs::media
