"""RULA: tables, boundaries, and what of the published examples could be read."""

import math

import pytest

from psoas.errors import InputError
from psoas.limits import rula
from psoas.limits.rula import WorkPosture


@pytest.mark.parametrize(
    ("angle", "score"), [(0, 1), (10, 2), (20, 2), (21, 3), (59, 3), (60, 3), (60.001, 4), (61, 4)]
)
def test_trunk_by_angle(angle, score):
    assert rula.trunk(WorkPosture(trunk_deg=angle)).score == score


def test_trunk_boundaries_lie_between_neighbouring_numbers():
    for edge, below in ((20.0, 2), (60.0, 3)):
        above = math.nextafter(edge, math.inf)
        assert rula.trunk(WorkPosture(trunk_deg=edge)).score == below
        assert rula.trunk(WorkPosture(trunk_deg=above)).score == below + 1
        assert rula.trunk(WorkPosture(trunk_deg=-edge)).score == below  # leaning back counts by its size


def test_supported_sitting_scores_1_up_to_20_degrees():
    assert rula.trunk(WorkPosture(trunk_deg=15, trunk_supported=True)).score == 1
    assert rula.trunk(WorkPosture(trunk_deg=25, trunk_supported=True)).score == 3


@pytest.mark.parametrize(
    ("part", "key", "scores"),
    [
        ("neck", "neck_deg", {-1: 4, 0: 1, 10: 1, 11: 2, 20: 2, 21: 3}),
        ("upper_arm", "upper_arm_deg", {-21: 2, -20: 1, 20: 1, 21: 2, 45: 2, 46: 3, 90: 3, 91: 4}),
        ("lower_arm", "lower_arm_deg", {59: 2, 60: 1, 100: 1, 101: 2}),
        ("wrist", "wrist_deg", {0: 1, 1: 2, 15: 2, -15: 2, 16: 3, -16: 3}),
    ],
)
def test_parts_by_angle(part, key, scores):
    for angle, score in scores.items():
        assert getattr(rula, part)(WorkPosture(**{key: angle})).score == score, angle
    assert len(scores) >= 4


@pytest.mark.parametrize(
    ("load", "loading", "score"),
    [
        (1.9, "intermittent", 0),
        (2, "intermittent", 1),
        (10, "intermittent", 1),
        (10, "static", 2),
        (2, "repeated", 2),
        (11, "intermittent", 2),
        (11, "static", 3),
        (0.1, "shock", 3),
    ],
)
def test_force_as_the_paper_says(load, loading, score):
    assert rula.force(WorkPosture(load_kg=load, loading=loading)).score == score


def test_a_published_trunk_and_table_b():
    """A case study (READ): trunk 3, twisted and bent sideways, is 5; with balanced legs table B gives 6."""
    back = rula.trunk(WorkPosture(trunk_deg=40, trunk_twisted=True, trunk_bent=True))
    assert back.score == 5
    assert [rula.table_b(neck, 5, 1) for neck in (1, 2, 3)] == [6, 6, 6]


def test_a_published_upper_arm():
    """The same study: upper arm 2, shoulder raised and arm abducted, is 4."""
    assert rula.upper_arm(WorkPosture(upper_arm_deg=30, shoulder_raised=True, arm_abducted=True)).score == 4


def test_a_published_table_a_and_score_c():
    """A filled-in worksheet (READ): arm 2, lower arm 2, wrist 2 give 3; held and a heavy box make row 7 of table C."""
    assert {rula.table_a(2, 2, 2, twist) for twist in (1, 2)} == {3}
    posture = WorkPosture(
        upper_arm_deg=30, lower_arm_deg=110, wrist_deg=10, held_or_repeated=True, load_kg=15, loading="static"
    )
    assert rula.rula(posture).score_c == 7


def test_grand_scores_1_and_2_mean_what_the_paper_says():
    """Grand score 1 or 2 exactly where scores C and D are 2 or less (paper's text, READ); 7 is the most."""
    small = {(c, d) for c in range(1, 14) for d in range(1, 14) if rula.table_c(c, d) <= 2}
    assert small == {(1, 1), (1, 2), (2, 1), (2, 2)}
    assert rula.table_c(13, 13) == 7
    assert [rula.action_level(g) for g in range(1, 8)] == [1, 1, 2, 2, 3, 3, 4]


def test_tables_never_fall_when_a_part_gets_worse():
    """True of tables B and C and, along lower arm, wrist and twist, of table A; table A also along the upper arm."""
    compared = 0
    for u in range(1, 7):
        for low in range(1, 4):
            for hand in range(1, 5):
                for twist in (1, 2):
                    here = rula.table_a(u, low, hand, twist)
                    for worse in ((u + 1, low, hand, twist), (u, low + 1, hand, twist), (u, low, hand + 1, twist)):
                        if worse[0] <= 6 and worse[1] <= 3 and worse[2] <= 4:
                            assert rula.table_a(*worse) >= here, worse
                            compared += 1
    for c in range(1, 9):
        for d in range(1, 8):
            assert rula.table_c(c + 1, d) >= rula.table_c(c, d)
            assert rula.table_c(c, d + 1) >= rula.table_c(c, d)
            compared += 2
    assert compared > 400


def test_the_rows_that_gave_the_score_add_up():
    posture = WorkPosture(
        upper_arm_deg=60, wrist_deg=20, neck_deg=25, trunk_deg=30, held_or_repeated=True, load_kg=3, arm_abducted=True
    )
    answer = rula.rula(posture)
    score = {row.step: row.score for row in answer.rows}
    assert score["score C"] == score["table A"] + score["muscle use"] + score["force"] == answer.score_c
    assert score["score D"] == score["table B"] + score["muscle use"] + score["force"] == answer.score_d
    assert score["table A"] == rula.table_a(
        score["upper arm"], score["lower arm"], score["wrist"], score["wrist twist"]
    )
    assert score["grand score"] == answer.grand == rula.table_c(answer.score_c, answer.score_d)
    assert "abducted +1" in answer.row("upper arm").rule
    assert len(answer.table().rows) == len(answer.rows) == 14
    assert f"grand score {answer.grand}" in answer.words


def test_an_easy_posture_is_acceptable():
    easy = WorkPosture(trunk_supported=True, neck_deg=5)
    assert rula.rula(easy).grand == 1
    assert rula.upper_arm(WorkPosture(arm_supported=True)).score == 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"trunk_deg": 181}, "trunk_deg"),
        ({"neck_deg": math.nan}, "neck_deg"),
        ({"load_kg": -1}, "load_kg"),
        ({"load_kg": math.inf}, "load_kg"),
        ({"loading": "statics"}, "Did you mean 'static'"),
    ],
)
def test_a_posture_that_cannot_be_is_refused_by_name(wrong, word):
    with pytest.raises(InputError, match=word):
        WorkPosture(**wrong)


def test_an_unknown_step_names_the_known():
    with pytest.raises(InputError, match="trunk"):
        rula.rula(WorkPosture()).row("trunks")
