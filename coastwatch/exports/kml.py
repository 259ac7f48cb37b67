"""KML 2.2 for Google Earth and QGIS: ways that its time slider plays, craft by colour.

Our own code: GDAL writes neither the times of a way (gx:Track) nor a style for each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from coastwatch.exports.layer import Layer, by_track
from coastwatch.exports.lines import last_row, places, sides
from coastwatch.exports.names import described, named
from coastwatch.exports.xml_text import element, stamp, xml

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
    "<Document><name>{title}</name>\n"
)
# aabbggrr, as on our own picture: craft that nobody must miss are orange and wide.
STYLES = {
    "ais": ("ffd8a24a", 2, 0.7),
    "radar": ("ffb0b0b0", 2, 0.6),
    "small": ("ff1e8cff", 4, 1.2),
    "alert": ("ff2020ff", 2, 1.1),
    "zone": ("ffc8c864", 1, 0.0),
}
STYLE = (
    '<Style id="{id}"><IconStyle><color>{colour}</color><scale>{scale}</scale></IconStyle>'
    "<LabelStyle><scale>0.7</scale></LabelStyle>"
    "<LineStyle><color>{colour}</color><width>{width}</width></LineStyle>"
    "<PolyStyle><color>30{rgb}</color></PolyStyle>"
    # The balloon shows our own escaped words alone: a name or a value would be obeyed as HTML.
    "<BalloonStyle><text>$[description]</text></BalloonStyle></Style>\n"
)


def write(layer: Layer, out: Path) -> None:
    """One document; what is known of each feature stands in its ExtendedData."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD.format(title=xml(layer.title)))
        for id_, (colour, width, scale) in STYLES.items():
            style = STYLE.format(id=id_, colour=colour, rgb=colour[2:], width=width, scale=scale)
            file.write(style)
        if layer.name == "tracks":
            for table in by_track(layer.batches):
                file.writelines(_way(table))
        else:
            for batch in layer.batches:
                for row in batch.to_pylist():
                    file.writelines(_placemark(row))
        file.write("</Document>\n</kml>\n")


def _way(table: pa.Table) -> Iterator[str]:
    last = last_row(table)
    yield f"<Placemark>{element('name', named(last))}{_balloon(named(last), described(last))}"
    yield f"<styleUrl>#{last['what']}</styleUrl>{_data(last)}\n<gx:MultiTrack>\n"
    lon, lat = places(table)
    times = table["time"].to_pylist()
    for first, end in sides(lon):
        yield "<gx:Track>\n"
        yield from (f"<when>{stamp(times[k])}</when>\n" for k in range(first, end))
        yield from (
            f"<gx:coord>{lon[k]:.7f} {lat[k]:.7f} 0</gx:coord>\n" for k in range(first, end)
        )
        yield "</gx:Track>\n"
    yield "</gx:MultiTrack>\n</Placemark>\n"


def _placemark(row: dict[str, Any]) -> Iterator[str]:
    if "rules" in row:
        name, text, style = row["name"] or row["id"], row["note"], "zone"
    else:
        name, text, style = named(row), described(row), row.get("what", "alert")
    yield f"<Placemark>{element('name', name)}{_balloon(name, text)}"
    if row.get("time") is not None:
        yield f"<TimeStamp><when>{stamp(row['time'])}</when></TimeStamp>"
    yield f"<styleUrl>#{style}</styleUrl>{_data(row)}"
    if row["geometry"] is not None:
        yield _shape(shapely.from_wkb(row["geometry"]))
    yield "</Placemark>\n"


def _balloon(name: str | None, text: str | None) -> str:
    """A description, which readers of KML take for HTML: so the text is escaped for that, too."""
    shown = [f"<b>{xml(name)}</b>"] + ([xml(text)] if text else [])
    return element("description", "<br/>".join(shown))


def _data(row: dict[str, Any]) -> str:
    told = []
    for name, value in row.items():
        if value is not None and name != "geometry":
            text = stamp(value) if hasattr(value, "isoformat") else value
            told.append(f'<Data name="{name}">{element("value", text)}</Data>')
    return f"<ExtendedData>{''.join(told)}</ExtendedData>"


def _shape(shape: BaseGeometry) -> str:
    kind = shape.geom_type
    if shape.is_empty:
        return ""
    if kind == "Point":
        return f"<Point>{_places(shape)}</Point>"
    if kind in ("LineString", "LinearRing"):
        return f"<LineString><tessellate>1</tessellate>{_places(shape)}</LineString>"
    if kind == "Polygon":
        rings = f"<outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>"
        rings += "".join(f"<innerBoundaryIs>{_ring(r)}</innerBoundaryIs>" for r in shape.interiors)
        return f"<Polygon><tessellate>1</tessellate>{rings}</Polygon>"
    return f"<MultiGeometry>{''.join(map(_shape, shape.geoms))}</MultiGeometry>"


def _ring(ring: BaseGeometry) -> str:
    return f"<LinearRing>{_places(ring)}</LinearRing>"


def _places(shape: BaseGeometry) -> str:
    pairs = " ".join(f"{x:.7f},{y:.7f}" for x, y in shapely.get_coordinates(shape))
    return f"<coordinates>{pairs}</coordinates>"
