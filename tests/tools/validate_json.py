#!/usr/bin/env python3
"""Validates documents against a JSON Schema (draft-07).

Usage: validate_json.py SCHEMA FILE...    a FILE that ends in .ndjson is validated line by line; "-" is standard input
"""
import json
import sys

import jsonschema


def documents(path):
    stream = sys.stdin if path == "-" else open(path, encoding="utf-8")
    with stream:
        if path.endswith(".ndjson"):
            for number, line in enumerate(stream, 1):
                yield f"{path}:{number}", json.loads(line)
        else:
            yield path, json.load(stream)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = 0
    for path in sys.argv[2:]:
        for where, document in documents(path):
            for error in list(validator.iter_errors(document))[:5]:
                place = "/".join(map(str, error.absolute_path))
                print(f"{where}: {place}: {error.message[:300]}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
