"""Colours, type and small signs of the radar's picture, at twice its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw, ImageFont

SCALE = 2

Colour = tuple[int, int, int]
NIGHT: Colour = (8, 12, 20)
SEA: Colour = (11, 18, 30)
LAND_SHOWN = 0.5  # of the video's light: what the eye seeks is at sea
LAND: Colour = (34, 35, 33)
SHORE: Colour = (86, 84, 72)
GRID: Colour = (48, 62, 80)
TEXT: Colour = (176, 188, 200)
QUIET: Colour = (112, 126, 142)
PLOT: Colour = (236, 240, 244)
AIS: Colour = (104, 196, 140)
UNKNOWN: Colour = (240, 150, 84)
# Weak to strong: the sea's colour, teal, sand; no red, which is kept for alarms.
STOPS = (0.0, 0.25, 0.5, 0.75, 1.0)
PALETTE: tuple[Colour, ...] = (
    SEA, (18, 56, 70), (38, 108, 112), (140, 170, 120), (244, 222, 150),
)  # fmt: skip


def colours() -> NDArray[np.uint8]:
    """The palette in 256 steps."""
    steps = np.linspace(0.0, 1.0, 256)
    channels = [np.interp(steps, STOPS, [c[k] for c in PALETTE]) for k in range(3)]
    return np.column_stack(channels).astype(np.uint8)


def font(size: int) -> Any:
    """Pillow's own face, so that a picture is the same on every machine."""
    return ImageFont.load_default(size * SCALE)


def fitting(text: str, size: int, width: float) -> str:
    """The text, cut where it would leave the panel."""
    face = font(size)
    while len(text) > 1 and face.getlength(text) > width:
        text = text[:-2].rstrip() + "…" if not text.endswith("…") else text[:-2] + "…"
    return text


def dot(draw: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """A plot: a small circle."""
    x, y = at
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=SCALE)


def square(draw: ImageDraw.ImageDraw, at: tuple[float, float], half: float, colour: Colour) -> None:
    """A track."""
    x, y = at
    draw.rectangle((x - half, y - half, x + half, y + half), outline=colour,
                   width=round(1.5 * SCALE))  # fmt: skip


def ship(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], course_rad: float, colour: Colour
) -> None:
    """A slim triangle along the course, upright where there is none."""
    turn = course_rad if math.isfinite(course_rad) else 0.0
    sin, cos = math.sin(turn), math.cos(turn)
    shape: Sequence[tuple[float, float]] = ((0.0, 9.0), (5.0, -6.0), (-5.0, -6.0))
    points = [
        (at[0] + SCALE * (x * cos + y * sin), at[1] + SCALE * (x * sin - y * cos)) for x, y in shape
    ]
    draw.polygon(points, outline=colour, width=SCALE)
