"""Weather files that were not meant well: told by file, line and field, or shown as numbers."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from coastwatch.cli import main
from coastwatch.model import InputError
from coastwatch.reports.span import week
from coastwatch.reports.weather import BOUNDS, BYTES_MOST, read_weather
from tests.maps_run import strait
from tests.payloads import PAYLOADS

WEEK = week("2026-W20")  # of tests/maps_run.py
COLUMNS = ["time", *(name for name in BOUNDS if name != "wind_kn")]
GOOD = dict(zip(COLUMNS, ["2026-05-12T06:00Z", "7.5", "230", "1.2", "3", "9000"], strict=True))
TELLS = re.compile(
    r"line \d+: (unknown column|time|\w+_\w+|\d+ cells|not CSV|no UTF-8|over|no col)"
)


def written(path, *rows, encoding="utf-8"):
    text = "".join(",".join(row) + "\n" for row in rows)
    path.write_bytes(text.encode(encoding, "surrogatepass" if "-" in encoding else "strict"))
    return path


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def refused(path):
    """What a file is refused with, in one line that a terminal can be shown."""
    with pytest.raises(InputError) as error:
        read_weather(path, WEEK)
    said = str(error.value)
    assert said.startswith(f"{path}: ")
    assert said.isprintable() and len(said) < len(str(path)) + 250, said[:400]
    return said


@pytest.mark.parametrize("column", COLUMNS)
def test_each_text_in_each_column_is_refused_by_line_and_field(column, tmp_path):
    """Half a character is no UTF-8, and a text with a line's end is two lines."""
    for text in PAYLOADS:
        cells = [quoted(text) if name == column else told for name, told in GOOD.items()]
        path = written(tmp_path / "w.csv", COLUMNS, list(GOOD.values()), cells)
        said = refused(path)
        assert "line 3: " in said and TELLS.search(said), said


def test_each_text_as_the_name_of_a_column_is_refused(tmp_path):
    for text in PAYLOADS:
        path = written(tmp_path / "w.csv", ["time", quoted(text)], ["2026-05-12T06:00Z", "1"])
        said = refused(path)
        assert "line 1: " in said and TELLS.search(said), said


@pytest.mark.parametrize(
    ("data", "tells"),
    [
        (b"", "line 1: no column time"),
        (b"\n\n\n", "line 1: no column time"),
        (b"\x00" * 100, "line 1: no column time"),
        (b"time,wind_mps\n2026-05-12T06:00Z,\x00\n", "line 2: wind_mps '\\x00'"),
        (b"time,wind_mps\n2026-05-12T06:00Z,7\xb0\n", "line 2: no UTF-8 text"),
        ("time,wind_mps\n2026-05-12T06:00Z,7\n".encode("utf-16"), "line 1: no UTF-8 text"),
        (b"time,wind_mps\r2026-05-12T06:00Z,7\r", "line 1: not CSV"),
        (b'time,wind_mps\n2026-05-12T06:00Z,"7\n', "line 2: not CSV"),
        (b"time,wind_mps\n2026-05-12T06:00Z," + b"7" * 5000 + b"\n", "line 2: over 4,000 bytes"),
        (b"time,wind_mps\n2026-05-12T06:00Z,1_0\n", "line 2: wind_mps '1_0'"),
        ("time,wind_mps\n2026-05-12T06:00Z,١٢\n".encode(), "line 2: wind_mps '١٢'"),
        (b"time,wind_mps\n2026-05-12T06:00Z,nan\n", "line 2: wind_mps 'nan'"),
        (b"time,wind_mps\n2026-05-12T06:00Z,1e999\n", "line 2: wind_mps '1e999'"),
        (b"time,wind_mps\n0001-01-01T00:00+14:00,7\n", "line 2: time"),
        (b"time,wind_mps\n9999-12-31T23:00-14:00,7\n", "line 2: time"),
        (b"time;wind_mps\n2026-05-12T06:00Z;7\n", "line 1: no column time"),
    ],
)  # fmt: skip
def test_what_is_no_weather_is_told(data, tells, tmp_path):
    path = tmp_path / "w.csv"
    path.write_bytes(data)
    assert tells in refused(path)


def test_a_mark_of_the_byte_order_and_other_line_ends_are_read(tmp_path):
    rows = [COLUMNS, list(GOOD.values())]
    plain = read_weather(written(tmp_path / "a.csv", *rows), WEEK)
    assert len(plain) == 1
    marked = written(tmp_path / "b.csv", *rows, encoding="utf-8-sig")
    assert read_weather(marked, WEEK) == plain
    path = tmp_path / "c.csv"
    path.write_bytes(marked.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert read_weather(path, WEEK) == plain


def test_a_million_rows_take_no_more_memory_than_one(tmp_path):
    """In a process of its own, which may have but 60 MB more than it has at its beginning."""
    path = tmp_path / "w.csv"
    row = b"2026-05-12T06:00Z,9\n"
    path.write_bytes(b"time,wind_mps\n" + row * ((BYTES_MOST - 20) // len(row)))
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from coastwatch.reports.span import week\n"
        "from coastwatch.reports.weather import read_weather\n"
        "size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size + 60_000_000,) * 2)\n"
        "print(sum(d.rows for d in read_weather(Path(sys.argv[1]), week('2026-W20')).values()))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True)
    assert done.stdout.split() == [b"999999"], done.stderr[-500:]
    with path.open("ab") as file:
        file.write(row * 10)
    assert "over 20 MB" in refused(path)


def test_the_report_is_refused_in_one_line_and_made_without(tmp_path):
    run = strait(tmp_path / "run", step_s=60.0)
    path = written(
        tmp_path / "w.csv", COLUMNS, [quoted("<script>\x1b[2J"), *list(GOOD.values())[1:]]
    )

    def report(*weather):
        args = ["report", run, "--week", "2026-W20", "--out", tmp_path / "r.html", *weather]
        return CliRunner().invoke(main, [str(a) for a in args])

    done = report("--weather", path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and done.stderr.strip().isprintable(), done.stderr
    assert "w.csv: line 2: time '<script>\\x1b[2J'" in done.stderr
    assert not (tmp_path / "r.html").exists()
    assert report().exit_code == 0
    assert report("--weather", written(path, COLUMNS, list(GOOD.values()))).exit_code == 0
