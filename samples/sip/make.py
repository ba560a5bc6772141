#!/usr/bin/env python3
"""Writes the SIP captures of this folder: make.py [FOLDER]. The same bytes on every run."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

import bridge  # noqa: E402
import lab  # noqa: E402
import odd  # noqa: E402
import services  # noqa: E402
import textbook  # noqa: E402
from capture import Pcapng, pcap, write  # noqa: E402

# How far the clocks of the two lab computers are from true time, ms.
CALLER_CLOCK, CALLEE_CLOCK = 1_750, -2_340


def two_interfaces(frames_of):
    """A pcapng file with an interface for each list of frames, in time order; nanoseconds on the second."""
    out = Pcapng(comment="made by samples/sip/make.py")
    interfaces = [out.interface(name=name, resolution=resolution)
                  for name, resolution in (("eth0", None), ("eth1", 9))]
    packets = [(time, interfaces[n], octets) for n, frames in enumerate(frames_of) for time, octets in frames]
    for time, interface, octets in sorted(packets, key=lambda p: p[0]):
        out.packet(interface, time, octets)
    return out.octets()


def captures():
    """(file name, octets) of every capture."""
    yield "odd-messages.pcap", pcap(odd.messages().frames())
    for number, play in enumerate(lab.SCENARIOS):
        name = play.__name__.replace("_", "-")
        call = lab.LabCall(name, start=lab.START + 300 * number * lab.SECOND)
        play(call)
        yield f"lab-{name}-caller.pcap", pcap(call.scene.frames(lab.ANA.endpoint[0], CALLER_CLOCK))
        yield f"lab-{name}-callee.pcap", pcap(call.scene.frames(lab.BEN.endpoint[0], CALLEE_CLOCK))
    yield "lab-self-call.pcap", pcap(lab.self_call().frames(lab.ANA.endpoint[0]))
    yield "lab-register.pcap", pcap(lab.registration().frames())
    yield "b2bua-register.pcap", pcap(bridge.registration().frames(), nanoseconds=True)
    yield "b2bua-bridged-call.pcap", pcap(bridge.bridged_call().frames(), nanoseconds=True)
    first, second = textbook.two_proxies()
    yield "two-proxies.pcapng", two_interfaces([first, second])
    yield "forked.pcap", pcap(textbook.forked().frames())
    yield "tcp-segments.pcap", pcap(textbook.over_tcp().frames(), byte_order=">")
    yield "ipv6.pcap", pcap(textbook.over_ipv6().frames(vlans=(100,)))
    yield "chinese-name.pcap", pcap(textbook.chinese_name().frames())
    for name, play in services.SCENARIOS.items():
        yield f"flow-{name}.pcap", pcap(play().frames())


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, octets in captures():
        write(folder / name, octets)


if __name__ == "__main__":
    main()
