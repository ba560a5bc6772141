#include "analyzer/grade/archive.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <locale.h>
#include <memory>

#include <fmt/format.h>

#include "analyzer/grade/remarks.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

/// libarchive turns the names of 7z and of marked zip entries into the locale's encoding, and drops what does
/// not fit. For this thread and this long that encoding is UTF-8; names without a mark stay as they are.
class Utf8Names {
  public:
    Utf8Names() : m_locale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), m_before(uselocale(m_locale)) {}
    ~Utf8Names() {
        uselocale(m_before);
        if (m_locale != nullptr) freelocale(m_locale);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

  private:
    locale_t m_locale, m_before;
};

struct Free {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, Free>;

Archive new_archive() {
    Archive handle(archive_read_new());
    archive_read_support_format_zip(handle.get());
    archive_read_support_format_7zip(handle.get());
    archive_read_support_format_rar(handle.get());
    archive_read_support_format_rar5(handle.get());
    archive_read_support_format_tar(handle.get());
    archive_read_support_filter_gzip(handle.get());
    archive_read_support_filter_bzip2(handle.get());
    archive_read_support_filter_xz(handle.get());
    archive_read_support_filter_zstd(handle.get());
    return handle;
}

std::optional<Timestamp> modified(archive_entry* entry) {
    if (archive_entry_mtime_is_set(entry) == 0) return std::nullopt;
    const std::int64_t seconds = archive_entry_mtime(entry);
    if (seconds < 0 || seconds > 0x1'ffff'ffffLL) return std::nullopt;
    return Timestamp{seconds * 1'000'000'000 + archive_entry_mtime_nsec(entry)};
}

class Reader {
  public:
    /// `own` are the limits of this archive.
    Reader(archive* handle, const Path& place, std::uint64_t packed, Budget& own,
           const ArchiveReading& read_inside, std::vector<Item>& items)
        : m_archive(handle), m_place(place), m_packed(packed), m_budget(own), m_read_inside(read_inside),
          m_items(items) {}

    void read(bool opened) {
        const std::size_t before = m_items.size();
        m_format_known = opened;
        archive_entry* entry = nullptr;
        while (opened && !m_stopped) {
            const int result = archive_read_next_header(m_archive, &entry);
            if (result == ARCHIVE_EOF) break;
            opened = result != ARCHIVE_FATAL;
            if (opened && result != ARCHIVE_RETRY) take(entry);
        }
        if (!opened) tell_failure();
        if (m_items.size() == before && !m_litter)
            tell(rule::submission_empty, "holds no file", "里面没有文件");
    }

  private:
    void take(archive_entry* entry) {
        bool leads_out = false;
        const char* raw = archive_entry_pathname(entry);
        Path path = entry_path(raw == nullptr ? "?" : raw, leads_out);
        const bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
        if (path.empty() || is_folder) return;
        if (is_litter(path)) {
            m_litter = true;
            return;
        }
        if (m_budget.entries == 0) return stop(m_place.empty() ? "class_entries" : "submission_entries");
        --m_budget.entries;
        if (leads_out && !m_path_told) {
            m_path_told = true;
            tell(rule::archive_path, fmt::format("has names that lead out of it, like {}", printable(raw)),
                 fmt::format("含有指向外部的名字，例如 {}", printable(raw)));
        }
        path.insert(path.begin(), m_place.begin(), m_place.end());
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
            m_items.push_back(
                remark_at(path, rule::submission_link,
                          fmt::format("{} is a link or a special file; it was not followed.",
                                      printable(to_string(path))),
                          fmt::format("{} 是链接或特殊文件，没有打开。", printable(to_string(path)))));
            return;
        }
        take_file(std::move(path), entry);
    }
    void take_file(Path path, archive_entry* entry) {
        if (archive_entry_is_encrypted(entry) != 0) return tell_encrypted();
        Item item{std::move(path), {}, modified(entry), {}};
        const bool complete = read_data(item);
        if (m_stopped) return;
        if (complete && is_archive(item.path.back(), item.octets)) return open(item);
        m_items.push_back(std::move(item));
    }
    /// What can be read; the beginning of a file that is cut is kept.
    bool read_data(Item& item) {
        const void* block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        while (true) {
            const int result = archive_read_data_block(m_archive, &block, &size, &offset);
            if (result == ARCHIVE_EOF) return true;
            if (result < ARCHIVE_WARN) {
                tell_failure();
                return false;
            }
            if (offset < 0 || !fits(item, static_cast<std::uint64_t>(offset), size)) {
                item.octets = {};
                return false;
            }
            item.octets.resize(static_cast<std::size_t>(offset)); // holes of sparse files
            item.octets.append(static_cast<const char*>(block), size);
        }
    }
    /// False once a limit says no; then it has been told.
    bool fits(const Item& item, std::uint64_t offset, std::uint64_t size) {
        const std::uint64_t end = offset + size;
        if (end > m_budget.file_octets) {
            m_items.push_back(limit_at(item.path, "submission_octets", to_string(item.path)));
            return false;
        }
        const std::uint64_t more = end - std::min<std::uint64_t>(end, item.octets.size());
        m_unpacked += more;
        if (more > m_budget.octets) {
            stop(m_place.empty() ? "class_octets" : "submission_octets");
            return false;
        }
        m_budget.octets -= more;
        if (m_unpacked > m_budget.ratio_octets && m_unpacked / m_budget.ratio > m_packed) {
            stop("archive_ratio");
            return false;
        }
        return true;
    }
    void open(const Item& item) {
        if (m_budget.depth == 0) {
            m_items.push_back(remark_at(
                item.path, rule::archive_nested,
                fmt::format("{} lies too deep in other archives and was left closed.",
                            printable(to_string(item.path))),
                fmt::format("{} 嵌套在太多层压缩包里，没有打开。", printable(to_string(item.path)))));
            return;
        }
        std::vector<Item> inside = m_read_inside(item.octets, item.path, m_budget);
        std::ranges::move(inside, std::back_inserter(m_items));
    }
    void tell_failure() {
        const char* text = archive_error_string(m_archive);
        const std::string why = text == nullptr ? "unknown format" : printable(text);
        // libarchive 3.6 reads past its formats when it is asked this of what is none of them.
        if (m_format_known && archive_read_has_encrypted_entries(m_archive) > 0) return tell_encrypted();
        if (!m_damage_told)
            tell(rule::archive_damaged,
                 fmt::format("is cut or damaged ({}); what could be read is kept", why),
                 fmt::format("不完整或已损坏（{}），能读出的部分已保留", why));
        m_damage_told = true;
    }
    void tell_encrypted() {
        if (!m_encryption_told)
            tell(rule::archive_encrypted, "is encrypted; what needs its password was not read",
                 "已加密，需要密码的部分没有读取");
        m_encryption_told = true;
    }
    void tell(const findings::Rule& rule, std::string_view en, std::string_view zh_cn) {
        m_items.push_back(remark_at(m_place, rule, fmt::format("{} {}.", name(), en),
                                    fmt::format("{}：{}。", name(), zh_cn)));
    }
    void stop(std::string_view limit) {
        m_stopped = true;
        m_items.push_back(limit_at(m_place, limit, name()));
    }
    [[nodiscard]] std::string name() const {
        return m_place.empty() ? "the archive" : printable(to_string(m_place));
    }

    archive* m_archive;
    const Path& m_place;
    std::uint64_t m_packed; ///< octets of the archive itself
    Budget& m_budget;
    const ArchiveReading& m_read_inside;
    std::vector<Item>& m_items;
    std::uint64_t m_unpacked = 0;
    bool m_format_known = false;
    bool m_stopped = false;
    bool m_litter = false;
    bool m_path_told = false, m_damage_told = false, m_encryption_told = false;
};

/// The part of `all` that one archive inside may use.
Budget share_of(const Budget& all) {
    Budget own = all;
    own.entries = std::min(all.entries, all.archive_entries);
    own.octets = std::min(all.octets, all.file_octets);
    own.depth = all.depth - std::min(all.depth, 1U);
    return own;
}

} // namespace

std::vector<Item> read_archive(std::string_view octets, const Path& place, Budget& budget) {
    const Utf8Names names;
    std::vector<Item> items;
    const Archive handle = new_archive();
    Budget own = share_of(budget);
    const Budget before = own;
    const bool opened = archive_read_open_memory(handle.get(), octets.data(), octets.size()) == ARCHIVE_OK;
    const ArchiveReading read_inside = read_archive;
    Reader(handle.get(), place, octets.size(), own, read_inside, items).read(opened);
    budget.entries -= before.entries - own.entries;
    budget.octets -= before.octets - own.octets;
    return items;
}

std::vector<Item> read_archive_file(const std::string& file, Budget& budget,
                                    const ArchiveReading& read_inside) {
    const Utf8Names names;
    std::vector<Item> items;
    const Archive handle = new_archive();
    budget.depth -= std::min(budget.depth, 1U);
    std::error_code ignored;
    const std::uint64_t packed = std::filesystem::file_size(file, ignored);
    constexpr std::size_t block_octets = 1U << 16U;
    const bool opened = archive_read_open_filename(handle.get(), file.c_str(), block_octets) == ARCHIVE_OK;
    const Path top;
    Reader(handle.get(), top, packed, budget, read_inside, items).read(opened);
    return items;
}

} // namespace rungs::grade
