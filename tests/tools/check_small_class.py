#!/usr/bin/env python3
"""Grades the class of make_small_class.py with samples/rubrics/sip-lab.yaml and looks at everything that is written.

Usage: check_small_class.py --rungs PROGRAM

Marks and reasons are those of the table below; documents fit their schemas; a second run and one with another number of
processes write the same octets; nobody's page speaks of anybody else; overrides and pseudonyms do what docs/grading.md
says; a student's own check says the same as the mark.
"""
import argparse
import csv
import filecmp
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUBRIC = ROOT / "samples/rubrics/sip-lab.yaml"
TASKS = ["no-answer", "rejected", "cancelled", "answered", "busy"]
# By hand: the flow of busy weighs 1 + 2 + 1 and gets 16 points, so its ACK is worth 4; that of answered weighs
# 1 + 2 + 1 + 2 + 1 and gets 11; an ACK in the wrong place costs half of 11/7, and the talk that the early BYE ended 2.
# The number is worth 4 in each task.
MARKS = {
    "2026001": ([20, 20, 20, 20, 20], 100, "graded", set()),
    "2026002": ([20, 20, 20, 20, 16], 96, "graded", {"ack-missing"}),
    "2026003": ([16, 16, 0, 16, 16], 64, "graded", {"grade-condition-failed", "grade-no-capture"}),
    "2026004": ([None, 20, 20, 20, None], None, "review", {"grade-no-signalling", "grade-capture-cut"}),
    "2026005": ([None, None, 20, 20, None], None, "review", {"grade-capture-empty", "grade-not-a-capture"}),
    "2026006": ([None] * 5, None, "review", {"grade-name-unknown"}),
    "2026007": ([0, 0, 0, 17.2145, 0], 17, "graded",
                {"grade-step-out-of-order", "grade-condition-failed", "grade-no-capture"}),
    "2026008": ([None] * 5, None, "review", {"grade-not-handed-in"}),
}


class Run:
    def __init__(self, rungs, made):
        self.rungs, self.made, self.problems = rungs, made, []

    def grade(self, out, *options):
        done = subprocess.run([self.rungs, "grade", self.made / "class", "--roster", self.made / "roster.csv", "--rubric", RUBRIC,
                               "-o", out, "--lang", "en", *options], capture_output=True, text=True, check=False)
        self.expect(done.returncode == 0, f"grade {options}: exit {done.returncode}: {done.stderr}")
        return done

    def expect(self, holds, text):
        if not holds:
            self.problems.append(text)


def check_marks(run, grades):
    students = {student["id"]: student for student in grades["students"]}
    run.expect(set(students) == set(MARKS), f"students {sorted(students)}")
    for name, (tasks, total, status, codes) in MARKS.items():
        student = students[name]
        found = [task["score"] for task in student["tasks"]]
        run.expect([task["id"] for task in student["tasks"]] == TASKS, f"{name}: order of tasks")
        same = all((a is None) == (b is None) and (a is None or abs(a - b) < 0.001) for a, b in zip(tasks, found))
        run.expect(same, f"{name}: {found}, expected {tasks}")
        run.expect((student["score"], student["status"]) == (total, status), f"{name}: {student['score']} {student['status']}")
        reasons = [reason for task in student["tasks"] for reason in task["reasons"]]
        run.expect({reason["code"] for reason in reasons} == codes, f"{name}: {sorted({r['code'] for r in reasons})}")
        run.expect(all(reason["text"] and reason["text_zh_CN"] for reason in reasons), f"{name}: a reason without words")
        lost = [r for r in reasons if r["lost"] and r["code"] != "grade-no-capture"]
        run.expect(all(reason["frames"] for reason in lost), f"{name}: a deduction without frames")
        for code in {reason["code"] for reason in reasons}:
            explained = subprocess.run([run.rungs, "explain", code], capture_output=True, check=False)
            run.expect(explained.returncode == 0, f"rungs explain {code}")
    # Acceptance: what was missing and where, in both languages.
    forgotten = students["2026002"]["tasks"][4]["reasons"][0]
    run.expect(re.match(r"Missing: ACK from the caller .* It belongs after frame 6 \(486", forgotten["text"]), forgotten["text"])
    run.expect("缺少：主叫" in forgotten["text_zh_CN"] and "第 6 帧" in forgotten["text_zh_CN"], forgotten["text_zh_CN"])


def check_schema(run, path, name):
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed: schemas are not looked at")
        return
    schema = json.loads((ROOT / f"docs/formats/{name}.schema.json").read_text(encoding="utf-8"))
    for error in jsonschema.Draft7Validator(schema).iter_errors(json.loads(path.read_text(encoding="utf-8"))):
        run.expect(False, f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def check_rubrics(run):
    """The rubrics of samples/ fit the schema that is shipped."""
    try:
        import jsonschema
        import yaml
    except ImportError:
        print("python3-jsonschema or python3-yaml is not installed: rubrics are not compared with their schema")
        return

    class Plain(yaml.SafeLoader):  # the program reads dates as text
        yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
                                   for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def schema(name):
        return json.loads((ROOT / f"docs/formats/{name}.schema.json").read_text(encoding="utf-8"))

    rubric, flow = schema("rungs.rubric-1"), schema("rungs.flow-1")
    # Documents of another file are resolved by each version of jsonschema in its own way: flows are looked at apart.
    rubric["definitions"]["task"]["properties"]["flow"] = {"type": ["string", "object"]}
    for path in sorted((ROOT / "samples/rubrics").glob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Plain)
        flows = [task["flow"] for task in document["tasks"] if isinstance(task.get("flow"), dict)]
        errors = list(jsonschema.Draft7Validator(rubric).iter_errors(document))
        for error in errors + [error for one in flows for error in jsonschema.Draft7Validator(flow).iter_errors(one)]:
            run.expect(False, f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def same_folder(run, a, b):
    comparison = filecmp.dircmp(a, b)
    names = comparison.common_files
    run.expect(not comparison.left_only and not comparison.right_only, f"{comparison.left_only} {comparison.right_only}")
    _, different, errors = filecmp.cmpfiles(a, b, names, shallow=False)
    run.expect(not different and not errors, f"not the same octets again: {different + errors}")
    for folder in comparison.common_dirs:
        same_folder(run, a / folder, b / folder)


def check_pages(run, out, grades):
    for student in grades["students"]:
        if student["report"] is None:
            continue
        page = (out / student["report"]).read_text(encoding="utf-8")
        for other in grades["students"]:
            if other is not student:
                run.expect(other["id"] not in page and other["name"] not in page,
                           f"{student['report']} speaks of {other['id']}")
        run.expect(student["id"] in page, f"{student['report']} does not say whose it is")
    page = (out / "feedback/2026002.html").read_text(encoding="utf-8")
    run.expect("Missing: ACK from the caller" in page and "缺少：主叫" in page, "the page does not say what is missing")


def check_csv(run, out):
    text = (out / "grades.csv").read_bytes()
    run.expect(text.startswith(b"\xef\xbb\xbf"), "grades.csv has no byte order mark")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    run.expect([row["student_id"] for row in rows] == sorted(MARKS), "grades.csv: students")
    run.expect(rows[3]["score"] == "" and rows[3]["status"] == "review", f"grades.csv: {rows[3]['score']!r} of who is to be reviewed")
    lines = (out / "grades.ndjson").read_text(encoding="utf-8").splitlines()
    run.expect(len(lines) == len(MARKS) * len(TASKS) and json.loads(lines[4])["student"] == "2026001", "grades.ndjson")


def check_override(run, folder):
    out = folder / "overridden"
    run.grade(out, "--override", run.made / "overrides.csv")
    student = json.loads((out / "grades.json").read_text(encoding="utf-8"))["students"][4]
    run.expect(student["tasks"][4]["score"] == 10 and "seen on the screen" in (student["overridden"] or ""), f"override: {student}")


def check_anonymous(run, folder):
    out = folder / "anonymous"
    run.grade(out, "--anonymous")
    mapping = list(csv.DictReader(io.StringIO((out / "pseudonyms.csv").read_text(encoding="utf-8-sig"))))
    run.expect({row["id"] for row in mapping} == set(MARKS), "pseudonyms.csv")
    for path in [*out.glob("*"), *out.glob("feedback/*")]:
        if path.name == "pseudonyms.csv" or path.is_dir():
            continue
        text = path.read_text(encoding="utf-8")
        for row in mapping:
            run.expect(row["id"] not in text and row["name"] not in text, f"{path.name} names {row['id']}")
            run.expect(row["id"] not in path.name, f"{path.name} is a name")
    run.expect("203.0.113.5" not in next(out.glob("feedback/*")).read_text(encoding="utf-8"), "an address is still there")
    again = folder / "anonymous again"
    run.grade(again, "--anonymous")
    same_folder(run, out, again)


def check_own_check(run, folder):
    public = folder / "public.yaml"
    text = re.sub(r"    also:\n      - (&own-number)\n        where: call.caller.user = \$EXT\n",
                  r"    also:\n      - \1\n        where: call.caller.user = 1001\n", RUBRIC.read_text(encoding="utf-8"))
    public.write_text(text, encoding="utf-8")
    for student, name, status in (("2026001_张三", "busy", 0), ("2026002_Li Si", "busy", 1), ("2026004_Zhao Liu", "busy", 3)):
        done = subprocess.run([run.rungs, "check", "--rubric", public, run.made / "class" / student / f"{name}.pcap", "--lang", "en"],
                              capture_output=True, text=True, check=False)
        run.expect(done.returncode == status, f"check --rubric {student}: {done.returncode}: {done.stdout}{done.stderr}")
        run.expect(("Missing: ACK" in done.stdout) == (status == 1), f"check --rubric {student}: {done.stdout}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rungs", required=True)
    rungs = str(pathlib.Path(parser.parse_args().rungs).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = folder / "made"
        subprocess.run([sys.executable, "-B", ROOT / "tests/tools/make_small_class.py", ROOT / "samples", made], check=True)
        run = Run(rungs, made)
        screen = run.grade(folder / "out", "-j", "1").stdout
        run.grade(folder / "again", "-j", "3")
        same_folder(run, folder / "out", folder / "again")
        run.expect("8 students: 4 graded, 4 to review; 1 submission of nobody known" in screen, screen)
        grades = json.loads((folder / "out/grades.json").read_text(encoding="utf-8"))
        check_marks(run, grades)
        check_schema(run, folder / "out/grades.json", "rungs.grades-1")
        check_rubrics(run)
        check_pages(run, folder / "out", grades)
        check_csv(run, folder / "out")
        check_override(run, folder)
        check_anonymous(run, folder)
        check_own_check(run, folder)
    print("\n".join(run.problems) if run.problems else "small class: marks, pages, tables and pseudonyms are right")
    return 1 if run.problems else 0


if __name__ == "__main__":
    sys.exit(main())
