"""Sit-ups and curl-ups: what touches the floor, what lifts, and what bears the person."""

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import result_of
from psoas.errors import InputError
from psoas.frames import frames_of
from psoas.mechanics.kinetics import kinetics, world_points


def played(pattern):
    case = Case(motion=Movement(pattern=pattern))
    frames = frames_of(case)
    return frames, result_of(case, frames)


@pytest.fixture(scope="module")
def sit_up():
    return played("sit_up")


@pytest.fixture(scope="module")
def curl_up():
    return played("curl_up")


def bearing(frames, phase):
    at = dict(frames.phases)[phase]
    return {c.name[:-2] for c, a in zip(frames.contacts, frames.available[at], strict=True) if a}


def heights(frames):
    kin = kinetics(frames.body, frames.positions)
    return {c.name: world_points(frames.body, kin, c.body, c.position)[:, 1] for c in frames.contacts}


def test_the_floor_carries_the_weight_at_rest(sit_up, curl_up):
    for frames, result in (sit_up, curl_up):
        carried = result.contacts.force_n[:, 0].sum(axis=0)
        # the first frame is at rest; the root row leaves at most a thousandth of the weight
        assert carried == pytest.approx([0.0, frames.body.weight, 0.0], abs=1e-3 * frames.body.weight)


def test_every_frame_is_met(sit_up, curl_up):
    for _, result in (sit_up, curl_up):
        assert set(result.status) == {"ok"}


def test_head_and_shoulders_leave_first_and_the_curl_up_keeps_its_back_down(sit_up, curl_up):
    for frames, _ in (sit_up, curl_up):
        assert {"head", "shoulder_blade", "ribs", "back_L3", "sacrum"} <= bearing(frames, "lying")
        assert not {"head", "shoulder_blade"} & bearing(frames, "head lifts")
    assert {"ribs", "back_L1", "back_L5", "sacrum"} <= bearing(curl_up[0], "curled")
    assert {"head", "shoulder_blade"} <= bearing(curl_up[0], "lying again")


def test_the_sit_up_rolls_from_sacrum_to_ischium(sit_up):
    frames, result = sit_up
    assert "sacrum" in bearing(frames, "curled") and "ribs" not in bearing(frames, "curled")
    end = bearing(frames, "sitting")
    assert "ischium_back" in end and not {"sacrum", "ribs", "back_L5"} & end
    floor = result.contacts.force_n[result.contacts.names.index("floor")]
    assert (floor[:, 1] > 0.5 * frames.body.weight).all()  # trunk, head and arms are more than half a person


def test_feet_stay_where_they_are(sit_up):
    heel = heights(sit_up[0])["mid_sole"]
    assert np.ptp(heel) < 1e-9


def test_the_abdominals_lift_the_head_and_the_psoas_the_pelvis(sit_up, curl_up):
    frames, result = curl_up
    lying, curled = dict(frames.phases)["lying"], dict(frames.phases)["curled"]
    rectus = result.group("rectus_abdominis").activation
    assert rectus[curled] > 2 * rectus[lying]
    flexors = sit_up[1].group("psoas_major").force_n
    assert flexors.max() > 3 * flexors[0]


def test_a_peak_inclination_has_no_meaning_lying_down():
    with pytest.raises(InputError, match=r"peak_inclination_deg.*no meaning for 'sit_up'"):
        frames_of(Case(motion=Movement(pattern="sit_up", peak_inclination_deg=40)))
