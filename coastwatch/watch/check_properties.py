"""What can be wrong with what a zone says of itself: texts, rules, validity, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from coastwatch.watch.fault import (
    NOTE,
    At,
    Fault,
    is_number,
    nearest,
    positions,
    short,
)

KINDS = (
    "tss-lane",
    "separation-zone",
    "inshore-zone",
    "territorial-sea",
    "port-limits",
    "exclusion",
    "search-area",
    "line",
    "reporting-line",
    "anchorage",
    "moorings",
    "wind-farm",
    "fishing-ground",
    "beach",
    "pilot-area",
    "other",
)
LINE_KINDS = ("line", "reporting-line")
LINES = ("LineString", "MultiLineString")
YEARS = (1900, 2200)
# Numbers that a zone may tell its rules: above the first (or from it), up to the second.
NUMBERS = {
    "speed_max_kn": (0.0, 100.0, True),
    "speed_min_kn": (0.0, 100.0, True),
    "dwell_min": (0.0, 10_000.0, False),
    "ahead_min": (0.0, 120.0, False),
}
SETTINGS = (*NUMBERS, "bands_nm", "flow")
BANDS_MAX, BAND_MAX_NM = 8, 50.0
# What a rule needs of a zone to say anything: its geometry, or one of some settings.
OF_AREAS = ("zone-entry", "zone-exit", "zone-dwell", "zone-speed", "tss-crossing", "tss-wrong-way")
OF_LINES = ("line-crossing", "not-reporting")
NEEDS = {
    "zone-speed": ("speed_max_kn", "speed_min_kn"),
    "distance-to-area": ("bands_nm",),
    "tss-crossing": ("flow",),
    "tss-wrong-way": ("flow",),
}


def properties(
    p: dict[str, Any], shape: Any, at: At, rules: Mapping[str, str], now_s: float
) -> Iterator[Fault]:
    """Every fault of a feature's properties; ``shape`` is its geometry's type."""
    for key in ("id", "name", "kind", "source"):
        if not isinstance(p.get(key), str) or not p[key].strip():
            yield at.fault(f"{key} is missing", f"give {key} as a text")
    for key in ("id", "name", "kind", "source", "note"):
        if isinstance(p.get(key), str) and not _writable(p[key]):
            yield at.fault(f"{key} holds half a character (a lone surrogate)", "type it anew")
    kind = p.get("kind")
    if isinstance(kind, str) and kind not in KINDS:
        yield at.fault(f"unknown kind {kind!r}", f"use one of {', '.join(KINDS)}")
    accuracy = p.get("accuracy_m")
    if accuracy is not None and not (is_number(accuracy) and accuracy >= 0):
        yield at.fault(f"accuracy_m = {short(accuracy)}", "give metres as a number, 0 or more")
    yield from _validity(p, at, now_s)
    settings = p.get("settings")
    if isinstance(settings, dict):
        yield from _settings(settings, kind, at)
    elif settings is not None:
        mend = f"give an object, with any of {', '.join(SETTINGS)}"
        yield at.fault(f"settings = {short(settings)}", mend)
    yield from _rules(p, shape, settings if isinstance(settings, dict) else {}, at, rules)


def _writable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _rules(
    p: dict[str, Any], shape: Any, settings: dict[str, Any], at: At, rules: Mapping[str, str]
) -> Iterator[Fault]:
    known = tuple(name for name, scope in rules.items() if scope == "zone")
    asked = p.get("rules", [])
    if not isinstance(asked, list):
        yield at.fault("rules is not a list", f"give a list of {', '.join(known)}")
        return
    for rule in asked:
        if not isinstance(rule, str) or rule not in rules:
            what = f"unknown rule {rule!r}"
            yield at.fault(what, f"use one of {', '.join(known)}, such as {_like(rule, known)}")
        elif rules[rule] != "zone":
            mend = f"remove it, and set it in site.toml under [rule.{rule}]"
            yield at.fault(f"rule {rule!r} is not bound to zones", mend)
        else:
            yield from _silent(rule, shape, settings, at)
    twice = sorted({r for r in asked if isinstance(r, str) and asked.count(r) > 1})
    for rule in twice:
        yield at.fault(f"rule {rule!r} is listed twice", "remove one; it counts once", NOTE)


def _like(word: Any, known: tuple[str, ...]) -> str:
    return nearest(word, known).removeprefix("use ").removeprefix("one of ").split(",")[0]


def _silent(rule: str, shape: Any, settings: dict[str, Any], at: At) -> Iterator[Fault]:
    """Notes that a rule can never say anything of this zone."""
    what = f"rule {rule!r} can never fire here"
    if rule in OF_AREAS and shape in (*LINES, "Point"):
        yield at.fault(what, f"remove it: it is of areas, and this is a {shape}", NOTE)
    elif rule in OF_LINES and shape not in LINES:
        yield at.fault(what, f"remove it: it is of lines, and this is a {shape}", NOTE)
    elif rule in NEEDS and not any(key in settings for key in NEEDS[rule]):
        yield at.fault(what, f"give {' or '.join(NEEDS[rule])} in settings", NOTE)


def _validity(p: dict[str, Any], at: At, now_s: float) -> Iterator[Fault]:
    times: dict[str, float] = {}
    for key in ("valid_from", "valid_to"):
        if p.get(key) is None:
            continue
        try:
            times[key] = moment(p[key])
        except ValueError:
            what = f"{key} = {short(p[key])} is no time"
            yield at.fault(what, "write it as 2026-11-20T05:30:00Z")
    begin, end = times.get("valid_from", -float("inf")), times.get("valid_to", float("inf"))
    if begin >= end:
        yield at.fault("valid_to is not after valid_from", "exchange or correct the two")
        return
    port = p.get("kind") == "port-limits"
    so = ": small craft in this port count as at sea" if port else ""
    if end <= now_s:
        what = f"its validity is over since {_iso(end)}{so}"
        yield at.fault(what, "remove the zone, or give a later valid_to", NOTE)
    elif port and begin > now_s:
        what = f"its validity begins only at {_iso(begin)}{so} until then"
        yield at.fault(what, "give an earlier valid_from, if the port is there now", NOTE)


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat()


def moment(text: Any) -> float:
    """UTC seconds of an ISO 8601 time with zone. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("no time zone")
    if not YEARS[0] <= parsed.year < YEARS[1]:
        raise ValueError("not of our time")
    return parsed.timestamp()


def _settings(settings: dict[str, Any], kind: Any, at: At) -> Iterator[Fault]:
    at = at.within("settings:")
    for key, value in settings.items():
        if key in NUMBERS:
            least, most, closed = NUMBERS[key]
            fits = is_number(value) and least <= value <= most and (closed or value > least)
            if not fits:
                from_ = "from" if closed else "above"
                yield at.fault(
                    f"{key} = {short(value)}", f"give a number {from_} {least:g} to {most:g}"
                )
        elif key not in SETTINGS:
            yield at.fault(f"unknown key {short(key)}", nearest(key, SETTINGS))
    low, high = (settings.get(key, 0.0) for key in ("speed_min_kn", "speed_max_kn"))
    if "speed_max_kn" in settings and is_number(low) and is_number(high) and low > high:
        yield at.fault("speed_min_kn is over speed_max_kn", "exchange or correct the two")
    ahead = settings.get("ahead_min", 0.0)
    if is_number(ahead) and 30 < ahead <= NUMBERS["ahead_min"][1]:
        yield at.fault(f"ahead_min = {ahead:g}", "use 30 or less: the watch looks no further", NOTE)
    if "bands_nm" in settings:
        yield from _bands(settings["bands_nm"], at)
    if "flow" in settings:
        yield from _flow(settings["flow"], kind, at.within("flow:"))


def _bands(bands: Any, at: At) -> Iterator[Fault]:
    mend = f"give 1 to {BANDS_MAX} numbers of nautical miles above 0 to {BAND_MAX_NM:g}"
    if not isinstance(bands, list) or not 1 <= len(bands) <= BANDS_MAX:
        yield at.fault(f"bands_nm = {short(bands)}", mend)
        return
    for i, band in enumerate(bands):
        if not is_number(band) or not 0 < band <= BAND_MAX_NM:
            yield at.fault(f"bands_nm: number {i} is {short(band)}", mend)
        elif band in bands[:i]:
            yield at.fault(f"bands_nm: number {i}, {band:g}, stands there already", "remove it")


def _flow(flow: Any, kind: Any, at: At) -> Iterator[Fault]:
    if kind != "tss-lane":
        yield at.fault(f"a {short(kind)} with a flow", "remove it: only a tss-lane has one")
    if not isinstance(flow, list) or len(flow) < 2:
        mend = "give 2 or more positions, [longitude, latitude], the way that traffic goes"
        yield at.fault(f"{short(flow)} is no line", mend)
        return
    yield from positions(flow, at)
    for i in range(1, len(flow)):
        if flow[i] == flow[i - 1]:
            yield at.within(f"vertex {i}:").fault("the same as the one before", "remove it")
