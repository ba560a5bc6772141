#pragma once

#include <string>
#include <string_view>

namespace rungs::grade {

/// Octets under a path, without a disk: what is handed in is given to the analysis this way. The path is good
/// as long as the object lives, in this process alone.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view octets);
    ~MemoryFile();
    MemoryFile(MemoryFile&& other) noexcept;
    MemoryFile& operator=(MemoryFile&&) = delete;

    /// Empty when the system gave no memory.
    [[nodiscard]] std::string path() const;

  private:
    int m_descriptor;
};

} // namespace rungs::grade
