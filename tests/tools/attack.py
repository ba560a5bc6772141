"""One capture that attacks every output: what a terminal, a browser, a spreadsheet, a JSON reader, a picture or a
diagram would obey stands wherever a report repeats captured text. `PWN` marks it."""
import pathlib
import struct
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / "samples/tools")]

from capture import ETHERNET, SECOND, Connection, Pcapng, Scene  # noqa: E402

START = 1_792_000_000 * SECOND
ANA, BEN, SWITCHBOARD = ("192.0.2.1", 5060), ("192.0.2.2", 5060), ("192.0.2.3", 1863)

ATTACKS = [
    # terminal
    b"\x1b]0;PWN\x07\x1b[31mPWN\x1b[2J", b"\xc2\x9b31mPWN", b"\x9b31mPWN\x00\x7f\x08", b"a\xe2\x80\xaePWN\xe2\x81\xa6",
    b"\xe2\x80\xa8PWN\xef\xbb\xbf", b"\xc0\xafPWN\xed\xa0\x80", b"\rPWN overwrites",
    # HTML, SVG, XML
    b"<script>PWN()</script>", b"\"><img src=x onerror=PWN()>", b"</script><script>PWN()//", b"' onload='PWN()",
    b"<!-- PWN", b"]]><svg onload=PWN()>", b"&PWN;<!ENTITY PWN SYSTEM \"file:///PWN\">", b"javascript:PWN()",
    b"<a href=javascript:PWN()>PWN</a>", b"<foreignObject><b>PWN</b></foreignObject>", b"&lt;script&gt;PWN",
    # spreadsheets
    b"=PWN()", b"+PWN", b"-PWN", b"@PWN", "＝PWN()".encode(), b"=cmd|' /C PWN'!A0", b" =PWN()", b"\"=PWN\",=PWN",
    # JSON
    b"\",\"pwn\":\"PWN", b"\\\",\"pwn\":1,\"PWN", b"\\u0022PWN\\", b"}]}\n{\"pwn\":\"PWN",
    # Mermaid
    b"```\nPWN", b"%%{init: {\"securityLevel\":\"loose\"}}%%PWN", b"PWN; P1->>P2: PWN", b"end PWN", b"#quot;PWN#59;",
    # PlantUML
    b"@enduml PWN", b"!include PWN", b"%getenv(\"PWN\")", b"[[http://example.com PWN]]", b"<img:PWN>", b"<&PWN>",
    b"~~PWN~~ **PWN** //PWN//", b"\\nPWN\\n", b"' PWN",
    # file names and shells
    b"../../PWN", b"/PWN", b"$(PWN)", b"`PWN`", b"'; PWN #", b"{0}PWN%s%n", b"%PWN%",
]

HOSTILE_NAME = "a\x1b]0;PWN\x07'$(PWN)<script>PWN()<\u202e=PWN.pcapng"


def message(start, attack, call, cseq, extra=b"", body=b""):
    quoted = attack.replace(b"\r", b"").replace(b"\n", b"")
    return b"\r\n".join([
        start, b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK" + call + cseq.split(b" ")[0],
        b'From: "' + quoted.replace(b'"', b"'") + b'" <sip:' + quoted + b"@example.com>;tag=" + quoted,
        b"To: " + quoted + b" <sip:ben@example.com>;tag=b" + call, b"Call-ID: " + call + quoted, b"CSeq: " + cseq,
        b"Contact: <sip:" + quoted + b"@192.0.2.1>", b"User-Agent: " + quoted, b"Server: " + quoted,
        b"Subject: " + quoted, b"X-Call-ID: " + quoted, b"Reason: Q.850;cause=16;text=\"" + quoted + b'"', extra,
        b"Content-Type: application/sdp", b"Content-Length: " + str(len(body)).encode(), b"", body])


def description(attack, address, port):
    quoted = attack.replace(b"\r", b"").replace(b"\n", b"")
    return b"\r\n".join([
        b"v=0", b"o=" + quoted.replace(b" ", b"_") + b" 1 1 IN IP4 " + address, b"s=" + quoted,
        b"c=IN IP4 " + address, b"t=0 0", b"m=audio %d RTP/AVP 96 0" % port,
        b"a=rtpmap:96 " + quoted.replace(b" ", b"_") + b"/8000", b"a=fmtp:96 " + quoted, b"a=" + quoted, b""])


def add_call(scene, number, attack):
    call = b"%03d" % number
    port = 10_000 + 4 * number
    offer, answer = description(attack, b"192.0.2.1", port), description(attack, b"192.0.2.2", port)
    uri = b"INVITE sip:" + attack.replace(b" ", b"").replace(b"\r", b"").replace(b"\n", b"") + b"@example.com SIP/2.0"
    scene.datagram(ANA, BEN, message(uri, attack, call, b"1 INVITE", b"X-A: 1", offer))
    scene.wait(10)
    reason = attack.replace(b"\r", b"").replace(b"\n", b"")
    scene.datagram(BEN, ANA, message(b"SIP/2.0 200 " + reason, attack, call, b"1 INVITE", b"X-A: 1", answer))
    scene.wait(5)
    scene.datagram(ANA, BEN, message(b"ACK sip:ben@example.com SIP/2.0", attack, call, b"1 ACK", b"X-A: 1"))
    for packet in range(8):
        header = struct.pack("!BBHII", 0x80, 96, packet, packet * 160, number + 1)
        scene.datagram(("192.0.2.1", port), ("192.0.2.2", port), header + b"\xff" * 160)
        scene.wait(20)
    info = b"INFO sip:ben@example.com SIP/2.0"
    key = b"Signal=5\r\nDuration=160\r\n" + attack
    keys = message(info, attack, call, b"2 INFO", b"X-A: 1", key).replace(b"application/sdp", b"application/dtmf-relay")
    scene.datagram(ANA, BEN, keys)
    scene.wait(5)
    scene.datagram(ANA, BEN, message(b"BYE sip:ben@example.com SIP/2.0", attack, call, b"3 BYE", b"X-A: 1"))
    scene.wait(5)
    scene.datagram(BEN, ANA, message(b"SIP/2.0 603 " + reason, attack, call, b"3 BYE", b"X-A: 1"))
    scene.wait(50)


def add_chat(scene, number, attack):
    quoted = attack.replace(b"\r", b"").replace(b"\n", b"")
    name = b"".join(b"%%%02X" % octet for octet in quoted)
    chat = Connection(scene, ("192.0.2.1", 20_000 + number), SWITCHBOARD)
    chat.open()
    chat.send(chat.client, b"USR 1 ana@example.com 1.2\r\n")
    chat.send(chat.server, b"USR 1 OK ana@example.com " + name + b"\r\nIRO 2 1 1 ben@example.com " + name + b"\r\n")
    invitation = b"\r\n".join([
        b"MIME-Version: 1.0", b"Content-Type: text/x-msmsgsinvite; charset=UTF-8", b"",
        b"Application-Name: " + quoted, b"Invitation-Command: INVITE", b"Invitation-Cookie: " + quoted,
        b"Session-ID: " + quoted, b"Context-Data: Requested:" + quoted + b",;", b"Application-File: " + quoted, b"", b""])
    chat.send(chat.client, b"MSG 3 N %d\r\n" % len(invitation) + invitation)
    text = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" + attack
    chat.send(chat.server, b"MSG ben@example.com " + name + b" %d\r\n" % len(text) + text)
    chat.close(chat.client)


def capture():
    scene = Scene(START)
    for number, attack in enumerate(ATTACKS):
        add_call(scene, number, attack)
    for number, attack in enumerate(ATTACKS):
        add_chat(scene, number, attack)
    file = Pcapng(comment="\x1b[31mPWN <script>PWN()</script>")
    interface = file.interface(ETHERNET, name="=PWN()\x1b]0;PWN\x07")
    for time, frame in scene.frames():
        file.packet(interface, time, frame, comment="\x9bPWN<script>")
    return file.octets()


if __name__ == "__main__":
    sys.stdout.buffer.write(capture())
