"""What the objects of a chart are drawn as, and what they say, after IHO S-57 (appendix A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coastwatch.maps.text import number, words

# Object classes (S-57, appendix A, chapter 1) and the kind that each is drawn as.
KINDS = {
    "land": ("LNDARE", "LNDRGN", "BUAARE"),
    "depth": ("DEPARE", "DRGARE"),
    "contour": ("DEPCNT",),
    "coast": ("COALNE", "SLCONS"),
    "danger": ("WRECKS", "OBSTRN", "UWTROC"),
    "mark": ("BOYCAR", "BOYINB", "BOYISD", "BOYLAT", "BOYSAW", "BOYSPP", "BCNCAR", "BCNISD",
             "BCNLAT", "BCNSAW", "BCNSPP", "LITFLT", "LITVES", "LNDMRK", "OFSPLF", "PILPNT"),
    "light": ("LIGHTS",),
    "area": ("ACHARE", "ACHBRT", "CTNARE", "DWRTPT", "FAIRWY", "HRBARE", "ISTZNE", "MARCUL",
             "MIPARE", "OSPARE", "PILBOP", "PRCARE", "RESARE", "TSEZNE", "TSSCRS", "TSSLPT",
             "TSSRON", "TWRTPT"),
    "line": ("CBLSUB", "CBLOHD", "DWRTCL", "FERYRT", "NAVLNE", "PIPSOL", "RCRTCL", "RECTRC",
             "STSLNE", "TSELNE", "TSSBND"),
}  # fmt: skip
_KIND = {name: kind for kind, names in KINDS.items() for name in names}
# Which attribute is the depth in metres.
DEPTHS = {"depth": "DRVAL1", "contour": "VALDCO", "danger": "VALSOU"}
FIELDS = ("OBJNAM", "DRVAL1", "VALDCO", "VALSOU", "LITCHR", "SIGGRP", "COLOUR", "SIGPER", "VALNMR",
          "name", "Name", "NAME", "label")  # fmt: skip
CLASS_FIELD = "OBJL"  # every layer of a chart has it, and of a chart that was converted
CHARACTERS = {1: "F", 2: "Fl", 3: "LFl", 4: "Q", 5: "VQ", 6: "UQ", 7: "Iso", 8: "Oc", 9: "IQ",
              10: "IVQ", 11: "IUQ", 12: "Mo", 13: "FFl", 14: "FlLFl", 15: "OcFl", 16: "FLFl",
              17: "AlOc", 18: "AlLFl", 19: "AlFl", 20: "Al", 25: "Q+LFl", 26: "VQ+LFl"}  # fmt: skip
COLOURS = {"1": "W", "3": "R", "4": "G", "5": "Bu", "6": "Y", "9": "Y", "10": "Vi", "11": "Or"}


def kind_of(layer: str, geometry: str, classed: bool) -> str:
    """The kind of an object by its class, or by its geometry in a file of no such classes.

    ``classed``: the file is a chart with classes. Empty for those that a picture leaves out
    (soundings, quality of data, and so on).
    """
    name = layer.upper()
    if name in _KIND:
        return _KIND[name]
    if classed:
        return ""
    if "Polygon" in geometry:
        return "area"
    return "line" if "Line" in geometry else "mark"


def value_of(kind: str, row: Mapping[str, Any]) -> float | None:
    """The depth in metres, None where it is unknown."""
    depth = row.get(DEPTHS.get(kind, ""))
    return number(depth, 1)


def label_of(kind: str, row: Mapping[str, Any]) -> str:
    """The object's name; of a light its character, since what carries the light has the name."""
    named = next((row[k] for k in ("OBJNAM", "name", "Name", "NAME", "label") if row.get(k)), "")
    return (_light(row) if kind == "light" else "") or words(named, 60)


def _light(row: Mapping[str, Any]) -> str:
    """As charts print it: ``Fl(2) R 10s 15M``."""
    character = CHARACTERS.get(int(number(row.get("LITCHR"), 0) or 0), "")
    group = words(row.get("SIGGRP") or "", 20)
    group = group if any(c.isdigit() and c != "1" for c in group) else ""
    colours = row.get("COLOUR") or ""
    codes = colours if isinstance(colours, list | tuple) else str(colours).split(",")
    shown = "".join(COLOURS.get(str(code).strip(), "") for code in codes[:4])
    period, miles = number(row.get("SIGPER"), 1), number(row.get("VALNMR"), 1)
    parts = [character + group, shown, f"{period:g}s" if period else "",
             f"{miles:g}M" if miles else ""]  # fmt: skip
    return " ".join(part for part in parts if part)
