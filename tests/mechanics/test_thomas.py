"""The hanging thigh: its rest is a balance of moments, and what must move it moves it the right way."""

import math

import mujoco
import numpy as np
import pytest

from psoas.anatomy.groups import resolve
from psoas.mechanics.thomas import hanging_thigh, passive_hip_moment

KNEE, BACKWARD = math.radians(52.5), math.radians(10.0)


def doses(body, muscle, fractions):
    tight = np.zeros((len(fractions), body.muscle_count))
    tight[:, resolve(muscle, body.fibres.names, body.fibres.groups)] = np.array(fractions)[:, None]
    return tight


def rest(body, muscle="psoas_major", fractions=(0.0,), **keywords):
    given = {"knee": KNEE, "pelvis_backward": BACKWARD} | keywords
    return hanging_thigh(body, doses(body, muscle, fractions), **given)


def test_the_moments_are_in_balance(default_body):
    found = rest(default_body, fractions=(0.0, 0.1, 0.2))
    # Each part is linear between steps of half a degree, and so is their sum: it is zero to rounding.
    assert found.gravity + found.muscle + found.capsule == pytest.approx(np.zeros(3), abs=1e-9)
    assert np.all(found.gravity < 0) and np.all(found.capsule > 0)
    assert found.thigh == pytest.approx(found.hip + BACKWARD)


def test_the_weight_of_the_leg_is_a_statics_of_its_own(default_body):
    # A second way: weight of the leg times the horizontal distance of its mass centre from the hip.
    found = rest(default_body)
    body, model = default_body, default_body.model
    data = mujoco.MjData(model)
    data.qpos[body.dof["pelvis_tilt"]] = -math.pi / 2 - BACKWARD
    for disc in body.anatomy.discs:
        data.qpos[body.dof[f"{disc.level}_flexion"]] = disc.flexion_share * BACKWARD
    data.qpos[body.dof["hip_flexion_r"]], data.qpos[body.dof["knee_flexion_r"]] = found.hip[0], KNEE
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    thigh = body.bodies["thigh_r"]
    lever = data.subtree_com[thigh][0] - data.xpos[thigh][0]
    # Supine with the head behind: the leg hangs forward of the hip. 0.5 % for the line between steps.
    moment = model.body_subtreemass[thigh] * 9.81 * abs(lever)
    assert abs(found.gravity[0]) == pytest.approx(moment, rel=5e-3)


def test_the_thigh_rises_with_every_step_of_tightness(default_body):
    for muscle in ("psoas_major_r", "hip_flexors_r"):
        thigh = rest(default_body, muscle, (0.0, 0.05, 0.1, 0.15, 0.2)).thigh
        assert np.all(np.diff(thigh) > math.radians(0.1)), muscle


def test_the_other_side_does_not_matter(default_body):
    left = rest(default_body, "hip_flexors_l", (0.0, 0.2)).hip
    assert left[1] == left[0]


def test_no_rest_is_said(default_body):
    # Flexors shortened by nearly all of their length pull the thigh up beyond 90 degrees: no place in the range.
    found = rest(default_body, "hip_flexors_r", (0.9,))
    assert np.isnan(found.hip).all() and np.isnan(found.gravity).all()


def test_passive_moment_turns_back_to_the_middle(default_body):
    hips = np.radians(np.array([-25.0, 0.0, 60.0]))
    extended, middle, flexed = passive_hip_moment(default_body, hips)
    assert extended > 5.0 and flexed < -5.0
    assert abs(middle) < 2.0
