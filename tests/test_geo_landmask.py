"""The polar land mask says what the coast says, cell by cell."""

import time

import numpy as np
import pytest

from coastwatch.geo.coast import land_mask as coast_mask
from coastwatch.geo.landmask import land_mask
from coastwatch.geo.polar import polar_to_lonlat
from coastwatch.model import ConfigError

GRIS_NEZ, TEXEL = (1.583, 50.870), (4.75, 53.15)


def cells(n, m, cell_m, range0_m=0.0):
    return range0_m + (np.arange(m) + 0.5) * cell_m, (np.arange(n) + 0.5) * 2 * np.pi / n


@pytest.mark.parametrize("place", [GRIS_NEZ, TEXEL, (1.36, 51.10), (179.99, -16.7)])
@pytest.mark.parametrize("range0_m", [0.0, 700.0, -40.0])
def test_it_agrees_with_the_coast_at_every_cell(place, range0_m):
    range_m, azimuth = cells(180, 150, 100.0, range0_m)
    got = land_mask(*place, range_m, azimuth, margin_m=0.0)
    seen = range_m > 0
    lon, lat = polar_to_lonlat(*place, 0.0, range_m[seen], azimuth[:, None])
    wide = 0.35
    window = (place[0] - wide, place[1] - wide, place[0] + wide, place[1] + wide)
    truth = coast_mask(window).contains(lon, lat)
    # The shore is straight in one plane or the other between its points: a metre or so.
    assert (got[:, seen] != truth).mean() < 2e-4
    assert 0.01 < truth.mean() < 0.99


def test_the_margin_widens_the_land_by_its_length():
    range_m, azimuth = cells(360, 200, 50.0)
    bare = land_mask(*GRIS_NEZ, range_m, azimuth, margin_m=0.0)
    wide = land_mask(*GRIS_NEZ, range_m, azimuth, margin_m=300.0)
    assert (wide >= bare).all() and wide.sum() > bare.sum()
    added = wide & ~bare
    lon, lat = polar_to_lonlat(*GRIS_NEZ, 0.0, range_m, azimuth[:, None])
    window = (1.0, 50.6, 2.1, 51.1)
    distance = coast_mask(window).distance_to_coast_m(lon[added], lat[added])
    assert distance.max() < 300.0 * 1.5 + 2 * 50.0 + range_m[-1] * 2 * np.pi / 360


def test_a_whole_picture_takes_a_moment():
    begin = time.process_time()
    land = land_mask(*GRIS_NEZ, *cells(2048, 4096, 10.0))
    assert land.shape == (2048, 4096) and land.dtype == np.bool_
    assert time.process_time() - begin < 10.0


def test_open_sea_and_nothing_at_all():
    assert not land_mask(-30.0, 45.0, *cells(36, 10, 100.0)).any()
    assert land_mask(*GRIS_NEZ, np.empty(0), np.empty(0)).shape == (0, 0)
    with pytest.raises(ConfigError, match="land mask"):
        land_mask(np.nan, 50.0, *cells(4, 4, 10.0))
