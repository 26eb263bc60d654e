"""Joint centres instead of skin markers: their names, the reference person's lengths, and points that show a turn."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from psoas.errors import InputError, unknown
from psoas.motion.readers.axes import METRES_PER

# Lengths [m] of the reference person of 1.70 m, as the marker table has the joints.
REFERENCE_HEIGHT = 1.70
LEG = 0.826  # hip to knee to ankle
HIPS_TO_NECK = 0.592
HIPS_TO_SHOULDERS = 0.521
ARM = 0.1  # from a joint to the points beside it that show how a segment is turned
# Standing heights of people [m]; narrower than a factor of 2.54, so that no two units can both fit.
SHORTEST, TALLEST = 1.15, 2.35
# Inches are common in old libraries of movements.
GUESSED = {**METRES_PER, "inches": 0.0254}


def standing_height(leg: float, trunk: float, hips_to: float = HIPS_TO_NECK) -> float:
    """Return the stature of a person with these lengths (in their unit), by the reference person's proportions."""
    return REFERENCE_HEIGHT * (leg + trunk) / (LEG + hips_to)


def known_unit(units: str | None) -> None:
    """Refuse a unit for --units that is not known, before anything is read: InputError."""
    if units is not None and units not in METRES_PER:
        raise unknown("unit for --units", str(units), METRES_PER)


def metres_of_person(path: Path, height: float, units: str | None, height_m: float) -> tuple[float, str]:
    """Return metres per unit of a person who stands `height` units high, and the note that says why.

    `units` (--units) rules, where a person of that height can be; then the one unit with which the person is 1.15 to
    2.35 m tall; else the person is scaled to `height_m`, the subject's.

    Raises InputError where --units makes a giant or a dwarf of the person.
    """
    if units is not None:
        tall = height * METRES_PER[units]
        if not SHORTEST <= tall <= TALLEST:
            raise InputError(
                f"{path}: in {units}, as told, the person would be {tall:.3g} m tall. Correct --units, or leave it out."
            )
        return METRES_PER[units], f"Units are {units}, as told; the person is {tall:.2f} m tall by legs and trunk."
    for name, factor in GUESSED.items():
        if SHORTEST <= height * factor <= TALLEST:
            return factor, (
                f"Units were taken as {name}: the file states none, and the person is {height * factor:.2f} m tall in "
                f"{name} by legs and trunk. Say otherwise with --units mm|cm|m."
            )
    return height_m / height, (
        f"The person fits no unit of length ({height:.4g} tall), so all was scaled to the stature of {height_m:g} m. "
        "Say the unit with --units mm|cm|m."
    )


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (..., 3) at length 1; those of no length stay 0."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 0, length, 1.0)


def across(vectors: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Return the part of vectors (..., 3) across a unit axis (..., 3), at length 1."""
    return unit(vectors - (vectors * axis).sum(axis=-1, keepdims=True) * axis)


def spelled(name: str) -> tuple[str, str]:
    """Return a joint's name without prefix, case and separators, and its side "l", "r" or "".

    mixamorig:LeftUpLeg -> upleg, l; "Bip01 L Thigh" -> thigh, l; thigh_r -> thigh, r; lfemur -> femur, l.
    """
    short = re.split(r"[:|]", name)[-1]
    short = re.sub(r"^(mixamorig\d*|bip\d+|character\d*|b|def|valvebiped\W*bip\d+)[_\W]+", "", short, flags=re.I)
    words = [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", short)]
    side = ""
    for i, word in enumerate(words):
        if word in ("left", "right", "l", "r"):
            side = word[0]
            del words[i]
            break
    text = "".join(words)
    if not side and (match := re.match(r"(left|right)(.+)", text)):
        side, text = match.group(1)[0], match.group(2)
    return text, side
