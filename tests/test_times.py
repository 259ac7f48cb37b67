"""Times that people write: with a zone, or a date; every doubt is said with the option's name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.model import ConfigError
from coastwatch.times import utc_time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-16", datetime(2026, 11, 16, tzinfo=UTC)),
        (" 2026-11-16T06:00Z ", datetime(2026, 11, 16, 6, tzinfo=UTC)),
        ("2026-11-16T07:00+01:00", datetime(2026, 11, 16, 6, tzinfo=UTC)),
        ("2026-W47-1", datetime(2026, 11, 16, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_or_a_date_is_read(text, time):
    assert utc_time("--from", text) == time
    assert utc_time("--from", text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("noon", "not a time"), ("", "not a time"), ("2026-13-01", "not a time"),
        ("0001-01-01T00:00+23:00", "not a time"), ("9999-12-31T23:59-23:00", "not a time"),
        ("2026-11-16T06:00", "which clock"), ("2026-11-16 06:00:00", "which clock"),
        ("1066-10-14", "not of our time"), ("2966-10-14T00:00Z", "not of our time"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_said_with_its_option_and_the_mend(text, why):
    with pytest.raises(ConfigError, match=f"^--from .*: {why}.*write it as 2026-"):
        utc_time("--from", text)


def test_a_call_for_help_came_at_an_hour():
    with pytest.raises(ConfigError, match="which clock"):
        utc_time("--at", "2026-11-16", dates=False)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)),
    st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)
def test_what_was_written_with_any_zone_is_the_same_moment(time, zone):
    there = time.replace(tzinfo=zone)
    assert utc_time("--at", there.isoformat()) == there


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_is_refused(text):
    try:
        assert utc_time("--at", text).tzinfo is UTC
    except ConfigError as error:
        assert str(error).startswith("--at ")


def test_the_mend_is_a_form_that_is_taken():
    with pytest.raises(ConfigError) as error:
        utc_time("--at", "2026-11-16", dates=False)
    assert "as 2026-11-16T06:00Z" in str(error.value) and "as 2026-11-16;" not in str(error.value)
    assert not str(error.value).endswith("as 2026-11-16")
