import json
from pathlib import Path

import pytest

from psoas.case.case import Case
from psoas.case.scenario import case_from_scenario, read_case
from psoas.errors import FileError, InputError

FULL = """
name = "a heavy day"
[subject]
sex = "female"
mass_kg = 62
height_m = 1.7
age_years = 30
lordosis_deg = 50

[posture]
preset = "stoop"
trunk_flexion_deg = 30
hip_flexion_deg = {left = 20, right = 40}
knee_flexion_deg = 15
[posture.levels_deg]
"L4/L5" = 5

[surroundings]
hands_kg = {left = 0, right = 10}
backrest_deg = 110
elbows_on_thighs = true
forces = [{segment = "right_hand", force_n = [0, -50, 0]}]

[change]
tone = 0.02
tight = {psoas_major = 0.06}
weak = {multifidus_r = 0.3}

[solve]
criterion = "cubed"
weights = "equal"
"""


def written(folder: Path, text: str, name: str = "s.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_scenario_is_read_as_written(tmp_path):
    case = read_case(written(tmp_path, FULL))
    assert case.name == "a heavy day" and case.subject.sex == "female" and case.subject.mass_kg == 62.0
    assert case.posture is not None and case.posture.preset == "stoop"
    assert case.posture.hip_flexion_deg is not None
    assert case.posture.hip_flexion_deg.side("l") == 20.0 and case.posture.hip_flexion_deg.side("r") == 40.0
    assert case.posture.levels_deg == {"L4/L5": 5.0}
    assert case.surroundings.hands_kg.right == 10.0 and case.surroundings.load_kg == 10.0
    assert case.surroundings.forces[0].force_n == (0.0, -50.0, 0.0)
    assert case.surroundings.forces[0].body == "hand_r"
    assert case.change.tight == {"psoas_major": 0.06} and case.change.tone == 0.02
    assert case.solve.criterion == "cubed" and case.solve.weights == "equal"


def test_the_case_written_out_reads_back_the_same(tmp_path):
    case = read_case(written(tmp_path, FULL))
    again = case_from_scenario(json.loads(json.dumps(case.to_dict())))
    assert again == case
    assert case_from_scenario(Case().to_dict()) == Case()
    assert read_case(written(tmp_path, json.dumps(case.to_dict()), "s.json")) == case


def test_one_number_in_the_hands_is_held_by_both():
    case = case_from_scenario({"surroundings": {"hands_kg": 20}})
    assert case.surroundings.hands_kg.left == 10.0 and case.surroundings.hands_kg.right == 10.0
    assert case.to_dict()["surroundings"]["hands_kg"] == 20.0


def test_motion_paths_are_relative_to_the_file(tmp_path):
    path = written(tmp_path, '[motion]\nfile = "walk.trc"\nforces = "grf/walk.mot"\nunits = "mm"\nup = "y"\n')
    motion = read_case(path).motion
    assert motion.file == tmp_path / "walk.trc" and motion.forces == tmp_path / "grf/walk.mot"
    assert read_case(path).posture is None


def test_without_posture_and_motion_the_person_stands():
    assert case_from_scenario({}).posture.preset == "standing"


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        ({"subjet": {}}, r"Unknown key 'subjet' in the top of the file\. Did you mean 'subject'\?"),
        ({"mass_kg": 70}, r"Unknown key 'mass_kg' in the top of the file\. It belongs to \[subject\]\."),
        ({"subject": {"mas_kg": 70}}, r"Unknown key 'mas_kg' in \[subject\]\. Did you mean 'mass_kg'\?"),
        ({"posture": {"mass_kg": 70}}, r"Unknown key 'mass_kg' in \[posture\]\. It belongs to \[subject\]\."),
        (
            {"posture": {"hip_flexion": 9}},
            r"Unknown key 'hip_flexion' in \[posture\]\. Did you mean 'hip_flexion_deg'\?",
        ),
        (
            {"solve": {"backrest_dg": 9}},
            r"Unknown key 'backrest_dg' in \[solve\]\. Did you mean 'backrest_deg' of \[surroundings\]\?",
        ),
        ({"posture": {"hip_flexion_deg": {"lft": 2}}}, r"Unknown key 'lft' in \[posture\] hip_flexion_deg"),
        (
            {"surroundings": {"forces": [{"segment": "head", "force": [1, 2, 3]}]}},
            r"Unknown key 'force' in .*forces\.0\. Did you mean 'force_n'\?",
        ),
        ({"subject": {"mass_kg": 500}}, r"\[subject\] mass_kg is 500; allowed is 25 to 250 kg\."),
        ({"subject": {"mass_kg": float("nan")}}, r"mass_kg is nan; allowed is 25 to 250 kg"),
        ({"subject": {"mass_kg": "70"}}, r"\[subject\] mass_kg is '70', but must be a number\."),
        ({"subject": {"mass_kg": True}}, r"mass_kg is True, but must be a number"),
        ({"subject": {"mass_kg": 10**400}}, r"A number of 401 digits is too large to be meant"),
        (
            {"subject": {"mass_kg": 30, "height_m": 2.2}},
            r"is a body mass index of 6\.2 kg/m2; allowed is 12 to 60",
        ),
        ({"subject": {"sex": "mal"}}, r"sex is 'mal'; allowed is male, female\. Did you mean 'male'\?"),
        ({"subject": 70}, r"'subject' must be a table; write \[subject\]"),
        (
            {"posture": {"preset": "siting"}},
            r"preset is 'siting'; allowed is standing, .*Did you mean 'sitting'\?",
        ),
        (
            {"posture": {"knee_flexion_deg": 200}},
            r"knee_flexion_deg is 200, beyond the joint's limits of -10 to 155 degrees\.",
        ),
        (
            {"posture": {"trunk_flexion_deg": 90}},
            r"trunk_flexion_deg is 90, beyond the joint's limits of -40 to 75 degrees\.",
        ),
        ({"posture": {"hip_flexion_deg": "far"}}, r"hip_flexion_deg is 'far'; write a number or \{left"),
        ({"posture": {"hip_flexion_deg": {}}}, r"names neither left nor right"),
        ({"posture": {"levels_deg": {"L4L5": 3}}}, r"Unknown level 'L4L5'\. Did you mean 'L4/L5'\?"),
        (
            {"posture": {"levels_deg": {"L4/L5": 60}}},
            r"'L4/L5' is 60, beyond the joint's limits of -15 to 25",
        ),
        (
            {"posture": {}, "motion": {"pattern": "bend"}},
            r"has both \[posture\] and \[motion\]; keep the one",
        ),
        ({"motion": {}}, r"\[motion\] needs a 'file' or a 'pattern' \(bend, sit, stand_up"),
        ({"motion": {"file": "a.trc", "pattern": "bend"}}, r"has both 'file' and 'pattern'; keep one"),
        ({"motion": {"file": "a.trc", "duration_s": 3}}, r"'duration_s' belongs to a 'pattern'"),
        ({"motion": {"pattern": "bend", "units": "mm"}}, r"'units' belongs to a 'file'"),
        ({"motion": {"pattern": "bnd"}}, r"pattern is 'bnd'; allowed is bend, .*Did you mean 'bend'\?"),
        ({"motion": {"file": ""}}, r"\[motion\] file is empty; write the path of a file\."),
        ({"surroundings": {"hands_kg": 900}}, r"hands_kg is 900; allowed is 0 to 400 kg in both hands together\."),
        ({"surroundings": {"hands_kg": -5}}, r"\[surroundings\] hands_kg is -5; allowed is 0 to 400 kg"),
        ({"surroundings": {"hands_kg": float("nan")}}, r"hands_kg is nan; allowed is 0 to 400 kg"),
        (
            {"surroundings": {"hands_kg": {"right": -5}}},
            r"hands_kg is -5 in the right hand; allowed is 0 to 200 kg\.",
        ),
        ({"surroundings": {"seat": 1}}, r"seat is 1\.0, but must be true or false"),
        (
            {"surroundings": {"forces": [{"segment": "nose", "force_n": [1, 2, 3]}]}},
            r"segment is 'nose'; allowed is",
        ),
        ({"surroundings": {"forces": [{"segment": "head", "force_n": [1, 2]}]}}, r"must be three numbers"),
        (
            {"surroundings": {"forces": [{"segment": "head", "force_n": [0, 9e9, 0]}]}},
            r"allowed is 0 to 5000 N",
        ),
        (
            {"change": {"tight": {"psoas_major": 6}}},
            r"'psoas_major' is 6; .*0 to 0\.95\. For 6 % write 0\.06",
        ),
        ({"change": {"tone": -0.1}}, r"\[change\] tone is -0\.1; allowed is 0 to 0\.5"),
        ({"change": {"tight": 0.06}}, r"tight is 0\.06, but must be a table"),
        ({"solve": {"criterion": "cube"}}, r"criterion is 'cube'; allowed is squared, cubed, minmax\."),
        ({"name": 7}, r"name is 7, but must be text"),
    ],
)
def test_every_mistake_has_its_sentence(scenario, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        case_from_scenario(scenario)
    assert str(caught.value).count("\n") == 0 and len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "s.toml", r"s\.toml is empty"),
        (b"\0" * 100, "s.toml", r"s\.toml is empty"),
        (b"[subject\nmass", "s.toml", r"s\.toml is not TOML that can be read: .*line 1"),
        (b'{"subject": ', "s.json", r"s\.json is not JSON that can be read: .* in line 1"),
        (b"[1, 2]", "s.json", r"s\.json holds list, not the tables"),
        (b"\xff\xfe\x00", "s.toml", r"is not UTF-8 text"),
        (b"\0" * 2_000_000, "s.toml", r"s\.toml has 2 MB; a scenario is text of at most 1 MB"),
        (b"[" * 100_000, "s.json", r"s\.json is nested too deeply"),
    ],
)
def test_a_file_that_is_no_scenario(tmp_path, content, name, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=sentence):
        read_case(path)


def test_missing_file_and_directory(tmp_path):
    with pytest.raises(FileError, match="There is no file"):
        read_case(tmp_path / "none.toml")
    with pytest.raises(FileError, match="is a directory; name the scenario file in it"):
        read_case(tmp_path)
