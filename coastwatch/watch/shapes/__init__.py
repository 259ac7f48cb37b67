"""Zones as shapes in the plane, and how tracks stand to them: compiled, without words or rules."""
