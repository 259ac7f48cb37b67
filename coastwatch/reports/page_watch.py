"""What was watched: each sensor hour by hour, what it reaches, and what was received."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coastwatch.model import Floats
from coastwatch.reports.edition import Edition, cell, figure, row, section, table
from coastwatch.reports.figure_coverage import coverage_figure
from coastwatch.reports.svg import INK, SOFT, hour_strip, svg, text
from coastwatch.reports.text import escape
from coastwatch.reports.words_refused import reason

DAYS_MOST = 14  # more stand in two columns
KINDS = ("radar", "ais", "camera")


def watch_page(e: Edition) -> str:
    """A strip a sensor; the hours of each; the feeds."""
    lead = e.say("watch_lead")
    both = "".join(f"<div>{t}</div>" for t in (_sensors(e), _feeds(e)) if t)
    strips = figure(_strips(e), e.say("uptime_caption"), _days_table(e), e.say("table_behind"))
    return section(
        "watch",
        e.say("watch"),
        f'{strips}{coverage_figure(e)}<div class="halves">{both}</div>{_weather(e)}',
        f"<strong>{e.say('unheard')}</strong>" if e.week.nothing else lead,
    )


def _strips(e: Edition) -> str:
    w = e.week.watched
    days = e.week.span.days
    left, wide = 30.0, 150.0
    step = wide / max(len(w.share), 1)
    body = []
    offset = w.first.hour
    for k, d in enumerate(days):
        x = left + max(k * 24 - offset, 0) * step
        if (len(days) <= 10 or k % 3 == 0) and x < left + wide - 9:
            body.append(text(x + 0.4, 3.0, e.day(d), 2.6, fill=INK, weight="bold"))
    y = 5.0
    rows = [(e.plain("any_sensor"), w.share)]
    rows += [(f"{name}", w.by[i]) for i, (name, _) in enumerate(w.sensors)]
    for i, (name, shares) in enumerate(rows):
        high = 6.0 if i == 0 else 4.6
        body.append(
            text(0, y + high / 2 + 0.9, name[:20], 2.6, weight="bold" if i == 0 else "normal")
        )
        body.append(hour_strip(left, y, wide, high, shares.tolist()))
        y += high + (3.0 if i == 0 else 1.8)
    for k in range(1, len(days)):
        x = left + (k * 24 - offset) * step
        body.append(
            f'<path d="M{x:.2f} 4.2V{y - 1:.2f}" stroke="#fff" stroke-width="0.5" fill="none"/>'
        )
        body.append(
            f'<path d="M{x:.2f} 4.2V{y - 1:.2f}" stroke="{SOFT}" stroke-width="0.15" fill="none"/>'
        )
    body.append(_key(e, y + 1))
    total = e.plain("uptime_alt", hours=e.hours(w.hours), of=e.hours(e.week.span.hours))
    return svg(180.0, y + 6, total, "".join(body))


def _key(e: Edition, y: float) -> str:
    parts = []
    for k, (share, name) in enumerate(
        ((1.0, "key_heard"), (0.5, "key_part"), (0.0, "not_watched_cell"), (np.nan, "key_unknown"))
    ):
        x = 30.0 + 38.0 * k
        parts.append(hour_strip(x, y, 6, 2.8, [share]) + text(x + 7.4, y + 2.3, e.plain(name), 2.4))
    return "".join(parts)


def _days_table(e: Edition) -> str:
    """Hours heard by sensor and day."""
    w = e.week.watched
    days = e.week.span.days
    rows = []
    for name, shares in [
        (e.say("any_sensor"), w.share),
        *((escape(n), w.by[i]) for i, (n, _) in enumerate(w.sensors)),
    ]:
        cells = []
        for k in range(len(days)):
            here = w.place == k
            told = _hours(w.lasts[here], shares[here])
            cells.append(cell(_least(e, told, lambda h: e.number(h))))
        rows.append(row(name, cells))
    head = [e.say("sensor"), *(f">{e.day(d)}" for d in days)]
    return table("uptime", head, rows, e.say("uptime_caption"), hidden=True, kind="small")


def _hours(lasts: Floats, shares: Floats) -> tuple[float, bool]:
    """Hours in which a sensor was surely heard, and whether more is not known."""
    return float(np.nansum(lasts * shares)), bool(np.isnan(shares).any())


def _least(e: Edition, told: tuple[float, bool], say: Callable[[float], str]) -> str:
    """Hours heard, where something is not known as the least that they were."""
    hours, unknown = told
    if not unknown:
        return say(hours)
    return f"≥ {say(hours)}" if hours > 0 else e.say("key_unknown")


def _sensors(e: Edition) -> str:
    w = e.week.watched
    rows = []
    for i, (name, kind) in enumerate(w.sensors):
        told = _hours(w.lasts, w.by[i])
        reach = next((r for n, _, _, r in e.week.sensors if n == name), None)
        hours = _least(e, told, e.hours)
        said = _least(e, told, lambda h: e.percent(h / e.week.span.hours))
        reaches = "–" if reach is None or kind != "radar" else f"{e.number(reach / 1852, 0)} NM"
        rows.append(
            row(
                escape(name),
                [
                    f"<td>{e.say(f'kind_{kind}') if kind in KINDS else escape(kind)}</td>",
                    cell(hours),
                    cell(said),
                    cell(reaches),
                ],
            )
        )
    head = [
        e.say("sensor"),
        e.say("kind"),
        f">{e.say('hours_heard')}",
        f">{e.say('share')}",
        f">{e.say('range')}",
    ]
    return table("sensors", head, rows, e.say("sensors_caption"), kind="small")


def _weather(e: Edition) -> str:
    """Weather and sea state beside the days; said where none was given."""
    told = e.week.weather
    if told is None:
        return f"<p>{e.say('no_weather')}</p>"
    rows = []
    for d in e.week.span.days:
        day = told.get(d)
        if day is None:
            rows.append(row(e.day(d), [cell(e.say("no_data")), *[cell("–")] * 4]))
            continue
        wind_from = "–" if day.wind_from_deg is None else f"{day.wind_from_deg:.0f}°"
        rows.append(
            row(
                e.day(d),
                [
                    cell(_range(e, day.wind_mps, 1)),
                    cell(wind_from),
                    cell(_range(e, day.wave_height_m, 1)),
                    cell(_range(e, day.sea_state, 0)),
                    cell(_range(e, day.visibility_m, 0, 1852.0)),
                ],
            )
        )
    head = [
        e.say("day"),
        f">{e.say('wind')} (m/s)",
        f">{e.say('wind_from')}",
        f">{e.say('waves')} (m)",
        f">{e.say('sea_state')}",
        f">{e.say('visibility')} (NM)",
    ]
    days = table("weather", head, rows, e.say("weather_caption"), kind="small")
    days = f'<div class="twos">{days}</div>' if len(rows) > DAYS_MOST else days
    return f'<div class="whole">{days}</div>'


def _range(e: Edition, span: tuple[float, float] | None, digits: int, unit: float = 1.0) -> str:
    if span is None:
        return "–"
    return f"{e.number(span[0] / unit, digits)}–{e.number(span[1] / unit, digits)}"


def _feeds(e: Edition) -> str:
    if not e.week.feeds:
        return ""
    rows = []
    for name, feed in e.week.feeds.items():
        refused = sum(feed["rejected"].values())
        shown = e.parted(feed["rejected"])
        why = sorted(feed["rejected"], key=lambda k: (-feed["rejected"][k], k))[:3]
        told = "–"
        if shown:
            told = ", ".join(f"{escape(reason(str(k), e.lang))} {e.html(shown[k])}" for k in why)
        told = e.say("withheld_note") if shown is None else told
        decoded, refused = e.alone(feed["decoded"]), e.alone(refused)
        rows.append(
            row(
                escape(name),
                [
                    cell(e.html(decoded), decoded),
                    cell(e.html(refused), refused),
                    f"<td>{told}</td>",
                ],
                name,
            )
        )
    head = [e.say("feed"), f">{e.say('frames')}", f">{e.say('refused')}", e.say("reasons_short")]
    return table("feeds", head, rows, e.say("feeds_caption"), kind="small")
