"""SIP messages for the sample scripts: what user agents and proxies do with headers, and digest authentication."""
import hashlib


def token(*words, length=10):
    """Letters and digits that look random and are the same on every run."""
    return hashlib.md5(" ".join(map(str, words)).encode()).hexdigest()[:length]


class Message:
    """A start line, header fields in order, a body. Content-Length is computed when the octets are asked for."""

    def __init__(self, start, headers, body=b"", content_type="application/sdp"):
        self.start, self.headers = start, list(headers)
        self.body = body.encode() if isinstance(body, str) else body
        self.content_type = content_type

    def octets(self):
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        if self.body:
            lines.append(f"Content-Type: {self.content_type}")
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body

    def __getitem__(self, name):
        return next(value for key, value in self.headers if key == name)

    def all(self, *names):
        return [(key, value) for key, value in self.headers if key in names]

    @property
    def method(self):
        return self.start.split(" ")[0]

    def copy(self, **changes):
        other = Message(self.start, self.headers, self.body, self.content_type)
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def with_header(self, name, value):
        return self.copy(headers=[*self.headers, (name, value)])

    def replaced(self, name, value):
        return self.copy(headers=[(key, value if key == name else old) for key, old in self.headers])


def via(endpoint, branch, transport="UDP", rport=True):
    host, port = endpoint
    host = f"[{host}]" if ":" in host else host
    return f"SIP/2.0/{transport} {host}:{port}{';rport' if rport else ''};branch=z9hG4bK{branch}"


def received(message, endpoint):
    """What a server writes into the top Via (RFC 3581 section 4)."""
    key, value = message.headers[0]
    assert key == "Via"
    value = value.replace(";rport;", f";rport={endpoint[1]};received={endpoint[0]};")
    return message.copy(headers=[(key, value), *message.headers[1:]])


def forwarded(message, own_via, record_route=None, uri=None):
    """The request as a proxy sends it on (RFC 3261 section 16.6)."""
    headers, routed = [("Via", own_via)], False
    for key, value in message.headers:
        if key == "Max-Forwards":
            value = str(int(value) - 1)
        if key == "Proxy-Authorization":
            continue
        if key == "Route" and not routed:  # the first names this proxy
            routed = True
            continue
        headers.append((key, value))
    if record_route:
        last_via = max(n for n, (key, _) in enumerate(headers) if key == "Via")
        headers.insert(last_via + 1, ("Record-Route", record_route))
    method, old_uri, version = message.start.split(" ")
    return message.copy(start=f"{method} {uri or old_uri} {version}", headers=headers)


def backward(response):
    """The response as a proxy passes it back: without its own Via."""
    assert response.headers[0][0] == "Via"
    return response.copy(headers=response.headers[1:])


def response(request, status, reason, to_tag=None, headers=(), body=b""):
    """RFC 3261 section 8.2.6."""
    copied = request.all("Via", "Record-Route") if status > 100 else request.all("Via")
    if status >= 300:
        copied = request.all("Via")
    to = request["To"]
    if to_tag and ";tag=" not in to:
        to += f";tag={to_tag}"
    copied += [("From", request["From"]), ("To", to), ("Call-ID", request["Call-ID"]), ("CSeq", request["CSeq"])]
    return Message(f"SIP/2.0 {status} {reason}", [*copied, *headers], body)


def ack_of_failure(invite, failure):
    """RFC 3261 section 17.1.1.3: same branch, the To of the response."""
    headers = [invite.headers[0], ("Max-Forwards", "70"), ("From", invite["From"]), ("To", failure["To"]),
               ("Call-ID", invite["Call-ID"]), ("CSeq", invite["CSeq"].split(" ")[0] + " ACK"),
               *invite.all("Route")]
    return Message("ACK " + invite.start.split(" ", 1)[1], headers)


def cancel_of(invite):
    """RFC 3261 section 9.1."""
    headers = [invite.headers[0], ("Max-Forwards", "70"), ("From", invite["From"]), ("To", invite["To"]),
               ("Call-ID", invite["Call-ID"]), ("CSeq", invite["CSeq"].split(" ")[0] + " CANCEL"),
               *invite.all("Route")]
    return Message("CANCEL " + invite.start.split(" ", 1)[1], headers)


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def digest(user, realm, password, method, uri, nonce, cnonce=None, count=1):
    """The value of Authorization (RFC 2617 section 3.2.2), with qop=auth when there is a cnonce."""
    secret, action = md5(f"{user}:{realm}:{password}"), md5(f"{method}:{uri}")
    value = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}"'
    if cnonce:
        answer = md5(f"{secret}:{nonce}:{count:08x}:{cnonce}:auth:{action}")
        return f'{value}, response="{answer}", algorithm=MD5, cnonce="{cnonce}", qop=auth, nc={count:08x}'
    return f'{value}, response="{md5(f"{secret}:{nonce}:{action}")}", algorithm=MD5'


def sdp(address, port, user="-", session=3800000000, version=None, payload_types=(0, 8, 101), direction="sendrecv",
        name="call"):
    known = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 101: "telephone-event/8000"}
    family = "IP6" if ":" in address else "IP4"
    lines = ["v=0", f"o={user} {session} {version or session} IN {family} {address}", f"s={name}",
             f"c=IN {family} {address}", "t=0 0", f"m=audio {port} RTP/AVP {' '.join(map(str, payload_types))}"]
    lines += [f"a=rtpmap:{number} {known[number]}" for number in payload_types]
    if 101 in payload_types:
        lines.append("a=fmtp:101 0-16")
    lines += ["a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"
