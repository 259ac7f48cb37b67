"""How the sensors themselves fare: registration, health and coverage. Pure, in event time."""
