#!/usr/bin/env python3
"""Checks what SECURITY.md says of the code: no std::regex, no C string functions, no casts of structures onto octets,
nothing that looks names up or starts programs, and no hash table over captured keys whose hash can be foreseen.

Usage: check_source.py SOURCE_DIR
"""
import pathlib
import re
import sys

FOLDERS = ["core", "dissectors", "analyzer", "reports", "cli"]

C_FUNCTIONS = ("strlen strnlen strcpy strncpy strlcpy strcat strncat strcmp strncmp strcasecmp strncasecmp strstr strchr strrchr "
               "strtok strdup strndup strspn strcspn strpbrk strtol strtoul strtoll strtoull strtod sprintf snprintf vsprintf "
               "vsnprintf sscanf fscanf scanf gets fgets atoi atol atoll atof memcpy memmove memset memcmp memchr alloca").split()
NETWORK_AND_SHELL = "system popen execl execlp execv execvp execve fexecve posix_spawn getaddrinfo gethostbyname getnameinfo".split()

# What is looked for, and the files that may do it, each for a reason that its own comments give: whole texts go into the
# arena's blocks, and libpcap hands out C structures.
RULES = [
    ("a C string function", re.compile(rf"(?<![\w.>:])(?:std::|::)?(?:{'|'.join(C_FUNCTIONS)})\s*\("),
     {"core/arena.hpp", "analyzer/capture/device_source.cpp"}),
    ("std::regex", re.compile(r"std::w?s?regex|<regex>"), set()),
    ("a cast onto other types", re.compile(r"\breinterpret_cast\b"),
     {"core/bytes.hpp", "analyzer/capture/device_source.cpp"}),
    ("a lookup of names or another program", re.compile(rf"(?<![\w.>])(?:::)?(?:{'|'.join(NETWORK_AND_SHELL)})\s*\("), set()),
    ("a hash of the standard library, which has no seed", re.compile(r"\bstd::(?:hash\s*<|unordered_)"), set()),
]

TABLE = re.compile(r"\btsl::robin_(map|set)<")
# Numbers that the program counts itself: a captured file cannot choose them.
COUNTED = {"Id", "Index", "EndpointId", "std::uint32_t", "decode::StreamId"}
COMMENT = re.compile(r"//.*$|\"(?:\\.|[^\"\\])*\"")


def arguments(text, begin):
    """The template arguments behind the `<` that ends at `begin`."""
    found, depth, start = [], 0, begin
    for at in range(begin, len(text)):
        character = text[at]
        if character in "<(":
            depth += 1
        elif character in ">)" and depth > 0:
            depth -= 1
        elif character == ">":
            return found + [text[start:at].strip()]
        elif character == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return found


def problems_in(name, text):
    lines = [COMMENT.sub("", line) for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        for what, pattern, allowed in RULES:
            if name not in allowed and pattern.search(line):
                yield f"{name}:{number}: {what}: {line.strip()}"
    code = "\n".join(lines)
    for match in TABLE.finditer(code):
        given = arguments(code, match.end())
        has_hash = len(given) > (2 if match.group(1) == "map" else 1)
        if given and given[0] not in COUNTED and not has_hash:
            number = code.count("\n", 0, match.start()) + 1
            yield f"{name}:{number}: a table over {given[0]} without a seeded hash (core/hash.hpp)"


def main():
    root = pathlib.Path(sys.argv[1])
    found = [problem for folder in FOLDERS for path in sorted((root / folder).rglob("*.[ch]pp"))
             for problem in problems_in(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))]
    print("\n".join(found) if found else "source: nothing that SECURITY.md rules out")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
