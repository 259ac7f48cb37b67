"""The palettes as the style sheet has them: contrast, also for colour-blind eyes, by computation.

Contrast: WCAG 2.2, relative luminance. Colour blindness: Machado, Oliveira and Fernandes, *A
Physiologically-based Model for Simulation of Color Vision Deficiency*, IEEE TVCG 15 (2009), their
matrices of severity 1.0, applied to linear RGB. Difference: CIE 1976, Lab under D65.
"""

import re
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
import pytest

CSS = (files("coastwatch.maps") / "assets" / "palettes.css").read_text(encoding="utf-8")
PALETTES = ("night", "dusk", "day")
EYES = {
    "all three cones": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
}  # fmt: skip
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
D65 = np.array([0.95047, 1.0, 1.08883])

ZONES = [
    "zone-tss-lane", "zone-separation-zone", "zone-inshore-zone", "zone-territorial-sea",
    "zone-port-limits", "zone-exclusion", "zone-search-area", "zone-line", "zone-other",
]  # fmt: skip
SYMBOLS = [
    "small", "ais", "radar", "fixed", "beacon", "aton", "base", "sar", "tentative", "ended",
    "danger", "emergency", "alarm", "warning", "caution", "sensor", "measure",
    *(f"speed-{i}" for i in range(6)), *ZONES,
]  # fmt: skip
LABELS = ["text", "muted", "small", "beacon", "warning", "measure", *ZONES]
IN_PANELS = ["text", "muted", "warning"]
ON_BUTTONS = ["text", "muted", "caution", "warning", "alarm", "emergency"]


def palette(name: str) -> dict[str, str]:
    """Variables of one palette; night is the sheet's first and the ground of the others."""
    blocks = re.findall(r":root(?:\[data-palette=\"(\w+)\"\])? \{(.*?)\}", CSS, flags=re.DOTALL)
    own = {palette or "night": dict(re.findall(r"--([\w-]+): (#\w+)", body))
           for palette, body in blocks}  # fmt: skip
    return own[name]


def linear(colour: str, eye: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.clip(EYES[eye] @ light, 0, 1)


def contrast(one: str, other: str, eye: str) -> float:
    high, low = sorted((float(XYZ[1] @ linear(c, eye)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def difference(one: str, other: str, eye: str) -> float:
    return float(np.linalg.norm(_lab(one, eye) - _lab(other, eye)))


def _lab(colour: str, eye: str) -> np.ndarray:
    t = XYZ @ linear(colour, eye) / D65
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def below(name: str, pairs: list[tuple[str, str]], least: float, measure, eye: str) -> list[str]:
    colours = palette(name)
    found = [(a, b, measure(colours[a], colours[b], eye)) for a, b in pairs]
    assert found
    return [f"{a} on {b}: {value:.2f}" for a, b, value in found if value < least]


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_text_has_a_contrast_of_four_and_a_half(name, eye):
    pairs = [(text, ground) for text in LABELS for ground in ("sea", "land", "halo")]
    pairs += [(text, "panel") for text in IN_PANELS]
    pairs += [(text, "press") for text in ON_BUTTONS]
    assert below(name, pairs, 4.5, contrast, eye) == []


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_symbols_have_a_contrast_of_three_against_sea_and_land(name, eye):
    pairs = [(symbol, ground) for symbol in SYMBOLS for ground in ("sea", "land")]
    pairs += [("accent", "panel"), ("accent", "press")]
    assert below(name, pairs, 3.0, contrast, eye) == []


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_neighbours_in_a_ramp_stay_apart_for_every_eye(name, eye):
    # Classes in an order: one is read against its neighbours in the legend. A difference of 2.3 is
    # just seen (Mahy, 1994), side by side; four times that is seen across a chart.
    ramps = [[f"{ramp}-{i}" for i in range(6)] for ramp in ("speed", "density")]
    ramps.append([f"share-{i}" for i in range(5)])
    pairs = [pair for ramp in ramps for pair in pairwise(ramp)]
    assert below(name, pairs, 9.0, difference, eye) == []


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", PALETTES)
def test_tracks_by_class_stay_apart_for_every_eye(name, eye):
    # Lines have no shape to tell them apart, and no order: more than in a ramp.
    pairs = list(combinations(["small", "ais", "radar"], 2))
    assert below(name, pairs, 15.0, difference, eye) == []


@pytest.mark.parametrize("name", ["dusk", "day"])
def test_each_palette_names_the_same_colours(name):
    assert palette(name).keys() == palette("night").keys()


def test_night_has_no_white_areas_and_no_bright_blue():
    night = palette("night")
    for area in ("sea", "land", "nochart", "panel", "press", "edge"):
        assert XYZ[1] @ linear(night[area], "all three cones") < 0.03, area
    # Blue light is what costs the eye its adaptation: least of the three in all bright colours.
    for name in ("text", "muted", "accent", "warning", "caution", "radar", "small", "danger"):
        red, _, blue = linear(night[name], "all three cones")
        assert blue < red, name


HEXAGONS = (files("coastwatch.maps") / "assets" / "hexagons.js").read_text(encoding="utf-8")
ALPHAS = {name: float(value) for name, value in re.findall(r"(\w+_ALPHA) = ([\d.]+)", HEXAGONS)}


def laid(top: str, ground: str, alpha: float) -> str:
    """The colour where one lies upon the other, as a canvas mixes them."""
    one, other = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (top, ground))
    mixed = [round(alpha * a + (1 - alpha) * b) for a, b in zip(one, other, strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


@pytest.mark.parametrize("name", PALETTES)
def test_every_class_of_density_shows_upon_every_class_of_coverage(name):
    colours = palette(name)
    faint = []
    for share in range(5):
        ground = laid(colours[f"share-{share}"], colours["sea"], ALPHAS["COVER_UNDER_ALPHA"])
        for i in range(6):
            cell = laid(colours[f"density-{i}"], ground, ALPHAS["DENSITY_ALPHA"])
            if (apart := difference(cell, ground, "all three cones")) < 13:
                faint.append(f"density-{i} upon share-{share}: {apart:.1f}")
    assert not faint
