"""Posture -> pose: angles and the posing rules make a balanced set of coordinates and the contacts that bear it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from psoas.body.body import Body
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.errors import PoseError
from psoas.mechanics.angles import Angles, Push, positions_of, trunk_of
from psoas.mechanics.arms import elbows_on_thighs, forearms_level
from psoas.mechanics.around import SEATED, belongs_together, contacts_of
from psoas.mechanics.reach import aims, arrived
from psoas.mechanics.seat import adapted, against_backrest, on_seat
from psoas.motion.postures import Preset, preset

BALANCE_TOLERANCE = 1e-6  # m, of the centre of mass over mid-foot
LEAN_LIMIT = math.radians(40.0)


@dataclass(frozen=True)
class Pose:
    """positions (V,) of all coordinates; contacts by name; which feet bear; whether the trunk is supported."""

    positions: np.ndarray
    contacts: tuple[str, ...]
    bearing: str
    supported: bool
    backrest_deg: float
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()


def pose(body: Body, posture: Posture, surroundings: Surroundings | None = None) -> Pose:
    """Return the pose of a posture by the posing rules of the design.

    A given angle replaces the preset's; `levels_deg` replaces that level's share of trunk flexion. Upper arms hang
    vertically. Standing, stoop, squat: the thighs keep the preset's inclination when the pelvis tilts, and one lean of
    the legs about the ankles puts the centre of mass over mid-foot; with hips given and tilt not, the whole body leans
    instead. One hip alone leaves the other foot bearing. Raises PoseError where no lean balances.
    """
    surroundings = surroundings or Surroundings()
    base = preset(posture.preset)
    belongs_together(body, base, posture, surroundings)
    contacts = contacts_of(base, surroundings)
    angles = _read(posture, base)
    angles.reach, angles.gaze = aims(posture, contacts)
    angles.pushes = tuple((force.body, force.force_n) for force in surroundings.forces)
    given_tilt = posture.pelvis_tilt_deg is not None
    hips = [s for s in "rl" if angles.hip[s] is not None]
    bearing = "rl"
    if base.feet == "balance" and len(hips) == 1:
        bearing = "l" if hips == ["r"] else "r"
    whole_body = base.feet == "balance" and len(hips) == 2 and not given_tilt
    if whole_body:
        angles.tilt = float(np.mean([angles.hip[s] or 0.0 for s in "rl"]) - np.mean([angles.thigh[s] for s in "rl"]))
    notes = _seat(body, angles, posture, surroundings, base) if base.name in SEATED else ()
    if notes:
        contacts = tuple(name for name in contacts if name != "lumbar_support")
    positions = positions_of(body, angles, lying=base.feet == "free", roll=base.pelvis_rotation)
    # With hips and tilt both given the legs stand as they are told, and so do given ankles: nothing is left to lean.
    free = not (given_tilt and all(angles.hip[s] is not None for s in bearing))
    if base.feet == "balance" and free and all(angles.ankle[s] is None for s in bearing):
        positions = balanced(body, angles, bearing, whole_body=whole_body)
    if surroundings.elbows_on_thighs:
        positions = elbows_on_thighs(body, positions)
    elif (surroundings.desk or surroundings.armrests) and angles.reach is None:
        positions = forearms_level(body, positions)
    notes += arrived(body, angles.reach, angles.gaze, positions)
    backrest = surroundings.backrest_deg
    if backrest is None:
        backrest = 90.0 - math.degrees(angles.tilt + angles.trunk[0])
    supported = base.supported or "backrest" in contacts
    if (surroundings.desk or surroundings.armrests) and angles.reach is None:
        notes += ("desk and armrests stand at elbow height",)
    return Pose(positions, contacts, bearing, supported, backrest, base.sources, notes)


def _seat(body: Body, a: Angles, posture: Posture, around: Surroundings, base: Preset) -> tuple[str, ...]:
    """Put the person on the seat and against the backrest that are given; given angles stay. Return notes."""
    tilt_free, trunk_free = posture.pelvis_tilt_deg is None, posture.trunk_flexion_deg is None
    if around.seat_height_m is not None:
        thigh = on_seat(body, a, around.seat_height_m)
        adapted(a, thigh, tilt_free=tilt_free, trunk_free=trunk_free)
        thigh = on_seat(body, a, around.seat_height_m)
        a.thigh = {s: thigh for s in "rl"}
        if posture.knee_flexion_deg is None:
            a.knee = {s: thigh for s in "rl"}
    if around.backrest_deg is None or not tilt_free:
        return ()
    recline = math.radians(around.backrest_deg - 90.0)
    if base.name == "slouched":
        a.tilt -= recline + base.pelvis_tilt + base.trunk_flexion
        return ()
    away = against_backrest(
        body,
        a,
        lambda at: trunk_of(body, at),
        recline,
        around.lumbar_support_m,
        trunk_free=trunk_free and not a.levels,
    )
    if away is None:
        return ()
    return (f"the lumbar support stays {100 * away:.1f} cm away from the back at L3 and carries nothing",)


def _read(posture: Posture, base: Preset) -> Angles:
    def number(value: float | None, default: float) -> float:
        return default if value is None else math.radians(value)

    def sided(value: Sided | None, default: float | None) -> dict[str, float | None]:
        chosen = {s: value.side(s) if value is not None else None for s in "rl"}
        return {s: default if x is None else math.radians(x) for s, x in chosen.items()}

    knee = {s: x or 0.0 for s, x in sided(posture.knee_flexion_deg, base.knee).items()}
    elbow = {s: x or 0.0 for s, x in sided(posture.elbow_flexion_deg, base.elbow).items()}
    return Angles(
        number(posture.pelvis_tilt_deg, base.pelvis_tilt),
        (
            number(posture.trunk_flexion_deg, base.trunk_flexion),
            number(posture.trunk_bend_deg, 0.0),
            number(posture.trunk_twist_deg, 0.0),
        ),
        {level: math.radians(x) for level, x in posture.levels_deg.items()},
        {s: base.thigh for s in "rl"},
        sided(posture.hip_flexion_deg, None),
        knee,
        sided(posture.ankle_flexion_deg, None),
        sided(posture.shoulder_flexion_deg, None if base.arms == "hang" else 0.0),
        elbow,
        number(posture.neck_flexion_deg, 0.0),
    )


def balanced(body: Body, a: Angles, bearing: str = "rl", *, whole_body: bool = False) -> np.ndarray:
    """Find the lean of the legs (and to the side on one foot) that puts the centre of mass over mid-foot."""
    tilt = a.tilt

    def offset(lean: float, side: float) -> tuple[np.ndarray, np.ndarray]:
        a.lean, a.side_lean = lean, side
        if whole_body:
            a.tilt = tilt - lean
        q = positions_of(body, a)
        return q, _mass_over_feet(body, q, bearing, a.pushes)

    lean, side = 0.0, 0.0
    limit = LEAN_LIMIT + max(*a.knee.values(), 0.0)  # bent knees let the thighs lean further at the same ankles
    step = 1e-4
    for _ in range(30):
        q, off = offset(lean, side)
        if abs(off[0]) < BALANCE_TOLERANCE and (len(bearing) == 2 or abs(off[1]) < BALANCE_TOLERANCE):
            return q
        slope_x = (offset(lean + step, side)[1] - off) / step
        lean -= float(np.clip(off[0] / slope_x[0], -0.2, 0.2))
        if len(bearing) == 1:
            slope_z = (offset(lean, side + step)[1] - off) / step
            side -= float(np.clip(off[1] / slope_z[1], -0.2, 0.2))
        if abs(lean) > limit or abs(side) > LEAN_LIMIT:
            break
    raise PoseError(
        f"No lean of the legs up to {math.degrees(limit):.0f} degrees puts the centre of mass over the feet; "
        f"it stays {abs(off[0]) * 100:.0f} cm {'in front of' if off[0] > 0 else 'behind'} mid-foot. "
        "Change the trunk, the hips or the knees, or sit the person down."
    )


def _mass_over_feet(body: Body, q: np.ndarray, bearing: str, pushes: tuple[Push, ...] = ()) -> np.ndarray:
    """Horizontal distance (2,) [m] forward and right of the centre of pressure from the middle of the bearing soles.

    With given forces f_k at r_k and the weight W at r_c the ground, at height 0, presses where no moment is left:
    x = (W x_c - sum (f_y x - f_x y)) / (W - sum f_y), and so for z.
    """
    assert body.anatomy is not None
    data = mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_kinematics(body.model, data)
    mujoco.mj_comPos(body.model, data)
    soles, floor = [], math.inf
    for s in bearing:
        foot = body.bodies[f"foot_{s}"]
        local = [np.array(p.position) for p in body.anatomy.skin if p.contact == "feet" and p.body == f"foot_{s}"]
        turn = data.xmat[foot].reshape(3, 3)
        world = np.array([data.xpos[foot] + turn @ x for x in local])
        soles.append(0.5 * (world.min(axis=0) + world.max(axis=0)))
        floor = min(floor, float(world[:, 1].min()))
    middle = np.mean(soles, axis=0)
    weight = -float(body.model.body_subtreemass[0]) * float(body.model.opt.gravity[1])
    down, at = weight, weight * data.subtree_com[0][[0, 2]]
    for name, force in pushes:
        place = data.xipos[body.bodies[name]]
        down -= force[1]
        at = at - force[1] * place[[0, 2]] + np.array([force[0], force[2]]) * (place[1] - floor)
    if down <= 0.0:
        raise PoseError("The given forces lift the person off the floor; make their upward parts smaller.")
    return np.asarray(at / down - middle[[0, 2]])


def on_the_floor(body: Body, q: np.ndarray, bearing: str = "rl") -> np.ndarray:
    """Return positions with the pelvis raised so that the lowest sole point of the bearing feet is at height 0."""
    assert body.anatomy is not None
    data = mujoco.MjData(body.model)
    data.qpos[:] = q
    mujoco.mj_kinematics(body.model, data)
    heights = [
        (data.xpos[body.bodies[p.body]] + data.xmat[body.bodies[p.body]].reshape(3, 3) @ np.array(p.position))[1]
        for p in body.anatomy.skin
        if p.contact == "feet" and p.body[-1] in bearing
    ]
    q = q.copy()
    q[body.dof["pelvis_ty"]] -= min(heights)
    return q
