#include "cli/run.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone at the end.
struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "rungs-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string operator/(const char* name) const { return (path / name).string(); }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator{}));
    }
};

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Sends a descriptor into a file while it lives.
struct Redirect {
    int descriptor, saved;
    Redirect(int from, const std::string& to) : descriptor(from), saved(::dup(from)) {
        const int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, from);
        ::close(file);
    }
    ~Redirect() {
        ::dup2(saved, descriptor);
        ::close(saved);
    }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;
};

struct Ran {
    int status = -1;
    std::string out, err;
};

Ran run(std::vector<std::string> arguments) {
    const Folder folder;
    Ran ran;
    arguments.insert(arguments.begin(), "rungs");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    {
        const Redirect out(STDOUT_FILENO, folder / "out");
        const Redirect err(STDERR_FILENO, folder / "err");
        ran.status = rungs::cli::run(static_cast<int>(pointers.size()), pointers.data());
    }
    ran.out = content(folder / "out");
    ran.err = content(folder / "err");
    return ran;
}

void append_le(std::string& out, std::uint32_t value, int octets) {
    for (int i = 0; i < octets; ++i) out += static_cast<char>(value >> static_cast<unsigned>(8 * i) & 0xffU);
}

/// A pcap of raw IPv4 (link type 101) with one OPTIONS over UDP.
std::string one_message() {
    const std::string sip =
        "OPTIONS sip:bo@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        "From: <sip:ana@example.com>;tag=1\r\nTo: <sip:bo@example.org>\r\n"
        "Call-ID: one@example.com\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    const auto udp = static_cast<std::uint32_t>(8 + sip.size());
    const auto total = 20 + udp;
    std::string packet{"\x45\0", 2};
    packet += {static_cast<char>(total >> 8U), static_cast<char>(total & 0xffU)};
    packet += std::string("\0\1\0\0\x40\x11\0\0\xc0\0\2\1\xc6\x33\x64\7", 16);
    packet += std::string("\x13\xc4\x13\xc4", 4); // 5060 to 5060
    packet += {static_cast<char>(udp >> 8U), static_cast<char>(udp & 0xffU), 0, 0};
    packet += sip;

    std::string file;
    append_le(file, 0xa1b2c3d4, 4);
    append_le(file, 2, 2);
    append_le(file, 4, 2);
    append_le(file, 0, 4);
    append_le(file, 0, 4);
    append_le(file, 65535, 4);
    append_le(file, 101, 4);
    append_le(file, 1, 4);
    append_le(file, 0, 4);
    append_le(file, static_cast<std::uint32_t>(packet.size()), 4);
    append_le(file, static_cast<std::uint32_t>(packet.size()), 4);
    return file + packet;
}

struct Lab : Folder {
    std::string capture = *this / "lab.pcap";
    Lab() { std::ofstream(capture, std::ios::binary) << one_message(); }
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("help and version are data and succeed") {
    const Ran version = run({"--version"});
    CHECK(version.status == 0);
    CHECK(version.out.starts_with("rungs "));
    CHECK(version.err.empty());
    const Ran help = run({"ladder", "--help"});
    CHECK(help.status == 0);
    CHECK(help.out.find("Examples:") < help.out.find("--output"));
    const Ran overview = run({"-h"});
    CHECK(has(overview.out, "  calls "));
    CHECK(has(overview.out, "  grade "));
}

TEST_CASE("what is not understood is status 2 with the nearest word") {
    const auto refused = [](std::vector<std::string> arguments, std::string_view hint) {
        const Ran ran = run(std::move(arguments));
        CHECK(ran.status == 2);
        CHECK(ran.out.empty());
        CHECK(ran.err.starts_with("error: "));
        CHECK(has(ran.err, hint));
    };
    refused({"lader", "x.pcap"}, "hint: did you mean ladder?");
    refused({"calls", "--coler", "never"}, "hint: did you mean --color?");
    refused({"export", "--to", "jsom"}, "hint: did you mean json");
    refused({"calls", "--color", "allways"}, "hint: did you mean always?");
    refused({"calls", "-t", "q"}, "it is one of a, ad, d, e, r");
    refused({"calls", "-c", "none"}, "-c 1000");
    refused({"calls", "-c"}, "error: -c needs a value");
    refused({"calls", "--threads", "0"}, "--threads needs a number from 1 to 64, not \"0\"");
    refused({"calls", "--threads", "65"}, "--threads needs a number from 1 to 64, not \"65\"");
    refused({"calls", "-Y", "sip.Methd"}, "hint: did you mean sip.Method?");
    refused({"-I", "x.pcap"}, "sngrep's -I is rungs -r");
    refused({"-v", "calls", "x.pcap"}, "the command calls comes first");
    refused({"message", "x.pcap", "first"}, "no frame number");
}

TEST_CASE("unreadable input is status 2, its name made printable") {
    const Ran ran = run({"no\x1b[2Jsuch.pcap"});
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(has(ran.err, "\x1b"));
    CHECK(has(ran.err, "no\\x1B[2Jsuch.pcap"));
}

TEST_CASE("reports are status 0 and go to standard output") {
    const Lab lab;
    for (const char* command : {"calls", "ladder", "export"}) {
        CAPTURE(command);
        const Ran ran = run({command, lab.capture});
        CHECK(ran.status == 0);
        CHECK_FALSE(ran.out.empty());
        CHECK(ran.err.empty());
    }
    CHECK(has(run({"-r", lab.capture}).out, "lab.pcap"));
    CHECK(has(run({"message", lab.capture, "1"}).out, "OPTIONS sip:bo@example.org"));
    CHECK(run({"export", lab.capture, "--to", "ndjson"}).out.starts_with("{\"type\""));
    CHECK(run({"export", "--call", "one@example.com", lab.capture}).status == 0);
    CHECK(run({"calls", lab.capture, "-Y", "sip.Method == OPTIONS"}).status == 0);
}

TEST_CASE("a negative answer is status 1") {
    const Lab lab;
    const Ran frame = run({"message", lab.capture, "9"});
    CHECK(frame.status == 1);
    CHECK(has(frame.err, "the last message is in frame 1"));
    const Ran call = run({"calls", lab.capture, "--call", "on@example.com"});
    CHECK(call.status == 1);
    CHECK(has(call.err, "\"one@example.com\""));
    CHECK(run({"calls", lab.capture, "--call", "7"}).status == 1);
    CHECK(run({"calls", lab.capture, "-Y", "sip.Method == BYE"}).status == 1);
}

TEST_CASE("a capture that breaks off is a warning of one line") {
    const Lab lab;
    const std::string cut = lab / "cut.pcap";
    std::ofstream(cut, std::ios::binary) << one_message() << std::string(5, 'x');
    const Ran ran = run({"calls", cut});
    CHECK(ran.status == 0);
    CHECK(ran.err.starts_with("warning: "));
    CHECK(ran.err.find('\n') == ran.err.size() - 1);
    CHECK(run({"calls", "-q", cut}).err.empty());
}

TEST_CASE("an output file appears whole or not at all") {
    const Lab lab;
    const std::string target = lab / "out.json";
    REQUIRE(run({"export", lab.capture, "-o", target}).status == 0);
    const std::string first = content(target);
    CHECK(first == run({"export", lab.capture}).out);
    CHECK(lab.files() == 2); // nothing temporary is left

    // A negative answer leaves what was there.
    CHECK(run({"message", lab.capture, "9", "-o", target}).status == 1);
    CHECK(content(target) == first);
    CHECK(lab.files() == 2);

    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("out.json", lab.path / "link.json");
    CHECK(run({"calls", lab.capture, "-o", lab / "link.json"}).status == 0);
    CHECK(fs::is_symlink(lab.path / "link.json"));
    CHECK(content(target) == run({"calls", lab.capture}).out);
    CHECK(fs::status(target).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("an output never replaces a capture, a device or a folder") {
    const Lab lab;
    const Ran capture = run({"export", lab.capture, "-o", lab.capture});
    CHECK(capture.status == 2);
    CHECK(content(lab.capture) == one_message());
    CHECK(run({"calls", lab.capture, "-o", "/dev/null"}).status == 0);
    CHECK(fs::is_character_file("/dev/null"));
    CHECK(run({"calls", lab.capture, "-o", lab.path.string()}).status == 2);
    CHECK(run({"calls", lab.capture, "-o", lab / "none/out"}).status == 2);
    CHECK(lab.files() == 1);
}

TEST_CASE("a reader that went away ends it silently with 141") {
    const Lab lab;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    const int saved = ::dup(STDOUT_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
    std::string arguments[] = {"rungs", "export", lab.capture};
    char* pointers[] = {arguments[0].data(), arguments[1].data(), arguments[2].data()};
    const int status = rungs::cli::run(3, pointers);
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    ::close(ends[1]);
    CHECK(status == 141);
}

TEST_CASE("explain says what a finding means, and which one was probably meant") {
    CHECK(run({"explain", "ack-missing", "--lang", "en"}).out.starts_with("ack-missing"));
    CHECK(run({"explain", "--list"}).out.find("nat-contact") != std::string::npos);
    CHECK(run({"explain", "--list", "--to", "markdown"}).out.starts_with("# Findings"));

    const Ran typo = run({"explain", "ack-mising"});
    CHECK(typo.status == 2);
    CHECK(typo.err.find("did you mean ack-missing?") != std::string::npos);
    CHECK(run({"explain"}).status == 2);
}

TEST_CASE("--password-file verifies digests") {
    const Folder folder;
    const std::string capture = RUNGS_SOURCE_DIR "/samples/sip/lab-busy-caller.pcap";
    std::ofstream(folder / "good") << "1001:lab\n";
    std::ofstream(folder / "bad") << "1001:other\n";
    std::ofstream(folder / "empty") << "";

    CHECK(run({capture, "--lang", "en", "--password-file", folder / "good"}).out.find("is right") !=
          std::string::npos);
    const Ran bad = run({"calls", capture, "--lang", "en", "--call", "1", "--password-file", folder / "bad"});
    CHECK(bad.out.find("another password") != std::string::npos);
    CHECK(bad.out.find("other\n") == std::string::npos);
    CHECK(run({"export", capture, "--password-file", folder / "good"}).out.find("auth-verified") !=
          std::string::npos);

    CHECK(run({capture, "--password-file", folder / "empty"}).status == 2);
    CHECK(run({capture, "--password-file", folder / "absent"}).status == 2);
    CHECK(run({"-", "--password-file", "-"}).err.find("both") != std::string::npos);
}
