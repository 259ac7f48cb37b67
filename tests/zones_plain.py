"""Who is inside which zone, and what is ahead, in NumPy and shapely: what kernels are held to."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.special import owens_t


def inside_p(polygon, mean, cov) -> float:
    """The probability that a place known with a covariance is inside a polygon, exactly.

    The sum over all edges of Owen's T function (DiDonato and Hageman 1982), of scipy.
    """
    whiten = np.linalg.inv(np.linalg.cholesky(cov))
    p = float(shapely.contains_xy(polygon, *mean))
    for part in shapely.get_parts(shapely.orient_polygons(polygon)):
        for ring in (part.exterior, *part.interiors):
            at = (np.asarray(ring.coords) - mean) @ whiten.T
            a, along = at[:-1], np.diff(at, axis=0)
            length = np.hypot(*along.T)
            u = along / length[:, None]
            height = a[:, 0] * u[:, 1] - a[:, 1] * u[:, 0]
            h, begin = np.abs(height), (a * u).sum(axis=1)
            taken = owens_t(h, (begin + length) / h) - owens_t(h, begin / h)
            p -= float(np.sum(np.sign(height) * taken))
    return p


def sampled_p(polygon, mean, cov, n: int, random) -> float:
    """The same by chance."""
    x, y = random.multivariate_normal(mean, cov, n).T
    return float(shapely.contains_xy(polygon, x, y).mean())


def ahead(shape, xy, velocity, seconds: float) -> float:
    """Metres along the course to a shape that is not there yet, infinite where it is missed."""
    way = shapely.linestrings([xy, np.add(xy, np.multiply(velocity, seconds))])
    met = shapely.intersection(way, shape)
    return float(shapely.distance(shapely.Point(xy), met)) if not met.is_empty else np.inf
