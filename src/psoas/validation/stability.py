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
    soft = critical_weight(bench.body, preload=False)
    begins = float(np.radians(bench.body.discs.stiffness[:, 2].mean()))
    return Answer(
        critical_weight(bench.body),
        f"in the frontal plane; {soft:.0f} N where the discs do not stiffen under the load, which was measured at 250 "
        f"and 500 N and is carried on to less. It goes with the stiffness at which a segment begins to bend sideways, "
        f"{begins:.2f} N m/deg without load in ours; that of the experimenters' specimens gave their own model 67 N "
        "with linear and 11 N with exponential joints",
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
