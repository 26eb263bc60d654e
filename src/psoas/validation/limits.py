"""P37 and P38: limits and scores as published, found by asking the program where they change."""

from __future__ import annotations

import math

from psoas.limits import rula, tolerance
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

SEX, AGE_YEARS = "male", 45.0
THRESHOLDS_N = {
    "NIOSH design limit": 3400.0,
    "NIOSH maximum permissible limit": 6400.0,
    tolerance.SHEAR_SELDOM: 1000.0,
    tolerance.SHEAR_OFTEN: 700.0,
}
TRUNK_SCORES = {0.0: 1, 10.0: 2, 20.0: 2, 21.0: 3, 59.0: 3, 61.0: 4}


def change_of_flag(limit: tolerance.Limit) -> float:
    """Return the smallest load [N] that is flagged: bisection down to neighbouring numbers, blind to the limit."""
    low, high = 0.0, 1e5
    while math.nextafter(low, math.inf) < high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if tolerance.flag(middle, limit) == "at or above" else (middle, high)
    return high


@check("P37")
def _thresholds(_bench: Bench) -> Answer:
    found = {name: change_of_flag(tolerance.limit_named(name, SEX, AGE_YEARS)) for name in THRESHOLDS_N}
    said = "; ".join(f"{name} at {value:g} N" for name, value in found.items())
    return Answer(found["NIOSH design limit"] / 1e3, said, found == THRESHOLDS_N)


@check("P38")
def _trunk_scores(_bench: Bench) -> Answer:
    ours = {angle: rula.trunk(rula.WorkPosture(trunk_deg=angle)).score for angle in TRUNK_SCORES}
    equal = sum(ours[angle] == score for angle, score in TRUNK_SCORES.items())
    said = ", ".join(f"{angle:g} degrees: {score}" for angle, score in ours.items())
    return Answer(float(equal), f"{said}. {rula.BOUNDARY_RULE}")
