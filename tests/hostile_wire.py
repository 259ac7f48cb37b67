"""AIS logs in which every free text is hostile: what a transmitter and a receiver can really send.

Six bits a character carry 64: upper-case letters, digits and signs, ``<>"'{}`` but for the braces.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.nmea import ais, signed, tagged
from tests.payloads import PAYLOADS

START_S = 1_778_558_400  # 2026-05-12T04:00Z
SIX_BITS = "".join(chr(code) for code in [*range(0x40, 0x60), *range(0x20, 0x40)])
SPAN = ["--from", "2026-05-11T00:00Z", "--to", "2026-05-18T00:00Z"]
STEPS, STEP_S = 25, 20


def six_bit(text: str) -> str:
    """What six-bit ASCII carries of a text: upper-case, other characters left out, up to an @."""
    upper = "".join(c for c in text.upper() if c in SIX_BITS)
    return upper.split("@")[0].strip()


def in_tag(text: str) -> str:
    """What a tag block carries of a text as a station's name; the rest is reserved there."""
    return "".join(c for c in text if " " <= c <= "~" and c not in ",*\\!$^~")[:60] or "-"


def carried(texts: Sequence[str] = tuple(PAYLOADS)) -> list[str]:
    """The different texts that AIS can carry of some, none empty."""
    return [text for text in dict.fromkeys(map(six_bit, texts)) if text]


def write_log(path: Path, texts: Sequence[str], source: str = "dover") -> Path:
    """A log of ``source`` with a vessel for each text: its name, call sign, destination and safety
    text, sent in types 5, 19, 24, 21, 12 and 14 beside its positions."""
    lines: list[str] = []
    for step in range(STEPS):
        for i, text in enumerate(texts):
            at = START_S + step * STEP_S
            for sentences in _sent(i, step, text):
                # Whose words a tag block's are is as free as a ship's name.
                by = source if step else in_tag(text)
                lines += [tagged(sentence, s=by, c=at) for sentence in sentences]
    path.write_bytes("".join(line + "\r\n" for line in lines).encode("utf-8"))
    return path


def _sent(i: int, step: int, text: str) -> Iterator[list[str]]:
    mmsi = 227_000_001 + i
    lon, lat = 1.20 + 0.02 * (i % 10) + 0.0008 * step, 50.86 + 0.012 * (i // 10)
    seconds = (step * STEP_S) % 60
    way = {"mmsi": mmsi, "lon": lon, "lat": lat, "speed": 9.8, "course": 90.0, "heading": 90,
           "second": seconds, "accuracy": 1}  # fmt: skip
    size = {"to_bow": 40, "to_stern": 10, "to_port": 4, "to_starboard": 4}
    kind = i % 3
    if kind == 0:
        yield ais({"msg_type": 1, "status": 0, **way})
    elif kind == 1:
        yield ais({"msg_type": 18, **way})
    else:
        yield ais({"msg_type": 19, **way, **size, "shipname": text[:20], "ship_type": 37})
    if step % 8 != 1:
        return
    seq = i % 10
    if kind == 0:
        yield ais({"msg_type": 5, "mmsi": mmsi, "imo": 9074729, "ship_type": 70, **size,
                   "callsign": text[:7], "shipname": text[:20],
                   "destination": (text[20:40] or text)[:20], "month": 5, "day": 12, "hour": 9,
                   "minute": 0}, seq_id=seq)  # fmt: skip
    else:
        yield ais({"msg_type": 24, "mmsi": mmsi, "partno": 0, "shipname": text[:20]})
        yield ais({"msg_type": 24, "mmsi": mmsi, "partno": 1, "ship_type": 37, **size,
                   "callsign": text[:7], "vendorid": text[:3]})  # fmt: skip
    yield ais({"msg_type": 14, "mmsi": mmsi, "text": text[:150]}, seq_id=seq)
    yield ais({"msg_type": 12, "mmsi": mmsi, "dest_mmsi": 2_320_011, "seqno": 0,
               "text": text[:150]}, seq_id=seq)  # fmt: skip
    yield ais({"msg_type": 21, "mmsi": 992_270_001 + i, "aid_type": 9, "name": text[:20],
               "name_ext": text[20:34], "lon": 1.10 + 0.005 * (i % 50), "lat": 50.80, "accuracy": 1,
               "second": 60, **size}, seq_id=seq)  # fmt: skip


def write_site(folder: Path, name: str, station: str, zones: Sequence[str] = ()) -> Path:
    """A site with one AIS station and one radar, and a zone for each text."""
    folder.mkdir(parents=True, exist_ok=True)
    features = []
    for i, text in enumerate(zones):
        lon, lat = 1.19 + 0.02 * (i % 10), 50.85 + 0.012 * (i // 10)
        ring = [[lon, lat], [lon + 0.012, lat], [lon + 0.012, lat + 0.01], [lon, lat + 0.01],
                [lon, lat]]  # fmt: skip
        told = {"id": text, "name": text, "kind": "other", "source": text, "note": text,
                "rules": ["zone-entry", "zone-exit"]}  # fmt: skip
        features.append({"type": "Feature", "properties": told,
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    pack = {"type": "FeatureCollection", "features": features}
    (folder / "zones.geojson").write_text(json.dumps(pack), encoding="utf-8")
    quoted = [json.dumps(text) for text in (name, station)]
    site = folder / "site.toml"
    site.write_text(SITE.format(*quoted), encoding="utf-8")
    return site


SITE = """
[site]
name = {0}
origin = [1.5, 51.0]
zones = ["zones.geojson"]
picture_s = 10.0

[[sensor]]
id = {1}
kind = "ais"
position = [1.345, 51.133]
station = {1}
"""


def junk() -> bytes:
    """Lines that are no sentences, or hardly: bytes of all kinds where text should be."""
    whole = bytes(range(256))
    return b"\r\n".join(
        [
            whole,
            b"!AIVDM,1,1,,A," + whole + b",0*00",
            b"\\s:\x1b[2J\x00<script>,c:1778558400*00\\!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23",
            b"!AIVDM,1,1,,A," + b"w" * 10_000 + b",0*00",
            signed("!AIVDM,1,1,,A," + "w" * 10_000 + ",0").encode(),
            signed("$RATTM,01,1.0,<script>,T,9,0,T,0,0,K,=1+1,T,,A").encode(),
            signed('$RATLL,01,5051.0,N,00124.0,E,"><img src=x>,040000,T,').encode(),
            b"<script>canary()</script>" * 400,
            b"\x00" * 10_000,
            b"\xff\xfe" + "=cmd".encode("utf-16-le"),
            b"$" * 10_000,
            b"",
        ]
    )
