"""CAT 240 video to spokes: all resolutions, headers, compression; and what hostile bytes cost."""

import math
import tracemalloc
import zlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.base import Context
from coastwatch.decode.video.cat240 import BITS, BadVideo, batches, radial
from coastwatch.decode.video.radars import CHANGE_SPOKES, OTHER_SCALE, _Radar
from coastwatch.model import Datagram
from coastwatch.site import Asterix, Sensor
from tests.shared import SHARED, needs_shared

BLOCK = {"050": 4, "051": 64, "052": 256}
HEADER = {"STARTAZ": 90.0, "ENDAZ": 90.3515625, "STARTRG": 10, "CELLDUR": 100}
RADAR = Sensor("video", "radar", (1.5, 51.0), asterix=Asterix(1, 2))


def packed(cells, bits):
    """Cells as octets, from the most significant bit on."""
    if bits >= 8:
        return cells.astype(f">u{bits // 8}").tobytes()
    rows = (cells[:, None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(rows.astype(np.uint8)).tobytes()


def message(cells, res=4, compressed=False, name="052", **changes):
    """The items of a video message."""
    data = packed(cells, BITS[res])
    data = zlib.compress(data) if compressed else data
    size = BLOCK[name]
    items = {
        "010": {"SAC": 1, "SIC": 2},
        "000": 2,
        "020": 7,
        "040": HEADER,
        "048": {"C": int(compressed), "RES": res},
        "049": {"NBVB": len(data), "NBCELLS": len(cells)},
        name: (data + b"\0" * (-len(data) % size)).hex().upper(),
        "140": 3600.0,
    } | changes
    return {key: value for key, value in items.items() if value is not None}


def read(items):
    """The items after the way through a block."""
    decoder = AsterixDecoder(Context())
    (record,) = decoder.records(Datagram(0, "", encode_block(240, [items]), whole=True))
    return record["items"]


@pytest.mark.parametrize("res", BITS)
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("name", "count"), [("050", 77), ("051", 501), ("052", 1003)])
def test_cells_of_every_resolution_come_back(res, compressed, name, count):
    bits = BITS[res]
    cells = np.random.default_rng(res).integers(0, 2**bits, min(count, 7200 // bits))
    if name == "050":
        cells = cells[: 8000 // bits // 2]
    found = radial(read(message(cells, res, compressed, name)), 1.0)
    assert found.bits == bits
    assert found.cells.tolist() == cells.tolist()


def test_azimuth_range_and_cell_follow_from_the_header():
    found = radial(read(message(np.arange(16))), 5.0)
    cell_m = 100e-9 * 299_792_458 / 2
    assert found.cell_m == pytest.approx(cell_m)
    assert found.range0_m == pytest.approx(10 * cell_m)
    assert math.degrees(found.azimuth_rad) == pytest.approx(90.17578125)
    assert math.degrees(found.width_rad) == pytest.approx(0.3515625)
    femto = HEADER | {"CELLDUR": 100_000_000}
    again = radial(read(message(np.arange(16), **{"040": None, "041": femto})), 5.0)
    assert again.cell_m == pytest.approx(cell_m)


def test_a_radial_across_north_has_its_middle_there():
    header = HEADER | {"STARTAZ": 359.912109375, "ENDAZ": 0.263671875}
    found = radial(read(message(np.arange(16), **{"040": header})), 0.0)
    assert math.degrees(found.azimuth_rad) == pytest.approx(0.087890625)
    assert math.degrees(found.width_rad) == pytest.approx(0.3515625)


def test_radials_without_a_width_take_that_of_their_steps():
    found = [
        radial(message(np.arange(4), **{"040": HEADER | {"STARTAZ": a, "ENDAZ": a}}), 0.0)
        for a in (358.0, 359.0, 0.0, 1.0)
    ]
    (spokes,) = batches(found)
    assert math.degrees(spokes.width_rad) == pytest.approx(1.0)
    assert np.degrees(spokes.azimuth_rad) == pytest.approx([358.0, 359.0, 0.0, 1.0])


def test_a_new_batch_begins_where_the_cells_change():
    short, long = message(np.arange(16)), message(np.arange(32))
    found = list(batches([radial(m, 0.0) for m in (short, short, long, short)]))
    assert [s.cells.shape for s in found] == [(2, 16), (1, 32), (1, 16)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"040": None}, "no header"),
        ({"048": None}, "no coding"),
        ({"048": {"C": 0, "RES": 7}}, "unknown resolution"),
        ({"049": {"NBVB": 16, "NBCELLS": 0}}, "no cells, or too many"),
        ({"049": {"NBVB": 16, "NBCELLS": 1 << 20}}, "no cells, or too many"),
        ({"049": {"NBVB": 300, "NBCELLS": 16}}, "more valid octets"),
        ({"049": {"NBVB": 8, "NBCELLS": 16}}, "fewer octets"),
        ({"052": None}, "no block"),
        ({"040": HEADER | {"CELLDUR": 0}}, "no possible range"),
        ({"040": HEADER | {"STARTRG": 2**32 - 1}}, "no possible range"),
        ({"040": HEADER | {"ENDAZ": 180.0}}, "wider than 45"),
        ({"048": {"C": 1, "RES": 4}}, "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_by_reason(changes, reason):
    with pytest.raises(BadVideo, match=reason):
        radial(message(np.arange(16), **changes), 0.0)


def test_compressed_video_cut_short_is_refused():
    items = message(np.random.default_rng(1).integers(0, 256, 900), compressed=True)
    items["049"] = items["049"] | {"NBVB": items["049"]["NBVB"] - 5}
    with pytest.raises(BadVideo, match="cut short"):
        radial(items, 0.0)


def test_a_bomb_is_a_rejected_frame_and_costs_no_memory():
    bomb = zlib.compress(b"\0" * 40_000_000, 9)
    size = -(-len(bomb) // 256) * 256
    items = message(np.arange(16), **{
        "048": {"C": 1, "RES": 4},
        "049": {"NBVB": len(bomb), "NBCELLS": 1024},
        "052": bomb.ljust(size, b"\0").hex().upper(),
    })  # fmt: skip
    decoder = decoder_of_the_site()
    decoder.detections(
        Datagram(10**18, "f", encode_block(240, [message(np.arange(16))]), whole=True)
    )
    tracemalloc.start()
    decoder.detections(Datagram(10**18, "f", encode_block(240, [items]), whole=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert decoder.balance.rejected == {"CAT 240 video: longer than its cells": 1}
    assert decoder.balance.difference == 0
    assert peak < 4_000_000


def decoder_of_the_site(**more):
    index = {(1, 2): 0}
    context = Context(
        feed="f", described=(RADAR,), asterix=lambda sac, sic: index.get((sac, sic), -1), **more
    )
    return AsterixDecoder(context)


def test_spokes_carry_the_day_and_the_radar_and_summaries_are_counted():
    heard = []
    decoder = decoder_of_the_site(on_spokes=lambda sensor, spokes: heard.append((sensor, spokes)))
    day = 1_763_856_000  # 2025-11-23
    summary = {"010": {"SAC": 1, "SIC": 2}, "000": 1, "030": "Scanter", "140": 3600.0}
    block = encode_block(240, [message(np.arange(16)), summary])
    decoder.detections(Datagram((day + 3601) * 10**9, "f", block, whole=True))
    ((sensor, spokes),) = heard
    assert sensor == 0
    assert spokes.time_s.tolist() == [day + 3600.0]
    assert decoder.counts["video summary: Scanter"] == 1
    assert decoder.balance.decoded == 2 and decoder.balance.difference == 0


def test_a_new_range_scale_is_believed_when_it_stays():
    decoder = decoder_of_the_site()

    def send(count, celldur):
        header = {"040": HEADER | {"CELLDUR": celldur}}
        block = encode_block(240, [message(np.arange(16), **header)])
        for _ in range(count):
            decoder.detections(Datagram(10**18, "f", block, whole=True))

    for n in range(20):
        send(1, 100 + n)
    assert decoder.counts[OTHER_SCALE] == 19
    send(CHANGE_SPOKES + 5, 300)
    assert decoder.counts[OTHER_SCALE] == 19 + CHANGE_SPOKES


def test_video_of_a_radar_that_the_site_does_not_have_is_counted():
    decoder = decoder_of_the_site()
    items = message(np.arange(16), **{"010": {"SAC": 9, "SIC": 9}})
    decoder.detections(Datagram(10**18, "f", encode_block(240, [items]), whole=True))
    assert decoder.counts["unknown sensor 9/9"] == 1
    assert decoder.balance.difference == 0


# What each file is, by its name and its header: cells, bits, cell in metres, start and end azimuth.
SAMPLES = {
    "synth240_16bit.bin": (512, 16, 14.99, 0.0, 0.0879),
    "synth240_4bit.bin": (512, 4, 14.99, 0.0, 0.0879),  # told: 512 octets for 512 cells
    "synth240_8bit.bin": (1024, 8, 1.499, 0.0, 0.0879),
    "synth240_8bit_zlib.bin": (1024, 8, 1.499, 0.0, 0.0879),
    "synth240_SP.bin": (1024, 8, 1.499, 0.0, 0.0879),
    "synth240_azwrap.bin": (1024, 8, 1.499, 359.956, 0.0439),
}


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_of_another_decoder_read_as_their_headers_say(name):
    count, bits, cell_m, start, end = SAMPLES[name]
    data = (SHARED / "radar" / name).read_bytes()
    decoder = AsterixDecoder(Context())
    (record,) = decoder.records(Datagram(0, name, data, end=True))
    assert not decoder.balance.rejected and decoder.balance.difference == 0
    items = record["items"]
    found = radial(items, 0.0)
    assert (len(found.cells), found.bits) == (count, bits)
    assert found.cell_m == pytest.approx(cell_m, rel=1e-3)
    apart = math.degrees(found.azimuth_rad) - start - (end - start) % 360 / 2
    assert (apart + 180) % 360 - 180 == pytest.approx(0.0, abs=1e-3)
    assert int(found.cells.max()) < 2**bits
    assert encode_block(240, [items]) == data


def test_a_stream_loses_no_video_however_its_chunks_are_cut():
    """Compressed cells beyond what one datagram may unpack to: extracted before reading on."""
    spoke = 360.0 / 256
    sent = b"".join(
        encode_block(240, [message(
            np.zeros(32_768, dtype=np.uint8), compressed=True,
            **{"140": 3600.0 + n / 100,
               "040": HEADER | {"STARTAZ": n * spoke % 360, "ENDAZ": (n + 1) * spoke % 360}},
        )])
        for n in range(160)
    )  # fmt: skip
    for whole, lost in ((False, 0), (True, 95)):
        decoder = AsterixDecoder(Context(sensor=0, described=(RADAR,), date_s=0.0))
        decoder.detections(Datagram(0, "", sent, whole=whole, end=True))
        assert decoder.balance.rejected.total() == lost
        assert decoder.balance.difference == 0


def test_the_land_mask_lies_where_a_biased_radar_shows_the_coast():
    """A bias of ten rows: the coast ten rows further round; and what is not biased stays."""
    range_m, azimuth_rad = np.arange(100.0, 30_000.0, 100.0), np.arange(720) * math.tau / 720
    place = Sensor("video", "radar", (1.583, 50.870))
    masks = []
    for bias_deg, range_bias_m in ((0.0, 0.0), (5.0, 300.0)):
        of = replace(place, azimuth_bias_rad=math.radians(bias_deg), range_bias_m=range_bias_m)
        radar = _Radar(0, of, Counter())
        radar._at = of.position
        masks.append(radar._mask(range_m, azimuth_rad))
    assert 0.2 < masks[0].mean() < 0.8
    np.testing.assert_array_equal(masks[1][:, 3:], np.roll(masks[0], 10, axis=0)[:, :-3])
