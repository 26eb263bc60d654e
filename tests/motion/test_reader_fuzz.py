"""Mangled files: a reader answers with a recording or one of our sentences, soon, and with nothing else."""

from __future__ import annotations

import time
import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psoas.errors import PsoasError
from psoas.motion.opensim_names import motion_from_angles
from psoas.motion.readers.kind import read
from psoas.motion.recording import AngleRecording, ForceRecording, MarkerRecording
from recorded_walk import FORCE_NAMES, angle_rows, force_rows, stick_figure, storage_text, trc_text

ANGLES = ["pelvis_tilt", "pelvis_ty", "hip_flexion_r", "knee_angle_r", "lumbar_extension"]
SEEDS = {
    "trc": trc_text(*reversed(stick_figure(12))),
    "angles": storage_text(ANGLES, angle_rows(ANGLES, 12)),
    "forces": storage_text(FORCE_NAMES, force_rows(12)),
}
CELLS = [
    "", "nan", "inf", "-inf", "1e308", "-1e308", "1e-320", "0", "-1", "1_0", "abc", "9" * 5000, "1,5", "\0",
    "é", "NaN", "0x10", "time", "Frame#", "endheader", "\t\t\t", "1e5", "-1e5", "yes", "no", "mm", "٣",
    "=", "nRows=3",
]  # fmt: skip

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cell", "cut", "drop line", "double line", "swap lines", "delete", "insert", "replace all"]),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.sampled_from(CELLS),
    ),
    min_size=1,
    max_size=4,
)


def mangled(text: str, edits) -> str:
    """Return the text after each edit: a cell, a line, a stretch of characters, or its end is spoilt."""
    for what, a, b, cell in edits:
        lines = text.split("\n")
        i, j = a % len(lines), b % len(lines)
        at = a % (len(text) + 1)
        if what == "cell":
            cells = lines[i].split("\t")
            cells[b % len(cells)] = cell
            lines[i] = "\t".join(cells)
        elif what == "drop line":
            del lines[i]
        elif what == "double line":
            lines.insert(i, lines[i])
        elif what == "swap lines":
            lines[i], lines[j] = lines[j], lines[i]
        elif what == "replace all":
            cells = lines[i].split("\t")
            old = cells[b % len(cells)]
            lines = [line.replace(old, cell) if old else line for line in lines]
        text = "\n".join(lines)
        if what == "cut":
            text = text[:at]
        elif what == "delete":
            text = text[:at] + text[at + 1 + b % 40 :]
        elif what == "insert":
            text = text[:at] + cell + text[at:]
    return text


@pytest.fixture(scope="module")
def tally():
    counts: Counter[str] = Counter()
    yield counts
    # The fuzz means little if every mangled file is refused, or none.
    assert counts["read"] > 20 and counts["refused"] > 100, counts


@pytest.mark.parametrize("kind", SEEDS)
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS)
def test_mangled_files_are_read_or_refused_in_words(tmp_path, tally, kind, edits):
    path = tmp_path / "mangled"
    path.write_text(mangled(SEEDS[kind], edits), encoding="utf-8")
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy's overflow and empty-slice warnings are numbers made in silence
        try:
            recording = read(path)
            if isinstance(recording, AngleRecording):
                assert np.isfinite(motion_from_angles(recording).differentiated(6.0).accelerations).all()
            elif isinstance(recording, ForceRecording):
                slow = recording.resampled(recording.time_s[::2])
                assert all(np.isfinite(plate.point).all() for plate in slow.plates)
            else:
                assert isinstance(recording, MarkerRecording)
                recording.filled().smoothed(6.0)
            tally["read"] += 1
        except PsoasError as error:
            assert len(str(error)) > 20
            tally["refused"] += 1
    assert time.perf_counter() - start < 1.0


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"PathFileType\t4\n", b"endheader\n", b"\xff\xfe"]),
)
def test_any_bytes_are_refused_in_words(tmp_path_factory, data, start):
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(start + data)
    with pytest.raises(PsoasError) as caught:
        read(path)
    assert str(path) in str(caught.value)
