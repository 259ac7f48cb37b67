"""When a sentence was received: log prefixes and suffixes, epochs, GPS and base clocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from coastwatch.model import ConfigError

# Outside these a number is no reception time: AIS is younger than 1996, and many an MMSI read as
# seconds falls between 1970 and 1996.
EARLIEST_S = 820_454_400.0  # 1996-01-01
LATEST_S = 4_102_444_800.0  # 2100-01-01
DAY_S = 86_400.0

_EPOCH = re.compile(rb"(?<![\d.])(\d{9,20}(?:\.\d{1,9})?)(?![\d.])")
_DATE = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?"
)


def epoch_s(text: bytes) -> float | None:
    """UTC seconds of a Unix time in s, ms, us or ns, told apart by its size; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    for scale in (1.0, 1e3, 1e6, 1e9):
        if value < LATEST_S * scale:
            return value / scale if value > EARLIEST_S * scale else None
    return None


@lru_cache(maxsize=64)
def prefix_s(prefix: bytes) -> float | None:
    """The time that a log line begins with: a date (UTC unless it names a zone) or an epoch."""
    found = _DATE.search(prefix)
    if found:
        return _date_s(found)
    number = _EPOCH.search(prefix)
    return epoch_s(number[1]) if number else None


def suffix(tail: bytes) -> tuple[float | None, str]:
    """Time and station behind a checksum: ",r003669987,1152921693" (USCG) or ",1327992119157"."""
    time_s, station = None, ""
    for part in tail.split(b","):
        part = part.strip()
        if part.isdigit() and len(part) >= 9:
            time_s = epoch_s(part) or time_s
        elif part[:1] in (b"r", b"b") and 1 < len(part) <= 32 and part.isalnum():
            station = part.decode("ascii")
    return time_s, station


def gatehouse(fields: Sequence[bytes]) -> tuple[float | None, str, bytes]:
    """Time, base station (MMSI) and checksum of the sentence that a $PGHP,1 precedes."""
    if len(fields) < 14 or fields[1] != b"1":
        return None, "", b""
    name = fields[11].decode("ascii") if fields[11].isdigit() else ""
    try:
        year, month, day, hour, minute, second, ms = (int(f) for f in fields[2:9])
        if not 0 <= ms < 1_000:
            raise ValueError("no milliseconds")
        return _utc(year, month, day, hour, minute, second) + ms / 1e3, name, fields[13]
    except ValueError:
        return None, name, fields[13]


def rmc_s(fields: Sequence[bytes]) -> float | None:
    """UTC seconds of an RMC sentence with a valid fix and a date."""
    if len(fields) < 10 or fields[2] != b"A" or len(fields[9]) != 6:
        return None
    tod = time_of_day_s(fields[1])
    try:
        day, month, year = (int(fields[9][i : i + 2]) for i in (0, 2, 4))
        return None if tod is None else _utc(2000 + year, month, day) + tod
    except ValueError:
        return None


def zda_s(fields: Sequence[bytes]) -> float | None:
    """UTC seconds of a ZDA sentence."""
    tod = time_of_day_s(fields[1]) if len(fields) >= 5 else None
    try:
        return None if tod is None else _utc(int(fields[4]), int(fields[3]), int(fields[2])) + tod
    except ValueError:
        return None


def calendar_s(*parts: int) -> float | None:
    """UTC seconds of year, month, day, hour, minute, second; None if there is no such moment."""
    try:
        return _utc(*parts)
    except ValueError:
        return None


def time_of_day_s(text: bytes) -> float | None:
    """Seconds since midnight of NMEA's hhmmss.ss; a leap second is let pass."""
    if not re.fullmatch(rb"\d{6}(?:\.\d{1,6})?", text):
        return None
    hour, minute, second = int(text[:2]), int(text[2:4]), float(text[4:])
    valid = hour < 24 and minute < 60 and second < 61
    return hour * 3600.0 + minute * 60.0 + second if valid else None


def on_day_s(tod_s: float, near_s: float) -> float:
    """The moment with that time of day that is nearest to ``near_s``: midnight falls right."""
    return near_s + (tod_s - near_s % DAY_S + DAY_S / 2) % DAY_S - DAY_S / 2


def midnight(date: str | None) -> float | None:
    """The UTC seconds at which a day such as "2026-11-20" begins. Raises ConfigError."""
    if date is None:
        return None
    try:
        return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ConfigError(f'date {date!r} is not a day; write it as "2026-11-20"') from error


def iso(time_s: float | None) -> str | None:
    """ISO 8601 with Z, to the microsecond."""
    if time_s is None:
        return None
    moment = datetime.fromtimestamp(round(time_s, 6), UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _date_s(found: re.Match[bytes]) -> float | None:
    fraction = float(b"0." + found[7]) if found[7] else 0.0
    try:
        time_s = _utc(*(int(found[i]) for i in range(1, 7))) + fraction - _zone_s(found[8])
    except ValueError:
        return None
    return time_s if EARLIEST_S < time_s < LATEST_S else None


def _zone_s(zone: bytes | None) -> float:
    if zone is None or zone == b"Z":
        return 0.0
    digits = zone[1:].replace(b":", b"")
    seconds = int(digits[:2]) * 3600.0 + int(digits[2:]) * 60.0
    return -seconds if zone[:1] == b"-" else seconds


def _utc(*parts: int) -> float:
    try:
        time_s = datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]
    except OverflowError as error:
        raise ValueError("outside all calendars") from error
    if not EARLIEST_S < time_s < LATEST_S:
        raise ValueError("outside the times of AIS")
    return time_s
