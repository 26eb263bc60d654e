"""The answer: labelled tables of loads, muscles, contacts and moments over time, with sources and version."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from psoas.errors import unknown
from psoas.scene import Scene

LEVELS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
LOADS = ("compression_n", "anterior_shear_n", "right_shear_n", "flexion_moment_nm", "pressure_mpa")
MOMENTS = ("flexion", "bend", "twist")
CAUSED = LOADS[:4]  # the loads that can be told by cause; pressure follows from compression
CAUSES_SUM = 1e-9  # by which causes may miss their load: of 1 N (1 N m), or of the largest of them where that is more

# Decimals in the JSON: finer than any input is known, coarser than rounding noise between machines.
DECIMALS = {"n": 3, "nm": 4, "mpa": 5, "m": 6, "mm": 3, "s": 6, "activation": 6}


@dataclass(frozen=True, eq=False)
class Muscles:
    """The fascicles M over the frames F; `sides` are "r" and "l", `groups` the leaf group of each fascicle.

    activation (M, F) 0 to 1; active_n and passive_n (M, F) N along the tendon; length_m (M, F) m of the whole
    path; moment_arm_mm by joint (M, F) mm, + = flexion, or None where it was not asked for.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    sides: tuple[str, ...]
    activation: np.ndarray
    active_n: np.ndarray
    passive_n: np.ndarray
    length_m: np.ndarray
    moment_arm_mm: Mapping[str, np.ndarray] | None = None

    @property
    def force_n(self) -> np.ndarray:
        """Return active_n + passive_n, (M, F) N."""
        return self.active_n + self.passive_n


@dataclass(frozen=True, eq=False)
class Contacts:
    """Forces of the world on the body: force_n (C, F, 3) N in world axes (forward, up, right)."""

    names: tuple[str, ...]
    force_n: np.ndarray


@dataclass(frozen=True, eq=False)
class GroupSum:
    """What one group of fascicles does, over the frames F.

    activation (F,): mean weighted by each fascicle's force at its length, plain where there is no force;
    active_n, passive_n, force_n (F,) N summed; length_m (F,) m mean.
    """

    name: str
    activation: np.ndarray
    active_n: np.ndarray
    passive_n: np.ndarray
    length_m: np.ndarray

    @property
    def force_n(self) -> np.ndarray:
        """Return active_n + passive_n, (F,) N."""
        return self.active_n + self.passive_n


@dataclass(frozen=True, eq=False)
class Result:
    """One case's answer over F frames; a posture has one frame.

    case: the case as a dict (Case.to_dict()). time_s (F,). loads: each of LOADS as (6, F), from the top in
    the order of `levels`; compression + = pressed together, anterior_shear + = the upper vertebra pressed
    forward, flexion_moment + = the disc resists flexion. demand_nm, unmet_nm: joint -> MOMENTS -> (F,) N m.
    residual: force_n and moment_nm (F,) that nothing carries. status: per frame "ok", "edge" or
    "flagged: why". interval: {"compression_n": {"low": (6, F), "high": (6, F)}, "from": [..]} or None.
    causes: each of CAUSED -> cause -> (6, F), which sum to that load (`mechanics.causes`), or None where not asked
    for. scene: where bones and muscles are, to be drawn, or None. notes: what was assumed or extrapolated, in
    sentences. sources: bibliography keys. Raises ValueError for a wrong shape and for causes that do not sum to their
    load.
    """

    case: Mapping[str, Any]
    time_s: np.ndarray
    loads: Mapping[str, np.ndarray]
    muscles: Muscles
    contacts: Contacts
    demand_nm: Mapping[str, Mapping[str, np.ndarray]]
    unmet_nm: Mapping[str, Mapping[str, np.ndarray]]
    residual: Mapping[str, np.ndarray]
    status: tuple[str, ...]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    model_hash: str = ""
    version: str = ""
    interval: Mapping[str, Any] | None = None
    causes: Mapping[str, Mapping[str, np.ndarray]] | None = None
    scene: Scene | None = None
    levels: tuple[str, ...] = field(default=LEVELS)

    def __post_init__(self) -> None:
        frames, fascicles, contacts = len(self.time_s), len(self.muscles.names), len(self.contacts.names)
        wanted: list[tuple[str, np.ndarray, tuple[int, ...]]] = [
            (f"loads {key}", self.loads[key], (len(self.levels), frames)) for key in LOADS
        ]
        for key in ("activation", "active_n", "passive_n", "length_m"):
            wanted.append((f"muscles.{key}", getattr(self.muscles, key), (fascicles, frames)))
        for joint, arm in (self.muscles.moment_arm_mm or {}).items():
            wanted.append((f"muscles.moment_arm_mm {joint}", arm, (fascicles, frames)))
        wanted.append(("contacts.force_n", self.contacts.force_n, (contacts, frames, 3)))
        for name, moments in (("demand_nm", self.demand_nm), ("unmet_nm", self.unmet_nm)):
            for joint, axes in moments.items():
                wanted += [(f"{name} {joint} {axis}", axes[axis], (frames,)) for axis in MOMENTS]
        wanted += [(f"residual {key}", self.residual[key], (frames,)) for key in ("force_n", "moment_nm")]
        for load, parts in (self.causes or {}).items():
            wanted += [(f"causes {load} {cause}", part, self.loads[load].shape) for cause, part in parts.items()]
        for name, array, shape in wanted:
            if np.shape(array) != shape:
                raise ValueError(f"Result: {name} has shape {np.shape(array)}, but must have {shape}.")
        for name, labels, count in (
            ("status", self.status, frames),
            ("muscles.groups", self.muscles.groups, fascicles),
            ("muscles.sides", self.muscles.sides, fascicles),
        ):
            if len(labels) != count:
                raise ValueError(f"Result: {name} has {len(labels)} entries, but must have {count}.")
        self._causes_sum()

    def _causes_sum(self) -> None:
        if self.causes is None:
            return
        if set(self.causes) != set(CAUSED):
            raise ValueError(f"Result: causes must be told of {', '.join(CAUSED)}; they are of {sorted(self.causes)}.")
        for load, parts in self.causes.items():
            each = np.array(list(parts.values()))
            missed = np.abs(each.sum(axis=0) - self.loads[load])
            allowed = CAUSES_SUM * np.maximum(np.abs(each).max(axis=0, initial=0.0), 1.0)
            if np.any(missed > allowed):
                raise ValueError(f"Result: the causes of {load} miss its sum by {np.nanmax(missed):.3g}.")

    @property
    def name(self) -> str:
        """Return the case's name, "" where it has none."""
        return str(self.case.get("name", ""))

    @property
    def frames(self) -> int:
        """Return the number of frames."""
        return len(self.time_s)

    def level(self, name: str) -> dict[str, np.ndarray]:
        """Return the loads of one level, each (F,). Raises InputError for an unknown level."""
        if name not in self.levels:
            raise unknown("level", name, self.levels)
        row = self.levels.index(name)
        return {key: np.asarray(self.loads[key])[row] for key in LOADS}

    def group(self, name: str) -> GroupSum:
        """Return the sums over a group, muscle or fascicle, both sides or one ("psoas_major_r")."""
        from psoas.anatomy.groups import resolve

        rows = list(resolve(name, self.muscles.names, self.muscles.groups))
        activation, active = self.muscles.activation[rows], self.muscles.active_n[rows]
        # active = activation * reach, so the force-weighted mean is sum(active) / sum(reach).
        reach = np.divide(active, activation, out=np.zeros_like(active), where=activation > 1e-9)
        total = reach.sum(axis=0)
        weighted = np.divide(active.sum(axis=0), total, out=activation.mean(axis=0), where=total > 1e-9)
        passive, length = self.muscles.passive_n[rows], self.muscles.length_m[rows]
        return GroupSum(name, weighted, active.sum(axis=0), passive.sum(axis=0), length.mean(axis=0))

    def largest_unmet(self) -> tuple[str, str, float]:
        """Return joint, axis and size (N m) of the largest unmet moment; ("", "", 0) if there is none."""
        largest = ("", "", 0.0)
        for joint, axes in self.unmet_nm.items():
            for axis in MOMENTS:
                size = float(np.max(np.abs(axes[axis]), initial=0.0))
                if size > largest[2]:
                    largest = (joint, axis, size)
        return largest

    def to_dict(self) -> dict[str, Any]:
        """Return the tables of the JSON contract, numbers rounded to DECIMALS, None where not finite."""
        written: dict[str, Any] = {
            "psoas": {"version": self.version, "model_hash": self.model_hash},
            "case": dict(self.case),
            "time_s": _rounded(self.time_s, "s"),
            "levels": list(self.levels),
            "loads": {key: _rounded(self.loads[key], key.rsplit("_", 1)[-1]) for key in LOADS},
        }
        if self.interval is not None:
            written["interval"] = {
                key: list(entry)
                if key == "from"
                else {end: _rounded(entry[end], key.rsplit("_", 1)[-1]) for end in ("low", "high")}
                for key, entry in self.interval.items()
            }
        if self.causes is not None:
            written["causes"] = {
                load: {cause: _rounded(part, load.rsplit("_", 1)[-1]) for cause, part in parts.items()}
                for load, parts in self.causes.items()
            }
        written["muscles"] = [self._muscle(row) for row in range(len(self.muscles.names))]
        written["contacts"] = [
            {"name": name, "force_n": _rounded(self.contacts.force_n[row], "n")}
            for row, name in enumerate(self.contacts.names)
        ]
        for key, moments in (("demand_nm", self.demand_nm), ("unmet_nm", self.unmet_nm)):
            written[key] = {
                joint: {axis: _rounded(axes[axis], "nm") for axis in MOMENTS} for joint, axes in moments.items()
            }
        written["residual"] = {
            "force_n": _rounded(self.residual["force_n"], "n"),
            "moment_nm": _rounded(self.residual["moment_nm"], "nm"),
        }
        return written | {"status": list(self.status), "sources": list(self.sources)}

    def save(self, path: str | Path) -> Path:
        """Write this result to one .npz file, exact to the last bit (`psoas.saved.save`)."""
        return _lazy("saved").save(self, path)

    @staticmethod
    def load(path: str | Path) -> Result:
        """Read a result that `save` wrote; a foreign or damaged file raises FileError (`psoas.saved.load_result`)."""
        return _lazy("saved").load_result(path)

    def to_csv(self, path: str | Path | None = None, table: str = "loads") -> str:
        """Return one table as CSV: loads, muscles, contacts or moments; written to `path` too where it is given."""
        return _lazy("tabular").to_csv(self, path, table)

    def to_pandas(self, table: str = "loads") -> Any:
        """Return one table as a pandas DataFrame; pandas must be installed."""
        return _lazy("tabular").to_pandas(self, table)

    def to_xarray(self) -> Any:
        """Return the tables as an xarray Dataset; xarray must be installed."""
        return _lazy("tabular").to_xarray(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return to_dict() as JSON text, which holds no NaN."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False, ensure_ascii=False)

    def _muscle(self, row: int) -> dict[str, Any]:
        muscles = self.muscles
        written: dict[str, Any] = {
            "name": muscles.names[row],
            "group": muscles.groups[row],
            "side": muscles.sides[row],
            "activation": _rounded(muscles.activation[row], "activation"),
            "active_n": _rounded(muscles.active_n[row], "n"),
            "passive_n": _rounded(muscles.passive_n[row], "n"),
            "length_m": _rounded(muscles.length_m[row], "m"),
        }
        if muscles.moment_arm_mm is not None:
            written["moment_arm_mm"] = {joint: _rounded(arm[row], "mm") for joint, arm in muscles.moment_arm_mm.items()}
        return written


def _lazy(module: str) -> Any:
    # Files and tables are made by modules that know a result, and are loaded only where they are asked for.
    return import_module(f"psoas.{module}")


def _rounded(values: Any, unit: str) -> Any:
    decimals = DECIMALS[unit]

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(entry) for entry in value]
        return round(value, decimals) + 0.0 if math.isfinite(value) else None  # + 0.0: no -0.0

    return plain(np.asarray(values, dtype=float).tolist())
