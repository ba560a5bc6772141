#include "analyzer/capture/reader.hpp"

#include <algorithm>
#include <utility>

#include "core/limits/capture.hpp"

namespace rungs::capture {

void add_remark(Summary& summary, std::string sentence) {
    if (summary.remarks.size() < limits::capture_remarks) summary.remarks.push_back(std::move(sentence));
}

void count_block(Summary& summary, std::string_view name) {
    const auto place = std::ranges::lower_bound(
        summary.blocks, name, {}, [](const auto& block) { return std::string_view(block.first); });
    if (place != summary.blocks.end() && place->first == name)
        ++place->second;
    else
        summary.blocks.emplace(place, name, 1);
}

bool Reader::next(FrameBatch& batch) {
    batch.clear();
    while (batch.frames.empty() && !m_finished) {
        if (m_window.fill(m_needed))
            take_complete(batch);
        else
            finish();
    }
    if (batch.frames.empty()) return false;
    batch.buffers.push_back(m_window.buffer());
    return true;
}

void Reader::finish() {
    m_finished = true;
    const std::string& problem = m_window.source().problem();
    const std::size_t left = m_window.unread().size();
    if (left == 0 && problem.empty()) return;
    m_summary.truncated = true;
    m_summary.skipped_octets += left;
    if (!problem.empty())
        add_remark(m_summary, "Reading stopped at " + place(left) + ": " + problem + ".");
    else
        add_remark(m_summary, "The file ends inside a record that begins at " + place() + " (" +
                                  std::to_string(left) +
                                  " octets of it are there); everything before it was read.");
}

void Reader::stop(const std::string& why) {
    m_finished = true;
    m_summary.truncated = true;
    const std::uint64_t size = m_window.file().size;
    const std::uint64_t unread = m_window.unread().size();
    m_summary.skipped_octets += size > m_window.offset() + unread ? size - m_window.offset() : unread;
    add_remark(m_summary, "Reading stopped at " + place() + ": " + why + ".");
}

void Reader::add_link_type(LinkType link_type) {
    if (m_link_type_seen[link_type]) return;
    m_link_type_seen[link_type] = true;
    m_summary.link_types.push_back(link_type);
}

std::string Reader::place(std::size_t ahead) const {
    const std::string byte = "byte " + std::to_string(m_window.offset() + ahead);
    return m_window.file().compression.empty() ? byte : byte + " of the uncompressed capture";
}

} // namespace rungs::capture
