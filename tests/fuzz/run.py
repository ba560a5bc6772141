#!/usr/bin/env python3
"""Runs fuzz targets one after the other, each for some seconds, and says how many inputs they saw.

Usage: run.py PROGRAM --seeds DIR --folder DIR [--seconds N] [--runs N] TARGET...|all

PROGRAM is the `fuzz` of a build with RUNGS_FUZZ. What it learns stays in FOLDER/corpus/TARGET; an input that breaks a
property, crashes, leaks, takes too long or too much memory stays in FOLDER/crashes, and the exit status is 1. With --runs
the inputs are as many and the same each time (but for --seconds, which still bound it): nothing learnt before is used.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE.parent / "corpus" / "fuzz"
# Octets of an input, seconds for it, MiB of memory. Instrumented code is ten times as slow as what users run, and
# AddressSanitizer's own memory counts.
USUAL = (4096, 2, 512)
LIMITS = {"file": (65536, 10, 1024), "pcap": (16384, 2, 512), "pcapng": (16384, 2, 512), "flow_file": (4096, 5, 512),
          "sip": (16384, 2, 512), "sdp": (16384, 2, 512), "stream": (16384, 2, 512), "msn": (16384, 2, 512),
          "rubric": (4096, 5, 512), "archive": (8192, 5, 512)}
# Of a single allocation: libarchive reserves what an archive announces as its dictionary, and touches what it needs of it.
LARGEST = {"archive": 8192}


def targets_of(program):
    text = subprocess.run([program, "-runs=1"], env={**os.environ, "RUNGS_FUZZ_TARGET": ""}, capture_output=True,
                          text=True, check=False).stderr
    return re.search(r"must be one of: (.*)", text).group(1).split()


def run(program, target, seeds, folder, seconds, runs):
    corpus, crashes = folder / ("again" if runs else "corpus") / target, folder / "crashes"
    if runs:
        shutil.rmtree(corpus, ignore_errors=True)
    for path in (corpus, crashes):
        path.mkdir(parents=True, exist_ok=True)
    octets, slowest, memory = LIMITS.get(target, USUAL)
    command = [program, f"-max_total_time={seconds}", f"-max_len={octets}", f"-timeout={slowest}",
               f"-rss_limit_mb={memory}", f"-malloc_limit_mb={LARGEST.get(target, memory)}", "-print_final_stats=1", f"-artifact_prefix={crashes}/{target}-"]
    if runs:
        command += [f"-runs={runs}", "-seed=1"]
    dictionary = HERE / "dictionaries" / f"{target}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    command += [corpus] + [path for path in (seeds / target, KEPT / target) if path.is_dir()]
    environment = {**os.environ, "RUNGS_FUZZ_TARGET": target, "LLVM_PROFILE_FILE": "/dev/null",
                   "ASAN_OPTIONS": "quarantine_size_mb=16:detect_stack_use_after_return=1:allocator_may_return_null=0",
                   "UBSAN_OPTIONS": "print_stacktrace=1"}
    # What the code logs belongs to nobody here.
    result = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    text = result.stderr.decode(errors="replace")
    count = re.search(r"number_of_executed_units:\s*(\d+)", text)
    edges = re.findall(r"cov: (\d+)", text)
    print(f"{'ok    ' if result.returncode == 0 else 'FAILED'} {target:16} {seconds:5} s "
          f"{count.group(1) if count else '?':>10} inputs, {edges[-1] if edges else '?'} edges", flush=True)
    if result.returncode != 0:
        print("\n".join(text.splitlines()[-60:]))
        print(f"Keep what crashed: cp the Test unit named above to {KEPT.relative_to(HERE.parents[1])}/{target}/NAME")
    return result.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seeds", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int)
    parser.add_argument("targets", nargs="+")
    asked = parser.parse_args()
    known = targets_of(asked.program)
    wanted = known if asked.targets == ["all"] else asked.targets
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        sys.exit(f"no target {', '.join(unknown)}; there are: {' '.join(known)}")
    results = [run(asked.program, target, asked.seeds, asked.folder, asked.seconds, asked.runs)
               for target in wanted]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
