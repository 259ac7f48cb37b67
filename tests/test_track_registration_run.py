"""Registration in a run: an exercise whose site turns and stretches what a radar measured."""

import re
import tomllib

import pytest
import tomli_w

from coastwatch.runner import track_files
from coastwatch.simulate import simulate
from coastwatch.summary import summary_text


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The site takes off what is not there, of one radar: half a degree and 60 m are left over."""
    folder = tmp_path_factory.mktemp("biased")
    site = simulate("dover-crossing", 3, folder / "exercise", 300.0)
    document = tomllib.loads(site.read_text(encoding="utf-8"))
    for sensor in document["sensor"]:
        if sensor["id"] == "gris-nez":
            sensor |= {"azimuth_bias_deg": -0.5, "range_bias_m": -60.0}
    site.write_text(tomli_w.dumps(document), encoding="utf-8")
    out = folder / "run"
    return out, track_files(site, sorted((folder / "exercise/feeds").iterdir()), out)


def test_a_bias_is_found_and_taken_off_and_none_where_there_is_none(run):
    _, summary = run
    biased, sound = (summary["registration"][radar] for radar in ("gris-nez", "dover"))
    for name, bias in (("azimuth_bias_deg", 0.5), ("range_bias_m", 60.0)):
        assert biased[name] == pytest.approx(bias, abs=3 * biased[f"{name}_sigma"])
        assert biased[f"{name}_applied"]
        assert abs(sound[name]) < 3 * sound[f"{name}_sigma"]
    assert not sound["applied"]


def test_the_closing_words_say_so(run):
    out, summary = run
    said = [line for line in summary_text(summary, out).splitlines() if "taken off" in line]
    (line,) = said
    assert re.fullmatch(
        r"  note: radar gris-nez: azimuth \+0\.\d\d ± 0\.\d\d deg, "
        r"range \+\d\d ± \d+ m taken off, from \d+ vessels",
        line,
    )
