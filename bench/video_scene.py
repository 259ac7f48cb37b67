"""Radar pictures with known truth: noise, K clutter, point targets through a beam and a pulse."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.video.spokes import Spokes

TURN = 2 * math.pi
HALF_POWER = 4 * math.log(2)  # one-way power is 1/2 at half the beamwidth from its middle


@dataclass(frozen=True)
class Target:
    """A point; ``amplitude`` is of its peak, in counts."""

    cell: float  # range in cells from the near edge of the first
    azimuth_rad: float
    amplitude: float


@dataclass(frozen=True)
class Scene:
    spokes: int = 2048
    cells: int = 512
    cell_m: float = 5.0
    bits: int = 8
    rms: float = 10.0  # of noise and clutter, counts
    shape: float | None = None  # of the K law; None is noise
    texture_cells: int = 1  # length in range over which the texture is the same
    beamwidth_rad: float = math.radians(1.0)
    pulse_cells: float = 1.0
    turn_s: float = 2.5

    @property
    def azimuth_rad(self) -> NDArray[np.float64]:
        return (np.arange(self.spokes) + 0.5) * TURN / self.spokes


def picture(scene: Scene, rng: np.random.Generator, targets: list[Target] | None = None,
            begin_s: float = 1e9) -> Spokes:  # fmt: skip
    """One turn as a radar would send it."""
    echo = speckle(scene, rng)
    for target in targets or []:
        add(scene, echo, target, rng)
    return sent(scene, np.abs(echo), begin_s)


def sent(scene: Scene, amplitude: NDArray[np.float64], begin_s: float = 1e9) -> Spokes:
    """Amplitudes rounded to counts."""
    dtype = np.uint8 if scene.bits <= 8 else np.uint16
    counts = np.round(amplitude).clip(0, 2**scene.bits - 1).astype(dtype)
    time_s = begin_s + np.arange(scene.spokes) * scene.turn_s / scene.spokes
    return Spokes(
        time_s, scene.azimuth_rad, TURN / scene.spokes, 0.0, scene.cell_m, scene.bits, counts
    )


def speckle(scene: Scene, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Complex noise of the scene's power, or clutter: the same with a gamma texture."""
    size = (scene.spokes, scene.cells)
    out = (rng.normal(size=size) + 1j * rng.normal(size=size)) * (scene.rms / math.sqrt(2))
    if scene.shape is not None:
        count = -(-scene.cells // scene.texture_cells)
        texture = rng.gamma(scene.shape, 1 / scene.shape, (scene.spokes, count))
        out *= np.sqrt(np.repeat(texture, scene.texture_cells, axis=1)[:, : scene.cells])
    return out


def add(
    scene: Scene, echo: NDArray[np.complex128], target: Target, rng: np.random.Generator
) -> None:
    """Put a target's echo into a picture, with a phase of its own."""
    off = np.remainder(scene.azimuth_rad - target.azimuth_rad + math.pi, TURN) - math.pi
    rows = np.flatnonzero(np.abs(off) < 2 * scene.beamwidth_rad)
    beam = np.exp(-HALF_POWER * (off[rows] / scene.beamwidth_rad) ** 2)  # two ways of amplitude
    apart = np.abs(np.arange(scene.cells) + 0.5 - target.cell)
    columns = np.flatnonzero(apart < scene.pulse_cells + 1)
    flat = min(scene.pulse_cells, 1.0)
    pulse = np.clip((scene.pulse_cells + 1) / 2 - apart[columns], 0.0, flat) / flat
    phase = np.exp(1j * rng.uniform(0, TURN))
    echo[np.ix_(rows, columns)] += target.amplitude * phase * beam[:, None] * pulse


def swerling(scene: Scene, rng: np.random.Generator, snr_db: float, count: int) -> list[Target]:
    """Targets well apart whose amplitude is drawn anew for the scan (Swerling 1)."""
    apart = 2.5 * 60
    rings = np.arange(60.0, scene.cells - 60, apart)
    sectors = int(TURN / (8 * scene.beamwidth_rad))
    places = [(r, k) for r in rings for k in range(sectors)]
    some = rng.permutation(len(places))[:count]
    mean = scene.rms * 10 ** (snr_db / 20)
    return [
        Target(
            places[i][0] + rng.uniform(-20, 20),
            (places[i][1] + 0.5) * TURN / sectors + rng.uniform(-1, 1) * scene.beamwidth_rad,
            mean * math.sqrt(rng.exponential()),
        )
        for i in some
    ]
