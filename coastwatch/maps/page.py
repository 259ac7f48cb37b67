"""The page: folium's skeleton, our own assets inlined, and the data as one island of text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import branca.element
import folium
import xstatic.pkg.leaflet

from coastwatch.alert_french import LABELS, VALUES
from coastwatch.rule_names import RULE_NAMES

SCRIPTS = tuple(
    f"{name}.js"
    for name in (
        "words", "rules", "types", "numbers", "dom", "data", "known", "zones", "symbols", "labels",
        "background", "chart", "edges", "charts", "coverage", "hexagons", "ways", "live", "layers",
        "lists", "panel", "time", "measure", "pointer", "paper", "picture",
    )
)  # fmt: skip
LANGUAGES, PALETTES = ("en", "fr"), ("night", "dusk", "day")  # first: the shell's own
STYLES = ("palettes.css", "picture.css")
HEAD, BODY, SCRIPT = "<!--coastwatch head-->", "<!--coastwatch body-->", "/*coastwatch script*/"
ISLAND = "<!--coastwatch island-->"
# A script end or a comment start inside the data must not reach the HTML parser; & only for
# readers that decode entities (an XHTML parser); the line separators end a line in old JavaScript.
ESCAPES = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def page(data: dict[str, Any]) -> str:
    """The whole HTML page. ``data`` reaches it as JSON text that no template ever sees."""
    before, after = _shell().split(ISLAND)
    before = before.replace("img-src data:", f"img-src {_image_sources(data.get('tiles'))}", 1)
    for key, choices in (("lang", LANGUAGES), ("palette", PALETTES)):
        if data.get(key) in choices:
            mark = f' {"data-palette" if key == "palette" else key}="{choices[0]}"'
            before = before.replace(mark, mark.replace(choices[0], data[key]), 1)
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for character, escape in ESCAPES.items():
        text = text.replace(character, escape)
    return f'{before}<script type="application/json" id="island">{text}</script>{after}'


def _image_sources(tiles: Any) -> str:
    """Pictures from within the page alone; with tiles also from their one origin or its folder."""
    if not tiles:
        return "data:"
    origin = re.match(r"https?://[\w.:\[\]-]+(?=/|$)", str(tiles.get("url", "")))
    # A page opened from a disk has no origin; its folder is reached by the scheme.
    return f"data: {origin[0] if origin else chr(39) + 'self' + chr(39) + ' file:'}"


@cache
def _shell() -> str:
    """The page without data: the same for every run."""
    skeleton = _skeleton()
    tables = {"RULES": RULE_NAMES, "LABELS": LABELS, "VALUES": VALUES}
    named = [f"const {k} = {json.dumps(v, ensure_ascii=False)};" for k, v in tables.items()]
    scripts = "\n".join([*named, *(_asset(name) for name in SCRIPTS)])
    parts = {
        "<html>": '<html lang="en" data-palette="night">',
        # Pinch zoom is an aid to reading; folium's skeleton forbids it.
        "initial-scale=1.0, maximum-scale=1.0, user-scalable=no": "initial-scale=1.0",
        HEAD: _head(),
        BODY: _asset("picture.html") + ISLAND,
        SCRIPT: f"(() => {{\n'use strict';\n{scripts}\n}})();",
    }
    for mark, text in parts.items():
        before, found, after = skeleton.partition(mark)
        if not found:
            raise RuntimeError(
                f"this folium renders no {mark!r}; coastwatch needs folium 0.17-0.20"
            )
        skeleton = before + text + after
    return skeleton.replace("<head>", f'<head>\n<meta charset="utf-8">\n{_policy(skeleton)}', 1)


def _skeleton() -> str:
    """What folium makes of an empty map. Only constants go in: folium and branca render twice."""
    figure = branca.element.Figure()
    figure.header.add_child(branca.element.Element(HEAD), name="head")
    figure.html.add_child(branca.element.Element(BODY), name="body")
    chart = folium.Map(
        location=(0, 0), zoom_start=2, tiles=None, prefer_canvas=True, zoom_control=False,
        attribution_control=False, zoom_animation=False, zoom_snap=0.25, zoom_delta=0.5,
    )  # fmt: skip
    chart.default_js, chart.default_css = [], []
    chart._id = "picture"  # in place of a random one: the same run gives the same page
    figure.add_child(chart)
    html: str = figure.render()
    return html.replace("</script>\n</html>", f"{SCRIPT}</script>\n</html>")


def _head() -> str:
    leaflet = Path(xstatic.pkg.leaflet.BASE_DIR)
    script = (leaflet / "leaflet.js").read_text(encoding="utf-8")
    script = re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)
    style = (leaflet / "leaflet.css").read_text(encoding="utf-8")
    style = re.sub(r"url\((images/[\w-]+\.png)\)", lambda m: _data_uri(leaflet / m[1]), style)
    styles = "\n".join(_asset(name) for name in STYLES)
    return (
        '<title>coastwatch</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>\n<style>{styles}</style>\n"
        f"<script>{script}</script>\n"
    )


def _data_uri(image: Path) -> str:
    return f"url(data:image/png;base64,{base64.b64encode(image.read_bytes()).decode()})"


def _asset(name: str) -> str:
    return (files("coastwatch.maps") / "assets" / name).read_text(encoding="utf-8")


def _policy(html: str) -> str:
    """No network and no script or style but those of this page, by their hashes."""
    scripts = " ".join(_hashes("script", html))
    styles = " ".join(_hashes("style", html))
    return (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'\">"
    )


def _hashes(tag: str, html: str) -> list[str]:
    texts = re.findall(f"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in texts)
    return [f"'sha256-{base64.b64encode(d).decode()}'" for d in digests]
