"""The presets of posture: named angles with their sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from psoas.errors import unknown
from psoas.sources.table import read_table


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
    angles = {
        name: table.si(f"{name}_deg")
        for name in ("pelvis_tilt", "pelvis_rotation", "trunk_flexion", "thigh", "knee", "elbow")
    }
    return {
        row["preset"]: Preset(
            row["preset"],
            *(float(angles[name][i]) for name in angles),
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
