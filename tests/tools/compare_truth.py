#!/usr/bin/env python3
"""Compares `rungs export` with a table of what captures hold, as another program saw it.

Usage: compare_truth.py --rungs PROGRAM [FOLDER] [--explain FILE.tsv] [--only TEXT]

FOLDER holds captures, truth.tsv (file, packets, sip_msgs, callids, sip_in_icmp, ...) and truth_calls.tsv (file, call_id,
n, sequence). Compared for each file: packets, SIP messages, Call-IDs, and for each Call-ID the sequence of methods and
statuses in capture order. The truth knows neither folding nor ICMP: it lists retransmissions, hops and duplicates one by
one, and counts SIP quoted inside ICMP errors; that difference is explained by itself. What the analysis folds must
point to an earlier message of the same kind.

FILE.tsv explains other differences: columns file, what (packets, messages, call_ids, sequence, folding, unreadable), reason.
Without FOLDER the test is skipped (exit status 77); unexplained differences give 1.
"""
import argparse
import csv
import os
import pathlib
import sys
from collections import defaultdict

from analysis import SKIPPED, CannotAnalyse, analyse, by_id, call_id, folding_errors, kind, sip_messages

LONGEST_SEQUENCE = 60  # the truth lists so many of a longer one


def table(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def truth_tokens(sequence):
    """`reINVITE` and `183+sdp` say more than a kind; `icmp(...)` is no message."""
    tokens = [t for t in sequence.split() if not t.startswith("icmp(")]
    return ["INVITE" if t == "reINVITE" else t.removesuffix("+sdp") for t in tokens]


def sequences(analysis):
    """Kinds in capture order for each Call-ID; messages without one are left out."""
    dialogs, found = by_id(analysis["dialogs"]), defaultdict(list)
    for message in sip_messages(analysis):
        name = call_id(message, dialogs)
        if name:
            found[name].append(kind(message))
    return found


def differences(row, calls, analysis):
    """(what, expected, found) of one file."""
    packets = sum(c["packets"] for c in analysis["captures"])
    if packets != int(row["packets"]):
        yield "packets", row["packets"], packets
    for capture in analysis["captures"]:
        total = sum(capture["accounting"].values())
        if total != capture["packets"]:
            yield "packets", f"{capture['packets']} packets", f"buckets that add up to {total}"

    messages, quoted = len(sip_messages(analysis)), int(row.get("sip_in_icmp") or 0)
    if messages != int(row["sip_msgs"]) - quoted:
        yield "messages", int(row["sip_msgs"]) - quoted, messages

    expected = {c["call_id"]: c for c in calls if truth_tokens(c["sequence"])}
    found = sequences(analysis)
    for name in sorted(expected.keys() - found.keys()):
        yield "call_ids", name, "absent"
    for name in sorted(found.keys() - expected.keys()):
        yield "call_ids", "absent", name
    for name in sorted(expected.keys() & found.keys()):
        wanted, got = truth_tokens(expected[name]["sequence"]), found[name]
        if int(expected[name]["n"]) > LONGEST_SEQUENCE:
            got = got[:len(wanted)]
        if wanted != got:
            yield "sequence", f"{name}: {first_difference(wanted, got)}", " ".join(got)
    for text in folding_errors(analysis):
        yield "folding", "an earlier message of the same kind", text


def first_difference(wanted, got):
    at = next((n for n, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    return f"{' '.join(wanted)} (differs at {at + 1})"


def shorten(value, width=110):
    text = str(value)
    return text if len(text) <= width else text[:width - 3] + "..."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("RUNGS_TRUTH"))
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--explain")
    parser.add_argument("--only", default="", help="files whose name contains this")
    return parser.parse_args()


def main():
    options = arguments()
    if not options.folder:
        print("compare_truth: skipped, no folder given (argument or RUNGS_TRUTH)")
        return SKIPPED
    folder = pathlib.Path(options.folder)
    explained = {(r["file"], r["what"]): r["reason"] for r in table(options.explain)} if options.explain else {}
    used, counts = set(), defaultdict(int)
    calls = defaultdict(list)
    for row in table(folder / "truth_calls.tsv"):
        calls[row["file"]].append(row)

    for row in table(folder / "truth.tsv"):
        name = row["file"]
        if options.only not in name:
            continue
        try:
            found = list(differences(row, calls[name], analyse(options.rungs, folder / name)))
        except (CannotAnalyse, ValueError, KeyError) as error:
            found = [("unreadable", "an analysis", f"{type(error).__name__}: {error}")]
        open_ones = [d for d in found if (name, d[0]) not in explained]
        counts["equal" if not found else "different" if open_ones else "explained"] += 1
        for what, expected, got in found:
            reason = explained.get((name, what))
            used.add((name, what))
            print(f"{name}\t{what}\n    expected  {shorten(expected)}\n    found     {shorten(got)}"
                  + (f"\n    explained {reason}" if reason else ""))
    for name, what in sorted(explained.keys() - used):
        print(f"{name}\t{what}: explained, but there is no such difference")
    print(f"{counts['equal']} equal, {counts['explained']} explained, {counts['different']} different")
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
