"""The tables of the ASTERIX categories: complete, without contradictions, of the stated ranges."""

import pytest

from coastwatch.decode.asterix import CATEGORIES
from coastwatch.decode.asterix.presence import Compound
from coastwatch.decode.asterix.structures import Chained, Choice, Extended, Fixed, Repetitive

# User application profiles of the specifications, in order; "-" is a gap.
UAP = {
    34: "010 000 030 020 041 050 060 070 100 110 120 090 RE SP",
    48: "010 140 020 040 070 090 130 220 240 250 161 042 200 170 210 030 080 100 110 120 230 260 "
    "055 050 065 060 SP RE",
    62: "010 - 015 070 105 100 185 210 060 245 380 040 080 290 200 295 136 130 135 220 390 270 "
    "300 110 120 510 500 340 - - - - - RE SP",
}

# Ranges that the specifications state, in the field's unit: at least this must fit, and with
# "full" exactly this (up to one step at the upper end).
STATED = [
    (34, "030", 0, 86_400, ""), (34, "020", 0, 360, "full"), (34, "041", 0, 512, "full"),
    (34, "100/RHOST", 0, 256, "full"), (34, "100/THETAEND", 0, 360, "full"),
    (34, "120/LAT", -90, 90, ""), (34, "120/LON", -180, 180, "full"),
    (34, "120/HGT", -32_768, 32_768, "full"),
    (34, "090/RNG", -1, 1, "full"), (34, "090/AZM", -2.8125, 2.8125, "full"),
    (34, "070/COUNT", 0, 2048, "full"),
    (48, "140", 0, 86_400, ""), (48, "040/RHO", 0, 256, "full"), (48, "040/THETA", 0, 360, "full"),
    (48, "042/X", -256, 256, "full"), (48, "042/Y", -256, 256, "full"),
    (48, "090/FL", -12, 1270, ""), (48, "110/3DH", -204_800, 204_800, "full"),
    (48, "120/CAL/CAL", -512, 512, "full"), (48, "130/SRL", 0, 11.25, "full"),
    (48, "130/PRL", 0, 11.25, "full"), (48, "130/PAM", -128, 128, "full"),
    (48, "130/RPD", -0.5, 0.5, "full"), (48, "130/APD", -2.8125, 2.8125, "full"),
    (48, "161/TRN", 0, 4096, "full"), (48, "200/GSP", 0, 4, "full"),
    (48, "200/HDG", 0, 360, "full"), (48, "210/SIGX", 0, 2, "full"), (48, "210/SIGY", 0, 2, "full"),
    (48, "210/SIGV", 0, 56.25 / 3600, "full"), (48, "210/SIGH", 0, 22.5, "full"),
    (48, "220", 0, 2**24, "full"),
    (62, "070", 0, 86_400, ""), (62, "105/LAT", -90, 90, ""), (62, "105/LON", -180, 180, ""),
    (62, "100/X", -4_194_304, 4_194_304, "full"), (62, "185/VX", -8192, 8192, "full"),
    (62, "185/VY", -8192, 8192, "full"), (62, "210/AX", -32, 32, "full"),
    (62, "136", -15, 1500, ""), (62, "130", -1500, 150_000, ""), (62, "135/CTB", -15, 1500, ""),
    (62, "220", -204_800, 204_800, "full"), (62, "270/LENGTH", 0, 128, "full"),
    (62, "270/ORIENTATION", 0, 360, "full"), (62, "290/TRK", 0, 64, "full"),
    (62, "290/ADS", 0, 16_384, "full"), (62, "295/BPS", 0, 64, "full"),
    (62, "500/APC/X", 0, 32_768, "full"), (62, "500/COV", -16_384, 16_384, "full"),
    (62, "500/APW/LAT", 0, 180 / 512, "full"), (62, "500/AGA", 0, 1600, "full"),
    (62, "500/ABA", 0, 64, "full"), (62, "500/ATV/X", 0, 64, "full"),
    (62, "500/AA/Y", 0, 64, "full"), (62, "500/ARC", 0, 1600, "full"),
    (62, "340/POS/RHO", 0, 256, "full"), (62, "340/POS/THETA", 0, 360, "full"),
    (62, "340/MDC/LMC", -12, 1270, ""), (62, "380/MHG", 0, 360, "full"),
    (62, "380/IAS/0/IAS", 0, 2, "full"), (62, "380/IAS/1/IAS", 0, 4, ""),
    (62, "380/TAS", 0, 2046, ""), (62, "380/SAL/ALT", -1300, 100_000, ""),
    (62, "380/FSS/ALT", -1300, 100_000, ""), (62, "380/TID/ALT", -1500, 150_000, ""),
    (62, "380/TID/LON", -180, 180, "full"), (62, "380/TID/TTR", 0, 655.36, "full"),
    (62, "380/BVR", -204_800, 204_800, "full"), (62, "380/RAN", -180, 180, ""),
    (62, "380/TAR/ROT", -15, 15, ""), (62, "380/TAN", 0, 360, "full"),
    (62, "380/GS", -2, 2, "full"), (62, "380/MET/WSD", 0, 300, ""),
    (62, "380/MET/TMPD", -100, 100, ""), (62, "380/POS/LAT", -90, 90, ""),
    (62, "380/GAL", -1500, 150_000, ""), (62, "380/IAR", 0, 1100, ""),
    (62, "380/MAC", 0, 4.096, ""), (62, "380/BPS/BPS", 0, 409.6, "full"),
    (62, "390/IFI/NBR", 0, 100_000_000, ""), (62, "390/CFL", 0, 1500, ""),
    (62, "110/GA/GA", -1000, 100_000, ""), (62, "110/TOS", -1, 1, "full"),
    (62, "510/TRACK", 0, 32_768, "full"),
]  # fmt: skip


def walk(structure, path):
    """(path, field) of every named field below a structure."""
    match structure:
        case Compound():
            for item in structure.items:
                if item:
                    yield from walk(item.structure, f"{path}/{item.name}")
        case Choice():
            for number, case in enumerate(structure.cases):
                yield from walk(case, f"{path}/{number}")
        case Extended():
            for part in structure.parts:
                yield from walk(part, path)
        case Repetitive() | Chained():
            yield from walk(structure.of, path)
        case Fixed():
            for field in structure.fields:
                if field.code != "spare":
                    yield (f"{path}/{field.name}" if field.name else path), field


def fields(category):
    found = {}
    for item in CATEGORIES[category].items:
        if item:
            for path, field in walk(item.structure, item.name):
                assert path not in found, f"{path} stands twice"
                found[path] = field
    return found


@pytest.mark.parametrize("category", UAP)
def test_the_user_application_profile_is_that_of_the_specification(category):
    assert [i.name if i else "-" for i in CATEGORIES[category].items] == UAP[category].split()


@pytest.mark.parametrize("category", UAP)
def test_no_field_stands_twice_and_all_have_a_positive_step(category):
    for path, field in fields(category).items():
        assert field.bits > 0 and field.lsb > 0, path
        assert field.lsb == 1 or field.unit, f"{path} has a step but no unit"


@pytest.mark.parametrize(("category", "path", "low", "high", "how"), STATED)
def test_bits_times_step_meets_the_stated_range(category, path, low, high, how):
    field = fields(category)[path]
    assert field.low <= low
    assert field.high + field.lsb >= high * (1 - 1e-12)
    if how == "full":
        assert field.low == low
        assert field.high + field.lsb == pytest.approx(high, rel=1e-12)


def test_extended_items_and_chained_lists_keep_one_bit_of_each_part_for_the_mark():
    for category in CATEGORIES.values():
        for item in category.items:
            parts = getattr(item and item.structure, "parts", ())
            for part in parts:
                assert sum(field.bits for field in part.fields) == 8 * part.size - 1, item.name
