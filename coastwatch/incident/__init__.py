"""Calls for help -> incidents: which craft a call is about, and whether two are about one.

Pure over arrays and plain values; ``log`` alone keeps a file. What a caller says is never refused.
"""

from coastwatch.incident.call import VIAS, Call
from coastwatch.incident.correlate import Candidate, Correlator, Decision, Match
from coastwatch.incident.evidence import Evidence, Seen
from coastwatch.incident.log import IncidentLog

__all__ = [
    "VIAS",
    "Call",
    "Candidate",
    "Correlator",
    "Decision",
    "Evidence",
    "IncidentLog",
    "Match",
    "Seen",
]
