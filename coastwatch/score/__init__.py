"""Tracks against truth: how complete, how exact, how steady, how soon."""

from coastwatch.score.metrics import Gospa, gospa, ospa
from coastwatch.score.scores import score
from coastwatch.score.table import format_scores

__all__ = ["Gospa", "format_scores", "gospa", "ospa", "score"]
