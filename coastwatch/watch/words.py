"""Numbers and places in the words and the evidence of rules."""

from __future__ import annotations

import math

from coastwatch.geo.units import format_distance, format_position
from coastwatch.watch.scene import Scene

LANES = ("tss-lane", "separation-zone")


def numbers(**values: float) -> dict[str, object]:
    """Evidence as JSON takes it: rounded to four places, without what is not known."""
    return {key: round(float(v), 4) for key, v in values.items() if math.isfinite(v)}


def place(scene: Scene, row: int) -> str:
    """Where a row is: "in Sandettie lane", "3.2 NM from the shore", else its position."""
    zones = [scene.ground.zones[z] for z in scene.zones_at(row)]
    if zones:
        return f"in {min(zones, key=lambda z: z.kind not in LANES).name}"
    shore_m = float(scene.shore_m[row])
    if math.isfinite(shore_m):
        return f"{format_distance(shore_m)} from the shore"
    return f"at {format_position(float(scene.lon[row]), float(scene.lat[row]))}"
