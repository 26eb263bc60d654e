"""The time that runs while a movement plays."""

import numpy as np
import pytest

from psoas.app.clock import Clock

TIMES = np.linspace(1.0, 3.0, 21)


def test_it_stands_still_until_it_plays():
    clock = Clock(TIMES)
    assert clock.time(50.0) == 1.0 and clock.picture(99.0) == 0
    clock.play(100.0)
    assert clock.time(100.5) == pytest.approx(1.5) and clock.picture(100.52) == 5
    clock.pause(100.7)
    assert clock.time(200.0) == pytest.approx(1.7) and not clock.playing


def test_it_starts_again_at_the_end():
    clock = Clock(TIMES)
    clock.play(0.0)
    assert clock.time(1.9) == pytest.approx(2.9) and clock.time(2.25) == pytest.approx(1.25)


def test_speed_changes_from_now_on_and_seeking_stays_within_the_movement():
    clock = Clock(TIMES)
    clock.play(0.0)
    clock.set_speed(0.5, 1.0)
    assert clock.time(1.0) == pytest.approx(2.0) and clock.time(2.0) == pytest.approx(2.5)
    clock.seek(9.0, 5.0)
    assert clock.picture(5.0) in (0, 20)  # the end, which is where it starts again
    clock.pause(5.0)
    clock.seek(-4.0, 6.0)
    assert clock.time(7.0) == 1.0
    clock.seek(2.04, 7.0)
    assert clock.picture(7.0) == 10


def test_one_frame_does_not_play():
    clock = Clock(np.array([0.0]))
    clock.play(0.0)
    assert not clock.playing and clock.picture(3.0) == 0
