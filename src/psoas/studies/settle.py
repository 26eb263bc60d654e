"""Settling: where pelvis and spine come to rest when a muscle changes and the person does not correct it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import Frames, effort_of, frames_of
from psoas.mechanics.joints import JointLoads
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.settle import Rest, Settled, reflex_gain, rests, unsteered
from psoas.mechanics.settle import settle as settled
from psoas.mechanics.stability import Balanced, balance
from psoas.result import Result
from psoas.studies.study import Study
from psoas.tables import Cell, Curve, Figure, Table

LARGEST_REFLEX = 10.0
MOST_STARTS = 1000
WIDEST_DEG = 15.0
TIPS = "it tips over"
SEEN_DEG = 0.05  # less is not told as a change
DOSES = (
    ("tight", "psoas_major", (0.0, 0.05, 0.10, 0.15, 0.20)),
    ("weak", "extensors", (0.1, 0.2, 0.3, 0.4, 0.5)),
    ("inhibited", "extensors", (0.1, 0.2, 0.3, 0.4, 0.5)),
)
CLINICAL = (
    "Clinical measurements do not find that people with tight hip flexors have a deeper lordosis (heino1990, r about "
    "0); this is what the mechanics alone says."
)
HELD = (
    "Feet, legs, arms and head do not move; the pelvis tilts on the hips. Each muscle keeps the drive of the balanced "
    "person, changed only by its stretch reflex; an inhibited muscle gets that much less of it."
)


@dataclass(frozen=True)
class _Rested:
    """A posture of rest in what is told of it: tilt, level flexions (K,), bend and twist [deg], and the loads."""

    tilt: float
    flexion: np.ndarray
    bend: float
    twist: float
    loads: JointLoads
    eigenvalue: float
    over_feet: bool

    @property
    def lumbar(self) -> float:
        """Return the flexion of all levels together [deg]; less is a deeper curve."""
        return float(self.flexion.sum())


def settle(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    reflex: float | None = None,
    starts: int = 100,
    within_deg: float = 5.0,
) -> Study:
    """Let pelvis and spine come to rest in standing while the person does not correct what has changed.

    Without a change, doses of tightness, weakness and inhibition are gone through.

    Args:
        subject: the person.
        change: what is tight, weak or inhibited; the tone is that of the balanced person.
        hands_kg: load in both hands together.
        reflex: gain of the stretch reflex, activation per optimal fibre length of stretch; by default the table's.
        starts: from how many random postures the search for other places of rest begins, 1 to 1000.
        within_deg: how far each angle of these postures may be from standing, up to 15.

    """
    table_gain, spread, sources = reflex_gain()
    gain = table_gain if reflex is None else reflex
    _check(gain, starts, within_deg)
    change = change or Change()
    normal = Case(
        subject=subject or Subject(),
        posture=Posture(preset="standing"),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        change=Change(tone=change.tone),
        name="untouched",
    )
    frames = frames_of(normal)
    results = [result_of(normal, frames)]
    state = balance(frames.body, frames.positions[0], frames.effort, frames.contacts, frames.applied)
    changed = normal.with_changes(change=change, name="changed, posture kept")
    if not change.is_empty:
        results.append(result_of(changed, _acting(changed, frames)))
    found = _settled(changed, frames, state, gain)
    rested = _rested(found, frames, state)
    tables: list[Table] = []
    figures: list[Figure] = []
    findings = []
    if rested is not None and found.rest is not None:
        others, lost = rests(found.potential, starts, math.radians(within_deg))
        tables += [_posture(state, rested), _loads(results, rested), _found(state, found, others, lost)]
        findings += [
            _told(rested, state),
            *_loads_told(results, rested),
            _starts_told(others, lost, starts, within_deg),
        ]
        if not found.steady:
            findings.append(
                "The compression that stiffens the discs still changed from one pass to the next when the search was "
                "given up: the posture is near that rest, not at it."
            )
        if not rested.over_feet:
            findings.append("The centre of mass leaves the feet there: the person would have to step.")
    else:
        findings.append(f"With a reflex gain of {gain:g} there is no place of rest near standing: {TIPS}.")
    low, high = spread or (table_gain, table_gain)
    gains = tuple(sorted({gain, low, high, 0.5 * (table_gain + low)}))
    tables.append(_over_gains(changed, frames, state, gains))
    if change.is_empty:
        doses = _doses(normal, frames, state, gain)
        tables.append(doses[0])
        figures += doses[1]
    findings += [
        f"All of it hangs on the stretch reflex, whose gain in trunk muscle is not known: here {gain:g}, assumed "
        f"range {low:g} to {high:g} (table).",
        HELD,
        CLINICAL,
    ]
    return Study(
        f"Where the standing column comes to rest: {person(normal.subject)}",
        tuple(results),
        findings=tuple(findings),
        tables=tuple(tables),
        figures=tuple(figures),
        sources=tuple(sorted({*sources, "heino1990"})),
    )


def _check(reflex: float, starts: int, within_deg: float) -> None:
    if not 0.0 <= reflex <= LARGEST_REFLEX:
        raise InputError(f"--reflex is {reflex:g}; allowed is 0 to {LARGEST_REFLEX:g}.", "reflex")
    if not 1 <= starts <= MOST_STARTS:
        raise InputError(f"--starts is {starts:g}; allowed is 1 to {MOST_STARTS}.", "starts")
    if not 0.0 < within_deg <= WIDEST_DEG:
        raise InputError(f"--within is {within_deg:g}; allowed is above 0 to {WIDEST_DEG:g} degrees.", "within")


def _acting(case: Case, frames: Frames) -> Frames:
    return replace(frames, effort=effort_of(case, frames.body, supported=False))


def _settled(case: Case, frames: Frames, state: Balanced, gain: float) -> Settled:
    return settled(unsteered(state, _acting(case, frames).effort, gain))


def _rested(found: Settled, frames: Frames, state: Balanced) -> _Rested | None:
    if found.rest is None:
        return None
    body, potential = state.body, found.potential
    kin = kinetics(body, potential.freedom.positions(found.rest.x[None]))
    q = np.degrees(kin.positions[0])
    angles = {axis: q[body.rows(tuple(f"{x}_{axis}" for x in body.levels))] for axis in ("flexion", "bend", "twist")}
    soles = [world_points(body, kin, c.body, c.position)[0, 0] for c in frames.contacts]
    return _Rested(
        float(q[body.dof["pelvis_tilt"]]),
        angles["flexion"],
        float(angles["bend"].sum()),
        float(angles["twist"].sum()),
        potential.joint_loads(kin),
        found.rest.eigenvalue,
        bool(min(soles) <= kin.centre[0, 0] <= max(soles)),
    )


def _standing(state: Balanced) -> tuple[float, np.ndarray]:
    """Return the pelvic tilt and the level flexions (K,) [deg] before anything settles."""
    body, q = state.body, np.degrees(state.kin.positions[0])
    return float(q[body.dof["pelvis_tilt"]]), q[body.rows(tuple(f"{x}_flexion" for x in body.levels))]


def _posture(state: Balanced, rested: _Rested) -> Table:
    tilt, flexion = _standing(state)
    rows: list[tuple[Cell, ...]] = [("pelvis tilt (forward +)", tilt, rested.tilt, rested.tilt - tilt)]
    for level, before, after in zip(state.body.levels, flexion, rested.flexion, strict=True):
        rows.append((f"{level} flexion", float(before), float(after), float(after - before)))
    rows.append(
        ("lumbar flexion (less is a deeper curve)", flexion.sum(), rested.lumbar, rested.lumbar - flexion.sum())
    )
    lean = tilt + flexion.sum()
    after = rested.tilt + rested.lumbar
    rows.append(("thorax inclination", lean, after, after - lean))
    for name, value in (("bend to the right", rested.bend), ("turn to the left", rested.twist)):
        rows.append((name, 0.0, value, value))
    return Table(
        "Where it comes to rest, degrees", ("angle", "standing", "at rest", "change"), tuple(rows), (0, 2, 2, 2)
    )


def _loads(results: list[Result], rested: _Rested) -> Table:
    heads = ("untouched", "changed, posture kept")[: len(results)]
    rows: list[tuple[Cell, ...]] = []
    for k, level in enumerate(results[0].levels):
        kept = [r.level(level) for r in results]
        rows.append(
            (
                level,
                *(float(x["compression_n"][0]) for x in kept),
                float(rested.loads.compression[0, k]),
                *(float(x["anterior_shear_n"][0]) for x in kept),
                float(rested.loads.anterior_shear[0, k]),
            )
        )
    columns = (
        "level",
        *(f"compression {x}, N" for x in (*heads, "at rest")),
        *(f"forward shear {x}, N" for x in (*heads, "at rest")),
    )
    return Table(
        "Loads of each level",
        columns,
        tuple(rows),
        note="At rest: under the forces that the muscles have there, not those of the least effort.",
    )


def _found(state: Balanced, found: Settled, others: list[Rest], lost: int) -> Table:
    size = len(state.body.levels)
    rows: list[tuple[Cell, ...]] = []
    for rest in others:
        x = np.degrees(rest.x)
        steady = "stable" if rest.stable else "not stable"
        levels = x[1:].reshape(size, 3).sum(axis=0)
        rows.append((float(rest.count), *(float(v) for v in (x[0], *levels)), rest.eigenvalue, steady))
    if lost:
        rows.append((float(lost), None, None, None, None, None, TIPS))
    return Table(
        "Places of rest found from random starts",
        ("starts", "pelvis, deg", "flexion, deg", "bend, deg", "twist, deg", "smallest eigenvalue, N m/rad", "kind"),
        tuple(rows),
        (0, 2, 2, 2, 2, 1, 0),
        "Angles from standing, of all levels together; discs as stiff as at the first place of rest.",
    )


def _row(rested: _Rested | None, state: Balanced) -> tuple[Cell, ...]:
    if rested is None:
        return (None, None, None, None, None, TIPS)
    tilt, flexion = _standing(state)
    return (
        rested.tilt - tilt,
        rested.lumbar - float(flexion.sum()),
        float(rested.loads.compression[0, -2]),
        float(rested.loads.compression[0, -1]),
        rested.eigenvalue,
        ("stable" if rested.eigenvalue > 0.0 else "not stable") + ("" if rested.over_feet else ", beyond the feet"),
    )


ROW_HEADS = (
    "pelvis tilt changes by, deg",
    "lumbar flexion changes by, deg",
    "L4/L5 compression, N",
    "L5/S1 compression, N",
    "smallest eigenvalue, N m/rad",
    "kind",
)
ROW_DECIMALS = (2, 2, 0, 0, 1, 0)


def _over_gains(case: Case, frames: Frames, state: Balanced, gains: tuple[float, ...]) -> Table:
    rows = [(g, *_row(_rested(_settled(case, frames, state, g), frames, state), state)) for g in gains]
    return Table("Over the range of the stretch reflex", ("reflex gain", *ROW_HEADS), tuple(rows), (2, *ROW_DECIMALS))


def _doses(normal: Case, frames: Frames, state: Balanced, gain: float) -> tuple[Table, list[Figure]]:
    rows: list[tuple[Cell, ...]] = []
    curves: dict[str, list[Curve]] = {"pelvis tilt": [], "lumbar flexion": []}
    for kind, muscle, doses in DOSES:
        label = f"{muscle.replace('_', ' ')} {kind}"
        found = []
        for dose in doses:
            wanted = Change(tone=normal.change.tone, **{kind: {muscle: dose}})  # type: ignore[arg-type]
            case = normal.with_changes(change=wanted)
            row = _row(_rested(_settled(case, frames, state, gain), frames, state), state)
            rows.append((label, 100.0 * dose, *row))
            found.append(row)
        x = 100.0 * np.array(doses)
        for i, name in enumerate(curves):
            y = np.array([np.nan if isinstance(row[i], str | None) else row[i] for row in found], float)
            curves[name].append(Curve(label, x, y))
    table = Table(
        "Dose and rest",
        ("what", "dose, %", *ROW_HEADS),
        tuple(rows),
        (0, 0, *ROW_DECIMALS),
        "Weak takes the share from the strength, inhibited from the drive; nobody makes up for it, so both pull alike.",
    )
    figures = [
        Figure(f"Rest: {name}", "dose, %", f"change of {name}, degrees", tuple(lines)) for name, lines in curves.items()
    ]
    return table, figures


def _told(rested: _Rested, state: Balanced) -> str:
    tilt, flexion = _standing(state)
    turned, bent = rested.tilt - tilt, rested.lumbar - float(flexion.sum())
    lean = turned + bent
    moves = np.array([turned, *(rested.flexion - flexion), rested.bend, rested.twist])
    steady = f"It is {'a stable' if rested.eigenvalue > 0.0 else 'no stable'} place of rest."
    if np.abs(moves).max() < SEEN_DEG:
        return f"It comes to rest where it stands: no angle changes by {SEEN_DEG:g} degrees or more. {steady}"
    text = (
        f"At rest the pelvis is tilted {_by(turned, 'further forward', 'back')}, the lumbar curve is "
        f"{_by(bent, 'flatter', 'deeper')} and the thorax leans {_by(lean, 'further forward', 'further back')} than "
        "in balanced standing"
    )
    if max(abs(rested.bend), abs(rested.twist)) >= SEEN_DEG:
        text += f"; it bends {_by(rested.bend, 'to the right', 'to the left')}"
        text += f" and turns {_by(rested.twist, 'to the left', 'to the right')}"
    return f"{text}. {steady}"


def _by(degrees: float, up: str, down: str) -> str:
    if abs(degrees) < SEEN_DEG:
        return f"less than {SEEN_DEG:g} degrees {up} or {down}"
    return f"{abs(degrees):.1f} degrees {up if degrees > 0.0 else down}"


def _loads_told(results: list[Result], rested: _Rested) -> list[str]:
    if len(results) < 2:
        return []
    told = []
    for level, k in (("L4/L5", -2), ("L5/S1", -1)):
        before, kept = (float(r.level(level)["compression_n"][0]) for r in results)
        after = float(rested.loads.compression[0, k])
        told.append(
            f"{level} {before:.0f} N untouched, {kept:.0f} N changed with the posture kept, {after:.0f} N at rest"
        )
    return [f"Compression: {'; '.join(told)}."]


def _starts_told(others: list[Rest], lost: int, starts: int, within_deg: float) -> str:
    text = f"Of {starts} random postures within {within_deg:g} degrees, "
    if not others:
        return f"{text}none comes to rest."
    first = others[0]
    apart = math.degrees(first.spread)
    text += f"{first.count} come to rest at one posture, within {max(apart, 1e-4):.4f} degrees of each other"
    if len(others) > 1:
        text += f", {starts - lost - first.count} at {len(others) - 1} other{'s' if len(others) > 2 else ''} (table)"
    return f"{text}; {lost} found no rest." if lost else f"{text}."
