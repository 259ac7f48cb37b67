"""``coastwatch map``: the littoral picture of a run, as the user wants it."""

from __future__ import annotations

import math
from pathlib import Path

import click

from coastwatch.cli_parts import FILE, FOLDER, example
from coastwatch.times import utc_time


@click.command("map")
@click.argument("folder", type=FOLDER)
@click.option("--out", type=FILE, required=True)
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True,
              help="The language that it opens in; it speaks both.")  # fmt: skip
@click.option("--palette", type=click.Choice(["night", "dusk", "day"]), default="night",
              show_default=True, help="The colours that it opens in, of three.")  # fmt: skip
@click.option("--from", "from_", metavar="TIME",
              help="Only what is later, such as 2026-11-20T05:30Z (UTC).")  # fmt: skip
@click.option("--to", metavar="TIME", help="Only what is earlier.")
@click.option("--chart", "charts", type=FILE, multiple=True,
              help="A chart of your own under the picture: an S-57 cell (.000), a GeoPackage, "
              "GeoJSON or another vector file; may be given several times.")  # fmt: skip
@click.option("--tiles", metavar="URL",
              help="Background tiles: a web address or a folder beside the page, with {z}, {x} and "
              "{y} in it. The page then asks that one address.")  # fmt: skip
@click.option("--tiles-credit", metavar="TEXT", default="", help="Whose tiles they are, shown.")
@example("coastwatch map run --out picture.html --palette dusk --lang fr")
def map_(
    folder: Path, out: Path, lang: str, palette: str, from_: str | None, to: str | None,
    charts: tuple[Path, ...], tiles: str | None, tiles_credit: str,
) -> None:  # fmt: skip
    """The littoral picture of a run, as one page that opens without a network."""
    from coastwatch.maps import draw_picture
    from coastwatch.store.run import read_run

    out.parent.mkdir(parents=True, exist_ok=True)
    draw_picture(
        read_run(folder), out, lang=lang, palette=palette, charts=charts,
        from_s=-math.inf if from_ is None else utc_time("--from", from_).timestamp(),
        to_s=math.inf if to is None else utc_time("--to", to).timestamp(),
        tiles=tiles, tiles_credit=tiles_credit,
    )  # fmt: skip
    click.echo(out)
