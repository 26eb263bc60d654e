"""What MuJoCo says of a frame, by its own one call for it; and poses at which that call complains."""

import mujoco
import numpy as np

from body_states import random_positions
from psoas.mechanics.kinetics import kinetics


def test_inverse_dynamics_and_path_velocities_are_those_of_mj_inverse(default_body):
    model, data = default_body.model, mujoco.MjData(default_body.model)
    rng = np.random.default_rng(3)
    positions = random_positions(default_body, 20, seed=3)
    v, a = rng.normal(0, 2, positions.shape), rng.normal(0, 10, positions.shape)
    kin = kinetics(default_body, positions, v, a)
    moved = 0
    for i in range(len(positions)):
        data.qpos[:], data.qvel[:], data.qacc[:] = positions[i], v[i], a[i]
        mujoco.mj_inverse(model, data)
        size = np.abs(data.qfrc_inverse).max()
        assert np.abs(kin.tau[i] - data.qfrc_inverse).max() <= 1e-10 * size  # rounding of one recursion
        assert np.abs(kin.velocity[i] - data.ten_velocity).max() <= 1e-12 * np.abs(data.ten_velocity).max() + 1e-12
        moved += int((np.abs(kin.velocity[i]) > 0.01).sum())
    assert moved > 20 * 200  # of 341 lines


def test_an_arm_held_to_the_side_leaves_no_log(default_body, tmp_path, monkeypatch, capfd):
    """At 90 degrees two axes of the shoulder coincide and the mass matrix is singular, which harms no result."""
    monkeypatch.chdir(tmp_path)
    positions = np.zeros((3, default_body.model.nv))
    for i, angle in enumerate((-90.0, -89.0, 90.0)):
        positions[i, default_body.dof["shoulder_adduction_r"]] = np.radians(angle)
    kin = kinetics(default_body, positions)
    assert np.isfinite(kin.tau).all()
    assert not list(tmp_path.iterdir()) and capfd.readouterr() == ("", "")
    # The arm's weight at the shoulder: continuous through the singular pose.
    row = default_body.dof["shoulder_adduction_r"]
    assert abs(kin.tau[0, row] - kin.tau[1, row]) < 0.1 and abs(kin.tau[0, row]) > 3.0  # N m
