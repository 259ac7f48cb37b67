"""The picture of one and of three million rows in a real browser, against plain folium.

``python -m bench.picture`` prints the table, ``--docs`` writes it into docs/charts.md. The peer
is the obvious way to the same picture: a folium map with a ``PolyLine`` a track and a
``CircleMarker`` with a tooltip at its end. It gets the very points that our page keeps, all in
the page, and Leaflet from the disk, since the browser is offline.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import folium
import numpy as np
import xstatic.pkg.leaflet

from bench.pages import table, write
from bench.picture_scene import scene
from coastwatch.maps import draw_picture
from coastwatch.maps.contents import island
from coastwatch.store.run import Run
from tests.browser import chromium

PAGE = Path(__file__).parents[1] / "docs/charts.md"
SCREEN = (1920, 1080)
SCENES = {"1,000,000 rows": (1_000, 1_000_000, 1), "3,000,000 rows": (3_000, 3_000_000, 2)}
ROUNDS = 3
DRAG_S, DRAG_PX = 4.0, 300
# When the second frame after loading begins, the first picture is on the screen.
WATCH = """
addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.drawnMs = performance.now();
})));
window.countFrames = () => {
  const tick = (now) => {
    window.frameTimes.push(now);
    if (window.counting) requestAnimationFrame(tick);
  };
  window.frameTimes = []; window.counting = true; requestAnimationFrame(tick);
};
"""


class Measured(NamedTuple):
    """One page: how large, how long to build and to open, and frame times while it is dragged."""

    bytes: int
    build_s: float
    open_ms: float
    median_ms: float
    worst_ms: float  # the mean of the slowest twentieth

    def row(self) -> list[str]:
        return [
            f"{self.bytes / 1e6:.2f} MB", f"{self.build_s:.1f} s", f"{self.open_ms / 1e3:.2f} s",
            f"{1e3 / self.median_ms:.0f}/s", f"{self.median_ms:.0f} ms", f"{self.worst_ms:.0f} ms",
        ]  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (ships, count, seed) in SCENES.items():
            run = scene(Path(folder) / str(seed), ships, count, seed, wander_m=100.0)
            kept = island(run)
            told = f"{name}, {ships:,} tracks, {kept['points']['kept']:,} points drawn"
            for maker, draw in (("coastwatch", _ours), ("folium, the obvious way", _peer)):
                measured = _measure(run, kept, draw, Path(folder) / "page.html")
                rows.append([f"{told}: {maker}", *measured.row()])
                print(" | ".join(rows[-1]), flush=True)
    head = ["", "page", "built in", "opens in", "frames", "median", "worst 5 %"]
    if "--docs" in arguments:
        write(PAGE, "bench.picture", table(head, rows))


def _measure(
    run: Run, kept: dict[str, Any], draw: Callable[[Run, dict[str, Any], Path], None], page: Path
) -> Measured:
    begun = time.perf_counter()
    draw(run, kept, page)
    build_s = time.perf_counter() - begun
    opened, median, worst = zip(*(_opened(page) for _ in range(ROUNDS)), strict=True)
    best = [statistics.median(values) for values in (opened, median, worst)]
    return Measured(page.stat().st_size, build_s, *best)


def _opened(page: Path) -> tuple[float, float, float]:
    """Milliseconds to the first picture, and of a frame while dragged: median, slowest 5 %."""
    with chromium(SCREEN) as driver:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        driver.get(page.resolve().as_uri())
        while (drawn_ms := driver.execute_script("return window.drawnMs")) is None:
            time.sleep(0.05)
        time.sleep(0.5)
        driver.execute_script("countFrames()")
        _drag(driver)
        times = driver.execute_script("counting = false; return frameTimes")
    frames = np.sort(np.diff(times))
    return drawn_ms, float(np.median(frames)), float(frames[-max(len(frames) // 20, 1) :].mean())


def _drag(driver: Any) -> None:
    """The mouse takes the chart around a circle, as fast as the browser takes its moves."""
    x, y = SCREEN[0] / 2, SCREEN[1] / 2
    button = {"button": "left", "buttons": 1, "clickCount": 1}
    driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent", {"type": "mousePressed", "x": x, "y": y, **button}
    )
    begun = time.monotonic()
    while (turn := (time.monotonic() - begun) / DRAG_S) < 1:
        angle = 4 * np.pi * turn
        at = {"x": x + DRAG_PX * np.sin(angle), "y": y + DRAG_PX / 2 * (1 - np.cos(angle))}
        driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", **at, **button})
    driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent", {"type": "mouseReleased", "x": x, "y": y, **button}
    )


def _ours(run: Run, kept: dict[str, Any], page: Path) -> None:
    draw_picture(run, page)


def _peer(run: Run, kept: dict[str, Any], page: Path) -> None:
    west, south, east, north = kept["view"]
    chart = folium.Map(tiles=None)
    chart.fit_bounds([[south, west], [north, east]])
    for one in kept["tracks"]:
        lat, lon = (np.round(np.cumsum(one[key]) / 1e5, 5).tolist() for key in ("lat", "lon"))
        line = list(zip(lat, lon, strict=True))
        folium.PolyLine(line, weight=2).add_to(chart)
        name = str(one.get("mmsi", one["id"]))
        folium.CircleMarker(line[-1], radius=4, tooltip=name).add_to(chart)
    html = chart.get_root().render()
    leaflet = Path(xstatic.pkg.leaflet.BASE_DIR)
    script = (leaflet / "leaflet.js").read_text(encoding="utf-8")
    style = (leaflet / "leaflet.css").read_text(encoding="utf-8")
    html = re.sub(r"<script src=[^>]*></script>|<link rel=\"stylesheet\"[^>]*>", "", html)
    head = f"<head><style>{style}</style><script>{script}</script>"
    page.write_text(html.replace("<head>", head, 1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
