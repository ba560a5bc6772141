#include "analyzer/check/digest.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/input.hpp"

using namespace rungs;
using namespace rungs::check;

namespace {

/// RFC 7616 section 3.9.1, with the algorithm and response put in.
std::string mufasa(std::string_view algorithm, std::string_view response) {
    return "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
           "algorithm=" +
           std::string(algorithm) +
           ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
           "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"" +
           std::string(response) + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}

DigestVerdict verdict(std::string_view credentials, std::string_view passwords,
                      std::string_view method = "GET", std::string_view body = {}) {
    return verify({sip::parse_digest(credentials), method, body, {}, {}},
                  Passwords::parse(passwords).value());
}

/// Of `formula` written out in full, so that the code's way of putting parts together is not its own judge.
std::string hash(DigestAlgorithm algorithm, const std::string& formula) {
    return digest_hex(algorithm, formula);
}

} // namespace

TEST_CASE("Hashes are those of the standards") {
    // RFC 1321 appendix A.5; FIPS 180-4 examples for "abc".
    CHECK(digest_hex(DigestAlgorithm::md5, "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(digest_hex(DigestAlgorithm::sha_256, "abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest_hex(DigestAlgorithm::sha_512_256, "abc") ==
          "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
}

TEST_CASE("RFC 2617 section 3.5") {
    const std::string credentials =
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", " // text-check: off
        "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, nc=00000001, "
        "cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"";
    CHECK(verdict(credentials, "Circle Of Life") == DigestVerdict::right);
    CHECK(verdict(credentials, "Circle of Life") == DigestVerdict::wrong_password);
    CHECK(verdict(credentials, "Circle Of Life", "POST") == DigestVerdict::wrong_password);
}

TEST_CASE("RFC 7616 section 3.9.1") {
    const std::string passwords = "Mufasa:Circle of Life\n";
    CHECK(verdict(mufasa("MD5", "8ca523f5e9506fed4657c9700eebdbec"), passwords) == DigestVerdict::right);
    CHECK(verdict(mufasa("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
                  passwords) == DigestVerdict::right);
    CHECK(verdict(mufasa("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c2"),
                  passwords) == DigestVerdict::wrong_password);
    CHECK(verdict(mufasa("SHA-257", "8ca523f5e9506fed4657c9700eebdbec"), passwords) ==
          DigestVerdict::not_checkable);
}

TEST_CASE("Variants of qop and algorithm follow the formulas of RFC 7616 section 3.4") {
    using enum DigestAlgorithm;
    const auto credentials = [](const std::string& more) {
        return "Digest username=\"ana\", realm=\"example.com\", nonce=\"n1\", uri=\"sip:example.com\", " +
               more;
    };
    const std::string a1 = "ana:example.com:lab";

    SUBCASE("no qop, as RFC 2069 had it") {
        const auto response = hash(md5, hash(md5, a1) + ":n1:" + hash(md5, "REGISTER:sip:example.com"));
        CHECK(verdict(credentials("response=\"" + response + "\""), "lab", "REGISTER") ==
              DigestVerdict::right);
    }
    SUBCASE("SHA-512-256 with qop=auth-int covers the body") {
        const auto a2 = hash(sha_512_256, "INVITE:sip:example.com:" + hash(sha_512_256, "v=0"));
        const auto response = hash(sha_512_256, hash(sha_512_256, a1) + ":n1:00000001:c1:auth-int:" + a2);
        const auto text = credentials("algorithm=SHA-512-256, qop=auth-int, nc=00000001, cnonce=\"c1\", "
                                      "response=\"" +
                                      response + "\"");
        CHECK(verdict(text, "lab", "INVITE", "v=0") == DigestVerdict::right);
        CHECK(verdict(text, "lab", "INVITE", "v=1") == DigestVerdict::wrong_password);
    }
    SUBCASE("-sess puts nonce and cnonce into A1") {
        for (const auto& [name, algorithm] :
             {std::pair{"MD5-sess", md5}, {"SHA-256-sess", sha_256}, {"SHA-512-256-sess", sha_512_256}}) {
            const auto session = hash(algorithm, hash(algorithm, a1) + ":n1:c1");
            const auto response = hash(
                algorithm, session + ":n1:00000002:c1:auth:" + hash(algorithm, "REGISTER:sip:example.com"));
            const auto text =
                credentials(std::string("algorithm=") + name +
                            ", qop=auth, nc=00000002, cnonce=\"c1\", response=\"" + response + "\"");
            CHECK(verdict(text, "lab", "REGISTER") == DigestVerdict::right);
        }
    }
    SUBCASE("a qop that nobody defined") {
        CHECK(verdict(credentials("qop=auth-all, nc=1, cnonce=\"c\", response=\"00\""), "lab") ==
              DigestVerdict::not_checkable);
    }
}

TEST_CASE("Password files name users and realms") {
    const std::string good = mufasa("MD5", "8ca523f5e9506fed4657c9700eebdbec");
    CHECK(verdict(good, "# two users\r\nNala:other\r\nMufasa:Circle of Life\r\n") == DigestVerdict::right);
    CHECK(verdict(good, "Mufasa:wrong\nMufasa:Circle of Life\n") == DigestVerdict::right);
    CHECK(verdict(good, "Nala:Circle of Life") == DigestVerdict::unknown_user);
    CHECK(verdict(good, "Mufasa@http-auth@example.org:Circle of Life") == DigestVerdict::right);
    CHECK(verdict(good, "Mufasa@example.net:Circle of Life") == DigestVerdict::wrong_realm);
    CHECK(verdict(good, ":Circle of Life") == DigestVerdict::right);

    const auto passwords = Passwords::parse("ana:se:cret").value();
    REQUIRE(passwords.entries().size() == 1);
    CHECK(passwords.entries().front().password == "se:cret");

    CHECK_FALSE(Passwords::parse(""));
    CHECK_FALSE(Passwords::parse("\n# nothing\n"));
    CHECK(Passwords::parse(std::string(limits::password_file_octets, 'x')));
    CHECK_FALSE(Passwords::parse(std::string(limits::password_file_octets + 1, 'x')));
}

TEST_CASE("What the server said counts") {
    const std::string good = mufasa("MD5", "8ca523f5e9506fed4657c9700eebdbec");
    DigestTry attempt{sip::parse_digest(good), "GET", {}, {}, {}};
    const auto passwords = Passwords::parse("Circle of Life").value();

    attempt.challenge = sip::parse_digest("Digest realm=\"http-auth@example.org\", nonce=\"n\"");
    CHECK(verify(attempt, passwords) == DigestVerdict::right);
    attempt.refusal = sip::parse_digest("Digest realm=\"http-auth@example.org\", nonce=\"m\", stale=TRUE");
    CHECK(verify(attempt, passwords) == DigestVerdict::stale);
    CHECK(verify(attempt, Passwords::parse("other").value()) == DigestVerdict::wrong_password);
    attempt.challenge = sip::parse_digest("Digest realm=\"example.net\", nonce=\"n\"");
    CHECK(verify(attempt, passwords) == DigestVerdict::wrong_realm);

    CHECK(verdict("Basic QWxhZGRpbg==", "lab") == DigestVerdict::not_checkable);
    CHECK(verdict("Digest username=\"ana\", realm=\"example.com\"", "lab") == DigestVerdict::not_checkable);
}
