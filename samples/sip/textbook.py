"""Calls as textbooks draw them: two proxies, a fork, TCP, IPv6, a name in Chinese. Captures that see every link."""
from capture import ACK, PSH, SECOND, Connection, Scene
from sip import Message, ack_of_failure, backward, cancel_of, forwarded, response, sdp, token, via

START = 1_793_000_000 * SECOND


def request(method, uri, source, seed, sender, receiver, number, contact=None, body=b"", transport="UDP", extra=(),
            content_type="application/sdp"):
    headers = [("Via", via(source, token(seed, method, number, length=14), transport, rport=False)),
               ("Max-Forwards", "70"), ("From", sender), ("To", receiver), ("Call-ID", token(seed, "id", length=16)
                                                                             + "@" + sender.split("@")[1].split(">")[0]),
               ("CSeq", f"{number} {method}")]
    if contact:
        headers.append(("Contact", contact))
    return Message(f"{method} {uri} SIP/2.0", [*headers, *extra], body, content_type)


def two_proxies():
    """As RFC 3665 section 3.2 draws it: every message passes three links. Seen by two interfaces, as two lists."""
    gina, first, second, hugo = ("192.0.2.10", 5060), ("192.0.2.111", 5060), ("192.0.2.222", 5060), ("192.0.2.20", 5060)
    near, far = Scene(START), Scene(START)
    sender, receiver = "Gina <sip:gina@north.example.com>;tag=" + token("gina"), "Hugo <sip:hugo@south.example.net>"
    contact, answered = "<sip:gina@192.0.2.10>", receiver + ";tag=" + token("hugo")

    def send(source, destination, message, ms=8):
        scene = far if {source, destination} == {second, hugo} else near
        scene.now = far.now = near.now = max(near.now, far.now)
        scene.datagram(source, destination, message.octets())
        near.wait(ms)
        far.wait(ms)

    def through(proxy, seed, routed=True):
        name = "north.example.com" if proxy is first else "south.example.net"
        return via(proxy, token(seed, *proxy), rport=False), f"<sip:{name};lr>" if routed else None

    invite = request("INVITE", "sip:hugo@south.example.net", gina, "two proxies", sender, receiver, 1, contact,
                     sdp("192.0.2.10", 49172, user="gina", payload_types=(0,)))
    send(gina, first, invite)
    at_second = forwarded(invite, *through(first, "invite"))
    send(first, second, at_second)
    send(first, gina, response(invite, 100, "Trying"))
    at_hugo = forwarded(at_second, *through(second, "invite"), "sip:hugo@192.0.2.20")
    send(second, hugo, at_hugo)
    send(second, first, response(at_second, 100, "Trying"))
    near.wait(120)

    def back(message):
        send(hugo, second, message)
        message = backward(message)
        send(second, first, message)
        send(first, gina, backward(message))

    back(response(at_hugo, 180, "Ringing", token("hugo"), [("Contact", "<sip:hugo@192.0.2.20>")]))
    near.wait(2_500)
    back(response(at_hugo, 200, "OK", token("hugo"), [("Contact", "<sip:hugo@192.0.2.20>")],
                  sdp("192.0.2.20", 3456, user="hugo", payload_types=(0,))))
    routes = [("Route", "<sip:north.example.com;lr>"), ("Route", "<sip:south.example.net;lr>")]
    ack = request("ACK", "sip:hugo@192.0.2.20", gina, "two proxies", sender, answered, 1, extra=routes)
    send(gina, first, ack)
    onward = forwarded(ack, *through(first, "ack", False))
    send(first, second, onward)
    send(second, hugo, forwarded(onward, *through(second, "ack", False)))

    near.wait(10)
    begin = near.now
    near.talk((gina[0], 49172), (hugo[0], 3456), 0x6164A001, begin, 1.2, sequence=77)
    near.talk((hugo[0], 3456), (gina[0], 49172), 0x6875600F, begin, 1.2, sequence=9000)
    near.wait(1_300)
    bye = request("BYE", "sip:gina@192.0.2.10", hugo, "two proxies", answered, sender, 1, extra=list(reversed(routes)))
    bye = bye.replaced("Call-ID", invite["Call-ID"])
    send(hugo, second, bye)
    at_first = forwarded(bye, *through(second, "bye", False))
    send(second, first, at_first)
    at_gina = forwarded(at_first, *through(first, "bye", False))
    send(first, gina, at_gina)
    ok = response(at_gina, 200, "OK")
    send(gina, first, ok)
    ok = backward(ok)
    send(first, second, ok)
    send(second, hugo, backward(ok))
    return near.frames(), far.frames()


def forked():
    """A proxy rings two phones of one user; the second answers, the first is cancelled. Taken at the proxy."""
    iris, proxy = ("192.0.2.31", 5060), ("192.0.2.100", 5060)
    desk, mobile = ("192.0.2.41", 5060), ("192.0.2.42", 5060)
    scene = Scene(START + 600 * SECOND)

    def send(source, destination, message, ms=6):
        scene.datagram(source, destination, message.octets())
        scene.wait(ms)

    sender, receiver = "<sip:iris@example.com>;tag=" + token("iris"), "<sip:jonas@example.com>"
    invite = request("INVITE", "sip:jonas@example.com", iris, "fork", sender, receiver, 1, "<sip:iris@192.0.2.31>",
                     sdp("192.0.2.31", 20000, payload_types=(8,)))
    send(iris, proxy, invite)
    send(proxy, iris, response(invite, 100, "Trying"))
    branches = {phone: forwarded(invite, via(proxy, token("fork", *phone), rport=False), "<sip:192.0.2.100;lr>",
                                 f"sip:jonas@{phone[0]}") for phone in (desk, mobile)}
    for phone, branch in branches.items():
        send(proxy, phone, branch)
    for phone, delay in ((desk, 90), (mobile, 2_000)):
        scene.wait(delay)
        ringing = response(branches[phone], 180, "Ringing", token("tag", *phone), [("Contact", f"<sip:jonas@{phone[0]}>")])
        send(phone, proxy, ringing)
        send(proxy, iris, backward(ringing))
    scene.wait(1_500)
    answer = response(branches[mobile], 200, "OK", token("tag", *mobile), [("Contact", "<sip:jonas@192.0.2.42>")],
                      sdp("192.0.2.42", 31000, payload_types=(8,)))
    send(mobile, proxy, answer)
    send(proxy, iris, backward(answer))
    cancel = cancel_of(branches[desk])
    send(proxy, desk, cancel)
    send(desk, proxy, response(cancel, 200, "OK", token("tag", *desk)))
    ended = response(branches[desk], 487, "Request Terminated", token("tag", *desk))
    send(desk, proxy, ended)
    send(proxy, desk, ack_of_failure(branches[desk], ended))
    route = [("Route", "<sip:192.0.2.100;lr>")]
    for method, number in (("ACK", 1), ("BYE", 2)):
        message = request(method, "sip:jonas@192.0.2.42", iris, "fork", sender,
                          receiver + ";tag=" + token("tag", *mobile), number, extra=route)
        send(iris, proxy, message)
        onward = forwarded(message, via(proxy, token("fork", method), rport=False))
        send(proxy, mobile, onward)
        if method == "BYE":
            ok = response(onward, 200, "OK")
            send(mobile, proxy, ok)
            send(proxy, iris, backward(ok))
        scene.wait(3_000)
    return scene


def over_tcp():
    """One message in three segments, two messages in one, one segment late and one twice, keep-alives between."""
    kim, server = ("192.0.2.51", 45012), ("192.0.2.60", 5060)
    scene = Scene(START + 1200 * SECOND)
    wire = Connection(scene, kim, server, client_sequence=0xFFFFFE00)  # wraps inside the first message
    wire.open()
    sender, receiver = "<sip:kim@example.org>;tag=" + token("kim"), "<sip:lena@example.org>"
    answered = receiver + ";tag=" + token("lena")

    def from_kim(method, number, to=answered, body=b"", contact=None):
        uri = "sip:lena@example.org" if method == "INVITE" else "sip:lena@192.0.2.60:5060;transport=tcp"
        return request(method, uri, kim, "tcp", sender, to, number, contact, body, "TCP")

    invite = from_kim("INVITE", 1, receiver, sdp("192.0.2.51", 22000, payload_types=(0, 101)),
                      "<sip:kim@192.0.2.51:45012;transport=tcp>")
    wire.send(kim, invite.octets(), cuts=(13, 400))  # in the request line and in the headers
    contact = ("Contact", "<sip:lena@192.0.2.60:5060;transport=tcp>")
    ringing = response(invite, 180, "Ringing", token("lena"), [contact])
    wire.send(server, response(invite, 100, "Trying").octets() + ringing.octets())
    wire.send(kim, b"\r\n\r\n")
    wire.send(server, b"\r\n")
    scene.wait(1_800)
    ok = response(invite, 200, "OK", token("lena"), [contact],
                  sdp("192.0.2.60", 23000, payload_types=(0, 101))).octets()
    start, half = wire.next[server], len(ok) // 2
    wire.segment(server, PSH | ACK, ok[half:], sequence=start + half)  # the second half comes first
    scene.wait(4)
    wire.segment(server, PSH | ACK, ok[:half], sequence=start)
    wire.next[server] = start + len(ok)
    scene.wait(4)
    wire.segment(kim, ACK)
    ack = from_kim("ACK", 1).octets()
    wire.send(kim, ack)
    wire.segment(kim, PSH | ACK, ack, sequence=wire.next[kim] - len(ack))  # a retransmission
    scene.wait(2_000)
    bye = from_kim("BYE", 2)
    wire.send(kim, bye.octets())
    wire.send(server, response(bye, 200, "OK").octets())
    wire.close(kim)
    return scene


def over_ipv6():
    """IPv6 on a VLAN; the INVITE comes in two fragments."""
    maya, nils = ("2001:db8:1::10", 5060), ("2001:db8:2::20", 5060)
    scene = Scene(START + 1800 * SECOND)
    sender, receiver = "Maya <sip:maya@example.net>;tag=" + token("maya"), "Nils <sip:nils@example.net>"
    answered = receiver + ";tag=" + token("nils")
    invite = request("INVITE", "sip:nils@[2001:db8:2::20]", maya, "ipv6", sender, receiver, 1,
                     "<sip:maya@[2001:db8:1::10]>", sdp(maya[0], 30000, payload_types=(0, 8, 9, 101)),
                     extra=[("Subject", "Long enough for two fragments " + "- and on it goes " * 50)])
    scene.fragmented(maya, nils, invite.octets(), 1232)
    scene.wait(60)
    contact = ("Contact", "<sip:nils@[2001:db8:2::20]>")
    scene.datagram(nils, maya, response(invite, 180, "Ringing", token("nils"), [contact]).octets())
    scene.wait(1_400)
    scene.datagram(nils, maya, response(invite, 200, "OK", token("nils"), [contact],
                                        sdp(nils[0], 31000, payload_types=(9, 101))).octets())
    scene.wait(12)
    uri = "sip:nils@[2001:db8:2::20]"
    scene.datagram(maya, nils, request("ACK", uri, maya, "ipv6", sender, answered, 1).octets())
    scene.wait(2_000)
    bye = request("BYE", uri, maya, "ipv6", sender, answered, 2)
    scene.datagram(maya, nils, bye.octets())
    scene.wait(12)
    scene.datagram(nils, maya, response(bye, 200, "OK").octets())
    return scene


def chinese_name():
    """A busy line and a text message between people whose names need two columns a letter."""
    wang, zhao = ("10.1.0.11", 5060), ("10.1.0.12", 5060)
    scene = Scene(START + 2400 * SECOND)
    sender = '"\u738b\u5c0f\u660e" <sip:wang@example.com>;tag=' + token("wang")
    receiver = '"\u8d75\u4e3d" <sip:zhao@example.com>'
    invite = request("INVITE", "sip:zhao@example.com", wang, "names", sender, receiver, 1, "<sip:wang@10.1.0.11>",
                     sdp(wang[0], 40000, payload_types=(8,), name="\u901a\u8bdd"))
    busy = response(invite, 486, "\u5fd9", token("zhao"), [("Warning", '399 example.com "\u7ebf\u8def\u5fd9"')])
    for source, destination, message in ((wang, zhao, invite), (zhao, wang, busy),
                                         (wang, zhao, ack_of_failure(invite, busy))):
        scene.datagram(source, destination, message.octets())
        scene.wait(30)
    scene.wait(4_000)
    text = request("MESSAGE", "sip:zhao@example.com", wang, "text", sender, receiver, 1,
                   body="\u7a0d\u540e\u518d\u6253\u7ed9\u4f60\u3002", content_type="text/plain;charset=UTF-8")
    scene.datagram(wang, zhao, text.octets())
    scene.wait(25)
    scene.datagram(zhao, wang, response(text, 200, "OK", token("zhao text")).octets())
    return scene
