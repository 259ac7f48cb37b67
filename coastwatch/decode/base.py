"""What every decoder is: bytes in; records, detections and statics out; books that balance."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.decode.framing import Blocks, Lines
from coastwatch.decode.ownship import OwnShip
from coastwatch.decode.video.spokes import Spokes
from coastwatch.model import Balance, Datagram, Detections, Reject, Vessel
from coastwatch.site import Sensor

REJECTS_KEPT = 1_000
RAW_KEPT = 200


def no_sensor(sac: int, sic: int) -> int:
    """No radar of the site has this address."""
    return -1


def any_edition(category: int, sac: int, sic: int) -> str:
    """Nobody said which edition of ASTERIX this radar speaks."""
    return "auto"


@dataclass(frozen=True, slots=True)
class Context:
    """What a decoder knows of the feed it reads.

    ``sensor`` is the index of the feed's own sensor, ``sensors`` maps sensor ids and AIS station
    names to indices, ``asterix`` maps a SAC and SIC to one; -1 where there is none. ``date_s`` is
    the UTC midnight of the first record's day, for formats that carry only a time of day.
    ``editions`` says which edition of an ASTERIX category a SAC and SIC speak ("auto": unknown);
    ``positions`` are lon and lat of the sensors, by index.
    ``sent`` numbers AIS transmissions; decoders that share it tell what another has heard, too.
    ``explain`` adds to each AIS record what its codes mean.

    ``described`` are the site's sensors by index. ``ships`` has the own ship of each peer that
    speaks of one, so that a radar on board knows heading and position. ``on_spokes`` is told each
    batch of radar video with its sensor: for pictures of it.
    """

    feed: str = ""
    sensor: int = -1
    sensors: Mapping[str, int] = field(default_factory=dict)
    asterix: Callable[[int, int], int] = no_sensor
    editions: Callable[[int, int, int], str] = any_edition
    positions: Sequence[tuple[float, float]] = ()
    date_s: float | None = None
    sent: Transmissions = field(default_factory=Transmissions)
    explain: bool = False
    described: Sequence[Sensor] = ()
    ships: dict[str, OwnShip] = field(default_factory=dict)
    on_spokes: Callable[[int, Spokes], None] | None = None


class Decoder(Protocol):
    """One feed's decoder. It frames each peer's bytes itself; bad input is counted, never raised.

    A datagram with ``end`` set flushes what waits in framing and assembly. ``counts`` holds what
    the balance does not: duplicates, detections without a time, sources of time.
    """

    @property
    def balance(self) -> Balance: ...

    @property
    def counts(self) -> Counter[str]: ...

    @property
    def rejects(self) -> deque[Reject]: ...

    def records(self, datagram: Datagram) -> list[dict[str, Any]]:
        """What the messages say, as JSON-ready objects in input order."""
        ...

    def detections(self, datagram: Datagram) -> Detections:
        """What was measured, in the sensor's own terms; NaN and -1 where unknown."""
        ...

    def take_vessels(self) -> list[Vessel]:
        """What vessels said of themselves since the last call."""
        ...


class Books:
    """A decoder's balance and the rejects it keeps for inspection (bounded, the newest stay)."""

    def __init__(self, feed: str) -> None:
        self.balance = Balance()
        self.counts: Counter[str] = Counter()
        self.rejects: deque[Reject] = deque(maxlen=REJECTS_KEPT)
        self._feed = feed

    def reject(self, reason: str, line: int, raw: bytes) -> None:
        """Count one refused frame and keep its beginning."""
        self.balance.rejected[reason] += 1
        self.rejects.append(Reject(reason, line, raw[:RAW_KEPT], self._feed))

    def take_framing(self, framing: Lines | Blocks) -> None:
        """Count what framing refused since the last call: frames that never became whole."""
        if framing.dropped:
            self.balance.frames += framing.dropped.total()
            self.balance.rejected.update(framing.dropped)
            framing.dropped.clear()
            self.rejects.extend(framing.rejects)
            framing.rejects.clear()
