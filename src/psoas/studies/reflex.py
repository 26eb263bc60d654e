"""Reflexes in time: what reciprocal inhibition changes when the psoas pulls or the trunk is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Literal

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.anatomy.subject import Subject, person
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
from psoas.studies.reflex_shown import SHOWN, begins, figures, findings, muscles, peaks, traces
from psoas.studies.study import Study

BEGINS_S, RAMP_S = 0.1, 0.1  # when the psoas is told to pull or the load let go; how long the telling takes
COMMAND, RELEASED_KG, SLIPPED_DEG, LASTS_S = 0.1, 6.0, 2.0, 0.8  # where nothing else is given
INHIBITION = ("inhibition_extensors_gain", "inhibition_hips_gain")
STRETCH = ("stretch_length_gain", "stretch_velocity_gain")
GAINS = tuple(Gains.__dataclass_fields__)  # in the same order
GRAVITY = 9.81
TITLES = {
    "psoas": "The psoas engages in standing",
    "sit": "Sitting down",
    "load": "A load comes into the hands",
    "slip": "The trunk slips forward",
}


def reflex(
    subject: Subject | None = None,
    *,
    change: Change | None = None,
    hands_kg: float = 0.0,
    scene: Literal["psoas", "sit", "load", "slip"] = "psoas",
    command_fraction: float | None = None,
    release_kg: float | None = None,
    slip_deg: float | None = None,
    duration_s: float | None = None,
    inhibition: float | None = None,
    hip_inhibition: float | None = None,
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
        command_fraction: excitation added to the psoas in the scene psoas; 10% by default.
        release_kg: let go of into the hands in the scene load, half each; 6 by default.
        slip_deg: how far the trunk has slipped forward (or back: negative) in the scene slip; 2 by default.
        duration_s: of the standing scenes; 0.8 by default.
        inhibition: gain with which psoas and iliacus inhibit multifidus and erector spinae, 0 to 1; by default the
            table's.
        hip_inhibition: the same of gluteus maximus and hamstrings, 0 to 1.

    """
    if scene not in TITLES:
        raise unknown("scene", scene, TITLES)
    _belongs(scene, command_fraction, release_kg, slip_deg, duration_s)
    command = COMMAND if command_fraction is None else command_fraction
    released = RELEASED_KG if release_kg is None else release_kg
    slipped = SLIPPED_DEG if slip_deg is None else slip_deg
    lasts = LASTS_S if duration_s is None else duration_s
    _check(command, released, slipped, lasts, inhibition, hip_inhibition)
    p = reflex_parameters()
    trunk = p[INHIBITION[0]] if inhibition is None else inhibition
    hip = p[INHIBITION[1]] if hip_inhibition is None else hip_inhibition
    normal = _case(scene, subject or Subject(), hands_kg, released)
    frames = frames_of(normal)
    cases, efforts, shares = _worlds(normal, frames, change)
    # Along a given movement the stretch reflex is silent.
    varied = INHIBITION if scene == "sit" else INHIBITION + STRETCH
    gains = _gains(np.array(shares), trunk, hip, varied)
    efforts = efforts + [efforts[-1]] * (len(gains.extensors) - len(cases))
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
            lasts,
            command=_command(frames, command) if scene == "psoas" else None,
            turned=leaning(frames.body, float(np.radians(slipped))) if scene == "slip" else None,
            released_s=BEGINS_S if scene == "load" else None,
        )
    found = findings(played, trunk, hip, scene)
    if scene == "psoas":
        first = begins(played.results[-3], BEGINS_S, p["inhibition_delay"])
        found = [*((first,) if first else ()), *found]
    sources = {*p.sources, *(s for r in played.results for s in r.sources), "moorhouse2007"}
    return Study(
        f"{TITLES[scene]}, reciprocal inhibition intact, halved (impaired) and absent: {person(normal.subject)}",
        tuple(replace(r, sources=tuple(sorted(sources))) for r in played.results),
        frames.phases if scene == "sit" else _phases(scene, played.results[0]),
        tuple(traces(played)),
        tuple(found),
        (peaks(played, _told(varied, gains, played)), muscles(played)),
        tuple(figures(played)),
        tuple(sorted(sources)),
    )


def _belongs(
    scene: str, command: float | None, release: float | None, slip: float | None, duration: float | None
) -> None:
    """Raise InputError for what another scene is told, which this one would pass over in silence."""
    for flag, value, scenes in (
        ("command", command, ("psoas",)),
        ("release", release, ("load",)),
        ("slip", slip, ("slip",)),
        ("duration", duration, ("psoas", "load", "slip")),
    ):
        if value is not None and scene not in scenes:
            raise InputError(
                f"--{flag} does nothing in the scene {scene}. Leave it out, or give --scene {' or '.join(scenes)}.",
                flag,
            )


def _check(
    command: float, load: float, slip: float, duration: float, inhibition: float | None, hip: float | None
) -> None:
    for flag, value in (("command", command), ("inhibition", inhibition), ("hip-inhibition", hip)):
        if value is not None and not 0.0 <= value <= 1.0:
            raise InputError(f"--{flag} is {value:g}; allowed is a fraction of 0 to 1.", flag)
    for flag, value, low, high, unit in (
        ("release", load, 0.0, 30.0, "kg"),
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


def _gains(shares: np.ndarray, trunk: float, hip: float, varied: tuple[str, ...]) -> Gains:
    """Return the gains of the named worlds, then every corner of the ranges of those that are varied."""
    p = reflex_parameters()
    names = INHIBITION + STRETCH
    named = (shares * trunk, shares * hip, *(np.full(len(shares), p[name]) for name in STRETCH))
    ranges = [(p.spread(name) if name in varied else None) or (p[name],) for name in names]
    corners = np.array(list(product(*ranges)))
    return Gains(*(np.concatenate(pair) for pair in zip(named, corners.T, strict=True)))


def _told(varied: tuple[str, ...], gains: Gains, played: Played) -> str:
    """Return over which gains, and under which delays, the interval of a table reaches."""
    p = reflex_parameters()
    words = ("inhibition of the trunk's extensors", "of the hips'", "stretch reflex by length", "by speed [s]")
    told = []
    for name, word in zip(INHIBITION + STRETCH, words, strict=True):
        if name in varied:
            low, high = p.spread(name) or (p[name], p[name])
            told.append(f"{word} {low:g} to {high:g}")
    reflexes = "" if STRETCH[0] in varied else " The stretch reflex is silent along a given movement."
    late = f" and {1e3 * p['stretch_delay']:g} ms of the stretch reflex" if STRETCH[0] in varied else ""
    worst = len(played.results) + int(played.corners[:, LEVELS.index(SHOWN)].max(axis=1).argmax())
    at = ", ".join(f"{getattr(gains, name)[worst]:g}" for name, _ in zip(GAINS, varied, strict=False))
    return (
        f"every corner of the ranges of the gains: {', '.join(told)}.{reflexes} Of the corners {SHOWN} bears most at "
        f"{at} in that order. Delays stay: {1e3 * p['inhibition_delay']:g} ms of inhibition{late}, assumed too."
    )


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
