#include "analyzer/grade/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <fmt/format.h>

namespace rungs::grade {
namespace {

bool write_all(int descriptor, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t written = ::write(descriptor, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

MemoryFile::MemoryFile(std::string_view octets) : m_descriptor(::memfd_create("capture", MFD_CLOEXEC)) {
    if (m_descriptor < 0 || write_all(m_descriptor, octets)) return;
    ::close(m_descriptor);
    m_descriptor = -1;
}

MemoryFile::~MemoryFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

std::string MemoryFile::path() const {
    return m_descriptor < 0 ? std::string() : fmt::format("/proc/self/fd/{}", m_descriptor);
}

} // namespace rungs::grade
