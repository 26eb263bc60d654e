"""Body: one person's compiled model with the names and arrays that the mechanics needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import mujoco
import numpy as np

from psoas.anatomy.anatomy import Anatomy
from psoas.body.passive import DiscLaw
from psoas.errors import unknown


@dataclass(frozen=True)
class Fibres:
    """Per fascicle (M,), in the order of the model's first M tendons."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    max_force: np.ndarray  # N, PCSA x specific tension
    volume: np.ndarray  # m3
    optimal_fibre: np.ndarray  # m
    tendon_slack: np.ndarray  # m
    pennation: np.ndarray  # rad
    pressure: np.ndarray  # Pa of abdominal pressure per newton of force


@dataclass(frozen=True)
class Body:
    """A compiled MuJoCo model (all joints are hinges or slides, so nq = nv) and what stands where in it.

    Tendons: the M fascicles, then the L ligaments, then the line of abdominal pressure.
    """

    model: mujoco.MjModel
    anatomy: Anatomy | None
    fibres: Fibres
    levels: tuple[str, ...]
    dof: dict[str, int]
    bodies: dict[str, int]
    discs: DiscLaw
    ligament_names: tuple[str, ...] = ()
    ligament_length: np.ndarray = field(default_factory=lambda: np.zeros(0))  # m, at tissue neutral
    weight: float = 0.0  # N, of the person without loads in the hands
    height: float = 1.7  # m
    loads_kg: tuple[float, float] = (0.0, 0.0)  # right, left hand

    @property
    def muscle_count(self) -> int:
        """Number of fascicles M."""
        return len(self.fibres.names)

    def rows(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the dof indices of coordinates by name; an unknown one raises InputError."""
        missing = [n for n in names if n not in self.dof]
        if missing:
            raise unknown("coordinate", missing[0], self.dof)
        return np.array([self.dof[n] for n in names])
