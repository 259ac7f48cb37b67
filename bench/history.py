"""A week out of a kept history: every question that a report asks, and the report as a whole.

    python -m bench.history --positions 10000000 [--docs docs/history.md] [--folder DIR]

Each contender is a process of its own on two cores; the peer reads the same days with geopandas and
pandas and counts tracks and hexagons alone. The history is made first and removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import pages
from bench.history_made import MONDAY, make

BEGIN = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
END = BEGIN + timedelta(days=7)
PEER_MOST = 20_000_000  # the peer takes 4.6 GB for 10 million


def ours(folder: Path) -> dict[str, Any]:
    """Seconds of each question, and what the answers come to."""
    from coastwatch.store.history import open_history

    seconds: dict[str, float] = {}

    def timed(name: str, ask: Callable[[], Any]) -> Any:
        begin = time.perf_counter()
        answer = ask()
        seconds[name] = round(time.perf_counter() - begin, 2)
        return answer

    history = timed("open", lambda: open_history(folder))
    with history:
        timed("span", history.span)
        tracks = timed("tracks", lambda: history.tracks(BEGIN, END))
        cells = timed("hexagons", lambda: history.hexagons(BEGIN, END))
        timed("visitors", lambda: history.visitors(BEGIN, END))
        lines = timed("lines", lambda: history.lines(BEGIN, END))
        for name in ("alerts", "events", "crossings", "uptime", "refused", "runs"):
            timed(name, lambda name=name: getattr(history, name)(BEGIN, END))
        timed("vessels", lambda: history.vessels)
    return {
        "seconds": seconds, "tracks": len(tracks), "lines": len(lines),
        "hours": round(sum(cells["vessel_hours"].to_pylist()), 3),
    }  # fmt: skip


def peer(folder: Path) -> dict[str, Any]:
    """The same two questions with geopandas and pandas, the week in memory."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from coastwatch.geo.hexagons import HEXAGON_M, cell_of

    begin = time.perf_counter()
    columns = [
        "time",
        "track",
        "x_m",
        "y_m",
        "status",
        "mmsi",
        "p_small",
        "p_unregistered",
        "p_fixed",
    ]
    frame = pd.concat(
        [
            gpd.read_parquet(path, columns=[*columns, "geometry"])
            for path in sorted((folder / "tracks").glob("*.parquet"))
        ]
    )
    read_s = time.perf_counter() - begin
    frame = frame[frame["status"].isin(["confirmed", "coasting"])]
    frame = frame.sort_values(["track", "time"])
    last = frame.groupby("track").last()
    what = np.where(last["mmsi"].notna(), "ais", "radar")
    small = np.minimum(last["p_small"], last["p_unregistered"]) >= 0.8
    small &= last["p_fixed"] <= 0.5
    what[small & last["mmsi"].isna()] = "small"
    tracks_s = time.perf_counter() - begin - read_s
    frame["hours"] = -frame.groupby("track")["time"].diff(-1).dt.total_seconds() / 3600
    frame["q"], frame["r"] = cell_of(frame["x_m"], frame["y_m"], HEXAGON_M)
    frame["what"] = frame["track"].map(dict(zip(last.index, what, strict=True)))
    frame["hour"] = frame["time"].dt.floor("h")
    cells = frame.groupby(["q", "r", "hour", "what"])["hours"].sum()
    hexagons_s = time.perf_counter() - begin - read_s - tracks_s
    seconds = {"read": read_s, "tracks": tracks_s, "hexagons": hexagons_s}
    return {
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "tracks": len(last), "hours": round(float(cells.sum()), 3),
    }  # fmt: skip


def whole(folder: Path) -> dict[str, Any]:
    """The command itself: the week as HTML and as PDF."""
    from coastwatch.cli import main as coastwatch

    begin = time.perf_counter()
    week = f"{MONDAY.isocalendar().year}-W{MONDAY.isocalendar().week:02}"
    out = folder.parent / "report"
    told = ["--week", week, "--out", f"{out}.html", "--pdf", f"{out}.pdf"]
    # Its own words go where they are seen and not into the result.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            coastwatch(["report", str(folder), *told])
        except SystemExit as ended:
            if ended.code:
                raise
    return {"seconds": {"report": round(time.perf_counter() - begin, 2)}}


CONTENDERS = {"ours": ours, "whole": whole, "peer": peer}


def alone(contender: str, folder: Path) -> dict[str, Any]:
    """A contender's result from a fresh process on two cores, with its peak of memory."""
    command = ["taskset", "-c", "0,1", sys.executable, "-m", "bench.history", "--alone", contender]
    done = subprocess.run(
        [*command, "--folder", str(folder)], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(positions: int, vessels: int, size: int, made: dict[str, Any]) -> str:
    """The table of a week, ours beside the peer's."""
    us, all_of_it, them = made["ours"], made["whole"], made.get("peer")
    names = ["open", *[n for n in us["seconds"] if n != "open"]]
    rows = []
    for name in names:
        other = "" if them is None else str(them["seconds"].get(name, ""))
        rows.append((name, f"{us['seconds'][name]:.2f}", other))
    if them is not None:
        rows.insert(1, ("read", "", f"{them['seconds']['read']:.2f}"))
    rows.append(("all, s", f"{sum(us['seconds'].values()):.1f}",
                 f"{sum(them['seconds'].values()):.1f}" if them else ""))  # fmt: skip
    rows.append(("peak memory, MB", f"{us['peak_mb']:,.0f}",
                 f"{them['peak_mb']:,.0f}" if them else ""))  # fmt: skip
    head = ("question", "coastwatch, s", "geopandas and pandas, s" if them else "")
    words = (
        f"{positions:,} positions of {vessels:,} tracks in a week, {size / 1e9:.1f} GB: "
        f"{us['tracks']:,} tracks, {us['hours']:,.1f} vessel-hours"
    )
    if them is not None:
        same = them["tracks"] == us["tracks"] and abs(them["hours"] - us["hours"]) < 0.1
        words += f"; the peer's are {'the same' if same else them}"
    rows += [
        ("`coastwatch report`, HTML and PDF, s", f"{all_of_it['seconds']['report']:.1f}", ""),
        ("its peak memory, MB", f"{all_of_it['peak_mb']:,.0f}", ""),
    ]
    width = 3 if them else 2
    return f"{words}.\n\n{pages.table(head[:width], [row[:width] for row in rows])}"


def measure(positions: int, base: Path | None) -> str:
    parent = Path(tempfile.mkdtemp(prefix="bench-history-", dir=base))
    folder = parent / "history"
    try:
        begin = time.perf_counter()
        vessels = make(folder, positions)
        print(f"made in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        made = {"ours": alone("ours", folder), "whole": alone("whole", folder)}
        if positions <= PEER_MOST:
            made["peer"] = alone("peer", folder)
        return report(vessels * 5_000, vessels, size, made)
    finally:
        shutil.rmtree(parent)


def _peak_mb() -> float:
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) * 1024 / 1e6 if told else 0.0


def main() -> None:
    ask = argparse.ArgumentParser(prog="bench.history")
    ask.add_argument("--positions", type=int, nargs="+", default=[10_000_000])
    ask.add_argument("--folder", type=Path)
    ask.add_argument("--docs", type=Path)
    ask.add_argument("--alone", choices=list(CONTENDERS))
    told = ask.parse_args()
    if told.alone:
        found = CONTENDERS[told.alone](told.folder)
        print(json.dumps(found | {"peak_mb": _peak_mb()}))
        return
    text = "\n\n".join(measure(positions, told.folder) for positions in told.positions)
    print(text)
    if told.docs:
        pages.write(told.docs, "bench.history", text)


if __name__ == "__main__":
    main()
