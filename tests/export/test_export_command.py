"""`psoas export`: what it writes, what it says, and what it refuses."""

import mujoco
import pytest

from psoas.cli import main

LEANING = "[posture]\ntrunk_flexion_deg = 20\n[change]\ntight = {psoas_major = 0.06}\n"


def called(capsys, *arguments: object) -> tuple[int | str | None, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return stop.value.code, " ".join(out.split()), " ".join(err.split())


def test_mjcf_of_a_scenario_and_a_person(capsys, tmp_path):
    scenario, file = tmp_path / "case.toml", tmp_path / "body.xml"
    scenario.write_text(LEANING, encoding="utf-8")
    code, out, err = called(capsys, "export", "mjcf", file, scenario, "--mass", "90", "--load", "10")
    assert code == 0 and err == ""
    assert out.startswith(f"Wrote {file}:") and "20 segments" in out
    model = mujoco.MjModel.from_xml_path(str(file))
    assert model.body_mass.sum() == pytest.approx(100.0, rel=1e-5)
    assert model.key(0).qpos[model.joint("L4/L5_flexion").dofadr[0]] > 0.03


def test_a_file_that_is_there_is_replaced_and_it_says_so(capsys, tmp_path):
    file = tmp_path / "body.osim"
    file.write_text("old", encoding="utf-8")
    code, out, _ = called(capsys, "export", "osim", file)
    assert code == 0 and out.startswith(f"Replaced {file}:") and "passive muscle force" in out
    assert "<OpenSimDocument" in file.read_text(encoding="utf-8")


def test_mistakes_are_told_and_write_nothing(capsys, tmp_path):
    scenario = tmp_path / "case.toml"
    scenario.write_text(LEANING, encoding="utf-8")
    before = sorted(p.name for p in tmp_path.iterdir())
    mistakes = {
        "Did you mean 'osim'": ("osi", tmp_path / "a.osim"),
        "does not end in .osim": ("osim", scenario),
        "does not end in .xml or .mjcf": ("mjcf", tmp_path / "a.osim"),
        "There is no folder": ("osim", tmp_path / "none" / "a.osim"),
        "There is no file": ("mjcf", tmp_path / "a.xml", tmp_path / "none.toml"),
        "--mass": ("mjcf", tmp_path / "a.xml", "--mass", "7000"),
        "is a directory": ("osim", folder(tmp_path)),
        "PATH": ("osim",),
    }
    for said, arguments in mistakes.items():
        code, out, err = called(capsys, "export", *arguments)
        assert (code, out) == (2, ""), arguments
        assert said in err and "Traceback" not in err
    assert scenario.read_text(encoding="utf-8") == LEANING
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*before, "folder.osim"])


def folder(below):
    made = below / "folder.osim"
    made.mkdir()
    return made


def test_help_says_what_is_not_written(capsys):
    _, out, _ = called(capsys, "export", "--help")
    for word in ("ligaments", "passive muscle force", "abdominal pressure", "contacts"):
        assert word in out
