"""Many receivers: one transmission, whoever heard it."""

import pytest

from coastwatch.decode import nmea
from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.runner import track_files
from tests.ais_columns import LANES, columns, decoder
from tests.nmea import POSITION, T0, VOYAGE, ais, detections, tagged, text

LINE = ais(POSITION)[0]


@pytest.fixture(autouse=True)
def every_chunk_is_long_enough(monkeypatch):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)


def hearers(m, row):
    """The stations that heard the transmission of a row."""
    same = m.transmission == m.transmission[row]
    return [m.stations[i] for i in m.station[same].tolist()]


@pytest.mark.parametrize("bulk", LANES)
def test_a_transmission_that_several_stations_heard_is_one_with_all_its_hearers(bulk):
    heard = [tagged(LINE, s=s, c=T0 + i) for i, s in enumerate(("dover", "calais", "boulogne"))]
    other = tagged(ais(POSITION, mmsi=227000001)[0], s="dover", c=T0 + 1)
    m, _ = columns(text(heard[0], other, *heard[1:]), bulk)
    assert m.transmission.tolist() == [1, 2, 1, 1] and m.first.tolist() == [1, 1, 0, 0]
    assert hearers(m, 0) == ["dover", "calais", "boulogne"] and hearers(m, 1) == ["dover"]


@pytest.mark.parametrize("bulk", LANES)
def test_statics_in_two_sentences_are_one_transmission_too(bulk):
    lines = [tagged(x, s=s, c=T0) for s in ("dover", "calais") for x in ais(VOYAGE, seq_id=1)]
    m, s = columns(text(*lines), bulk)
    assert m.transmission.tolist() == [1, 1] and m.first.tolist() == [True, False]
    assert hearers(m, 0) == ["dover", "calais"] and len(s) == 2


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize(("later_s", "same"), [(3, True), (-3, True), (4, False)])
def test_the_window_is_three_seconds(bulk, later_s, same):
    m, _ = columns(text(tagged(LINE, c=T0), tagged(LINE, c=T0 + later_s)), bulk)
    assert m.first.tolist() == [True, not same]


@pytest.mark.parametrize("bulk", LANES)
def test_what_has_no_time_is_never_a_repeat(bulk):
    m, _ = columns(text(LINE, LINE), bulk)
    assert m.first.tolist() == [True, True] and m.transmission.tolist() == [1, 2]


@pytest.mark.parametrize("bulk", LANES)
def test_receivers_of_one_site_share_what_they_heard(bulk):
    sent = Transmissions()
    dover, calais = decoder(bulk, sent=sent), decoder(not bulk, sent=sent)
    a, _ = columns(text(LINE), bulk, T0 + 1.0, of=dover)
    b, _ = columns(text(LINE), bulk, T0 + 1.2, of=calais)
    assert a.transmission.tolist() == b.transmission.tolist()
    assert (a.first[0], b.first[0]) == (True, False)
    again = detections(decoder(bulk, sent=sent), text(LINE), T0 + 2.0)
    assert len(again) == 0


def test_two_receivers_of_a_site_give_the_tracker_one_report_each(tmp_path):
    site = tmp_path / "site.toml"
    site.write_text('[site]\nname = "Two"\norigin = [1.5, 51.0]\n')
    for name, late in (("dover", 0), ("calais", 1)):
        lines = [tagged(ais(POSITION, lat=51 + i / 1e3)[0], s=name, c=T0 + 10 * i + late)
                 for i in range(30)]  # fmt: skip
        (tmp_path / f"{name}.nmea").write_bytes(text(*lines))
    inputs = [tmp_path / "dover.nmea", tmp_path / "calais.nmea"]
    feeds = track_files(site, inputs, tmp_path / "run")["feeds"]
    assert sum(f["detections"] for f in feeds.values()) == 30
    assert sum(f["decoder"].get("duplicates", 0) for f in feeds.values()) == 30


def test_many_transmissions_in_the_window_are_still_told_apart():
    of = decoder(True)
    lines = [tagged(ais(POSITION, mmsi=200_000_000 + i)[0], c=T0) for i in range(4_000)]
    first, _ = columns(text(*lines), True, of=of)
    again, _ = columns(text(*lines), True, of=of)
    assert first.first.all() and len(set(first.transmission.tolist())) == 4_000
    assert (~again.first).mean() > 0.999
