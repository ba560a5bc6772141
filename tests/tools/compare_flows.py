#!/usr/bin/env python3
"""Compares `rungs export` with the sequences of textbook call flows (RFC 3665) captured on all links at once.

Usage: compare_flows.py --rungs PROGRAM [FOLDER] [--only TEXT]

FOLDER holds captures and index.json: a list of {file, section, title, actors {name: address}, sequence [{from, to, kind,
cseq, call_id}]}, a frame a step. Checked: every message of the sequence in its frame with kind, CSeq, Call-ID and addresses; a
forwarded message seen on the next link is a hop; nothing is a retransmission; the outcome is what the section's title
says. Without FOLDER the test is skipped (exit status 77); differences give 1.
"""
import argparse
import json
import os
import pathlib
import sys

from analysis import SKIPPED, CannotAnalyse, analyse, by_id, call_id, folding_errors, kind, sip_messages

# By section of RFC 3665. 3.8 ends with CANCEL and 487; in 3.10 and 3.11 a 480 reaches the caller.
OUTCOMES = {
    "2.1": "registered", "2.2": "registered", "2.3": "registered", "2.4": "unregistered", "2.5": "auth_failed",
    "3.1": "answered", "3.2": "answered", "3.3": "answered", "3.4": "answered", "3.5": "answered", "3.6": "answered",
    "3.7": "answered", "3.8": "cancelled", "3.9": "busy", "3.10": "unavailable", "3.11": "unavailable",
}


def forwarded(step):
    """Proxies pass these on; 100, CANCEL and the answers to it, and the ACK of a failure are made link by link."""
    number, method = step["cseq"].split(" ")
    if step["kind"] == "100" or method == "CANCEL":
        return False
    return step["kind"] in ("INVITE", "BYE") or step["kind"][0] in "12"


def differences(flow, analysis):
    messages, dialogs = sip_messages(analysis), by_id(analysis["dialogs"])
    if len(messages) != flow["n"]:
        yield f"{flow['n']} messages expected, {len(messages)} found"
    by_frame = {m["frames"][0]: m for m in messages}
    seen = set()
    for frame, step in enumerate(flow["sequence"], 1):
        message = by_frame.get(frame)
        where = f"frame {frame} ({step['kind']})"
        if message is None:
            yield f"{where}: no message"
            continue
        cseq = f"{message['cseq']['number']} {message['cseq']['method']}" if message["cseq"] else None
        for what, wanted, got in (("kind", step["kind"], kind(message)), ("CSeq", step["cseq"], cseq),
                                  ("Call-ID", step["call_id"], call_id(message, dialogs)),
                                  ("source", flow["actors"][step["from"]], message["source"].rsplit(":", 1)[0]),
                                  ("destination", flow["actors"][step["to"]], message["destination"].rsplit(":", 1)[0])):
            if wanted != got:
                yield f"{where}: {what} {wanted} expected, {got} found"
        if message.get("retransmission_of") is not None:
            yield f"{where}: retransmission_of {message['retransmission_of']}, but the flow has none"
        identity = (step["call_id"], step["kind"], step["cseq"])
        if forwarded(step) and (identity in seen) != (message.get("hop_of") is not None):
            yield f"{where}: hop_of {message.get('hop_of')}, " + (
                "but it was passed on" if identity in seen else "but it is the first of its kind")
        seen.add(identity)
    yield from folding_errors(analysis)

    outcomes = [c["outcome"] for c in analysis["calls"] if c["kind"] in ("call", "registration")]
    if OUTCOMES[flow["section"]] not in outcomes:
        yield f"outcome {OUTCOMES[flow['section']]} expected, {', '.join(outcomes) or 'no call'} found"
    if len(outcomes) > len({s["call_id"] for s in flow["sequence"]}):
        yield f"{len(outcomes)} calls, more than Call-IDs"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("RUNGS_FLOWS"))
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--only", default="", help="files whose name contains this")
    options = parser.parse_args()
    if not options.folder:
        print("compare_flows: skipped, no folder given (argument or RUNGS_FLOWS)")
        return SKIPPED
    folder = pathlib.Path(options.folder)
    flows = [f for f in json.loads((folder / "index.json").read_text(encoding="utf-8")) if options.only in f["file"]]
    bad = 0
    for flow in flows:
        try:
            found = list(differences(flow, analyse(options.rungs, folder / flow["file"])))
        except (CannotAnalyse, ValueError, KeyError) as error:
            found = [f"{type(error).__name__}: {error}"]
        bad += bool(found)
        print(f"{flow['section']:5} {flow['title']}: {'equal' if not found else ''}")
        for text in found:
            print(f"      {text}")
    print(f"{len(flows) - bad} equal, {bad} different")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
