#!/usr/bin/env python3
"""Runs every golden case: a command line and what it must print.

Usage: run.py --rungs PROGRAM [--update] [NAME...]

A case is tests/golden/NAME.case:

    # why this case is here
    $ rungs ladder samples/sip/lab-busy-caller.pcap
    exit: 0                      (0 when left out)
    stdin: samples/sip/x.pcap    (optional)
    env: COLUMNS=80              (optional, any number)
    mask: REGEX -> TEXT          (optional, any number: applied to what was printed)
    --- stdout
    ...
    --- stderr
    ...

Commands run from the repository's root, without a shell, with UTC and a fixed locale; nothing is masked that the case
does not name. An output that does not end in a line feed has a last line `\\ no line feed at the end`. JSON with a
`schema` is validated against the file in docs/formats that defines it. `--update` writes what was printed into the
case (read the diff before committing); a new case needs only its `#` and `$` lines.
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = pathlib.Path(__file__).resolve().parent
NO_LINE_FEED = "\\ no line feed at the end\n"
SKIPPED = 77
TIMEOUT_S = 120


class Case:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.head, self.options, self.expected, self.exit = [], [], {"stdout": "", "stderr": ""}, 0
        self.command = None
        section = None
        for line in re.findall(r"[^\n]*\n|[^\n]+\Z", decode(path.read_bytes())):
            if line in ("--- stdout\n", "--- stderr\n"):
                section = line[4:-1]
            elif section:
                self.expected[section] += line
            else:
                self._head_line(line)
        if self.command is None:
            raise ValueError(f"{path}: no line that begins with `$ rungs`")

    def _head_line(self, line):
        text = line.strip()
        if text.startswith("$ rungs"):
            self.command = shlex.split(text[2:])[1:]
        elif text.startswith("exit: "):
            self.exit = int(text[6:])
            return
        elif ": " in text and not text.startswith("#"):
            self.options.append(tuple(text.split(": ", 1)))
            if self.options[-1][0] not in ("stdin", "env", "mask"):
                raise ValueError(f"{self.path}: unknown option `{self.options[-1][0]}`")
        elif text and not text.startswith("#"):
            raise ValueError(f"{self.path}: cannot read `{text}`")
        self.head.append(line)

    def values(self, key):
        return [value for name, value in self.options if name == key]

    def run(self, rungs):
        """(exit status, {"stdout": ..., "stderr": ...}) as the case file would hold them."""
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                       "TERM": "dumb", **dict(value.split("=", 1) for value in self.values("env")),
                       **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
        stdin = self.values("stdin")
        with open(ROOT / stdin[0] if stdin else os.devnull, "rb") as source:
            done = subprocess.run([rungs, *self.command], cwd=ROOT, env=environment, stdin=source,
                                  capture_output=True, timeout=TIMEOUT_S)
        return done.returncode, {"stdout": self._as_kept(done.stdout), "stderr": self._as_kept(done.stderr)}

    def _as_kept(self, octets):
        text = decode(octets)
        for mask in self.values("mask"):
            pattern, replacement = mask.split(" -> ", 1)
            text = re.sub(pattern, lambda _, put=replacement: put, text)
        return text if not text or text.endswith("\n") else text + "\n" + NO_LINE_FEED

    def write(self, status, printed):
        text = "".join(self.head).rstrip("\n") + "\n"
        if status:
            text += f"exit: {status}\n"
        text += "".join(f"--- {name}\n{value}" for name, value in printed.items() if value or name == "stdout")
        self.path.write_bytes(text.encode("utf-8", "surrogateescape"))

    def differences(self, status, printed):
        if status != self.exit:
            yield f"exit status {self.exit} expected, {status} found"
        for name, value in printed.items():
            if value != self.expected[name]:
                yield from difflib.unified_diff(self.expected[name].split("\n"), value.split("\n"),
                                                f"{name} expected", f"{name} found", lineterm="")


def decode(octets):
    """Keeps every octet: what is not UTF-8 survives the way there and back. Line ends stay as they are."""
    return octets.decode("utf-8", "surrogateescape")


class Schemas:
    """docs/formats/*.schema.json by the value that their `schema` property must have."""

    def __init__(self):
        self.by_name = {}
        for path in sorted((ROOT / "docs/formats").glob("*.schema.json")):
            schema = json.loads(path.read_text(encoding="utf-8"))
            name = schema.get("properties", {}).get("schema", {})
            self.by_name[name.get("const", (name.get("enum") or [path.name])[0])] = schema

    def problems(self, text):
        """What is wrong with a printed document; nothing for text that is no JSON or names no schema."""
        try:
            document = json.loads(text)
        except ValueError:
            return
        name = document.get("schema") if isinstance(document, dict) else None
        if name is None:
            return
        if name not in self.by_name:
            yield f"no file in docs/formats defines schema {name}"
            return
        try:
            import jsonschema
        except ImportError:
            yield "python3-jsonschema is not installed: JSON cannot be validated"
            return
        for error in list(jsonschema.Draft7Validator(self.by_name[name]).iter_errors(document))[:10]:
            yield f"schema {name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="cases to run; all when none is given")
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    rungs, schemas = str(pathlib.Path(options.rungs).resolve()), Schemas()

    cases = [Case(path) for path in sorted(CASES.glob("*.case")) if not options.names or path.stem in options.names]
    if not cases:
        print("golden: no cases")
        return SKIPPED if not options.names else 2
    failed = 0
    for case in cases:
        status, printed = case.run(rungs)
        if options.update:
            case.write(status, printed)
            case = Case(case.path)
        found = [*case.differences(status, printed), *schemas.problems(printed["stdout"])]
        failed += bool(found)
        print(f"{'FAILED' if found else 'ok':6} {case.name}")
        for line in found:
            print("       " + line.encode("utf-8", "backslashreplace").decode().replace("\x1b", "\\x1b"))
    print(f"golden: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
