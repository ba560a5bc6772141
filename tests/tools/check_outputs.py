#!/usr/bin/env python3
"""Runs every format of every command on one capture that attacks them all (attack.py), and reads what comes out as the
program that it is for would: nothing in it may be more than text.

Usage: check_outputs.py --rungs PROGRAM
"""
import argparse
import base64
import csv
import gzip
import html.parser
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree

import attack

# How commands are run that need more than the capture.
ARGUMENTS = {"message": ["{f}", "1"], "check": ["{f}", "--flow", "answered-challenge"], "flows": ["learn", "{f}"],
             "explain": ["--list"]}
SHOW_TEXTS = {"", "calls", "ladder", "streams", "report", "export"}  # what they write repeats captured text
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SVG_TAGS = {"svg", "g", "line", "path", "rect", "text", "title", "tspan", "circle", "polygon", "defs", "marker", "style"}
JUNIT_TAGS = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "properties", "property"}
# Lines of ours, once references are taken out.
LABEL = r"[^\x00-\x1f<>`#;:{}|\[\]\\\"'!$%~*_=+?&-]*"
MERMAID = re.compile(rf"    (participant P\d+ as |Note over P\d+,P\d+: |P\d+(->>|-->>|-\))P\d+: )(✗ )?{LABEL}(<br/>{LABEL})?$")
NAME = r"[^\x00-\x1f<>`#;{}|\[\]\\\"'!$%~*_=+?&/-]*"
PLANTUML = re.compile(rf"(@startuml|@enduml|hide footbox|title {NAME}|\.\.\. {NAME} \.\.\.|"
                      rf'participant "{NAME}(\\n)?{NAME}" as P\d+|'
                      rf"P\d+ (->>?|-->|-\[#B3261E\]->) P\d+ : (✗ )?{NAME})$")


def text_problems(text):
    """What a terminal or an editor would obey."""
    for number, line in enumerate(text.split("\n"), 1):
        for character in line.removesuffix("\r"):
            if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") and character not in "\u200d\u00ad":
                yield f"line {number} holds {character!r}"


def json_problems(text):
    def once(pairs):
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys) or any("pwn" in key.lower() for key in keys):
            raise ValueError(f"keys {keys}")
        return dict(pairs)
    try:
        json.loads(text, object_pairs_hook=once, parse_constant=lambda name: sys.exit(f"JSON holds {name}"))
    except ValueError as error:
        yield f"no JSON: {error}"


def csv_problems(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len({len(row) for row in rows}) > 1:
        yield "rows have different numbers of fields"
    for row in rows[1:]:
        for field in row:
            if field.lstrip(" ").startswith(SIGNS) and not re.fullmatch(r"-?[\d.]+", field):
                yield f"a formula: {field!r}"


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.problems, self.inside, self.tags = [], None, set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        kind = dict(attrs).get("type", "")
        data = {"application/json": "data", "application/gzip": "compressed"} if tag == "script" else {}
        self.inside = data.get(kind, tag)
        for name, value in attrs:
            if "PWN" in (value or "") or "pwn" in name or name.startswith("on") or "javascript:" in (value or ""):
                self.problems.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data):
        if self.inside == "data" and data.strip():
            self.problems += json_problems(data)
        elif self.inside == "compressed" and data.strip():
            self.problems += json_problems(gzip.decompress(base64.b64decode(data, validate=True)).decode())
        elif self.inside in ("script", "style") and "PWN" in data:
            self.problems.append(f"captured text in <{self.inside}>")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_comment(self, data):
        if "PWN" in data:
            self.problems.append("captured text in a comment")


def html_problems(text):
    page = Page()
    page.feed(text)
    page.close()
    yield from page.problems
    for tag in page.tags & {"img", "iframe", "object", "embed", "foreignobject", "base", "form"}:
        yield f"<{tag}>"
    if "Content-Security-Policy" not in text:
        yield "no policy"


def xml_problems(text, tags):
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as error:
        yield f"no XML: {error}"
        return
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        yield "a document type"
    for element in root.iter():
        tag = element.tag.split("}")[-1]
        if tag not in tags:
            yield f"<{tag}>"
        for name in element.attrib:
            if name.lower().startswith("on") or "href" in name.lower():
                yield f"<{tag} {name}>"


def mermaid_problems(text):
    inside = False
    for line in text.split("\n"):
        if line in ("```mermaid", "```"):
            if inside == (line == "```mermaid"):
                yield "fences that do not fit"
            inside = not inside
        elif inside and line != "sequenceDiagram" and not MERMAID.match(re.sub(r"#\d+;", "", line)):
            yield f"not ours: {line!r}"
        elif not inside and line and not re.fullmatch(r"## Call \d+( \(\d+\))?", line):
            yield f"outside: {line!r}"


def plantuml_problems(text):
    for line in text.split("\n"):
        if line and not PLANTUML.match(re.sub(r"&#\d+;", "", line)):
            yield f"not ours: {line!r}"


def markdown_problems(_text):
    return ()  # of the catalogue: nothing captured is in it


def tap_problems(text):
    lines = text.splitlines()
    plan = re.fullmatch(r"1\.\.(\d+)", lines[1]) if len(lines) > 1 else None
    if lines[:1] != ["TAP version 14"] or not plan:
        yield "no version or no plan"
        return
    tests = [line for line in lines[2:] if not line.startswith("# ")]
    if len(tests) != int(plan.group(1)):
        yield f"{len(tests)} tests, planned {plan.group(1)}"
    for number, line in enumerate(tests, 1):
        if not re.fullmatch(rf"(not )?ok {number} - ([^#\\]|\\#|\\\\)*( # SKIP ([^#\\]|\\#|\\\\)*)?", line):
            yield f"not ours: {line!r}"


CHECKS = {"text": lambda text: (), "json": json_problems, "csv": csv_problems, "html": html_problems,
          "ndjson": lambda text: (problem for line in text.splitlines() for problem in json_problems(line)),
          "svg": lambda text: xml_problems(text, SVG_TAGS), "junit": lambda text: xml_problems(text, JUNIT_TAGS),
          "mermaid": mermaid_problems, "plantuml": plantuml_problems, "markdown": markdown_problems,
          "yaml": lambda text: (), "tap": tap_problems}


class Tester:
    def __init__(self, rungs, capture, folder):
        self.rungs, self.capture, self.folder = rungs, capture, folder
        self.failures, self.runs = [], 0

    def run(self, *arguments):
        """stdout of a run; what is wrong with it, its messages and its status is noted."""
        self.runs += 1
        words = [self.capture if word == "{f}" else word for word in arguments]
        name = "rungs " + " ".join(arguments)
        done = subprocess.run([self.rungs, *words], cwd=self.folder, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
        if done.returncode not in (0, 1, 2, 3):
            self.failures.append(f"{name}: status {done.returncode}")
        texts = []
        for stream, octets in (("stdout", done.stdout), ("stderr", done.stderr)):
            try:
                texts.append(octets.decode("utf-8"))
            except UnicodeDecodeError as error:
                self.failures.append(f"{name}: {stream} is no UTF-8: {error}")
                texts.append("")
            self.note(f"{name}: {stream}", text_problems(texts[-1]))
        return texts[0], done.returncode

    def note(self, name, problems):
        for number, problem in enumerate(problems):
            if number == 5:
                break
            self.failures.append(f"{name}: {problem}")

    def formats(self, command):
        text, _ = self.run(*command, "--help")
        found = re.search(r"--to FORMAT +what to write: ([\w, ]+)", text)
        return found.group(1).split(", ") if found else ["text"]

    def check_command(self, name):
        command = [name] if name else []
        arguments = command + ARGUMENTS.get(name, ["{f}"])
        for form in self.formats(command):
            text, status = self.run(*arguments, "--to", form)
            if form not in CHECKS:
                self.failures.append(f"rungs {name} --to {form}: nobody has said how this is read")
            elif status != 2:
                self.note(f"rungs {name} --to {form}", CHECKS[form](text))
                if name in SHOW_TEXTS and "PWN" not in text:
                    self.failures.append(f"rungs {name} --to {form}: nothing of the attacks is in it")

    def check_hints(self):
        """What the overview tells to type is one command with one file name."""
        text, _ = self.run("{f}")
        for line in text.splitlines():
            if line.lstrip().startswith("rungs "):
                words = shlex.split(line.strip().split("   ")[0])
                if "PWN" in words or any(word in (";", "$(PWN)") for word in words):
                    self.failures.append(f"a hint that runs something else: {line!r}")

    def check_audio(self):
        self.run("export", "{f}", "--audio", "sound")
        folder = self.folder / "sound"
        if not folder.is_dir():
            self.failures.append("no audio was written")
        for path in folder.iterdir() if folder.is_dir() else ():
            if not re.fullmatch(r"[\w.-]+\.wav", path.name):
                self.failures.append(f"a file is called {path.name!r}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rungs", required=True)
    rungs = str(pathlib.Path(parser.parse_args().rungs).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "work"
        folder.mkdir()
        capture = pathlib.Path(scratch) / attack.HOSTILE_NAME
        capture.write_bytes(attack.capture())
        tester = Tester(rungs, str(capture), folder)
        text, _ = tester.run("--help")
        commands = re.findall(r"^  ([a-z]+) +[A-Z]", text.split("Commands:")[1].split("\n\n")[0], re.MULTILINE)
        for name in ["", *commands]:
            tester.check_command(name)
        for language in ("en", "zh_CN"):
            tester.run("ladder", "{f}", "--lang", language)
            tester.run("check", "{f}", "--lang", language)
        tester.run("report", "{f}", "--redact")
        tester.run("ladder", "{f}", "-Y", "sip.\x1b[31mPWN")
        tester.run("\x1b[31mPWN.pcap")
        tester.check_hints()
        tester.check_audio()
        strays = {path.name for path in pathlib.Path(scratch).iterdir()} - {"work", attack.HOSTILE_NAME}
        strays |= {path.name for path in folder.iterdir()} - {"sound"}
        if strays:
            tester.failures.append(f"files that nobody asked for: {sorted(strays)}")
    print("\n".join(tester.failures) if tester.failures else
          f"{tester.runs} runs on {len(attack.ATTACKS)} attacks: nothing is more than text")
    return 1 if tester.failures else 0


if __name__ == "__main__":
    sys.exit(main())
