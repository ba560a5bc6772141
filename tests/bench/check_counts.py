#!/usr/bin/env python3
"""Holds what `rungs export` counts in generated captures against what the generator knows: packets in their buckets, messages,
retransmissions, how each call ended, and for each RTP stream what was lost, doubled and overtaken.

Usage: check_counts.py --rungs PROGRAM --generate PROGRAM [CAPTURE ...]

Small captures of each kind are made and removed; a CAPTURE that was generated before (its FILE.truth.json stands beside it) is
checked instead of them. No time is measured."""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

SMALL = {
    "one side of the proxy": ["--calls", "150", "--seconds", "8", "--concurrency", "12"],
    "both sides, pcapng": ["--calls", "100", "--seconds", "4", "--legs", "2", "--pcapng", "--seed", "2"],
    "signalling only": ["--calls", "400", "--no-media", "--concurrency", "300", "--seed", "3"],
}
COUNTED = ("packets", "expected", "lost", "duplicates", "out_of_order")


def export(rungs, capture, *options):
    done = subprocess.run([rungs, "export", capture, *options], capture_output=True, timeout=500)
    if done.returncode != 0:
        sys.exit(f"{rungs}: exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def streams_of(document):
    return {(s["ssrc"], s["source"], s["destination"]): {k: s[k] for k in COUNTED} for s in document["streams"]}


def found(analysis):
    """The analysis in the generator's terms."""
    buckets = collections.Counter()
    for capture in analysis["captures"]:
        buckets.update(capture["accounting"])
    calls = [c for c in analysis["calls"] if c["kind"] == "call"]
    registrations = [c for c in analysis["calls"] if c["kind"] == "registration" and c["outcome"] == "registered"]
    return {
        "packets": sum(c["packets"] for c in analysis["captures"]),
        "sip_messages": len(analysis["messages"]),
        "sip_packets": buckets["sip"],
        "retransmissions": sum(m["retransmission_of"] is not None for m in analysis["messages"]),
        "rtp_packets": buckets["rtp"],
        "rtcp_packets": buckets["rtcp"],
        "call_ids": len({d["call_id"] for d in analysis["dialogs"]}),
        "registrations": len(registrations),
        "challenged_calls": sum(c["challenged"] for c in calls),
        "calls": dict(collections.Counter(c["outcome"] for c in calls)),
        "streams": streams_of(analysis),
    }


def differences(truth, analysis):
    wanted = dict(truth, streams=streams_of(truth), sip_packets=truth["sip_messages"])
    got = found(analysis)
    for name, value in got.items():
        if name != "streams" and value != wanted[name]:
            yield f"{name}: {value}, generated {wanted[name]}"
    for key in sorted(wanted["streams"].keys() | got["streams"].keys()):
        if wanted["streams"].get(key) != got["streams"].get(key):
            yield f"stream {' '.join(key)}: {got['streams'].get(key)}, generated {wanted['streams'].get(key)}"


def check(rungs, capture):
    truth = json.loads(pathlib.Path(f"{capture}.truth.json").read_text(encoding="utf-8"))
    return list(differences(truth, json.loads(export(rungs, capture))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--generate")
    parser.add_argument("captures", nargs="*")
    options = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        captures = {name: name for name in options.captures}
        for name, settings in {} if captures else SMALL.items():
            captures[name] = f"{folder}/{len(captures)}.pcap"
            subprocess.run([options.generate, captures[name], *settings], check=True, timeout=100)
        if not options.captures:
            wrong += same_again(options.generate, folder)
        for name, capture in captures.items():
            wrong += [f"{name}: {difference}" for difference in check(options.rungs, capture)]
            if not options.captures:
                wrong += [f"{name}: {difference}" for difference in by_threads(options.rungs, capture)]
    print(*wrong[:40], f"{len(captures)} captures, {len(wrong)} differences", sep="\n")
    return 1 if wrong else 0


def by_threads(rungs, capture):
    """What comes out does not depend on how many threads worked."""
    for form in ("json", "ndjson"):
        alone = export(rungs, capture, "--to", form, "--threads", "1")
        for threads in ("2", "3", "7"):
            if export(rungs, capture, "--to", form, "--threads", threads) != alone:
                yield f"{form} with {threads} threads is not that of one"


def same_again(generate, folder):
    """The generator is deterministic, or measurements of two days cannot be compared."""
    made = []
    for name in ("a", "b"):
        subprocess.run([generate, f"{folder}/{name}", "--calls", "20", "--seconds", "2"], check=True, timeout=100)
        made.append(pathlib.Path(f"{folder}/{name}").read_bytes())
    return [] if made[0] == made[1] else ["the same options gave two captures"]


if __name__ == "__main__":
    sys.exit(main())
