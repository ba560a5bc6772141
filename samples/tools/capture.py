"""Writes captures byte by byte, with Python's standard library alone.

Layers are plain functions from bytes to bytes; `Scene` keeps the clock, the hosts and the packets, and gives out the
view of one host (what a capture taken there holds) with that host's clock. Times are integers in nanoseconds. Nothing
here is random: the same script writes the same bytes on every run.
"""
import ipaddress
import pathlib
import struct

ETHERNET, RAW_IP, LINUX_COOKED, NULL, LINUX_COOKED_V2 = 1, 101, 113, 0, 276
TCP, UDP, ICMP, IPV6_FRAGMENT = 6, 17, 1, 44
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
MS, SECOND = 1_000_000, 1_000_000_000


# Layers ------------------------------------------------------------------------------------------------------------

def internet_checksum(octets):
    """RFC 1071."""
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def packed(address):
    return ipaddress.ip_address(address).packed


def is_ipv6(address):
    return ":" in address


def mac_of(address):
    """A locally administered MAC address made from the IP address."""
    return b"\x02\x00" + packed(address)[-4:]


def pseudo_header(source, destination, protocol, length):
    if is_ipv6(source):
        return packed(source) + packed(destination) + struct.pack("!I3xB", length, protocol)
    return packed(source) + packed(destination) + struct.pack("!xBH", protocol, length)


def udp(source, source_port, destination, destination_port, payload):
    length = 8 + len(payload)
    header = struct.pack("!HHHH", source_port, destination_port, length, 0)
    checksum = internet_checksum(pseudo_header(source, destination, UDP, length) + header + payload)
    return header[:6] + struct.pack("!H", checksum or 0xFFFF) + payload


def tcp(source, source_port, destination, destination_port, sequence, acknowledgement, flags, payload=b"",
        options=b""):
    options += b"\x01" * (-len(options) % 4)
    offset = (20 + len(options)) // 4
    header = struct.pack("!HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF,
                         acknowledgement & 0xFFFFFFFF, offset << 4, flags, 64240, 0, 0) + options
    pseudo = pseudo_header(source, destination, TCP, len(header) + len(payload))
    checksum = internet_checksum(pseudo + header + payload)
    return header[:16] + struct.pack("!H", checksum) + header[18:] + payload


def ipv4(source, destination, protocol, payload, identification=0, ttl=64, dscp=0, offset=0, more=False,
         dont_fragment=False):
    """`offset` in octets; it and all but the last fragment's length are multiples of 8."""
    flags = (0x4000 if dont_fragment else 0) | (0x2000 if more else 0) | offset // 8
    header = struct.pack("!BBHHHBBH", 0x45, dscp << 2, 20 + len(payload), identification, flags, ttl, protocol, 0)
    header += packed(source) + packed(destination)
    return header[:10] + struct.pack("!H", internet_checksum(header)) + header[12:] + payload


def ipv6(source, destination, protocol, payload, hop_limit=64, dscp=0):
    return struct.pack("!IHBB", 6 << 28 | dscp << 22, len(payload), protocol, hop_limit) + packed(source) \
        + packed(destination) + payload


def ip(source, destination, protocol, payload, identification=0, ttl=64, dscp=0):
    if is_ipv6(source):
        return ipv6(source, destination, protocol, payload, ttl, dscp)
    return ipv4(source, destination, protocol, payload, identification, ttl, dscp)


def ip_fragments(source, destination, protocol, payload, identification, size):
    """The datagram in fragments of at most `size` octets of payload, a multiple of 8."""
    packets = []
    for offset in range(0, len(payload), size):
        part = payload[offset:offset + size]
        more = offset + size < len(payload)
        if is_ipv6(source):
            header = struct.pack("!BBHI", protocol, 0, offset | more, identification)
            packets.append(ipv6(source, destination, IPV6_FRAGMENT, header + part))
        else:
            packets.append(ipv4(source, destination, protocol, part, identification, offset=offset, more=more))
    return packets


def ethernet(source_mac, destination_mac, packet, vlans=()):
    """`vlans` are VLAN ids from the outside in; a second one makes it QinQ (802.1ad)."""
    tags = b""
    for depth, vlan in enumerate(vlans):
        outer_of_two = len(vlans) > 1 and depth == 0
        tags += struct.pack("!HH", 0x88A8 if outer_of_two else 0x8100, vlan)
    ethertype = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return destination_mac + source_mac + tags + struct.pack("!H", ethertype) + packet


def linux_cooked(source_mac, packet, outgoing=False):
    ethertype = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return struct.pack("!HHH", 4 if outgoing else 0, 1, 6) + source_mac + b"\0\0" + struct.pack("!H", ethertype) + packet


def linux_cooked_v2(source_mac, packet, outgoing=False, interface=2):
    ethertype = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return struct.pack("!HHIHBB", ethertype, 0, interface, 1, 4 if outgoing else 0, 6) + source_mac + b"\0\0" + packet


def null_loopback(packet):
    return struct.pack("<I", 24 if packet[0] >> 4 == 6 else 2) + packet


# Media -------------------------------------------------------------------------------------------------------------

def rtp(payload_type, sequence, timestamp, ssrc, payload, marker=False):
    """RFC 3550 section 5.1."""
    return struct.pack("!BBHII", 0x80, (0x80 if marker else 0) | payload_type, sequence & 0xFFFF,
                       timestamp & 0xFFFFFFFF, ssrc) + payload


def rtcp_sender_report(ssrc, time_ns, rtp_timestamp, packets, octets, reports=()):
    """RFC 3550 section 6.4.1. Each report: (ssrc, fraction lost, lost, highest sequence, jitter, lsr, dlsr)."""
    seconds, fraction = divmod(time_ns, SECOND)
    body = struct.pack("!IIIIII", ssrc, (seconds + 2_208_988_800) & 0xFFFFFFFF, (fraction << 32) // SECOND,
                       rtp_timestamp & 0xFFFFFFFF, packets, octets)
    for source, fraction_lost, lost, highest, jitter, lsr, dlsr in reports:
        body += struct.pack("!IIIIII", source, fraction_lost << 24 | lost, highest, jitter, lsr, dlsr)
    return struct.pack("!BBH", 0x80 | len(reports), 200, len(body) // 4) + body


def rtcp_source_description(ssrc, cname):
    """RFC 3550 section 6.5: one chunk with a CNAME."""
    chunk = struct.pack("!IBB", ssrc, 1, len(cname)) + cname.encode() + b"\0"
    chunk += b"\0" * (-len(chunk) % 4)
    return struct.pack("!BBH", 0x81, 202, len(chunk) // 4) + chunk


# One period of a 400 Hz tone at 8000 Hz, mu-law and A-law as ITU-T G.711 codes them (amplitude 8000 of 32768).
TONE_PERIOD = [0, 2472, 4702, 6472, 7608, 8000, 7608, 6472, 4702, 2472,
               0, -2472, -4702, -6472, -7608, -8000, -7608, -6472, -4702, -2472]


def mu_law(sample):
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F) & 0xFF


def a_law(sample):
    sign = 0x80 if sample >= 0 else 0
    magnitude = min(abs(sample) if sample >= 0 else -sample - 1, 32767)
    if magnitude < 256:
        code = magnitude >> 4
    else:
        exponent = magnitude.bit_length() - 8
        code = exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F
    return (sign | code) ^ 0x55


def tone(payload_type, samples=160):
    code = mu_law if payload_type == 0 else a_law
    return bytes(code(TONE_PERIOD[n % len(TONE_PERIOD)]) for n in range(samples))


# Capture files -----------------------------------------------------------------------------------------------------

def pcap(packets, link_type=ETHERNET, nanoseconds=False, byte_order="<", snaplen=262144):
    """The octets of a pcap file. `packets`: (time in ns, frame octets) or (time, octets, octets on the wire)."""
    magic, unit = (0xA1B23C4D, 1) if nanoseconds else (0xA1B2C3D4, 1000)
    out = [struct.pack(byte_order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type)]
    for time, octets, *wire in packets:
        kept = octets[:snaplen]
        out.append(struct.pack(byte_order + "IIII", time // SECOND, time % SECOND // unit, len(kept),
                               wire[0] if wire else len(octets)) + kept)
    return b"".join(out)


class Pcapng:
    """A pcapng file, block by block: sections, interfaces with their own link type, resolution and offset."""

    def __init__(self, byte_order="<", comment=None):
        self.blocks = []
        self.section(byte_order, comment)

    def section(self, byte_order="<", comment=None):
        self.order, self.interfaces = byte_order, []
        options = self._options([(1, comment.encode())] if comment else [])
        self.block(0x0A0D0D0A, struct.pack(self.order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options)

    def block(self, kind, body):
        body += b"\0" * (-len(body) % 4)
        length = struct.pack(self.order + "I", 12 + len(body))
        self.blocks.append(struct.pack(self.order + "I", kind) + length + body + length)

    def interface(self, link_type=ETHERNET, name=None, resolution=None, offset_s=0, snaplen=0):
        """`resolution`: the if_tsresol octet (9 for ns, 0x80|n for 2^-n s), None for microseconds. Returns its index."""
        options = [(2, name.encode())] if name else []
        if resolution is not None:
            options.append((9, bytes([resolution])))
        if offset_s:
            options.append((14, struct.pack(self.order + "q", offset_s)))
        self.block(1, struct.pack(self.order + "HHI", link_type, 0, snaplen) + self._options(options))
        units = 10 ** 6 if resolution is None else 2 ** (resolution & 0x7F) if resolution & 0x80 else 10 ** resolution
        self.interfaces.append((units, offset_s))
        return len(self.interfaces) - 1

    def packet(self, interface, time, octets, wire=None, comment=None):
        units, offset_s = self.interfaces[interface]
        ticks = (time - offset_s * SECOND) * units // SECOND
        data = octets + b"\0" * (-len(octets) % 4)
        options = self._options([(1, comment.encode())] if comment else [])
        self.block(6, struct.pack(self.order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(octets),
                                  wire or len(octets)) + data + options)

    def simple_packet(self, octets, wire=None):
        self.block(3, struct.pack(self.order + "I", wire or len(octets)) + octets)

    def octets(self):
        return b"".join(self.blocks)

    def _options(self, options):
        if not options:
            return b""
        out = b"".join(struct.pack(self.order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)
                       for code, value in options)
        return out + struct.pack(self.order + "HH", 0, 0)


# Scenes ------------------------------------------------------------------------------------------------------------

class Scene:
    """Packets between hosts in time. An endpoint is (address, port); `now` is the true time in ns."""

    def __init__(self, start, link_delay_ms=0):
        self.now = start
        self.packets = []  # (time, source address, destination address, IP packet)
        self.identifications = {}

    def wait(self, ms):
        self.now += round(ms * MS)
        return self

    def identification(self, address):
        """Counts up for each sender, from a start of its own."""
        start = sum(packed(address)) * 131 & 0xFFFF
        value = self.identifications.get(address, start)
        self.identifications[address] = value + 1 & 0xFFFF
        return value

    def add(self, source, destination, packet, at=None):
        self.packets.append((self.now if at is None else at, source, destination, packet))

    def datagram(self, source, destination, payload, at=None, dscp=0):
        segment = udp(*source, *destination, payload)
        number = self.identification(source[0])
        self.add(source[0], destination[0], ip(source[0], destination[0], UDP, segment, number, dscp=dscp), at)

    def fragmented(self, source, destination, payload, size):
        segment = udp(*source, *destination, payload)
        for packet in ip_fragments(source[0], destination[0], UDP, segment, self.identification(source[0]), size):
            self.add(source[0], destination[0], packet)
            self.wait(0.02)

    def talk(self, source, destination, ssrc, start, seconds, payload_type=0, sequence=1, timestamp=160,
             report=True):
        """G.711 both in 20 ms packets from `start` on, and a sender report at the end."""
        payload = tone(payload_type)
        count = round(seconds * 50)
        for n in range(count):
            jitter = (n * 7 % 5) * 100_000  # up to 0.4 ms, in a fixed pattern
            octets = rtp(payload_type, sequence + n, timestamp + 160 * n, ssrc, payload, marker=n == 0)
            self.datagram(source, destination, octets, start + n * 20 * MS + jitter, dscp=46)
        if report:
            time = start + count * 20 * MS - 5 * MS
            octets = rtcp_sender_report(ssrc, time, timestamp + 160 * count, count, count * len(payload))
            octets += rtcp_source_description(ssrc, f"{ssrc:08x}@example.com")
            self.datagram((source[0], source[1] + 1), (destination[0], destination[1] + 1), octets, time)

    def frames(self, at=None, clock_offset_ms=0, vlans=()):
        """(time, Ethernet frame) in time order; with `at`, only what the host of that address sent or got."""
        seen = [p for p in self.packets if at is None or at in (p[1], p[2])]
        seen.sort(key=lambda p: p[0])
        return [(time + round(clock_offset_ms * MS), ethernet(mac_of(source), mac_of(destination), packet, vlans))
                for time, source, destination, packet in seen]


class Connection:
    """A TCP connection inside a scene; data is cut where the script says, not where a stack would."""

    def __init__(self, scene, client, server, client_sequence=1000, server_sequence=5000):
        self.scene, self.ends = scene, {client: server, server: client}
        self.client, self.server = client, server
        self.next = {client: client_sequence, server: server_sequence}

    def segment(self, source, flags, payload=b"", sequence=None, options=b""):
        destination = self.ends[source]
        acknowledgement = self.next[destination] if flags & ACK else 0
        at = self.next[source] if sequence is None else sequence
        octets = tcp(*source, *destination, at, acknowledgement, flags, payload, options)
        number = self.scene.identification(source[0])
        self.scene.add(source[0], destination[0], ip(source[0], destination[0], TCP, octets, number))
        if sequence is None:
            self.next[source] += len(payload) + bool(flags & SYN) + bool(flags & FIN)

    def open(self):
        maximum_segment_size = b"\x02\x04\x05\xb4"
        self.segment(self.client, SYN, options=maximum_segment_size)
        self.scene.wait(10)
        self.segment(self.server, SYN | ACK, options=maximum_segment_size)
        self.scene.wait(0.1)
        self.segment(self.client, ACK)

    def send(self, source, payload, cuts=()):
        """One segment, or several cut at the given offsets; then the other side's acknowledgement."""
        edges = [0, *cuts, len(payload)]
        for begin, end in zip(edges, edges[1:]):
            self.segment(source, PSH | ACK, payload[begin:end])
            self.scene.wait(0.3)
        self.scene.wait(5)
        self.segment(self.ends[source], ACK)

    def close(self, first):
        second = self.ends[first]
        self.segment(first, FIN | ACK)
        self.scene.wait(10)
        self.segment(second, FIN | ACK)
        self.scene.wait(0.1)
        self.segment(first, ACK)


def write(path, octets):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
