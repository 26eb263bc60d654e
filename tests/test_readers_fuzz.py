"""Real files, mutated: every reader answers with a recording that is sound or with a sentence, soon and in bounds."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import tempfile
import warnings
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.errors import PsoasError
from psoas.mechanics.skeleton import Skeleton
from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.keypoint_layouts import ORDERS
from psoas.motion.readers.kind import read, read_forces
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording
from recorded_walk import (
    FORCE_NAMES,
    MARKERS,
    MOTIONS,
    angle_rows,
    force_rows,
    stick_figure,
    storage_text,
    trc_text,
)
from written_recordings import bvh_text, write_plates

ROWS = 12  # of each real file, so that a case takes milliseconds
LONGEST_S = 5
LONG = int(os.environ.get("PSOAS_FUZZ", "0"))
MOST_BYTES = 1 << 30
NUMBERS = [
    b"nan", b"NaN", b"inf", b"-Infinity", b"1e308", b"-1e309", b"1e-320", b"0", b"-1", b"1e9", b"9" * 400, b"1_0",
    b"0x10", b"1,5", b"", b"\0", b"\xff", b"null", b"true", b"{}", b"[]", b'"x"', b"1e5", b"-0", b"65535",
    b"4294967296",
]  # fmt: skip
NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")


def short_trc(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    keys, values = (lines[i].rstrip().split(b"\t") for i in (1, 2))
    values[keys.index(b"NumFrames")] = str(ROWS).encode()
    return b"".join([lines[0], lines[1], b"\t".join(values) + b"\n", *lines[3 : 6 + ROWS]])


def short_storage(data: bytes) -> bytes:
    head, rest = re.split(rb"(?<=endheader)", data, maxsplit=1)
    lines = rest.lstrip().splitlines(keepends=True)
    head = re.sub(rb"(?i)(nRows\s*=\s*|datarows\s+)\d+", rb"\g<1>" + str(ROWS).encode(), head)
    return head + b"\n" + b"".join(lines[: 1 + ROWS])


def short_bvh(data: bytes) -> bytes:
    head, rest = data.split(b"MOTION", 1)
    lines = rest.strip().splitlines(keepends=True)
    return head + b"MOTION\nFrames: %d\n" % ROWS + b"".join(lines[1 : 2 + ROWS])


def short_c3d(data: bytes) -> bytes:
    """The real file's first frames: 12 points of 4 floats each, and the counts in header and parameters."""
    begin = (int.from_bytes(data[16:18], "little") - 1) * 512
    short = bytearray(data[: begin + ROWS * 12 * 16])
    short[8:10] = (int.from_bytes(data[6:8], "little") + ROWS - 1).to_bytes(2, "little")
    at = short.index(b"FRAMES") + 6
    short[at + 4 : at + 6] = ROWS.to_bytes(2, "little")
    return bytes(short)


def skeleton_movement() -> bytes:
    skeleton = Skeleton(scale(Subject()))
    q = np.zeros((ROWS, len(skeleton.coordinates)))
    q[:, 1] = 0.95
    q[:, 6] = np.linspace(0, 0.5, ROWS)
    return bvh_text(skeleton, q, 1 / 60).encode()


def keypoints(count: int, dimensions: int) -> bytes:
    """A standing person seen from the side, in pixels, or in space, in metres."""
    names = ORDERS[count][1]
    heights = {
        "shoulder": 1.4,
        "hip": 0.9,
        "knee": 0.5,
        "ankle": 0.1,
        "heel": 0.02,
        "toe": 0.02,
        "elbow": 1.1,
        "wrist": 0.9,
    }
    frames = []
    for i in range(ROWS):
        row = []
        for name in names:
            height = next((h for word, h in heights.items() if word in name), 1.6)
            ahead = (0.15 if "toe" in name or name == "nose" else 0.0) + 0.01 * i * height
            side = 0.12 if name.startswith("r_") else -0.12 if name.startswith("l_") else 0.0
            if dimensions == 3:
                row += [ahead, height, side, 0.9]
            else:
                row += [900 + 400 * ahead, 1000 - 400 * height, 0.9]
        frames.append({"people": [{f"pose_keypoints_{dimensions}d": [round(v, 4) for v in row]}]})
    return json.dumps({"fps": 30, "frames": frames}).encode()


def c3d_of_plates() -> bytes | None:
    corners = np.array([[600, 900, 0], [600, 300, 0], [200, 300, 0], [200, 900, 0]], float)
    load = np.tile([10.0, 5.0, 600.0, 1e4, 2e4, 1e3], (200, 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plate.c3d"
        try:
            write_plates(path, MARKERS, stick_figure(20)[1], [load], corners, [0.0, 0.0, -40.0])
        except ImportError:
            return None
        return path.read_bytes()


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    time_s, positions = stick_figure(ROWS)
    angles = ["pelvis_tilt", "pelvis_ty", "hip_flexion_r", "knee_angle_r", "lumbar_extension"]
    found: dict[str, bytes] = {
        "trc": trc_text(positions, time_s, MARKERS).encode(),
        "mot": storage_text(angles, angle_rows(angles, ROWS)).encode(),
        "forces": storage_text(FORCE_NAMES, force_rows(ROWS)).encode(),
        "bvh": skeleton_movement(),
        "keypoints of a picture": keypoints(25, 2),
        "keypoints in space": keypoints(17, 3),
    }
    if (plates := c3d_of_plates()) is not None:
        found["c3d with plates"] = plates
    if MOTIONS.is_dir():
        walk = MOTIONS / "walking"
        found |= {
            "real trc": short_trc((walk / "subject01_walk1.trc").read_bytes()),
            "real forces": short_storage((walk / "subject01_walk1_grf.mot").read_bytes()),
            "real mot": short_storage((MOTIONS / "squat" / "squats1_videoAndMocap.mot").read_bytes()),
            "real bvh": short_bvh((MOTIONS / "bvh" / "mocapbank.bvh").read_bytes()),
            "real c3d": short_c3d((MOTIONS / "c3d" / "walkingOptiTrack.c3d").read_bytes()),
        }
    return found


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """Return the bytes after one changed number or byte far from the header, or after one to four mutations."""
    if random.random() < 0.3:
        at = int(random.integers(len(data) // 3, len(data)))
        match = NUMBER.search(data, at)
        if match is None or random.random() < 0.5:
            return data[:at] + bytes([int(random.integers(256))]) + data[at + 1 :]
        return data[: match.start()] + NUMBERS[int(random.integers(len(NUMBERS)))] + data[match.end() :]
    for _ in range(int(random.choice([1, 1, 1, 2, 4]))):
        kind = random.integers(12)
        at = int(random.integers(len(data) + 1))
        if random.random() < 0.5:  # headers decide more than rows do
            at = int(random.integers(min(len(data), 1500) + 1))
        if kind <= 1:  # flipped bytes
            changed = bytearray(data)
            for _ in range(int(random.integers(1, 6))):
                if changed:
                    changed[min(at + int(random.integers(40)), len(changed) - 1)] = int(random.integers(256))
            data = bytes(changed)
        elif kind == 2:  # cut
            data = data[: int(random.integers(len(data) + 1))]
        elif kind == 3:  # a stretch is gone
            data = data[:at] + data[at + int(random.integers(1, 200)) :]
        elif kind == 4:  # something strange comes in
            data = data[:at] + NUMBERS[int(random.integers(len(NUMBERS)))] + data[at:]
        elif kind <= 7:  # a number becomes another, or none
            found = list(NUMBER.finditer(data, at, at + 4000)) or list(NUMBER.finditer(data, 0, 4000))
            if found:
                match = found[int(random.integers(len(found)))]
                data = data[: match.start()] + NUMBERS[int(random.integers(len(NUMBERS)))] + data[match.end() :]
        elif kind == 8:  # lines change places, come twice, or go
            lines = data.split(b"\n")
            i, j = random.integers(len(lines), size=2)
            if random.random() < 0.5:
                lines[i], lines[j] = lines[j], lines[i]
            else:
                lines[i:i] = [lines[j]] * int(random.integers(0, 3))
            data = b"\n".join(lines)
        elif kind == 9:  # another file's part
            data = data[:at] + data[int(random.integers(len(data) + 1)) :]
        elif kind == 10:  # deep nesting
            opening = [b"[", b'{"a":', b"JOINT a\n{\nOFFSET 0 1 0\n", b"{"][int(random.integers(4))]
            data = data[:at] + opening * int(random.choice([3, 200, 3000])) + data[at:]
        else:  # thousands of columns
            cell = [b"\t1.5", b" 1 ", b",0", b"\tname", b"\t"][int(random.integers(5))]
            data = data[:at] + cell * int(random.choice([5, 500, 5000])) + data[at:]
    return data


def check_sound(recording) -> None:
    """What is read holds no number that nobody could have measured, and says how it was read."""
    assert len(recording.time_s) >= 1 and np.isfinite(recording.time_s).all()
    assert (np.diff(recording.time_s) > 0).all()
    assert recording.notes and all(10 < len(note) < 12_000 for note in recording.notes)
    if isinstance(recording, MarkerRecording):
        seen = recording.positions[np.isfinite(recording.positions)]
        assert not np.isinf(recording.positions).any()
        assert seen.size and np.ptp(seen) <= 200.0  # m: two points 50 m out on either side
        assert len(set(recording.names)) == len(recording.names)
    elif isinstance(recording, AngleRecording):
        motion = motion_from_angles(recording)
        assert np.isfinite(motion.positions).all() and np.abs(motion.positions).max() <= 126.0  # 20 turns, or 50 m
    else:
        assert isinstance(recording, ForceRecording)
        for plate in recording.plates:
            assert np.isfinite(plate.force).all() and np.abs(plate.force).max() <= 1e6


@contextmanager
def time_limit(seconds: float):
    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak_bytes() -> int:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def fuzz(seeds: dict[str, bytes], cases: int, seed: int, path) -> Counter:
    """Read `cases` mutated files of each kind and count what became of them; a fault leaves its file at `path`."""
    counts: Counter[tuple[str, str]] = Counter()
    random = np.random.default_rng(seed)
    began = peak_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy's warnings are numbers made in silence
        for kind, data in seeds.items():
            for _ in range(cases):
                path.write_bytes(mutated(data, random))
                try:
                    with time_limit(LONGEST_S):
                        recording = read_forces(path) if "plates" in kind else read(path)
                    check_sound(recording)
                    counts[kind, "read"] += 1
                except PsoasError as error:
                    assert 20 < len(str(error)) < 4000, f"{kind}: {str(error)[:300]}"
                    counts[kind, "refused"] += 1
    assert peak_bytes() - began < MOST_BYTES
    return counts


def test_what_is_not_mutated_is_read(seeds, tmp_path):
    path = tmp_path / "whole"
    for kind, data in seeds.items():
        path.write_bytes(data)
        check_sound(read_forces(path) if "plates" in kind else read(path))
    assert len(seeds) >= 6


def test_mutated_files_are_read_or_refused_in_words(seeds, tmp_path):
    counts = fuzz(seeds, 500 // len(seeds) + 1, 1, tmp_path / "mutated")
    assert sum(counts.values()) >= 500
    for kind in seeds:  # it would mean little if all were refused, or none
        assert counts[kind, "refused"] >= 5, counts
    assert sum(n for (_, what), n in counts.items() if what == "read") >= 30, counts


@pytest.mark.slow
@pytest.mark.skipif(LONG < 1, reason="takes minutes; PSOAS_FUZZ=50000 runs it with as many cases")
def test_fifty_thousand_mutated_files_are_read_or_refused_in_words(seeds, tmp_path):
    counts = fuzz(seeds, LONG // len(seeds) + 1, 2, tmp_path / "mutated")
    print(*(f"{kind}: {counts[kind, 'read']} read, {counts[kind, 'refused']} refused" for kind in seeds), sep="\n")
    assert sum(counts.values()) >= LONG


BIG = {
    "a table of 20000 columns": lambda: storage_text(
        ["pelvis_tilt", *(f"c{i}" for i in range(20_000))], np.ones((3, 20_002)) * [[0.0], [0.1], [0.2]]
    ).encode(),
    "JSON nested a million deep": lambda: b"[" * 1_000_000,
    "JSON of a million numbers": lambda: b'{"frames": [[' + b"0," * 1_000_000 + b"0]]}",
    "JSON of a million frames": lambda: b'{"frames": [' + b"[]," * 1_000_000 + b"[]]}",
    "BVH of a hundred thousand joints": lambda: (
        b"HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n"
        + b"JOINT b\n{\nOFFSET 0 1 0\n}\n" * 100_000
        + b"}\nMOTION\nFrames: 1\nFrame Time: 0.1\n0\n"
    ),
    "one line of ten million bytes": lambda: b"PathFileType\t4\n" + b"Frame#\tTime\t" + b"a\t" * 5_000_000,
    "C3D that promises 4 million values a frame": lambda: b"\x02\x50\xff\xff\xff\xff\x01\x00\xff\xff" + bytes(4096),
}


@pytest.mark.parametrize("name", BIG)
def test_large_things_are_answered_soon_and_in_bounds(name, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(BIG[name]())
    began = peak_bytes()
    with time_limit(LONGEST_S):
        if name == "a table of 20000 columns":  # strange, and sound
            recording = read(path)
            check_sound(recording)
            assert len(motion_from_angles(recording).notes[-1]) < 1000  # that most are not used is said in short
        else:
            with pytest.raises(PsoasError):
                read(path)
    assert peak_bytes() - began < MOST_BYTES
