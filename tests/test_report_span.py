"""A report of any span: the hours watched in it, to the second, and what its head says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.cli import main
from coastwatch.reports.span import Span, span_of
from coastwatch.reports.watched import watched_in
from coastwatch.store.history_watch import Heard, Watched
from tests.maps_run import strait

T0 = datetime(2026, 11, 19, 22, tzinfo=UTC)
MINUTES = 240
PAIRS = st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES)).map(sorted)


@st.composite
def runs(draw):
    """Runs with sensors of which some tell when they were heard."""
    found = []
    for k in range(draw(st.integers(0, 3))):
        begin, end = draw(PAIRS)
        heard = []
        for name in draw(st.sets(st.sampled_from(["a", "b"]))):
            ups = draw(st.none() | st.lists(PAIRS, max_size=2))
            inside = None if ups is None else tuple(
                (at(max(a, begin)), at(min(b, end)))
                for a, b in ups if min(b, end) > max(a, begin))  # fmt: skip
            heard.append(Heard(name, "radar", inside))
        found.append(Watched(f"r{k}", "site", at(begin), at(end), {}, tuple(heard)))
    return found


def at(minute: float) -> float:
    return T0.timestamp() + 60 * minute


def minutes(spells) -> np.ndarray:
    """Which minutes lie in spells of time, counted one by one."""
    mid = T0.timestamp() + 60 * np.arange(MINUTES) + 30
    return np.any([np.zeros(MINUTES, bool), *((a <= mid) & (mid < b) for a, b in spells)], axis=0)


@given(runs(), PAIRS.filter(lambda pair: pair[0] < pair[1]))
def test_watched_hours_are_the_runs_and_their_sensors_within_the_span(runs, pair):
    span = Span(T0 + timedelta(minutes=pair[0]), T0 + timedelta(minutes=pair[1]))
    told = []
    for run in runs:
        ups = [h.up for h in run.heard if h.up is not None]
        told.append(minutes(u for up in ups for u in up) if ups else
                    minutes([(run.from_s, run.to_s)]))  # fmt: skip
    inside = minutes([(span.begin.timestamp(), span.end.timestamp())])
    seen = np.any([np.zeros(MINUTES, bool), *told], axis=0) & inside
    w = watched_in(runs, span)
    assert w.hours == pytest.approx(seen.sum() / 60)
    assert w.lasts.sum() == pytest.approx(span.hours)
    assert (w.share * w.lasts).sum() == pytest.approx(w.hours)
    assert sum(w.day_hours(k) for k in range(len(span.days))) == pytest.approx(w.hours)
    dark = minutes((a.timestamp(), b.timestamp()) for a, b in w.gaps())
    assert not (dark & seen).any()
    assert (inside & ~seen & ~dark).sum() < 3 * (1 + len(w.spells))
    for (name, _), shares in zip(w.sensors, w.by, strict=True):
        mine = [h for run in runs for h in run.heard if h.sensor == name]
        if all(h.up is not None for h in mine):
            heard = minutes(u for h in mine for u in h.up) & inside
            assert (shares * w.lasts).sum() == pytest.approx(heard.sum() / 60)
        dark = minutes((r.from_s, r.to_s) for r in runs for h in r.heard
                       if h.sensor == name and h.up is None)  # fmt: skip
        assert np.isnan(shares).any() == (dark & inside).any()


@pytest.fixture(scope="module")
def half_an_hour(tmp_path_factory):
    """A run from 04:00 to 04:40 or so, of which nothing tells of the sensors."""
    return strait(tmp_path_factory.mktemp("span") / "run", step_s=30.0)


@pytest.mark.parametrize(
    ("begin", "end", "said", "head"),
    [
        ("04:05", "04:20", "0.25 of 0.25 hours (100%)", "12 May 2026, 04:05–04:20"),
        ("03:50", "04:10", "0.17 of 0.33 hours (50%)", "12 May 2026, 03:50–04:10"),
        ("00:00", "24:00", None, "12 May 2026 (UTC)"),
    ],
)
def test_a_span_that_cuts_hours_has_its_times(half_an_hour, tmp_path, begin, end, said, head):
    out = tmp_path / "r.html"
    last = "2026-05-13T00:00Z" if end == "24:00" else f"2026-05-12T{end}Z"
    args = ["--from", f"2026-05-12T{begin}Z", "--to", last, "--out", out]
    result = CliRunner().invoke(main, ["report", *map(str, [half_an_hour, *args])])
    assert result.exit_code == 0, result.output
    html = out.read_text("utf-8")
    assert head in re.search(r'<p class="sub">([^<]*)', html)[1]
    if said:
        assert f"watched for {said}" in html


@pytest.mark.parametrize(
    ("begin", "end", "en", "fr"),
    [
        ("2026-11-16", "2026-11-20", "16–19 November 2026", "16–19 novembre 2026"),
        ("2026-11-30", "2026-12-02", "30 November – 1 December 2026",
         "30 novembre – 1 décembre 2026"),
        ("2026-11-16", "2026-11-18T12:00Z", "16 November, 00:00 – 18 November 2026, 12:00",
         "16 novembre, 00:00 – 18 novembre 2026, 12:00"),
        ("2026-11-16T22:00Z", "2026-11-17", "16 November 2026, 22:00–24:00",
         "16 novembre 2026, 22:00–24:00"),
        ("2025-12-31T22:00Z", "2026-01-01T02:00Z",
         "31 December 2025, 22:00 – 1 January 2026, 02:00",
         "31 décembre 2025, 22:00 – 1 janvier 2026, 02:00"),
    ],
)  # fmt: skip
def test_dates_have_times_where_the_span_is_not_of_whole_days(half_an_hour, begin, end, en, fr):
    from coastwatch.reporting import gather
    from coastwatch.reports.edition import Edition

    week = gather(half_an_hour, span_of(None, begin, end))
    assert Edition(week, "en", False).dates() == en
    assert Edition(week, "fr", False).dates() == fr


def test_a_little_is_not_none_and_nearly_all_is_not_all(half_an_hour):
    from coastwatch.reporting import gather
    from coastwatch.reports.edition import Edition

    e = Edition(gather(half_an_hour, span_of(None, "2026-05-12", "2026-05-13")), "en", False)
    assert [e.percent(p) for p in (0.0, 0.004, 0.93, 0.997, 1.0)] == [
        "0%", "0.4%", "93%", "99.7%", "100%"
    ]  # fmt: skip
    assert [e.hours(h) for h in (0.0, 0.67, 1.0, 1.25, 155.99, 167.6, 168.0)] == [
        "0", "0.67", "1", "1.2", "156", "167.6", "168"
    ]  # fmt: skip
