"""The real recordings beside the project: what is known of them must come out."""

from __future__ import annotations

import numpy as np
import pytest

from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.kind import read
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording, overlap
from recorded_walk import MOTIONS

pytestmark = pytest.mark.skipif(
    not MOTIONS.is_dir(), reason="the folder shared/motions with the real recordings is not beside this clone"
)


def _read(name: str):
    return read(MOTIONS / name)


def test_the_walk_has_41_markers_at_60_hz_in_millimetres_with_y_up():
    walk = _read("walking/subject01_walk1.trc")
    assert isinstance(walk, MarkerRecording)
    assert len(walk.names) == 41 and walk.names[:3] == ("R.ASIS", "L.ASIS", "V.Sacral")
    assert walk.rate_hz == pytest.approx(60.0, abs=1e-9)
    assert walk.positions.shape == (151, 41, 3)
    assert walk.time_s[[0, -1]] == pytest.approx([0.0, 2.5])
    # The first cells of the file, in millimetres there.
    assert walk.positions[0, 0] == pytest.approx([0.61724762, 1.05527502, 0.17078198], abs=1e-9)
    assert walk.notes[0].startswith("Units are mm, by the header")
    assert walk.notes[1].startswith("Up is y: the head and shoulder markers lie 1.45 m above")
    assert not np.isnan(walk.positions).any()
    # A man of 1.80 m with a marker on top of his head, walking.
    assert 1.7 < walk.positions[:, walk.names.index("Top.Head"), 1].mean() < 1.85


def test_the_forces_are_at_600_hz_and_carry_the_man():
    forces = _read("walking/subject01_walk1_grf.mot")
    assert isinstance(forces, ForceRecording)
    assert [plate.name for plate in forces.plates] == ["ground_force", "1_ground_force"]
    assert forces.rate_hz == pytest.approx(600.0, abs=0.5)
    assert forces.plates[1].moment[0] == pytest.approx([1.5550397, -0.75741936, 6.88030347])
    total = sum(plate.force[:, 1] for plate in forces.plates)
    # 72.6 kg; over 2.5 s, two strides and a bit, the mean is within 3 % of body weight.
    assert total.mean() == pytest.approx(72.6 * 9.81, rel=0.03)
    assert forces.notes[1].startswith("Up is y")


def test_the_forces_resampled_to_the_markers_keep_their_wrench():
    walk, forces = _read("walking/subject01_walk1.trc"), _read("walking/subject01_walk1_grf.mot")
    assert overlap(walk, forces) == pytest.approx((0.0, 2.5))
    slow = forces.resampled(walk.time_s, cutoff_hz=20.0)
    every_tenth = np.searchsorted(forces.time_s, walk.time_s - 1e-4)
    loaded_frames = 0
    for before, after in zip(forces.plates, slow.plates, strict=True):
        strong = after.force[:, 1] > 300
        loaded_frames += strong.sum()
        # Well in stance the 20 Hz filter moves the force by less than 6 % of body weight (RMS).
        change = (after.force - before.force[every_tenth])[strong]
        assert np.sqrt((change**2).mean()) < 0.06 * 712
        assert np.abs(after.moment[strong][:, [0, 2]]).max() < 1e-9
        assert np.abs(after.point - before.point[every_tenth])[strong].max() < 0.03
    assert loaded_frames > 150


def test_the_angles_of_the_walk_become_ours():
    angles = _read("walking/subject01_walk1_ik.mot")
    assert isinstance(angles, AngleRecording) and angles.in_degrees
    assert angles.values.shape == (211, 23)
    motion = motion_from_angles(angles)
    assert motion.column("pelvis_tilt")[0] == pytest.approx(-np.radians(4.76281529))
    assert motion.column("pelvis_list")[0] == pytest.approx(np.radians(0.40342044))
    assert motion.column("pelvis_ty")[0] == pytest.approx(1.03324624)
    assert motion.column("knee_flexion_r")[0] == pytest.approx(np.radians(19.85408256))
    assert np.degrees(motion.column("knee_flexion_l").max()) > 55  # swing
    assert motion.column("trunk_flexion")[0] == pytest.approx(np.radians(20.04376034))
    assert motion.column("trunk_twist")[0] == pytest.approx(np.radians(-5.60308425))
    assert any("flexion is negative in the file" in note for note in motion.notes)
    assert motion.notes[-1] == "Not used, having no counterpart in this model: mtp_angle_r, mtp_angle_l."


def test_the_squat_keeps_its_knee_sign_and_has_arms():
    motion = motion_from_angles(_read("squat/squats1_videoAndMocap.mot"))
    assert motion.frames == 801
    assert 80 < np.degrees(motion.column("knee_flexion_r").max()) < 130
    assert np.degrees(motion.column("knee_flexion_r").min()) > -5
    assert motion.column("elbow_flexion_r")[0] == pytest.approx(np.radians(32.26625811))
    assert any("flexion is positive in the file" in note for note in motion.notes)
    moving = motion.differentiated(6.0)
    assert moving.accelerations.shape == (801, len(motion.coordinates))
    assert len(motion.coordinates) == 29
