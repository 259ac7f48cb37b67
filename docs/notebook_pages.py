"""The notebooks as pages: run from top to bottom, their words, code, outputs and figures written.

`python docs/notebook_pages.py [NAME ...]` writes docs/tutorials/, some two minutes for all.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOTEBOOKS, PAGES = HERE.parent / "notebooks", HERE / "tutorials"
RC = {
    "font.family": "DejaVu Sans", "axes.edgecolor": "#8a949c", "axes.titlecolor": "#33414d",
    "figure.dpi": 110, "savefig.bbox": "tight", "svg.hashsalt": "coastwatch",
}  # fmt: skip

Show = Callable[[Any], None]


def cells(path: Path) -> Iterator[tuple[str, str]]:
    """Kind ("markdown" or "code") and text of each cell."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield cell["cell_type"], "".join(cell["source"])


def run(code: str, names: dict[str, Any], where: str) -> tuple[str, Any]:
    """Run one cell as a notebook would: what it printed, and the value of its last expression."""
    tree = ast.parse(code, where)
    last = tree.body[-1] if tree.body else None
    told: Any = None
    printed = io.StringIO()
    with redirect_stdout(printed):
        if isinstance(last, ast.Expr):
            tree.body.pop()
            exec(compile(tree, where, "exec"), names)
            told = eval(compile(ast.Expression(last.value), where, "eval"), names)
        else:
            exec(compile(tree, where, "exec"), names)
    return printed.getvalue(), None if code.rstrip().endswith(";") else told


def page(path: Path, figures: Path) -> str:
    """A notebook's page; its figures are written beside it."""
    import matplotlib

    matplotlib.use("Agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    with matplotlib.rc_context(RC):
        parts = [
            text if kind == "markdown" else _code(text, names, path.stem, figures)
            for kind, text in cells(path)
        ]
    head = f"<!-- made from notebooks/{path.name} by `python docs/notebook_pages.py` -->"
    return "\n\n".join([head, *map(_linked, parts)]).rstrip() + "\n"


def told_of(text: str) -> str:
    """The words and code of a page or a notebook, without outputs: what must agree."""
    kept = re.sub(r'<div class="output" markdown>.*?</div>\n*', "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", kept)


def source_page(path: Path) -> str:
    """What a notebook's page holds before anything runs."""
    parts = [text if kind == "markdown" else _fenced(text) for kind, text in cells(path)]
    return "\n\n".join(map(_linked, parts))


def _code(code: str, names: dict[str, Any], stem: str, figures: Path) -> str:
    from matplotlib import pyplot as plt

    printed, told = run(code, names, stem)
    if told is not None and not hasattr(told, "_repr_html_"):
        printed += repr(told)
    said = f"```text\n{printed.rstrip()}\n```" if printed.strip() else ""
    if hasattr(told, "_repr_html_"):
        said += f"\n\n{_table(told._repr_html_())}"
    for number in plt.get_fignums():
        count = len(list(figures.glob(f"{stem}-*.png"))) + 1
        name = f"{stem}-{count}.png"
        figure = plt.figure(number)
        title = next((ax.get_title(loc="left") for ax in figure.axes), "") or "figure"
        figure.savefig(figures / name, metadata={"Software": None})
        said += f"\n\n![{title}]({name})"
        plt.close(figure)
    output = f'\n\n<div class="output" markdown>\n\n{said.strip()}\n\n</div>' if said else ""
    return _fenced(code) + output


def _fenced(code: str) -> str:
    return f"```python\n{code.rstrip().removesuffix(';')}\n```"


def _table(html: str) -> str:
    """pandas' table without its own style, and without the div that would end ours."""
    html = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    html = re.sub(r"</?div[^>]*>|\s(id|class|border)=\"[^\"]*\"", "", html)
    return "\n".join(line for line in html.splitlines() if line.strip())


def _linked(text: str) -> str:
    """A link to another notebook leads to its page."""
    return re.sub(r"\]\(([a-z-]+)\.ipynb\)", r"](\1.md)", text)


def main(wanted: list[str]) -> None:
    PAGES.mkdir(exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not wanted or path.stem in wanted:
            for old in PAGES.glob(f"{path.stem}-[0-9].png"):
                old.unlink()
            (PAGES / f"{path.stem}.md").write_text(page(path, PAGES), encoding="utf-8")
            print(f"docs/tutorials/{path.stem}.md")


if __name__ == "__main__":
    main(sys.argv[1:])
