"""How long a contraction can be held: the intensity-endurance curve of a meta-analysis, within its data only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from psoas.errors import InputError, unknown
from psoas.sources.table import Table as CitedTable
from psoas.sources.table import read_table, source_keys

DATA = "limits/data/endurance.csv"
# Groups of the trunk; the source has no curve for the hip, whose muscles take the curve of all joints pooled.
TRUNK_GROUPS = frozenset(
    {
        "multifidus",
        "longissimus_thoracis_pars_lumborum",
        "longissimus_thoracis_pars_thoracis",
        "iliocostalis_lumborum_pars_lumborum",
        "iliocostalis_lumborum_pars_thoracis",
        "quadratus_lumborum",
        "external_oblique",
        "internal_oblique",
        "rectus_abdominis",
        "transversus_abdominis",
        "latissimus_dorsi",
    }
)

Position = Literal["beyond: too light", "few data", "measured", "beyond: at its strength"]


@dataclass(frozen=True)
class Endurance:
    """How long: seconds s with low and high of the 95 % prediction interval, or None beyond the data.

    position says where the activation lies: "measured", "few data" (curve, but few measurements), or "beyond".
    """

    activation: float
    region: str
    seconds: float | None
    low_s: float | None
    high_s: float | None
    position: Position
    source: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return the time in words."""
        if self.position == "beyond: too light":
            return "longer than was measured"
        if self.seconds is None or self.low_s is None or self.high_s is None:
            return "at its strength: no holding time"
        few = ", few data" if self.position == "few data" else ""
        return f"{_time(self.seconds)} ({_time(self.low_s)} to {_time(self.high_s)}{few})"


def region_of(group: str) -> str:
    """Return the curve for a leaf group of muscles: "trunk", or "general" where the source has none of its own."""
    return "trunk" if group in TRUNK_GROUPS else "general"


def endurance(activation: float, region: str = "trunk") -> Endurance:
    """Return how long a contraction can be held: seconds = time_at_full * activation ** exponent.

    activation: 0 to 1, taken as the share of the largest voluntary effort, which is an assumption: the curve is of
    joint moments. Below the source's lowest intensity (10 %) and at 100 % nothing is invented: seconds is None.
    low and high: seconds * (1 -+ 0.47), the wider end of the published distance of the 95 % prediction interval.
    Raises InputError for an activation outside 0 to 1 or an unknown region. Source: freylaw2010, freylaw2012.
    """
    if not 0.0 <= activation <= 1.0 + 1e-9:
        raise InputError(f"activation is {activation:g}; allowed is 0 to 1 (for 30 % write 0.3).", "activation")
    table = _table()
    names = table.text("region")
    if region not in names:
        raise unknown("region", region, names)
    row = names.index(region)
    keys = source_keys(table.rows[row]["source"])
    if activation < table.si("lowest_ratio")[row]:
        return Endurance(activation, region, None, None, None, "beyond: too light", keys)
    if activation >= 1.0:
        return Endurance(activation, region, None, None, None, "beyond: at its strength", keys)
    seconds = float(table.si("time_at_full_s")[row] * activation ** table.si("exponent_power")[row])
    wide = float(table.rows[row]["spread"].split("..")[1])
    position: Position = "few data" if activation < table.si("sparse_below_ratio")[row] else "measured"
    return Endurance(activation, region, seconds, seconds * (1 - wide), seconds * (1 + wide), position, keys)


@lru_cache(maxsize=1)
def _table() -> CitedTable:
    return read_table(DATA)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
