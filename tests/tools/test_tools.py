#!/usr/bin/env python3
"""Tests of the test tools: each must be able to fail. Usage: test_tools.py"""
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "samples/tools"), str(HERE.parent / "golden")]
sys.dont_write_bytecode = True

import capture  # noqa: E402
import check_limits  # noqa: E402
import check_source  # noqa: E402
import check_text  # noqa: E402
import compare_flows  # noqa: E402
import compare_truth  # noqa: E402
import run  # noqa: E402
import sip  # noqa: E402


def message(number, kind, frame, **more):
    status = int(kind) if kind.isdigit() else None
    return {"id": number, "frames": [frame], "source": "192.0.2.1:5060", "destination": "192.0.2.2:5060",
            "protocol": "SIP", "method": None if status else kind, "status": status, "dialog": 1,
            "cseq": {"number": 1, "method": "INVITE"}, "retransmission_of": None, "hop_of": None,
            "duplicate_of": None, **more}


def analysis(messages, packets=4):
    return {"captures": [{"packets": packets, "accounting": {"sip": packets}}], "messages": messages,
            "dialogs": [{"id": 1, "call_id": "one"}],
            "calls": [{"kind": "call", "outcome": "answered"}]}


class CaptureWriter(unittest.TestCase):
    def test_checksum_of_rfc_1071(self):
        self.assertEqual(capture.internet_checksum(bytes.fromhex("0001f203f4f5f6f7")), 0xFFFF ^ 0xDDF2)

    def test_ipv4_header_sums_to_zero(self):
        packet = capture.ipv4("192.0.2.1", "192.0.2.2", 17, b"x" * 9, 7)
        self.assertEqual(capture.internet_checksum(packet[:20]), 0)

    def test_fragments_cover_the_datagram(self):
        parts = capture.ip_fragments("192.0.2.1", "192.0.2.2", 17, bytes(range(100)), 1, 40)
        self.assertEqual(b"".join(p[20:] for p in parts), bytes(range(100)))

    def test_digest_of_rfc_2617(self):
        value = sip.digest("Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html",  # text-check: off
                           "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b")
        self.assertIn('response="6629fae49393a05397450978507c4ef1"', value)

    def test_g711_of_silence(self):
        self.assertEqual((capture.mu_law(0), capture.a_law(0)), (0xFF, 0xD5))


class CompareTruth(unittest.TestCase):
    row = {"packets": "4", "sip_msgs": "3", "sip_in_icmp": "0"}
    calls = [{"call_id": "one", "n": "3", "sequence": "INVITE 183+sdp 200"}]
    good = [message(1, "INVITE", 1), message(2, "183", 2), message(3, "200", 3)]

    def what(self, result):
        return [d[0] for d in compare_truth.differences(self.row, self.calls, result)]

    def test_equal(self):
        self.assertEqual(self.what(analysis(self.good)), [])

    def test_each_difference_is_found(self):
        self.assertEqual(self.what(analysis(self.good, packets=5)), ["packets"])
        self.assertEqual(self.what(analysis(self.good[:2])), ["messages", "sequence"])
        self.assertEqual(self.what(analysis(self.good[::-1])), ["sequence"])
        self.assertEqual(self.what(analysis(self.good[:2] + [message(3, "200", 3, hop_of=1)])), ["folding"])

    def test_a_message_outside_dialogs_is_found_by_its_octets(self):
        lone = message(3, "200", 3, dialog=None, raw="SIP/2.0 200 OK\r\ni: one\r\n\r\n")
        self.assertEqual(self.what(analysis(self.good[:2] + [lone])), [])


class CompareFlows(unittest.TestCase):
    step = {"from": "A", "to": "B", "kind": "INVITE", "cseq": "1 INVITE", "call_id": "one"}
    flow = {"n": 2, "section": "3.1", "actors": {"A": "192.0.2.1", "B": "192.0.2.2"}, "sequence": [step, step]}

    def test_a_hop_is_not_a_retransmission(self):
        first = message(1, "INVITE", 1)
        hop, again = message(2, "INVITE", 2, hop_of=1), message(2, "INVITE", 2, retransmission_of=1)
        self.assertEqual(list(compare_flows.differences(self.flow, analysis([first, hop]))), [])
        self.assertEqual(len(list(compare_flows.differences(self.flow, analysis([first, again])))), 2)


class Text(unittest.TestCase):
    def test_what_is_personal(self):
        for bad in ("call bob@gmail.com", "at 8.8.8.8:53", "x\ty", "x "):  # text-check: off
            self.assertTrue(list(check_text.line_problems(bad, False)), bad)
        for good in ("sip:ana@lab.example.com", "192.0.2.1 and 10.1.2.3", "version 1.2.3", "RFC 3261 section 17.1.1.3", "OID 1.3.6.1.4.1"):
            self.assertEqual(list(check_text.line_problems(good, False)), [], good)

    def test_limits_are_read(self):
        self.assertEqual([check_limits.value_of(t) for t in ("16U << 20U", "60'000'000'000", "1ULL << 30U")],
                         [1 << 24, 60_000_000_000, 1 << 30])

    def test_what_code_may_not_do_is_found(self):
        for bad in ("n = strlen(text);", "std::memcpy(to, from, 4);", "::snprintf(to, 4, x);", "std::regex pattern;",
                    "auto* h = reinterpret_cast<Header*>(p);", "::system(command);", "std::unordered_map<int, int> m;",
                    "tsl::robin_map<std::string, int> m;", "tsl::robin_set<Endpoint> m;",
                    "tsl::robin_map<std::string,\n  std::vector<std::pair<int, int>>> m;"):
            self.assertTrue(list(check_source.problems_in("analyzer/x.cpp", bad)), bad)
        for good in ("// strlen(text) would read on", 'say("system(3)");', "file.system(x);", "tsl::robin_map<Id, int> m;",
                     "tsl::robin_map<std::string, std::pair<int, int>, TextHash> m;", "std::map<std::string, int> m;"):
            self.assertEqual(list(check_source.problems_in("analyzer/x.cpp", good)), [], good)


class Golden(unittest.TestCase):
    def case(self, text):
        path = pathlib.Path(self.folder.name) / "a.case"
        path.write_text(text)
        return run.Case(path)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        program = pathlib.Path(self.folder.name) / "rungs"
        program.write_text("#!/bin/sh\necho out $1\nprintf 'err 42' >&2\nexit 3\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.rungs = str(program)

    def test_update_then_equal(self):
        case = self.case("# why\n$ rungs ladder\nmask: [0-9]+ -> N\n")
        status, printed = case.run(self.rungs)
        self.assertTrue(list(case.differences(status, printed)))
        case.write(status, printed)
        again = run.Case(case.path)
        self.assertEqual(list(again.differences(*again.run(self.rungs))), [])
        self.assertEqual(again.expected, {"stdout": "out ladder\n", "stderr": "err N\n" + run.NO_LINE_FEED})
        self.assertEqual(again.exit, 3)

    def test_line_ends_count(self):
        case = self.case("$ rungs x\n--- stdout\na\r\n")
        self.assertTrue(list(case.differences(0, {"stdout": "a\n", "stderr": ""})))

    def test_json_without_a_schema_file_is_noticed(self):
        self.assertTrue(list(run.Schemas().problems(json.dumps({"schema": "rungs.nothing/9"}))))
        self.assertEqual(list(run.Schemas().problems("no json")), [])


class Skipping(unittest.TestCase):
    def test_without_a_folder(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RUNGS_")}
        for script in ("compare_truth.py", "compare_flows.py"):
            done = subprocess.run([sys.executable, "-B", str(HERE / script), "--rungs", "none"], env=environment,
                                  capture_output=True)
            self.assertEqual(done.returncode, 77)


if __name__ == "__main__":
    unittest.main()
