"""FreeSWITCH as a back-to-back user agent, itself behind NAT, captured on its own host.

Two phones behind routers of their own register and call: the bridge has two legs with nothing in common but time,
numbers and the host in the middle. Password of both users: lab.
"""
from capture import MS, SECOND, Scene
from sip import Message, ack_of_failure, digest, received, response, sdp, token, via

DOMAIN, PASSWORD = "pbx.example.net", "lab"
SWITCH, SWITCH_PUBLIC = ("10.0.0.5", 5060), "203.0.113.9"
AGENT = "FreeSWITCH-mod_sofia/1.10.11-release"
START = 1_792_000_000 * SECOND + 123_456_789


class Phone:
    """`private` is what the phone believes; `public` is where its router sends from."""

    def __init__(self, user, name, private, public, media_private, media_public, agent):
        self.user, self.name, self.private, self.public = user, name, private, public
        self.media_private, self.media_public, self.agent = media_private, media_public, agent
        self.aor = f"sip:{user}@{DOMAIN}"
        self.contact = f"<sip:{user}@{private[0]}:{private[1]}>"


EVA = Phone("1010", "Eva Lind", ("192.168.1.11", 5060), ("198.51.100.21", 51234), ("192.168.1.11", 16400),
            ("198.51.100.21", 52400), "Zoiper v2.10.20")
FINN = Phone("1020", "Finn Moss", ("192.168.7.12", 5062), ("198.51.100.22", 40022), ("192.168.7.12", 11780),
             ("198.51.100.22", 41780), "Linphone/5.2.4")


def registration():
    scene = Scene(START - 600 * SECOND)
    for phone in (EVA, FINN):
        nonce, uri, call_id = token(phone.user, "nonce", length=32), f"sip:{DOMAIN}", token(phone.user, "reg", length=22)
        for number in (1, 2):
            extra = [("Authorization", digest(phone.user, DOMAIN, PASSWORD, "REGISTER", uri, nonce,
                                              token(phone.user, "cnonce", length=16)))] if number == 2 else []
            request = Message(f"REGISTER {uri} SIP/2.0", [
                ("Via", via(phone.private, token(phone.user, "reg", number, length=16))), ("Max-Forwards", "70"),
                ("From", f"<{phone.aor}>;tag={token(phone.user, 'reg')}"), ("To", f"<{phone.aor}>"),
                ("Call-ID", call_id), ("CSeq", f"{number} REGISTER"), ("Contact", phone.contact), ("Expires", "3600"),
                ("User-Agent", phone.agent), *extra])
            scene.datagram(phone.public, SWITCH, request.octets())
            scene.wait(1.7)
            seen = received(request, phone.public)
            if number == 1:
                answer = response(seen, 401, "Unauthorized", token(phone.user, "t1"), [
                    ("User-Agent", AGENT),
                    ("WWW-Authenticate", f'Digest realm="{DOMAIN}", nonce="{nonce}", algorithm=MD5, qop="auth"')])
            else:
                answer = response(seen, 200, "OK", token(phone.user, "t2"), [
                    ("Contact", f"{phone.contact};expires=3600"), ("User-Agent", AGENT)])
            scene.datagram(SWITCH, phone.public, answer.octets())
            scene.wait(48)
        scene.wait(900)
    return scene


class Bridge:
    def __init__(self):
        self.scene = Scene(START)
        self.a_id, self.b_id = token("a leg", length=22), "7f3a" + token("b leg", length=28)
        self.a_tag, self.a_switch_tag = token("a tag"), token("a switch", length=13)
        self.b_tag, self.b_switch_tag = token("b tag"), token("b switch", length=13)

    def to_switch(self, phone, message, wait=1.2):
        self.scene.datagram(phone.public, SWITCH, message.octets())
        self.scene.wait(wait)

    def to_phone(self, phone, message, wait=38):
        self.scene.datagram(SWITCH, phone.public, message.octets())
        self.scene.wait(wait)

    def invite_a(self, number, extra=()):
        uri = f"sip:{FINN.user}@{DOMAIN}"
        return Message(f"INVITE {uri} SIP/2.0", [
            ("Via", via(EVA.private, token("a invite", number, length=16))), ("Max-Forwards", "70"),
            ("From", f'"{EVA.name}" <{EVA.aor}>;tag={self.a_tag}'), ("To", f"<{uri}>"), ("Call-ID", self.a_id),
            ("CSeq", f"{number} INVITE"), ("Contact", EVA.contact), ("User-Agent", EVA.agent), *extra],
            sdp(*EVA.media_private, payload_types=(0, 8, 101)))

    def invite_b(self):
        uri = f"sip:{FINN.user}@{FINN.private[0]}:{FINN.private[1]};fs_nat=yes"
        return Message(f"INVITE {uri} SIP/2.0", [
            ("Via", via((SWITCH_PUBLIC, 5060), token("b invite", length=13))), ("Max-Forwards", "69"),
            ("From", f'"{EVA.name}" <sip:{EVA.user}@{SWITCH_PUBLIC}>;tag={self.b_switch_tag}'), ("To", f"<{uri}>"),
            ("Call-ID", self.b_id), ("CSeq", "52210771 INVITE"),
            ("Contact", f"<sip:mod_sofia@{SWITCH_PUBLIC}:5060>"), ("User-Agent", AGENT)],
            sdp(SWITCH_PUBLIC, 24680, user="FreeSWITCH", session=1791990001, payload_types=(0, 8, 101)))

    def in_dialog(self, method, uri, source, branch, sender, receiver, call_id, number, extra=()):
        return Message(f"{method} {uri} SIP/2.0", [
            ("Via", via(source, token(branch, length=16))), ("Max-Forwards", "70"), ("From", sender),
            ("To", receiver), ("Call-ID", call_id), ("CSeq", f"{number} {method}"), *extra])

    def play(self):
        nonce, switch_contact = token("invite nonce", length=32), f"<sip:{FINN.user}@{SWITCH_PUBLIC}:5060>"
        first = self.invite_a(20)
        self.to_switch(EVA, first)
        challenge = response(received(first, EVA.public), 407, "Proxy Authentication Required", token("407"), [
            ("User-Agent", AGENT),
            ("Proxy-Authenticate", f'Digest realm="{DOMAIN}", nonce="{nonce}", algorithm=MD5, qop="auth"')])
        self.to_phone(EVA, challenge)
        self.to_switch(EVA, ack_of_failure(first, challenge))
        uri = f"sip:{FINN.user}@{DOMAIN}"
        a = self.invite_a(21, [("Proxy-Authorization", digest(
            EVA.user, DOMAIN, PASSWORD, "INVITE", uri, nonce, token("invite cnonce", length=16)))])
        self.to_switch(EVA, a)
        a_seen = received(a, EVA.public)
        self.to_phone(EVA, response(a_seen, 100, "Trying", headers=[("User-Agent", AGENT)]), 14)

        b = self.invite_b()
        self.to_phone(FINN, b, 42)
        b_seen = received(b, (SWITCH_PUBLIC, 5060))
        self.to_switch(FINN, response(b_seen, 100, "Trying"), 260)
        self.to_switch(FINN, response(b_seen, 180, "Ringing", self.b_tag, [("User-Agent", FINN.agent)]), 3)

        a_answer = sdp(SWITCH_PUBLIC, 24700, user="FreeSWITCH", session=1791990002, payload_types=(0, 101))
        a_headers = [("Contact", switch_contact), ("User-Agent", AGENT)]
        self.to_phone(EVA, response(a_seen, 183, "Session Progress", self.a_switch_tag, a_headers, a_answer), 20)
        ringback = self.scene.now
        self.scene.talk((SWITCH[0], 24700), EVA.media_public, 0x5A5A0001, ringback, 0.8, sequence=100,
                        report=False)
        self.scene.wait(2600)

        b_answer = sdp(*FINN.media_private, user=FINN.user, session=3411, payload_types=(0, 101))
        self.to_switch(FINN, response(b_seen, 200, "OK", self.b_tag, [
            ("Contact", FINN.contact), ("User-Agent", FINN.agent)], b_answer), 1.1)
        finn_uri = FINN.contact.strip("<>")
        b_from, b_to = b["From"], b["To"] + f";tag={self.b_tag}"
        self.to_phone(FINN, self.in_dialog("ACK", finn_uri, (SWITCH_PUBLIC, 5060), "b ack", b_from, b_to, self.b_id,
                                           52210771), 2.4)
        self.to_phone(EVA, response(a_seen, 200, "OK", self.a_switch_tag, a_headers, a_answer), 41)
        a_from, a_to = a["From"], a["To"] + f";tag={self.a_switch_tag}"
        self.to_switch(EVA, self.in_dialog("ACK", switch_contact.strip("<>"), EVA.private, "a ack", a_from, a_to,
                                           self.a_id, 21), 5)

        begin = self.scene.now
        self.scene.talk(EVA.media_public, (SWITCH[0], 24700), 0x1010E7A0, begin, 1.6, sequence=4000)
        self.scene.talk((SWITCH[0], 24680), FINN.media_public, 0x5A5A0002, begin + 21 * MS, 1.6, sequence=900)
        self.scene.talk(FINN.media_public, (SWITCH[0], 24680), 0x1020F1AA, begin + 8 * MS, 1.6, sequence=61000)
        # The same stream after a pause: the next numbers, RTP time as much later as the clock.
        self.scene.talk((SWITCH[0], 24700), EVA.media_public, 0x5A5A0001, begin + 29 * MS, 1.6, sequence=140,
                        timestamp=160 + (begin + 29 * MS - ringback) * 8 // MS)
        self.scene.wait(1_700)

        bye_b = self.in_dialog("BYE", f"sip:mod_sofia@{SWITCH_PUBLIC}:5060", FINN.private, "b bye", b_to, b_from,
                               self.b_id, 112, [("User-Agent", FINN.agent)])
        self.to_switch(FINN, bye_b, 0.9)
        self.to_phone(FINN, response(received(bye_b, FINN.public), 200, "OK", headers=[("User-Agent", AGENT)]), 3.2)
        bye_a = self.in_dialog("BYE", EVA.contact.strip("<>"), (SWITCH_PUBLIC, 5060), "a bye", a_to, a_from,
                               self.a_id, 52210774,
                               [("User-Agent", AGENT), ("Reason", 'Q.850;cause=16;text="NORMAL_CLEARING"')])
        self.to_phone(EVA, bye_a, 44)
        self.to_switch(EVA, response(received(bye_a, (SWITCH_PUBLIC, 5060)), 200, "OK",
                                     headers=[("User-Agent", EVA.agent)]))
        return self.scene


def bridged_call():
    return Bridge().play()
