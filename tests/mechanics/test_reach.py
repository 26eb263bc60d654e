"""Hands that reach, eyes that look: closed-form arms against the model's own kinematics."""

import math

import numpy as np
import pytest

from psoas.case.posture import Posture
from psoas.errors import InputError, PoseError
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.pose import on_the_floor, pose
from psoas.mechanics.reach import Gaze, grip, look

NEAR = 1e-4  # m: the elbow is found by bisection to far less


@pytest.mark.parametrize("forward", [0.25, 0.3, 0.35])
@pytest.mark.parametrize("height", [0.95, 1.1, 1.25])
def test_the_hands_arrive(default_body, forward, height):
    posed = pose(default_body, Posture(hands_forward_m=forward, hands_height_m=height))
    q = on_the_floor(default_body, posed.positions)
    kin = kinetics(default_body, q[None])
    ankle = 0.5 * sum(kin.position[0, default_body.bodies[f"foot_{s}"], 0] for s in "rl")
    right, left = grip(default_body, q, "r"), grip(default_body, q, "l")
    assert right[:2] == pytest.approx([ankle + forward, height], abs=NEAR)
    assert left == pytest.approx(right * [1, 1, -1], abs=NEAR)
    elbow = kin.position[0, default_body.bodies["forearm_r"]]
    shoulder = kin.position[0, default_body.bodies["upper_arm_r"]]
    # The elbow is never above the line from shoulder to hand.
    share = (elbow - shoulder) @ (right - shoulder) / ((right - shoulder) @ (right - shoulder))
    assert elbow[1] <= (shoulder + share * (right - shoulder))[1] + NEAR


def test_one_hand_reaches_and_the_other_hangs(default_body):
    posed = pose(default_body, Posture(hands_forward_m={"right": 0.3}, hands_height_m={"right": 1.2}))
    right, left = grip(default_body, posed.positions, "r"), grip(default_body, posed.positions, "l")
    assert right[1] > left[1] + 0.3
    assert posed.positions[default_body.dof["elbow_flexion_l"]] == 0.0


def test_out_of_reach_is_told_in_centimetres(default_body):
    with pytest.raises(PoseError, match=r"Out of reach: \d+ cm are missing .* 1\.20 m in front of the ankles") as far:
        pose(default_body, Posture(hands_forward_m=1.2, hands_height_m=1.0))
    missing = int(str(far.value).split("reach: ")[1].split(" cm")[0])
    with pytest.raises(PoseError) as further:
        pose(default_body, Posture(hands_forward_m=1.3, hands_height_m=1.0))
    # 10 cm further along a nearly level arm; the body's balance shifts with the arms.
    assert int(str(further.value).split("reach: ")[1].split(" cm")[0]) == pytest.approx(missing + 10, abs=2)
    with pytest.raises(PoseError, match="Too near: the right hand's place is"):
        pose(default_body, Posture(hands_forward_m=0.0, hands_height_m=1.35))


def test_head_and_eyes_share_the_gaze(default_body):
    body = default_body
    q = np.zeros(body.model.nq)
    angles, necks = [], []
    for height in (0.6, 1.2, 1.5):
        angles.append(look(body, q, Gaze(1.0, height)))
        necks.append(q[body.dof["neck_flexion"]])
    assert np.diff(necks) == pytest.approx(0.41 * np.diff(angles), abs=1e-9)
    # Eyes are at 0.936 of the stature: level gaze there, and the head then 0.41 of 15 degrees up.
    assert look(body, q, Gaze(2.0, 0.936 * 1.68)) == pytest.approx(0.0, abs=1e-3)
    assert math.degrees(q[body.dof["neck_flexion"]]) == pytest.approx(-0.41 * 15, abs=0.1)


def test_a_screen_on_the_ceiling_is_refused(default_body):
    with pytest.raises(PoseError, match="The head would have to bend"):
        pose(default_body, Posture(trunk_flexion_deg=75, gaze_distance_m=0.2, gaze_height_m=3.0))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"hands_forward_m": 0.3}, "hands_forward_m needs hands_height_m beside it"),
        ({"gaze_height_m": 1.0}, "gaze_height_m needs gaze_distance_m beside it"),
        ({"hands_forward_m": 30, "hands_height_m": 1}, r"hands_forward_m is 30; allowed is -0\.5 to 1\.5 m"),
        ({"hands_forward_m": {"left": 0.3}, "hands_height_m": {"right": 1}}, "hand has only one of"),
        ({"hands_forward_m": 0.3, "hands_height_m": 1, "elbow_flexion_deg": 9}, "keep one of them"),
        ({"gaze_distance_m": 1, "gaze_height_m": 1, "neck_flexion_deg": 9}, "keep one of them"),
    ],
)
def test_places_that_are_not_whole(keys, sentence):
    with pytest.raises(InputError, match=sentence):
        Posture(**keys)
