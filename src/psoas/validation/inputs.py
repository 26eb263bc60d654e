"""How well the model's inputs are known: rows of the shipped tables by what they rest on."""

from __future__ import annotations

from importlib import resources

from psoas.sources.table import read_table

FOLDERS = ("anatomy/data", "motion/data")
BASES = ("measured", "regressed", "assumed")


def inputs() -> list[tuple[str, dict[str, int]]]:
    """Return (table, rows by measured, regressed, assumed) of every shipped table of inputs."""
    found = []
    for folder in FOLDERS:
        for entry in sorted(resources.files("psoas").joinpath(folder).iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".csv"):
                basis = read_table(f"{folder}/{entry.name}").text("basis")
                found.append((entry.name[:-4], {kind: basis.count(kind) for kind in BASES}))
    return found
