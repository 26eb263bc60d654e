"""A desk: the posture is found by reaching and looking; arm support lowers shoulder moment and lumbar load."""

import pytest

from psoas.case.change import Change
from psoas.case.scenario import case_from_scenario
from psoas.errors import InputError, PoseError
from psoas.studies.desk import desk


@pytest.fixture(scope="module")
def study():
    return desk()


def row(study, name):
    table = study.tables[0]
    return dict(zip(table.columns, next(r for r in table.rows if r[0] == name), strict=True))


def test_arm_support_lowers_shoulder_moment_and_lumbar_compression(study):
    free, rested = row(study, "as it is"), row(study, "forearms on the desk")
    assert rested["shoulder, N m"] < 0.5 * free["shoulder, N m"]
    assert rested["L4/L5, N"] < free["L4/L5, N"] and rested["L5/S1, N"] < free["L5/S1, N"]
    contacts = {r[1] for r in study.tables[3].rows if r[0] == "forearms on the desk"}
    assert {"desk_r, relaxed arm", "desk_l, relaxed arm", "seat", "backrest", "foot_r"} <= contacts


def test_what_is_nearer_costs_less_at_the_shoulder(study):
    assert row(study, "keyboard 10 cm nearer")["shoulder, N m"] < row(study, "as it is")["shoulder, N m"]


def test_no_sentence_has_a_negative_nothing_or_one_degrees(study):
    said = [*study.findings, *desk(screen_distance_m=0.8, arm_support="desk", change=Change(tone=0.01)).findings]
    assert len(said) > 8 and not any("-0.0 N" in s or " 1 degrees" in s for s in said)
    assert any(s.startswith("Changed (tone 1 %), L4/L5 carries") for s in said)


def test_the_neck_carries_the_head(study):
    first = row(study, "as it is")
    # 6.8 % of 70 kg above C7/T1 (segment table).
    assert first["C7/T1, N"] == pytest.approx(0.068108 * 70 * 9.81, rel=1e-3)
    assert abs(first["neck, deg"]) < 2.0  # trunk upright, screen 15 degrees below the eyes: head level


def test_rula_stands_with_its_rows(study):
    rows = {r[0]: r for r in study.tables[2].rows}
    assert rows["grand score"][2] == row(study, "as it is")["RULA"]
    assert any(s.startswith("RULA gives") and "rows that gave most" in s for s in study.findings)


def test_the_case_is_a_scenario(study):
    case = study.results[0].case
    assert case["posture"]["hands_forward_m"] == 0.35 and "gaze_height_m" in case["posture"]
    assert case_from_scenario(case).to_dict() == case


@pytest.mark.parametrize(
    ("keys", "error", "sentence"),
    [
        ({"keyboard_forward_m": 3.0}, InputError, r"--keyboard-forward is 3; allowed is 0\.05 to 1\.2 m"),
        (
            {"keyboard_forward_m": 1.2},
            PoseError,
            r"out of reach: \d+ cm are missing even leaning forward by 50 degrees",
        ),
        ({"screen_height_m": 9.0}, InputError, r"--screen-height is 9"),
        ({"backrest_deg": 70.0}, InputError, r"leans forward over the seat"),
        ({"seat_height_m": 0.9}, PoseError, r"cm too high"),
    ],
)
def test_a_desk_that_cannot_be(keys, error, sentence):
    with pytest.raises(error, match=sentence):
        desk(**keys)
