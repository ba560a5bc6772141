#!/usr/bin/env python3
"""Compares `rungs check` with textbook call flows (RFC 3665): each matches the built-in flow of its section and no contrary one.

Usage: check_flows.py --rungs PROGRAM [FOLDER]

FOLDER holds captures and index.json, as for compare_flows.py. Without FOLDER (argument or RUNGS_FLOWS) the test is
skipped (exit status 77); differences give 1.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
# By section of RFC 3665: what must pass, and what may pass beside it because it says the same more broadly.
ANSWERED = {"answered-caller-ends", "answered-callee-ends", "answered-challenge", "answered-proxy", "auth-good"}
FLOWS = {
    "2.1": ("register-challenge", set()), "2.2": ("register", set()), "2.3": ("register", set()),
    "2.4": ("unregister", set()), "2.5": ("register-refused", set()),
    "3.1": ("answered-callee-ends", set()), "3.2": ("answered-proxy", ANSWERED - {"answered-caller-ends"}),
    "3.3": ("answered-challenge", {"answered-proxy"}), "3.4": ("answered-callee-ends", ANSWERED - {"answered-caller-ends"}),
    "3.5": ("answered-caller-ends", {"answered-proxy"}), "3.6": ("redirected", set()), "3.7": ("session-refresh", set()),
    "3.8": ("cancelled", set()), "3.9": ("busy", set()), "3.10": ("unavailable", set()), "3.11": ("unavailable", set()),
}


def passing(rungs, path):
    run = subprocess.run([rungs, "check", str(path), "--to", "json"], capture_output=True, check=True, timeout=120)
    return {fit["flow"] for fit in json.loads(run.stdout)["fits"] if fit["verdict"] == "pass"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("RUNGS_FLOWS"))
    parser.add_argument("--rungs", required=True)
    options = parser.parse_args()
    if not options.folder:
        print("check_flows: skipped, no folder given (argument or RUNGS_FLOWS)")
        return SKIPPED
    folder, bad = pathlib.Path(options.folder), 0
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    for flow in index:
        wanted, beside = FLOWS[flow["section"]]
        found = passing(options.rungs, folder / flow["file"])
        contrary = found - beside - {wanted}
        good = wanted in found and not contrary
        bad += not good
        print(f"{flow['section']:5} {flow['title']}: {'as ' + wanted if good else 'found ' + str(sorted(found))}")
    print(f"{len(index) - bad} as expected, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
