"""A side view of the lumbar spine as plain arrays, from which a picture is drawn without computing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Outline:
    """The edge of a bone or disc, closed: points (N, 2) [m]. kind: vertebra, disc, sacrum, pelvis or femur."""

    kind: str
    label: str
    points: np.ndarray

    def __post_init__(self) -> None:
        _plane(f"Outline '{self.label}'", self.points)


@dataclass(frozen=True, eq=False)
class Pull:
    """One line of pull: path (N, 2) [m] from the vertebra on, and its tension [N]."""

    label: str
    newtons: float
    path: np.ndarray

    def __post_init__(self) -> None:
        _plane(f"Pull '{self.label}'", self.path)


@dataclass(frozen=True, eq=False)
class LevelLoad:
    """What one level carries: place (2,) [m] of its disc, forward (2,) unit in the disc's mid-plane, loads [N].

    shares: what the compression is made of, name and newtons, which sum to it.
    """

    label: str
    place: np.ndarray
    forward: np.ndarray
    compression: float
    anterior_shear: float
    shares: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        if np.shape(self.place) != (2,) or np.shape(self.forward) != (2,):
            raise ValueError(f"LevelLoad '{self.label}': place and forward must be (2,).")


@dataclass(frozen=True, eq=False)
class SpineView:
    """The spine seen from the right, so that forward is to the right: metres, x forward, y along the spine upward.

    gravity (2,): where down is in this plane, of length 1 or less (0: into the page). levels: from the top.
    """

    title: str
    outlines: tuple[Outline, ...]
    pulls: tuple[Pull, ...]
    levels: tuple[LevelLoad, ...]
    gravity: np.ndarray


def _plane(name: str, points: np.ndarray) -> None:
    if np.ndim(points) != 2 or np.shape(points)[1] != 2 or len(points) < 2 or not np.isfinite(points).all():
        raise ValueError(f"{name} must be (N, 2) finite numbers, N at least 2; it is {np.shape(points)}.")
