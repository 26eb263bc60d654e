"""Write random scenarios of the page with the package's own answers, for parity.test.ts.

usage: python web/tests/make_parity.py FILE [--count 300] [--seed 1]
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.scenario import case_from_scenario
from psoas.chain import result_of
from psoas.errors import PsoasError
from psoas.export.page_mechanics import mechanics_model, movement_model
from psoas.frames import frames_of
from psoas.mechanics import rhythm

PATTERN = "sit"
STANDS, SITS, LIES = ("standing", "stoop", "squat"), ("sitting", "slouched"), ("constructive_rest", "lying_supine")
# What a control of the page may be set to, and a little beyond: low, high, and how often it is set.
ANGLES = {
    "trunk_flexion_deg": (-15.0, 60.0, 0.4),
    "trunk_bend_deg": (-20.0, 20.0, 0.2),
    "trunk_twist_deg": (-15.0, 15.0, 0.2),
    "pelvis_tilt_deg": (-30.0, 30.0, 0.3),
}
HIPS = {"stands": (-20.0, 60.0), "sits": (30.0, 120.0), "lies": (45.0, 110.0)}
MUSCLES = ("psoas_major", "psoas_major_r", "erector_spinae", "multifidus", "extensors", "abdominals", "hip_extensors")
MOST = {"tight": 0.2, "weak": 0.8, "inhibited": 0.8}
# The discs of this one send its levels back and forth.
SWINGS: dict[str, Any] = {"posture": {"preset": "lying_supine", "trunk_flexion_deg": -12.8}}
# Asked for with so few passes of the search for the levels' shares that it is given up: that is told in the status.
HURRIED_PASSES = 1
HURRIED: tuple[dict[str, Any], ...] = (
    {"posture": {"preset": "slouched"}},
    {"posture": {"preset": "stoop"}, "surroundings": {"hands_kg": 10.0}},
    {"posture": {"preset": "standing"}},
)


def scenario(random: np.random.Generator) -> dict[str, Any]:
    """Return a random scenario of the kind that the page asks for."""

    def number(low: float, high: float) -> float:
        return round(float(random.uniform(low, high)), 2)

    kind = str(random.choice(["stands", "sits", "lies"], p=[0.5, 0.35, 0.15]))
    posture: dict[str, Any] = {"preset": str(random.choice({"stands": STANDS, "sits": SITS, "lies": LIES}[kind]))}
    for name, (low, high, share) in ANGLES.items():
        if random.random() < share * (0.3 if kind == "lies" else 1.0):
            posture[name] = number(low, high)
    hips = random.random()
    if hips < 0.2:
        posture["hip_flexion_deg"] = {str(random.choice(["left", "right"])): number(*HIPS[kind])}
    elif hips < 0.3:
        posture["hip_flexion_deg"] = number(*HIPS[kind])
    if random.random() < 0.05:
        posture["levels_deg"] = {"L4/L5": number(-5.0, 12.0)}
    around: dict[str, Any] = {}
    if kind != "lies" and random.random() < 0.35:
        load = number(0.0, 25.0)
        around["hands_kg"] = load if random.random() < 0.7 else {str(random.choice(["left", "right"])): load}
    if kind == "sits":
        if random.random() < 0.4:
            around["backrest_deg"] = number(90.0, 130.0)
        if random.random() < 0.3:
            around[str(random.choice(["desk", "armrests", "elbows_on_thighs"]))] = True
    change: dict[str, Any] = {}
    for name, most in MOST.items():
        if random.random() < 0.35:
            chosen = random.choice(MUSCLES, size=int(random.integers(1, 3)), replace=False)
            change[name] = {str(muscle): number(0.0, most) for muscle in chosen}
    found = {"posture": posture, "surroundings": around, "change": change}
    return {table: values for table, values in found.items() if values}


def answered(written: dict[str, Any]) -> dict[str, Any]:
    """Return the package's answer to a scenario, or the sentence with which it refuses."""
    try:
        case = case_from_scenario(written)
        frames = frames_of(case)
        result = result_of(case, frames)
    except PsoasError as error:
        return {"scenario": written, "refused": str(error)}
    return {
        "scenario": written,
        "loads": {name: values[:, 0].tolist() for name, values in result.loads.items()},
        "activation": np.round(result.muscles.activation[:, 0], 7).tolist(),
        "positions": np.round(frames.positions[0], 7).tolist(),
        "status": result.status[0],
        "notes": list(result.notes),
    }


def hurried() -> dict[str, Any]:
    """Return the package's answers to HURRIED with HURRIED_PASSES."""
    whole = rhythm.PASSES
    rhythm.PASSES = HURRIED_PASSES
    cases = [answered(written) for written in HURRIED]
    rhythm.PASSES = whole
    return {"passes": HURRIED_PASSES, "cases": cases}


def moved(change: dict[str, Any], hands_kg: float) -> dict[str, Any]:
    """Return the loads (6, F) and activations (M, F) of the page's movement with a change.

    Hands that hold something move as empty ones do: the page prepares the movement once.
    """
    case = Case(motion=Movement(pattern=PATTERN))
    frames = frames_of(case)
    wanted = case_from_scenario(
        {"posture": {"preset": "standing"}, "surroundings": {"hands_kg": hands_kg}, "change": change}
    )
    other = frames_of(wanted)
    effort = replace(frames.effort, tight=other.effort.tight, weak=other.effort.weak, cap=other.effort.cap)
    result = result_of(case, replace(frames, body=other.body, effort=effort, recorded=True))
    return {
        "change": change,
        "hands_kg": hands_kg,
        "loads": {name: values.tolist() for name, values in result.loads.items()},
        "activation": np.round(result.muscles.activation, 6).tolist(),
    }


def main() -> None:
    """Write the file that the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-movement", action="store_true")
    given = parser.parse_args()
    random = np.random.default_rng(given.seed)
    cases = [answered(scenario(random)) for _ in range(given.count)] + [answered(SWINGS)]
    movements = [] if given.without_movement else [moved({}, 0.0), moved({"tight": {"psoas_major": 0.1}}, 4.0)]
    standing = frames_of(Case())
    model = {
        "movements": [movement_model(PATTERN, frames_of(Case(motion=Movement(pattern=PATTERN))))],
        "mechanics": mechanics_model(standing.body),
    }
    written = {"model": model, "cases": cases, "hurried": hurried(), "movements": movements}
    text = json.dumps(written, separators=(",", ":"))
    given.file.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
