"""No --out writes over what a run or a history keeps, nor over what the command reads."""

import hashlib
import os
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.exports import export
from coastwatch.model import ConfigError
from coastwatch.store.keep import keep_run
from coastwatch.store.out_files import OF_A_RUN
from coastwatch.store.run import read_run
from tests.history_runs import MONDAY, write_run


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A run, another one, and a history of both; nobody writes to them."""
    folder = tmp_path_factory.mktemp("kept")
    for name, hours in (("run", 0), ("other", 5)):
        write_run(folder / name, MONDAY + timedelta(hours=hours), minutes=9)
        keep_run(folder / name, folder / "history")
    (folder / "ais.nmea").write_text("!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23\n")
    (folder / "weather.csv").write_text("time,wind_mps\n2026-11-16T00:00:00Z,5\n")
    return folder


def digests(folder):
    """What every file holds; SQLite's own beside a database come and go with its readers."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def refused(kept, *words):
    """A command as it is typed in the folder: refused in one line, with nothing changed."""
    before, back = digests(kept), os.getcwd()
    os.chdir(kept)
    try:
        done = CliRunner().invoke(main, [str(word) for word in words])
    finally:
        os.chdir(back)
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert digests(kept) == before
    return done.stderr


REPORT = ("report", "run", "--week", "2026-W47")


@pytest.mark.parametrize(
    "words",
    [
        ("export", "run", "--out", "run/tracks.parquet"),
        ("export", "run", "--to", "csv", "--out", "other/alerts.jsonl"),
        ("export", "run", "--out", "history/tracks/2026-11-16.parquet"),
        ("export", "run", "--out", "history/aggregates/2026-11-16.tracks.parquet"),
        ("export", "run", "--out", "run/aggregates/2026-11-16.tracks.parquet"),
        ("export", "run", "--out", "run/tracks.parts/1.parquet"),
        ("map", "run", "--out", "run/alerts.jsonl"),
        ("map", "run", "--out", "other/../run/journal.cwj"),
        ("map", "run", "--out", "history/log.sqlite"),
        (*REPORT, "--out", "run/tracks.parquet"),
        (*REPORT, "--out", "new.html", "--pdf", "other/summary.json"),
        ("report", "history", "--week", "2026-W47", "--out", "history/site.toml"),
        ("alerts", "run", "--to", "csv", "--out", "run/crossings.jsonl"),
        ("alerts", "run", "--to", "csv", "--out", "run/incidents.sqlite"),
        ("alerts", "run", "--to", "csv", "--out", "run/track-3.csv"),
        ("decode", "ais.nmea", "--out", "run/rejects.jsonl"),
        ("decode", "ais.nmea", "--out", "new.jsonl", "--check", "run/vessels.json"),
        ("radar", "show", "ais.nmea", "--out", "history/tracks/a.png"),
        ("simulate", "dover-crossing", "--seed", "1", "--minutes", "1", "--out", "run"),
        ("simulate", "dover-crossing", "--seed", "1", "--minutes", "1", "--out", "history"),
    ],
    ids=" ".join,
)
def test_a_file_of_a_run_or_a_history_is_no_place_to_write(kept, words):
    said = refused(kept, *words)
    assert " the run in " in said or " the history in " in said or "kept in" in said
    assert "give another" in said


def test_through_links_it_is_the_same_file(kept, tmp_path):
    (tmp_path / "link.parquet").symlink_to(kept / "run/tracks.parquet")
    (tmp_path / "folder").symlink_to(kept / "run")
    os.link(kept / "run/tracks.parquet", tmp_path / "hard.parquet")
    for name in ("link.parquet", "folder/tracks.parquet", "hard.parquet"):
        assert "would be lost" in refused(kept, "export", "run", "--out", tmp_path / name)


def test_every_file_that_a_run_leaves_is_held(kept):
    left = {path.name for path in (kept / "run").iterdir()}
    assert left <= OF_A_RUN | {"picture.html"}


def test_what_is_read_is_not_written_over(kept):
    assert "is what is read" in refused(kept, *REPORT, "--out", "weather.csv", "--weather",
                                        "weather.csv")  # fmt: skip
    chart = kept / "chart.geojson"
    chart.write_text('{"type": "FeatureCollection", "features": []}')
    refused(kept, "map", "run", "--out", "other/../chart.geojson", "--chart", "chart.geojson")
    refused(kept, "decode", "ais.nmea", "--out", "ais.nmea")
    refused(kept, "decode", "ais.nmea", "--out", "new", "--check", "ais.nmea")
    said = refused(kept, "track", "run/site.toml", "run/journal.cwj", "--out", "run")
    assert "would be lost" in said
    plan = kept / "plan"
    plan.mkdir()
    shutil.copy(kept / "run/site.toml", plan)
    shutil.copy(kept / "run/zones.geojson", plan)
    assert "would be lost" in refused(kept, "watch", "plan/site.toml", "--out", "plan")


def test_two_outputs_are_two_files(kept):
    assert "name the same file" in refused(kept, *REPORT, "--out", "k.html", "--pdf", "k.html")
    refused(kept, *REPORT, "--out", "k.html", "--pdf", "run/../k.html")
    (kept / "l.pdf").symlink_to(kept / "k.html")
    refused(kept, *REPORT, "--out", "k.html", "--pdf", "l.pdf")
    refused(kept, "decode", "ais.nmea", "--out", "k", "--check", "./k")
    assert not (kept / "k.html").exists()


def test_a_folder_is_no_file_and_nothing_is_left_beside_it(kept):
    (kept / "FOLDER").mkdir()
    for words in (("map", "run"), REPORT, ("export", "run", "--to", "csv")):
        assert "a folder; name a file in it" in refused(kept, *words, "--out", "FOLDER")
    assert not list(kept.glob("FOLDER.*")) and not list((kept / "FOLDER").iterdir())


def test_a_new_run_takes_no_historys_place(kept):
    before = digests(kept)
    done = CliRunner().invoke(
        main,
        ["track", str(kept / "run/site.toml"), str(kept / "ais.nmea"),
         "--out", str(kept / "history")],
    )  # fmt: skip
    assert done.exit_code == 1 and "a kept history is here" in done.stderr
    assert digests(kept) == before


def test_a_history_takes_no_runs_place(kept):
    before = digests(kept)
    for folder in ("run", "other"):
        done = CliRunner().invoke(main, ["keep", str(kept / "run"), "--to", str(kept / folder)])
        assert done.exit_code == 1 and "give another --to" in done.stderr
    assert digests(kept) == before


def test_in_python_it_is_refused_too(kept):
    with pytest.raises(ConfigError, match="would be lost"):
        export(read_run(kept / "run"), kept / "run/tracks.parquet")


def test_pages_and_exports_may_lie_in_a_runs_folder_and_be_made_anew(tmp_path):
    run = write_run(tmp_path / "run", minutes=9)
    for _ in range(2):
        for words in (
            ["map", str(run), "--out", str(run / "picture.html")],
            ["export", str(run), "--out", str(run / "tracks.gpkg")],
            ["export", str(run), "--out", str(tmp_path / "tracks.parquet")],
            ["report", str(run), "--week", "2026-W47", "--out", str(run / "week.html")],
        ):
            done = CliRunner().invoke(main, words)
            assert done.exit_code == 0, done.output


@pytest.mark.parametrize("words", [("map", "run"), REPORT, ("export", "run", "--to", "csv")])
def test_no_device_gives_way_to_a_file(kept, tmp_path, words):
    """As root, a file that is moved into a device's place would be there for everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "a device or a pipe" in refused(kept, *words, "--out", pipe)
    assert pipe.is_fifo()
    assert "name a file" in refused(kept, *words, "--out", "-")
    assert not (kept / "-").exists()


@pytest.mark.parametrize("words", [("map", "run"), REPORT, ("export", "run", "--to", "csv")])
def test_a_link_leads_to_what_is_written_and_stays_one(kept, tmp_path, words):
    (tmp_path / "www").mkdir()
    there, link = tmp_path / "www" / "page.html", tmp_path / "latest.html"
    link.symlink_to(there)
    done = CliRunner().invoke(main, [words[0], str(kept / "run"), *words[2:], "--out", str(link)])
    assert done.exit_code == 0, done.output
    assert link.is_symlink() and there.stat().st_size > 100


def test_no_run_is_begun_among_the_files_of_a_history(kept):
    said = refused(kept, "track", "run/site.toml", "ais.nmea", "--out", "history/tracks")
    assert "of the history" in said
    # Where an earlier version let one in, the days are still a history's.
    day = next((kept / "history/tracks").glob("*.parquet"))
    (kept / "history/tracks/site.toml").write_text("")
    (kept / "history/tracks/summary.json").write_text("{}")
    try:
        assert "the history" in refused(kept, "map", "run", "--out", day)
    finally:
        for name in ("site.toml", "summary.json"):
            (kept / "history/tracks" / name).unlink()
