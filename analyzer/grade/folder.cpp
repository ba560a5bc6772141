#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "analyzer/grade/archive.hpp"
#include "analyzer/grade/remarks.hpp"
#include "core/charset.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

namespace fs = std::filesystem;

/// A regular file that is no link, opened for reading: neither a link nor a pipe that took its place is.
class RegularFile {
  public:
    explicit RegularFile(const fs::path& path)
        : m_descriptor(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {
        m_regular = m_descriptor >= 0 && ::fstat(m_descriptor, &m_status) == 0 && S_ISREG(m_status.st_mode);
    }
    ~RegularFile() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    RegularFile(const RegularFile&) = delete;
    RegularFile& operator=(const RegularFile&) = delete;

    [[nodiscard]] bool regular() const { return m_regular; }
    [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(m_status.st_size); }
    [[nodiscard]] Timestamp modified() const {
        return {m_status.st_mtim.tv_sec * 1'000'000'000 + m_status.st_mtim.tv_nsec};
    }
    /// At most `size()` octets; nothing when reading fails.
    [[nodiscard]] std::optional<std::string> content() const {
        std::string octets(static_cast<std::size_t>(size()), '\0');
        std::size_t done = 0;
        while (done < octets.size()) {
            const ssize_t got = ::read(m_descriptor, octets.data() + done, octets.size() - done);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return std::nullopt;
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        octets.resize(done);
        return octets;
    }

  private:
    int m_descriptor;
    struct stat m_status {};
    bool m_regular = false;
};

class FolderReader {
  public:
    FolderReader(const Budget& budget, const ArchiveReading& read_inside)
        : m_budget(budget), m_read_inside(read_inside) {}

    std::vector<Item> read(const fs::path& folder) {
        walk(folder, {});
        return std::move(m_items);
    }

  private:
    void walk(const fs::path& folder, const Path& place) {
        std::error_code error;
        std::vector<fs::path> children;
        for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error))
            children.push_back(each->path());
        if (error) return unreadable(place);
        std::ranges::sort(children); // the order of a limit must not depend on the disk
        if (children.empty() && !place.empty())
            m_items.push_back(remark_at(place, rule::submission_empty,
                                        fmt::format("{} holds no file.", printable(to_string(place))),
                                        fmt::format("{} 里面没有文件。", printable(to_string(place)))));
        for (const fs::path& child : children) {
            if (m_full) return;
            Path path = place;
            path.push_back(to_utf8(child.filename().native()));
            if (!is_litter(path)) take(child, path);
        }
    }
    void take(const fs::path& child, const Path& path) {
        std::error_code error;
        const fs::file_status status = fs::symlink_status(child, error);
        if (fs::is_directory(status)) {
            if (path.size() < limits::submission_depth) return walk(child, path);
            m_items.push_back(limit_at(path, "submission_depth", to_string(path)));
        } else if (fs::is_regular_file(status)) {
            take_file(child, path);
        } else {
            m_items.push_back(
                remark_at(path, rule::submission_link,
                          fmt::format("{} is a link or a special file; it was not followed.",
                                      printable(to_string(path))),
                          fmt::format("{} 是链接或特殊文件，没有打开。", printable(to_string(path)))));
        }
    }
    void take_file(const fs::path& child, const Path& path) {
        if (m_budget.entries == 0) return stop("class_entries");
        --m_budget.entries;
        const RegularFile file(child);
        if (!file.regular()) return unreadable(path);
        if (file.size() > m_budget.file_octets) {
            m_items.push_back(limit_at(path, "submission_octets", to_string(path)));
            return;
        }
        if (file.size() > m_budget.octets) return stop("class_octets");
        auto octets = file.content();
        if (!octets) return unreadable(path);
        if (is_archive(path.back(), *octets)) {
            std::vector<Item> inside = m_read_inside(*octets, path, m_budget);
            for (Item& item : inside) // an archive in a folder was handed in as it was written
                if (!item.remark && !item.modified) item.modified = file.modified();
            std::ranges::move(inside, std::back_inserter(m_items));
            return;
        }
        m_budget.octets -= octets->size();
        m_items.push_back({path, std::move(*octets), file.modified(), {}});
    }
    void unreadable(const Path& path) {
        m_items.push_back(remark_at(path, rule::submission_unreadable,
                                    fmt::format("{} cannot be read.", printable(to_string(path))),
                                    fmt::format("{} 无法读取。", printable(to_string(path)))));
    }
    void stop(std::string_view limit) {
        m_full = true;
        m_items.push_back(limit_at({}, limit, "the class"));
    }

    Budget m_budget;
    const ArchiveReading& m_read_inside;
    std::vector<Item> m_items;
    bool m_full = false;
};

} // namespace

Result<std::vector<Item>> read_contents(const std::string& path, Budget budget,
                                        const ArchiveReading& read_inside) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        return fail(fmt::format("{}: there is no such folder or archive", printable(path)),
                    "give the folder with the submissions, or the archive as downloaded");
    if (fs::is_directory(status)) {
        if (fs::directory_iterator(path, error); error)
            return fail(fmt::format("{}: cannot be read ({})", printable(path), error.message()));
        return FolderReader(budget, read_inside).read(path);
    }
    if (!fs::is_regular_file(status))
        return fail(fmt::format("{}: neither a folder nor an archive", printable(path)));
    std::vector<Item> items = read_archive_file(path, budget, read_inside);
    const bool nothing =
        std::ranges::all_of(items, [](const Item& item) { return item.remark && item.path.empty(); });
    if (nothing) {
        std::string why = "holds no submission";
        if (!items.empty() && items.front().remark->code != rule::submission_empty.code)
            why = items.front().remark->en;
        return fail(fmt::format("{}: {}", printable(path), why),
                    "a class is a folder, or a zip, 7z, rar or tar archive of one");
    }
    return items;
}

} // namespace rungs::grade
