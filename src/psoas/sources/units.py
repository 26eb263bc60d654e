"""The units that tables may be written in, and their factors to SI."""

from __future__ import annotations

import math

# Columns that are text whatever their name ends in.
TEXT_COLUMNS = frozenset({"name", "unit", "basis", "source", "spread", "note"})

# Column suffix -> factor to SI. Years stay years: ages are read by regressions in years.
COLUMN_UNITS = {
    "m": 1.0,
    "mm": 1e-3,
    "cm": 1e-2,
    "mm2": 1e-6,
    "cm2": 1e-4,
    "kg": 1.0,
    "kg_m2": 1.0,
    "deg": math.pi / 180.0,
    "rad": 1.0,
    "n": 1.0,
    "n_mm": 1e3,  # N/mm, a stiffness -> N/m
    "n_m": 1.0,  # N m, a moment
    "n_m_deg": 180.0 / math.pi,  # N m/deg, a rotational stiffness -> N m/rad
    "pa": 1.0,
    "kpa": 1e3,
    "mpa": 1e6,
    "n_cm2": 1e4,  # N/cm2, a tension -> Pa
    "per_m": 1.0,
    "s": 1.0,
    "ms": 1e-3,
    "years": 1.0,
    "ratio": 1.0,
    "strain": 1.0,
    "power": 1.0,
    "count": 1.0,
}
# The longest first: kg_m2 before m2, n_m_deg before deg.
_SUFFIXES = sorted(COLUMN_UNITS, key=len, reverse=True)

# The `unit` cell of a parameter table -> factor to SI.
PARAMETER_UNITS = {
    "1": 1.0,
    "": 1.0,
    "-": 1.0,
    "ratio": 1.0,
    "strain": 1.0,
    "power": 1.0,
    "count": 1.0,
    "m": 1.0,
    "cm": 1e-2,
    "mm": 1e-3,
    "m2": 1.0,
    "cm2": 1e-4,
    "mm2": 1e-6,
    "kg": 1.0,
    "kg m2": 1.0,
    "kg/m3": 1.0,
    "deg": math.pi / 180.0,
    "rad": 1.0,
    "deg/s": math.pi / 180.0,
    "rad/s": 1.0,
    "N": 1.0,
    "N/m": 1.0,
    "N/mm": 1e3,
    "N s/m": 1.0,
    "N m": 1.0,
    "N m/rad": 1.0,
    "N m/deg": 180.0 / math.pi,
    "N m s/rad": 1.0,
    "Pa": 1.0,
    "kPa": 1e3,
    "MPa": 1e6,
    "N/cm2": 1e4,
    "1/m": 1.0,
    "1/rad": 1.0,
    "1/deg": 180.0 / math.pi,
    "1/s": 1.0,
    "Hz": 1.0,
    "s": 1.0,
    "ms": 1e-3,
    "m/s": 1.0,
    "m/s2": 1.0,
    "years": 1.0,
    "1/years": 1.0,
}


def unit_factor(column: str) -> float | None:
    """Return the factor from a column's unit suffix to SI, or None for a column of text."""
    if column in TEXT_COLUMNS:
        return None
    for suffix in _SUFFIXES:
        if column.endswith("_" + suffix):
            return COLUMN_UNITS[suffix]
    return None
