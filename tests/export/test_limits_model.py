"""The page's limits are the package's own, and what passes a level agrees with the moment arms."""

import json

import numpy as np
import pytest

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.posture import LEVELS
from psoas.chain import run
from psoas.errors import InputError
from psoas.export.limits_model import limits_model
from psoas.limits.endurance import endurance
from psoas.limits.tolerance import tolerances
from psoas.limits.verdict import CROSSES_MM


def test_the_limits_are_those_of_the_package_and_can_be_written_as_json():
    model = limits_model(Subject(sex="female", age_years=30))
    compression, shear = tolerances("female", 30)
    assert model["compression"]["value_n"] == compression.value_n
    assert model["shear"]["value_n"] == shear.value_n
    assert model["design"]["value_n"] == 3400
    assert all(model[key]["sources"] for key in ("compression", "shear", "design"))
    assert json.loads(json.dumps(model, allow_nan=False)) == model


def test_a_fascicle_passes_the_levels_about_which_it_has_an_arm():
    (result,) = run(Case(), moment_arms=True)
    arms = result.muscles.moment_arm_mm
    model = limits_model(Subject())["passes"]
    assert len(model) == len(result.muscles.names)
    compared = 0
    for row, (first, last) in enumerate(model):
        for level, name in enumerate(LEVELS):
            has_arm = np.abs(arms[name][row]).max() > CROSSES_MM
            assert has_arm == (first <= level <= last and first >= 0), (result.muscles.names[row], name)
            compared += 1
    assert compared == 6 * len(result.muscles.names)


@pytest.mark.parametrize("region", ["trunk", "general"])
def test_the_curve_gives_the_packages_holding_time(region):
    curve = limits_model()["endurance"][region]
    ours = curve["time_at_full_s"] * 0.3 ** curve["exponent"]
    package = endurance(0.3, region)
    assert ours == pytest.approx(package.seconds, rel=1e-12)
    assert ours * (1 - curve["spread"]) == pytest.approx(package.low_s, rel=1e-12)


def test_a_child_is_refused():
    with pytest.raises(InputError, match="age_years"):
        limits_model(Subject(age_years=10))
