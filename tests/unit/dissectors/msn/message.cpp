#include "dissectors/msn/message.hpp"

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/issues.hpp"

using namespace rungs;
using namespace std::string_literals;
namespace issue = msn::issue;

namespace {

/// An exact-size heap copy, so that a sanitizer sees one octet too many.
struct Octets {
    explicit Octets(std::string_view text) : data(text.begin(), text.end()) {}
    [[nodiscard]] Bytes bytes() const { return data; }
    std::vector<std::uint8_t> data;
};

/// A parsed message together with the octets it points into.
struct Read {
    explicit Read(std::string_view text, Framing framing = Framing::stream) : octets(text) {
        parsed = msn::parse(octets.bytes(), framing, message);
    }
    [[nodiscard]] bool has_issue(std::string_view code) const {
        for (const Issue& found : message.issues) {
            if (found.code == code) return true;
        }
        return false;
    }
    Octets octets;
    msn::Message message;
    Parsed parsed;
};

struct Expected {
    std::string_view line;
    msn::Command command;
    msn::Writer writer;
    std::string_view name; ///< of a parameter
    std::string_view value;
};

} // namespace

TEST_CASE("msn: every command, word by word") {
    using C = msn::Command;
    using W = msn::Writer;
    const std::array<Expected, 86> table{{
        {"VER 1 MSNP8 CVR0", C::ver, W::either, "version", "MSNP8"},
        {"CVR 2 0x0409 win 4.10 i386 MSNMSGR 6.0.0602 MSMSGS a@example.com", C::cvr, W::client,
         "client_version", "6.0.0602"},
        {"CVR 2 0x0409 win 4.10 i386 MSNMSGR 6.0.0602 MSMSGS", C::cvr, W::client, "locale", "0x0409"},
        {"CVR 2 6.0.0602 6.0.0602 1.0.0000 http://example.com/a http://example.com/b", C::cvr, W::server,
         "minimum", "1.0.0000"},
        {"INF 3", C::inf, W::client, "trid", "3"},
        {"INF 3 MD5", C::inf, W::server, "security", "MD5"},
        {"USR 3 TWN I a@example.com", C::usr, W::either, "passport", "a@example.com"},
        {"USR 3 TWN S t=abc&p=def", C::usr, W::either, "ticket", "t=abc&p=def"},
        {"USR 3 MD5 I a@example.com", C::usr, W::either, "passport", "a@example.com"},
        {"USR 3 MD5 S 1013928519.693957190", C::usr, W::either, "hash", "1013928519.693957190"},
        {"USR 3 SSO I a@example.com", C::usr, W::either, "passport", "a@example.com"},
        {"USR 3 SSO S t=abc HAAAAA==", C::usr, W::either, "response", "HAAAAA=="},
        {"USR 3 OK a@example.com ali 1 0", C::usr, W::server, "nickname", "ali"},
        {"USR 1 a@example.com 17262740.1050826919.32308", C::usr, W::client, "cookie",
         "17262740.1050826919.32308"},
        {"XFR 3 NS 198.51.100.7:1863 0 198.51.100.8:1863", C::xfr, W::server, "address", "198.51.100.7:1863"},
        {"XFR 10 SB", C::xfr, W::client, "trid", "10"},
        {"XFR 10 SB 198.51.100.35:1863 CKI 1712.105.32308", C::xfr, W::server, "cookie", "1712.105.32308"},
        {"SYN 4 0", C::syn, W::either, "version", "0"},
        {"SYN 4 27 5 4", C::syn, W::server, "contacts", "5"},
        {"SYN 4 2003-06-13T12:00:00Z 2003-06-13T12:00:00Z 9 3", C::syn, W::server, "groups", "3"},
        {"LST a@example.com ali 11 0", C::lst, W::server, "lists", "11"},
        {"LST N=a@example.com F=ali C=abc 3", C::lst, W::server, "properties",
         "N=a@example.com F=ali C=abc 3"},
        {"LST 5 RL 27 1 2 a@example.com ali", C::lst, W::server, "passport", "a@example.com"},
        {"LST 5 RL", C::lst, W::client, "list", "RL"},
        {"LSG 0 Other%20Contacts 0", C::lsg, W::server, "name", "Other%20Contacts"},
        {"LSG 5 27 1 4 0 Friends", C::lsg, W::server, "name", "Friends"},
        {"CHG 6 NLN 268435456", C::chg, W::either, "capabilities", "268435456"},
        {"NLN BSY a@example.com ali 268435456", C::nln, W::server, "nickname", "ali"},
        {"NLN NLN a@example.com 1 ali 268435456", C::nln, W::server, "network", "1"},
        {"ILN 6 AWY a@example.com ali 0", C::iln, W::server, "status", "AWY"},
        {"ILN 6 AWY a@example.com 1 ali 0", C::iln, W::server, "nickname", "ali"},
        {"FLN a@example.com", C::fln, W::server, "passport", "a@example.com"},
        {"RNG 17054421 198.51.100.35:1863 CKI 106.23 a@example.com ali", C::rng, W::server, "session",
         "17054421"},
        {"CHL 0 15570131571988941333", C::chl, W::server, "challenge", "15570131571988941333"},
        {"QRY 7", C::qry, W::server, "trid", "7"},
        {"PNG", C::png, W::client, "", ""},
        {"QNG 43", C::qng, W::server, "seconds", "43"},
        {"OUT", C::out, W::either, "", ""},
        {"OUT OTH", C::out, W::either, "reason", "OTH"},
        {"ADD 8 FL b@example.net bob 2", C::add, W::client, "group", "2"},
        {"ADD 8 FL 105 b@example.net bob 2", C::add, W::server, "version", "105"},
        {"ADC 9 FL N=b@example.net F=bob", C::adc, W::either, "nickname", "F=bob"},
        {"ADG 9 104 Friends 5 0", C::adg, W::either, "name", "104"},
        {"REM 9 FL b@example.net", C::rem, W::client, "contact", "b@example.net"},
        {"REM 9 FL 106 b@example.net", C::rem, W::server, "version", "106"},
        {"RMG 9 5", C::rmg, W::either, "id", "5"},
        {"REG 9 5 Family 0", C::reg, W::either, "name", "Family"},
        {"REA 9 a@example.com ali", C::rea, W::client, "nickname", "ali"},
        {"REA 9 107 a@example.com ali", C::rea, W::server, "version", "107"},
        {"PRP 9 MFN ali", C::prp, W::either, "property", "MFN"},
        {"PRP 9 27 PHH 0123", C::prp, W::either, "value", "0123"},
        {"BPR 27 b@example.net PHH 0123", C::bpr, W::server, "value", "0123"},
        {"BPR PHH 0123", C::bpr, W::server, "property", "PHH"},
        {"GTC 9 A", C::gtc, W::either, "setting", "A"},
        {"GTC 9 27 N", C::gtc, W::either, "version", "27"},
        {"GTC N", C::gtc, W::server, "setting", "N"},
        {"BLP 9 BL", C::blp, W::either, "setting", "BL"},
        {"BLP AL", C::blp, W::server, "setting", "AL"},
        {"GCF 9 Shields.xml", C::gcf, W::client, "trid", "9"},
        {"SBS 0 null", C::sbs, W::server, "more", "null"},
        {"SBP 9 contact MFN bob", C::sbp, W::either, "value", "bob"},
        {"SND 9 b@example.net", C::snd, W::either, "passport", "b@example.net"},
        {"URL 9 INBOX", C::url, W::client, "kind", "INBOX"},
        {"URL 9 /cgi-bin/HoTMaiL https://login.example.com/ 2", C::url, W::server, "path",
         "/cgi-bin/HoTMaiL"},
        {"UUN 9 OK", C::uun, W::server, "trid", "9"},
        {"ADL 9 OK", C::adl, W::server, "trid", "9"},
        {"RML 9 OK", C::rml, W::server, "trid", "9"},
        {"CAL 39 bob@example.net", C::cal, W::client, "passport", "bob@example.net"},
        {"CAL 39 RINGING 17054421", C::cal, W::server, "session", "17054421"},
        {"ANS 44 bob@example.net 1064898110.23581 17054421", C::ans, W::client, "session", "17054421"},
        {"ANS 44 OK", C::ans, W::server, "trid", "44"},
        {"IRO 44 1 1 alice@example.com ali", C::iro, W::server, "passport", "alice@example.com"},
        {"IRO 44 1 2 alice@example.com ali 268435500", C::iro, W::server, "count", "2"},
        {"JOI bob@example.net %E5%B0%8F%E6%B3%A2", C::joi, W::server, "nickname", "%E5%B0%8F%E6%B3%A2"},
        {"BYE bob@example.net", C::bye, W::server, "passport", "bob@example.net"},
        {"BYE bob@example.net 1", C::bye, W::server, "idle", "1"},
        {"ACK 40", C::ack, W::server, "trid", "40"},
        {"NAK 40", C::nak, W::server, "trid", "40"},
        {"911 3", C::error, W::server, "trid", "3"},
        {"UBX b@example.net 0", C::ubx, W::server, "passport", "b@example.net"},
        {"UBX b@example.net 1 0", C::ubx, W::server, "network", "1"},
        {"UBN b@example.net 1 0", C::ubn, W::server, "type", "1"},
        {"UBM b@example.net 32 1 0", C::ubm, W::server, "network", "32"},
        {"UUN 9 b@example.net 1 0", C::uun, W::client, "type", "1"},
        {"UUX 9 0", C::uux, W::either, "trid", "9"},
        {"241 9 0", C::error, W::server, "trid", "9"},
    }};
    for (const Expected& expected : table) {
        CAPTURE(expected.line);
        const Read read(std::string(expected.line) + "\r\n");
        REQUIRE(read.parsed.outcome == Outcome::complete);
        CHECK(read.parsed.consumed == expected.line.size() + 2);
        CHECK(read.message.command == expected.command);
        REQUIRE(read.message.form != nullptr);
        CHECK(read.message.form->writer == expected.writer);
        CHECK(read.message.parameter(expected.name) == expected.value);
        CHECK(read.message.issues.empty());
    }
}

TEST_CASE("msn: commands with a payload take exactly their length") {
    for (const auto* line : {"MSG 40 A 5",
                             "MSG alice@example.com ali 5",
                             "MSG Hotmail Hotmail 5",
                             "UUX 9 5",
                             "QRY 7 PROD0038W!61ZTF9 5",
                             "UBX b@example.net 5",
                             "UBX b@example.net 1 5",
                             "GCF 9 Shields.xml 5",
                             "GCF 9 5",
                             "NOT 5",
                             "UBN b@example.net 1 5",
                             "UUN 9 b@example.net 1 5",
                             "IPG 5",
                             "ADL 9 5",
                             "RML 9 5",
                             "FQY 9 5",
                             "PAG 9 5",
                             "PAG 5",
                             "UUM 9 b@example.net 32 1 5",
                             "UBM b@example.net 32 1 5",
                             "241 9 5"}) {
        CAPTURE(line);
        const Read read(std::string(line) + "\r\nhelloOUT\r\n");
        REQUIRE(read.parsed.outcome == Outcome::complete);
        CHECK(read.message.payload == "hello");
        CHECK(read.message.payload_length == 5);
        CHECK(read.parsed.consumed == std::string(line).size() + 2 + 5);
        CHECK(as_text(read.message.bytes).substr(read.message.payload_offset) == "hello");
        CHECK(read.message.issues.empty());
    }
}

TEST_CASE("msn: the client's and the server's MSG are told apart") {
    const Read client("MSG 40 A 2\r\nhi");
    REQUIRE(client.message.form != nullptr);
    CHECK(client.message.form->writer == msn::Writer::client);
    CHECK(client.message.transaction == 40);
    CHECK(client.message.parameter("ack") == "A");

    const Read server("MSG alice@example.com ali 2\r\nhi");
    REQUIRE(server.message.form != nullptr);
    CHECK(server.message.form->writer == msn::Writer::server);
    CHECK_FALSE(server.message.transaction.has_value());
    CHECK(server.message.parameter("nickname") == "ali");
}

TEST_CASE("msn: nicknames are percent-encoded, raw UTF-8, anything else, or have blanks") {
    CHECK(msn::decode_name("%E5%B0%8F%E6%B3%A2") == "小波");
    const Read raw("MSG alice@example.com 小波 2\r\nhi");
    CHECK(raw.message.parameter("nickname") == "小波");
    const Read gbk("MSG alice@example.com \xd0\xa1\xb2\xa8 2\r\nhi");
    CHECK(gbk.message.parameter("nickname") == "\xd0\xa1\xb2\xa8");
    CHECK(gbk.message.payload == "hi");
    const Read blanks("MSG alice@example.com ali of  the north 2\r\nhi");
    CHECK(blanks.message.parameter("nickname") == "ali of  the north");
    CHECK(blanks.message.parameter("length") == "2");
    CHECK(blanks.message.payload == "hi");
}

TEST_CASE("msn: a stream is read the same however it is cut") {
    const std::string text = "VER 1 MSNP8 CVR0\r\n"
                             "MSG 40 A 29\r\nMIME-Version: 1.0\r\n\r\nOUT\r\nJOI"
                             "ACK 40\r\n"
                             "junk that is no command\r\nmore of it\r\n"
                             "\r\nMSG 41 A 9999\r\nlie\r\nJOI b@example.net bob\r\n"
                             "MSG 42 A -3\r\nbad\r\nANS 44 OK\r\n"
                             "OUT\r\n";
    const auto read_all = [&](std::size_t step) {
        std::vector<std::string> seen;
        std::string waiting;
        msn::Message message;
        const auto drain = [&](Framing framing) {
            while (!waiting.empty()) {
                const Octets octets(waiting);
                const auto parsed = msn::parse(octets.bytes(), framing, message);
                if (parsed.outcome == Outcome::need_more) return;
                REQUIRE(parsed.consumed > 0);
                seen.push_back(waiting.substr(0, parsed.consumed));
                waiting.erase(0, parsed.consumed);
            }
        };
        for (std::size_t at = 0; at < text.size(); at += step) {
            waiting += text.substr(at, step);
            drain(Framing::stream);
        }
        drain(Framing::datagram);
        return seen;
    };
    const auto whole = read_all(text.size());
    CHECK(read_all(1) == whole);
    CHECK(read_all(7) == whole);
    std::string together;
    for (const auto& part : whole) together += part;
    CHECK(together == text);
    REQUIRE(whole.size() == 9);
    CHECK(whole[1] == "MSG 40 A 29\r\nMIME-Version: 1.0\r\n\r\nOUT\r\nJOI");
    CHECK(whole[3] == "junk that is no command\r\nmore of it\r\n\r\n");
    CHECK(whole[4] == "MSG 41 A 9999\r\nlie\r\n");
    CHECK(whole[5] == "JOI b@example.net bob\r\n");
    CHECK(whole[6] == "MSG 42 A -3\r\nbad\r\n");
}

TEST_CASE("msn: a stream waits for the line and for the payload") {
    for (const auto* text :
         {"", "M", "MSG", "MSG 40 A 5", "MSG 40 A 5\r", "MSG 40 A 5\r\n", "MSG 40 A 5\r\nhell"}) {
        CAPTURE(text);
        const Read read(text);
        CHECK(read.parsed.outcome == Outcome::need_more);
        CHECK(read.parsed.consumed == 0);
    }
}

TEST_CASE("msn: lengths that are none end at the next command") {
    for (const auto* length : {"-1", "-2147483648", "abc", "0x40", "18446744073709551616", "4294967295"}) {
        CAPTURE(length);
        const Read read("MSG a@example.com A " + std::string(length) +
                        "\r\nContent-Type: text/plain\r\n\r\nhi\r\n" + "JOI b@example.net bob\r\n");
        REQUIRE(read.parsed.outcome == Outcome::complete);
        CHECK(read.message.payload == "Content-Type: text/plain\r\n\r\nhi\r\n");
        CHECK((read.has_issue(issue::length_invalid) || read.has_issue(issue::length_too_large)));
    }
    const Read absent("MSG\r\nhello", Framing::datagram);
    CHECK(absent.parsed.outcome == Outcome::complete);
    CHECK(absent.has_issue(issue::length_invalid));
    CHECK(absent.message.payload == "hello");
}

TEST_CASE("msn: limits::message_octets, both sides") {
    const std::string line = "MSG 1 U " + std::to_string(limits::message_octets) + "\r\n";
    const Read fits(line + std::string(limits::message_octets, 'x'));
    CHECK(fits.parsed.outcome == Outcome::complete);
    CHECK(fits.message.issues.empty());
    const Read past("MSG 1 U " + std::to_string(limits::message_octets + 1) + "\r\nhi\r\nOUT\r\n");
    CHECK(past.parsed.outcome == Outcome::complete);
    CHECK(past.has_issue(issue::length_too_large));
    CHECK(past.message.payload == "hi\r\n");
}

TEST_CASE("msn: a length that swallowed the next command is cut before it") {
    // 14 octets announced; the payload has 6, and 8 of the next line went with it.
    const Read read("MSG 40 A 14\r\nhello\nJOI b@example.net bob\r\n");
    REQUIRE(read.parsed.outcome == Outcome::complete);
    CHECK(read.message.payload == "hello\n");
    CHECK(read.has_issue(issue::length_wrong));
    // The announced end falls inside the name of the next command.
    const Read inside("MSG 40 A 9\r\nhello\r\nJOI b@example.net bob\r\n");
    CHECK(inside.message.payload == "hello\r\n");
    CHECK(inside.has_issue(issue::length_wrong));
}

TEST_CASE("msn: a chat that quotes a command keeps its text") {
    const Read read("MSG 40 A 26\r\nlook:\nCAL 39 b@example.netJOI b@example.net bob\r\n");
    REQUIRE(read.parsed.outcome == Outcome::complete);
    CHECK(read.message.payload == "look:\nCAL 39 b@example.net");
    CHECK(read.has_issue(issue::length_wrong) == false);
}

TEST_CASE("msn: datagrams hold several commands and may end early") {
    const std::string text = "MSG 40 A 5\r\nhelloACK 40\r\n";
    const Read first(text, Framing::datagram);
    CHECK(first.parsed.consumed == 17);
    const Read second(text.substr(17), Framing::datagram);
    CHECK(second.message.command == msn::Command::ack);

    const Read cut("MSG 40 A 50\r\nhello", Framing::datagram);
    CHECK(cut.parsed.outcome == Outcome::complete);
    CHECK(cut.message.payload == "hello");
    CHECK(cut.has_issue(issue::payload_truncated));
    const Read line("OUT", Framing::datagram);
    CHECK(line.message.command == msn::Command::out);
    CHECK(line.has_issue(issue::line_incomplete));
    const Read empty("", Framing::datagram);
    CHECK(empty.parsed.outcome == Outcome::malformed);
}

TEST_CASE("msn: blank lines, bare LF, unknown commands and junk") {
    const Read blank("\r\n\r\nOUT\r\n");
    CHECK(blank.message.command == msn::Command::out);
    CHECK(blank.message.junk_before == 4);
    const Read lf("OUT\n");
    CHECK(lf.has_issue(issue::line_end));
    const Read later("SDG 12 0\r\n");
    CHECK(later.parsed.outcome == Outcome::complete);
    CHECK(later.message.command == msn::Command::unknown);
    CHECK(later.message.name == "SDG");
    CHECK(later.message.transaction == 12);
    CHECK(later.has_issue(issue::parameters));
    const Read junk("hello\r\nOUT\r\n");
    CHECK(junk.parsed.outcome == Outcome::malformed);
    CHECK(junk.parsed.consumed == 7);
    CHECK(junk.parsed.reason == issue::not_a_command);
    const Read misfit("CAL nobody\r\n");
    CHECK(misfit.message.command == msn::Command::cal);
    CHECK(misfit.message.form == nullptr);
    CHECK(misfit.has_issue(issue::parameters));
}

TEST_CASE("msn: limits::msn_line_octets bounds a line without an end") {
    const std::string below(limits::msn_line_octets - 1, 'A');
    CHECK(Read(below).parsed.outcome == Outcome::need_more);
    const Read at(below + "A");
    CHECK(at.parsed.outcome == Outcome::malformed);
    CHECK(at.parsed.consumed == limits::msn_line_octets);
    const Read challenge("CHL 0 " + std::string(20'000, '9') + "\r\n");
    CHECK(challenge.parsed.outcome == Outcome::malformed);
    CHECK(challenge.parsed.reason == issue::line_too_long);
    const Read newlines(std::string(limits::msn_line_octets + 4, '\n'));
    CHECK(newlines.parsed.outcome == Outcome::malformed);
    CHECK(newlines.parsed.consumed == limits::msn_line_octets);
}

TEST_CASE("msn: tickets, hashes and cookies are located") {
    const auto redacted = [](std::string_view text) { return msn::redacted(Read(text).message); };
    CHECK(redacted("USR 3 TWN S t=ab&p=cd\r\n") == "USR 3 TWN S *********\r\n");
    CHECK(redacted("USR 3 TWN S t=ab with blanks\r\n") == "USR 3 TWN S **** **** ******\r\n");
    CHECK(redacted("USR 3 MD5 S 0123abcd\r\n") == "USR 3 MD5 S ********\r\n");
    CHECK(redacted("USR 3 SSO S t=ab GAAA\r\n") == "USR 3 SSO S **** ****\r\n");
    CHECK(redacted("USR 1 a@example.com 1.2.3\r\n") == "USR 1 a@example.com *****\r\n");
    CHECK(redacted("ANS 44 b@example.net 10.23 17\r\n") == "ANS 44 b@example.net ***** 17\r\n");
    CHECK(redacted("RNG 17 198.51.100.35:1863 CKI 10.2 a@example.com ali\r\n") ==
          "RNG 17 198.51.100.35:1863 CKI **** a@example.com ali\r\n");
    CHECK(redacted("XFR 10 SB 198.51.100.35:1863 CKI 17.1\r\n") ==
          "XFR 10 SB 198.51.100.35:1863 CKI ****\r\n");
    // No known form: nothing that may be a ticket is shown.
    CHECK(redacted("USR 3 NEW t=secret\r\n") == "USR 3 *** ********\r\n");
    // What is no secret stays.
    CHECK(redacted("USR 3 TWN I a@example.com\r\n") == "USR 3 TWN I a@example.com\r\n");
    CHECK(redacted("USR 3 OK a@example.com ali 1 0\r\n") == "USR 3 OK a@example.com ali 1 0\r\n");
    CHECK(redacted("MSG Hotmail Hotmail 28\r\nMSPAuth: 2AAAA\r\nKid: 0\r\n\r\n\r\n") ==
          "MSG Hotmail Hotmail 28\r\nMSPAuth:******\r\nKid: 0\r\n\r\n\r\n");
}

TEST_CASE("msn: probe") {
    const auto probe = [](std::string_view text) {
        const Octets octets(text);
        return msn::probe(octets.bytes());
    };
    CHECK(probe("VER 1 MSNP8 CVR0\r\n") == Probe::certain);
    CHECK(probe("MSG 40 A 462\r\n") == Probe::certain);
    CHECK(probe("MSG alice@example.com ali 462\r\nMIME") == Probe::certain);
    CHECK(probe("CAL 39 bob@example.net\r\n") == Probe::certain);
    CHECK(probe("\r\nJOI bob@example.net bob\r\n") == Probe::certain);
    CHECK(probe("OUT\r\n") == Probe::maybe);
    CHECK(probe("MSG 40 A") == Probe::maybe);
    CHECK(probe("MS") == Probe::maybe);
    CHECK(probe("220 mail.example.com ESMTP\r\n") != Probe::certain);
    CHECK(probe("") == Probe::no);
    CHECK(probe("INVITE sip:bob@example.net SIP/2.0\r\n") == Probe::no);
    CHECK(probe("GET / HTTP/1.1\r\n") == Probe::no);
    CHECK(probe("USER alice\r\n") == Probe::no);
    CHECK(probe("\x80\x00\x00\x01") == Probe::no);
}
