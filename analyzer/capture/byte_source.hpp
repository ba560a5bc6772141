#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/limits/capture.hpp"
#include "core/result.hpp"

namespace rungs::capture {

/// The octets of one capture file from front to back, already decompressed.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// Reads what is there now, up to the size of `into`; 0 at the end, and when reading broke off.
    virtual std::size_t read(std::span<std::uint8_t> into) = 0;
    /// Octets taken from the file so far, as they lie there (compressed ones before decompression).
    [[nodiscard]] virtual std::uint64_t consumed() const = 0;
    /// Why reading broke off before the end of the file, as the end of a sentence; empty when it did not.
    [[nodiscard]] virtual const std::string& problem() const = 0;
};

/// Octets that were read to see what a file is, and the rest of it.
struct OpenedFile {
    std::vector<std::uint8_t>
        head; ///< the first octets, fewer than `head_octets` only when there are no more
    std::unique_ptr<ByteSource> rest;
    std::uint64_t size = 0;  ///< of a plain file, 0 when that is not known (a pipe, compressed)
    bool rereadable = false; ///< a plain file: offsets in the stream are offsets in the file
    std::string compression; ///< "", "gzip", "zstd", "lz4" or "xz"
};

inline constexpr std::size_t head_octets = 512;

/// When decompression stops: past `octets` of output, as soon as there is more than `ratio` times the input.
struct DecompressionLimits {
    std::uint64_t octets = limits::decompressed_octets;
    std::uint64_t ratio = limits::decompression_ratio;
};

/// Opens a file, or standard input for "-", and takes compression off. Error: nothing there, a directory,
/// empty, unreadable, compressed and damaged from the start; the message begins with the path.
Result<OpenedFile> open_bytes(const std::string& path, DecompressionLimits limits = {});

/// "gzip", "zstd", "lz4", "xz" by the first octets of a file; empty for anything else.
std::string compression_of(Bytes head);

/// `head` and then `rest` without their gzip, zstd, lz4 or xz compression.
std::unique_ptr<ByteSource> decompress(std::vector<std::uint8_t> head, std::unique_ptr<ByteSource> rest,
                                       DecompressionLimits limits);

} // namespace rungs::capture
