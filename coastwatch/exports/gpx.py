"""GPX 1.1: tracks with a time at every point; alerts and the picture as waypoints.

Our own code: GDAL's driver writes no description beside a track's name, and no time of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from coastwatch.exports.layer import Layer, by_track
from coastwatch.exports.lines import last_row, places, sides
from coastwatch.exports.names import described, named
from coastwatch.exports.xml_text import element, stamp, xml

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="coastwatch" xmlns="http://www.topografix.com/GPX/1/1">\n'
    "<metadata><name>{title}</name><time>{time}</time></metadata>\n"
)


def write(layer: Layer, out: Path) -> None:
    """Tracks cut at the antimeridian; degrees to seven decimals."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD.format(title=xml(layer.title), time=stamp(layer.stamp)))
        if layer.name == "tracks":
            for table in by_track(layer.batches):
                file.writelines(_track(table))
        else:
            for batch in layer.batches:
                file.writelines(_waypoints(batch, layer))
        file.write("</gpx>\n")


def _track(table: pa.Table) -> Iterator[str]:
    last = last_row(table)
    yield f"<trk>{element('name', named(last))}{element('desc', described(last))}"
    yield f"{element('src', 'coastwatch')}{element('type', last['what'])}\n"
    lon, lat = places(table)
    times = table["time"].to_pylist()
    for first, end in sides(lon):
        yield "<trkseg>\n"
        for k in range(first, end):
            place = f'lat="{lat[k]:.7f}" lon="{lon[k]:.7f}"'
            yield f"<trkpt {place}><time>{stamp(times[k])}</time></trkpt>\n"
        yield "</trkseg>\n"
    yield "</trk>\n"


def _waypoints(batch: pa.RecordBatch, layer: Layer) -> Iterator[str]:
    for row in batch.to_pylist():
        place = _place(row)
        if place is None:
            layer.leave_out(f"{layer.name} without a place")
            continue
        yield f'<wpt lat="{place[1]:.7f}" lon="{place[0]:.7f}">'
        yield element("time", stamp(row["time"]))
        yield f"{element('name', named(row))}{element('desc', described(row))}"
        yield f"{element('type', row.get('rule') or row.get('what'))}</wpt>\n"


def _place(row: dict[str, Any]) -> tuple[float, float] | None:
    import shapely

    if row["geometry"] is None:
        return None
    point = shapely.from_wkb(row["geometry"])
    return point.x, point.y
