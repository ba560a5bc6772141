#include "cli/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail_with(const std::string& path, std::string_view what, int error,
                            std::string hint = {}) {
    throw Failure{{fmt::format("{}: {}: {}", printable(path), what, std::generic_category().message(error)),
                   std::move(hint)}};
}

bool is_one_of(const fs::path& target, const std::vector<std::string>& inputs) {
    return std::ranges::any_of(inputs, [&](const std::string& input) {
        std::error_code ignored;
        return fs::equivalent(target, input, ignored);
    });
}

fs::path folder_of(const std::string& target) {
    const fs::path folder = fs::path(target).parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

} // namespace

Output::Output(const std::string& path, const std::vector<std::string>& inputs)
    : m_path(path), m_descriptor(open(path, inputs)),
      m_sink(m_descriptor, path == "-" ? "standard output" : path) {}

Output::~Output() {
    if (m_descriptor > STDERR_FILENO) ::close(m_descriptor);
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

int Output::open(const std::string& path, const std::vector<std::string>& inputs) {
    if (path == "-") return STDOUT_FILENO;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) fail_with(path, "cannot write", EISDIR, "-o names a file");
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) fail_with(path, "cannot write", errno);
        return descriptor;
    }
    if (is_one_of(path, inputs)) {
        throw Failure{
            {fmt::format("{}: is a capture that is read, and is never overwritten", printable(path)),
             "name another file after -o"}};
    }
    // A link stays a link: what it points to is replaced.
    m_target = fs::exists(status) ? fs::canonical(path, error).string() : path;
    const int descriptor = open_temporary();
    if (fs::exists(status)) ::fchmod(descriptor, static_cast<mode_t>(status.permissions()));
    return descriptor;
}

int Output::open_temporary() {
    std::random_device random;
    for (int attempt = 0; attempt < 100; ++attempt) {
        const fs::path name = fmt::format(".{}.{:08x}", fs::path(m_target).filename().string(), random());
        const std::string path = (folder_of(m_target) / name).string();
        const int descriptor =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            m_temporary = path;
            return descriptor;
        }
        if (errno != EEXIST) break;
    }
    fail_with(m_path, "cannot write", errno, errno == ENOENT ? "the folder has to exist" : "");
}

void Output::finish(bool durable) {
    m_sink.flush();
    if (m_target.empty()) return;
    if (durable && ::fsync(m_descriptor) != 0) fail_with(m_path, "cannot write", errno);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) fail_with(m_path, "cannot write", errno);
    m_temporary.clear();
    if (!durable) return;
    // The new name itself should survive a power cut too; file systems that cannot promise that say so here.
    const int folder = ::open(folder_of(m_target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

} // namespace rungs::cli
