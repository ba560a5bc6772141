#!/usr/bin/env python3
"""Makes a small class out of samples/: seven students, a roster, overrides.

Usage: make_small_class.py SAMPLES_DIR OUT_DIR

OUT_DIR/class has a folder for each student:
    2026001_张三      everything right
    2026002_Li Si     forgot the ACK in busy: the 486 comes again and again; right otherwise
    2026003_Wang Wu   called from somebody else's number (the roster says 1009); no capture of cancelled
    2026004_Zhao Liu  busy is cut in the middle of the file, no-answer holds no SIP
    2026005_Sun Qi    busy is a picture, no-answer an empty file, rejected an empty capture
    2026006_Zhou Ba   captures with other names
    2026007_Wu Jiu    only answered, and there the ACK comes after the BYE
2026008 is in the roster and handed in nothing; class/notes.txt belongs to nobody.
"""
import pathlib
import struct
import sys

HEADER = 24


def records(octets):
    """(record header, packet) of a little-endian pcap."""
    assert octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"), octets[:4]
    at = HEADER
    while at < len(octets):
        length = struct.unpack_from("<I", octets, at + 8)[0]
        yield octets[at:at + 16], octets[at + 16:at + 16 + length]
        at += 16 + length


def without(octets, keep):
    return octets[:HEADER] + b"".join(head + packet for head, packet in records(octets) if keep(packet))


def swapped(octets, first, second):
    """The last packets that contain `first` and `second` change places; times stay in order."""
    all_records = list(records(octets))
    i, j = (max(n for n, (_, packet) in enumerate(all_records) if text in packet) for text in (first, second))
    heads = [head for head, _ in all_records]
    packets = [packet for _, packet in all_records]
    packets[i], packets[j] = packets[j], packets[i]
    heads[i], heads[j] = [head[:8] + struct.pack("<II", len(packet), len(packet))
                          for head, packet in ((heads[i], packets[i]), (heads[j], packets[j]))]
    return octets[:HEADER] + b"".join(head + packet for head, packet in zip(heads, packets))


def forgotten_ack(octets, later):
    """Without the ACK for the 486, which is sent again as RFC 3261 17.2.1 says; `later` comes after two minutes."""
    last_ack = [packet for _, packet in records(octets) if b"ACK sip:" in packet][-1]
    refused_head, refused = [(head, packet) for head, packet in records(octets) if b"SIP/2.0 486" in packet][-1]
    seconds, fraction = struct.unpack_from("<II", refused_head)
    octets = without(octets, lambda packet: packet != last_ack)
    for after, packet in [*((after, refused) for after in (1, 2, 4, 8, 12, 16, 20, 24, 28)), (120, later)]:
        octets += struct.pack("<IIII", seconds + after, fraction, len(packet), len(packet)) + packet
    return octets


def main():
    samples, out = (pathlib.Path(argument) for argument in sys.argv[1:3])
    lab = {name: (samples / "sip" / f"lab-{stem}-caller.pcap").read_bytes()
           for name, stem in (("no-answer", "no-answer"), ("rejected", "rejected"), ("cancelled", "cancelled"),
                              ("answered", "answered-caller-hangs-up"), ("busy", "busy"))}
    later = next(packet for _, packet in records((samples / "sip/lab-register.pcap").read_bytes()))
    students = {
        "2026001_张三": lab,
        "2026002_Li Si": {**lab, "busy": forgotten_ack(lab["busy"], later)},
        "2026003_Wang Wu": {name: octets for name, octets in lab.items() if name != "cancelled"},
        "2026004_Zhao Liu": {**lab, "busy": lab["busy"][:-150],
                             "no-answer": without(lab["answered"], lambda packet: b"SIP/2.0" not in packet)},
        "2026005_Sun Qi": {**lab, "busy": b"\x89PNG\r\n\x1a\n" + bytes(64), "no-answer": b"", "rejected": lab["rejected"][:HEADER]},
        "2026006_Zhou Ba": {f"capture{n}": octets for n, octets in enumerate(lab.values(), 1)},
        "2026007_Wu Jiu": {"answered": swapped(lab["answered"], b"ACK sip:", b"BYE sip:")},
    }
    for student, files in students.items():
        folder = out / "class" / student
        folder.mkdir(parents=True, exist_ok=True)
        for name, octets in files.items():
            (folder / f"{name}.pcap").write_bytes(octets)
    (out / "class" / "notes.txt").write_text("Bring a charger.\n", encoding="utf-8")
    rows = ["id,name,extension"]
    for student in [*students, "2026008_Zheng Shi"]:
        number, name = student.split("_")
        rows.append(f"{number},{name},{'1009' if number == '2026003' else '1001'}")
    (out / "roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (out / "overrides.csv").write_text("id,task,score,reason\n2026005,busy,10,seen on the screen\n", encoding="utf-8")


if __name__ == "__main__":
    main()
