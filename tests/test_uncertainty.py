"""Low and high over the ranges of the inputs."""

import json

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.chain import run
from psoas.frames import frames_of
from psoas.uncertainty import DRAWS, INPUTS, hypercube, varied


@pytest.fixture(scope="module")
def standing():
    return run(Case(), interval=True)[0]


def test_the_answer_lies_between(standing):
    assert standing.interval is not None
    assert standing.interval["from"] == list(INPUTS)
    for key, values in standing.loads.items():
        span = standing.interval[key]
        assert (span["low"] <= values).all() and (values <= span["high"]).all(), key
    wide = standing.interval["compression_n"]
    assert (wide["high"] - wide["low"] > 50).all()  # N: the inputs do matter


def test_it_is_in_the_json(standing):
    said = json.loads(standing.to_json())["interval"]
    assert np.shape(said["compression_n"]["low"]) == (6, 1) and said["from"][0] == "specific_tension"


def test_every_part_of_every_range_is_drawn_once():
    anatomy = scale(Subject())
    draws = hypercube(anatomy, DRAWS)
    assert len(draws) == DRAWS
    for name in INPUTS:
        low, high = anatomy.parameters.spread(name)
        parts = sorted(int(DRAWS * (d[name] - low) / (high - low)) for d in draws)
        assert parts == list(range(DRAWS)), name


def test_nothing_chosen_changes_nothing():
    frames = frames_of(Case(posture=Posture(trunk_flexion_deg=20)))
    same = varied(frames, {})
    np.testing.assert_allclose(same.positions, frames.positions, atol=1e-12)
    np.testing.assert_allclose(same.body.fibres.max_force, frames.body.fibres.max_force)
    np.testing.assert_array_equal(same.effort.floor, frames.effort.floor)


def test_each_input_moves_the_load_by_itself():
    case = Case(posture=Posture(trunk_flexion_deg=30))
    frames = frames_of(case)
    from psoas.chain import result_of

    base = result_of(case, frames).loads
    parameters = frames.body.anatomy.parameters
    moved = 0
    for name in INPUTS:
        if name in ("tone_supported", "hip_capsule_angle"):
            continue  # a trunk that holds itself up, hips that are not extended
        low, _ = parameters.spread(name)
        other = result_of(case, varied(frames, {name: low})).loads
        change = max(np.abs(other[key] - base[key]).max() / np.abs(base[key]).max() for key in base)
        assert change > 1e-4, name
        moved += 1
    assert moved == len(INPUTS) - 2


def test_the_capsule_moves_the_load_where_a_hip_is_extended():
    from psoas.chain import result_of

    case = Case(posture=Posture(hip_flexion_deg={"right": -25, "left": 0}))
    frames = frames_of(case)
    low, high = frames.body.anatomy.parameters.spread("hip_capsule_angle")
    loads = [result_of(case, varied(frames, {"hip_capsule_angle": x})).loads["compression_n"] for x in (low, high)]
    assert np.abs(loads[0] - loads[1]).max() / loads[0].max() > 1e-4  # as for the other inputs
