"""The days side by side: hours watched, small craft, alerts, waves and wind."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from coastwatch.reports.edition import Edition, cell, row, table
from coastwatch.reports.svg import (
    AIS,
    FAINT,
    INK,
    NAVY,
    RULE,
    SMALL,
    SOFT,
    hatch,
    hour_strip,
    line,
    rect,
    svg,
    text,
)  # fmt: skip
from coastwatch.reports.veil import Shown
from coastwatch.reports.watched import LEAST
from coastwatch.reports.week import WHATS

WIDTH, LEFT = 180.0, 25.0
NARROW = 15.0  # columns less wide (mm) have room for one number a thing, the most of the day


def day_counts(e: Edition) -> tuple[dict[date, int], dict[date, int]]:
    """Small craft by the day in which their track began, and alerts by day."""
    w = e.week
    small = {d: w.tracks_by_day.get((d, "small"), 0) for d in w.span.days}
    raised = Counter(datetime.fromisoformat(a["time"]).date() for a in w.alerts)
    return small, {d: raised.get(d, 0) for d in w.span.days}


def day_parts(e: Edition) -> tuple[object, object]:
    """Both as this edition may show them. Days sum to a total, so where the total of small craft is
    withheld among its classes, its days are, too."""
    small, alerts = day_counts(e)
    told = e.parted(alerts) if e.week.alerts_kept else None
    classes = e.parted({what: e.week.tracks(what) for what in WHATS})
    known = classes is not None and isinstance(classes["small"], int)
    return e.parted(small) if known else None, told


def unwatched(e: Edition, k: int, n: Shown | None) -> bool:
    """Whether nothing can be said of the span's k-th day; what was counted is always told."""
    return e.week.watched.day_hours(k) < LEAST and not n


def lost(e: Edition, d: date, n: Shown | None) -> bool:
    """Whether the day's positions are lost, so that none counted is not none."""
    return d in e.week.missing and not n


def days_figure(e: Edition) -> str:
    """One column a day, with a row for each thing."""
    w, days = e.week, e.week.span.days
    small, alerts = day_parts(e)
    step = (WIDTH - LEFT) / len(days)
    gap = min(1.2, 0.12 * step)
    rows = [("hours_watched", 4.0)]
    rows += [("small_short", 15.0), ("alerts_tile", 15.0)]
    weather = w.weather or {}
    if any(d.wave_height_m for d in weather.values()):
        rows.append(("waves", 11.0))
    if any(d.wind_mps for d in weather.values()):
        rows.append(("wind", 8.0 if step < NARROW else 5.0))
    units = {"waves": " (m)", "wind": " (m/s)"} if step < NARROW else {}
    body, y = [], 7.0
    for k, d in enumerate(days):
        x = LEFT + k * step
        if k % 2 == 0:
            body.append(rect(x, 0, step, y + sum(h + 3.2 for _, h in rows) - 1, FAINT))
        body += _heading(e, d, x + step / 2, step)
    for name, height in rows:
        body.append(text(0, y + height - 0.4, e.plain(name) + units.get(name, ""), 2.6, fill=SOFT))
        for k, d in enumerate(days):
            x = LEFT + k * step
            body.append(_day(e, name, d, k, (x + gap, y, step - 2 * gap, height), small, alerts))
        y += height + 3.2
    body.append(line(0, y - 1.0, WIDTH, y - 1.0, RULE, 0.25))
    return svg(WIDTH, y, _told(e), "".join(body))


def _heading(e: Edition, d: date, x: float, step: float) -> list[str]:
    """A day's name; in a narrow column its two words stand one below the other."""
    if step >= NARROW:
        return [text(x, 4.4, e.day(d), 2.9, "middle", INK, "bold")]
    name, number = e.day(d).split()
    return [
        text(x, 2.7, name, 2.0, "middle", SOFT),
        text(x, 5.6, number, 2.6, "middle", INK, "bold"),
    ]


def _day(
    e: Edition, name: str, d: date, k: int, box: tuple[float, float, float, float],
    small: object, alerts: object,
) -> str:  # fmt: skip
    x, y, wide, high = box
    hours = e.week.watched.day(k)
    if name == "hours_watched":
        return hour_strip(x, y, wide, high, hours.tolist() or [0.0])
    if name in ("small_short", "alerts_tile"):
        shown, colour = (small, SMALL) if name == "small_short" else (alerts, AIS)
        known = shown if isinstance(shown, dict) else {}
        if (name == "small_short" and lost(e, d, known.get(d))) or unwatched(e, k, known.get(d)):
            return hatch(x, y, wide, high)
        most = max((n for n in known.values() if isinstance(n, int)), default=0)
        return _bar(e, known.get(d), most, box, colour)
    told = (e.week.weather or {}).get(d)
    if name == "waves":
        top = max((v.wave_height_m[1] for v in (e.week.weather or {}).values() if v.wave_height_m),
                  default=1.0)  # fmt: skip
        return _range(e, told.wave_height_m if told else None, top, box, "m", 1)
    return _wind(e, told.wind_mps if told else None, told.wind_from_deg if told else None, box)


def _bar(
    e: Edition, n: Shown | None, most: int, box: tuple[float, float, float, float], colour: str
) -> str:
    x, y, wide, high = box
    base = line(x, y + high, x + wide, y + high, SOFT, 0.25)
    if not isinstance(n, int):
        return base + text(x + wide / 2, y + high - 1.2, e.count(n), 2.8, "middle", SOFT)
    tall = (high - 3.6) * n / max(most, 1)
    thick = min(wide, 9.0)
    return (
        rect(x + (wide - thick) / 2, y + high - tall, thick, tall, colour) + base
        + text(x + wide / 2, y + high - tall - 0.9, e.count(n), 2.8, "middle", INK, "bold")
    )  # fmt: skip


def _range(
    e: Edition, span: tuple[float, float] | None, top: float,
    box: tuple[float, float, float, float], unit: str, digits: int,
) -> str:  # fmt: skip
    x, y, wide, high = box
    if span is None:
        return _no_data(e, box)
    low, most = ((high - 3.4) * v / max(top, 1e-9) for v in span)
    said = f"{e.number(span[0], digits)}–{e.number(span[1], digits)} {unit}"
    if wide < NARROW - 3:
        said = e.number(span[1], digits)
    thick = min(wide, 4.4)
    return (
        line(x, y + high, x + wide, y + high, SOFT, 0.25)
        + rect(x + (wide - thick) / 2, y + high - most, thick, max(most - low, 0.4), NAVY)
        + text(x + wide / 2, y + high - most - 0.8, said, 2.3, "middle")
    )


def _wind(
    e: Edition, span: tuple[float, float] | None, from_deg: float | None,
    box: tuple[float, float, float, float],
) -> str:  # fmt: skip
    x, y, wide, high = box
    if span is None:
        return _no_data(e, box)
    narrow = wide < NARROW - 3
    along, up, right, size = (0.0, 5.8, 0.0, 2.1) if narrow else (-7.5, 1.6, 1.5, 2.3)
    said = f"{e.number(span[0], 0)}–{e.number(span[1], 0)} m/s"
    said = e.number(span[1], 0) if narrow else said
    arrow = "" if from_deg is None else (
        f'<g transform="translate({x + wide / 2 + along:.2f} {y + high - up:.2f}) '
        f'rotate({(from_deg + 180) % 360:.0f})"><path d="M0 1.9V-1.9M-0.9 -0.6L0 -1.9L0.9 -0.6" '
        f'fill="none" stroke="{INK}" stroke-width="0.35"/></g>')  # fmt: skip
    return arrow + text(x + wide / 2 + right, y + high - 0.8, said, size, "middle")


def _no_data(e: Edition, box: tuple[float, float, float, float]) -> str:
    x, y, wide, high = box
    said = "–" if wide < NARROW - 3 else e.plain("no_data")
    return text(x + wide / 2, y + high - 1, said, 2.3, "middle", SOFT)


def days_table(e: Edition) -> str:
    """The same as numbers."""
    w = e.week
    small, alerts = day_parts(e)
    head = [e.say("day"), f">{e.say('hours_watched')}", f">{e.say('small')}",
            f">{e.say('alerts_tile')}", f">{e.say('waves')} (m)", f">{e.say('wind')} (m/s)",
            f">{e.say('sea_state')}", f">{e.say('visibility')} (NM)"]  # fmt: skip
    rows = []
    for k, d in enumerate(w.span.days):
        told = (w.weather or {}).get(d)
        rows.append(row(e.day(d), [
            cell(e.number(w.watched.day_hours(k))),
            _count(e, small, k, d, tracks=True), _count(e, alerts, k, d),
            cell(_span(e, told.wave_height_m if told else None)),
            cell(_span(e, told.wind_mps if told else None)),
            cell(_span(e, told.sea_state if told else None, 0)),
            cell(_span(e, _nm(told.visibility_m if told else None))),
        ], str(d)))  # fmt: skip
    return table("days", head, rows, e.say("days"), hidden=True)


def _count(e: Edition, parts: object, k: int, d: date, tracks: bool = False) -> str:
    n = parts[d] if isinstance(parts, dict) else None
    if tracks and lost(e, d, n):
        return cell(e.say("lost_cell"))
    return cell(e.say("not_watched_cell")) if unwatched(e, k, n) else cell(e.html(n), n)


def _span(e: Edition, span: tuple[float, float] | None, digits: int = 1) -> str:
    return "–" if span is None else f"{e.number(span[0], digits)}–{e.number(span[1], digits)}"


def _nm(span: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if span is None else (span[0] / 1852, span[1] / 1852)


def _told(e: Edition) -> str:
    """The figure in words: the day with most small craft, and the hours not watched."""
    if e.week.nothing:
        return e.plain("unheard")
    small, _ = day_parts(e)
    parts = small if isinstance(small, dict) else {}
    known = {d: n for d, n in parts.items() if isinstance(n, int)}
    if not known or not max(known.values()):
        none = parts and len(known) == len(parts) and not e.week.missing
        return e.plain("days_alt_none" if none else "days_alt_few")
    most = max(known, key=lambda d: (known[d], d))
    return e.plain("days_alt", day=e.day(most, short=False), n=known[most])
