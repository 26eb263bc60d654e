"""The presets of posture: named angles with their sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from psoas.errors import unknown
from psoas.sources.table import Parameters, read_parameters, read_table


@dataclass(frozen=True)
class Preset:
    """One named posture; angles in rad, clinical signs, zero = anatomical standing."""

    name: str
    pelvis_tilt: float
    pelvis_rotation: float
    trunk_flexion: float
    thigh: float  # inclination of the thighs to the vertical, knee forward positive
    knee: float
    elbow: float
    arms: str  # hang: vertical; along: beside the trunk
    feet: str  # balance: the ankles put the centre of mass over mid-foot; flat: soles level; free: ankles at 0
    bearing: tuple[str, ...]
    supported: bool
    sources: tuple[str, ...]


@lru_cache(maxsize=1)
def presets() -> dict[str, Preset]:
    """Return all presets by name."""
    table = read_table("motion/data/postures.csv")

    def angle(name: str, i: int) -> float:
        return float(table.si(f"{name}_deg")[i])

    return {
        row["preset"]: Preset(
            row["preset"],
            angle("pelvis_tilt", i),
            angle("pelvis_rotation", i),
            angle("trunk_flexion", i),
            angle("thigh", i),
            angle("knee", i),
            angle("elbow", i),
            row["arms"],
            row["feet"],
            tuple(row["bearing"].split(";")),
            row["trunk"] == "supported",
            tuple(row["source"].split(";")),
        )
        for i, row in enumerate(table.rows)
    }


def preset(name: str) -> Preset:
    """Return one preset; an unknown name is an InputError with the nearest."""
    if name not in presets():
        raise unknown("preset", name, presets())
    return presets()[name]


@lru_cache(maxsize=1)
def posing() -> Parameters:
    """Return the figures (SI) by which a posture is found: gaze, seat, reach, what gives way."""
    return read_parameters("motion/data/posing.csv")
