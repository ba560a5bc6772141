#include "cli/confinement.hpp"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <doctest/doctest.h>

using namespace rungs;

namespace {

/// What is found out in a process of its own, since there is no way back.
template <typename Look>
int in_child(Look look) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(look());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

struct Folder {
    std::string path;
    explicit Folder(const std::string& parent = std::filesystem::temp_directory_path()) {
        std::string name = parent + "/rungs-test-XXXXXX";
        path = ::mkdtemp(name.data());
        ::chmod(path.c_str(), 0777);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

/// Not among the temporary files, where commands that read files may write.
constexpr const char* elsewhere = "/var/tmp";

bool can_create(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

} // namespace

TEST_CASE(
    "confinement: no socket, no program, no file outside the folders; threads and those folders still work" *
    doctest::skip(SANITIZED)) {
    const Folder inside, outside;
    // Bits of what should not be so.
    const int wrong = in_child([&] {
        const auto confined = cli::confine({"", {inside.path}, false});
        if (!confined) return 1;
        int bits = 0;
        if (::socket(AF_INET, SOCK_DGRAM, 0) >= 0 || ::socket(AF_PACKET, SOCK_RAW, 0) >= 0) bits |= 2;
        if (::execl("/bin/true", "true", nullptr) == 0) bits |= 4;
        if (::fork() >= 0) bits |= 8;
        if (!can_create(inside.path + "/new")) bits |= 16;
        if (confined->landlock && can_create(outside.path + "/new")) bits |= 32;
        if (confined->landlock && ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0) bits |= 64;
        bool ran = false;
        std::thread([&] { ran = true; }).join();
        return bits | (ran ? 0 : 1);
    });
    CHECK(wrong == 0);
}

TEST_CASE("confinement: without folders nothing is opened for writing, with or without Landlock") {
    const Folder folder;
    CHECK(in_child([&] {
              if (!cli::confine({"", {}, false})) return 1;
              return can_create(folder.path + "/new") ? 2 : 0;
          }) == 0);
}

TEST_CASE("confinement: the kernel says that nothing is left") {
    CHECK(in_child([] {
              const int status = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
              if (!cli::confine({"", {}, false})) return 1;
              std::string text(8192, '\0');
              const ssize_t count = ::pread(status, text.data(), text.size(), 0);
              if (count <= 0) return 2;
              const auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
              return has("CapEff:\t0000000000000000") && has("CapPrm:\t0000000000000000") &&
                             has("Seccomp:\t2") && has("NoNewPrivs:\t1")
                         ? 0
                         : 3;
          }) == 0);
}

TEST_CASE("confinement: a user that does not exist is refused before anything is given up") {
    if (::geteuid() != 0) return; // -Z is for root
    CHECK(in_child([] {
              const auto confined = cli::confine({"no-such-user-here", {}, false});
              return !confined && confined.error().message.find("no-such-user-here") != std::string::npos ? 0
                                                                                                          : 1;
          }) == 0);
}

TEST_CASE("confinement: a command that reads files reads, and writes in its folders; no socket, no program" *
          doctest::skip(SANITIZED)) {
    const Folder inside(elsewhere), outside(elsewhere);
    const int wrong = in_child([&] {
        const auto confined = cli::confine_to_files({{inside.path, "/no/such/folder"}, false});
        int bits = confined.calls ? 0 : 1;
        if (::socket(AF_INET, SOCK_STREAM, 0) >= 0 || ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0) bits |= 2;
        if (::execl("/bin/true", "true", nullptr) == 0) bits |= 4;
        if (::fork() >= 0) bits |= 8;
        if (!can_create(inside.path + "/new")) bits |= 16;
        if (confined.landlock && can_create(outside.path + "/new")) bits |= 32;
        if (::open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0) bits |= 64;
        std::thread([] {}).join();
        return bits;
    });
    CHECK(wrong == 0);
}

TEST_CASE("confinement: a command that makes processes starts no program, and they can give up more" *
          doctest::skip(SANITIZED)) {
    const Folder inside(elsewhere);
    const int wrong = in_child([&] {
        static_cast<void>(cli::confine_to_files({{inside.path}, true}));
        int bits = 0;
        if (::socket(AF_INET, SOCK_STREAM, 0) >= 0) bits |= 2;
        if (::execl("/bin/true", "true", nullptr) == 0) bits |= 4;
        bits |= in_child([&] {
            const auto confined = cli::confine_to_files({});
            if (!confined.calls || ::fork() >= 0) return 8;
            return confined.landlock && can_create(inside.path + "/new") ? 16 : 0;
        });
        return bits;
    });
    CHECK(wrong == 0);
}

TEST_CASE("confinement: temporary files stay possible" * doctest::skip(SANITIZED)) {
    CHECK(in_child([] {
              static_cast<void>(cli::confine_to_files({}));
              return std::tmpfile() != nullptr ? 0 : 1;
          }) == 0);
}
