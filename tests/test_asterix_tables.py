"""The tables of the ASTERIX categories: complete, without contradictions, of the stated ranges."""

import pytest

from coastwatch.decode.asterix.detect import VIEWS
from coastwatch.decode.asterix.presence import Compound
from coastwatch.decode.asterix.structures import Chained, Choice, Extended, Fixed, Repetitive
from coastwatch.decode.asterix.tables import CATEGORIES, EDITIONS, TABLES
from tests.asterix_records import tables_of

# User application profiles of the specifications, in order; "-" is a gap. CAT 001 has two, and
# editions before the newest are told by their name.
UAP = {
    "001 plot": "010 020 040 070 090 130 141 050 120 131 080 100 060 030 150 - - - - SP RFS",
    "001 track": "010 020 161 040 042 200 070 090 141 130 131 120 170 210 050 080 100 060 030 SP "
    "RFS 150",
    2: "010 000 020 030 041 050 060 070 100 090 080 - SP RFS",
    10: "010 000 020 140 041 040 042 200 202 161 170 060 220 245 250 300 090 091 270 550 310 500 "
    "280 131 210 - SP RE",
    "010 0.31": "010 000 020 140 041 040 042 200 202 161 170 060 220 245 250 300 090 091 270 550 "
    "310 500 280 131 210 - SP RE",
    19: "010 000 140 550 551 552 553 600 610 620 - - RE SP",
    20: "010 020 140 041 042 161 170 070 202 090 100 220 245 110 105 210 300 310 500 400 250 230 "
    "260 030 055 050 RE SP",
    "062 0.17": "010 015 070 040 105 100 060 130 135 136 180 200 220 240 210 080 290 340 380 500 "
    "390 110 120 510 - - RE SP",
    63: "010 015 030 050 060 070 080 081 090 091 092 - RE SP",
    65: "010 000 015 030 020 040 050 - - - - - RE SP",
    240: "010 000 020 030 040 041 048 049 050 051 052 140 RE SP",
    34: "010 000 030 020 041 050 060 070 100 110 120 090 RE SP",
    48: "010 140 020 040 070 090 130 220 240 250 161 042 200 170 210 030 080 100 110 120 230 260 "
    "055 050 065 060 SP RE",
    62: "010 - 015 070 105 100 185 210 060 245 380 040 080 290 200 295 136 130 135 220 390 270 "
    "300 110 120 510 500 340 - - - - - RE SP",
}

AGES_0_17 = "SSR MDA MFL MDS ADB MD1 MD2"
UPDATE_AGES = "PSR SSR MDS ES VDL UAT LOP MLT"
DATA_AGES = (
    "MFL MD1 MD2 MDA MD4 MD5 MHG IAS TAS SAL FSS TID COM SAB ACS BVR GVR RAN TAR TAN GSP VUN MET "
    "EMC POS GAL PUN MB IAR MAC"
)

# Ranges that the specifications state, in the field's unit: at least this must fit, and with
# "full" exactly this (up to one step at the upper end).
STATED = [
    ("001 plot", "040/RHO", 0, 512, "full"), ("001 plot", "040/THETA", 0, 360, "full"),
    ("001 plot", "090/HGT", -12, 1270, ""), ("001 plot", "141", 0, 512, "full"),
    ("001 plot", "120", -0.5, 0.5, "full"), ("001 plot", "131", -128, 128, "full"),
    ("001 track", "161", 0, 65_536, "full"), ("001 track", "042/X", -512, 512, "full"),
    ("001 track", "042/Y", -512, 512, "full"), ("001 track", "200/GSP", 0, 4, "full"),
    ("001 track", "200/HDG", 0, 360, "full"),
    (2, "020", 0, 360, "full"), (2, "030", 0, 86_400, ""), (2, "041", 0, 512, "full"),
    (2, "070/COUNTER", 0, 1023, ""), (2, "100/RS", 0, 512, "full"), (2, "100/RE", 0, 512, "full"),
    (2, "100/TS", 0, 360, "full"), (2, "100/TE", 0, 360, "full"),
    (2, "090/RE", -1, 1, "full"), (2, "090/AE", -2.8125, 2.8125, "full"),
    (10, "140", 0, 86_400, ""), (10, "041/LAT", -90, 90, ""), (10, "041/LON", -180, 180, "full"),
    ("010 0.31", "041/LAT", -90, 90, ""), ("010 0.31", "041/LON", -180, 180, ""),
    (10, "040/RHO", 0, 65_536, "full"), (10, "040/TH", 0, 360, "full"),
    (10, "042/X", -32_768, 32_768, "full"), (10, "042/Y", -32_768, 32_768, "full"),
    (10, "200/GSP", 0, 4, "full"), (10, "200/TRA", 0, 360, "full"),
    (10, "202/VX", -8192, 8192, "full"), (10, "202/VY", -8192, 8192, "full"),
    (10, "161/TRK", 0, 4096, "full"), (10, "090/FL", -12, 1270, ""),
    (10, "091", -204_800, 204_800, "full"), (10, "270/LENGTH", 0, 128, "full"),
    (10, "270/ORIENTATION", 0, 360, "full"), (10, "270/WIDTH", 0, 128, "full"),
    (10, "500/DEVX", 0, 64, "full"), (10, "500/DEVY", 0, 64, "full"),
    (10, "500/COVXY", -8192, 8192, "full"), (10, "280/DRHO", -127, 127, ""),
    (10, "280/DTHETA", -19.05, 19.05, ""), (10, "131", 0, 255, ""),
    (10, "210/AX", -31, 31, ""), (10, "210/AY", -31, 31, ""),
    (19, "140", 0, 86_400, ""), (19, "600/LAT", -90, 90, ""), (19, "600/LON", -180, 180, ""),
    (19, "610", -8192, 8192, "full"), (19, "620", -127, 127, ""),
    (20, "140", 0, 86_400, ""), (20, "041/LAT", -90, 90, ""), (20, "041/LON", -180, 180, ""),
    (20, "042/X", -4_194_304, 4_194_304, "full"), (20, "161/TRN", 0, 4096, "full"),
    (20, "202/VX", -8192, 8192, "full"), (20, "202/VY", -8192, 8192, "full"),
    (20, "090/FL", -12, 1270, ""), (20, "110", -204_800, 204_800, "full"),
    (20, "105", -204_800, 204_800, "full"), (20, "210/AX", -31, 31, ""),
    (20, "500/SDP/X", 0, 16_384, "full"), (20, "500/SDH", 0, 32_767, ""),
    (20, "500/DOP/X", 0, 16_383, ""),
    (240, "040/STARTAZ", 0, 360, "full"), (240, "040/ENDAZ", 0, 360, "full"),
    (240, "040/CELLDUR", 0, 2**32, "full"), (240, "041/STARTAZ", 0, 360, "full"),
    (240, "041/ENDAZ", 0, 360, "full"), (240, "041/CELLDUR", 0, 2**32, "full"),
    (240, "049/NBVB", 0, 2**16, "full"), (240, "049/NBCELLS", 0, 2**24, "full"),
    (240, "020", 0, 2**32, "full"), (240, "140", 0, 86_400, ""),
    (63, "030", 0, 86_400, ""), (63, "070", -32_768, 32_768, "full"),
    (63, "080/SRG", -0.32768, 0.32768, "full"), (63, "080/SRB", -256, 256, "full"),
    (63, "081", -180, 180, "full"), (63, "090/PRB", -256, 256, "full"),
    (63, "091", -180, 180, "full"), (63, "092", -180, 180, "full"),
    (65, "030", 0, 86_400, ""), (65, "020", 0, 255, ""),
    ("062 0.17", "070", 0, 86_400, ""), ("062 0.17", "105/LAT", -90, 90, ""),
    ("062 0.17", "105/LON", -180, 180, "full"), ("062 0.17", "100/X", -512, 512, "full"),
    ("062 0.17", "130", -1500, 150_000, ""), ("062 0.17", "135/CTB", -1500, 150_000, ""),
    ("062 0.17", "136", -12, 1270, ""), ("062 0.17", "180/GSP", 0, 4, "full"),
    ("062 0.17", "180/HDG", 0, 360, "full"), ("062 0.17", "210", -14.4683, 14.4683, ""),
    ("062 0.17", "240", -32, 32, "full"), ("062 0.17", "290/PSR", 0, 63.75, ""),
    ("062 0.17", "290/ADS", 0, 16_383.75, ""), ("062 0.17", "500/ART", 0, 64, "full"),
    ("062 0.17", "340/POS/RHO", 0, 256, "full"), ("062 0.17", "340/POS/THETA", 0, 360, "full"),
    ("062 0.17", "340/HEIGHT", -1000, 100_000, ""), ("062 0.17", "340/MDC/LMC", -12, 1270, ""),
    ("062 0.17", "100/Y", -512, 512, "full"), ("062 0.17", "220", -204_800, 204_800, "full"),
    ("062 0.17", "500/APC/APC_X", 0, 4, "full"), ("062 0.17", "500/APC/APC_Y", 0, 4, "full"),
    ("062 0.17", "500/APW/LAT", 0, 180 / 128, "full"),
    ("062 0.17", "500/APW/LON", 0, 180 / 128, "full"), ("062 0.17", "500/ATA", 0, 150_000, ""),
    ("062 0.17", "500/ATF", 0, 63.75, ""), ("062 0.17", "500/ATV/GSP", 0, 56.25 / 3600, "full"),
    ("062 0.17", "500/ATV/HDG", 0, 360, "full"), ("062 0.17", "500/ALA", 0, 14.4683, ""),
    ("062 0.17", "500/ARC", 0, 1600, "full"), ("062 0.17", "390/CFL", 0, 1500, ""),
    *[("062 0.17", f"290/{age}", 0, 63.75, "") for age in AGES_0_17.split()],
    (20, "042/Y", -4_194_304, 4_194_304, "full"), (20, "210/AY", -31, 31, ""),
    (20, "500/SDP/Y", 0, 16_384, "full"),
    (34, "100/RHOEND", 0, 256, "full"), (34, "100/THETAST", 0, 360, "full"),
    (48, "130/SAM", -128, 128, "full"), (48, "120/RDS/DOP", 0, 65_536, "full"),
    (48, "120/RDS/AMB", 0, 65_536, "full"), (48, "120/RDS/FRQ", 0, 65_536, "full"),
    (62, "100/Y", -4_194_304, 4_194_304, "full"), (62, "210/AY", -32, 32, "full"),
    (62, "380/TID/LAT", -90, 90, ""), (62, "380/TID/TOV", 0, 86_400, ""),
    (62, "380/GVR", -204_800, 204_800, "full"), (62, "380/MET/WDD", 1, 360, ""),
    (62, "380/POS/LON", -180, 180, "full"), (62, "110/POS/LAT", -90, 90, ""),
    (62, "110/POS/LON", -180, 180, "full"), (62, "270/WIDTH", 0, 128, "full"),
    (62, "500/APC/Y", 0, 32_768, "full"), (62, "500/APW/LON", 0, 180 / 512, "full"),
    (62, "500/ATV/Y", 0, 64, "full"), (62, "500/AA/X", 0, 64, "full"),
    (62, "340/HEIGHT", -1000, 100_000, ""),
    *[(62, f"290/{age}", 0, 63.75, "") for age in UPDATE_AGES.split()],
    *[(62, f"295/{age}", 0, 63.75, "") for age in DATA_AGES.split()],
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


def table_of(key):
    """The table that a key of ``UAP`` names."""
    if isinstance(key, int):
        return CATEGORIES[key]
    number, _, which = key.partition(" ")
    if which in ("plot", "track"):
        return CATEGORIES[int(number)].tables[which == "track"]
    return next(table for table in EDITIONS[int(number)] if table.edition == which)


def fields(key):
    found = {}
    for item in table_of(key).items:
        if item:
            for path, field in walk(item.structure, item.name):
                assert path not in found, f"{path} stands twice"
                found[path] = field
    return found


def test_every_table_is_held_to_its_specification_here():
    profiles = [profile for table in TABLES for profile in tables_of(table)]
    assert {id(table_of(key)) for key in UAP} == {id(profile) for profile in profiles}


@pytest.mark.parametrize("key", UAP)
def test_the_user_application_profile_is_that_of_the_specification(key):
    assert [i.name if i else "-" for i in table_of(key).items] == UAP[key].split()


@pytest.mark.parametrize("key", UAP)
def test_no_field_stands_twice_and_all_have_a_positive_step(key):
    for path, field in fields(key).items():
        assert field.bits > 0 and field.lsb > 0, path
        assert field.lsb == 1 or field.unit or path in UNITLESS, f"{path} has a step but no unit"


# Gains and dilutions: numbers of steps that are no unit's.
UNITLESS = {"500/DOP/X", "500/DOP/Y", "500/DOP/XY", "500/SDP/XY", "080/SRG", "090/PRG"}


@pytest.mark.parametrize(("key", "path", "low", "high", "how"), STATED)
def test_bits_times_step_meets_the_stated_range(key, path, low, high, how):
    field = fields(key)[path]
    assert field.low <= low
    assert field.high + field.lsb >= high * (1 - 1e-12)
    if how == "full":
        assert field.low == low
        assert field.high + field.lsb == pytest.approx(high, rel=1e-12)
    if field.within:
        assert field.within[0] <= low and field.within[1] >= high
        assert field.within[1] <= high * 1.001


@pytest.mark.parametrize("key", UAP)
def test_every_quantity_of_the_table_has_its_stated_range_above(key):
    """Its own, or that of the same field in another profile or edition of the category."""
    kin = [of for of in UAP if table_of(of).number == table_of(key).number]
    stated = {(path, fields(of)[path]) for of, path, *_ in STATED if of in kin}
    for path, field in fields(key).items():
        if field.unit and field.code in ("unsigned", "signed"):
            assert (path, field) in stated, f"{key}: no range is stated for {path}"


@pytest.mark.parametrize("key", UAP)
def test_limits_stand_only_on_items_that_are_always_read(key):
    """Else a record could be refused when it is read whole, and taken when it is not."""
    number = table_of(key).number
    for path, field in fields(key).items():
        assert not field.within or path.partition("/")[0] in VIEWS[number].items, path


def test_extended_items_and_chained_lists_keep_one_bit_of_each_part_for_the_mark():
    for table in TABLES:
        for item in table.items:
            parts = getattr(item and item.structure, "parts", ())
            for part in parts:
                assert sum(field.bits for field in part.fields) == 8 * part.size - 1, item.name
