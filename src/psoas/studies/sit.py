"""Sitting: a person goes from standing onto a chair or up from it, and sits there in eight ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.body.body import Body
from psoas.case.case import Case
from psoas.case.change import Change, told_of
from psoas.case.movement import Movement
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.frames import Frames, effort_of, frames_of
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.result import Result
from psoas.studies.situations import (
    Situation,
    compression,
    compute,
    computed,
    contacts_table,
    levels_table,
    loads_table,
    ratio,
    situations,
    sources_of,
)
from psoas.studies.study import Study, Trace
from psoas.tables import Table

UPPER_FASCICLE = "psoas_L1_VB_r"
BENT, PROPPED = "bent forward", "bent forward, elbows on thighs"
GROUPS = (("psoas_major", "psoas"), ("multifidus", "multifidus"), ("erector_spinae", "erector spinae"))


def sit(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    way: Literal["down", "up"] = "down",
    seats: bool = True,
) -> Study:
    """Sit down on a chair or stand up, beside the untouched person where something is changed; then ways to sit.

    Both persons make the same movement, so that the difference is the
    muscle's alone. Lengths and forces are of all fascicles of a group on both sides; places are of the right psoas,
    against the soles of the feet. The table of seats is of the untouched person and, below each, the changed one.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        hands_kg: Load in both hands together.
        way: down onto the chair, or up from it.
        seats: Also the table of ways to sit: erect, slumped, slouched, backrests, low chair, elbows on thighs.

    """
    normal = Case(
        subject=subject or Subject(),
        motion=Movement(pattern="sit" if way == "down" else "stand_up"),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="normal",
    )
    frames = frames_of(normal)
    results = [result_of(normal, frames)]
    if change is not None and (not change.is_empty or change.tone is not None):
        changed = normal.with_changes(change=change, name=told_of(change))
        results.append(result_of(changed, replace(frames, effort=effort_of(changed, frames.body, supported=False))))
    places = _places(frames)
    tables, said, sources = _seats(subject, change, hands_kg) if seats else ((), (), ())
    return Study(
        f"{'Sitting down on a chair' if way == 'down' else 'Standing up from a chair'}: {person(subject)}",
        tuple(results),
        frames.phases,
        tuple(_traces(frames, results, places)),
        (*_findings(frames, results, places), *said),
        tables,
        sources=sources,
    )


def _seats(
    subject: Subject | None, change: Change | None, hands_kg: float
) -> tuple[tuple[Table, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the ways to sit beside standing: tables, what they say, and sources."""
    standing = Situation("standing", Posture(), Surroundings(), "assumed", ("psoas_assumed",), "")
    found = [computed(standing, subject, change, hands_kg), *compute(situations("sit"), subject, change, hands_kg)]
    tables = (
        loads_table("Ways to sit", found),
        levels_table("Compression at every level", found),
        contacts_table("What bears", found),
    )

    def share(name: str) -> float:
        return ratio(found, name)

    slouched, erect, slumped = (
        share(f"{word} a backrest") for word in ("slouched on", "erect without", "slumped without")
    )
    by_name = {x.situation.name: compression(x) for x in found}
    propped, free = by_name[PROPPED], by_name[BENT]
    upright, reclined = share("backrest of 90 degrees"), share("backrest of 110 degrees")
    lowered = max(upright, reclined) < erect
    said = (
        f"Against standing L4/L5 carries {erect:.2f} erect without a backrest; pressure gauges gave 0.9 to 1.4, later "
        "ones about 1, so no sign is claimed (Wilke 1999, Nachemson 1981, Li 2022).",
        f"Slouched on a backrest it carries {slouched:.2f}; measured in one man 0.54 (Wilke 1999).",
        f"Slumped without a backrest it carries {slumped:.2f}; one man who sat nonchalantly had 0.60, on what is not "
        "said (Wilke 1999).",
        f"On a backrest of 90 degrees it carries {upright:.2f}, of 110 degrees {reclined:.2f}; measured pressures are "
        f"lower on a backrest, by how much is not settled, and this {'agrees' if lowered else 'disagrees'}.",
        f"Bent forward, elbows on the thighs change {free:.0f} N into {propped:.0f} N; no pressure was found "
        "measured for it, but a hand on a basin took about 30 % off implants (Rohlmann 2014).",
    )
    return tables, said, sources_of(found, "wilke1999", "nachemson1981", "li2022", "rohlmann2014")


def _places(frames: Frames) -> dict[str, np.ndarray]:
    """World places (F, 3) [m] of the ends of the upper psoas fascicle."""
    body = frames.body
    assert body.anatomy is not None
    kin = kinetics(body, frames.positions)
    path = next(f.path for f in body.anatomy.fascicles if f.name == UPPER_FASCICLE)
    return {
        "upper": world_points(body, kin, path[0][0], np.array(path[0][1])),
        "lower": world_points(body, kin, path[-1][0], np.array(path[-1][1])),
    }


def _angle(frames: Frames, *names: str) -> np.ndarray:
    return np.degrees(frames.positions[:, frames.body.rows(names)].sum(axis=1))


def _lumbar(body: Body) -> tuple[str, ...]:
    return tuple(f"{level}_flexion" for level in body.levels)


def _traces(frames: Frames, results: list[Result], places: dict[str, np.ndarray]) -> list[Trace]:
    count = len(results)
    shared = [
        ("trunk inclination", "deg", _angle(frames, "pelvis_tilt", *_lumbar(frames.body)), 0),
        ("pelvis tilt", "deg", _angle(frames, "pelvis_tilt"), 0),
        ("hip flexion", "deg", _angle(frames, "hip_flexion_r"), 0),
        ("lumbar flexion", "deg", _angle(frames, *_lumbar(frames.body)), 0),
        ("psoas lower end, forward", "cm", 100 * places["lower"][:, 0], 1),
        ("psoas lower end, height", "cm", 100 * places["lower"][:, 1], 1),
        ("psoas upper end, forward", "cm", 100 * places["upper"][:, 0], 1),
        ("psoas upper end, height", "cm", 100 * places["upper"][:, 1], 1),
    ]
    traces = [Trace(label, unit, (values,) * count, decimals) for label, unit, values, decimals in shared]
    for group, label in GROUPS:
        sums = [r.group(group) for r in results]
        traces.append(Trace(f"{label} length (mean)", "mm", tuple(1e3 * s.length_m for s in sums), 0))
        traces.append(Trace(f"{label} force", "N", tuple(s.force_n for s in sums), 0))
    for level in ("L4/L5", "L5/S1"):
        traces.append(Trace(f"{level} forward shear", "N", tuple(r.level(level)["anterior_shear_n"] for r in results)))
    return traces


def _findings(frames: Frames, results: list[Result], places: dict[str, np.ndarray]) -> list[str]:
    normal = results[0]
    first, last = 0, normal.frames - 1
    start, end = frames.phases[0][0], frames.phases[-1][0]
    psoas = normal.group("psoas_major")
    lower = 100 * (places["lower"][last] - places["lower"][first])
    upper = 100 * (places["upper"][last] - places["upper"][first])
    curve = _angle(frames, *_lumbar(frames.body))
    length = 1e3 * psoas.length_m
    found = [
        f"From {start} to {end} the psoas's lower end moves {_way(lower)}, its upper end {_way(upper)} "
        "(against the feet).",
        f"Its path goes from {length[first]:.0f} to {length[last]:.0f} mm (mean of its fascicles), shortest "
        f"{length.min():.0f} mm; its force from {psoas.force_n[first]:.0f} to {psoas.force_n[last]:.0f} N, both sides.",
        f"The lumbar curve {'flattens' if curve[last] > curve[first] else 'deepens'} by "
        f"{abs(curve[last] - curve[first]):.0f} degrees (an input: Endo 2012 and Sun 2022).",
    ]
    for group, label in GROUPS[1:]:
        g = normal.group(group)
        change = 100 * (g.length_m[last] / g.length_m[first] - 1.0)
        found.append(
            f"The {label} {'lengthens' if change > 0 else 'shortens'} by {abs(change):.0f} %; its force goes from "
            f"{g.force_n[first]:.0f} to {g.force_n[last]:.0f} N, largest {g.force_n.max():.0f} N."
        )
    if len(results) > 1:
        tight = results[1].group("psoas_major")
        found.append(
            f"With {results[1].name} the psoas pulls {tight.force_n[first]:.0f} N {start} and "
            f"{tight.force_n[last]:.0f} N {end}, against {psoas.force_n[first]:.0f} and {psoas.force_n[last]:.0f} N."
        )
    return found


def _way(move: np.ndarray) -> str:
    along = f"{abs(move[0]):.0f} cm {'forward' if move[0] > 0 else 'back'}"
    up = f"{abs(move[1]):.0f} cm {'up' if move[1] > 0 else 'down'}"
    return f"{along} and {up}"
