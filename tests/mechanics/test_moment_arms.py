"""Moment arms of every line of pull against differences of its length."""

import mujoco
import numpy as np

from body_states import Lines, random_positions
from psoas.body.coordinates import ROOT
from psoas.mechanics.kinetics import kinetics

POSES = 200
STEP = 1e-6  # rad, m: capsular ligaments come down to millimetres, so truncation h^2 L'''/6 needs it; rounding 1e-10
TOLERANCE = 1e-5  # m (1 for slides), the accuracy asked for; a wrong arm is off by millimetres


def test_arms_are_the_slopes_of_length_everywhere(default_body):
    body, model = default_body, default_body.model
    positions = random_positions(body, POSES, seed=20)
    arms = kinetics(body, positions).arms
    lines = Lines(model)
    moving = [dof for name, dof in body.dof.items() if name not in ROOT]
    root = [body.dof[name] for name in ROOT]
    assert np.abs(arms[:, root]).max() < 1e-12  # moving the whole body changes no length; rounding only
    worst, compared, skipped, nonzero = 0.0, 0, 0, 0
    for q, found in zip(positions, arms, strict=True):
        for dof in moving:
            ends, states = zip(*(lines.at(q + s * STEP * (np.arange(model.nv) == dof)) for s in (1, -1)), strict=True)
            slope = -(ends[0] - ends[1]) / (2 * STEP)
            same = states[0] == states[1]
            # A cylinder's other side is reached by a jump of length, which is no slope.
            error = np.where(same, np.abs(slope - found[dof]), 0.0)
            worst = max(worst, error.max())
            compared += int(same.sum())
            skipped += int((~same).sum())
            nonzero += int((np.abs(found[dof][same]) > 1e-3).sum())
    print(f"largest difference {worst:.1e} m over {compared} arms ({nonzero} above 1 mm), {skipped} skipped")
    assert compared + skipped == POSES * len(moving) * model.ntendon
    assert nonzero > 200_000  # the lines do act: not zeros compared with zeros
    assert skipped <= 1e-4 * compared
    assert worst <= TOLERANCE


def test_wrapped_lengths_follow_their_arms_through_hip_flexion(default_body):
    body, model = default_body, default_body.model
    names = body.fibres.names
    chosen = [i for i, n in enumerate(names) if n.startswith(("psoas_", "iliacus_")) and n.endswith("_r")]
    assert len(chosen) == 11 + sum(n.startswith("iliacus_") for n in names) // 2
    dof = body.dof["hip_flexion_r"]
    angles = np.radians(np.arange(-20.0, 110.01, 0.25))
    positions = np.zeros((len(angles), model.nv))
    positions[:, dof] = angles
    kin = kinetics(body, positions)
    length, arm = kin.length[:, chosen], kin.arms[:, dof, chosen]
    # Trapezoid of the arm over the interval: its own error is h^2/12 L''' ~ 1e-8 m, so what is seen is a jump.
    mismatch = np.diff(length, axis=0) + 0.5 * (arm[1:] + arm[:-1]) * np.diff(angles)[:, None]
    per_degree = np.abs(mismatch) / 0.25
    at = np.unravel_index(per_degree.argmax(), per_degree.shape)
    print(f"largest |dL + r dtheta| {per_degree.max() * 1e3:.4f} mm per degree: {names[chosen[at[1]]]}")
    assert per_degree.max() < 1e-4  # m per degree


def test_wraps_touch_and_leave(default_body):
    """Through hip flexion the brim is touched and left: both states are in the test above."""
    model = default_body.model
    lines = Lines(model)
    q = np.zeros(model.nv)
    counts = []
    for angle in np.radians(np.arange(-20.0, 111.0, 5.0)):
        q[default_body.dof["hip_flexion_r"]] = angle
        counts.append(lines.at(q)[1])
    wrapped = [i for i in range(default_body.muscle_count) if default_body.anatomy.fascicles[i].wrap]
    right = [i for i in wrapped if default_body.fibres.names[i].endswith("_r")]
    states = np.array(counts)[:, right]
    assert (states.max(axis=0) > [len(default_body.anatomy.fascicles[i].path) for i in right]).all()  # all touch
    assert mujoco.mjtWrap.mjWRAP_CYLINDER in set(model.wrap_type)
