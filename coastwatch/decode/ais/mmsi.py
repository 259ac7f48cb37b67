"""What an MMSI says: the class of its station, its special use, and the flag of its MID."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray


class MmsiClass(IntEnum):
    """The formats of ITU-R M.585-9; ``UNASSIGNED`` has none, ``IMPOSSIBLE`` breaks its own."""

    IMPOSSIBLE = 0  # 0, negative, more than nine digits, or a MID that no state holds
    SHIP = 1
    GROUP_OF_SHIPS = 2
    COAST_STATION = 3
    GROUP_OF_COAST_STATIONS = 4
    SAR_AIRCRAFT = 5
    HANDHELD_VHF = 6
    AID_TO_NAVIGATION = 7
    CRAFT_OF_PARENT_SHIP = 8
    AIS_SART = 9
    MOB_DEVICE = 10
    EPIRB_AIS = 11
    AMRD_GROUP_B = 12  # autonomous maritime radio device that serves no safety of navigation
    UNASSIGNED = 13


# Devices that signal distress, and whose test must not pass for one.
LOCATING = (MmsiClass.AIS_SART, MmsiClass.MOB_DEVICE, MmsiClass.EPIRB_AIS)


@overload
def mmsi_class(mmsi: int) -> MmsiClass: ...
@overload
def mmsi_class(mmsi: NDArray[np.integer]) -> NDArray[np.int8]: ...
def mmsi_class(mmsi: int | NDArray[np.integer]) -> MmsiClass | NDArray[np.int8]:
    """The class of each MMSI, as numbers of MmsiClass in the shape given; of one, its MmsiClass.

    ITU-R M.585-9, annexes 1 and 2.
    """
    numbers = _int64(mmsi)
    formats = _format(numbers)
    kinds = _KINDS[formats]
    coded = _coded_mid(numbers, formats)
    lacking = (_MID_AT[formats] > 0) & ~_ALLOCATED[coded]
    kinds = np.where(lacking, MmsiClass.IMPOSSIBLE, kinds)
    every_station = (coded == _EVERY_STATE) & (_KINDS[formats] == MmsiClass.COAST_STATION)
    group = (kinds == MmsiClass.COAST_STATION) | every_station
    group &= numbers % 10_000 == 0
    kinds = np.where(group, MmsiClass.GROUP_OF_COAST_STATIONS, kinds).astype(np.int8)
    return MmsiClass(int(kinds)) if np.ndim(mmsi) == 0 else kinds


@overload
def mid(mmsi: int) -> int: ...
@overload
def mid(mmsi: NDArray[np.integer]) -> NDArray[np.int64]: ...
def mid(mmsi: int | NDArray[np.integer]) -> int | NDArray[np.int64]:
    """The maritime identification digits in each MMSI; 0 where it has none or no state's."""
    numbers = _int64(mmsi)
    coded = _coded_mid(numbers, _format(numbers))
    digits = np.where(_ALLOCATED[coded], coded, 0)
    return int(digits) if np.ndim(mmsi) == 0 else digits


def flag_state(mmsi: int) -> tuple[str, str] | None:
    """ISO 3166 alpha-2 code and English name of the state (or territory) that gave the MMSI."""
    return FLAGS.get(mid(mmsi))


def special_use(mmsi: int) -> str | None:
    """What the digit behind the MID tells, where the administration follows M.585-9; or None.

    The recommendation offers these digits as examples: many an older MMSI does not keep to them.
    """
    kind = mmsi_class(mmsi)
    if kind not in _USES:
        return None
    divisor, words = _USES[kind]
    if kind == MmsiClass.SAR_AIRCRAFT and mmsi % 1_000 == 0:
        return "group of aircraft"
    return words.get(mmsi // divisor % 10)


def under_test(mmsi: int, nav_status: int | None, text: str | None = None) -> bool | None:
    """Whether an AIS-SART, MOB device or EPIRB-AIS is being tested (True) or in distress (False).

    ``nav_status`` as sent in types 1 to 3 (14 is active, 15 under test), ``text`` as sent in
    type 14 ("SART TEST", "MOB ACTIVE"...). None where neither tells, and for all other stations.
    What speaks of distress counts before what speaks of a test. ITU-R M.1371-5, annex 8, 3.1 and
    3.12; IEC 61097-14.
    """
    words = (text or "").upper().split()
    distress = nav_status == 14 or "ACTIVE" in words
    test = nav_status == 15 or "TEST" in words
    if not (distress or test) or mmsi_class(mmsi) not in LOCATING:
        return None
    return not distress


class _Format(NamedTuple):
    """MMSIs from ``low`` up to the next row; the MID stands at ``mid_at`` (0: it has none)."""

    low: int
    kind: MmsiClass
    mid_at: int = 0


_FORMATS = (
    _Format(-(2**63), MmsiClass.IMPOSSIBLE),
    _Format(1, MmsiClass.COAST_STATION, 10_000),
    _Format(10_000_000, MmsiClass.GROUP_OF_SHIPS, 100_000),
    _Format(100_000_000, MmsiClass.UNASSIGNED),
    _Format(111_000_000, MmsiClass.SAR_AIRCRAFT, 1_000),
    _Format(112_000_000, MmsiClass.UNASSIGNED),
    _Format(200_000_000, MmsiClass.SHIP, 1_000_000),
    _Format(800_000_000, MmsiClass.HANDHELD_VHF, 100_000),
    _Format(900_000_000, MmsiClass.UNASSIGNED),
    _Format(970_000_000, MmsiClass.AIS_SART),
    _Format(971_000_000, MmsiClass.UNASSIGNED),
    _Format(972_000_000, MmsiClass.MOB_DEVICE),
    _Format(973_000_000, MmsiClass.UNASSIGNED),
    _Format(974_000_000, MmsiClass.EPIRB_AIS),
    _Format(975_000_000, MmsiClass.UNASSIGNED),
    _Format(979_000_000, MmsiClass.AMRD_GROUP_B),
    _Format(980_000_000, MmsiClass.CRAFT_OF_PARENT_SHIP, 10_000),
    _Format(990_000_000, MmsiClass.AID_TO_NAVIGATION, 10_000),
    _Format(1_000_000_000, MmsiClass.IMPOSSIBLE),
)
_LOWS = np.array([row.low for row in _FORMATS])
_KINDS = np.array([row.kind for row in _FORMATS], dtype=np.int8)
_MID_AT = np.array([row.mid_at for row in _FORMATS])
_EVERY_STATE = 999  # 009990000 addresses all coast stations

# Where the digit behind the MID stands, and what it may say.
_USES = {
    MmsiClass.COAST_STATION: (
        1_000,
        {
            1: "coast radio station",
            2: "harbour radio station",
            3: "pilot station",
            4: "AIS repeater station",
            5: "AIS base station",
        },
    ),
    MmsiClass.SAR_AIRCRAFT: (100, {1: "fixed-wing aircraft", 5: "helicopter"}),
    MmsiClass.AID_TO_NAVIGATION: (1_000, {1: "physical", 6: "virtual", 8: "mobile"}),
}

# ITU table of maritime identification digits, by state: ISO 3166 code, English name, MIDs.
# A territory without a code of its own stands under the code that ISO 3166 gives its area; of the
# three that share 306, Curaçao gives the code.
_STATES = """
AL Albania 201; AD Andorra 202; AT Austria 203; PT Portugal 204 255 263; BE Belgium 205;
BY Belarus 206; BG Bulgaria 207; VA Vatican City 208; CY Cyprus 209 210 212; DE Germany 211 218;
GE Georgia 213; MD Moldova 214; MT Malta 215 229 248 249 256; AM Armenia 216; DK Denmark 219 220;
ES Spain 224 225; FR France 226 227 228; FI Finland 230; FO Faroe Islands 231;
GB United Kingdom 232 233 234 235; GI Gibraltar 236; GR Greece 237 239 240 241; HR Croatia 238;
MA Morocco 242; HU Hungary 243; NL Netherlands 244 245 246; IT Italy 247; IE Ireland 250;
IS Iceland 251; LI Liechtenstein 252; LU Luxembourg 253; MC Monaco 254; NO Norway 257 258 259;
PL Poland 261; ME Montenegro 262; RO Romania 264; SE Sweden 265 266; SK Slovakia 267;
SM San Marino 268; CH Switzerland 269; CZ Czechia 270; TR Türkiye 271; UA Ukraine 272;
RU Russia 273; MK North Macedonia 274; LV Latvia 275; EE Estonia 276; LT Lithuania 277;
SI Slovenia 278; RS Serbia 279;
AI Anguilla 301; US United States 303 338 366 367 368 369; AG Antigua and Barbuda 304 305;
CW Curaçao, Sint Maarten and Caribbean Netherlands 306; AW Aruba 307; BS Bahamas 308 309 311;
BM Bermuda 310; BZ Belize 312; BB Barbados 314; CA Canada 316; KY Cayman Islands 319;
CR Costa Rica 321; CU Cuba 323; DM Dominica 325; DO Dominican Republic 327; GP Guadeloupe 329;
GD Grenada 330; GL Greenland 331; GT Guatemala 332; HN Honduras 334; HT Haiti 336; JM Jamaica 339;
KN Saint Kitts and Nevis 341; LC Saint Lucia 343; MX Mexico 345; MQ Martinique 347;
MS Montserrat 348; NI Nicaragua 350;
PA Panama 351 352 353 354 355 356 357 370 371 372 373 374; PR Puerto Rico 358; SV El Salvador 359;
PM Saint Pierre and Miquelon 361; TT Trinidad and Tobago 362; TC Turks and Caicos Islands 364;
VC Saint Vincent and the Grenadines 375 376 377; VG British Virgin Islands 378;
VI United States Virgin Islands 379;
AF Afghanistan 401; SA Saudi Arabia 403; BD Bangladesh 405; BH Bahrain 408; BT Bhutan 410;
CN China 412 413 414; TW Taiwan 416; LK Sri Lanka 417; IN India 419; IR Iran 422;
AZ Azerbaijan 423; IQ Iraq 425; IL Israel 428; JP Japan 431 432; TM Turkmenistan 434;
KZ Kazakhstan 436; UZ Uzbekistan 437; JO Jordan 438; KR South Korea 440 441; PS Palestine 443;
KP North Korea 445; KW Kuwait 447; LB Lebanon 450; KG Kyrgyzstan 451; MO Macao 453;
MV Maldives 455; MN Mongolia 457; NP Nepal 459; OM Oman 461; PK Pakistan 463; QA Qatar 466;
SY Syria 468; AE United Arab Emirates 470 471; TJ Tajikistan 472; YE Yemen 473 475;
HK Hong Kong 477; BA Bosnia and Herzegovina 478;
AQ Antarctica (Adélie Land) 501; AU Australia 503; MM Myanmar 506; BN Brunei 508;
FM Micronesia 510; PW Palau 511; NZ New Zealand 512; KH Cambodia 514 515; CX Christmas Island 516;
CK Cook Islands 518; FJ Fiji 520; CC Cocos (Keeling) Islands 523; ID Indonesia 525;
KI Kiribati 529; LA Laos 531; MY Malaysia 533; MP Northern Mariana Islands 536;
MH Marshall Islands 538; NC New Caledonia 540; NU Niue 542; NR Nauru 544; PF French Polynesia 546;
PH Philippines 548; TL Timor-Leste 550; PG Papua New Guinea 553; PN Pitcairn 555;
SB Solomon Islands 557; AS American Samoa 559; WS Samoa 561; SG Singapore 563 564 565 566;
TH Thailand 567; TO Tonga 570; TV Tuvalu 572; VN Vietnam 574; VU Vanuatu 576 577;
WF Wallis and Futuna 578;
ZA South Africa 601; AO Angola 603; DZ Algeria 605; TF French Southern Territories 607 618 635;
SH Saint Helena, Ascension and Tristan da Cunha 608 665; BI Burundi 609; BJ Benin 610;
BW Botswana 611; CF Central African Republic 612; CM Cameroon 613; CG Congo 615;
KM Comoros 616 620; CV Cabo Verde 617; CI Côte d'Ivoire 619; DJ Djibouti 621; EG Egypt 622;
ET Ethiopia 624; ER Eritrea 625; GA Gabon 626; GH Ghana 627; GM Gambia 629; GW Guinea-Bissau 630;
GQ Equatorial Guinea 631; GN Guinea 632; BF Burkina Faso 633; KE Kenya 634; LR Liberia 636 637;
SS South Sudan 638; LY Libya 642; LS Lesotho 644; MU Mauritius 645; MG Madagascar 647; ML Mali 649;
MZ Mozambique 650; MR Mauritania 654; MW Malawi 655; NE Niger 656; NG Nigeria 657; NA Namibia 659;
RE Réunion 660; RW Rwanda 661; SD Sudan 662; SN Senegal 663; SC Seychelles 664; SO Somalia 666;
SL Sierra Leone 667; ST Sao Tome and Principe 668; SZ Eswatini 669; TD Chad 670; TG Togo 671;
TN Tunisia 672; TZ Tanzania 674 677; UG Uganda 675; CD Democratic Republic of the Congo 676;
ZM Zambia 678; ZW Zimbabwe 679;
AR Argentina 701; BR Brazil 710; BO Bolivia 720; CL Chile 725; CO Colombia 730; EC Ecuador 735;
FK Falkland Islands 740; GF French Guiana 745; GY Guyana 750; PY Paraguay 755; PE Peru 760;
SR Suriname 765; UY Uruguay 770; VE Venezuela 775
"""


def _flags() -> dict[int, tuple[str, str]]:
    flags: dict[int, tuple[str, str]] = {}
    for state in _STATES.split(";"):
        code, *words = state.split()
        name = " ".join(word for word in words if not word.isdigit())
        flags |= {int(word): (code, name) for word in words if word.isdigit()}
    return flags


FLAGS = _flags()
_ALLOCATED = np.isin(np.arange(1_000), list(FLAGS))


def _int64(mmsi: int | NDArray[np.integer]) -> NDArray[np.int64]:
    if isinstance(mmsi, int) and not 0 <= mmsi < _LOWS[-1]:
        mmsi = -1  # a whole number of Python knows no bounds
    return np.asarray(mmsi).astype(np.int64)


def _format(numbers: NDArray[np.int64]) -> NDArray[np.intp]:
    """Which row of ``_FORMATS`` each number falls in."""
    return np.asarray(np.searchsorted(_LOWS, numbers, side="right") - 1)


def _coded_mid(numbers: NDArray[np.int64], formats: NDArray[np.intp]) -> NDArray[np.int64]:
    """The three digits at the MID's place, 0 where the format has none."""
    at = _MID_AT[formats]
    return np.where(at > 0, numbers // np.maximum(at, 1) % 1_000, 0)
