#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analyzer/capture/pcap_reader.hpp"
#include "analyzer/capture/reader.hpp"
#include "core/text.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

namespace {

/// A file in memory, read in pieces of at most `piece` octets.
class MemorySource final : public capture::ByteSource {
  public:
    MemorySource(Bytes octets, std::size_t piece) : m_octets(octets), m_piece(piece) {}
    std::size_t read(std::span<std::uint8_t> into) override {
        const std::size_t count = std::min({into.size(), m_piece, m_octets.size() - m_at});
        std::copy_n(m_octets.subspan(m_at).begin(), count, into.begin());
        m_at += count;
        return count;
    }
    [[nodiscard]] std::uint64_t consumed() const override { return m_at; }
    [[nodiscard]] const std::string& problem() const override { return m_problem; }

  private:
    Bytes m_octets;
    std::size_t m_piece, m_at = 0;
    std::string m_problem;
};

struct Record {
    std::uint64_t number = 0;
    std::int64_t time = 0, offset = 0;
    LinkType link_type = 0;
    std::uint32_t wire = 0;
    std::string octets;
    friend bool operator==(const Record&, const Record&) = default;
};

struct Content {
    std::vector<Record> records;
    std::vector<std::string> remarks;
    std::vector<std::pair<std::string, std::uint64_t>> blocks;
    bool truncated = false;
    std::string error;
};

Content read_all(const std::vector<std::uint8_t>& file, std::size_t buffer, std::size_t piece) {
    capture::OpenedFile opened;
    const std::size_t head = std::min(file.size(), capture::head_octets);
    opened.head.assign(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(head));
    opened.rest = std::make_unique<MemorySource>(Bytes(file).subspan(head), piece);
    opened.size = file.size();
    opened.rereadable = true;

    capture::Summary summary;
    summary.path = "fuzz";
    Content content;
    const auto reader = capture::make_reader(std::move(opened), summary, buffer);
    if (!reader) {
        content.error = reader.error().message;
        return content;
    }
    capture::FrameBatch batch;
    while ((*reader)->next(batch))
        for (const Frame& frame : batch.frames)
            content.records.push_back({frame.number, frame.time.ns, frame.file_offset, frame.link_type,
                                       frame.original_length, std::string(as_text(frame.bytes))});
    content.remarks = summary.remarks;
    content.blocks = summary.blocks;
    content.truncated = summary.truncated;
    return content;
}

void check_records(const std::vector<std::uint8_t>& file, const Content& content) {
    std::uint64_t number = 0;
    std::size_t octets = 0;
    for (const Record& record : content.records) {
        require(record.number > number, "records are numbered upwards");
        number = record.number;
        octets += record.octets.size();
        require(octets <= file.size(), "there are no more octets in packets than in the file");
        require(record.offset >= 0 && static_cast<std::size_t>(record.offset) <= file.size(),
                "an offset stands in the file");
        require(as_text(file).substr(static_cast<std::size_t>(record.offset), record.octets.size()) ==
                    record.octets,
                "the octets of a record are those at its offset");
    }
    require(content.remarks.size() <= limits::capture_remarks, "remarks are bounded");
    for (const std::string& remark : content.remarks)
        require(printable(remark) == remark, "remarks are printable");
}

void check(const std::vector<std::uint8_t>& file) {
    const Content content = read_all(file, limits::capture_buffer_octets, ~std::size_t{0});
    check_records(file, content);
    const Content small = read_all(file, 64, 7);
    require(small.records == content.records, "records do not depend on how the file is read");
    require(small.blocks == content.blocks && small.truncated == content.truncated &&
                small.remarks == content.remarks && small.error == content.error,
            "what is said about the file does not depend on how it is read");
}

/// `input` behind one of the four magic numbers, in either order: the fuzzer need not find them.
std::vector<std::uint8_t> with_magic(Bytes input) {
    constexpr std::array<std::uint32_t, 8> magics{0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,
                                                  0xa1b2cd34, 0x34cdb2a1, 0xa1b2c3d4, 0xd4c3b2a1};
    std::vector<std::uint8_t> file(input.begin(), input.end());
    if (file.size() < 4 || capture::pcap_variant(file)) return file;
    const std::uint32_t magic = magics[file[0] % magics.size()];
    for (unsigned i = 0; i < 4; ++i) file[i] = static_cast<std::uint8_t>(magic >> (24 - 8 * i));
    return file;
}

} // namespace

FUZZ_TARGET(pcap) {
    check(with_magic(input));
}

FUZZ_TARGET(pcapng) {
    std::vector<std::uint8_t> file{0x0a, 0x0d, 0x0d, 0x0a};
    file.insert(file.end(), input.begin() + std::min<std::ptrdiff_t>(4, std::ssize(input)), input.end());
    check(file);
}
