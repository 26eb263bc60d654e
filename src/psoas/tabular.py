"""A result as plain tables: CSV, and pandas and xarray where they are installed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from psoas.errors import FileError, InputError, unknown
from psoas.result import LOADS, MOMENTS, Result

Kind = Literal["loads", "muscles", "contacts", "moments"]
Column = tuple[str, Any]


def columns(result: Result, table: str = "loads") -> list[Column]:
    """Return (name with unit, F values) of a table: a row per frame, `time_s` and `status` first.

    loads: five loads of each level, low and high where there are intervals. muscles: activation, forces and length of
    every fascicle. contacts: three force components each. moments: demanded and unmet moments and the residual.
    Raises InputError for another table.
    """
    made: dict[str, Callable[[Result], list[Column]]] = {
        "loads": _loads,
        "muscles": _muscles,
        "contacts": _contacts,
        "moments": _moments,
    }
    if table not in made:
        raise unknown("table", table, made)
    return [("time_s", result.time_s), ("status", list(result.status)), *made[table](result)]


def to_csv(result: Result, path: str | Path | None = None, table: str = "loads") -> str:
    """Return a table as CSV text, numbers with every digit they have; where a path is given, also write it there."""
    paper = io.StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    found = columns(result, table)
    writer.writerow([name for name, _ in found])
    listed = [values if isinstance(values, list) else np.asarray(values).tolist() for _, values in found]
    writer.writerows(zip(*listed, strict=True))
    text = paper.getvalue()
    if path is not None:
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise FileError(f"'{path}' cannot be written: {error.strerror}. Choose another place.") from error
    return text


def to_pandas(result: Result, table: str = "loads") -> Any:
    """Return a table as a pandas.DataFrame, a row per frame. Raises InputError where pandas is not installed."""
    pandas = _library("pandas")
    return pandas.DataFrame(dict(columns(result, table)))


def to_xarray(result: Result) -> Any:
    """Return the whole result as an xarray.Dataset with named dimensions and units.

    Dimensions: time, level, fascicle, contact, axis (forward, up, right), joint, moment. Raises InputError where
    xarray is not installed.
    """
    xarray = _library("xarray")
    muscles = result.muscles
    data: dict[str, tuple[tuple[str, ...], Any]] = {}
    for key in LOADS:
        data[key] = (("level", "time"), result.loads[key])
        if result.interval is not None and key in result.interval:
            for end in ("low", "high"):
                data[f"{key}_{end}"] = (("level", "time"), result.interval[key][end])
    for key in ("activation", "active_n", "passive_n", "length_m"):
        data[f"muscle_{key}"] = (("fascicle", "time"), getattr(muscles, key))
    data["contact_force_n"] = (("contact", "time", "axis"), result.contacts.force_n)
    joints = list(result.demand_nm)
    for name, moments in (("demand_nm", result.demand_nm), ("unmet_nm", result.unmet_nm)):
        data[name] = (("joint", "moment", "time"), np.array([[moments[j][m] for m in MOMENTS] for j in joints]))
    for key in ("force_n", "moment_nm"):
        data[f"residual_{key}"] = (("time",), result.residual[key])
    coordinates = {
        "time": result.time_s,
        "level": list(result.levels),
        "fascicle": list(muscles.names),
        "group": ("fascicle", list(muscles.groups)),
        "side": ("fascicle", list(muscles.sides)),
        "contact": list(result.contacts.names),
        "axis": ["forward", "up", "right"],
        "joint": joints,
        "moment": list(MOMENTS),
        "status": ("time", list(result.status)),
    }
    about = {"psoas": result.version, "model_hash": result.model_hash, "sources": " ".join(result.sources)}
    return xarray.Dataset({key: (d, np.asarray(v)) for key, (d, v) in data.items()}, coordinates, about)


def _loads(result: Result) -> list[Column]:
    found: list[Column] = []
    for row, level in enumerate(result.levels):
        for key in LOADS:
            found.append((f"{level} {key}", np.asarray(result.loads[key])[row]))
            if result.interval is not None and key in result.interval:
                for end in ("low", "high"):
                    found.append((f"{level} {key} {end}", np.asarray(result.interval[key][end])[row]))
    return found


def _muscles(result: Result) -> list[Column]:
    m = result.muscles
    keys = ("activation", "active_n", "passive_n", "length_m")
    return [(f"{name} {key}", getattr(m, key)[row]) for row, name in enumerate(m.names) for key in keys]


def _contacts(result: Result) -> list[Column]:
    force = result.contacts.force_n
    axes = ("forward", "up", "right")
    return [
        (f"{name} {axis}_n", force[row, :, i])
        for row, name in enumerate(result.contacts.names)
        for i, axis in enumerate(axes)
    ]


def _moments(result: Result) -> list[Column]:
    found: list[Column] = []
    for joint, axes in result.demand_nm.items():
        for axis in MOMENTS:
            found.append((f"{joint} {axis} demand_nm", axes[axis]))
            found.append((f"{joint} {axis} unmet_nm", result.unmet_nm[joint][axis]))
    return [*found, *((f"residual {key}", result.residual[key]) for key in ("force_n", "moment_nm"))]


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise InputError(f"{name} is not installed. Install it with: python -m pip install {name}") from None
