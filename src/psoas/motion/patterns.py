"""Patterns of movement: keyframes with their sources, and how the body passes between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from psoas.errors import InputError
from psoas.sources.table import read_parameters, read_table

SCALABLE = ("bend", "sit", "stand_up", "lift")  # whose angles a peak inclination scales

_RIGID = "the rib cage does not bend here: head and shoulders rise with it as one, and count as off the floor at once"
NOTES = {
    "sit_up": (_RIGID, "something holds the feet down; the hands are at the shoulders"),
    "curl_up": (_RIGID, "the feet are free; the hands are at the shoulders"),
    "lift": ("the weight of the load passes into the hands between grasp and lift-off",),
}


@dataclass(frozen=True)
class Keyframe:
    """One moment of a pattern; angles in rad, `time` as share of the duration."""

    phase: str
    time: float
    pelvis_tilt: float
    trunk_flexion: float
    thigh: float
    knee: float
    legs: str  # balance: lean until balanced; hold: as the keyframe before left them; ahead: as the next needs; still
    bearing: tuple[str, ...]
    shoulder: float | None = None  # None: the upper arms hang
    elbow: float = 0.0
    neck: float = 0.0
    load: float = 1.0  # share of what the hands hold that they carry


@lru_cache(maxsize=8)
def keyframes(pattern: str) -> tuple[Keyframe, ...]:
    """Return the keyframes of a pattern in order of time; an unknown one is an InputError."""
    table = read_table("motion/data/patterns.csv")
    known = list(dict.fromkeys(table.text("pattern")))
    if pattern not in known:
        raise InputError(f"The pattern '{pattern}' is not there yet. Known: {', '.join(known)}.", "pattern")
    table = table.where("pattern", pattern)

    def number(name: str, i: int) -> float:
        return float(table.si(name)[i])

    def optional(name: str, i: int) -> float | None:
        value = float(table.si(name, missing=np.nan)[i])
        return None if np.isnan(value) else value

    return tuple(
        Keyframe(
            row["phase"],
            number("time_ratio", i),
            number("pelvis_tilt_deg", i),
            number("trunk_flexion_deg", i),
            number("thigh_deg", i),
            number("knee_deg", i),
            row["legs"],
            tuple(row["bearing"].split(";")),
            optional("shoulder_deg", i),
            optional("elbow_deg", i) or 0.0,
            optional("neck_deg", i) or 0.0,
            float(table.si("load_ratio", missing=1.0)[i]),
        )
        for i, row in enumerate(table.rows)
    )


def duration_of(pattern: str) -> float:
    """Return how long a pattern takes [s] where nobody says otherwise."""
    return read_parameters("motion/data/durations.csv")[pattern]


def pattern_sources(pattern: str) -> tuple[str, ...]:
    """Return the bibliography keys of a pattern's keyframes and of its duration."""
    keys = read_table("motion/data/patterns.csv").where("pattern", pattern).sources
    return tuple(sorted({*keys, *read_table("motion/data/durations.csv").where("name", pattern).sources}))


def minimum_jerk(share: np.ndarray) -> np.ndarray:
    """S = 10 x^3 - 15 x^4 + 6 x^5 for x in 0..1: from rest to rest with the least jerk."""
    return share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
