"""What time a report is of: an ISO week, or any days; and the spans that it is compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from coastwatch.model import ConfigError
from coastwatch.times import utc_time

DAYS_MOST = 31
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """``begin`` <= time < ``end`` (UTC); ``name`` is that of an ISO week, else empty."""

    begin: datetime
    end: datetime
    name: str = ""

    @property
    def hours(self) -> float:
        return (self.end - self.begin).total_seconds() / 3600

    @property
    def iso_week(self) -> bool:
        """Whether it is an ISO week, to the second."""
        whole = self.whole_days and self.end - self.begin == WEEK
        return whole and self.begin.weekday() == 0

    @property
    def whole_days(self) -> bool:
        """Whether it begins and ends at midnight (UTC)."""
        return not any(t.time() != time.min for t in (self.begin, self.end))

    @property
    def whole_hours(self) -> Span:
        """All hours of the clock that it touches."""
        begin, end = (t.replace(minute=0, second=0, microsecond=0) for t in (self.begin, self.end))
        return Span(begin, end if end == self.end else end + timedelta(hours=1), self.name)

    @property
    def days(self) -> list[date]:
        """The UTC days that it touches."""
        last = (self.end - timedelta(microseconds=1)).date()
        first = self.begin.date()
        return [first + timedelta(days=k) for k in range((last - first).days + 1)]

    def before(self) -> Span:
        """The week before, or as long a span just before."""
        begin = self.begin - (self.end - self.begin)
        return week(_name(begin)) if self.name else Span(begin, self.begin)

    def year_before(self) -> Span | None:
        """The same ISO week of the year before, None where that year has none; of other spans
        the one 52 weeks before."""
        if not self.name:
            return Span(self.begin - 52 * WEEK, self.end - 52 * WEEK)
        year, number = self.begin.isocalendar()[:2]
        try:
            return week(f"{year - 1:04d}-W{number:02d}")
        except ConfigError:
            return None


def week(name: str) -> Span:
    """The span of an ISO week, such as "2026-W47": Monday to Monday at 00:00 UTC, after ISO 8601.

    ``begin`` and ``end`` are its times (UTC), ``name`` the week's. Raises ConfigError when it is
    not one.
    """
    parts = re.fullmatch(r"(\d{4})-W(\d{2})", name, re.ASCII)
    try:
        if parts:
            first = date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
            begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
            return Span(begin, begin + WEEK, name)
    except (ValueError, OverflowError):
        pass
    raise ConfigError(f"--week {name!r} is not an ISO week; write it as 2026-W47")


def span_of(week_name: str | None, begin: str | None, end: str | None) -> Span:
    """The span that options tell: a week, or from and to. Raises ConfigError for both or neither,
    and for a span that is empty or over a month."""
    if week_name is not None:
        if begin is not None or end is not None:
            raise ConfigError("--week and --from/--to: give one of both")
        return week(week_name)
    if begin is None or end is None:
        raise ConfigError("which time? give --week 2026-W47, or --from and --to")
    span = Span(utc_time("--from", begin), utc_time("--to", end))
    if not timedelta(0) < span.end - span.begin <= timedelta(days=DAYS_MOST):
        raise ConfigError(f"--from {begin} --to {end}: give a span of up to {DAYS_MOST} days")
    return span


def _name(begin: datetime) -> str:
    year, number, _ = begin.isocalendar()
    return f"{year:04d}-W{number:02d}"
