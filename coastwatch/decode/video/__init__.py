"""Raw radar video: azimuth sweeps of amplitudes to plots."""
