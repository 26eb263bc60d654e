"""What an export needs of a case: its body, the pose of one frame, and what each fascicle can pull there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.body import Body
from psoas.case.case import Case
from psoas.chain import frames_of, result_of
from psoas.errors import InputError


@dataclass(frozen=True)
class Scene:
    """A body in one pose.

    positions (V,): every coordinate in the model's order [rad, m]. capability (M,): force along the tendon at
    activation 1, held still in this pose [N]. cap (M,): greatest activation (1 - inhibited). note: which frame this is.
    """

    body: Body
    positions: np.ndarray
    capability: np.ndarray
    cap: np.ndarray
    note: str

    @property
    def anatomy(self) -> Anatomy:
        """The anatomy that the body was built from."""
        if self.body.anatomy is None:
            raise InputError("This body was compiled from a file and has no anatomy to export.")
        return self.body.anatomy


def scene(case: Case) -> Scene:
    """Return the body of a case in its posture; of a movement, in its first frame.

    Raises InputError, FileError or PoseError for a case that cannot be posed or read.
    """
    frames = frames_of(case)
    everything = np.ones(frames.body.muscle_count)
    # What a fascicle can pull is what it pulls when every one is fully active; nothing moves in an exported pose.
    still = replace(
        frames,
        time_s=frames.time_s[:1],
        positions=frames.positions[:1],
        velocities=None,
        accelerations=None,
        available=None if frames.available is None else frames.available[:1],
        applied=(),
        effort=replace(frames.effort, floor=everything, cap=everything, criterion="squared"),
        recorded=True,
        measured=True,
        phases=(),
        settled=None,
    )
    found = result_of(case, still)
    count = len(frames.time_s)
    note = f"the first of the {count} frames of the movement" if count > 1 else "the posture asked for"
    return Scene(frames.body, frames.positions[0], found.muscles.active_n[:, 0], frames.effort.cap, note)
