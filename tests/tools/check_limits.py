#!/usr/bin/env python3
"""Checks that docs/limits.md and core/limits/*.hpp name the same limits with the same values, and that a test knows each:
by its name in tests/unit, or as ELSEWHERE says.

Usage: check_limits.py SOURCE_DIR
"""
import pathlib
import re
import sys

IN_CODE = re.compile(r"inline constexpr [\w:]+ (\w+) = ([^;]+);")
IN_TABLE = re.compile(r"^\| `(\w+)` \| ([\d ]+?) ?([A-Za-zµ][^|]*)? ?\|", re.MULTILINE)

NAMED_IN_TEST = re.compile(r"limits::(\w+)")

# Limits that tests reach through a smaller value of the same setting: the file below tests/ and words of that test.
ELSEWHERE = {
    "decompressed_octets": ("unit/analyzer/capture/byte_source.cpp", "{.octets = zeros.size(), .ratio = 200}"),
    "decompression_ratio": ("unit/analyzer/capture/byte_source.cpp", "{.octets = 1'000'000, .ratio = 2'000}"),
    "filter_datagrams": ("unit/analyzer/capture/filter.cpp", "FragmentMemory memory(3)"),
    "live_dialogs": ("unit/analyzer/live/engine.cpp", "on one side of the bound nothing is given up"),
    "live_messages": ("unit/analyzer/live/engine.cpp", "bounds.messages = 100"),
    "live_dialog_messages": ("unit/analyzer/live/engine.cpp", "a dialog without end keeps its newest messages"),
    "live_streams": ("unit/analyzer/media/tracker.cpp", "tracker: its limits can be smaller"),
    "live_flows": ("unit/analyzer/media/tracker.cpp", "tracker: its limits can be smaller"),
    "live_stream_seconds": ("unit/analyzer/media/tracker.cpp", "tracker: its limits can be smaller"),
    "announced_endpoints": ("unit/analyzer/media/announcements.cpp", "Announcements announcements(2)"),
    "live_endpoints": ("unit/analyzer/media/announcements.cpp", "Announcements announcements(2)"),
    "live_window_octets": ("unit/analyzer/capture/reorder_window.cpp", "ReorderWindow window(150ms, 1000)"),
    "live_queue_octets": ("unit/analyzer/capture/frame_queue.cpp", "never holds more than its bound"),
    "class_entries": ("unit/analyzer/grade/contents.cpp", "one.entries = 1"),
    "class_octets": ("unit/analyzer/grade/contents.cpp", "budget.octets = 9"),
    "submission_entries": ("unit/analyzer/grade/contents.cpp", "budget.archive_entries = 2"),
    "submission_octets": ("unit/analyzer/grade/contents.cpp", "budget.file_octets = 3"),
    "archive_octets": ("unit/analyzer/grade/contents.cpp", "suspicious.ratio_octets = 100'000"),
    "archive_ratio": ("unit/analyzer/grade/contents.cpp", "suspicious.ratio_octets = 100'000"),
    "archive_depth": ("unit/analyzer/grade/contents.cpp", "deeper"),
    "grading_seconds": ("unit/cli/workers.cpp", "box.seconds = 1"),
    "grading_octets": ("unit/cli/workers.cpp", "box.octets"),
    "grading_result_octets": ("unit/cli/workers.cpp", "box.result_octets"),
    "html_plain_octets": ("unit/reports/html_block.cpp", 'block(at_limit + "y", HtmlData::automatic, 5000)'),
}
# Sizes of buffers, defaults of options, and how much of a list is shown: nothing of a capture is lost by them.
SIZES = {"capture_buffer_octets", "default_threads", "threads", "live_ring_octets", "live_snapshot_octets",
         "live_message_octets", "live_page_calls", "live_page_readers", "mark_frames", "html_static_rows"}


def untested(root, limits):
    """What no test of tests/unit names, and what ELSEWHERE and SIZES say without need or falsely."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((root / "tests/unit").rglob("*.cpp")))
    named = set(NAMED_IN_TEST.findall(text))
    found = [f"{name}: no test in tests/unit names limits::{name}"
             for name in limits - named - ELSEWHERE.keys() - SIZES]
    for name, (file, words) in ELSEWHERE.items():
        if words not in (root / "tests" / file).read_text(encoding="utf-8"):
            found.append(f"{name}: tests/{file} does not say \"{words}\" any more")
    found += [f"{name}: there is no such limit" for name in (ELSEWHERE.keys() | SIZES) - limits]
    return found


def value_of(expression):
    """`16U << 20U`, `60'000'000'000`, `1ULL << 30U`."""
    plain = re.sub(r"(?<=\d)(?:ULL|LL|UL|U|L)\b", "", expression.replace("'", ""))
    if not re.fullmatch(r"[\d\s<>*+()-]+", plain):
        raise ValueError(f"cannot read `{expression}`")
    return eval(plain, {"__builtins__": {}})  # digits and operators only, see above


def main():
    root = pathlib.Path(sys.argv[1])
    text_of_code = "".join(path.read_text() for path in sorted((root / "core/limits").glob("*.hpp")))
    code = {name: value_of(text) for name, text in IN_CODE.findall(text_of_code)}
    rows = IN_TABLE.findall((root / "docs/limits.md").read_text(encoding="utf-8"))
    table = {name: int(number.replace(" ", "")) for name, number, _ in rows}
    found = [f"{name}: not in docs/limits.md" for name in code.keys() - table.keys()]
    found += [f"{name}: not in core/limits/" for name in table.keys() - code.keys()]
    names = [name for name, _, _ in rows]
    found += [f"{name}: twice in docs/limits.md" for name in table if names.count(name) > 1]
    found += [f"{name}: {code[name]} in core/limits/, {table[name]} in docs/limits.md"
              for name in code.keys() & table.keys() if code[name] != table[name]]
    found += untested(root, code.keys())
    if not code:
        found.append("core/limits/: no limit found")
    print("\n".join(sorted(found)) if found else f"limits: {len(code)} agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
