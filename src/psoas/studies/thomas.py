"""The Thomas test: where a relaxed thigh comes to rest over the edge of a bench, beside what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from psoas.anatomy.subject import Subject, person
from psoas.body.body import Body
from psoas.case.case import Case
from psoas.case.change import LARGEST_FRACTION, Change
from psoas.case.posture import Posture
from psoas.case.quantities import show_fraction
from psoas.case.whatif import named, tighten
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import effort_of, frames_of
from psoas.mechanics.thomas import HangingThigh, hanging_thigh, passive_hip_moment
from psoas.sources.table import Parameters, read_parameters
from psoas.studies.positions import with_change_of, with_neutral_fibre
from psoas.studies.study import Study
from psoas.tables import Curve, Figure, Table

DOSES = 5  # 0, 5, 10, 15 and 20 % by default
MUSCLES = {"psoas_major": "psoas", "hip_flexors": "all hip flexors"}
NEUTRAL_LENGTHS = (1.0, 1.15)  # of the psoas over its optimum; the range is told by `tighten`
KNEES_DEG = (40.0, 52.5, 65.0, 80.0)
HIPS_DEG = (-20.0, -15.0, -10.0, 0.0, 10.0, 30.0)
MOST_KNEE_DEG = 120.0
LYING = "both legs on the bed"
READINGS = (  # name in the table, who was measured, the angle of ours beside it
    ("thigh_athletes", "thigh, 117 athletes", "thigh"),
    ("thigh_women", "thigh, 55 women", "thigh"),
    ("thigh_controls", "thigh, 30 people", "thigh"),
    ("hip_women", "hip, the same 55 women", "hip"),
)


def thomas(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    to_fraction: float = 0.2,
    knee_deg: float | None = None,
) -> Study:
    """Return where a relaxed thigh comes to rest in the Thomas test, and what each tightness does to it.

    The person lies supine, the lumbar spine flat and the pelvis held, the other thigh at the chest; the tested leg
    hangs over the edge of the bench, moved by its weight, relaxed muscle and the capsule of the hip alone. Angles are
    of flexion: a thigh below the bench and an extended hip are negative. Raises InputError for a figure out of range.

    Args:
        subject: The person.
        change: Muscles that are tight already; what is weak or inhibited does not matter to a relaxed leg.
        to_fraction: Tightness to end with, in four steps from 0.
        knee_deg: Flexion of the hanging knee; as measured in athletes (52.5) if not given.

    """
    if not 0.0 < to_fraction <= LARGEST_FRACTION:
        raise InputError(f"--to is {to_fraction:.0%}; allowed is above 0 to {LARGEST_FRACTION:.0%}.", "to")
    if knee_deg is not None and not 0.0 <= knee_deg <= MOST_KNEE_DEG:
        raise InputError(f"--knee is {knee_deg:g}; allowed is 0 to {MOST_KNEE_DEG:g} degrees.", "knee")
    published = read_parameters("studies/data/thomas.csv")
    knee = published["knee_hanging"] if knee_deg is None else math.radians(knee_deg)
    base = Case(
        subject=subject or Subject(), posture=Posture(preset="lying_supine"), change=change or Change(), name=LYING
    )
    frames = frames_of(base)
    body = frames.body
    bodies = {x: body if x == 1.0 else with_neutral_fibre(body, "psoas_major", x) for x in NEUTRAL_LENGTHS}
    doses = np.linspace(0.0, to_fraction, DOSES)
    rests = {
        (muscle, length): hanging_thigh(
            bodies[length],
            np.array([_tight(base, body, muscle, float(dose)) for dose in doses]),
            knee=knee,
            pelvis_backward=published["pelvis_backward"],
        )
        for muscle in MUSCLES
        for length in NEUTRAL_LENGTHS
    }
    at_knees = {
        degrees: hanging_thigh(
            body,
            _tight(base, body, "psoas_major", 0.0)[None],
            knee=math.radians(degrees),
            pelvis_backward=published["pelvis_backward"],
        )
        for degrees in KNEES_DEG
    }
    last = named(f"{LYING}, psoas {show_fraction(to_fraction)} tight")(tighten("psoas_major", to_fraction)(base))
    untight = rests["psoas_major", 1.0]
    tables = (_by_dose(doses, rests, knee), _beside(untight, published), _by_knee(at_knees), _against_measured(bodies))
    return Study(
        f"The Thomas test: {person(base.subject)}",
        (result_of(base, frames), result_of(last, with_change_of(frames, last))),
        findings=tuple(_findings(body, doses, rests, at_knees, published, knee)),
        tables=tables,
        figures=(_figure(doses, rests),),
        sources=tuple(sorted({*published.sources, "vanarkel2015", "riener1999", "ward2009", "zwambag2014"})),
    )


def _tight(base: Case, body: Body, muscle: str, dose: float) -> np.ndarray:
    """Return the tightness of every fascicle (M,): the person's own, and no less than the dose in the muscle."""
    own = effort_of(base, body, supported=True).tight
    dosed = effort_of(replace(base, change=Change(tight={muscle: dose})), body, supported=True).tight
    return np.maximum(own, dosed)


def _degrees(angles: np.ndarray) -> list[float | None]:
    return [float(x) if math.isfinite(x) else None for x in np.degrees(angles)]


def _by_dose(doses: np.ndarray, rests: Mapping[tuple[str, float], HangingThigh], knee: float) -> Table:
    rows = []
    for (muscle, length), rest in rests.items():
        for dose, hip, thigh in zip(doses, _degrees(rest.hip), _degrees(rest.thigh), strict=True):
            rows.append((MUSCLES[muscle], length, 100.0 * float(dose), hip, thigh))
    return Table(
        f"Rest of the hanging thigh, knee at {math.degrees(knee):g} degrees",
        ("tight", "neutral fibre length of the psoas over optimal", "tight, %", "hip flexion, deg", "thigh, deg"),
        tuple(rows),
        (0, 2, 0, 1, 1),
        "hip: against the pelvis, from neutral standing. thigh: against the bench, below it negative. No number: it "
        "would rest beyond 60 degrees of extension or 90 of flexion",
    )


def _beside(untight: HangingThigh, published: Parameters) -> Table:
    rows = []
    for name, who, angle in READINGS:
        ours = _degrees(getattr(untight, angle))[0]
        rows.append(
            (
                who,
                math.degrees(published[name]),
                _spread_text(published, name),
                ours,
                _verdict(published, name, ours),
            )
        )
    return Table(
        "The untight thigh beside what was measured",
        ("measured", "deg", "one SD, deg", "ours, deg", "ours is"),
        tuple(rows),
        (0, 1, 0, 1, 0),
        "; ".join(f"{who}: {published.note(name)}" for name, who, _ in READINGS),
    )


def _spread_text(published: Parameters, name: str) -> str:
    spread = published.spread(name)
    if spread is None:
        return "not read"
    return f"{math.degrees(spread[0]):.1f} to {math.degrees(spread[1]):.1f}"


def _verdict(published: Parameters, name: str, ours: float | None) -> str:
    if ours is None:
        return "without rest"
    spread = published.spread(name)
    if spread is None:
        away = ours - math.degrees(published[name])
        return f"{abs(away):.1f} degrees {'above' if away > 0 else 'below'} the mean"
    return "inside" if math.degrees(spread[0]) <= ours <= math.degrees(spread[1]) else "outside"


def _by_knee(at_knees: Mapping[float, HangingThigh]) -> Table:
    rows = tuple((knee, _degrees(rest.hip)[0], _degrees(rest.thigh)[0]) for knee, rest in at_knees.items())
    return Table(
        "What the knee of the hanging leg decides, untight",
        ("knee flexion, deg", "hip flexion, deg", "thigh, deg"),
        rows,
        (1, 1, 1),
        "a knee that hangs more flexed stretches the rectus femoris",
    )


def riener_moment(hip_deg: np.ndarray, knee_deg: float) -> np.ndarray:
    """Return the passive hip moment measured in ten people (F,), flexion + [N m] (riener1999, second-hand).

    M = exp(1.4655 - 0.0034 k - 0.0750 h) - exp(1.3403 - 0.0226 k + 0.0305 h) + 8.072, h hip and k knee flexion [deg].
    """
    rising = np.exp(1.4655 - 0.0034 * knee_deg - 0.0750 * hip_deg)
    return np.asarray(rising - np.exp(1.3403 - 0.0226 * knee_deg + 0.0305 * hip_deg) + 8.072)


def _against_measured(bodies: Mapping[float, Body]) -> Table:
    hips, rows = np.array(HIPS_DEG), []
    for knee in (0.0, 52.5):
        ours = [passive_hip_moment(body, np.radians(hips), math.radians(knee)) for body in bodies.values()]
        for i, hip in enumerate(HIPS_DEG):
            rows.append((knee, hip, float(riener_moment(hips, knee)[i]), *(float(x[i]) for x in ours)))
    heads = tuple(f"ours, psoas at {length:g} of its optimum, N m" for length in bodies)
    return Table(
        "Passive moment of one hip, muscles and capsule, + pulls into flexion",
        ("knee flexion, deg", "hip flexion, deg", "measured, N m", *heads),
        tuple(rows),
        (1, 0, 1, *(1 for _ in heads)),
        "measured: Riener 1999, ten people, by a formula read second-hand",
    )


def _figure(doses: np.ndarray, rests: Mapping[tuple[str, float], HangingThigh]) -> Figure:
    return Figure(
        "Rest of the hanging thigh",
        "tight, %",
        "thigh against the bench, deg",
        tuple(
            Curve(f"{MUSCLES[muscle]}, psoas at {length:g} of its optimum", 100.0 * doses, np.degrees(rest.thigh))
            for (muscle, length), rest in rests.items()
        ),
    )


def _place(angle: float | None) -> str:
    if angle is None:
        return "without a place of rest"
    return f"{abs(angle):.1f} degrees {'below' if angle < 0 else 'above'} the bench"


def _findings(
    body: Body,
    doses: np.ndarray,
    rests: Mapping[tuple[str, float], HangingThigh],
    at_knees: Mapping[float, HangingThigh],
    published: Parameters,
    knee: float,
) -> list[str]:
    untight = rests["psoas_major", 1.0]
    thigh, hip = _degrees(untight.thigh), _degrees(untight.hip)
    found = [
        f"Untight, with the knee at {math.degrees(knee):g} degrees, the thigh comes to rest {_place(thigh[0])}. "
        f"Measured: {_place(math.degrees(published['thigh_athletes']))} in 117 athletes, "
        f"{_place(math.degrees(published['thigh_women']))} in 55 women (one standard deviation "
        f"{_spread_text(published, 'thigh_women')}: ours is {_verdict(published, 'thigh_women', thigh[0])}), "
        f"{_place(math.degrees(published['thigh_controls']))} in 30 people."
    ]
    if hip[0] is not None:
        found.append(
            f"Against the pelvis the hip is then at {hip[0]:.1f} degrees of flexion; with the turn of the pelvis taken "
            f"off, {math.degrees(published['hip_women']):.1f} was measured in the women (one standard deviation "
            f"{_spread_text(published, 'hip_women')}: ours is {_verdict(published, 'hip_women', hip[0])})."
        )
        found.append(
            f"There the weight of the leg turns the hip with {untight.gravity[0]:.0f} N m; relaxed muscle answers "
            f"{untight.muscle[0]:.0f} N m, the capsule {untight.capsule[0]:.0f} N m."
        )
    for (muscle, length), rest in rests.items():
        thighs = _degrees(rest.thigh)
        moves = ", ".join(
            f"{100 * dose:.0f} %: {'-' if a is None else f'{a:+.1f}'}" for dose, a in zip(doses, thighs, strict=True)
        )
        found.append(
            f"Thigh against the bench with {MUSCLES[muscle]} tight, psoas at {length:g} of its optimum: {moves}."
        )
    knees = ", ".join(f"{k:g} degrees: {_place(_degrees(rest.thigh)[0])}" for k, rest in at_knees.items())
    found.append(f"What the knee of the hanging leg decides, untight: {knees}.")
    found.append(f"The compression of each level is that of lying with {LYING}, not of the leg that hangs.")
    measured, ours = _straight_knee(body)
    found.append(
        f"With a straight knee and the hip {abs(HIPS_DEG[0]):.0f} degrees extended, relaxed muscles and capsule of one "
        f"hip resist with {ours:.0f} N m; measured in ten people: {measured:.0f} N m (formula read second-hand)."
    )
    return found


def _straight_knee(body: Body) -> tuple[float, float]:
    """Return measured and own passive moment [N m] of one hip at its most extended of HIPS_DEG, knee straight."""
    hip = np.array(HIPS_DEG[:1])
    return float(riener_moment(hip, 0.0)[0]), float(passive_hip_moment(body, np.radians(hip))[0])
