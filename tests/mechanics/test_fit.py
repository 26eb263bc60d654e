"""Marker fitting: known angles come back, gaps and lost segments are told, a real walk agrees with OpenSim."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from psoas.anatomy.anatomy import LEVELS
from psoas.anatomy.scale import scale, scale_segments
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.errors import InputError
from psoas.mechanics.expansion import expand, motion_of_angles
from psoas.mechanics.fit import filtered, fit_markers
from psoas.mechanics.skeleton import GROUPS, Skeleton, rhythm_shares
from psoas.motion.markers import place_markers
from psoas.motion.motion import Motion
from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.kind import read
from psoas.motion.recording import MarkerRecording

WALKING = Path(__file__).parents[3] / "shared" / "motions" / "walking"
needs_walk = pytest.mark.skipif(
    not WALKING.is_dir(), reason="the recorded walk lies in ../shared/motions, which is not here"
)
MARKER_SET = (
    "RASI LASI RPSI LPSI C7 T10 CLAV XYPH RSHO LSHO RTHI LTHI RTH2 LTH2 RKNE LKNE RTIB LTIB RTB2 LTB2 RANK LANK RMMAL "
    "LMMAL RHEE LHEE RTOE LTOE RMT5 LMT5 RUPA LUPA RELB LELB RMEL LMEL RWRA LWRA RWRB LWRB RFHD LFHD THEAD"
)
NAMES = MARKER_SET.split()
# Amplitude and mean [deg] of a walk-like movement; what is not named stands still at 0.
SWING = {
    "pelvis_tilt": (2, 4),
    "pelvis_list": (4, 0),
    "pelvis_rotation": (5, 0),
    "trunk_flexion": (4, 6),
    "trunk_bend": (4, 0),
    "trunk_twist": (5, 0),
    "hip_flexion_r": (22, 8),
    "hip_flexion_l": (-22, 8),
    "hip_adduction_r": (5, 0),
    "knee_flexion_r": (25, 27),
    "knee_flexion_l": (-25, 27),
    "ankle_flexion_r": (10, 0),
    "ankle_flexion_l": (-10, 0),
    "shoulder_flexion_r": (-15, 0),
    "shoulder_flexion_l": (15, 0),
    "elbow_flexion_r": (8, 25),
    "elbow_flexion_l": (-8, 25),
}


@pytest.fixture(scope="module")
def person():
    return scale(Subject(mass_kg=72.6, height_m=1.80))


def walk_angles(skeleton, frames=90):
    q = np.zeros((frames, len(skeleton.coordinates)))
    phase = 2 * np.pi * np.arange(frames) / 60.0
    for i, name in enumerate(skeleton.coordinates):
        amplitude, mean = SWING.get(name, (0, 0))
        q[:, i] = np.radians(mean + amplitude * np.sin(phase + 0.3 * i))
    q[:, 1] = 0.98
    q[:, 0] = 0.02 * np.sin(phase)
    return q


def recorded(person, noise=0.0, turn=None, frames=90, seed=1):
    """Return a recording of known angles (F, D) and those: markers stand where the table has them, plus noise."""
    skeleton = Skeleton(person)
    q = walk_angles(skeleton, frames)
    markers = place_markers(NAMES).markers
    size = person.subject.height_m / person.parameters["reference_height"]
    local = np.array([m.position for m in markers]) * size
    body = np.array([skeleton.bodies.index(m.body) for m in markers])
    points = skeleton.reach(q, np.ones(len(GROUPS)), body, local, np.zeros_like(local)).points
    points = points + np.random.default_rng(seed).normal(0.0, noise, points.shape)
    if turn is not None:
        points = points @ turn.T
    return MarkerRecording(tuple(NAMES), np.arange(frames) / 60.0, points), q, skeleton


def test_the_skeleton_is_where_the_compiled_body_is_and_its_jacobians_are_derivatives(person):
    skeleton, body = Skeleton(person), build(person)
    random = np.random.default_rng(0)
    q = random.normal(0.0, 0.3, (4, len(skeleton.coordinates)))
    index = np.arange(len(skeleton.bodies))
    local, shift = random.normal(0.0, 0.1, (2, len(index), 3))
    ones = np.ones(len(GROUPS))
    here = skeleton.reach(q, ones, index, local, shift)
    motion = Motion(np.arange(4.0), skeleton.coordinates, q)
    positions = expand(body, motion).positions
    data = mujoco.MjData(body.model)
    for f in range(4):
        data.qpos[:] = positions[f]
        mujoco.mj_kinematics(body.model, data)
        for i, name in enumerate(skeleton.bodies):
            k = body.bodies[name]
            place = data.xpos[k] + data.xmat[k].reshape(3, 3) @ (local[i] + shift[i])
            assert np.abs(place - here.points[f, i]).max() < 1e-12  # m: rounding alone
    step = 1e-6
    for i in range(q.shape[1]):
        d = np.zeros_like(q)
        d[:, i] = step
        ahead, behind = (skeleton.reach(q + s * d, ones, index, local, shift).points for s in (1, -1))
        assert np.abs((ahead - behind) / (2 * step) - here.by_coordinate[..., i]).max() < 1e-7
    for g in range(len(GROUPS)):
        d = np.zeros(len(GROUPS))
        d[g] = step
        ahead, behind = (skeleton.reach(q, ones + s * d, index, local, shift).points for s in (1, -1))
        assert np.abs((ahead - behind) / (2 * step) - here.by_scale[..., g]).max() < 1e-7


def test_known_angles_come_back_from_noisy_markers_with_gaps(person):
    recording, q, skeleton = recorded(person, noise=0.003)
    points = np.array(recording.positions)
    points[30:36, NAMES.index("RKNE")] = np.nan  # short: bridged
    points[10:, NAMES.index("LTHI")] = np.nan  # missing most of the time
    points[40:70, NAMES.index("CLAV")] = np.nan
    fitted = fit_markers(MarkerRecording(recording.names, recording.time_s, points), person)
    assert fitted.rms_m < 0.006  # 3 mm in each of three directions: 5.2 mm
    # What goes on to the mechanics is the filtered motion; its first and last tenth of a second are an edge.
    away = np.degrees(filtered(fitted).motion.positions - q)[6:-6, 3:]
    rms = np.sqrt((away**2).mean(axis=0))
    for name, value in zip(skeleton.coordinates[3:], rms, strict=True):
        assert value < 1.5, name
    assert len(rms) == 29
    text = " ".join(fitted.notes)
    assert "1 marker gaps up to 0.2 s were bridged" in text
    assert "LTHI (89 %)" in text and "CLAV (33 %)" in text


def test_other_segment_sizes_come_back(person):
    sizes = {"thighs": 1.06, "shanks": 0.95, "pelvis": 1.03}
    by_body = {body: sizes[group] for group in sizes for body in GROUPS[group]}
    skeleton = Skeleton(scale_segments(person, by_body))
    q = walk_angles(skeleton)
    markers = place_markers(NAMES).markers
    size = person.subject.height_m / person.parameters["reference_height"]
    local = np.array([np.array(m.position) * size * by_body.get(m.body, 1.0) for m in markers])
    body = np.array([skeleton.bodies.index(m.body) for m in markers])
    points = skeleton.reach(q, np.ones(len(GROUPS)), body, local, np.zeros_like(local)).points
    fitted = fit_markers(MarkerRecording(tuple(NAMES), np.arange(len(q)) / 60.0, points), person)
    for group, factor in sizes.items():
        # A length and the places of its own markers trade against each other within their expected spreads.
        assert fitted.factors[group] == pytest.approx(factor, abs=0.02), group
    assert fitted.rms_m < 0.003


def test_a_walk_across_the_laboratory_axes_is_turned_to_face_forward(person):
    quarter = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    recording, q, skeleton = recorded(person, turn=quarter)
    fitted = fit_markers(recording, person)
    np.testing.assert_allclose(fitted.turn @ quarter, np.eye(3), atol=1e-12)
    i = skeleton.coordinates.index("pelvis_tilt")
    assert np.abs(np.degrees(fitted.motion.positions - q)[:, i]).max() < 1.5
    assert any("turned by" in note for note in fitted.notes)


def test_a_single_frame_is_a_posture(person):
    recording, _, _ = recorded(person)
    one = MarkerRecording(recording.names, recording.time_s[:1], recording.positions[:1])
    fitted = filtered(fit_markers(one, person))
    assert fitted.motion.frames == 1 and not fitted.motion.velocities.any()
    assert fitted.rms_m < 0.005


def test_a_lost_segment_at_the_end_is_cut_off_and_one_in_the_middle_is_an_error(person):
    recording, _, _ = recorded(person)
    feet = [i for i, m in enumerate(place_markers(NAMES).markers) if m.body == "foot_r"]
    points = np.array(recording.positions)
    points[70:, feet] = np.nan
    fitted = fit_markers(MarkerRecording(recording.names, recording.time_s, points), person)
    assert fitted.motion.frames == 70
    assert any(note.startswith("Only 0 to 1.15 s were used: elsewhere foot_r") for note in fitted.notes)
    points = np.array(recording.positions)
    points[30:60, feet] = np.nan
    with pytest.raises(InputError, match="The segment foot_r has too few markers in 30 of 90 frames"):
        fit_markers(MarkerRecording(recording.names, recording.time_s, points), person)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda x: x * [1.0, 1.0, -1.0], r"would make the \w+ 0\.75 times .* mirrored axes"),
        (lambda x: 0.5 * x, r"would make the \w+ 0\.75 times .* wrong --height or --units"),
        (lambda x: 1.6 * x, r"would make the \w+ 1\.35 times .* wrong --height or --units"),
    ],
)
def test_a_recording_of_no_such_person_is_refused(person, spoil, sentence):
    recording, _, _ = recorded(person, frames=8)
    points = spoil(np.array(recording.positions))
    with pytest.raises(InputError, match=sentence):
        fit_markers(MarkerRecording(recording.names, recording.time_s, points), person)


def test_markers_that_jump_about_are_refused(person):
    recording, _, _ = recorded(person, noise=0.05, frames=12)
    with pytest.raises(InputError, match=r"mm \(RMS\) from where the body can carry them.*--markers"):
        fit_markers(recording, person)


def test_angles_alone_are_shared_over_the_levels_and_what_is_missing_is_told(person):
    body = build(person)
    given = Motion(np.arange(3.0), ("trunk_flexion", "L4/L5_flexion", "hip_flexion_r"), np.full((3, 3), 0.3))
    whole = motion_of_angles(body, given)
    shares = rhythm_shares(person)
    assert whole.positions.shape == (3, body.model.nv)
    for level in LEVELS:
        # A level that is given itself keeps its angle; the others take their share.
        wanted = 0.3 if level == "L4/L5" else 0.3 * shares[f"{level}_flexion"][1]
        np.testing.assert_allclose(whole.column(f"{level}_flexion"), wanted)
    assert "held at 0" in whole.notes[-1] and "knee_flexion_r" in whole.notes[-1]
    with pytest.raises(InputError, match="Unknown coordinate 'hip_flexion'"):
        motion_of_angles(body, Motion(np.zeros(1), ("hip_flexion",), np.zeros((1, 1))))


def test_scaled_segments_keep_masses_and_move_what_lies_on_them(person):
    bigger = scale_segments(person, {"thigh_r": 1.1, "pelvis": 1.05})
    old, new = person.segment("thigh_r"), bigger.segment("thigh_r")
    assert new.mass == old.mass and new.inertia[0] == pytest.approx(1.21 * old.inertia[0])
    np.testing.assert_allclose(new.joint, 1.05 * np.array(old.joint))
    np.testing.assert_allclose(bigger.segment("shank_r").joint, 1.1 * np.array(person.segment("shank_r").joint))
    with pytest.raises(InputError, match=r"Unknown segment 'thigh'"):
        scale_segments(person, {"thigh": 1.1})
    with pytest.raises(InputError, match="would be 3 times its usual size"):
        scale_segments(person, {"head": 3.0})


@needs_walk
def test_the_recorded_walk_fits_within_20_mm_and_agrees_with_opensim(person):
    fitted = fit_markers(read(WALKING / "subject01_walk1.trc"), person)
    assert fitted.rms_m < 0.020  # measured: 5.5 mm
    reference = motion_from_angles(read(WALKING / "subject01_walk1_ik.mot"))
    time_s = fitted.motion.time_s
    shared = (time_s >= 0.5 - 1e-9) & (time_s <= 2.5 + 1e-9)
    compared = 0
    for name in ("hip_flexion_r", "hip_flexion_l", "knee_flexion_r", "knee_flexion_l"):
        theirs = np.interp(time_s[shared], reference.time_s, reference.column(name))
        away = np.degrees(fitted.motion.column(name)[shared] - theirs)
        assert away.std() < 6.0, name  # measured: 1.1-1.5 degrees
        assert abs(away.mean()) < 10.0, name  # the zeros differ: measured -3.7 to -5.4 degrees
        compared += 1
    assert compared == 4
