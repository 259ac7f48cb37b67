"""Frames and geodesy: the site's plane, polar sensors, placing detections, the coast, units."""
