"""One stored alert, as its French sentence draws on it: numbers by their keys, ships, places.

The English sentence is the witness: a number is taken from the evidence by its key, and stands in
the French sentence as the English one has it. What it does not have is not said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 2_000  # characters of a sentence that is looked at
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
VESSEL = r"(?P<name>.{1,80}?) \(MMSI (?P<mmsi>\d{9})\)"
WHO = (
    r"(?:[Tt]rack (?P<alone>\d+) \(no identity\)"
    r"|(?P<name>.{1,80}?) \(MMSI (?P<mmsi>\d{9}), track (?P<track>\d+)\))"
)
CRAFT = r"Small craft without AIS \(track (?P<craft>\d+)\)"
POSITION = re.compile(r"(\d\d)°(\d\d\.\d)'([NS]) (\d\d\d)°(\d\d\.\d)'([EW])")
POINTS = {"N": "le nord", "NE": "le nord-est", "E": "l’est", "SE": "le sud-est", "S": "le sud",
          "SW": "le sud-ouest", "W": "l’ouest", "NW": "le nord-ouest"}  # fmt: skip
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


class Lacks(Exception):
    """The alert does not hold what its French sentence needs."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the English sentence writes a number, and the unit of the French one.

    ``per`` of it are one of the evidence's; ``off`` is by how much its rounding may differ.
    """

    english: str
    unit: str = ""
    off: float = 0.6
    per: float = 1.0
    round: bool = False
    least: float = -math.inf


MIN, NM = r"\b(\d+) min\b", r"(\d+\.\d) NM\b"
WHOLE = r"(?<![\d.:])(?!0\d)(\d+)(?![\d.:]\d)\b"
FORMS: dict[str, tuple[Form, ...]] = {
    # Of two at once only the second has its unit: "at 0.3 and 1.2 kn".
    "kn": (Form(r"(\d+\.\d)(?= kn\b| and \d+\.\d kn\b)", "nœud", 0.06),),
    "kn0": (Form(r"\b(\d+) kn\b", "nœud"),),
    "nm": (Form(NM, "mille", 0.06),),
    "nm2": (Form(r"(\d+\.\d\d) NM\b", "mille", 0.006),),
    "nmg": (Form(r"(\d+(?:\.\d+)?) NM\b", "mille", 1e-6),),
    # As ``format_distance``: in metres below 0.2 NM. Evidence is rounded to a thousandth of one.
    "far": (Form(NM, "mille", 0.06), Form(r"\b(\d+) m\b", "m", 2.5, 1852.0)),
    "far_m": (Form(NM, "mille", 0.06, 1 / 1852.0), Form(r"\b(\d+) m\b", "m")),
    "m": (Form(r"\b(\d+) m\b", "m"),),
    "km": (Form(r"(\d+\.\d) km\b", "km", 0.06),),
    "km0": (Form(r"\b(\d+) km\b", "km"),),
    "min": (Form(MIN, "min"),),
    "min1": (Form(MIN, "min", least=1.0),),
    "s_min": (Form(MIN, "min", per=1 / 60, least=1.0),),
    "s": (Form(r"\b(\d+) s\b", "s"),),
    "h": (Form(r"\b(\d+) h\b", "h"),),
    "deg": (Form(r"\b(?!0\d)(\d+)°(?!\d)", "°"),),
    "course": (Form(r"\b(\d{3})°(?!\d)", "°", round=True),),
    "azimuth": (Form(r"\b(\d{3})°(?!\d)", "°"),),
    "p": (Form(r"\b(\d\.\d\d)\b", "", 0.006),),
    "n": (Form(WHOLE, "", 0.0),),
    "about": (Form(WHOLE),),
}


@dataclass(frozen=True)
class Told:
    """The alert's English sentence, its evidence, its track and MMSI, and the zones' names."""

    text: str
    evidence: Mapping[str, Any]
    track: Any = None
    mmsi: Any = None
    zones: Mapping[str, str] = field(default_factory=dict)
    zone_id: str = ""

    def say(self, template: str, **more: str) -> str:
        """The template with its holes filled: ``{speed_kn:kn}`` by the evidence, ``{who}``,
        ``{place}``, ``{zone}`` and ``{motion}`` by what the sentence names. Raises Lacks."""
        return typeset(template).format_map(_Holes(self, more))

    def value(self, *keys: str) -> float:
        """A finite number of the evidence, by its key, or by the keys that lead to it."""
        found: Any = self.evidence
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise Lacks(keys)
        try:
            value = float(found)
        except OverflowError as error:
            raise Lacks(keys) from error
        if not math.isfinite(value):
            raise Lacks(keys)
        return value

    def word(self, key: str, known: Mapping[str, str]) -> str:
        """A word of the evidence in French."""
        found = self.evidence.get(key)
        if not isinstance(found, str) or found not in known:
            raise Lacks(key)
        return known[found]

    def quote(self, key: str) -> str:
        """A text of the evidence as it was sent, which the English sentence quotes, too."""
        found = self.evidence.get(key)
        if not isinstance(found, str) or not found or found not in self.text:
            raise Lacks(key)
        return found

    def number(self, form: str, *keys: str) -> str:
        """The evidence's number in French, as the English sentence writes it."""
        value = self.value(*keys)
        for one in FORMS[form]:
            wanted, nearest = max(value * one.per, one.least), ""
            least = one.off + 2e-9
            for found in re.findall(one.english, self.text):
                away = abs(float(found) - wanted)
                away = min(away, 360 - away) if one.round else away
                if away < least - 1e-9:  # of two as near, the first
                    least, nearest = away, found
            if nearest:
                return french_number(nearest, one.unit)
        raise Lacks(keys)

    def read(self, pattern: str, unit: str = "") -> str:
        """A number that only the English sentence holds, such as a rule's parameter."""
        found = re.search(pattern, self.text)
        if found is None:
            raise Lacks(pattern)
        return french_number(found[1], unit)

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.text) is not None

    def agrees(self, pattern: str, fact: bool) -> bool:
        """A fact of the evidence, which the sentence must tell as well. Raises Lacks."""
        if self.has(pattern) != fact:
            raise Lacks(pattern)
        return fact

    def who(self, before: str = "^", track: Any = None, mmsi: Any = None) -> str:
        """A track by its identity, where the English sentence names it after ``before``."""
        found = self._named(before, f"(?:{CRAFT}|{WHO})")
        number = found["alone"] or found["track"] or found["craft"]
        track = self.track if track is None else track
        if track is not None and (type(track) is not int or track != int(number)):
            raise Lacks("track")
        if mmsi is not None and found["mmsi"] and found["mmsi"] != _nine(mmsi):
            raise Lacks("mmsi")
        if found["craft"]:
            return f"petite embarcation sans AIS (piste {number})"
        if found["alone"]:
            return f"piste {number} (sans identité)"
        return f"{_name(found)} (MMSI {found['mmsi']}, piste {number})"

    def vessel(self, before: str = "^", mmsi: Any = None) -> str:
        """An MMSI by its name, where the English sentence names it after ``before``."""
        found = self._named(before, VESSEL)
        mmsi = self.mmsi if mmsi is None else mmsi
        if mmsi is not None and found["mmsi"] != _nine(mmsi):
            raise Lacks("mmsi")
        return f"{_name(found)} (MMSI {found['mmsi']})"

    def zone(self, before: str = "", after: str = r"(?!\w)") -> str:
        """The name of a zone that the sentence names between ``before`` and ``after``: the
        alert's own, where it is there, else the longest that is. Without ``before`` its own."""
        own = self.zones.get(self.zone_id, "")
        if not before:
            if own and own in self.text:
                return own
            raise Lacks("zone")
        rest = [self.text[m.end() :] for m in re.finditer(before, self.text)]
        for names in ((own,), self.zones.values()):
            fits = [n for n in names if n and any(_begins(r, n, after) for r in rest)]
            if fits:
                return max(fits, key=len)
        raise Lacks("zone")

    def place(self) -> str:
        """Where it is: in a zone, so far from the shore, or at a position."""
        try:
            return self.say("dans la zone « {at} »", at=self.zone(", in ", "[.:;]"))
        except Lacks:
            for unit, said in (("NM", "mille"), ("m", "m")):
                if self.has(rf"\d {unit} from the shore"):
                    far = self.read(rf"\b(\d+(?:\.\d)?) {unit} from the shore", said)
                    return f"à {far} de la côte"
            return f"en position {self.position(r'at ')}"

    def position(self, before: str = "") -> str:
        """A position as on a French chart, as the sentence has it after ``before``."""
        found = re.search(before + POSITION.pattern, self.text)
        if found is None:
            raise Lacks("position")
        lat_deg, lat_min, north, lon_deg, lon_min, east = found.groups()
        east = "O" if east == "W" else east
        lat_min, lon_min = lat_min.replace(".", ","), lon_min.replace(".", ",")
        return f"{lat_deg}°{lat_min}′{north} {lon_deg}°{lon_min}′{east}"

    def motion(self) -> str:
        return self.say("{speed_kn:kn}, route {course_deg:course}")

    def _named(self, before: str, pattern: str) -> re.Match[str]:
        found = re.search(before + pattern, self.text)
        if found is None:
            raise Lacks(before)
        return found


class _Holes(dict[str, Any]):
    """The fillings of a template: what was given, what the sentence names, else evidence."""

    def __init__(self, told: Told, more: Mapping[str, str]) -> None:
        super().__init__(more)
        named: dict[str, Callable[[], str]] = {
            "who": told.who, "vessel": told.vessel, "zone": told.zone, "place": told.place,
            "motion": told.motion, "position": told.position,
        }  # fmt: skip
        self._told, self._named = told, named

    def __missing__(self, key: str) -> Any:
        return self._named[key]() if key in self._named else _Hole(self._told, key)


@dataclass(frozen=True, slots=True)
class _Hole:
    """A number of the evidence that waits for its form."""

    told: Told
    key: str

    def __format__(self, form: str) -> str:
        return self.told.number(form, self.key)


def french_number(english: str, unit: str) -> str:
    """``2.4`` and "mille" as ``2,4 milles``: a plural from two on."""
    said = english.replace(".", ",")
    if unit == "°":
        return said + unit
    if unit in ("nœud", "mille") and float(english) >= 2:
        unit += "s"
    return f"{said}\u00a0{unit}" if unit else said


def typeset(template: str) -> str:
    """French spaces: none that breaks before ``: ; ?`` and within guillemets."""
    for plain, set_ in ((" :", "\u00a0:"), (" ;", "\u202f;"), ("« ", "«\u00a0"), (" »", "\u00a0»")):
        template = template.replace(plain, set_)
    return template


def listed(parts: list[str]) -> str:
    """``a, b et c``."""
    return " et ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def plain(text: Any) -> str:
    """A sentence or name of unknown origin with plain spaces; empty where it is none, or holds
    what is not printed."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return ""
    text = text.translate(SPACES)
    return text if text.isprintable() else ""


def _begins(rest: str, name: str, after: str) -> bool:
    return rest.startswith(name) and re.match(after, rest[len(name) :]) is not None


def _nine(mmsi: Any) -> str:
    return f"{mmsi:09d}" if type(mmsi) is int and 0 <= mmsi < 10**9 else ""


def _name(found: re.Match[str]) -> str:
    name = found["name"]
    return "navire" if name.lower() == "vessel" else name
