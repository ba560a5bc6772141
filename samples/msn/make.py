#!/usr/bin/env python3
"""Writes the MSN captures of this folder: make.py [FOLDER]. The same bytes on every run.

Alice and Bob sit behind one router and were captured on their own network, so that both connections to the
switchboard, and what the two send each other directly, are in one file.
"""
import base64
import hashlib
import pathlib
import struct
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tools")]

from capture import MS, SECOND, Connection, Scene, pcap, rtp, tone, write  # noqa: E402

START = 1_792_400_000 * SECOND + 250_000_000
NOTIFICATION, SWITCHBOARD, GATEWAY = ("198.51.100.20", 1863), ("198.51.100.35", 1863), ("198.51.100.80", 80)
PUBLIC_IP = "203.0.113.105"
SESSION = 17054421
AUDIO, FILE = "{02D3C01F-BF30-4825-A83A-DE7AF41648AA}", "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
WEBCAM = "{4BD96FC0-AB17-4425-A14A-439185962DC8}"


def guid(*words):
    """A GUID that looks random and is the same on every run."""
    text = hashlib.md5(" ".join(map(str, words)).encode()).hexdigest().upper()
    return "{%s-%s-%s-%s-%s}" % (text[:8], text[8:12], text[12:16], text[16:20], text[20:])


def number(*words):
    return int(hashlib.md5(" ".join(map(str, words)).encode()).hexdigest()[:7], 16)


class Client:
    def __init__(self, passport, nickname, address, sip_port, media_port, ssrc):
        self.passport, self.nickname, self.address = passport, nickname, address
        self.sip, self.media, self.ssrc = (address, sip_port), (address, media_port), ssrc
        self.session_id = guid(passport)
        self.transaction = 0
        self.notification = self.switchboard = None

    @property
    def encoded_nickname(self):
        return urllib.parse.quote(self.nickname)

    def next(self):
        self.transaction += 1
        return self.transaction


def lines(*fields):
    return "".join(f"{field}\r\n" for field in fields)


def mime(content_type, body, *headers):
    """A payload; `body` is text or octets."""
    head = lines("MIME-Version: 1.0", f"Content-Type: {content_type}", *headers) + "\r\n"
    return head.encode() + (body.encode() if isinstance(body, str) else body)


class Evening:
    """Two people, their notification and switchboard connections, and what passes between them."""

    def __init__(self, start):
        self.scene = Scene(start)
        self.alice = Client("alice@example.com", "ali", "192.168.0.127", 12449, 36770, 0x0A11CE00)
        self.bob = Client("bob@example.net", "小波", "192.168.0.165", 11630, 36772, 0x0B0B0000)

    def log_in(self, client, port):
        connection = Connection(self.scene, (client.address, port), NOTIFICATION, 1000 * port, 7000 * port)
        client.notification = connection
        connection.open()
        me, server = connection.client, connection.server

        def exchange(request, *answers):
            trid = client.next()
            connection.send(me, (request.format(trid) + "\r\n").encode())
            self.scene.wait(40)
            connection.send(server, lines(*(answer.format(trid) for answer in answers)).encode())
            self.scene.wait(20)

        ticket = hashlib.md5(client.passport.encode()).hexdigest()
        exchange("VER {} MSNP8 CVR0", "VER {} MSNP8")
        exchange("CVR {} 0x0804 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS " + client.passport,
                 "CVR {} 6.0.0602 6.0.0602 1.0.0000 http://download.example.com/ http://messenger.example.com/")
        exchange("USR {} TWN I " + client.passport, "USR {} TWN S lc=2052,id=507,tw=40,ct=1064898000,kpp=1")
        exchange("USR {} TWN S t=" + ticket + "&p=" + ticket[::-1],
                 "USR {} OK " + f"{client.passport} {client.encoded_nickname} 1 0")
        profile = mime("text/x-msmsgsprofile; charset=UTF-8", "\r\n", "LoginTime: 1064898000", "EmailEnabled: 1",
                       "lang_preference: 2052", f"preferredEmail: {client.passport}", "country: CN", "Kid: 0",
                       "sid: 507", f"MSPAuth: 2{ticket}!", f"ClientIP: {PUBLIC_IP}", "ClientPort: 35205")
        connection.send(server, f"MSG Hotmail Hotmail {len(profile)}\r\n".encode() + profile)
        exchange("SYN {} 12", "SYN {} 12 1 1", "GTC A", "BLP AL", "LSG 0 %E6%9C%8B%E5%8F%8B 0",
                 f"LST {self.other(client).passport} {self.other(client).encoded_nickname} 11 0")
        exchange("CHG {} NLN 268435456", "CHG {} NLN 268435456")
        connection.send(server, b"CHL 0 15570131571988941333\r\n")
        answer = hashlib.md5(b"15570131571988941333").hexdigest()
        trid = client.next()
        connection.send(me, f"QRY {trid} PROD0038W!61ZTF9 32\r\n{answer}".encode())
        connection.send(server, f"QRY {trid}\r\n".encode())

    def other(self, client):
        return self.bob if client is self.alice else self.alice

    def meet(self, ports):
        """Alice opens a switchboard session and calls Bob into it."""
        alice, bob, scene = self.alice, self.bob, self.scene
        cookie = "1064898110.23581"
        trid = alice.next()
        alice.notification.send(alice.notification.client, f"XFR {trid} SB\r\n".encode())
        address = f"{SWITCHBOARD[0]}:{SWITCHBOARD[1]}"
        alice.notification.send(NOTIFICATION, f"XFR {trid} SB {address} CKI {cookie}\r\n".encode())
        alice.switchboard = Connection(scene, (alice.address, ports[0]), SWITCHBOARD, 310_000, 910_000)
        alice.switchboard.open()
        trid = alice.next()
        self.to_server(alice, f"USR {trid} {alice.passport} {cookie}\r\n")
        self.to_client(alice, f"USR {trid} OK {alice.passport} {alice.nickname}\r\n")
        trid = alice.next()
        self.to_server(alice, f"CAL {trid} {bob.passport}\r\n")
        self.to_client(alice, f"CAL {trid} RINGING {SESSION}\r\n")
        bob.notification.send(NOTIFICATION, f"RNG {SESSION} {address} CKI {cookie[::-1]} {alice.passport} "
                              f"{alice.nickname}\r\n".encode())
        bob.switchboard = Connection(scene, (bob.address, ports[1]), SWITCHBOARD, 4_294_967_000, 55_000)
        bob.switchboard.open()
        trid = bob.next()
        self.to_server(bob, f"ANS {trid} {bob.passport} {cookie[::-1]} {SESSION}\r\n")
        self.to_client(alice, f"JOI {bob.passport} {bob.encoded_nickname}\r\n")
        self.to_client(bob, f"IRO {trid} 1 1 {alice.passport} {alice.nickname}\r\n")
        self.to_client(bob, f"ANS {trid} OK\r\n")

    def to_server(self, client, octets, cuts=()):
        octets = octets.encode() if isinstance(octets, str) else octets
        client.switchboard.send(client.switchboard.client, octets, cuts)
        self.scene.wait(18)

    def to_client(self, client, octets, cuts=()):
        octets = octets.encode() if isinstance(octets, str) else octets
        client.switchboard.send(SWITCHBOARD, octets, cuts)
        self.scene.wait(3)

    def say(self, sender, payload, acknowledge="A", cuts=()):
        """A MSG as the sender writes it, as the receiver gets it, and its ACK."""
        receiver, trid = self.other(sender), sender.next()
        self.to_server(sender, f"MSG {trid} {acknowledge} {len(payload)}\r\n".encode() + payload, cuts)
        self.to_client(receiver, f"MSG {sender.passport} {sender.encoded_nickname} {len(payload)}\r\n".encode()
                       + payload, cuts)
        if acknowledge in "AD":
            self.to_client(sender, f"ACK {trid}\r\n")
        self.scene.wait(30)

    def keep_alive(self, client):
        client.notification.send(client.notification.client, b"PNG\r\n")
        client.notification.send(NOTIFICATION, b"QNG 43\r\n")

    def part(self, first):
        """`first` leaves; the server tells the other one, who leaves, too."""
        second = self.other(first)
        self.to_server(first, "OUT\r\n")
        first.switchboard.close(first.switchboard.client)
        self.to_client(second, f"BYE {first.passport}\r\n")
        self.to_server(second, "OUT\r\n")
        second.switchboard.close(second.switchboard.client)


def evening(start):
    both = Evening(start)
    both.log_in(both.alice, 1031)
    both.log_in(both.bob, 1044)
    both.scene.wait(2000)
    both.meet((1052, 1061))
    both.scene.wait(1500)
    return both


# Audio invitations -------------------------------------------------------------------------------------------------

def invitation(fields, content_type="text/x-msmsgsinvite; charset=UTF-8"):
    return mime(content_type, lines(*fields, ""))


def network(client):
    return ["Conn-Type: IP-Restrict-NAT", "Sip-Capability: 1", f"Private-IP: {client.address}",
            f"Public-IP: {PUBLIC_IP}", "UPnP: FALSE"]


def invite(inviter, cookie):
    return ["Application-Name: 音频对话", f"Application-GUID: {AUDIO}", "Session-Protocol: SM1",
            "Context-Data: Requested:SIP_A,;Capabilities:SIP_A,;", "Invitation-Command: INVITE",
            f"Invitation-Cookie: {cookie}", f"Session-ID: {inviter.session_id}", *network(inviter)]


def accept(client, cookie, asks):
    address = "%s:%d" % client.sip
    request = ["Context-Data: Requested:SIP_A,;"] if asks else []
    return ["Invitation-Command: ACCEPT", *request, f"Invitation-Cookie: {cookie}",
            f"Session-ID: {client.session_id}", "Session-Protocol: SM1", *network(client),
            "Launch-Application: TRUE", *(["Request-Data: IP-Address:"] if asks else []), f"IP-Address: {address}",
            f"IP-Address-Enc64: {base64.b64encode(address.encode()).decode()}"]


def cancel(client, cookie, code):
    return ["Invitation-Command: CANCEL", f"Cancel-Code: {code}", f"Invitation-Cookie: {cookie}",
            f"Session-ID: {client.session_id}", *(["Session-Protocol: SM1"] if code == "REJECT" else []),
            *network(client)]


def sdp(client):
    return lines("v=0", f"o=- 0 0 IN IP4 {client.address}", "s=session", f"c=IN IP4 {client.address}", "b=CT:110",
                 "t=0 0", f"m=audio {client.media[1]} RTP/AVP 97 0 8 4 101", "a=rtpmap:97 red/8000",
                 "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:4 G723/8000",
                 "a=rtpmap:101 telephone-event/8000", "a=fmp:101 0-16", "a=encryption:rejected")


class SipCall:
    """SIP as Messenger speaks it: no branch in Via, the invited client calls, BYE keeps From, To and CSeq 1."""

    def __init__(self, scene, caller, callee):
        self.scene, self.caller, self.callee = scene, caller, callee
        self.from_line = "From: <sip:%s:%d>;tag=%s" % (*caller.sip, guid("from")[1:9].lower())
        self.to = "To: <sip:%s:%d>" % callee.sip
        self.to_tagged = f"{self.to};tag={guid('to')[1:9].lower()}"
        self.call_id = f"Call-ID: {guid('call')[1:-1].lower()}@{caller.address}"

    def send(self, sender, start, headers, body=""):
        receiver = self.callee if sender is self.caller else self.caller
        headers = [*headers, "User-Agent: RTC/1.2"]
        if body:
            headers.append("Content-Type: application/sdp")
        octets = lines(start, *headers, f"Content-Length: {len(body)}", "") + body
        self.scene.datagram(sender.sip, receiver.sip, octets.encode())

    def request(self, method, sender, to, extra=(), body=""):
        target = self.callee if sender is self.caller else self.caller
        self.send(sender, "%s sip:%s:%d SIP/2.0" % (method, *target.sip),
                  ["Via: SIP/2.0/UDP %s:%d" % sender.sip, "Max-Forwards: 70", self.from_line, to, self.call_id,
                   f"CSeq: 1 {method}", *extra], body)

    def answer(self, status, method, sender, requester, extra=(), body=""):
        self.send(sender, f"SIP/2.0 {status}",
                  ["Via: SIP/2.0/UDP %s:%d" % requester.sip, self.from_line, self.to_tagged, self.call_id,
                   f"CSeq: 1 {method}", *extra], body)

    def contact(self, client):
        return ["Contact: <sip:%s:%d>" % client.sip]

    def talk(self, source, destination, start, seconds):
        """PCMU in RED (RFC 2198): each packet repeats the one before."""
        sound = tone(0)
        for n in range(round(seconds * 50)):
            again = struct.pack("!BHB", 0x80, 160 << 2 | len(sound) >> 8, len(sound) & 0xFF) if n else b""
            payload = again + b"\0" + (sound if n else b"") + sound
            octets = rtp(97, 100 + n, 160 * (n + 1), source.ssrc, payload, marker=n == 0)
            self.scene.datagram(source.media, destination.media, octets, start + n * 20 * MS + n * 7 % 5 * 100_000)

    def run(self, seconds):
        caller, callee, scene = self.caller, self.callee, self.scene
        self.request("INVITE", caller, self.to, self.contact(caller), sdp(caller))
        scene.wait(12)
        self.answer("100 Trying", "INVITE", callee, caller)
        scene.wait(35)
        self.answer("180 Ringing", "INVITE", callee, caller)
        scene.wait(140)
        self.answer("200 OK", "INVITE", callee, caller, self.contact(callee), sdp(callee))
        scene.wait(8)
        self.request("ACK", caller, self.to_tagged)
        scene.wait(25)
        self.talk(caller, callee, scene.now, seconds)
        self.talk(callee, caller, scene.now + 11 * MS, seconds)
        scene.wait(1000 * seconds + 50)
        self.request("BYE", callee, self.to_tagged)
        scene.wait(9)
        self.answer("200 OK", "BYE", caller, callee)
        scene.wait(60)


def audio_accepted():
    both = evening(START)
    alice, bob, cookie = both.alice, both.bob, 23_000_000 + number("accepted") % 1_000_000
    both.say(alice, invitation(invite(alice, cookie)))
    both.keep_alive(alice)
    both.scene.wait(4000)
    both.say(bob, invitation(accept(bob, cookie, asks=True)))
    both.say(alice, invitation(accept(alice, cookie, asks=False)))
    SipCall(both.scene, caller=bob, callee=alice).run(seconds=3)
    both.say(alice, invitation(cancel(alice, cookie, "TIMEOUT")))
    both.say(bob, invitation(cancel(bob, cookie, "TIMEOUT")))
    both.part(bob)
    return both.scene


def audio_rejected():
    both = evening(START + 600 * SECOND)
    alice, bob, cookie = both.alice, both.bob, 24_000_000 + number("rejected") % 1_000_000
    # Some traces write the content type this way; the fields are the same.
    both.say(alice, invitation(invite(alice, cookie), "text/x-msmsgsinvoke; charset=UTF-8"))
    both.scene.wait(6000)
    both.say(bob, invitation(cancel(bob, cookie, "REJECT")))
    both.part(bob)
    return both.scene


def audio_timed_out():
    both = evening(START + 3600 * SECOND)
    alice, bob, cookie = both.alice, both.bob, 26_000_000 + number("timed out") % 1_000_000
    both.say(alice, invitation(invite(alice, cookie)))
    both.keep_alive(alice)
    both.scene.wait(60_000)
    both.say(alice, invitation(cancel(alice, cookie, "TIMEOUT")))
    both.part(alice)
    return both.scene


def audio_over_udp():
    """The same invitation as lab exercises replay it: a MSG to a datagram, two in the last one."""
    scene, both = Scene(START + 3000 * SECOND), Evening(START)
    alice, bob, cookie = both.alice, both.bob, 25_000_000 + number("udp") % 1_000_000
    here, there = (alice.address, 1863), (bob.address, 1863)

    def msg(trid, fields):
        payload = invitation(fields)
        return f"MSG {trid} A {len(payload)}\r\n".encode() + payload

    scene.datagram(here, there, msg(40, invite(alice, cookie)))
    scene.wait(900)
    scene.datagram(there, here, msg(45, accept(bob, cookie, asks=True)))
    scene.wait(300)
    scene.datagram(here, there, msg(41, accept(alice, cookie, asks=False)))
    scene.wait(5000)
    scene.datagram(here, there, msg(54, cancel(alice, cookie, "TIMEOUT")) + b"OUT\r\n")
    return scene


# P2P and chat ------------------------------------------------------------------------------------------------------

def chunk(session, message, offset, total, data, flags=0, acknowledged=(0, 0, 0), application=0):
    header = struct.pack("<IIQQIIIIQ", session, message, offset, total, len(data), flags, *acknowledged)
    return header + data + struct.pack("!I", application)


class P2p:
    """What two clients send each other in MSGs: chunks of at most 1202 octets, and acknowledgements."""

    def __init__(self, both):
        self.both = both
        self.message = {both.alice: 1000, both.bob: 5000}

    def msg(self, sender, octets):
        self.both.say(sender, mime("application/x-msnmsgrp2p", octets,
                                   f"P2P-Dest: {self.both.other(sender).passport}"), acknowledge="D")

    def send(self, sender, data, session=0, flags=0, application=0):
        receiver = self.both.other(sender)
        self.message[sender] += 1
        message, total = self.message[sender], len(data)
        for offset in range(0, total, 1202):
            part = data[offset:offset + 1202]
            self.msg(sender, chunk(session, message, offset, total, part, flags, application=application))
        self.message[receiver] += 1
        self.msg(receiver, chunk(session, self.message[receiver], 0, total, b"", 2, (message, 7, total)))

    def slp(self, sender, start, fields, content_type, call, branch, sequence=0):
        receiver = self.both.other(sender)
        body = lines(*fields, "").encode() + b"\0"
        head = lines(start, f"To: <msnmsgr:{receiver.passport}>", f"From: <msnmsgr:{sender.passport}>",
                     f"Via: MSNSLP/1.0/TLP ;branch={branch}", f"CSeq: {sequence} ", f"Call-ID: {call}",
                     "Max-Forwards: 0", f"Content-Type: application/x-msnmsgr-{content_type}",
                     f"Content-Length: {len(body)}", "")
        self.send(sender, head.encode() + body)


def file_context(name, octets):
    """What the receiver is shown before it accepts: size and name in 574 octets, then a picture of the file."""
    text = name.encode("utf-16-le")
    return struct.pack("<IIQI", 574, 2, octets, 1) + text + b"\0" * (550 - len(text)) + b"\xff" * 4 + bytes(range(256)) * 2


def file_transfer():
    both = evening(START + 1200 * SECOND)
    alice, bob, p2p = both.alice, both.bob, P2p(both)
    to_bob, to_alice = f"MSNMSGR:{bob.passport}", f"MSNMSGR:{alice.passport}"

    call, branch, session = guid("file call"), guid("file branch"), 36_151_434
    content = ("会议记录: made up for this sample.\r\n" * 80).encode()
    context = base64.b64encode(file_context("会议记录.txt", len(content))).decode()
    wanted = [f"EUF-GUID: {FILE}", f"SessionID: {session}", "AppID: 2", f"Context: {context}"]
    p2p.slp(alice, f"INVITE {to_bob} MSNSLP/1.0", wanted, "sessionreqbody", call, branch)
    both.scene.wait(3000)
    p2p.slp(bob, "MSNSLP/1.0 200 OK", [f"SessionID: {session}"], "sessionreqbody", call, branch, 1)
    p2p.send(alice, content, session, 0x01000030, application=2)
    p2p.slp(bob, f"BYE {to_alice} MSNSLP/1.0", [], "sessionclosebody", call, guid("bye branch"))

    call, branch, session = guid("webcam call"), guid("webcam branch"), 36_151_990
    context = base64.b64encode("{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}".encode("utf-16-le") + b"\0\0").decode()
    wanted = [f"EUF-GUID: {WEBCAM}", f"SessionID: {session}", "AppID: 4", f"Context: {context}"]
    p2p.slp(alice, f"INVITE {to_bob} MSNSLP/1.0", wanted, "sessionreqbody", call, branch)
    both.scene.wait(2500)
    p2p.slp(bob, "MSNSLP/1.0 603 Decline", [f"SessionID: {session}"], "sessionreqbody", call, branch, 1)
    both.part(alice)
    return both.scene


def typing(client):
    return mime("text/x-msmsgscontrol", "\r\n", f"TypingUser: {client.passport}")


def text(words):
    return mime("text/plain; charset=UTF-8", words,
                "X-MMS-IM-Format: FN=Microsoft%20YaHei; EF=; CO=0; CS=86; PF=22")


def chat():
    both = evening(START + 1800 * SECOND)
    alice, bob = both.alice, both.bob
    both.say(bob, typing(bob), "U")
    both.scene.wait(2000)
    both.say(bob, text("你好，ali！"), "N")
    both.say(alice, typing(alice), "U")
    both.scene.wait(3000)
    # One message in three segments: inside the command line, and inside a character.
    words = text("嗨 小波, 明天的课几点?")
    both.say(alice, words, "A", cuts=(4, 90))
    # Two messages in one segment on the way in.
    first, second = typing(bob), text("八点半。\r\nMSG 是命令, 不是聊天 :)")
    octets = b"".join(f"MSG {bob.next()} U {len(part)}\r\n".encode() + part for part in (first, second))
    both.to_server(bob, octets)
    for part in (first, second):
        both.to_client(alice, f"MSG {bob.passport} {bob.encoded_nickname} {len(part)}\r\n".encode() + part)
    both.keep_alive(bob)
    both.scene.wait(1200)
    both.say(alice, text("谢谢, 再见"), "N")
    both.part(alice)
    alice.notification.send(alice.notification.client, b"OUT\r\n")
    alice.notification.close(NOTIFICATION)
    return both.scene


def gateway():
    """A login through a proxy that lets nothing but HTTP pass: commands are posted, answers are polled for."""
    scene = Scene(START + 2400 * SECOND)
    connection = Connection(scene, ("192.168.0.127", 1077), GATEWAY)
    connection.open()
    session = "1064898110.23581"

    def post(query, commands, answer):
        octets = lines(f"POST /gateway/gateway.dll?{query} HTTP/1.1", "Host: gateway.example.com",
                       "Content-Type: application/x-msn-messenger", "Proxy-Connection: Keep-Alive",
                       f"Content-Length: {len(commands)}", "") + commands
        connection.send(connection.client, octets.encode())
        scene.wait(60)
        octets = lines("HTTP/1.1 200 OK", "Content-Type: application/x-msn-messenger",
                       f"X-MSN-Messenger: SessionID={session}; GW-IP={GATEWAY[0]}",
                       f"Content-Length: {len(answer)}", "") + answer
        connection.send(connection.server, octets.encode(), cuts=(len(octets) - len(answer) // 2,) if answer else ())
        scene.wait(900)

    post("Action=open&Server=NS&IP=messenger.example.com", "VER 1 MSNP8 CVR0\r\n", "VER 1 MSNP8\r\n")
    poll = f"SessionID={session}"
    post(poll, "CVR 2 0x0804 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS alice@example.com\r\n", "")
    post(f"Action=poll&{poll}", "", "CVR 2 6.0.0602 6.0.0602 1.0.0000 http://download.example.com/ "
         "http://messenger.example.com/\r\n")
    post(poll, "USR 3 TWN I alice@example.com\r\n", "")
    post(f"Action=poll&{poll}", "", "USR 3 TWN S lc=2052,id=507,tw=40,ct=1064898000,kpp=1\r\n")
    post(f"Action=poll&{poll}", "", "")
    connection.close(connection.client)
    return scene


def captures():
    """(file name, octets) of every capture."""
    yield "audio-accepted.pcap", pcap(audio_accepted().frames())
    yield "audio-rejected.pcap", pcap(audio_rejected().frames())
    yield "audio-timed-out.pcap", pcap(audio_timed_out().frames())
    yield "audio-over-udp.pcap", pcap(audio_over_udp().frames())
    yield "file-transfer.pcap", pcap(file_transfer().frames())
    yield "chat.pcap", pcap(chat().frames())
    yield "gateway.pcap", pcap(gateway().frames())


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, octets in captures():
        write(folder / name, octets)


if __name__ == "__main__":
    main()
