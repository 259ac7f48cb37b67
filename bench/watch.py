"""The watch, measured: how quick it is, and what it finds on simulated days in the strait.

python -m bench.watch                      # all; half an hour
python -m bench.watch rules update         # some parts
python -m bench.watch --docs               # and writes the tables into docs/alerts.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import pages, watch_speed
from bench.watch_behaviours import behaviours

PAGE = Path(__file__).resolve().parent.parent / "docs" / "alerts.md"
PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "geometry": watch_speed.geometry, "rules": watch_speed.rules, "update": watch_speed.update,
    "behaviours": behaviours,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Print the parts asked for, and write them where ``--docs`` is given."""
    parser = argparse.ArgumentParser(prog="python -m bench.watch", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--docs", action="store_true", help="write into docs/alerts.md")
    parser.add_argument("--seed", type=int, default=1, help="of the crowd")
    parser.add_argument("--pictures", type=int, default=120, help="to time, a second apart")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1, 2, 3, 4], help="one a run of hours"
    )
    parser.add_argument("--each", type=int, default=3, help="scripts of each rule in each")
    parser.add_argument("--hours", type=float, default=8.0, help="of each")
    parser.add_argument("--keep", default="", help="folder of results, used again")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in options.parts or PARTS:
        text = PARTS[name](options)
        print(f"\n{name}\n{text}", flush=True)
        if options.docs:
            pages.write(PAGE, f"bench/watch.py {name}", text)


if __name__ == "__main__":
    main(sys.argv[1:])
