"""pcap and pcapng: UDP payloads with their times and peers; damage is told, never raised."""

import gzip
import socket
import struct
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.feeds import read_file
from coastwatch.feeds.network import Unwrap
from coastwatch.model import Datagram
from tests.shared import SHARED, needs_shared

TIME_NS = 1_700_000_000_123_456_789
SAID = [b"first", b"!AIVDM,1,1,,A,x,0*00\r\n", b"third" * 30]


def udp(payload: bytes, source: int = 4000, target: int = 10_110) -> bytes:
    return struct.pack("!HHHH", source, target, 8 + len(payload), 0) + payload


def ipv4(body: bytes, protocol: int = 17, fragment: int = 0, identity: int = 7) -> bytes:
    addresses = socket.inet_aton("192.0.2.1") + socket.inet_aton("239.192.0.4")
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), identity, fragment, 9, protocol, 0)
    return head + addresses + body


def ipv6(body: bytes, following: int = 17) -> bytes:
    hosts = [socket.inet_pton(socket.AF_INET6, h) for h in ("2001:db8::1", "ff05::4")]
    return struct.pack("!IHBB", 6 << 28, len(body), following, 9) + b"".join(hosts) + body


def ethernet(packet: bytes, *tags: int) -> bytes:
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    vlan = b"".join(struct.pack("!HH", tag, 5) for tag in tags)
    return bytes(12) + vlan + kind + packet


def pcap(frames: list[bytes], link: int = 1, order: str = "<", nano: bool = False) -> bytes:
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65_535, link)
    tick = TIME_NS % 10**9 // (1 if nano else 1000)
    for frame in frames:
        out += struct.pack(order + "IIII", TIME_NS // 10**9, tick, len(frame), len(frame)) + frame
    return out


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int, *options: tuple[int, bytes]) -> bytes:
    body = struct.pack(order + "HHI", link, 0, 0)
    for code, value in options:
        body += struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
    return block(order, 1, body + bytes(4) * bool(options))


def enhanced(order: str, index: int, ticks: int, frame: bytes, full: int | None = None) -> bytes:
    size = (ticks >> 32, ticks & 0xFFFFFFFF, len(frame), full or len(frame))
    return block(order, 6, struct.pack(order + "IIIII", index, *size) + frame)


def read(tmp_path: Path, content: bytes) -> tuple[list[Datagram], list[str]]:
    path = tmp_path / "x.pcap"
    path.write_bytes(content)
    said: list[str] = []
    *datagrams, last = read_file(path, "f", said.append)
    assert last == Datagram(0, "f", b"", end=True)
    return datagrams, said


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_either_byte_order_and_resolution(tmp_path: Path, order: str, nano: bool) -> None:
    content = pcap([ethernet(ipv4(udp(p))) for p in SAID], order=order, nano=nano)
    datagrams, said = read(tmp_path, content)
    time_ns = TIME_NS if nano else TIME_NS // 1000 * 1000
    peer = "192.0.2.1:4000>239.192.0.4:10110"
    assert datagrams == [Datagram(time_ns, "f", p, peer, whole=True) for p in SAID]
    assert said == []


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_a_compressed_capture_is_unpacked(tmp_path: Path, packed: type[bytes]) -> None:
    datagrams, _ = read(tmp_path, packed(pcap([ethernet(ipv4(udp(p))) for p in SAID])))
    assert [d.data for d in datagrams] == SAID


LINKS = {
    "null": (0, lambda p: struct.pack("<I", 2) + p),
    "loop": (108, lambda p: struct.pack(">I", 2) + p),
    "raw": (101, lambda p: p),
    "raw (BSD)": (12, lambda p: p),
    "ipv4": (228, lambda p: p),
    "ethernet with padding": (1, lambda p: ethernet(p) + bytes(9)),
    "vlan": (1, lambda p: ethernet(p, 0x8100)),
    "double vlan": (1, lambda p: ethernet(p, 0x88A8, 0x8100)),
    "sll": (113, lambda p: bytes(14) + b"\x08\x00" + p),
    "sll2": (276, lambda p: b"\x08\x00" + bytes(18) + p),
}


@pytest.mark.parametrize("name", LINKS)
def test_every_link_type_gives_the_same_payload(tmp_path: Path, name: str) -> None:
    link, wrap = LINKS[name]
    datagrams, said = read(tmp_path, pcap([wrap(ipv4(udp(b"hello")))], link=link))
    assert [(d.data, d.peer) for d in datagrams] == [(b"hello", "192.0.2.1:4000>239.192.0.4:10110")]
    assert said == []


@pytest.mark.parametrize("extension", [b"", b"\x11\x00" + bytes(6)])
def test_ipv6_with_and_without_extension_headers(tmp_path: Path, extension: bytes) -> None:
    packet = ipv6(extension + udp(b"six"), 0 if extension else 17)
    datagrams, _ = read(tmp_path, pcap([ethernet(packet)]))
    assert [(d.data, d.peer) for d in datagrams] == [(b"six", "[2001:db8::1]:4000>[ff05::4]:10110")]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_several_interfaces_resolutions_and_sections(
    tmp_path: Path, order: str
) -> None:
    frame = ethernet(ipv4(udp(b"a")))
    one = section(order) + interface(order, 1, (2, b"eth0"), (9, b"\x09"))
    one += interface(order, 101, (9, b"\x81"), (14, struct.pack(order + "q", 1000)))
    one += block(order, 5, bytes(20)) + block(order, 0x0BAD, bytes(100))
    one += enhanced(order, 0, TIME_NS, frame) + enhanced(order, 1, 7, ipv4(udp(b"b")))
    one += block(order, 3, struct.pack(order + "I", len(frame)) + frame)
    old = struct.pack(order + "HHIIII", 0, 0, TIME_NS >> 32, TIME_NS & 0xFFFFFFFF, len(frame), 9)
    one += block(order, 2, old + frame)
    other = "<" if order == ">" else ">"
    two = section(other) + interface(other, 1) + enhanced(other, 0, TIME_NS // 1000, frame)
    datagrams, said = read(tmp_path, one + two)
    expected = [TIME_NS, 1_003_500_000_000, 0, TIME_NS, TIME_NS // 1000 * 1000]
    assert [d.received_ns for d in datagrams] == expected
    assert [d.data for d in datagrams] == [b"a", b"b", b"a", b"a", b"a"]
    assert said == []


def test_fragments_are_put_together_in_any_order(tmp_path: Path) -> None:
    body = udp(bytes(range(256)) * 16)
    cuts = [0, 1480, 2960, len(body)]
    pieces = [
        ethernet(ipv4(body[a:b], fragment=a // 8 | (0x2000 if b < len(body) else 0)))
        for a, b in pairwise(cuts)
    ]
    between = ethernet(ipv4(udp(b"between")))
    datagrams, said = read(tmp_path, pcap([pieces[2], pieces[0], between, pieces[0], pieces[1]]))
    assert [d.data for d in datagrams] == [b"between", body[8:]]
    assert said[0].endswith("passed over: 1 fragments that came twice")


def test_ipv6_fragments_are_put_together(tmp_path: Path) -> None:
    body = udp(b"0123456789abcdef" * 4)
    pieces = [
        ethernet(ipv6(struct.pack("!BBHI", 17, 0, at | more, 99) + body[at:end], 44))
        for at, end, more in ((0, 40, 1), (40, len(body), 0))
    ]
    datagrams, _ = read(tmp_path, pcap(pieces))
    assert [d.data for d in datagrams] == [body[8:]]


def test_missing_fragments_are_counted_and_bounded(tmp_path: Path) -> None:
    halves = [ethernet(ipv4(bytes(800), fragment=0x2000, identity=i)) for i in range(1000)]
    datagrams, said = read(tmp_path, pcap(halves))
    assert datagrams == []
    assert "744 datagrams with a missing fragment, too many" in said[0]
    assert "256 datagrams with a missing fragment" in said[0]


def fragments(body: bytes, cuts: list[int], identity: int = 7) -> list[bytes]:
    """Frames of an IPv4 body cut at these places."""
    ends = [*cuts, len(body)]
    return [
        ethernet(ipv4(body[a:b], 17, a // 8 | (0x2000 if b < len(body) else 0), identity))
        for a, b in pairwise([0, *ends])
    ]


def unwrapped(*frames: tuple[float, bytes]) -> tuple[list[bytes], dict[str, int]]:
    """What frames captured at these seconds give, and what was passed over."""
    unwrap = Unwrap()
    found = [
        payload
        for second, frame in frames
        for _, payload in unwrap.packet(1, frame, False, round((1e9 + second) * 1e9))
    ]
    unwrap.finish()
    return found, dict(unwrap.passed)


BODY = udp(bytes(range(256)) * 10)


@pytest.mark.parametrize("ng", [False, True])
def test_fragments_expire_by_the_time_of_the_capture(tmp_path: Path, ng: bool) -> None:
    one, two = fragments(BODY, [1480])
    after = {29: 1, 31: 0}
    for wait_s, count in after.items():
        times = [TIME_NS, TIME_NS + wait_s * 10**9]
        if ng:
            content = section("<") + interface("<", 1, (9, b"\x09"))
            content += b"".join(
                enhanced("<", 0, t, f) for t, f in zip(times, (one, two), strict=True)
            )
        else:
            content = pcap([])
            for t, f in zip(times, (one, two), strict=True):
                content += struct.pack("<IIII", t // 10**9, t % 10**9 // 1000, len(f), len(f)) + f
        datagrams, said = read(tmp_path, content)
        assert [d.data for d in datagrams] == [BODY[8:]] * count
        told = "1 datagrams with a missing fragment for 30 s, 1 datagrams with a missing fragment"
        assert count or told in said[0]


def test_a_repeated_fragment_is_counted_and_harmless() -> None:
    one, two = fragments(BODY, [1480])
    found, passed = unwrapped((0, one), (0, one), (0, two))
    assert found == [BODY[8:]] and passed == {"fragments that came twice": 1}


@pytest.mark.parametrize("at", [8, 1472, 1488])
def test_overlapping_fragments_are_refused_and_so_is_the_rest(at: int) -> None:
    one, two = fragments(BODY, [1480])
    tear = ethernet(ipv4(bytes(16), fragment=at // 8 | 0x2000))
    found, passed = unwrapped((0, tear), (0, one), (0, two), (1, one), (1, two))
    assert found == [] and passed == {"datagrams with overlapping fragments": 1}
    found, _ = unwrapped((0, tear), (0, one), (31, one), (31, two))
    assert found == [BODY[8:]], "a number is used again after its time"


def test_a_number_used_again_begins_a_new_datagram() -> None:
    other = udp(bytes(2560))
    lost, *_ = fragments(BODY, [1480])
    found, passed = unwrapped((0, lost), *((5, f) for f in fragments(other, [1480])))
    assert found == [other[8:]] and passed == {"datagrams with a missing fragment": 1}


def checked(payload: bytes) -> bytes:
    """A UDP datagram with its checksum (RFC 768), for the addresses of ``ipv4``."""
    body = udp(payload)
    addresses = socket.inet_aton("192.0.2.1") + socket.inet_aton("239.192.0.4")
    whole = addresses + struct.pack("!HH", 17, len(body)) + body + bytes(len(body) % 2)
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return body[:6] + struct.pack("!H", ~total & 0xFFFF or 0xFFFF) + body[8:]


@pytest.mark.parametrize("size", [2000, 2001])
def test_fragments_of_two_datagrams_are_not_mixed(size: int) -> None:
    a, b = checked(b"a" * size), checked(b"b" * (size - 1) + b"c")
    assert unwrapped(*((0, f) for f in fragments(a, [1480]))) == ([a[8:]], {})
    found, passed = unwrapped((0, fragments(a, [1480])[0]), (0, fragments(b, [1480])[1]))
    assert found == []
    assert passed == {"datagrams whose fragments do not belong together (checksum)": 1}


@pytest.mark.parametrize(
    ("body", "fragment"),
    [(bytes(1480), 0x1FFF), (bytes(13), 0x2000), (b"", 0x2001), (bytes(16), 0x2000 | 0x1FFE)],
)
def test_impossible_fragments_are_malformed(body: bytes, fragment: int) -> None:
    assert unwrapped((0, ethernet(ipv4(body, fragment=fragment)))) == ([], {"malformed packets": 1})


def test_fragments_past_the_end_are_refused() -> None:
    end = ethernet(ipv4(bytes(8), fragment=10))
    past = ethernet(ipv4(bytes(8), fragment=11 | 0x2000))
    second_end = ethernet(ipv4(bytes(16), fragment=20))
    for wrong in (past, second_end):
        assert unwrapped((0, end), (0, wrong))[1] == {"datagrams with overlapping fragments": 1}


@settings(max_examples=100, deadline=None)
@given(
    st.permutations(range(6)), st.lists(st.integers(1, 300), min_size=5, max_size=5, unique=True)
)
def test_any_order_of_any_cuts_gives_the_whole(order: list[int], cuts: list[int]) -> None:
    frames = fragments(checked(BODY[8:]), sorted(8 * c for c in cuts))
    found, passed = unwrapped(*((0, frames[k]) for k in order))
    assert found == [BODY[8:]] and passed == {}


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(("count", "size"), [(1_000_000, 1480), (300_000, 8)])
def test_a_flood_of_fragments_costs_no_memory(count: int, size: int) -> None:
    unwrap = Unwrap()
    # Large first fragments, each of its own datagram; tiny ones, of few datagrams.
    of_one = 4_000 if size == 8 else 1
    head, body = ethernet(ipv4(bytes(size), fragment=0x2000)), bytes(size)
    before, most = resident(), 0
    for i in range(count):
        place = struct.pack("!HH", i // of_one & 0xFFFF, 0x2000 | i % of_one)
        sender = struct.pack("!I", i // of_one // 65_536)
        frame = head[:18] + place + head[22:26] + sender + head[30:34] + body
        for _ in unwrap.packet(1, frame, False, 10**18 + i * 1000):
            raise AssertionError("nothing is whole")
        if i % 10_000 == 0:
            most = max(most, resident() - before)
    assert most < 20e6
    unwrap.finish()
    assert sum(unwrap.passed.values()) == -(-count // of_one)


def test_what_gives_no_payload_is_counted_by_reason(tmp_path: Path) -> None:
    frames = [
        ethernet(ipv4(bytes(20), protocol=6)),
        ethernet(ipv4(bytes(20), protocol=6)),
        ethernet(ipv4(bytes(8), protocol=1)),
        bytes(12) + b"\x08\x06" + bytes(28),
        ethernet(ipv4(udp(b""))),
        ethernet(ipv4(udp(b"kept"))),
        ethernet(ipv4(udp(b"cut"))[:-1]),
        ethernet(ipv4(struct.pack("!HHHH", 1, 2, 500, 0))),
        b"",
    ]
    datagrams, said = read(tmp_path, pcap(frames))
    assert [d.data for d in datagrams] == [b"kept"]
    assert said == [
        f"{tmp_path}/x.pcap: 1 UDP datagrams; passed over: 2 TCP packets, "
        "2 packets that are not IP, 2 malformed packets, 1 ICMP packets, 1 empty datagrams"
    ]


def test_a_packet_cut_by_the_capture_is_told_apart_from_a_malformed_one(tmp_path: Path) -> None:
    frame = ethernet(ipv4(udp(bytes(100))))
    content = section("<") + interface("<", 1) + enhanced("<", 0, 1, frame[:60], len(frame))
    assert "1 packets cut short when captured" in read(tmp_path, content)[1][0]


@pytest.mark.parametrize("ng", [False, True])
def test_a_truncated_capture_gives_all_whole_packets_and_says_so(tmp_path: Path, ng: bool) -> None:
    frames = [ethernet(ipv4(udp(p))) for p in SAID]
    head = section("<") + interface("<", 1) if ng else pcap([])
    parts = [enhanced("<", 0, 1, f) if ng else pcap([f])[24:] for f in frames]
    content = head + b"".join(parts)
    ends = [len(head) + sum(map(len, parts[:n])) for n in range(4)]
    for size in range(ends[0], len(content) + 1):
        datagrams, said = read(tmp_path, content[:size])
        whole = sum(end <= size for end in ends) - 1
        assert [d.data for d in datagrams] == SAID[:whole]
        assert len(said) == (size not in ends)
        if said:
            assert f"the {whole} whole packets before are used" in said[0]


@pytest.mark.parametrize("size", [262_145, 2**31, 2**32 - 1])
def test_an_absurd_packet_length_ends_the_capture_without_memory(tmp_path: Path, size: int) -> None:
    good = pcap([ethernet(ipv4(udp(b"good")))])
    datagrams, said = read(tmp_path, good + struct.pack("<IIII", 1, 1, size, size) + bytes(1000))
    assert [d.data for d in datagrams] == [b"good"]
    assert f"a packet claims {size} bytes at byte" in said[0]


def test_damaged_pcapng_blocks_are_told(tmp_path: Path) -> None:
    frame = ethernet(ipv4(udp(b"good")))
    head = section("<") + interface("<", 1) + enhanced("<", 0, 1, frame)
    for tail, words in {
        struct.pack("<III", 6, 13, 13): "a block claims 13 bytes",
        struct.pack("<III", 6, 2**31, 0): "a packet's block claims",
        struct.pack("<IIII", 5, 16, 0, 12): "two lengths differ",
        block("<", 0x0A0D0D0A, bytes(16)): "unknown byte order",
        interface("<", 1) * 5000: "more than 4096 interfaces",
        enhanced("<", 7, 1, frame): "1 packets of an unknown interface",
        block("<", 6, struct.pack("<IIIII", 0, 0, 0, 9999, 9999)): "1 damaged packet blocks",
        block("<", 6, b"abcd"): "1 damaged packet blocks",
        enhanced("<", 0, 2**64 - 1, frame): "1 capture times out of range",
    }.items():
        datagrams, said = read(tmp_path, head + tail)
        assert datagrams[0].data == b"good"
        assert words in said[0], said


@settings(max_examples=300, deadline=None)
@given(
    ng=st.booleans(),
    damage=st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=6)), max_size=5),
)
def test_damage_anywhere_never_raises(
    tmp_path_factory: pytest.TempPathFactory, ng: bool, damage: list[tuple[int, bytes]]
) -> None:
    frames = [ethernet(ipv4(udp(p))) for p in SAID] + [ethernet(ipv6(udp(b"six")))]
    content = bytearray(pcap(frames))
    if ng:
        content = bytearray(section("<") + interface("<", 1, (9, b"\x09")))
        content += b"".join(enhanced("<", 0, TIME_NS, f) for f in frames)
    for at, junk in damage:
        at = 12 + at % (len(content) - 12)
        content[at : at + len(junk)] = junk
    datagrams, _ = read(tmp_path_factory.getbasetemp(), bytes(content))
    assert all(0 <= d.received_ns < 2**63 and d.data for d in datagrams)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([0, 1, 12, 113, 276, 147]), st.lists(st.binary(max_size=80), max_size=6))
def test_frames_of_junk_never_raise(
    tmp_path_factory: pytest.TempPathFactory, link: int, frames: list[bytes]
) -> None:
    read(tmp_path_factory.getbasetemp(), pcap(frames, link=link))


@pytest.mark.shared
@needs_shared
def test_a_real_radar_capture_gives_the_datagrams_of_its_listing(tmp_path: Path) -> None:
    datagrams, said = read(tmp_path, (SHARED / "radar" / "cat_034_048.pcap").read_bytes())
    assert len(datagrams) == 100 and said == []
    assert all(d.data[0] in (34, 48) and d.received_ns > 0 for d in datagrams)


@pytest.mark.shared
@needs_shared
def test_a_real_ship_capture_gives_nmea_and_radar_from_several_peers(tmp_path: Path) -> None:
    datagrams, said = read(tmp_path, (SHARED / "radar" / "halo_and_0183.pcap").read_bytes())
    nmea = [d for d in datagrams if d.peer.endswith(":10110")]
    assert len(nmea) > 800 and all(d.data[:1] in b"$!" for d in nmea)
    assert "137 TCP packets" in said[0]
