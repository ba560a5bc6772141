#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/capture/filter.hpp"
#include "analyzer/capture/reader.hpp"
#include "analyzer/capture/source.hpp"

namespace rungs::capture {

/// An input that has frames waiting, with the time of the next one.
struct MergeTurn {
    Timestamp time;
    std::size_t input = 0;
};

/// Frames of capture files: one file in file order, several merged by time. Made by `capture::open`.
class FileSource final : public FrameSource {
  public:
    explicit FileSource(const OpenOptions& options);

    /// Opens all files and reads the beginning of each. Error: as for `capture::open`.
    Result<void> open(const std::vector<std::string>& paths);

    bool next(FrameBatch& batch) override;
    [[nodiscard]] const std::vector<Summary>& captures() const override { return m_captures; }
    [[nodiscard]] std::uint64_t octets_read() const override;

  private:
    /// A file, and the frames of it that have been read and not yet delivered.
    struct Input {
        std::unique_ptr<Reader> reader;
        FrameBatch waiting;
        std::size_t position = 0;   ///< of the next frame in `waiting`
        std::size_t link_types = 0; ///< of its summary, for which the filter was compiled
        bool lent = false;          ///< the batch being filled holds the buffers of `waiting`
        bool has_times = false;     ///< Summary::first and last are set
    };

    Result<void> open_input(std::size_t index, std::size_t buffer_octets);
    /// Reads the next frames of an input; false at its end.
    bool refill(std::size_t index, FrameBatch& batch);
    /// Compiles the filter for link types that have come up; the text of libpcap where that fails.
    std::vector<Error> compile_filter(std::size_t index);
    void take_file_order(FrameBatch& batch);
    void take_merged(FrameBatch& batch);
    void add_turn(std::size_t index);
    [[nodiscard]] Duration shift_of(std::size_t index) const {
        return index < m_options.time_shifts.size() ? m_options.time_shifts[index] : Duration{};
    }
    /// Counts the frame; false when the filter leaves it out.
    bool admit(const Frame& frame);
    /// Delivered frames of one capture, one at least.
    void count(std::span<const Frame> frames);
    [[nodiscard]] bool limit_reached() const {
        return m_options.packet_limit != 0 && m_delivered == m_options.packet_limit;
    }

    OpenOptions m_options;
    std::optional<PacketFilter> m_filter;
    std::vector<Summary> m_captures;
    std::vector<Input> m_inputs;    ///< one for each capture
    std::vector<MergeTurn> m_turns; ///< a heap, the earliest on top
    std::uint64_t m_merged = 0;     ///< frames merged so far, filtered ones too: the number of the last
    std::uint64_t m_delivered = 0;
};

} // namespace rungs::capture
