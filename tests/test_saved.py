import json
import zipfile
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from psoas.errors import FileError, InputError, PsoasError
from psoas.result import Result
from psoas.saved import FORMAT, HEADER, Answer, Trace, answer_of, load, load_result, save
from psoas.scene import Scene, Support, quaternions, rotations
from psoas.tables import Curve, Figure, Table
from psoas.tabular import columns, to_csv, to_pandas, to_xarray
from test_result import made


def drawn(frames: int = 2) -> Scene:
    """Return a small scene of three lines between two bodies, one of which bends over an arc."""
    turn = np.zeros((frames, 2, 4))
    turn[..., 0] = 1.0
    arc = np.full((frames, 1, 5, 3), np.nan)
    arc[0] = 0.25
    return Scene(
        np.arange(frames),
        1.7,
        ("pelvis", "L5"),
        ("", "pelvis"),
        np.array([[0.0, 0.0, 0.0], [-0.088, 0.054, 0.0]]),
        np.arange(frames * 6.0).reshape(frames, 2, 3) / 7,
        turn,
        np.full((6, 3), 0.04),
        np.full((6, 2), 0.1),
        ("psoas_L1_VB_r", "psoas_L1_VB_l", "multifidus_m1s_r"),
        np.array([2e-4, 2e-4, 1e-4]),
        np.array([0, 0, 1, 1, 2, 2]),
        np.array([1, 0, 1, 0, 1, 0]),
        np.arange(18.0).reshape(6, 3) / 90,
        np.array([0]),
        np.array([0]),
        np.array([0]),
        arc,
        (Support("seat", np.zeros(3), np.eye(3), np.array([0.2, 0.1]), np.ones(frames, bool)),),
        0.0,
    )


def whole(frames: int = 2) -> Answer:
    """Return an answer that holds something of everything."""
    arms = {"hip": np.full((3, frames), 20.1234567890123), "L5/S1": np.zeros((3, frames))}
    interval = {"compression_n": {"low": np.zeros((6, frames)), "high": np.full((6, frames), 1 / 3)}, "from": ["tone"]}
    loads = {k: np.array(v) for k, v in made(frames).loads.items()}
    loads["pressure_mpa"][2, 0] = np.nan
    loads["right_shear_n"][:] = -0.0
    first = made(frames, loads=loads, interval=interval, muscles=replace(made(frames).muscles, moment_arm_mm=arms))
    time = np.linspace(0.0, 1.0, frames)
    return Answer(
        (first, made(frames, case={"name": "tight", "change": {"tight": {"psoas_major": 0.06}}})),
        "Sitting down",
        (("standing", 0), ("seated", frames - 1)),
        (Trace("psoas length", "mm", (time, 2 * time), 1),),
        ("The psoas shortens – by a third.",),
        (Table("T", ("level", "N"), (("L4/L5", 3.25), ("L5/S1", None)), (0, 1), "A note."),),
        (Figure("F", "time, s", "force, N", (Curve("psoas", time, time, time - 1, time + 1),), (("limit", 3400.0),)),),
        ("bogduk1992",),
        (drawn(frames), None),
    )


def same(a, b) -> int:
    """Assert that two values are equal to the last bit; return how many arrays and labels were compared."""
    if is_dataclass(a):
        assert type(a) is type(b)
        # The scene of a result is compared where the answer holds it.
        names = [f.name for f in fields(a) if not (isinstance(a, Result) and f.name == "scene")]
        return sum(same(getattr(a, name), getattr(b, name)) for name in names)
    if isinstance(a, dict):
        assert list(a) == list(b)
        return sum(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        return sum(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        return 1
    assert a == b or (a != a and b != b)
    return 1


def test_what_is_saved_comes_back_to_the_last_bit(tmp_path):
    answer = whole()
    path = save(answer, tmp_path / "answer.npz")
    assert same(answer, load(path)) > 150
    assert [p.name for p in tmp_path.iterdir()] == ["answer.npz"]
    assert np.load(path, allow_pickle=False)["answer/results/1/loads/pressure_mpa"].shape == (6, 2)


def test_one_result_is_saved_and_loaded_alone(tmp_path):
    result = made(3)
    path = save(result, tmp_path / "one.npz")
    assert same(result, load_result(path)) > 40
    save(whole(), path)
    with pytest.raises(FileError, match=r"one\.npz holds 2 results"):
        load_result(path)


def test_an_answer_is_made_of_a_result_of_results_and_of_a_study():
    from psoas.studies.study import Study

    assert answer_of(made()).results[0].name == "normal"
    assert len(answer_of([made(), made()]).results) == 2
    study = answer_of(Study("T", (made(),), (("start", 0),), findings=("x",)))
    assert study.title == "T" and study.phases == (("start", 0),) and study.findings == ("x",)
    assert study.scenes == (None,)
    with pytest.raises(InputError, match="A str is no answer"):
        answer_of("x")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.npz", b"", "is empty"),
        ("a.npz", b"time,Fx\n1,2\n", "was not saved by psoas: it is no .npz file"),
        ("a.npz", b"PK\x03\x04 and then nothing", "is damaged"),
    ],
)
def test_a_foreign_file_is_told_in_a_sentence(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=sentence):
        load(tmp_path / name)


def test_missing_files_folders_and_other_suffixes_are_told(tmp_path):
    with pytest.raises(FileError, match="There is no file"):
        load(tmp_path / "none.npz")
    with pytest.raises(FileError, match="is a directory"):
        load(tmp_path)
    with pytest.raises(InputError, match=r"does not end in \.npz"):
        save(made(), tmp_path / "answer.json")
    with pytest.raises(FileError, match="cannot be written"):
        save(made(), tmp_path / "no" / "answer.npz")
    np.savez(tmp_path / "numbers.npz", x=np.zeros(3))
    with pytest.raises(FileError, match=r"numbers\.npz was not saved by psoas: it has no psoas\.json"):
        load(tmp_path / "numbers.npz")


def rewritten(source, target, change) -> None:
    """Copy a saved answer with its header changed by `change`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == HEADER:
                header = json.loads(data)
                data = json.dumps(change(header)).encode()
            new.writestr(entry.filename, data)


def answered(**changes):
    return lambda header: header | {"answer": header["answer"] | changes}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda h: h | {"schema": 2}, "has schema 2, but this psoas reads up to 1; take a newer one"),
        (lambda h: h | {"format": "other"}, "was not saved by psoas: its psoas.json says something else"),
        (lambda h: [], "was not saved by psoas"),
        (lambda h: {"format": FORMAT, "schema": 1}, "is damaged: it holds no answer"),
        (answered(results=[]), "is damaged: 0 results have"),
        (answered(scenes=[None]), "2 results have 1 scenes"),
        (answered(phases=[["late", 9]]), "a phase has no frame"),
        (answered(results=[{"$array": "nowhere"}]), "nowhere is missing"),
        (answered(title={"$array": ["x"]}), "is damaged"),
        (answered(findings=[1]), "labels are missing"),
    ],
)
def test_a_header_that_says_otherwise_is_refused(tmp_path, change, sentence):
    rewritten(save(whole(), tmp_path / "a.npz"), tmp_path / "b.npz", change)
    with pytest.raises(FileError, match=sentence):
        load(tmp_path / "b.npz")


def test_a_file_that_unpacks_to_too_much_is_refused_unread(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(HEADER, "{}")
        with archive.open("answer/x.npy", "w", force_zip64=True) as member:
            for _ in range(61):
                member.write(bytes(10_000_000))
    assert path.stat().st_size < 2_000_000
    with pytest.raises(FileError, match="unpacks to 610 MB"):
        load(path)


def test_arrays_of_objects_and_of_other_shapes_are_refused(tmp_path):
    path = save(made(), tmp_path / "a.npz")
    name = "answer/results/0/time_s.npy"
    for array, pickled in ((np.array([{}, {}]), True), (np.zeros(5), False), (np.array(["a", "b"]), False)):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.npz", "w") as new:
            for entry in old.infolist():
                if entry.filename != name:
                    new.writestr(entry.filename, old.read(entry))
            with new.open(name, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=pickled)
        with pytest.raises(FileError, match="is damaged"):
            load(tmp_path / "b.npz")


def mutated(rng: np.random.Generator, data: bytes) -> bytes:
    """Return bytes cut, flipped, doubled, swapped or overwritten at random places."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        at, to = sorted(rng.integers(0, len(changed), 2))
        kind = rng.integers(6)
        if kind == 0:
            changed[at] ^= 1 << rng.integers(8)
        elif kind == 1:
            changed[at : at + 4] = rng.bytes(4)
        elif kind == 2 and len(changed) > 200:
            del changed[at : min(to, at + 64)]
        elif kind == 3:
            changed[at:at] = changed[at : min(to, at + 64)]
        elif kind == 4 and at > 100:
            del changed[at:]
        else:
            changed[at : at + 2] = b"\xff\xff"
    return bytes(changed)


def test_a_damaged_file_never_gives_other_numbers(tmp_path):
    answer = whole()
    data = save(answer, tmp_path / "a.npz").read_bytes()
    rng = np.random.default_rng(20240229)
    path = tmp_path / "b.npz"
    refused = kept = 0
    for _ in range(600):
        path.write_bytes(mutated(rng, data))
        try:
            found = load(path)
        except PsoasError as error:
            assert "b.npz" in str(error) and "\n" not in str(error) and len(str(error)) < 400
            refused += 1
            continue
        same(answer, found)  # the damage was where nothing is read, such as a time stamp
        kept += 1
    assert refused > 300 and refused + kept == 600


def test_csv_has_a_row_a_frame_and_every_digit():
    answer = whole(3)
    lines = to_csv(answer.results[0]).splitlines()
    head = lines[0].split(",")
    assert len(lines) == 4 and head[:2] == ["time_s", "status"]
    at = head.index("L4/L5 compression_n high")
    assert float(lines[2].split(",")[at]) == 1 / 3
    assert "psoas_L1_VB_r active_n" in to_csv(answer.results[0], table="muscles").splitlines()[0]
    assert dict(columns(answer.results[0], "contacts"))["foot_r up_n"].tolist() == [1.0, 1.0, 1.0]
    assert dict(columns(answer.results[0], "moments"))["L5/S1 bend unmet_nm"][0] == -3.5
    with pytest.raises(InputError, match=r"Unknown table 'load'\. Did you mean 'loads'"):
        to_csv(answer.results[0], table="load")


def test_csv_is_written_to_a_file(tmp_path):
    text = to_csv(made(), tmp_path / "loads.csv")
    assert (tmp_path / "loads.csv").read_text(encoding="utf-8") == text
    with pytest.raises(FileError, match="cannot be written"):
        to_csv(made(), tmp_path / "no" / "loads.csv")


@pytest.mark.parametrize(("library", "call"), [("pandas", to_pandas), ("xarray", to_xarray)])
def test_a_missing_library_is_named_with_the_way_to_it(monkeypatch, library, call):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(
        InputError, match=f"{library} is not installed. Install it with: python -m pip install {library}"
    ):
        call(made())


def test_pandas_has_the_columns_of_the_csv():
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = to_pandas(made(3))
    assert frame.shape == (3, 32) and frame["L5/S1 compression_n"].tolist() == [105.0, 105.5, 106.0]


def test_xarray_has_named_dimensions():
    pytest.importorskip("xarray", reason="xarray is not installed")
    data = to_xarray(made(3))
    assert float(data["compression_n"].sel(level="L5/S1", time=0.5)) == 105.5
    assert data["muscle_active_n"].sizes == {"fascicle": 3, "time": 3}
    assert float(data["unmet_nm"].sel(joint="L5/S1", moment="bend")[0]) == -3.5


def test_quaternions_turn_as_the_matrices_do():
    rng = np.random.default_rng(1)
    q = rng.normal(size=(200, 4))
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    half_turns = np.eye(4)[1:]
    turns = rotations(np.vstack([q, half_turns]))
    np.testing.assert_allclose(rotations(quaternions(turns)), turns, atol=1e-12)  # rounding of 4 x 4 eigenvectors


def test_a_scene_of_wrong_shape_is_named():
    with pytest.raises(ValueError, match="turn has shape"):
        replace(drawn(), turn=np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match="point_line names what is not there"):
        replace(drawn(), point_line=np.array([0, 0, 1, 1, 2, 7]))


def test_every_field_of_a_result_is_saved(tmp_path):
    saved = json.loads(zipfile.ZipFile(save(made(), tmp_path / "a.npz")).read(HEADER))
    assert set(saved["answer"]["results"][0]) == {f.name for f in fields(Result)} - {"scene"}


def test_a_result_saves_and_tells_itself(tmp_path):
    result = made(3)
    again = type(result).load(result.save(tmp_path / "one.npz"))
    assert again.to_json() == result.to_json()
    assert result.to_csv().splitlines()[0].startswith("time_s")
