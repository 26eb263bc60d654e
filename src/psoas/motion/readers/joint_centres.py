"""Joint centres instead of skin markers: their names, the reference person's lengths, and points that show a turn."""

from __future__ import annotations

import re

import numpy as np

# Lengths [m] of the reference person of 1.70 m, as the marker table has the joints.
REFERENCE_HEIGHT = 1.70
LEG = 0.826  # hip to knee to ankle
HIPS_TO_NECK = 0.592
ARM = 0.1  # from a joint to the points beside it that show how a segment is turned
# Standing heights of people [m]; narrower than a factor of 2.54, so that no two units can both fit.
SHORTEST, TALLEST = 1.15, 2.35


def standing_height(leg: float, hips_to_neck: float) -> float:
    """Return the stature of a person with these lengths (in their unit), by the reference person's proportions."""
    return REFERENCE_HEIGHT * (leg + hips_to_neck) / (LEG + HIPS_TO_NECK)


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
