#include "cli/confinement.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::cli {
namespace {

Error refused(std::string_view what) {
    return {fmt::format("{}: {}", what, std::generic_category().message(errno)),
            "without that, packets would be read with more rights than they should be"};
}

struct Account {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;
};

/// -Z, else who called sudo, else nobody.
Result<Account> account_for(const std::string& user) {
    const char* sudo = std::getenv("SUDO_USER");
    const std::string name = !user.empty() ? user : sudo != nullptr && *sudo != '\0' ? sudo : "nobody";
    const passwd* entry = ::getpwnam(name.c_str());
    if (entry == nullptr) return fail(fmt::format("-Z: there is no user \"{}\"", printable(name)));
    return Account{entry->pw_uid, entry->pw_gid, name};
}

Result<void> drop_bounding_set() {
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
        // Who may not do that (no CAP_SETPCAP) has nothing in the other sets to win it back with.
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
            return tl::unexpected(refused("capabilities cannot be given up"));
    }
    return {};
}

Result<void> become(const Account& account) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(account.group, account.group, account.group) != 0 ||
        ::setresuid(account.user, account.user, account.user) != 0)
        return tl::unexpected(refused(fmt::format("cannot become {}", account.name)));
    return {};
}

Result<void> drop_capabilities() {
    const std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)> none(
        cap_init(), [](void* set) { return cap_free(set); });
    if (none == nullptr || cap_set_proc(none.get()) != 0)
        return tl::unexpected(refused("capabilities cannot be given up"));
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return {};
}

// --- Landlock

constexpr std::uint64_t writing_rights =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
constexpr std::uint64_t reading_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t other_rights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                       LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                       LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                       LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

struct FileRights {
    std::uint64_t handled = 0; ///< given up but where they are allowed
    std::uint64_t allowed = 0; ///< in the folders
    bool folders_must_exist = false;
};

/// False where the kernel has no Landlock.
Result<bool> restrict_files(const std::vector<std::string>& folders, const FileRights& rights) {
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = rights.handled;
    const auto rules =
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
    if (rules < 0) return false;
    for (const std::string& folder : folders) {
        landlock_path_beneath_attr beneath{};
        beneath.allowed_access = rights.allowed;
        beneath.parent_fd = ::open(folder.c_str(), O_PATH | O_CLOEXEC);
        if (beneath.parent_fd < 0) {
            if (!rights.folders_must_exist) continue;
            const int problem = errno;
            ::close(rules);
            return fail(fmt::format("{}: {}", printable(folder), std::generic_category().message(problem)),
                        problem == ENOENT
                            ? "the folder has to exist"
                            : "rungs runs as another user after opening; -Z names one who may write there");
        }
        const long added = ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
        ::close(beneath.parent_fd);
        if (added != 0) break;
    }
    const long done = ::syscall(SYS_landlock_restrict_self, rules, 0);
    ::close(rules);
    if (done != 0) return tl::unexpected(refused("files cannot be restricted"));
    return true;
}

// --- seccomp

/// What memory, threads, time, files that are open, and the standard library's small needs take.
constexpr std::array always{
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(tgkill),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getsockopt),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(setsockopt),
    SCMP_SYS(fcntl),
    SCMP_SYS(getcwd),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
};
constexpr std::array for_files{
    SCMP_SYS(open),      SCMP_SYS(openat), SCMP_SYS(rename),    SCMP_SYS(renameat),
    SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),  SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(fchmod), SCMP_SYS(ftruncate), SCMP_SYS(getdents64),
};
/// Folders that are made, audio that replaces nothing, files of a submission that are read like captures.
constexpr std::array for_commands{SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(link), SCMP_SYS(linkat),
                                  SCMP_SYS(memfd_create)};
/// A copy of the process, its bounds, its end, and what it confines itself further with.
constexpr std::array for_processes{
    SCMP_SYS(fork),
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    SCMP_SYS(kill),
    SCMP_SYS(pipe2),
    SCMP_SYS(setrlimit),
    SCMP_SYS(prctl),
    SCMP_SYS(seccomp),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(landlock_restrict_self),
    SCMP_SYS(landlock_add_rule),
};
constexpr std::array for_serving{
    SCMP_SYS(accept),      SCMP_SYS(accept4),     SCMP_SYS(sendto),   SCMP_SYS(sendmsg),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(shutdown),
};

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

template <typename Calls>
void allow(const Filter& filter, const Calls& calls) {
    for (const int call : calls) seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
}

scmp_arg_cmp equal(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void allow_if(const Filter& filter, int call, const std::vector<scmp_arg_cmp>& conditions) {
    seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()),
                           conditions.data());
}

struct Calls {
    bool serving = false, files = false, commands = false, processes = false;
};

Result<void> restrict_calls(const Calls& wanted) {
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
    if (!filter) return tl::unexpected(refused("system calls cannot be restricted"));
    allow(filter, always);
    if (wanted.serving) allow(filter, for_serving);
    if (wanted.commands) allow(filter, for_commands);
    if (wanted.files) {
        allow(filter, for_files);
    } else {
        allow_if(filter, SCMP_SYS(openat), {masked(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)});
    }
    // Threads, no processes. clone3 cannot be looked into: the C library then takes clone.
    seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (wanted.processes) {
        allow(filter, for_processes);
        allow(filter, std::array{SCMP_SYS(clone)});
        allow_if(filter, SCMP_SYS(prlimit64), {equal(0, 0)});
    } else {
        allow_if(filter, SCMP_SYS(clone), {masked(0, CLONE_THREAD, CLONE_THREAD)});
        // Its own limits may be read (a thread's stack has one's size).
        allow_if(filter, SCMP_SYS(prlimit64), {equal(0, 0), equal(2, 0)});
    }
    for (const std::uint64_t request :
         std::initializer_list<std::uint64_t>{TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD})
        allow_if(filter, SCMP_SYS(ioctl), {equal(1, request)});
    if (const int status = seccomp_load(filter.get()); status != 0) {
        errno = -status;
        return tl::unexpected(refused("system calls cannot be restricted"));
    }
    return {};
}

/// A core file would hold what the capture holds.
void leave_no_core() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

} // namespace

Result<Confined> confine(const Confinement& wanted) {
    Confined done;
    std::optional<Account> account;
    if (::geteuid() == 0) {
        auto found = account_for(wanted.user);
        if (!found) return tl::unexpected(found.error());
        account = std::move(*found);
        done.user = account->name;
    }
    if (auto dropped = drop_bounding_set(); !dropped) return tl::unexpected(dropped.error());
    if (account) {
        if (auto became = become(*account); !became) return tl::unexpected(became.error());
    }
    if (auto dropped = drop_capabilities(); !dropped) return tl::unexpected(dropped.error());
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return tl::unexpected(refused("new privileges stay possible"));
    leave_no_core();
    const auto restricted = restrict_files(wanted.folders, {reading_rights | writing_rights | other_rights,
                                                            reading_rights | writing_rights, true});
    if (!restricted) return tl::unexpected(restricted.error());
    done.landlock = *restricted;
    const Calls calls{wanted.serves, !wanted.folders.empty(), false, false};
    if (auto loaded = restrict_calls(calls); !loaded) return tl::unexpected(loaded.error());
    done.calls = true;
    return done;
}

Confined confine_to_files(const FileConfinement& wanted) {
    Confined done;
    leave_no_core();
#ifdef RUNGS_SANITIZED // its runtime looks for leaks with more than what would be left
    static_cast<void>(wanted);
    return done;
#endif
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return done;
    std::vector<std::string> folders = wanted.folders;
    folders.emplace_back(P_tmpdir); // where octets of messages go that memory is too small for
    const std::uint64_t in_folders = writing_rights | LANDLOCK_ACCESS_FS_MAKE_DIR;
    done.landlock =
        restrict_files(folders, {writing_rights | other_rights, in_folders, false}).value_or(false);
    done.calls = restrict_calls({false, true, true, wanted.makes_processes}).has_value();
    return done;
}

} // namespace rungs::cli
