"""C3D: what an independent library writes is read the same, plates press as they should, damage has its sentence."""

import numpy as np
import pytest

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.errors import FileError, InputError, PsoasError
from psoas.mechanics.fit import fit_markers
from psoas.motion.readers.c3d_file import read_c3d_file
from psoas.motion.readers.kind import read, read_forces
from recorded_walk import MARKERS, MOTIONS, stick_figure
from written_recordings import write_c3d, write_plates

ezc3d = pytest.importorskip("ezc3d", reason="ezc3d, which writes the files of these tests, is not installed")
needs_file = pytest.mark.skipif(not MOTIONS.is_dir(), reason="the recordings lie in ../shared, which is not here")
LEG = MOTIONS / "c3d" / "walkingOptiTrack.c3d"


@pytest.fixture
def figure(tmp_path):
    time_s, positions = stick_figure()
    positions = positions.copy()
    positions[4:7, 2] = np.nan
    path = tmp_path / "figure.c3d"
    write_c3d(path, MARKERS, positions, 60.0)
    return path, time_s, positions


def test_markers_units_rate_and_gaps(figure):
    path, time_s, positions = figure
    recording = read(path)
    assert recording.names == MARKERS
    assert np.allclose(recording.time_s, time_s)
    assert np.array_equal(np.isnan(recording.positions), np.isnan(positions))
    assert np.nanmax(np.abs(recording.positions - positions)) < 1e-6  # m: single precision in millimetres
    assert recording.notes[0].startswith("Units are mm, by the header")
    assert recording.notes[1].startswith("Up is y")


def test_told_units_and_axes_rule(figure):
    path, _, positions = figure
    assert read(path, "cm", "y").positions[0, 0, 1] == pytest.approx(10 * positions[0, 0, 1])
    assert np.allclose(read(path, None, "-y").positions[0, 0], positions[0, 0] * [1, -1, -1], atol=1e-6)
    with pytest.raises(InputError, match="Unknown axis for --up 'w'"):
        read(path, None, "w")


@needs_file
def test_a_real_file_reads_as_the_library_reads_it():
    theirs = ezc3d.c3d(str(LEG))["data"]["points"]
    ours = read_c3d_file(LEG).points
    assert ours.shape == (3361, 12, 4)
    seen = ~np.isnan(theirs[0].T)
    assert np.array_equal(ours[..., :3][seen], np.moveaxis(theirs[:3], 0, -1).transpose(1, 0, 2)[seen])


def test_a_file_of_a_dec_machine_reads_the_same(figure):
    """The numbers of an Intel file, rewritten as DEC machines store them."""
    path = figure[0]
    intel = path.read_bytes()
    ours = read_c3d_file(path)
    start = (intel[0] - 1) * 512
    begin = (int.from_bytes(intel[16:18], "little") - 1) * 512
    floats = np.frombuffer(intel[begin : begin + len(ours.points) * 6 * 16], "<f4")
    dec = bytearray(intel)
    dec[start + 3] = 85

    def as_dec(values):
        return (np.asarray(values, "<f4") * 4).view("<u2").reshape(-1, 2)[:, ::-1].tobytes()

    dec[begin : begin + 4 * len(floats)] = as_dec(floats)
    for at in (12, 20):  # scale and rate in the header
        dec[at : at + 4] = as_dec(np.frombuffer(intel[at : at + 4], "<f4"))
    for name in (b"SCALE", b"RATE"):
        at = dec.index(name, start) + len(name) + 4  # offset (2), type, no dimensions
        at += dec[at - 1]  # or one dimension
        dec[at : at + 4] = as_dec(np.frombuffer(intel[at : at + 4], "<f4"))
    path.write_bytes(dec)
    theirs = read_c3d_file(path)
    assert theirs.rate_hz == ours.rate_hz == 60.0
    assert np.array_equal(theirs.points, ours.points, equal_nan=True)


@needs_file
def test_a_recording_of_one_leg_is_refused_by_what_is_missing():
    recording = read(LEG)
    assert recording.rate_hz == pytest.approx(160.0) and len(recording.names) == 12
    with pytest.raises(InputError) as caught:
        fit_markers(recording, scale(Subject()))
    text = str(caught.value)
    assert "None of the recording's markers is known" in text
    assert "no pelvis and no trunk, and not both sides of the body" in text


def test_a_plate_gives_the_ground_on_the_person(tmp_path):
    # A plate whose x is the laboratory's y, whose y is the laboratory's x, and whose z is down; 40 mm thick.
    corners = np.array([[600, 900, 0], [600, 300, 0], [200, 300, 0], [200, 900, 0]], float)
    surface = corners.mean(axis=0)
    point = np.array([450.0, 500.0, 0.0])  # laboratory, mm
    ground = np.array([30.0, -20.0, 700.0])  # on the person, laboratory axes
    turn = np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1.0]])  # columns: the plate's axes
    pressed = turn.T @ -ground
    lever = turn.T @ (point - surface)
    origin = [0.0, 0.0, -40.0]
    moment = np.cross(lever + np.array(origin), pressed) + np.array([0, 0, 1500.0])  # and 1.5 N m about the vertical
    load = np.tile(np.concatenate([pressed, moment]), (200, 1))
    path = tmp_path / "plate.c3d"
    write_plates(path, MARKERS, stick_figure(20)[1], [load], corners, origin)
    forces = read_forces(path)
    plate = forces.plates[0]
    assert forces.rate_hz == pytest.approx(600.0)
    assert forces.notes[1].startswith("Up is z: the ground carries")
    assert plate.force[0] == pytest.approx([30.0, 700.0, 20.0], abs=1e-3)
    assert plate.point[0] == pytest.approx([0.450, 0.0, -0.500], abs=1e-5)
    assert plate.moment[0] == pytest.approx([0.0, 1.5, 0.0], abs=1e-3)
    theirs = ezc3d.c3d(str(path), extract_forceplat_data=True)["data"]["platform"][0]
    # The library gives what presses on the plate where we give the ground, and the same point.
    assert np.abs(theirs["force"][:, 0]) == pytest.approx(np.abs(ground), abs=1e-3)
    assert theirs["center_of_pressure"][:2, 0] == pytest.approx(point[:2], abs=1e-2)
    assert any("holds 1 force plates" in n for n in read(path).notes)


def test_a_file_without_plates_is_no_file_of_forces(figure):
    with pytest.raises(FileError, match="holds no force plates"):
        read_forces(figure[0])


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (2, b"\xff\xff", "its header has 65535 points and its parameters 6"),
        (8, b"\x00\x10", "promises 30 or 4096 frames and holds 32"),
        (512 + 3, b"\x00", "where its parameters should begin there are none"),
        (512 + 4, b"\x7f", "cut or damaged"),
        (16, b"\xff\x7f", "or is cut before them"),
    ],
)
def test_what_is_said_of_a_damaged_file(figure, at, value, sentence):
    path = figure[0]
    data = bytearray(path.read_bytes())
    data[at : at + len(value)] = value
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read(path)
    assert sentence in str(caught.value)


def test_a_file_that_is_cut_anywhere_is_refused(figure):
    path = figure[0]
    data = path.read_bytes()
    refused = 0
    for size in range(1, len(data) - 1000, 97):  # the writer pads its last block
        path.write_bytes(data[:size])
        with pytest.raises(PsoasError):
            read(path)
        refused += 1
    assert refused > 20
