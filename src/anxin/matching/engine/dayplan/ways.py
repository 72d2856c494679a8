"""Ways between points, in minutes, where nobody gives a matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anxin.kit.geo import Point, travel_minutes


def ways(points: Sequence[Point], kmh: float = 30.0) -> NDArray[np.float64]:
    """Minutes from each point to each, by the function that judges every booking; 0 to the same point."""
    found = np.zeros((len(points), len(points)))
    for a, one in enumerate(points):
        for b in range(a):
            if points[b] != one:
                found[a, b] = found[b, a] = travel_minutes(one, points[b], kmh)
    return found
