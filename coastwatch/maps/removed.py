"""What policy removed of a run, for the foot of its page: what is missing is no empty sea."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coastwatch.maps.notes import Note, note
from coastwatch.maps.text import words
from coastwatch.model import InputError
from coastwatch.store.tombstones import Gone, gone_of

KINDS = {
    "positions": ("positions of tracks", "positions de pistes"),
    "names": ("names of vessels", "noms de navires"),
}

_EMPTY = (
    ". What is missing here is no empty sea",
    ". Ce qui manque ici n’est pas une mer vide",
)


def removed(folder: Path) -> list[Note]:
    """A note on each kind of thing that tombstones tell of and a page would show."""
    try:
        found = [gone for kind in KINDS if (gone := gone_of(folder, kind))]
    except InputError as error:
        why = words(error, 120)
        return [
            note(
                f"what was removed of this run cannot be told: {why}",
                f"ce qui a été retiré de cet enregistrement ne peut être dit : {why}",
            )
        ]
    return [note(_english(gone), _french(gone)) for gone in found]


def are_gone(folder: Path) -> bool:
    """Whether positions of tracks were removed, as far as that can be read."""
    try:
        return gone_of(folder, "positions") is not None
    except InputError:
        return True


def _english(gone: Gone) -> str:
    count = "some" if gone.rows is None else f"{gone.rows:,}"
    span = f" of {days}" if (days := _days(gone, "to")) else ""
    return (
        f"Removed by policy ({words(gone.policy, 60)}) on {_on(gone, 'to')}: {count} "
        f"{KINDS[gone.what][0]}{span}{_EMPTY[0] if gone.what == 'positions' else ''}"
    )


def _french(gone: Gone) -> str:
    count = "des" if gone.rows is None else f"{gone.rows:,}".replace(",", "\u202f")
    span = f" du {days}" if (days := _days(gone, "au")) else ""
    policy = re.sub(r"plots (\d+)h, tracks (\d+)([hd])", _regle, words(gone.policy, 60))
    return (
        f"Retiré selon la règle de conservation ({policy}) le {_on(gone, 'au')} : {count} "
        f"{KINDS[gone.what][1]}{span}{_EMPTY[1] if gone.what == 'positions' else ''}"
    )


def _regle(told: re.Match[str]) -> str:
    unit = {"h": "h", "d": "j"}[told[3]]
    return f"plots {told[1]} h, pistes {told[2]} {unit}"


def _on(gone: Gone, to: str) -> str:
    """The day on which it went, or the first and the last."""
    first, last = gone.first[:10], gone.last[:10]
    return words(last if first == last else f"{first} {to} {last}", 30)


def _days(gone: Gone, to: str) -> str:
    """The days that it was of; a span that ends at midnight has nothing of the day that begins."""
    try:
        begin, end = (datetime.fromisoformat(t).astimezone(UTC) for t in (gone.begin, gone.end))
    except (ValueError, OverflowError):
        return ""
    first, last = begin.date(), max(begin, end - timedelta(microseconds=1)).date()
    return f"{first}" if first == last else f"{first} {to} {last}"
