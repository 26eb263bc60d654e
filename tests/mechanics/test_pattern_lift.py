"""Lifting: the load is not there before it is grasped, and all there afterwards."""

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.chain import result_of
from psoas.frames import frames_of
from psoas.mechanics.kinetics import kinetics, world_points


def lifted(kg, **keys):
    hands = Surroundings(hands_kg=Sided(left=kg / 2, right=kg / 2))
    case = Case(motion=Movement(pattern="lift", **keys), surroundings=hands)
    frames = frames_of(case)
    return frames, result_of(case, frames)


@pytest.fixture(scope="module")
def empty():
    return lifted(0)


@pytest.fixture(scope="module")
def loaded():
    return lifted(10)


def test_before_the_grasp_the_load_weighs_nothing(empty, loaded):
    grasp = dict(loaded[0].phases)["grasp"]
    before = slice(0, grasp - 2)  # the legs begin to lean for the load from the grasp on; differences reach 2 frames
    # The force that carries the load comes from differences of its path, the body's from those of its angles: 1 N.
    plain, held = (r.loads["compression_n"][:, before] for _, r in (empty, loaded))
    assert np.abs(plain - held).max() < 2.0
    assert plain.shape[1] > 20


def test_afterwards_the_feet_carry_it(empty, loaded):
    for frames, result in (empty, loaded):
        ground = result.contacts.force_n[:, [0, -1], 1].sum(axis=0)
        weight = frames.body.weight
        held = 9.81 * sum(frames.body.loads_kg)
        assert ground == pytest.approx([weight, weight + held], abs=1.0)


def test_it_ends_as_the_posture_it_ends_in(loaded):
    _, result = loaded
    hands = Surroundings(hands_kg=Sided(left=5.0, right=5.0))
    case = Case(posture=Posture(), surroundings=hands)
    standing = result_of(case, frames_of(case))
    assert result.loads["compression_n"][:, -1] == pytest.approx(standing.loads["compression_n"][:, 0], rel=0.01)


def test_hands_go_down_to_the_crate_and_the_load_counts(empty, loaded):
    frames, result = loaded
    kin = kinetics(frames.body, frames.positions)
    hand = world_points(frames.body, kin, "hand_r", np.array(frames.body.anatomy.segment("hand_r").centre))[:, 1]
    at = dict(frames.phases)
    assert 0.2 < hand[at["grasp"]] < 0.35 and hand[-1] > 0.7
    assert sum(s.startswith("flagged") for s in result.status) <= 0.05 * result.frames
    up = at["load off the floor"]
    plain, held = (r.level("L4/L5")["compression_n"] for _, r in (empty, loaded))
    # 10 kg about 0.4 m in front of the disc against an extensor arm of 5-6 cm: some 700 N, and it must be felt
    assert 300 < (held - plain)[up:].max() < 1200


def test_a_smaller_peak_is_a_smaller_load(loaded):
    frames, result = lifted(10, peak_inclination_deg=35)
    levels = tuple(f"{level}_flexion" for level in frames.body.levels)
    lean = np.degrees(frames.positions[:, frames.body.rows(("pelvis_tilt", *levels))].sum(axis=1))
    assert lean.max() == pytest.approx(35.0, abs=0.1)
    assert result.level("L4/L5")["compression_n"].max() < loaded[1].level("L4/L5")["compression_n"].max()
