#include "analyzer/correlate/repeats.hpp"

#include <doctest/doctest.h>

#include "tests/support/scene.hpp"

/// Transactions (RFC 3261 section 17) and what a message is to the ones before it.
namespace rungs {
namespace {

using namespace test;

/// The relation of the newest message and what it relates to.
void check(Scene& scene, Id id, Relation relation, Id relates_to) {
    CAPTURE(id);
    CHECK(scene.message(id).relation == relation);
    CHECK(scene.message(id).relates_to == relates_to);
}

TEST_CASE("a request sent again is a retransmission, its responses too") {
    Scene scene;
    const Id invite = scene.send("ana", "ben", "INVITE");
    const Id again = scene.wait(500ms).send("ana", "ben", "INVITE");
    const Id once_more = scene.wait(1s).send("ana", "ben", "INVITE");
    const Id busy = scene.send("ben", "ana", "486");
    const Id busy_again = scene.wait(500ms).send("ben", "ana", "486");
    check(scene, invite, Relation::original, 0);
    check(scene, again, Relation::retransmission, invite);
    check(scene, once_more, Relation::retransmission, invite);
    check(scene, busy, Relation::original, 0);
    check(scene, busy_again, Relation::retransmission, busy);
    for (const Id id : {again, once_more, busy, busy_again})
        CHECK(scene.message(id).transaction == scene.message(invite).transaction);
}

TEST_CASE("a branch with the magic cookie makes one request, whatever else changed in it") {
    Scene scene;
    const Id invite = scene.send("ana", "ben", "INVITE");
    const Id stamped = scene.wait(500ms).send("ana", "ben", "INVITE", {.headers = "Timestamp: 7\r\n"});
    check(scene, stamped, Relation::retransmission, invite);
}

TEST_CASE("another branch is another transaction, though all else is the same") {
    Scene scene;
    const Id first = scene.send("ana", "ben", "OPTIONS", {.branch = "z9hG4bKone"});
    const Id second = scene.wait(1s).send("ana", "ben", "OPTIONS", {.branch = "z9hG4bKtwo"});
    check(scene, second, Relation::original, 0);
    CHECK(scene.message(first).transaction != scene.message(second).transaction);
}

TEST_CASE("sent-by is part of the transaction: two clients may choose the same branch") {
    Scene scene;
    const Id one = scene.send("ana:5060", "ben", "OPTIONS", {.via = {"ana:5060"}, .branch = "z9hG4bKsame"});
    const Id two = scene.send("ana:5070", "ben", "OPTIONS", {.via = {"ana:5070"}, .branch = "z9hG4bKsame"});
    CHECK(scene.message(one).transaction != scene.message(two).transaction);
}

TEST_CASE("CANCEL and the ACK of a 200 are transactions of their own") {
    Scene scene;
    const Id invite = scene.send("ana", "ben", "INVITE");
    const Id cancel = scene.send("ana", "ben", "CANCEL");
    const Id cancelled = scene.send("ben", "ana", "200", {.of = "CANCEL"});
    const Id terminated = scene.send("ben", "ana", "487");
    const Id ack = scene.send("ana", "ben", "ACK");
    CHECK(scene.message(cancel).transaction != scene.message(invite).transaction);
    CHECK(scene.message(cancelled).transaction == scene.message(cancel).transaction);
    CHECK(scene.message(terminated).transaction == scene.message(invite).transaction);
    CHECK(scene.message(ack).transaction ==
          scene.message(invite).transaction); // of a refusal: section 17.1.1.3

    Scene answered;
    const Id call = answered.send("ana", "ben", "INVITE");
    answered.send("ben", "ana", "200");
    const Id own = answered.send("ana", "ben", "ACK", {.branch = "z9hG4bKack"});
    CHECK(answered.message(own).transaction != answered.message(call).transaction);
}

TEST_CASE("without the magic cookie tags, Call-ID and CSeq tell (RFC 3261 section 17.2.3)") {
    for (const char* branch : {"", "1"}) {
        CAPTURE(branch);
        Scene scene;
        const Id invite = scene.send("ana", "ben", "INVITE", {.branch = branch});
        const Id again = scene.wait(500ms).send("ana", "ben", "INVITE", {.branch = branch});
        const Id ringing = scene.send("ben", "ana", "180", {.branch = branch});
        const Id answered = scene.send("ben", "ana", "200", {.branch = branch});
        const Id bye = scene.send("ana", "ben", "BYE", {.cseq = 2, .branch = branch});
        check(scene, again, Relation::retransmission, invite);
        CHECK(scene.message(ringing).transaction == scene.message(invite).transaction);
        CHECK(scene.message(answered).transaction == scene.message(invite).transaction);
        CHECK(scene.message(bye).transaction != scene.message(invite).transaction);
    }
}

TEST_CASE("another provisional response is news, not a retransmission") {
    Scene scene;
    scene.send("ana", "ben", "INVITE");
    scene.send("ben", "ana", "183");
    const Id with_answer =
        scene.wait(500ms).send("ben", "ana", "183", {.sdp = audio("12345", "192.0.2.2", 4000)});
    check(scene, with_answer, Relation::original, 0);
}

TEST_CASE("the same message on the next link is a hop") {
    Scene scene;
    const Id invite = scene.send("ana", "proxy", "INVITE");
    const Id onward = scene.send("proxy", "ben", "INVITE", {.via = {"proxy", "ana"}});
    const Id onward_again = scene.wait(500ms).send("proxy", "ben", "INVITE", {.via = {"proxy", "ana"}});
    const Id busy = scene.send("ben", "proxy", "486", {.via = {"proxy", "ana"}});
    const Id back = scene.send("proxy", "ana", "486");
    check(scene, onward, Relation::hop, invite);
    check(scene, onward_again, Relation::retransmission, onward);
    check(scene, back, Relation::hop, busy);
    CHECK(scene.message(onward).transaction != scene.message(invite).transaction);
    CHECK(scene.message(busy).transaction == scene.message(onward).transaction);
    CHECK(scene.message(back).transaction == scene.message(invite).transaction);
    CHECK(scene.call().outcome == CallOutcome::busy);
    CHECK(hops_of(scene.end(), scene.end().dialog(1)).size() == 2);
}

TEST_CASE("hops on one host are told apart by their ports") {
    Scene scene;
    const Id invite = scene.send("host:5061", "host:5060", "INVITE", {.via = {"host:5061"}});
    const Id onward = scene.send("host:5060", "host:5062", "INVITE", {.via = {"host:5060", "host:5061"}});
    check(scene, onward, Relation::hop, invite);
    CHECK(hops_of(scene.end(), scene.end().dialog(1)).size() == 2);
}

TEST_CASE("from another port of the same host a message is still the one before") {
    Scene scene;
    const Id invite = scene.send("ana:40000", "ben", "INVITE", {.via = {"ana"}});
    const Id again = scene.wait(500ms).send("ana:40001", "ben", "INVITE", {.via = {"ana"}});
    check(scene, again, Relation::retransmission, invite);
}

TEST_CASE("a call to the own number: both legs on one address") {
    Scene scene;
    const Id invite = scene.send("ana", "proxy", "INVITE", {.callee = "ana", .to_tag = ""});
    const Id comes_back =
        scene.send("proxy", "ana", "INVITE", {.callee = "ana", .to_tag = "", .via = {"proxy", "ana"}});
    const Id busy =
        scene.send("ana", "proxy", "486", {.callee = "ana", .to_tag = "x", .via = {"proxy", "ana"}});
    const Id busy_back = scene.send("proxy", "ana", "486", {.callee = "ana", .to_tag = "x"});
    check(scene, comes_back, Relation::hop, invite);
    check(scene, busy_back, Relation::hop, busy);
    CHECK(scene.call().outcome == CallOutcome::busy);
}

TEST_CASE("one packet seen twice is a duplicate: same octets, same IP identification, at once") {
    Scene scene;
    const Id invite = scene.send("ana", "ben", "INVITE", {.ip_id = 7});
    const Id copy = scene.send("ana", "ben", "INVITE", {.ip_id = 7});
    const Id sent_again = scene.send("ana", "ben", "INVITE", {.ip_id = 8});
    const Id much_later = scene.wait(1s).send("ana", "ben", "INVITE", {.ip_id = 7});
    check(scene, copy, Relation::duplicate, invite);
    check(scene, sent_again, Relation::retransmission, invite);
    check(scene, much_later, Relation::retransmission, invite);
}

TEST_CASE("the same packet in two captures is a duplicate, however far their clocks are apart") {
    Scene scene;
    const Id sent = scene.send("ana", "ben", "INVITE", {.ip_id = 7, .capture = 0});
    const Id received = scene.wait(4s).send("ana", "ben", "INVITE", {.ip_id = 7, .capture = 1});
    check(scene, received, Relation::duplicate, sent);
    CHECK(scene.call().outcome == CallOutcome::in_progress);
}

TEST_CASE("a stream delivers each octet once: the same at once is the stream captured twice") {
    Scene scene;
    const Id first = scene.send("ana", "ben", "INVITE", {.carrier = Carrier::tcp});
    const Id copy = scene.send("ana", "ben", "INVITE", {.carrier = Carrier::tcp});
    check(scene, copy, Relation::duplicate, first);
}

} // namespace
} // namespace rungs
