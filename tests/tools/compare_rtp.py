#!/usr/bin/env python3
"""Compares `rungs streams` with what tshark measures on the same captures.

Usage: compare_rtp.py --rungs PROGRAM [FOLDER] [--explain FILE.tsv] [--only TEXT] [--verbose]

Every capture below FOLDER goes through `tshark -q -z rtp,streams`, run here. For each stream that tshark found: SSRC,
endpoints, packets and lost must be equal, mean and largest jitter within 1 % (or 0.01 ms: tshark prints microseconds).
tshark counts a duplicate as received, which hides losses: `lost` may also equal our RFC 3550 count, or differ by no more
than the duplicates. Streams that tshark does not find by session descriptions are looked up with its heuristics on
(`--enable-heuristic rtp_udp`); what it does not have either is listed as "more". Where FOLDER has truth_rtp.tsv (file, decode,
src, sport, dst, dport, ssrc, pkts, lost), its rows are compared too and streams in it are no surprise.

FILE.tsv explains differences: columns file, ssrc, what (absent, more, packets, lost, jitter_mean, jitter_max), reason.
Without FOLDER or tshark the test is skipped (exit status 77); unexplained differences give 1.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict

from analysis import SKIPPED

CAPTURES = (".pcap", ".pcapng", ".cap", ".pcap.gz")
ROW = re.compile(r"^ *[\d.]+ +[\d.]+ +(?P<src>\S+) +(?P<sport>\d+) +(?P<dst>\S+) +(?P<dport>\d+) +(?P<ssrc>0x[0-9A-Fa-f]+) "
                 r"+(?P<payload>.*?) +(?P<packets>\d+) +(?P<lost>-?\d+) \(-?[\d.]+%\)(?P<times>( +-?[\d.]+){6}|)")
TOLERANCE, SMALLEST_MS = 0.01, 0.01


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def seen_by_tshark(path, heuristic=False):
    """(ssrc, source, destination) -> rows; a stream that tshark cut in two has two."""
    more = ["--enable-heuristic", "rtp_udp"] if heuristic else []
    done = subprocess.run(["tshark", "-n", "-r", str(path), *more, "-q", "-z", "rtp,streams"], capture_output=True,
                          text=True, timeout=600)
    rows = defaultdict(list)
    for line in done.stdout.splitlines():
        found = ROW.match(line)
        if not found:
            continue
        times = [float(t) for t in found["times"].split()] or [None] * 6
        rows[key_of(found)].append({"packets": int(found["packets"]), "lost": int(found["lost"]),
                                    "payload": found["payload"], "jitter_mean": times[4], "jitter_max": times[5]})
    return rows


def key_of(row):
    return (int(row["ssrc"], 16), endpoint(row["src"], row["sport"]), endpoint(row["dst"], row["dport"]))


def seen_by_rungs(rungs, path):
    done = subprocess.run([rungs, "streams", str(path), "--to", "json", "-q"], capture_output=True, timeout=600)
    streams = defaultdict(list)
    for stream in json.loads(done.stdout or b'{"streams": []}')["streams"]:
        streams[(int(stream["ssrc"], 16), stream["source"], stream["destination"])].append(stream)
    return streams


def is_close(a, b):
    return a is None or b is None or abs(a - b) <= max(SMALLEST_MS, TOLERANCE * abs(b))


def lost_agrees(stream, lost):
    ours, duplicates = stream["lost"], stream["duplicates"]
    return lost in (ours, stream["lost_rfc3550"]) or 0 < abs(ours - lost) <= duplicates


def compare(stream, row):
    """(what, tshark's, ours)"""
    if stream["packets"] != row["packets"]:
        yield "packets", row["packets"], stream["packets"]
    if not lost_agrees(stream, row["lost"]):
        yield "lost", row["lost"], f"{stream['lost']} ({stream['duplicates']} duplicates, {stream['restarts']} restarts)"
    jitter = stream["jitter_ms"] or {"mean": None, "max": None}
    for name in ("mean", "max"):
        if not is_close(jitter[name], row.get(f"jitter_{name}")):
            yield f"jitter_{name}", row[f"jitter_{name}"], jitter[name]


def truth_rows(folder):
    path, rows = folder / "truth_rtp.tsv", defaultdict(dict)
    if not path.exists():
        return rows
    with open(path, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["decode"] == "default":
                rows[row["file"]][key_of(row)] = {"packets": int(row["pkts"]), "lost": int(row["lost"]),
                                                  "payload": row["payload"]}
            rows[row["file"] + " all"][key_of(row)] = row
    return rows


def differences(ours, tshark, truth, known):
    """(key, what, expected, found), and how many streams have equal jitter."""
    found, jitter_agrees = [], 0
    for source in (tshark, {key: [row] for key, row in truth.items()}):
        for key, rows in source.items():
            if len(rows) != 1 or len(ours.get(key, [])) != 1:
                if len(rows) != len(ours.get(key, [])):
                    found.append((key, "absent", f"{sum(r['packets'] for r in rows)} packets of {rows[0]['payload']}",
                                  f"{len(ours.get(key, []))} streams for {len(rows)}"))
                continue
            here = list(compare(ours[key][0], rows[0]))
            found += [(key, *difference) for difference in here]
            measured = rows[0].get("jitter_max") is not None and ours[key][0]["jitter_ms"] is not None
            jitter_agrees += measured and not any(d[0].startswith("jitter") for d in here)
    for key, streams in ours.items():
        if key not in tshark and key not in truth and key not in known:
            for stream in streams:
                codec = "/".join(str(p["encoding"] or p["number"]) for p in stream["payload_types"])
                found.append((key, "more", "no such stream", f"{stream['packets']} packets of {codec}, "
                              f"{'announced' if stream['announced'] else 'not announced'}"))
    return list(dict.fromkeys(found)), jitter_agrees


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("RUNGS_TRUTH"))
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--explain")
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="name the captures that agree")
    return parser.parse_args()


def explanations(path):
    if not path:
        return {}
    with open(path, encoding="utf-8", newline="") as stream:
        return {(r["file"], r["ssrc"], r["what"]): r["reason"] for r in csv.DictReader(stream, delimiter="\t")}


def main():
    options = arguments()
    if not options.folder or not shutil.which("tshark"):
        print("compare_rtp: skipped, no folder given (argument or RUNGS_TRUTH) or no tshark")
        return SKIPPED
    folder, explained = pathlib.Path(options.folder), explanations(options.explain)
    truth, counts, codecs, agreeing = truth_rows(folder), Counter(), set(), 0
    for path in sorted(p for p in folder.rglob("*") if p.name.endswith(CAPTURES) and p.is_file()):
        name = str(path.relative_to(folder))
        if options.only not in name:
            continue
        ours, tshark = seen_by_rungs(options.rungs, path), seen_by_tshark(path)
        if ours.keys() - tshark.keys():
            more = seen_by_tshark(path, heuristic=True)
            tshark |= {key: rows for key, rows in more.items() if key in ours and key not in tshark}
        found, jitter = differences(ours, tshark, truth[name], truth[name + " all"])
        counts["streams"] += len(tshark)
        counts["streams with equal jitter"] += jitter
        open_ones = [d for d in found if (name, f"0x{d[0][0]:08x}", d[1]) not in explained]
        if jitter and not any(d[1].startswith("jitter") for d in found):
            agreeing += 1
            codecs |= {row["payload"] for rows in tshark.values() for row in rows}
        if ours or tshark:
            counts["different" if open_ones else "explained" if found else "equal"] += 1
        if options.verbose and not found and ours:
            print(f"{name}: {len(ours)} streams equal")
        for key, what, expected, got in found:
            reason = explained.get((name, f"0x{key[0]:08x}", what))
            print(f"{name}\t0x{key[0]:08x}\t{what}\t{key[1]} -> {key[2]}\n    expected  {expected}\n    found     {got}"
                  + (f"\n    explained {reason}" if reason else ""))
    print(f"jitter agrees on every stream of {agreeing} captures, codecs {', '.join(sorted(codecs))}")
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
