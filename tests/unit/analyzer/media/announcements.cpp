#include "analyzer/media/announcements.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using media::Announcements;

namespace {

Endpoint media_at(std::size_t port) {
    return {IpAddress::parse("192.0.2.2").value(), static_cast<std::uint16_t>(port)};
}

media::Hint hint_for(std::size_t port, std::uint32_t dialog, std::string_view encoding = "PCMU") {
    media::Hint hint;
    hint.media = media_at(port);
    hint.dialog = dialog;
    hint.payload_types = {{96, 8000, encoding}};
    return hint;
}

std::string_view name_at(const Announcements& announcements, std::size_t port) {
    const auto* const mapping = announcements.mapping(announcements.find(media_at(port)), 96);
    return mapping == nullptr ? std::string_view("none") : mapping->encoding;
}

} // namespace

TEST_CASE("announcements: endpoints, on both sides of the limit") {
    Announcements announcements(2);
    announcements.add(hint_for(1, 1));
    announcements.add(hint_for(2, 1));
    announcements.add(hint_for(1, 2)); // known
    CHECK(announcements.beyond_endpoints() == 0);
    announcements.add(hint_for(3, 2));
    CHECK(announcements.beyond_endpoints() == 1);
    CHECK(announcements.find(media_at(3)) == Announcements::nothing);
    // Those of a dialog that went make room.
    announcements.retain([](std::uint32_t dialog) { return dialog == 1 ? 1U : 0U; });
    announcements.add(hint_for(3, 2));
    CHECK(announcements.beyond_endpoints() == 1);
    CHECK(announcements.find(media_at(3)) != Announcements::nothing);
}

TEST_CASE("announcements: ports of RTCP, on both sides of the limit") {
    Announcements announcements(2);
    media::Hint hint = hint_for(1, 1);
    for (const std::size_t port : {11U, 12U, 13U}) {
        hint.rtcp = media_at(port);
        announcements.add(hint);
    }
    CHECK(announcements.is_rtcp(media_at(12)));
    CHECK_FALSE(announcements.is_rtcp(media_at(13)));
    CHECK(announcements.beyond_endpoints() == 1);
}

TEST_CASE("announcements: limits::payload_set_octets, on both sides, and room is made") {
    Announcements announcements;
    const std::string name(60'000, 'x'); // the same one: only the lists are many
    std::size_t sets = 0;
    while (announcements.beyond_sets() == 0) {
        ++sets;
        media::Hint hint = hint_for(sets, static_cast<std::uint32_t>(sets), name);
        hint.payload_types.front().clock_rate_hz = static_cast<std::uint32_t>(sets);
        announcements.add(hint);
        REQUIRE(sets < 1000);
    }
    // Each takes its text and a little more.
    CHECK(sets - 1 <= limits::payload_set_octets / name.size());
    CHECK(sets + 1 >= limits::payload_set_octets / (name.size() + 200));
    CHECK(name_at(announcements, sets - 1) == name);
    CHECK(name_at(announcements, sets) == "none");
    CHECK(announcements.find(media_at(sets)) !=
          Announcements::nothing); // media is expected there all the same

    const std::string_view kept = name_at(announcements, 1);
    announcements.retain([](std::uint32_t dialog) { return dialog == 2 ? 7U : 0U; });
    CHECK(kept == name); // streams may speak of it still
    CHECK(name_at(announcements, 2) == name);
    announcements.add(hint_for(3, 1, "PCMA"));
    CHECK(announcements.beyond_sets() == 1);
    CHECK(name_at(announcements, 3) == "PCMA");
}

TEST_CASE("announcements: limits::encoding_name_octets, on both sides") {
    Announcements announcements;
    const std::size_t half = limits::encoding_name_octets / 2;
    const std::string first(half, 'a'), second(half, 'b');
    announcements.add(hint_for(1, 1, first));
    announcements.add(hint_for(2, 1, second));
    CHECK(announcements.beyond_names() == 0);
    announcements.add(hint_for(3, 1, "x"));
    CHECK(announcements.beyond_names() == 1);
    CHECK(name_at(announcements, 2) == second);
    CHECK(name_at(announcements, 3).empty()); // its clock rate is known all the same
}
