#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Archives and folders made for a test.
namespace rungs::test {

struct ArchivedFile {
    std::string name; ///< octets as they shall stand in the archive
    std::string octets;
    std::string link; ///< not empty: a symbolic link to it
};

enum class ArchiveKind { zip, seven_zip, tar, tar_gz };
/// Names in 7z must be UTF-8.
std::string archive_of(ArchiveKind kind, const std::vector<ArchivedFile>& files);
/// RAR 4, stored.
std::string rar_of(const std::vector<ArchivedFile>& files);

/// A folder that is gone with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }
    /// Makes the folders above it, too. Returns its path.
    std::string write(std::string_view name, std::string_view octets) const;

  private:
    std::string m_path;
};

} // namespace rungs::test
