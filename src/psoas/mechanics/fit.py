"""Marker recording and anatomy -> the movement and the person's segments: marker fitting from end to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.anatomy.scale import scale_segments
from psoas.errors import InputError
from psoas.mechanics.segment_scaling import SCALE_LIMITS, fit_segments
from psoas.mechanics.skeleton import GROUPS, Skeleton
from psoas.mechanics.tracking import MARKER_SPREAD, AngleBounds, Targets, angle_bounds, track
from psoas.motion.filtering import LONGEST_BRIDGED_GAP_S, runs
from psoas.motion.markers import REQUIRED, Marker, MarkerPlacement, place_markers, require_markers
from psoas.motion.motion import Motion
from psoas.motion.recording import MarkerRecording

SCALING_FRAMES = 24  # frames from which segment sizes are taken
ODD_STATURE = 0.06  # mean difference of the segments from their share of stature that is told
ASTRAY = 0.03  # m, RMS of a frame beyond which it is solved again from its neighbour
MOST_RETRIED = 400
HOPELESS = 0.04  # m, RMS of all markers beyond which the recording does not show this body


@dataclass(frozen=True, eq=False)
class FittedMotion:
    """What markers say of a person and the movement.

    Attributes:
        motion: coordinates of the model (lumbar angles as trunk_flexion, trunk_bend, trunk_twist), not yet filtered.
        anatomy: the person with the segments scaled.
        markers: P names as in the recording.
        bodies: the body that carries each.
        places_m: (P, 3) where it sits in the frame of its body, as fitted [m].
        residual_m: (P,) RMS distance of each marker from its place on the body [m].
        distance_m: (F, P) the same frame by frame, NaN where the marker was not seen.
        rms_m: over all markers and frames [m].
        factors: size of each group of segments against its share of stature.
        turn: (3, 3) rotation about the vertical that was applied to the recording, so that the person faces X.
        notes: sentences about what was decided.

    """

    motion: Motion
    anatomy: Anatomy
    markers: tuple[str, ...]
    bodies: tuple[str, ...]
    places_m: np.ndarray
    residual_m: np.ndarray
    distance_m: np.ndarray
    rms_m: float
    factors: dict[str, float]
    turn: np.ndarray
    notes: tuple[str, ...]


def fit_markers(
    recording: MarkerRecording, anatomy: Anatomy, mapping: Mapping[str, Marker | None] | None = None
) -> FittedMotion:
    """Fit segment sizes, marker places and joint angles to a recording.

    Sizes and places come from up to 24 frames spread over the recording together with their angles
    (`segment_scaling.fit_segments`); then every frame is solved with them fixed (`tracking.track`). Gaps up to
    0.2 s are bridged first; a marker that is missing for longer is left out of those frames. Frames at either end in
    which a required segment has too few markers are cut off.

    Args:
        recording: marker paths, Y up.
        anatomy: of the subject, scaled to stature.
        mapping: places of markers by their name in the recording (`markers.read_mapping`).

    Raises:
        InputError: unknown markers, a segment with too few (named), or most frames without enough markers.

    """
    placement = place_markers(recording.names, mapping)
    recording = recording.filled()
    notes = [*recording.notes, *placement.notes]
    seen = recording.positions[:, list(placement.columns)]
    there = ~np.isnan(seen).any(axis=2)
    names = tuple(recording.names[c] for c in placement.columns)
    require_markers(placement, there.mean(axis=0) > 0.5)
    notes += _absences(names, there)
    frames, cut = _complete(placement, there, recording.time_s)
    notes += cut
    seen, time_s = seen[frames], recording.time_s[frames]
    ever = ~np.isnan(seen).any(axis=2).all(axis=0)
    placement = placement.only(ever)
    seen, names = seen[:, ever], tuple(name for name, ok in zip(names, ever, strict=True) if ok)

    skeleton = Skeleton(anatomy)
    bounds = angle_bounds(anatomy, skeleton.coordinates)
    turns = _pelvis_turns(placement, seen)
    turn, quarter = _heading(turns)
    if quarter:
        notes.append(f"The recording was turned by {90 * quarter} degrees about the vertical: the person faces X.")
    seen, turns = seen @ turn.T, turn @ turns
    stature = anatomy.subject.height_m / anatomy.parameters["reference_height"]
    targets = Targets(
        np.array([skeleton.bodies.index(m.body) for m in placement.markers]),
        np.array([m.position for m in placement.markers]) * stature,
        seen,
        np.array([m.weight for m in placement.markers]) / MARKER_SPREAD**2,
    )
    offset = np.array([m.offset for m in placement.markers]) * stature
    scale, shift, q, distance = _solve(skeleton, targets, offset, bounds, _start(skeleton, targets, turns))
    factors = {name: float(s) for name, s in zip(GROUPS, scale, strict=True)}
    notes += _size_notes(anatomy, factors)
    residual = np.sqrt(np.nanmean(distance**2, axis=0))
    rms = float(np.sqrt(np.nanmean(distance**2)))
    worst = int(np.argmax(residual))
    _plausible_distance(rms, names[worst])
    notes.append(
        f"Markers lie {1000 * rms:.1f} mm (RMS) from their places; farthest is {names[worst]}, "
        f"{1000 * residual[worst]:.0f} mm."
    )
    by_body = {body: factors[group] for group, bodies in GROUPS.items() for body in bodies}
    fitted = scale_segments(anatomy, by_body)
    motion = Motion(time_s, skeleton.coordinates, q, notes=tuple(notes))
    bodies = tuple(m.body for m in placement.markers)
    sizes = np.array([by_body[body] for body in bodies])
    places = targets.local * sizes[:, None] + shift
    return FittedMotion(motion, fitted, names, bodies, places, residual, distance, rms, factors, turn, tuple(notes))


def _absences(names: tuple[str, ...], there: np.ndarray) -> list[str]:
    """Return a note on markers that are missing, after short gaps were bridged."""
    part = [f"{name} ({100 * (1 - ok.mean()):.0f} %)" for name, ok in zip(names, there.T, strict=True) if not ok.all()]
    if not part:
        return []
    shown = ", ".join(part[:8]) + (f" and {len(part) - 8} more" if len(part) > 8 else "")
    return [f"Left out of the frames in which they are missing for long: {shown} of the time."]


def _complete(placement: MarkerPlacement, there: np.ndarray, time_s: np.ndarray) -> tuple[slice, list[str]]:
    """Return the longest run of frames in which every required segment has its markers, and a note on the rest."""
    good = np.ones(len(there), bool)
    short = ""
    for body, least in REQUIRED.items():
        mine = [i for i, m in enumerate(placement.markers) if m.body == body]
        # A trunk that loses one of its three markers for a while is still held by the rest of the body.
        enough = there[:, mine].sum(axis=1) >= min(least, 2)
        if not enough.all() and (not short or not enough[good].all()):
            short = body
        good &= enough
    if good.all():
        return slice(0, len(good)), []
    start, stop = max(runs(good), key=lambda r: r[1] - r[0], default=(0, 0))
    if (stop - start < max(2, len(good) / 2) and len(good) > 1) or stop == start:
        raise InputError(
            f"The segment {short} has too few markers in {int((~good).sum())} of {len(good)} frames, and no stretch "
            f"without gaps is half the recording long. Fill its gaps where it was recorded, or cut the recording."
        )
    text = (
        f"Only {time_s[start]:g} to {time_s[stop - 1]:g} s were used: elsewhere {short} has too few markers for longer "
        f"than {LONGEST_BRIDGED_GAP_S:g} s."
    )
    return slice(start, stop), [text]


def _pelvis_turns(placement: MarkerPlacement, seen: np.ndarray) -> np.ndarray:
    """Rotation of the pelvis (F, 3, 3) that best carries its markers' places onto those seen (Kabsch).

    Frames that see fewer than three of them take the nearest that does.
    """
    mine = [i for i, m in enumerate(placement.markers) if m.body == "pelvis"]
    places = np.array([placement.markers[i].position for i in mine])
    points = seen[:, mine]
    ok = ~np.isnan(points).any(axis=2)
    weight = ok / np.maximum(ok.sum(axis=1, keepdims=True), 1)
    points = np.nan_to_num(points)
    away = points - np.einsum("fp,fpx->fx", weight, points)[:, None]
    home = places[None] - (weight @ places)[:, None]
    u, _, vt = np.linalg.svd(np.einsum("fp,fpx,fpy->fxy", weight, away, home))
    flip = np.ones((len(seen), 3))
    flip[:, 2] = np.linalg.det(u @ vt)
    turns = (u * flip[:, None]) @ vt
    enough = np.flatnonzero(ok.sum(axis=1) >= 3)
    if len(enough) == 0:
        raise InputError("No frame sees three markers of the pelvis at once, so it cannot be placed.")
    nearest = enough[np.abs(np.arange(len(seen))[:, None] - enough[None]).argmin(axis=1)]
    return np.asarray(turns[nearest])


def _heading(turns: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the turn about Y by quarter turns (3, 3) that makes the pelvis face X on the whole, and their number."""
    forward = turns[:, :, 0].mean(axis=0)
    if np.hypot(forward[0], forward[2]) < 0.3:  # it faces up or down: lying
        return np.eye(3), 0
    quarter = int(np.round(np.arctan2(forward[2], forward[0]) / (np.pi / 2.0)))
    c, s = np.round(np.cos(quarter * np.pi / 2.0)), np.round(np.sin(quarter * np.pi / 2.0))
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]), quarter


def _start(skeleton: Skeleton, targets: Targets, turns: np.ndarray) -> np.ndarray:
    """Coordinates (F, D) that place the pelvis by R = Rz(-tilt) Rx(list) Ry(rotation), all joints at 0."""
    q = np.zeros((len(turns), len(skeleton.coordinates)))
    at = {name: i for i, name in enumerate(skeleton.coordinates)}
    q[:, at["pelvis_tilt"]] = -np.unwrap(np.arctan2(-turns[:, 0, 1], turns[:, 1, 1]))
    q[:, at["pelvis_list"]] = np.arcsin(np.clip(turns[:, 2, 1], -1.0, 1.0))
    q[:, at["pelvis_rotation"]] = np.unwrap(np.arctan2(-turns[:, 2, 0], turns[:, 2, 2]))
    mine = np.flatnonzero(targets.body == skeleton.bodies.index("pelvis"))
    seen = targets.seen[:, mine]
    rest = seen - np.einsum("fij,pj->fpi", turns, targets.local[mine])
    origin = np.nanmean(rest, axis=1)
    q[:, [at[f"pelvis_t{axis}"] for axis in "xyz"]] = origin
    return q


def _solve(
    skeleton: Skeleton, targets: Targets, offset: np.ndarray, bounds: AngleBounds, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return factors (G,), shifts (P, 3), coordinates (F, D) and distances (F, P)."""
    frames = len(start)
    chosen = np.unique(np.linspace(0, frames - 1, min(frames, SCALING_FRAMES)).astype(int))
    ones, nothing = np.ones(len(GROUPS)), np.zeros_like(targets.local)
    some = targets.frames(chosen)
    first, _ = track(skeleton, some, ones, nothing, start[chosen], bounds)
    scale, shift, fitted = fit_segments(skeleton, some, offset, first, bounds)
    _plausible_sizes(scale)
    # Every frame starts from the angles of the frames already solved, between which it lies.
    joints = np.array([name not in ("pelvis_tx", "pelvis_ty", "pelvis_tz") for name in skeleton.coordinates])
    begin = start.copy()
    for i in np.flatnonzero(joints):
        begin[:, i] = np.interp(np.arange(frames), chosen, fitted[:, i])
    q, distance = track(skeleton, targets, scale, shift, begin, bounds)
    return scale, shift, *_retried(skeleton, targets, scale, shift, q, distance, bounds)


def _retried(
    skeleton: Skeleton,
    targets: Targets,
    scale: np.ndarray,
    shift: np.ndarray,
    q: np.ndarray,
    distance: np.ndarray,
    bounds: AngleBounds,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve frames that went astray again from the frame before or after; the better answer stays."""
    rms = np.sqrt(np.nanmean(distance**2, axis=1))
    limit = max(ASTRAY, 2.0 * float(np.median(rms)))
    retried = 0
    for step in (1, -1):
        order = range(len(q)) if step == 1 else range(len(q) - 1, -1, -1)
        for i in order:
            before = i - step
            if rms[i] <= limit or not 0 <= before < len(q) or rms[before] > limit or retried >= MOST_RETRIED:
                continue
            retried += 1
            one = slice(i, i + 1)
            again, new = track(skeleton, targets.frames(one), scale, shift, q[before][None], bounds)
            value = float(np.sqrt(np.nanmean(new**2)))
            if value < rms[i]:
                q[i], distance[i], rms[i] = again[0], new[0], value
    return q, distance


def _size_notes(anatomy: Anatomy, factors: dict[str, float]) -> list[str]:
    text = ", ".join(f"{name} {factor:.2f}" for name, factor in factors.items())
    notes = [f"Segments against their shares of {anatomy.subject.height_m:g} m: {text}."]
    mean = float(np.mean([factors[g] for g in ("trunk", "thighs", "shanks")]))
    if abs(mean - 1.0) > ODD_STATURE:
        notes.append(
            f"Trunk and legs are {100 * abs(mean - 1):.0f} % {'longer' if mean > 1 else 'shorter'} than a person of "
            f"{anatomy.subject.height_m:g} m has; check --height."
        )
    return notes


def _plausible_sizes(factors: np.ndarray) -> None:
    """Refuse segments (G,) that no person of this stature has: InputError by the segment."""
    for name, factor in zip(GROUPS, factors, strict=True):
        if name != "head" and factor in SCALE_LIMITS:
            raise InputError(
                f"The markers would make the {name} {factor:g} times as large as stature has it, the limit of what is "
                "allowed. Look for a wrong --height or --units, for mirrored axes, or for left and right swapped."
            )


def _plausible_distance(rms: float, worst: str) -> None:
    if rms > HOPELESS:
        raise InputError(
            f"The markers lie {1000 * rms:.0f} mm (RMS) from where the body can carry them, farthest {worst}; a good "
            "fit has 20 at most. Look for swapped or mirrored markers, or see --units, --up, --height and --markers."
        )


def filtered(fitted: FittedMotion, cutoff_hz: float | None = 6.0) -> FittedMotion:
    """Return the same fit with its motion low-passed and differentiated (`Motion.differentiated`)."""
    return replace(fitted, motion=fitted.motion.differentiated(cutoff_hz))
