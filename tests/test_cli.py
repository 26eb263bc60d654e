import json
import subprocess
import sys
import types

import numpy as np
import pytest

from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.cli import main
from psoas.errors import PoseError
from psoas.studies.study import Study, Trace
from test_result import made


@pytest.fixture
def asked(monkeypatch):
    """Stand fakes in for the chain and the study; return what the command line asked of them."""
    seen: dict = {"cases": [], "studies": []}

    def run(cases, *, moment_arms=False, interval=False, causes=False, workers=1, progress=None):
        seen["workers"] = workers
        seen["cases"] += list(cases)
        return [made(1, case=case.to_dict()) for case in cases]

    def sit(subject=None, *, change=None, hands_kg=0.0, seat_m: float = 0.45, deep: bool = False):
        """Go onto a chair.

        Every leg is held. Raises InputError for a seat that
        is out of range. The back is free.

        Args:
            seat_m: height of the seat.
            deep: lean far back.
        """
        seen["own"] = (seat_m, deep)
        seen["studies"].append((subject, change, hands_kg))
        results = [made(3)]
        if change is not None and not change.is_empty:
            results.append(made(3, case={"name": "changed"}))
        trace = Trace("psoas length", "mm", tuple(np.array([300.0, 290.0, 270.0]) for _ in results))
        return Study("Sitting down", tuple(results), (("standing", 0), ("seated", 2)), (trace,), ("It shortens.",))

    chain, study = types.ModuleType("psoas.chain"), types.ModuleType("psoas.studies.sit")
    chain.run, study.sit = run, sit
    monkeypatch.setitem(sys.modules, "psoas.chain", chain)
    monkeypatch.setitem(sys.modules, "psoas.studies.sit", study)
    return seen


def called(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_without_a_command_it_answers_and_says_what_is_next(asked, capsys):
    code, out, err = called(capsys)
    assert code == 0 and err == ""
    assert [case.change.tight for case in asked["cases"]] == [{}, {"psoas_major": 0.06}]
    for level in ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"):
        assert level in out
    assert "psoas sit --tight 6%" in out and "psoas run FILE" in out and "no medical advice" in out
    assert "█" in out and " N" in out


def test_sit_reads_its_flags(asked, capsys):
    code, out, _ = called(
        capsys,
        *(
            "sit",
            "--mass",
            "154 lb",
            "--height",
            "5 ft 6 in",
            "--sex",
            "female",
            "--age",
            "30",
            "--load",
            "15",
        ),
        *("--tight", "6%", "--weak", "multifidus=30%", "--weak", "iliacus=0.1", "--inhibited", "gracilis=5%"),
    )
    assert code == 0
    subject, change, hands_kg = asked["studies"][0]
    assert subject.mass_kg == pytest.approx(69.853, abs=1e-3) and subject.height_m == pytest.approx(1.6764)
    assert (subject.sex, subject.age_years, hands_kg) == ("female", 30.0, 15.0)
    assert change.tight == {"psoas_major": 0.06} and change.weak == {"multifidus": 0.3, "iliacus": 0.1}
    assert change.inhibited == {"gracilis": 0.05}
    assert "standing" in out and "seated" in out and "psoas length, mm" in out and "It shortens." in out
    assert "+0.0 %" not in out and "0.0 %" in out


def test_a_study_gives_its_command_its_flags_and_their_help(asked, capsys):
    code, out, _ = called(capsys, "sit", "--help")
    assert code == 0 and "--seat" in out and "Height of the seat. In m. [default: 0.45]" in " ".join(out.split())
    assert "--deep" in out and "--no-deep" not in out
    assert "Every leg is held. The back is free." in " ".join(out.split()) and "InputError" not in out
    assert called(capsys, "sit", "--seat", "40 cm", "--deep")[0] == 0 and asked["own"] == (0.4, True)
    code, _, err = called(capsys, "sit", "--seat", "low")
    assert code == 2 and "--seat is 'low'; write metres" in err


def test_a_whole_number_is_not_rounded_from_another(capsys):
    for flag, command in (("--steps", ("tighten",)), ("--workers", ("run", "a.toml")), ("--frames", ("bench",))):
        code, _, err = called(capsys, *command, flag, "3.6")
        assert code == 2 and f"{flag} is '3.6'; write a whole number" in err


def test_json_is_one_object_or_a_list_of_two_and_nothing_else(asked, capsys):
    code, out, err = called(capsys, "sit", "--json")
    assert code == 0 and json.loads(out)["levels"][0] == "T12/L1"
    assert json.loads(out)["study"]["findings"] == ["It shortens."]
    trace = {"label": "psoas length", "unit": "mm", "values": [[300.0, 290.0, 270.0]]}
    assert json.loads(out)["study"]["traces"] == [trace]
    # What was assumed has no place in the JSON, so it is told beside it.
    assert err.splitlines() == [f"psoas: {note}" for note in made(3).notes] != []
    _, out, _ = called(capsys, "sit", "--tight", "6%", "--json")
    assert [entry["case"]["name"] for entry in json.loads(out)] == ["normal", "changed"]


def test_run_computes_a_scenario_and_the_untouched_person_beside(asked, capsys, tmp_path):
    path = tmp_path / "heavy.toml"
    path.write_text('[posture]\npreset = "stoop"\n[surroundings]\nhands_kg = 20\n[change]\ntone = 0.03\n')
    code, out, _ = called(capsys, "run", str(path), "--weak", "multifidus=30%", "--mass", "80", "--workers", "2")
    assert code == 0 and asked["workers"] == 2
    plain, weak = asked["cases"]
    assert plain.posture == weak.posture == Posture(preset="stoop") and plain.subject.mass_kg == 80
    assert plain.change.weak == {} and weak.change.weak == {"multifidus": 0.3} and plain.change.tone == 0.03
    assert plain.surroundings.load_kg == 20.0
    assert "normal" in out and "multifidus 30 % weak" in out
    assert out.startswith("heavy: male, 80 kg, 1.68 m\n")  # a person who was not given is told too
    asked["cases"].clear()
    _, out, _ = called(capsys, "run", str(path), "--load", "5", "--json", "--tight", "6%")
    assert len(asked["cases"]) == 1 and asked["cases"][0].surroundings.load_kg == 5.0
    assert json.loads(out)["case"]["posture"] == {"preset": "stoop"}


def test_run_takes_a_recording_with_its_forces_units_and_axis(asked, capsys, tmp_path):
    path = tmp_path / "walk.trc"
    path.write_text("x")
    code, _, err = called(
        capsys, "run", str(path), "--forces", "grf.mot", "--units", "mm", "--up", "y", "--height", "180 cm"
    )
    assert (code, err) == (0, "")
    motion = asked["cases"][0].motion
    assert str(motion.file) == str(path) and str(motion.forces) == "grf.mot"
    assert (motion.units, motion.up) == ("mm", "y") and asked["cases"][0].subject.height_m == 1.8


def test_compare_says_where_the_persons_differ(asked, capsys, tmp_path):
    files = []
    for name, subject in (("a", ""), ("b", 'mass_kg = 90\nsex = "female"'), ("c", "mass_kg = 70.0\nage_years = 30")):
        files.append(tmp_path / f"{name}.toml")
        files[-1].write_text(f"[subject]\n{subject}\n")
    a, b, c = map(str, files)
    _, out, _ = called(capsys, "compare", a, b, c)
    told = "The persons differ too, so not every difference comes from the situation: "
    differences = "mass 70 kg (a, c), 90 kg (b); sex male (a, c), female (b); age 45 years (a, b), 30 years (c)."
    assert told + differences in " ".join(out.split())
    _, out, _ = called(capsys, "compare", a, b, "--mass", "80", "--sex", "male")
    assert "persons" not in out  # the flags make one person of them


def test_json_files_are_told_apart_by_what_they_hold(asked, capsys, tmp_path):
    scenario, keypoints = tmp_path / "s.json", tmp_path / "k.json"
    scenario.write_text('{"posture": {"preset": "squat"}}')
    keypoints.write_text('{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}')
    assert called(capsys, "run", str(scenario))[0] == called(capsys, "run", str(keypoints))[0] == 0
    assert asked["cases"][0].posture.preset == "squat" and asked["cases"][1].motion.file == keypoints


MISTAKES = [
    (("sit", "--mass", "500"), "--mass is '500'; allowed is 25 to 250 kg."),
    (("sit", "--mass", "900 lb"), "--mass is '900 lb'; allowed is 25 to 250 kg."),
    (("sit", "--mass", "70lb"), "--mass '70lb' with --height 1.68 is a body mass index of 11.2 kg/m2; allowed is 12"),
    (("sit", "--height", "7 ft", "--mass", "40"), "--mass '40' with --height '7 ft' is a body mass index of 8.8 kg/m2"),
    (("sit", "--age", "200"), "--age is 200; allowed is 16 to 100 years."),
    (("sit", "--tone", "60%"), "--tone is '60%'; allowed is 0% to 50%."),
    (("sit", "--mass", "heavy"), "--mass is 'heavy'; write kilograms such as 70, or 154 lb."),
    (("sit", "--height", "168"), "--height is '168', which would be metres; for centimetres write '168 cm'."),
    (("sit", "--sex", "mal"), "--sex is 'mal'; allowed is male, female. Did you mean 'male'?"),
    (("sit", "--tight", "6"), "--tight is '6'; allowed is 0% to 95%. For 6 percent write 6%."),
    (("sit", "--weak", "30%"), "--weak is '30%'; write a muscle and a fraction: --weak multifidus=30%."),
    (("sit", "--load", "-5"), "--load is '-5'; allowed is 0 to 200 kg."),
    (("sit", "--tigt", "6%"), "Unknown option: --tigt. Did you mean --tight?"),
    (("sti",), "Unknown command 'sti'. Did you mean 'sit'?"),
    (("sit", "down"), "'down' is one word too many."),
    # Where an answer goes is looked at before anything is computed.
    (("--report", "out.pdf"), "'out.pdf' does not end in .html, as a report does."),
    (("sit", "--save", "out.html"), "'out.html' does not end in .npz, as a saved answer does."),
    (("sit", "--report", "no/such/out.html"), "there is no folder 'no/such'. Choose another place."),
    (("run",), "FILE requires an argument"),
    (("run", "none.toml"), "There is no file 'none.toml'."),
    (("run", "."), "'.' is a directory; name a scenario or a recording in it."),
    (("run", __file__), "'test_cli.py' has no suffix that psoas reads; known: .toml, .json, .trc"),
]


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES)
def test_a_mistake_is_a_sentence_on_standard_error_and_exit_code_2(asked, capsys, arguments, sentence):
    code, out, err = called(capsys, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err and "Traceback" not in err and err.count("\n") == 1
    assert not asked["cases"] and not asked["studies"]


def test_a_scenario_with_a_mistake(asked, capsys, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[posture]\nhip_flexion = 3\n")
    code, out, err = called(capsys, "run", str(path))
    assert (code, out) == (2, "")
    assert err == "psoas: Unknown key 'hip_flexion' in [posture]. Did you mean 'hip_flexion_deg'?\n"
    path.write_text("[subject]\nmass_kg = 500\n")
    assert called(capsys, "run", str(path))[2] == "psoas: [subject] mass_kg is 500; allowed is 25 to 250 kg.\n"
    # What the file says is told by the file's key, whatever is typed beside it.
    assert called(capsys, "run", str(path), "--mass", "70")[2].startswith("psoas: [subject] mass_kg is 500; ")
    path.write_text('[posture]\npreset = "standing"\n')
    code, _, err = called(capsys, "run", str(path), "--forces", "grf.mot")
    assert code == 2 and "--forces belongs to a recording, but s.toml names none in [motion]." in err


def test_errors_below_are_told_and_debug_shows_where(asked, capsys, monkeypatch):
    def unbalanced(cases):
        raise PoseError("No contact can balance this pose.")

    monkeypatch.setattr(sys.modules["psoas.chain"], "run", unbalanced)
    assert called(capsys) == (2, "", "psoas: No contact can balance this pose.\n")
    code, _, err = called(capsys, "--debug")
    assert code == 2 and "Traceback" in err and "in unbalanced" in err

    def broken(cases):
        raise KeyError("gone")

    monkeypatch.setattr(sys.modules["psoas.chain"], "run", broken)
    code, out, err = called(capsys)
    assert (code, out) == (1, "")
    assert err == "psoas: A fault of psoas, not of the input: KeyError: 'gone'. --debug shows where.\n"


def test_help_waits_for_nothing_heavy():
    program = (
        "import sys\nfrom psoas.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as stop: assert not stop.code\n"
        "heavy = {'mujoco', 'numpy', 'pydantic'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Usage: psoas" in done.stdout and done.stdout.endswith("heavy: []\n")


def test_version(capsys):
    code, out, _ = called(capsys, "--version")
    assert code == 0 and out.strip().count(".") == 2


def test_the_face_of_the_package(asked):
    import psoas

    assert psoas.Subject().mass_kg == 70 and psoas.Case is Case
    assert psoas.whatif.tighten("psoas_major", 0.06)(Case()).change.tight == {"psoas_major": 0.06}
    assert psoas.studies.__name__ == "psoas.studies" and psoas.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="module 'psoas' has no attribute 'Sbject'; it has Case, Motion"):
        psoas.Sbject  # noqa: B018
