"""The live watch over loopback: nothing accepted is lost, a replay gives the same run."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyais.encode import encode_dict

from coastwatch.decode.asterix import encode_block

SITE = """
[site]
name = "Loopback"
origin = [1.5, 51.0]

[[sensor]]
id = "radar"
kind = "radar"
position = [1.5, 51.0]
asterix = {{ sac = 8, sic = 17 }}

[[sensor]]
id = "ais"
kind = "ais"
position = [1.5, 51.0]
range_max_m = 60000.0

[[feed]]
id = "ais"
url = "udp://127.0.0.1:{ais}"
format = "nmea"
sensor = "ais"

[[feed]]
id = "radar"
url = "udp://127.0.0.1:{radar}"
format = "asterix"
sensor = "radar"

[[feed]]
id = "deaf"
url = "tcp://127.0.0.1:{deaf}"
format = "nmea"
"""


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sentences(vessels: int) -> list[bytes]:
    """One position report of each vessel, real sentences by pyais."""
    found = []
    for i in range(vessels):
        report = {
            "type": 18, "mmsi": 227_000_000 + i, "lon": 1.2 + 0.6 * (i % 40) / 40,
            "lat": 50.8 + 0.4 * (i // 40) / 40, "speed": 5.0, "course": 90.0, "heading": 90,
            "second": 60,
        }  # fmt: skip
        found += [s.encode() + b"\r\n" for s in encode_dict(report, talker_id="AI")]
    return found


def radar_block(turn: int, plots: int = 40) -> bytes:
    now = datetime.now(UTC)
    day_s = now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6
    records = [
        {
            "010": {"SAC": 8, "SIC": 17},
            "140": day_s,
            "020": {"TYP": 1},
            "040": {"RHO": 2.0 + 0.25 * i, "THETA": (9.0 * i + 0.2 * turn) % 360},
        }
        for i in range(plots)
    ]
    return encode_block(48, records)


class Watching:
    """A `coastwatch watch` process on loopback, with senders for its two feeds."""

    def __init__(self, folder: Path) -> None:
        self.ports = {"ais": free_port(socket.SOCK_DGRAM), "radar": free_port(socket.SOCK_DGRAM)}
        site = folder / "site.toml"
        site.write_text(SITE.format(**self.ports, deaf=free_port(socket.SOCK_STREAM)))
        self.out = folder / "run"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coastwatch", "watch", str(site), "--out", str(self.out)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.sent = 0

    def wait_until_listening(self) -> None:
        """Both ports are bound: a second socket without sharing cannot have them."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            taken = 0
            for port in self.ports.values():
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    try:
                        probe.bind(("127.0.0.1", port))
                    except OSError:
                        taken += 1
            if taken == len(self.ports):
                return
            time.sleep(0.1)
        raise AssertionError("the watch never listened")

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def send_ais(self, seconds: float, rate: int, vessels: int) -> None:
        """``rate`` sentences a second in even steps of 10 ms."""
        ready = itertools.cycle(sentences(vessels))
        begin, step = time.monotonic(), 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while (due := step * 0.01) < seconds:
                time.sleep(max(0.0, begin + due - time.monotonic()))
                for _ in range(rate // 100):
                    out.sendto(next(ready), ("127.0.0.1", self.ports["ais"]))
                    self.sent += 1
                step += 1

    def send_radar(self, seconds: float) -> int:
        begin, turn = time.monotonic(), 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while (due := turn * 3.0) < seconds:
                time.sleep(max(0.0, begin + due - time.monotonic()))
                out.sendto(radar_block(turn), ("127.0.0.1", self.ports["radar"]))
                turn += 1
        return turn

    def stop(self) -> tuple[dict, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        return json.loads((self.out / "summary.json").read_text()), out + err


def run_for(folder: Path, seconds: float, rate: int, vessels: int) -> tuple[Watching, dict, list]:
    watching = Watching(folder)
    memory: list[float] = []
    try:
        watching.wait_until_listening()
        radar = threading.Thread(target=watching.send_radar, args=(seconds,))
        radar.start()
        done = threading.Event()

        def measure() -> None:
            while not done.wait(2.0):
                memory.append(watching.memory_mb())

        gauge = threading.Thread(target=measure)
        gauge.start()
        watching.send_ais(seconds, rate, vessels)
        radar.join()
        time.sleep(1.5)
        done.set()
        gauge.join()
        summary, said = watching.stop()
    finally:
        watching.process.kill()
    summary["said"] = said
    return watching, summary, memory


def assert_nothing_lost(watching: Watching, summary: dict, turns: int) -> None:
    ais, radar = summary["feeds"]["ais"], summary["feeds"]["radar"]
    assert ais["datagrams"] == ais["decoded"] == watching.sent
    assert radar["frames"] == radar["decoded"] == turns * 40
    assert ais["difference"] == radar["difference"] == 0
    assert ais["late"] == 0


@pytest.mark.xdist_group("live")
def test_a_short_watch_loses_nothing_names_the_deaf_feed_and_replays_the_same(tmp_path):
    watching, summary, _ = run_for(tmp_path, seconds=7.0, rate=500, vessels=100)
    assert_nothing_lost(watching, summary, turns=3)
    assert "deaf" in summary["said"]
    again = tmp_path / "again"
    command = [sys.executable, "-m", "coastwatch", "replay", str(watching.out), "--out", str(again)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    first, second = (pq.read_table(f / "tracks.parquet") for f in (watching.out, again))
    assert len(first) > 100
    assert first.equals(second)
    for name in ("alerts.jsonl", "crossings.jsonl"):
        assert (watching.out / name).read_bytes() == (again / name).read_bytes()


@pytest.mark.xdist_group("live")
def test_a_killed_watch_is_continued_from_its_journal(tmp_path):
    watching = Watching(tmp_path)
    watching.wait_until_listening()
    watching.send_ais(2.0, 200, 20)
    time.sleep(0.5)
    watching.process.kill()
    watching.process.communicate()
    first = watching.sent
    again = Watching.__new__(Watching)
    again.ports, again.out, again.sent = watching.ports, watching.out, 0
    command = [sys.executable, "-m", "coastwatch", "watch", str(tmp_path / "site.toml")]
    again.process = subprocess.Popen(
        [*command, "--out", str(again.out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        again.wait_until_listening()
        again.send_ais(1.0, 200, 20)
        time.sleep(0.5)
        summary, _ = again.stop()
    finally:
        again.process.kill()
    assert summary["feeds"]["ais"]["decoded"] == first + again.sent


@pytest.mark.soak
@pytest.mark.xdist_group("live")
@pytest.mark.skipif(not os.environ.get("CI") and not os.environ.get("SOAK"),
                    reason="a minute of traffic; run with: SOAK=1 make test")  # fmt: skip
def test_a_minute_of_2000_sentences_a_second_and_a_radar_loses_nothing(tmp_path):
    watching, summary, memory = run_for(tmp_path, seconds=60.0, rate=2000, vessels=1000)
    assert_nothing_lost(watching, summary, turns=20)
    settled = memory[len(memory) // 3 :]
    assert max(settled) - min(settled) < 40.0, memory
