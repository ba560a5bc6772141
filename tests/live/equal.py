#!/usr/bin/env python3
"""Compares what live said with what the analysis of the recorded packets says: equal.py LIVE.json FILE.json

Only the name and the format of the captures may differ.
"""
import json
import sys


def document(path):
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    for capture in read["captures"]:
        capture["path"] = capture["format"] = None
    return read


def main():
    live, file = document(sys.argv[1]), document(sys.argv[2])
    different = [key for key in file if live.get(key) != file[key]]
    if different:
        print(f"differ in {', '.join(different)}")
        return 1
    print(f"equal: {len(file['calls'])} calls, {len(file['messages'])} messages, {len(file['streams'])} streams")
    return 0


if __name__ == "__main__":
    sys.exit(main())
