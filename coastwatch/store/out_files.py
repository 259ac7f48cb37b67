"""What no command may write over: the files of a run or of a history, and what it reads itself."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from coastwatch.model import ConfigError
from coastwatch.store.aggregates import FOLDER as AGGREGATES
from coastwatch.store.history_files import DAYS
from coastwatch.store.history_incidents import INCIDENTS
from coastwatch.store.history_log import LOG
from coastwatch.store.journal import JOURNAL
from coastwatch.store.run import LIFE_FILES, RUN_FILES
from coastwatch.store.tombstones import TOMBSTONES
from coastwatch.store.tracks import PARTS

# A page may be written anew; whoever draws it again gets the same.
DRAWN = "picture.html"
OF_A_RUN = {TOMBSTONES, *RUN_FILES} - {DRAWN}
OF_A_HISTORY = {TOMBSTONES, "site.toml", "zones.geojson", ".lock"}
# Databases, and what SQLite lays beside them.
DATABASES = {
    f"{name}{end}" for name in (INCIDENTS, LOG) for end in ("", "-wal", "-shm", "-journal")
}
# Beside a site.toml one of these makes a folder a run's; tracks.parquet alone may be an export.
SIGNS = (JOURNAL, "alerts.sqlite", "summary.json", PARTS, TOMBSTONES)


def check_out(
    outs: Mapping[str, Path | None], inputs: Iterable[Path | None] = (), of: Path | None = None,
    stdout: bool = False,
) -> None:  # fmt: skip
    """Raise ConfigError where a file may not be written, before anything is done.

    ``outs`` are the files by the option that names them. None may be a file of a run or a history
    (``of``, the folder that is read, is one in any case), one of ``inputs``, a folder, or the same
    as another. Links are followed. With ``stdout`` "-" stands for standard output.
    """
    named = {option: path for option, path in outs.items() if path}
    for option, path in list(named.items()):
        if str(path) == "-":
            if not stdout:
                raise ConfigError(
                    f"{option} -: this is not written to standard output; name a file"
                )
            del named[option]
    read = [path for path in inputs if path is not None and str(path) != "-"]
    for option, path in named.items():
        if path.is_dir():
            raise ConfigError(f"{option} {path}: a folder; name a file in it")
        if path.exists() and not path.is_file():
            # What is moved into a device's place would be there instead of it.
            raise ConfigError(f"{option} {path}: a device or a pipe; name a file")
        if any(same_file(path, one) for one in read):
            raise ConfigError(f"{option} {path}: is what is read; give another file to write")
        if owner := _owner(Path(os.path.realpath(path)), of):
            raise ConfigError(
                f"{option} {path}: a file of {owner}, which would be lost; give another name or "
                "folder"
            )
    for (option, path), (other, second) in itertools.combinations(named.items(), 2):
        if same_file(path, second):
            raise ConfigError(f"{option} and {other} name the same file, {path}; give two")


def check_out_folder(out: Path, inputs: Iterable[Path]) -> None:
    """Raise ConfigError where a new run in a folder would begin by removing what it is to read, or
    would lie among the files of a history."""
    real = Path(os.path.realpath(out))
    if real.name in (DAYS, AGGREGATES) and (real.parent / LOG).is_file():
        raise ConfigError(f"{out}: is of the history in {real.parent}; give another --out")
    there = [out / name for name in RUN_FILES]
    for path in inputs:
        if any(same_file(path, one) for one in there):
            raise ConfigError(f"{out}: {path} is to be read and would be lost; give another --out")


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, there or not, through any links."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _owner(path: Path, of: Path | None) -> str | None:
    """The run or history that a file is of, in words; None where it is nobody's."""
    if owner := _by_place(path, of):
        return owner
    if of is not None and path.exists():
        # By another name, too: a hard link, or Tracks.parquet where the disk knows no case.
        held = (of / one for one in OF_A_RUN | DATABASES)
        if any(one.exists() and path.samefile(one) for one in held):
            return f"what is kept in {of}"
    return None


def _by_place(path: Path, of: Path | None) -> str | None:
    folder, above, name = path.parent, path.parent.parent, path.name
    if folder.name in (DAYS, AGGREGATES) and (above / LOG).is_file():
        return f"the history in {above}"
    if (folder / LOG).is_file():
        return f"the history in {folder}" if name in OF_A_HISTORY | DATABASES else None
    if _is_run(folder) or (of is not None and same_file(folder, of)):
        mine = name in OF_A_RUN | DATABASES or LIFE_FILES.fullmatch(name)
        return f"the run in {folder}" if mine else None
    return f"the run in {above}" if folder.name in (PARTS, AGGREGATES) and _is_run(above) else None


def _is_run(folder: Path) -> bool:
    return (folder / "site.toml").is_file() and any((folder / name).exists() for name in SIGNS)
