"""Random sharing problems that look like a trunk: 6 root rows, 6 lumbar joints and 2 hips of 3 rows each."""

from dataclasses import replace

import numpy as np

from psoas.muscle.sharing import SharingProblem

ROOT, LUMBAR, HIPS = 6, 18, 6
ROWS = ROOT + LUMBAR + HIPS


def muscle_columns(rng, batch, count):
    """Return (B, 30, n) N m per unit activation, (n,) weights: fascicles over neighbouring joints, none on the root."""
    weight = rng.lognormal(0.0, 1.0, count)
    weight /= weight.mean()
    force = 75.0 * weight * rng.uniform(2.0, 6.0, count)
    columns = np.zeros((batch, ROWS, count))
    for i in range(count):
        first, last = sorted(rng.choice(8, 2, replace=False))
        arm = rng.normal(0.0, [0.035, 0.035, 0.015])
        for joint in range(first, min(last, 6)):
            at = ROOT + 3 * joint
            columns[:, at : at + 3, i] = force[i] * (arm + rng.normal(0, 0.006, (batch, 3)))
        if last >= 6:
            at = ROOT + LUMBAR + 3 * int(rng.integers(2))
            columns[:, at : at + 3, i] = force[i] * (rng.normal(0, 0.04, 3) + rng.normal(0, 0.003, (batch, 3)))
    return columns, weight


def contact_columns(rng, batch, points):
    """Return (B, 30, 4 points) N, N m per 100 N along the four edges of each point's friction pyramid."""
    columns = np.zeros((batch, ROWS, 4 * points))
    places = [(0, -0.9, 0.1), (0, -0.9, -0.1), (0, -0.15, 0), (-0.12, 0.3, 0)]  # feet, seat, backrest
    for point in range(points):
        kind = point % 4
        place = np.array(places[kind]) + rng.normal(0, 0.08, 3) + rng.normal(0, 0.002, (batch, 3))
        normal = np.array([0.0, 1.0, 0.0] if kind < 3 else [0.98, 0.2, 0.0])
        side = np.cross(normal, [0.0, 0.0, 1.0])
        for edge, tangent in enumerate((side, -side, np.cross(normal, side), -np.cross(normal, side))):
            force = 100.0 * (normal + 0.6 * tangent)
            i = 4 * point + edge
            columns[:, :3, i], columns[:, 3:6, i] = force, np.cross(place, force)
            if kind < 2:
                at = ROOT + LUMBAR + 3 * kind
                columns[:, at : at + 3, i] = -np.cross(place - [0.0, -0.1, 0.1 - 0.2 * kind], force)
            if kind == 3:
                for joint in range(6):
                    at = ROOT + 3 * joint
                    columns[:, at : at + 3, i] = np.cross(place - [-0.02, 0.15 - 0.035 * joint, 0.0], force)
    return columns


def trunk(seed, batch, *, muscles=250, points=0, power=2.0, beyond=None, floor=0.02, cost=100.0):
    """Return a SharingProblem; its demand is what random activations and contacts make, hence within reach.

    points: contact points, of weight 2e-8 per (100 N)^2; without any the root rows are left out. beyond: (B,) factors
    on the joints' demand, above about 1.5 out of reach.
    """
    rng = np.random.default_rng(seed)
    columns, weight = muscle_columns(rng, batch, muscles)
    lower = np.full((batch, muscles), floor) * (rng.random((batch, muscles)) < 0.8)
    upper = np.where(rng.random((batch, muscles)) < 0.1, rng.uniform(0.3, 1.0, (batch, muscles)), 1.0)
    upper = np.where(rng.random((batch, muscles)) < 0.02, lower, upper)
    x = np.clip(1.5 * rng.beta(0.6, 3.0, (batch, muscles)), lower, upper)
    powers = np.full(muscles, power)
    if points:
        more = 4 * points
        push = rng.exponential(0.6, (batch, more)) * (rng.random((batch, more)) < 0.3)
        columns = np.concatenate([columns, contact_columns(rng, batch, points)], axis=-1)
        lower = np.concatenate([lower, np.zeros((batch, more))], axis=-1)
        upper = np.concatenate([upper, np.full((batch, more), np.inf)], axis=-1)
        x = np.concatenate([x, push], axis=-1)
        weight = np.concatenate([weight, np.full(more, 2e-8)])
        powers = np.concatenate([powers, np.full(more, 2.0)])
    demand = np.matmul(columns, x[..., None])[..., 0]
    if beyond is not None:
        demand[:, ROOT:] *= np.asarray(beyond)[:, None]
    if not points:
        columns, demand = columns[:, ROOT:], demand[:, ROOT:]
    return SharingProblem(columns, demand, lower, upper, weight, powers, cost)


def moving(seed, frames, power=2.0, points=0):
    """Return one trunk's problem over frames: arms and demand that drift by a few thousandths a frame."""
    one = trunk(seed, 2, points=points, power=power)
    t = np.linspace(0, 0.004 * frames, frames)[:, None]
    demand = one.demand[:1] * (1 + 0.5 * np.sin(t)) + 0.1 * one.demand[1:] * np.sin(1.7 * t)
    columns = one.columns[:1] + (one.columns[1:] - one.columns[:1]) * 0.1 * np.sin(t)[:, :, None]
    many = {name: np.repeat(getattr(one, name)[:1], frames, 0) for name in ("lower", "upper", "weight")}
    return replace(one, columns=columns, demand=demand, **many)


def only(problem, chosen):
    names = ("columns", "demand", "lower", "upper", "weight")
    return replace(problem, **{name: getattr(problem, name)[chosen] for name in names})
