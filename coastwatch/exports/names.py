"""How a row is called and described in a few words, where a format has only words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WHAT = {"ais": "vessel with AIS", "radar": "radar target", "small": "small unregistered craft"}
LABEL = {"ais": "AIS", "radar": "RADAR", "small": "SMALL"}


def named(row: Mapping[str, Any]) -> str:
    """A name for a label: the vessel's own, else its MMSI, else kind and track's number."""
    if "rule" in row:
        return f"{row['severity'] or 'alert'}: {row['rule'] or 'no rule'}"
    if row["what"] != "small":
        if row["name"]:
            return str(row["name"])
        if row["mmsi"] is not None:
            return f"MMSI {row['mmsi']:09d}"
    return f"{LABEL[row['what']]} {row['track']}"


def described(row: Mapping[str, Any]) -> str:
    """What a row is, in a sentence with units; of an alert its own words."""
    if "rule" in row:
        return str(row["text"] or "")
    told = [f"{WHAT[row['what']]}, track {row['track']}"]
    if row["mmsi"] is not None:
        told.append(f"MMSI {row['mmsi']:09d}")
    if row["sog_kn"] is not None:
        told.append(f"SOG {row['sog_kn']:.1f} kn")
    if row["cog_deg"] is not None:
        told.append(f"COG {row['cog_deg']:05.1f}°")
    if row["sigma_m"] is not None:
        told.append(f"1 sigma {row['sigma_m']:.0f} m")
    return ", ".join(told)
