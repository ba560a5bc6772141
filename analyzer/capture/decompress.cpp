#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>

#include "analyzer/capture/byte_source.hpp"
#include "core/text.hpp"

namespace rungs::capture {
namespace {

/// Feeds libarchive with a compressed stream and hands out what comes out of it ("raw": the stream is the
/// content).
class DecompressedSource final : public ByteSource {
  public:
    DecompressedSource(std::vector<std::uint8_t> head, std::unique_ptr<ByteSource> rest,
                       DecompressionLimits limits)
        : m_head(std::move(head)), m_rest(std::move(rest)), m_limits(limits), m_archive(archive_read_new()) {
        archive_read_support_filter_gzip(m_archive.get());
        archive_read_support_filter_zstd(m_archive.get());
        archive_read_support_filter_lz4(m_archive.get());
        archive_read_support_filter_xz(m_archive.get());
        archive_read_support_format_raw(m_archive.get());
        archive_entry* entry = nullptr;
        m_open = archive_read_open2(m_archive.get(), this, nullptr, &read_compressed, nullptr, nullptr) ==
                     ARCHIVE_OK &&
                 archive_read_next_header(m_archive.get(), &entry) == ARCHIVE_OK;
        if (!m_open) note_problem();
    }

    std::size_t read(std::span<std::uint8_t> into) override {
        while (m_block.empty() && m_open) next_block();
        const Bytes taken = m_block.first(std::min(into.size(), m_block.size()));
        std::ranges::copy(taken, into.begin());
        m_block = m_block.subspan(taken.size());
        return taken.size();
    }
    [[nodiscard]] std::uint64_t consumed() const override { return m_rest->consumed(); }
    [[nodiscard]] const std::string& problem() const override { return m_problem; }

  private:
    static la_ssize_t read_compressed(archive* handle, void* self, const void** octets) {
        return static_cast<DecompressedSource*>(self)->read_compressed(handle, octets);
    }
    la_ssize_t read_compressed(archive* handle, const void** octets) {
        if (m_head_given) {
            m_input.resize(input_octets);
            m_input.resize(m_rest->read(m_input));
            *octets = m_input.data();
            if (m_input.empty() && !m_rest->problem().empty()) {
                archive_set_error(handle, EIO, "%s", m_rest->problem().c_str());
                return ARCHIVE_FATAL;
            }
            return static_cast<la_ssize_t>(m_input.size());
        }
        m_head_given = true;
        *octets = m_head.data();
        return static_cast<la_ssize_t>(m_head.size());
    }
    /// Block by block, since archive_read_data drops what it has when an error follows.
    void next_block() {
        const void* octets = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int result = archive_read_data_block(m_archive.get(), &octets, &size, &offset);
        m_open = result == ARCHIVE_OK;
        if (!m_open) {
            if (result != ARCHIVE_EOF) note_problem();
            return;
        }
        m_produced += size;
        if (m_produced > m_limits.octets && m_produced / m_limits.ratio > consumed()) {
            m_open = false;
            m_problem = "decompression stopped: more than " + std::to_string(m_limits.octets) +
                        " octets came out, over " + std::to_string(m_limits.ratio) + " times what went in";
            return;
        }
        m_block = {static_cast<const std::uint8_t*>(octets), size};
    }
    void note_problem() {
        const char* text = archive_error_string(m_archive.get());
        m_problem = "the compressed data is cut or damaged";
        if (text != nullptr) m_problem += " (" + printable(text) + ")";
    }

    static constexpr std::size_t input_octets = 64U << 10U;

    struct Free {
        void operator()(archive* handle) const { archive_read_free(handle); }
    };
    std::vector<std::uint8_t> m_head, m_input;
    std::unique_ptr<ByteSource> m_rest;
    DecompressionLimits m_limits;
    std::unique_ptr<archive, Free> m_archive;
    Bytes m_block; ///< decompressed and not yet read; libarchive's, until its next one
    std::uint64_t m_produced = 0;
    bool m_head_given = false;
    bool m_open = false;
    std::string m_problem;
};

} // namespace

std::unique_ptr<ByteSource> decompress(std::vector<std::uint8_t> head, std::unique_ptr<ByteSource> rest,
                                       DecompressionLimits limits) {
    return std::make_unique<DecompressedSource>(std::move(head), std::move(rest), limits);
}

} // namespace rungs::capture
