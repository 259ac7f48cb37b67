"""AIS reports of a slice against what they can mean, across feeds and pictures."""

import numpy as np

from coastwatch.flagging import Flagging
from coastwatch.model import Detections, Kind, Vessel

T0 = 1_763_616_600.0


def report(time_s: float, mmsi: int, lon: float, lat: float, sog_kn: float = 10.0) -> Detections:
    batch = Detections.empty(1)
    batch.time_s[:], batch.kind[:], batch.mmsi[:] = time_s, int(Kind.REPORT), mmsi
    batch.lon[:], batch.lat[:], batch.sigma_m[:] = lon, lat, 10.0
    batch.sog_mps[:], batch.cog_rad[:] = sog_kn * 1852 / 3600, 0.0
    return batch


def test_a_steady_vessel_raises_no_flag():
    flagging = Flagging()
    north = 10 * 1852 / 3600 / 111_320
    for s in range(0, 600, 10):
        assert flagging.step(report(T0 + s, 227_000_001, 1.5, 51.0 + north * s), []) == []


def test_a_position_that_no_vessel_reaches_is_a_jump_at_its_time():
    flagging = Flagging()
    flagging.step(report(T0, 227_000_001, 1.5, 51.0), [])
    (flag,) = flagging.step(report(T0 + 10, 227_000_001, 1.9, 51.0), [])
    assert (flag.mmsi, flag.check, flag.time_s) == (227_000_001, "jump", T0 + 10)
    assert "MMSI 227000001 jumped 15" in flag.text


def test_two_hulls_by_turns_are_two_places_whichever_feed_heard_them():
    flagging, found = Flagging(), []
    for s in range(0, 240, 10):
        lon = 1.5 if s % 20 else 1.9
        found += flagging.step(report(T0 + s, 227_000_001, lon, 51.0, sog_kn=0.0), [])
    assert "two places" in {f.check for f in found}


def test_a_new_name_is_flagged_and_its_statics_need_no_position():
    flagging = Flagging()
    none = Detections.empty()
    assert flagging.step(none, [Vessel(227_000_001, T0, name="GULL", imo=9074729)]) == []
    (flag,) = flagging.step(none, [Vessel(227_000_001, T0 + 360, name="KITE", imo=9074729)])
    assert (flag.check, flag.aspect) == ("statics changed", "name")


def test_safety_texts_and_rows_of_radars_are_not_judged():
    flagging = Flagging()
    plots = report(T0, 227_000_001, 1.5, 51.0)
    plots.kind[:] = int(Kind.PLOT)
    assert flagging.step(plots, [Vessel(970_012_345, T0, safety_text="SART TEST")]) == []


def test_how_time_is_sliced_makes_no_difference():
    def run(step: int):
        flagging, found = Flagging(), []
        rng = np.random.default_rng(3)
        rows = [report(T0 + s, 227_000_001 + s % 3, 1.5 + 0.3 * rng.random(), 51.0)
                for s in range(90)]  # fmt: skip
        for k in range(0, 90, step):
            found += flagging.step(Detections.concat(rows[k : k + step]), [])
        return [(f.time_s, f.check, f.text) for f in found]

    assert run(1) == run(30) != []
