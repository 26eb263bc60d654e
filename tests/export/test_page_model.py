"""What stands in the page's model is the person's own: bodies, lines and answers are the same."""

import json
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.posture import LEVELS, Posture
from psoas.chain import result_of
from psoas.export.page_mechanics import mechanics_model, movement_model
from psoas.export.page_model import OWN, answer_of, presets
from psoas.frames import frames_of
from psoas.mechanics import rhythm
from psoas.mechanics.kinetics import kinetics

IDS = ["standing", "sitting", "slouched", "tight_psoas", "lifting_15kg", "end_of_stance", "desk", "constructive_rest"]


@pytest.fixture(scope="module")
def standing():
    case = Case()
    frames = frames_of(case)
    return frames, result_of(case, frames), mechanics_model(frames.body)


def test_presets_are_the_pages_and_the_cases_own_posture_comes_first_where_it_is_another():
    assert list(presets(Case())) == IDS
    own = Case(subject=Subject(height_m=1.6), posture=Posture(preset="squat"))
    listed = presets(own)
    assert list(listed) == [OWN, *IDS]
    assert listed[OWN] == own
    assert all(case.subject.height_m == 1.6 for case in listed.values())
    assert listed["lifting_15kg"].surroundings.load_kg == 15.0


def test_the_bodies_of_the_model_stand_where_the_bodys_do(standing):
    frames, _, model = standing
    body = frames.body
    compiled = mujoco.MjModel.from_xml_string(model["xml"])
    assert [compiled.joint(i).name for i in range(compiled.njnt)] == model["coordinates"]
    positions = np.random.default_rng(4).uniform(-0.4, 0.4, body.model.nq)
    positions[[i for i, name in enumerate(model["coordinates"]) if name[-2:] in ("_x", "_y", "_z")]] = 0.0
    kin = kinetics(body, positions[None])
    data = mujoco.MjData(compiled)
    data.qpos[:] = positions
    mujoco.mj_kinematics(compiled, data)
    assert model["bodies"] == [compiled.body(i).name for i in range(compiled.nbody)]
    assert np.abs(data.xpos - kin.position[0]).max() < 1e-12  # m: every digit is written
    # A straight line's length follows from its points alone; those that bend are compared in web/tests/parity.test.ts.
    bent = {wrap["line"] for wrap in model["wraps"]}
    seen = 0
    for i, path in enumerate(model["lines"]):
        if i not in bent:
            points = np.array([data.xpos[b] + data.xmat[b].reshape(3, 3) @ at for b, *at in path])
            assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() == pytest.approx(kin.length[0, i], abs=1e-12)
            seen += 1
    assert seen == body.model.ntendon - len(bent) > 300


def test_the_model_is_plain_json_with_every_fascicle(standing):
    frames, _, model = standing
    written = json.dumps(model, allow_nan=False)
    assert json.dumps(json.loads(written)) == written  # every digit survives
    fibres = model["fibres"]
    assert all(len(values) == frames.body.muscle_count for values in fibres.values())
    assert fibres["max_force"] == frames.body.fibres.max_force.tolist()
    figures = {name.lower(): x for name, x in vars(rhythm).items() if name.isupper() and isinstance(x, int | float)}
    assert model["rules"]["settle"] == figures and len(figures) == 12  # the page has a search of its own


def test_an_answer_holds_what_the_result_does(standing):
    frames, result, _ = standing
    answer = answer_of(frames, result)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    for name, values in result.loads.items():
        assert answer["loads"][name] == pytest.approx(values[:, 0].tolist(), abs=1e-4)
        assert len(answer["loads"][name]) == len(LEVELS)
    assert answer["status"] == "ok"
    assert answer["floor_m"] == pytest.approx(0.0, abs=1e-9)
    assert len(answer["pose"]["turn"]) == 4 * len(result.scene.bodies)
    assert None in answer["pose"]["arcs"] or len(answer["pose"]["arcs"]) > 0
    assert {c["name"] for c in answer["contacts"]} == {"foot_r", "foot_l"}


def test_a_movement_is_every_frame_with_what_bears():
    frames = frames_of(Case(motion=Movement(pattern="sit", duration_s=1.0)))
    model = movement_model("sit", frames)
    count = len(frames.time_s)
    assert all(len(model[key]) == count for key in ("time_s", "positions", "velocities", "accelerations", "bears"))
    assert np.array_equal(model["positions"], frames.positions)
    assert np.array_equal(np.array(model["bears"], bool), frames.available)
    assert model["settled"] == [1] * count
    assert movement_model("sit", replace(frames, settled=np.arange(count) > 1))["settled"] == [0, 0] + [1] * (count - 2)
    seat = [i for i, c in enumerate(model["contacts"]) if c["contact"] == "seat"]
    bears = np.array(model["bears"])[:, seat].any(axis=1)
    assert not bears[0]
    assert bears[-1]
