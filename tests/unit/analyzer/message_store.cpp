#include "analyzer/message_store.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "tests/support/captures.hpp"

namespace rungs {
namespace {

std::string read(const MessageStore& store, const Location& where) {
    std::vector<std::uint8_t> out{1, 2, 3}; // is replaced
    if (!store.read(where, out)) return "(gone)";
    return std::string(as_text(out));
}

Bytes bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A frame whose octets stand at `offset` of capture 0.
Frame frame_of(const std::string& octets, std::int64_t offset) {
    Frame frame;
    frame.bytes = bytes(octets);
    frame.file_offset = offset;
    return frame;
}

TEST_CASE("a part of a frame is read again from the file") {
    const test::TemporaryFile file("header|link|message|rest");
    const std::string octets = "link|message"; // the frame begins at 7
    const Frame frame = frame_of(octets, 7);
    MessageStore store;
    store.set_file(0, file.path());
    const Location where = store.keep(frame, frame.bytes.subspan(5));
    CHECK(where.capture == 0);
    CHECK(where.position() == 12);
    CHECK(read(store, where) == "message");
}

TEST_CASE("what stands in no file is copied") {
    MessageStore store;
    const std::string octets = "link|message", elsewhere = "put together";
    const Frame piped = frame_of(octets, -1), seekable = frame_of(octets, 7);
    CHECK(read(store, store.keep(piped, piped.bytes.subspan(5))) == "message");
    const Location copied = store.keep(seekable, bytes(elsewhere));
    CHECK(copied.capture == Location::spooled);
    CHECK(read(store, copied) == elsewhere);
    CHECK(read(store, store.copy({})).empty());
}

TEST_CASE("past the spool's memory the octets go to a file and come back") {
    MessageStore store;
    const std::string big(MessageStore::spool_memory / 4 + 1, 'x');
    std::vector<Location> kept{store.copy(bytes("first"))};
    for (char c = 'a'; c < 'f'; ++c) kept.push_back(store.copy(bytes(c + big)));
    kept.push_back(store.copy(bytes("last")));
    CHECK(read(store, kept.front()) == "first");
    CHECK(read(store, kept.back()) == "last");
    for (std::size_t i = 1; i <= 5; ++i) CHECK(read(store, kept[i]) == static_cast<char>('a' + i - 1) + big);
}

TEST_CASE("a file that is gone or shorter than it was says so") {
    const std::string octets = "0123456789";
    const Frame frame = frame_of(octets, 0);
    MessageStore store;
    const Location where = store.keep(frame, frame.bytes);
    CHECK(read(store, where) == "(gone)"); // no file was named
    store.set_file(0, "/nonexistent/capture.pcap");
    CHECK(read(store, where) == "(gone)");

    const test::TemporaryFile file("0123");
    MessageStore cut;
    cut.set_file(0, file.path());
    CHECK(read(cut, cut.keep(frame, frame.bytes)) == "(gone)");
}

TEST_CASE("a store that is moved keeps what it has") {
    MessageStore store;
    const Location where = store.copy(bytes("kept"));
    const MessageStore moved = std::move(store);
    CHECK(read(moved, where) == "kept");
}

TEST_CASE("messages read one after the other come out of one window, and the others as ever") {
    const std::string far(100'000, '.');
    const test::TemporaryFile file("one|two|three" + far + "four");
    MessageStore store;
    store.set_file(0, file.path());
    const auto at = [](std::uint64_t position, std::uint32_t length) {
        return Location{position, length, 0};
    };
    MessageStore::Window window;
    std::vector<std::uint8_t> out;
    const auto text = [&](const Location& where) {
        return store.read(where, out, window) ? std::string(as_text(out)) : "(gone)";
    };
    CHECK(text(at(0, 3)) == "one");
    CHECK(text(at(4, 3)) == "two");
    CHECK(text(at(8, 5)) == "three");
    CHECK(text(at(4, 3)) == "two");                         // back, still in the window
    CHECK(text(at(13 + far.size(), 4)) == "four");          // far ahead
    CHECK(text(at(8, 5 + 70'000)).starts_with("three...")); // longer than the window
    CHECK(text(at(17 + far.size(), 4)) == "(gone)");
    const Location copied = store.copy(bytes("spooled"));
    CHECK(text(copied) == "spooled");
    CHECK(text(at(0, 3)) == "one");
}

} // namespace
} // namespace rungs
