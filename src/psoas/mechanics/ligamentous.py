"""The lumbar column of bones, discs and ligaments alone: under a weight on L1, and under a load along its curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.coordinates import BEND_AXES, CHILD_OF_LEVEL
from psoas.mechanics.kinetics import kinetics, moment_jacobian
from psoas.mechanics.potential import Cable, DeadLoad, Potential, freedom
from psoas.mechanics.settle import Search, minimise
from psoas.mechanics.stability import DOWN, bisected, smallest, stability_parameters

LEVELS = tuple(CHILD_OF_LEVEL)[1:]  # L1 to the sacrum; the base, the pelvis, is fixed
LARGEST = 20_000.0  # N, more than any spine bears


@dataclass(frozen=True)
class Follower:
    """A column under a follower load [N]: the largest turn of a level, and the turn of L1 against the base [deg].

    eigenvalue [N m/rad]: smallest of the Hessian where it comes to rest; rested: whether it came to rest.
    """

    load_n: float
    level_deg: float
    total_deg: float
    eigenvalue: float
    rested: bool

    @property
    def stands(self) -> bool:
        """Return whether it came to rest at a minimum."""
        return self.rested and self.eigenvalue > 0.0


def whole_spine_stiffening(load: float) -> float:
    """Return how many times as stiff as unloaded the discs of a whole lumbar spine in vitro are near neutral.

    1 + min(C, C2) / C2 under a load C [N]: C2 along the curve of 21 spines made flexion twice as stiff
    (patwardhan2003). Straight between, and alike in all directions, is assumed; 600 N made side bend to 7.5 N m 1.6
    times as stiff (niosi2006). Discs of the living body follow `DiscLaw.stiffening`, measured on single segments under
    physiological conditions of load and fluid (gardnermorse2004), which stiffened more; why is not known.
    """
    doubling = stability_parameters()["whole_spine_preload_doubling"]
    return 1.0 + min(load, doubling) / doubling


def column_at_rest(body: Body) -> np.ndarray:
    """Return positions (V,) of the massless column, discs unloaded: the flexions at which discs and ligaments rest.

    The pelvis stands as in neutral standing; T12/L1 stays where its tissue is free, since nothing stands on L1.
    """
    q = np.zeros(body.model.nq)
    q[body.rows(tuple(f"{level}_flexion" for level in body.levels))] = body.discs.neutral
    free = freedom(body, q, tuple(f"{level}_flexion" for level in LEVELS))
    found = minimise(_tissue(body, free.origin, free.names), np.zeros((1, len(free))))
    return free.positions(found.x)[0]


def critical_weight(
    body: Body,
    axes: tuple[str, ...] = ("bend", "twist"),
    *,
    stiffening: Callable[[float], float] = whole_spine_stiffening,
) -> float:
    """Return the weight [N] on L1 under which the column buckles in the frontal plane (crisco1992).

    The smallest eigenvalue of K(P) + P G over bend and twist of the levels L1 to S1, G per newton of weight, is 0. L1
    cannot turn about the vertical: as in the experiment it is held in the frontal plane; flexion stays at rest.
    stiffening: of the straight part of the discs by P [N]. Raises ValueError where no load up to LARGEST does it.
    """
    rest = column_at_rest(body)
    names = tuple(f"{level}_{axis}" for level in LEVELS for axis in axes)
    unloaded = _tissue(body, rest, names)
    x = np.zeros(len(names))
    kept = _not_turning(unloaded)
    per_newton = kept.T @ unloaded.bare(top_load(body, 1.0)).hessian(x) @ kept

    def buckled(load: float) -> bool:
        tissue = _tissue(body, rest, names, stiffening(load))
        return smallest(kept.T @ tissue.hessian(x) @ kept + load * per_newton) <= 0.0

    return first_true(buckled, 10.0, LARGEST)


def first_true(holds: Callable[[float], bool], start: float, end: float) -> float:
    """Return the least load at which `holds`, tried in steps of 1.3 times from start and then halved down."""
    before, load = 0.0, start
    while not holds(load):
        before, load = load, 1.3 * load
        if load > end:
            raise ValueError(f"The column bears any load up to {end:g} N.")
    return bisected(holds, before, load, 20)


def top_load(body: Body, newtons: float) -> DeadLoad:
    """Return a weight [N] on the middle of the disc above L1."""
    assert body.anatomy is not None
    return DeadLoad("L1", np.array(body.anatomy.segment("thorax").joint), newtons * DOWN)


def through_discs(body: Body, tension: float) -> Cable:
    """Return the follower load along the curve through the disc centres, from above L1 to the sacrum."""
    assert body.anatomy is not None
    # A disc's centre belongs to both neighbours; as the origin of the vertebra above it is (0, 0, 0).
    origins = tuple((CHILD_OF_LEVEL[level], np.zeros(3)) for level in LEVELS)
    return Cable((("L1", np.array(body.anatomy.segment("thorax").joint)), *origins), tension)


def through_bodies(body: Body, tension: float) -> Cable:
    """Return the follower load of an experiment: guides in the middle of the vertebral bodies, down to the sacrum."""
    assert body.anatomy is not None
    above = {CHILD_OF_LEVEL[level]: CHILD_OF_LEVEL[upper] for upper, level in zip(CHILD_OF_LEVEL, LEVELS, strict=False)}
    middles = []
    for level in LEVELS:
        child = CHILD_OF_LEVEL[level]
        middles.append((child, 0.5 * np.array(body.anatomy.segment(above[child]).joint)))
    sacrum = ("pelvis", np.array(body.anatomy.segment("L5").joint))
    return Cable((("L1", 2.0 * middles[0][1]), *middles, sacrum), tension)


def follower(body: Body, cable: Cable) -> Follower:
    """Return where the column at rest goes under a follower load, all hinges free, discs stiffened by it."""
    rest = column_at_rest(body)
    names = tuple(f"{level}_{axis}" for level in LEVELS for axis in BEND_AXES)
    potential = replace(_tissue(body, rest, names, whole_spine_stiffening(cable.tension)), cable=cable)
    # The unloaded rest under the stiffened discs is where the load's own effect is counted from.
    before = minimise(replace(potential, cable=None), np.zeros((1, len(names))))
    after = minimise(potential, before.x)
    if not (before.converged[0] and after.converged[0]):
        return Follower(cable.tension, np.nan, np.nan, np.nan, False)
    moved = np.degrees(after.x - before.x)[0].reshape(len(LEVELS), 3)
    return Follower(
        cable.tension,
        float(np.linalg.norm(moved, axis=1).max()),
        _turn(potential, before, after),
        smallest(potential.hessian(after.x[0])),
        True,
    )


def _turn(potential: Potential, before: Search, after: Search) -> float:
    """Return the angle [deg] between the orientations of L1 in two states."""
    q = potential.freedom.positions(np.concatenate([before.x, after.x]))
    one, other = kinetics(potential.body, q).orientation[:, potential.body.bodies["L1"]]
    return float(np.degrees(np.arccos(np.clip((np.trace(one.T @ other) - 1.0) / 2.0, -1.0, 1.0))))


def _tissue(body: Body, origin: np.ndarray, names: tuple[str, ...], stiffer: float = 1.0) -> Potential:
    """Return discs and ligaments without weight, the straight part of the discs so many times as stiff as unloaded."""
    discs = replace(body.discs, stiffness=stiffer * body.discs.stiffness)
    return Potential(replace(body, discs=discs), freedom(body, origin, names), weight=False)


def _not_turning(potential: Potential) -> np.ndarray:
    """Return directions (n, n - 1) in which L1 does not turn about the vertical."""
    kin = kinetics(potential.body, potential.freedom.origin[None])
    yaw = (
        moment_jacobian(potential.body, kin, "L1")[0, 1]
        @ potential.freedom.tangent(np.zeros((1, len(potential.freedom))))[0]
    )
    return np.linalg.svd(yaw[None])[2][1:].T
