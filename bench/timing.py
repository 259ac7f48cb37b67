"""One way to time: the best of a few runs, ours and the peer's in turns."""

import time
from collections.abc import Callable


def compare(what: str, count: int, ours: Callable[[], object], peer: Callable[[], object],
            peer_name: str, rounds: int = 3) -> None:  # fmt: skip
    """Print messages a second of both, and how many times the peer's rate ours is."""
    best = {"ours": float("inf"), "peer": float("inf")}
    for _ in range(rounds):
        for name, run in (("ours", ours), ("peer", peer)):
            begin = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - begin)
    rates = {name: count / seconds for name, seconds in best.items()}
    print(
        f"{what}: coastwatch {rates['ours']:,.0f}/s, {peer_name} {rates['peer']:,.0f}/s, "
        f"ratio {rates['ours'] / rates['peer']:.2f}"
    )
