"""Motions: what is refused, and what slicing, posing and differentiating give."""

from __future__ import annotations

import numpy as np
import pytest

from psoas.errors import InputError
from psoas.motion.motion import ExternalForce, Motion

NAMES = ("pelvis_tilt", "hip_flexion_r")


def _force(frames: int) -> ExternalForce:
    up = np.tile([0.0, 700.0, 0.0], (frames, 1))
    return ExternalForce("foot_r", up, np.tile([0.1, 0.0, 0.2], (frames, 1)), np.zeros((frames, 3)))


def _motion(frames: int = 121) -> Motion:
    time_s = np.arange(frames) / 60
    turn = 2 * np.pi
    positions = np.stack([np.sin(turn * time_s), 0.5 * time_s], axis=1)
    return Motion(time_s, NAMES, positions, forces=(_force(frames),), notes=("made up",))


def test_a_posture_is_one_frame_at_rest():
    posture = Motion.posture({"pelvis_tilt": 0.1, "L4/L5_flexion": 0.05})
    assert posture.frames == 1 and posture.duration_s == 0.0
    assert posture.coordinates == ("pelvis_tilt", "L4/L5_flexion")
    assert posture.column("L4/L5_flexion") == pytest.approx([0.05])
    assert not posture.velocities.any() and not posture.accelerations.any()
    again = posture.differentiated(6.0)
    assert np.array_equal(again.positions, posture.positions) and not again.accelerations.any()
    assert Motion.posture({}).positions.shape == (1, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"time_s": [0.0, 0.1, 0.1]}, r"must increase: frame 3 has 0.1 s after 0.1 s"),
        (
            {"time_s": [0.0, np.nan, 0.2]},
            r"times of a motion must be finite; the value at index \(1,\) is nan",
        ),
        ({"time_s": []}, "at least one frame"),
        ({"positions": np.zeros((3, 3))}, "must have shape 3 x 2, not 3 x 3"),
        ({"positions": np.full((3, 2), np.inf)}, r"value at index \(0, 0\) is inf"),
        ({"positions": "none"}, "must be numbers"),
        ({"velocities": np.zeros((2, 2))}, "The velocities of a motion"),
        ({"coordinates": ("pelvis_tilt", "pelvis_tilt")}, "'pelvis_tilt' comes twice"),
        ({"forces": (_force(4),)}, "force on 'foot_r' has 4 frames, the motion 3"),
    ],
)
def test_what_is_no_motion_says_why(change, says):
    good = {"time_s": [0.0, 0.1, 0.2], "coordinates": NAMES, "positions": np.zeros((3, 2))}
    Motion(**good)
    with pytest.raises(InputError, match=says):
        Motion(**{**good, **change})


def test_a_force_needs_its_three_arrays_alike():
    with pytest.raises(InputError, match="The point on 'foot_r' must have shape 2 x 3, not 1 x 3"):
        ExternalForce("foot_r", np.zeros((2, 3)), np.zeros((1, 3)), np.zeros((2, 3)))
    # A force of 700 N up, 0.1 m forward and 0.2 m right of the origin: M = r x F = (-140, 0, 70) N m.
    assert _force(1).moment_about_origin()[0] == pytest.approx([-140.0, 0.0, 70.0])


def test_arrays_cannot_be_written_and_the_callers_stay_writable():
    mine = np.zeros((3, 2))
    motion = Motion([0.0, 0.1, 0.2], NAMES, mine)
    with pytest.raises(ValueError, match="read-only"):
        motion.positions[0, 0] = 1.0
    mine[0, 0] = 5.0
    assert motion.positions[0, 0] == 0.0


def test_slices_carry_the_forces_along():
    motion = _motion().differentiated(10.0)
    part = motion.slice(10, 50, 4)
    assert part.frames == 10 and part.forces[0].frames == 10
    assert np.array_equal(part.accelerations, motion.accelerations[10:50:4])
    assert part.notes == motion.notes
    seconds = motion.between(0.5, 1.0)
    assert seconds.time_s[[0, -1]] == pytest.approx([0.5, 1.0]) and seconds.frames == 31
    with pytest.raises(InputError, match="the motion runs from 0 to 2 s"):
        motion.between(5.0, 6.0)
    with pytest.raises(InputError, match="Frames 200 to None hold nothing"):
        motion.slice(200)
    with pytest.raises(InputError, match="step must be 1 or more"):
        motion.slice(None, None, -1)


def test_an_unknown_coordinate_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'hip_flexion_r'"):
        _motion().column("hip_flexon_r")


def test_differentiated_gives_the_slopes_and_says_what_it_did():
    motion = _motion().differentiated(20.0)
    middle = slice(30, -30)
    turn = 2 * np.pi
    expected = turn * np.cos(turn * motion.time_s)
    # 1 Hz under a 20 Hz filter keeps all but 6e-6; what the ends disturb is below 1 % half a second inside.
    assert np.abs(motion.velocities[middle, 0] - expected[middle]).max() < 0.01 * turn
    assert motion.velocities[middle, 1] == pytest.approx(0.5, abs=1e-6)
    assert "low-passed at 20 Hz" in motion.notes[-1]
    assert motion.forces[0].frames == motion.frames


def test_uneven_times_are_resampled_with_their_forces():
    even = _motion(200)
    kept = np.r_[0:80, 95:200]
    motion = Motion(even.time_s[kept], NAMES, even.positions[kept], forces=(_force(len(kept)),))
    smooth = motion.differentiated(20.0)
    assert smooth.frames == 200 and smooth.forces[0].frames == 200
    assert any("uneven" in note for note in smooth.notes)
    # The bridge over 16 missing frames (0.27 s) of a 1 Hz sinusoid is a cubic; elsewhere little changes.
    assert np.abs(smooth.positions[:, 0] - even.positions[:, 0])[20:70].max() < 0.01
    assert np.abs(smooth.positions[:, 0] - even.positions[:, 0]).max() < 0.12
