"""BVH: known angles come back whatever the Euler order, units and axes are guessed and told, faults are named."""

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.errors import FileError, InputError
from psoas.mechanics.fit import fit_markers
from psoas.mechanics.skeleton import Skeleton
from psoas.motion.readers.bvh_file import _about
from psoas.motion.readers.joint_centres import spelled
from psoas.motion.readers.kind import read
from psoas.motion.readers.skeletons import roles_of
from recorded_walk import MOTIONS
from written_recordings import ORDERS, bvh_text, euler_deg

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


def test_a_first_frame_that_stands_serves_where_the_rest_pose_does_not(file, person, skeleton, movement):
    seated = np.zeros((1, movement.shape[1]))
    for name in ("hip_flexion_r", "hip_flexion_l", "knee_flexion_r", "knee_flexion_l"):
        seated[0, skeleton.coordinates.index(name)] = np.radians(85)
    standing = np.zeros((1, movement.shape[1]))
    standing[0, 1] = 0.98
    recording = read(file(bvh_text(skeleton, np.vstack([standing, movement]), STEP, stance=seated)), height_m=1.75)
    assert any(n.startswith("The first frame (the rest pose does not stand)") for n in recording.notes)
    fitted = fit_markers(recording, person)
    away = np.degrees(fitted.motion.positions[1:] - movement)[:, 3:]
    assert np.sqrt((away**2).mean(axis=0)).max() < 1.5
    with pytest.raises(FileError, match="neither the skeleton's rest pose nor the first frame stands upright"):
        read(file(bvh_text(skeleton, np.vstack([seated, movement]), STEP, stance=seated)))


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


# Chains from the root, as several programs call the joints: legs, arms and neck of the left and the middle.
PROGRAMS = {
    "Mixamo": "Hips>LeftUpLeg>LeftLeg>LeftFoot>LeftToeBase;Hips>Spine>Spine1>Spine2>LeftShoulder>LeftArm>LeftForeArm>"
    "LeftHand;Spine2>Neck>Head",
    "MotionBuilder": "Hips>LeftHip>LeftKnee>LeftAnkle;Hips>Chest>Chest2>LeftCollar>LeftShoulder>LeftElbow>LeftWrist;"
    "Chest2>Neck>Head",
    "CMU": "Hips>LHipJoint>LeftUpLeg>LeftLeg>LeftFoot>LeftToeBase;Hips>LowerBack>Spine>Spine1>LeftShoulder>LeftArm>"
    "LeftForeArm>LeftHand>LThumb;Spine1>Neck>Neck1>Head",
    "Acclaim": "root>lhipjoint>lfemur>ltibia>lfoot>ltoes;root>lowerback>upperback>thorax>lclavicle>lhumerus>lradius>"
    "lwrist>lhand;thorax>lowerneck>upperneck>head",
    "Biped": "Bip01 Pelvis>Bip01 L Thigh>Bip01 L Calf>Bip01 L Foot;Bip01 Pelvis>Bip01 Spine>Bip01 Neck>Bip01 Head;"
    "Bip01 Spine>Bip01 L Clavicle>Bip01 L UpperArm>Bip01 L Forearm>Bip01 L Hand",
    "Unreal": "pelvis>thigh_l>calf_l>foot_l>ball_l;pelvis>spine_01>spine_02>clavicle_l>upperarm_l>lowerarm_l>hand_l;"
    "spine_02>neck_01>head",
    "SMPL": "Pelvis>L_Hip>L_Knee>L_Ankle>L_Foot;Pelvis>Spine1>Spine2>Spine3>L_Collar>L_Shoulder>L_Elbow>L_Wrist>"
    "L_Hand;Spine3>Neck>Head",
}
EXPECTED = {  # joint of the left hip, knee, ankle, shoulder, elbow, wrist; neck; segments of pelvis and thorax
    "Mixamo": "LeftUpLeg LeftLeg LeftFoot LeftArm LeftForeArm LeftHand Neck Hips Spine2",
    "MotionBuilder": "LeftHip LeftKnee LeftAnkle LeftShoulder LeftElbow LeftWrist Neck Hips Chest2",
    "CMU": "LeftUpLeg LeftLeg LeftFoot LeftArm LeftForeArm LeftHand Neck Hips Spine1",
    "Acclaim": "lfemur ltibia lfoot lhumerus lradius lwrist lowerneck root thorax",
    "Biped": "Bip01_L_Thigh Bip01_L_Calf Bip01_L_Foot Bip01_L_UpperArm Bip01_L_Forearm Bip01_L_Hand Bip01_Neck "
    "Bip01_Pelvis Bip01_Spine",
    "Unreal": "thigh_l calf_l foot_l upperarm_l lowerarm_l hand_l neck_01 pelvis spine_02",
    "SMPL": "L_Hip L_Knee L_Ankle L_Shoulder L_Elbow L_Wrist Neck Pelvis Spine3",
}


def mirrored(name):
    for left, right in (
        ("Left", "Right"),
        ("Bip01 L ", "Bip01 R "),
        ("L_", "R_"),
        ("LHip", "RHip"),
        ("LThumb", "RThumb"),
    ):
        if name.startswith(left):
            return name.replace(left, right)
    if name.endswith("_l"):
        return name[:-1] + "r"
    return "r" + name[1:] if name[0] == "l" and not name.startswith("lower") else name


@pytest.mark.parametrize("program", PROGRAMS)
def test_joints_are_found_by_the_names_of_several_programs(tmp_path, program):
    names, parents = [], []
    for side in (str, mirrored):
        for chain in PROGRAMS[program].split(";"):
            before = -1
            for name in map(side, chain.split(">")):
                if name not in names:
                    names.append(name)
                    parents.append(before)
                before = names.index(name)
    joints = roles_of(tmp_path / "x.bvh", names, parents).joints
    found = [names[joints[f"{j}_l"]] for j in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")]
    found += [names[joints[j]] for j in ("neck", "pelvis", "thorax")]
    assert " ".join(name.replace(" ", "_") for name in found) == EXPECTED[program]
    assert names[joints["knee_r"]] == mirrored(names[joints["knee_l"]]) != names[joints["knee_l"]]


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
