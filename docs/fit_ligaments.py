"""Fits the posterior ligaments of each level to published figures of whole segments in flexion.

A segment bent without preload resists 10 N m at 5.6 degrees (Schmidt 1998: 1.8 N m per degree). Under the largest
moments, up to 95 N m, segments turned by up to 18 degrees and had a stiffness of 6 to 11 N m per degree (Miller 1986,
all directions of bending and turning; flexion taken as the softest): read as 95 N m at 18 degrees, 8.5 N m per degree
there. The disc alone is Han 2010. Yellow, interspinous and supraspinous ligament keep the ratio of stiffness and the
slack strain of their source; a factor on the first, one stiffening of the toe and one factor on its width are the three
unknowns of a level. T12/L1 copies L1/L2. Run by hand: python docs/fit_ligaments.py rewrites the rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np

from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.validation.bench import Bench
from psoas.validation.tissue import flexion_curve

FIRST, LAST, END = (5.6, 10.0), (18.0, 95.0), 8.5  # degrees and N m, N m per degree
POSTERIOR = ("LF", "ISL", "SSL")
COPIED = ("T12/L1", "L1/L2")
NOTE = (
    "relative stiffness and slack of the source; factor, stiffening and width of the toe so that disc and ligaments "
    "without preload reach 10 N m at 5.6 degrees (schmidt1998) and 95 N m at 18 degrees, 8.5 N m/deg there (miller1986)"
)


def resistance(bench: Bench, unknowns: np.ndarray) -> np.ndarray:
    """Return the moments [N m] at the first and last figure and the stiffness [N m/deg] at the last (3, K).

    unknowns (3, K): factor of the stiffness, stiffening, factor of the width of the toe, by level.
    """
    levels = bench.body.levels
    ligaments = tuple(
        replace(
            x,
            stiffness=x.stiffness * f,
            stiffening=b,
            transition_strain=x.slack_strain + w * (x.transition_strain - x.slack_strain),
        )
        if x.name.split("_")[0] in POSTERIOR
        else x
        for x in bench.body.anatomy.ligaments
        for f, b, w in [unknowns[:, levels.index(x.level)]]
    )
    tried = Bench()
    tried.__dict__["body"] = replace(bench.body, anatomy=replace(bench.body.anatomy, ligaments=ligaments))
    degrees, moments = flexion_curve(tried)

    def at(angle: float) -> np.ndarray:
        return np.array([np.interp(angle, degrees, column) for column in moments.T])

    return np.stack([at(FIRST[0]), at(LAST[0]), at(LAST[0] + 0.5) - at(LAST[0] - 0.5)])


def fitted(bench: Bench) -> np.ndarray:
    """Return factor, stiffening, width (3, K): the end stiffness rises with the width, the first moment falls with b."""
    count = len(bench.body.levels)
    one = np.ones(count)
    rest = resistance(bench, np.stack([0.0 * one, one, one]))

    def of_width(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = 0.1 * one, 30.0 * one
        for _ in range(25):
            b = 0.5 * (low + high)
            posterior = resistance(bench, np.stack([one, b, w])) - rest
            factor = (LAST[1] - rest[1]) / posterior[1]  # the moment is linear in the factor
            more = rest[0] + factor * posterior[0] > FIRST[1]
            low, high = np.where(more, b, low), np.where(more, high, b)
        return np.stack([factor, b, w]), rest[2] + factor * posterior[2]

    narrow, wide = 0.7 * one, 3.0 * one
    for _ in range(15):
        w = 0.5 * (narrow + wide)
        unknowns, end = of_width(w)
        narrow, wide = np.where(end < END, w, narrow), np.where(end < END, wide, w)
    if np.abs(resistance(bench, unknowns) / np.array([[FIRST[1]], [LAST[1]], [END]]) - 1.0).max() > 0.01:
        raise SystemExit("No stiffening and width of the toe meet the published figures within 1 %.")
    return unknowns


def main() -> None:
    """Rewrite the rows of the posterior ligaments."""
    bench = Bench()
    bench.__dict__["body"] = build(scale(Subject()))
    found = dict(zip(bench.body.levels, fitted(bench).T, strict=True))
    found[COPIED[0]] = found[COPIED[1]]
    path = Path(str(resources.files("psoas").joinpath("anatomy/data/ligaments.csv")))
    lines = path.read_text(encoding="utf-8").splitlines()
    remarks = [line for line in lines if line.startswith("#")]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for row in rows:
        if row["ligament"] in POSTERIOR and row["level"] != COPIED[0]:
            f, b, w = found[row["level"]]
            slack, transition = float(row["slack_strain"]), float(row["transition_strain"])
            row["transition_strain"] = f"{slack + w * (transition - slack):.4g}"
            row["stiffness_n"] = f"{float(row['stiffness_n']) * f:.4g}"
            row["stiffening_ratio"] = f"{b:.4g}"
            row["basis"], row["source"], row["note"] = "regressed", "remus2021;schmidt1998;miller1986", NOTE
    originals = {row["ligament"]: row for row in rows if row["level"] == COPIED[1]}
    for row in rows:
        if row["ligament"] in POSTERIOR and row["level"] == COPIED[0]:
            for column in ("stiffness_n", "transition_strain", "stiffening_ratio"):
                row[column] = originals[row["ligament"]][column]
            row["basis"], row["source"] = "assumed", "remus2021;schmidt1998;miller1986;psoas_assumed"
            row["note"] = f"copy of {COPIED[1]}; {NOTE}"
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text("\n".join(remarks) + "\n" + text.getvalue(), encoding="utf-8")
    for level, (f, b, w) in found.items():
        print(f"{level}: stiffness x {f:.3f}, stiffening {b:.2f} per unit strain, toe {w:.2f} times as wide")


if __name__ == "__main__":
    main()
