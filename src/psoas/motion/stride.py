"""One man's stride as harmonics, and how it is made longer, faster, or another person's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from psoas.errors import InputError
from psoas.sources.table import read_table

TABLE = "motion/data/stride.csv"
HEIGHT_M = 1.80  # of the man who walked
SPEEDS = (1.0, 2.0)  # m/s: below, the walk ratio is no longer constant (62 m/min); above, people run (assumed)
AMPLITUDES = (0.75, 1.35)  # of the recorded angles; beyond, his stride says nothing of another's (assumed)
SCALING_SOURCES = ("alexander1984", "murakami2017")


@dataclass(frozen=True)
class Stride:
    """The recorded stride: its duration [s], speed [m/s], and per coordinate (K + 1, 2) cosines and sines [rad, m]."""

    duration: float
    speed: float
    harmonics: dict[str, np.ndarray]
    lengths: tuple[str, ...]  # the coordinates in metres
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Gait:
    """How a person walks: speed [m/s], length [m], duration [s] of a stride; size, amplitude against the recorded."""

    speed: float
    length: float
    duration: float
    size: float
    amplitude: float


@lru_cache(maxsize=1)
def stride() -> Stride:
    """Return the stride of the table."""
    table = read_table(TABLE)
    angle, length = (
        np.stack([table.si(f"{part}_{unit}", missing=0.0) for part in ("cosine", "sine")], axis=1)
        for unit in ("deg", "m")
    )
    harmonics: dict[str, np.ndarray] = {}
    lengths = []
    highest = max(int(row["harmonic"]) for row in table.rows if row["harmonic"])
    for i, row in enumerate(table.rows):
        name = row["coordinate"]
        if not row["harmonic"]:
            continue
        if row["cosine_m"] and name not in lengths:
            lengths.append(name)
        harmonics.setdefault(name, np.zeros((highest + 1, 2)))[int(row["harmonic"])] = angle[i] + length[i]
    first = table.where("coordinate", "stride")
    return Stride(
        float(first.si("duration_s")[0]),
        float(first.si("speed_m_per_s")[0]),
        harmonics,
        tuple(lengths),
        tuple(sorted(table.sources)),
    )


def gait(height_m: float, speed: float | None = None, length: float | None = None) -> Gait:
    """Return how a person of this height walks at a speed [m/s] with strides of a length [m].

    size = height / 1.80 m. A speed not given is the recorded one at the same Froude number, v = v0 sqrt(size)
    (Alexander 1984). A length not given keeps the walk ratio, step length / cadence, of that own speed:
    L = L0 size sqrt(v / (v0 sqrt(size))), duration = L / v.
    amplitude = L / (L0 size) scales every angle about its mean.
    Raises InputError outside SPEEDS and AMPLITUDES.
    """
    recorded = stride()
    size = height_m / HEIGHT_M
    own_speed, own_length = recorded.speed * math.sqrt(size), recorded.speed * recorded.duration * size
    if speed is not None and not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise InputError(
            f"A walking speed of {speed:g} m/s is outside {SPEEDS[0]:g} to {SPEEDS[1]:g} m/s, where the recorded "
            "stride can be made faster or slower: slower, people change the way they walk, faster, they run.",
            "speed_m_per_s",
        )
    speed = own_speed if speed is None else speed
    asked = length
    length = own_length * math.sqrt(speed / own_speed) if length is None else length
    amplitude = length / own_length
    if not AMPLITUDES[0] <= amplitude <= AMPLITUDES[1]:
        low, high = (a * own_length for a in AMPLITUDES)
        what = (
            f"A stride of {length:.2f} m"
            if asked is not None
            else f"{speed:g} m/s needs a stride of {length:.2f} m, which"
        )
        raise InputError(
            f"{what} is outside {low:.2f} to {high:.2f} m, what one man's recorded stride can be stretched to for a "
            f"height of {height_m:.2f} m.",
            "stride_m" if asked is not None else "speed_m_per_s",
        )
    return Gait(speed, length, length / speed, size, amplitude)


def coordinates(course: np.ndarray, of: Gait) -> tuple[tuple[str, ...], np.ndarray]:
    """Return names and values (F, n) [rad, m] of the stride's coordinates at shares `course` (F,) of its duration.

    x = mean + amplitude sum_k (a_k cos 2 pi k course + b_k sin 2 pi k course); lengths times size; the left side is the
    right one half a stride later. course = 0: the right foot meets the ground.
    """
    names: list[str] = []
    values: list[np.ndarray] = []
    recorded = stride()
    midline = ("pelvis_", "trunk_", "neck_")
    for name, c in recorded.harmonics.items():
        for suffix, late in (("", 0.0),) if name.startswith(midline) else (("_r", 0.0), ("_l", 0.5)):
            phase = 2.0 * np.pi * np.outer(course + late, np.arange(len(c)))
            wave = np.cos(phase) * c[:, 0] + np.sin(phase) * c[:, 1]
            x = wave[:, 0] + of.amplitude * wave[:, 1:].sum(axis=1)
            names.append(name + suffix)
            values.append(x * (of.size if name in recorded.lengths else 1.0))
    return tuple(names), np.stack(values, axis=1)
