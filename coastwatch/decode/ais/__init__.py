"""AIS messages (ITU-R M.1371-5): fragments joined, payloads read by pyais, reports and statics."""
