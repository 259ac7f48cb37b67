"""Run the benchmarks, all or those named (`python -m bench ais`): one line a measurement."""

import importlib
import sys

for name in sys.argv[1:] or ("ais", "radar"):
    importlib.import_module(f"bench.{name}").main()
