"""Runs `rungs export` for the comparison scripts and reads what they need out of the analysis."""
import base64
import json
import re
import subprocess

SKIPPED = 77  # what ctest takes as "skipped"
CALL_ID = re.compile(r"^(?:call-id|i)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class CannotAnalyse(Exception):
    pass


def analyse(rungs, path):
    """The analysis of a capture as `rungs export --to json` gives it."""
    done = subprocess.run([rungs, "export", str(path), "--to", "json"], capture_output=True, timeout=300)
    if done.returncode not in (0, 1) or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CannotAnalyse(f"exit status {done.returncode}: {said[0] if said else 'nothing said'}")
    return json.loads(done.stdout)


def sip_messages(analysis):
    return [m for m in analysis["messages"] if m["protocol"] == "SIP"]


def kind(message):
    """INVITE, 180, ..."""
    return message["method"] if message.get("method") is not None else str(message["status"])


def call_id(message, dialogs):
    """From the dialog, else from the octets: a lone response may belong to none."""
    dialog = dialogs.get(message.get("dialog"))
    if dialog and dialog["call_id"] is not None:
        return dialog["call_id"]
    raw = message.get("raw")
    if raw is None and message.get("raw_b64") is not None:
        raw = base64.b64decode(message["raw_b64"]).decode("utf-8", "replace")
    found = CALL_ID.search((raw or "").split("\r\n\r\n")[0])
    return found.group(1) if found else None


def by_id(objects):
    return {o["id"]: o for o in objects}


def folding_errors(analysis):
    """A retransmission, hop or duplicate must point to an earlier message of the same kind and CSeq."""
    messages = by_id(analysis["messages"])
    for message in analysis["messages"]:
        for relation in ("retransmission_of", "hop_of", "duplicate_of"):
            other = message.get(relation)
            if other is None:
                continue
            if other not in messages or other >= message["id"]:
                yield f"message {message['id']}: {relation} {other}, which is no earlier message"
            elif (kind(messages[other]), messages[other]["cseq"]) != (kind(message), message["cseq"]):
                yield f"message {message['id']} ({kind(message)}): {relation} {other} ({kind(messages[other])})"
