"""One movement of known angles, written as TRC, C3D, BVH and MOT: angles, lengths and loads come back the same."""

import numpy as np
import pytest

from psoas.anatomy.scale import scale, scale_segments
from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.chain import result_of
from psoas.frames import frames_of
from psoas.mechanics.fit import filtered, fit_markers
from psoas.mechanics.skeleton import GROUPS, Skeleton
from psoas.motion.markers import place_markers
from psoas.motion.readers.kind import read
from recorded_walk import MOTIONS, storage_text, trc_text
from written_recordings import bvh_text, write_c3d, write_plates, z_up

SUBJECT = Subject(mass_kg=72, height_m=1.76)
MARKER_SET = (
    "RASI LASI RPSI LPSI C7 T10 CLAV XYPH RSHO LSHO RTHI LTHI RTH2 LTH2 RKNE LKNE RMFC LMFC RTIB LTIB RTB2 LTB2 RANK "
    "LANK RMMAL LMMAL RHEE LHEE RTOE LTOE RMT5 LMT5 RUPA LUPA RELB LELB RMEL LMEL RWRA LWRA RWRB LWRB RFHD LFHD THEAD"
)
MARKERS = MARKER_SET.split()
RATE, FRAMES = 30.0, 61
# Laboratories record skin markers at 100 Hz and more; the noise is white, so what is left of it after the filter at
# 6 Hz falls with the rate. At 30 Hz the turn of a foot about its length, seen from 7 cm, is 2.0 degrees off.
MARKER_RATE, MARKER_FRAMES = 100.0, 201
# Peaks [deg] of bending down and rising again, with some bend and twist of the trunk.
PEAKS = {"pelvis_tilt": 18, "trunk_flexion": 28, "trunk_bend": 5, "trunk_twist": 6}
PEAKS |= {f"{n}_{s}": v for s in "rl" for n, v in (("hip_flexion", 70), ("knee_flexion", 70), ("ankle_flexion", 20))}
PEAKS |= {f"{n}_{s}": v for s in "rl" for n, v in (("shoulder_flexion", 40), ("elbow_flexion", 20))}
OPENSIM = {
    "pelvis_tilt": ("pelvis_tilt", -1), "trunk_flexion": ("lumbar_extension", -1), "trunk_bend": ("lumbar_bending", 1),
    "trunk_twist": ("lumbar_rotation", 1), "knee_flexion": ("knee_angle", 1), "ankle_flexion": ("ankle_angle", 1),
    "shoulder_flexion": ("arm_flex", 1), "elbow_flexion": ("elbow_flex", 1), "hip_flexion": ("hip_flexion", 1),
    "pelvis_tx": ("pelvis_tx", 1), "pelvis_ty": ("pelvis_ty", 1), "pelvis_tz": ("pelvis_tz", 1),
}  # fmt: skip


def movement(skeleton, frames=FRAMES):
    """Return coordinates (F, D) of a bend with the right foot held where it is."""
    q = np.zeros((frames, len(skeleton.coordinates)))
    wave = (1 - np.cos(2 * np.pi * np.arange(frames) / (frames - 1))) / 2
    for name, peak in PEAKS.items():
        q[:, skeleton.coordinates.index(name)] = np.radians(peak) * wave
    foot = np.array([skeleton.bodies.index("foot_r")])
    ankle = skeleton.reach(q, np.ones(len(GROUPS)), foot, np.zeros((1, 3)), np.zeros((1, 3))).points[:, 0]
    q[:, :2] -= ankle[:, :2] - [0.0, 0.08]
    return q


def marked(skeleton, q, sizes=None):
    """Return where the skin markers are (F, M, 3) on the person, whose groups of segments have other sizes."""
    markers = place_markers(MARKERS).markers
    scaling = np.array([(sizes or {}).get(group, 1.0) for group in GROUPS])
    local = np.array([m.position for m in markers]) * SUBJECT.height_m / 1.70
    body = np.array([skeleton.bodies.index(m.body) for m in markers])
    return skeleton.reach(q, scaling, body, local, np.zeros_like(local)).points


def test_angles_and_lengths_come_back_from_noisy_markers_with_gaps(tmp_path):
    person = scale(SUBJECT)
    sizes = {"thighs": 1.04, "shanks": 0.97, "trunk": 1.02}
    by_body = {body: sizes[group] for group in sizes for body in GROUPS[group]}
    skeleton = Skeleton(scale_segments(person, by_body))
    q = movement(skeleton, MARKER_FRAMES)
    points = marked(Skeleton(person), q, sizes)
    random = np.random.default_rng(7)
    points += random.normal(0.0, 0.003, points.shape)
    points[40:52, MARKERS.index("RKNE")] = np.nan  # short: bridged
    points[70:170, MARKERS.index("LTHI")] = np.nan
    points[20:130, MARKERS.index("T10")] = np.nan
    points[:, MARKERS.index("LWRB")] = np.nan
    path = tmp_path / "noisy.trc"
    path.write_text(
        trc_text(points, np.arange(MARKER_FRAMES) / MARKER_RATE, MARKERS, DataRate=MARKER_RATE), encoding="utf-8"
    )
    fitted = fit_markers(read(path), person)
    away = np.degrees(filtered(fitted).motion.positions - q)[10:-10, 3:]
    rms = dict(zip(skeleton.coordinates[3:], np.sqrt((away**2).mean(axis=0)), strict=True))
    assert len(rms) == 29
    assert {name: round(float(v), 2) for name, v in rms.items() if v >= 1.5} == {}
    for group in ("pelvis", "trunk", "thighs", "shanks"):
        assert fitted.factors[group] == pytest.approx(sizes.get(group, 1.0), rel=0.01), group


@pytest.fixture(scope="module")
def peaks(tmp_path_factory):
    """The largest compression at L4/L5 [N] by the format in which the same movement was read."""
    folder = tmp_path_factory.mktemp("formats")
    skeleton = Skeleton(scale(SUBJECT))
    q = movement(skeleton)
    time_s = np.arange(FRAMES) / RATE
    points = marked(skeleton, q)
    (folder / "a.trc").write_text(trc_text(points, time_s, MARKERS, DataRate=RATE), encoding="utf-8")
    (folder / "a.bvh").write_text(bvh_text(skeleton, q, 1 / RATE), encoding="utf-8")
    names, columns = [], []
    for i, name in enumerate(skeleton.coordinates):
        stem, side = (name[:-2], name[-2:]) if name[-2:] in ("_r", "_l") else (name, "")
        if stem in OPENSIM:
            theirs, sign = OPENSIM[stem]
            names.append(theirs + side)
            columns.append(q[:, i] * sign if i < 3 else np.degrees(q[:, i]) * sign)
    rows = np.column_stack([time_s, *columns])
    (folder / "a.mot").write_text(storage_text(names, rows), encoding="utf-8")
    files = ["a.trc", "a.bvh", "a.mot"]
    try:
        write_c3d(folder / "a.c3d", tuple(MARKERS), points, RATE)
        files.append("a.c3d")
    except ImportError:
        pass  # the other three are compared then
    found = {}
    for file in files:
        case = Case(subject=SUBJECT, motion=Movement(file=folder / file))
        result = result_of(case, frames_of(case))
        inside = np.array([s != "edge" for s in result.status])
        found[file[2:]] = float(result.level("L4/L5")["compression_n"][inside].max())
    return found


def test_every_format_gives_the_same_peak_at_l4_l5(peaks):
    assert len(peaks) >= 3
    for kind, peak in peaks.items():
        assert peak == pytest.approx(peaks["mot"], rel=0.03), (kind, peaks)


def test_the_c3d_file_is_among_them(peaks):
    pytest.importorskip("ezc3d", reason="ezc3d, which writes the C3D file of this test, is not installed")
    assert set(peaks) == {"trc", "c3d", "bvh", "mot"}


@pytest.mark.skipif(not MOTIONS.is_dir(), reason="the recorded walk lies in ../shared, which is not here")
def test_a_walk_over_force_plates_as_c3d_gives_what_its_text_files_give(tmp_path):
    pytest.importorskip("ezc3d", reason="ezc3d, which writes the C3D file of this test, is not installed")
    trc, mot = (MOTIONS / "walking" / f"subject01_walk1{end}" for end in (".trc", "_grf.mot"))
    markers, forces = read(trc), read(mot)
    frames = 150
    time_s = np.arange(10 * frames) / 600.0
    # Two plates of one size and place, whose x is the laboratory's y, y its x, and z down; the transducer 40 mm below.
    corners = np.array([[1500, 1500, 0], [1500, -1500, 0], [-1500, -1500, 0], [-1500, 1500, 0]], float)
    turn, origin = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, -1]]), np.array([0.0, 0, -40.0])
    loads = []
    for plate in forces.plates:
        wrench = np.hstack([plate.force, plate.moment_about_origin()])  # the corners' middle is the world's origin
        wrench = np.stack([np.interp(time_s, forces.time_s, column) for column in wrench.T], axis=1)
        pressed, moment = -z_up(wrench[:, :3]) @ turn, -1000 * z_up(wrench[:, 3:]) @ turn
        loads.append(np.hstack([pressed, moment + np.cross(origin, pressed)]))
    path = tmp_path / "walk.c3d"
    write_plates(path, markers.names, markers.positions[:frames], loads, corners, origin.tolist())
    subject = Subject(mass_kg=72.6, height_m=1.80)
    found = []
    for file, plates in ((path, path), (trc, mot)):
        case = Case(subject=subject, motion=Movement(file=file, forces=plates))
        result = result_of(case, frames_of(case))
        inside = np.array([s != "edge" for s in result.status])
        found.append(result.level("L4/L5")["compression_n"][inside].max())
    assert found[0] == pytest.approx(found[1], rel=0.01)
