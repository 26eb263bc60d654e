"""Postures put side by side: read from the table of situations, computed, and laid out in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change, told_of
from psoas.case.posture import Posture, Sided
from psoas.case.quantities import show_fraction
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.frames import Frames, effort_of, frames_of
from psoas.result import Result
from psoas.sources.table import read_table
from psoas.tables import Cell, Table

TABLE = "studies/data/situations.csv"
ANGLES = ("pelvis_tilt_deg", "trunk_flexion_deg", "neck_flexion_deg")
LIMBS = ("hip_flexion_deg", "knee_flexion_deg", "shoulder_flexion_deg", "elbow_flexion_deg")
CHAIR = ("backrest_deg", "seat_height_m", "lumbar_support_m", "rucksack_kg")
HEADS = (
    "Tilt of the pelvis, flexion of the lumbar spine, inclination of the thorax; compression, its ratio to the first "
    "row, forward shear at L4/L5; activity of erector spinae and psoas; where the angles are from."
)
WATER = "water"  # the word for a body that water carries


@dataclass(frozen=True)
class Situation:
    """One posture of a study: its name, what a scenario would say of it, and where its figures come from."""

    name: str
    posture: Posture
    surroundings: Surroundings
    basis: str
    sources: tuple[str, ...]
    note: str
    water: bool = False


@dataclass(frozen=True)
class Computed:
    """A situation with its frames and result; `changed` is the result with the change, if there is one."""

    situation: Situation
    case: Case
    frames: Frames
    result: Result
    changed: Result | None = None


@lru_cache(maxsize=8)
def situations(study: str) -> tuple[Situation, ...]:
    """Return the situations of a study in the order of its table."""
    return tuple(_situation(row) for row in read_table(TABLE).where("study", study).rows)


def _situation(row: dict[str, str]) -> Situation:
    posture: dict[str, Any] = {"preset": row["preset"]}
    posture |= {key: float(row[key]) for key in ANGLES if row[key]}
    posture |= {key: Sided(left=float(row[key]), right=float(row[key])) for key in LIMBS if row[key]}
    for key, column in (("hip_flexion_deg", "right_hip_deg"), ("knee_flexion_deg", "right_knee_deg")):
        if row[column]:
            posture[key] = Sided(right=float(row[column]))
    around: dict[str, Any] = {key: float(row[key]) for key in CHAIR if row[key]}
    words = [word for word in row["around"].split(";") if word]
    for word in words:
        key, _, value = word.partition("=")
        if word != WATER:
            around[key] = value or True
    if row["both_kg"] or row["right_kg"]:
        half = float(row["both_kg"] or 0.0) / 2.0
        around["hands_kg"] = Sided(left=half, right=half + float(row["right_kg"] or 0.0))
    return Situation(
        row["name"],
        Posture(**posture),
        Surroundings(**around),
        row["basis"],
        tuple(row["source"].split(";")),
        row["note"],
        WATER in words,
    )


def compute(
    chosen: Iterable[Situation], subject: Subject | None, change: Change | None, hands_kg: float
) -> list[Computed]:
    """Return each situation computed: posed once, balanced untouched and, where something is changed, changed.

    hands_kg: in both hands together, where the situation says nothing of the hands.
    """
    return [computed(s, subject, change, hands_kg) for s in chosen]


def computed(situation: Situation, subject: Subject | None, change: Change | None, hands_kg: float = 0.0) -> Computed:
    """Return one situation computed, as `compute`."""
    around = situation.surroundings
    if hands_kg and not around.load_kg:
        around = around.model_copy(update={"hands_kg": Sided(left=hands_kg / 2, right=hands_kg / 2)})
    case = Case(subject=subject or Subject(), posture=situation.posture, surroundings=around, name=situation.name)
    frames = frames_of(case)
    if situation.water:
        frames = _afloat(frames)
    result = result_of(case, frames)
    if change is None or (change.is_empty and change.tone is None):
        return Computed(situation, case, frames, result)
    changed = case.with_changes(change=change, name=f"{situation.name}, changed")
    supported = bool(np.isclose(frames.effort.floor.max(), _tone(frames, "tone_supported")))
    effort = effort_of(changed, frames.body, supported=supported)
    return Computed(situation, case, frames, result, result_of(changed, replace(frames, effort=effort)))


def _tone(frames: Frames, name: str) -> float:
    assert frames.body.anatomy is not None
    return float(frames.body.anatomy.parameters[name])


def _afloat(frames: Frames) -> Frames:
    """Return the frames with every segment carried by water: its weight, upwards, at its mass centre."""
    from psoas.mechanics.columns import AppliedForce
    from psoas.mechanics.kinetics import kinetics, world_points

    body = frames.body
    kin = kinetics(body, frames.positions)
    gravity = -np.array(body.model.opt.gravity)
    lifts = tuple(
        AppliedForce(
            name,
            np.tile(body.model.body_mass[i] * gravity, (len(kin), 1)),
            world_points(body, kin, name, body.model.body_ipos[i]),
        )
        for name, i in body.bodies.items()
        if body.model.body_mass[i] > 0.0
    )
    return replace(frames, applied=(*frames.applied, *lifts))


def angles(found: Computed) -> tuple[float, float, float]:
    """Return pelvis tilt, lumbar flexion and inclination of the thorax of the posture found, degrees."""
    body, q = found.frames.body, found.frames.positions[0]
    tilt = float(np.degrees(q[body.dof["pelvis_tilt"]]))
    lumbar = float(np.degrees(q[body.rows(tuple(f"{level}_flexion" for level in body.levels))].sum()))
    return tilt, lumbar, tilt + lumbar


def loads_table(title: str, found: Sequence[Computed], note: str = "") -> Table:
    """Return one row per situation: angles, loads at L4/L5 and L5/S1, the ratio to the first, muscles, psoas."""
    first = float(found[0].result.level("L4/L5")["compression_n"][0])
    rows: list[tuple[Cell, ...]] = []
    for x in found:
        for result, label in ((x.result, x.situation.name), (x.changed, f"{x.situation.name}, changed")):
            if result is None:
                continue
            low, lowest = result.level("L4/L5"), result.level("L5/S1")
            rows.append(
                (
                    *(label, *angles(x)),
                    *(float(low["compression_n"][0]), float(low["compression_n"][0]) / first),
                    *(float(low["anterior_shear_n"][0]), float(lowest["compression_n"][0])),
                    *(100 * float(result.group(g).activation[0]) for g in ("erector_spinae", "psoas_major")),
                    "assumed" if x.situation.basis == "assumed" else x.situation.sources[0],
                )
            )
    columns = (
        "posture",
        "tilt, deg",
        "lumbar, deg",
        "trunk, deg",
        "L4/L5, N",
        "over first",
        "shear, N",
        "L5/S1, N",
        "erector, %",
        "psoas, %",
        "angles",
    )
    note = f"{HEADS} {note}".strip()
    return Table(title, columns, tuple(rows), (0, 0, 0, 0, 0, 2, 0, 0, 1, 1, 0), note)


def levels_table(title: str, found: Sequence[Computed]) -> Table:
    """Return compression at every level (N), one column per situation."""
    results = [(x.situation.name, x.result) for x in found]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (level, *(float(r.loads["compression_n"][i, 0]) for _, r in results))
        for i, level in enumerate(results[0][1].levels)
    )
    return Table(title, ("level", *(f"{name}, N" for name, _ in results)), rows)


def contacts_table(title: str, found: Sequence[Computed]) -> Table:
    """Return the force of every contact: forward, up, right (N), and what relaxed arms leave on desk and armrests."""
    rows: list[tuple[Cell, ...]] = []
    for x in found:
        contacts, rests = x.result.contacts, dict(resting(x.frames))
        forces = {name: contacts.force_n[i, 0] for i, name in enumerate(contacts.names)} | rests
        for name, force in forces.items():
            label = f"{name}, relaxed arm" if name in rests else name
            rows.append((x.situation.name, label, *(float(v) for v in force)))
    return Table(title, ("posture", "contact", "forward, N", "up, N", "right, N"), tuple(rows))


def resting(frames: Frames) -> list[tuple[str, np.ndarray]]:
    """Return name and force (3,) [N] of what desk or armrests carry of the relaxed arms."""
    return [(r.name, r.force.force[0]) for r in frames.rests]


def results_of(found: Sequence[Computed]) -> tuple[Result, ...]:
    """Return the untouched results in order, then the changed ones."""
    return (*(x.result for x in found), *(x.changed for x in found if x.changed is not None))


def sources_of(found: Sequence[Computed], *more: str) -> tuple[str, ...]:
    """Return the keys that the angles of these situations rest on, and more."""
    return tuple(dict.fromkeys((*(key for x in found for key in x.situation.sources), *more)))


def ratio(found: Sequence[Computed], name: str, level: str = "L4/L5") -> float:
    """Return the compression of a situation over that of the first."""
    chosen = next(x for x in found if x.situation.name == name)
    return compression(chosen, level) / compression(found[0], level)


def compression(x: Computed, level: str = "L4/L5") -> float:
    """Return the compression (N) of the untouched person at a level."""
    return float(x.result.level(level)["compression_n"][0])


def on_change(found: Sequence[Computed], change: Change | None) -> list[str]:
    """Return what a change does to L4/L5 (N) and the psoas (N, both sides) in each situation; nothing without one."""
    pairs = [(x.situation.name, x.result, x.changed) for x in found if x.changed is not None]
    if change is None or not pairs:
        return []
    told = []
    for name, before, after in pairs:
        low, now = (float(r.level("L4/L5")["compression_n"][0]) for r in (before, after))
        told.append(f"{name} {round(now - low):+d} N ({signed(100 * (now - low) / abs(low))} %)")
    name, before, after = pairs[0]
    pulls = [float(r.group("psoas_major").force_n[0]) for r in (before, after)]
    return [
        f"Changed ({told_of(change)}), L4/L5 carries more (+) or less (-) in the same postures: {'; '.join(told)}. "
        f"The psoas pulls {pulls[1]:.0f} N instead of {pulls[0]:.0f} N with \u201c{name}\u201d."
    ]


def signed(value: float) -> str:
    """Return a change to one decimal with its sign, and nothing as +0.0, never -0.0."""
    return f"{round(value, 1) + 0.0:+.1f}"


def more_or_less(value: float) -> str:
    """Return a ratio to the first as words: "12 % more", "40 % less", "as much"."""
    if abs(value - 1.0) < 0.005:
        return "as much"
    return f"{show_fraction(abs(value - 1.0), 0)} {'more' if value > 1.0 else 'less'}"
