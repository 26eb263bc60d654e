"""MJCF: what MuJoCo compiles from the file is the same body."""

import mujoco
import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.export.mjcf import KEYFRAME, mjcf
from psoas.export.scene import scene
from psoas.mechanics.kinetics import kinetics, tendon_entries


@pytest.fixture(scope="module")
def exported():
    posture = Posture(preset="stoop")
    made = scene(Case(posture=posture, surroundings=Surroundings(hands_kg={"left": 0.0, "right": 10.0})))
    return made, mujoco.MjModel.from_xml_string(mjcf(made))


def test_lengths_arms_and_moments_are_those_of_the_body(exported):
    made, again = exported
    body = made.body
    assert [again.tendon(i).name for i in range(again.ntendon)] == [
        body.model.tendon(i).name for i in range(body.model.ntendon)
    ]
    rng = np.random.default_rng(0)
    free = np.array([not n.endswith(("_x", "_y", "_z")) for n in body.dof])
    turns = rng.uniform(-0.3, 0.3, (12, again.nv)) * free
    poses = np.concatenate([made.positions[None], made.positions + turns])
    kin = kinetics(body, poses)
    data = mujoco.MjData(again)
    line, dof, place = tendon_entries(again)
    for i, q in enumerate(poses):
        data.qpos[:] = q
        mujoco.mj_inverse(again, data)
        arms = np.zeros((again.nv, again.ntendon))
        arms[dof, line] = -data.ten_J[place]
        assert np.abs(data.ten_length - kin.length[i]).max() <= 1e-9  # m, asked for
        assert np.abs(arms - kin.arms[i]).max() <= 1e-8  # m: a slope loses a digit
        assert np.abs(data.qfrc_inverse - kin.tau[i]).max() <= 1e-6  # N, N m: of 800 N


def test_the_posture_is_a_keyframe(exported):
    made, again = exported
    assert again.nkey == 1
    assert again.key(0).name == KEYFRAME
    assert np.array_equal(again.key(0).qpos, made.positions)


def test_the_load_is_in_the_right_hand(exported):
    _, again = exported
    assert again.body("hand_r").mass[0] - again.body("hand_l").mass[0] == pytest.approx(10.0, abs=1e-9)
