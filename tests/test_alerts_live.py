"""An officer acts on an alert of a running watch from another process; a replay does it again."""

import json
import signal
import socket
import subprocess
import sys
import time

from pyais.encode import encode_dict

from coastwatch.store.alert_list import read_events
from tests.test_live import free_port

SITE = """
[site]
name = "Loopback"
origin = [1.5, 51.0]

[[sensor]]
id = "ais"
kind = "ais"
position = [1.5, 51.0]
range_max_m = 60000.0

[[feed]]
id = "ais"
url = "udp://127.0.0.1:{port}"
format = "nmea"
sensor = "ais"
"""
# A search and rescue transmitter that is active: an emergency at its first word.
SART = {"type": 1, "mmsi": 970_123_456, "status": 14, "lon": 1.4, "lat": 50.9, "speed": 0.0,
        "course": 0.0, "heading": 511, "second": 60}  # fmt: skip
PATIENCE_S = 60.0


def coastwatch(*args) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coastwatch", *map(str, args)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_act_reaches_the_running_watch_and_is_done_again_by_a_replay(tmp_path):
    port, out = free_port(socket.SOCK_DGRAM), tmp_path / "run"
    (tmp_path / "site.toml").write_text(SITE.format(port=port))
    watch = subprocess.Popen(
        [sys.executable, "-m", "coastwatch", "watch", str(tmp_path / "site.toml"),
         "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

            def until(done):
                """Send on until ``done()`` says what it waited for."""
                begin = time.monotonic()
                while time.monotonic() < begin + PATIENCE_S:
                    for sentence in encode_dict(SART, talker_id="AI"):
                        sender.sendto(sentence.encode() + b"\r\n", ("127.0.0.1", port))
                    if found := done():
                        return found
                    time.sleep(0.25)
                raise AssertionError("waited in vain")

            id_ = until(lambda: _first_id(out))
            told = ["--id", id_[:8], "--by", "Ann", "--role", "coordinator"]
            said = coastwatch("alerts", out, "--act", "acknowledge", *told)
            assert "asked of the running watch" in said
            until(lambda: any(e["what"] == "acknowledged" for e in read_events(out, id_)))
    finally:
        watch.send_signal(signal.SIGINT)
        printed, errors = watch.communicate(timeout=60)
    assert watch.returncode == 0, errors
    assert f"emergency {id_[:10]} acknowledged: Ann" in printed
    (alert,) = [json.loads(line) for line in (out / "alerts.jsonl").read_text().splitlines()]
    assert (alert["rule"], alert["severity"]) == ("distress-beacon", "emergency")
    assert alert["state"] == "active-acknowledged"
    (done,) = [e for e in read_events(out, id_) if e["what"] == "acknowledged"]
    assert (done["who"], done["role"]) == ("Ann", "coordinator")
    coastwatch("replay", out, "--out", tmp_path / "again")
    assert read_events(tmp_path / "again", id_) == read_events(out, id_)
    again = (tmp_path / "again/alerts.jsonl").read_bytes()
    assert again == (out / "alerts.jsonl").read_bytes()


def _first_id(out) -> str:
    path = out / "alerts.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return json.loads(lines[0])["id"] if lines else ""
