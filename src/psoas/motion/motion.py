"""A motion of the model: coordinates over time with the forces from outside; a posture is one frame of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from psoas.errors import InputError, unknown
from psoas.motion.filtering import SHORTEST_STEP_S, interpolate, is_uniform, smooth, uniform_time


def frozen(values: object, shape: tuple[int | None, ...], what: str) -> np.ndarray:
    """Return `values` as a read-only float array of `shape` (None = any length), all finite.

    Raises:
        InputError: another shape, something that is no number, or a value that is not finite, by its index.

    """
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} must be numbers: {error}.") from None
    fits = array.ndim == len(shape) and all(n is None or n == m for n, m in zip(shape, array.shape, strict=True))
    if not fits:
        wanted = " x ".join("any" if n is None else str(n) for n in shape)
        raise InputError(f"{what} must have shape {wanted}, not {' x '.join(map(str, array.shape)) or 'a scalar'}.")
    if not np.all(np.isfinite(array)):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{what} must be finite; the value at index {where} is {array[where]}.")
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class ExternalForce:
    """A force on one segment over time, in the model's world frame (X forward, Y up, Z right).

    Attributes:
        segment: name of the body it acts on, such as "foot_r".
        force: (F, 3) [N].
        point: (F, 3) [m], where it acts, in the world.
        moment: (F, 3) [N m], free moment that acts beside force x lever.

    """

    segment: str
    force: np.ndarray
    point: np.ndarray
    moment: np.ndarray

    def __post_init__(self) -> None:
        frames = len(np.atleast_1d(np.asarray(self.force, dtype=object)))
        for name in ("force", "point", "moment"):
            what = f"The {name} on '{self.segment}'"
            object.__setattr__(self, name, frozen(getattr(self, name), (frames, 3), what))

    @property
    def frames(self) -> int:
        """Number of frames F."""
        return len(self.force)

    def moment_about_origin(self) -> np.ndarray:
        """Return point x force + moment, (F, 3) [N m] about the world's origin."""
        return np.cross(self.point, self.force) + self.moment

    def slice(self, frames: slice) -> ExternalForce:
        """Return the same force over some of the frames."""
        return ExternalForce(self.segment, self.force[frames], self.point[frames], self.moment[frames])


@dataclass(frozen=True, eq=False)
class Motion:
    """Coordinates of the model over time: K coordinates (joint names) by F frames.

    Attributes:
        time_s: (F,) [s], strictly increasing, by 1e-6 or more.
        coordinates: K names; joints of the model, or the pseudo-coordinates trunk_flexion, trunk_bend,
            trunk_twist,
            which are shared over the lumbar levels where a body is at hand.
        positions: (F, K) [rad, or m for translations].
        velocities: (F, K) [rad/s or m/s], or None where not yet differentiated.
        accelerations: (F, K) [rad/s^2 or m/s^2], or None likewise.
        forces: what presses on the segments from outside, each over the same F frames.
        notes: sentences about what was decided on the way (units, axes, gaps, filter).

    Raises:
        InputError: shapes that do not agree, times that do not increase, values that are not finite.

    """

    time_s: np.ndarray
    coordinates: tuple[str, ...]
    positions: np.ndarray
    velocities: np.ndarray | None = None
    accelerations: np.ndarray | None = None
    forces: tuple[ExternalForce, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("coordinates", "forces", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        twice = sorted({name for name in self.coordinates if self.coordinates.count(name) > 1})
        if twice:
            raise InputError(f"A motion has each coordinate once; '{twice[0]}' comes twice.")
        time_s = frozen(self.time_s, (None,), "The times of a motion")
        if len(time_s) == 0:
            raise InputError("A motion needs at least one frame; this has none.")
        object.__setattr__(self, "time_s", time_s)
        back = np.flatnonzero(np.diff(time_s) < SHORTEST_STEP_S)
        if len(back):
            i = int(back[0])
            raise InputError(
                f"The times of a motion must increase: frame {i + 2} has {time_s[i + 1]:g} s after {time_s[i]:g} s."
            )
        for name in ("positions", "velocities", "accelerations"):
            values = getattr(self, name)
            if values is None and name != "positions":
                continue
            shape = (len(time_s), len(self.coordinates))
            object.__setattr__(self, name, frozen(values, shape, f"The {name} of a motion (frames x coordinates)"))
        for force in self.forces:
            if force.frames != len(time_s):
                raise InputError(
                    f"The force on '{force.segment}' has {force.frames} frames, the motion {len(time_s)}. "
                    "Resample it to the motion's times."
                )

    @classmethod
    def posture(
        cls,
        coordinates: Mapping[str, float],
        forces: tuple[ExternalForce, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Motion:
        """Return a posture held still: one frame at 0 s, velocities and accelerations 0.

        Args:
            coordinates: value [rad or m] by coordinate name.
            forces: forces from outside, one frame each.
            notes: sentences carried along.

        """
        still = np.zeros((1, len(coordinates)))
        values = [list(coordinates.values())]
        return cls(np.zeros(1), tuple(coordinates), np.array(values), still, still, forces, notes)

    @property
    def frames(self) -> int:
        """Number of frames F."""
        return len(self.time_s)

    @property
    def duration_s(self) -> float:
        """Time from the first to the last frame [s]; 0 for a posture."""
        return float(self.time_s[-1] - self.time_s[0])

    def column(self, coordinate: str) -> np.ndarray:
        """Return one coordinate over time, (F,) [rad or m]; an unknown name is an InputError."""
        if coordinate not in self.coordinates:
            raise unknown("coordinate of the motion", coordinate, self.coordinates)
        return self.positions[:, self.coordinates.index(coordinate)]

    def slice(self, start: int | None = None, stop: int | None = None, step: int | None = None) -> Motion:
        """Return some of the frames, as `sequence[start:stop:step]` would; none left is an InputError."""
        chosen = slice(start, stop, step)
        if step is not None and step < 1:
            raise InputError(f"A motion runs forwards: the step must be 1 or more, not {step}.")
        if len(self.time_s[chosen]) == 0:
            raise InputError(f"Frames {start} to {stop} hold nothing of a motion of {self.frames} frames.")
        return replace(
            self,
            time_s=self.time_s[chosen],
            positions=self.positions[chosen],
            velocities=None if self.velocities is None else self.velocities[chosen],
            accelerations=None if self.accelerations is None else self.accelerations[chosen],
            forces=tuple(force.slice(chosen) for force in self.forces),
        )

    def between(self, start_s: float, end_s: float) -> Motion:
        """Return the frames with start_s <= time <= end_s [s]; none is an InputError with the span."""
        inside = np.flatnonzero((self.time_s >= start_s - 1e-9) & (self.time_s <= end_s + 1e-9))
        if len(inside) == 0:
            raise InputError(
                f"No frame lies between {start_s:g} and {end_s:g} s; "
                f"the motion runs from {self.time_s[0]:g} to {self.time_s[-1]:g} s."
            )
        return self.slice(int(inside[0]), int(inside[-1]) + 1)

    def with_forces(self, forces: tuple[ExternalForce, ...]) -> Motion:
        """Return the same motion under other forces from outside."""
        return replace(self, forces=tuple(forces))

    def differentiated(self, cutoff_hz: float | None = 6.0) -> Motion:
        """Return the motion low-passed at `cutoff_hz`, with the velocities and accelerations of what is left.

        positions, velocities, accelerations = `filtering.smooth`. Times that are not even are first resampled
        to an even grid (forces with them); times that are even but for the clock's rounding are kept. A
        posture gets zeros. None as cutoff differentiates without smoothing. Forces are not filtered here.
        """
        if self.frames == 1:
            still = np.zeros_like(self.positions)
            return replace(self, velocities=still, accelerations=still)
        time_s, positions, forces, notes = self.time_s, self.positions, self.forces, self.notes
        if not is_uniform(time_s):
            even = uniform_time(time_s)
            positions = interpolate(time_s, positions, even)
            forces = tuple(
                ExternalForce(f.segment, *(interpolate(time_s, v, even) for v in (f.force, f.point, f.moment)))
                for f in forces
            )
            time_s = even
            notes = (*notes, f"The times were uneven and were resampled to {len(even)} even frames.")
        rate = (len(time_s) - 1) / (time_s[-1] - time_s[0])
        position, velocity, acceleration = smooth(positions, rate, cutoff_hz)
        if cutoff_hz is not None:
            notes = (
                *notes,
                f"Coordinates were low-passed at {cutoff_hz:g} Hz (zero phase, half left there).",
            )
        return Motion(time_s, self.coordinates, position, velocity, acceleration, forces, notes)
