"""Prolapse-type loading: compression with flexion, once and repeated, against what cadaver and pig discs bore."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from psoas.errors import InputError
from psoas.result import Result
from psoas.sources.table import Parameters, read_parameters, read_table
from psoas.tables import Table

DATA, EVIDENCE, FATIGUE = "limits/data/prolapse.csv", "limits/data/prolapse_evidence.csv", "limits/data/fatigue.csv"
CYCLES = (10, 100, 500, 1000, 5000)
NOTE = (
    "Index 1: the disc is bent to its elastic limit and pressed as hard as cadaver discs that then prolapsed. The "
    "figures are of dead segments, some from memory; how a living disc answers to repetition is not known. It is no "
    "person's risk."
)


@dataclass(frozen=True)
class Prolapse:
    """One level: bending and pressing as shares of the reference, index their smaller one, at frame `frame`.

    repeated: loadings / the number of bends in which pig discs herniated at that compression, at index > 0 only.
    """

    level: str
    frame: int
    bending: float
    pressing: float
    repeated: float

    @property
    def index(self) -> float:
        """Return min(bending, pressing): both are needed for a prolapse of this kind."""
        return min(self.bending, self.pressing)


@lru_cache(maxsize=1)
def _figures() -> Parameters:
    return read_parameters(DATA)


def disc_bending_limit() -> float:
    """Return the disc's own bending moment at the elastic limit [N m]: segment's limit * share of the disc."""
    p = _figures()
    return p["segment_bending_limit"] * p["disc_share_of_bending"]


def prolapse(result: Result, loadings: float = 1) -> tuple[Prolapse, ...]:
    """Return the index of every level at its worst frame, from the top.

    bending = max(0, M) / disc_bending_limit with M the disc's flexion moment [N m]; pressing = max(0, C) N^(q/p) / C0
    with C the compression [N], N the loadings, C0 the mean compression at which flexed discs prolapsed, and p, q the
    exponents of load and count with which C^p N^q fits cadaver tests. index = min of both: this loading needs both.
    Raises InputError for loadings below 1. Sources: adams1982, adams1991, adams1980bending, coenen2012, callaghan2001.
    """
    if not (math.isfinite(loadings) and loadings >= 1):
        raise InputError(f"loadings is {loadings:g}; allowed is 1 or more.", "loadings")
    p = _figures()
    many = loadings ** (p["cycle_exponent"] / p["load_exponent"])
    found = []
    for level in result.levels:
        loads = result.level(level)
        bending = np.maximum(loads["flexion_moment_nm"], 0.0) / disc_bending_limit()
        pressed = np.maximum(loads["compression_n"], 0.0)
        pressing = pressed * many / p["prolapse_compression"]
        frame = int(np.argmax(np.minimum(bending, pressing)))
        repeated = loadings / _porcine_cycles(float(pressed[frame])) if bending[frame] > 0 else 0.0
        found.append(Prolapse(level, frame, float(bending[frame]), float(pressing[frame]), repeated))
    return tuple(found)


def _porcine_cycles(compression: float) -> float:
    # Steps, not a line: two series are known, and the fewest bends of each are taken.
    p = _figures()
    return p["porcine_high_cycles"] if compression >= p["porcine_high_load"] else p["porcine_low_cycles"]


def table(result: Result, loadings: float = 1) -> Table:
    """Return the index per level as a table."""
    rows = []
    for x in prolapse(result, loadings):
        load = result.level(x.level)
        cells = (float(load["compression_n"][x.frame]), float(load["flexion_moment_nm"][x.frame]))
        rows.append((x.level, *cells, 100 * x.bending, 100 * x.pressing, x.index, 100 * x.repeated))
    columns = (
        "level",
        "compression, N",
        "disc's flexion moment, N m",
        "bending, % of its limit",
        f"pressing, % ({loadings:g} loadings)",
        "index",
        "loadings, % of those that herniated pig discs",
    )
    return Table("Prolapse-type loading", columns, tuple(rows), (0, 0, 1, 0, 0, 2, 1), NOTE)


def evidence() -> Table:
    """Return what is known and unknown of prolapse under load, with source and read status."""
    rows = tuple((r["finding"], r["known"], r["read_status"], r["source"]) for r in read_table(EVIDENCE))
    return Table("Prolapse under load: what is known", ("finding", "known", "read", "source"), rows)


def fatigue_share(relative_load: float, loadings: float) -> tuple[float, float] | None:
    """Return the least and greatest share of cadaver segments that broke, or None beyond the table.

    The row whose range holds load / strength, at the listed numbers of loadings on both sides (10 to 5000; fewer than
    10: from 0). Loads under 20 % or above 70 % of strength, and more loadings, are beyond. Source: brinckmann1988.
    """
    table = read_table(FATIGUE)
    low, high = table.si("low_ratio"), table.si("high_ratio")
    rows = [i for i in range(len(table)) if low[i] <= relative_load < high[i] or relative_load == high[-1] == high[i]]
    if not rows or not 0 < loadings <= CYCLES[-1]:
        return None
    below = [n for n in CYCLES if n <= loadings]
    above = next(n for n in CYCLES if n >= loadings)
    least = float(table.si(f"cycles_{below[-1]}_ratio")[rows[0]]) if below else 0.0
    return least, float(table.si(f"cycles_{above}_ratio")[rows[0]])
