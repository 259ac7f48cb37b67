"""What a report is asked and given: spans, weather, outcomes; each error in one line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.incident.outcome import rescues
from coastwatch.model import ConfigError, InputError
from coastwatch.reports.span import span_of, week
from coastwatch.reports.uncertain import craft_between, rounded
from coastwatch.reports.weather import read_weather
from tests.maps_run import strait

WEEK = week("2026-W47")


def test_a_week_is_compared_with_the_one_before_and_the_same_of_the_year_before():
    assert WEEK.begin == datetime(2026, 11, 16, tzinfo=UTC)
    assert WEEK.before().name == "2026-W46"
    assert WEEK.year_before().name == "2025-W47"
    assert week("2026-W53").year_before() is None  # 2025 has 52
    assert week("2026-W01").before().name == "2025-W52"


def test_any_span_may_be_asked_but_not_two():
    span = span_of(None, "2026-11-16", "2026-11-18T12:00Z")
    assert (span.hours, len(span.days), span.name) == (60.0, 3, "")
    for told in (("2026-W47", "2026-11-16", None), (None, None, None), (None, "2026-11-16", None),
                 ("2026-W54", None, None), (None, "2026-11-18", "2026-11-16"),
                 (None, "2026-01-01", "2026-03-01"), (None, "2026-11-16T06:00", "2026-11-17"),
                 ("0000-W01", None, None)):  # fmt: skip
        with pytest.raises(ConfigError) as error:
            span_of(*told)
        assert "\n" not in str(error.value)


def test_weather_is_ranged_by_day_and_knots_are_turned(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text(
        "time,wind_kn,wind_from_deg,wave_height_m\n2026-11-16T00:00Z,10,350,0.5\n"
        "2026-11-16T12:00Z,20,10,1.5\n2026-11-17T00:00+01:00,30,,\n2026-12-01T00:00Z,9,,\n"
    )
    told = read_weather(path, WEEK)
    assert list(told) == [date(2026, 11, 16)]  # midnight in Paris is still Monday
    day = told[date(2026, 11, 16)]
    assert day.wind_mps == pytest.approx((5.144, 15.433), abs=1e-3)
    assert day.wind_from_deg == pytest.approx(0.0, abs=1e-6) or day.wind_from_deg > 359.9
    assert (day.wave_height_m, day.sea_state) == ((0.5, 1.5), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,wind\n", "line 1: unknown column 'wind'"),
        ("wind_mps\n", "line 1: no column time"),
        ("time,wind_mps,wind_kn\n", "line 1: a column stands twice"),
        ("time,wind_mps\nyesterday,3\n", "line 2: time 'yesterday'"),
        ("time,wind_mps\n2026-11-16T00:00,3\n", "line 2: time"),
        ("time,wind_mps\n2026-11-16T00:00Z,gale\n", "line 2: wind_mps 'gale'"),
        ("time,sea_state\n\n2026-11-16T00:00Z,12\n", "line 3: sea_state '12'"),
        ("time,wind_mps\n2026-11-16T00:00Z\n", "line 2: 1 cells"),
    ],
)
def test_wrong_weather_is_told_by_file_line_and_field(tmp_path, text, said):
    path = tmp_path / "w.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_weather(path, WEEK)
    assert str(error.value).startswith(f"{path}: {said}")


def test_the_interval_holds_the_count_and_widens_with_doubt():
    sure, doubted = craft_between([0.99] * 30), craft_between([0.6] * 30)
    assert sure.low <= 30 <= sure.high
    assert doubted.middle < sure.middle
    assert doubted.high - doubted.low > sure.high - sure.low
    assert craft_between([]).low == 0
    assert craft_between([]).high <= 1  # one that was missed
    assert rounded(craft_between([0.95] * 180))[0] % 10 == 0


def test_an_outcome_is_told_in_either_language_and_corrected(tmp_path):
    run = strait(tmp_path / "run", step_s=60.0)

    def said(*args, status=0):
        result = CliRunner().invoke(main, ["incident", *map(str, args)])
        assert result.exit_code == status, result.output + result.stderr
        return result.output

    said("open", run, "--at", "2026-05-12T04:30Z", "--position", "1.55,50.91", "--aboard", "33")
    tell = ["outcome", run, "I1", "--operation", "sar", "--by", "A. Watch"]
    said(*tell, "--event", "sinking", "--persons", "rescued=30", "--persons", "missing=3")
    said(*tell, "--event", "Naufrage", "--persons", "Personne secourue=33", "--means",
         "vedette SNSM", "--craft", "motor pleasure craft under 8 m=lost")  # fmt: skip
    assert said("show", run, "I1").count(" outcome I1 by A. Watch") == 2
    begin = datetime(2026, 5, 11, tzinfo=UTC).timestamp()
    (one,) = rescues(run / "incidents.sqlite", begin, begin + 604_800)
    assert one.outcome.persons == {"Personne secourue": 33}
    assert one.outcome.event == "Naufrage"
    assert one.outcome.craft == (("Plaisance à moteur < 8m", "Perdu / Coulé"),)
    assert rescues(run / "incidents.sqlite", 0.0, 1.0) == []
    for wrong in (["--event", "tempest"], ["--event", "sinking", "--persons", "rescued=many"],
                  ["--event", "sinking", "--craft", "submarine=lost"]):  # fmt: skip
        assert said(*tell, *wrong, status=2).count("\n") == 1
    said("outcome", run, "I9", "--operation", "SAR", "--event", "fire", "--by", "A", status=1)
