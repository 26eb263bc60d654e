"""Fit one recorded walk by harmonics and write `src/psoas/motion/data/stride.csv`; run by hand, not by `make docs`.

    python docs/fit_stride.py FOLDER

FOLDER holds subject01_walk1.trc and subject01_walk1_grf.mot of gait2392 (CC BY 3.0, Delp et al. 2007).

Every coordinate is x(t) = mean + sum_k a_k cos(k w t) + b_k sin(k w t), w = 2 pi / T, k = 1..HARMONICS, by least squares
over the whole recording, t = 0 where the right foot meets the ground. Both sides are one: a left coordinate is the right
one half a stride later. Of what lies in the middle, tilts to both sides have odd harmonics alone, the rest even ones. T is
the period that leaves the least residual.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from psoas.anatomy.subject import Subject
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.frames import Frames, frames_of
from psoas.mechanics.kinetics import kinetics, world_points

HARMONICS = 6  # 4.9 Hz; the recording is filtered at 6 Hz
MASS_KG, HEIGHT_M = 72.6, 1.80
LOADED_N = 20.0
EDGE_S = 0.15
SIDED = (
    "hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion", "ankle_flexion", "ankle_inversion",
    "shoulder_flexion", "shoulder_adduction", "shoulder_rotation", "elbow_flexion",
)  # fmt: skip
EVEN = ("pelvis_tx", "pelvis_ty", "pelvis_tilt", "trunk_flexion", "neck_flexion")
ODD = ("pelvis_tz", "pelvis_list", "pelvis_rotation", "trunk_bend", "trunk_twist", "neck_bend", "neck_twist")
DRIFTING = {"pelvis_tx": (1, 2), "pelvis_tz": (0, 1, 2)}  # powers of time that are taken out
OUT = Path(__file__).parents[1] / "src/psoas/motion/data/stride.csv"
HEAD = """\
# One stride of one man of 72.6 kg and 1.80 m: harmonics of his joint angles, fitted by docs/fit_stride.py to the walk
# subject01_walk1 of gait2392 (CC BY 3.0: Delp et al. 2007; data of C. John and M. Thelen as credited there), changed: markers
# fitted by this program, both sides averaged. x(t) = sum over rows of cosine cos(k w t) + sine sin(k w t), w = 2 pi / duration_s;
# t = 0: the right foot meets the ground. Right side; the left is half a stride later. trunk_twist: pelvis to shoulders.
"""


def basis(t: np.ndarray, period: float, harmonics: tuple[int, ...]) -> np.ndarray:
    """Return the columns (F, n) of cosines and sines of these harmonics; one column of ones for harmonic 0."""
    w = 2.0 * np.pi / period
    return np.concatenate([[np.cos(k * w * t), np.sin(k * w * t)] if k else [np.ones_like(t)] for k in harmonics]).T


def series(frames: Frames) -> dict[str, np.ndarray]:
    """Return the coordinates (F,) of a recording by name, the trunk's angles instead of the levels'."""
    body, q = frames.body, frames.positions
    assert body.anatomy is not None
    found = {name: q[:, i] for name, i in body.dof.items() if not any(name.startswith(x) for x in body.levels)}
    for axis in ("flexion", "bend", "twist"):
        found[f"trunk_{axis}"] = q[:, body.rows(tuple(f"{x}_{axis}" for x in body.levels))].sum(axis=1)
    found["trunk_twist"] = found["trunk_twist"] / body.anatomy.parameters["lumbar_share_of_twist"]
    return found


def fitted(t: np.ndarray, x: dict[str, np.ndarray], period: float) -> tuple[dict[str, np.ndarray], float]:
    """Return coefficients (1 + 2 HARMONICS,) of each coordinate and the sum of squared residuals over variances."""
    every = tuple(range(HARMONICS + 1))
    answer, left = {}, 0.0
    for name in SIDED:
        a = np.concatenate([basis(t, period, every), basis(t + period / 2, period, every)])
        y = np.concatenate([x[f"{name}_r"], x[f"{name}_l"]])
        c = np.linalg.lstsq(a, y, rcond=None)[0]
        answer[name] = c
        left += float(((y - a @ c) ** 2).sum() / max(y.var(), 1e-9))
    for names, chosen in ((EVEN, every[0::2]), (ODD, every[1::2])):
        for name in names:
            y, a = x[name], basis(t, period, chosen)
            if name in DRIFTING:  # a slow drift on the treadmill is not the stride's
                a = np.column_stack([a, *(t**n for n in DRIFTING[name])])
            c = np.linalg.lstsq(a, y, rcond=None)[0]
            left += float(((y - a @ c) ** 2).sum() / max(y.var(), 1e-9))
            full = np.zeros(2 * HARMONICS + 1)
            places = [p for k in chosen for p in ([0] if k == 0 else [2 * k - 1, 2 * k])]
            full[places] = c[: len(places)]
            answer[name] = full
    return answer, left


def ground_speed(frames: Frames) -> float:
    """Return how fast the belt goes back [m/s]: the median over the frames of the lowest sole point's speed."""
    body = frames.body
    assert body.anatomy is not None
    kin = kinetics(body, frames.positions)
    soles = [p for p in body.anatomy.skin if p.contact == "feet"]
    place = np.stack([world_points(body, kin, p.body, np.array(p.position)) for p in soles], axis=1)
    velocity = np.gradient(place, frames.time_s, axis=0)
    lowest = place[:, :, 1].argmin(axis=1)
    return -float(np.median(velocity[np.arange(len(place)), lowest, 0]))


def main(folder: Path) -> None:
    """Fit the walk of a folder, write the table and print what the harmonics leave."""
    movement = Movement(file=folder / "subject01_walk1.trc", forces=folder / "subject01_walk1_grf.mot")
    frames = frames_of(Case(subject=Subject(mass_kg=MASS_KG, height_m=HEIGHT_M), motion=movement))
    inside = (frames.time_s > EDGE_S) & (frames.time_s < frames.time_s[-1] - EDGE_S)
    right = next(a for a in frames.applied if a.body == "foot_r").force[:, 1]
    strikes = [i for i in range(1, len(right)) if right[i - 1] < LOADED_N <= right[i] and inside[i]]
    start = float(frames.time_s[strikes[0]])
    t = frames.time_s[inside] - start
    x = {name: values[inside] for name, values in series(frames).items()}
    periods = np.arange(1.10, 1.40, 0.001)
    period = float(periods[int(np.argmin([fitted(t, x, p)[1] for p in periods]))])
    coefficients, _ = fitted(t, x, period)
    speed = ground_speed(frames)
    print(
        f"stride {period:.3f} s, {speed:.3f} m/s, {speed * period:.3f} m; strikes {[round(frames.time_s[i], 3) for i in strikes]}"
    )
    lines = [
        "coordinate,harmonic,cosine_deg,sine_deg,cosine_m,sine_m,duration_s,speed_m_per_s,spread,basis,source,note"
    ]
    lines.append(
        f"stride,,,,,,{period:.3f},{speed:.3f},,measured,delp2007,a treadmill: the belt's speed under the feet"
    )
    for name, c in coefficients.items():
        length = name.startswith("pelvis_t") and name != "pelvis_tilt"
        for k in range(HARMONICS + 1):
            cosine, sine = (c[0], 0.0) if k == 0 else (c[2 * k - 1], c[2 * k])
            if (name == "pelvis_tx" and k == 0) or (cosine == sine == 0.0):
                continue
            if length:
                lines.append(f"{name},{k},,,{cosine:.5f},{sine:.5f},,,,measured,delp2007,")
            else:
                lines.append(f"{name},{k},{np.degrees(cosine):.3f},{np.degrees(sine):.3f},,,,,,measured,delp2007,")
    for name, c in coefficients.items():
        chosen = tuple(range(HARMONICS + 1))
        names = [name] if name in x else [f"{name}_r", f"{name}_l"]
        for side, n in enumerate(names):
            y = x[n]
            r = y - basis(t + side * period / 2, period, chosen) @ c
            if n in DRIFTING:
                r = r - np.polyval(np.polyfit(t, r, 2), t)
            print(f"{n:22s} RMS {np.sqrt((r**2).mean()):.4f}  range {np.ptp(y):.4f}")
    OUT.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
