#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "analyzer/check/digest.hpp"
#include "tests/support/tape.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

constexpr std::string_view ana = "192.0.2.1:5060", ben = "192.0.2.2:5060";
using Frames = std::vector<std::uint64_t>;

/// What a phone of `user` answers to a challenge, by RFC 2617's formula.
std::string credentials(const std::string& nonce, const std::string& nc = "00000001",
                        const std::string& password = "lab") {
    const auto md5 = [](const std::string& text) {
        return check::digest_hex(check::DigestAlgorithm::md5, text);
    };
    const std::string response = md5(md5("ana:example.com:" + password) + ":" + nonce + ":" + nc +
                                     ":c:auth:" + md5("REGISTER:sip:example.com"));
    return "Authorization: Digest username=\"ana\", realm=\"example.com\", nonce=\"" + nonce +
           "\", uri=\"sip:example.com\", qop=auth, nc=" + nc + ", cnonce=\"c\", response=\"" + response +
           "\"\r\n";
}

std::string challenge(const std::string& nonce, const std::string& more = {}) {
    return "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"" + nonce + "\", qop=\"auth\"" + more +
           "\r\n";
}

struct Register : Tape {
    unsigned cseq = 0;
    double now = 0;

    Register& ask(const std::string& more = {}) {
        ++cseq;
        send(now += 0.1, ana, ben, request("REGISTER", cseq, says(more)));
        return *this;
    }
    Register& answer(unsigned status, const std::string& more = {}) {
        send(now += 0.1, ben, ana, response(status, "REGISTER", cseq, says(more)));
        return *this;
    }

  private:
    [[nodiscard]] Says says(const std::string& more) const {
        return {.branch = "z9hG4bK" + std::to_string(cseq), .to_tag = "r", .more = more};
    }
};

Analysis analyze(const Tape& tape, std::string_view passwords) {
    const auto known = check::Passwords::parse(passwords).value();
    AnalysisOptions options;
    options.passwords = &known;
    return tape.analyze(options);
}

} // namespace

TEST_CASE("One challenge and a success are as it should be") {
    Register tape;
    tape.ask().answer(401, challenge("n1")).ask(credentials("n1")).answer(200);
    CHECK(tape.analyze().findings.empty());
}

TEST_CASE("Credentials that are refused") {
    Register tape;
    tape.ask().answer(401, challenge("n1")).ask(credentials("n1"));
    SUBCASE("once") {
        tape.answer(401, challenge("n2"));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "challenge-repeated").frames == Frames{2, 4});
        CHECK(count_of(analysis, "challenge-loop") == 0);
    }
    SUBCASE("again and again") {
        tape.answer(401, challenge("n2")).ask(credentials("n2")).answer(401, challenge("n3"));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "challenge-loop").frames == Frames{2, 4, 6});
        CHECK(count_of(analysis, "challenge-repeated") == 0);
    }
    SUBCASE("only because the nonce was old") {
        tape.answer(401, challenge("n2", ", stale=true")).ask(credentials("n2")).answer(200);
        CHECK(count_of(tape.analyze(), "challenge-repeated") == 0);
    }
}

TEST_CASE("A challenge that nobody answers") {
    Register tape;
    tape.ask().answer(401, challenge("n1"));
    CHECK(count_of(tape.analyze(), "challenge-unanswered") ==
          0); // the answer may be behind the capture's end
    tape.until(40);
    CHECK(first_of(tape.analyze(), "challenge-unanswered").frames == Frames{2});
}

TEST_CASE("The nonce count rises") {
    Register tape;
    tape.ask().answer(401, challenge("n1")).ask(credentials("n1")).answer(200);
    SUBCASE("by one") {
        tape.ask(credentials("n1", "00000002")).answer(200);
        CHECK(count_of(tape.analyze(), "nonce-count") == 0);
    }
    SUBCASE("or the server takes it for a replay") {
        tape.ask(credentials("n1", "00000001")).answer(200);
        CHECK(first_of(tape.analyze(), "nonce-count").frames == Frames{3, 5});
    }
}

TEST_CASE("Digest responses against a password file") {
    Register tape;
    tape.ask().answer(401, challenge("n1")).ask(credentials("n1")).answer(200);
    CHECK(first_of(analyze(tape, "lab"), "auth-verified").frames == Frames{3});
    CHECK(first_of(analyze(tape, "ana:LAB"), "auth-wrong-password").frames == Frames{3});
    CHECK(count_of(analyze(tape, "ben:lab"), "auth-unknown-user") == 1);
    CHECK(count_of(analyze(tape, "ana@example.net:lab"), "auth-wrong-realm") == 1);
    for (const Finding& finding : analyze(tape, "ana:LAB").findings) {
        CHECK(finding.text.find("lab") == std::string::npos);
        CHECK(finding.text.find("LAB") == std::string::npos);
    }

    Register stale;
    stale.ask()
        .answer(401, challenge("n1"))
        .ask(credentials("n1"))
        .answer(401, challenge("n2", ", stale=true"));
    CHECK(count_of(analyze(stale, "lab"), "auth-stale") == 1);

    Register other;
    other.ask(credentials("n1").replace(15, 6, "Vendor")).answer(200);
    CHECK(count_of(analyze(other, "lab"), "auth-not-checkable") == 1);
}

TEST_CASE("Passwords of the samples") {
    const auto known = check::Passwords::parse("1001:lab").value();
    AnalysisOptions options;
    options.passwords = &known;
    const std::string folder = RUNGS_SOURCE_DIR "/samples/sip/";
    const Analysis call = rungs::analyze({folder + "lab-busy-caller.pcap"}, options).value();
    CHECK(count_of(call, "auth-verified") == 1);
    CHECK(count_of(call, "auth-wrong-password") == 0);
    const Analysis registration = rungs::analyze({folder + "lab-register.pcap"}, options).value();
    CHECK(count_of(registration, "auth-verified") >= 2);
    CHECK(count_of(registration, "auth-wrong-password") == 0);
}
