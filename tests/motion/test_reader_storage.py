"""Angles and ground forces in OpenSim's storage format: what is read and decided, how faults are told."""

from __future__ import annotations

import numpy as np
import pytest

from psoas.errors import FileError, InputError
from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.kind import read, read_forces
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording, overlap
from recorded_walk import FORCE_NAMES, angle_rows, force_rows, plate_columns, stick_figure, storage_text

ANGLES = ["pelvis_tilt", "pelvis_list", "pelvis_ty", "hip_flexion_r", "knee_angle_r", "lumbar_extension"]


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "file.mot"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def _sentence(path, **told) -> str:
    with pytest.raises(FileError) as caught:
        read(path, **told)
    text = str(caught.value)
    assert path.name in text
    return text


# --- angles


def test_degrees_and_radians_give_the_same_motion(write):
    rows = angle_rows(ANGLES)
    radians = rows.copy()
    turns = [1 + i for i, name in enumerate(ANGLES) if name != "pelvis_ty"]
    radians[:, turns] = np.radians(rows[:, turns])
    in_degrees = read(write(storage_text(ANGLES, rows, "yes"), "degrees.mot"))
    in_radians = read(write(storage_text(ANGLES, radians, "no"), "radians.sto"))
    silent = read(write(storage_text(ANGLES, rows, None), "silent.mot"))
    assert isinstance(in_degrees, AngleRecording) and in_degrees.in_degrees and not in_radians.in_degrees
    assert np.abs(in_degrees.values - in_radians.values).max() < 1e-6  # the file's six digits
    assert np.array_equal(silent.values, in_degrees.values)
    assert silent.notes[0].startswith("Angles were taken as degrees: the header does not say, and they reach 4")
    assert in_degrees.values[:, ANGLES.index("pelvis_ty")] == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("theirs", "ours", "sign"),
    [
        ("pelvis_tilt", "pelvis_tilt", -1),
        ("pelvis_list", "pelvis_list", 1),
        ("pelvis_rotation", "pelvis_rotation", 1),
        ("hip_flexion_l", "hip_flexion_l", 1),
        ("hip_adduction_r", "hip_adduction_r", 1),
        ("hip_rotation_l", "hip_rotation_l", 1),
        ("ankle_angle_r", "ankle_flexion_r", 1),
        ("subtalar_angle_l", "ankle_inversion_l", 1),
        ("lumbar_extension", "trunk_flexion", -1),
        ("lumbar_bending", "trunk_bend", 1),
        ("lumbar_rotation", "trunk_twist", 1),
        ("L5_S1_Flex_Ext", "L5/S1_flexion", -1),
        ("L1_T12_axial_rotation", "T12/L1_twist", 1),
        ("L4_L5_LB", "L4/L5_bend", 1),
        ("neck_extension", "neck_flexion", -1),
        ("arm_flex_r", "shoulder_flexion_r", 1),
        ("arm_add_l", "shoulder_adduction_l", 1),
        ("arm_rot_r", "shoulder_rotation_r", 1),
        ("elbow_flex_l", "elbow_flexion_l", 1),
    ],
)
def test_names_and_signs(write, theirs, ours, sign):
    rows = angle_rows([theirs])
    motion = motion_from_angles(read(write(storage_text([theirs], rows))))
    assert motion.coordinates == (ours,)
    assert np.abs(np.degrees(motion.positions[:, 0]) - sign * rows[:, 1]).max() < 1e-5


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_knee_flexes_whatever_sign_the_file_has(write, sign):
    names = ["knee_angle_r", "knee_angle_l"]
    bend = sign * (30 - 33 * np.cos(np.linspace(0, 6, 40)))
    rows = np.column_stack([np.arange(40) / 100, bend, bend])
    motion = motion_from_angles(read(write(storage_text(names, rows))))
    assert motion.coordinates == ("knee_flexion_r", "knee_flexion_l")
    assert np.degrees(motion.positions.max()) == pytest.approx(63, abs=0.2)
    assert any(f"flexion is {'positive' if sign > 0 else 'negative'} in the file" in n for n in motion.notes)


def test_the_mapping_is_shown_and_misspelt_columns_are_named_with_the_nearest(write):
    names = ["Hip_Flexion_R", "Hip_Flexion_L", "lumbar_extension", "Pelvis_TY", "hip_adductoin_r", "wrist_flex_r"]
    motion = motion_from_angles(read(write(storage_text(names, angle_rows(names)))))
    assert motion.coordinates == ("hip_flexion_r", "hip_flexion_l", "trunk_flexion", "pelvis_ty")
    assert (
        "Read under our names and signs: Hip_Flexion = hip_flexion (R, L); lumbar_extension = -trunk_flexion; "
        in (motion.notes[-2])
    )
    assert motion.notes[-1] == (
        "Not used, having no counterpart in this model: hip_adductoin_r (nearest known: hip_adduction_r), wrist_flex_r."
    )


def test_states_of_opensim_4_and_unknown_columns(write):
    names = [
        "/jointset/hip_r/hip_flexion_r/value",
        "/jointset/hip_r/hip_flexion_r/speed",
        "/forceset/m/activation",
    ]
    recording = read(write(storage_text(names, angle_rows(names, size=0.5), "no")))
    assert recording.names == ("hip_flexion_r",)
    assert any("Of 3 states, the 1 coordinate values" in note for note in recording.notes)
    extra = ["hip_flexion_r", "wrist_flex_r"]
    motion = motion_from_angles(read(write(storage_text(extra, angle_rows(extra)))))
    assert motion.coordinates == ("hip_flexion_r",)
    assert motion.notes[-1] == "Not used, having no counterpart in this model: wrist_flex_r."
    both = ["neck_flexion", "neck_extension"]
    with pytest.raises(FileError, match="Two columns mean 'neck_flexion'"):
        motion_from_angles(read(write(storage_text(both, angle_rows(both)))))


def test_old_headers_blanks_for_tabs_and_free_text(write):
    text = "walk\ndatacolumns 2\ndatarows 3\nrange 0 1\nFree text: as you like = it\nendheader\n\n"
    text += "time hip_flexion_r\n"
    recording = read(write(text + "0 10\n0.01   20\n 0.02 30\n"))
    assert np.degrees(recording.values[:, 0]) == pytest.approx([10, 20, 30])


def _angle_faults() -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = angle_rows(ANGLES)
    text = storage_text(ANGLES, rows)
    hole, column = rows.copy(), rows.copy()
    hole[7, 4] = np.nan
    column[:, 4] = np.nan
    back = rows.copy()
    back[9, 0] = back[8, 0]
    small = storage_text(ANGLES, angle_rows(ANGLES, size=1.0), None)
    wild = rows.copy()
    wild[3, 5] = 900.0
    far = rows.copy()
    far[:, 3] = 950.0
    return {
        "no endheader": (text.replace("endheader\n", ""), ("no line 'endheader'",)),
        "ends after header": (text[: text.index("endheader") + 10], ("ends after its header",)),
        "no rows": (text[: text.index("extension\n") + 10], ("no row of data",)),
        "cut between rows": (
            "\n".join(text.split("\n")[:20]) + "\n",
            ("is cut", "nRows = 30", "holds 13", "set nRows to 13"),
        ),
        "cut in a row": (text[: len(text) * 2 // 3], ("cut in the middle", "values")),
        "unknown key": (
            text.replace("inDegrees", "inDegres"),
            ("unknown header key 'inDegres'", "'inDegrees'"),
        ),
        "key twice": (text.replace("version=1", "nRows=31"), ("nRows twice, as 31 and 30",)),
        "columns contradict": (storage_text(ANGLES, rows, n_columns=9), ("nColumns = 9", "names 7 columns")),
        "rows no number": (text.replace("nRows=30", "nRows=3O"), ("nRows is '3O'",)),
        "maybe degrees": (text.replace("=yes", "=perhaps"), ("inDegrees=perhaps", "yes or no")),
        "silent and small": (
            small,
            ("does not say whether angles are in degrees", "Add the line inDegrees=yes"),
        ),
        "degrees called radians": (
            text.replace("=yes", "=no"),
            ("inDegrees=no, but angles reach", "inDegrees=yes"),
        ),
        "column of nothing": (
            storage_text(ANGLES, column),
            ("column 'hip_flexion_r' holds no number at all",),
        ),
        "hole": (storage_text(ANGLES, hole), ("row 8 (line 15)", "column 'hip_flexion_r' is empty")),
        "time stands": (storage_text(ANGLES, back), ("time does not increase at row 10 (line 17)",)),
        "time not first": (text.replace("time\t", "zeit\t"), ("first column must be 'time', not 'zeit'",)),
        "column twice": (text.replace("pelvis_list", "pelvis_tilt"), ("column 'pelvis_tilt' twice",)),
        "column unnamed": (text.replace("pelvis_list", ""), ("column 3 has no name",)),
        "no number": (text.replace("0.950000", "none-", 1), ("row 1 (line 8)", "'none-' is not a number")),
        "past any joint": (storage_text(ANGLES, wild), ("row 4 (line 11)", "'knee_angle_r' is 900 degrees")),
        "far away": (storage_text(ANGLES, far), ("'pelvis_ty' is 950 m", "--units mm|cm|m")),
        "nothing known": (
            storage_text(["hip_flexon"], angle_rows(["hip_flexon"])),
            ("neither ground forces", "nor joint coordinates", "Did you mean 'hip_flexion_"),
        ),
    }


ANGLE_FAULTS = _angle_faults()


@pytest.mark.parametrize("fault", ANGLE_FAULTS)
def test_each_fault_of_angles_has_its_sentence(write, fault):
    text, says = ANGLE_FAULTS[fault]
    said = _sentence(write(text))
    for part in says:
        assert part in said, said


def test_units_and_up_for_angles(write):
    rows = angle_rows(ANGLES)
    rows[:, 3] = 950.0
    path = write(storage_text(ANGLES, rows))
    assert read(path, units="mm").values[:, 2] == pytest.approx(0.95)
    with pytest.raises(InputError, match="--up z does not apply"):
        read(path, units="mm", up="z")
    with pytest.raises(InputError, match="Unknown unit for --units 'foot'"):
        read(path, units="foot")


# --- ground forces


def test_two_plates_with_their_points_and_free_moments(write):
    rows = force_rows()
    recording = read(write(storage_text(FORCE_NAMES, rows)))
    assert isinstance(recording, ForceRecording)
    assert [plate.name for plate in recording.plates] == ["ground_force", "1_ground_force"]
    assert recording.rate_hz == pytest.approx(600.0, rel=1e-4)
    assert np.abs(recording.plates[0].force - rows[:, 1:4]).max() < 1e-6
    assert np.abs(recording.plates[1].point - rows[:, 13:16]).max() < 1e-6
    assert np.abs(recording.plates[1].moment - rows[:, 16:19]).max() < 1e-6


@pytest.mark.parametrize(
    ("force", "moment"),
    [
        ("ground_force_r_", "ground_moment_r_m"),
        ("ground_force_r_", "ground_torque_r_"),
        ("R_ground_force_", "R_ground_torque_"),
        ("FP1_", "FP1_m"),
        ("ground_force_1_", "ground_moment_1_m"),
    ],
)
def test_column_names_of_other_programs(write, force, moment):
    names = plate_columns(force, moment)
    rows = force_rows()[:, :10]
    recording = read(write(storage_text(names, rows)))
    assert [plate.name for plate in recording.plates] == [force.strip("_")]
    assert np.abs(recording.plates[0].moment - rows[:, 7:10]).max() < 1e-6
    assert not any("no free moment" in note for note in recording.notes)


def test_z_up_millimetres_and_missing_moments(write):
    rows = force_rows()[:, :10]
    lab = rows.copy()
    for start in (1, 4, 7):
        x, y, z = rows[:, start : start + 3].T
        lab[:, start : start + 3] = np.column_stack([x, -z, y])
    lab[:, 4:7] *= 1000
    lab[:, 7:10] *= 1000
    names = plate_columns("ground_force_", "ground_torque_")
    recording = read(write(storage_text(names, lab)))
    plate = recording.plates[0]
    assert np.abs(plate.force - rows[:, 1:4]).max() < 1e-5
    assert np.abs(plate.point - rows[:, 4:7]).max() < 1e-6
    assert np.abs(plate.moment - rows[:, 7:10]).max() < 1e-5
    assert "points mm" in recording.notes[0] and "free moments N mm" in recording.notes[0]
    assert "Up is z" in recording.notes[1] and "(x, y, z) became (x, z, -y)" in recording.notes[1]
    bare = read(write(storage_text(names[:6], rows[:, :7])))
    assert not bare.plates[0].moment.any()
    assert any("has no free moment; it was taken as zero" in note for note in bare.notes)


def test_points_may_be_missing_while_the_foot_is_in_the_air(write):
    rows = force_rows()
    rows[100:150, 1:4] = 0.0
    rows[100:150, 4:7] = np.nan
    recording = read(write(storage_text(FORCE_NAMES, rows)))
    assert np.isfinite(recording.plates[0].point).all()
    assert recording.plates[0].point[120] == pytest.approx([0.3, 0.0, 0.1])


def test_resampling_keeps_a_slow_wrench_and_its_point(write):
    recording = read(write(storage_text(FORCE_NAMES, force_rows(1200))))
    at = np.arange(0, 119) / 60
    slow = recording.resampled(at, cutoff_hz=20.0)
    middle = slice(20, -20)
    for before, after in zip(recording.plates, slow.plates, strict=True):
        assert after.force.shape == (119, 3)
        # 2 Hz under a 20 Hz filter loses 1e-4 of its swing of 210 N.
        assert np.abs(after.force[middle] - before.force[::10][:119][middle]).max() < 0.2
        assert np.abs(after.point[middle] - before.point[::10][:119][middle]).max() < 1e-3
        wrench = np.cross(before.point, before.force) + before.moment
        assert np.abs(after.moment_about_origin()[middle] - wrench[::10][:119][middle]).max() < 0.1
    assert any("low-passed at 20 Hz" in note for note in slow.notes)
    with pytest.raises(FileError, match=r"run from 0 to 2 s and cannot be read from 0 to 5 s|run from 0 to 1.99833"):
        recording.resampled(np.array([0.0, 5.0]))


def test_overlap_names_both_spans(write):
    forces = read(write(storage_text(FORCE_NAMES, force_rows())))
    time_s, positions = stick_figure()
    markers = MarkerRecording(tuple("abcdef"), time_s, positions)
    assert overlap(markers, forces) == pytest.approx((0.0, 29 / 60))
    late = MarkerRecording(tuple("abcdef"), time_s + 10.0, positions)
    with pytest.raises(FileError, match=r"from 10 to 10\.4833 s and the forces from 0 to 0\.498333 s"):
        overlap(late, forces)


def _force_faults() -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = force_rows()
    text = storage_text(FORCE_NAMES, rows)

    def changed(columns, value, frames=slice(None)) -> str:
        other = rows.copy()
        other[frames, columns] = value
        return storage_text(FORCE_NAMES, other)

    down = rows.copy()
    down[:, [2, 11]] *= -1
    aslant = rows.copy()
    aslant[:, [1, 10]] = 0.8 * aslant[:, [2, 11]]
    names = ("1_ground_force_vy", "1_ground_force_px", "1_ground_torque_y")
    lost_z = text.replace("\tground_torque_z", "\tsomething")
    return {
        "column of nothing": (changed(11, np.nan), (f"column '{names[0]}' holds no number at all",)),
        "points of nothing": (changed(13, np.nan), (f"column '{names[1]}' holds no number at all",)),
        "hole in a force": (changed(11, np.nan, slice(5, 6)), ("row 6 (line 13)", f"'{names[0]}' is empty")),
        "hole in a point": (changed(13, np.nan, slice(5, 6)), ("row 6 (line 13)", f"'{names[1]}' is empty")),
        "hole in a moment": (changed(17, np.nan, slice(5, 6)), ("row 6 (line 13)", f"'{names[2]}' is empty")),
        "no force": (changed(slice(1, 19), 0.0), ("no plate ever carries 20 N",)),
        "down": (storage_text(FORCE_NAMES, down), ("along y is -700 N, downwards", "ground on the person")),
        "aslant": (storage_text(FORCE_NAMES, aslant), ("upward axis cannot be decided", "--up x|y|z")),
        "no points": (
            text.replace("\tground_force_p", "\tground_force_q"),
            ("centre of pressure", "ground_force_px"),
        ),
        "no force z": (
            text.replace("\tground_force_vz", "\tground_force_wz"),
            ("ground_force_vz is not there",),
        ),
        "half a moment": (lost_z, ("free moment of 'ground_force_' lacks its z column",)),
        "too strong": (changed(2, 90_000.0, slice(7, 8)), ("row 8", "'ground_force_vy' is 9e+04 N")),
        "points too far": (changed(4, 300_000.0), ("300 m away in mm", "--units mm|cm|m")),
        "moments too strong": (changed(8, 5e6 / 6), ("free moment reaches 8.333e+05 N m",)),
        "one instant": (storage_text(FORCE_NAMES, rows[:1]), ("forces of a single instant",)),
    }


FORCE_FAULTS = _force_faults()


@pytest.mark.parametrize("fault", FORCE_FAULTS)
def test_each_fault_of_forces_has_its_sentence(write, fault):
    text, says = FORCE_FAULTS[fault]
    said = _sentence(write(text))
    for part in says:
        assert part in said, said


NO_FORCES = {
    "a scenario": ("standing.toml", '[posture]\npreset = "standing"\n', "it is of another kind"),
    "keypoints": ("points.json", '{"people": []}', "it is of another kind"),
    "markers": ("walk.trc", "PathFileType\t4\t(X/Y/Z)\twalk.trc\n", "it is a TRC file of markers"),
    "a skeleton": ("walk.bvh", "HIERARCHY\nROOT Hips\n", "it is a BVH file of joint angles"),
    "angles": ("walk.mot", storage_text(ANGLES, angle_rows(ANGLES), "yes"), "its columns are pelvis_tilt, pelvis_list"),
}


@pytest.mark.parametrize("kind", NO_FORCES)
def test_what_is_given_as_ground_forces_and_is_none_is_told_which_files_are(write, kind):
    name, text, why = NO_FORCES[kind]
    with pytest.raises(FileError) as caught:
        read_forces(write(text, name))
    said = str(caught.value)
    assert f"{name} holds no ground forces: {why}" in said and "JSON" not in said
    assert ".mot or .sto file" in said and "ground_force_vx" in said and ".c3d" in said


def test_a_folder_holds_no_ground_forces(tmp_path):
    with pytest.raises(FileError, match="holds no ground forces: it is a directory"):
        read_forces(tmp_path)


def test_ground_forces_are_read_as_any_recording(write):
    path = write(storage_text(FORCE_NAMES, force_rows()))
    assert np.array_equal(read_forces(path).time_s, read(path).time_s)
    with pytest.raises(InputError, match="unit for --units 'ft'"):
        read_forces(path, units="ft")
