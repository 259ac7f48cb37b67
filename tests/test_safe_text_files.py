"""Hostile texts in files that other programs open, on a terminal, and in what is drawn of them."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pyogrio
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.cells import FORMULA, safe_cell
from coastwatch.cli import main
from coastwatch.shown import shown_json, shown_lines
from tests.browser import chromium, needs_browser, open_page, settle
from tests.hostile_run import write_texts
from tests.hostile_wire import write_log, write_site
from tests.payloads import GROUPS, PAYLOADS
from tests.test_safe_text import FORBIDDEN, elements

SIGNS = st.text(st.sampled_from("=+-@;,\t\r\n\"' a1＝"), max_size=10)


def invoke(*args, status=0):
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == status, result.output[-500:] + result.stderr[-500:]
    return result


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    one = " ".join(text for texts in GROUPS.values() for text in texts[:3])
    return write_texts(tmp_path_factory.mktemp("hostile"), PAYLOADS, one)


# -- tables --------------------------------------------------------------------------------------


def as_french(line):
    """The cells that a spreadsheet makes of a comma's table where it parts cells at ; instead.

    A quote that does not stand first in a cell is a sign like any other there.
    """
    return [cell.strip(' "') for row in re.split("[\r\n]", line) for cell in re.split("[;\t]", row)]


@given(st.lists(SIGNS | st.sampled_from(GROUPS["cells"]), min_size=1, max_size=3))
def test_no_cell_is_a_formula_whatever_a_spreadsheet_parts_cells_at(texts):
    """The first cell of a row of ours is a time, an id or a number."""
    out = io.StringIO()
    csv.writer(out).writerow(["2026-05-12", *map(safe_cell, texts)])
    table = out.getvalue()
    (row,) = csv.reader(io.StringIO(table, newline=""))
    assert not [cell for cell in row if cell.startswith(FORMULA)]
    assert not [cell for cell in as_french(table) if cell.startswith(("=", "+", "-", "@", "＝"))]


def test_a_flatgeobuf_of_any_suffix_is_a_file(hostile, tmp_path):
    out = tmp_path / "night.flatgeobuf"
    for _ in range(2):
        invoke("export", hostile, "--to", "flatgeobuf", "--what", "positions", "--out", out)
        assert out.is_file()
        assert len(pyogrio.read_dataframe(out)) > 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@given(st.text(), st.text())
def test_json_for_a_terminal_is_the_same_json(key, text):
    said = shown_json({key: [text, None, 1.5]})
    assert said.isprintable()
    assert json.loads(said) == {key: [text, None, 1.5]}


@pytest.mark.parametrize("to", ["jsonl", "geojson"])
def test_alerts_as_json_are_shown_without_being_obeyed(to, hostile):
    said = invoke("alerts", hostile, "--to", to).stdout
    assert all(line.isprintable() for line in said.split("\n"))


# -- the terminal --------------------------------------------------------------------------------


def on_a_terminal(*args):
    """What a terminal is sent."""
    ours, its = os.openpty()
    with subprocess.Popen([sys.executable, "-m", "coastwatch", *map(str, args)], stdout=its,
                          stderr=subprocess.PIPE) as process:  # fmt: skip
        os.close(its)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # Linux says so where the other end has closed
                break
            if not piece:
                break
            said += piece
        os.close(ours)
        assert process.stderr is not None
        complaint = process.stderr.read()
    assert process.returncode == 0, complaint
    return said.decode("utf-8").replace("\r\n", "\n")


def test_a_table_on_a_terminal_moves_it_not_and_in_a_file_is_whole(hostile, tmp_path):
    said = on_a_terminal("alerts", hostile, "--to", "csv")
    assert all(line.isprintable() for line in said.split("\n"))
    assert "\\x1b[2J" in said and "\\u202e" in said
    invoke("alerts", hostile, "--to", "csv", "--out", tmp_path / "a.csv")
    whole = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert "\x1b[2J" in whole and "\u202e" in whole
    plots = tmp_path / "h.plots.csv"
    rows = [f'2026-05-12T04:00:00Z,"{text}",1000,10' for text in ("a\x9b31m", "\u202eb", "=1")]
    plots.write_text("\n".join(["time,sensor,range_m,azimuth_deg", *rows]), encoding="utf-8")
    said = on_a_terminal("decode", plots, "--to", "csv")
    assert said.count("\n") == 4 and all(line.isprintable() for line in said.split("\n"))


def test_an_error_moves_no_terminal(tmp_path):
    for text in ("\x1b[2J", "\u202egnp", "\x9b31m"):
        said = invoke("decode", tmp_path / f"{text}.nmea", status=1).stderr
        assert said.count("\n") == 1 and said.strip().isprintable()
        said = invoke("track", tmp_path / f"{text}.toml", "x", "--out", tmp_path, status=2).stderr
        assert said.strip().isprintable()
    assert shown_lines("a\r\nb\rc\n") == "a\nb\\rc\n"


# -- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "station"),
    [
        ("$\\frac{$ and $x^$", "$\\undefined$"),
        ("</text><script>canary()</script>", "--><script>canary()</script>"),
        ("\x1b[2J\x00 \u202eevil", "_hidden\x07\x9b"),
        ("x" * 10_000, "{{7*7}}" * 1000),
        ("%s %(a)s {0}", "&lt;b&gt;&amp;"),
    ],
    ids=["mathtext", "scripts", "controls", "long", "templates"],
)
def test_the_figure_of_a_life_takes_names_for_names(site, station, tmp_path):
    path = write_site(tmp_path, site, station, ["lane"])
    # Its station has no name of its own, so that every message is its.
    path.write_text(re.sub("(?m)^station = .*$", "", path.read_text(encoding="utf-8")), "utf-8")
    log = write_log(tmp_path / "log.nmea", ["A"])
    invoke("track", path, log, "--out", tmp_path / "run", "--explain", "1")
    figure = tmp_path / "run" / "track-1.svg"
    tags = {element.tag.rsplit("}")[-1] for element in ElementTree.parse(figure).iter()}
    assert "script" not in tags and {"svg", "path", "g"} <= tags
    assert figure.stat().st_size < 2_000_000
    table = (tmp_path / "run" / "track-1.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert len({len(row) for row in rows}) == 1 and len(rows) > 5


@pytest.mark.browser
@needs_browser
def test_a_hostile_chart_and_credit_are_shown_as_text(hostile, tmp_path):
    ring = [[1.2, 50.8], [1.3, 50.8], [1.3, 50.9], [1.2, 50.8]]
    features = [
        {"type": "Feature", "properties": {text[:40]: text, "name": text, "OBJNAM": text},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for text in PAYLOADS
    ]  # fmt: skip
    chart = tmp_path / "<img src=x onerror=canary()>.geojson"
    pack = {"type": "FeatureCollection", "name": PAYLOADS[0], "features": features}
    chart.write_text(json.dumps(pack), encoding="utf-8")
    credit = " ".join(PAYLOADS[::25])
    page = tmp_path / "m.html"
    tiles = ["--tiles", "none/{z}/{x}/{y}.png", "--tiles-credit", credit.replace("\0", "")]
    invoke("map", hostile, "--out", page, "--chart", chart, *tiles)
    with chromium() as driver:
        open_page(driver, page)
        settle(driver)
        assert driver.execute_script("return typeof window.canary") == "undefined"
        assert not FORBIDDEN & set(elements(driver)) - {"link", "form"}
        assert "<script>canary()" in driver.execute_script("return document.body.textContent")
