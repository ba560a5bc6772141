#include "analyzer/capture/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "core/text.hpp"

namespace rungs::capture {
namespace {

std::string error_text(int code) {
    return std::generic_category().message(code);
}

/// A file descriptor that is closed when it is ours.
class Descriptor {
  public:
    Descriptor(int fd, bool owned) : m_fd(fd), m_owned(owned) {}
    Descriptor(Descriptor&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)), m_owned(std::exchange(other.m_owned, false)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (m_owned && m_fd >= 0) ::close(m_fd);
    }
    [[nodiscard]] int get() const { return m_fd; }

  private:
    int m_fd;
    bool m_owned;
};

class PlainSource final : public ByteSource {
  public:
    explicit PlainSource(Descriptor file) : m_file(std::move(file)) {}

    std::size_t read(std::span<std::uint8_t> into) override {
        ssize_t count = 0;
        do {
            count = ::read(m_file.get(), into.data(), into.size());
        } while (count < 0 && errno == EINTR);
        if (count < 0) {
            m_problem = "reading failed: " + error_text(errno);
            return 0;
        }
        m_consumed += static_cast<std::uint64_t>(count);
        return static_cast<std::size_t>(count);
    }
    [[nodiscard]] std::uint64_t consumed() const override { return m_consumed; }
    [[nodiscard]] const std::string& problem() const override { return m_problem; }

  private:
    Descriptor m_file;
    std::uint64_t m_consumed = 0;
    std::string m_problem;
};

std::vector<std::uint8_t> read_head(ByteSource& source) {
    std::vector<std::uint8_t> head(head_octets);
    std::size_t filled = 0;
    while (filled < head.size()) {
        const std::size_t count = source.read(std::span(head).subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    head.resize(filled);
    return head;
}

Result<Descriptor> open_descriptor(const std::string& path) {
    const std::string name = printable(path);
    if (path == "-") {
        if (::isatty(STDIN_FILENO) != 0)
            return fail(name + ": standard input is a terminal", "give a file, or pipe a capture in");
        return Descriptor(STDIN_FILENO, false);
    }
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return Descriptor(fd, true);
    const int code = errno;
    if (code == ENOENT) return fail(name + ": there is no such file", "check the name and the folder");
    if (code == EACCES)
        return fail(name + ": no permission to read it", "check the owner and mode of the file");
    return fail(name + ": cannot be opened: " + error_text(code));
}

} // namespace

Result<OpenedFile> open_bytes(const std::string& path, DecompressionLimits limits) {
    const std::string name = printable(path);
    auto file = open_descriptor(path);
    if (!file) return tl::unexpected(file.error());

    struct stat status {};
    if (::fstat(file->get(), &status) != 0) return fail(name + ": cannot be examined: " + error_text(errno));
    if (S_ISDIR(status.st_mode))
        return fail(name + ": is a directory, not a capture file",
                    "name the captures in it: " + name + "/*.pcap");

    OpenedFile opened;
    opened.rest = std::make_unique<PlainSource>(std::move(*file));
    opened.head = read_head(*opened.rest);
    if (!opened.rest->problem().empty()) return fail(name + ": " + opened.rest->problem());
    if (opened.head.empty())
        return fail(name + ": the file is empty", "was the capture stopped before it was saved?");

    opened.compression = compression_of(opened.head);
    if (opened.compression.empty()) {
        opened.rereadable = path != "-" && S_ISREG(status.st_mode);
        if (opened.rereadable) opened.size = static_cast<std::uint64_t>(status.st_size);
        return opened;
    }
    opened.rest = decompress(std::move(opened.head), std::move(opened.rest), limits);
    opened.head = read_head(*opened.rest);
    if (!opened.head.empty()) return opened;
    const std::string why = opened.rest->problem().empty() ? "it holds nothing" : opened.rest->problem();
    return fail(name + ": nothing can be read of this " + opened.compression + " file: " + why,
                "copy or download it again");
}

std::string compression_of(Bytes head) {
    const std::string_view text = as_text(head);
    if (text.starts_with("\x1f\x8b")) return "gzip";
    if (text.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
    if (text.starts_with("\x04\x22\x4d\x18") || text.starts_with("\x02\x21\x4c\x18")) return "lz4";
    if (text.starts_with(std::string_view("\xfd"
                                          "7zXZ\0",
                                          6)))
        return "xz";
    return {};
}

} // namespace rungs::capture
