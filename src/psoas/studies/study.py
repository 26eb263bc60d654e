"""What a study hands back: results side by side, the phases of the movement, what changes over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.result import Result
from psoas.tables import Figure, Table
from psoas.tables import Trace as Trace
from psoas.views import SpineView


@dataclass(frozen=True, eq=False)
class Study:
    """The answer to one question.

    results: the untouched person first. phases: name and frame index, in order of time. traces: what is told
    phase by phase. findings: what the numbers say, in sentences. tables, figures: what the question asks beyond
    the loads of each result. views: side views of the spine to be drawn. sources: keys of what they rest on. Raises
    ValueError where the numbers of results, frames and phases do not fit each other.
    """

    title: str
    results: tuple[Result, ...]
    phases: tuple[tuple[str, int], ...] = ()
    traces: tuple[Trace, ...] = ()
    findings: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    sources: tuple[str, ...] = ()
    views: tuple[SpineView, ...] = ()

    def __post_init__(self) -> None:
        if not self.results:
            raise ValueError("A study needs at least one result.")
        frames = [result.frames for result in self.results]
        for name, frame in self.phases:
            if not 0 <= frame < min(frames):
                raise ValueError(f"Study: phase '{name}' is frame {frame}, but there are {min(frames)} frames.")
        for trace in self.traces:
            shapes = [np.shape(values) for values in trace.values]
            if shapes != [(count,) for count in frames]:
                raise ValueError(f"Study: trace '{trace.label}' has shapes {shapes}, but frames are {frames}.")
