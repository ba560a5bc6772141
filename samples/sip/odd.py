"""Single messages of hand-made SIP stacks, one datagram each, with no dialog around them."""
from capture import SECOND, Scene
from sip import digest, token

CLIENT, SERVER = ("192.168.56.10", 5060), ("192.168.56.20", 5060)
SDP = "v=0\r\no=- 1 1 IN IP4 192.168.56.10\r\ns=-\r\nc=IN IP4 192.168.56.10\r\nt=0 0\r\nm=audio 8000 RTP/AVP 0\r\n"


def text(start, number, *headers, body="", via="SIP/2.0/UDP 192.168.56.10:5060;rport;branch=z9hG4bK{}", end="\r\n"):
    method = start.split(" ")[0] if not start.startswith("SIP/") else "INVITE"
    lines = [start, "Via: " + via.format(token("odd", number)), "Max-Forwards: 70",
             f"From: <sip:carla@example.org>;tag={token('odd from', number)}", "To: <sip:dario@example.org>",
             f"Call-ID: odd-{number}@example.org", f"CSeq: {number} {method}", *headers]
    return (end.join(lines) + end + end + body).encode()


def messages():
    invite = "INVITE sip:dario@example.org SIP/2.0"
    credentials = digest("carla", "example.org", "lab", "REGISTER", "sip:example.org", token("odd nonce"),
                         token("odd cnonce"))
    datagrams = [
        (CLIENT, text(invite, 1, "Content-Type: application/sdp", f"Content-Length:\t{len(SDP)}", body=SDP)),
        (CLIENT, text(invite, 2, "Content-Type: application/sdp", f"Content-Length: {len(SDP)}",
                      "Contact: <sip:carla@192.168.56.10>", body=SDP)),
        (CLIENT, text(invite, 3, "Content-Length: 0", "Content-Type: application/sdp",
                      f"Content-Length: {len(SDP)}", body=SDP)),
        (SERVER, text("SIP/2.0 180 Ringing", 4, "Content-Length: 0",
                      via="SIP/2.0/UDP 192.168.56.10:5060;received=192.168.56.10;branch=z9hG4bK{};received=10.0.0.9")),
        (CLIENT, text("OPTIONS sip:dario@example.org SIP/2.0", 5, "Content-Length: 0",
                      via="SIP/2.0/UDP 0.0.0.0:5060;branch=z9hG4bK{}")),
        (CLIENT, text("REGISTER sip:example.org SIP/2.0", 6, f"Authorization: {credentials}", "Content-Length: 0")),
        (CLIENT, text(invite, 7, "Content-Type: application/sdp", f"Content-Length: {len(SDP) + 40}", body=SDP)),
        (CLIENT, text("OPTIONS sip:dario@example.org SIP/2.0", 8, "Content-Length: 0", end="\n")),
    ]
    scene = Scene(1_791_000_000 * SECOND)
    for source, octets in datagrams:
        scene.datagram(source, SERVER if source is CLIENT else CLIENT, octets)
        scene.wait(2_000)
    return scene
