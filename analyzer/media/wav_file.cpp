#include "analyzer/media/wav_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace rungs::media {
namespace {

constexpr std::uint64_t header_octets = 44;

/// Closes what it holds.
class Descriptor {
  public:
    Descriptor(const std::string& path, int flags)
        : m_number(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
    ~Descriptor() {
        if (m_number >= 0) ::close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] bool is_open() const { return m_number >= 0; }

  private:
    int m_number;
};

bool write_all(int descriptor, std::span<const std::uint8_t> octets, std::uint64_t offset) {
    while (!octets.empty()) {
        const auto count = ::pwrite(descriptor, octets.data(), octets.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        octets = octets.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return true;
}

/// Little endian, as RIFF wants it.
void put(std::vector<std::uint8_t>& out, std::uint32_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put(std::vector<std::uint8_t>& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

std::vector<std::uint8_t> header(std::uint32_t rate_hz, unsigned channels, std::uint64_t samples) {
    constexpr std::uint64_t most = 0xffffffff - header_octets;
    const auto data = static_cast<std::uint32_t>(std::min(samples * 2, most));
    std::vector<std::uint8_t> out;
    put(out, "RIFF");
    put(out, data + header_octets - 8, 4);
    put(out, "WAVEfmt ");
    put(out, 16, 4); // octets of this chunk
    put(out, 1, 2);  // PCM
    put(out, channels, 2);
    put(out, rate_hz, 4);
    put(out, rate_hz * channels * 2, 4); // octets a second
    put(out, channels * 2, 2);           // octets of a sample of all channels
    put(out, 16, 2);                     // bits of a sample
    put(out, "data");
    put(out, data, 4);
    return out;
}

std::string reason() {
    return std::error_code(errno, std::generic_category()).message();
}

} // namespace

WavFile::WavFile(std::string path, std::uint32_t sample_rate_hz, unsigned channels, bool overwrite)
    : m_path(std::move(path)), m_part(m_path + ".part"), m_sample_rate_hz(sample_rate_hz),
      m_channels(channels), m_overwrite(overwrite) {}

WavFile::WavFile(WavFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_part(std::exchange(other.m_part, {})),
      m_sample_rate_hz(other.m_sample_rate_hz), m_channels(other.m_channels), m_overwrite(other.m_overwrite),
      m_failed(other.m_failed), m_finished(other.m_finished), m_samples(other.m_samples) {}

WavFile& WavFile::operator=(WavFile&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_part, other.m_part);
    std::swap(m_sample_rate_hz, other.m_sample_rate_hz);
    std::swap(m_channels, other.m_channels);
    std::swap(m_overwrite, other.m_overwrite);
    std::swap(m_failed, other.m_failed);
    std::swap(m_finished, other.m_finished);
    std::swap(m_samples, other.m_samples);
    return *this;
}

WavFile::~WavFile() {
    if (!m_finished && !m_part.empty()) ::unlink(m_part.c_str());
}

Result<WavFile> WavFile::create(std::string path, std::uint32_t sample_rate_hz, unsigned channels,
                                bool overwrite) {
    std::error_code error;
    if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(path, error)))
        return fail(fmt::format("{} exists already", path),
                    "choose another folder, or say --overwrite to replace what is there");
    const std::string part = path + ".part";
    const Descriptor file(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file.is_open()) return fail(fmt::format("{}: {}", part, reason()));
    return WavFile(std::move(path), sample_rate_hz, channels, overwrite);
}

bool WavFile::write(std::uint64_t position, std::span<const std::int16_t> samples) {
    if (m_failed) return false;
    std::vector<std::uint8_t> octets;
    octets.reserve(samples.size() * 2);
    for (const std::int16_t sample : samples) put(octets, static_cast<std::uint16_t>(sample), 2);
    const Descriptor file(m_part, O_WRONLY | O_NOFOLLOW);
    m_failed = !file.is_open() || !write_all(file.number(), octets, header_octets + position * 2);
    m_samples = std::max(m_samples, position + samples.size());
    return !m_failed;
}

void WavFile::read(std::uint64_t position, std::span<std::int16_t> out) const {
    std::vector<std::uint8_t> octets(out.size() * 2);
    const Descriptor file(m_finished ? m_path : m_part, O_RDONLY | O_NOFOLLOW);
    std::size_t got = 0;
    while (file.is_open() && got < octets.size()) {
        const auto offset = static_cast<off_t>(header_octets + position * 2 + got);
        const auto rest = std::span(octets).subspan(got);
        const auto count = ::pread(file.number(), rest.data(), rest.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        got += static_cast<std::size_t>(count);
    }
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::int16_t>(octets[2 * i] | octets[2 * i + 1] << 8U);
}

Result<void> WavFile::finish() {
    if (m_samples % m_channels != 0) m_samples += m_channels - m_samples % m_channels;
    {
        const Descriptor file(m_part, O_WRONLY | O_NOFOLLOW);
        const auto size = static_cast<off_t>(header_octets + m_samples * 2);
        m_failed = m_failed || !file.is_open() ||
                   !write_all(file.number(), header(m_sample_rate_hz, m_channels, m_samples), 0) ||
                   ::ftruncate(file.number(), size) != 0;
    }
    if (m_failed) return fail(fmt::format("{}: {}", m_part, reason()));
    // A link fails where a rename would replace what appeared meanwhile.
    const bool named = m_overwrite
                           ? ::rename(m_part.c_str(), m_path.c_str()) == 0
                           : ::link(m_part.c_str(), m_path.c_str()) == 0 && ::unlink(m_part.c_str()) == 0;
    if (!named) return fail(fmt::format("{}: {}", m_path, reason()));
    m_finished = true;
    return {};
}

} // namespace rungs::media
