"""Holding times: the published curve within its data, and no invented number beyond."""

import math
from itertools import pairwise

import pytest

from psoas.errors import InputError
from psoas.limits.endurance import endurance, region_of


@pytest.mark.parametrize(
    ("region", "activation", "seconds"),
    # The general values are printed by a program that took the same table: 530.6, 175.2, 86.5, 51.4 and 34.1 s.
    [
        ("general", 0.20, 530.6),
        ("general", 0.35, 175.2),
        ("general", 0.50, 86.5),
        ("general", 0.65, 51.4),
        ("general", 0.80, 34.1),
        ("trunk", 0.50, 22.69 * 2**2.27),
    ],
)
def test_the_curve_gives_the_published_times(region, activation, seconds):
    found = endurance(activation, region)
    assert found.seconds == pytest.approx(seconds, abs=0.06)
    assert found.low_s == pytest.approx(0.53 * found.seconds)
    assert found.high_s == pytest.approx(1.47 * found.seconds)


def test_beyond_the_data_nothing_is_invented():
    for activation in (0.0, 0.02, 0.0999):
        light = endurance(activation)
        assert light.seconds is None
        assert light.position == "beyond: too light"
        assert "longer than was measured" in light.words
    full = endurance(1.0)
    assert full.seconds is None
    assert full.position == "beyond: at its strength"


def test_where_data_are_few_it_says_so():
    assert endurance(0.10).position == "few data"
    assert "few data" in endurance(0.2499).words
    assert endurance(0.25).position == "measured"
    assert endurance(0.95).position == "measured"


def test_harder_is_shorter():
    times = [endurance(a / 100).seconds for a in range(10, 100)]
    assert all(a > b for a, b in pairwise(times))


def test_the_hip_has_no_curve_of_its_own():
    assert region_of("multifidus") == "trunk"
    assert region_of("psoas_major") == region_of("gluteus_maximus") == "general"


@pytest.mark.parametrize("activation", [-0.1, 1.1, 30, math.nan])
def test_an_activation_that_is_no_fraction_is_refused(activation):
    with pytest.raises(InputError, match=r"30 % write 0\.3"):
        endurance(activation)


def test_an_unknown_region_is_refused():
    with pytest.raises(InputError, match="Did you mean 'trunk'"):
        endurance(0.3, "trunks")
