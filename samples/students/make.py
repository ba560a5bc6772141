#!/usr/bin/env python3
"""Writes the captures of this folder: make.py [FOLDER]. The same bytes on every run.

What a class hands in: user agents, proxy and registrar written by the students, all on one machine. Each request
leaves from a fresh port and is answered there; hardly any header is sent. `Lab` takes the addresses of its parties and
the first fresh port as parameters, so that a test can move them about.
"""
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tools")]

from capture import ICMP, SECOND, Scene, ethernet, ip, pcap, rtp, udp, write  # noqa: E402

START = 1_792_000_000 * SECOND
SSRC = 0x0EA7CAFE
HOST = "127.0.0.1"


class User:
    def __init__(self, name, address, port, media):
        self.name, self.address, self.port, self.media = name, address, port, media
        self.uri = f"sip:{name}@lab.example"

    @property
    def endpoint(self):
        return self.address, self.port


class Lab:
    """A proxy that is the registrar too, and two users who call each other."""

    def __init__(self, number=0, ana=HOST, ben=HOST, proxy=HOST, first_fresh_port=41000, step=7, same_port=False):
        self.scene = Scene(START + number * 600 * SECOND)
        self.proxy = (proxy, 6001)
        self.ana = User("ana", ana, 9001, 23032)
        self.ben = User("ben", ben, 9001 if same_port else 9002, 27042)
        self.next_port, self.step = first_fresh_port, step

    def fresh(self, address):
        self.next_port += self.step
        return address, self.next_port

    def send(self, source, destination, text, wait=0.6):
        self.scene.datagram(source, destination, text if isinstance(text, bytes) else text.encode())
        self.scene.wait(wait)

    # --- registering

    def register(self, user, expires=3600, challenge=True, refuse=None, uri=None):
        client = self.fresh(user.address)
        uri = uri or f"sip:{user.name}@lab.example:{user.port}"
        request = f"REGISTER {uri} SIP/2.0\r\nExpires: {expires}\r\n"
        self.send(client, self.proxy, request + "\r\n")
        if refuse:
            self.send(self.proxy, client, f"SIP/2.0 {refuse}\r\n\r\n")
            return
        if challenge:
            nonce = 2290 + user.port
            self.send(self.proxy, client, f"SIP/2.0 401 Unauthorized\r\nWWW Authenticate: Digest nonce={nonce}\r\n\r\n")
            response = hashlib.sha256(f"{nonce}-{user.name}".encode()).hexdigest()
            self.send(client, self.proxy, request + f"Authorization: Digest response={response}\r\n\r\n")
        self.send(self.proxy, client, "SIP/2.0 200 OK\r\n\r\n", wait=1200)

    # --- calling

    def sdp(self, user, media=None, line=None, end="\r\n"):
        line = line or f"m=audio {media or user.media} RTP"
        return end.join(["v=0", f"o={user.name}@lab.example {user.address}", "s=lab", "t=0", line, ""])

    def invite(self, caller, callee, start=None, sdp=None, blank_first=False, end="\r\n"):
        start = start or f"INVITE {callee.uri} SIP/2.0"
        head = [start, *([""] if blank_first else []), "Content-Type: application/sdp", ""]
        return end.join(head) + end + (self.sdp(caller, end=end) if sdp is None else sdp)

    def answer(self, callee, sdp=None, statuses=("100 Trying", "180 Ring", "200 OK"), between="\r\n", end="\r\n"):
        lines = between.join(f"SIP/2.0 {status}" for status in statuses)
        return lines + end + f"Content-Type: application/sdp{end}{end}" + (self.sdp(callee) if sdp is None else sdp)

    def set_up(self, caller, callee, invite=None, forwarded=None, answer=None, forward_port=None, ack=True,
               forward_after=0.8):
        """INVITE through the proxy, the answers in one datagram, ACK. Returns the caller's and the proxy's port."""
        client, onward = self.fresh(caller.address), forward_port or self.fresh(self.proxy[0])
        invite = invite or self.invite(caller, callee)
        answer = answer or self.answer(callee)
        self.send(client, self.proxy, invite, wait=forward_after)
        self.send(onward, callee.endpoint, forwarded or invite, wait=1.5)
        self.send(callee.endpoint, onward, answer, wait=0.7)
        self.send(self.proxy, client, answer, wait=0.9)
        if ack:
            self.acknowledge(client, onward, callee)
        return client, onward

    def acknowledge(self, client, onward, callee, text=None, answer_empty=False):
        text = text or f"ACK {callee.uri} SIP/2.0"
        self.send(client, self.proxy, text, wait=0.8)
        self.send(onward, callee.endpoint, text, wait=1.1)
        if answer_empty:
            self.send(callee.endpoint, onward, b"", wait=0.4)
            self.send(self.proxy, client, b"\r\n", wait=0.4)

    def hang_up(self, by, other, names=None, reply="SIP/2.0 200 OK\r\n\r\n", to=None):
        client, onward = self.fresh(by.address), self.fresh(self.proxy[0])
        text = f"BYE {(names or other).uri} SIP/2.0\r\n\r\n"
        self.send(client, self.proxy, text, wait=0.8)
        self.send(onward, (to or other).endpoint, text, wait=0.7)
        if reply:
            self.send((to or other).endpoint, onward, reply, wait=0.6)
            self.send(self.proxy, client, reply, wait=900)

    def talk(self, pairs, packets=40, cut=0, wait=None):
        """RTP of payload type 14 both ways, one SSRC; the middle `cut` packets of each are left out."""
        begin = self.scene.now
        for number, (source, destination) in enumerate(pairs):
            for n in range(packets):
                if abs(n - packets / 2) < cut / 2:
                    continue
                octets = rtp(14, n, 2351 * n, SSRC, bytes(1048))
                self.scene.datagram(source, destination, octets, begin + round((n * 26.122 + 3 * number) * 1e6))
        self.scene.wait(packets * 26.122 if wait is None else wait)

    def both_ways(self, **options):
        ana, ben = self.ana, self.ben
        self.talk([(self.fresh(ana.address), (ben.address, ben.media)),
                   (self.fresh(ben.address), (ana.address, ana.media))], **options)

    def registered(self, challenge=True):
        self.register(self.ana, challenge=challenge)
        self.register(self.ben, challenge=challenge)
        return self

    def unregister(self):
        self.register(self.ana, expires=0)
        self.register(self.ben, expires=0)

    def port_unreachable(self, source, destination, payload):
        """ICMP from the host of `destination`: nobody listens there; quotes the packet."""
        quoted = ip(source[0], destination[0], 17, udp(*source, *destination, payload))
        self.scene.add(destination[0], source[0], ip(destination[0], source[0], ICMP,
                                                     b"\x03\x03\0\0\0\0\0\0" + quoted))
        self.scene.wait(0.2)


# What is common ----------------------------------------------------------------------------------------------------

def call(**where):
    lab = Lab(0, **where).registered()
    lab.set_up(lab.ana, lab.ben)
    lab.both_ways()
    lab.hang_up(lab.ana, lab.ben)
    lab.unregister()
    return lab


def register(**where):
    lab = Lab(1, **where)
    lab.register(lab.ana)
    lab.register(lab.ana, expires=0)
    return lab


def register_without_challenge(**where):
    lab = Lab(2, **where)
    lab.register(lab.ana, challenge=False)
    lab.register(lab.ben, refuse="404 Not Found")
    return lab


def callee_hangs_up(**where):
    """The callee ends it with a BYE that names itself; the media was shortened by whoever handed it in."""
    lab = Lab(3, **where).registered(challenge=False)
    lab.set_up(lab.ana, lab.ben, invite=lab.invite(lab.ana, lab.ben, blank_first=True))
    lab.both_ways(packets=400, cut=360)
    lab.hang_up(lab.ben, lab.ana, names=lab.ben)
    return lab


def one_line(**where):
    lab = Lab(4, **where).registered()
    answer = lab.answer(lab.ben, between=" ")
    lab.set_up(lab.ana, lab.ben, answer=answer)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def changed_on_the_way(**where):
    """The proxy's copy has other line ends, a Via, the callee's address as its URI, and comes 1.2 s later."""
    lab = Lab(5, **where).registered()
    ben = lab.ben
    copy = lab.invite(lab.ana, ben, start=f"INVITE sip:ben@{ben.address}:{ben.port} SIP/2.0\n"
                                          f"Via: SIP/2.0/UDP {lab.proxy[0]}:6001;branch=1", end="\n")
    lab.set_up(lab.ana, ben, forwarded=copy, forward_after=1200)
    lab.hang_up(lab.ana, ben)
    return lab


def two_calls(**where):
    """One after the other, the second the other way round."""
    lab = Lab(6, **where).registered()
    lab.set_up(lab.ana, lab.ben)
    lab.hang_up(lab.ana, lab.ben)
    lab.scene.wait(3000)
    lab.set_up(lab.ben, lab.ana)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def invited_twice(**where):
    """No answer for 4 s, so the same INVITE once more, from the same port."""
    lab = Lab(7, **where).registered()
    client = lab.fresh(lab.ana.address)
    lab.send(client, lab.proxy, lab.invite(lab.ana, lab.ben), wait=4000)
    lab.send(client, lab.proxy, lab.invite(lab.ana, lab.ben), wait=0.8)
    onward = lab.fresh(lab.proxy[0])
    lab.send(onward, lab.ben.endpoint, lab.invite(lab.ana, lab.ben))
    lab.send(lab.ben.endpoint, onward, lab.answer(lab.ben))
    lab.send(lab.proxy, client, lab.answer(lab.ben))
    lab.acknowledge(client, onward, lab.ben, answer_empty=True)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def not_found(**where):
    lab = Lab(8, **where)
    lab.register(lab.ana)
    client = lab.fresh(lab.ana.address)
    lab.send(client, lab.proxy, lab.invite(lab.ana, lab.ben))
    lab.send(lab.proxy, client, "SIP/2.0 404 Not Found\r\n\r\n")
    lab.send(client, lab.proxy, f"ACK {lab.ben.uri} SIP/2.0")
    lab.send(lab.proxy, client, "SIP/2.0 404 Not Found\r\n\r\n")
    return lab


def bad_request(**where):
    """400 because the INVITE is none; 405 for a method the proxy does not know."""
    lab = Lab(9, **where).registered()
    client = lab.fresh(lab.ana.address)
    lab.send(client, lab.proxy, f"INVITE {lab.ben.uri} SIP/1.0\r\n\r\n")
    lab.send(lab.proxy, client, "SIP/2.0 400 Bad Request\r\n\r\n", wait=800)
    client = lab.fresh(lab.ana.address)
    lab.send(client, lab.proxy, f"DANCE {lab.ben.uri} SIP/2.0\r\n\r\n")
    lab.send(lab.proxy, client, "SIP/2.0 405 Method Not Allowed\r\n\r\n")
    return lab


# What is rare ------------------------------------------------------------------------------------------------------

def one_forward_port(**where):
    """The proxy forwards everything from one port; an INVITE is passed on 300 ms later."""
    lab = Lab(10, **where).registered()
    onward = lab.fresh(lab.proxy[0])
    lab.set_up(lab.ana, lab.ben, forward_port=onward, forward_after=300)
    lab.hang_up(lab.ana, lab.ben)
    lab.set_up(lab.ben, lab.ana, forward_port=onward, forward_after=300)
    lab.hang_up(lab.ben, lab.ana)
    return lab


def answers_to_listening_port(**where):
    """The proxy sends the answers to the port that the caller listens on, not to the INVITE's."""
    lab = Lab(11, **where).registered()
    client, onward = lab.fresh(lab.ana.address), lab.fresh(lab.proxy[0])
    lab.send(client, lab.proxy, lab.invite(lab.ana, lab.ben), wait=0.8)
    lab.send(onward, lab.ben.endpoint, lab.invite(lab.ana, lab.ben))
    lab.send(lab.ben.endpoint, onward, lab.answer(lab.ben))
    lab.send(lab.proxy, lab.ana.endpoint, lab.answer(lab.ben))
    lab.acknowledge(client, onward, lab.ben)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def fresh_port_as_address(**where):
    """The registrar keeps the port that the REGISTER came from, so the call goes there."""
    lab = Lab(12, **where)
    lab.register(lab.ana)
    lab.register(lab.ben, uri="sip:ben@lab.example")
    lab.ben.port = lab.next_port
    lab.set_up(lab.ana, lab.ben)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def both_on_one_port(**where):
    lab = Lab(13, same_port=True, **where).registered()
    lab.set_up(lab.ana, lab.ben)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def wrong_user(**where):
    """The proxy sends ACK and BYE back to the caller."""
    lab = Lab(14, **where).registered()
    client, onward = lab.set_up(lab.ana, lab.ben, ack=False)
    lab.acknowledge(client, onward, lab.ana, text=f"ACK {lab.ben.uri} SIP/2.0")
    lab.hang_up(lab.ana, lab.ben, to=lab.ana)
    return lab


def proxy_answers_first(**where):
    """100 from the proxy itself, before the callee was asked."""
    lab = Lab(15, **where).registered()
    client, onward = lab.fresh(lab.ana.address), lab.fresh(lab.proxy[0])
    lab.send(client, lab.proxy, lab.invite(lab.ana, lab.ben), wait=0.3)
    lab.send(lab.proxy, client, "SIP/2.0 100 Trying\r\n\r\n", wait=0.4)
    lab.send(onward, lab.ben.endpoint, lab.invite(lab.ana, lab.ben))
    lab.send(lab.ben.endpoint, onward, lab.answer(lab.ben, statuses=("180 Ring", "200 OK")))
    lab.send(lab.proxy, client, lab.answer(lab.ben, statuses=("180 Ring", "200 OK")))
    lab.acknowledge(client, onward, lab.ben)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def odd_start_lines(**where):
    """`SIP /2.0`, no blank before the version, mixed case, a port of letters, `200 0K`."""
    lab = Lab(16, **where)
    client = lab.fresh(lab.ana.address)
    lab.send(client, lab.proxy, "REGISTER sip:ana@lab.example:9001 SIP/2.0\r\nExpires: 60\r\n\r\n")
    lab.send(lab.proxy, client, "SIP/2.0 200 0K\r\n\r\n", wait=700)
    lab.send(client, lab.proxy, "Register sip:ana@lab.example:abcde SIP/2.0\r\nExpires: 60\r\n\r\n")
    lab.send(lab.proxy, client, "SIP /2.0 400 Bad Request\r\n\r\n", wait=700)
    lab.send(client, lab.proxy, "REGISTER sip:ana@lab.example:9001SIP/2.0\r\nExpires: 60\r\n\r\n")
    lab.send(lab.proxy, client, "SIP/2.0 400 Bad Request\r\n\r\n", wait=700)
    lab.send(client, lab.proxy, "Please register sip ana\r\n\r\n")
    lab.send(lab.proxy, client, "SIP/2.0 400 Bad Request\r\n\r\n", wait=700)
    return lab


def odd_media_lines(**where):
    lab = Lab(17, **where).registered()
    ana, ben = lab.ana, lab.ben
    lab.set_up(ana, ben, invite=lab.invite(ana, ben, sdp=lab.sdp(ana, line=f"m=audio8 {ana.media} RTP")),
               answer=lab.answer(ben, sdp=lab.sdp(ben, line=f"m = audio {ben.media} RTP")))
    lab.both_ways(packets=20)
    lab.hang_up(ana, ben)
    return lab


def glued_request(**where):
    """The callee's 200 to the BYE and its own BYE, one datagram."""
    lab = Lab(18, **where).registered()
    lab.set_up(lab.ana, lab.ben)
    lab.hang_up(lab.ana, lab.ben, reply=f"SIP/2.0 200 OK\r\n\r\nBYE {lab.ana.uri} SIP/2.0\r\n\r\n")
    return lab


def refusal_behind_answer(**where):
    """400 behind the session description, in one datagram."""
    lab = Lab(19, **where).registered()
    lab.set_up(lab.ana, lab.ben, answer=lab.answer(lab.ben) + "SIP/2.0 400 Bad Request\r\n\r\n")
    return lab


def bye_not_allowed(**where):
    lab = Lab(20, **where).registered()
    lab.set_up(lab.ana, lab.ben)
    lab.hang_up(lab.ana, lab.ben, reply="SIP/2.0 405 Method Not Allowed\r\n\r\n")
    return lab


def silence(**where):
    """Nobody answers the forwarded INVITE, and nobody listens for the media that comes all the same."""
    lab = Lab(21, **where).registered()
    client, onward = lab.fresh(lab.ana.address), lab.fresh(lab.proxy[0])
    invite = lab.invite(lab.ana, lab.ben)
    lab.send(client, lab.proxy, invite, wait=0.8)
    lab.send(onward, lab.ben.endpoint, invite)
    lab.port_unreachable(onward, lab.ben.endpoint, invite.encode())
    source, destination = lab.fresh(lab.ana.address), (lab.ben.address, lab.ben.media)
    lab.talk([(source, destination)], packets=6)
    lab.port_unreachable(source, destination, rtp(14, 5, 11755, SSRC, bytes(1048)))
    lab.scene.wait(40_000)
    lab.send(lab.fresh(lab.ana.address), lab.proxy, "REGISTER sip:ana@lab.example:9001 SIP/2.0\r\nExpires: 0\r\n\r\n")
    return lab


def answers_only(**where):
    """The capture holds what the proxy sent and nothing that was sent to it."""
    lab = call(**where)
    only = Lab(22, **where)
    only.scene.packets = [packet for packet in lab.scene.packets if packet[3][20:22] == (6001).to_bytes(2, "big")]
    return only


def shared_media_port(**where):
    """Both describe the same port, and both send there."""
    lab = Lab(23, **where).registered()
    lab.ben.media = lab.ana.media
    lab.set_up(lab.ana, lab.ben)
    lab.both_ways(packets=20)
    lab.hang_up(lab.ana, lab.ben)
    return lab


def at_once(**where):
    """Two pairs of users; the second call begins before the first is answered."""
    lab = Lab(24, **where).registered()
    other = User("carla", lab.ana.address, 9003, 23040), User("dario", lab.ben.address, 9004, 27050)
    for user in other:
        lab.register(user)
    calls = []
    for caller, callee in ((lab.ana, lab.ben), other):
        client, onward = lab.fresh(caller.address), lab.fresh(lab.proxy[0])
        calls.append((client, onward, caller, callee))
        lab.send(client, lab.proxy, lab.invite(caller, callee), wait=0.2)
    for client, onward, caller, callee in calls:
        lab.send(onward, callee.endpoint, lab.invite(caller, callee), wait=0.2)
    for client, onward, caller, callee in reversed(calls):
        lab.send(callee.endpoint, onward, lab.answer(callee))
        lab.send(lab.proxy, client, lab.answer(callee))
    for client, onward, caller, callee in calls:
        lab.acknowledge(client, onward, callee)
    for client, onward, caller, callee in calls:
        lab.hang_up(caller, callee)
    return lab


def media_before_ack(**where):
    """The caller's player is faster than the proxy: media before the forwarded ACK."""
    lab = Lab(25, **where).registered()
    client, onward = lab.set_up(lab.ana, lab.ben, ack=False)
    lab.send(client, lab.proxy, f"ACK {lab.ben.uri} SIP/2.0", wait=0.2)
    source = lab.fresh(lab.ana.address)
    lab.talk([(source, (lab.ben.address, lab.ben.media))], packets=20, wait=60)
    lab.send(onward, lab.ben.endpoint, f"ACK {lab.ben.uri} SIP/2.0", wait=600)
    lab.hang_up(lab.ana, lab.ben)
    return lab


SCENARIOS = [call, register, register_without_challenge, callee_hangs_up, one_line, changed_on_the_way, two_calls,
             invited_twice, not_found, bad_request, one_forward_port, answers_to_listening_port,
             fresh_port_as_address, both_on_one_port, wrong_user, proxy_answers_first, odd_start_lines,
             odd_media_lines, glued_request, refusal_behind_answer, bye_not_allowed, silence, answers_only,
             shared_media_port, at_once, media_before_ack]


def octets_of(lab):
    """As the loopback interface of Linux gives them: Ethernet with addresses of zeros."""
    nobody = bytes(6)
    packets = sorted(lab.scene.packets, key=lambda packet: packet[0])
    return pcap([(time, ethernet(nobody, nobody, packet)) for time, _, _, packet in packets])


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for scenario in SCENARIOS:
        write(folder / (scenario.__name__.replace("_", "-") + ".pcap"), octets_of(scenario()))


if __name__ == "__main__":
    main()
