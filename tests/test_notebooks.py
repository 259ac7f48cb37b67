"""The notebooks run, cell by cell, as a reader would run them; their pages say what they say."""

import ast
import json
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = runpy.run_path(str(ROOT / "docs/notebook_pages.py"))
# Besides coastwatch: the standard library, and what draws and tabulates.
BESIDE = {"matplotlib", "numpy", "pandas"}


@pytest.fixture
def rules_as_they_were():
    """A notebook adds a rule of its own, which is not to be in the watches of other tests."""
    from coastwatch.watch.rules import RULES

    before = dict(RULES)
    yield
    RULES.clear()
    RULES.update(before)


@pytest.mark.usefixtures("rules_as_they_were")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_top_to_bottom(path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    names: dict = {"__name__": "__main__"}
    said = ""
    for number, (kind, text) in enumerate(PAGES["cells"](path)):
        if kind == "code":
            said += PAGES["run"](text, names, f"{path.name}, cell {number}")[0]
    assert said
    assert plt.get_fignums(), "no figure was drawn"
    plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_short_and_carries_no_output(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert len(document["cells"]) <= 20
    for cell in document["cells"]:
        assert not cell.get("outputs") and not cell.get("execution_count")
        assert not cell["metadata"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_uses_what_coastwatch_offers_and_no_more(path):
    for kind, text in PAGES["cells"](path):
        for node in ast.walk(ast.parse(text)) if kind == "code" else ():
            if isinstance(node, ast.ImportFrom):
                rooms = [node.module]
            else:
                rooms = [alias.name for alias in getattr(node, "names", ())]
            if isinstance(node, ast.Import | ast.ImportFrom):
                for room in rooms:
                    outside = room.split(".")[0] in BESIDE | set(sys.stdlib_module_names)
                    assert outside or room == "coastwatch", room


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebooks_page_has_its_words_and_code(path):
    page = (ROOT / f"docs/tutorials/{path.stem}.md").read_text(encoding="utf-8")
    _, _, page = page.partition("-->")
    told = PAGES["told_of"]
    mend = f"run: python docs/notebook_pages.py {path.stem}"
    assert told(page).strip() == told(PAGES["source_page"](path)).strip(), mend
