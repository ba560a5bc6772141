#!/usr/bin/env python3
"""Checks that includes go one way: core <- dissectors <- analyzer <- reports <- cli.

Also: a library header that belongs to one place is included nowhere else, and no include is relative.
Usage: includes.py SOURCE_DIR
"""
import pathlib
import re
import sys

ORDER = ["core", "dissectors", "analyzer", "reports", "cli"]
# header prefix -> folders (or files) that may include it
ONLY_IN = {
    "pcap": ["analyzer/capture/"],
    "archive": ["analyzer/capture/", "analyzer/grade/"],
    "CLI/": ["cli/"],
    "nlohmann/": ["analyzer/check/", "analyzer/grade/", "reports/"],
    "yaml-cpp/": ["analyzer/check/", "analyzer/grade/"],
    "iostream": ["cli/"],
    "regex": [],
}
# written by the build, so not in the tree
GENERATED = {"reports/html/assets.hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def problems(root):
    for folder in ORDER:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            name = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                kind, target = match.groups()
                where = f"{name}:{number}"
                if kind == '"':
                    top = target.split("/")[0]
                    if top not in ORDER:
                        yield f"{where}: \"{target}\" is not written from the repository root"
                    elif ORDER.index(top) > ORDER.index(folder):
                        yield f"{where}: {folder} may not include {top}"
                    elif target not in GENERATED and not (root / target).exists():
                        yield f"{where}: \"{target}\" does not exist"
                    continue
                for prefix, places in ONLY_IN.items():
                    hit = target == prefix or target == prefix + ".h" or (
                        prefix.endswith("/") and target.startswith(prefix)) or target.startswith(prefix + "/")
                    if hit and not any(name.startswith(place) for place in places):
                        yield f"{where}: <{target}> belongs in {', '.join(places) or 'no file'}"


def main():
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "includes: every arrow points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
