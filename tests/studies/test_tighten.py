"""What tightness adds: what the issue asks to be shown, on the real chain."""

import numpy as np
import pytest

from psoas.case.change import Change
from psoas.errors import InputError
from psoas.result import LEVELS
from psoas.studies.positions import POSITIONS
from psoas.studies.tighten import NEUTRAL_LENGTHS, tighten


@pytest.fixture(scope="module")
def study():
    return tighten(steps=5)


def table(study, position):
    return next(t for t in study.tables if t.title == f"Tight psoas: {position}")


def column(study, position, start):
    shown = table(study, position)
    place = next(i for i, head in enumerate(shown.columns) if head.startswith(start))
    return np.array([row[place] for row in shown.rows])


def gain(study, position):
    """Extra L4/L5 compression [N] of the last dose over the first."""
    return column(study, position, "more than at first")[-1]


def test_every_position_and_level_over_the_doses(study):
    assert len(study.figures) == len(POSITIONS) == 6
    for figure in study.figures:
        assert tuple(c.label for c in figure.curves) == LEVELS
        assert figure.curves[0].x == pytest.approx([0, 5, 10, 15, 20])
    assert study.results[0].name == "standing, 0.0 % tight"
    assert all(r.status == ("ok",) for r in study.results)


def test_where_the_psoas_is_stretched_tightness_adds(study):
    extended = column(study, "hip extended", "L4/L5 compression")
    # Rising at every dose by more than the discs' passes can err (1 N).
    assert np.all(np.diff(extended) > 1.0)


def test_an_extended_hip_makes_it_larger_than_plain_standing(study):
    assert gain(study, "hip extended") > gain(study, "standing") + 10.0
    assert gain(study, "standing") > 0.0


def test_deep_sitting_changes_by_less_than_five_per_cent(study):
    for position in ("sitting", "deep sitting"):
        load = column(study, position, "L4/L5 compression")
        assert np.abs(load / load[0] - 1.0).max() < 0.05, position
        every = next(f for f in study.figures if f.title == f"Tight psoas: {position}").curves
        assert len(every) == len(LEVELS)
        assert all(np.abs(np.asarray(c.y) / c.y[0] - 1.0).max() < 0.05 for c in every), position


def test_seated_the_psoas_is_slack(study):
    for position in ("sitting", "deep sitting"):
        assert column(study, position, "passive force").max() < 0.5, position
    assert column(study, "standing", "passive force")[-1] > 100.0


def test_passive_pull_rises_faster_the_tighter(study):
    for position in ("standing", "hip extended", "lying, legs straight"):
        passive = column(study, position, "passive force")
        # An exponential law: each step of tightness adds more than the step before.
        assert np.all(np.diff(passive, 2) > 0.0), position


def test_the_neutral_fibre_length_beside_it(study):
    neutral = study.tables[-1]
    standing = {row[1]: row[2:] for row in neutral.rows if row[0] == "standing"}
    assert tuple(standing) == NEUTRAL_LENGTHS
    assert len(neutral.rows) == 3 * len(POSITIONS)
    # At 1.0 it is the default body: the same as the dose table, to the discs' passes.
    assert standing[1.0][2] == pytest.approx(gain(study, "standing"), abs=1.0)
    assert standing[1.15][2] > 2.0 * standing[1.0][2]
    assert {"ward2009", "zwambag2014"} <= set(study.sources)


def test_where_passive_pull_replaces_effort_is_said_as_computed(study):
    said = " ".join(study.findings)
    assert "replaces no effort" in said
    asked = column(study, "standing", "active force")[0] + column(study, "standing", "passive force")[0]
    passive = column(study, "standing", "passive force")
    at = np.interp(asked, passive, column(study, "standing", "tight"))
    assert f"Its passive pull alone exceeds the {asked:.0f} N that it gave at first from {at:.1f} % on." in said


def test_whom_passive_pull_relieves_is_said_as_computed(study):
    flexors = ("iliacus", "rectus_femoris", "sartorius", "tensor_fasciae_latae")
    first, last = (sum(float(r.group(g).active_n[0]) for g in flexors) for r in study.results[:2])
    assert first > last + 1.0  # N: standing, the iliacus and the rectus femoris are let off
    said = next(f for f in study.findings if f.startswith("Standing: "))
    assert "It relieves the other hip flexors from 5.0 % on" in said
    assert f"they pull actively with {first:.0f} N at first, {last:.0f} N at 20 %." in said
    lying = next(f for f in study.findings if f.startswith("Lying"))
    assert "The other hip flexors work no less for it." in lying


def test_another_muscle_and_change_have_no_table_of_psoas_lengths():
    other = tighten(muscle="iliacus_r", steps=2, to_fraction=0.1, change=Change(weak={"extensors": 0.1}))
    assert len(other.tables) == len(POSITIONS)
    assert other.results[0].case["change"]["weak"] == {"extensors": 0.1}


def test_what_cannot_be_met_is_said():
    # Extensors at a tenth of their strength cannot hold 20 kg against a tight psoas.
    beyond = tighten(steps=2, hands_kg=20.0, change=Change(weak={"extensors": 0.9}))
    flagged = [r for r in beyond.results if r.status != ("ok",)]
    assert flagged
    assert any("1 of 2 are flagged, the first at 20.0 % tight: " in f for f in beyond.findings)


@pytest.mark.parametrize(
    ("keywords", "named"),
    [
        ({"from_fraction": 0.2, "to_fraction": 0.1}, "--from"),
        ({"to_fraction": 2.0}, "--to"),
        ({"to_fraction": float("nan")}, "--to"),
        ({"steps": 1}, "--steps"),
        ({"steps": 500}, "--steps"),
        ({"muscle": "psoas_mayor"}, "psoas_major"),
    ],
)
def test_what_cannot_be_used_is_named(keywords, named):
    with pytest.raises(InputError, match=named):
        tighten(**keywords)
