"""Detection against false alarms, measured: `python -m bench.roc docs/accuracy.md` writes them.

Cells are drawn as a radar with Rayleigh noise would send them, with a target of one cell
(Swerling 1) in each 5,000; all goes through the detector and the clutter map, turn by turn.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.video_scene import TURN, Scene, picture, swerling
from coastwatch.decode.video.cfar import Detector
from coastwatch.decode.video.clutter import SECTORS, ClutterMap
from coastwatch.decode.video.extract import Extractor
from coastwatch.decode.video.settings import Method, VideoSettings

SPOKES, CELLS, RMS, APART = 32, 2048, 300.0, 5_000
PFAS = (1e-4, 1e-5, 1e-6)
SNRS = (6, 9, 12, 15, 18, 21, 24, 27, 30, 35, 40)
CLUTTERS: dict[str, float | None] = {
    "thermal noise": None, "K, shape 5": 5.0, "K, shape 1": 1.0, "K, shape 0.5": 0.5,
}  # fmt: skip
MARKS = "<!-- measured by bench/roc.py -->\n", "<!-- end -->\n"


def measured(method: Method, shape: float | None, turns: int, rms: float = RMS, texture: int = 1,
             targets: bool = True) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Share of targets detected (pfas, snrs), and false alarms over those asked (pfas)."""
    rng = np.random.default_rng(1)
    detectors = [Detector(VideoSettings(method=method, pfa=pfa)) for pfa in PFAS]
    maps = [ClutterMap(d.scales, d.settings.clutter_scans, CELLS) for d in detectors]
    sea = np.full(CELLS, SPOKES)
    hit, put = np.zeros((len(PFAS), len(SNRS))), np.zeros(len(SNRS))
    false, cells = np.zeros(len(PFAS)), 0
    for sector in list(range(SECTORS)) * turns:
        power = np.ones((SPOKES, CELLS))
        if shape is not None:
            some = rng.gamma(shape, 1 / shape, (SPOKES, CELLS // texture))
            power = np.repeat(some, texture, axis=1)
        snr = np.full((SPOKES, CELLS), -1)
        if targets:
            there = rng.random(snr.shape) < 1 / APART
            snr[there] = rng.integers(0, len(SNRS), int(there.sum()))
            power[there] += 10 ** (np.array(SNRS)[snr[there]] / 10)
        amplitude = np.round(rms * np.sqrt(power * rng.exponential(size=power.shape)))
        video = amplitude.clip(0, 65_535).astype(np.uint16)
        hits, means = detectors[0].hits(video), detectors[0].means(video)
        put += np.bincount(snr[snr >= 0], minlength=len(SNRS))
        cells += int((snr < 0).sum())
        for i, (detector, clutter) in enumerate(zip(detectors, maps, strict=True)):
            given = detector.hits(video) if i and method == "ca" else hits
            found, _ = clutter.detections(sector, given, sea, means)
            which = snr[found.row, found.col]
            hit[i] += np.bincount(which[which >= 0], minlength=len(SNRS))
            false[i] += (which < 0).sum()
    return hit / np.maximum(put, 1), false / cells / np.array(PFAS)


def curves(method: Method) -> Iterator[str]:
    yield f"| {method.upper()}: clutter | asked | " + " | ".join(f"{s} dB" for s in SNRS)
    yield "|---|---|" + "---|" * len(SNRS)
    for name, shape in CLUTTERS.items():
        seen, _ = measured(method, shape, 12)
        for pfa, row in zip(PFAS, seen, strict=True):
            yield f"| {name} | {pfa:.0e} | " + " | ".join(f"{share:.2f}" for share in row)


def rates() -> Iterator[str]:
    yield "| false alarms over asked | method | " + " | ".join(f"{p:.0e}" for p in PFAS)
    yield "|---|---|---|---|---|"
    cases = [(name, shape, RMS, 1) for name, shape in CLUTTERS.items()]
    cases += [(f"noise of {rms} counts rms", None, float(rms), 1) for rms in (2, 3, 5, 10)]
    cases += [(f"K, shape 0.5, texture {n} cells long", 0.5, RMS, n) for n in (4, 16, 64)]
    for name, shape, rms, texture in cases:
        for method in ("os", "go", "ca"):
            _, false = measured(method, shape, 6, rms, texture, targets=False)  # type: ignore[arg-type]
            yield f"| {name} | {method} | " + " | ".join(f"{f:.2f}" for f in false)


def errors() -> Iterator[str]:
    yield ("| beam, pulse | SNR | plots | azimuth, beams rms | range, cells rms | "
           "mean square over told | outside 95 % |")  # fmt: skip
    yield "|---|---|---|---|---|---|---|"
    for beam, pulse in ((1.0, 1.0), (1.0, 3.0), (0.5, 2.0), (3.0, 4.0)):
        for snr_db in (13, 20, 30, 40):
            off, told = placed(beam, pulse, snr_db)
            square = ((off / told) ** 2).sum(axis=1)
            yield (
                f"| {beam:g} degrees, {pulse:g} cells | {snr_db} dB | {len(off)} | "
                f"{np.sqrt((off[:, 0] ** 2).mean()) / math.radians(beam):.3f} | "
                f"{np.sqrt((off[:, 1] ** 2).mean()) / 5.0:.2f} | {square.mean() / 2:.2f} | "
                f"{(square > 5.99).mean():.1%}"
            )


def placed(beam: float, pulse: float, snr_db: float) -> tuple[np.ndarray, np.ndarray]:
    """Errors of plots near targets, azimuth and range, and the sigmas told."""
    scene = Scene(
        cells=600, bits=16, rms=100.0, pulse_cells=pulse, beamwidth_rad=math.radians(beam)
    )
    settings = VideoSettings(
        pulse_m=pulse * 5.0, beamwidth_rad=scene.beamwidth_rad,
        sidelobe_db=math.inf, sidelobe_far_db=math.inf, sidelobe_rad=0.0,
    )  # fmt: skip
    rng, off, told = np.random.default_rng(8), [], []
    extractor = Extractor(settings)
    for _ in range(4):
        targets = swerling(scene, rng, snr_db, 150)
        for plots in (extractor.take(picture(scene, rng, targets)), extractor.flush()):
            for target in targets:
                angle = np.remainder(plots.azimuth_rad - target.azimuth_rad + np.pi, TURN) - np.pi
                metres = plots.range_m - target.cell * 5.0
                near = (np.abs(angle) < scene.beamwidth_rad) & (np.abs(metres) < 10 + 5 * pulse)
                off += list(zip(angle[near], metres[near], strict=True))
                told += list(
                    zip(plots.sigma_azimuth_rad[near], plots.sigma_range_m[near], strict=True)
                )
    return np.array(off), np.array(told)


def main(page: str | None = None) -> None:
    tables = ["\n".join(f"{row.rstrip(' |')} |" for row in rows)
              for rows in (rates(), curves("os"), curves("go"), errors())]  # fmt: skip
    text = "\n" + "\n\n".join(tables) + "\n\n"
    if page is None:
        print(text)
        return
    path = Path(page)
    before, _, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    path.write_text(before + MARKS[0] + text + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
