#!/usr/bin/env python3
"""Makes traffic of calls.

traffic.py pcap FILE PACKETS [EVERY]
                                   a capture: every so many-th packet SIP (the 20th), of calls that are new all the time; the others
                                   RTP of 214 octets on 100 port pairs
traffic.py send INTERFACE SECONDS CALLS_PER_SECOND
                                   sends new calls all the time, each with a Call-ID of its own; prints what was sent
"""
import socket
import struct
import sys
import time

CALLER, CALLEE = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20])
ETHERNET = bytes.fromhex("020000000002020000000001") + b"\x08\x00"


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(source, destination, source_port, destination_port, payload):
    udp = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + source + destination
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return ETHERNET + head + udp + payload


def sip(first, number, cseq, body=b"", to_tag=""):
    text = (f"{first}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{number}{cseq.replace(' ', '')}\r\n"
            f"From: <sip:u{number}@example.com>;tag=a\r\nTo: <sip:v{number}@example.com>{to_tag}\r\n"
            f"Call-ID: {number}@192.0.2.10\r\nCSeq: {cseq}\r\nContact: <sip:u@192.0.2.10>\r\nMax-Forwards: 70\r\n")
    if body:
        text += "Content-Type: application/sdp\r\n"
    return (text + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def session(address, port):
    return (f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\n").encode()


def signalling(number, port):
    """The six messages of a call, as frames."""
    def request(method, cseq, body=b"", to_tag=";tag=b"):
        text = sip(f"{method} sip:v{number}@example.com SIP/2.0", number, f"{cseq} {method}", body, to_tag)
        return frame(CALLER, CALLEE, 5060, 5060, text)

    def response(status, method, cseq, body=b""):
        return frame(CALLEE, CALLER, 5060, 5060,
                     sip(f"SIP/2.0 {status}", number, f"{cseq} {method}", body, ";tag=b"))
    return [request("INVITE", 1, session("192.0.2.10", port), ""), response("180 Ringing", "INVITE", 1),
            response("200 OK", "INVITE", 1, session("192.0.2.20", port)), request("ACK", 1),
            request("BYE", 2), response("200 OK", "BYE", 2)]


def rtp(number, port, sequence, back=False):
    payload = struct.pack("!BBHII", 0x80, 0, sequence & 0xFFFF, sequence * 160 & 0xFFFFFFFF, number * 2 + back)
    payload += b"\xd5" * 160
    if back:
        return frame(CALLEE, CALLER, port, port, payload)
    return frame(CALLER, CALLEE, port, port, payload)


def write_pcap(path, count, every=20):
    calls = 100
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        sip_frames = [one for i in range(max(-(-count // every // 6), 1)) for one in signalling(i, 10000 + i % calls * 2)]
        for i in range(count):
            if i % every == 0:
                octets = sip_frames[i // every]
            else:
                octets = rtp(i % calls, 10000 + i % calls * 2, i // calls)
            file.write(struct.pack("<IIII", 1700000000 + i // 50000, i % 50000 * 20, len(octets), len(octets)))
            file.write(octets)


def send(interface, seconds, rate):
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    begun = time.monotonic()
    number = sent = 0
    running = []  # calls in progress: number, port, steps done
    while time.monotonic() - begun < seconds:
        while number < (time.monotonic() - begun) * rate:
            number += 1
            running.append([number, 10000 + number % 20000 * 2, 0])
        for call in running:
            which, port, step = call
            frames = signalling(which, port) if step in (0, 10) else None
            if step == 0:
                due = frames[:4]
            elif step == 10:
                due = frames[4:]
            else:
                due = [rtp(which, port, step), rtp(which, port, step, True)]
            for one in due:
                out.send(one)
            sent += len(due)
            call[2] += 1
        running = [call for call in running if call[2] <= 10]
        time.sleep(0.02)
    print(f"{sent} packets, {number} calls")


def main():
    if sys.argv[1] == "pcap":
        write_pcap(sys.argv[2], *map(int, sys.argv[3:]))
    else:
        send(sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))


if __name__ == "__main__":
    main()
