"""What a user may choose of a picture: language, colours, span of time, tiles; and what is said
of a choice that is none."""

import json

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.maps.choice import Choice
from coastwatch.maps.contents import island
from coastwatch.maps.tiles import Tiles
from coastwatch.model import ConfigError
from coastwatch.store.run import read_run
from tests.maps_run import START_S, alert, track, write_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    ways = [track(1, [(1.4, 50.9), (1.5, 51.0)]), track(2, [(1.5, 50.9), (1.6, 51.0)], 0, 600)]
    alerts = [
        alert(1, 1, "2026-05-12T04:05:00Z", 1.41, 50.91),
        alert(2, 1, "2026-05-12T04:45:00Z", 1.45, 50.95),
    ]
    return write_run(tmp_path_factory.mktemp("run"), ways, alerts)


def drawn(folder, tmp_path, *options):
    """The command's result, and the island of the page that it wrote, where it wrote one."""
    out = tmp_path / "new folder" / "p.html"
    result = CliRunner().invoke(main, ["map", str(folder), "--out", str(out), *options])
    if not out.is_file():
        return result, None
    html = out.read_text(encoding="utf-8")
    return result, json.loads(html.split('id="island">')[1].split("</script>")[0])


def test_the_page_opens_in_the_language_and_colours_that_were_asked_for(folder, tmp_path):
    _, plain = drawn(folder, tmp_path)
    assert (plain["lang"], plain["palette"]) == ("en", "night")
    _, asked = drawn(folder, tmp_path, "--lang", "fr", "--palette", "day")
    assert (asked["lang"], asked["palette"]) == ("fr", "day")


def test_a_span_of_time_cuts_tracks_and_alerts(folder, tmp_path):
    _, data = drawn(
        folder, tmp_path, "--from", "2026-05-12T04:30Z", "--to", "2026-05-12T05:50+01:00"
    )
    assert (data["start"], data["end"]) == (START_S + 1800, START_S + 3000)
    assert [t["id"] for t in data["tracks"]] == [1]
    assert [a["id"][-1] for a in data["alerts"]] == ["2"]
    assert data["notes"] == []
    assert data["points"]["rows"] == 241


def test_a_span_without_anything_is_an_empty_picture(folder):
    data = island(read_run(folder), Choice(from_s=START_S + 1e6))
    assert data["tracks"] == data["alerts"] == []
    assert "density" not in data


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "noon"], "--from 'noon': not a time; write it as"),
        (["--from", "2026-05-12T05:00Z", "--to", "2026-05-12T04:00Z"], "--from is later than --to"),
        (["--tiles", "https://a/{z}/{x}.png"], "{y} must be in it once"),
    ],
)
def test_a_choice_that_is_none_is_one_line_that_names_the_option(folder, tmp_path, options, said):
    result, data = drawn(folder, tmp_path, *options)
    assert result.exit_code == 2
    assert said in result.output
    assert data is None


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example.org/sea/{z}/{x}/{y}.png?key=a-b_c",
        "http://localhost:8080/{z}/{x}/{y}",
        "tiles/{z}/{x}/{y}.png",
        "../tiles/{z}/{y}/{x}.webp",
    ],
)
def test_a_server_or_a_folder_may_give_tiles(url):
    told = Tiles(url, "© some\nbody").document()
    assert told["url"] == url
    assert told["attribution"] == "© some body"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "{z}/{x}",
        "{z}/{x}/{y}/{y}",
        "javascript:alert(1)//{z}/{x}/{y}",
        "data:image/png,{z}{x}{y}",
        "file:///etc/{z}/{x}/{y}",
        "//host/{z}/{x}/{y}",
        "/srv/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
        "https://a b/{z}/{x}/{y}",
        "https://a;script-src *//{z}/{x}/{y}",
        "https://a'b/{z}/{x}/{y}",
        'https://a"b/{z}/{x}/{y}',
        "https://a/{z}/{x}/{y}<script>",
        "https://user:secret@a/{z}/{x}/{y}",
        "https://{z}.example/{x}/{y}",
        "https://a:99999/{z}/{x}/{y}",
        "https://[::1/{z}/{x}/{y}",
        "http://[::1]:8080/{z}/{x}/{y}",
        "https://a/{z}/{x}/{y}" + "a" * 600,
    ],
)
def test_what_is_no_address_of_tiles_is_refused(url):
    with pytest.raises(ConfigError, match="--tiles"):
        Tiles(url)


@pytest.mark.parametrize(
    "choice", [{"lang": "de"}, {"palette": "pink"}, {"from_s": 2.0, "to_s": 1.0}]
)
def test_a_notebook_hears_the_same_of_a_wrong_choice(choice):
    with pytest.raises(ConfigError):
        Choice(**choice)
