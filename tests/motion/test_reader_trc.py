"""TRC files, good and bad: units and axes are decided and said, and each fault has its sentence."""

from __future__ import annotations

import numpy as np
import pytest

from psoas.errors import FileError, InputError
from psoas.motion.readers.kind import read
from psoas.motion.recording import MarkerRecording
from recorded_walk import MARKERS, stick_figure, trc_text


@pytest.fixture
def figure():
    return stick_figure()


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "walk.trc"):
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


@pytest.mark.parametrize(("unit", "per_metre"), [("mm", 1000), ("cm", 100), ("m", 1)])
@pytest.mark.parametrize("says", ["right", "nothing", "wrong"])
def test_units_by_header_or_by_the_size_of_a_person(write, figure, unit, per_metre, says):
    time_s, positions = figure
    wrong = {"mm": "m", "cm": "mm", "m": "mm"}[unit]
    header = {"right": unit, "nothing": None, "wrong": wrong}[says]
    recording = read(write(trc_text(positions * per_metre, time_s, units=header)))
    assert isinstance(recording, MarkerRecording)
    assert np.abs(recording.positions - positions).max() < 1e-5  # the file's five digits
    note = recording.notes[0]
    expected = {
        "right": f"Units are {unit}, by the header",
        "nothing": f"Units were taken as {unit}: the header names no unit",
        "wrong": f"Units were taken as {unit}: the header says '{wrong}'",
    }[says]
    assert note.startswith(expected)


def test_units_as_told_rule_and_undecided_units_ask(write, figure):
    time_s, positions = figure
    path = write(trc_text(positions * 10, time_s, units=None))  # decimetres: nobody of 17 m, 17 cm or 17 mm
    text = _sentence(path)
    assert "unit of length cannot be decided" in text and "--units mm|cm|m" in text
    assert read(write(trc_text(positions / 2, time_s, units="mm")), units="m").notes[0] == "Units are m, as told."
    with pytest.raises(InputError, match="Unknown unit for --units 'inch'"):
        read(path, units="inch")


def test_z_up_is_turned_to_y_up(write, figure):
    time_s, positions = figure
    x, y, z = np.moveaxis(positions, -1, 0)
    path = write(trc_text(np.stack([x, -z, y], axis=-1), time_s))
    recording = read(path)
    assert np.abs(recording.positions - positions).max() < 1e-5
    assert recording.notes[1].startswith("Up is z: the head and shoulder markers lie")
    assert "(x, y, z) became (x, z, -y)" in recording.notes[1]
    told = read(path, up="z")
    assert np.array_equal(told.positions, recording.positions)
    assert told.notes[1].startswith("Up is z, as told.")
    with pytest.raises(InputError, match="Unknown axis for --up 'up'"):
        read(path, up="up")


def test_x_up_is_turned_right_handed(write, figure):
    time_s, positions = figure
    x, y, z = np.moveaxis(positions, -1, 0)
    text = trc_text(np.stack([y, x, -z], axis=-1), time_s)
    # Nobody's laboratory has X up: this is as likely someone lying down, so it asks.
    said = _sentence(write(text))
    assert "may be lying down" in said and "--up x|y|z" in said
    assert np.abs(read(write(text), up="x").positions - positions).max() < 1e-5


def test_the_axis_without_telling_names_is_the_longest_or_asked_for(write, figure):
    time_s, positions = figure
    blank = [f"M{i}" for i in range(6)]
    assert "span most along it" in read(write(trc_text(positions, time_s, names=blank))).notes[1]
    ball = np.random.default_rng(0).uniform(0, 1, (6, 3)) + np.zeros((len(time_s), 6, 3))
    ball[:, 0], ball[:, 1] = 0, 1
    said = _sentence(write(trc_text(ball, time_s, names=blank)))
    assert "upward axis cannot be decided" in said and "--up x|y|z" in said


def test_upside_down_is_asked_about(write, figure):
    time_s, positions = figure
    said = _sentence(write(trc_text(positions * [1, -1, -1] + [0, 1.8, 0], time_s)))
    assert "head markers lie" in said and "below the foot markers along y" in said


def test_gaps_stay_missing_and_are_told(write, figure):
    time_s, positions = figure
    positions = positions.copy()
    positions[5:25, 1] = np.nan  # 0.33 s
    positions[10:14, 3] = 0.0  # the code of several programs for "not seen"
    positions[:, 4] = np.nan  # never seen: dropped
    recording = read(write(trc_text(positions, time_s)))
    assert recording.names == tuple(n for n in MARKERS if n != "Heel")
    assert np.isnan(recording.positions[5:25, 1]).all()
    assert np.isnan(recording.positions[10:14, 3]).all()
    assert "Dropped, having no sample at all: Heel." in recording.notes
    assert any("left missing there: Sternum (20 frames)." in note for note in recording.notes)
    filled = recording.filled()
    assert not np.isnan(filled.positions[:, 3]).any() and np.isnan(filled.positions[5:25, 1]).all()
    assert filled.notes[-1].startswith("1 marker gaps up to 0.2 s were bridged, 1 longer")
    smoothed = filled.smoothed(6.0)
    assert np.isnan(smoothed.positions).sum() == np.isnan(filled.positions).sum()


def test_a_jump_of_the_clock_parts_what_is_smoothed(write, figure):
    time_s, positions = figure
    jumped = np.where(np.arange(30) < 15, time_s, time_s + 5.0)
    positions = positions + np.where(np.arange(30) < 15, 0.0, 0.3)[:, None, None]
    recording = read(write(trc_text(positions, jumped)))
    assert any("clock jumps 1 times, first from 0.23333 to 5.25 s" in note for note in recording.notes)
    # Smoothed over the jump, the step of 0.3 m would smear by some 0.1 m; apart, each side keeps its place.
    assert np.abs(recording.smoothed(6.0).positions - positions).max() < 0.01


@pytest.mark.parametrize(
    ("head", "foot"),
    [("LFHD", "LHEE"), ("C7_study", "r_calc_study"), ("R.Shoulder", "RMT5"), ("Neck", "L_Ankle")],
)
def test_names_of_other_marker_sets_tell_head_from_foot(write, figure, head, foot):
    time_s, positions = figure
    names = [head, "M1", "M2", "M3", foot, "M5"]
    note = read(write(trc_text(positions, time_s, names=names))).notes[1]
    assert note.startswith("Up is y: the head and shoulder markers lie 1.70 m above")


def test_a_single_frame_is_a_posture(write):
    time_s, positions = stick_figure(1)
    recording = read(write(trc_text(positions, time_s)))
    assert recording.rate_hz == 0.0
    assert any("single frame" in note for note in recording.notes)


def test_the_kind_is_found_by_content_whatever_the_name(write, figure):
    time_s, positions = figure
    text = trc_text(positions, time_s)
    assert isinstance(read(write(text, "walk.mot")), MarkerRecording)
    crlf = write("", "crlf.txt")
    crlf.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    assert np.abs(read(crlf).positions - positions).max() < 1e-5
    latin = write("", "latin.trc")
    latin.write_bytes(text.replace("Sternum", "Brustbein\xfc").encode("cp1252"))
    assert "Brustbeinü" in read(latin).names


def test_header_and_rows_with_trailing_tabs_and_more_rows_than_promised(write, figure):
    time_s, positions = figure
    text = trc_text(positions, time_s, NumFrames=10).replace("\n", "\t\t\n")
    recording = read(write(text))
    assert len(recording.time_s) == 30
    assert any("promises NumFrames = 10 rows; the file holds 30" in note for note in recording.notes)


def _edit_row(text: str, row: int, column: int, cell: str) -> str:
    lines = text.split("\n")
    cells = lines[6 + row].split("\t")
    cells[column] = cell
    lines[6 + row] = "\t".join(cells)
    return "\n".join(lines)


def _bad_trc() -> dict[str, tuple[str, tuple[str, ...]]]:
    time_s, positions = stick_figure()
    text = trc_text(positions, time_s)
    wide = positions.copy()
    wide[4, 2, 0] = 99.0
    return {
        "cut between rows": (
            "\n".join(text.split("\n")[:20]) + "\n",
            ("is cut", "NumFrames = 30", "holds 14"),
        ),
        "cut in a row": (text[: len(text) * 2 // 3], ("cut in the middle", "its last row", "of 20 values")),
        "cut in the header": ("\n".join(text.split("\n")[:3]), ("no line 'Frame# Time",)),
        "no rows": ("\n".join(text.split("\n")[:6]), ("no row of data",)),
        "unknown key": (
            text.replace("NumFrames\tNumM", "NumFrame\tNumM"),
            ("'NumFrame'", "mean 'NumFrames'"),
        ),
        "no keys": (text.replace("DataRate", "A").replace("Num", "B"), ("no line of keys",)),
        "marker count": (trc_text(positions, time_s, NumMarkers=7), ("NumMarkers = 7", "names 6 markers")),
        "count no number": (trc_text(positions, time_s, NumFrames="many"), ("NumFrames is 'many'",)),
        "labels contradict": (text.replace("\tX6\tY6\tZ6", ""), ("labels 15 columns", "6 markers need 18")),
        "twice the same": (text.replace("Sternum", "Head"), ("marker 'Head' twice",)),
        "no number": (
            _edit_row(text, 3, 4, "abc"),
            ("row 4 (line 10)", "column 'Head Z'", "'abc' is not a number"),
        ),
        "comma": (_edit_row(text, 3, 4, "1,5"), ("'1,5' is not a number", "point, not a comma")),
        "underscore": (_edit_row(text, 3, 4, "1_5"), ("'1_5' is not a number",)),
        "infinite": (_edit_row(text, 3, 4, "inf"), ("row 4 (line 10)", "inf is no plausible value")),
        "huge": (_edit_row(text, 3, 4, "1e300"), ("1e+300 is no plausible value",)),
        "short row": (text.replace("\n5\t", "\n5\t\n5\t", 1), ("row 5 (line 11)", "header names 20 columns")),
        "time back": (_edit_row(text, 3, 1, "0.01"), ("time does not increase at row 4 (line 10)",)),
        "time missing": (_edit_row(text, 3, 1, ""), ("row 4 (line 10)", "the time is missing")),
        "milliseconds": (trc_text(positions, time_s * 1000), ("frames per second", "must be in seconds")),
        "rate zero": (trc_text(positions, time_s, DataRate=0), ("DataRate is '0'", "above 0")),
        "rate words": (trc_text(positions, time_s, DataRate="fast"), ("DataRate is 'fast'",)),
        "rate contradicts": (trc_text(positions, time_s, DataRate=6000), ("DataRate = 6000", "imply 60 Hz")),
        "far away": (trc_text(wide, time_s), ("row 5 (line 11)", "marker 'Sacrum' lies 99 m along x")),
        "nothing seen": (trc_text(positions * 0, time_s), ("no marker has a single sample",)),
        "no markers": (text.replace("\t\t\t".join(MARKERS), ""), ("names no marker",)),
        "no time": (text.replace("Frame#\tTime", "Frame#\tZeit"), ("must be 'Time', not 'Zeit'",)),
    }


BAD = _bad_trc()


@pytest.mark.parametrize("fault", BAD)
def test_each_fault_has_its_sentence(write, fault):
    text, says = BAD[fault]
    said = _sentence(write(text))
    for part in says:
        assert part in said, said


def test_what_is_no_text_recording_says_so(tmp_path):
    def of(name: str, data: bytes | None = None) -> str:
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        return _sentence(path)

    assert "is empty" in of("empty.trc", b"")
    assert "does not exist" in of("none.trc")
    assert "is a directory" in _sentence(tmp_path)
    assert "nothing but zero bytes" in of("zeros.trc", bytes(5000))
    rubbish = np.random.default_rng(3).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    assert "not a text file" in of("rubbish.trc", b"\1" + rubbish)
    assert "not a text file" in of("half.trc", b"PathFileType\t4\n" + rubbish)
    assert "neither TRC" in of("note.trc", b"Dear all,\nno recording here.\n")
    assert "JSON" in of("scenario.trc", b'{"subject": {}}')
    assert "neither TRC" in of("blank.trc", b"  \n\n\t\n")
    assert "C3D" in of("walk.c3d", b"\x02\x50" + bytes(range(256)) * 4)


def test_large_files_are_refused_without_reading_them(tmp_path):
    import time

    zeros, text = tmp_path / "zeros.trc", tmp_path / "text.trc"
    for path, start in ((zeros, b""), (text, b"PathFileType\t4\n")):
        with path.open("wb") as stream:
            stream.write(start)
            stream.truncate(200_000_000)  # sparse: takes no room
    before = time.perf_counter()
    assert "nothing but zero bytes" in _sentence(zeros)
    assert "200 MB; at most 40 MB" in _sentence(text)
    assert time.perf_counter() - before < 0.5


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    import os

    pipe = tmp_path / "pipe.trc"
    os.mkfifo(pipe)
    assert "not an ordinary file" in _sentence(pipe)
