#!/usr/bin/env python3
"""Grades the class that make_class.py makes and compares marks, states and copies with the table tests/class.txt.

Usage: check_class.py --rungs PROGRAM [--keep FOLDER]

Also: a second run writes the same octets. Prints how long a run took and how much memory its largest process had; neither
is judged. Exit status 77, skipped: the program has no `grade`.
"""
import argparse
import filecmp
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "tools"))

import make_class  # noqa: E402

SKIPPED = 77
TASKS = ["no_answer", "rejected", "cancelled", "answered", "busy"]


def has_grade(rungs):
    return subprocess.run([rungs, "grade", "--help"], capture_output=True, check=False).returncode == 0


def grade(rungs, made, out):
    began = time.monotonic()
    run = subprocess.run([rungs, "grade", made / "handed-in", "--rubric", TESTS / "class.yaml", "--roster",
                          made / "roster.csv", "-o", out], capture_output=True, text=True, check=False)
    return run, time.monotonic() - began


def number(value):
    return "?" if value is None else f"{value:g}"


def compare_student(row, student):
    """What differs from the row, in words."""
    wrong = []
    tasks = {task["id"]: task for task in student["tasks"]}
    for name, expected in zip(TASKS, row.tasks):
        task = tasks.get(name)
        got = "nothing" if task is None else number(task["score"])
        if got != expected:
            why = [f"{reason['code']}: {text_of(reason)}" for reason in (task or {}).get("reasons", [])]
            wrong.append(f"{name} {got}, expected {expected}" + "".join(f"\n        {line}" for line in why))
        if task and got not in ("?", number(task["max"])) and not task["reasons"]:
            wrong.append(f"{name} {got}: points are lost without a reason")
    if number(student["score"]) != row.total:
        wrong.append(f"total {number(student['score'])}, expected {row.total}")
    if student["status"] != row.status:
        wrong.append(f"status {student['status']}, expected {row.status}")
    return wrong


def text_of(reason):
    text = reason["text"]
    return text["en"] if isinstance(text, dict) else text


def compare_marks(rows, document):
    students = {student["id"]: student for student in document["students"]}
    wrong = [f"{student}: not in the table" for student in students.keys() - {row.id for row in rows}]
    for row in rows:
        if row.id not in students:
            wrong.append(f"{row.id} ({row.what}): not graded")
            continue
        wrong += [f"{row.id} ({row.what}): {line}" for line in compare_student(row, students[row.id])]
    return wrong


def compare_copies(rows, pairs, document):
    what = {row.id: row.what for row in rows}
    found = {tuple(sorted((pair["a"], pair["b"]))): pair for pair in document["similar"]}
    wrong = [f"{a} and {b}: the copy ({what[b]}) was not found" for a, b in pairs if (a, b) not in found]
    for (a, b), pair in found.items():
        if (a, b) not in pairs:
            signals = ", ".join(signal["code"] for signal in pair["signals"])
            wrong.append(f"{a} ({what.get(a)}) and {b} ({what.get(b)}): named without being a copy: {signals}")
        if not pair["signals"]:
            wrong.append(f"{a} and {b}: no signal")
    return wrong


def differing_files(first, second):
    names = {path.relative_to(folder) for folder in (first, second) for path in folder.rglob("*") if path.is_file()}
    return [f"{name}: differs between two runs" for name in sorted(names)
            if not ((first / name).is_file() and (second / name).is_file()
                    and filecmp.cmp(first / name, second / name, shallow=False))]


def check(rungs, folder):
    rows, pairs = make_class.read_table(TESTS / "class.txt")
    made = folder / "class"
    make_class.make(made, TESTS / "class.txt")
    run, seconds = grade(rungs, made, folder / "first")
    print(run.stderr, end="")
    grades = folder / "first" / "grades.json"
    if run.returncode not in (0, 1, 3) or not grades.is_file():
        return [f"rungs grade: exit status {run.returncode}, grades.json {'is' if grades.is_file() else 'is not'} there"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    largest = used.ru_maxrss / 1024
    handed_in = sum(row.form != "nothing" for row in rows)
    print(f"class: {handed_in} submissions in {seconds:.1f} s ({used.ru_utime + used.ru_stime:.1f} s of processor), "
          f"{largest:.0f} MiB in the largest process")
    document = json.loads(grades.read_text(encoding="utf-8"))
    wrong = compare_marks(rows, document) + compare_copies(rows, pairs, document)
    grade(rungs, made, folder / "second")
    return wrong + differing_files(folder / "first", folder / "second")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--keep", type=pathlib.Path, help="work in this folder and leave it there")
    options = parser.parse_args()
    if not has_grade(options.rungs):
        print(f"skipped: {options.rungs} has no command grade")
        return SKIPPED
    if options.keep:
        wrong = check(options.rungs, options.keep)
    else:
        with tempfile.TemporaryDirectory() as folder:
            wrong = check(options.rungs, pathlib.Path(folder))
    print("\n".join(wrong) if wrong else "class: marks, states and copies are those of tests/class.txt")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
