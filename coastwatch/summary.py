"""A run's closing words: what came in, what was refused and why, what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coastwatch.shown import said_when, shown
from coastwatch.store.alert_list import read_lines

# What the tracker's registration learns of a radar: the word for it, its key, digits and unit.
BIASES = (
    ("azimuth", "azimuth_bias_deg", 2, "deg"),
    ("range", "range_bias_m", 0, "m"),
    ("clock", "clock_offset_s", 1, "s"),
)


def summary_text(summary: Mapping[str, Any], folder: Path) -> str:
    """The counts of ``summary.json`` and the alerts of the run, for a person at a terminal."""
    lines = [f"{summary['site']}, {summary['event_from']} to {summary['event_until']}"]
    lines += [f"  {name}: {_feed_text(feed)}" for name, feed in summary["feeds"].items()]
    tracks = summary["tracks"]
    lines.append(
        f"  {tracks['pictures']:,} pictures, {tracks['confirmed']:,} tracks confirmed, "
        f"{summary['crossings']:,} zone crossings, {summary['alerts']['total']} alerts"
    )
    biases = [_bias_text(radar, said) for radar, said in summary["registration"].items()]
    lines += [f"  note: {note}" for note in [*summary["notes"], *filter(None, biases)]]
    lines += [_alert_text(row) for row in read_lines(folder / "alerts.jsonl")]
    lines.append(f"Map: {(folder / 'picture.html').resolve()}")
    return "\n".join(shown(line) for line in lines)


def _feed_text(feed: Mapping[str, Any]) -> str:
    parts = [f"{feed['decoded']:,} of {feed['frames']:,} frames decoded"]
    parts += [f"{count:,} {reason}" for reason, count in feed["rejected"].items()]
    for word in ("pending", "expired", "ignored", "late", "clock_replaced", "time_out_of_range"):
        if feed[word]:
            parts.append(f"{feed[word]:,} {word.replace('_', ' ')}")
    parts += [f"{n:,} {what}" for what, n in feed["decoder"].items() if _is_the_sites(what)]
    return ", ".join(parts)


def _bias_text(radar: str, said: Mapping[str, Any]) -> str:
    """What was taken off a radar's plots at the end of the run; empty where nothing was."""
    parts = [
        f"{word} {said[name]:+.{digits}f} ± {said[f'{name}_sigma']:.{digits}f} {unit}"
        for word, name, digits, unit in BIASES
        if said[f"{name}_applied"]
    ]
    if not parts:
        return ""
    return f"radar {radar}: {', '.join(parts)} taken off, from {said['vessels']} vessels"


def _is_the_sites(count: str) -> bool:
    """Whether a decoder's count says that site.toml lacks a radar, or has it in a wrong place."""
    return count.startswith(("unknown sensor", "video of an unknown radar")) or "I034/120" in count


def _alert_text(row: Mapping[str, Any]) -> str:
    return f"  {row['time'][11:19]}Z {row['severity']}: {said_when(row)}{row['text']}"
