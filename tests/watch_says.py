"""What one rule says in a sequence of pictures, before the alerts' book makes alerts of it."""

from collections.abc import Callable, Iterable

from coastwatch.model import Say, Tracks
from coastwatch.watch import Heard, Watch


def says_of(
    watch: Watch,
    rule: str,
    pictures: Iterable[Tracks],
    heard: Callable[[float], Heard | None] = lambda time_s: None,
) -> list[Say]:
    """All that the rule of that name says; the whole watch runs, as it would."""
    said: list[Say] = []
    for one in watch._rules:
        step = one.step

        def listened(scene, step=step):
            words = list(step(scene))
            said.extend(say for say in words if say.rule == rule)
            return words

        one.step = listened
    for tracks in pictures:
        watch.step(tracks, heard(tracks.time_s))
    return said
