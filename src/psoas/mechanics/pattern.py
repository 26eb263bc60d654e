"""A pattern's keyframes -> frames of a body: balanced on its feet, on the floor, or borne by what it reaches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.body.body import Body
from psoas.body.build import GRAVITY, build
from psoas.body.contacts import ContactPoint
from psoas.mechanics.angles import Angles, positions_of, symmetric_angles
from psoas.mechanics.bearing import bears, points_of
from psoas.mechanics.columns import AppliedForce
from psoas.mechanics.equilibrium import Effort
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.pose import balanced
from psoas.mechanics.rhythm import settle
from psoas.motion.patterns import Keyframe, keyframes, minimum_jerk

STILL = 4  # frames at rest before and after


@dataclass(frozen=True)
class PatternMotion:
    """F frames of a pattern: positions and derivatives (F, V), contacts C and when each bears (F, C), phases.

    applied: what carries the load that the hands do not hold yet. settled (F,): whether the keyframes on both sides
    found how their levels share trunk flexion; None where none had to.
    """

    time_s: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray
    contacts: tuple[ContactPoint, ...]
    available: np.ndarray
    phases: tuple[tuple[str, int], ...]  # phase -> frame
    applied: tuple[AppliedForce, ...] = ()
    settled: np.ndarray | None = None


def pattern_motion(
    body: Body, pattern: str, effort: Effort, duration_s: float, frames: int, scale: float = 1.0
) -> PatternMotion:
    """Return a pattern as frames of this body.

    Between keyframes every angle follows the minimum-jerk course; legs lean so that the centre of mass stays over
    mid-foot while the feet alone bear; the soles stay where they are. At the keyframes the lumbar levels settle their
    shares (D6), which change along the same course. scale: of pelvis tilt and trunk flexion at all keyframes.
    Before a load is grasped the person is balanced without it, and the floor carries it (`_relief`).
    """
    keys = [_scaled(k, scale) for k in keyframes(pattern)]
    assert body.anatomy is not None
    # Still frames before and after, so that the movement begins and ends at rest in its derivatives too.
    steps = np.arange(-STILL, frames + STILL)
    time = np.clip(steps / (frames - 1), 0.0, 1.0)
    bodies = {1.0: body, 0.0: build(body.anatomy) if any(k.load == 0.0 for k in keys) else body}
    shares, found = _shares(bodies, keys, _leans(bodies, keys, None), effort)
    held = _leans(bodies, keys, shares)
    positions = np.zeros((len(time), body.model.nq))
    bearings: list[tuple[str, ...]] = []
    load, settled = np.ones(len(time)), np.ones(len(time), bool)
    for i, t in enumerate(time):
        k = min(int(np.searchsorted([x.time for x in keys], t, side="right")) - 1, len(keys) - 2)
        course = float(minimum_jerk(np.array((t - keys[k].time) / (keys[k + 1].time - keys[k].time))))
        a = _between(keys[k], keys[k + 1], course)
        bearing = keys[k].bearing if t < keys[k + 1].time else keys[k + 1].bearing
        share = shares[k] + course * (shares[k + 1] - shares[k])
        a.levels = dict(zip(body.levels, share * a.trunk[0], strict=True))
        settled[i] = found[k] and found[k + 1]
        load[i] = keys[k].load + course * (keys[k + 1].load - keys[k].load)
        if bearing == ("feet",) and keys[k].load == keys[k + 1].load:
            positions[i] = balanced(bodies[keys[k].load], a)
        else:
            a.lean = held[k] + course * (held[k + 1] - held[k])
            positions[i] = positions_of(body, a)
        bearings.append(bearing)
    positions = _on_fixed_soles(body, positions)
    seconds = (steps + STILL) / (frames - 1) * duration_s
    velocities = np.gradient(positions, seconds, axis=0, edge_order=2)
    accelerations = np.gradient(velocities, seconds, axis=0, edge_order=2)
    contacts, owners = points_of(body.anatomy, tuple(dict.fromkeys(name for b in bearings for name in b)))
    available = bears(body, positions, contacts, owners, bearings)
    phases = tuple((k.phase, _frame_of(k.time, frames)) for k in keys)
    relief = _relief(body, positions, seconds, 1.0 - load)
    motion = (seconds, positions, velocities, accelerations)
    return PatternMotion(*motion, contacts, available, phases, relief, settled)


def _relief(body: Body, positions: np.ndarray, seconds: np.ndarray, share: np.ndarray) -> tuple[AppliedForce, ...]:
    """Return the force m (a - g) on each hand that carries this share (F,) of its load m along its path.

    The body has the loads in its hands throughout; with this force it is as if that share of them were not there.
    """
    assert body.anatomy is not None
    if not share.any():
        return ()
    kin = kinetics(body, positions)
    forces = []
    for side, mass in zip("rl", body.loads_kg, strict=True):
        hand = f"hand_{side}"
        place = world_points(body, kin, hand, np.array(body.anatomy.segment(hand).centre))
        needed = np.gradient(np.gradient(place, seconds, axis=0, edge_order=2), seconds, axis=0, edge_order=2)
        needed[:, 1] += GRAVITY
        if mass > 0.0:
            forces.append(AppliedForce(hand, mass * share[:, None] * needed, place))
    return tuple(forces)


def _frame_of(share: float, frames: int) -> int:
    """Return the frame of a keyframe: the first of all for 0, the last for 1, both at rest."""
    if share in (0.0, 1.0):
        return int(share) * (frames + 2 * STILL - 1)
    return STILL + round(share * (frames - 1))


def _scaled(k: Keyframe, scale: float) -> Keyframe:
    return replace(k, pelvis_tilt=k.pelvis_tilt * scale, trunk_flexion=k.trunk_flexion * scale)


def _between(first: Keyframe, second: Keyframe, course: float) -> Angles:
    def mix(name: str) -> float:
        start: float = getattr(first, name)
        return start + course * (getattr(second, name) - start)

    a = symmetric_angles(mix("pelvis_tilt"), mix("trunk_flexion"), mix("thigh"), mix("knee"))
    if first.shoulder is not None and second.shoulder is not None:
        a.shoulder = dict.fromkeys("rl", mix("shoulder"))
    a.elbow = dict.fromkeys("rl", mix("elbow"))
    a.neck = mix("neck")
    return a


def _leans(bodies: dict[float, Body], keys: list[Keyframe], shares: list[np.ndarray] | None) -> list[float]:
    """Lean of the legs at each keyframe; `hold` takes the one before, `ahead` the next, `still` none.

    bodies: with and without the load in the hands, by its share. shares: of each level at each keyframe (K,);
    None: the rhythm's.
    """
    leans: list[float] = []
    for i, k in enumerate(keys):
        if k.legs == "hold":
            leans.append(leans[-1])
            continue
        if k.legs == "still":
            leans.append(0.0)
            continue
        at = i + 1 if k.legs == "ahead" else i
        body, a = bodies[keys[at].load], _between(keys[at], keys[at], 0.0)
        if shares is not None:
            a.levels = dict(zip(body.levels, shares[at] * a.trunk[0], strict=True))
        balanced(body, a)
        leans.append(a.lean)
    return leans


def _shares(
    bodies: dict[float, Body], keys: list[Keyframe], leans: list[float], effort: Effort
) -> tuple[list[np.ndarray], list[bool]]:
    """Settled share of each level in trunk flexion at each keyframe (K,), and whether it was found.

    A keyframe without flexion has the next one's, after the last with flexion the last one's.
    """
    body = bodies[1.0]
    assert body.anatomy is not None
    rhythm = np.array([d.flexion_share for d in body.anatomy.discs])
    rows = body.rows(tuple(f"{level}_flexion" for level in body.levels))
    seen: dict[Keyframe, tuple[np.ndarray, bool]] = {}
    found: list[tuple[np.ndarray, bool] | None] = []
    for k, lean in zip(keys, leans, strict=True):
        if abs(k.trunk_flexion) < 1e-9:
            found.append(None)
            continue
        same = replace(k, phase="", time=0.0)
        if same not in seen:
            a = _between(k, k, 0.0)
            a.lean = lean
            q = positions_of(body, a)
            shared = settle(bodies[k.load], q, effort, _bearing_at(body, k, q))
            seen[same] = (shared.positions[rows] / k.trunk_flexion, shared.settled)
        found.append(seen[same])
    known = [x for x in found if x is not None]
    last = known[-1] if known else (rhythm, True)
    near = [next((y for y in found[i:] if y is not None), last) for i in range(len(found))]
    return [share for share, _ in near], [settled for _, settled in near]


def _bearing_at(body: Body, k: Keyframe, positions: np.ndarray) -> tuple[ContactPoint, ...]:
    """Return the points that bear at a keyframe whose positions (V,) are these, its back as it lies before."""
    assert body.anatomy is not None
    points, owners = points_of(body.anatomy, k.bearing)
    flat = _between(replace(k, trunk_flexion=0.0), replace(k, trunk_flexion=0.0), 0.0)
    both = np.stack([positions_of(body, flat), positions])
    chosen = bears(body, _on_fixed_soles(body, both), points, owners, [k.bearing, k.bearing])[1]
    return tuple(p for p, bearing in zip(points, chosen, strict=True) if bearing)


def _on_fixed_soles(body: Body, positions: np.ndarray) -> np.ndarray:
    """Move the pelvis so that the right heel keeps its place, height 0 and mid-line distance of the first frame."""
    assert body.anatomy is not None
    heel = next(p for p in body.anatomy.skin if p.contact == "feet" and p.body == "foot_r")
    place = world_points(body, kinetics(body, positions), heel.body, np.array(heel.position))
    moved = positions.copy()
    moved[:, body.dof["pelvis_tx"]] -= place[:, 0]
    moved[:, body.dof["pelvis_ty"]] -= place[:, 1]
    moved[:, body.dof["pelvis_tz"]] -= place[:, 2] - place[0, 2]
    return moved
