#!/usr/bin/env python3
"""Checks that what README.md shows is what the program prints.

Usage: check_readme.py --rungs PROGRAM [--update]

After a line `<!-- rungs ARGUMENTS -->` follows a block fenced with ```text; it must equal the standard output of that command, run
from the repository's root. Skipped (exit status 77) when a line has no block yet; --update fills and refreshes.
"""
import argparse
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"^<!-- rungs (.*?) -->\n(?:```text\n(.*?)```\n)?", re.MULTILINE | re.DOTALL)


def printed(rungs, arguments):
    environment = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run([rungs, *shlex.split(arguments)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    rungs, path = str(pathlib.Path(options.rungs).resolve()), ROOT / "README.md"
    text, missing, wrong = path.read_text(encoding="utf-8"), 0, 0
    for match in list(SHOWN.finditer(text)):
        arguments, block = match.groups()
        if block is None and not options.update:
            missing += 1
            continue
        status, output = printed(rungs, arguments)
        if options.update and status == 0:
            text = text.replace(match.group(0), f"<!-- rungs {arguments} -->\n```text\n{output}```\n")
        elif status or output != block:
            print(f"README.md: `rungs {arguments}` prints something else (exit status {status})")
            wrong += 1
    if options.update:
        path.write_text(text, encoding="utf-8")
    print(f"readme: {wrong} differ, {missing} still without a block")
    return 1 if wrong else 77 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
