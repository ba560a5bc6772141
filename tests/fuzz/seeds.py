#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: OUT/TARGET/NAME, cut out of samples/ and tests/corpus/, and a few made by hand.

Usage: seeds.py OUT
"""
import base64
import io
import pathlib
import shutil
import struct
import sys
import tarfile
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST = 40  # seeds of a target from samples

TEXTS = {
    "uri": ["sip:bob@example.com", "sips:bob:pw@[2001:db8::1]:5061;transport=tcp;lr?Replaces=a%40b&x=%00",
            "tel:+8610-1234;phone-context=example.com", "sip:%61lice@example.com;maddr=192.0.2.1", "urn:service:sos",
            "sip:;@", "sip:a@b:99999", "sip:[::1"],
    "header_values": ['"A \\"B\\", C" <sip:a@example.com;lr>;tag=1', "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport",
                      "SIP / 2.0 / TCP [2001:db8::1] ; received=192.0.2.1;rport=5060 , SIP/2.0/UDP b;maddr=c",
                      'Digest username="a", realm="r", nonce="n", uri="sip:b", response="0", qop=auth, nc=00000001, cnonce="c"',
                      'Q.850;cause=16;text="Terminated"', "776656 1 INVITE", "a@b;to-tag=1;from-tag=2;early-only",
                      "1800;refresher=uac", "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2",
                      "terminated;reason=timeout;expires=10;retry-after=5", "YWJj", "YQ==", "a,<b,c>,\"d,e\"",
                      'multipart/mixed;boundary="x"\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--',
                      "line one\r\n line two\r\n\tline three"],
    "display_filter": ["sip", "sip.Method == \"INVITE\" && ip.addr == 192.0.2.1", "!(sip.Status-Code >= 400) or rtp",
                       "sip.Status-Code in {180, 183, 400..499}", "sip.from.user matches \"^[0-9]+$\"",
                       "sip.Call-ID contains \"abc\" and not sip.to.user == \"x\"", "((((sip))))", "frame.number < 10"],
    "passwords": ["ana:secret\n# note\nben@example.com:p\n:open\n", "secret", ""],
    "sipp_scenario": ['<?xml version="1.0"?><scenario name="x"><send retrans="500"><![CDATA[INVITE sip:[service]@b SIP/2.0\n'
                      'Content-Length: 0]]></send><recv response="100" optional="true"/><recv response="180"/>'
                      '<recv response="200"/><send><![CDATA[ACK sip:b SIP/2.0]]></send><pause milliseconds="10"/>'
                      '<send><![CDATA[BYE sip:b SIP/2.0]]></send><recv response="200"/></scenario>', "<scenario/>"],
    "archive_name": ["张三/a.pcap", "../../etc/passwd", "C:\\\\Users\\\\a\\\\b.pcap", "/a//./b", "__MACOSX/._a", "a/" * 40 + "b"],
    "student_name": ["Zhang San_12345_assignsubmission_file_/lab.pcap", "zhangsan_LATE_123_456_lab.pcap\n(?P<id>[0-9]+)",
                     "Lab 1_u123_attempt_2026-11-20-08-15-00_lab.pcap", "2021001_张三_实验1.zip\n(?P<id>\\d+)_(?P<name>[^_]+)",
                     "anon_x_LATE_1_a.tar.gz", "Participant 7_9_assignsubmission_onlinetext_", "lab-01-ana.pcapng.gz\n("],
    "class_table": ["id,name,extension,team\n2021001,张三,1001,A\n2021002,Ana Lee,1002,A\n",
                    "\ufeff学号;姓名;分机\n1;\"a;\"\"b\";2\n;;\n1;x;3\n", "student id\temail\nx1\tx1@example.com\n",
                    "id,task,score,reason\n1,busy,12.5,\"phone broke, \"\"late\"\"\"\n2,,90,excused\n", "学号,题目,分数,原因\n1,a,\"2,5\",x\n"],
    "worksheet": ["\x01\x04\x0212Identifier,Full name,ID number,Status,Grade,Maximum Grade,Last modified (grade),"
                  "Feedback comments\nParticipant 2,Ana Lee,1,Submitted,,100,-,\n",
                  "\x02\x03\x041,5\"Student,ID,SIS Login ID,Section,Lab (12)\n    Points Possible,,,,10\n\"Lee, Ana\",2,1,s,EX\n"],
    "gradescope": ['{"id":1,"created_at":"2026-11-20T08:15:00.123456-08:00","assignment":{"due_date":"2026-11-20T00:00:00Z"},'
                   '"users":[{"email":"ana@example.com","id":7,"name":"Ana Lee"},{"id":"8"}]}', "2026-11-20 23:59 +08:00",
                   "2026-11-20T08:15:00Z"],
    "glob": ["*no-answer*.pcap\nNo-Answer-1.pcap", "task[!1-3]?\ntask4.", "[张三]*\n三", "[[]x]\n[x]", "a[9-0]", "[]a]\n]"],
    "step": ["caller -> proxy: INVITE", "proxy <- any: 401|407 (REGISTER)", "18x", "64*T1", "2s..4s of INVITE", "12.5", "-3",
             'header "Max-Forwards" < 70', 'has header "Route"', "sdp.direction = sendonly", "to.tag present", "MSN INVITE",
             'header "X-Call-ID"', "180-183 (INVITE)"],
    "rubric": ["rubric: r\npoints: 10\nround: 0.5\ncap: 9\nfloor: 2\nlate: {due: 2026-11-20 23:59 +08:00, grace: 10 min, every: 1 d, percent: 10}\n"
               "tasks:\n  - {id: a, title: A, points: 10, capture: ['*a*', '!*b*'], flow: busy, pick: newest, partial: none, required: true,"
               " also: [{where: call.caller.user = $EXT, points: 2, feedback: f}], deduct: [{finding: x, points: 1}]}\n"],
    "escape_terminal": ["\x1b[31mred\x1b]0;title\x07", "名字 \u202e\u0085\u200d e\u0301 👩‍👩‍👧", "a b  c;d,e"],
    "escape_html": ["<script>alert(1)</script>", "\" onload='x' &amp; ]]> <!-- -->"],
    "escape_mermaid": ["end\n  P1->>P2: x", "%%{init: {}}%% #35; <b>"],
    "escape_plantuml": ["%getenv(\"HOME\") !include x\n@enduml", "<img:x> [[http://example.com]] <b>"],
    "escape_csv": ["\x05=1+1,\"x\"", "\x03+a-b@c\r\n", "\x06＝1+1"],
    "escape_json": ["\"\\\b\f\n\r\t\x00", "\u2028\u2029 </script> \ufeff"],
    "msn_payload": ["MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\nApplication-Name: a\r\n"
                    "Application-GUID: {02D3C01F-BF30-4825-A83A-DE7AF41648AA}\r\nInvitation-Command: INVITE\r\n"
                    "Invitation-Cookie: 1234\r\nSession-ID: {A}\r\nContext-Data: Requested:SIP_A,;Capabilities:SIP_A,;\r\n"
                    "IP-Address: 192.0.2.1:5060\r\nIP-Address-Enc64: MTkyLjAuMi4xOjUwNjA=\r\n\r\n",
                    "INVITE MSNMSGR:b@example.net MSNSLP/1.0\r\nTo: <msnmsgr:b@example.net>\r\nFrom: <msnmsgr:a@example.net>\r\n"
                    "Via: MSNSLP/1.0/TLP ;branch={A}\r\nCSeq: 0\r\nCall-ID: {B}\r\nContent-Type: "
                    "application/x-msnmsgr-sessionreqbody\r\nContent-Length: 40\r\n\r\nEUF-GUID: {X}\r\nSessionID: 5\r\nContext: "
                    "YWJj\r\n\r\n\0",
                    "MSNSLP/1.0 200 OK\r\nTo: <msnmsgr:a@example.net>\r\nFrom: <msnmsgr:b@example.net>\r\nCSeq: 1 \r\nCall-ID: {B}\r\n"
                    "Content-Type: application/x-msnmsgr-transrespbody\r\nContent-Length: 150\r\n\r\nBridge: TCPv1\r\nListening: "
                    "true\r\nNonce: {A}\r\nIPv4Internal-Addrs: 192.0.2.1\r\nIPv4Internal-Port: 6891\r\nIPv4External-Addrs: "
                    "198.51.100.1\r\nSessionID: 5\r\n\r\n\0",
                    "BYE MSNMSGR:b@example.net MSNSLP/1.0\r\nCall-ID: {B}\r\nContent-Type: application/x-msnmsgr-sessionclosebody\r\n"
                    "Content-Length: 3\r\n\r\n\r\n\0",
                    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: a@example.net\r\n\r\n\r\n",
                    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; EF=B; CO=0; CS=0\r\n\r\nhi",
                    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nLoginTime: 1\r\nEmailEnabled: 1\r\n"
                    "preferredEmail: a@example.net\r\nMSPAuth: t\r\nClientIP: 192.0.2.1\r\nClientPort: 1052\r\n\r\n"],
    "msn_gateway": ["POST /gateway/gateway.dll?Action=open&Server=NS&IP=messenger.example.com HTTP/1.1\r\nHost: g\r\n"
                    "Content-Length: 18\r\n\r\nVER 1 MSNP8 CVR0\r\n",
                    "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1.2; GW-IP=192.0.2.1\r\nContent-Length: 7\r\n\r\nOUT\r\n\r\n"],
    "stream": ["\x00OPTIONS sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
               "\x41\x05\x09VER 1 MSNP8 CVR0\r\nUSR 2 OK a@example.net a\r\nMSG 3 N 5\r\nhelloOUT\r\n",
               "\x20\x30GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
               "\x81\x05hello"],
}
P2P_HEADER = struct.pack("<IIQQIIIIQ", 0, 77, 0, 5, 5, 0, 1, 2, 0)
INFO = (b"INFO sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nCSeq: 2 INFO\r\nContent-Type: application/dtmf%s\r\n"
        b"Content-Length: %d\r\n\r\n%s")
BINARY = {
    "sip": [INFO % (b"-relay", 24, b"Signal=5\r\nDuration=160\r\n"), INFO % (b"", 1, b"#")],
    "msn_payload": [P2P_HEADER + b"hello\0\0\0\1",
                    b"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: b@example.net\r\n\r\n"
                    + P2P_HEADER + b"hello\0\0\0\1"],
    "rtp": [bytes.fromhex("80000001000000a00000a11c") + b"\xff" * 20, bytes.fromhex("906500010000000000000001bede0001")
            + b"\x10\xff\0\0" + bytes.fromhex("0580 00a0".replace(" ", "")), bytes.fromhex("a0610001000000000000000161")
            + b"\x80\x04\0\0\x02", bytes.fromhex("b1e10000000000000000000100000002") + b"\xe1\x0a\x00\x02\x00ab\x02"],
    "rtcp": [bytes.fromhex("81c8000c") + b"\0" * 48, bytes.fromhex("80c90001") + b"\0" * 4 + bytes.fromhex("81ca0003")
             + b"\0\0\0\x01\x01\x03abc\0\0\0", bytes.fromhex("81cb0003") + b"\0\0\0\x01\x06reason\0",
             bytes.fromhex("80cf000a") + b"\0\0\0\x01" + bytes.fromhex("07000008") + b"\x7f" * 32,
             bytes.fromhex("81ce0002") + b"\0" * 8, bytes.fromhex("80cc0003") + b"\0\0\0\x01nameabcd"],
    "websocket": [b"\x81\x05hello", b"\x81\x85\1\2\3\4" + bytes(a ^ b for a, b in zip(b"hello", b"\1\2\3\4\1")),
                  b"\x01\x7e\x00\x80" + b"x" * 128, b"\x88\x02\x03\xe8"],
    "tcp": [bytes(4) + bytes([4, 2, 0, 9, 0, 0, 0, 4, 16, 0, 10, 0, 0, 40, 4, 16, 0, 90, 0, 0, 40, 4, 16, 0, 50, 0, 0, 40,
                              6, 17, 0, 0, 0, 130, 10])],
    "audio": [bytes([codec, size]) + bytes(range(size)) + bytes([size]) + bytes(size)
              for codec, size in ((0, 160), (1, 160), (2, 33), (3, 160), (4, 40))],
    "fragments": [bytes([1, 0, 0, 64, 0, 0, 8, 16]), bytes([0, 1, 8, 16, 1, 1, 0, 64]), bytes([3, 0, 0, 8, 1, 0, 4, 64, 0, 0, 16, 9])],
}


# What the libraries of Python cannot write, made with libarchive: a/b.pcap and c.txt in a 7z.
SEVEN_ZIPS = {
    "lzma2": "N3q8ryccAANkO5P8dQAAAAAAAAAaAAAAAAAAAOkhrN7gAPAAFF0AN5jK7u7hfyuFppnC95ClN0WqwiAA4ABXAFFdAACBMweuD8/Hr2gP6+qcvwzde"
             "yz7I+g8/M/93nP1N0tV/KXiEJOjUW4RwU2cgYilSpCchMjRkCytG0fkvqxY2LwaFlX1qETXl1norba8DQAAAAAXBhwBCVkABwsBAAEhIQEWDFgKAe"
             "hPXQ8AAA==",
    "ppmd": "N3q8ryccAAOhTQDJcAAAAAAAAAAgAAAAAAAAABZozC0AbvKdupTcDe4m9EXPah3rS02yAAAAgTMHrg/PObAMB8hDgIOC4rwshCS6SnhqG7KAZOnSe"
            "0ei9xKfuoe/KSq67d15tDHRdAmPaPY3dgTr3rzptxpMRLoLceh0TbMkRnVpekhJmmqwGvnpP//xk+wAFwYUAQlcAAcLAQABIwMBAQVdAACAAAxeCgG"
            "T/CKjAAA=",
}


def rar(name, octets):
    """RAR 4, stored."""
    def with_checksum(header):
        return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header
    file_header = b"\x74\x00\x80" + struct.pack("<HIIBIIBBHI", 32 + len(name), len(octets), len(octets), 2, zlib.crc32(octets),
                                                0x5B754000, 0x14, 0x30, len(name), 0x20) + name
    return (b"Rar!\x1a\x07\x00" + with_checksum(b"\x73\x00\x00\x0d" + bytes(7)) + with_checksum(file_header) + octets
            + with_checksum(b"\x7b\x00\x40\x07\x00"))


def archives():
    """Each behind an octet that says how much may be unpacked."""
    files = {"张三/a.pcap": b"octets of a " * 9, "../b.pcap": b"b", "__MACOSX/._c": b"c"}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for number, (name, octets) in enumerate(files.items()):
            entry = zipfile.ZipInfo(name, (2026, 11, 20, 8, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED if number == 0 else zipfile.ZIP_STORED
            archive.writestr(entry, octets)
    kinds = {"zip": zipped.getvalue(), "rar": rar(b"a.pcap", b"octets")}
    for mode in ("", "gz", "bz2", "xz"):
        taped = io.BytesIO()
        with tarfile.open(fileobj=taped, mode=f"w:{mode}") as archive:
            for name, octets in {**files, "d.zip": kinds["zip"]}.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(octets)
                archive.addfile(entry, io.BytesIO(octets))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        kinds["tar" + mode] = taped.getvalue()
    kinds.update((name, base64.b64decode(text)) for name, text in SEVEN_ZIPS.items())
    return [b"\xe7" + octets for octets in kinds.values()]


def packets_of(path):
    """(link type, octets) of the records of a pcap file in either byte order."""
    octets = path.read_bytes()
    order = {0xA1B2C3D4: "<", 0xA1B23C4D: "<", 0xD4C3B2A1: ">", 0x4D3CB2A1: ">"}[struct.unpack("<I", octets[:4])[0]]
    link_type = struct.unpack(order + "I", octets[20:24])[0]
    at, packets = 24, []
    while at + 16 <= len(octets):
        size = struct.unpack(order + "I", octets[at + 8:at + 12])[0]
        packets.append((link_type, octets[at + 16:at + 16 + size]))
        at += 16 + size
    return packets


def first_records(path, limit):
    """The beginning of a pcap file, up to `limit` octets and the end of a record."""
    octets = path.read_bytes()
    at = 24
    while at + 16 <= len(octets):
        end = at + 16 + int.from_bytes(octets[at + 8:at + 12], "little")
        if end > limit:
            break
        at = end
    return octets[:at]


def transport_payload(link_type, frame):
    """(protocol, payload) of plain Ethernet or raw IP with UDP or TCP over IPv4; nothing for others."""
    packet = frame[14:] if link_type == 1 and frame[12:14] == b"\x08\0" else frame if link_type == 101 else b""
    if len(packet) < 28 or packet[0] != 0x45:
        return None, b""
    if packet[9] == 17:
        return 17, packet[28:]
    if packet[9] == 6:
        return 6, packet[20 + (packet[32] >> 4) * 4:]
    return None, b""


class Seeds:
    def __init__(self, out):
        self.out = out
        self.seen = {}

    def add(self, target, octets, most=None):
        known = self.seen.setdefault(target, set())
        if octets in known or most is not None and len(known) >= most:
            return
        folder = self.out / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{len(known):03}").write_bytes(octets)
        known.add(octets)

    def from_payload(self, protocol, payload):
        first_line = payload.split(b"\r\n", 1)[0]
        if protocol == 6 and payload:
            self.add("msn", payload, MOST) if b"SIP/2.0" not in first_line else self.add("sip", payload, MOST)
            self.add("stream", b"\x20\x10" + payload, MOST)
            self.add("stream", b"\x61\x07\x20\x09" + payload, MOST)
        elif b"SIP/2.0" in first_line:
            self.add("sip", payload, MOST)
            if b"\r\n\r\nv=0" in payload:
                self.add("sdp", payload.split(b"\r\n\r\n", 1)[1], MOST)
        elif payload[:1] and 0x80 <= payload[0] <= 0xBF:
            self.add("rtcp" if 192 <= payload[1] <= 223 else "rtp", payload[:200], MOST)


def main():
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    seeds = Seeds(out)
    for target, texts in TEXTS.items():
        for text in texts:
            seeds.add(target, text.encode("latin-1" if target == "stream" else "utf-8"))
    for target, inputs in BINARY.items():
        for octets in inputs:
            seeds.add(target, octets)
    for path in sorted((ROOT / "tests/corpus").glob("*/*.dat")):
        seeds.add("sip", path.read_bytes())
    for path in sorted((ROOT / "samples/flows").glob("*.yaml")):
        seeds.add("flow_file", path.read_bytes())
    for octets in archives():
        seeds.add("archive", octets)
    for path in sorted((ROOT / "samples/rubrics").glob("*.yaml")):
        seeds.add("rubric", path.read_bytes())
    for path in sorted((ROOT / "samples").glob("*/*.pcap")):
        seeds.add("pcap", first_records(path, 2000), 12)
        seeds.add("file", first_records(path, 12000), 60)
        for number, (link_type, frame) in enumerate(packets_of(path)):
            if number < 6 and link_type in (1, 113, 276, 0, 108, 101, 9, 104, 51, 228, 229):
                place = [1, 113, 276, 0, 108, 101, 9, 104, 51, 228, 229].index(link_type)
                seeds.add("link", bytes([place, 0]) + frame, 2 * MOST)
            seeds.from_payload(*transport_payload(link_type, frame))
    for path in sorted((ROOT / "samples").glob("*/*.pcapng")):
        seeds.add("pcapng", path.read_bytes()[:4000])
        seeds.add("file", path.read_bytes()[:20000])
    print(f"{sum(map(len, seeds.seen.values()))} seeds of {len(seeds.seen)} targets")


if __name__ == "__main__":
    main()
