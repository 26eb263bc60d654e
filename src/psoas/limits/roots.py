"""Which nerve root leaves at which level, with its skin and main muscles: a table beside the load, no diagnosis."""

from __future__ import annotations

from psoas.errors import unknown
from psoas.result import LEVELS, Result
from psoas.sources.table import read_table
from psoas.tables import Cell, Table

DATA = "limits/data/roots.csv"
NOTE = (
    "Anatomy only. A load does not say whether a root is touched, and skin and muscles are served by several roots: "
    "nothing about a person's complaints can be concluded from this table."
)


def roots(result: Result | None = None) -> Table:
    """Return per level the root that leaves, the root that passes behind the disc, skin and muscles.

    With a result, its largest compression (N) and shear forward or backward (N) stand beside. Lumbar roots leave
    below the vertebra of their name. Sources: per row of limits/data/roots.csv.
    """
    rows: list[tuple[Cell, ...]] = []
    for row in read_table(DATA):
        cells: tuple[Cell, ...] = (row["level"], row["leaves_here"], row["passes_behind_the_disc"])
        if result is not None:
            loads = result.level(row["level"])
            cells += (float(loads["compression_n"].max()), float(abs(loads["anterior_shear_n"]).max()))
        cells += (row["skin_of_the_leaving_root"], row["muscles_of_the_leaving_root"])
        rows.append((*cells, row["read_status"], row["source"].replace(";", "; ")))
    loads_columns = ("compression, N", "shear, N") if result is not None else ()
    columns = (
        "level",
        "root that leaves",
        "root that passes",
        *loads_columns,
        "skin of the leaving root",
        "main muscles of the leaving root",
        "read",
        "source",
    )
    return Table("Nerve roots by level", columns, tuple(rows), (0,) * len(columns), NOTE)


def root_at(level: str) -> str:
    """Return the root that leaves at a level ("L4" at L4/L5); raises InputError for an unknown level."""
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    return next(row["leaves_here"] for row in read_table(DATA) if row["level"] == level)
