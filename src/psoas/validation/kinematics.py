"""P28 to P31, S04 and S05: shares of the levels, postures, and how vertebrae and discs stand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.mechanics.joints import disc_axes
from psoas.sources.table import read_table
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

SEGMENTS = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
LORDOSIS = np.array([1.2, 5.9, 9.1, 12.7, 21.6])  # degrees (lordosis2022)
SPREAD = np.array([3.6, 4.1, 4.2, 5.1, 7.7])
SACRAL_SLOPE = 35.4  # degrees, of the reference skeleton (remus2021)


def tilts(anatomy: Anatomy) -> dict[str, float]:
    """Return the tilt of each vertebra's frame and of the sacral endplate against the pelvis [deg], neutral."""
    found = {s.name: s.tilt for s in anatomy.segments if s.name in ("L1", "L2", "L3", "L4", "L5")}
    found["sacrum"] = anatomy.disc("L5/S1").lower_endplate_tilt
    return {name: float(np.degrees(tilt)) for name, tilt in found.items()}


@check("P28")
def _shares(bench: Bench) -> Answer:
    shares = np.array([disc.flexion_share for disc in bench.anatomy.discs])
    whole = abs(shares.sum() - 1.0) < 1e-6
    return Answer(
        float(shares.max()),
        f"the largest; the smallest is {shares.min():.2f}; six levels, the sacrum does not move",
        whole and shares.min() >= 0.05,
    )


@check("P29")
def _sitting(bench: Bench) -> Answer:
    sitting, standing = (bench.frames(case) for case in (Case(posture=Posture(preset="sitting")), Case()))
    rows = sitting.body.rows(tuple(f"{level}_flexion" for level in sitting.body.levels))
    change = sitting.positions[0, rows].sum() - standing.positions[0, rows].sum()
    return Answer(
        -float(np.degrees(change)),
        "the preset takes its angle from this source, 50 people, and from 143 others: -24.7 (Sun 2022)",
    )


@check("P30")
def _segments(bench: Bench) -> Answer:
    stand = tilts(bench.anatomy)
    names = ["L1", "L2", "L3", "L4", "L5", "sacrum"]
    angles = np.array([stand[a] - stand[b] for a, b in pairwise(names)])
    off = (angles - LORDOSIS) / SPREAD
    written = ", ".join(f"{level} {angle:.1f}" for level, angle in zip(SEGMENTS, angles, strict=True))
    return Answer(float(off[np.abs(off).argmax()]), f"the one that is furthest off; ours in degrees: {written}")


@check("P31")
def _seat_off(bench: Bench) -> Answer:
    frames = bench.frames(Case(motion=Movement(pattern="stand_up")))
    at = dict(frames.phases)["seat off"]
    body = frames.body
    rows = body.rows(("pelvis_tilt", *(f"{level}_flexion" for level in body.levels)))
    return Answer(float(np.degrees(frames.positions[at, rows].sum())), "the pattern takes its angle from this source")


def slopes(bench: Bench) -> np.ndarray:
    """Return the tilt of each disc's middle plane (K,) [deg] in neutral standing."""
    axes = disc_axes(bench.body, bench.neutral)[0]
    return np.degrees(np.arctan2(axes[:, 1, 0], axes[:, 0, 0]))


@check("S04")
def _planes(bench: Bench) -> Answer:
    stand = tilts(bench.anatomy)
    names = ("L1", "L2", "L3", "L4", "L5")
    between = [stand["L1"]] + [0.5 * (stand[a] + stand[b]) for a, b in pairwise(names)]
    # The sacrum has no frame of its own; the source's sacral slope stands for it.
    between.append(0.5 * (stand["L5"] - SACRAL_SLOPE))
    off = np.abs(slopes(bench) - between)
    return Answer(float(off.max()), f"largest at {bench.body.levels[int(off.argmax())]}")


@check("S05")
def _wedges(bench: Bench) -> Answer:
    table = read_table("anatomy/data/discs.csv")
    front, back, depth = (table.si(f"{name}_mm") for name in ("height_anterior", "height_posterior", "depth"))
    from_heights = np.degrees(np.arctan2(front - back, depth))
    wedge = []
    for disc in bench.anatomy.discs:
        ends = [
            bench.neutral.orientation[0, bench.body.bodies[name]] @ np.array([np.cos(tilt), np.sin(tilt), 0.0])
            for name, tilt in ((disc.upper, disc.upper_endplate_tilt), (disc.lower, disc.lower_endplate_tilt))
        ]
        upper, lower = (np.degrees(np.arctan2(x[1], x[0])) for x in ends)
        wedge.append(upper - lower)
    off = np.abs(np.array(wedge) - from_heights)
    return Answer(float(off.max()), f"largest at {bench.body.levels[int(off.argmax())]}")
