"""What a lumbar joint is published to bear, by sex and age, and how much of it a result uses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from psoas.errors import InputError, unknown
from psoas.result import Result
from psoas.sources.table import Table as CitedTable
from psoas.sources.table import read_table, source_keys
from psoas.tables import Table

DATA = "limits/data/tolerances.csv"
SEXES = ("male", "female")
AGES_YEARS = (16.0, 100.0)
BY_AGE = "Dortmund recommendation (revised)"
SHEAR_SELDOM, SHEAR_OFTEN = "shear limit, up to 100 a day", "shear limit, 100 to 1000 a day"
SELDOM_PER_DAY, OFTEN_PER_DAY = 100, 1000

Quantity = Literal["compression", "shear"]
Kind = Literal["limit", "strength"]
State = Literal["below", "at or above"]


@dataclass(frozen=True)
class Limit:
    """A published figure for one person: value_n in N, spread_n its standard deviation in N or None.

    kind: "limit" a recommendation for work, "strength" where specimens failed on average. read_status: READ in
    the source, READ2 in a text that quotes it, RECALLED from memory.
    """

    name: str
    quantity: Quantity
    kind: Kind
    value_n: float
    spread_n: float | None
    source: tuple[str, ...]
    read_status: str
    note: str


@lru_cache(maxsize=1)
def _table() -> CitedTable:
    return read_table(DATA)


def limits_for(sex: str, age_years: float) -> tuple[Limit, ...]:
    """Return every published figure for this sex and age, in the order of the table.

    Figures given for several ages are joined by straight lines in age and held beyond the youngest and the oldest.
    Raises InputError for an unknown sex or an age outside AGES_YEARS. Sources: per row of limits/data/tolerances.csv.
    """
    if sex not in SEXES:
        raise unknown("sex", sex, SEXES)
    low, high = AGES_YEARS
    if not low <= age_years <= high:
        raise InputError(f"age_years is {age_years:g}; allowed is {low:g} to {high:g} years.", "age_years")
    table = _table()
    ages, values = table.si("age_years", missing=math.nan), table.si("value_n")
    found = []
    for name in dict.fromkeys(table.text("name")):
        rows = [i for i, r in enumerate(table.rows) if r["name"] == name and r["sex"] in ("any", sex)]
        row = table.rows[rows[0]]
        note = row["note"]
        if math.isnan(ages[rows[0]]):
            value = float(values[rows[0]])
        else:
            value = float(np.interp(age_years, ages[rows], values[rows]))
            note = f"for {sex}, {age_years:g} years, from {ages[rows].min():g} and {ages[rows].max():g} years"
        found.append(
            Limit(
                name,
                row["quantity"],  # type: ignore[arg-type]
                row["kind"],  # type: ignore[arg-type]
                value,
                float(row["spread"]) if row["spread"] else None,
                source_keys(row["source"]),
                row["read_status"],
                note,
            )
        )
    return tuple(found)


def limit_named(name: str, sex: str, age_years: float) -> Limit:
    """Return one figure of `limits_for` by its name; raises InputError naming the nearest."""
    limits = limits_for(sex, age_years)
    for limit in limits:
        if limit.name == name:
            return limit
    raise unknown("limit", name, [limit.name for limit in limits])


def tolerances(sex: str, age_years: float, per_day: float = 1) -> tuple[Limit, Limit]:
    """Return the limits a joint is held against: compression by age and sex, shear by how often a day.

    Up to 100 loadings a day the shear limit is that for seldom loading, above it that for frequent loading.
    """
    if not per_day >= 0:
        raise InputError(f"per_day is {per_day:g}; allowed is 0 or more loadings a day.", "per_day")
    shear = SHEAR_SELDOM if per_day <= SELDOM_PER_DAY else SHEAR_OFTEN
    return limit_named(BY_AGE, sex, age_years), limit_named(shear, sex, age_years)


def flag(value_n: float, limit: Limit) -> State:
    """Return "at or above" if value_n >= limit.value_n (N), else "below": the flag changes exactly at the value.

    Raises InputError for a load that is not finite.
    """
    if not math.isfinite(value_n):
        raise InputError(f"A load of {value_n} N cannot be held against '{limit.name}'.")
    return "at or above" if value_n >= limit.value_n else "below"


@dataclass(frozen=True)
class Use:
    """The largest load of one level over a result and what share of its limit it is: load_n N at frame `frame`."""

    level: str
    limit: Limit
    load_n: float
    frame: int

    @property
    def share(self) -> float:
        """Return load_n / limit.value_n."""
        return self.load_n / self.limit.value_n

    @property
    def state(self) -> State:
        """Return the flag of the load."""
        return flag(self.load_n, self.limit)


def uses(result: Result, limit: Limit) -> tuple[Use, ...]:
    """Return the largest use of one limit at every level, from the top.

    Compression counts where the joint is pressed together (max(0, C)), shear by its size forward or backward |S|.
    """
    found = []
    for level in result.levels:
        loads = result.level(level)
        load = np.abs(loads["anterior_shear_n"]) if limit.quantity == "shear" else np.maximum(loads["compression_n"], 0)
        frame = int(np.argmax(load))
        found.append(Use(level, limit, float(load[frame]), frame))
    return tuple(found)


def utilisation(result: Result, sex: str, age_years: float, per_day: float = 1) -> Table:
    """Return per level the largest compression and shear of a result, the limits and the share of them used."""
    pressed, sheared = (uses(result, limit) for limit in tolerances(sex, age_years, per_day))
    design = limit_named("NIOSH design limit", sex, age_years)
    rows = tuple(
        (
            *(c.level, c.load_n, float(result.time_s[c.frame]), c.limit.value_n, 100 * c.share, flag(c.load_n, design)),
            *(s.load_n, float(result.time_s[s.frame]), s.limit.value_n, 100 * s.share, s.state),
        )
        for c, s in zip(pressed, sheared, strict=True)
    )
    flagged = sum(status != "ok" for status in result.status)
    note = (
        f"Compression: {pressed[0].limit.name}, {pressed[0].limit.note} ({pressed[0].limit.read_status}); shear "
        f"forward or backward: {sheared[0].limit.name} ({sheared[0].limit.read_status}). Limits are for groups of "
        "people at work."
    )
    if per_day > OFTEN_PER_DAY:
        note += f" No shear limit is published for {per_day:g} loadings a day."
    if flagged:
        note += f" {flagged} of {result.frames} frames are flagged or at the edge of the recording."
    columns = (
        "level",
        "compression, N",
        "at, s",
        "limit, N",
        "share, %",
        "NIOSH 3400 N",
        "shear, N",
        "at, s",
        "limit, N",
        "share, %",
        "shear limit",
    )
    return Table("Joint load against its limit", columns, rows, (0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0), note)


def limits_table(result: Result, sex: str, age_years: float) -> Table:
    """Return every published figure beside the largest load of the result, with source and read status."""
    rows = []
    for limit in limits_for(sex, age_years):
        use = max(uses(result, limit), key=lambda u: u.share)
        rows.append(
            (
                *(limit.name, limit.quantity, limit.kind, limit.value_n, limit.spread_n),
                *(use.load_n, use.level, use.state, limit.read_status, "; ".join(limit.source)),
            )
        )
    columns = ("figure", "of", "kind", "value, N", "SD, N", "largest load, N", "level", "load is", "read", "source")
    note = "RECALLED: from memory, not yet checked against the source. Strength: where specimens failed on average."
    return Table("Published limits and strengths", columns, tuple(rows), (0, 0, 0, 0, 0, 0, 0, 0, 0, 0), note)
