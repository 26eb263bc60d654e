"""What sharing minimises: names of criteria and weights, turned into powers and weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

POWERS = {"squared": 2.0, "cubed": 3.0, "minmax": 2.0}
WEIGHTS = ("volume", "equal")
FASCICLES = 250.0
"""What weights by volume add up to, whatever the number of fascicles: about 1 each in a trunk with hips."""


def power_of(criterion: str) -> float:
    """Return the power p of sum w a^p: 2 for "squared", 3 for "cubed".

    "minmax" is "squared" under the smallest common cap (`minmax.share_minmax`), hence 2.

    Raises:
        ValueError: an unknown criterion.

    """
    if criterion not in POWERS:
        raise ValueError(f"Unknown criterion '{criterion}'. Known: {', '.join(POWERS)}.")
    return POWERS[criterion]


def fascicle_weights(weights: str, pcsa_m2: ArrayLike, optimal_length_m: ArrayLike) -> Floats:
    """Return (n,) weights w of sum w a^p.

    "volume": w_i = FASCICLES V_i / sum V,  V_i = pcsa_i optimal_length_i. The sum is a constant, so that a
    fascicle drawn as two of half its area leaves the problem, and the loads, exactly unchanged.
    "equal": w_i = 1.

    Args:
        weights: "volume" or "equal".
        pcsa_m2: (n,) physiological cross-sectional areas, m2.
        optimal_length_m: (n,) optimal fibre lengths, m.

    Raises:
        ValueError: an unknown name, or an area or length that is not above 0.

    """
    volume = np.asarray(pcsa_m2, dtype=np.float64) * np.asarray(optimal_length_m, dtype=np.float64)
    if weights == "equal":
        return np.ones_like(volume)
    if weights != "volume":
        raise ValueError(f"Unknown weights '{weights}'. Known: {', '.join(WEIGHTS)}.")
    if not (np.isfinite(volume) & (volume > 0)).all():
        worst = int(np.argmin(np.where(np.isfinite(volume), volume, -1.0)))
        raise ValueError(f"Fascicle {worst} has no volume to weigh by; its area and optimal length must be above 0.")
    return np.asarray(FASCICLES * volume / volume.sum())
