#!/usr/bin/env python3
"""Calls between real programs, checked: each must follow its built-in flow and no contrary one.

Usage: run.py --rungs PROGRAM [--keep FOLDER] [NAME...]

Every case runs in a network namespace of its own that has nothing but a loopback interface: Kamailio is proxy and registrar
(192.0.2.1, asks for passwords), SIPp plays the user agents, baresip talks to itself, tcpdump captures. Nothing leaves the
namespace. Skipped (77) with a message where namespaces are not allowed or a program is missing. --keep leaves the captures.
"""
import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import wave

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from scenario import Party  # noqa: E402

SKIPPED = 77
PROGRAMS = ("kamailio", "sipp", "baresip", "tcpdump", "ip", "unshare")
# Without root's rights a user namespace gives those that the network namespace needs; tcpdump changes its user only for root.
AS_ROOT = os.geteuid() == 0
NAMESPACE = ["unshare", *([] if AS_ROOT else ["--user", "--map-current-user", "--keep-caps"]), "--net", "--pid", "--fork",
             "--kill-child"]
CALLER, CALLEE, PROXY = "192.0.2.11", "192.0.2.12", "192.0.2.1"
DEADLINE_S = 40
# The proxy asks who calls, then passes the INVITE on.
CHALLENGED = "INVITE sendrecv, <407 auth, ACK failure, INVITE sendrecv auth, <100 maybe, "
DIALLED = "INVITE sendrecv, <100 maybe, "
ENDS = "BYE, <200"
ENDED = "<BYE, 200 inside"

# name: (through the proxy?, the caller's steps, the callee's steps, flows that must pass; nothing else may).
CASES = {
    "register": (True, "REGISTER expires, <401 auth, REGISTER expires auth, <200", None, {"register-challenge"}),
    "register-refused": (True, "REGISTER expires, <401 auth, REGISTER expires auth wrong, <401", None,
                         {"register-refused"}),
    "unregister": (True, "REGISTER leave, <401 auth, REGISTER leave auth, <200", None, {"unregister"}),
    "register-directly": (False, "REGISTER expires, <200", "<REGISTER, 200 expires", {"register"}),
    "answered-caller-ends": (True, CHALLENGED + "<180, <200, ACK, ~500, " + ENDS,
                             "<INVITE, 180, ~300, 200 sendrecv, <ACK, " + ENDED,
                             {"answered-caller-ends", "answered-challenge", "answered-proxy", "auth-good"}),
    "answered-callee-ends": (True, CHALLENGED + "<180, <200, ACK, " + ENDED,
                             "<INVITE, 180, ~300, 200 sendrecv, <ACK, ~500, " + ENDS,
                             {"answered-callee-ends", "answered-challenge", "answered-proxy", "auth-good"}),
    "wrong-password": (True, "INVITE sendrecv, <407 auth, ACK failure, INVITE sendrecv auth wrong, <407, ACK failure", None,
                       {"auth-wrong-password"}),
    "busy": (True, CHALLENGED + "<486, ACK failure", "<INVITE, 486, <ACK", {"busy", "auth-good"}),
    "rejected": (True, CHALLENGED + "<180, <603, ACK failure", "<INVITE, 180, ~300, 603, <ACK", {"rejected", "auth-good"}),
    "cancelled": (True, CHALLENGED + "<180, ~700, CANCEL, <200, <487, ACK failure",
                  "<INVITE, 180, <CANCEL, 200 inside, 487 invite, <ACK", {"cancelled", "auth-good"}),
    "no-answer": (True, CHALLENGED + "<180, <408, ACK failure", "<INVITE, 180, <CANCEL, 200 inside, 487 invite, <ACK",
                  {"no-answer", "auth-good"}),
    "unavailable": (True, CHALLENGED + "<180 maybe, <480, ACK failure", "<INVITE, 480, <ACK", {"unavailable", "auth-good"}),
    "not-found": (True, CHALLENGED + "<404, ACK failure", None, {"not-found", "auth-good"}),
    "redirected": (False, DIALLED + "<302, ACK failure", "<INVITE, 302 elsewhere, <ACK", {"redirected"}),
    "early-media": (True, CHALLENGED + "<183, <200, ACK, ~300, " + ENDS,
                    "<INVITE, 183 sendrecv, ~300, 200 sendrecv, <ACK, " + ENDED,
                    {"early-media", "answered-caller-ends", "answered-challenge", "answered-proxy", "auth-good"}),
    "hold-resume": (False, DIALLED + "<180, <200, ACK, ~300, INVITE inside sendonly, <200, ACK, ~300, INVITE inside sendrecv, "
                    "<200, ACK, ~300, " + ENDS,
                    "<INVITE, 180, 200 sendrecv, <ACK, <INVITE, 200 inside recvonly, <ACK, <INVITE, 200 inside sendrecv, <ACK, "
                    + ENDED, {"hold-resume"}),
    "session-refresh": (False, "INVITE sendrecv timer, <100 maybe, <200, ACK, ~300, UPDATE timer, <200, ~300, " + ENDS,
                        "<INVITE, 200 sendrecv timer, <ACK, <UPDATE, 200 inside timer, " + ENDED, {"session-refresh"}),
    "prack": (False, "INVITE sendrecv 100rel, <180, PRACK rack, <200, <200, ACK, ~300, " + ENDS,
              "<INVITE, 180 reliable, <PRACK, 200 inside, 200 invite sendrecv, <ACK, " + ENDED,
              {"prack", "answered-caller-ends"}),
    # baresip calls baresip: see Stage.softphone.
    "softphones": (True, None, None, {"answered-caller-ends", "answered-challenge", "answered-proxy", "auth-good",
                                      "register-challenge", "unregister"}),
    "options": (False, "OPTIONS, <200", "<OPTIONS, 200", {"options"}),
    "message": (False, "MESSAGE text, <200", "<MESSAGE, 200", {"message"}),
    "subscribe": (False, "SUBSCRIBE presence, <200, <NOTIFY, 200 inside, <NOTIFY, 200 inside",
                  "<SUBSCRIBE, 200 expires, NOTIFY active, <200, NOTIFY ended, <200", {"subscribe-notify"}),
}


def missing():
    lost = [program for program in PROGRAMS if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None]
    if lost:
        return f"not installed: {', '.join(lost)}"
    tried = subprocess.run([*NAMESPACE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no network namespaces here: {tried.stderr.strip()}"


# --- inside the namespace

class Stage:
    """The programs of one case; all are ended with it."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, *command):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "a", encoding="utf-8")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self.running.append(process)
        return process

    def wait_for(self, what, until):
        end = time.monotonic() + DEADLINE_S
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(0.05)

    def stop(self):
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGINT if "tcpdump" in str(process.args[0]) else signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()

    def capture(self, path):
        self.start("tcpdump", "-i", "lo", "-U", *(["-Z", "root"] if AS_ROOT else []), "-s", "0", "--immediate-mode", "-w", str(path), "udp")
        self.wait_for("tcpdump", lambda: "listening on" in (self.folder / "tcpdump.log").read_text(encoding="utf-8"))

    def listening(self, address):
        """Whether something has the port 5060 of `address`: the kernel's table has it in hexadecimal."""
        wanted = "%02X%02X%02X%02X:13C4" % tuple(reversed([int(part) for part in address.split(".")]))
        return wanted in pathlib.Path("/proc/net/udp").read_text(encoding="utf-8")

    def proxy(self, patience_ms):
        config = (HERE / "kamailio.cfg").read_text(encoding="utf-8").replace("@PATIENCE@", str(patience_ms))
        (self.folder / "kamailio.cfg").write_text(config, encoding="utf-8")
        self.start("kamailio", "-DD", "-E", "-m", "16", "-M", "4", "-Y", str(self.folder), "-P", str(self.folder / "pid"),
                   "-f", str(self.folder / "kamailio.cfg"))
        self.wait_for("kamailio", lambda: self.listening(PROXY))

    def softphone(self, user, address, seconds, *more):
        """A baresip that answers by itself and leaves after so many seconds."""
        home = self.folder / user
        home.mkdir()
        modules = next(iter(pathlib.Path("/usr/lib").glob("**/baresip/modules")))
        (home / "config").write_text(
            f"module_path {modules}\nsip_listen {address}:5060\naudio_source aufile,{self.folder}/tone.wav\n"
            f"audio_player aufile,{home}/heard.wav\naudio_alert aufile,{home}/alert.wav\nrtp_ports 10000-10100\n"
            "module g711.so\nmodule aufile.so\nmodule_app account.so\nmodule_app menu.so\n", encoding="utf-8")
        (home / "accounts").write_text(
            f'<sip:{user}@lab.example.com>;auth_pass=lab;outbound="sip:{PROXY}";regint=300;answermode=auto;audio_codecs=PCMU\n',
            encoding="utf-8")
        (home / "contacts").touch()
        return self.start("baresip", "-f", str(home), "-t", str(seconds), *more)

    def talk(self):
        """Two softphones and what they say."""
        with wave.open(str(self.folder / "tone.wav"), "wb") as tone:
            tone.setparams((1, 2, 8000, 0, "NONE", ""))
            tone.writeframes(b"".join(struct.pack("<h", round(8000 * math.sin(n * math.pi * 0.11))) for n in range(80_000)))
        self.softphone("1002", CALLEE, 14)
        self.wait_for("the callee's registration", lambda: "200 OK" in (self.folder / "baresip.log").read_text(errors="replace"))
        self.softphone("1001", CALLER, 5, "-e", "/dial sip:1002@lab.example.com").wait(DEADLINE_S)

    def sipp(self, name, address, peer_address, party, *more):
        script = self.folder / f"{name}.xml"
        script.write_text(party.xml(), encoding="utf-8")
        return self.start("sipp", peer_address, "-i", address, "-p", "5060", "-mi", address, "-sf", str(script), "-m", "1",
                          "-nostdin", "-trace_err", "-timeout", str(DEADLINE_S), "-au", party.me, "-ap", "lab", *more)


def play(name, folder):
    """Runs one case in this namespace and leaves NAME.pcap in `folder`."""
    through_proxy, caller, callee, _ = CASES[name]
    for command in (["link", "set", "lo", "up"], *(["addr", "add", f"{a}/32", "dev", "lo"] for a in (PROXY, CALLER, CALLEE))):
        subprocess.run(["ip", *command], check=True)
    stage = Stage(folder)
    try:
        if through_proxy:
            stage.proxy(3000 if name == "no-answer" else 20000)
            if callee:
                register = Party("1002", "1002", "REGISTER expires, <401 auth, REGISTER expires auth, <200", begins=True)
                if stage.sipp("registration", CALLEE, PROXY, register).wait(DEADLINE_S) != 0:
                    raise RuntimeError("the callee could not register")
        stage.capture(folder / f"{name}.pcap")
        if name == "softphones":
            stage.talk()
            time.sleep(0.5)
            return
        answering = None
        if callee:
            answering = stage.sipp("callee", CALLEE, PROXY if through_proxy else CALLER,
                                   Party("1002", "1001", callee, begins=False, vias=2 if through_proxy else 1))
            stage.wait_for("the callee", lambda: stage.listening(CALLEE))
        calling = stage.sipp("caller", CALLER, PROXY if through_proxy else CALLEE, Party("1001", "1002", caller, begins=True))
        for process in (calling, answering):
            if process and process.wait(DEADLINE_S) != 0:
                raise RuntimeError(f"sipp ended with {process.returncode}")
        time.sleep(0.2)
    finally:
        stage.stop()


# --- outside

def run_case(name, folder, rungs):
    """What went wrong, empty when nothing did."""
    folder = folder / name
    folder.mkdir()
    played = subprocess.run([*NAMESPACE, sys.executable, "-B", str(HERE / "run.py"), "--play", name, "--folder", str(folder)],
                            capture_output=True, text=True, check=False, timeout=4 * DEADLINE_S)
    if played.returncode != 0:
        return "could not be played: " + (played.stderr.strip().splitlines() or ["?"])[-1]
    checked = subprocess.run([rungs, "check", str(folder / f"{name}.pcap"), "--to", "json"], capture_output=True, text=True,
                             check=False, timeout=60)
    if checked.returncode != 0:
        return f"rungs check ended with {checked.returncode}: {checked.stderr.strip()}"
    fits = json.loads(checked.stdout)["fits"]
    wanted, found = CASES[name][3], {fit["flow"] for fit in fits if fit["verdict"] == "pass"}
    if name == "softphones":
        heard = subprocess.run([rungs, "check", str(folder / f"{name}.pcap"), "--flow", str(HERE / "softphones.yaml"),
                                "--password-file", str(HERE / "passwords.txt")], capture_output=True, check=False, timeout=60)
        if heard.returncode != 0:
            return f"softphones.yaml: {heard.stdout.decode()}"
    return "" if found == wanted else f"expected {', '.join(sorted(wanted))}; found {', '.join(sorted(found)) or 'none'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rungs")
    parser.add_argument("--keep")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if options.play:
        play(options.play, pathlib.Path(options.folder))
        return 0
    if reason := missing():
        print(f"lab: skipped, {reason}")
        return SKIPPED
    rungs, bad = str(pathlib.Path(options.rungs).resolve()), 0
    with tempfile.TemporaryDirectory(prefix="lab") as scratch:
        folder = pathlib.Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        names = options.names or list(CASES)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for name, wrong in zip(names, pool.map(lambda n: run_case(n, folder, rungs), names)):
                bad += bool(wrong)
                print(f"{'ok    ' if not wrong else 'FAILED'} {name}{': ' if wrong else ''}{wrong}", flush=True)
    print(f"lab: {len(names) - bad} as expected, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
