#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/capture/source.hpp"
#include "analyzer/capture/window.hpp"
#include "core/limits/capture.hpp"

namespace rungs::capture {

/// Adds `sentence` to the remarks while there are fewer than limits::capture_remarks.
void add_remark(Summary& summary, std::string sentence);
/// Counts one record that is no packet, keeping the names in alphabetical order.
void count_block(Summary& summary, std::string_view name);

/// Takes the records out of one capture in file order. What is odd goes into the Summary, which outlives the
/// reader; counts of packets and their times are left to whoever decides which frames are delivered.
class Reader {
  public:
    Reader(Window window, Summary& summary) : m_window(std::move(window)), m_summary(summary) {}
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    virtual ~Reader() = default;

    /// Replaces the content of `batch` with the next complete records, all in one buffer, numbered as
    /// Wireshark numbers the records of this file; false at the end.
    bool next(FrameBatch& batch);
    [[nodiscard]] std::uint64_t octets_read() const { return m_window.source().consumed(); }

  protected:
    /// Consumes all records that are complete in the window. Says with `need` how many octets the next one
    /// has as far as that is known, or with `stop` that nothing more can be read.
    virtual void take_complete(FrameBatch& batch) = 0;

    void need(std::size_t octets) { m_needed = octets; }
    /// Where a record begins is only known from the one before it, so a reader would wait for memory at each.
    /// This asks for octets that it will come to some records later.
    static void prefetch_ahead(Bytes unread) {
        constexpr std::size_t distance = 2048;
        if (distance < unread.size()) __builtin_prefetch(unread.subspan(distance).data());
    }
    /// The rest of the file cannot be read because of `why`, which ends the sentence "Reading stopped at byte
    /// ...".
    void stop(const std::string& why);
    /// Keeps the link type in the summary when it is a new one.
    void add_link_type(LinkType link_type);
    /// "byte 1234" for the position `ahead` octets after the first unread one.
    [[nodiscard]] std::string place(std::size_t ahead = 0) const;
    /// The file offset of the octet `ahead` of the first unread one, or -1 when it cannot be read again.
    [[nodiscard]] std::int64_t file_offset(std::size_t ahead) const {
        return m_window.file().rereadable ? static_cast<std::int64_t>(m_window.offset() + ahead) : -1;
    }

    Window m_window;
    Summary& m_summary;
    std::uint64_t m_number = 0; ///< of the last record

  private:
    void finish();

    std::size_t m_needed = 1;
    std::vector<bool> m_link_type_seen = std::vector<bool>(std::numeric_limits<LinkType>::max() + 1U);
    bool m_finished = false;
};

/// A reader for an opened file, with Summary::format and what its header tells. Error: not a capture, or not
/// one that can be read; the message begins with the summary's path.
Result<std::unique_ptr<Reader>> make_reader(OpenedFile file, Summary& summary, std::size_t buffer_octets);

} // namespace rungs::capture
