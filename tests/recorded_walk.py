"""Small synthetic recordings for the readers' tests: a stick figure, two plates, a table of angles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

MOTIONS = Path(__file__).parents[2] / "shared" / "motions"
MARKERS = ("Head", "Sternum", "Sacrum", "Knee", "Heel", "Toe")
# Of a person of 1.75 m in metres, X forward, Y up, Z right.
PLACES = np.array(
    [
        [0.05, 1.75, 0.0],
        [0.15, 1.40, 0.0],
        [-0.10, 1.00, 0.0],
        [0.10, 0.50, 0.1],
        [-0.05, 0.05, 0.1],
        [0.20, 0.02, 0.1],
    ]
)


def stick_figure(frames: int = 30, rate: float = 60.0) -> tuple[np.ndarray, np.ndarray]:
    """Return times (F,) [s] and positions (F, 6, 3) [m] of a figure that sways."""
    time_s = np.arange(frames) / rate
    sway = 0.05 * np.sin(2 * np.pi * time_s)[:, None, None] * np.array([1.0, 0.1, 0.5])
    return time_s, PLACES + sway


def trc_text(
    positions: np.ndarray,
    time_s: np.ndarray,
    names: Sequence[str] = MARKERS,
    units: str | None = "m",
    **header: object,
) -> str:
    """Return a TRC file's text; NaN becomes an empty cell, `header` replaces or (None) drops values."""
    values: dict[str, object] = {
        "DataRate": 60,
        "CameraRate": 60,
        "NumFrames": len(time_s),
        "NumMarkers": len(names),
        "Units": units,
        "OrigDataRate": 60,
        "OrigDataStartFrame": 1,
        "OrigNumFrames": len(time_s),
    }
    values.update(header)
    values = {key: value for key, value in values.items() if value is not None}
    lines = [
        "PathFileType\t4\t(X/Y/Z)\twalk.trc",
        "\t".join(values),
        "\t".join(str(v) for v in values.values()),
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(len(names)) for axis in "XYZ"),
        "",
    ]
    for i, (t, row) in enumerate(zip(time_s, positions.reshape(len(time_s), -1), strict=True)):
        cells = ["" if np.isnan(v) else f"{v:.5f}" for v in row]
        lines.append("\t".join([str(i + 1), f"{t:.5f}", *cells]))
    return "\n".join(lines) + "\n"


def storage_text(
    names: Sequence[str],
    rows: np.ndarray,
    degrees: str | None = "yes",
    head: Sequence[str] = (),
    **counts: int,
) -> str:
    """Return a .mot file's text; rows (F, 1 + C) begin with the time."""
    lines = [
        "Coordinates",
        "version=1",
        f"nRows={counts.get('n_rows', len(rows))}",
        f"nColumns={counts.get('n_columns', len(names) + 1)}",
        *([] if degrees is None else [f"inDegrees={degrees}"]),
        *head,
        "endheader",
        "\t".join(["time", *names]),
    ]
    lines += ["\t".join("" if np.isnan(v) else f"{v:.6f}" for v in row) for row in rows]
    return "\n".join(lines) + "\n"


def angle_rows(names: Sequence[str], frames: int = 30, size: float = 40.0) -> np.ndarray:
    """Return rows (F, 1 + C) of angles that swing to `size` degrees; translations stay near 1 m."""
    time_s = np.arange(frames) / 100
    swing = size * np.sin(2 * np.pi * time_s + 0.3)
    columns = [np.full(frames, 0.95) if n.lower().endswith(("_tx", "_ty", "_tz")) else swing for n in names]
    return np.column_stack([time_s, *columns])


def plate_columns(prefix: str, torque: str) -> list[str]:
    """Return the nine column names of a plate."""
    return [f"{prefix}{k}{a}" for k in "vp" for a in "xyz"] + [f"{torque}{a}" for a in "xyz"]


FORCE_NAMES = [
    *plate_columns("ground_force_", "ground_torque_"),
    *plate_columns("1_ground_force_", "1_ground_torque_"),
]


def force_rows(frames: int = 300, rate: float = 600.0) -> np.ndarray:
    """Return rows (F, 19) of two plates that share 700 N: one sways, the other holds the rest."""
    time_s = np.arange(frames) / rate
    share = 0.5 + 0.3 * np.sin(2 * np.pi * 2 * time_s)
    ones = np.ones(frames)
    one = [20 * ones, 700 * share, -10 * ones, 0.3 * ones, 0 * ones, 0.1 * ones, 0 * ones, 2 * ones, 0 * ones]
    two = [
        -20 * ones,
        700 * (1 - share),
        10 * ones,
        0.5 * ones,
        0 * ones,
        -0.1 * ones,
        0 * ones,
        -ones,
        0 * ones,
    ]
    return np.column_stack([time_s, *one, *two])
