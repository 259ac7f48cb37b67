"""How the sensors themselves fare: health, coverage and registration. Pure, in event time."""
