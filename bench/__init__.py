"""Speed against named peers, side by side in one run on the same input: `make bench`."""
