"""A stride on a body: periodic, at a constant speed, over a level floor that bears what is down and at rest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from psoas.body.body import Body
from psoas.body.contacts import ContactPoint
from psoas.mechanics.bearing import on_the_ground, points_of
from psoas.mechanics.expansion import expansion
from psoas.mechanics.kinetics import kinetics, world_points
from psoas.mechanics.pattern import PatternMotion
from psoas.motion.stride import Gait, coordinates

FRAMES = 48  # of one stride
MARGIN_S = (
    0.15  # of the strides before and after, which are shown too: the ends of what was recorded are marked as edges
)
HIGHEST = 4  # harmonics of the height that keeps the soles on the floor
LUMBAR_SHARE_OF_LEAN = 0.6  # as in bending (van Dieen and Toussaint 1997)


def stride_motion(body: Body, gait: Gait, lean: float = 0.0) -> PatternMotion:
    """Return one stride as frames of this body, from the right foot's strike to the next, with MARGIN_S on both sides.

    The angles are the table's (`motion.stride.coordinates`); the pelvis goes forward at the gait's speed, as high above
    the lowest sole point as the recorded one was. lean [rad]: the trunk is inclined by so much more, 60 % of it in the
    lumbar spine, and the legs lean so that the centre of mass stays over the feet on average. Velocities and
    accelerations are those of the harmonics.
    """
    assert body.anatomy is not None
    course = np.arange(FRAMES) / FRAMES
    legs = _legs_for(body, course, gait, lean) if lean != 0.0 else 0.0
    positions = _positions(body, course, gait, lean, legs)
    recorded = _positions(body, course, replace(gait, amplitude=1.0), 0.0, 0.0)
    positions[:, body.dof["pelvis_ty"]] -= _low_passed(_lowest(body, positions) - _lowest(body, recorded))
    velocities, accelerations = (_derivative(positions, gait.duration, order) for order in (1, 2))
    margin = math.ceil(MARGIN_S / gait.duration * FRAMES)
    shown = np.arange(-margin, FRAMES + margin)
    seconds = shown / FRAMES * gait.duration
    positions, velocities, accelerations = (x[shown % FRAMES] for x in (positions, velocities, accelerations))
    forward = body.dof["pelvis_tx"]
    positions[:, forward] += gait.speed * seconds
    velocities[:, forward] += gait.speed
    contacts, _ = points_of(body.anatomy, ("feet",))
    available = on_the_ground(body, positions, velocities, contacts)
    phases = _phases(contacts, available[margin : margin + FRAMES], margin)
    return PatternMotion(seconds - seconds[0], positions, velocities, accelerations, contacts, available, phases)


def _phases(contacts: tuple[ContactPoint, ...], available: np.ndarray, first: int) -> tuple[tuple[str, int], ...]:
    """Return strikes and toe-offs of a stride whose points C bear in `available` (F, C), counted from `first`."""
    marks = [("right heel strike", first), ("left heel strike", first + FRAMES // 2)]
    for side, name in (("l", "left toe-off"), ("r", "right toe-off")):
        down = available[:, [c.contact == f"foot_{side}" for c in contacts]].any(axis=1)
        off = np.flatnonzero(np.roll(down, 1) & ~down)
        if len(off):
            marks.append((name, first + int(off[0])))
    return tuple(sorted(marks, key=lambda mark: mark[1]))


def _positions(body: Body, course: np.ndarray, gait: Gait, lean: float, legs: float) -> np.ndarray:
    """Return positions (F, V) on the spot: the trunk inclined by `lean`, the legs turned forward by `legs` [rad]."""
    assert body.anatomy is not None
    names, values = coordinates(course, gait)
    place = {name: i for i, name in enumerate(names)}
    values[:, place["trunk_twist"]] *= body.anatomy.parameters["lumbar_share_of_twist"]
    tilt = (1.0 - LUMBAR_SHARE_OF_LEAN) * lean
    values[:, place["pelvis_tilt"]] += tilt
    values[:, place["trunk_flexion"]] += LUMBAR_SHARE_OF_LEAN * lean
    for side in "rl":
        values[:, place[f"hip_flexion_{side}"]] += tilt + legs
        values[:, place[f"ankle_flexion_{side}"]] -= legs
        values[:, place[f"shoulder_flexion_{side}"]] += lean  # the arms go on hanging
    for name, i in place.items():
        if name.startswith(("shoulder_", "elbow_")):
            mean = values[:, i].mean()
            values[:, i] = mean + _swing(body, name[-1]) * (values[:, i] - mean)
    return values @ expansion(body, names)


def _swing(body: Body, side: str) -> float:
    """Return the share of the recorded swing of an arm that carries a load: its mass / (its mass + load), assumed."""
    assert body.anatomy is not None
    arm = sum(body.anatomy.segment(f"{part}_{side}").mass for part in ("upper_arm", "forearm", "hand"))
    return arm / (arm + body.loads_kg["rl".index(side)])


def _ahead(body: Body, positions: np.ndarray) -> float:
    """Return how far [m] the centre of mass is ahead of the ankles, averaged over the stride and both sides."""
    kin = kinetics(body, positions)
    ankles = np.mean([kin.position[:, body.bodies[f"foot_{s}"], 0] for s in "rl"], axis=0)
    return float((kin.centre[:, 0] - ankles).mean())


def _legs_for(body: Body, course: np.ndarray, gait: Gait, lean: float) -> float:
    """Return the angle of the legs [rad] that keeps the centre of mass where it is without the lean (secant)."""
    wanted = _ahead(body, _positions(body, course, gait, 0.0, 0.0))

    def off(legs: float) -> float:
        return _ahead(body, _positions(body, course, gait, lean, legs)) - wanted

    a, b = 0.0, 0.2 * lean
    at_a, at_b = off(a), off(b)
    for _ in range(8):
        if abs(at_b) < 1e-5 or at_a == at_b:
            break
        a, b, at_a = b, b - at_b * (b - a) / (at_b - at_a), at_b
        at_b = off(b)
    return b


def _lowest(body: Body, positions: np.ndarray) -> np.ndarray:
    assert body.anatomy is not None
    kin = kinetics(body, positions)
    points, _ = points_of(body.anatomy, ("feet",))
    return np.stack([world_points(body, kin, p.body, p.position)[:, 1] for p in points]).min(axis=0)


def _low_passed(values: np.ndarray) -> np.ndarray:
    """Return a periodic course (F,) of its mean and its even harmonics up to HIGHEST: left and right steps are one."""
    spectrum = np.fft.rfft(values)
    spectrum[1::2] = 0.0
    spectrum[HIGHEST + 1 :] = 0.0
    return np.fft.irfft(spectrum, len(values))


def _derivative(values: np.ndarray, duration: float, order: int) -> np.ndarray:
    """Return the derivative of periodic columns (F, V) by their harmonics, exact for those below F / 2."""
    spectrum = np.fft.rfft(values, axis=0)
    rate = 2j * np.pi / duration * np.arange(len(spectrum))
    if len(values) % 2 == 0:
        rate[-1] = 0.0
    return np.fft.irfft(rate[:, None] ** order * spectrum, len(values), axis=0)
