"""Who loads what: the shares of every cause in a level's load, as tables for page and terminal."""

from __future__ import annotations

import re

import numpy as np

from psoas.report.measures import largest, peak_frame
from psoas.result import Result
from psoas.tables import Cell, Table

MOST_CAUSES = 10


def cause_rows(result: Result, load: str) -> tuple[int, int, list[tuple[str, np.ndarray]]]:
    """Return level and frame of the largest compression and what causes a load there, (cause, (6,)), largest first.

    Beyond MOST_CAUSES the rest is one row, so that the rows still sum to the load.
    """
    assert result.causes is not None
    row = int(np.nanargmax(np.abs(largest(result, "compression_n"))))
    frame = peak_frame(result, row)
    parts = [(plain_cause(name), np.asarray(v)[:, frame]) for name, v in result.causes.get(load, {}).items()]
    parts.sort(key=lambda part: -float(np.abs(part[1]).max()))
    parts = [part for part in parts if np.abs(part[1]).max() > 1e-6]
    if len(parts) > MOST_CAUSES:
        rest = np.sum([v for _, v in parts[MOST_CAUSES:]], axis=0)
        parts = [*parts[:MOST_CAUSES], (f"{len(parts) - MOST_CAUSES} others", rest)]
    return row, frame, parts


def plain_cause(name: str) -> str:
    """Return a cause in words: `longissimus_thoracis_pars_lumborum active` is "longissimus, lumbar part, active"."""
    name = re.sub(r"(?:_thoracis|_lumborum)?_pars_lumborum", ", lumbar part,", name)
    name = re.sub(r"(?:_thoracis|_lumborum)?_pars_thoracis", ", thoracic part,", name)
    return plain(name.replace("contact ", "contact: "))


def plain(name: str) -> str:
    """Return a name of the model in words: `foot_r` is "foot, right"."""
    return re.sub(r"_r\b", ", right", re.sub(r"_l\b", ", left", name)).replace("_", " ")


def cause_table(result: Result, load: str, title: str, decimals: int = 0) -> Table:
    """Return who loads what: a row per cause, a column per level, the load itself last."""
    row, frame, parts = cause_rows(result, load)
    rows: list[tuple[Cell, ...]] = [(name, *(float(v) for v in values)) for name, values in parts]
    rows.append(("together", *(float(v) for v in np.asarray(result.loads[load])[:, frame])))
    when, note = "", ""
    if result.frames > 1:
        when = f" at {result.time_s[frame]:.2f} s"
        note = f"Of the movement only the moment{when}, when {result.levels[row]} carries its largest compression."
    return Table(f"{title}{when}", ("cause", *result.levels), tuple(rows), (0, *(decimals,) * len(result.levels)), note)


def cause_tables(result: Result, name: str = "") -> list[Table]:
    """Return compression and forward shear by cause, none where the result was not asked for causes.

    name: begins the titles, where several results are told.
    """
    if not result.causes:
        return []
    who = f"{name}: " if name else ""
    told = (("compression_n", "compression"), ("anterior_shear_n", "forward shear"))
    titles = [(load, f"{who}{what}, N, by cause") for load, what in told if load in result.causes]
    return [cause_table(result, load, title[:1].upper() + title[1:]) for load, title in titles]
