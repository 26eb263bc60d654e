"""A made motion to measure on: trunk and hips in smooth random movement over ground forces that balance it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from psoas.body.body import Body
from psoas.body.coordinates import ROOT
from psoas.case.case import Case
from psoas.case.change import Solve
from psoas.frames import Frames, frames_of
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.kinetics import kinetics

RATE_HZ = 100.0
WAVES, SLOWEST_HZ, FASTEST_HZ = 3, 0.1, 0.6  # sines per angle, and between which frequencies
# Ranges in degrees that the sines stay within: of the trunk on the pelvis, shared evenly, and of each hip.
TRUNK = {"flexion": (-8.0, 45.0), "bend": (-12.0, 12.0), "twist": (-6.0, 6.0)}
HIP = {"flexion": (-10.0, 40.0), "adduction": (-10.0, 5.0), "rotation": (-5.0, 5.0)}
_AT_ONCE = 256  # frames whose ground forces are worked out together


def moving_frames(count: int, *, criterion: Literal["squared", "cubed"] = "squared", seed: int = 1) -> Frames:
    """Return `count` frames at 100 Hz of the default person, as a recording with measured ground forces has them.

    Each angle is a sum of three sines of random phase, frequency and share. Each foot gets half of the wrench that the
    root needs, so that the root's residual is 0 and the rows are the 18 of the lumbar spine and the 6 of the hips.
    """
    case = Case(solve=Solve(criterion=criterion))
    standing = frames_of(case)
    body, rng = standing.body, np.random.default_rng(seed)
    time = np.arange(count) / RATE_HZ
    states = np.zeros((3, count, body.model.nv))
    states[0] = standing.positions[0]
    for axis, (low, high) in TRUNK.items():
        moved = _wave(rng, time, low, high) / len(body.levels)
        for level in body.levels:
            states[:, :, body.dof[f"{level}_{axis}"]] += moved
    for side in "rl":
        for axis, (low, high) in HIP.items():
            states[:, :, body.dof[f"hip_{axis}_{side}"]] += _wave(rng, time, low, high)
    ground = _ground(body, states[0], states[1], states[2])
    q, v, a = states
    return Frames(body, time, q, v, a, (), None, ground, standing.effort, measured=True, recorded=True)


def first(frames: Frames, count: int) -> Frames:
    """Return the first `count` frames of a made motion."""
    assert frames.velocities is not None and frames.accelerations is not None
    return Frames(
        frames.body,
        frames.time_s[:count],
        frames.positions[:count],
        frames.velocities[:count],
        frames.accelerations[:count],
        frames.contacts,
        None,
        tuple(a.frames(slice(0, count)) for a in frames.applied),
        frames.effort,
        measured=True,
        recorded=True,
    )


def _wave(rng: np.random.Generator, time: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return angle, speed and acceleration (3, F) [rad, s] of a sum of sines within low and high [degrees]."""
    pace = 2.0 * math.pi * rng.uniform(SLOWEST_HZ, FASTEST_HZ, WAVES)
    phase = pace * time[:, None] + rng.uniform(0.0, 2.0 * math.pi, WAVES)
    share = rng.dirichlet(np.ones(WAVES)) * math.radians(high - low) / 2.0
    angle = math.radians(high + low) / 2.0 + (share * np.sin(phase)).sum(axis=1)
    return np.stack([angle, (share * pace * np.cos(phase)).sum(axis=1), (-share * pace**2 * np.sin(phase)).sum(axis=1)])


def _ground(body: Body, q: np.ndarray, v: np.ndarray, a: np.ndarray) -> tuple[AppliedForce, ...]:
    """Return half of the root's wrench on each foot, at the pelvis' origin."""
    force, moment, point = (np.empty((len(q), 3)) for _ in range(3))
    rows = body.rows(ROOT)
    for begin in range(0, len(q), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        kin = kinetics(body, q[some], v[some], a[some])
        axes, tau = kin.axis[:, rows], kin.tau[:, rows, None]
        force[some] = np.linalg.solve(axes[:, :3], tau[:, :3])[..., 0]
        moment[some] = np.linalg.solve(axes[:, 3:], tau[:, 3:])[..., 0]
        point[some] = kin.position[:, body.bodies["pelvis"]]
    return tuple(AppliedForce(f"foot_{side}", 0.5 * force, point, 0.5 * moment) for side in "rl")
