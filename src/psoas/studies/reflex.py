"""Reflexes in time: what reciprocal inhibition changes when the psoas pulls or the trunk is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.change import Change
from psoas.case.movement import Movement
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Force, Surroundings
from psoas.errors import InputError, unknown
from psoas.frames import Frames, frames_of
from psoas.mechanics.equilibrium import Effort
from psoas.mechanics.reflexes import reflex_parameters, reflexes_of
from psoas.motion.patterns import minimum_jerk
from psoas.result import LEVELS, Result
from psoas.studies.positions import with_change_of
from psoas.studies.reflex_scenes import Gains, Played, leaning, sat_down, stood
from psoas.studies.study import Study, Trace
from psoas.tables import Curve, Figure, Table

BEGINS_S, RAMP_S = 0.1, 0.1  # when the psoas is told to pull or the load let go; how long the telling takes
DRAWS, SEED = 6, 20240229
GRAVITY = 9.81
SHOWN = "L4/L5"
TITLES = {
    "psoas": "The psoas engages in standing",
    "sit": "Sitting down",
    "load": "A load comes into the hands",
    "slip": "The trunk slips forward",
}
ASSUMED = (
    "Gains of the trunk's reflexes are assumed, with the ranges of mechanics/data/reflexes.csv; inhibition of the "
    "extensors by the psoas is commonly taught and was not measured, and both muscles are also seen to work together."
)


def reflex(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    scene: Literal["psoas", "sit", "load", "slip"] = "psoas",
    command_fraction: float = 0.1,
    load_kg: float = 6.0,
    slip_deg: float = 2.0,
    duration_s: float = 0.8,
    inhibition_fraction: float | None = None,
    hip_inhibition_fraction: float | None = None,
) -> Study:
    """Tell what extensors and discs do over time, with reciprocal inhibition intact, impaired and absent.

    Standing scenes are stepped in time with both legs held (`mechanics/simulate.py`); sitting down is a given movement
    along which activations and inhibition run. Feed-forward are the activations that balance the posture, with no
    correction by the person beyond the stretch reflex and the short-range stiffness of active muscle.

    Args:
        subject: the person.
        change: what is changed in the muscles.
        hands_kg: load in the hands throughout, half each.
        scene: psoas (it engages in standing), sit, load (it comes into the hands), or slip (of the trunk).
        command_fraction: excitation added to the psoas in the scene psoas, 0 to 1.
        load_kg: let go of into the hands in the scene load, half each.
        slip_deg: how far the trunk has slipped forward (or back: negative) in the scene slip.
        duration_s: of the standing scenes.
        inhibition_fraction: gain with which psoas and iliacus inhibit multifidus and erector spinae, 0 to 1.
        hip_inhibition_fraction: the same of gluteus maximus and hamstrings, 0 to 1.

    """
    if scene not in TITLES:
        raise unknown("scene", scene, TITLES)
    _check(command_fraction, load_kg, slip_deg, duration_s, inhibition_fraction, hip_inhibition_fraction)
    p = reflex_parameters()
    trunk = p["inhibition_extensors_gain"] if inhibition_fraction is None else inhibition_fraction
    hip = p["inhibition_hips_gain"] if hip_inhibition_fraction is None else hip_inhibition_fraction
    normal = _case(scene, subject or Subject(), hands_kg, load_kg)
    frames = frames_of(normal)
    cases, efforts, shares = _worlds(normal, frames, change)
    gains = _gains(np.array(shares), trunk, hip)
    efforts = efforts + [efforts[-1]] * DRAWS
    reflexes = reflexes_of(p)
    if scene == "sit":
        played = sat_down(frames, cases, efforts, gains, reflexes)
    else:
        played = stood(
            frames,
            cases,
            efforts,
            gains,
            reflexes,
            p["segment_damping"],
            duration_s,
            command=_command(frames, command_fraction) if scene == "psoas" else None,
            turned=leaning(frames.body, float(np.radians(slip_deg))) if scene == "slip" else None,
            released_s=BEGINS_S if scene == "load" else None,
        )
    person = f"{normal.subject.sex}, {normal.subject.mass_kg:g} kg, {normal.subject.height_m:g} m"
    sources = {*p.sources, *(s for r in played.results for s in r.sources), "moorhouse2007"}
    return Study(
        f"{TITLES[scene]}, reciprocal inhibition intact, halved (impaired) and absent: {person}",
        tuple(replace(r, sources=tuple(sorted(sources))) for r in played.results),
        frames.phases if scene == "sit" else _phases(scene, played.results[0]),
        tuple(_traces(played)),
        tuple(_findings(played, trunk, hip, scene)),
        (_peaks(played), _muscles(played)),
        tuple(_figures(played)),
        tuple(sorted(sources)),
    )


def _check(
    command: float, load: float, slip: float, duration: float, inhibition: float | None, hip: float | None
) -> None:
    for flag, value in (("command", command), ("inhibition", inhibition), ("hip-inhibition", hip)):
        if value is not None and not 0.0 <= value <= 1.0:
            raise InputError(f"--{flag} is {value:g}; allowed is a fraction of 0 to 1.", flag)
    for flag, value, low, high, unit in (
        ("load", load, 0.0, 30.0, "kg"),
        ("slip", slip, -5.0, 5.0, "degrees"),
        ("duration", duration, 0.2, 2.0, "s"),
    ):
        if not low <= value <= high:
            raise InputError(f"--{flag} is {value:g}; allowed is {low:g} to {high:g} {unit}.", flag)


def _case(scene: str, subject: Subject, hands_kg: float, load_kg: float) -> Case:
    if scene == "sit":
        hands = Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2))
        return Case(subject=subject, motion=Movement(pattern="sit"), surroundings=hands)
    if scene != "load":
        hands = Surroundings(hands_kg=Sided(left=hands_kg / 2, right=hands_kg / 2))
        return Case(subject=subject, posture=Posture(), surroundings=hands)
    each = (hands_kg + load_kg) / 2
    lift = (0.0, load_kg / 2 * GRAVITY, 0.0)
    held = tuple(Force(segment=s, force_n=lift) for s in ("right_hand", "left_hand")) if load_kg else ()
    hands = Surroundings(hands_kg=Sided(left=each, right=each), forces=held)
    return Case(subject=subject, posture=Posture(elbow_flexion_deg=Sided(left=90, right=90)), surroundings=hands)


def _worlds(normal: Case, frames: Frames, change: Change | None) -> tuple[list[Case], list[Effort], list[float]]:
    """Return cases, efforts and shares of the intact gain: the untouched person first, the changed one after."""
    names = (("intact", 1.0), ("impaired", 0.5), ("absent", 0.0))
    if change is None or (change.is_empty and change.tone is None):
        cases = [normal.with_changes(name=name) for name, _ in names]
        return cases, [frames.effort] * len(names), [share for _, share in names]
    cases = [normal.with_changes(name="untouched, intact")]
    cases += [normal.with_changes(change=change, name=f"changed, {name}") for name, _ in names]
    changed = with_change_of(frames, cases[-1]).effort
    return cases, [frames.effort] + [changed] * len(names), [1.0, *(share for _, share in names)]


def _gains(shares: np.ndarray, trunk: float, hip: float) -> Gains:
    """Return the gains of the named worlds, then DRAWS spread evenly over every range (a Latin hypercube)."""
    p, random = reflex_parameters(), np.random.default_rng(SEED)
    names = ("inhibition_extensors_gain", "inhibition_hips_gain", "stretch_length_gain", "stretch_velocity_gain")
    named = (shares * trunk, shares * hip, np.full(len(shares), p[names[2]]), np.full(len(shares), p[names[3]]))
    columns = []
    for name, own in zip(names, named, strict=True):
        low, high = p.spread(name) or (p[name], p[name])
        places = (random.permutation(DRAWS) + random.random(DRAWS)) / DRAWS
        columns.append(np.concatenate([own, low + places * (high - low)]))
    return Gains(*columns)


def _command(frames: Frames, size: float) -> Callable[[float], np.ndarray]:
    fibres = frames.body.fibres
    psoas = np.zeros(len(fibres.names))
    psoas[resolve("psoas_major", fibres.names, fibres.groups)] = size

    def command(time_s: float) -> np.ndarray:
        return np.asarray(psoas * minimum_jerk(np.clip((time_s - BEGINS_S) / RAMP_S, 0.0, 1.0)))

    return command


def _phases(scene: str, result: Result) -> tuple[tuple[str, int], ...]:
    begins = 0.0 if scene == "slip" else BEGINS_S
    first = {"psoas": "psoas told to pull", "load": "load let go", "slip": "trunk slipped"}[scene]
    return ((first, int(np.argmin(np.abs(result.time_s - begins)))), ("end", result.frames - 1))


def _together(result: Result) -> np.ndarray:
    """Co-contraction (F,): 2 min(p, e) / (p + e) of the mean activities of psoas and extensors; 1 where equal."""
    p, e = result.group("psoas_major").activation, result.group("extensors").activation
    both = p + e
    return np.asarray(np.divide(2.0 * np.minimum(p, e), both, out=np.zeros_like(both), where=both > 1e-12))


def _stretch(result: Result) -> np.ndarray:
    length = result.group("extensors").length_m
    return np.asarray(100.0 * (length / length[0] - 1.0))


def _traces(played: Played) -> list[Trace]:
    r = played.results
    return [
        Trace("extensor activity", "%", tuple(100 * x.group("extensors").activation for x in r), 1),
        Trace("psoas activity", "%", tuple(100 * x.group("psoas_major").activation for x in r), 1),
        Trace(
            "gluteus maximus and hamstrings activity",
            "%",
            tuple(100 * x.group("hip_extensors").activation for x in r),
            1,
        ),
        Trace("extensor length against the start", "%", tuple(_stretch(x) for x in r), 2),
        Trace("co-contraction of psoas and extensors", "ratio", tuple(_together(x) for x in r), 2),
        Trace("lumbar flexion", "deg", tuple(played.lumbar_deg), 1),
        Trace("pelvis tilt", "deg", tuple(played.tilt_deg), 1),
    ]


def _peaks(played: Played) -> Table:
    rows: list[tuple[str | float | None, ...]] = []
    for k, level in enumerate(LEVELS):
        peaks = [float(r.loads["compression_n"][k].max()) for r in played.results]
        drawn = played.drawn[:, k].max(axis=1)
        rows.append((level, *peaks, float(min(drawn.min(), *peaks)), float(max(drawn.max(), *peaks))))
    return Table(
        "Peak compression",
        (
            "level",
            *(f"{r.name} [N]" for r in played.results),
            "lowest over the gains [N]",
            "highest over the gains [N]",
        ),
        tuple(rows),
        (0,) * (len(played.results) + 3),
        f"The interval holds the columns beside it and {len(played.drawn)} draws of both inhibition gains (0 to 1) and "
        f"both gains of the stretch reflex. {ASSUMED}",
    )


def _muscles(played: Played) -> Table:
    rows: list[tuple[str | float | None, ...]] = []
    for r, lumbar in zip(played.results, played.lumbar_deg, strict=True):
        e, stretch = 100 * r.group("extensors").activation, _stretch(r)
        largest = r.largest_unmet()
        missing = f"{largest[2]:.1f} at {largest[0]}" if largest[2] > 0.05 else "-"
        fell = next((s.removeprefix("flagged: ") for s in r.status if "fell" in s), "-")
        rows.append(
            (
                r.name,
                float(e[0]),
                float(e.min()),
                float(e.max()),
                float(stretch.min()),
                float(stretch.max()),
                float(_together(r).mean()),
                float(np.abs(lumbar - lumbar[0]).max()),
                missing,
                fell,
            )
        )
    return Table(
        "Extensors: multifidus and erector spinae",
        (
            "world",
            "activity at the start [%]",
            "least [%]",
            "greatest [%]",
            "shortest, against the start [%]",
            "longest [%]",
            "co-contraction with the psoas, mean [1]",
            "lumbar curve away from the start [deg]",
            "largest moment left over [N m]",
            "fell",
        ),
        tuple(rows),
        (0, 1, 1, 1, 2, 2, 2, 1, 0, 0),
        "Co-contraction is 2 min(p, e) / (p + e) of the mean activities of psoas p and extensors e.",
    )


def _figures(played: Played) -> list[Figure]:
    def figure(title: str, label: str, values: list[np.ndarray]) -> Figure:
        curves = tuple(Curve(r.name, r.time_s, v) for r, v in zip(played.results, values, strict=True))
        return Figure(title, "time [s]", label, curves)

    r = played.results
    k = LEVELS.index(SHOWN)
    loads = [x.loads["compression_n"][k] for x in r]
    everything = np.concatenate([played.drawn[:, k], np.array(loads)])
    # The interval belongs to the last person's intact world; the first curve after the untouched one shows it.
    at = len(r) - 3
    curves = tuple(
        Curve(x.name, x.time_s, y, everything.min(axis=0), everything.max(axis=0))
        if i == at
        else Curve(x.name, x.time_s, y)
        for i, (x, y) in enumerate(zip(r, loads, strict=True))
    )
    return [
        Figure(f"Compression at {SHOWN}, with its range over the gains", "time [s]", "compression [N]", curves),
        figure("Activity of the extensors", "activity [%]", [100 * x.group("extensors").activation for x in r]),
        figure("Activity of the psoas", "activity [%]", [100 * x.group("psoas_major").activation for x in r]),
        figure("Length of the extensors against the start", "change [%]", [_stretch(x) for x in r]),
        figure("Lumbar flexion", "flexion [deg]", list(played.lumbar_deg)),
    ]


def _findings(played: Played, trunk: float, hip: float, scene: str) -> list[str]:
    intact, impaired, absent = played.results[-3:]
    table = _peaks(played).rows[LEVELS.index(SHOWN)]
    e = [100 * r.group("extensors").activation for r in (intact, impaired, absent)]
    found = [
        f"With inhibition intact (gains {trunk:g} and {hip:g}) the extensors' activity goes from {e[0][0]:.1f} % to "
        f"{e[0].min():.1f} % at the least; impaired (half) to {e[1].min():.1f} %, absent to {e[2].min():.1f} %.",
        f"Peak compression at {SHOWN}: {table[-5]:.0f} N intact, {table[-4]:.0f} N impaired, {table[-3]:.0f} N absent; "
        f"{table[-2]:.0f} to {table[-1]:.0f} N over the range of gains.",
        f"Mean co-contraction of psoas and extensors (1 where both are equally active): {_together(intact).mean():.2f} "
        f"intact, {_together(impaired).mean():.2f} impaired, {_together(absent).mean():.2f} absent.",
    ]
    if scene == "sit":
        largest = [r.largest_unmet() for r in (intact, impaired, absent)]
        found.append(
            "The movement is given: by what inhibition takes, and where activation follows the sharing too slowly, "
            f"moments are left over, at most {largest[0][2]:.1f} N m intact, {largest[1][2]:.1f} N m impaired, "
            f"{largest[2][2]:.1f} N m absent. A person would answer with more drive or another movement."
        )
    else:
        swing = [float(np.abs(v - v[0]).max()) for v in played.lumbar_deg[-3:]]
        found.append(
            f"The lumbar curve goes up to {swing[0]:.1f} degrees from its start intact, {swing[1]:.1f} impaired, "
            f"{swing[2]:.1f} absent, over {intact.time_s[-1]:g} s. The person corrects nothing but by reflex."
        )
        fallen = [r.name for r in played.results if any("fell" in s for s in r.status)]
        if fallen:
            found.append(f"The trunk falls beyond its joints' ranges: {', '.join(fallen)}.")
        drawn = int((~np.isnan(played.fell_s)).sum())
        if drawn:
            found.append(f"It also falls in {drawn} of {len(played.drawn)} draws of the gains.")
    return [*found, ASSUMED]
