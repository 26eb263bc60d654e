"""Everyday and low-impact activities in one table: load at L4/L5, its interval, and a dose per hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import Change, told_of
from psoas.case.movement import Movement
from psoas.chain import result_of
from psoas.frames import Frames, frames_of
from psoas.result import Result
from psoas.studies.situations import Situation, computed, situations
from psoas.studies.study import Study
from psoas.tables import Cell, Table

LEVEL, LOWEST = "L4/L5", "L5/S1"
WALKING = "walking, one man's stride"
DOSE = (
    "Dose per hour: the root of the mean of the squared compression at L4/L5 over the activity, times one hour, in "
    "kN h. The square is how damage grew with load in cadaver segments (Coenen 2012); time counts in full, which they "
    "did not find for repetition. It ranks activities; it is no threshold."
)
HEADS = (
    "Compression at L4/L5: mean and largest over the activity, its interval where --interval asks for it, mean over "
    "that of standing; largest at L5/S1; forward shear at L4/L5; dose per hour; where the angles are from."
)
LEFT_OUT = (
    "Stairs and the strokes of swimming are left out: no cited angles and forces of a whole cycle were found to "
    "compute them from. Postures are held still: pedalling, digging and splashing are not in them."
)


@dataclass(frozen=True)
class Activity:
    """One activity computed: untouched and, where something is changed, changed; `basis` of its angles."""

    name: str
    result: Result
    changed: Result | None
    basis: str


def activities(
    subject: Subject | None = None, *, change: Change | None = None, walking: bool = True, interval: bool = False
) -> Study:
    """Compare everyday activities: lying, sitting, standing, walking, carrying, weeding, cycling, floating.

    Args:
        subject: The person.
        change: What is tight, weak or inhibited, and the tone.
        walking: Also a stride, which takes a little longer.
        interval: Low and high over the published ranges of the model's inputs; 24 more runs for each activity.

    """
    found = [_posture(s, subject, change, interval) for s in situations("activities")]
    if walking:
        found.append(_walk(subject, change, interval))
    found.sort(key=lambda a: _dose(a.result))
    standing = next(a for a in found if a.name == "standing")
    rows = []
    for activity in found:
        for result, name in ((activity.result, activity.name), (activity.changed, f"{activity.name}, changed")):
            if result is not None:
                rows.append(_row(name, result, activity.basis, _mean(standing.result), interval))
    columns = (
        "activity",
        "mean, N",
        "largest, N",
        *(("low, N", "high, N") if interval else ()),
        "over standing",
        f"{LOWEST}, N",
        "shear, N",
        "dose, kN h",
        "angles",
    )
    decimals = (0, 0, 0, *((0, 0) if interval else ()), 2, 0, 0, 2, 0)
    note = f"{HEADS} {DOSE} {LEFT_OUT}"
    table = Table("Activities, least dose first", columns, tuple(rows), decimals, note)
    others = [a for a in found if a is not standing]
    results = (standing.result, *(a.result for a in others), *(a.changed for a in found if a.changed is not None))
    keys = [key for s in situations("activities") for key in s.sources]
    sources = tuple(dict.fromkeys((*keys, "coenen2012", "wilke1999", "rohlmann2014", "nachemson1981")))
    changed = f"; changed: {told_of(change)}" if change is not None and len(results) > len(found) else ""
    return Study(
        f"Everyday activities: {person(subject)}{changed}",
        results,
        findings=tuple(_findings(found, standing)),
        tables=(table,),
        sources=sources,
    )


def _posture(s: Situation, subject: Subject | None, change: Change | None, interval: bool) -> Activity:
    x = computed(s, subject, change)
    result = result_of(x.case, x.frames, interval=True) if interval else x.result
    return Activity(s.name, result, x.changed, "assumed" if s.basis == "assumed" else s.sources[0])


def _walk(subject: Subject | None, change: Change | None, interval: bool) -> Activity:
    case = Case(subject=subject or Subject(), motion=Movement(pattern="step"), name=WALKING)
    frames: Frames = frames_of(case)
    result = result_of(case, frames, interval=interval)
    changed = None
    if change is not None and (not change.is_empty or change.tone is not None):
        other = case.with_changes(change=change, name=f"{WALKING}, changed")
        changed = result_of(other, frames_of(other))
    return Activity(WALKING, result, changed, "recorded")


def _steady(result: Result) -> np.ndarray:
    """Return which frames (F,) count: not the repeated ends of a stride."""
    return np.array([status != "edge" for status in result.status])


def _compression(result: Result, level: str = LEVEL) -> np.ndarray:
    return result.level(level)["compression_n"][_steady(result)]


def _mean(result: Result) -> float:
    return float(_compression(result).mean())


def _dose(result: Result) -> float:
    """D = sqrt(mean F^2) * 1 h [kN h] per hour."""
    return 1e-3 * float(np.sqrt((_compression(result) ** 2).mean()))


def _row(name: str, result: Result, basis: str, standing: float, interval: bool) -> tuple[Cell, ...]:
    between: tuple[Cell, ...] = ()
    if result.interval is not None:
        span, row, kept = result.interval["compression_n"], result.levels.index(LEVEL), _steady(result)
        at = int(np.argmax(_compression(result)))
        between = (float(span["low"][row][kept][at]), float(span["high"][row][kept][at]))
    elif interval:
        between = (None, None)
    shear = result.level(LEVEL)["anterior_shear_n"][_steady(result)]
    return (
        *(name, _mean(result), float(_compression(result).max()), *between, _mean(result) / standing),
        *(float(_compression(result, LOWEST).max()), float(shear[np.argmax(np.abs(shear))]), _dose(result), basis),
    )


def _findings(found: list[Activity], standing: Activity) -> list[str]:
    least, most = found[0], found[-1]
    ratio = {a.name: _mean(a.result) / _mean(standing.result) for a in found}
    said = [
        f"Of these the least dose is {least.name} ({_dose(least.result):.2f} kN h an hour), the most {most.name} "
        f"({_dose(most.result):.2f}); standing is {_dose(standing.result):.2f}."
    ]
    walk = next((a for a in found if a.name == WALKING), None)
    if walk is not None:
        peak = float(_compression(walk.result).max()) / _mean(standing.result)
        said.append(
            f"Walking presses L4/L5 at most {peak:.2f} times as much as standing; pressure in one man gave 1.06 to "
            "1.30, implants in five people 1.71 (Wilke 1999, Rohlmann 2014)."
        )
    one, both = ratio["carrying 10 kg in one hand"], ratio["carrying 5 kg in each hand"]
    said.append(
        f"10 kg in one hand press L4/L5 {one:.2f} times as much as standing, split between both hands {both:.2f}; "
        "pressure with a load in one hand was not found measured."
    )
    free, propped = ratio["weeding with straight knees"], ratio["weeding, a hand on the knee"]
    said.append(
        f"Weeding with straight knees {free:.2f}, with a hand on the knee {propped:.2f}; a hand on a basin took about "
        "30 % off implants (Rohlmann 2014)."
    )
    said.append("Cycling and swimming: no disc pressure was found measured; these rows are the model's alone.")
    flagged = [a.name for a in found if any(s.startswith("flagged") for s in a.result.status)]
    if flagged:
        said.append(f"Not fully met by the model's muscles: {', '.join(flagged)}.")
    return said
