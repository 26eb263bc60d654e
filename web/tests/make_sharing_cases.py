"""Write sharing_cases.bin.gz: sharing problems of real postures and the package's answers, for the page's own solver.

Run it with the package installed: python web/tests/make_sharing_cases.py. All numbers are doubles. In single precision
the contacts' columns, many more than the rows that they reach, would no longer depend on each other (singular values of
1e-17 of the largest become 1e-9), and contacts, nearly free, would act along ways that no posture has.
"""

from __future__ import annotations

import gzip
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.body.coordinates import LUMBAR
from psoas.case.scenario import case_from_scenario
from psoas.frames import frames_of
from psoas.mechanics.acting import acting
from psoas.mechanics.equilibrium import level_angles
from psoas.mechanics.kinetics import kinetics
from psoas.muscle.sharing import share

SCENARIOS = (
    {"posture": {"preset": "standing"}},
    {"posture": {"preset": "sitting"}, "surroundings": {"desk": True}, "change": {"tight": {"psoas_major": 0.1}}},
    {"posture": {"preset": "slouched"}},
    {"posture": {"preset": "lying_supine"}, "change": {"tight": {"psoas_major": 0.15}}},
    {"posture": {"preset": "lying_side"}},
    {"posture": {"preset": "constructive_rest"}},
    {"posture": {"preset": "stoop"}, "surroundings": {"hands_kg": 15}, "change": {"weak": {"erector_spinae": 0.5}}},
    {"posture": {"preset": "squat"}, "surroundings": {"hands_kg": {"right": 20}}},
    {"posture": {"preset": "sitting"}, "surroundings": {"backrest_deg": 105}},
    {"posture": {"preset": "standing", "trunk_twist_deg": 10, "trunk_bend_deg": 10, "hip_flexion_deg": {"right": -15}}},
)
VARIANTS = ("as it is", "a third more", "out of reach", "inhibited")


def main() -> None:
    """Write the file beside this one."""
    cases, blocks = [], []
    for scenario in SCENARIOS:
        frames = frames_of(case_from_scenario(scenario))
        body = frames.body
        kin = kinetics(body, frames.positions)
        available = np.ones((1, len(frames.contacts)), dtype=bool)
        acts = acting(body, kin, frames.effort, frames.contacts, frames.applied, True, available)
        demand = kin.tau - acts.known
        discs = body.discs.moment(level_angles(body, kin.positions), np.full((1, len(body.levels)), 0.6 * body.weight))
        demand[:, body.rows(LUMBAR)] -= discs.reshape(1, -1)
        real = acts.problem(demand)
        extensors = list(resolve("erector_spinae", body.fibres.names, body.fibres.groups))
        geometry = {
            "name": scenario["posture"]["preset"],
            "rows": real.columns.shape[1],
            "columns": real.columns.shape[2],
        }
        cases.append(geometry | {"muscles": body.muscle_count, "variants": list(VARIANTS)})
        blocks += [real.columns, real.weight, real.lower, real.unmet_cost]
        for variant in VARIANTS:
            asked, upper = real.demand.copy(), real.upper.copy()
            if variant == "a third more":
                asked[:, 6:] *= 4.0 / 3.0
            if variant == "out of reach":
                asked[:, 6:24] *= 8.0
            if variant == "inhibited":
                upper[:, extensors] = np.maximum(0.03, real.lower[:, extensors])
            problem = replace(real, demand=asked, upper=upper)
            found = share(problem)
            assert found.converged.all(), (scenario, variant, found.status)
            blocks += [asked, upper, found.x, found.unmet, found.objective]
    header = json.dumps(cases).encode()
    body_bytes = b"".join(np.ascontiguousarray(x).tobytes() for x in blocks)
    target = Path(__file__).with_name("sharing_cases.bin.gz")
    target.write_bytes(gzip.compress(struct.pack("<I", len(header)) + header + body_bytes, 9, mtime=0))
    print(target.stat().st_size, "bytes,", len(cases) * len(VARIANTS), "problems")


if __name__ == "__main__":
    main()
