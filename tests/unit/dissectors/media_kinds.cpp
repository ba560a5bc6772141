#include "dissectors/media_kinds.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using Octets = std::vector<std::uint8_t>;

TEST_CASE("STUN with and without its cookie") {
    Octets stun{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    CHECK(recognise_media(stun) == MediaKind::stun);
    stun[4] = 0;
    CHECK(recognise_media(stun) == MediaKind::stun); // RFC 3489 binding request
    stun.push_back(0);
    CHECK(recognise_media(stun) == MediaKind::unknown);
    stun.resize(19);
    CHECK(recognise_media(stun) == MediaKind::unknown);
}

TEST_CASE("DTLS and ZRTP") {
    Octets dtls{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0};
    CHECK(recognise_media(dtls) == MediaKind::dtls);
    dtls[12] = 3;
    CHECK(recognise_media(dtls) == MediaKind::unknown);
    CHECK(recognise_media(Octets{0x10, 0, 0, 1, 'Z', 'R', 'T', 'P', 0, 0, 0, 1}) == MediaKind::zrtp);
    CHECK(recognise_media(Octets{0x10, 0, 0, 1, 'Z', 'R', 'T', 'Q'}) == MediaKind::unknown);
    CHECK(recognise_media(Octets{0x80, 0, 0, 1}) == MediaKind::unknown);
    CHECK(recognise_media({}) == MediaKind::unknown);
}
