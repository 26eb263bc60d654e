"""Write posing_cases.json.gz: a person, scenarios, and the positions and contacts the package poses or why it refuses.

Run it with the package installed: python web/tests/make_posing_cases.py. Each case holds what `posed` and `borne` of
web/src/engine/pose.ts answer to: a posture as it stands before its lumbar levels settle.
"""

from __future__ import annotations

import gzip
import json
from itertools import product
from pathlib import Path
from typing import Any

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.body.contacts import contact_points
from psoas.case.scenario import case_from_scenario
from psoas.errors import PsoasError
from psoas.export.page_mechanics import mechanics_model
from psoas.mechanics.pose import on_the_floor, pose
from psoas.mechanics.surfaces import RESTS, arm_rests, refuse_falling, touching
from psoas.motion.postures import presets

Scenario = dict[str, Any]


def scenarios() -> list[Scenario]:
    """Return postures of every preset, with every angle, surrounding and refusal that the page can ask for."""
    found: list[Scenario] = [_of(name) for name in presets()]
    found += [_of("standing", trunk_flexion_deg=x) for x in (-15, 5.5, 30, 60)]
    found += [_of("standing", pelvis_tilt_deg=x) for x in (-20, 12)]
    found += [_of("standing", hip_flexion_deg={"right": x}) for x in (-15, 40)]
    found += [_of("standing", hip_flexion_deg={"left": 70}, knee_flexion_deg={"left": 80})]
    found += [_of("standing", hip_flexion_deg=x, trunk_flexion_deg=y) for x, y in ((30, 10), (60, 20), (10, 0))]
    found += [_of("standing", hip_flexion_deg={"left": 10, "right": 20}, pelvis_tilt_deg=5)]
    found += [_of("standing", ankle_flexion_deg=4), _of("standing", knee_flexion_deg=20, trunk_bend_deg=15)]
    found += [_of("standing", trunk_twist_deg=-20, trunk_bend_deg=-10, hands_kg={"right": 12})]
    found += [_of("standing", shoulder_flexion_deg={"right": 90}, elbow_flexion_deg=30, neck_flexion_deg=25)]
    found += [_of("standing", trunk_flexion_deg=30, levels_deg={"L4/L5": 5.0, "T12/L1": -3.0})]
    found += [_of(name, hands_kg=x) for name, x in product(("stoop", "squat", "standing"), (5, 25))]
    found += [_of("squat", knee_flexion_deg=70, trunk_flexion_deg=10)]
    found += [_of("sitting", backrest_deg=x) for x in (90, 100, 130)]
    found += [_of("slouched", backrest_deg=x) for x in (100, 125)]
    found += [_of("sitting", backrest_deg=110, pelvis_tilt_deg=-30), _of("sitting", backrest_deg=105, desk=True)]
    found += [_of("sitting", desk=True), _of("sitting", armrests=True, hands_kg=6), _of("slouched", armrests=True)]
    found += [_of("sitting", desk=True, armrests=True, trunk_flexion_deg=30, trunk_twist_deg=10)]
    found += [_of("sitting", elbows_on_thighs=True, trunk_flexion_deg=x, pelvis_tilt_deg=20) for x in (35, 55)]
    found += [_of("sitting", seat=False), _of("stoop", desk=True), _of("standing", armrests=True)]
    found += [_of("sitting", hip_flexion_deg=70, knee_flexion_deg={"left": 60}), _of("slouched", pelvis_tilt_deg=-30)]
    found += [_of("lying_supine", hip_flexion_deg={"right": 45}, knee_flexion_deg={"right": 90})]
    found += [_of("lying_prone", trunk_flexion_deg=-20), _of("lying_side", hip_flexion_deg=60, trunk_bend_deg=5)]
    found += [_of("constructive_rest", ankle_flexion_deg={"left": 10}), _of("lying_supine", pelvis_tilt_deg=-60)]
    return found + _refused()


def _refused() -> list[Scenario]:
    found = [_of("standing", trunk_flexion_deg=75, pelvis_tilt_deg=90, hands_kg=150)]
    found += [_of("standing", trunk_flexion_deg=75, hip_flexion_deg=130), _of("standing", hip_flexion_deg=-30)]
    found += [_of("standing", shoulder_flexion_deg=90, hands_kg=160), _of("stoop", trunk_flexion_deg=75, hands_kg=180)]
    arms = {"shoulder_flexion_deg": 180, "hands_kg": 200, "hip_flexion_deg": 135}
    found += [_of("standing", trunk_flexion_deg=x, **arms) for x in (-40, 75)]
    found += [_of("sitting", trunk_flexion_deg=75, pelvis_tilt_deg=60), _of("sitting", pelvis_tilt_deg=-60)]
    found += [_of("sitting", elbows_on_thighs=True), _of("standing", elbows_on_thighs=True)]
    found += [_of("standing", seat=True), _of("standing", backrest_deg=100), _of("lying_prone", backrest_deg=100)]
    found += [_of("lying_supine", desk=True), _of("lying_side", elbows_on_thighs=True)]
    found += [_of("standing", hands_kg=230.5), _of("standing", hands_kg={"left": 201}), _of("standing", hands_kg=-3)]
    found += [_of("sitting", backrest_deg=x) for x in (60, -2, 200, 175)]
    found += [_of("standing", ankle_flexion_deg=25), _of("squat", trunk_flexion_deg=-40, knee_flexion_deg=150)]
    beyond = {"trunk_flexion_deg": 95, "trunk_bend_deg": -40.5, "trunk_twist_deg": 31, "pelvis_tilt_deg": 1e7}
    found += [_of("standing", **{name: value}) for name, value in beyond.items()]
    found += [_of("standing", hip_flexion_deg={"left": 200}), _of("standing", neck_flexion_deg=-80.01)]
    found += [_of("standing", levels_deg={"L4/L5": 26})]
    return found


def _of(preset: str, **given: Any) -> Scenario:
    around = ("hands_kg", "seat", "backrest_deg", "armrests", "desk", "elbows_on_thighs")
    scenario: Scenario = {"posture": {"preset": preset}}
    for name, value in given.items():
        scenario.setdefault("surroundings" if name in around else "posture", {})[name] = value
    return scenario


def answer(scenario: Scenario) -> dict[str, Any]:
    """Return what the package makes of a scenario: the pose and what bears it, or the sentence that refuses it."""
    try:
        case = case_from_scenario(scenario)
        assert case.posture is not None
        hands = case.surroundings.hands_kg
        body = build(scale(case.subject), (hands.right or 0.0, hands.left or 0.0))
        assert body.anatomy is not None
        posed = pose(body, case.posture, case.surroundings)
        names = tuple(name for name in posed.contacts if name not in RESTS)
        positions = on_the_floor(body, posed.positions, posed.bearing)
        points = touching(body, positions, contact_points(body.anatomy, names, posed.backrest_deg, posed.bearing))
        rests = arm_rests(body, positions, posed.contacts)
        refuse_falling(body, positions, points, tuple(r.force for r in rests))
    except PsoasError as error:
        return {"refused": str(error)}
    return {
        "positions": [float(x) for x in positions],
        "contacts": [
            [c.contact, c.name, c.body, c.partner, c.friction, *c.position.tolist(), *c.normal.tolist()] for c in points
        ],
        "rests": [[r.name, r.force.body, *r.force.force[0].tolist(), *r.force.point[0].tolist()] for r in rests],
        "supported": posed.supported,
        "feet": posed.bearing,
        "backrest_deg": posed.backrest_deg,
        "notes": list(posed.notes),
    }


def main() -> None:
    """Write the file beside this one."""
    mechanics = mechanics_model(build(scale(Subject())))
    cases = [{"scenario": scenario, **answer(scenario)} for scenario in scenarios()]
    target = Path(__file__).with_name("posing_cases.json.gz")
    target.write_bytes(gzip.compress(json.dumps({"mechanics": mechanics, "cases": cases}).encode(), 9, mtime=0))
    refused = [case["refused"] for case in cases if "refused" in case]
    print(target.stat().st_size, "bytes,", len(cases), "scenarios,", len(refused), "refused:", *refused, sep="\n")


if __name__ == "__main__":
    main()
