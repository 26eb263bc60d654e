"""What the page needs to say "joint or muscle": published limits, and which fascicle passes which level."""

from __future__ import annotations

from typing import Any

from psoas.anatomy.anatomy import Anatomy
from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.case.posture import LEVELS
from psoas.limits.endurance import DATA as ENDURANCE
from psoas.limits.endurance import TRUNK_GROUPS
from psoas.limits.tolerance import Limit, limit_named, tolerances
from psoas.limits.verdict import ALIKE
from psoas.sources.cite import bibliography
from psoas.sources.table import read_table, source_keys

CHAIN = (
    "thorax",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "pelvis",
)  # a level lies between two neighbours, in the order of LEVELS
ABOVE = ("head", "upper_arm", "forearm", "hand")


def limits_model(subject: Subject | None = None) -> dict[str, Any]:
    """Return the field `limits` of the page's model, plain values for JSON.

    compression, shear, design: the limits of `limits.tolerance` for the sex and age, value_n in N. passes: per
    fascicle, in the order of the anatomy, [first, last] row of LEVELS that it passes, [-1, -1] for none. endurance: the
    curves of `limits.endurance`, seconds = time_at_full_s * activation ** exponent, +- spread as a fraction.
    alike: shares of joint and muscle closer than this are called alike. Raises InputError for an age out of range.
    """
    subject = subject or Subject()
    compression, shear = tolerances(subject.sex, subject.age_years)
    design = limit_named("NIOSH design limit", subject.sex, subject.age_years)
    return {
        "compression": _written(compression),
        "shear": _written(shear),
        "design": _written(design),
        "alike": ALIKE,
        "passes": passes(scale(subject)),
        "endurance": _curves(),
        "trunk_groups": sorted(TRUNK_GROUPS),
    }


def passes(anatomy: Anatomy) -> list[list[int]]:
    """Return per fascicle the first and last row of LEVELS between its highest and lowest body, [-1, -1] for none."""
    found = []
    for fascicle in anatomy.fascicles:
        places = [_place(body) for body, _ in fascicle.path]
        first, last = min(places), max(places) - 1
        found.append([first, last] if first <= last else [-1, -1])
    return found


def _place(body: str) -> int:
    if body in CHAIN:
        return CHAIN.index(body)
    return 0 if body.startswith(ABOVE) else len(LEVELS)  # legs hang below the pelvis and pass no lumbar level


def _written(limit: Limit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "value_n": limit.value_n,
        "note": limit.note,
        "read_status": limit.read_status,
        "sources": _short(limit.source),
    }


def _curves() -> dict[str, dict[str, Any]]:
    table = read_table(ENDURANCE)
    return {
        row["region"]: {
            "time_at_full_s": float(row["time_at_full_s"]),
            "exponent": float(row["exponent_power"]),
            "lowest": float(row["lowest_ratio"]),
            "few_below": float(row["sparse_below_ratio"]),
            "spread": float(row["spread"].split("..")[1]),
            "sources": _short(source_keys(row["source"])),
        }
        for row in table.rows
    }


def _short(keys: tuple[str, ...]) -> list[str]:
    known = bibliography()
    return [known[key].short for key in keys]
