"""From a run's folder to the data of its picture: classes, lines, land, and every oddity."""

import json
import time

import numpy as np
import pytest

from coastwatch.maps import draw_picture
from coastwatch.maps.contents import island
from coastwatch.model import InputError
from coastwatch.store.run import read_run
from tests.maps_run import alert, lanes, strait, track, write_run, zone

HOUR = 3600.0


def data_of(folder):
    """The island as the page would read it back: through strict JSON."""
    return json.loads(json.dumps(island(read_run(folder)), allow_nan=False))


def noted(data):
    assert all(note["fr"] for note in data["notes"])
    return [note["en"] for note in data["notes"]]


def by_id(data):
    return {one["id"]: one for one in data["tracks"]}


def places(one):
    return np.cumsum(one["lon"]) / 1e5, np.cumsum(one["lat"]) / 1e5


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return data_of(strait(tmp_path_factory.mktemp("strait")))


def test_tracks_are_classed_by_what_is_known_of_them(picture):
    tracks = by_id(picture)
    assert {tracks[n]["kind"] for n in (901, 902, 903)} == {"small"}
    assert tracks[1]["kind"] == "ais"
    assert tracks[1]["name"] == "COTE DES FLANDRES"
    assert tracks[60]["kind"] == "radar"
    assert tracks[80]["kind"] == "fixed"
    assert "confirmed" not in tracks[200]
    assert tracks[901]["confirmed"] == 0.0


def test_lines_are_thin_and_end_where_the_track_ends(picture):
    ferry = by_id(picture)[1]
    lon, lat = places(ferry)
    assert len(lon) < 721 / 4
    assert np.sum(ferry["t"]) / 10 == pytest.approx(HOUR)
    assert (lon[0], lat[0]) != (lon[-1], lat[-1])


def test_land_holds_france_and_england_and_not_the_strait(picture):
    def on_land(lon, lat):
        return any(sum(_inside(ring, lon, lat) for ring in rings) % 2 for rings in picture["land"])

    assert on_land(1.813, 50.918)  # the tunnel's French portal
    assert on_land(1.09, 51.28)  # Canterbury
    assert not on_land(1.45, 50.98)  # mid strait


def _inside(steps, lon, lat):
    ring = np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / 1e5
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = ((y1 > lat) != (y2 > lat)) & (lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1)
    return int(crosses.sum()) % 2


def test_an_empty_run_shows_the_site(tmp_path):
    data = data_of(write_run(tmp_path, [], zones=lanes()))
    west, south, east, north = data["view"]
    assert west < 1.5 < east
    assert south < 51.0 < north
    assert data["tracks"] == data["alerts"] == []
    assert len(data["zones"]) == 7


def test_a_run_of_alerts_alone_has_their_times_and_places(tmp_path):
    data = data_of(write_run(tmp_path, [], [alert(1, 5, "2026-05-12T04:10:00Z", 1.4, 50.9)]))
    assert data["start"] == data["end"] == data["alerts"][0]["time"] == 1_778_559_000.0
    assert data["alerts"][0]["track"] == 5


def test_rows_that_are_not_finite_are_left_out_and_said(tmp_path):
    odd = track(1, [(1.4, 50.9), (1.5, 51.0)], 0, 50, 5)
    odd["lon"][[2, 3]] = np.nan, np.inf
    odd["lat"][4] = -np.inf
    odd["lat"][5] = 89.9
    nothing = track(2, [(1.4, 50.9), (1.5, 51.0)], 0, 50, 5, sigma_m=np.nan, p_small=np.nan)
    nothing["lat"] += np.nan
    data = data_of(write_run(tmp_path, [odd, nothing]))
    assert list(by_id(data)) == [1]
    assert noted(data) == ["15 track rows without a usable time or place left out"]


def test_unknown_numbers_are_absent_and_not_zero(tmp_path):
    vague = track(1, [(1.4, 50.9), (1.5, 51.0)], 0, 50, sigma_m=np.inf, p_small=np.nan)
    one = data_of(write_run(tmp_path, [vague]))["tracks"][0]
    assert not {"sigma", "small", "mmsi", "name"} & set(one)


def test_believed_small_and_unregistered_counts_without_an_alert_once_confirmed(tmp_path):
    way, sure = [(1.4, 50.9), (1.5, 51.0)], {"p_unregistered": 0.9, "p_small": 0.8}
    tracks = [
        track(1, way, 0, 60, **sure),
        track(2, way, 0, 60, **sure | {"p_small": 0.79}),
        track(3, way, 0, 60, status="tentative", **sure),
        track(4, way, 0, 60, mmsi=227000001, **sure),
        track(5, way, 0, 60, mmsi=992271001),
    ]
    kinds = {n: one["kind"] for n, one in by_id(data_of(write_run(tmp_path, tracks))).items()}
    assert kinds == {1: "small", 2: "radar", 3: "radar", 4: "ais", 5: "fixed"}


def test_a_track_over_the_antimeridian_is_one_short_line(tmp_path):
    way = track(1, [(179.9, -16.5), (180.1, -16.6)])
    way["lon"] = (way["lon"] + 180) % 360 - 180
    folder = write_run(
        tmp_path,
        [way],
        [alert(1, 1, "2026-05-12T04:21:35.000Z", -179.95, -16.55)],
        [zone("z", "Both sides", "exclusion",
              [[[179.8, -16.7], [180.2, -16.7], [180.2, -16.4], [179.8, -16.7]]])],
        origin=(179.9, -16.5), sensors="",
    )  # fmt: skip
    data = data_of(folder)
    lon, _ = places(data["tracks"][0])
    assert np.ptp(lon) == pytest.approx(0.2, abs=0.001)
    west, _, east, _ = data["view"]
    assert east - west < 0.5
    assert west < data["alerts"][0]["lon"] < east
    assert data["window"][0] < data["zones"][0]["at"][0] < data["window"][2]
    assert data["land"], "Vanua Levu and Taveuni lie on both sides"


def test_ships_all_over_the_world_get_a_coarser_coast(tmp_path):
    rng = np.random.default_rng(1)
    tracks = [
        track(i, [(lon, lat), (lon + 0.1, lat)], 0, 60, 10)
        for i, (lon, lat) in enumerate(rng.uniform((-175, -60), (175, 70), (300, 2)), 1)
    ]
    draw_picture(read_run(write_run(tmp_path, tracks, sensors="")), tmp_path / "picture.html")
    html = (tmp_path / "picture.html").read_text(encoding="utf-8")
    assert len(html) < 3e6
    data = json.loads(html.split('id="island">')[1].split("</script>")[0])
    assert len(data["tracks"]) == 300
    assert len(data["land"]) > 100
    assert 345 <= data["window"][2] - data["window"][0] <= 360


def test_alerts_that_cannot_be_placed_are_counted_and_the_rest_shown(tmp_path):
    alerts = [
        alert(1, 99, "2026-05-12T04:10:00Z", 1.4, 50.9),
        alert(2, 99, "yesterday", 1.4, 50.9),
        alert(3, 99, "2026-05-12T04:10:00Z", float("nan"), 50.9),
        alert(4, None, "2026-05-12T04:00:00", 1.4, 50.9, severity="purple", evidence=None),
        {},
    ]
    data = data_of(write_run(tmp_path, [track(1, [(1.4, 50.9), (1.5, 51)])], alerts))
    assert [a["id"][-1] for a in data["alerts"]] == ["4", "1"]
    assert data["alerts"][0]["severity"] == "caution"
    assert noted(data) == ["3 alerts without a usable time or place left out"]


def test_zones_that_cannot_be_drawn_are_named_and_the_rest_shown(tmp_path):
    zones = [
        zone("a", "Line of NaN", "line", [[1.2, float("nan")], [1.3, 51]], type="LineString"),
        zone("b", "No such type", "other", [1, 2], type="Circle"),
        {"type": "Feature", "properties": None, "geometry": None},
        zone("c", "Bow tie", "exclusion", [[[1, 50], [2, 51], [2, 50], [1, 51], [1, 50]]]),
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.5, 51.0, 7.0]}},
    ]
    data = data_of(write_run(tmp_path, [], zones=zones))
    assert [z.get("name") for z in data["zones"]] == ["Bow tie", None]
    assert noted(data) == [
        "zone 1 (a, Line of NaN) cannot be drawn: its geometry is empty or not finite",
        "zone 2 (b, No such type) cannot be drawn: its geometry is no valid GeoJSON",
        "zone 3 cannot be drawn: it has no geometry",
    ]


@pytest.mark.parametrize(
    ("type", "coordinates", "why"),
    [
        ("Polygon", [[[1.4, 50.9], [1.5, 50.9], [1.4, 50.9], [1.4, 50.9]]], "ni surface ni"),
        ("LinearRing", [[1.4, 50.9], [1.5, 50.9], [1.5, 51.0], [1.4, 50.9]], "ni surface ni"),
        ("Polygon", [[[1.4, 95], [1.5, 95], [1.5, 99], [1.4, 95]]], "pas sur Terre"),
        ("Polygon", [[[1e300, 0], [1e301, 1], [3, 1e300], [1e300, 0]]], "pas sur Terre"),
        ("Polygon", "abc", "GeoJSON"),
        ("MultiPolygon", [], "vide"),
    ],
)
def test_a_zone_that_would_show_nothing_is_told_in_both_languages(tmp_path, type, coordinates, why):
    odd = zone("z", "<b>Odd</b>", "other", coordinates, type=type)
    data = data_of(write_run(tmp_path, [track(1, [(1.4, 50.9), (1.5, 51.0)])], zones=[odd]))
    assert data["zones"] == []
    [told] = data["notes"]
    assert told["en"].startswith("zone 1 (z, <b>Odd</b>) cannot be drawn: ")
    assert told["fr"].startswith("la zone 1 (z, <b>Odd</b>) ne peut être dessinée : ")
    assert why in told["fr"]


def test_remarks_that_would_be_too_many_are_counted(tmp_path):
    odd = [zone(f"z{i}", f"Zone {i}", "other", [], type="Polygon") for i in range(30)]
    told = noted(data_of(write_run(tmp_path, [track(1, [(1.4, 50.9), (1.5, 51.0)])], zones=odd)))
    assert len(told) == 21
    assert told[-1] == "and 10 more of the kind"


def test_the_same_run_gives_the_same_page_byte_for_byte(tmp_path):
    folder = strait(tmp_path, step_s=60.0)
    for name in ("a.html", "b.html"):
        draw_picture(read_run(folder), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path):
    folder = write_run(tmp_path / "run", [])
    with pytest.raises(InputError, match=r"picture\.html: cannot be written"):
        draw_picture(read_run(folder), tmp_path / "missing" / "picture.html")


def test_two_thousand_tracks_and_600000_rows_take_seconds_and_few_megabytes(tmp_path):
    rng = np.random.default_rng(5)
    tracks = []
    for i in range(2000):
        a = rng.uniform((1.0, 50.6), (2.0, 51.2))
        way = [tuple(a), tuple(a + rng.normal(0, 0.1, 2)), tuple(a + rng.normal(0, 0.1, 2))]
        tracks.append(track(i, way, 0, 2990.0, 10.0, noise_m=20.0, mmsi=i or None))
    run = read_run(write_run(tmp_path, tracks))
    assert run.tracks.num_rows == 600_000
    begun = time.perf_counter()
    draw_picture(run, tmp_path / "picture.html")
    assert time.perf_counter() - begun < 30
    assert (tmp_path / "picture.html").stat().st_size < 3e6


def test_lines_that_had_to_be_thinned_further_say_within_how_many_metres_they_are_right(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("coastwatch.maps.paths.POINTS_MOST", 50)
    wild = track(1, [(1.4, 50.9), (1.5, 51.0)], 0, 3600, 5, noise_m=200.0)
    data = data_of(write_run(tmp_path, [wild]))
    assert data["points"]["kept"] <= 50
    told = f"right within {data['points']['tolerance_m']} m"
    assert [told in note for note in noted(data)] == [True]
    assert data["points"]["tolerance_m"] > 15


def test_beyond_the_most_tracks_the_least_certain_are_left_out_first(tmp_path, monkeypatch):
    monkeypatch.setattr("coastwatch.maps.contents.TRACKS_MOST", 2)
    monkeypatch.setattr("coastwatch.maps.contents.TENTATIVE_MOST", 1)
    way = [(1.4, 50.9), (1.5, 51.0)]
    tracks = [track(i, way, 0, 60 + i, 1, status="tentative") for i in range(1, 6)]
    tracks += [track(i, way, 0, 60) for i in (10, 11)]
    tracks.append(track(20, way, 0, 60, p_unregistered=0.9, p_small=0.9))
    data = data_of(write_run(tmp_path, tracks))
    assert list(by_id(data)) == [5, 10, 20]
    assert noted(data) == [
        "2 of 3 confirmed tracks in this page, all in tracks.parquet",
        "1 of 5 tentative tracks in this page, all in tracks.parquet",
    ]


def test_clutter_far_from_every_confirmed_ship_sets_no_window(tmp_path):
    clutter = [track(i, [(2 + i / 50, 51.5)] * 2, 0, 9, status="tentative") for i in range(1, 50)]
    data = data_of(write_run(tmp_path, [*clutter, track(99, [(1.4, 50.9), (1.5, 51.0)])]))
    assert data["view"][2] < 2.0
    assert len(data["tracks"]) == 50
