"""Live feeds over real sockets, pipes and a pseudo-terminal on this machine."""

import os
import pty
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from coastwatch.decode.framing import Lines
from coastwatch.feeds import Live
from coastwatch.feeds.outlet import Outlet, Queue
from coastwatch.model import Datagram
from coastwatch.site import Feed

A = b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23\r\n"


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def live() -> Iterator[Callable[..., Live]]:
    """Starts feeds, and stops them when the test is over."""
    running: list[Live] = []

    def start(*urls: str, base: Path = Path("."), **options: object) -> Live:
        feeds = [Feed(url, id=f"f{i}") for i, url in enumerate(urls)]
        running.append(Live(feeds, base, **options))  # type: ignore[arg-type]
        running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()


def collect(live: Live, enough: Callable[[list[Datagram]], bool], within_s: float = 8.0):
    got: list[Datagram] = []
    deadline_s = time.monotonic() + within_s
    while not enough(got) and time.monotonic() < deadline_s:
        got += live.drain(0.1)
    assert enough(got), (got[-3:], live.counts())
    return got


def opened(live: Live, feed: str = "f0") -> None:
    collect(live, lambda _: live.counts()[feed]["opened"] > 0)


def send(port: int, *payloads: bytes, host: str = "127.0.0.1") -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for payload in payloads:
            sock.sendto(payload, (host, port))
        return f"127.0.0.1:{sock.getsockname()[1]}"


@pytest.mark.parametrize("form", ["udp://127.0.0.1:{}", "udp://@:{}", "udp://0.0.0.0:{}"])
def test_udp_unicast_keeps_order_peer_and_boundaries(live, form: str) -> None:
    port = free_port()
    watch = live(form.format(port), clock=lambda: 42)
    opened(watch)
    peer = send(port, *[b"%d" % i for i in range(500)])
    got = collect(watch, lambda d: len(d) >= 500)
    assert got == [Datagram(42, "f0", b"%d" % i, peer, whole=True) for i in range(500)]


def test_an_empty_datagram_costs_only_itself(live) -> None:
    port = free_port()
    watch = live(f"udp://127.0.0.1:{port}")
    opened(watch)
    send(port, b"before", b"", b"after")
    assert [d.data for d in collect(watch, lambda d: len(d) >= 2)] == [b"before", b"after"]
    assert watch.counts()["f0"]["empty"] == 1


def test_the_clock_is_the_received_time(live) -> None:
    port = free_port()
    watch = live(f"udp://127.0.0.1:{port}")
    opened(watch)
    before = time.time_ns()
    send(port, b"x")
    (got,) = collect(watch, lambda d: len(d) >= 1)
    assert before <= got.received_ns <= time.time_ns()


def multicast_works() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            request = socket.inet_aton("239.192.77.4") + socket.inet_aton("127.0.0.1")
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
            return True
    except OSError:
        return False


@pytest.mark.skipif(not multicast_works(), reason="this kernel joins no group on loopback")
@pytest.mark.parametrize("interface", ["127.0.0.1", "lo"])
def test_udp_multicast_hears_its_group_alone_and_shares_it(live, interface: str) -> None:
    port = free_port()
    url = f"udp://239.192.77.4:{port}?interface={interface}"
    watch = live(url, url, f"udp://239.192.77.5:{port}?interface={interface}")
    for feed in ("f0", "f1", "f2"):
        opened(watch, feed)
    send(port, b"to four", host="239.192.77.4")
    send(port, b"to five", host="239.192.77.5")
    got = collect(watch, lambda d: len(d) >= 3)
    got += watch.drain(0.3)
    assert sorted((d.feed, d.data) for d in got) == [
        ("f0", b"to four"),
        ("f1", b"to four"),
        ("f2", b"to five"),
    ]


def test_twenty_thousand_datagrams_a_second_arrive_without_loss(live) -> None:
    port = free_port()
    watch = live(f"udp://127.0.0.1:{port}")
    opened(watch)
    code = (
        "import socket, sys, time\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); start = time.perf_counter(); n = 0\n"
        "while n < 40_000:\n"
        "    due = min(40_000, int((time.perf_counter() - start) * 20_000))\n"
        "    while n < due:\n"
        "        s.sendto(b'!AIVDM,%07d,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\\r\\n' % n,"
        " ('127.0.0.1', int(sys.argv[1]))); n += 1\n"
        "    time.sleep(0.0005)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(port)]):
        got = collect(watch, lambda d: len(d) >= 40_000, 15.0)
    numbers = [int(d.data[7:14]) for d in got]
    assert numbers == list(range(40_000))
    assert watch.counts()["f0"]["kernel_drops"] == 0


def test_what_the_kernel_drops_is_counted(live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coastwatch.feeds.udp.RECEIVE_BUFFER", 4096)
    monkeypatch.setattr("coastwatch.feeds.live.LIVE_BYTES_MAX", 10_000)
    port = free_port()
    said: list[str] = []
    watch = live(f"udp://127.0.0.1:{port}", report=said.append)
    opened(watch)
    send(port, *[bytes(1000)] * 600)
    time.sleep(0.3)
    got = watch.drain(0.1)
    time.sleep(0.3)
    send(port, b"last")
    got += collect(watch, lambda d: any(x.data == b"last" for x in d))
    counts = watch.counts()["f0"]
    assert counts["kernel_drops"] > 0
    assert len(got) == counts["datagrams"]
    assert counts["datagrams"] + counts["kernel_drops"] == 601
    assert any("rmem_max" in text for text in said)


def serve(port: int) -> socket.socket:
    server = socket.create_server(("127.0.0.1", port))
    server.settimeout(10)
    return server


def test_tcp_reconnects_after_a_loss_and_does_not_glue_what_was_cut(live) -> None:
    port = free_port(socket.SOCK_STREAM)
    said: list[str] = []
    watch = live(f"tcp://127.0.0.1:{port}", report=said.append)
    collect(watch, lambda _: watch.counts()["f0"]["state"] == "unreachable")
    with closing(serve(port)) as server:
        for ending in (A[:20], A):
            connection, _ = server.accept()
            connection.sendall(A + ending)
            connection.close()
        got = collect(watch, lambda d: sum(x.end for x in d) == 2)
    lines = Lines()
    text = [line for d in got for line in lines.push(d)]
    assert text == [A[:-2], A[:20], A[:-2], A[:-2]]
    assert watch.counts()["f0"]["opened"] == 2
    assert {d.peer for d in got} == {f"127.0.0.1:{port}"}
    assert sum("Connection refused" in text for text in said) == 1
    assert sum("closed the connection" in text for text in said) == 1


def test_a_tcp_feed_that_never_answers_is_noticed_once_and_blocks_no_other(live) -> None:
    port = free_port()
    said: list[str] = []
    with socket.socket() as full:
        # A listener whose queue is full answers no further connection.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = full.getsockname()
        with closing(socket.create_connection(where)), closing(socket.socket()) as second:
            second.setblocking(False)
            second.connect_ex(where)
            url = f"tcp://127.0.0.1:{where[1]}"
            watch = live(url, f"udp://127.0.0.1:{port}", report=said.append, connect_s=0.3)
            opened(watch, "f1")
            send(port, b"on time")
            assert collect(watch, lambda d: len(d) == 1)[0].data == b"on time"
            collect(watch, lambda _: watch.counts()["f0"]["state"] == "unreachable")
            time.sleep(1.5)
            counts = watch.counts()["f0"]
            assert counts["state"] == "unreachable" and "no answer" in counts["notice"]
            assert [t for t in said if "'f0'" in t] == [f"feed 'f0' ({url}): {counts['notice']}"]


def test_a_feed_that_says_nothing_is_reported_silent_until_it_speaks(live) -> None:
    port = free_port()
    said: list[str] = []
    watch = live(f"udp://127.0.0.1:{port}", report=said.append, silence_s=0.3)
    collect(watch, lambda _: watch.counts()["f0"]["state"] == "silent")
    assert len(said) == 1 and "nothing heard for 0 s" in said[0]
    send(port, b"x")
    collect(watch, lambda d: len(d) == 1)
    assert watch.counts()["f0"]["state"] == "receiving"
    assert watch.counts()["f0"]["notice"] == ""


def test_a_port_in_use_or_a_foreign_address_is_told_and_tried_again(live) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        watch = live(f"udp://127.0.0.1:{port}", "udp://192.0.2.77:4000")
        collect(watch, lambda _: watch.counts()["f0"]["state"] == "unreachable")
        assert "Address already in use" in watch.counts()["f0"]["notice"]
        collect(watch, lambda _: watch.counts()["f1"]["state"] == "unreachable")
        assert "write udp://@" in watch.counts()["f1"]["notice"]
    opened(watch)
    send(port, b"now")
    assert collect(watch, lambda d: len(d) == 1)[0].data == b"now"


def test_serial_reads_a_pseudo_terminal_and_survives_its_loss(live) -> None:
    ours, theirs = pty.openpty()
    device = os.ttyname(theirs)
    watch = live(f"serial://{device}?baud=38400")
    opened(watch)
    os.write(ours, A * 20)
    got = collect(watch, lambda d: sum(len(x.data) for x in d) >= 20 * len(A))
    assert b"".join(d.data for d in got) == A * 20
    assert {(d.peer, d.whole) for d in got} == {(device, False)}
    os.close(theirs)
    os.close(ours)
    got = collect(watch, lambda d: any(x.end for x in d))
    assert got[-1].peer == device
    collect(watch, lambda _: watch.counts()["f0"]["state"] == "unreachable")


def test_files_run_beside_live_feeds_and_end(live, tmp_path: Path) -> None:
    (tmp_path / "ais.nmea").write_bytes(A * 50_000)
    port = free_port()
    watch = live("file:ais.nmea", f"udp://127.0.0.1:{port}", base=tmp_path)
    opened(watch, "f1")
    time.sleep(0.2)
    send(port, b"not starved")
    # Nothing is drained meanwhile: the file has filled its own share, and only that.
    deadline = time.monotonic() + 10.0
    while not watch.counts()["f1"]["datagrams"] and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    first = watch.drain(1.0)
    assert b"not starved" in [d.data for d in first]
    # While the first were drained, the file may have gone on to its end.
    rest = collect(watch, lambda d: any(x.end for x in first + d))
    file = [d for d in first + rest if d.feed == "f0"]
    assert file[-1] == Datagram(0, "f0", b"", end=True)
    assert all(d.received_ns == 0 for d in file)
    assert watch.counts()["f0"]["state"] == "ended"


def test_a_pipe_is_read_as_it_comes_with_the_clocks_time(live, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    watch = live("file:pipe", base=tmp_path, clock=lambda: 7)
    with (tmp_path / "pipe").open("wb", buffering=0) as pipe:
        pipe.write(A)
        assert collect(watch, lambda d: len(d) == 1) == [Datagram(7, "f0", A)]
    assert collect(watch, lambda d: len(d) == 1)[0].end


def test_standard_input_is_a_feed() -> None:
    code = (
        "import sys; from pathlib import Path; from coastwatch.feeds import Live\n"
        "from coastwatch.site import Feed\n"
        "live = Live([Feed('-', id='in')], Path('.')); live.start(); got = []\n"
        "while not any(d.end for d in got): got += live.drain(1.0)\n"
        "live.stop(); assert got[0].received_ns > 0\n"
        "sys.stdout.buffer.write(b''.join(d.data for d in got))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], input=A * 3, capture_output=True)
    assert run.stdout == A * 3, run.stderr


def test_stopping_is_prompt_and_ends_every_feed_with_what_was_received(live) -> None:
    port, closed = free_port(), free_port(socket.SOCK_STREAM)
    ours, theirs = pty.openpty()
    watch = live(
        f"udp://127.0.0.1:{port}",
        f"tcp://127.0.0.1:{closed}",
        f"serial://{os.ttyname(theirs)}",
        "udp://192.0.2.77:4000",
    )
    opened(watch)
    opened(watch, "f2")
    send(port, *[b"%d" % i for i in range(100)])
    while watch.counts()["f0"]["datagrams"] < 100:
        time.sleep(0.01)
    start_s = time.monotonic()
    watch.stop()
    assert time.monotonic() - start_s < 5.0  # a reconnect waits longer, a loaded machine does not
    left = watch.drain(0)
    assert [d.data for d in left if d.data] == [b"%d" % i for i in range(100)]
    assert sorted(d.feed for d in left if d.end and not d.peer) == ["f0", "f1", "f2", "f3"]
    assert {c["state"] for c in watch.counts().values()} == {"ended"}
    assert "Connection refused" in watch.counts()["f1"]["notice"]
    assert watch.drain(0) == []
    os.close(ours)
    os.close(theirs)


def test_drain_returns_within_its_time() -> None:
    queue = Queue()
    start_s = time.monotonic()
    assert queue.take(0.2) == []
    assert 0.15 < time.monotonic() - start_s < 5.0


def test_a_feed_that_fills_its_share_waits_while_another_goes_on() -> None:
    queue = Queue()
    greedy, modest = (
        Outlet(name, "", queue, 100_000, 30.0, time.time_ns, lambda _: None)
        for name in ("greedy", "modest")
    )

    def flood() -> None:
        for _ in range(1000):
            greedy.put([Datagram(1, "greedy", bytes(10_000))])

    thread = threading.Thread(target=flood)
    thread.start()
    time.sleep(0.2)
    modest.put([Datagram(1, "modest", b"through")])
    first = queue.take(0.1)
    assert first[-1].data == b"through"
    assert sum(len(d.data) for d in first) <= 120_000
    total = len(first) - 1
    while total < 1000:
        total += len(queue.take(0.5))
    thread.join()
    assert total == 1000
