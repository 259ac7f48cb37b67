"""Times that people write in commands: one way to read them, and one to say what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from coastwatch.model import ConfigError

AT = "write it as 2026-11-16T06:00Z, or with an offset as 2026-11-16T07:00+01:00"
MEND = f"{AT}; a whole day as 2026-11-16"


def utc_time(option: str, text: str, dates: bool = True) -> datetime:
    """The time (UTC) of ISO 8601 text: with a zone, or with ``dates`` a date, its midnight UTC.

    A time without its zone is refused: two coasts have two clocks, and an hour's doubt. Raises
    ConfigError, naming the ``option``.
    """
    try:
        time = datetime.fromisoformat(text.strip())
        if time.tzinfo is not None:
            time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f"{option} {text!r}: not a time; {MEND if dates else AT}") from None
    if time.tzinfo is None:
        # Of a date alone there is no hour to doubt.
        if not dates or len(text.strip()) > len("2026-11-16"):
            raise ConfigError(f"{option} {text!r}: which clock? {MEND if dates else AT}")
        time = time.replace(tzinfo=UTC)
    if not 1970 <= time.year < 2200:
        raise ConfigError(f"{option} {text!r}: not of our time; {MEND}")
    return time
