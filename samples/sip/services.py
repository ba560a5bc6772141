"""Small captures of one kind each, for the expected flows: registrations, refusals, transfers, subscriptions.

Two or three user agents talk directly, or a user agent talks to a server. Password of every user: lab.
"""
from capture import SECOND, Scene
from sip import Message, ack_of_failure, digest, response, sdp, token, via

START = 1_794_000_000 * SECOND
DOMAIN, PASSWORD = "example.com", "lab"


class Agent:
    def __init__(self, user, address, port=5060):
        self.user, self.endpoint = user, (address, port)
        self.aor = f"sip:{user}@{DOMAIN}"
        self.contact = f"<sip:{user}@{address}>"


OLGA, PETER, QUINN = Agent("olga", "192.0.2.61"), Agent("peter", "192.0.2.62"), Agent("quinn", "192.0.2.63")
SERVER = Agent("server", "192.0.2.60")


class Talk:
    """One dialog between two agents, and the scene it happens in. `number` counts each side's CSeq."""

    def __init__(self, seed, caller, callee, scene=None, number=0, at=None, called=None):
        self.seed, self.caller, self.callee = seed, caller, callee
        self.scene = scene or Scene(START + (0 if number is None else number) * 600 * SECOND)
        self.call_id = token(seed, "id", length=20) + "@" + caller.endpoint[0]
        self.at = at or callee          # who answers: the callee, or a server for it
        self.called = called or callee  # whose number is dialled
        self.tags = {caller: token(seed, "caller"), self.at: token(seed, "callee")}
        self.numbers = {caller: 0, self.at: 100}

    def send(self, source, destination, message, ms=12):
        self.scene.datagram(source.endpoint, destination.endpoint, message.octets())
        self.scene.wait(ms)

    def request(self, method, sender, headers=(), body=b"", inside=True, number=None, content_type="application/sdp"):
        """Sends it and returns it; inside of the dialog the tags of both sides are there."""
        receiver = self.at if sender is self.caller else self.caller
        named = self.called if sender is self.caller else self.caller
        if number is None:
            self.numbers[sender] += 1
            number = self.numbers[sender]
        own = self.caller if sender is self.caller else self.called
        to = f"<{named.aor}>" + (f";tag={self.tags[receiver]}" if inside else "")
        uri = f"sip:{named.user}@{receiver.endpoint[0]}" if inside else named.aor
        message = Message(f"{method} {uri} SIP/2.0", [
            ("Via", via(sender.endpoint, token(self.seed, method, number, len(self.scene.packets), length=16))),
            ("Max-Forwards", "70"), ("From", f"<{own.aor}>;tag={self.tags[sender]}"), ("To", to),
            ("Call-ID", self.call_id), ("CSeq", f"{number} {method}"), ("Contact", sender.contact), *headers],
            body, content_type)
        self.send(sender, receiver, message)
        return message

    def answer(self, request, status, reason, headers=(), body=b"", tag=True, wait=0):
        self.scene.wait(wait)
        ours = f"From: <{self.caller.aor}>" in f"From: {request['From']}"
        sender, receiver = (self.at, self.caller) if ours else (self.caller, self.at)
        reply = response(request, status, reason, self.tags[sender] if tag else None, headers, body)
        self.send(sender, receiver, reply)
        return reply

    def acknowledge(self, invite):
        number = int(invite["CSeq"].split(" ")[0])
        sender = self.caller if f"<{self.caller.aor}>" in invite["From"] else self.at
        self.request("ACK", sender, number=number)

    def offer(self, agent, direction="sendrecv", version=1):
        return sdp(agent.endpoint[0], 20000, session=39000, version=39000 + version, payload_types=(0, 8),
                   direction=direction)

    def invite(self, headers=(), sender=None, direction="sendrecv"):
        sender = sender or self.caller
        inside = self.numbers[sender] > (0 if sender is self.caller else 100)
        return self.request("INVITE", sender, headers, self.offer(sender, direction), inside=inside)

    def pick_up(self, invite, ring=True, ring_ms=1500, direction="sendrecv"):
        if ring:
            self.answer(invite, 180, "Ringing", wait=80)
            self.scene.wait(ring_ms)
        answerer = self.at if f"<{self.caller.aor}>" in invite["From"] else self.caller
        self.answer(invite, 200, "OK", [("Contact", answerer.contact)], self.offer(answerer, direction))
        self.acknowledge(invite)

    def change(self, sender, direction, answer):
        """A new offer in the dialog, and its answer."""
        invite = self.request("INVITE", sender, body=self.offer(sender, direction, 2))
        self.pick_up(invite, ring=False, direction=answer)

    def bye(self, sender):
        self.answer(self.request("BYE", sender), 200, "OK")

    def refuse(self, invite, status, reason, headers=(), wait=60):
        failure = self.answer(invite, status, reason, headers, wait=wait)
        self.send(self.caller, self.at, ack_of_failure(invite, failure))

    def challenge(self, nonce, stale=False):
        more = ", stale=true" if stale else ""
        return [("Proxy-Authenticate", f'Digest realm="{DOMAIN}", nonce="{nonce}", qop="auth"{more}')]

    def credentials(self, nonce, password=PASSWORD):
        value = digest(self.caller.user, DOMAIN, password, "INVITE", self.called.aor, nonce, token(nonce, "c"))
        return [("Proxy-Authorization", value)]


def register(seed, number, steps):
    """`steps`: (expires, credentials or not, status, reason) of each REGISTER."""
    scene, uri, nonce = Scene(START + number * 600 * SECOND), f"sip:{DOMAIN}", token(seed, "nonce", length=24)
    for count, (expires, password, status, reason) in enumerate(steps, 1):
        extra = [("Authorization", digest(OLGA.user, DOMAIN, password, "REGISTER", uri, nonce, token(seed, count),
                                          count))] if password else []
        request = Message(f"REGISTER {uri} SIP/2.0", [
            ("Via", via(OLGA.endpoint, token(seed, count, length=16))), ("Max-Forwards", "70"),
            ("From", f"<{OLGA.aor}>;tag={token(seed, 'from')}"), ("To", f"<{OLGA.aor}>"),
            ("Call-ID", token(seed, "id", length=20)), ("CSeq", f"{count} REGISTER"), ("Contact", OLGA.contact),
            ("Expires", str(expires)), *extra])
        scene.datagram(OLGA.endpoint, SERVER.endpoint, request.octets())
        scene.wait(15)
        headers = []
        if status == 401:
            headers = [("WWW-Authenticate", f'Digest realm="{DOMAIN}", nonce="{nonce}", qop="auth"')]
        elif status == 200 and expires:
            headers = [("Contact", f"{OLGA.contact};expires={expires}")]
        scene.datagram(SERVER.endpoint, OLGA.endpoint,
                       response(request, status, reason, token(seed, "to", count), headers).octets())
        scene.wait(40)
    return scene


def registered():
    return register("registered", 0, [(3600, None, 200, "OK")])


def register_challenge():
    return register("challenged", 1, [(3600, None, 401, "Unauthorized"), (3600, PASSWORD, 200, "OK")])


def register_refused():
    return register("refused", 2, [(3600, None, 401, "Unauthorized"), (3600, "wrong", 401, "Unauthorized")])


def unregister():
    return register("unregister", 3, [(0, None, 401, "Unauthorized"), (0, PASSWORD, 200, "OK")])


def refusal(name, number, status, reason, headers=(), ring=False):
    talk = Talk(name, OLGA, PETER, number=number, at=SERVER)
    invite = talk.invite()
    talk.answer(invite, 100, "Trying", tag=False)
    if ring:
        talk.answer(invite, 180, "Ringing", wait=90)
    talk.refuse(invite, status, reason, headers, wait=1200)
    return talk.scene


def unavailable():
    return refusal("unavailable", 4, 480, "Temporarily Unavailable", ring=True)


def not_found():
    return refusal("not found", 5, 404, "Not Found")


def redirected():
    return refusal("redirected", 6, 302, "Moved Temporarily", [("Contact", f"<sip:peter@{PETER.endpoint[0]}>")])


def auth_wrong_password():
    talk = Talk("wrong password", OLGA, PETER, number=7, at=SERVER)
    nonce = token("wrong password", length=24)
    talk.refuse(talk.invite(), 407, "Proxy Authentication Required", talk.challenge(nonce))
    again = talk.request("INVITE", OLGA, talk.credentials(nonce, "wrong"), talk.offer(OLGA), inside=False)
    talk.refuse(again, 407, "Proxy Authentication Required", talk.challenge(nonce))
    return talk.scene


def auth_stale():
    """The client tries the nonce of its last call, which is too old by now."""
    talk = Talk("stale", OLGA, PETER, number=8, at=SERVER)
    old, new = token("old", length=24), token("new", length=24)
    first = talk.request("INVITE", OLGA, talk.credentials(old), talk.offer(OLGA), inside=False)
    talk.refuse(first, 407, "Proxy Authentication Required", talk.challenge(new, stale=True))
    again = talk.request("INVITE", OLGA, talk.credentials(new), talk.offer(OLGA), inside=False)
    talk.pick_up(again)
    talk.scene.wait(2000)
    talk.bye(OLGA)
    return talk.scene


def auth_then_busy():
    talk = Talk("good", OLGA, PETER, number=9, at=SERVER)
    nonce = token("good", length=24)
    talk.refuse(talk.invite(), 407, "Proxy Authentication Required", talk.challenge(nonce))
    again = talk.request("INVITE", OLGA, talk.credentials(nonce), talk.offer(OLGA), inside=False)
    talk.answer(again, 100, "Giving a try", tag=False)
    talk.refuse(again, 486, "Busy Here")
    return talk.scene


def direct(number, seed):
    talk = Talk(seed, OLGA, PETER, number=number)
    talk.pick_up(talk.invite())
    talk.scene.wait(2000)
    return talk


def answered_direct():
    talk = direct(10, "direct")
    talk.bye(PETER)
    return talk.scene


def hold_resume():
    talk = direct(11, "hold")
    talk.change(PETER, "sendonly", "recvonly")
    talk.scene.wait(3000)
    talk.change(PETER, "sendrecv", "sendrecv")
    talk.scene.wait(1500)
    talk.bye(OLGA)
    return talk.scene


def session_refresh():
    talk = direct(12, "refresh")
    for _ in range(2):
        talk.scene.wait(45_000)
        update = talk.request("UPDATE", OLGA, [("Session-Expires", "90;refresher=uac"), ("Supported", "timer")])
        talk.answer(update, 200, "OK", [("Session-Expires", "90;refresher=uac")])
    talk.bye(OLGA)
    return talk.scene


def prack():
    talk = Talk("prack", OLGA, PETER, number=13)
    invite = talk.invite([("Supported", "100rel")])
    talk.answer(invite, 180, "Ringing", [("Require", "100rel"), ("RSeq", "776"), ("Contact", PETER.contact)], wait=70)
    talk.answer(talk.request("PRACK", OLGA, [("RAck", "776 1 INVITE")]), 200, "OK")
    talk.scene.wait(2000)
    talk.pick_up(invite, ring=False)
    talk.scene.wait(2000)
    talk.bye(OLGA)
    return talk.scene


def options():
    talk = Talk("options", OLGA, PETER, number=14)
    talk.answer(talk.request("OPTIONS", OLGA, inside=False), 200, "OK", [("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS")])
    return talk.scene


def message():
    talk = Talk("message", OLGA, PETER, number=15)
    request = talk.request("MESSAGE", OLGA, body="On my way.", inside=False, content_type="text/plain")
    talk.answer(request, 200, "OK")
    return talk.scene


def subscribe_notify():
    talk = Talk("subscribe", OLGA, PETER, number=16)
    subscribe = talk.request("SUBSCRIBE", OLGA, [("Event", "presence"), ("Expires", "600")], inside=False)
    talk.answer(subscribe, 200, "OK", [("Expires", "600")])
    for state in ("active;expires=600", "active;expires=540", "terminated;reason=timeout"):
        notify = talk.request("NOTIFY", PETER, [("Event", "presence"), ("Subscription-State", state)])
        talk.answer(notify, 200, "OK")
        talk.scene.wait(60_000)
    return talk.scene


def blind_transfer():
    """Olga called Peter; Peter sends her to Quinn (RFC 5359 section 2.4)."""
    talk = direct(17, "blind")
    refer = talk.request("REFER", PETER, [("Refer-To", f"<{QUINN.aor}>"), ("Referred-By", f"<{PETER.aor}>")])
    talk.answer(refer, 202, "Accepted")
    new = Talk("blind to quinn", OLGA, QUINN, talk.scene)
    back = Reports(talk)
    back.tell("100 Trying", "active;expires=60")
    new.pick_up(new.invite([("Referred-By", f"<{PETER.aor}>")]))
    back.tell("200 OK", "terminated;reason=noresource")
    talk.bye(PETER)
    talk.scene.wait(2500)
    new.bye(QUINN)
    return talk.scene


class Reports:
    """NOTIFYs of the one who was referred."""

    def __init__(self, talk):
        self.talk = talk

    def tell(self, status, state):
        request = self.talk.request("NOTIFY", OLGA, [("Event", "refer"), ("Subscription-State", state)],
                                    f"SIP/2.0 {status}\r\n", content_type="message/sipfrag")
        self.talk.answer(request, 200, "OK")


def attended_transfer():
    """Peter puts Olga on hold, asks Quinn, and connects the two (RFC 5359 section 2.5)."""
    talk = direct(18, "attended")
    talk.change(PETER, "sendonly", "recvonly")
    asked = Talk("peter asks quinn", PETER, QUINN, talk.scene)
    asked.pick_up(asked.invite())
    talk.scene.wait(4000)
    replaces = f"{asked.call_id.replace('@', '%40')}%3Bto-tag%3D{asked.tags[QUINN]}%3Bfrom-tag%3D{asked.tags[PETER]}"
    refer = talk.request("REFER", PETER, [("Refer-To", f"<{QUINN.aor}?Replaces={replaces}>"),
                                          ("Referred-By", f"<{PETER.aor}>")])
    talk.answer(refer, 202, "Accepted")
    back = Reports(talk)
    back.tell("100 Trying", "active;expires=60")
    new = Talk("olga replaces peter", OLGA, QUINN, talk.scene)
    header = f"{asked.call_id};to-tag={asked.tags[QUINN]};from-tag={asked.tags[PETER]}"
    new.pick_up(new.invite([("Replaces", header), ("Require", "replaces")]), ring=False)
    asked.bye(QUINN)
    back.tell("200 OK", "terminated;reason=noresource")
    talk.bye(PETER)
    talk.scene.wait(2500)
    new.bye(OLGA)
    return talk.scene


SCENARIOS = {
    "register": registered, "register-challenge": register_challenge, "register-refused": register_refused,
    "unregister": unregister, "unavailable": unavailable, "not-found": not_found, "redirected": redirected,
    "auth-wrong-password": auth_wrong_password, "auth-stale": auth_stale, "auth-then-busy": auth_then_busy,
    "answered-direct": answered_direct, "hold-resume": hold_resume, "session-refresh": session_refresh,
    "prack": prack, "options": options, "message": message, "subscribe-notify": subscribe_notify,
    "blind-transfer": blind_transfer, "attended-transfer": attended_transfer,
}
