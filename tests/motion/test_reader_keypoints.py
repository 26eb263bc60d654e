"""Keypoints: every common layout gives the same movement, a side view the sagittal one, and limits are told."""

import json

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.errors import FileError, InputError
from psoas.mechanics.fit import fit_markers
from psoas.mechanics.skeleton import GROUPS, Skeleton
from psoas.motion.readers.keypoint_file import keypoints_of
from psoas.motion.readers.keypoint_layouts import ORDERS
from psoas.motion.readers.kind import read
from written_recordings import bodies_of

HEIGHT = 1.75
FRAMES = 30
RATE = 25.0
# Joint centres by body, and points on foot and head [m at 1.70 m].
PLACES = {
    "hip": ("thigh", (0, 0, 0)), "knee": ("shank", (0, 0, 0)), "ankle": ("foot", (0, 0, 0)),
    "heel": ("foot", (-0.0688, -0.022, 0.0079)), "big_toe": ("foot", (0.2112, -0.037, 0.0079)),
    "small_toe": ("foot", (0.17, -0.037, 0.07)), "shoulder": ("upper_arm", (0, 0, 0)),
    "elbow": ("forearm", (0, 0, 0)), "wrist": ("hand", (0, 0, 0)), "ear": ("head", (0.01, 0.11, 0.075)),
    "eye": ("head", (0.085, 0.115, 0.032)),
}  # fmt: skip


@pytest.fixture(scope="module")
def person():
    return scale(Subject(mass_kg=70, height_m=HEIGHT))


@pytest.fixture(scope="module")
def bending(person):
    """A bend of 50 degrees, 60 % of it lumbar, with knees and hips that move."""
    skeleton = Skeleton(person)
    q = np.zeros((FRAMES, len(skeleton.coordinates)))
    wave = (1 - np.cos(2 * np.pi * np.arange(FRAMES) / (FRAMES - 1))) / 2
    peaks = {"pelvis_tilt": 20, "trunk_flexion": 30}
    peaks |= {
        f"{n}_{s}": v for s in "rl" for n, v in (("hip_flexion", 60), ("knee_flexion", 60), ("elbow_flexion", 30))
    }
    peaks |= {f"ankle_flexion_{s}": 20 for s in "rl"}
    for name, peak in peaks.items():
        q[:, skeleton.coordinates.index(name)] = np.radians(peak) * wave
    q[:, 1] = 0.95 - 0.15 * wave
    return skeleton, q


@pytest.fixture(scope="module")
def points(bending):
    """Keypoints by our names (F, 3) [m]."""
    skeleton, q = bending
    at, turn = bodies_of(skeleton, q)
    size = HEIGHT / 1.70
    found = {}
    for name, (body, place) in PLACES.items():
        for s in "rl":
            i = skeleton.bodies.index(body if body == "head" else f"{body}_{s}")
            side = np.array([1, 1, 1 if s == "r" else -1])
            found[f"{s}_{name}"] = at[:, i] + turn[:, i] @ (size * np.array(place) * side)
    head = skeleton.bodies.index("head")
    found["nose"] = at[:, head] + turn[:, head] @ (size * np.array([0.11, 0.09, 0]))
    found["head_top"] = at[:, head] + turn[:, head] @ (size * np.array([-0.0169, 0.2128, 0]))
    found["mid_hip"] = (found["l_hip"] + found["r_hip"]) / 2
    found["neck"] = (found["l_shoulder"] + found["r_shoulder"]) / 2
    return found


def pixels(points, names, facing=1, score=0.9):
    """Return (F, K, 3) of a side view: 400 pixels a metre, Y down, and confidences."""
    flat = np.stack([points[n][:, :2] for n in names], axis=1)
    place = flat * [400.0 * facing, -400.0] + [900.0, 1000.0]
    return np.concatenate([place, np.full((*place.shape[:2], 1), score)], axis=2)


def openpose(table):
    return [{"version": 1.3, "people": [{"pose_keypoints_2d": row.ravel().tolist()}]} for row in table]


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "keypoints.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def rms_of(fitted, bending, name):
    skeleton, q = bending
    i = skeleton.coordinates.index(name)
    return float(np.degrees(np.sqrt(np.mean((fitted.motion.positions[:, i] - q[:, i]) ** 2))))


@pytest.mark.parametrize("count", [17, 25, 26])
@pytest.mark.parametrize("facing", [1, -1])
def test_a_side_view_gives_the_sagittal_angles(file, person, bending, points, count, facing):
    label, names = ORDERS[count]
    recording = read(file({"fps": RATE, "frames": openpose(pixels(points, names, facing))}), height_m=HEIGHT)
    assert recording.rate_hz == pytest.approx(RATE)
    text = " ".join(recording.notes)
    assert f"seen from the person's {'right' if facing > 0 else 'left'}" in text
    assert "Pixels were scaled to the stature of 1.75 m" in text and "was taken as none" in text
    assert ("Toes are not seen" in text) == (label == "COCO-17")
    fitted = fit_markers(recording, person)
    limits = {"hip_flexion_r": 4, "knee_flexion_r": 3, "pelvis_tilt": 3, "trunk_flexion": 5}
    if label != "COCO-17":
        limits["ankle_flexion_r"] = 3
    for name, limit in limits.items():  # degrees: lengths by proportion, not by the person's own
        assert rms_of(fitted, bending, name) < limit, name
    sideways = [n for n in fitted.motion.coordinates if n.endswith(("list", "pelvis_rotation", "bend", "twist"))]
    assert len(sideways) == 6
    for name in sideways:
        assert np.abs(np.degrees(fitted.motion.column(name))).max() < 1.0, name


def test_layouts_of_several_programs_give_the_same(file, tmp_path, points):
    names = ORDERS[26][1]
    table = pixels(points, names)
    alphapose = [
        {"image_id": f"{i}.jpg", "category_id": 1, "keypoints": row.ravel().tolist(), "score": 2.1}
        for i, row in enumerate(table)
    ]
    mmpose = {
        "meta_info": {"dataset_name": "halpe26"},
        "instance_info": [
            {"frame_id": i, "instances": [{"keypoints": row[:, :2].tolist(), "keypoint_scores": row[:, 2].tolist()}]}
            for i, row in enumerate(table)
        ],
    }
    named = [{"keypoints": {n: v.tolist() for n, v in zip(names, row, strict=True)}} for row in table]
    folder = tmp_path / "frames"
    folder.mkdir()
    for i, frame in enumerate(openpose(table)):
        (folder / f"walk_{i:012d}_keypoints.json").write_text(json.dumps(frame), encoding="utf-8")
    first = read(file(openpose(table)))
    for content in (alphapose, mmpose, named):
        assert np.allclose(read(file(content)).positions, first.positions, atol=1e-9, equal_nan=True)
    other = read(folder)
    assert np.allclose(other.positions, first.positions, atol=1e-9) and other.rate_hz == pytest.approx(30.0)
    assert any("30 frames per second were assumed" in n for n in other.notes)


@pytest.mark.parametrize("up", ["y", "z", "-y"])
def test_three_dimensions_give_the_angles(file, person, bending, points, up):
    names = [n for n in points if n not in ("head_top", "neck", "mid_hip")]
    turn = {"y": np.eye(3), "z": [[1, 0, 0], [0, 0, -1], [0, 1, 0]], "-y": [[1, 0, 0], [0, -1, 0], [0, 0, -1]]}[up]
    table = np.stack([points[n] @ np.transpose(turn) for n in names], axis=1)
    words = [n.replace("l_", "left_").replace("r_", "right_", 1) if n[:2] in ("l_", "r_") else n for n in names]
    frames = [
        {"time": i / RATE, **{w: place.tolist() for w, place in zip(words, row, strict=True)}}
        for i, row in enumerate(table)
    ]
    recording = read(file(frames), height_m=HEIGHT)
    assert recording.rate_hz == pytest.approx(RATE)
    assert any(n.startswith(f"Up is {up}: the shoulders lie above the ankles") for n in recording.notes)
    assert any(
        n.startswith("Units were taken as m: the file states none, and the person is 1.7") for n in recording.notes
    )
    fitted = fit_markers(recording, person)
    for name in ("hip_flexion_r", "knee_flexion_l", "pelvis_tilt", "trunk_flexion", "ankle_flexion_r"):
        assert rms_of(fitted, bending, name) < 3.0, name  # degrees: the rule's lengths are the reference person's
    assert all(abs(fitted.factors[g] - 1) < 0.03 for g in GROUPS if g in ("trunk", "thighs", "shanks"))


def test_faint_and_absent_points_are_missing(file, points):
    names = ORDERS[25][1]
    table = pixels(points, names)
    wrist = names.index("r_wrist")
    table[:10, wrist, 2] = 0.1
    table[10:12, wrist] = 0.0
    found = keypoints_of(file(openpose(table)))
    lost = np.isnan(found.places[:, found.names.index("r_wrist")]).any(axis=1)
    assert lost[:12].all() and not lost[12:].any()
    assert any("confidence under 0.3" in n for n in found.notes)


def test_a_side_that_is_seldom_seen_does_as_the_other(file, points):
    names = ORDERS[25][1]
    table = pixels(points, names)
    for joint in ("l_knee", "l_ankle", "l_big_toe", "l_heel"):
        table[:, names.index(joint), 2] = 0.05
    recording = read(file(openpose(table)))
    at = {n: recording.positions[:, i] for i, n in enumerate(recording.names)}
    assert np.abs((at["l_knee_centre"] - at["r_knee_centre"])[:, :2]).max() < 1e-12
    assert any("taken to do as the other side: the left leg" in n for n in recording.notes)


def test_the_largest_person_is_followed(file, points):
    names = ORDERS[17][1]
    table = pixels(points, names)
    small = table * [0.3, 0.3, 1.0] + [1500.0, 0.0, 0.0]
    frames = [
        {"people": [{"pose_keypoints_2d": (row if i % 2 else other).ravel().tolist()} for row, other in pair]}
        for i, pair in enumerate(([(a, b), (b, a)] for a, b in zip(table, small, strict=True)))
    ]
    alone = read(file(openpose(table)))
    both = read(file(frames))
    assert np.allclose(both.positions, alone.positions, atol=1e-9)
    assert any("Up to 2 people are seen" in n for n in both.notes)


def test_a_view_from_the_front_is_refused(file, points):
    names = ORDERS[17][1]
    flat = np.stack([points[n][:, [2, 1]] for n in names], axis=1) * [400, -400] + [900, 1000]
    table = np.concatenate([flat, np.ones((*flat.shape[:2], 1))], axis=2)
    with pytest.raises(FileError, match="seen from the front or from behind"):
        read(file(openpose(table)))


def test_a_picture_upside_down_is_refused(file, points):
    table = pixels(points, ORDERS[17][1]) * [1, -1, 1] + [0, 2000, 0]
    with pytest.raises(FileError, match="turn the video upright"):
        read(file(openpose(table)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is no JSON, or is cut"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "holds no frame"),
        ("{}", "neither 'people' nor a list 'frames'"),
        ('{"frames": []}', "holds no frame"),
        ('{"people": []}', "no frame shows a person"),
        ('{"frames": [[1, 2, 3, 4]]}', "4 numbers are no known set of keypoints"),
        ('{"frames": [[[1, 2], [3, 4]]]}', "2 keypoints are no known set"),
        ('{"names": "nose", "frames": [[1, 2]]}', "'names' must be a list"),
        ('{"fps": 0, "names": ["nose"], "frames": [[1, 2]]}', "the frame rate is '0'"),
        ('{"names": ["nose"], "frames": [[1e300, 2]]}', "'nose' holds '1e+300'"),
        ('{"names": ["nose"], "frames": [[1, 2]]}', "are not there or never seen"),
        ('[{"nose": [1, 2], "time": 0}, {"nose": [1, 2], "time": 0}]', "time does not increase"),
    ],
)
def test_what_is_said_of_a_broken_file(file, content, sentence):
    with pytest.raises(FileError) as caught:
        read(file(content))
    assert sentence in str(caught.value)


def test_axes_and_units_of_a_picture_do_not_apply(file, points):
    path = file(openpose(pixels(points, ORDERS[17][1])))
    with pytest.raises(InputError, match="--units and --up do not apply"):
        read(path, "mm")


def test_a_rate_that_is_told_rules(file, points):
    path = file({"fps": 30, "frames": openpose(pixels(points, ORDERS[17][1]))})
    assert read(path, rate_hz=120).rate_hz == pytest.approx(120)
    with pytest.raises(InputError, match="outside 1 to 20000"):
        read(path, rate_hz=0.0)


def test_a_folder_without_frames(tmp_path):
    with pytest.raises(FileError, match=r"directory without \.json files of keypoints"):
        read(tmp_path)
