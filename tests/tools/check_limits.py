#!/usr/bin/env python3
"""Checks that docs/limits.md and core/limits/*.hpp name the same limits with the same values.

Usage: check_limits.py SOURCE_DIR
"""
import pathlib
import re
import sys

IN_CODE = re.compile(r"inline constexpr [\w:]+ (\w+) = ([^;]+);")
IN_TABLE = re.compile(r"^\| `(\w+)` \| ([\d ]+?) ?([A-Za-zµ][^|]*)? ?\|", re.MULTILINE)


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
    if not code:
        found.append("core/limits/: no limit found")
    print("\n".join(sorted(found)) if found else f"limits: {len(code)} agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
