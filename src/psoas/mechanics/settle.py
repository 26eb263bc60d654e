"""Where a posture comes to rest when nobody steers it: minima of the total potential, from one start or many."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from psoas.mechanics.equilibrium import Effort
from psoas.mechanics.kinetics import kinetics
from psoas.mechanics.muscle_springs import Reflex
from psoas.mechanics.potential import Potential, pressure_force
from psoas.mechanics.stability import Balanced, potential_of
from psoas.sources.table import read_parameters

REFLEXES = "mechanics/data/reflexes.csv"
TOLERANCE = 1e-5  # N m, of the largest generalised force at rest
STEPS = 120
LONGEST = math.radians(4.0)  # of a step in any coordinate
FALLEN = math.radians(45.0)  # of a coordinate from its start: the trunk has tipped over
SOFTEST = 1.0  # N m/rad, the least stiffness with which a step is planned
SHRINKS = 12  # halvings of a step before a start is given up
ROUNDING = 1e-10  # J, below which two energies are the same
SAME = math.radians(0.1)  # two rests closer than this in every coordinate are one
PRELOAD_TOLERANCE = 1.0  # N between passes of disc stiffening, as in the equilibrium
PASSES = 30


@dataclass(frozen=True)
class Search:
    """Where N starts end: x (N, n) [rad], largest force left (N,) [N m], energy (N,) [J], how they ended (N,)."""

    x: np.ndarray
    force: np.ndarray
    energy: np.ndarray
    converged: np.ndarray
    fallen: np.ndarray


def minimise(potential: Potential, starts: np.ndarray, metric: np.ndarray | None = None) -> Search:
    """Walk N starts (N, n) down the potential to where the generalised force is under TOLERANCE.

    A quasi-Newton iteration: x += s B f, f = -dU/dx, B the inverse of the Hessian at the first start (metric (n, n),
    with every eigenvalue at least SOFTEST) brought up to date by each step (BFGS); s is halved until the energy falls
    by 1e-4 s f B f. Steps go downhill, so a rest that is found is a minimum or, from a start on it, a saddle.
    """
    x = np.array(starts, float)
    count = len(x)
    hessian = potential.hessian(x[0]) if metric is None else metric
    inverse = np.repeat(_planned(hessian)[None], count, axis=0)
    energy, force = potential.energy_and_force(x)
    alive = np.abs(force).max(axis=1) > TOLERANCE
    fallen = np.zeros(count, bool)
    for _ in range(STEPS):
        if not alive.any():
            break
        i = np.flatnonzero(alive)
        step = np.einsum("cij,cj->ci", inverse[i], force[i])
        step *= np.minimum(1.0, LONGEST / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
        slope = (step * force[i]).sum(axis=1)
        share = np.ones(len(i))
        open_ = np.arange(len(i))
        new_x, new_energy, new_force = x[i], energy[i], force[i]
        for _ in range(SHRINKS):
            trial = x[i[open_]] + share[open_, None] * step[open_]
            e, f = potential.energy_and_force(trial)
            good = e <= energy[i[open_]] - 1e-4 * share[open_] * slope[open_] + ROUNDING
            taken = open_[good]
            new_x[taken], new_energy[taken], new_force[taken] = trial[good], e[good], f[good]
            open_ = open_[~good]
            share[open_] *= 0.5
            if not len(open_):
                break
        inverse[i] = _updated(inverse[i], new_x - x[i], force[i] - new_force)
        x[i], energy[i], force[i] = new_x, new_energy, new_force
        alive[i[open_]] = False
        fallen |= np.abs(x - starts).max(axis=1) > FALLEN
        alive &= ~fallen & (np.abs(force).max(axis=1) > TOLERANCE)
    left = np.abs(force).max(axis=1)
    return Search(x, left, energy, left <= TOLERANCE, fallen)


def _planned(hessian: np.ndarray) -> np.ndarray:
    """Return the inverse of a Hessian whose soft and falling directions count as SOFTEST or their size."""
    values, vectors = np.linalg.eigh(hessian)
    return (vectors / np.maximum(np.abs(values), SOFTEST)) @ vectors.T


def _updated(inverse: np.ndarray, move: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return the inverse Hessians (C, n, n) after steps (C, n) that changed the slopes by (C, n) (BFGS)."""
    along = (move * change).sum(axis=1)
    # Where the potential bends down, or nothing moved, the old one is kept: an update would turn the step uphill.
    size = np.sqrt((move**2).sum(axis=1) * (change**2).sum(axis=1))
    use = along > 1e-8 * np.maximum(size, 1e-300)
    safe = np.where(use, along, 1.0)
    bent = np.einsum("cij,cj->ci", inverse, change)
    factor = (safe + (change * bent).sum(axis=1)) / safe**2
    both = bent[:, :, None] * move[:, None, :]
    new = inverse + factor[:, None, None] * move[:, :, None] * move[:, None, :]
    new -= (both + np.swapaxes(both, 1, 2)) / safe[:, None, None]
    return np.where(use[:, None, None], new, inverse)


@dataclass(frozen=True)
class Rest:
    """One posture of rest: x (n,) [rad] from the origin, how many starts end there, smallest eigenvalue [N m/rad].

    spread: largest distance [rad] of a coordinate among those starts.
    """

    x: np.ndarray
    count: int
    eigenvalue: float
    spread: float

    @property
    def stable(self) -> bool:
        """Return whether it is a minimum: every small displacement raises the energy."""
        return self.eigenvalue > 0.0


@dataclass(frozen=True)
class Settled:
    """Where the posture comes to rest, under which preload and pressure; None where it tips over.

    steady: whether preload and pressure stopped changing.
    """

    potential: Potential
    rest: Rest | None
    steady: bool


def reflex_gain() -> tuple[float, tuple[float, float] | None, set[str]]:
    """Return the gain of the stretch reflex, its range, and the sources of both (`mechanics/data/reflexes.csv`)."""
    table, name = read_parameters(REFLEXES), "stretch_length_gain"
    return table[name], table.spread(name), set(table.source(name))


def unsteered(balanced: Balanced, effort: Effort, reflex: float) -> Potential:
    """Return the potential of a balanced frame in which the muscles get the drive of the balance and no other.

    balanced: the person before anything changes, whose activations are the drive; effort: what is tight, weak or
    inhibited now; reflex: gain of the stretch reflex, the only thing that changes the drive. The pelvis tilts on the
    hips, all lumbar hinges are free; legs, arms and head stay as they are.
    """
    held = potential_of(balanced, 0.0, pelvis=True)
    length = balanced.kin.length[0, : balanced.body.muscle_count]
    return replace(held, muscles=Reflex(balanced.body, effort, balanced.found.activation[0], length, reflex))


def settle(potential: Potential) -> Settled:
    """Return where the posture at x = 0 comes to rest, with discs and abdominal pressure as loaded there.

    The discs stiffen with the compression and the pressure follows the muscles' tension at the rest, so the search is
    repeated until compression changes by <= 1 N (D6); within a search both are held, which keeps the force a gradient.
    """
    x = np.zeros((1, len(potential.freedom)))
    for _ in range(PASSES):
        found = minimise(potential, x)
        if not found.converged[0]:
            return Settled(potential, None, False)
        x = found.x
        loaded = under_load(potential, x)
        assert loaded.preload is not None and potential.preload is not None
        if np.abs(loaded.preload - potential.preload).max() <= PRELOAD_TOLERANCE:
            return Settled(potential, _rest(potential, x), True)
        potential = loaded
    return Settled(potential, _rest(potential, x), False)


def under_load(potential: Potential, x: np.ndarray) -> Potential:
    """Return the potential whose discs and abdominal pressure are those of the forces at x (1, n)."""
    kin = kinetics(potential.body, potential.freedom.positions(x))
    compression = potential.joint_loads(kin).compression[0]
    if potential.muscles is None:
        return replace(potential, preload=compression)
    tension = potential.muscles.tension(kin.length[:, : potential.body.muscle_count])[0]
    return replace(potential, preload=compression, pressure_n=pressure_force(potential.body, tension))


def rests(potential: Potential, starts: int, within: float, seed: int = 0) -> tuple[list[Rest], int]:
    """Return the rests that random starts find, the most frequent first, and how many starts found none.

    starts: number, each coordinate uniform within +- `within` [rad] of x = 0. Rests nearer than SAME are one.
    """
    size = len(potential.freedom)
    begin = np.random.default_rng(seed).uniform(-within, within, (starts, size))
    found = minimise(potential, begin, potential.hessian(np.zeros(size)))
    left = list(np.flatnonzero(found.converged))
    groups: list[Rest] = []
    while left:
        near = [i for i in left if np.abs(found.x[i] - found.x[left[0]]).max() <= SAME]
        groups.append(_rest(potential, found.x[near]))
        left = [i for i in left if i not in near]
    groups.sort(key=lambda rest: -rest.count)
    return groups, starts - int(found.converged.sum())


def _rest(potential: Potential, x: np.ndarray) -> Rest:
    eigenvalue = float(np.linalg.eigvalsh(potential.hessian(x[0]))[0])
    return Rest(x[0], len(x), eigenvalue, float(np.ptp(x, axis=0).max()))
