"""SIPp scenarios written as words: `invite`, `<407 auth`, `ack-failure`, ... one a step."""

SDP = """v=0
o=lab 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a={direction}"""

OUT_OF_DIALOG = {"INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "CANCEL"}
EXTRA = {
    "reliable": "Require: 100rel\nRSeq: 1",
    "100rel": "Supported: 100rel",
    "rack": "RAck: 1 {invite} INVITE",
    "timer": "Supported: timer\nSession-Expires: 90;refresher=uac",
    "expires": "Expires: 300",
    "leave": "Expires: 0",
    "presence": "Event: presence\nExpires: 300",
    "active": "Event: presence\nSubscription-State: active;expires=300",
    "ended": "Event: presence\nSubscription-State: terminated;reason=timeout",
    "elsewhere": "Contact: <sip:1002@192.0.2.77>",
    "refer-to": "Refer-To: <sip:1003@lab.example.com>",
    "trying": "Event: refer\nSubscription-State: active;expires=60\nContent-Type: message/sipfrag;version=2.0",
    "done": "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag;version=2.0",
}
BODY = {"text": ("text/plain", "See you at noon."), "trying": (None, "SIP/2.0 100 Trying"), "done": (None, "SIP/2.0 200 OK")}
REASONS = {180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily", 480: "Temporarily Unavailable",
           481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated", 603: "Decline"}


class Party:
    """One end of a scenario: its steps become XML."""

    def __init__(self, me, peer, steps, begins, vias=1):
        self.me, self.peer, self.begins = me, peer, begins
        self.steps = steps.split(", ")
        self.cseq = 0
        self.invite_step = self.invite_cseq = 0
        self.version = 1
        # What is kept of the first request: who is who, and what its responses need when another one came between.
        self.kept = {"remote": ("From", 1), "local": ("To", 1), "cseq": ("CSeq", 1),
                     **{f"via{nth}": ("Via", nth) for nth in range(1, vias + 1)}}
        self.vias, self.remembered = vias, begins

    def xml(self):
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<scenario name="{self.me}">']
        for number, step in enumerate(self.steps):
            lines.append(self.one(number, step.split()))
        if not self.begins:  # sipp wants every variable to be used
            lines.append(f'<Reference variables="{",".join(self.kept)}"/>')
        return "\n".join([*lines, "</scenario>", ""])

    def one(self, number, words):
        first, flags = words[0], words[1:]
        if first.startswith("~"):
            return f'<pause milliseconds="{first[1:]}"/>'
        if first.startswith("<"):
            return self.receive(first[1:], flags)
        text = self.response(int(first), flags) if first.isdigit() else self.request(number, first, flags)
        retransmit = ' retrans="500"' if first.isupper() and first not in ("ACK", "CANCEL") else ""
        return f"<send{retransmit}><![CDATA[\n{text}\n]]></send>"

    def receive(self, what, flags):
        kind = "response" if what.isdigit() else "request"
        attributes = f'{kind}="{what}"'
        if "auth" in flags:
            attributes += ' auth="true"'
        if "maybe" in flags:
            attributes += ' optional="true"'
        else:
            attributes += ' timeout="25000"'
            if kind == "request" or what in ("180", "183", "200"):
                attributes += ' rrs="true"'
        if self.remembered or kind != "request":
            return f"<recv {attributes}/>"
        self.remembered = True
        keep = "".join(f'<ereg regexp=".*" search_in="hdr" header="{name}:" occurrence="{nth}" assign_to="{variable}"/>'
                       for variable, (name, nth) in self.kept.items())
        return f"<recv {attributes}><action>{keep}</action></recv>"

    def request(self, number, method, flags):
        failure = method == "ACK" and "failure" in flags
        again = method in ("ACK", "CANCEL")
        if not again:
            self.cseq += 1
        if method == "INVITE":
            self.invite_step, self.invite_cseq = number, self.cseq
        branch = f"[branch-{number - self.invite_step}]" if failure or method == "CANCEL" else "[branch]"
        inside = "inside" in flags or (method not in OUT_OF_DIALOG and not failure)
        domain = "sip:lab.example.com" if method == "REGISTER" else f"sip:{self.peer}@lab.example.com"
        uri = "[next_url]" if inside else domain
        tag = "[peer_tag_param]" if inside or failure else ""
        to = self.me if method == "REGISTER" else self.peer
        head = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}"]
        if self.begins:
            head += [f"From: <sip:{self.me}@lab.example.com>;tag=[call_number]a", f"To: <sip:{to}@lab.example.com>{tag}"]
        else:
            head += [f"From:[$local];tag=[call_number]b", "To:[$remote]"]
        head += ["Call-ID: [call_id]", f"CSeq: {self.invite_cseq if again else self.cseq} {method}",
                 f"Contact: <sip:{self.me}@[local_ip]:[local_port]>", "Max-Forwards: 70"]
        if inside:
            head.append("[routes]")
        if "auth" in flags:
            head.append(f"[authentication username={self.me} password={'guess' if 'wrong' in flags else 'lab'}]")
        return self.finish(head, flags)

    def response(self, status, flags):
        tag = "" if status == 100 or "inside" in flags else ";tag=[call_number]b"
        way, cseq = ["[last_Via:]"], "[last_CSeq:]"
        if "invite" in flags:
            way, cseq = [f"Via:[$via{nth}]" for nth in range(1, self.vias + 1)], "CSeq:[$cseq]"
        to = f"To:[$local]{tag}" if "invite" in flags else f"[last_To:]{tag}"
        head = [f"SIP/2.0 {status} {REASONS[status]}", *way, "[last_From:]", to, "[last_Call-ID:]", cseq, "[last_Record-Route:]"]
        if "elsewhere" not in flags:
            head.append(f"Contact: <sip:{self.me}@[local_ip]:[local_port]>")
        return self.finish(head, flags)

    def finish(self, head, flags):
        body = ""
        for flag in flags:
            if flag in EXTRA:
                head += EXTRA[flag].format(invite=self.invite_cseq).split("\n")
            if flag in BODY:
                kind, body = BODY[flag]
                head += [f"Content-Type: {kind}"] if kind else []
            if flag in ("sendrecv", "sendonly", "recvonly"):
                body = SDP.format(version=self.version, direction=flag)
                self.version += 1
                head.append("Content-Type: application/sdp")
        return "\n".join([*head, "Content-Length: [len]" if body else "Content-Length: 0", "", body])
