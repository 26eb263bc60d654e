"""What a recording holds once read: markers, plate forces or joint angles, in SI with Y up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from psoas.errors import FileError, InputError
from psoas.motion.filtering import (
    LONGEST_BRIDGED_GAP_S,
    SHORTEST_STEP_S,
    fill_gaps,
    interpolate,
    is_uniform,
    rate_of,
    runs,
    smooth,
    uniform_time,
)

LOADED_N = 20.0


def _array(values: object, shape: tuple[int, ...], what: str) -> np.ndarray:
    array = np.array(values, dtype=float)
    if array.shape != shape:
        raise InputError(f"{what} must have shape {shape}, not {array.shape}.")
    array.setflags(write=False)
    return array


def _times(values: object) -> np.ndarray:
    time_s = np.array(values, dtype=float)
    if (
        time_s.ndim != 1
        or len(time_s) == 0
        or not np.all(np.isfinite(time_s))
        or np.any(np.diff(time_s) < SHORTEST_STEP_S)
    ):
        raise InputError("The times of a recording must be one or more finite numbers that increase.")
    time_s.setflags(write=False)
    return time_s


@dataclass(frozen=True, eq=False)
class MarkerRecording:
    """Marker paths: M markers over F frames.

    Attributes:
        names: M marker names as in the file.
        time_s: (F,) [s].
        positions: (F, M, 3) [m], world with Y up; NaN where a marker was not seen.
        notes: sentences on units, axes and what was dropped or bridged.

    """

    names: tuple[str, ...]
    time_s: np.ndarray
    positions: np.ndarray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "time_s", _times(self.time_s))
        shape = (len(self.time_s), len(self.names), 3)
        object.__setattr__(self, "positions", _array(self.positions, shape, "Marker positions"))

    @property
    def rate_hz(self) -> float:
        """Frames per second [Hz]; 0 for a single frame."""
        return rate_of(self.time_s) if len(self.time_s) > 1 else 0.0

    def filled(self, longest_s: float = LONGEST_BRIDGED_GAP_S) -> MarkerRecording:
        """Return the recording with gaps up to `longest_s` [s] bridged and a note; longer ones stay NaN."""
        positions, bridged, left = fill_gaps(self.time_s, self.positions, longest_s)
        notes = self.notes
        if bridged or left:
            notes = (
                *notes,
                f"{bridged} marker gaps up to {longest_s:g} s were bridged, {left} longer ones were left.",
            )
        return replace(self, positions=positions, notes=notes)

    def smoothed(self, cutoff_hz: float) -> MarkerRecording:
        """Return the paths low-passed at `cutoff_hz` [Hz], each stretch between gaps and jumps by itself."""
        positions = np.array(self.positions)
        steady = np.ones(len(self.time_s), dtype=bool)
        if len(self.time_s) > 1:
            steps = np.diff(self.time_s)
            steady[1:] = steps < 1.5 * np.median(steps)
        for marker in range(len(self.names)):
            seen = ~np.isnan(positions[:, marker]).any(axis=1)
            for first, last in runs(seen):
                cuts = [first, *(first + 1 + np.flatnonzero(~steady[first + 1 : last])), last]
                for start, stop in pairwise(cuts):
                    if stop - start > 2:
                        stretch = positions[start:stop, marker]
                        positions[start:stop, marker] = smooth(stretch, self.rate_hz, cutoff_hz)[0]
        return replace(self, positions=positions, notes=(*self.notes, f"Markers were low-passed at {cutoff_hz:g} Hz."))


@dataclass(frozen=True, eq=False)
class PlateForce:
    """What one force plate pressed on the person, in a world with Y up.

    Attributes:
        name: the column prefix in the file.
        force: (F, 3) [N], of the ground on the person.
        point: (F, 3) [m], centre of pressure.
        moment: (F, 3) [N m], free moment at that point.

    """

    name: str
    force: np.ndarray
    point: np.ndarray
    moment: np.ndarray

    def __post_init__(self) -> None:
        for name in ("force", "point", "moment"):
            values = np.asarray(getattr(self, name), dtype=float)
            shape = (len(np.asarray(self.force)), 3)
            object.__setattr__(self, name, _array(values, shape, f"The {name} of plate '{self.name}'"))

    def moment_about_origin(self) -> np.ndarray:
        """Return point x force + moment, (F, 3) [N m] about the world's origin."""
        return np.cross(self.point, self.force) + self.moment


@dataclass(frozen=True, eq=False)
class ForceRecording:
    """Forces of the ground on the person from one or more plates, over F frames.

    Attributes:
        plates: one PlateForce per plate.
        time_s: (F,) [s].
        notes: sentences on units, axes and what was assumed.

    """

    plates: tuple[PlateForce, ...]
    time_s: np.ndarray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "time_s", _times(self.time_s))
        for plate in self.plates:
            if len(plate.force) != len(self.time_s):
                raise InputError(f"Plate '{plate.name}' has {len(plate.force)} frames for {len(self.time_s)} times.")

    @property
    def rate_hz(self) -> float:
        """Frames per second [Hz]; 0 for a single frame."""
        return rate_of(self.time_s) if len(self.time_s) > 1 else 0.0

    def resampled(self, time_s: np.ndarray, cutoff_hz: float | None = 6.0) -> ForceRecording:
        """Return the plates' wrenches low-passed like the motion and read at its times (N,) [s].

        A centre of pressure is a quotient and jumps when the foot leaves, so what is filtered is the force F
        and its moment about the world's origin, M = point x F + moment. The point is then given
        back so that the horizontal free moments vanish at the measured point's height y, while F_y > 20 N:

            point_x = (M_z + y F_x) / F_y,   point_z = (y F_z - M_x) / F_y

        and elsewhere is the measured point at that time; moment = M - point x F closes the wrench either way.

        Raises:
            FileError: times outside the recording (see `overlap`).

        """
        at = np.asarray(time_s, dtype=float)
        slack = 1.0 / self.rate_hz if self.rate_hz else 0.0
        if at[0] < self.time_s[0] - slack or at[-1] > self.time_s[-1] + slack:
            raise FileError(
                f"The forces run from {self.time_s[0]:g} to {self.time_s[-1]:g} s and cannot be read from "
                f"{at[0]:g} "
                f"to {at[-1]:g} s. Cut the motion to the shared time."
            )
        plates = tuple(self._plate_at(plate, at, cutoff_hz) for plate in self.plates)
        notes = self.notes
        if cutoff_hz is not None:
            notes = (
                *notes,
                f"Forces and their moments were low-passed at {cutoff_hz:g} Hz, as the motion is.",
            )
        return ForceRecording(plates, at, notes)

    def _plate_at(self, plate: PlateForce, at: np.ndarray, cutoff_hz: float | None) -> PlateForce:
        wrench = np.hstack([plate.force, plate.moment_about_origin()])
        grid = self.time_s
        if len(grid) > 1 and cutoff_hz is not None:
            if not is_uniform(grid):
                grid = uniform_time(grid)
                wrench = interpolate(self.time_s, wrench, grid)
            wrench = smooth(wrench, (len(grid) - 1) / (grid[-1] - grid[0]), cutoff_hz)[0]
        wrench = interpolate(grid, wrench, at)
        force, about_origin = wrench[:, :3], wrench[:, 3:]
        nearest = np.clip(np.searchsorted(self.time_s, at), 0, len(self.time_s) - 1)
        point = np.array(plate.point[nearest])
        loaded = force[:, 1] > LOADED_N
        up = force[loaded, 1]
        point[loaded, 0] = (about_origin[loaded, 2] + point[loaded, 1] * force[loaded, 0]) / up
        point[loaded, 2] = (point[loaded, 1] * force[loaded, 2] - about_origin[loaded, 0]) / up
        return PlateForce(plate.name, force, point, about_origin - np.cross(point, force))


@dataclass(frozen=True, eq=False)
class AngleRecording:
    """A table of joint coordinates as another program wrote it, with that program's names and signs, in SI.

    Attributes:
        names: K coordinate names as in the file.
        time_s: (F,) [s].
        values: (F, K) [rad; m for translations].
        in_degrees: whether the file held degrees (they are converted).
        notes: sentences on units and what was left out.

    """

    names: tuple[str, ...]
    time_s: np.ndarray
    values: np.ndarray
    in_degrees: bool
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "time_s", _times(self.time_s))
        shape = (len(self.time_s), len(self.names))
        object.__setattr__(self, "values", _array(self.values, shape, "Joint coordinates"))


def overlap(recording: MarkerRecording | AngleRecording, forces: ForceRecording) -> tuple[float, float]:
    """Return the time (start, end) [s] that a recording shares with its forces.

    Raises:
        FileError: nothing, or less than two of the recording's frames, is shared; both spans are named.

    """
    motion, plates = recording.time_s, forces.time_s
    start, end = float(max(motion[0], plates[0])), float(min(motion[-1], plates[-1]))
    shared = int(np.sum((motion >= start - 1e-9) & (motion <= end + 1e-9)))
    if shared < min(2, len(motion)) or end < start:
        raise FileError(
            f"The movement runs from {motion[0]:g} to {motion[-1]:g} s and the forces from {plates[0]:g} to "
            f"{plates[-1]:g} s: they share no time. Give the forces of the same trial, with the same clock."
        )
    return start, end
