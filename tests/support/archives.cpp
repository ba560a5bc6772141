#include "tests/support/archives.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <locale.h>
#include <stdexcept>

namespace rungs::test {
namespace {

void require(int result) {
    if (result != ARCHIVE_OK) throw std::runtime_error("the test's archive could not be written");
}

la_ssize_t append(archive*, void* to, const void* octets, std::size_t size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(octets), size);
    return static_cast<la_ssize_t>(size);
}

void set_format(archive* handle, ArchiveKind kind) {
    switch (kind) {
    case ArchiveKind::zip: return require(archive_write_set_format_zip(handle));
    case ArchiveKind::seven_zip: return require(archive_write_set_format_7zip(handle));
    case ArchiveKind::tar: return require(archive_write_set_format_gnutar(handle));
    case ArchiveKind::tar_gz:
        require(archive_write_add_filter_gzip(handle));
        return require(archive_write_set_format_gnutar(handle));
    }
}

std::uint32_t crc32(std::string_view octets) {
    std::uint32_t crc = 0xffff'ffff;
    for (const char c : octets) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xedb8'8320U : 0U);
    }
    return ~crc;
}

void little_endian(std::string& out, std::uint64_t value, unsigned octets) {
    for (unsigned each = 0; each < octets; ++each) out += static_cast<char>(value >> 8U * each & 0xffU);
}

/// The checksum of a RAR header is the lower half of the CRC of what follows it.
std::string with_checksum(const std::string& header) {
    std::string out;
    little_endian(out, crc32(header) & 0xffffU, 2);
    return out + header;
}

} // namespace

std::string archive_of(ArchiveKind kind, const std::vector<ArchivedFile>& files) {
    const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    const locale_t before = uselocale(kind == ArchiveKind::seven_zip ? utf8 : locale_t(nullptr));
    std::string out;
    archive* handle = archive_write_new();
    set_format(handle, kind);
    require(archive_write_set_bytes_per_block(handle, 0));
    require(archive_write_open(handle, &out, nullptr, &append, nullptr));
    for (const ArchivedFile& file : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, file.name.c_str());
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, 1'763'700'000, 0);
        archive_entry_set_filetype(entry, file.link.empty() ? AE_IFREG : AE_IFLNK);
        archive_entry_set_size(entry, static_cast<la_int64_t>(file.octets.size()));
        if (!file.link.empty()) archive_entry_set_symlink(entry, file.link.c_str());
        require(archive_write_header(handle, entry));
        archive_write_data(handle, file.octets.data(), file.octets.size());
        archive_entry_free(entry);
    }
    require(archive_write_close(handle));
    archive_write_free(handle);
    uselocale(before);
    freelocale(utf8);
    return out;
}

std::string rar_of(const std::vector<ArchivedFile>& files) {
    using namespace std::string_literals;
    std::string out = "Rar!\x1a\x07\x00"s;
    out += with_checksum("\x73\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00"s);
    for (const ArchivedFile& file : files) {
        constexpr std::uint64_t fixed_octets = 32;
        std::string header = "\x74\x00\x80"s;
        little_endian(header, fixed_octets + file.name.size(), 2);
        little_endian(header, file.octets.size(), 4);
        little_endian(header, file.octets.size(), 4);
        header += '\x02'; // Windows
        little_endian(header, crc32(file.octets), 4);
        little_endian(header, 0x5b75'4000, 4); // DOS: 2025-11-21 08:00
        header += "\x14\x30"s;                 // version 2.0, stored
        little_endian(header, file.name.size(), 2);
        little_endian(header, 0x20, 4);
        out += with_checksum(header + file.name) + file.octets;
    }
    return out + with_checksum("\x7b\x00\x40\x07\x00"s);
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rungs-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::string TemporaryFolder::write(std::string_view name, std::string_view octets) const {
    const std::filesystem::path file = std::filesystem::path(m_path) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << octets;
    return file.string();
}

} // namespace rungs::test
