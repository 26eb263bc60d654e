"""P19 and P20: the ligamentous column under a weight on L1, and under a load along its curve."""

from __future__ import annotations

import numpy as np

from psoas.mechanics.ligamentous import critical_weight, follower, through_bodies, through_discs
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

FOLLOWER_LOADS = (500.0, 1000.0, 1500.0, 2000.0)  # N, tried in turn
MOST_TURN = 5.0  # degrees of L1 against the sacrum


@check("P19")
def _critical(bench: Bench) -> Answer:
    discs = bench.body.discs
    soft = critical_weight(bench.body, stiffening=lambda _: 1.0)
    segments = critical_weight(bench.body, stiffening=lambda load: float(discs.stiffening(np.array(load))))
    begins = float(np.radians(discs.stiffness[:, 2].mean()))
    return Answer(
        critical_weight(bench.body),
        f"in the frontal plane; {soft:.0f} N where the discs do not stiffen under the load, {segments:.0f} N where "
        "they do as single segments did (Gardner-Morse and Stokes 2004), which is the law of our living body. Here "
        "they do as whole spines in vitro did: 1200 N along the curve doubled flexion near neutral (Patwardhan 2003), "
        "280 N hardly changed side bend (Rohlmann 2001), though 600 N took 37 % off it (Niosi 2006), more than either "
        f"law does. It goes with the stiffness at which a segment begins to bend sideways, {begins:.2f} N m/deg "
        "without load in ours; that of the experimenters' specimens gave their own model 67 N with linear and 11 N "
        "with exponential joints",
    )


@check("P20")
def _follower(bench: Bench) -> Answer:
    borne, turns = 0.0, {}
    for load in FOLLOWER_LOADS:
        along = [follower(bench.body, path(bench.body, load)) for path in (through_discs, through_bodies)]
        if not all(f.stands and f.total_deg < MOST_TURN for f in along):
            break
        borne, turns[load] = load, [f.total_deg for f in along]
    if not turns:
        return Answer(None, f"it does not bear {FOLLOWER_LOADS[0]:g} N", holds=False)
    exact, guided = turns[borne]
    return Answer(
        borne,
        f"largest of the loads tried; L1 turns by {exact:.1f} degrees where the load goes through the disc centres (by "
        f"construction: our discs turn about them) and by {guided:.1f} where it goes through the vertebral bodies",
    )
