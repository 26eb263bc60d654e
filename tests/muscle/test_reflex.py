"""Activation, reflexes and fibre forces in time, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from psoas.muscle.curves import FASTEST, capability
from psoas.muscle.reflex import (
    DelayLine,
    Fibre,
    Pathways,
    Reflexes,
    activated,
    excitation_for,
    stretch_excitation,
)

REFLEXES = Reflexes(0.015, 0.060, 0.55, 0.02, 0.050, 0.4, 0.3, 0.014, 280.0, 0.0057)


def risen(activation, start, excitation, tau):
    """Time [s] at which da/dt = (e - a) / (tau (0.5 + 1.5 a)) has come from start to activation: its integral."""
    return tau * (
        1.5 * (start - activation) - (0.5 + 1.5 * excitation) * np.log((excitation - activation) / (excitation - start))
    )


def fallen(activation, start, excitation, tau):
    """The same of da/dt = (e - a) (0.5 + 1.5 a) / tau, by partial fractions."""

    def primitive(a):
        return np.log((0.5 + 1.5 * a) / (a - excitation)) / (0.5 + 1.5 * excitation)

    return tau * (primitive(activation) - primitive(start))


@pytest.mark.parametrize(("start", "excitation", "law", "tau"), [(0.05, 0.8, risen, 0.015), (0.9, 0.1, fallen, 0.060)])
def test_a_step_of_excitation_is_followed_as_the_equation_says(start, excitation, law, tau):
    step, a, compared = 1e-4, np.array([start]), 0
    for i in range(1, 600):
        a = activated(a, excitation, step, REFLEXES)
        if i % 50 == 0 and abs(a[0] - excitation) > 1e-3:
            # Second order in the step: (1e-4 / 0.0075)^2 of a time constant is under 2e-4 of the time gone by.
            assert law(a[0], start, excitation, tau) == pytest.approx(i * step, rel=2e-4)
            compared += 1
    assert compared >= 3


def test_activation_never_leaves_what_lies_between_it_and_the_excitation():
    random = np.random.default_rng(5)
    a, e = random.random(500), random.random(500)
    after = activated(a, e, 0.5, REFLEXES)  # s, far longer than any time constant
    assert np.all((after - a) * (e - a) >= 0) and np.all(np.abs(after - e) <= np.abs(a - e))


def test_the_excitation_for_an_activation_makes_it_follow():
    t = np.arange(0, 0.6, 1e-3)
    wanted = (0.1 + 0.05 * np.sin(2 * np.pi * t))[:, None]
    e = excitation_for(wanted, 1e-3, REFLEXES)
    a = wanted[0]
    worst = 0.0
    for i in range(len(t) - 1):
        a = activated(a, e[i], 1e-3, REFLEXES)
        worst = max(worst, abs(float(a[0] - wanted[i + 1, 0])))
    assert worst < 1e-4  # of an activity of 0.1: the two half steps differ in the second order


@pytest.mark.parametrize(("delay", "steps"), [(0.0, 0), (0.014, 14), (0.050, 50)])
def test_a_delay_of_whole_steps_is_exact(delay, steps):
    line = DelayLine(np.zeros(1), delay, 1e-3)
    arrived = [float(line.sent(np.array([1.0 if i >= 3 else 0.0]))[0]) for i in range(70)]
    assert arrived == [0.0] * (3 + steps) + [1.0] * (70 - 3 - steps)


def test_a_delay_between_steps_is_interpolated():
    line = DelayLine(np.zeros(1), 2.25e-3, 1e-3)
    arrived = [float(line.sent(np.array([float(i)]))[0]) for i in range(10)]
    assert arrived[5:] == pytest.approx([2.75, 3.75, 4.75, 5.75, 6.75])


def test_inhibition_is_a_gain_and_only_a_rise_inhibits():
    paths = Pathways(np.array([[0.75, 0.25, 0, 0]]), np.array([[0, 0, 1.0, 0]]), np.array([[0, 0, 0, 1.0]]))
    rest = np.array([[0.1, 0.1, 0.2, 0.2]])
    rise = paths.rise(rest + np.array([[0.2, 0.4, 0, 0]]), rest)
    assert rise == pytest.approx(np.array([[0.75 * 0.2 + 0.25 * 0.4]]))
    assert paths.inhibition(rise, REFLEXES) == pytest.approx(np.array([[0, 0, 0.4 * 0.25, 0.3 * 0.25]]))
    off = replace(REFLEXES, inhibition_extensors=np.array([[1.0], [0.5], [0.0]]), inhibition_hips=0.0)
    lost = paths.inhibition(np.repeat(rise, 3, axis=0), off)
    assert lost[:, 2] == pytest.approx([0.25, 0.125, 0.0]) and not lost[:, 3].any()
    assert not paths.rise(rest - 0.05, rest).any()


def test_the_stretch_reflex_is_linear_about_rest():
    assert stretch_excitation(0.02, 0.5, REFLEXES) == pytest.approx(0.55 * 0.02 + 0.02 * 0.5)
    assert stretch_excitation(-0.02, 0.0, REFLEXES) < 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("activation_s", 0.0), ("inhibition_hips", 1.5), ("inhibition_extensors", -0.1), ("stretch_delay_s", np.nan)],
)
def test_what_is_out_of_range_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        replace(REFLEXES, **{name: value})


def muscles(count=40):
    random = np.random.default_rng(8)
    optimal, pennation = random.uniform(0.03, 0.2, count), random.uniform(0, 0.4, count)
    tendon, force = random.uniform(0.01, 0.2, count), random.uniform(20, 900, count)
    path = tendon + optimal * random.uniform(0.6, 1.4, count)
    rate, activation = random.uniform(-3, 3, count) * optimal, random.uniform(0, 1, count)
    tight, weak = random.uniform(0, 0.2, count), random.uniform(0, 0.5, count)
    return (force, optimal, tendon, pennation, tight, weak), path, rate, activation


def test_at_rest_a_fibre_is_the_one_of_the_equilibrium():
    given, path, rate, activation = muscles()
    force, optimal, tendon, pennation, tight, weak = given
    fibre = Fibre.of(force, optimal, tendon, pennation, tight, weak)
    can = capability(path, rate, force, optimal, tendon, pennation, tight, weak)
    found = fibre.forces(path, rate, activation, fibre.ratio(path), REFLEXES)
    assert found.active == pytest.approx(activation * can.active_n, rel=1e-12, abs=1e-12)
    assert found.passive == pytest.approx(can.passive_n, rel=1e-12, abs=1e-12)
    assert found.ratio == pytest.approx(can.normalised_length, rel=1e-12)


def test_the_slopes_are_those_of_the_force():
    given, path, rate, activation = muscles()
    fibre = Fibre.of(*given)
    rest = fibre.ratio(path) - 0.003  # stretched, but within the short range
    small = 1e-7

    def active(length, speed, reflexes):
        return fibre.forces(length, speed, activation, rest, reflexes).active

    found = fibre.forces(path, rate, activation, rest, REFLEXES)
    slope = (active(path, rate + small, REFLEXES) - active(path, rate - small, REFLEXES)) / (2 * small)
    assert found.damping == pytest.approx(slope, rel=1e-4)
    assert np.all(np.abs(found.speed) < FASTEST)
    none = replace(REFLEXES, short_range=0.0)
    by_length = [
        (active(path + small, rate * 0, r) - active(path - small, rate * 0, r)) / (2 * small) for r in (REFLEXES, none)
    ]
    # The short-range force also changes by the curve of length, which the slope leaves out: at most a few per cent.
    assert found.stiffness == pytest.approx(by_length[0] - by_length[1], rel=0.1)


def test_the_short_range_force_stops_rising_at_its_limit():
    fibre = Fibre.of(500.0, 0.1, 0.1, 0.0)
    rest = fibre.ratio(0.2)
    paths = 0.2 + 0.1 * np.array([-0.01, 0.0, 0.00285, 0.0057, 0.02])
    found = fibre.forces(paths, np.zeros(5), np.full(5, 0.1), rest, REFLEXES)
    none = fibre.forces(paths, np.zeros(5), np.full(5, 0.1), rest, replace(REFLEXES, short_range=0.0))
    # k times the stretch: 280 x 0.0057 = 1.596 of the isometric force at most, nothing where shorter than at rest.
    assert found.active / none.active - 1.0 == pytest.approx([0, 0, 0.798, 1.596, 1.596], rel=1e-9, abs=1e-9)
