"""Muscle and reflexes in time: activation dynamics, stretch reflex, reciprocal inhibition, short-range stiffness.

Arrays in, arrays out: W worlds that run side by side, M fascicles; every array broadcasts to (W, M).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psoas.muscle.curves import (
    FASTEST,
    active_length,
    fibre_length,
    passive_length,
    velocity,
    velocity_slope,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reflexes:
    """Constants of activation and reflexes; gains are numbers, or (W, 1) where the worlds differ.

    activation_s, deactivation_s: time constants at half activity [s]. stretch_length: excitation per optimal fibre
    length of stretch; stretch_velocity: per optimal fibre length per second [s]; inhibition_extensors and
    inhibition_hips: excitation lost per unit of agonist activity, 0 to 1; short_range: force per optimal fibre length
    of stretch over the isometric force of the active fibre, up to a stretch of short_range_limit. Delays [s].
    Raises ValueError for what is out of range.
    """

    activation_s: float
    deactivation_s: float
    stretch_length: ArrayLike
    stretch_velocity: ArrayLike
    stretch_delay_s: float
    inhibition_extensors: ArrayLike
    inhibition_hips: ArrayLike
    inhibition_delay_s: float
    short_range: ArrayLike
    short_range_limit: float

    def __post_init__(self) -> None:
        for name in ("activation_s", "deactivation_s"):
            if not 0.0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; a time constant is above 0 s.")
        for name in ("inhibition_extensors", "inhibition_hips"):
            gain = np.asarray(getattr(self, name), float)
            if not np.all((gain >= 0.0) & (gain <= 1.0)):
                raise ValueError(f"{name} holds a gain outside 0 to 1.")
        rest = ("stretch_length", "stretch_velocity", "stretch_delay_s", "inhibition_delay_s", "short_range")
        for name in (*rest, "short_range_limit"):
            value = np.asarray(getattr(self, name), float)
            if not np.all((value >= 0.0) & (value < np.inf)):
                raise ValueError(f"{name} holds a value that is negative or not finite.")


def time_constant(activation: ArrayLike, excitation: ArrayLike, reflexes: Reflexes) -> Floats:
    """Return tau(a, e) [s] of da/dt = (e - a) / tau.

    tau = activation_s (0.5 + 1.5 a) where e > a, else deactivation_s / (0.5 + 1.5 a) (De Groote et al. 2016, without
    the smoothing between the two).
    """
    a, e = np.asarray(activation, float), np.asarray(excitation, float)
    slowed = 0.5 + 1.5 * a
    return np.asarray(np.where(e > a, reflexes.activation_s * slowed, reflexes.deactivation_s / slowed))


def activated(activation: ArrayLike, excitation: ArrayLike, step_s: float, reflexes: Reflexes) -> Floats:
    """Return the activation one step later under a constant excitation.

    a' = e + (a - e) exp(-h / tau), with tau at the activation half a step later: of second order in h, and never
    outside what lies between a and e.
    """
    a, e = np.asarray(activation, float), np.asarray(excitation, float)
    middle = e + (a - e) * np.exp(-0.5 * step_s / time_constant(a, e, reflexes))
    return np.asarray(e + (a - e) * np.exp(-step_s / time_constant(middle, e, reflexes)))


def excitation_for(activation: Floats, step_s: float, reflexes: Reflexes) -> Floats:
    """Return the excitation (F, M) that makes `activated` follow activation (F, M), given every step_s.

    The inverse of `activated` from each frame to the next, by the same half step taken back from the end; where it
    would leave 0 to 1 it stays there, and the activation cannot follow. The last frame's is its activation.
    """
    a, after = activation[:-1], activation[1:]
    rises = after > a
    slowed = 0.5 + 0.75 * (a + after)
    tau = np.where(rises, reflexes.activation_s * slowed, reflexes.deactivation_s / slowed)
    left = np.exp(-step_s / tau)
    wanted = (after - a * left) / (1.0 - left)
    return np.concatenate([np.clip(wanted, 0.0, 1.0), activation[-1:]])


@dataclass(frozen=True, eq=False)
class Pathways:
    """Who inhibits whom, per side S.

    agonists (S, M): each fascicle's share of the strength of that side's agonists, summing to 1.
    extensors, hips (S, M): 1 for the fascicles of that side that the agonists inhibit.
    """

    agonists: Floats
    extensors: Floats
    hips: Floats

    def rise(self, activation: Floats, rest: Floats) -> Floats:
        """Return by how much the agonists of each side are more active than at rest (W, S): max(0, A (a - a0))."""
        return np.asarray(np.maximum((activation - rest) @ self.agonists.T, 0.0))

    def inhibition(self, rise: Floats, reflexes: Reflexes) -> Floats:
        """Return the excitation that each fascicle loses (W, M): gain x rise of its side's agonists."""
        at_extensors = np.asarray(reflexes.inhibition_extensors) * (rise @ self.extensors)
        return np.asarray(at_extensors + np.asarray(reflexes.inhibition_hips) * (rise @ self.hips))


def stretch_excitation(stretch: ArrayLike, speed: ArrayLike, reflexes: Reflexes) -> Floats:
    """Return the excitation of the stretch reflex: stretch_length x stretch + stretch_velocity x speed.

    stretch: fibre length less that at rest, speed: its rate [1/s], both in optimal fibre lengths. Negative where the
    fibre is shorter than at rest: an unloaded muscle falls silent.
    """
    length, rate = np.asarray(reflexes.stretch_length), np.asarray(reflexes.stretch_velocity)
    return np.asarray(length * np.asarray(stretch) + rate * np.asarray(speed))


class DelayLine:
    """What was sent `delay_s` ago, in steps of step_s; before the first sending, `before`.

    Between two steps it is interpolated, so that nothing arrives more than a fraction of a step early and a delay
    of whole steps is exact.
    """

    def __init__(self, before: Floats, delay_s: float, step_s: float):
        steps = delay_s / step_s
        whole = int(np.floor(steps + 1e-9))
        self._part = max(steps - whole, 0.0)
        self._line: deque[Floats] = deque([before] * (whole + 2), maxlen=whole + 2)

    def sent(self, value: Floats) -> Floats:
        """Send a value now and return what arrives now."""
        self._line.append(value)
        if self._part == 0.0:
            return self._line[1]
        return self._line[1] * (1.0 - self._part) + self._line[0] * self._part


@dataclass(frozen=True, eq=False)
class FibreForces:
    """Forces along the tendon and what the reflexes sense, (W, M).

    active, passive [N]; ratio: fibre length in optimal lengths; speed: its rate [1/s]; damping [N s/m], stiffness
    [N/m]: slopes of the active force over path velocity and, of its short-range part alone, over path length.
    """

    active: Floats
    passive: Floats
    ratio: Floats
    speed: Floats
    damping: Floats
    stiffness: Floats


@dataclass(frozen=True, eq=False)
class Fibre:
    """What a fascicle is, (M,) or (W, M): max_force [N] less what is weak, optimal fibre [m] shortened where tight.

    tendon_slack, width [m]: of the tendon, and the width that the fibre keeps.
    """

    max_force: Floats
    passive_force: Floats
    optimal: Floats
    tendon_slack: Floats
    untight: Floats
    pennation: Floats

    @classmethod
    def of(
        cls,
        max_force_n: ArrayLike,
        optimal_fibre_m: ArrayLike,
        tendon_slack_m: ArrayLike,
        pennation_rad: ArrayLike,
        tight: ArrayLike = 0.0,
        weak: ArrayLike = 0.0,
    ) -> Fibre:
        """Return the fibre of the same numbers as `curves.capability` takes."""
        force, optimal = np.asarray(max_force_n, float), np.asarray(optimal_fibre_m, float)
        return cls(
            force * (1.0 - np.asarray(weak, float)),
            force,
            optimal * (1.0 - np.asarray(tight, float)),
            np.asarray(tendon_slack_m, float),
            optimal,
            np.asarray(pennation_rad, float),
        )

    def ratio(self, path: ArrayLike) -> Floats:
        """Return the fibre length in optimal lengths at path lengths (W, M) [m]."""
        length = fibre_length(path, self.tendon_slack, self.untight, self.pennation)
        return np.asarray(length / self.optimal)

    def forces(
        self, path: Floats, rate: Floats, activation: Floats, rest_ratio: Floats, reflexes: Reflexes
    ) -> FibreForces:
        """Return the forces at path lengths [m], path velocities [m/s], activations and lengths at rest (W, M).

        active = F a f_l(l) (f_v(v) + k min(max(l - l_rest, 0), limit)) cos(alpha): the law of `curves.capability` with
        the short-range force of De Groote et al. 2017 beside it; passive as there.
        """
        along = np.maximum(path - self.tendon_slack, 0.0)
        length = fibre_length(path, self.tendon_slack, self.untight, self.pennation)
        cosine = np.divide(along, length, out=np.zeros_like(length), where=length > 0)
        ratio = length / self.optimal
        slope = 1.0 / (np.maximum(cosine, 1e-3) * self.optimal)  # speed per path velocity, as in `capability`
        speed = rate * slope
        isometric = self.max_force * activation * active_length(ratio) * cosine
        stretch = np.clip(ratio - rest_ratio, 0.0, reflexes.short_range_limit)
        elastic = (stretch > 0.0) & (stretch < reflexes.short_range_limit)
        gain = np.asarray(reflexes.short_range)
        return FibreForces(
            isometric * (velocity(speed / FASTEST) + gain * stretch),
            self.passive_force * passive_length(ratio) * cosine,
            ratio,
            speed,
            isometric * velocity_slope(speed / FASTEST) * slope / FASTEST,
            isometric * gain * elastic * cosine / self.optimal,
        )
