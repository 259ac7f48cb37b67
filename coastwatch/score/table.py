"""Scores as a table that a person reads."""

from __future__ import annotations

from collections.abc import Mapping

# Key, what it is called, and how its number is written.
ROWS = (
    ("gospa_m", "GOSPA", "{:.1f} m"),
    ("gospa_localisation_m", "  localisation", "{:.1f} m"),
    ("gospa_missed_m", "  missed", "{:.1f} m"),
    ("gospa_false_m", "  false", "{:.1f} m"),
    ("ospa_m", "OSPA", "{:.1f} m"),
    ("position_rmse_m", "Position error, RMS", "{:.1f} m"),
    ("completeness", "Completeness", "{:.1%}"),
    ("targets", "Targets", "{:.0f}"),
    ("targets_found", "  found", "{:.0f}"),
    ("latency_mean_s", "Latency to first track, mean", "{:.1f} s"),
    ("latency_median_s", "  median", "{:.1f} s"),
    ("tracks", "Tracks", "{:.0f}"),
    ("false_tracks", "  false", "{:.0f}"),
    ("false_tracks_per_hour", "  false per hour", "{:.2f}"),
    ("spuriousness", "Spuriousness", "{:.1%}"),
    ("ambiguity", "Ambiguity", "{:.3f}"),
    ("identity_switches", "Identity switches", "{:.0f}"),
    ("identity_switches_per_target_hour", "  per target-hour", "{:.2f}"),
    ("fragments", "Breaks in cover", "{:.0f}"),
    ("tracks_per_target", "Tracks per found target", "{:.2f}"),
    ("mmsi_correct", "MMSI right, of AIS targets", "{:.1%}"),
    ("mmsi_wrong", "MMSI wrong, of all", "{:.1%}"),
)


def format_scores(scores: Mapping[str, float]) -> str:
    """One line a score of ``score_tracks``, aligned, with its unit; a dash for what is missing.

    What each means, and after which paper, stands in docs/score.md.
    """
    width = max(len(name) for _, name, _ in ROWS)
    lines = []
    for key, name, style in ROWS:
        text = style.format(scores[key]) if key in scores else "–"
        lines.append(f"{name:<{width}}  {text:>10}")
    return "\n".join(lines)
