"""The Thomas test: where a relaxed thigh that hangs over the edge of a bench comes to rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from psoas.body.body import Body
from psoas.body.capsule import capsule_forces
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.muscle.curves import capability

HIP, KNEE = "hip_flexion_r", "knee_flexion_r"
LOWEST, HIGHEST, STEP = math.radians(-60.0), math.radians(90.0), math.radians(0.5)  # hip flexion searched


@dataclass(frozen=True)
class HangingThigh:
    """Rest of the right thigh for D persons or doses, all (D,).

    hip: flexion against the pelvis from neutral standing; thigh: against the bench, raised + [rad]; NaN where it would
    come to rest beyond 60 degrees of extension or 90 of flexion. gravity, muscle, capsule: moments about the hip
    there, toward flexion + [N m]; they sum to zero.
    """

    hip: np.ndarray
    thigh: np.ndarray
    gravity: np.ndarray
    muscle: np.ndarray
    capsule: np.ndarray


def hanging_thigh(body: Body, tight: np.ndarray, *, knee: float, pelvis_backward: float) -> HangingThigh:
    """Return where the relaxed right thigh of a person supine on a bench comes to rest, for each of tight (D, M).

    The pelvis is held, tilted backward by pelvis_backward [rad], and the lumbar spine flexed by as much (shared by the
    rhythm), so that the thorax lies on the bench. The knee hangs at `knee` [rad]; the hip neither adducts nor rotates.
    No muscle is active. Rest is the hip flexion q at which

        gravity(q) + sum_m r_m(q) passive_m(q, tight) + capsule(q) = 0,

    from + (pulled into flexion) below it to - above, so that the thigh returns when pushed; found in steps of 0.5
    degrees, linear between.
    """
    hip = np.arange(LOWEST, HIGHEST + STEP / 2, STEP)
    kin = kinetics(body, _supine(body, hip, knee, pelvis_backward))
    row = body.dof[HIP]
    gravity = -kin.tau[:, row]
    capsule = capsule_forces(body, kin.positions)[:, row]
    found = []
    for one in tight:
        muscle = passive_moment(body, kin, one)
        total = gravity + muscle + capsule
        stable = np.flatnonzero((total[:-1] > 0.0) & (total[1:] <= 0.0))
        if len(stable) == 0:
            found.append(np.full(4, np.nan))
            continue
        i = int(stable[0])
        share = total[i] / (total[i] - total[i + 1])
        found.append(np.array([a[i] + share * (a[i + 1] - a[i]) for a in (hip, gravity, muscle, capsule)]))
    rest, at_gravity, at_muscle, at_capsule = np.array(found).reshape(-1, 4).T
    # With the pelvis tilted backward the thigh is level when the hip is extended by as much.
    return HangingThigh(rest, rest + pelvis_backward, at_gravity, at_muscle, at_capsule)


def passive_hip_moment(body: Body, hip: np.ndarray, knee: float = 0.0) -> np.ndarray:
    """Return the passive moment (F,) of the right hip, flexion + [N m]: relaxed muscles and capsule, neutral spine.

    hip (F,), knee [rad] flexion.
    """
    positions = np.zeros((len(hip), body.model.nv))
    positions[:, body.dof[HIP]], positions[:, body.dof[KNEE]] = hip, knee
    kin = kinetics(body, positions)
    return passive_moment(body, kin, np.zeros(body.muscle_count)) + capsule_forces(body, positions)[:, body.dof[HIP]]


def passive_moment(body: Body, kin: Kinetics, tight: np.ndarray) -> np.ndarray:
    """Return the moment (F,) of the relaxed muscles about the right hip, flexion + [N m]; tight (M,) fractions."""
    m, f = body.muscle_count, body.fibres
    length = kin.length[:, :m]
    can = capability(
        length, np.zeros_like(length), f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation, tight=tight
    )
    return np.asarray(np.einsum("fm,fm->f", kin.arms[:, body.dof[HIP], :m], can.passive_n))


def _supine(body: Body, hip: np.ndarray, knee: float, pelvis_backward: float) -> np.ndarray:
    """Return positions (F, V) of a person supine, the back flat on the bench, the right hip at `hip` (F,)."""
    assert body.anatomy is not None
    positions = np.zeros((len(hip), body.model.nv))
    positions[:, body.dof["pelvis_tilt"]] = -math.pi / 2 - pelvis_backward
    for disc in body.anatomy.discs:
        positions[:, body.dof[f"{disc.level}_flexion"]] = disc.flexion_share * pelvis_backward
    positions[:, body.dof[HIP]], positions[:, body.dof[KNEE]] = hip, knee
    return positions
