"""BVH: known angles come back whatever the Euler order, units and axes are guessed and told, faults are named."""

import numpy as np
import pytest
from recorded import MOTIONS
from written import ORDERS, bvh_text, euler_deg

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.errors import FileError, InputError
from psoas.mechanics.fit import fit_markers
from psoas.mechanics.skeleton import Skeleton
from psoas.motion.readers.bvh_file import _about
from psoas.motion.readers.joint_centres import spelled
from psoas.motion.readers.kind import read

STEP = 1 / 60
SWING = {
    "pelvis_tilt": (8, 10), "pelvis_list": (4, 0), "pelvis_rotation": (6, 0), "trunk_flexion": (15, 12),
    "trunk_bend": (6, 0), "trunk_twist": (6, 0), "hip_flexion_r": (22, 20), "hip_flexion_l": (-22, 20),
    "hip_adduction_r": (4, 0), "hip_rotation_l": (5, 0), "knee_flexion_r": (25, 27), "knee_flexion_l": (-25, 27),
    "ankle_flexion_r": (8, 0), "shoulder_flexion_r": (-15, 0), "elbow_flexion_r": (8, 25), "elbow_flexion_l": (9, 30),
}  # fmt: skip


@pytest.fixture(scope="module")
def person():
    return scale(Subject(mass_kg=70, height_m=1.75))


@pytest.fixture(scope="module")
def skeleton(person):
    return Skeleton(person)


@pytest.fixture(scope="module")
def movement(skeleton):
    q = np.zeros((40, len(skeleton.coordinates)))
    phase = 2 * np.pi * np.arange(40) / 40
    for i, name in enumerate(skeleton.coordinates):
        amplitude, mean = SWING.get(name, (0, 0))
        q[:, i] = np.radians(mean + amplitude * np.sin(phase + 0.3 * i))
    q[:, 1] = 0.98
    return q


@pytest.fixture(scope="module")
def text(skeleton, movement):
    return bvh_text(skeleton, movement, STEP)


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "any.name"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("order", ORDERS)
def test_turns_multiply_in_the_order_of_the_channels(order):
    random = np.random.default_rng(3).uniform(-80, 80, (5, 3))
    turn = np.eye(3)
    for axis, angle in zip(order, random.T, strict=True):
        turn = turn @ _about("XYZ".index(axis), np.radians(angle))
    assert np.abs(euler_deg(turn, order) - random).max() < 1e-9  # degrees: rounding alone


def test_known_angles_come_back(file, text, person, skeleton, movement):
    recording = read(file(text), height_m=1.75)
    assert recording.rate_hz == pytest.approx(60, rel=1e-5)
    fitted = fit_markers(recording, person)
    away = np.degrees(fitted.motion.positions - movement)[:, 3:]
    for name, column in zip(skeleton.coordinates[3:], away.T, strict=True):
        # The arms' turn about their length and what the neck does are read from few points.
        assert np.sqrt((column**2).mean()) < 1.5, name
    assert fitted.rms_m < 0.003
    assert all(abs(fitted.factors[g] - 1) < 0.01 for g in ("pelvis", "trunk", "thighs", "shanks"))


@pytest.mark.parametrize(("per_metre", "unit"), [(1.0, "m"), (100.0, "cm"), (1000.0, "mm"), (1 / 0.0254, "inches")])
def test_the_unit_is_guessed_from_the_skeleton_and_told(file, skeleton, movement, text, per_metre, unit):
    recording = read(file(bvh_text(skeleton, movement[:5], STEP, per_metre)))
    assert recording.notes[0].startswith(f"Units were taken as {unit}: the file states none, and the person is 1.7")
    at = {name: recording.positions[0, i] for i, name in enumerate(recording.names)}
    length = np.linalg.norm(at["r_hip_socket"] - at["r_knee_centre"])
    assert length == pytest.approx(0.3958 * 1.75 / 1.70, abs=0.001)


def test_a_skeleton_of_no_unit_is_scaled_to_the_subject_unless_told(file, skeleton, movement):
    path = file(bvh_text(skeleton, movement[:5], STEP, per_metre=17.0))
    recording = read(path, height_m=1.75)
    assert "was scaled to the stature of 1.75 m" in recording.notes[0]
    at = {name: recording.positions[0, i] for i, name in enumerate(recording.names)}
    length = np.linalg.norm(at["r_hip_socket"] - at["r_knee_centre"])
    assert length == pytest.approx(0.3958 * 1.75 / 1.70, rel=0.01)
    with pytest.raises(InputError, match=r"in m, as told, the person would be 29\.\d m tall"):
        read(path, "m")


def test_z_up_is_found(file, skeleton, movement, text):
    turned = text.replace("ROOT Hips", "ROOT World\n{\n OFFSET 0 0 0\n CHANNELS 1 Xrotation\n JOINT Hips", 1)
    turned = turned.replace("MOTION", "}\nMOTION")
    head, rows = turned.split("Frame Time:")
    first, *rest = rows.strip().splitlines()
    path = file(head + f"Frame Time: {first}\n" + "\n".join("90 " + row for row in rest) + "\n")
    recording = read(path)
    assert recording.notes[1].startswith("Up is z: the head and shoulder markers lie")
    straight = read(file(text))
    away = recording.positions - straight.positions
    assert np.abs(away).max() < 1e-6  # m: six digits are written


def test_what_is_left_out_is_named(file, text):
    notes = read(file(text)).notes
    assert any(n.startswith("Not used, having no counterpart in this model: LowerBack, L4") for n in notes)
    assert any("rest pose was taken as this person's standing" in n for n in notes)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("MOTION", "", "no line MOTION"),
        ("JOINT RightLeg", "JOINT RightBone", "no joint that is known as the right knee"),
        ("JOINT LeftUpLeg", "JOINT Tail", "no joint that is known as the left hip"),
        ("Frames: 40", "Frames: 41", "it promises 41 frames and holds 40"),
        ("Frames: 40", "Frames: many", "the header's Frames is 'many'"),
        ("Frame Time: 0.0166667", "Frame Time: 0", "the Frame Time is 0 s"),
        ("Frame Time: 0.0166667", "Frame Time: nan", "no plausible number"),
        ("Xrotation", "Wrotation", "unknown channel 'Wrotation'"),
        ("OFFSET", "OFSET", "'OFSET' has no meaning here"),
        ("OFFSET 0.000000 0.000000 0.000000", "OFFSET 0.0 0.0", "OFFSET needs three numbers"),
        ("OFFSET 0.000000", "OFFSET 1e300", "an offset is '1e300'"),
        ("ROOT Hips\n{", "ROOT Hips\n", "'OFFSET' has no meaning here"),
        ("MOTION", "}\nMOTION", "a closing brace too many"),
        ("MOTION", "ROOT Second\n{\nOFFSET 0 0 0\n}\nMOTION", "a second skeleton begins"),
        ("CHANNELS 3", "CHANNELS 2", "has no meaning here"),
    ],
)
def test_what_is_said_of_a_broken_file(file, text, old, new, sentence):
    assert old in text
    with pytest.raises(FileError) as caught:
        read(file(text.replace(old, new, 1)))
    assert sentence in str(caught.value)


def test_a_file_that_is_cut_in_a_row(file, text):
    with pytest.raises(FileError, match=r"frame 40 has \d+ numbers where the skeleton has 63 channels"):
        read(file(text[:-40]))


def test_endless_nesting_is_refused(file):
    text = "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n" + "JOINT b\n{\nOFFSET 0 1 0\n" * 5000 + "}\n" * 5001
    with pytest.raises(FileError, match="1000 joints or 100 in one chain"):
        read(file(text + "MOTION\nFrames: 1\nFrame Time: 0.01\n0\n"))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("mixamorig:LeftUpLeg", ("upleg", "l")),
        ("Bip01 L Thigh", ("thigh", "l")),
        ("thigh_r", ("thigh", "r")),
        ("RShin", ("shin", "r")),
        ("lowerarm_l", ("lowerarm", "l")),
        ("Hips", ("hips", "")),
    ],
)
def test_names_of_several_programs(name, stem):
    assert spelled(name) == stem


@pytest.mark.skipif(not MOTIONS.is_dir(), reason="the recordings lie in ../shared, which is not here")
def test_a_file_of_an_animation_program_fits_the_body():
    recording = read(MOTIONS / "bvh" / "mocapbank.bvh")
    assert recording.positions.shape == (455, 23, 3) and recording.rate_hz == pytest.approx(30, rel=1e-4)
    assert recording.notes[0].startswith("Units were taken as cm")
    # The drawn skeleton leans against its rest pose while the person stands, and its trunk is too short.
    assert any("the person stands, yet leans from that pose" in n for n in recording.notes)
    assert any("to 1.44 times the distance" in n for n in recording.notes)
    few = type(recording)(recording.names, recording.time_s[:110:5], recording.positions[:110:5])
    fitted = fit_markers(few, scale(Subject(height_m=1.70)))
    assert fitted.rms_m < 0.012  # a stranger's skeleton on this body
    standing = np.degrees(fitted.motion.column("pelvis_tilt")[:10])
    assert np.abs(standing).max() < 8.0  # the first frames stand: zero, but for sway and the fit
