"""How stiffly each level is held: what muscles and tissue give against a small turn while activation stays."""

from __future__ import annotations

import numpy as np

from psoas.body.body import Body
from psoas.body.build import PRESSURE_LINE
from psoas.mechanics.acting import capable
from psoas.mechanics.causes import LIGAMENTS, PRESSURE
from psoas.mechanics.columns import ligament_forces
from psoas.mechanics.equilibrium import Effort, level_angles
from psoas.mechanics.kinetics import kinetics

DISC = "disc"
STEP = 1e-4  # rad: the side bend of a disc begins with a square; rounding over moments of some N m is 1e-10 N m/rad


def level_stiffness(
    body: Body,
    position: np.ndarray,
    effort: Effort,
    activation: np.ndarray,
    compression: np.ndarray,
    gain: float = 0.0,
) -> dict[str, np.ndarray]:
    """Return part -> (K, 2) [N m/rad] against flexion and side bend of each level, by central differences.

    k = -(M(q + h) - M(q - h)) / (2 h),  M = R(q) F(q): both how the force changes with length and how the arm
    changes with the angle. One level turns while the others stay, at fixed activation (M,). Without a gain q active
    force follows the fibre's curve; with one it is F0 (1 + q (L / L0 - 1)), the short-range stiffness q F0 / L0 of
    cross-bridges that do not let go. Discs stay preloaded by compression (K,) [N]. Parts: every muscle group,
    abdominal pressure, ligaments, disc. Weight is none of them: it moves the demand, not what answers.
    """
    turns = tuple(f"{level}_{axis}" for level in body.levels for axis in ("flexion", "bend"))
    rows = body.rows(turns)
    positions = np.repeat(position[None], 2 * len(rows), axis=0)
    each = np.arange(len(rows))
    positions[2 * each, rows] += STEP
    positions[2 * each + 1, rows] -= STEP
    kin, f, m = kinetics(body, positions), body.fibres, body.muscle_count
    can = capable(body, kin, effort)
    active = activation * can.active_n
    if gain > 0.0:
        # The mean of both turns is the posture's own, but for terms of the second order.
        before, length = active.mean(axis=0), kin.length[:, :m].mean(axis=0)
        active = before * (1.0 + gain * (kin.length[:, :m] / length - 1.0))
    force = active + can.passive_n
    tension = np.zeros((len(positions), body.model.ntendon))
    tension[:, :m] = force
    tension[:, m : m + len(body.ligament_names)] = ligament_forces(body, kin)
    area = 0.0
    if body.anatomy is not None:
        p = body.anatomy.parameters
        area = p["abdominal_pressure_area"] * (body.height / p["reference_height"]) ** 2
    line = body.model.tendon(PRESSURE_LINE).id
    tension[:, line] = -area * (force @ f.pressure)
    own = np.repeat(rows, 2)  # the row that each of the positions turns
    moment = kin.arms[np.arange(len(own)), own] * tension  # (2 rows, T)
    slope = -(moment[0::2] - moment[1::2]) / (2.0 * STEP)
    labels = np.array([*f.groups, *(LIGAMENTS for _ in body.ligament_names), PRESSURE])
    shape = (len(body.levels), 2)
    parts = {name: slope[:, labels == name].sum(axis=1).reshape(shape) for name in dict.fromkeys(labels.tolist())}
    discs = body.discs.moment(level_angles(body, positions), compression)[..., :2]
    of_row = discs.reshape(len(positions), -1)[np.arange(len(own)), np.repeat(each, 2)]
    parts[DISC] = (-(of_row[0::2] - of_row[1::2]) / (2.0 * STEP)).reshape(shape)
    return parts
