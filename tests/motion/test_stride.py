"""The stride as harmonics: periodic, left as right, scaled as cited."""

import math

import numpy as np
import pytest

from psoas.errors import InputError
from psoas.motion.stride import HEIGHT_M, coordinates, gait, stride

MAN = gait(HEIGHT_M)


def test_the_recorded_man_walks_as_recorded():
    recorded = stride()
    assert MAN.speed == recorded.speed and MAN.duration == pytest.approx(recorded.duration)
    assert MAN.amplitude == pytest.approx(1.0) and MAN.size == 1.0
    assert 1.0 < MAN.speed < 1.5 and 1.0 < MAN.duration < 1.4  # s: a walk


def test_the_left_side_is_the_right_half_a_stride_later():
    names, early = coordinates(np.linspace(0.0, 1.0, 20, endpoint=False), MAN)
    _, late = coordinates(np.linspace(0.0, 1.0, 20, endpoint=False) + 0.5, MAN)
    right = [i for i, n in enumerate(names) if n.endswith("_r")]
    left = [names.index(names[i][:-2] + "_l") for i in right]
    assert len(right) == 10
    assert early[:, left] == pytest.approx(late[:, right], abs=1e-12)


def test_the_middle_is_the_same_for_both_steps_or_the_mirror():
    course = np.linspace(0.0, 1.0, 24, endpoint=False)
    names, first = coordinates(course, MAN)
    _, second = coordinates(course + 0.5, MAN)
    for name, sign in (
        ("pelvis_ty", 1),
        ("pelvis_tilt", 1),
        ("trunk_flexion", 1),
        ("pelvis_list", -1),
        ("trunk_bend", -1),
    ):
        i = names.index(name)
        assert first[:, i] == pytest.approx(sign * second[:, i], abs=1e-9), name


def test_faster_keeps_the_walk_ratio():
    slow, fast = gait(1.75, 1.1), gait(1.75, 1.8)
    ratio = [g.length / (1.0 / g.duration) for g in (slow, fast)]
    assert ratio[0] == pytest.approx(ratio[1])
    for g in (slow, fast):
        assert g.speed == pytest.approx(g.length / g.duration)
    course = np.linspace(0.0, 1.0, 24, endpoint=False)
    names, angles = coordinates(course, fast)
    _, own = coordinates(course, MAN)
    hip = names.index("hip_flexion_r")
    assert np.ptp(angles[:, hip]) / np.ptp(own[:, hip]) == pytest.approx(fast.amplitude)


def test_another_height_walks_at_the_same_froude_number():
    short = gait(1.5)
    assert short.speed**2 / 1.5 == pytest.approx(MAN.speed**2 / HEIGHT_M)
    assert short.length == pytest.approx(MAN.length * 1.5 / HEIGHT_M)
    assert short.duration == pytest.approx(MAN.duration * math.sqrt(1.5 / HEIGHT_M))


@pytest.mark.parametrize(
    ("height", "speed", "length", "words"),
    [
        (1.7, 0.5, None, "0.5 m/s is outside 1 to 2"),
        (1.7, 2.5, None, "2.5 m/s is outside"),
        (1.7, None, 0.5, r"stride of 0\.50 m is outside"),
        (1.4, 2.0, None, "2 m/s needs a stride"),
    ],
)
def test_what_cannot_be_stretched(height, speed, length, words):
    with pytest.raises(InputError, match=words):
        gait(height, speed, length)
