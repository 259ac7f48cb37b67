"""The report as one HTML page: figures, an SVG map, bars and tables; prints on A4."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.coast import coast
from coastwatch.model import Floats
from coastwatch.reports.week import Line, Week
from coastwatch.reports.words import WORDS

WIDTH, HEIGHT = 900.0, 560.0
# By shape (dash) first and colour second, so that the lines differ in grey print too.
STROKES = {
    "ais": 'stroke="#1f6fb2" stroke-width="0.8"',
    "radar": 'stroke="#6b6b6b" stroke-width="0.8" stroke-dasharray="3 2"',
    "small": 'stroke="#c2185b" stroke-width="2.4"',
}
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1a1f24;max-width:60rem;margin:2rem auto;
padding:0 1rem}
h1{margin-bottom:0}h2{margin:1.8rem 0 .5rem}.sub{color:#4a545e}

.figures{display:flex;gap:1rem;flex-wrap:wrap}
.figures div{border:1px solid #c5ccd3;padding:.6rem 1rem}
.figures b{display:block;font-size:2rem}svg{width:100%;height:auto;border:1px solid #c5ccd3}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;
border-bottom:1px solid #dde2e7;vertical-align:top}td.n,th.n{text-align:right}
@page{size:A4;margin:14mm}@media print{body{margin:0;max-width:none}h2{break-after:avoid}}
"""


def page(week: Week, name: str, lang: str) -> str:
    """The report's HTML. Free text is escaped; nothing is loaded from anywhere."""
    say = WORDS[lang]
    parts = [
        f"<h1>{escape(week.site)}</h1>",
        f'<p class="sub">{say["title"]}, {say["week"]} {escape(name)} '
        f"({week.begin:%Y-%m-%d} – {week.end:%Y-%m-%d}), {say['provisional']}</p>",
        _heard(week, say),
        f'<h2>{say["figures"]}</h2><div class="figures">{_figures(week, say)}</div>',
        f"<h2>{say['map']}</h2>{_map(week, say)}",
        f"<h2>{say['by_day']}</h2>{_bars(week)}",
        f"<h2>{say['alerts']}</h2>{_alerts(week, say)}",
        f"<h2>{say['crossings']}</h2>{_crossings(week, say)}",
        f"<h2>{say['coverage']}</h2>{_coverage(week, say)}",
        f"<h2>{say['method']}</h2><p>{say['method_text']}</p>",
    ]
    title = f"{escape(week.site)} – {escape(name)}"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _heard(week: Week, say: dict[str, str]) -> str:
    if week.heard_from is None or week.heard_until is None:
        return f"<p><strong>{say['unheard']}</strong></p>"
    span = f"{week.heard_from:%Y-%m-%d %H:%M} {say['until']} {week.heard_until:%Y-%m-%d %H:%M}"
    return f"<p>{say['heard']} {span} UTC.</p>"


def _figures(week: Week, say: dict[str, str]) -> str:
    cells = [(week.count(what), say[what]) for what in ("ais", "radar", "small")]
    cells.append((len(week.alerts), say["alerts"].lower()))
    return "".join(f"<div><b>{number:,}</b>{word}</div>" for number, word in cells)


def _map(week: Week, say: dict[str, str]) -> str:
    frame = _Frame(week.lines)
    land = coast(*frame.window)
    drawn = [f'<path d="{frame.area(land)}" fill="#ece5d3" stroke="#8b8266" stroke-width="0.6"/>']
    drawn += [
        f'<path d="{frame.path(line.lon, line.lat)}" fill="none" {STROKES[line.what]}/>'
        for line in sorted(week.lines, key=lambda line: line.what == "small")
    ]
    drawn += [frame.mark(a["lon"], a["lat"]) for a in week.alerts]
    keys = "".join(
        f'<g transform="translate({12 + 250 * i} {HEIGHT - 14})"><path d="M0 0H28" fill="none" '
        f'{STROKES[what]}/><text x="34" y="4" font-size="12">{say[what]}</text></g>'
        for i, what in enumerate(STROKES)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{say["map"]}">'
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#f4f8fb"/>{"".join(drawn)}'
        f'<rect y="{HEIGHT - 28:g}" width="{WIDTH:g}" height="28" fill="#fff" opacity="0.85"/>'
        f"{keys}</svg><p class='sub'>{say['coast']}</p>"
    )


class _Frame:
    """Longitude and latitude to the drawing, true to shape at the middle latitude."""

    def __init__(self, lines: Iterable[Line]) -> None:
        lon = np.concatenate([line.lon for line in lines] or [np.array([1.0, 2.0])])
        lat = np.concatenate([line.lat for line in lines] or [np.array([50.7, 51.3])])
        lon, lat = lon[np.isfinite(lon)], lat[np.isfinite(lat)]
        middle_lon, middle_lat = (lon.min() + lon.max()) / 2, (lat.min() + lat.max()) / 2
        self._narrow = max(math.cos(math.radians(middle_lat)), 0.05)
        spread = max(np.ptp(lat) / HEIGHT, np.ptp(lon) * self._narrow / WIDTH, 1e-5) * 1.1
        self._degrees = spread
        self._west = middle_lon - spread * WIDTH / 2 / self._narrow
        self._north = middle_lat + spread * HEIGHT / 2
        east = middle_lon + spread * WIDTH / 2 / self._narrow
        south = middle_lat - spread * HEIGHT / 2
        self.window = (max(self._west, -180.0), max(south, -89.9), min(east, 180.0),
                       min(self._north, 89.9))  # fmt: skip

    def xy(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        x = (np.asarray(lon) - self._west) * self._narrow / self._degrees
        return x, (self._north - np.asarray(lat)) / self._degrees

    def path(self, lon: Floats, lat: Floats) -> str:
        x, y = self.xy(lon, lat)
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))

    def area(self, geometry: BaseGeometry) -> str:
        rings = []
        for part in getattr(geometry, "geoms", [geometry]):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            simple = part.simplify(self._degrees / 2)
            for ring in (simple.exterior, *simple.interiors):
                lon, lat = np.asarray(ring.coords).T[:2]
                rings.append(self.path(lon, lat) + "Z")
        return "".join(rings)

    def mark(self, lon: float, lat: float) -> str:
        x, y = self.xy(lon, lat)
        return (f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6Z" fill="#c2185b" '
                'stroke="#fff" stroke-width="1"/>')  # fmt: skip


def _bars(week: Week) -> str:
    top = max((n for _, n in week.alerts_by_day), default=0) or 1
    step = WIDTH / max(len(week.alerts_by_day), 1)
    bars = "".join(
        f'<rect x="{i * step + 10:.1f}" y="{100 - 80 * n / top:.1f}" width="{step - 20:.1f}" '
        f'height="{80 * n / top:.1f}" fill="#c2185b"/>'
        f'<text x="{(i + 0.5) * step:.1f}" y="{94 - 80 * n / top:.1f}" font-size="13" '
        f'text-anchor="middle">{n}</text>'
        f'<text x="{(i + 0.5) * step:.1f}" y="116" font-size="12" text-anchor="middle">'
        f"{day:%m-%d}</text>"
        for i, (day, n) in enumerate(week.alerts_by_day)
    )
    return f'<svg viewBox="0 0 {WIDTH:g} 124" role="img">{bars}</svg>'


def _alerts(week: Week, say: dict[str, str]) -> str:
    if not week.alerts:
        return f"<p>{say['nothing']}</p>"
    rows = "".join(
        f"<tr><td>{escape(a['time'][:16].replace('T', ' '))}</td>"
        f"<td>{escape(say.get(a['severity'], a['severity']))}</td>"
        f"<td>{_said_when(a)}{escape(a['text'])}</td></tr>"
        for a in week.alerts
    )
    head = "".join(f"<th>{say[word]}</th>" for word in ("time", "priority", "text"))
    return f"<table><tr>{head}</tr>{rows}</table>"


def _said_when(alert: dict[str, Any]) -> str:
    """When the sentence was said, where that was not when the alert was raised."""
    said = alert.get("said")
    return f"{escape(said[11:16])} : " if said and said != alert["time"] else ""


def _crossings(week: Week, say: dict[str, str]) -> str:
    if not week.crossings:
        return f"<p>{say['nothing']}</p>"
    names = {f["properties"]["id"]: f["properties"]["name"] for f in week.zones["features"]}
    rows = "".join(
        f'<tr><td>{escape(names.get(zone, zone))}</td><td>{say.get(what, what)}</td>'
        f'<td class="n">{number:,}</td></tr>'
        for (zone, what), number in sorted(week.crossings.items())
    )  # fmt: skip
    head = (
        f'<tr><th>{say["zone"]}</th><th>{say["what"]}</th><th class="n">{say["number"]}</th></tr>'
    )
    return f"<table>{head}{rows}</table>"


def _coverage(week: Week, say: dict[str, str]) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{feed["decoded"]:,}</td>'
        f'<td class="n">{sum(feed["rejected"].values()):,}</td></tr>'
        for name, feed in week.feeds.items()
    )
    head = (
        f'<tr><th>{say["feed"]}</th><th class="n">{say["frames"]}</th>'
        f'<th class="n">{say["refused"]}</th></tr>'
    )
    return f"<table>{head}{rows}</table>"
