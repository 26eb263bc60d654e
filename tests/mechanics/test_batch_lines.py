"""Lines of pull worked out from sites are those of MuJoCo's own tendon stage, whatever the body and the batch."""

import mujoco
import numpy as np
import pytest

from body_states import random_positions
from psoas.mechanics.batch import Lines, evaluator
from psoas.mechanics.kinetics import kinetics, tendon_entries


def arms_of_mujoco(model, data):
    arms = np.zeros((model.nv, model.ntendon))
    line, dof, places = tendon_entries(model)
    arms[dof, line] = -data.ten_J[places]
    return arms


def test_arms_and_lengths_are_those_of_mj_tendon(default_body):
    model, data = default_body.model, mujoco.MjData(default_body.model)
    positions = random_positions(default_body, 20, seed=5)
    kin = kinetics(default_body, positions)
    for i, at in enumerate(positions):
        data.qpos[:] = at
        mujoco.mj_fwdPosition(model, data)
        expected = arms_of_mujoco(model, data)
        assert np.count_nonzero(np.abs(expected) > 1e-6) > 3000
        assert np.abs(kin.arms[i] - expected).max() <= 1e-12  # m; the arms reach 0.5 m and more
        assert np.abs(kin.length[i] - data.ten_length).max() <= 1e-13
        for name in ("xpos", "xaxis", "xanchor"):
            ours = {"xpos": kin.position, "xaxis": kin.axis, "xanchor": kin.anchor}[name]
            assert np.array_equal(ours[i], getattr(data, name))


def test_both_kinds_of_lines_are_there(default_body):
    lines = Lines.of(default_body.model)
    wrapped = {default_body.model.tendon(int(i)).name for i in lines.wrapped}
    assert {"psoas_L1_VB_r", "psoas_L1_VB_l"} <= wrapped  # over the pelvic brim
    assert len(lines.straight) + len(lines.wrapped) == default_body.model.ntendon
    assert len(lines.straight) > 200


def test_a_frame_is_the_same_alone_and_among_others(default_body):
    positions = random_positions(default_body, 70, seed=6)
    rng = np.random.default_rng(6)
    v, a = rng.normal(0, 1, positions.shape), rng.normal(0, 5, positions.shape)
    together = kinetics(default_body, positions, v, a)
    matched = 0
    for i in (0, 31, 32, 69):
        alone = kinetics(default_body, positions[i : i + 1], v[i : i + 1], a[i : i + 1])
        for name, array in arrays_of(together).items():
            assert np.array_equal(arrays_of(alone)[name][0], array[i]), name
            matched += 1
    assert matched == 4 * 17


def arrays_of(kin):
    """Return all arrays of some frames, and what is worked out from the factors of the moment arms."""
    pulls, size = kin.pulls, kin.tau.shape[1]
    found = {name: x for part in (kin, pulls) for name, x in vars(part).items() if isinstance(x, np.ndarray)}
    tension = 100.0 * np.random.default_rng(1).random(pulls.lines.count)
    rows, levels = np.arange(size)[::2], np.arange(6, 42).reshape(-1, 3)
    weights = np.random.default_rng(2).normal(size=(1, *levels.shape))
    found["generalised"] = pulls.generalised(np.tile(tension, (len(kin), 1)))
    found["chosen"], found["none"] = pulls.rows(rows, np.arange(50), np.array([-1]))
    (found["weighted"],) = pulls.rows(levels, np.arange(pulls.lines.count), weights=weights.repeat(len(kin), axis=0))
    return found | {"arms": kin.arms}


def test_what_is_read_from_the_factors_is_what_the_moment_arms_say(default_body):
    positions = random_positions(default_body, 5, seed=7)
    rng = np.random.default_rng(7)
    velocities = rng.normal(0, 1, positions.shape)
    kin = kinetics(default_body, positions, velocities)
    found = arrays_of(kin)
    tension = 100.0 * np.random.default_rng(1).random(kin.arms.shape[2])
    assert np.abs(found["generalised"] - kin.arms @ tension).max() <= 1e-10  # N m, of some 1000
    assert np.abs(kin.velocity + np.einsum("fv,fvt->ft", velocities, kin.arms)).max() <= 1e-12
    assert np.abs(found["chosen"] - kin.arms[:, ::2, :50]).max() <= 1e-14
    assert not found["none"].any()
    weights = np.random.default_rng(2).normal(size=(12, 3))
    expected = np.einsum("kj,fkjt->fkt", weights, kin.arms[:, np.arange(6, 42).reshape(-1, 3)])
    assert np.abs(found["weighted"] - expected).max() <= 1e-13
    assert np.count_nonzero(np.abs(kin.arms) > 1e-6) > 5 * 3000


CROSSED = """<mujoco><option gravity="0 -9.81 0"/><worldbody>
  <body name="a"><joint name="p" type="hinge" axis="0 0 1" {extra}/><geom size="0.1" mass="1" pos="0 0.2 0"/>
    <site name="a1" pos="0.05 0.1 0"/><site name="a2" pos="0.04 0.15 0.02"/><site name="a3" pos="0.04 0.15 0.02"/>
    <body name="b" pos="0 0.3 0"><joint name="q" type="slide" axis="0 1 0"/><joint name="r" type="hinge" axis="0 0 1"/>
      <geom size="0.1" mass="1" pos="0 0.2 0.05"/><site name="b1" pos="0.06 0.1 0"/><site name="b2" pos="0.01 0.1 0"/>
    </body></body><site name="w" pos="0.1 -0.1 0"/></worldbody>
  <tendon><spatial name="zigzag"><site site="a1"/><site site="b1"/><site site="a2"/><site site="a3"/><site site="b2"/>
  <site site="w"/></spatial></tendon></mujoco>"""


@pytest.mark.parametrize("extra", ["", 'damping="0.3" armature="0.2"', 'stiffness="3"'])
def test_a_line_that_runs_back_and_forth_and_a_model_that_is_not_bare(extra):
    model = mujoco.MjModel.from_xml_string(CROSSED.format(extra=extra))
    assert evaluator(model).bare == (extra == "")
    data = mujoco.MjData(model)

    class OfModel:
        pass

    body = OfModel()
    body.model = model
    q, v, a = np.array([[0.3, 0.05, -0.4]]), np.array([[1.0, 0.2, -2.0]]), np.array([[3.0, -1.0, 2.0]])
    kin = kinetics(body, q, v, a)
    data.qpos[:], data.qvel[:], data.qacc[:] = q[0], v[0], a[0]
    mujoco.mj_inverse(model, data)
    expected = arms_of_mujoco(model, data)
    assert np.count_nonzero(expected) == 3
    assert np.abs(kin.arms[0] - expected).max() <= 1e-14
    assert np.abs(kin.tau[0] - data.qfrc_inverse).max() <= 1e-12
    assert abs(kin.velocity[0, 0] - data.ten_velocity[0]) <= 1e-13
