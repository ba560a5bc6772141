#!/usr/bin/env python3
"""Makes the submissions of a class: make_class.py FOLDER [--table class.txt]

The table says who there is, what each did and how it was handed in; FOLDER gets `handed-in/` and `roster.csv`. The
same octets on every run. Captures come from the lab of samples/sip/lab.py; every student's have times and identifiers
of their own, and each end of a call is seen with its own delays.
"""
import argparse
import io
import os
import pathlib
import random
import re
import struct
import sys
import tarfile
import zipfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = TESTS.parent / "samples"
sys.path[:0] = [str(SAMPLES / "sip"), str(SAMPLES / "tools")]

import lab  # noqa: E402
from capture import MS, SECOND, Pcapng, Scene, ethernet, ipv4, mac_of, pcap, udp  # noqa: E402
from sip import ack_of_failure, received, response, sdp, token  # noqa: E402

TASKS = ["no-answer", "rejected", "cancelled", "answered", "busy"]
HANDED_IN = 1_795_000_000  # 2026-11-18 11:06:40 UTC
TWO_DAYS_LATE = 1_795_190_340 + 26 * 3600  # due 2026-11-20 23:59 +08:00


# The table -----------------------------------------------------------------------------------------------------------

class Row:
    """A student: what was done, and what is expected for it (task scores as written, `?` not assessable)."""

    def __init__(self, line):
        cells = re.split(r"\s{2,}", line.strip())
        self.id, self.name, self.extension, self.form, self.what = cells[:5]
        self.tasks, self.total, self.status = cells[5:10], cells[10], cells[11]
        self.number = int(self.id[-3:])


def read_table(path):
    """(rows, pairs of ids that are copies)."""
    rows, pairs = [], []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("copy "):
            pairs.append(tuple(sorted(line.split()[1:3])))
        else:
            rows.append(Row(line))
    return rows, pairs


# Calls ---------------------------------------------------------------------------------------------------------------

class Phone(lab.Phone):
    """`formats` are the payload types that it offers."""

    def __init__(self, user, name, number, formats=(0, 8, 101)):
        super().__init__(user, name, f"192.168.{number}.20", 50000 + number * 7, 4000 + number * 4)
        self.formats = formats

    def offer(self, session):
        return sdp(*self.media, session=session, name="pjmedia", payload_types=self.formats)


class Call(lab.LabCall):
    """Media goes straight from phone to phone; `directions` says who is heard."""

    def media(self, seconds, directions=(True, True)):
        begin = self.scene.now + 5 * MS
        for heard, phone, other in ((directions[0], self.caller, self.callee), (directions[1], self.callee, self.caller)):
            if not heard:
                continue
            first = random.Random(f"{self.seed} {phone.user} media")
            self.scene.talk(phone.media, other.media, first.getrandbits(32), begin, seconds, phone.formats[0],
                            sequence=first.getrandbits(15), timestamp=first.getrandbits(31), report=False)
        self.scene.now = begin
        self.scene.wait(seconds * 1000 + 60)


def answered(call, directions=(True, True)):
    call.set_up()
    call.ring(2)
    call.pick_up()
    call.media(1.6, directions)
    call.hang_up(by_caller=True)


def one_way(call):
    answered(call, (True, False))


def without_ack(play):
    """The caller never acknowledges the final response, which the proxy repeats until Timer H (RFC 3261 17.2.1)."""
    def played(call):
        play(call)
        last = max(n for n, p in enumerate(call.scene.packets) if p[2] == call.caller.endpoint[0] and b" INVITE\r\n" in p[3])
        time, source, destination, packet = call.scene.packets[last]
        ack = [p for p in call.scene.packets if p[1] == call.caller.endpoint[0] and p[3][28:32] == b"ACK " and p[0] > time]
        call.scene.packets = [p for p in call.scene.packets if p not in ack]
        after = 0
        for wait in (500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000):
            after += wait
            call.scene.add(source, destination, packet, time + after * MS)
        call.scene.now = max(call.scene.now, time + after * MS)
        keep_on(call)
    return played


def no_challenge_answer(call):
    first = call.request_from_caller("INVITE", 11231, body=call.caller.offer(3900000001))
    call.from_caller(first)
    challenge = response(received(first, call.caller.public), 407, "Proxy Authentication Required",
                         "prx" + token(call.seed, "challenge"),
                         [("Proxy-Authenticate",
                           f'Digest realm="{lab.DOMAIN}", nonce="{token(call.seed, "nonce", length=32)}", qop="auth"')])
    call.to_caller(challenge)
    call.from_caller(ack_of_failure(first, challenge))
    keep_on(call)


def keep_on(call):
    """The capture goes on for three minutes: what did not come by then never came."""
    call.scene.wait(200_000)
    call.scene.datagram((call.caller.endpoint[0], 5353), (lab.PROXY[0], 53), b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03lab\0\0\x01\0\x01")


PLAYS = {"no-answer": lab.no_answer, "rejected": lab.rejected, "cancelled": lab.cancelled, "answered": answered,
         "busy": lab.busy}


def seen_at(call, host, seed):
    """(time, frame) as the computer of that address records them: what comes in late, what goes out early, each by
    50 to 400 us, on a clock of its own."""
    drawn = random.Random(seed)
    clock = drawn.randrange(-3 * SECOND, 3 * SECOND)
    frames = []
    for time, source, destination, packet in call.scene.packets:
        if host in (source, destination):
            way = drawn.randrange(50_000, 400_000)
            frames.append((time + clock + (way if destination == host else -way),
                           ethernet(mac_of(source), mac_of(destination), packet)))
    return sorted(frames, key=lambda frame: frame[0])


class Student:
    """Five calls to somebody; `play` replaces one of them."""

    def __init__(self, row, extension=None, callee=None, formats=(0, 8, 101), plays=None):
        self.row = row
        self.phone = Phone(extension or row.extension, f"Student {row.id}", row.number, formats)
        self.callee = callee or Phone("1999", "Echo", 200)
        self.plays = {**PLAYS, **(plays or {})}

    def call(self, task):
        start = lab.START + (self.row.number * 3600 + TASKS.index(task) * 300) * SECOND
        call = Call(f"{self.row.id} {task}", self.phone, self.callee, start)
        self.plays[task](call)
        return call

    def frames(self, task, host=None):
        host = host or self.phone.endpoint[0]
        return seen_at(self.call(task), host, f"{self.row.id} {task} {host}")

    def files(self):
        return {f"{task}.pcap": pcap(self.frames(task)) for task in TASKS}


# What students do ----------------------------------------------------------------------------------------------------

def shifted(frames, by):
    return [(time + by, octets) for time, octets in frames]


def readdressed(frames, old, new):
    """Addresses of the same length, in headers and in messages."""
    assert len(old) == len(new)
    return [(time, rewritten(octets, old, new)) for time, octets in frames]


def rewritten(octets, old, new):
    source, destination = (".".join(map(str, octets[at:at + 4])) for at in (26, 30))
    source, destination = (new if address == old else address for address in (source, destination))
    segment = octets[34:]
    ports = struct.unpack("!HH", segment[:4])
    payload = segment[8:].replace(old.encode(), new.encode())
    packet = ipv4(source, destination, 17, udp(source, ports[0], destination, ports[1], payload))
    return ethernet(mac_of(source), mac_of(destination), packet)


def as_pcapng(frames):
    out = Pcapng()
    interface = out.interface(resolution=9)
    for time, octets in frames:
        out.packet(interface, time, octets)
    return out.octets()


def only_messages(frames):
    return [(time, octets) for time, octets in frames if b"SIP/2.0" in octets]


def nothing_but_names(row):
    """What `port 53` leaves of a capture."""
    scene = Scene(lab.START + row.number * 3600 * SECOND)
    for n in range(20):
        query = struct.pack("!HHHHHH", 0x1000 + n, 0x0100, 1, 0, 0, 0) + b"\x03lab\x07example\x03com\0\0\x01\0\x01"
        scene.datagram((f"192.168.{row.number}.20", 40000 + n), ("203.0.113.53", 53), query)
        scene.wait(137.3)
    return pcap(scene.frames())


def lying_record():
    return pcap([]) + struct.pack("<IIII", 1, 2, 0xFFFFFFF0, 0xFFFFFFF0) + b"\0" * 64


def deep_lies(row):
    """Datagrams that break what they can: lengths, endless headers, names that programs obey."""
    host, scene = f"192.168.{row.number}.20", Scene(lab.START)
    endless = b"INVITE sip:x@example.com SIP/2.0\r\n" + b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n" * 900
    for payload in (endless, b"INVITE sip:<script>alert(1)</script>@example.com SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n",
                    b"SIP/2.0 200 \x1b[2J\x1b]0;x\x07\r\nCSeq: 4294967296 INVITE\r\n\r\n", b"\x80" * 11, b"\0" * 1400):
        scene.datagram((host, 5060), (lab.PROXY[0], 5060), payload)
        scene.wait(11.7)
    return pcap(scene.frames())


def trap():
    """A zip of 80 MB of zeros in 80 kB, with a name that leads out of any folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry("../../../outside.txt"), b"outside")
        archive.writestr(entry("zeros.pcap"), b"\0" * (80 << 20))
    return out.getvalue()


class Class:
    def __init__(self, rows):
        self.rows = {row.id: row for row in rows}

    def files_of(self, row):
        """name -> octets."""
        kind, *words = row.what.split()
        return getattr(self, "make_" + kind.replace("-", "_"))(row, *words)

    def make_right(self, row):
        return Student(row).files()

    make_late = make_right

    def make_team(self, row, team):
        return self.make_right(row)

    def make_team_copy(self, row, team, other):
        return self.make_copy(row, other)

    def make_no_ack(self, row, task):
        return Student(row, plays={task: without_ack(PLAYS[task])}).files()

    def make_wrong_outcome(self, row, task, other):
        return Student(row, plays={task: PLAYS[other]}).files()

    def make_wrong_extension(self, row, extension):
        return Student(row, extension).files()

    def make_no_challenge_answer(self, row):
        return Student(row, plays={"answered": no_challenge_answer}).files()

    def make_wrong_codec(self, row):
        return Student(row, formats=(8, 101)).files()

    def make_one_way(self, row):
        return Student(row, plays={"answered": one_way}).files()

    def make_late_start(self, row, task):
        student = Student(row)
        begins = [n for n, (_, octets) in enumerate(student.frames(task)) if b"SIP/2.0 180" in octets][0]
        return {**student.files(), f"{task}.pcap": pcap(student.frames(task)[begins:])}

    def make_cut(self, row, task):
        files = Student(row).files()
        octets = files[f"{task}.pcap"]
        return {**files, f"{task}.pcap": octets[:len(octets) * 6 // 10]}

    def make_wrong_filter(self, row):
        return {f"{task}.pcap": nothing_but_names(row) for task in TASKS}

    def make_empty(self, row, task):
        return {**Student(row).files(), f"{task}.pcap": pcap([])}

    def make_no_octets(self, row, task):
        return {**Student(row).files(), f"{task}.pcap": b""}

    def make_not_a_capture(self, row, task):
        return {**Student(row).files(), f"{task}.pcap": b"%PDF-1.4\nmy report\n"}

    def make_hostile_record(self, row, task):
        return {**Student(row).files(), f"{task}.pcap": lying_record()}

    def make_hostile_messages(self, row, task):
        return {**Student(row).files(), f"{task}.pcap": deep_lies(row)}

    def make_hostile_archive(self, row):
        return {**Student(row).files(), "more.zip": trap(), "__MACOSX/._x": b"x", ".DS_Store": b"x"}

    def make_no_file(self, row, task):
        files = Student(row).files()
        del files[f"{task}.pcap"]
        return files

    def make_misnamed(self, row, task):
        files = Student(row).files()
        files["capture5.pcap"] = files.pop(f"{task}.pcap")
        return files

    def make_several(self, row, task):
        """A bad try beside the good one: the best counts."""
        files = Student(row).files()
        return {**files, f"{task}-first-try.pcap": pcap(Student(row).frames(task)[:2])}

    # Copies of somebody's work; the caller in it stays the other one.

    def original(self, other):
        return Student(self.rows[other])

    def make_copy(self, row, other):
        return self.original(other).files()

    def make_copy_saved_again(self, row, other):
        student = self.original(other)
        return {f"{task}.pcapng": as_pcapng(student.frames(task)) for task in TASKS}

    def make_copy_shifted(self, row, other):
        student = self.original(other)
        return {f"{task}.pcap": pcap(shifted(student.frames(task), 262_923_000_456_000)) for task in TASKS}

    def make_copy_readdressed(self, row, other):
        student = self.original(other)
        old = student.phone.endpoint[0]
        new = re.sub(r"\.20$", ".77", old)
        return {f"{task}.pcap": pcap(readdressed(student.frames(task), old, new)) for task in TASKS}

    def make_copy_of_all_that(self, row, other):
        """Saved again, shifted and re-addressed."""
        student = self.original(other)
        old = student.phone.endpoint[0]
        new = re.sub(r"\.20$", ".91", old)
        return {f"{task}.pcapng": as_pcapng(shifted(readdressed(student.frames(task), old, new), 86_400 * SECOND))
                for task in TASKS}

    def make_copy_one(self, row, other, task):
        return {**Student(row).files(), f"{task}.pcap": pcap(shifted(self.original(other).frames(task), 3600 * SECOND))}

    def make_copy_messages(self, row, other):
        """Of the answered call the messages alone."""
        frames = only_messages(self.original(other).frames("answered"))
        return {**Student(row).files(), "answered.pcap": pcap(frames)}

    def make_partner(self, row, other):
        """Calls the partner, and hands in what the own computer saw of the partner's call, too."""
        partner = self.rows[other]
        here, there = (Student(one, callee=Phone(two.extension, f"Student {two.id}", two.number))
                       for one, two in ((row, partner), (partner, row)))
        as_callee = there.frames("answered", here.phone.endpoint[0])
        return {**here.files(), "answered-as-callee.pcap": pcap(as_callee)}


# How it is handed in -------------------------------------------------------------------------------------------------

def entry(name):
    info = zipfile.ZipInfo(name, (2026, 11, 18, 19, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, octets in files.items():
            archive.writestr(entry(name), octets)
    return out.getvalue()


def zipped_gb18030(files, folder):
    """Names as Windows in China writes them: GB18030 without the flag for UTF-8. Python writes ASCII names only, so
    each name goes in as a word of the same length and is replaced afterwards."""
    names, out = {}, io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (name, octets) in enumerate(files.items()):
            wanted = f"{folder}/{name}".encode("gb18030")
            word = f"{number:02}".ljust(len(wanted), "~")
            names[word.encode()] = wanted
            archive.writestr(entry(word), octets)
    octets = out.getvalue()
    for word, wanted in names.items():
        assert octets.count(word) == 2, word
        octets = octets.replace(word, wanted)
    return octets


def tarred(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as archive:
        for name, octets in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(octets), HANDED_IN
            archive.addfile(info, io.BytesIO(octets))
    return out.getvalue()


def write(path, octets, time):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    os.utime(path, (time, time))


def hand_in(folder, row, files):
    time = TWO_DAYS_LATE if row.what == "late" else HANDED_IN
    base = f"{row.id}_{row.name}_实验3"
    if row.form == "zip":
        write(folder / f"{base}.zip", zipped(files), time)
    elif row.form == "gb18030":
        write(folder / f"{base}.zip", zipped_gb18030(files, "抓包"), time)
    elif row.form == "tar":
        write(folder / f"{base}.tar", tarred(files), time)
    else:
        below = {"folder": base, "number": row.id, "moodle": f"{row.name}_{70000 + row.number}_assignsubmission_file_",
                 "deep": f"{base}/final/captures"}[row.form]
        for name, octets in files.items():
            write(folder / below / name, octets, time)


def make(folder, table):
    rows, _ = read_table(table)
    work = Class(rows)
    for row in rows:
        if row.form != "nothing":
            hand_in(folder / "handed-in", row, work.files_of(row))
    roster = ["id,name,extension,team"]
    for row in rows:
        team = row.what.split()[1] if row.what.startswith("team") else ""
        quoted = row.name.replace('"', '""')
        roster.append(f'{row.id},"{quoted}",{row.extension},{team}')
    write(folder / "roster.csv", ("\n".join(roster) + "\n").encode(), HANDED_IN)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, default=TESTS / "class.txt")
    options = parser.parse_args()
    make(options.folder, options.table)


if __name__ == "__main__":
    main()
