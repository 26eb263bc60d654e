"""Case -> the model that stands in the page: the person's mechanics, the presets with their answers, a movement."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata, resources
from typing import Any, Literal

import numpy as np

from psoas.anatomy.groups import PARENTS
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.case.scenario import case_from_scenario
from psoas.chain import model_hash, result_of
from psoas.export.limits_model import limits_model
from psoas.export.page_mechanics import mechanics_model, movement_model
from psoas.frames import Frames, frames_of
from psoas.report.player import scene_model
from psoas.result import Result
from psoas.scene import Scene
from psoas.sources.cite import bibliography

PRESETS = "export/data/page_presets.toml"
PATTERN: Literal["sit"] = "sit"  # the movement that the page plays
OWN = "yours"  # the preset of a case that is none of the page's
# Decimals of what is only shown: answers that the page can compute again, and poses to be drawn.
DECIMALS = {"force": 3, "moment": 4, "share": 6, "length": 6}


def page_model(case: Case, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Return the model of the page for the case's person, plain values for JSON; web/src/contract.ts names the fields.

    The posture of the case comes first among the presets where it is none of them. progress is called with the presets
    computed and all of them. Raises what the case raises.
    """
    listed = presets(case)
    solved = {}
    for i, (name, one) in enumerate(listed.items()):
        solved[name] = _solved(one)
        if progress is not None:
            progress(i + 1, len(listed))
    frames, result = solved["standing"]
    movement = replace(_untouched(case), posture=None, motion=Movement(pattern=PATTERN))
    moved = frames_of(movement)
    assert result.scene is not None
    sources = sorted({key for _, r in solved.values() for key in r.sources} | set(moved.sources))
    known = bibliography()
    return {
        "version": metadata.version("psoas"),
        "model_hash": model_hash(),
        "subject": {
            "sex": case.subject.sex,
            "mass_kg": case.subject.mass_kg,
            "height_m": case.subject.height_m,
            "age_years": case.subject.age_years,
        },
        "levels": list(frames.body.levels),
        "muscle_tree": {name: list(children) for name, children in PARENTS.items()},
        "presets": [_preset(name, listed[name], *solved[name]) for name in listed],
        "movements": [movement_model(PATTERN, moved)],
        "limits": limits_model(case.subject),
        "sources": [known[key].short for key in sources],
        "scene": scene_model(result.scene, result.muscles.groups),
        "mechanics": mechanics_model(frames.body),
    }


def presets(case: Case) -> dict[str, Case]:
    """Return the page's presets by name as cases of this person, the case's own posture first where it is another."""
    text = resources.files("psoas").joinpath(PRESETS).read_text(encoding="utf-8")
    named = {
        name: replace(case_from_scenario(tables), subject=case.subject) for name, tables in tomllib.loads(text).items()
    }
    if case.posture is None or any(_scenario(case) == _scenario(one) for one in named.values()):
        return named
    return {OWN: case, **named}


def _untouched(case: Case) -> Case:
    return Case(subject=case.subject)


def _scenario(case: Case) -> dict[str, Any]:
    written = case.to_dict()
    return {table: written[table] for table in ("posture", "surroundings", "change") if written.get(table)}


def _solved(case: Case) -> tuple[Frames, Result]:
    frames = frames_of(case)
    return frames, result_of(case, frames, interval=True)


def _preset(name: str, case: Case, frames: Frames, result: Result) -> dict[str, Any]:
    ranges = result.interval or {}
    return {
        "id": name,
        "scenario": _scenario(case),
        "answer": answer_of(frames, result),
        "interval": {
            load: {end: _rounded(ranges[load][end][:, 0], "moment") for end in ("low", "high")} for load in result.loads
        },
    }


def answer_of(frames: Frames, result: Result, digits: int | None = None) -> dict[str, Any]:
    """Return the answer of one frame as the page holds it (`PlainAnswer`); digits: decimals, None: as shown."""

    def numbers(values: np.ndarray, kind: str) -> list[Any]:
        return _rounded(values, kind) if digits is None else np.round(values, digits).tolist()

    m, scene = result.muscles, result.scene
    assert scene is not None
    by_joint = {
        name: {
            joint: {axis: numbers(values[0], "moment") for axis, values in axes.items()}
            for joint, axes in getattr(result, name).items()
        }
        for name in ("demand_nm", "unmet_nm")
    }
    return {
        "loads": {name: numbers(values[:, 0], "moment") for name, values in result.loads.items()},
        "activation": numbers(m.activation[:, 0], "share"),
        "active_n": numbers(m.active_n[:, 0], "force"),
        "passive_n": numbers(m.passive_n[:, 0], "force"),
        "length_m": numbers(m.length_m[:, 0], "length"),
        "contacts": [
            {"name": name, "force_n": numbers(force[0], "force")}
            for name, force in zip(result.contacts.names, result.contacts.force_n, strict=True)
        ],
        **by_joint,
        "status": result.status[0],
        "notes": list(result.notes),
        "positions": numbers(frames.positions[0], "length"),
        "pose": {
            "position": _rounded(scene.position_m[0].ravel(), "length"),
            "turn": _rounded(scene.turn[0].ravel(), "length"),
            "arcs": _rounded(scene.wrap_m[0].ravel(), "length"),
        },
        **_supports(scene),
    }


def _supports(scene: Scene) -> dict[str, Any]:
    supports = [
        {
            "name": s.name,
            "centre": _rounded(s.centre_m, "length"),
            "axes": _rounded(s.axes.ravel(), "length"),
            "half": _rounded(s.half_m, "length"),
        }
        for s in scene.supports
    ]
    return {"supports": supports, "floor_m": float(scene.floor_m) if np.isfinite(scene.floor_m) else None}


def _rounded(values: np.ndarray, kind: str) -> Any:
    """Return numbers as JSON holds them: rounded, NaN as null."""
    found = np.round(np.asarray(values, float), DECIMALS[kind]) + 0.0
    if found.ndim == 0:
        return float(found) if np.isfinite(found) else None
    return [float(x) if np.isfinite(x) else None for x in found]
