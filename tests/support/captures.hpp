#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/capture/source.hpp"

/// Captures written octet by octet, and what comes back when they are read.
namespace rungs::test {

/// Octets put one after another in a byte order.
class Octets {
  public:
    explicit Octets(bool little_endian = true) : m_little(little_endian) {}

    Octets& u8(std::uint64_t value) { return put(value, 1); }
    Octets& u16(std::uint64_t value) { return put(value, 2); }
    Octets& u32(std::uint64_t value) { return put(value, 4); }
    Octets& u64(std::uint64_t value) { return put(value, 8); }
    Octets& text(std::string_view octets) {
        m_octets += octets;
        return *this;
    }
    Octets& pad(std::size_t to) {
        while (m_octets.size() % to != 0) m_octets += '\0';
        return *this;
    }
    [[nodiscard]] const std::string& str() const { return m_octets; }

  private:
    Octets& put(std::uint64_t value, unsigned octets) {
        for (unsigned i = 0; i < octets; ++i)
            m_octets += static_cast<char>(value >> (m_little ? i : octets - 1 - i) * 8U & 0xffU);
        return *this;
    }
    bool m_little;
    std::string m_octets;
};

/// `count` octets that differ, so that a packet read at a wrong place is noticed.
inline std::string packet(std::size_t count, unsigned seed = 0) {
    std::string octets(count, '\0');
    for (std::size_t i = 0; i < count; ++i) octets[i] = static_cast<char>((i * 7 + seed) & 0xffU);
    return octets;
}

inline std::string pcap_header(bool little = true, std::uint32_t magic = 0xa1b2c3d4,
                               std::uint32_t network = 1, std::uint32_t snapshot_length = 262'144) {
    return Octets(little).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(snapshot_length).u32(network).str();
}

inline std::string pcap_record(std::string_view octets, std::uint32_t seconds, std::uint32_t fraction = 0,
                               bool little = true) {
    return Octets(little).u32(seconds).u32(fraction).u32(octets.size()).u32(octets.size()).text(octets).str();
}

inline std::string block(std::uint32_t type, std::string_view body, bool little = true) {
    const std::string padded = Octets().text(body).pad(4).str();
    const std::size_t length = padded.size() + 12;
    return Octets(little).u32(type).u32(length).text(padded).u32(length).str();
}

inline std::string section(bool little = true, std::uint16_t major = 1) {
    return block(0x0a0d0d0a, Octets(little).u32(0x1a2b3c4d).u16(major).u16(0).u64(~std::uint64_t{0}).str(),
                 little);
}

inline std::string option(std::uint16_t code, std::string_view value, bool little = true) {
    return Octets(little).u16(code).u16(value.size()).text(value).pad(4).str();
}

inline std::string interface_block(std::uint16_t link_type = 1, std::string_view options = {},
                                   bool little = true, std::uint32_t snapshot_length = 0) {
    return block(1, Octets(little).u16(link_type).u16(0).u32(snapshot_length).text(options).str(), little);
}

inline std::string enhanced(std::string_view octets, std::uint64_t ticks, std::uint32_t interface = 0,
                            bool little = true) {
    return block(6,
                 Octets(little)
                     .u32(interface)
                     .u32(ticks >> 32U)
                     .u32(ticks & 0xffffffffU)
                     .u32(octets.size())
                     .u32(octets.size())
                     .text(octets)
                     .str(),
                 little);
}

/// A file that is there as long as the object is.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::string_view content, std::string_view ending = ".pcap") {
        static unsigned count = 0;
        m_path = std::filesystem::temp_directory_path() /
                 ("rungs-test-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "-" +
                  std::to_string(++count) + std::string(ending));
        std::ofstream(m_path, std::ios::binary) << content;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(m_path); }
    [[nodiscard]] std::string path() const { return m_path.string(); }

  private:
    std::filesystem::path m_path;
};

struct ReadFrame {
    Frame frame; ///< its `bytes` are gone
    std::string octets;
};

/// All that a source gives.
struct Everything {
    std::vector<ReadFrame> frames;
    std::vector<capture::Summary> captures;
    std::string error, hint; ///< of `open`

    [[nodiscard]] const capture::Summary& summary() const { return captures.front(); }
    [[nodiscard]] std::vector<std::uint64_t> numbers() const {
        std::vector<std::uint64_t> all;
        for (const ReadFrame& read : frames) all.push_back(read.frame.number);
        return all;
    }
    [[nodiscard]] std::uint64_t count(std::string_view block_name) const {
        for (const auto& [name, number] : summary().blocks)
            if (name == block_name) return number;
        return 0;
    }
};

inline Everything read_files(const std::vector<std::string>& paths,
                             const capture::OpenOptions& options = {}) {
    Everything all;
    auto source = capture::open(paths, options);
    if (!source) {
        all.error = source.error().message;
        all.hint = source.error().hint;
        return all;
    }
    capture::FrameBatch batch;
    while ((*source)->next(batch))
        for (const Frame& frame : batch.frames) {
            all.frames.push_back({frame, std::string(as_text(frame.bytes))});
            all.frames.back().frame.bytes = {};
        }
    all.captures = (*source)->captures();
    return all;
}

/// Reads a capture that has this content.
inline Everything read_capture(std::string_view content, const capture::OpenOptions& options = {}) {
    const TemporaryFile file(content);
    return read_files({file.path()}, options);
}

} // namespace rungs::test
