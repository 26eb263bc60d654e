"""What a user may get wrong, end to end: a sentence that names it and the way out, exit code 2, no traceback."""

import re
from pathlib import Path

import pytest

from psoas.cli import main

SHARED = Path(__file__).parents[2] / "shared" / "motions" / "walking"
TRC, GRF = SHARED / "subject01_walk1.trc", SHARED / "subject01_walk1_grf.mot"
walk = pytest.mark.skipif(not TRC.exists(), reason="the recorded walk lies in ../shared, which is not here")

STAND = '[posture]\npreset = "standing"\n'


def refused(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert stop.value.code == 2, (arguments, err)
    assert out == "" and "Traceback" not in err
    # One or two sentences, not a page.
    assert err.startswith("psoas: ") and len(err) < 700
    return " ".join(err.split())


SCENARIOS = {
    "unknown key": ("[posture]\ntrunk_flexon_deg = 30\n", r"trunk_flexon_deg.*trunk_flexion_deg"),
    "unknown table": ("[postur]\npreset = 'standing'\n", r"postur.*posture"),
    "unknown preset": ("[posture]\npreset = 'standin'\n", r"standin"),
    "unknown muscle": ("[change]\ntight = {psoas_mayor = 0.06}\n", r"psoas_mayor.*psoas_major"),
    "impossible mass": ("[subject]\nmass_kg = 7000\n", r"mass_kg.*7000.*25 to 250"),
    "impossible angle": ("[posture]\ntrunk_flexion_deg = 170\n", r"trunk_flexion_deg.*170.*-40 to 75"),
    "not a number": ("[subject]\nmass_kg = nan\n", r"mass_kg"),
    "text for a number": ("[subject]\nmass_kg = 'much'\n", r"mass_kg"),
    "both": (STAND + "[motion]\nfile = 'walk.trc'\n", r"posture.*motion"),
    "broken TOML": ("[posture\npreset = 1\n", r"TOML"),
    "no contact can balance": (
        "[posture]\npreset = 'sitting'\n[surroundings]\nseat = false\n",
        r"No contact can balance this posture: .* cannot carry \d+ N .*seat",
    ),
}


@pytest.mark.parametrize("text, said", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_with_a_mistake(capsys, tmp_path, text, said):
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    assert re.search(said, refused(capsys, "run", path))


FLAGS = {
    "mass": (("sit", "--mass", "7000"), r"--mass.*7000"),
    "height": (("sit", "--height", "17"), r"--height"),
    "tight": (("sit", "--tight", "600%"), r"600"),
    "muscle": (("sit", "--weak", "multifidis=30%"), r"multifidis.*multifidus"),
    "flag": (("sit", "--mas", "70"), r"--mas"),
    "command": (("sitt",), r"sitt.*sit"),
    "file": (("run", "nowhere.trc"), r"nowhere\.trc"),
}


@pytest.mark.parametrize("arguments, said", FLAGS.values(), ids=FLAGS)
def test_a_flag_with_a_mistake(capsys, arguments, said):
    assert re.search(said, refused(capsys, *arguments))


def lines_of_the_walk() -> list[str]:
    return TRC.read_text(encoding="utf-8").splitlines()


def with_cell(line: str, column: int, text: str) -> str:
    cells = line.split("\t")
    cells[column] = text
    return "\t".join(cells)


@walk
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda rows: rows[:80], r"(cut|ends|promises|rows|frames)"),
        (lambda rows: [*rows[:40], rows[40][: len(rows[40]) // 2]], r"row|line|cut"),
        (lambda rows: [*rows[:20], with_cell(rows[20], 1, "0.0"), *rows[21:]], r"[Tt]ime"),
        (lambda rows: [*rows[:20], with_cell(rows[20], 5, "much"), *rows[21:]], r"much"),
        (lambda rows: [r.replace("R.ASIS", "R.ASIX") for r in rows], r"R\.ASIX.*R\.ASIS|R\.ASIX.*--markers"),
        (lambda rows: [], r"empty"),
    ],
    ids=["rows missing", "cut in a row", "time back", "a word", "unknown marker", "empty"],
)
def test_a_recording_with_a_mistake(capsys, tmp_path, edit, said):
    path = tmp_path / "walk.trc"
    path.write_text("\n".join(edit(lines_of_the_walk())) + "\n" * bool(edit(lines_of_the_walk())), encoding="utf-8")
    assert re.search(said, refused(capsys, "run", path))


@walk
def test_a_segment_left_with_too_few_markers_is_named(capsys, tmp_path):
    rows = lines_of_the_walk()
    names = rows[3].split("\t")
    for i, name in enumerate(names):
        if name in ("R.ASIS", "L.ASIS"):
            for r in range(6, len(rows)):
                cells = rows[r].split("\t")
                if len(cells) > i + 2:
                    cells[i : i + 3] = ["nan"] * 3
                    rows[r] = "\t".join(cells)
    path = tmp_path / "walk.trc"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert re.search(r"pelvis.*markers|markers.*pelvis", refused(capsys, "run", path))


@walk
def test_forces_of_another_time(capsys, tmp_path):
    rows = GRF.read_text(encoding="utf-8").splitlines()
    start = next(i for i, row in enumerate(rows) if row.startswith("time")) + 1
    later = [with_cell(row, 0, f"{float(row.split(chr(9))[0]) + 100:.6f}") for row in rows[start:]]
    path = tmp_path / "forces.mot"
    path.write_text("\n".join([*rows[:start], *later]) + "\n", encoding="utf-8")
    assert re.search(r"forces from 100 to 102\.5 s.*share no time", refused(capsys, "run", TRC, "--forces", path))


@walk
def test_a_column_of_nan_in_the_forces(capsys, tmp_path):
    rows = GRF.read_text(encoding="utf-8").splitlines()
    start = next(i for i, row in enumerate(rows) if row.startswith("time")) + 1
    path = tmp_path / "forces.mot"
    gone = [with_cell(row, 2, "nan") for row in rows[start:]]
    path.write_text("\n".join([*rows[:start], *gone]) + "\n", encoding="utf-8")
    assert "ground_force_vy" in refused(capsys, "run", TRC, "--forces", path)


def rewritten(change) -> list[str]:
    """Return the walk with every coordinate changed by change(value, axis 0..2)."""
    rows = lines_of_the_walk()
    body = []
    for row in rows[6:]:
        cells = row.split("\t")
        filled = [i for i, cell in enumerate(cells) if cell.strip() and i > 1]
        for i in filled:
            cells[i] = f"{change(float(cells[i]), (i - 2) % 3):.6f}"
        body.append("\t".join(cells))
    return [*rows[:6], *body]


@walk
def test_units_that_cannot_be_decided(capsys, tmp_path):
    rows = rewritten(lambda value, axis: 0.02 * value)
    rows[2] = rows[2].replace("mm", "")
    path = tmp_path / "walk.trc"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert re.search(r"--units", refused(capsys, "run", path))


@walk
def test_an_up_axis_that_cannot_be_decided(capsys, tmp_path):
    # As tall along X as along Y: the person lies on the diagonal.
    rows = lines_of_the_walk()
    body = []
    for row in rows[6:]:
        cells = row.split("\t")
        for i in range(2, len(cells) - 2, 3):
            if cells[i].strip() and cells[i + 1].strip():
                cells[i] = cells[i + 1]
        body.append("\t".join(cells))
    path = tmp_path / "walk.trc"
    path.write_text("\n".join([*rows[:6], *body]) + "\n", encoding="utf-8")
    assert re.search(r"--up", refused(capsys, "run", path))


@walk
def test_the_files_swapped(capsys):
    assert "--forces" in refused(capsys, "run", GRF)
    assert "ground" in refused(capsys, "run", TRC, "--forces", TRC)


def test_a_directory(capsys, tmp_path):
    assert "directory" in refused(capsys, "run", tmp_path)


def test_200_mb_of_zeros_is_refused_at_once(capsys, tmp_path):
    path = tmp_path / "zeros.trc"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)  # sparse: costs nothing to make, reads as zeros
    assert re.search(r"zeros\.trc", refused(capsys, "run", path))


def test_a_fault_shows_its_traceback_only_on_request(capsys, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text("[subject]\nmass_kg = 7000\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["run", str(path), "--debug"])
    assert stop.value.code == 2 and "Traceback" in capsys.readouterr().err
