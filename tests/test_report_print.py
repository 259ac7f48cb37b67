"""The report on paper, whatever its span and its names: pages, words, marks."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely

from coastwatch.geo.plane import Plane
from coastwatch.incident.outcome import last_told, outcome_told, tell_outcome
from coastwatch.reporting import gather, report
from coastwatch.reports.edition import Edition
from coastwatch.reports.figure_coverage import COLOURS as SHARES
from coastwatch.reports.page_alerts import COLOURS as ENDS
from coastwatch.reports.scale import scale_to
from coastwatch.reports.span import span_of, week
from coastwatch.reports.svg import PAPER, SEA, Frame
from coastwatch.reports.text import breakable
from coastwatch.reports.words import agreed
from coastwatch.reports.words_refused import reason
from tests import report_week
from tests.report_week import write_weather, write_week
from tests.test_maps_palettes import EYES, difference

pypdf = pytest.importorskip("pypdf")
WEEK = week("2026-W47")
EDITIONS = {"en": ("en", False), "fr": ("fr", False), "public": ("fr", True)}
TAIL = " between the South Falls, the Varne and the Ridge (provisional)"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A week whose zones and rules have long names, one of them without a blank."""
    folder = tmp_path_factory.mktemp("print") / "run"
    with pytest.MonkeyPatch.context() as patch:
        rules = [(f"harbour-{rule}-in-restricted-visibility" if k < 2 else rule, *rest)
                 for k, (rule, *rest) in enumerate(report_week.RULES)]  # fmt: skip
        patch.setattr(report_week, "RULES", tuple(rules))
        write_week(folder, step_s=3600.0)
    path = folder / "zones.geojson"
    zones = json.loads(path.read_text(encoding="utf-8"))
    for k, feature in enumerate(zones["features"]):
        feature["properties"]["name"] += TAIL if k else "M" * 160
    path.write_text(json.dumps(zones), encoding="utf-8")
    write_weather(folder.parent / "weather.csv")
    return folder


@pytest.fixture(scope="module")
def printed(run):
    for name, (lang, public) in EDITIONS.items():
        out = run.parent / name
        report(run, WEEK, out.with_suffix(".html"), out.with_suffix(".pdf"), lang,
               run.parent / "weather.csv", public)  # fmt: skip
    return run.parent


def read(path):
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


@pytest.mark.parametrize("name", EDITIONS)
def test_every_word_of_a_table_stands_whole_on_its_line(printed, name):
    page = (printed / f"{name}.html").read_text(encoding="utf-8")
    page = re.sub(r"<details>.*?</details>|<svg.*?</svg>", "", page, flags=re.S)
    tables = re.findall(r"<table.*?</table>", page, re.S)
    words = Counter(html.unescape(re.sub(r"<[^>]+>", " ", " ".join(tables))).split())
    shown = Counter(" ".join(read(printed / f"{name}.pdf")).split())
    assert len(words) > 100
    assert {w: n for w, n in words.items() if shown[w] < n and len(w) <= 24} == {}


def test_a_name_without_a_blank_is_broken_and_widens_no_page(printed):
    lines = "\n".join(read(printed / "en.pdf")).splitlines()
    longest = max(len(run) for line in lines for run in re.findall("M+", line))
    assert 20 < longest < 80
    assert breakable("<td>a &lt;b&gt; c</td>") == "<td>a &lt;b&gt; c</td>"
    assert breakable(f'<td title="{"x" * 30}">{"&amp;" * 25} y</td>') == (
        f'<td title="{"x" * 30}"><span class="long">{"&amp;" * 25}</span> y</td>'
    )


def test_a_hidden_heading_leaves_no_stroke_on_paper(printed):
    reader = pypdf.PdfReader(printed / "en.pdf")
    first = reader.pages[0]
    drawn = pypdf.generic.ContentStream(first.get_contents(), reader)
    boxes = [[float(v) for v in on] for on, op in drawn.operations if op == b"re"]
    assert len(boxes) > 10
    # Left edge of the text, where the heading of the key figures hides.
    assert [b for b in boxes if b[0] < 57 and b[2] <= 1 and 1 < b[3] < 10] == []


SPANS = {
    "an hour": ("2026-11-17T03:00Z", "2026-11-17T04:00Z"),
    "a day": ("2026-11-17", "2026-11-18"),
    "two days": ("2026-11-17", "2026-11-19"),
    "a month": ("2026-10-24", "2026-11-24"),
}


@pytest.mark.parametrize("span", SPANS)
def test_any_span_has_whole_figures_and_no_page_that_is_near_empty(run, tmp_path, span):
    short = tmp_path / "run"
    short.mkdir()
    for path in run.iterdir():
        (short / path.name).write_bytes(path.read_bytes())
    path = short / "zones.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace(TAIL, "").replace("M" * 160, ""))
    report(short, span_of(None, *SPANS[span]), tmp_path / "s.html", tmp_path / "s.pdf", "en",
           run.parent / "weather.csv")  # fmt: skip
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    boxes = [tuple(map(float, box)) for box in re.findall(r'viewBox="0 0 (\S+) (\S+)"', page)]
    assert max(180 / wide * high for wide, high in boxes if wide == 180) < 230  # mm of 269
    assert "Weekly" not in page
    texts = read(tmp_path / "s.pdf")
    assert 2 <= len(texts) <= 8
    assert min(len(text) for text in texts) > 400
    assert ("By the hour of the day (UTC), all" in page) == (span != "an hour")
    assert ("Day by day: all" in page) == (span == "two days")


def test_the_report_says_what_its_data_reach_and_marks_its_edition(printed, run, tmp_path):
    texts = read(printed / "en.pdf")
    said = re.search(r"Data as of (.+ UTC), edition ([0-9a-f]{8})", texts[0])
    assert all(said[0] in " ".join(text.split()) for text in texts)
    assert said[2] in texts[-1].replace(said[0], "")
    reader = pypdf.PdfReader(printed / "en.pdf")
    week = gather(run, WEEK)
    told = week.as_of
    assert said[1] == Edition(week, "en", False).instant(told)
    assert reader.metadata.creation_date.replace(second=0) == told.replace(second=0, microsecond=0)
    french = re.search(r"Données arrêtées au (.+), édition (\S+)", read(printed / "fr.pdf")[0])
    assert french[2] != said[2]


def test_a_corrected_outcome_makes_another_edition_and_moves_what_the_data_reach(run, tmp_path):
    copy = tmp_path / "run"
    copy.mkdir()
    for path in run.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())

    def mark() -> tuple[str, str]:
        report(copy, WEEK, tmp_path / "r.html")
        page = (tmp_path / "r.html").read_text(encoding="utf-8")
        return re.search(r"Data as of ([^<]+), edition (\w{8})<", page).groups()

    first = mark()
    assert mark() == first
    late = datetime(2026, 12, 24, 4, 12, tzinfo=UTC)
    told = outcome_told("SAR", "leak", [], ["rescued=7"], [])
    incident = gather(copy, WEEK).operations[0].name
    tell_outcome(copy, incident, told, "A. Martin", late.timestamp())
    assert last_told(copy / "incidents.sqlite") == late.timestamp()
    second = mark()
    assert second[0] == "24 December 2026, 04:12 UTC"
    assert second[1] != first[1]


def test_a_noun_agrees_with_its_number():
    told = "{n} [n?operation|operations]"
    for lang, one, more in (
        ("en", ("1",), ("0", "0.7", "2", "1,000", "<5", "–")),
        ("fr", ("0", "1", "1,9"), ("2", "1\u202f000", "<5", "–")),
    ):
        assert {agreed(told, lang, {"n": n}) for n in one} == {"{n} operation"}
        assert {agreed(told, lang, {"n": n}) for n in more} == {"{n} operations"}
    assert agreed("[n?Alert|Alerts]", "en", {}) == "Alerts"


def test_french_speaks_french(printed):
    page = (printed / "fr.html").read_text(encoding="utf-8")
    assert "Semaine 47 de 2026 · 16–22 novembre 2026 (UTC)" in page
    assert "S46 2026" in page
    assert "W47" not in page
    assert "somme de contrôle 1\u202f904, contenu AIS trop court 77" in page
    assert "venant du (°)" in page
    assert "levée" not in page  # "lever une alerte" is to end it
    assert reason("AIS type 18 truncated", "fr") == "message AIS de type 18 tronqué"
    assert reason("AIS type 18 truncated", "en") == "AIS type 18 truncated"
    assert reason("CAT 048 item 010 runs past the end of its block", "fr").startswith("CAT 048 010")
    assert reason("a new one", "fr") == "a new one"


@pytest.mark.parametrize("lon", [180.0, -180.0, 179.95, -179.95])
def test_an_island_on_the_antimeridian_is_whole_on_the_map(lon):
    frame = Frame(Plane((lon, -16.8)), (-40_000.0, -35_000.0, 40_000.0, 35_000.0), 180.0, 146.0)
    rings = [
        [tuple(map(float, point.split())) for point in ring.strip("MZ").split("L")]
        for ring in frame.land().split("Z")
        if ring
    ]
    (x,), (y,) = frame.of(np.array([-179.99]), np.array([-16.8]))  # in the strip that was lost
    assert sum(shapely.Polygon(ring).contains(shapely.Point(x, y)) for ring in rings) == 1
    (seam,), _ = frame.of(np.array([180.0]), np.array([-16.8]))
    along = [
        abs(a[1] - b[1])
        for ring in rings
        for a, b in pairwise(ring)
        if abs(a[0] - seam) < 0.5 and abs(b[0] - seam) < 0.5
    ]
    assert max(along, default=0.0) < 2.0  # no shore of millimetres along 180 degrees


def grey(colour: str) -> float:
    """As a grey printer has it (Rec. 601, as ``convert("L")`` of Pillow), 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("eye", EYES)
def test_the_classes_of_figures_stay_apart_for_every_eye_and_in_grey(eye):
    for colours in (list(ENDS.values()), [*SHARES, PAPER]):
        for one, other in combinations(colours, 2):
            assert difference(one, other, eye) >= 16, (one, other)
            assert abs(grey(one) - grey(other)) >= 24, (one, other)
    steps = scale_to(100.0).colours
    greys = [grey(c) for c in (SEA, *steps)]
    assert all(a - b >= 15 for a, b in pairwise(greys))  # darker is more
