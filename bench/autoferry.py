"""Real radar, lidar and cameras on a canal: `python -m bench.autoferry FOLDER`.

The folder holds ``NAME.plots.csv``, ``NAME.truth.csv`` and one site.toml (the Autoferry data set of
Helgesen et al. 2022, as plots). Ours is what ``coastwatch track`` writes, the peers read the same
placed plots of the radar. GOSPA: c = 20 m, p = 2, alpha = 2, at the times of the truth.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import pages
from coastwatch.engine import Engine
from coastwatch.feeds import read_file
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Kind
from coastwatch.runner import track_files
from coastwatch.score import gospa, score
from coastwatch.site import load

DOCS = Path(__file__).resolve().parent.parent / "docs"
C_M, MOVING_MPS, FIXED = 20.0, 1.0, 0.5
GAP_S = 2.5  # a row that was filtered out must not be bridged: pictures are a second apart
SENSORS = {
    "radar": ("radar",), "radar, lidar": ("radar", "lidar"),
    "radar, lidar, cameras": ("radar", "lidar", "ir", "eo"),
}  # fmt: skip
# For a canal, not chosen on these scenes: slow craft, plots of 5 m, twenty moored boats about.
PEERS = {"GNN": "GNN", "JPDA (EHM2)": "EHM2"}
CANAL = {"q": 0.1, "sigma_mps": 3.0, "lost_m": 40.0, "false_per_m2": 20 / 1e6, "points": 3}


def main(argv: Sequence[str] = ()) -> None:
    """Print a table, and write it to docs/accuracy.md with --docs."""
    folder = next((Path(a) for a in argv if not a.startswith("-")), None)
    if folder is None:
        raise SystemExit("usage: python -m bench.autoferry FOLDER [--docs]")
    text = "\n\n".join((compared(folder), fused(folder)))
    print(text)
    if "--docs" in argv:
        pages.write(DOCS / "accuracy.md", "bench/autoferry.py", text)


def compared(folder: Path) -> str:
    """The radar alone: ours and the peers, all tracks and those that move."""
    names = scenes(folder)
    rows: dict[str, list[float]] = {}
    for moving in (False, True):
        words = f", {MOVING_MPS:g} m/s and more" if moving else ""
        rows[f"coastwatch, not fixed{words}"] = [
            ours(folder, name, SENSORS["radar"], moving) for name in names
        ]
        for peer, how in PEERS.items() if find_spec("stonesoup") else ():
            rows[f"Stone Soup {peer}{words}"] = [theirs(folder, n, how, moving) for n in names]
    best = min((np.mean(v) for k, v in rows.items() if not k.startswith("coast")), default=np.nan)
    rows["an empty picture"] = [empty(folder, name) for name in names]
    lines = [
        [name, *(f"{v:.1f}" for v in values), f"{np.mean(values):.1f}",
         f"{np.mean(values) / best:.2f}"]
        for name, values in rows.items()
    ]  # fmt: skip
    return pages.table(["radar alone", *names, "mean, m", "over the best peer"], lines)


def fused(folder: Path) -> str:
    """Ours with more sensors."""
    names, lines = scenes(folder), []
    for words, sensors in SENSORS.items():
        for moving in (False, True):
            values = [ours(folder, name, sensors, moving) for name in names]
            filtered = f", {MOVING_MPS:g} m/s and more" if moving else ""
            lines.append(
                [words + filtered, *(f"{v:.1f}" for v in values), f"{np.mean(values):.1f}"]
            )
    return pages.table(["coastwatch, not fixed", *names, "mean, m"], lines)


def scenes(folder: Path) -> list[str]:
    """Names of the scenes that a folder holds."""
    return sorted(p.name.removesuffix(".plots.csv") for p in folder.glob("*.plots.csv"))


def ours(folder: Path, name: str, sensors: tuple[str, ...], moving: bool) -> float:
    """GOSPA of confirmed and coasting tracks that are not fixed: ``coastwatch track``, the other
    rows left out, ``coastwatch score``."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary)
        plots = out / "scene.plots.csv"
        _pick(folder / f"{name}.plots.csv", sensors, plots)
        track_files(folder / "site.toml", [plots], out / "run")
        table = pq.read_table(out / "run" / "tracks.parquet")
        keep = pc.less(table["p_fixed"], FIXED)
        if moving:
            speed = np.hypot(table["vx_mps"].to_numpy(), table["vy_mps"].to_numpy())
            keep = pc.and_(keep, pa.array(speed >= MOVING_MPS))
        pq.write_table(table.filter(keep), out / "moving.parquet")
        scores = score(folder / f"{name}.truth.csv", out / "moving.parquet", C_M, gap_s=GAP_S)
    return scores["gospa_m"]


def empty(folder: Path, name: str) -> float:
    """GOSPA of who shows nothing: what every false track must be worth."""
    truth = _truth(folder / f"{name}.truth.csv", Plane(load(folder / "site.toml").origin))
    return float(np.mean([gospa(xy, np.empty((0, 2)), C_M).distance for xy in truth.values()]))


def theirs(folder: Path, name: str, how: str, moving: bool) -> float:
    """GOSPA of a peer that reads the radar's placed plots scan by scan; each truth is at a scan."""
    from bench.stonesoup_peer import Settings, StoneSoup

    site = load(folder / "site.toml")
    plane = Plane(site.origin)
    with tempfile.TemporaryDirectory() as temporary:
        plots = Path(temporary, "scene.plots.csv")
        _pick(folder / f"{name}.plots.csv", SENSORS["radar"], plots)
        decoder = Engine(site, []).open_feed(plots.name)
        found = [decoder.detections(d) for d in read_file(plots, plots.name)]
    d = place(Detections.concat(found), site, plane)
    truth = _truth(folder / f"{name}.truth.csv", plane)
    peer, distances = StoneSoup(how, Settings(**CANAL)), []  # type: ignore[arg-type]
    last_s, state = -np.inf, np.empty((0, 4))
    for time_s in sorted({*d.time_s.tolist(), *truth}):
        if (d.time_s == time_s).any():
            _, state = peer.step(d.take((d.time_s == time_s) & (d.kind == Kind.PLOT)), time_s)
            last_s = time_s
        if time_s in truth:
            kept = state[np.hypot(state[:, 2], state[:, 3]) >= MOVING_MPS] if moving else state
            there = kept[:, :2] + kept[:, 2:] * (time_s - last_s if len(kept) else 0.0)
            distances.append(gospa(truth[time_s], there, C_M).distance)
    return float(np.mean(distances))


def _truth(path: Path, plane: Plane) -> dict[float, np.ndarray]:
    """The targets' places at each time."""
    places: dict[float, list[tuple[float, float]]] = {}
    for row in _rows(path):
        x, y = plane.to_xy(float(row["lon"]), float(row["lat"]))
        places.setdefault(float(row["time"]), []).append((float(x), float(y)))
    return {time_s: np.array(xy) for time_s, xy in places.items()}


def _pick(source: Path, sensors: tuple[str, ...], to: Path) -> None:
    """The rows of some sensors alone."""
    with to.open("w", newline="", encoding="utf-8") as file:
        writer: csv.DictWriter[str] | None = None
        for row in _rows(source):
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            if row["sensor"] in sensors:
                writer.writerow(row)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main(sys.argv[1:])
