"""P33, P34 and P36: the stiffness of a segment, its gain under preload, and the largest stress of a muscle."""

from __future__ import annotations

import numpy as np

from psoas.body.coordinates import BEND_AXES
from psoas.mechanics.columns import ligament_forces
from psoas.mechanics.equilibrium import level_angles
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.curves import capability
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

REACH = 20.0  # degrees beyond tissue neutral; more than any segment turns in flexion
MOMENT = 10.0  # N m
PRELOADS = (200.0, 400.0)  # N
LEAST_GAIN = 1.4  # at the first


def flexion_curve(bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """Return angles from tissue neutral (F,) [deg] and the moment of disc and ligaments against them (F, K) [N m].

    Each level is flexed alone, without load: M = -(disc moment) - sum R T over the ligaments.
    """
    body = bench.body
    degrees = np.linspace(0.0, REACH, 81)
    resistance = np.zeros((len(degrees), len(body.levels)))
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    for k, row in enumerate(rows):
        positions = np.zeros((len(degrees), body.model.nq))
        # All levels rest at tissue neutral, so that only this one's ligaments are stretched.
        positions[:, rows] = body.discs.neutral
        positions[:, row] += np.radians(degrees)
        kin = kinetics(body, positions)
        disc = body.discs.moment(level_angles(body, positions), np.zeros((len(degrees), len(rows))))
        lines = kin.arms[:, row, body.muscle_count : body.muscle_count + len(body.ligament_names)]
        # A specimen of two vertebrae has no fascia.
        own = np.array([not name.startswith("TLF") for name in body.ligament_names])
        pull = (lines * ligament_forces(body, kin))[:, own].sum(axis=1)
        resistance[:, k] = -disc[:, k, BEND_AXES.index("flexion")] - pull
    return degrees, resistance


@check("P33")
def _stiffness(bench: Bench) -> Answer:
    degrees, resistance = flexion_curve(bench)
    # np.interp needs rising moments; where one falls, the segment gives no stiffness and the claim is outside.
    if (np.diff(resistance, axis=0) < 0.0).any() or (resistance[-1] < MOMENT).any():
        return Answer(None, "the moment falls with flexion, or stays under 10 N m", holds=False)
    secant = np.array([MOMENT / np.interp(MOMENT, column, degrees) for column in resistance.T])
    near = np.array([np.interp(2.0, degrees, column) for column in resistance.T]) / 2.0
    return Answer(
        float(secant.mean()),
        f"secant to 10 N m, {secant.min():.2f} to {secant.max():.2f} by level; over the first 2 degrees, where "
        f"ligaments are slack, {near.mean():.2f}",
        bool(((secant >= 0.6) & (secant <= 3.0)).all()),
    )


@check("P34")
def _gain(bench: Bench) -> Answer:
    first, second = (float(bench.body.discs.stiffening(np.array(load))) for load in PRELOADS)
    return Answer(second, f"{first:.2f} at 200 N; ours is that of human segments, 1.71 at 250 N", first >= LEAST_GAIN)


@check("P36")
def _stress(bench: Bench) -> Answer:
    body, kin, f = bench.body, bench.neutral, bench.body.fibres
    m = body.muscle_count
    can = capability(kin.length[:, :m], kin.velocity[:, :m], f.max_force, f.optimal_fibre, f.tendon_slack, f.pennation)
    area = np.array([x.area for x in bench.anatomy.fascicles])
    stress = (can.active_n + can.passive_n)[0] / area / 1e4
    return Answer(float(stress.max()), f"largest in {body.fibres.names[int(stress.argmax())]}; the tension is an input")
