"""Mistakes made on purpose: each must make a claim fail that holds without it."""

from dataclasses import replace

import numpy as np
import pytest

from psoas.anatomy.anatomy import mirrored, mirrored_name
from psoas.body.passive import DiscLaw
from psoas.validation import psoas as psoas_claims
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, judged
from psoas.validation.physics import optimality
from psoas.validation.pressure import STANDING
from psoas.validation.suite import validate
from validation_run import ran

CHEAP = ("P21", "P22", "P23", "P28", "P30", "P33", "P36", "X04", "S01", "S02", "S03", "S04", "S05")
SOME = ("psoas_L1_VB_r", "psoas_L5_TP_l")
GROUPS = ("multifidus", "quadratus_lumborum", "external_oblique", "longissimus_thoracis_pars_thoracis", "iliacus")


@pytest.fixture(scope="module")
def bench():
    return ran()[0]


@pytest.fixture(scope="module")
def outcomes():
    return ran()[1]


def newly_failing(outcomes, bench, change):
    """Ids of the CHEAP claims that hold for the default person and fail with the change."""
    held = {x.claim.id for x in outcomes if x.verdict == "inside"}
    found = validate(Bench(change, bench.posed), only=CHEAP)
    return [x.claim.id for x in found if x.claim.id in held and x.verdict == "outside"]


def of_fascicle(name, change):
    """Change of anatomy: one fascicle replaced."""

    def changed(anatomy):
        assert name in anatomy.fascicle_names
        return replace(anatomy, fascicles=tuple(change(f) if f.name == name else f for f in anatomy.fascicles))

    return changed


def fascicles(anatomy):
    """Two of the psoas and the first of some other groups."""
    return [*SOME, *(next(f.name for f in anatomy.fascicles if f.group == group) for group in GROUPS)]


def other_side(f):
    """The fascicle on the other side under its old name."""
    path = tuple((mirrored_name(body), mirrored(x)) for body, x in f.path)
    return replace(f, path=path, wrap=mirrored_name(f.wrap))


def test_unchanged_nothing_fails(outcomes, bench):
    assert newly_failing(outcomes, bench, lambda anatomy: anatomy) == []
    assert {x.claim.id for x in outcomes if x.verdict == "inside"} >= set(CHEAP)


def test_one_fascicle_on_the_wrong_side(outcomes, bench, default_anatomy):
    for name in fascicles(default_anatomy):
        assert newly_failing(outcomes, bench, of_fascicle(name, other_side)), name


def test_one_fascicle_ten_times_as_strong(outcomes, bench, default_anatomy):
    def strong(f):
        return replace(f, area=10.0 * f.area)

    for name in fascicles(default_anatomy):
        assert newly_failing(outcomes, bench, of_fascicle(name, strong)), name


@pytest.mark.parametrize("degrees", [-20.0, 20.0])
def test_a_disc_plane_by_twenty_degrees(outcomes, bench, default_anatomy, degrees):
    turn = np.radians(degrees)
    for level in (disc.level for disc in default_anatomy.discs):

        def turned(anatomy, level=level):
            discs = tuple(
                replace(
                    d,
                    upper_endplate_tilt=d.upper_endplate_tilt + turn,
                    lower_endplate_tilt=d.lower_endplate_tilt + turn,
                )
                if d.level == level
                else d
                for d in anatomy.discs
            )
            return replace(anatomy, discs=discs)

        assert newly_failing(outcomes, bench, turned), level


def test_a_published_number_changed(outcomes):
    """Every band moved by ten times its width, or by ten of its one end, leaves our number outside."""
    tried = 0
    for x in outcomes:
        c = x.claim
        if x.verdict != "inside":
            continue
        width = c.upper - c.lower if c.lower is not None and c.upper is not None else 0.0
        off = 10.0 * (width or abs(c.lower or c.upper or 1.0))
        moved = replace(
            c, lower=None if c.lower is None else c.lower + off, upper=None if c.upper is None else c.upper + off
        )
        assert judged(moved, Answer(x.ours)).verdict == "outside", c.id
        tried += 1
    assert tried >= 30


def test_a_sign_in_the_passive_tissue(outcomes, bench, monkeypatch):
    right = DiscLaw.moment
    monkeypatch.setattr(DiscLaw, "moment", lambda self, *given: -right(self, *given))
    assert "P33" in newly_failing(outcomes, bench, lambda anatomy: anatomy)


def test_a_sign_of_the_flexion_arms(outcomes, bench):
    turned = Bench()
    kin = turned.neutral
    rows = turned.body.rows(tuple(f"{level}_flexion" for level in turned.body.levels))
    arms = kin.arms.copy()
    arms[:, rows] *= -1.0
    turned.__dict__["neutral"] = replace(kin)
    turned.neutral.__dict__["arms"] = arms
    held = {x.claim.id for x in outcomes if x.verdict == "inside"}
    failing = {x.claim.id for x in validate(turned, only=("P21", "P22", "S02")) if x.verdict == "outside"}
    assert failing == {"P21", "P22", "S02"} and failing <= held


def test_a_worse_sharing_is_no_optimum(bench):
    solved = bench.solve(STANDING)
    assert optimality(solved) < 1e-6
    activation = solved.found.activation.copy()
    strongest = int(activation[0].argmax())
    activation[0, strongest] *= 1.01
    active = solved.found.active.copy()
    active[0, strongest] *= 1.01
    assert optimality(replace(solved, found=replace(solved.found, activation=activation, active=active))) > 1e-4


def test_the_psoas_alone_pulls_in_proportion(bench):
    weak, strong = (psoas_claims.alone(bench, stress) for stress in (46.0, 92.0))
    np.testing.assert_allclose(strong[0], 2.0 * weak[0], rtol=1e-12)
    np.testing.assert_allclose(strong[1], 2.0 * weak[1], rtol=1e-12, atol=1e-12)
