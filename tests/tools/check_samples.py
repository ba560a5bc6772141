#!/usr/bin/env python3
"""Checks that the committed samples are, octet for octet, what their scripts write.

Usage: check_samples.py SOURCE_DIR
"""
import pathlib
import subprocess
import sys
import tempfile

SUFFIXES = {".pcap", ".pcapng"}


def captures(folder):
    return {path.name: path for path in folder.iterdir() if path.suffix in SUFFIXES}


def problems(samples):
    index = (samples / "README.md").read_text(encoding="utf-8")
    for script in sorted(samples.glob("*/make.py")):
        with tempfile.TemporaryDirectory() as scratch:
            written = pathlib.Path(scratch)
            subprocess.run([sys.executable, "-B", str(script), scratch], check=True)
            made, kept = captures(written), captures(script.parent)
            for name in sorted(made.keys() | kept.keys()):
                where = f"{script.parent.name}/{name}"
                if name not in made:
                    yield f"{where}: no script writes it"
                elif name not in kept:
                    yield f"{where}: not committed"
                elif made[name].read_bytes() != kept[name].read_bytes():
                    yield f"{where}: differs from what {script.name} writes"
                if not named(where, index):
                    yield f"{where}: not in samples/README.md"


def named(where, index):
    """Also under the index's short form for the two sides of a call."""
    either = where.replace("-caller.pcap", "-{caller,callee}.pcap").replace("-callee.pcap", "-{caller,callee}.pcap")
    return f"`{where}`" in index or f"`{either}`" in index


def main():
    found = list(problems(pathlib.Path(sys.argv[1]) / "samples"))
    print("\n".join(found) if found else "samples: all as their scripts write them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
