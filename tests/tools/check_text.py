#!/usr/bin/env python3
"""Checks the text of the repository: UTF-8, LF line ends, no tabs, no blanks at line ends, nothing personal.

Usage: check_text.py SOURCE_DIR
"""
import ipaddress
import pathlib
import re
import subprocess
import sys

BINARY = {".pcap", ".pcapng", ".cap", ".gz", ".zst", ".lz4", ".xz", ".zip", ".dat", ".bin", ".sip", ".png", ".woff2"}
AS_PRINTED = {".case"}            # what a program printed stays as it is
MAY_HOLD_RAW = ("tests/corpus/", "tests/fuzz/")  # wire octets: any character may be the point

# Top-level names reserved for examples (RFC 2606, RFC 6761) and what the tree itself must name.
MAIL = re.compile(r"[\w.+-]+@([\w-]+\.)+(com|net|org|cn|de|edu|io)\b")
EXAMPLE = re.compile(r"@([\w-]+\.)*example\.(com|net|org|edu)$")
ADDRESS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*\.\d)(?!\w)")
SECTION = re.compile(r"(?:[Ss]ections?|§|RFC \d+,?) ?[\d.]+(?:(?:,| and) [\d.]+)*")  # no address, however dotted
DOCUMENTATION = [ipaddress.ip_network(n) for n in (
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
    "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "0.0.0.0/8", "240.0.0.0/4", "100.64.0.0/10", "198.18.0.0/15")]
HOME = re.compile(r"/home/[a-z]\w+/|/Users/\w+/|C:\\Users\\")
# Test vectors of RFCs carry the addresses and names that the RFC prints; such a line says so.
EXEMPT = "text-check: off"


def tracked(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True)
    if listed.returncode == 0:
        return [root / name for name in listed.stdout.decode().split("\0") if name]
    return [p for p in root.rglob("*") if p.is_file() and not {"build", ".git"} & set(p.relative_to(root).parts)]


def line_problems(line, printed, table=False):
    if not printed:
        if "\t" in line and not table:
            yield "a tab"
        if line != line.rstrip():
            yield "blanks at the end"
    if EXEMPT in line:
        return
    for match in MAIL.finditer(line):
        if not EXAMPLE.search(match.group(0)):
            yield f"an address outside the example domains: {match.group(0)}"
    for match in ADDRESS.finditer(SECTION.sub("", line)):
        try:
            address = ipaddress.ip_address(match.group(1))
        except ValueError:
            continue
        if not any(address in network for network in DOCUMENTATION):
            yield f"an IP address that is neither private nor for documentation: {address}"
    if HOME.search(line):
        yield "somebody's home folder"


def problems(root):
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if path.suffix in BINARY or name.startswith(MAY_HOLD_RAW) or not path.is_file():
            continue
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            if path.suffix not in AS_PRINTED:
                yield f"{name}: not UTF-8 at byte {error.start}"
            continue
        printed = path.suffix in AS_PRINTED
        if "\r" in text and not printed:
            yield f"{name}: carriage returns"
        if text and not text.endswith("\n"):
            yield f"{name}: no line feed at the end"
        for number, line in enumerate(text.split("\n"), 1):
            for problem in line_problems(line, printed, path.suffix == ".tsv"):
                yield f"{name}:{number}: {problem}"


def main():
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "text: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
