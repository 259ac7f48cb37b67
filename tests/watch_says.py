"""What one rule says in a sequence of pictures, before the alerts' book makes alerts of it."""

from collections.abc import Callable, Iterable

from coastwatch.model import Say, Tracks
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules import RULES


def says_of(
    watch: Watch,
    rule: str,
    pictures: Iterable[Tracks],
    heard: Callable[[float], Heard | None] = lambda time_s: None,
) -> list[Say]:
    """All that the rule of that name says; the watch runs without the others."""
    said: list[Say] = []
    (only,) = [one for one in watch._rules if isinstance(one, RULES[rule].make)]
    step = only.step

    def listened(scene):
        words = list(step(scene))
        said.extend(words)
        return words

    only.step = listened
    watch._rules = [only]
    for tracks in pictures:
        watch.step(tracks, heard(tracks.time_s))
    return said
