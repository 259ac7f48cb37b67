"""Detections -> tracks: a Kalman filter a track, global nearest neighbour, M of N, identity."""

from coastwatch.track.tracker import Tracker

__all__ = ["Tracker"]
