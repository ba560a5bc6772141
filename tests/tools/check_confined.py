#!/usr/bin/env python3
"""Runs the program as users do, confined as it is (cli/confinement.hpp), in each way that writes something: what it gave up
must be nothing that a command needs. Then asks the kernel whether a process that waits for its capture is confined.

Usage: check_confined.py --rungs PROGRAM [--confined]     --confined: it is no build with sanitizers
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALL = ROOT / "samples/sip/lab-answered-caller-hangs-up-caller.pcap"


class Checks:
    def __init__(self, rungs, folder):
        self.rungs, self.folder, self.failures = rungs, folder, []

    def run(self, *arguments, **more):
        return subprocess.run([self.rungs, *arguments], cwd=self.folder, capture_output=True, check=False, **more)

    def expect(self, what, holds, ran=None):
        print(f"{'ok    ' if holds else 'FAILED'} {what}")
        if not holds:
            self.failures.append(what)
            if ran is not None:
                sys.stdout.write(ran.stderr.decode(errors="replace"))

    def is_analysis(self, octets):
        try:
            return json.loads(octets)["schema"] == "rungs.analysis/1"
        except (ValueError, KeyError):
            return False

    def writes(self, what, output, file=None):
        ran = self.run("export", str(CALL), "--to", "json", "-o", output)
        written = self.folder / (file or output)
        self.expect(what, ran.returncode == 0 and self.is_analysis(written.read_bytes()), ran)

    def files(self):
        self.writes("a new file", "new.json")
        self.writes("a file that is there", "new.json")
        (self.folder / "folder").mkdir()
        self.writes("a file in a folder", "folder/new.json")
        (self.folder / "link.json").symlink_to("folder/new.json")
        self.writes("a link to a file elsewhere", "link.json", "folder/new.json")
        self.expect("the link stays one", (self.folder / "link.json").is_symlink())
        ran = self.run("export", str(CALL), "--to", "json", "-o", "/dev/stdout")
        self.expect("a pipe by its name", self.is_analysis(ran.stdout), ran)
        with open(self.folder / "redirected.json", "wb") as out:
            subprocess.run([self.rungs, "export", CALL, "--to", "json", "-o", "/dev/stdout"], cwd=self.folder, stdout=out,
                           check=False)
        self.expect("a file that is standard output", self.is_analysis((self.folder / "redirected.json").read_bytes()))
        ran = self.run("report", str(CALL), "-o", "page.html")
        self.expect("a page", b"</html>" in (self.folder / "page.html").read_bytes(), ran)

    def folders(self):
        ran = self.run("export", str(CALL), "--audio", "sound")
        heard = sorted(path.name for path in (self.folder / "sound").glob("*.wav"))
        self.expect("audio in a folder that is made", "stream-1.wav" in heard, ran)
        ran = self.run("export", str(CALL), "--audio", "sound", "--overwrite")
        self.expect("audio over that", ran.returncode == 0, ran)
        submissions = self.folder / "class/ana"
        submissions.mkdir(parents=True)
        (submissions / "accepted.pcap").write_bytes((ROOT / "samples/msn/audio-accepted.pcap").read_bytes())
        ran = self.run("grade", "class", "--rubric", str(ROOT / "samples/rubrics/msn-lab.yaml"), "-o", "deep/er/marks")
        marks = self.folder / "deep/er/marks/grades.json"
        self.expect("grades in folders that are made, by processes of their own", marks.is_file(), ran)
        ran = self.run("check", "--rubric", str(ROOT / "samples/rubrics/msn-lab.yaml"), str(submissions / "accepted.pcap"))
        self.expect("what the student is shown of it", b"20/20" in ran.stdout, ran)

    def kernel(self):
        process = subprocess.Popen([self.rungs, "export", "-", "--to", "json"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wanted = {"Seccomp": "2", "NoNewPrivs": "1"}
            for _ in range(600):  # until it waits for the capture
                lines = dict(line.split(":", 1) for line in open(f"/proc/{process.pid}/status", encoding="utf-8"))
                if all(lines.get(name, "").strip() == value for name, value in wanted.items()):
                    break
                time.sleep(0.05)
            self.expect("the kernel confines a process that waits for its capture",
                        all(lines.get(name, "").strip() == value for name, value in wanted.items()))
            with open(f"/proc/{process.pid}/limits", encoding="utf-8") as limits:
                core = next(line for line in limits if line.startswith("Max core file size"))
            self.expect("it leaves no core file", core.split()[4:6] == ["0", "0"])
        finally:
            process.stdin.close()
            process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rungs", required=True)
    parser.add_argument("--confined", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:  # not /tmp, where all may write
        checks = Checks(str(pathlib.Path(asked.rungs).resolve()), pathlib.Path(scratch))
        checks.files()
        checks.folders()
        if asked.confined:
            checks.kernel()
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
