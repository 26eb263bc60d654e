"""The filter against SciPy and against sinusoids; gaps, resampling, uneven clocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, filtfilt

from psoas.errors import InputError
from psoas.motion.filtering import (
    fill_gaps,
    gain,
    interpolate,
    is_uniform,
    rate_of,
    runs,
    smooth,
    uniform_time,
)

RATE = 600.0
TIME = np.arange(1801) / RATE
MIDDLE = slice(300, -300)  # half a second from either end: three periods of the 6 Hz cutoff


def test_half_is_left_at_the_cutoff_and_a_seventeenth_an_octave_above():
    assert gain(np.array([0.0, 6.0, 12.0]), 6.0) == pytest.approx([1.0, 1 / 2, 1 / 17], abs=1e-15)


def test_equals_scipys_filtfilt_away_from_the_edges():
    noise = np.random.default_rng(1).normal(size=(len(TIME), 3))
    signal = np.sin(2 * np.pi * 1.5 * TIME)[:, None] + 0.2 * noise + np.array([0.0, 3.0, -1.0]) * TIME[:, None]
    ours = smooth(signal, RATE, 6.0)[0]
    theirs = filtfilt(*butter(2, 6.0 / (RATE / 2)), signal, axis=0)
    # SciPy's filter is the bilinear image of the analogue one: at 600 Hz they part by parts in a thousand.
    assert np.abs(ours - theirs)[MIDDLE].max() < 1e-3
    assert np.abs(signal - theirs)[MIDDLE].max() > 0.3  # what was filtered away is far more


@pytest.mark.parametrize("frequency", [0.5, 1.0, 3.0])
def test_derivatives_of_a_sinusoid_are_the_analytic_ones(frequency):
    turn = 2 * np.pi * frequency
    signal = np.sin(turn * TIME + 0.4)
    position, velocity, acceleration = smooth(signal, RATE, 6.0)
    left = 1 / (1 + (frequency / 6.0) ** 4)
    # What the ends disturb has died out to parts in a thousand half a second inside.
    assert np.abs(position - left * signal)[MIDDLE].max() < 2e-3 * left
    assert np.abs(velocity - left * turn * np.cos(turn * TIME + 0.4))[MIDDLE].max() < 4e-3 * turn
    assert np.abs(acceleration + left * turn**2 * signal)[MIDDLE].max() < 2e-2 * turn**2


def test_derivatives_are_those_of_the_smoothed_signal():
    rng = np.random.default_rng(2)
    position, velocity, acceleration = smooth(np.cumsum(rng.normal(size=900)), RATE, 6.0)
    step = 1 / RATE
    by_difference = (position[2:] - position[:-2]) / (2 * step)
    twice = (position[2:] - 2 * position[1:-1] + position[:-2]) / step**2
    # Central differences err by (2 pi f dt)^2 / 6: 0.07 % at 6 Hz, and noise above it keeps little weight.
    assert np.abs(velocity[1:-1] - by_difference).max() < 0.02 * np.abs(velocity).max()
    assert np.abs(acceleration[1:-1] - twice).max() < 0.05 * np.abs(acceleration).max()


def test_a_straight_line_passes_unchanged():
    line = 2.0 - 3.0 * TIME
    position, velocity, acceleration = smooth(line, RATE, 2.0)
    assert np.allclose(position, line, atol=1e-12)
    assert np.allclose(velocity, -3.0, atol=1e-9)
    assert np.allclose(acceleration, 0.0, atol=1e-6)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 7])
def test_the_shortest_signals_are_smoothed_too(frames):
    values = np.arange(frames, dtype=float)[:, None] * [1.0, 2.0]
    position, velocity, acceleration = smooth(values, 60.0, 6.0)
    assert position.shape == velocity.shape == acceleration.shape == (frames, 2)
    assert np.allclose(position, values, atol=1e-12)
    assert np.allclose(velocity, 0.0 if frames == 1 else [60.0, 120.0], atol=1e-9)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: smooth(np.array([1.0, np.nan, 2.0]), 60.0, 6.0), "missing samples"),
        (lambda: smooth(np.zeros(5), 0.0, 6.0), "sampling rate is 0.0 Hz"),
        (lambda: smooth(np.zeros(5), 60.0, -1.0), "cutoff frequency is -1.0 Hz"),
        (lambda: uniform_time(np.array([0.0])), "One frame has no rate"),
        (lambda: uniform_time(np.array([0.0, 1e-4, 2e-4, 1e5])), "too uneven"),
    ],
)
def test_what_cannot_be_filtered_says_why(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_parabolas_interpolate_exactly_at_uneven_times():
    time_s = np.array([0.0, 0.1, 0.25, 0.3, 0.7, 1.0])
    at = np.linspace(0, 1, 37)
    values = np.stack([1 + 2 * time_s - 3 * time_s**2, time_s], axis=1)
    expected = np.stack([1 + 2 * at - 3 * at**2, at], axis=1)
    assert np.allclose(interpolate(time_s, values, at), expected, atol=1e-12)
    assert np.allclose(interpolate(time_s, values, np.array([-5.0, 9.0])), values[[0, -1]])


def test_a_rounded_clock_is_even_and_a_paused_one_is_not():
    rounded = np.round(np.arange(151) / 60, 3)
    assert is_uniform(rounded)
    assert rate_of(rounded) == pytest.approx(60.0, abs=1e-9)
    paused = np.concatenate([np.arange(50), np.arange(60, 100)]) / 60
    assert not is_uniform(paused)
    assert rate_of(paused) == pytest.approx(60.0, rel=1e-9)
    assert len(uniform_time(paused)) == 100


def test_runs_are_half_open_ranges():
    assert runs(np.array([1, 1, 0, 1, 0, 0, 1], dtype=bool)) == [(0, 2), (3, 4), (6, 7)]
    assert runs(np.zeros(3, dtype=bool)) == []


def test_short_gaps_are_bridged_and_long_ones_and_ends_stay():
    time_s = np.arange(120) / 60
    path = np.stack([np.sin(2 * np.pi * time_s), np.cos(2 * np.pi * time_s), time_s], axis=1)
    values = np.stack([path, path], axis=1)  # (F, 2 markers, 3)
    values[20:32, 0, 1] = np.nan  # 12 frames, 0.2 s: bridged, though one coordinate only was lost
    values[60:73, 0] = np.nan  # 13 frames: left
    values[:3, 1] = np.nan  # before the first sample: left
    filled, bridged, left = fill_gaps(time_s, values)
    assert (bridged, left) == (1, 2)
    assert np.isnan(filled[60:73, 0]).all() and np.isnan(filled[:3, 1]).all()
    # A cubic over 0.22 s of a 1 Hz sinusoid: (2 pi 0.22)^4 / 384 = 0.9 %, more with three-point slopes.
    assert np.abs(filled[20:32, 0] - path[20:32]).max() < 0.04
    untouched = ~np.isnan(values).any(axis=2)
    assert np.array_equal(filled[untouched], values[untouched])
