"""P35 and X01 to X06: the laws that hold for any anatomy, each checked another way than the program computes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psoas.anatomy.anatomy import Fascicle, mirrored_name
from psoas.body.body import Body
from psoas.body.build import GRAVITY, build
from psoas.body.coordinates import HIPS, LUMBAR, LUMBAR_SLIDES, ROOT
from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.mechanics.columns import line_forces
from psoas.mechanics.equilibrium import at_rest, equilibrium
from psoas.mechanics.joints import joint_forces
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.criteria import fascicle_weights
from psoas.sources.table import read_table
from psoas.validation.bench import Bench, Solved
from psoas.validation.claim import Answer, check
from psoas.validation.pressure import FLEXED, ROUND_BACK, STANDING

STEP = 1e-6  # rad or m of the differences: truncation and rounding are both near 1e-10 m
POSES, SEED = 20, 3
SHARED_CASES = (STANDING, Case(posture=Posture(preset="sitting")), FLEXED, ROUND_BACK)
FREE = 1e-6  # of activation, above the floor and below the cap


def random_positions(body: Body, count: int, seed: int) -> np.ndarray:
    """Return positions (count, V): hinges uniform within half of the shipped ranges, slides and root 0."""
    table = read_table("anatomy/data/joint_ranges.csv")
    low, high = table.si("lowest_deg"), table.si("highest_deg")
    known = {row["coordinate"]: (low[i], high[i]) for i, row in enumerate(table.rows)}
    rng = np.random.default_rng(seed)
    positions = np.zeros((count, body.model.nq))
    for name, dof in body.dof.items():
        if name in ROOT or name in LUMBAR_SLIDES:
            continue
        stem = name[:-2] if name.endswith(("_r", "_l")) else name
        stem = "level_" + name.rpartition("_")[2] if name.split("_")[0] in body.levels else stem
        positions[:, dof] = 0.5 * rng.uniform(*known[stem], size=count)
    return positions


def energy_slopes(solved: Solved, rows: np.ndarray) -> np.ndarray:
    """Return dE/dq (n,) [N, N m] of coordinates `rows` that no contact moves, by central differences.

    E = m g h + sum T L over fascicles, ligaments and the line of abdominal pressure at their tensions T of the answer.
    """
    body, found = solved.body, solved.found
    assert body.anatomy is not None
    p = body.anatomy.parameters
    area = p["abdominal_pressure_area"] * (body.height / p["reference_height"]) ** 2
    tension = np.concatenate(
        [(found.active + found.passive)[0], found.ligament[0], [-area * found.abdominal_pressure[0]]]
    )
    moves = np.zeros((2 * len(rows), body.model.nq))
    moves[np.arange(len(rows)), rows] = STEP
    moves[len(rows) + np.arange(len(rows)), rows] = -STEP
    kin = kinetics(body, solved.kin.positions + moves)
    weight = GRAVITY * float(body.model.body_mass.sum())
    energy = weight * (kin.centre[:, 1] - kin.centre[0, 1]) + (kin.length - kin.length[0]) @ tension
    return (energy[: len(rows)] - energy[len(rows) :]) / (2.0 * STEP)


@check("P35")
def _balance(bench: Bench) -> Answer:
    worst = 0.0
    for case in SHARED_CASES:
        solved = bench.solve(case)
        rows = solved.body.rows(LUMBAR)
        left = energy_slopes(solved, rows) - solved.found.disc_moment[0].ravel()
        worst = max(worst, float(np.abs(left).max()))
    return Answer(worst, f"largest of 18 moments in {len(SHARED_CASES)} postures")


@check("X01")
def _virtual_work(bench: Bench) -> Answer:
    body = bench.body
    rows = np.array([dof for name, dof in body.dof.items() if name not in ROOT])
    worst = 0.0
    for q in random_positions(body, POSES, SEED):
        moves = STEP * np.eye(len(q))[rows]
        kin = kinetics(body, np.concatenate([q[None], q + moves, q - moves]))
        slope = (kin.length[1 : len(rows) + 1] - kin.length[len(rows) + 1 :]) / (2.0 * STEP)
        worst = max(worst, float(np.abs(slope + kin.arms[0, rows]).max()))
    return Answer(1e3 * worst, f"{POSES * len(rows) * body.model.ntendon} arms")


@check("X02")
def _joint_forces(bench: Bench) -> Answer:
    worst = 0.0
    for case in SHARED_CASES:
        solved = bench.solve(case)
        body, kin = solved.body, solved.kin
        slope = energy_slopes(solved, body.rows(LUMBAR_SLIDES)).reshape(len(body.levels), 3)
        force = joint_forces(body, kin, solved.found.generalised)[0]
        for k, level in enumerate(body.levels):
            axes = kin.axis[0, body.rows(tuple(f"{level}_{axis}" for axis in "xyz"))]
            worst = max(worst, float(np.abs(axes @ force[k] - slope[k]).max()))
    return Answer(worst, f"6 levels in {len(SHARED_CASES)} postures")


@check("X03")
def _optimal(bench: Bench) -> Answer:
    return Answer(max(optimality(bench.solve(case)) for case in (STANDING, ROUND_BACK)))


def optimality(solved: Solved) -> float:
    """Return how far activations are from the optimum, relative to the largest slope of the cost.

    With A the rows' effect of full activation and w_i the weights, 2 w_i a_i = sum_r A_ri l_r for every fascicle
    between its bounds; at its floor the left side may be larger, at its cap smaller. l by least squares.
    """
    body, kin, found, f = solved.body, solved.kin, solved.found, solved.body.fibres
    # Contacts bear the root alone, so its rows have no price that a muscle sees.
    rows = body.rows(LUMBAR + HIPS)
    activation = found.activation[0]
    # Tone keeps every activation above 0.
    per_activation = found.active[0] / activation
    effect = line_forces(body, kin)[0][0][rows] * per_activation
    weight = fascicle_weights("volume", f.volume / f.optimal_fibre, f.optimal_fibre)
    slope = 2.0 * weight * activation
    floor, cap = solved.effort.floor, solved.effort.cap
    free = (activation > floor + FREE) & (activation < cap - FREE)
    multipliers = np.linalg.lstsq(effect[:, free].T, slope[free], rcond=None)[0]
    excess = slope - effect.T @ multipliers
    amiss = np.where(free, np.abs(excess), np.where(activation <= floor + FREE, -excess, excess))
    return float(np.maximum(amiss, 0.0).max() / slope.max())


@check("X04")
def _symmetry(bench: Bench) -> Answer:
    found = equilibrium(bench.body, bench.neutral, at_rest(bench.body, 0.02), root_carried=False)
    names = bench.body.fibres.names
    swap = [names.index(mirrored_name(name)) for name in names]
    shear = float(np.abs(found.loads.right_shear).max() / found.loads.compression.max())
    force = (found.active + found.passive)[0]
    uneven = np.abs(force - force[swap])
    return Answer(
        max(shear, float(uneven.max() / force.max())),
        f"most uneven: {names[int(uneven.argmax())]}" if uneven.max() > 1e-6 * force.max() else "",
    )


@check("X05")
def _gravity(bench: Bench) -> Answer:
    anatomy = bench.anatomy
    heavy = tuple(
        replace(s, mass=2.0 * s.mass, inertia=(2.0 * s.inertia[0], 2.0 * s.inertia[1], 2.0 * s.inertia[2]))
        for s in anatomy.segments
    )
    frames = bench.frames(FLEXED)
    rows = bench.body.rows(LUMBAR)
    once, twice = (
        kinetics(body, frames.positions).tau[0, rows] for body in (bench.body, build(replace(anatomy, segments=heavy)))
    )
    asked = np.abs(once) > 1.0
    change = np.abs(twice[asked] / once[asked] - 2.0)
    return Answer(float(change.max()), f"{int(asked.sum())} moments above 1 N m")


@check("X06")
def _splitting(bench: Bench) -> Answer:
    halves = tuple(half for f in bench.anatomy.fascicles for half in _halves(f))
    plain, fine = bench.solve(FLEXED), bench.solve(FLEXED, build(replace(bench.anatomy, fascicles=halves)))
    change = np.abs(plain.found.loads.compression - fine.found.loads.compression)
    return Answer(float(change.max()), f"{len(halves)} fascicles")


def _halves(f: Fascicle) -> tuple[Fascicle, Fascicle]:
    stem, side = f.name[:-2], f.name[-2:]
    first, second = (replace(f, name=f"{stem}{letter}{side}", area=0.5 * f.area) for letter in "ab")
    return first, second
