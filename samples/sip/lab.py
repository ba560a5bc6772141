"""The SIP lab: softphones that register and call each other through a public proxy which challenges every INVITE.

A `LabCall` plays one call with all four links' packets; the captures at the caller and at the callee are two views of
it, with clocks that differ by seconds. The proxy relays media. Password of both users: lab.
"""
from capture import MS, SECOND, Scene
from sip import (Message, ack_of_failure, backward, cancel_of, digest, forwarded, received, response, sdp, token, via)

DOMAIN, PASSWORD = "lab.example.com", "lab"
PROXY = ("203.0.113.5", 5060)
NAT = "198.51.100.7"
RECORD_ROUTE = "<sip:203.0.113.5;lr>"
AGENT = "MicroSIP/3.21.3"
START = 1_790_000_000 * SECOND


class Phone:
    def __init__(self, user, name, address, port, media_port):
        self.user, self.name, self.endpoint, self.media = user, name, (address, port), (address, media_port)
        self.aor = f"sip:{user}@{DOMAIN}"
        self.public = (NAT, 40000 + port % 10000)

    @property
    def contact(self):
        return f"<sip:{self.user}@{self.endpoint[0]}:{self.endpoint[1]};ob>"

    def offer(self, session):
        return sdp(*self.media, session=session, name="pjmedia")


ANA = Phone("1001", "Ana Torres", "192.168.1.20", 52786, 4000)
BEN = Phone("1002", "Ben Okoro", "192.168.1.30", 61234, 4008)


def authorization(name, phone, method, uri, nonce, seed, count=1):
    return name, digest(phone.user, DOMAIN, PASSWORD, method, uri, nonce, token(seed, "cnonce", length=32), count)


class LabCall:
    def __init__(self, seed, caller=ANA, callee=BEN, start=START):
        self.seed, self.caller, self.callee = seed, caller, callee
        self.scene = Scene(start)
        self.call_id = token(seed, "call-id", length=32)
        self.from_tag, self.to_tag = token(seed, "from"), token(seed, "to")
        self.invite = self.leg_invite = self.answer = None

    # Links: each takes 12 ms.
    def send(self, source, destination, message):
        self.scene.datagram(source, destination, message.octets())
        self.scene.wait(12)

    def from_caller(self, message):
        self.send(self.caller.endpoint, PROXY, message)

    def to_caller(self, message):
        self.send(PROXY, self.caller.endpoint, message)

    def from_callee(self, message):
        self.send(self.callee.endpoint, PROXY, message)

    def to_callee(self, message):
        self.send(PROXY, self.callee.endpoint, message)

    def proxy_via(self, branch):
        return via(PROXY, token(self.seed, "proxy", branch, length=16), rport=False)

    def request_from_caller(self, method, number, extra=(), body=b""):
        return Message(f"{method} {self.callee.aor} SIP/2.0", [
            ("Via", via(self.caller.endpoint, "Pj" + token(self.seed, method, number, length=24))),
            ("Max-Forwards", "70"),
            ("From", f'"{self.caller.name}" <{self.caller.aor}>;tag={self.from_tag}'),
            ("To", f"<{self.callee.aor}>"), ("Contact", self.caller.contact),
            ("Call-ID", self.call_id), ("CSeq", f"{number} {method}"),
            ("Allow", "PRACK, INVITE, ACK, BYE, CANCEL, UPDATE, INFO, SUBSCRIBE, NOTIFY, REFER, MESSAGE, OPTIONS"),
            ("User-Agent", AGENT), *extra], body)

    def set_up(self, retransmit=False):
        """INVITE, 407, ACK, INVITE with the answer, 100, and the INVITE on the callee's link."""
        offer = self.caller.offer(3900000001)
        nonce = token(self.seed, "nonce", length=32)
        first = self.request_from_caller("INVITE", 11231, body=offer)
        self.from_caller(first)
        challenge = response(received(first, self.caller.public), 407, "Proxy Authentication Required", "prx" + token(
            self.seed, "challenge"), [("Proxy-Authenticate", f'Digest realm="{DOMAIN}", nonce="{nonce}", qop="auth"')])
        self.to_caller(challenge)
        self.from_caller(ack_of_failure(first, challenge))
        self.invite = self.request_from_caller("INVITE", 11232, body=offer, extra=[authorization(
            "Proxy-Authorization", self.caller, "INVITE", self.callee.aor, nonce, self.seed)])
        self.from_caller(self.invite)
        if retransmit:
            self.scene.wait(488)
            self.from_caller(self.invite)
        seen = received(self.invite, self.caller.public)
        self.to_caller(response(seen, 100, "Giving a try"))
        relayed = self.invite.copy(body=sdp(PROXY[0], 30000, session=3900000001, name="pjmedia").encode())
        self.leg_invite = forwarded(received(relayed, self.caller.public), self.proxy_via("invite"), RECORD_ROUTE,
                                    f"sip:{self.callee.user}@{self.callee.endpoint[0]}:{self.callee.endpoint[1]};ob")
        self.to_callee(self.leg_invite)
        self.from_callee(response(self.leg_invite, 100, "Trying"))

    def from_callee_through(self, status, reason, headers=(), body=b"", relayed_body=b""):
        """A response of the callee on its link, then on the caller's."""
        answer = response(self.leg_invite, status, reason, self.to_tag, [*headers, ("User-Agent", AGENT)], body)
        self.from_callee(answer)
        self.to_caller(backward(answer).copy(body=relayed_body.encode() if relayed_body else b""))
        return answer

    def ring(self, seconds):
        self.scene.wait(150)
        self.from_callee_through(180, "Ringing", [("Contact", self.callee.contact), ("X-Call-ID", self.call_id)])
        self.scene.wait(seconds * 1000)

    def reject(self):
        """486 with the ACK of each link."""
        failure = response(self.leg_invite, 486, "Busy Here", self.to_tag, [("User-Agent", AGENT)])
        self.fail_leg(failure)
        self.fail_caller(486, "Busy Here")

    def fail_leg(self, failure, retransmit=False):
        self.from_callee(failure)
        if retransmit:
            self.scene.wait(490)
            self.from_callee(failure)
        self.to_callee(ack_of_failure(self.leg_invite, failure))

    def fail_caller(self, status, reason, retransmit=False):
        failure = response(received(self.invite, self.caller.public), status, reason, self.to_tag)
        self.to_caller(failure)
        if retransmit:
            self.scene.wait(488)
            self.to_caller(failure)
        self.from_caller(ack_of_failure(self.invite, failure))

    def cancel_leg(self, retransmit=False):
        """The proxy cancels the callee's leg: CANCEL, 200, 487, ACK."""
        cancel = cancel_of(self.leg_invite)
        self.to_callee(cancel)
        self.from_callee(response(cancel, 200, "OK", self.to_tag))
        self.fail_leg(response(self.leg_invite, 487, "Request Terminated", self.to_tag), retransmit)

    def cancel(self):
        """The caller's CANCEL and the proxy's 200; what comes after it is the scenario's."""
        cancel = cancel_of(self.invite)
        self.from_caller(cancel)
        self.to_caller(response(received(cancel, self.caller.public), 200, "canceling", "prx" + self.to_tag))

    def pick_up(self):
        answer = self.callee.offer(3900000777)
        self.answer = self.from_callee_through(
            200, "OK", [("Contact", self.callee.contact)], answer,
            sdp(PROXY[0], 30002, session=3900000777, name="pjmedia"))
        ack = self.in_dialog_from_caller("ACK", 11232)
        self.from_caller(ack)
        self.to_callee(self.passed_on(ack, self.callee))

    def media(self, seconds):
        begin = self.scene.now + 5 * MS
        for phone, port, back_port, ssrc in ((self.caller, 30002, 30000, 0x1001A11C), (self.callee, 30000, 30002, 0x1002B0B0)):
            other = self.callee if phone is self.caller else self.caller
            self.scene.talk(phone.media, (PROXY[0], port), ssrc, begin, seconds, sequence=ssrc & 0xFFF)
            self.scene.talk((PROXY[0], back_port), other.media, ssrc, begin + 25 * MS, seconds, sequence=ssrc & 0xFFF)
        self.scene.now = begin
        self.scene.wait(seconds * 1000 + 60)

    def in_dialog(self, sender, receiver, method, number, tags):
        return Message(f"{method} sip:{receiver.user}@{receiver.endpoint[0]}:{receiver.endpoint[1]};ob SIP/2.0", [
            ("Via", via(sender.endpoint, "Pj" + token(self.seed, method, number, "in", length=24))),
            ("Max-Forwards", "70"), ("From", f"<{sender.aor}>;tag={tags[0]}"),
            ("To", f"<{receiver.aor}>;tag={tags[1]}"), ("Call-ID", self.call_id), ("CSeq", f"{number} {method}"),
            ("Route", RECORD_ROUTE)])

    def in_dialog_from_caller(self, method, number):
        return self.in_dialog(self.caller, self.callee, method, number, (self.from_tag, self.to_tag))

    def passed_on(self, request, receiver):
        public = self.caller.public if receiver is self.callee else self.callee.public
        return forwarded(received(request, public), self.proxy_via(request["CSeq"]))

    def hang_up(self, by_caller):
        first, second = (self.caller, self.callee) if by_caller else (self.callee, self.caller)
        tags = (self.from_tag, self.to_tag) if by_caller else (self.to_tag, self.from_tag)
        bye = self.in_dialog(first, second, "BYE", 11233 if by_caller else 2201, tags)
        self.send(first.endpoint, PROXY, bye)
        onward = self.passed_on(bye, second)
        self.send(PROXY, second.endpoint, onward)
        ok = response(onward, 200, "OK")
        self.send(second.endpoint, PROXY, ok)
        self.send(PROXY, first.endpoint, backward(ok))


def no_answer(call):
    call.set_up()
    call.ring(30)
    call.cancel_leg()
    call.fail_caller(408, "Request Timeout")


def no_answer_cancel(call):
    """The caller's timer cancels just as the proxy gives up: the INVITE ends with 408, not 487."""
    call.set_up()
    call.ring(30)
    call.cancel()
    call.cancel_leg()
    call.fail_caller(408, "Request Timeout")


def rejected(call):
    call.set_up()
    call.ring(4)
    call.reject()


def busy(call):
    call.set_up()
    call.scene.wait(80)
    call.reject()


def cancelled(call):
    call.set_up(retransmit=True)
    call.ring(5)
    call.cancel()
    call.cancel_leg(retransmit=True)
    call.fail_caller(487, "Request Terminated", retransmit=True)


def answered_caller_hangs_up(call):
    call.set_up()
    call.ring(3)
    call.pick_up()
    call.media(2.4)
    call.hang_up(by_caller=True)


def answered_callee_hangs_up(call):
    call.set_up()
    call.ring(2)
    call.pick_up()
    call.media(2)
    call.hang_up(by_caller=False)


SCENARIOS = [no_answer, no_answer_cancel, rejected, busy, cancelled, answered_caller_hangs_up,
             answered_callee_hangs_up]


def self_call():
    """A phone calls its own number: the INVITE comes back to the address it left, which is busy with itself."""
    call = LabCall("self-call", ANA, ANA, START + 7200 * SECOND)
    busy(call)
    return call.scene


def registration(phone=ANA, refreshes=3, start=START - 300 * SECOND):
    """REGISTER, 401, REGISTER, 200, and again about every 55 s; at the end Expires: 0."""
    scene, call_id, number = Scene(start), token(phone.user, "registration", length=32), 4100
    server_nonce = token(phone.user, "register nonce", length=32)
    uri = f"sip:{DOMAIN}"

    def register(expires, credentials=None):
        nonlocal number
        number += 1
        request = Message(f"REGISTER {uri} SIP/2.0", [
            ("Via", via(phone.endpoint, "Pj" + token(phone.user, "register", number, length=24))),
            ("Max-Forwards", "70"), ("From", f'"{phone.name}" <{phone.aor}>;tag={token(phone.user, number)}'),
            ("To", f'"{phone.name}" <{phone.aor}>'), ("Call-ID", call_id), ("CSeq", f"{number} REGISTER"),
            ("User-Agent", AGENT), ("Contact", phone.contact), ("Expires", str(expires)),
            *([credentials] if credentials else [])])
        scene.datagram(phone.endpoint, PROXY, request.octets())
        scene.wait(21)
        seen = received(request, phone.public)
        if credentials:
            bound = [("Contact", f"{phone.contact};expires={expires}")] if expires else []
            answer = response(seen, 200, "OK", "reg" + token(number), bound)
        else:
            answer = response(seen, 401, "Unauthorized", "reg" + token(number), [
                ("WWW-Authenticate", f'Digest realm="{DOMAIN}", nonce="{server_nonce}", qop="auth"')])
        scene.datagram(PROXY, phone.endpoint, answer.octets())
        scene.wait(9)

    register(60)
    for count in range(1, refreshes + 2):
        register(60, authorization("Authorization", phone, "REGISTER", uri, server_nonce, f"reg{count}", count))
        scene.wait(54_950 + 40 * count)
    register(0, authorization("Authorization", phone, "REGISTER", uri, server_nonce, "unregister", refreshes + 2))
    return scene
