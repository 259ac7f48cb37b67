"""The map of the week, and the density of traffic."""

from __future__ import annotations

import numpy as np

from coastwatch.geo.hexagons import centre_of
from coastwatch.geo.plane import Plane
from coastwatch.reports import figure_map as maps
from coastwatch.reports.edition import Edition, cell, figure, row, section, table
from coastwatch.reports.figure_legend import legend
from coastwatch.reports.figure_panels import DAYS_MOST, panel_table, panels
from coastwatch.reports.scale import Scale, scale_to
from coastwatch.reports.svg import INK, PAPER, SOFT, Frame, rect, svg, text
from coastwatch.reports.text import escape
from coastwatch.reports.veil import Shown
from coastwatch.reports.week import Week

SHOWN = 8


def map_page(e: Edition) -> str:
    """Coast, zones, ways and alerts; in public the density in place of ways and places."""
    w = e.week
    frame = Frame(Plane(w.origin), maps.window_of(w), 180.0, 146.0)
    body = maps.ground(w, frame)
    if e.public:
        body += _often(w, frame)
    else:
        body += maps.ways(w, frame) + maps.alert_marks(w, frame)
    body += maps.sensors(w, frame) + maps.scale_bar(w, frame)
    whole = f'<clipPath id="clip-map">{rect(0, 0, frame.width, frame.height, PAPER)}</clipPath>'
    body = f'{whole}<g clip-path="url(#clip-map)">{body}</g>{maps.edge(frame)}'
    key, high = legend(e)
    body += f'<g transform="translate(0 {frame.height + 3:g})">{key}</g>'
    alt = e.plain("map_alt_public" if e.public else "map_alt", n=w.lines_of, site=w.site)
    drawn = svg(180.0, frame.height + 3 + high, e.plain("unheard") if w.nothing else alt, body)
    caption = (
        e.say("map_caption_public")
        if e.public
        else e.say("map_caption", shown=e.count(len(w.lines)), of=e.count(w.lines_of))
    )
    caption = e.say("unheard") if w.nothing else f"{caption} {e.lost()}".strip()
    return section("map", e.of_span("map"), figure(drawn, caption) + _listed(e))


def _often(w: Week, frame: Frame) -> str:
    q, r, hours = maps.cells_of(w, often(w, w.often.every))
    scale = scale_to(float(hours.max()) if len(hours) else 1.0)
    return maps.hexes(frame, q, r, hours, scale, w.cells.size_m)


def often(w: Week, cells: frozenset[tuple[int, int]]) -> np.ndarray:
    """Rows of cells that are among some hexagons."""
    pairs = zip(w.cells.q.tolist(), w.cells.r.tolist(), strict=True)
    return np.array([pair in cells for pair in pairs], dtype=bool)


def _listed(e: Edition) -> str:
    """The alerts of highest priority, one a line; not in public, where a line is somebody."""
    w = e.week
    if e.public:
        return f'<p class="note">{e.say("public_map_note")}</p>'
    grave = [a for a in w.alerts if a["severity"] in ("emergency", "alarm")]
    if not grave:
        kept = "no_alarms" if w.alerts_kept else "no_alert_log"
        return f"<p>{e.say('unheard' if w.nothing else kept)}</p>"
    order = {"emergency": 0, "alarm": 1}
    chosen = sorted(grave, key=lambda a: (order[a["severity"]], a["time"]))[:SHOWN]
    rows = [
        row(
            escape(e.moment(_when(a["time"]))),
            [
                f"<td>{e.say(a['severity'])}</td>",
                f"<td>{escape(e.rule(a['rule']))}</td>",
                f"<td>{escape(_place(e, a))}</td>",
                f"<td>{escape(_track(e, a))}</td>",
            ],
        )
        for a in sorted(chosen, key=lambda a: a["time"])
    ]
    head = [e.say("time"), e.say("priority"), e.say("rule"), e.say("place"), e.say("about")]
    caption = e.say("alarms_caption", shown=len(chosen), of=len(grave))
    return table("alarms", head, rows, caption, kind="small")


def _when(told: str):  # type: ignore[no-untyped-def]
    from datetime import datetime

    return datetime.fromisoformat(told)


def _place(e: Edition, alert: dict) -> str:  # type: ignore[type-arg]
    names = zone_names(e.week)
    return names.get(alert.get("zone") or "", alert.get("zone") or "–")


def _track(e: Edition, alert: dict) -> str:  # type: ignore[type-arg]
    mmsi, track = alert.get("mmsi"), alert.get("track")
    if mmsi:
        return f"MMSI {mmsi}"
    return "–" if track is None or track < 0 else e.plain("track_n", n=track)


def zone_names(w: Week) -> dict[str, str]:
    """Each zone's name by its id."""
    return {
        f["properties"]["id"]: str(f["properties"].get("name") or f["properties"]["id"])
        for f in w.zones.get("features", [])
    }


def density_page(e: Edition) -> str:
    """Two maps of vessel-hours, all traffic and small craft, and panels by day and by hour."""
    w = e.week
    whole = np.ones(len(w.cells.q), dtype=bool)
    every = often(w, w.often.every) if e.public else whole
    small = often(w, w.often.small) if e.public else whole
    kinds = [("all", every), ("small", small & w.cells.small)]
    window = maps.window_of(w)
    width, height = 88.0, 63.0
    parts, scales, tops = [], {}, []
    for k, (name, pick) in enumerate(kinds):
        q, r, hours = maps.cells_of(w, pick)
        scales[name] = scale_to(float(hours.max()) if len(hours) else 1.0)
        frame = Frame(Plane(w.origin), window, width, height)
        drawn = (
            maps.ground(w, frame, zones=False, small=name == "small")
            + maps.hexes(frame, q, r, hours, scales[name], w.cells.size_m)
            + maps.edge(frame)
        )
        total = float(hours.sum())
        tops.append((name, total, q, r, hours))
        said = e.plain("not_watched_cell") if e.week.nothing else _hours(e, total)
        title = f"{e.plain(f'density_{name}')} · {said}"
        x = k * (width + 4)
        clip = f'<clipPath id="clip-{name}"><rect width="{width}" height="{height}"/></clipPath>'
        parts.append(
            f'<g transform="translate({x} 5)">{clip}<g clip-path="url(#clip-{name})">'
            f"{drawn}</g></g>" + text(x, 3, title, 3.0, weight="bold")
        )
        parts.append(_steps(e, scales[name], x, height + 7.5, width))
    alt = e.plain("density_alt", all=e.number(tops[0][1], 0), small=e.number(tops[1][1], 0))
    alt = e.plain("unheard") if w.nothing else alt
    notes = [e.say("density_caption_public" if e.public else "density_caption"), e.lost()]
    notes += [] if w.span == w.span.whole_hours else [e.say("density_hours")]
    big = figure(
        svg(180.0, height + 15, alt, "".join(parts)),
        " ".join(note for note in notes if note),
        _busiest(e, tops),
        e.say("table_behind"),
    )
    if e.public:
        return section("density", e.say("density"), f"{big}<p>{e.say('panels_public')}</p>")
    days = "panels_day" if len(w.span.days) <= DAYS_MOST else "panels_weekday"
    captions = {"day": days, "hour": "panels_hour"}
    drawn_by = {by: panels(e, kinds, window, by) for by in ("day", "hour")}
    rest = "".join(
        figure(drawn, e.say(captions[by]), panel_table(e, kinds, by), e.say("table_behind"))
        for by, drawn in drawn_by.items()
        if drawn
    )
    return section("density", e.say("density"), big + rest)


def _hours(e: Edition, total: float) -> str:
    """All of a map's hours; in public those of the hexagons that are shown, which are not all."""
    if not e.public:
        return f"{e.number(total, 0)} {e.plain('vessel_hours')}"
    if not total:
        return e.plain("density_none_shown")
    return e.plain("density_shown", hours=e.number(total, 0))


def _steps(e: Edition, scale: Scale, x: float, y: float, width: float) -> str:
    labels = [f"{edge:g}".replace(".", "," if e.lang == "fr" else ".") for edge in scale.edges]
    return maps.legend_steps(x + 2, y, width - 4, scale, labels)


def _busiest(e: Edition, tops: list) -> str:  # type: ignore[type-arg]
    """The ten hexagons with most time, by where their centres are; in public by class only."""
    plane, size = Plane(e.week.origin), e.week.cells.size_m
    rows = []
    for name, total, q, r, hours in tops:
        rows.append(
            row(
                e.say(f"density_{name}"),
                [
                    f"<td>{e.say('density_shown_in' if e.public else 'total')}</td>",
                    cell(e.say("not_watched_cell" if e.week.nothing else "density_none_shown"))
                    if e.week.nothing or (e.public and not len(hours))
                    else cell(e.number(total, 1), None, more=f' data-hours="{total:.6f}"'),
                ],
                name,
            )
        )
        if e.public:
            continue
        for k in np.argsort(-hours)[:10]:
            lon, lat = plane.to_lonlat(*centre_of(q[k], r[k], size))
            rows.append(
                row(
                    e.say(f"density_{name}"),
                    [
                        f"<td>{e.place(float(lon), float(lat))}</td>",
                        cell(e.number(float(hours[k]), 2)),
                    ],
                )
            )
    head = [e.say("what"), e.say("hexagon"), f">{e.say('vessel_hours')}"]
    return table("density", head, rows, e.say("density"), hidden=True)


__all__ = ["INK", "PAPER", "SOFT", "Shown", "density_page", "map_page", "often", "zone_names"]
