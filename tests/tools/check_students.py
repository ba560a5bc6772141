#!/usr/bin/env python3
"""Checks what rungs makes of the captures in samples/students against a table, and that ports, addresses and other
traffic change nothing but what they must.

Usage: check_students.py --rungs PROGRAM [--show]

The table is tests/students.txt, compared with JSON and with the list of calls as text: a line for each call, with its sample, kind, caller and callee, outcome, final status,
who ended it, its messages and how many of them are hops and repetitions, and its streams. --show prints the table as
the program sees it.
"""
import argparse
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = ("sample", "kind", "caller", "callee", "outcome", "status", "ended_by", "messages", "hops", "repeats",
           "streams")


def load_samples():
    spec = importlib.util.spec_from_file_location("students", ROOT / "samples/students/make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def user(party):
    uri = party["uri"] or ""
    return uri.removeprefix("sip:").split("@")[0] or "-"


def rows(rungs, path, name):
    """One row for each call of a capture, as texts."""
    done = subprocess.run([rungs, "export", path, "--to", "json"], capture_output=True, check=True)
    analysis = json.loads(done.stdout)
    for call in analysis["calls"]:
        messages = [m for m in analysis["messages"] if m["call"] == call["id"]]
        repeats = [m for m in messages if m["retransmission_of"] or m["duplicate_of"]]
        yield tuple(str(v) for v in (
            name, call["kind"], user(call["caller"]), user(call["callee"]), call["outcome"],
            call["final_status"] or "-", call["ended_by"] or "-", len(messages),
            sum(1 for m in messages if m["hop_of"]), len(repeats), len(call["streams"])))


def text_problems(rungs, path, wanted):
    """Rows of the table that the list of calls as text does not tell in the same order."""
    done = subprocess.run([rungs, "calls", path], capture_output=True, check=True, text=True, encoding="utf-8")
    lines = done.stdout.splitlines()[1:]
    for row, line in zip(wanted, lines + [""] * len(wanted)):
        _, kind, caller, callee, outcome, _, ended_by, messages, *_ = row
        parties = " +".join(r"\S+" if name == "-" else name for name in (caller, callee))
        ended = "" if ended_by == "-" else rf"\b{ended_by}\b.*"
        if not re.search(rf"\b{kind} .*\b{parties} +{outcome.replace('_', ' ')}\b.*{ended} {messages} +\d+$", line):
            yield f"expected {' '.join(row[1:])}\n  as text  {line.strip()}"
    if len(lines) != len(wanted):
        yield f"expected {len(wanted)} calls\n  as text  {len(lines)}"


def add_noise(make, lab):
    """DNS, text that is no SIP, and RTP of somebody else, on the same host."""
    scene, start = lab.scene, lab.scene.packets[0][0]
    dns = bytes.fromhex("1a2b01000001000000000000036c6162076578616d706c6500000100" "01")
    for n in range(30):
        at = start + n * 97_000_000
        scene.datagram(("127.0.0.1", 33000 + n), ("127.0.0.53", 53), dns, at)
        scene.datagram(("127.0.0.1", 34000), ("127.0.0.1", 8125), b"lab.requests:1|c\n", at + 1000)
        scene.datagram(("127.0.0.1", 35000), ("127.0.0.1", 35002),
                       make.rtp(0, n, 160 * n, 0x51A7E, bytes(160)), at + 2000)
    return lab


VARIANTS = {
    "other ports": lambda make, play: play(first_fresh_port=52_000, step=13),
    "descending ports": lambda make, play: play(first_fresh_port=60_000, step=-11),
    "other addresses": lambda make, play: play(ana="192.0.2.10", ben="192.0.2.20", proxy="192.0.2.30"),
    "other traffic": lambda make, play: add_noise(make, play()),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    rungs, make = str(pathlib.Path(options.rungs).resolve()), load_samples()
    lines = [] if options.show else (ROOT / "tests/students.txt").read_text(encoding="utf-8").splitlines()[1:]
    table = [tuple(line.split()) for line in lines]

    problems = 0
    if options.show:
        print("  ".join(COLUMNS))
    with tempfile.TemporaryDirectory() as scratch:
        for play in make.SCENARIOS:
            name = play.__name__.replace("_", "-")
            wanted = [row for row in table if row[0] == name]
            found = list(rows(rungs, ROOT / f"samples/students/{name}.pcap", name))
            if options.show:
                print("\n".join("  ".join(row) for row in found))
                continue
            for problem in text_problems(rungs, ROOT / f"samples/students/{name}.pcap", wanted):
                problems += 1
                print(f"{name}, as text:\n  {problem}")
            runs = [("as committed", found)]
            for variant, change in VARIANTS.items():
                path = pathlib.Path(scratch) / "variant.pcap"
                path.write_bytes(make.octets_of(change(make, play)))
                runs.append((variant, list(rows(rungs, path, name))))
            for variant, seen in runs:
                if seen == wanted:
                    continue
                problems += 1
                print(f"{name}, {variant}:")
                for row in [r for r in wanted if r not in seen]:
                    print("  expected " + " ".join(row[1:]))
                for row in [r for r in seen if r not in wanted]:
                    print("  found    " + " ".join(row[1:]))
    if not options.show:
        print(f"students: {len(make.SCENARIOS)} samples, {problems} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
