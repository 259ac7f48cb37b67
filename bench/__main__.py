"""Run every benchmark and print one line a measurement: ours, the peer's, the ratio."""

import importlib

for name in ("ais", "asterix"):
    importlib.import_module(f"bench.{name}").main()
