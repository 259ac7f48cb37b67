"""Something done to a folder by a process that kills itself, at one step after another.

A step: a file is opened to be written, renamed, removed or synced; a statement or a commit of a
database.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DRIVER = """
import os, signal, shutil, sys
from pathlib import Path
import apsw
{imports}

source, out, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def child(folder, at):
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    def audit(event, args):
        if event in ("os.rename", "os.remove", "os.truncate") or (
            event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        ):
            count()
    fsync = os.fsync
    def synced(file):
        count()
        fsync(file)
        count()
    os.fsync = synced
    def hooked(database):
        database.trace_v2(apsw.SQLITE_TRACE_STMT, lambda told: count() and None)
        database.set_commit_hook(lambda: bool(count()))
    apsw.connection_hooks.append(hooked)
    sys.addaudithook(audit)
    {act}
    os._exit(7)

at = 1
while True:
    folder = out / str(at)
    if source.is_dir():
        shutil.copytree(source, folder)
    pid = os.fork()
    if not pid:
        try:
            child(folder, at)
        finally:
            os._exit(9)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in (-signal.SIGKILL, 7):
        sys.exit(f"step {{at}} ended with {{code}}")
    if code == 7:
        break
    print(at, flush=True)
    at += step
"""


def killed(imports: str, act: str, source: Path, out: Path, step: int) -> Iterator[Path]:
    """Folders in ``out``, copies of ``source`` where that is one, in each of which ``act`` (Python
    that is given ``folder``) was killed at one step, of every ``step``-th until it ends alive."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER.format(imports=imports, act=act), str(source), str(out),
         str(step)],
        capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        yield out / line
