import numpy as np
import pytest

from psoas.muscle.curves import (
    FASTEST,
    active_length,
    active_length_slope,
    capability,
    fibre_length,
    passive_length,
    passive_length_slope,
    velocity,
    velocity_slope,
)

LENGTHS = np.linspace(0.2, 1.8, 161)
SPEEDS = np.linspace(-1.0, 1.0, 81)


def slope_of(curve, at, step=1e-6):
    return (curve(at + step) - curve(at - step)) / (2 * step)


def test_fixed_points_of_the_curves():
    assert active_length(1.0) == pytest.approx(1.0, abs=1e-12)
    assert velocity(0.0) == pytest.approx(1.0, abs=1e-12)
    assert velocity(-1.0) == pytest.approx(0.0, abs=1e-12)
    assert passive_length(1.0) == 0.0
    assert passive_length(1.6) == pytest.approx(1.0, abs=1e-12)
    # De Groote et al. 2016: eccentric force saturates near 1.8 of the isometric one.
    assert velocity(1.0) == pytest.approx(1.794, abs=5e-4)


def test_no_passive_force_at_or_below_the_optimal_length():
    assert np.all(passive_length(np.linspace(0.3, 1.0, 50)) == 0.0)
    assert np.all(passive_length(np.linspace(1.001, 1.8, 50)) > 0.0)


def test_beyond_the_fastest_speed_the_factor_stays_at_its_end_value():
    assert velocity(-3.0) == velocity(-1.0)
    assert velocity(5.0) == velocity(1.0)
    assert velocity_slope(-3.0) == 0.0


@pytest.mark.parametrize(
    ("curve", "slope", "at"),
    [
        (active_length, active_length_slope, LENGTHS),
        (velocity, velocity_slope, SPEEDS[1:-1]),
        # The passive curve has a corner at 1: differences across it are no derivative.
        (passive_length, passive_length_slope, LENGTHS[np.abs(LENGTHS - 1.0) > 1e-3]),
    ],
    ids=["active", "velocity", "passive"],
)
def test_slopes_are_the_curves_derivatives(curve, slope, at):
    # Central differences at 1e-6 carry about 1e-10 of rounding and 1e-9 of curvature (slopes are up to 10).
    assert np.allclose(slope(at), slope_of(curve, at), rtol=1e-6, atol=1e-8)


def test_curves_are_finite_everywhere():
    at = np.linspace(-1.0, 5.0, 6001)  # the second bell's width is zero inside this range
    for curve in (active_length, active_length_slope, passive_length, velocity, velocity_slope):
        assert np.isfinite(curve(at)).all()
    assert (active_length(np.linspace(0.0, 3.0, 3001)) >= 0).all()


def test_curves_equal_opensims_muscle():
    opensim = pytest.importorskip("opensim", reason="opensim is not installed")
    muscle = opensim.DeGrooteFregly2016Muscle()
    theirs = np.array([muscle.calcActiveForceLengthMultiplier(float(at)) for at in LENGTHS])
    assert np.allclose(active_length(LENGTHS), theirs, rtol=0, atol=1e-12)
    theirs = np.array([muscle.calcActiveForceLengthMultiplierDerivative(float(at)) for at in LENGTHS])
    assert np.allclose(active_length_slope(LENGTHS), theirs, rtol=0, atol=1e-10)
    theirs = np.array([muscle.calcForceVelocityMultiplier(float(at)) for at in SPEEDS])
    assert np.allclose(velocity(SPEEDS), theirs, rtol=0, atol=1e-12)
    # OpenSim moves the zero of the passive curve from l = 1 to l = 0.2; both are the same exponential.
    shift, height = np.exp(4.0 * (0.2 - 1.0) / 0.6), np.exp(4.0)
    theirs = np.array([muscle.calcPassiveForceMultiplier(float(at)) for at in LENGTHS])
    ours = np.maximum(0.0, (theirs * (height - shift) + shift - 1.0) / (height - 1.0))
    assert np.allclose(passive_length(LENGTHS), ours, rtol=0, atol=1e-12)


def test_fibre_length_keeps_the_width_and_the_tendon():
    optimal, tendon, pennation = 0.1, 0.05, 0.3
    path = np.linspace(0.06, 0.2, 15)
    length = fibre_length(path, tendon, optimal, pennation)
    cosine = np.sqrt(1 - (optimal * np.sin(pennation) / length) ** 2)
    assert np.allclose(length * cosine + tendon, path, rtol=0, atol=1e-15)
    at_optimum = tendon + optimal * np.cos(pennation)
    assert fibre_length(at_optimum, tendon, optimal, pennation) == pytest.approx(optimal, abs=1e-15)
    assert fibre_length(0.04, tendon, optimal, pennation) == pytest.approx(optimal * np.sin(pennation))


def one(path=0.15, speed=0.0, force=100.0, optimal=0.1, tendon=0.05, pennation=0.0, tight=0.0, weak=0.0):
    return capability(path, speed, force, optimal, tendon, pennation, tight, weak)


def test_capability_at_the_optimal_length_is_the_maximum_force():
    can = one()
    assert can.active_n == pytest.approx(100.0, abs=1e-9)
    assert can.passive_n == 0.0
    assert can.normalised_length == pytest.approx(1.0, abs=1e-12)


def test_pennation_costs_its_cosine():
    can = one(path=0.05 + 0.1 * np.cos(0.3), pennation=0.3)
    assert can.normalised_length == pytest.approx(1.0, abs=1e-12)
    assert can.active_n == pytest.approx(100.0 * np.cos(0.3), abs=1e-9)


def test_shortening_at_the_fastest_speed_leaves_no_active_force():
    assert one(speed=-FASTEST * 0.1).active_n == pytest.approx(0.0, abs=1e-9)
    assert one(speed=0.1).active_n > 100.0


def test_weak_takes_active_force_only():
    strong, weak = one(path=0.17), one(path=0.17, weak=0.4)
    assert strong.passive_n > 0
    assert weak.active_n == pytest.approx(0.6 * strong.active_n, rel=1e-12)
    assert weak.passive_n == strong.passive_n


def test_tight_is_a_shorter_optimal_fibre_on_the_same_tendon():
    tight = one(path=0.16, tight=0.1)
    assert tight.normalised_length == pytest.approx(0.11 / 0.09, rel=1e-12)
    assert tight.passive_n == pytest.approx(100.0 * passive_length(0.11 / 0.09), rel=1e-12)
    assert tight.passive_n > one(path=0.16).passive_n > 0
    shares = np.linspace(0.0, 0.3, 7)
    assert (np.diff(one(path=0.16, tight=shares).passive_n) > 0).all()


def test_capability_spreads_over_frames():
    path = np.linspace(0.1, 0.2, 12).reshape(4, 3)
    can = capability(path, 0.0, np.array([10.0, 20.0, 30.0]), np.full(3, 0.1), np.full(3, 0.05), np.zeros(3))
    assert can.active_n.shape == can.passive_n.shape == can.normalised_length.shape == (4, 3)
    alone = capability(path[2, 1], 0.0, 20.0, 0.1, 0.05, 0.0)
    assert can.active_n[2, 1] == pytest.approx(alone.active_n, rel=1e-14)


def test_a_slack_path_pulls_nothing_and_breaks_nothing():
    for pennation in (0.0, 0.4):
        can = one(path=0.03, pennation=pennation, speed=-0.1)
        assert can.active_n == can.passive_n == 0.0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"path": np.nan}, "path_length_m holds nan, where above 0 m is needed"),
        ({"tight": 1.0}, "tight holds 1, where a fraction of 0 to under 1 is needed"),
        ({"weak": -0.1}, "weak holds -0.1, where a fraction from 0 to 1 is needed"),
        ({"optimal": 0.0}, "optimal_fibre_m holds 0, where above 0 m is needed"),
        ({"speed": np.inf}, "path_velocity_m_s holds inf"),
        ({"pennation": 1.6}, "pennation_rad holds 1.6"),
        ({"force": -1.0}, "max_force_n holds -1"),
        ({"tendon": -0.1}, "tendon_slack_m holds -0.1"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong, told):
    with pytest.raises(ValueError, match=told):
        one(**wrong)
