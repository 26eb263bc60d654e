"""What a muscle's tension does when its length changes and nobody steers it: laws with a potential."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from psoas.body.body import Body
from psoas.mechanics.equilibrium import Effort
from psoas.muscle.curves import capability, fibre_length, passive_length

# Gauss-Legendre points on 0..1: exact for polynomials up to degree 15, which these smooth curves are over a few cm.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
NODES, WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS


class Springs(Protocol):
    """Tension (F, M) [N] of M fascicles and its integral over the path's length, energy (F, M) [J]."""

    def tension(self, length: np.ndarray) -> np.ndarray:
        """Return the tension (F, M) [N] at path lengths (F, M) [m]."""
        ...

    def energy(self, length: np.ndarray) -> np.ndarray:
        """Return the energy (F, M) [J] at path lengths (F, M) [m]; its zero is arbitrary."""
        ...


def integral(law: Callable[[np.ndarray], np.ndarray], start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the integral of law(x) dx from start to end, elementwise, by Gauss-Legendre quadrature."""
    total = np.zeros(np.broadcast_shapes(start.shape, end.shape))
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        total += weight * law(start + node * (end - start))
    return total * (end - start)


@dataclass(frozen=True)
class PassiveMuscle:
    """Passive tension of fascicles as in `muscle.curves.capability`.

    With a constant width, dl / d path = cos a, so the energy is F_max l0 integral of passive_length(u) du from 1 to
    l / l0, l0 the optimal length with tightness.
    """

    body: Body
    tight: np.ndarray

    def tension(self, length: np.ndarray) -> np.ndarray:
        """Return F_max passive_length(l / l0) cos a (F, M) [N]."""
        return _capable(self.body, length, self.tight, np.zeros_like(self.tight))[1]

    def energy(self, length: np.ndarray) -> np.ndarray:
        """Return the energy (F, M) [J], 0 at and below the optimal length."""
        f = self.body.fibres
        shortened = (1.0 - self.tight) * f.optimal_fibre
        ratio = fibre_length(length, f.tendon_slack, f.optimal_fibre, f.pennation) / shortened
        return f.max_force * shortened * integral(passive_length, np.ones_like(ratio), np.maximum(ratio, 1.0))


@dataclass(frozen=True)
class ShortRange:
    """Active tension at fixed activation with short-range stiffness, and the passive tension.

    T = F0 (1 + q (L / L0 - 1)) + passive(L):  k = q F0 / L0 (bergmark1989, crisco1991).
    active, length (M,): F0 [N] and path length L0 [m] in the posture looked at; gain (M,): q; `still` (M,): fascicles
    whose passive tension also stays what it is, so that they pull without any stiffness of their own.
    """

    active: np.ndarray
    length: np.ndarray
    gain: np.ndarray
    passive: PassiveMuscle
    still: np.ndarray

    @classmethod
    def of(cls, body: Body, effort: Effort, active: np.ndarray, length: np.ndarray, gain: float) -> ShortRange:
        """Return the law of a balanced posture: active (M,) [N] at path lengths (M,) [m]."""
        return cls(
            active,
            length,
            np.full(len(active), gain),
            PassiveMuscle(body, effort.tight),
            np.zeros(len(active), bool),
        )

    def without_stiffness(self, chosen: np.ndarray) -> ShortRange:
        """Return the law in which the chosen fascicles (M,) pull as before but do not stiffen."""
        gain = np.where(chosen, 0.0, self.gain)
        return ShortRange(self.active, self.length, gain, self.passive, self.still | chosen)

    def tension(self, length: np.ndarray) -> np.ndarray:
        """Return the tension (F, M) [N]."""
        stretch = length / self.length - 1.0
        held = self.passive.tension(self.length[None])
        passive = np.where(self.still, held, self.passive.tension(length))
        return self.active * (1.0 + self.gain * stretch) + passive

    def energy(self, length: np.ndarray) -> np.ndarray:
        """Return the energy (F, M) [J]; the active part is 0 at L0."""
        longer = length - self.length
        held = self.passive.tension(self.length[None])
        passive = np.where(self.still, held * longer, self.passive.energy(length))
        return self.active * longer * (1.0 + 0.5 * self.gain * longer / self.length) + passive


@dataclass(frozen=True)
class Reflex:
    """Tension along the force-length curve at a drive that only the stretch reflex changes, and the passive tension.

    a = (1 - inhibited) clip(a0 + g (l - l_ref) / l0, 0, 1);  T = a active(L) + passive(L), both of `capability`.
    drive, length (M,): a0 and the path length at which it was found; gain: g, activation per optimal fibre length l0 of
    stretch of the fibre against its length l_ref there (`stretch_length_gain` of the reflexes). effort: tight and weak,
    with cap = 1 - inhibited as the share of the drive that arrives (so that the activation stays under the cap).
    """

    body: Body
    effort: Effort
    drive: np.ndarray
    length: np.ndarray
    gain: float

    def activation(self, length: np.ndarray) -> np.ndarray:
        """Return the activation (F, M) at path lengths (F, M) [m]."""
        f = self.body.fibres
        now = fibre_length(length, f.tendon_slack, f.optimal_fibre, f.pennation)
        reference = fibre_length(self.length, f.tendon_slack, f.optimal_fibre, f.pennation)
        return self.effort.cap * np.clip(self.drive + self.gain * (now - reference) / f.optimal_fibre, 0.0, 1.0)

    def active(self, length: np.ndarray) -> np.ndarray:
        """Return the active tension (F, M) [N]."""
        return self.activation(length) * _capable(self.body, length, self.effort.tight, self.effort.weak)[0]

    def tension(self, length: np.ndarray) -> np.ndarray:
        """Return the tension (F, M) [N]."""
        able, passive = _capable(self.body, length, self.effort.tight, self.effort.weak)
        return self.activation(length) * able + passive

    def energy(self, length: np.ndarray) -> np.ndarray:
        """Return the energy (F, M) [J]; the active part is 0 at the reference length."""
        # Where the drive reaches 0 or 1 the tension has a kink, which a quadrature must not cross.
        inner = np.clip(length, *self._ends())
        active = integral(self.active, np.broadcast_to(self.length, length.shape), inner)
        active += integral(self.active, inner, length)
        return active + PassiveMuscle(self.body, self.effort.tight).energy(length)

    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the path lengths (M,) [m] at which the drive reaches 0 and 1."""
        if self.gain <= 0.0:
            return np.zeros_like(self.length), np.full_like(self.length, np.inf)
        f = self.body.fibres
        reference = fibre_length(self.length, f.tendon_slack, f.optimal_fibre, f.pennation)
        width = f.optimal_fibre * np.sin(f.pennation)
        ends = []
        for drive in (0.0, 1.0):
            fibre = np.maximum(reference + f.optimal_fibre * (drive - self.drive) / self.gain, width)
            ends.append(f.tendon_slack + np.sqrt(fibre**2 - width**2))
        return ends[0], ends[1]


def _capable(body: Body, length: np.ndarray, tight: np.ndarray, weak: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    f = body.fibres
    # A path is never without length; a search that strays must still get a number.
    longer = np.maximum(length, 1e-4)
    can = capability(
        longer,
        np.zeros_like(longer),
        f.max_force,
        f.optimal_fibre,
        f.tendon_slack,
        f.pennation,
        tight=tight,
        weak=weak,
    )
    return can.active_n, can.passive_n
