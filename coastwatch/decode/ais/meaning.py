"""What one decoded AIS message means: its sender's class and flag, its codes in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from coastwatch.decode.ais import binary, mmsi, terms

SENDERS_KEPT = 16_384
POSITION_TYPES = (1, 2, 3, 27)
BINARY_TYPES = (6, 8)
SAFETY_BROADCAST = 14
UNDEFINED = 15


def explain(record: Mapping[str, Any], payload: bytes, fill_bits: int) -> dict[str, Any]:
    """What the codes of one message say, JSON-ready; only the keys that say something.

    ``record`` is the message under the field names of pyais, as ``coastwatch decode --to jsonl``
    writes it; ``payload`` the armoured six-bit payload of the whole message. Keys: ``mmsi_class``
    (of ``MmsiClass``, in lower case), ``mmsi_use``, ``flag`` (ISO 3166 alpha-2), ``flag_name``,
    ``ship_type``, ``nav_status``, ``test`` (of a locating device: True in test, False in
    distress), ``application`` (``binary.application``). Raises nothing.
    """
    kind, sender = record.get("msg_type"), _number(record, "mmsi")
    said: dict[str, Any] = {} if sender is None else dict(_sender(sender))
    ship_type = _number(record, "ship_type")
    if ship_type:
        said["ship_type"] = terms.ship_type_words(ship_type)
    status = _number(record, "status") if kind in POSITION_TYPES else None
    if status is not None and status != UNDEFINED:
        said["nav_status"] = terms.nav_status_words(status)
    text = record.get("text") if kind == SAFETY_BROADCAST else None
    test = mmsi.under_test(sender or 0, status, text if isinstance(text, str) else None)
    if test is not None:
        said["test"] = test
    content = binary.application(payload, fill_bits) if kind in BINARY_TYPES else None
    if content is not None:
        said["application"] = content
    return said


@lru_cache(SENDERS_KEPT)
def _sender(number: int) -> Mapping[str, str]:
    said = {"mmsi_class": mmsi.mmsi_class(number).name.lower()}
    use, flag = mmsi.special_use(number), mmsi.flag_state(number)
    if use is not None:
        said["mmsi_use"] = use
    if flag is not None:
        said["flag"], said["flag_name"] = flag
    return said


def _number(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return value if type(value) is int else None
