"""What real rules really say: a plugin of pytest that writes down each Say of the tests it runs.

``heard(folder, nodes)`` runs tests of the rules in a process of their own and gives their words as
lines of alerts.jsonl would have them, with the names of the zones that stood there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from coastwatch import model

ROOT = Path(__file__).resolve().parents[1]
OUT = "COASTWATCH_SAYS_HEARD"


def heard(folder: Path, nodes: Iterable[str]) -> list[dict[str, Any]]:
    """Each new word of these tests; words that differ by their numbers alone come once."""
    out = folder / "says.jsonl"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.says_heard",
               "-p", "no:cacheprovider", "-p", "no:xdist", *nodes]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {OUT: str(out), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    once = {(a["rule"], _shape(a["text"])): a for a in lines}
    return list(once.values())


def _shape(text: str) -> str:
    return "".join("#" if c.isdigit() else c for c in text)


class _Listener:
    """Keeps what is said in each test, and the names of the zones that were made by then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zones: dict[str, str] = {}
        self._says: list[model.Say] = []
        for noun, kept in ((model.Say, self._says.append), (model.Zone, self._zone)):
            self._listen(noun, kept)

    def _listen(self, noun: Any, kept: Any) -> None:
        made = noun.__init__

        def listened(one: Any, *told: Any, **named: Any) -> None:
            made(one, *told, **named)
            kept(one)

        noun.__init__ = listened

    def _zone(self, zone: model.Zone) -> None:
        self._zones[zone.id] = zone.name

    def pytest_runtest_teardown(self) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            for s in self._says:
                if not s.over:
                    file.write(json.dumps({
                        "rule": s.rule, "track": None if s.track < 0 else s.track,
                        "mmsi": None if s.mmsi < 0 else s.mmsi, "zone": s.zone, "lon": s.lon,
                        "lat": s.lat, "text": s.text, "evidence": dict(s.evidence),
                        "zones": self._zones,
                    }) + "\n")  # fmt: skip
        self._says.clear()


def pytest_configure(config: Any) -> None:
    if OUT in os.environ:
        config.pluginmanager.register(_Listener(Path(os.environ[OUT])))
