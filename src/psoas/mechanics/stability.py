"""Does the column stand: smallest eigenvalue of the total potential, its mode, critical load, least tone and gain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.body.coordinates import BEND_AXES
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.equilibrium import Effort, Equilibrium, equilibrium
from psoas.mechanics.kinetics import Kinetics, kinetics
from psoas.mechanics.muscle_springs import ShortRange
from psoas.mechanics.potential import PELVIS, DeadLoad, Potential, freedom, pressure_force
from psoas.sources.table import Parameters, read_parameters

TABLE = "mechanics/data/stability.csv"
DOWN = np.array([0.0, -1.0, 0.0])
TONES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5)
LARGEST_LIFT = 3.0  # body weights, the largest upward pull that a critical load is looked for in
LIFTS = 60
NOTABLE = 0.15  # share of a mode from which a level or a direction is named


@dataclass(frozen=True)
class Stability:
    """Eigenvalues (n,) [N m/rad] of the Hessian, rising, their modes (n, n), one a column, and the critical load.

    names (n,): the free coordinates, in which a mode has length 1. critical_load_n: extra weight at the base of the
    neck at which the smallest eigenvalue becomes 0; negative: what would have to be lifted off for the column to
    stand; None: no load does it.
    """

    names: tuple[str, ...]
    eigenvalues: np.ndarray
    modes: np.ndarray
    critical_load_n: float | None

    @property
    def eigenvalue(self) -> float:
        """Return the smallest eigenvalue [N m/rad]."""
        return float(self.eigenvalues[0])

    @property
    def mode(self) -> np.ndarray:
        """Return the mode (n,) of the smallest eigenvalue."""
        return np.asarray(self.modes[:, 0])

    @property
    def stable(self) -> bool:
        """Return whether the column stands."""
        return self.eigenvalue > 0.0


@dataclass(frozen=True)
class Balanced:
    """One frame of a body with what balances it."""

    body: Body
    kin: Kinetics
    effort: Effort
    contacts: tuple[ContactPoint, ...]
    applied: tuple[AppliedForce, ...]
    found: Equilibrium

    def again(self, effort: Effort) -> Balanced:
        """Return the same frame balanced with another effort."""
        found = equilibrium(self.body, self.kin, effort, self.contacts, self.applied)
        return replace(self, effort=effort, found=found)


def balance(
    body: Body,
    positions: np.ndarray,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...] = (),
) -> Balanced:
    """Return one frame, positions (V,), with the equilibrium that holds it."""
    kin = kinetics(body, positions[None])
    return Balanced(body, kin, effort, contacts, applied, equilibrium(body, kin, effort, contacts, applied))


def stability_parameters() -> Parameters:
    """Return the cited figures of muscle stiffness and reflexes (`mechanics/data/stability.csv`)."""
    return read_parameters(TABLE)


def potential_of(balanced: Balanced, gain: float, *, pelvis: bool = False) -> Potential:
    """Return the potential of a balanced frame whose muscles keep their activation, with short-range stiffness.

    gain: q of k = q F / L. Discs keep the preload and the abdominal pressure the size they have in the balance;
    pelvis: whether it tilts on the hips, else it is held. Forces of the world keep their direction and their point.
    """
    body, kin, found = balanced.body, balanced.kin, balanced.found
    springs = ShortRange.of(body, balanced.effort, found.active[0], kin.length[0, : body.muscle_count], gain)
    return Potential(
        body,
        freedom(body, kin.positions[0], pelvis=pelvis),
        springs,
        found.loads.compression[0],
        pressure_force(body, (found.active + found.passive)[0]),
        dead_loads(body, kin, balanced.applied),
    )


def dead_loads(body: Body, kin: Kinetics, applied: tuple[AppliedForce, ...]) -> tuple[DeadLoad, ...]:
    """Return known forces of one frame as loads on the points of their bodies where they act."""
    loads = []
    for a in applied:
        i = body.bodies[a.body]
        local = kin.orientation[0, i].T @ (a.point[0] - kin.position[0, i])
        loads.append(DeadLoad(a.body, local, a.force[0]))
    return tuple(loads)


def neck_load(body: Body, newtons: float = 1.0) -> DeadLoad:
    """Return a weight [N] at the base of the neck, the top of the thorax."""
    assert body.anatomy is not None
    return DeadLoad("thorax", np.array(body.anatomy.segment("head").joint), newtons * DOWN)


def stability(potential: Potential, load: DeadLoad | None = None) -> Stability:
    """Return how the potential stands at x = 0, with the critical load of `load` per newton (default: at the neck)."""
    x = np.zeros(len(potential.freedom))
    stiffness = potential.hessian(x)
    values, vectors = np.linalg.eigh(stiffness)
    softening = potential.bare(load or neck_load(potential.body)).hessian(x)
    most = LARGEST_LIFT * max(potential.body.weight, 1.0)
    return Stability(potential.freedom.names, values, vectors, critical_load(stiffness, softening, most))


def smallest(matrix: np.ndarray) -> float:
    """Return the smallest eigenvalue of a symmetric matrix (n, n)."""
    return float(np.linalg.eigvalsh(matrix)[0])


def critical_load(stiffness: np.ndarray, per_newton: np.ndarray, largest_lift: float) -> float | None:
    """Return the load P [N] at which the smallest eigenvalue of K + P G is 0.

    stiffness K, per_newton G (n, n). Where K stands: the smallest P > 0 of the generalised problem (K + P G) v = 0,
    P = 1 / max eig(-L^-1 G L^-T), K = L L'. Where K falls: the P < 0 nearest to 0, down to -largest_lift, from which
    on it stands (the smallest eigenvalue is concave in P). None where there is none.
    """
    if smallest(stiffness) > 0.0:
        root = np.linalg.inv(np.linalg.cholesky(stiffness))
        steepest = -smallest(root @ per_newton @ root.T)
        return 1.0 / steepest if steepest > 1e-12 else None
    lifts = np.linspace(0.0, -largest_lift, LIFTS + 1)
    for before, lift in pairwise(lifts):
        if smallest(stiffness + lift * per_newton) > 0.0:
            return bisected(lambda p: smallest(stiffness + p * per_newton) > 0.0, float(before), float(lift), 40)
    return None


def bisected(holds: Callable[[float], bool], low: float, high: float, passes: int) -> float:
    """Return where `holds` turns true between low, where it is false, and high, where it is true."""
    for _ in range(passes):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def least_tone(balanced: Balanced, gain: float, *, pelvis: bool = False) -> float | None:
    """Return the least activation floor of all muscles with which the column stands, balanced anew for each.

    0 where it stands without; None where it stands at none of TONES. Each step of TONES is looked at in turn, since
    much tone presses so hard that it can tip what a little holds.
    """

    def stands(tone: float) -> bool:
        floor = np.full(balanced.body.muscle_count, tone)
        x = np.zeros(18 + pelvis)
        return (
            smallest(
                potential_of(balanced.again(replace(balanced.effort, floor=floor)), gain, pelvis=pelvis).hessian(x)
            )
            > 0.0
        )

    if stands(TONES[0]):
        return TONES[0]
    for before, tone in pairwise(TONES):
        if stands(tone):
            return bisected(stands, before, tone, 8)
    return None


def least_gain(balanced: Balanced, *, pelvis: bool = False, largest: float = 200.0) -> float | None:
    """Return the least q with which the column stands under the forces it has; 0: without; None: not at `largest`."""
    base, rise = _over_gain(balanced, pelvis)
    if smallest(base) > 0.0:
        return 0.0
    if smallest(base + largest * rise) <= 0.0:
        return None
    return bisected(lambda q: smallest(base + q * rise) > 0.0, 0.0, largest, 30)


def eigenvalues_over_gain(balanced: Balanced, gains: np.ndarray, *, pelvis: bool = False) -> np.ndarray:
    """Return the smallest eigenvalue [N m/rad] at each q of gains (G,), (G,)."""
    base, rise = _over_gain(balanced, pelvis)
    return np.array([smallest(base + q * rise) for q in gains])


def _over_gain(balanced: Balanced, pelvis: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return K(0) and K(1) - K(0): the Hessian is linear in q."""
    none, one = (potential_of(balanced, q, pelvis=pelvis) for q in (0.0, 1.0))
    x = np.zeros(len(none.freedom))
    base = none.hessian(x)
    return base, one.hessian(x) - base


def without_stiffness(potential: Potential, chosen: np.ndarray) -> Potential:
    """Return the potential in which the chosen fascicles (M,) pull as they do but do not stiffen."""
    assert isinstance(potential.muscles, ShortRange)
    return replace(potential, muscles=potential.muscles.without_stiffness(chosen))


def without_strength(balanced: Balanced, chosen: np.ndarray) -> Balanced:
    """Return the frame balanced anew where the chosen fascicles (M,) cannot contract; their passive tension stays."""
    weak = np.where(chosen, 1.0, balanced.effort.weak)
    return balanced.again(replace(balanced.effort, weak=weak))


WAYS = {"flexion": "forward and back", "bend": "to the side", "twist": "in twist"}


def in_words(names: tuple[str, ...], mode: np.ndarray) -> str:
    """Return a mode (n,) in words: in which direction, over which levels, and where most.

    Shares are squares of the mode's coordinates; what has under NOTABLE of the whole is not named.
    """
    shares = dict(zip(names, mode**2 / (mode @ mode), strict=True))
    pelvis = shares.pop(PELVIS, 0.0)
    by_axis = {a: sum(s for n, s in shares.items() if n.endswith(f"_{a}")) for a in BEND_AXES}
    axes = [a for a in sorted(by_axis, key=lambda a: -by_axis[a]) if by_axis[a] >= NOTABLE]
    parts = ["the pelvis tilts on the hips"] if pelvis >= NOTABLE else []
    if axes:
        parts.append("the column gives way " + " and ".join(WAYS[a] for a in axes))
        along = {n.split("_")[0]: mode[names.index(n)] for n in shares if n.endswith(f"_{axes[0]}")}
        most = max(along, key=lambda level: abs(along[level]))
        heavy = [v for v in along.values() if v**2 >= 0.02 * sum(x**2 for x in along.values())]
        same = all(v > 0 for v in heavy) or all(v < 0 for v in heavy)
        parts.append(f"{'all levels the same way' if same else 'levels against each other'}, most at {most}")
    return ", ".join(parts)
