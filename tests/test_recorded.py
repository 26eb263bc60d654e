"""Recordings through the whole chain: the recorded walk with its measured forces, a squat of angles alone."""

from pathlib import Path

import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import result_of, run
from psoas.frames import frames_of
from psoas.motion.motion import Motion

MOTIONS = Path(__file__).parents[2] / "shared" / "motions"
WALK = MOTIONS / "walking"
pytestmark = pytest.mark.skipif(not MOTIONS.exists(), reason="the recordings lie in ../shared, which is not here")
SUBJECT = Subject(mass_kg=72.6, height_m=1.80)
WEIGHT = 72.6 * 9.81


@pytest.fixture(scope="module")
def walk():
    movement = Movement(file=WALK / "subject01_walk1.trc", forces=WALK / "subject01_walk1_grf.mot")
    case = Case(subject=SUBJECT, motion=movement)
    frames = frames_of(case)
    return frames, result_of(case, frames)


def test_the_root_residual_is_that_of_good_data(walk):
    # OpenSim on the same trial: 5-8 % of body weight, 1.3-2.0 % of body weight x height.
    _, result = walk
    force = np.sqrt(np.mean(result.residual["force_n"] ** 2)) / WEIGHT
    moment = np.sqrt(np.mean(result.residual["moment_nm"] ** 2)) / (WEIGHT * 1.80)
    assert force <= 0.07 and moment <= 0.02


def test_few_frames_are_flagged_and_the_ends_are_told(walk):
    _, result = walk
    flagged = sum(s.startswith("flagged") for s in result.status)
    assert flagged <= 0.05 * result.frames
    assert result.status[0] == result.status[-1] == "edge"


def test_compression_has_two_peaks_a_stride_within_published_bounds(walk):
    _, result = walk
    load = result.level("L4/L5")["compression_n"] / WEIGHT
    inside = np.array([s != "edge" for s in result.status])
    # Cappozzo 1984: peaks of 1.0-2.5 body weights at L3/L4 over speeds; two a stride.
    assert 0.9 <= load[inside].max() <= 2.5
    # Smoothed over 0.1 s, a peak is a frame above all within 0.15 s. The hip is most extended every 1.24 s.
    smooth = np.convolve(load, np.ones(7) / 7, mode="same")
    window = 9
    peaks = [
        i
        for i in range(window, len(smooth) - window)
        if smooth[i] == smooth[i - window : i + window + 1].max() and smooth[i] > 1.15
    ]
    strides = (result.time_s[-1] - result.time_s[0] - 0.3) / 1.24
    assert len(peaks) == pytest.approx(2 * strides, abs=1.0)


def test_the_psoas_works_from_toe_off_into_early_swing(walk):
    # EMG (Andersson 1997 and others): iliopsoas bursts around toe-off and in early swing, near silence in mid-stance.
    frames, result = walk
    hip = np.degrees(frames.positions[:, frames.body.dof["hip_flexion_r"]])
    velocity = np.gradient(hip, result.time_s)
    inside = np.array([s != "edge" for s in result.status])
    toe_off = inside & (hip < -12) & (velocity > 0)
    mid_stance = inside & (np.abs(hip) < 10) & (velocity < -60)
    assert toe_off.sum() > 5 and mid_stance.sum() > 5
    active = result.group("psoas_major_r").activation
    assert active[toe_off].mean() > 2.0 * active[mid_stance].mean()


def test_what_was_decided_is_told(walk):
    _, result = walk
    notes = " ".join(result.notes)
    for words in ("markers fitted to", "Units are mm", "Up is y", "foot_r", "low-passed at 6 Hz", "is lumbar"):
        assert words in notes


def test_angles_without_forces_stand_on_the_soles_that_are_down():
    file = MOTIONS / "squat" / "squats1_videoAndMocap.mot"
    case = Case(subject=Subject(mass_kg=70, height_m=1.75), motion=Movement(file=file))
    result = run(case)[0]
    assert result.frames == 801
    assert set(result.contacts.names) == {"foot_r", "foot_l"}
    weight = result.contacts.force_n[:, :, 1].sum(axis=0)
    # Over the whole trial what goes up comes down: the soles carry the weight on average.
    assert weight.mean() == pytest.approx(70 * 9.81, rel=0.02)


def test_a_motion_made_in_python_is_taken():
    angles = {"hip_flexion_r": 0.2, "hip_flexion_l": 0.2, "knee_flexion_r": 0.3, "knee_flexion_l": 0.3}
    angles |= {"ankle_flexion_r": 0.1, "ankle_flexion_l": 0.1, "trunk_flexion": 0.2}
    result = run(Case(motion=Motion.posture(angles)))[0]
    assert result.frames == 1 and np.isfinite(result.loads["compression_n"]).all()
