"""Joint or muscle: which is nearer its limit, by level and by group, from results of known size."""

import numpy as np
import pytest

from limited_results import GROUPS, NAMES, made
from psoas.limits.verdict import group_uses, joint_or_muscle
from psoas.result import LEVELS

SHARES = np.array([0.1, 0.4, 0.1, 0.4, 0.2, 0.2])[:, None]


def test_a_groups_share_is_weighted_by_what_each_fascicle_can_pull():
    groups = {g.group: g for g in group_uses(made(activation=SHARES))}
    assert groups["multifidus"].share == pytest.approx((0.1 * 100 + 0.4 * 300) / 400)
    assert groups["multifidus"].hardest == pytest.approx(0.4)
    assert groups["multifidus"].side == "rl"
    assert groups["multifidus"].force_n == pytest.approx(2 * (10 + 120))
    assert groups["psoas_major"].share == pytest.approx(0.2)
    assert [g.share for g in group_uses(made(activation=SHARES))] == sorted((0.325, 0.2), reverse=True)


def test_sides_that_differ_are_told_apart():
    uneven = SHARES.copy()
    uneven[4] = 0.6
    labels = [g.label for g in group_uses(made(activation=uneven))]
    assert labels == ["psoas major, right", "multifidus", "psoas major, left"]


def test_an_inhibited_muscle_is_nearer_its_limit():
    caps = np.array([1.0, 1, 1, 1, 0.25, 0.25])
    psoas = group_uses(made(activation=SHARES), caps)[0]
    assert psoas.group == "psoas_major"
    assert psoas.share == pytest.approx(0.8)
    assert psoas.endurance.activation == pytest.approx(0.2)  # it tires by what it does


def test_only_what_passes_a_level_counts_there():
    arms = {
        level: np.tile(np.where(np.array(GROUPS) == "psoas_major", 10.0, 30.0)[:, None], (1, 2)) for level in LEVELS
    }
    arms["L5/S1"][[n.startswith("multifidus") for n in NAMES]] = 0.0
    result = made(activation=SHARES, arms=arms)
    assert [g.group for g in group_uses(result, level="L5/S1")] == ["psoas_major"]
    assert [g.group for g in group_uses(result, level="L4/L5")] == ["multifidus", "psoas_major"]
    (levels, _), _ = joint_or_muscle(result, "male", 45)
    assert [row[5] for row in levels.rows] == ["multifidus"] * 5 + ["psoas major"]


@pytest.mark.parametrize(
    ("compression", "activation", "word"),
    [(3000.0, 0.1, "joint"), (300.0, 0.9, "muscle"), (3400 * 0.52, 0.5, "alike"), (3400 * 0.56, 0.5, "joint")],
)
def test_the_nearer_of_the_two_is_named(compression, activation, word):
    """A man of 45: 3400 N (5400 at 20 years, 2200 at 60)."""
    tables, sentences = joint_or_muscle(made(compression=compression, shear=0.0, activation=activation), "male", 45)
    assert {row[-1] for row in tables[0].rows} == {word}
    assert len(tables[0].rows) == 6
    assert {"joint": "the joint is nearer", "muscle": "a muscle is nearer", "alike": "equally near"}[word] in sentences[
        2
    ]
    assert "L4/L5 and L5/S1" in sentences[2]


def test_shear_decides_where_it_is_the_larger_share():
    (levels, _), _ = joint_or_muscle(made(compression=340.0, shear=500.0), "male", 45)
    assert {(row[1], round(row[4])) for row in levels.rows} == {("shear", 50)}
    (often, _), _ = joint_or_muscle(made(compression=340.0, shear=500.0), "male", 45, per_day=500)
    assert {round(row[4]) for row in often.rows} == {71}


def test_age_and_sex_change_the_answer():
    shares = [
        joint_or_muscle(made(shear=0.0), sex, age)[0][0].rows[0][4] for sex, age in (("male", 20), ("female", 70))
    ]
    assert shares == pytest.approx([100 * 1000 / 5400, 100 * 1000 / 1800])


def test_limits_that_are_passed_are_said():
    _, over = joint_or_muscle(made(shear=1000.0), "male", 45)
    assert any("at or above the published limit" in s for s in over)
    _, full = joint_or_muscle(made(activation=1.0), "male", 45)
    assert any("at their strength in: multifidus; psoas major" in s for s in full)
    assert any("no holding time" in s for s in full)
    _, unmet = joint_or_muscle(made(unmet=12.0, status=("ok", "flagged: 12 N m unmet")), "male", 45)
    assert any("12 N m of flexion are missing at L5/S1" in s for s in unmet)
    _, calm = joint_or_muscle(made(shear=0.0), "male", 45)
    assert len(calm) == 3


def test_the_strain_is_the_group_nearest_its_strength():
    _, sentences = joint_or_muscle(made(activation=SHARES), "male", 45)
    assert sentences[1].startswith("The muscle group nearest its strength is the multifidus: 32%")
    assert "min" in sentences[1]
