"""Does the column stand: how stiff it is against giving way, what it bears, and what each muscle group adds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.anatomy.subject import Subject, person
from psoas.body.body import Body
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.posture import Posture, Sided
from psoas.case.quantities import show_fraction
from psoas.case.surroundings import Surroundings
from psoas.chain import UNMET_NM, result_of
from psoas.errors import InputError
from psoas.frames import effort_of, frames_of
from psoas.mechanics.ligamentous import Follower, critical_weight, follower, through_bodies
from psoas.mechanics.stability import (
    Balanced,
    Stability,
    balance,
    eigenvalues_over_gain,
    in_words,
    least_gain,
    least_tone,
    potential_of,
    stability_parameters,
    without_stiffness,
    without_strength,
)
from psoas.mechanics.stability import stability as stability_of
from psoas.result import Result
from psoas.studies.study import Study
from psoas.tables import Cell, Curve, Figure, Table

GROUPS = (
    "psoas_major",
    "iliacus",
    "multifidus",
    "longissimus_thoracis",
    "iliocostalis_lumborum",
    "quadratus_lumborum",
    "rectus_abdominis",
    "external_oblique",
    "internal_oblique",
    "transversus_abdominis",
    "latissimus_dorsi",
    "gluteus_maximus",
    "hamstrings",
)
LARGEST_GAIN = 100.0
GAINS = np.array([0.0, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 42.0])
FOLLOWER_N = 1000.0
SHOWN = 4  # of the ways to give way
HELD = ("pelvis held", "pelvis free on the hips")
SOURCES = ("crisco1992", "crisco1992theory", "patwardhan2003", "gardnermorse2004", "cholewicki2002")


@dataclass(frozen=True)
class _Column:
    """One case with the pelvis held or free: how it stands, and what it takes to stand."""

    case: str
    pelvis: bool
    state: Balanced
    found: Stability
    tone: float | None
    gain: float | None


def stability(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    gain: float | None = None,
) -> Study:
    """Ask whether the standing column stays up without being steered, and what each muscle group adds to that.

    Muscles keep the force they have in the balance and resist a stretch with k = q F / L; discs, ligaments and hip
    capsules resist by their laws; weight and loads push the column over. Legs, arms and head do not move.

    Args:
        subject: the person.
        change: what is tight, weak or inhibited, and the tone.
        hands_kg: load in both hands together.
        gain: q, stiffness of a muscle times its length over its force, 0 to 100; by default the table's.

    """
    parameters = stability_parameters()
    q = parameters["muscle_stiffness_gain"] if gain is None else gain
    low, high = parameters.spread("muscle_stiffness_gain") or (q, q)
    if not 0.0 <= q <= LARGEST_GAIN:
        raise InputError(f"--gain is {q:g}; allowed is 0 to {LARGEST_GAIN:g}.", "gain")
    normal = Case(
        subject=subject or Subject(),
        posture=Posture(preset="standing"),
        surroundings=Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2)),
        name="untouched",
    )
    cases = [normal]
    if change is not None and (not change.is_empty or change.tone is not None):
        cases.append(normal.with_changes(change=change, name="changed"))
    frames = frames_of(normal)
    results, columns = [], []
    for case in cases:
        acting = replace(frames, effort=effort_of(case, frames.body, supported=False))
        results.append(result_of(case, acting))
        state = balance(frames.body, frames.positions[0], acting.effort, frames.contacts, frames.applied)
        columns += [_column(case.name, state, q, pelvis) for pelvis in (False, True)]
    groups = [_groups(column, q) for column in columns[-2:]]
    alone = critical_weight(frames.body)
    borne = follower(frames.body, through_bodies(frames.body, FOLLOWER_N))
    return Study(
        f"Does the standing column stay up: {person(normal.subject)}",
        tuple(results),
        findings=(
            *(_told(column, q) for column in columns),
            *(_adds(column, table) for column, table in zip(columns[-2:], groups, strict=True)),
            _alone_told(alone, borne),
            *_flagged(results),
            f"Thighs, legs, arms and head do not move, and activation stays. q is {q:g}{_assumed(gain)}; published "
            f"figures reach from {low:g} to {high:g}, so the sign of these answers is to be read over that range "
            "(figure).",
        ),
        tables=(_main(columns), _ways(columns[-2:]), *groups, _alone(alone, borne)),
        figures=(_over_gain(columns),),
        sources=tuple(sorted({*parameters.sources, *SOURCES})),
    )


def _assumed(gain: float | None) -> str:
    return " (assumed)" if gain is None else ""


def _column(case: str, state: Balanced, gain: float, pelvis: bool) -> _Column:
    return _Column(
        case,
        pelvis,
        state,
        stability_of(potential_of(state, gain, pelvis=pelvis)),
        least_tone(state, gain, pelvis=pelvis),
        least_gain(state, pelvis=pelvis),
    )


def _main(columns: list[_Column]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            c.case,
            HELD[c.pelvis],
            c.found.eigenvalue,
            c.found.critical_load_n,
            None if c.tone is None else 100.0 * c.tone,
            c.gain,
            in_words(c.found.names, c.found.mode),
        )
        for c in columns
    ]
    return Table(
        "The column",
        ("case", "held", "smallest eigenvalue, N m/rad", "critical load, N", "least tone, %", "least q", "softest way"),
        tuple(rows),
        (0, 0, 1, 0, 1, 1, 0),
        "An eigenvalue above 0 stands. Critical load: more weight at the base of the neck under which it tips, muscles "
        "as they are; below 0: what would have to be lifted off. Tone: balanced anew for each. q: k = q F / L.",
    )


def _ways(columns: list[_Column]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (HELD[c.pelvis], float(c.found.eigenvalues[i]), in_words(c.found.names, c.found.modes[:, i]))
        for c in columns
        for i in range(SHOWN)
    ]
    return Table(
        f"The softest ways to give way: {columns[0].case}",
        ("held", "eigenvalue, N m/rad", "way"),
        tuple(rows),
        (0, 1, 0),
    )


def _groups(column: _Column, gain: float) -> Table:
    """Return what each group adds: its stiffness taken away, then its strength."""
    state, body = column.state, column.state.body
    tension = (state.found.active + state.found.passive)[0]
    potential = potential_of(state, gain, pelvis=column.pelvis)
    bare = stability_of(without_stiffness(potential, np.ones(len(tension), bool)))
    whole = column.found
    rows: list[tuple[Cell, ...]] = [
        ("nothing", tension.sum(), whole.eigenvalue, whole.critical_load_n, whole.eigenvalue, whole.critical_load_n),
        ("all muscles", tension.sum(), bare.eigenvalue, bare.critical_load_n, None, None),
    ]
    for group in GROUPS:
        chosen = _of(body, group)
        soft = stability_of(without_stiffness(potential, chosen))
        weaker = without_strength(state, chosen)
        gone: tuple[Cell, ...] = (None, None)
        if np.abs(weaker.found.unmet).max() <= UNMET_NM:
            left = stability_of(potential_of(weaker, gain, pelvis=column.pelvis))
            gone = (left.eigenvalue, left.critical_load_n)
        rows.append((group.replace("_", " "), tension[chosen].sum(), soft.eigenvalue, soft.critical_load_n, *gone))
    return Table(
        f"What each muscle group adds: {column.case}, {HELD[column.pelvis]}",
        (
            "taken away",
            "force, N",
            "no stiffness: eigenvalue, N m/rad",
            "no stiffness: critical load, N",
            "no strength: eigenvalue, N m/rad",
            "no strength: critical load, N",
        ),
        tuple(rows),
        (0, 0, 1, 0, 1, 0),
        "No stiffness: it pulls as before and does not resist a stretch. No strength: it cannot contract and the "
        "others balance anew; a dash where they cannot.",
    )


def _of(body: Body, group: str) -> np.ndarray:
    chosen = np.zeros(body.muscle_count, bool)
    chosen[list(resolve(group, body.fibres.names, body.fibres.groups))] = True
    return chosen


def _alone(weight: float, borne: Follower) -> Table:
    turn = f"{borne.total_deg:.1f}" if borne.stands else "it buckles"
    return Table(
        "Bones, discs and ligaments alone, L1 to the sacrum",
        ("load", "ours", "published"),
        (
            ("weight on L1 under which it buckles to the side, N", f"{weight:.0f}", "88; in theory 67"),
            (f"turn of L1 under {borne.load_n:g} N along the curve, deg", turn, "bears 1000 to 1200 N"),
        ),
        note="Specimens with nothing above L1 (crisco1992, patwardhan2003). In whole spines a load stiffened "
        "discs less (patwardhan2003) than in single segments (gardnermorse2004), whose law the living body has.",
    )


def _over_gain(columns: list[_Column]) -> Figure:
    curves = (
        Curve(f"{c.case}, {HELD[c.pelvis]}", GAINS, eigenvalues_over_gain(c.state, GAINS, pelvis=c.pelvis))
        for c in columns
    )
    return Figure(
        "How stiff the column is against giving way",
        "q, stiffness gain of muscle",
        "smallest eigenvalue, N m/rad",
        tuple(curves),
        (("falls below", 0.0),),
    )


def _told(column: _Column, gain: float) -> str:
    found = column.found
    if found.critical_load_n is None:
        load = "no load at the neck changes that"
    elif found.critical_load_n > 0.0:
        load = f"{found.critical_load_n:.0f} N more at the neck tip it, muscles as they are"
    else:
        load = f"{-found.critical_load_n:.0f} N less at the neck would let it stand"
    tone = "no tone" if column.tone == 0.0 else "more than any tone tried"
    if column.tone:
        tone = f"a tone of {show_fraction(column.tone, 1)}"
    least = "no muscle stiffness" if column.gain == 0.0 else "more than any q tried"
    if column.gain:
        least = f"a q of {column.gain:.1f}"
    return (
        f"{column.case.capitalize()}, {HELD[column.pelvis]}, q {gain:g}: the column "
        f"{'stands' if found.stable else 'falls if nobody steers it'} (smallest eigenvalue {found.eigenvalue:.0f} "
        f"N m/rad: {in_words(found.names, found.mode)}); {load}. Least needed: {tone}; {least}."
    )


def _adds(column: _Column, table: Table) -> str:
    whole = column.found.eigenvalue
    left = {str(row[0]): row[2] for row in table.rows[2:] if isinstance(row[2], float)}
    most = min(left, key=lambda group: left[group])
    return (
        f"{HELD[column.pelvis].capitalize()}: of the groups, the stiffness of {most} adds most (without it "
        f"{left[most]:.0f} instead of {whole:.0f} N m/rad; without that of the psoas {left['psoas major']:.0f}). A "
        "model driven by measured muscle activity lost at most 30 % of its stability with any one group "
        "(cholewicki2002)."
    )


def _flagged(results: list[Result]) -> list[str]:
    """Return a warning for each person whose muscles cannot hold the posture: there is then no balance to judge."""
    return [
        f"{str(r.case['name']).capitalize()}: {r.status[0]}; what is said of that column then means little."
        for r in results
        if r.status[0].startswith("flagged")
    ]


def _alone_told(weight: float, borne: Follower) -> str:
    turn = f"turns L1 by {borne.total_deg:.1f} degrees" if borne.stands else "makes it buckle"
    return (
        f"Without muscle, bones, discs and ligaments from L1 to the sacrum buckle to the side under {weight:.0f} N on "
        f"L1 (88 N in specimens); {borne.load_n:g} N along the curve {turn}."
    )
