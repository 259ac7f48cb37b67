"""The content of types 6 and 8: IMO 236 and 289 weather and water, inland ships."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import encode_dict

from coastwatch.decode.ais.binary import LAYOUTS, application
from tests.shared import SHARED, needs_shared

HEADERS = {6: "000110" + "00" + "0" * 30 + "00" + "0" * 30 + "00", 8: "001000" + "00" + "0" * 32}


def armoured(bits):
    fill = -len(bits) % 6
    bits += "0" * fill
    sixes = [int(bits[i : i + 6], 2) for i in range(0, len(bits), 6)]
    return bytes(six + 48 if six < 40 else six + 56 for six in sixes), fill


def message(dac, fi, *fields, kind=8):
    """A payload of (value, width) pairs, negative values in two's complement."""
    content = "".join(f"{value % 2**width:0{width}b}" for value, width in fields)
    return armoured(HEADERS[kind] + f"{dac:010b}{fi:06b}" + content)


# Each value with its width, in the order of the specification.
IMO_236 = [
    (3_443_567, 24), (-348_667, 25), (7, 5), (12, 5), (2, 6), (15, 7), (20, 7), (108, 9), (330, 9),
    (735, 11), (69, 7), (250, 10), (205, 9), (2, 2), (84, 8), (98, 9), (1, 2), (12, 8), (301, 9),
    (3, 8), (2, 9), (7, 5), (2, 8), (279, 9), (19, 5), (13, 8), (4, 6), (95, 9), (21, 8), (9, 6),
    (180, 9), (4, 4), (260, 10), (5, 3), (141, 9), (1, 2),
]  # fmt: skip
IMO_289 = [
    (696_454, 25), (3_457_900, 24), (1, 1), (20, 5), (9, 5), (27, 6), (11, 7), (14, 7), (244, 9),
    (247, 9), (-54, 11), (96, 7), (-105, 10), (207, 9), (1, 2), (0, 1), (107, 7), (1_019, 12),
    (2, 2), (15, 8), (46, 9), (5, 8), (14, 9), (7, 5), (1, 8), (3, 9), (19, 5), (13, 8), (4, 6),
    (95, 9), (21, 8), (9, 6), (180, 9), (4, 4), (-12, 10), (1, 3), (148, 9), (0, 2),
]  # fmt: skip
SEA = {
    "current_speed_kn": 1.5, "current_direction_deg": 46, "current_2_speed_kn": 0.5,
    "current_2_direction_deg": 14, "current_2_depth_m": 7, "current_3_speed_kn": 0.1,
    "current_3_direction_deg": 3, "current_3_depth_m": 19, "wave_height_m": 1.3,
    "wave_period_s": 4, "wave_direction_deg": 95, "swell_height_m": 2.1, "swell_period_s": 9,
    "swell_direction_deg": 180, "sea_state_beaufort": 4,
}  # fmt: skip


def test_imo_236_weather_and_water():
    assert application(*message(1, 11, *IMO_236, (0, 6))) == {
        "dac": 1,
        "fi": 11,
        "name": "meteorological and hydrological data (IMO 236)",
        "lat_deg": 57.392783,
        "lon_deg": -5.811117,
        "day_utc": 7,
        "hour_utc": 12,
        "minute_utc": 2,
        "wind_speed_kn": 15,
        "wind_gust_kn": 20,
        "wind_direction_deg": 108,
        "wind_gust_direction_deg": 330,
        "air_temperature_c": 13.5,
        "humidity_percent": 69,
        "dew_point_c": 5.0,
        "pressure_hpa": 1_005,
        "pressure_tendency": "increasing",
        "visibility_nm": 8.4,
        "water_level_m": -0.2,
        "water_level_trend": "decreasing",
        **SEA,
        "current_speed_kn": 1.2,
        "current_direction_deg": 301,
        "current_2_speed_kn": 0.3,
        "current_2_direction_deg": 2,
        "current_3_speed_kn": 0.2,
        "current_3_direction_deg": 279,
        "water_temperature_c": 16.0,
        "precipitation": "snow",
        "salinity_permille": 14.1,
        "ice": True,
    }


def test_imo_289_weather_and_water():
    assert application(*message(1, 31, *IMO_289, (0, 10))) == {
        "dac": 1,
        "fi": 31,
        "name": "meteorological and hydrographic data (IMO 289)",
        "lon_deg": 11.607567,
        "lat_deg": 57.631667,
        "position_accuracy": "high",
        "day_utc": 20,
        "hour_utc": 9,
        "minute_utc": 27,
        "wind_speed_kn": 11,
        "wind_gust_kn": 14,
        "wind_direction_deg": 244,
        "wind_gust_direction_deg": 247,
        "air_temperature_c": -5.4,
        "humidity_percent": 96,
        "dew_point_c": -10.5,
        "pressure_hpa": 1_006,
        "pressure_tendency": "decreasing",
        "visibility_nm": 10.7,
        "water_level_m": 0.19,
        "water_level_trend": "increasing",
        **SEA,
        "water_temperature_c": -1.2,
        "precipitation": "rain",
        "salinity_permille": 14.8,
        "ice": False,
    }


def test_inland_ship_static_and_voyage_data():
    assert application(b"839df?Pj2d=><<>=t29Po?b`4HP0", 0) == {
        "dac": 200,
        "fi": 10,
        "name": "inland ship static and voyage related data",
        "eni": "04800870",
        "length_m": 110.0,
        "beam_m": 11.0,
        "ship_type_eri": 8_021,
        "ship_type": "motor tanker, liquid cargo, type N",
        "hazardous_cargo": "no blue cone",
        "draught_m": 1.4,
        "load": "loaded",
        "speed_quality": "low",
        "course_quality": "low",
        "heading_quality": "low",
    }


INLAND = [(1_350, 13), (114, 10), (8_021, 14), (2, 3), (265, 11), (2, 2), (1, 1), (0, 1), (1, 1)]


@pytest.mark.parametrize("eni", ["00000000", "@@@@@@@@", "        "])
def test_an_inland_ship_without_a_number_of_its_own(eni):
    found = application(*message(200, 10, *[(ord(c) % 64, 6) for c in eni], *INLAND, (0, 8)))
    assert found["eni"] is None
    assert (found["length_m"], found["beam_m"], found["draught_m"]) == (135.0, 11.4, 2.65)
    assert (found["load"], found["hazardous_cargo"]) == ("unloaded", "2 blue cones")
    qualities = [found[f"{of}_quality"] for of in ("speed", "course", "heading")]
    assert qualities == ["high", "low", "high"]


def test_an_addressed_message_carries_the_same_content():
    for dac, fi, fields in ((1, 11, IMO_236), (1, 31, IMO_289)):
        assert application(*message(dac, fi, *fields, kind=6)) == application(
            *message(dac, fi, *fields)
        )


def fields_of(found):
    return {k: v for k, v in found.items() if k not in ("dac", "fi", "name")}


def test_imo_236_says_not_available_with_ones():
    places = [(2**23 - 1, 24), (2**24 - 1, 25)]
    ones = [(2**width - 1, width) for _, width in IMO_236[2:]]
    found = fields_of(application(*message(1, 11, *places, *ones)))
    assert len(found) == 36 and set(found.values()) == {None}


def test_imo_236_keeps_the_31st_of_the_month():
    fields = [*IMO_236[:2], (31, 5), (23, 5), (59, 6)]
    assert application(*message(1, 11, *fields))["day_utc"] == 31


def test_imo_289_says_not_available_with_values_of_its_own():
    fields = [
        (10_860_000, 25), (5_460_000, 24), (0, 1), (0, 5), (24, 5), (60, 6), (127, 7), (127, 7),
        (360, 9), (360, 9), (-1_024, 11), (101, 7), (501, 10), (511, 9), (3, 2), (0, 1), (127, 7),
        (4_001, 12), (3, 2), (255, 8), (360, 9), (255, 8), (360, 9), (31, 5), (255, 8), (360, 9),
        (31, 5), (255, 8), (63, 6), (360, 9), (255, 8), (63, 6), (360, 9), (13, 4), (501, 10),
        (7, 3), (510, 9), (3, 2),
    ]  # fmt: skip
    found = fields_of(application(*message(1, 31, *fields)))
    assert found.pop("position_accuracy") == "low"
    assert len(found) == 36 and set(found.values()) == {None}


def test_inland_values_of_nought_are_not_available():
    found = fields_of(application(*message(200, 10, (0, 48), (0, 37), (5, 3), (0, 24))))
    quality = {name: found.pop(f"{name}_quality") for name in ("speed", "course", "heading")}
    assert set(quality.values()) == {"low"}
    assert len(found) == 8 and set(found.values()) == {None}


def test_a_value_at_the_end_of_its_scale_is_told_as_or_more():
    fields = dict(enumerate(IMO_289))
    ends = {6: (126, 7), 13: (402, 9), 15: (1, 1), 16: (126, 7), 19: (251, 8), 36: (501, 9)}
    found = application(*message(1, 31, *(fields | ends).values()))
    told = ["wind_speed_kn", "pressure_hpa", "visibility_nm", "current_speed_kn"]
    assert found["beyond_scale"] == [*told, "salinity_permille"]
    assert [found[name] for name in found["beyond_scale"]] == [126, 1_201, 12.6, 25.1, 50.1]
    low = application(*message(1, 31, *(fields | {13: (0, 9)}).values()))
    assert (low["pressure_hpa"], low["beyond_scale"]) == (799, ["pressure_hpa"])


def test_a_sensor_beyond_its_scale_without_a_value_tells_nothing():
    fields = dict(enumerate(IMO_289)) | {15: (1, 1), 16: (127, 7)}
    found = application(*message(1, 31, *fields.values()))
    assert found["visibility_nm"] is None
    assert "beyond_scale" not in found


def test_truncated_content_keeps_what_is_whole():
    payload, _ = message(1, 31, *IMO_289)
    whole = application(payload, 0)
    for length in range(len(payload)):
        cut = application(payload[:length], 0)
        assert (cut is None) == (6 * length < 56)
        if cut is not None:
            assert cut.keys() == whole.keys()
            assert all(cut[name] in (None, whole[name]) for name in whole)
    assert application(payload[:20], 0)["lat_deg"] == whole["lat_deg"]
    assert application(payload[:20], 0)["wind_speed_kn"] is None
    assert application(payload[:20], 20)["lat_deg"] is None


def test_what_is_none_of_ours_is_none():
    assert application(*message(1, 22, *IMO_289)) is None
    assert application(*message(366, 31, *IMO_289)) is None
    assert application(b"15B4FT5000JRP>PE6E68Nbkl0PS5", 0) is None
    assert application(b"", 0) is None


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from([6, 8]),
    st.integers(0, 2**1_000),
    st.integers(0, 1_000),
    st.integers(-9, 9),
)
@settings(max_examples=300, deadline=None)
def test_hostile_bits_give_values_in_range_or_none(layout, kind, content, width, fill_bits):
    payload, _ = message(*layout, (content, width), kind=kind)
    found = application(payload, fill_bits)
    if found is None:
        return
    json.dumps(found, allow_nan=False)
    for name, value in found.items():
        if name.endswith("_deg") and value is not None:
            assert -180.0 <= value < 360.0
        elif isinstance(value, float):
            assert math.isfinite(value) and -60.0 <= value <= 800.0


@given(st.binary(max_size=3_000), st.integers(-(2**40), 2**40))
@settings(max_examples=200, deadline=None)
def test_hostile_payloads_raise_nothing(payload, fill_bits):
    application(b"8" + payload, fill_bits)
    application(payload, fill_bits)


# What the reference calls our names, and the range both share.
TWINS = {
    "lat": ("lat_deg", -90.0, 90.0, 60_000),
    "lon": ("lon_deg", -180.0, 180.0, 60_000),
    "wspeed": ("wind_speed_kn", 0, 120, 1),
    "wgust": ("wind_gust_kn", 0, 120, 1),
    "wdir": ("wind_direction_deg", 0, 359, 1),
    "airtemp": ("air_temperature_c", -60.0, 60.0, 10),
    "humidity": ("humidity_percent", 0, 100, 1),
    "dewpoint": ("dew_point_c", -20.0, 50.0, 10),
    "pressure": ("pressure_hpa", 800, 1_200, 1),
    "visibility": ("visibility_nm", 0.0, 12.6, 10),
    "waterlevel": ("water_level_m", -10.0, 30.0, 10),
    "cspeed2": ("current_2_speed_kn", 0.0, 25.0, 10),
    "cdepth3": ("current_3_depth_m", 0, 30, 1),
    "swelldir": ("swell_direction_deg", 0, 359, 1),
    "watertemp": ("water_temperature_c", -10.0, 50.0, 10),
    "salinity": ("salinity_permille", 0.0, 50.0, 10),
}


@pytest.mark.parametrize("fi", [11, 31])
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_values_in_range_agree_with_the_reference(fi, data):
    sent, wanted = {}, {}
    for name, (ours, low, high, steps) in TWINS.items():
        raw = data.draw(st.integers(round(low * steps), round(high * steps)), label=name)
        sent[name] = raw if steps == 1 else raw / steps
        wanted[ours] = raw if steps == 1 else round(raw / steps, 6)
    sentences = encode_dict({"type": 8, "mmsi": 2_655_619, "dac": 1, "fid": fi, **sent})
    payload = "".join(sentence.split(",")[5] for sentence in sentences).encode()
    found = application(payload, int(sentences[-1].split(",")[6][0]))
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)


@pytest.mark.shared
@needs_shared
def test_the_weather_of_a_swedish_coast_station_is_plausible():
    reports = []
    for line in (SHARED / "ais" / "OpenCPN__Hakefjord.log").open(encoding="latin-1"):
        fields = line[line.find("!") :].split(",")
        if len(fields) == 7 and fields[1] == "1" and fields[5].startswith("802R5Ph0Gh"):
            reports.append(application(fields[5].encode(), int(fields[6][0])))
    assert len(reports) == 4_284
    ranges = {
        "lat_deg": (56.6, 58.5), "lon_deg": (10.9, 12.9), "day_utc": (20, 20), "hour_utc": (9, 9),
        "wind_speed_kn": (8, 18), "wind_gust_kn": (10, 22), "wind_direction_deg": (217, 285),
        "air_temperature_c": (15.0, 17.4), "pressure_hpa": (1_003, 1_006),
        "visibility_nm": (1.1, 10.7), "water_level_m": (0.08, 1.22), "wave_height_m": (1.0, 1.5),
        "water_temperature_c": (15.6, 17.3), "salinity_permille": (13.8, 14.9),
    }  # fmt: skip
    for name, (low, high) in ranges.items():
        values = [report[name] for report in reports if report[name] is not None]
        assert low <= min(values) and max(values) <= high, name
