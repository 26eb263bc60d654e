"""Smooth, differentiate, resample and bridge short gaps: sampled signals in, sampled signals out."""

from __future__ import annotations

import numpy as np

from psoas.errors import InputError

LONGEST_BRIDGED_GAP_S = 0.2
# Two instants closer than this are one: slopes over less would overflow.
SHORTEST_STEP_S = 1e-6


def gain(frequency_hz: np.ndarray, cutoff_hz: float) -> np.ndarray:
    """Return the magnitude that a sinusoid keeps: gain = 1 / (1 + (f / fc)^4), dimensionless, shape of `f`.

    A second-order Butterworth filter has |H|^2 = 1 / (1 + (f / fc)^4); run forwards and backwards it applies
    |H| twice and no phase, so at the cutoff a half (and not 0.71) of the signal is left.

    Source: Butterworth 1930, Wireless Engineer 7:536, eq. for n = 2; the double pass as in Winter 2009,
    Biomechanics and Motor Control of Human Movement, section 3.4.4.2.
    """
    if not cutoff_hz > 0:
        raise InputError(f"The cutoff frequency is {cutoff_hz} Hz; it must be greater than 0.")
    return 1.0 / (1.0 + (np.asarray(frequency_hz, dtype=float) / cutoff_hz) ** 4)


def smooth(values: np.ndarray, rate_hz: float, cutoff_hz: float | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return low-passed values and their first and second time derivatives, each of the shape of `values`.

    The straight line from the first to the last sample is taken off, what is left (zero at both ends) is
    continued by odd reflection to a period of 2 (F - 1) samples, and with its transform X(f)

        x(t)   = line(t)  + sum X gain(f, cutoff_hz) e^(2 pi i f t)
        x'(t)  = slope    + sum (2 pi i f) X gain e^(2 pi i f t)
        x''(t) =            sum (2 pi i f)^2 X gain e^(2 pi i f t)

    so the derivatives are those of the smoothed signal, not differences. The end samples keep their measured
    values and x'' is 0 there: the first and last 1 / cutoff_hz or so are an edge.

    Args:
        values: (F, ...) samples at a uniform rate, any unit u; finite.
        rate_hz: samples per second.
        cutoff_hz: frequency at which half is left; None leaves the values as they are and only
            differentiates.

    Returns:
        values [u], first derivative [u/s], second derivative [u/s^2]. One frame has derivatives 0.

    Raises:
        InputError: a rate or cutoff that is not positive, or values that are not finite.

    """
    x = np.asarray(values, dtype=float)
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise InputError(f"The sampling rate is {rate_hz} Hz; it must be greater than 0.")
    if not np.all(np.isfinite(x)):
        raise InputError("A signal with missing samples cannot be smoothed as a whole; fill or split it first.")
    frames = x.shape[0]
    if frames < 2:
        return x.copy(), np.zeros_like(x), np.zeros_like(x)
    along = (frames,) + (1,) * (x.ndim - 1)
    fraction = np.linspace(0.0, 1.0, frames).reshape(along)
    line = x[0] + fraction * (x[-1] - x[0])
    slope = (x[-1] - x[0]) * rate_hz / (frames - 1)
    rest = x - line
    period = np.concatenate([rest, -rest[-2:0:-1]], axis=0)
    frequency = np.fft.rfftfreq(len(period), 1.0 / rate_hz).reshape(-1, *(1,) * (x.ndim - 1))
    spectrum = np.fft.rfft(period, axis=0)
    if cutoff_hz is not None:
        spectrum = spectrum * gain(frequency, cutoff_hz)
    turn = 2j * np.pi * frequency

    def back(transform: np.ndarray) -> np.ndarray:
        return np.fft.irfft(transform, n=len(period), axis=0)[:frames]

    return line + back(spectrum), slope + back(turn * spectrum), back(turn * turn * spectrum)


def rate_of(time_s: np.ndarray) -> float:
    """Return the sampling rate [Hz] of increasing times (F,) [s], two frames or more.

    (F - 1) / (t_F - t_1) where the times are even but for the clock's rounding, else 1 / median(dt).
    """
    if is_uniform(time_s):
        return float((len(time_s) - 1) / (time_s[-1] - time_s[0]))
    return float(1.0 / np.median(np.diff(time_s)))


def is_uniform(time_s: np.ndarray, tolerance: float = 0.1) -> bool:
    """Say whether every time lies within `tolerance` steps of an even grid: clocks are rounded."""
    even = np.linspace(time_s[0], time_s[-1], len(time_s))
    step = (time_s[-1] - time_s[0]) / max(len(time_s) - 1, 1)
    return bool(np.all(np.abs(time_s - even) <= tolerance * step))


def uniform_time(time_s: np.ndarray, rate_hz: float | None = None) -> np.ndarray:
    """Return an even time grid (N,) [s] over the span of `time_s` (F,), at `rate_hz` or at the median rate.

    Raises:
        InputError: fewer than two frames, or steps so uneven that the grid would have over ten times the
            frames.

    """
    if len(time_s) < 2:
        raise InputError("One frame has no rate; an even time grid needs two or more.")
    rate = rate_of(time_s) if rate_hz is None else float(rate_hz)
    span = float(time_s[-1] - time_s[0])
    if not (np.isfinite(rate) and rate > 0):
        raise InputError(f"The sampling rate is {rate} Hz; it must be greater than 0.")
    if span * rate > 10 * len(time_s) + 100_000:
        raise InputError(
            f"{len(time_s)} frames over {span:.4g} s at {rate:.4g} Hz would need {span * rate:.3g} frames: "
            "the time steps are too uneven. Cut the recording at its pauses."
        )
    steps = max(round(span * rate), 1)
    return np.linspace(time_s[0], time_s[-1], steps + 1)


def interpolate(time_s: np.ndarray, values: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    """Return values (N, ...) at the times `at_s` (N,) [s] by the cubic through values and three-point slopes.

    Each slope m_i is that of the parabola through the sample and its neighbours (one-sided at the ends);
    between samples, with u = (t - t_i) / h, it is the Hermite cubic

        (1+2u)(1-u)^2 x_i + u(1-u)^2 h m_i + u^2(3-2u) x_i+1 - u^2(1-u) h m_i+1

    (de Boor 1978, A Practical Guide to Splines, ch. IV, Bessel's choice). Straight lines and parabolas come
    back exactly. Outside the span the end value is held. NaN spreads to the neighbouring intervals.
    """
    t = np.asarray(time_s, dtype=float)
    x = np.asarray(values, dtype=float)
    at = np.clip(np.asarray(at_s, dtype=float), t[0], t[-1])
    if len(t) == 1:
        return np.repeat(x, len(at), axis=0)
    tail = (1,) * (x.ndim - 1)
    step = np.diff(t).reshape(-1, *tail)
    chord = np.diff(x, axis=0) / step
    slope = np.empty_like(x)
    if len(t) == 2:
        slope[:] = chord[0]
    else:
        before, after = step[:-1], step[1:]
        slope[1:-1] = (after * chord[:-1] + before * chord[1:]) / (before + after)
        slope[0] = 2 * chord[0] - slope[1]
        slope[-1] = 2 * chord[-1] - slope[-2]
    i = np.clip(np.searchsorted(t, at, side="right") - 1, 0, len(t) - 2)
    h = step[i]
    u = ((at - t[i]) / np.diff(t)[i]).reshape(-1, *tail)
    return (
        (1 + 2 * u) * (1 - u) ** 2 * x[i]
        + u * (1 - u) ** 2 * h * slope[i]
        + u**2 * (3 - 2 * u) * x[i + 1]
        - u**2 * (1 - u) * h * slope[i + 1]
    )


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the half-open index ranges (start, stop) of consecutive True in a mask (F,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def fill_gaps(
    time_s: np.ndarray, values: np.ndarray, longest_s: float = LONGEST_BRIDGED_GAP_S
) -> tuple[np.ndarray, int, int]:
    """Bridge short gaps (NaN) along time; longer ones and those at either end stay NaN.

    A gap lasts from its last sample before to its first sample after, less one step. It is bridged with
    `interpolate` through the samples that are there.

    Args:
        time_s: (F,) [s], increasing.
        values: (F, M) or (F, M, C); a sample of M is missing where any of its C numbers is NaN.
        longest_s: longest gap that is bridged [s].

    Returns:
        the values filled (a copy), how many gaps were bridged, and how many were left.

    """
    filled = np.array(values, dtype=float)
    bridged = left = 0
    if len(time_s) < 2:
        return filled, bridged, left
    step = float(np.median(np.diff(time_s)))
    missing = np.isnan(filled) if filled.ndim == 2 else np.isnan(filled).any(axis=tuple(range(2, filled.ndim)))
    for column in np.flatnonzero(missing.any(axis=0)):
        lost = missing[:, column]
        filled[lost, column] = np.nan
        there = np.flatnonzero(~lost)
        short = np.zeros(len(lost), dtype=bool)
        for start, stop in runs(lost):
            inside = start > 0 and stop < len(lost)
            if inside and time_s[stop] - time_s[start - 1] - step <= longest_s + 1e-9:
                short[start:stop] = True
                bridged += 1
            else:
                left += 1
        if short.any():
            filled[short, column] = interpolate(time_s[there], filled[there, column], time_s[short])
    return filled, bridged, left
