"""The postures and the frames of walking that both programs are asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from opensim_side import Motion

from psoas.body.body import Body
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.chain import frames_of

WALK = Path(__file__).parents[2] / "shared" / "motions" / "walking"
WALK_FRAMES = 20
EDGE_S = 0.15  # at both ends of a recording, where filtered accelerations are not to be relied on
STILL_ROWS, STILL_STEP_S = 8, 0.01  # a quintic spline needs 6 rows

POSTURES: tuple[tuple[str, Posture, Surroundings], ...] = tuple(
    (name, Posture(**angles), Surroundings(**held))
    for name, angles, held in (
        ("standing", {}, {}),
        ("flexed 25°", {"trunk_flexion_deg": 25.0}, {}),
        ("flexed 45°, pelvis tilted 30°", {"trunk_flexion_deg": 45.0, "pelvis_tilt_deg": 30.0}, {}),
        ("extended 15°", {"trunk_flexion_deg": -15.0}, {}),
        ("bent right 20°", {"trunk_bend_deg": 20.0}, {}),
        ("turned left 12°", {"trunk_twist_deg": 12.0}, {}),
        ("flexed 25°, bent left 12°", {"trunk_flexion_deg": 25.0, "trunk_bend_deg": -12.0}, {}),
        ("flexed 20°, turned right 8°", {"trunk_flexion_deg": 20.0, "trunk_twist_deg": -8.0}, {}),
        (
            "extended 8°, bent right 10°, turned left 6°",
            {"trunk_flexion_deg": -8.0, "trunk_bend_deg": 10.0, "trunk_twist_deg": 6.0},
            {},
        ),
        ("standing, 20 kg in both hands", {}, {"hands_kg": 20.0}),
        ("flexed 25°, 10 kg in the right hand", {"trunk_flexion_deg": 25.0}, {"hands_kg": {"right": 10.0}}),
        ("stoop", {"preset": "stoop"}, {}),
        ("squat", {"preset": "squat"}, {}),
        ("sitting", {"preset": "sitting"}, {}),
        ("right hip flexed 60°", {"hip_flexion_deg": {"right": 60.0}, "knee_flexion_deg": {"right": 60.0}}, {}),
        ("left hip extended 15°", {"hip_flexion_deg": {"left": -15.0}}, {}),
    )
)


def posture(number: int) -> tuple[Body, Motion]:
    """Return the body and the unmoving motion of one of POSTURES."""
    _, held, around = POSTURES[number]
    frames = frames_of(Case(posture=held, surroundings=around))
    positions = np.repeat(frames.positions[:1], STILL_ROWS, axis=0)
    return frames.body, Motion(np.arange(STILL_ROWS) * STILL_STEP_S, positions, np.zeros_like(positions))


def walk() -> tuple[Body, Motion, tuple[int, ...]] | None:
    """Return the fitted person, the recorded walk with its ground forces, and the rows to compare; None if absent."""
    markers, ground = WALK / "subject01_walk1.trc", WALK / "subject01_walk1_grf.mot"
    if not (markers.exists() and ground.exists()):
        return None
    frames = frames_of(Case(motion=Movement(file=markers, forces=ground)))
    assert frames.velocities is not None
    forces = tuple(
        (a.body, a.force, a.point, np.zeros_like(a.force) if a.moment is None else a.moment) for a in frames.applied
    )
    time = frames.time_s
    inside = np.flatnonzero((time - time[0] >= EDGE_S) & (time[-1] - time >= EDGE_S))
    rows = inside[np.linspace(0, len(inside) - 1, WALK_FRAMES).round().astype(int)]
    return frames.body, Motion(time, frames.positions, frames.velocities, forces), tuple(int(r) for r in rows)
