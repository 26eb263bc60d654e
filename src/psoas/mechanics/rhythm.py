"""The lumbar rhythm gives way under load: how a given trunk flexion is shared by the levels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.mechanics.acting import acting
from psoas.mechanics.equilibrium import AppliedForce, Effort, Equilibrium, Started, asked, equilibrium, level_angles
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.problem import SharingProblem
from psoas.muscle.sharing import share

GIVE = 0.6  # a level's share may leave the rhythm's by this fraction of it (assumed; spread of levels in vivo)
DEPARTURE_COST = 1e-3  # of a level that has left the rhythm by all it may; a fascicle at 3 % costs as much (assumed)
SMALLEST = math.radians(2.0)  # of trunk flexion, below which the rhythm stands
STEP = math.radians(0.01)  # of the finite differences
REACH = math.radians(4.0)  # largest change of an angle in one pass
CLOSE = math.radians(1e-3)  # a smaller change ends the search
SETTLED = 1e-6  # of the cost; a smaller gain ends it
PASSES = 40
GAINED, WELL_GAINED = 0.1, 0.5  # of the gain foreseen: the least with which a step is taken, and its reach kept
SHORTER = 0.3  # of the step that gained too little
SWINGING = -0.25  # a step that goes back along the last one by more than this part of its length is a swing


@dataclass(frozen=True)
class SharedFlexion:
    """Positions (V,) whose levels share their flexion, and whether the search came to an end within PASSES."""

    positions: np.ndarray
    settled: bool = True


@dataclass(frozen=True)
class _Search:
    """One posture whose free levels, at `rows` (K,), leave the angles `begin` (K,) of the rhythm by at most `room`."""

    body: Body
    positions: np.ndarray
    rows: np.ndarray
    begin: np.ndarray
    room: np.ndarray
    effort: Effort
    contacts: tuple[ContactPoint, ...]
    applied: tuple[AppliedForce, ...]
    root_carried: bool

    def poses(self, angles: np.ndarray) -> np.ndarray:
        """Return positions (N, V) with the free levels at angles (N, K)."""
        q = np.repeat(self.positions[None], len(angles), axis=0)
        q[:, self.rows] = angles
        return q

    def balance(
        self, angles: np.ndarray, preload: np.ndarray | None = None, start: Started | None = None
    ) -> Equilibrium:
        """Return what balances the posture with angles (K,); preload and start as for `equilibrium`."""
        return equilibrium(
            self.body,
            kinetics(self.body, self.poses(angles[None])),
            self.effort,
            self.contacts,
            self.applied,
            root_carried=self.root_carried,
            preload=preload,
            start=start,
        )

    def cost(self, angles: np.ndarray, found: Equilibrium) -> float:
        """Return J(theta) + c sum_k ((theta_k - s_k) / g_k)^2."""
        return float(found.objective[0] + DEPARTURE_COST * np.square((angles - self.begin) / self.room).sum())

    def step(self, angles: np.ndarray, here: Equilibrium, reach: float) -> tuple[np.ndarray, float, Started]:
        """Return angles (K,) that cost least if demand and arms change in proportion, that cost, and a start there.

        What is left of the demand once the columns x of `here` have acted is r(theta + d) = r + R d, R (rows, K) by
        differences. So departures u = v g from the rhythm, v >= 0 forward and v >= 0 back, are 2 K more columns:

            columns x - R u = demand - R (theta - s),   sum u = 0,   |theta - s - u| <= reach.
        """
        assert here.start is not None
        solution, compression = here.start.solution, here.loads.compression
        rows, count = len(self.rows), solution.x.shape[1]
        points = np.concatenate([angles[None], angles + STEP * np.eye(rows)])
        many = tuple(a.repeated(len(points)) for a in self.applied)
        kin = kinetics(self.body, self.poses(points))
        bearing = np.ones((len(points), len(self.contacts)), bool)
        acts = acting(self.body, kin, self.effort, self.contacts, many, self.root_carried, bearing)
        levels, stiff = level_angles(self.body, kin.positions), compression.repeat(len(points), axis=0)
        wanted, _ = asked(self.body, kin.tau - acts.known, levels, stiff)
        left = (wanted - acts.of(solution.x.repeat(len(points), axis=0)))[:, acts.rows]
        turned = (left[1:] - left[0]).T / STEP * self.room
        away = (angles - self.begin) / self.room
        low = np.maximum(-1.0, away - reach / self.room)
        high = np.minimum(1.0, away + reach / self.room)
        plain = acts.problem(wanted)
        size = len(acts.rows)
        columns = np.zeros((1, size + 1, count + 2 * rows))
        columns[0, :size, :count] = plain.columns[0]
        columns[0, :size, count:] = np.concatenate([-turned, turned], axis=1)
        columns[0, size, count:] = np.degrees(np.concatenate([self.room, -self.room]))
        found = share(
            SharingProblem(
                columns,
                np.append(plain.demand[0] - turned @ away, 0.0)[None],
                np.concatenate([plain.lower[0], _parts(low, -high)]),
                np.concatenate([plain.upper[0], _parts(high, -low)]),
                np.append(plain.weight[0], np.full(2 * rows, DEPARTURE_COST)),
                np.append(plain.power, np.full(2 * rows, 2.0)),
                np.append(plain.unmet_cost, np.inf),
            ),
            replace(
                solution,
                x=np.append(solution.x[0], _parts(away, -away))[None],
                unmet=np.append(solution.unmet[0], 0.0)[None],
                multipliers=np.append(solution.multipliers[0], 0.0)[None],
            ),
        )
        forward, back = found.x[0, count:].reshape(2, rows)
        prices = found.multipliers[:, :size]
        near = replace(found, x=found.x[:, :count], unmet=found.unmet[:, :size], multipliers=prices)
        start = Started(near, prices, compression, compression)
        return self.begin + (forward - back) * self.room, float(found.objective[0]), start


def _parts(forward: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Return what of each is above 0, one after the other."""
    return np.maximum(np.concatenate([forward, back]), 0.0)


def settle(
    body: Body,
    positions: np.ndarray,
    effort: Effort,
    contacts: tuple[ContactPoint, ...],
    applied: tuple[AppliedForce, ...] = (),
    free: tuple[str, ...] | None = None,
    *,
    root_carried: bool = True,
) -> SharedFlexion:
    """Return positions (V,) whose free levels share their flexion with the least effort and unmet moment.

    minimise J(theta) + c sum ((theta_k - s_k) / g_k)^2, J the least cost of the sharing problem at level angles theta,
    s the rhythm's angles, subject to sum theta fixed and |theta_k - s_k| <= g_k = 0.6 |s_k|. The second term is small;
    it decides where the muscles leave it open, as on a backrest. Sequential quadratic programming within a trust
    region (Nocedal and Wright 2006, chapter 18): each pass shares effort and departures together, see
    `_Search.step`, with the discs as stiff as at its start; where that makes the levels swing, the steps are halved.
    Only `free` levels move (None: all). Where the criterion is minmax, the shares settle by squares: a smallest largest
    activation has no slope along most directions. After PASSES the search is given up: the last shares are
    returned, and that they are not settled.
    """
    if effort.criterion == "minmax":
        effort = replace(effort, criterion="squared")
    levels = body.levels if free is None else free
    if len(levels) < 2:
        return SharedFlexion(positions)
    rows = body.rows(tuple(f"{level}_flexion" for level in levels))
    rows = rows[positions[rows] != 0.0]  # the others have no room
    begin = positions[rows]
    if abs(begin.sum()) < SMALLEST:
        return SharedFlexion(positions)
    search = _Search(body, positions, rows, begin, GIVE * np.abs(begin), effort, contacts, applied, root_carried)
    angles, reach, settled = begin, REACH, False
    longest, swings, last = REACH, 0, np.zeros_like(begin)
    here = search.balance(angles)
    for _ in range(PASSES):
        now = search.cost(angles, here)
        there, least, start = search.step(angles, here, reach)
        far = float(np.abs(there - angles).max())
        settled = far <= CLOSE or now - least <= SETTLED * now
        if settled:
            break
        tried = search.balance(there, here.loads.compression, start)
        gain = now - search.cost(there, tried)
        if gain < GAINED * (now - least):
            reach = SHORTER * far
            continue
        if gain > WELL_GAINED * (now - least):
            reach = max(reach, 2.0 * far)
        # Discs that stiffen as the levels move may send them back, time and again: then the steps are halved.
        move = there - angles
        swings = swings + 1 if move @ last < SWINGING * (last @ last) else 0
        longest = 0.5 * far if swings > 1 else longest
        reach, last = min(reach, longest), move
        assert tried.start is not None
        angles = there
        here = search.balance(angles, start=replace(tried.start.again(), ahead=here.loads.compression))
    return SharedFlexion(search.poses(angles[None])[0], settled)


def curves(sums: np.ndarray, settled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a, b (K,) of theta_k = a_k s + b_k s^2, by least squares over settled postures: sums (N,), angles (N, K).

    sum a = 1 and sum b = 0, so that the levels make up s [rad] at any s: the fit of the whole is the sum of the fits.
    """
    found, *_ = np.linalg.lstsq(np.stack([sums, sums**2], axis=1), settled, rcond=None)
    return found[0], found[1]
