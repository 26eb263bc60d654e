"""Hands that push, pull and lean: the feet answer, the body leans into it, props follow the arm."""

import math

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.chain import run

WEIGHT = 70 * 9.81
ARMS = {"shoulder_flexion_deg": 45, "elbow_flexion_deg": 45}


def pushing(force_n: float):
    """Return the result of both hands pushed by the world with half of force_n each, forward positive."""
    forces = [{"segment": f"{side}_hand", "force_n": [force_n / 2, 0, 0]} for side in ("right", "left")]
    return run(Case(posture=Posture(**ARMS), surroundings=Surroundings(forces=forces)))[0]


@pytest.mark.parametrize("force", [-120.0, 120.0])
def test_the_feet_answer_a_push_by_friction(force):
    result = pushing(force)
    ground = result.contacts.force_n[:, 0].sum(axis=0)
    assert ground == pytest.approx([-force, WEIGHT, 0.0], abs=0.5)
    assert result.status == ("ok",)


def test_who_pushes_leans_forward_and_who_pulls_leans_back():
    from psoas.frames import frames_of

    leans = {}
    for force in (-120.0, 0.0, 120.0):
        forces = [{"segment": f"{side}_hand", "force_n": [force / 2, 0, 0]} for side in ("right", "left")]
        frames = frames_of(Case(posture=Posture(**ARMS), surroundings=Surroundings(forces=forces)))
        body, q = frames.body, frames.positions[0]
        leans[force] = -math.degrees(q[body.dof["hip_flexion_r"]] - q[body.dof["pelvis_tilt"]])
    # The thighs lean forward when the world pushes the hands back, and back when it pulls them forward.
    assert leans[-120.0] > leans[0.0] + 3.0 and leans[120.0] < leans[0.0] - 3.0


def test_a_hand_that_leans_takes_load_off_the_back():
    posture = Posture(pelvis_tilt_deg=30, trunk_flexion_deg=0, shoulder_flexion_deg=60)
    free, leant = run(
        [Case(posture=posture), Case(posture=posture, surroundings=Surroundings(hands_lean="both"))],
    )
    low = [float(r.level("L4/L5")["compression_n"][0]) for r in (free, leant)]
    assert low[1] < 0.9 * low[0]
    hand = leant.contacts.force_n[leant.contacts.names.index("hand_r"), 0]
    # Along the arm: 30 degrees in front of the vertical (60 of flexion on a trunk inclined 30), so up and back.
    assert hand[1] > 0.0 and math.degrees(math.atan2(-hand[0], hand[1])) == pytest.approx(30.0, abs=6.0)
    assert leant.contacts.force_n[:, 0, 1].sum() == pytest.approx(WEIGHT, abs=0.5)


def test_a_rucksack_weighs_on_the_back_and_the_feet():
    plain, carrying = run([Case(), Case(surroundings=Surroundings(rucksack_kg=10.0))])
    assert carrying.contacts.force_n[:, 0, 1].sum() == pytest.approx(80 * 9.81, abs=0.5)
    gain = carrying.loads["compression_n"][:, 0] - plain.loads["compression_n"][:, 0]
    assert np.all(gain > 10 * 9.81 * 0.8)  # at least about its weight at every level
    assert any("rucksack of 10 kg" in note for note in carrying.notes)
