"""Fits the thoracolumbar fascia to the passive extension moment that living people have in full flexion.

149 people pulled on a load cell: what resisted full flexion of the lumbar spine without electrical activity of the
erector spinae was 120 N m in men (Dolan 1994, abstract). Discs, ligaments and stretched muscle of the model give less;
the rest is given to a line 5 mm behind the tips of the spinous processes, the posterior layer of the fascia: of one
tension along its length in full flexion (assumed), stiffening as the supraspinous ligament of its level does (assumed),
and slack over the first half of the range: what passive tissue resists grows exponentially from there on (Adams and
Dolan 1991, as quoted). Full flexion is 60 degrees: 52 from L1 to the sacrum (Pearcy 1984, recalled), and as much at
T12/L1 as at L1/L2. Run by hand: python docs/fit_fascia.py rewrites its rows.
"""

from __future__ import annotations

import csv
import io
from importlib import resources
from pathlib import Path

import numpy as np

from psoas.anatomy.load import reference_anatomy
from psoas.anatomy.scale import scale
from psoas.anatomy.subject import Subject
from psoas.body.build import build
from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.frames import frames_of
from psoas.mechanics.columns import line_forces
from psoas.mechanics.equilibrium import equilibrium
from psoas.mechanics.kinetics import kinetics

HALF_DEG = 30.0  # of lumbar flexion
WANTED = 120.0  # N m about L5/S1
WITHIN = 0.5  # N m
PASSES = 20
FULL = Case(posture=Posture(trunk_flexion_deg=60, pelvis_tilt_deg=40))
BEHIND_M = 0.005
LEVEL, MODEL, NAME = "L5/S1", "SSL", "TLF"
NOTE = (
    "posterior layer of the thoracolumbar fascia, 5 mm behind the spinous processes (assumed); of one tension in full "
    "flexion, which all passive tissue then resists with 120 N m at L5/S1 (dolan1994); slack over half the range "
    "(adams1991); stiffening assumed"
)
TABLE = Path(str(resources.files("psoas").joinpath("anatomy/data/ligaments.csv")))


def measured() -> tuple[float, dict[str, tuple[float, float]]]:
    """Return the passive moment at L5/S1 [N m] in full flexion, and each line's arm [m] and strain there."""
    frames = frames_of(FULL)
    body = frames.body
    kin = kinetics(body, frames.positions)
    found = equilibrium(body, kin, frames.effort, frames.contacts, frames.applied)
    muscle_arms, ligament_arms = line_forces(body, kin)
    row, k = body.dof[f"{LEVEL}_flexion"], body.levels.index(LEVEL)
    passive = -float(
        ligament_arms[0, row] @ found.ligament[0] + muscle_arms[0, row] @ found.passive[0] + found.disc_moment[0, k, 0]
    )
    m = body.muscle_count
    lines = {}
    for i, name in enumerate(body.ligament_names):
        ligament, _, level = name.partition("_")
        if ligament == NAME:
            arm = -float(ligament_arms[0, body.dof[f"{level}_flexion"], i])
            lines[level] = (arm, float(kin.length[0, m + i] / body.ligament_length[i] - 1.0))
    return passive, lines


def slack() -> dict[str, float]:
    """Return the strain of each line where half of full flexion is shared by the rhythm."""
    body = build(scale(Subject()))
    positions = np.zeros((1, body.model.nq))
    for disc in body.anatomy.discs:
        positions[0, body.dof[f"{disc.level}_flexion"]] = disc.flexion_share * np.radians(HALF_DEG)
    m, kin = body.muscle_count, kinetics(body, positions)
    strain = kin.length[0, m : m + len(body.ligament_names)] / body.ligament_length - 1.0
    named = zip(body.ligament_names, strain, strict=True)
    return {name.partition("_")[2]: float(s) for name, s in named if name.startswith(NAME)}


def main() -> None:
    """Put the fascia into the table with hardly any stiffness, then raise it until the moment is met."""
    remarks, rows = _read()
    rows = [row for row in rows if row["ligament"] != NAME]
    new = []
    for row in rows:
        if row["ligament"] == MODEL:
            made = dict(row) | {"ligament": NAME, "stiffness_n": "0.001", "slack_strain": "0", "transition_strain": "1"}
            for side in ("upper", "lower"):
                made[f"{side}_x_m"] = f"{float(row[f'{side}_x_m']) - BEHIND_M:.5f}"
            made |= {"basis": "assumed", "source": "dolan1994;adams1991;psoas_assumed", "note": NOTE}
            new.append(made)
    _write(remarks, rows + new)
    reference_anatomy.cache_clear()
    for level, strain in slack().items():
        row = next(r for r in new if r["level"] == level)
        row["slack_strain"], row["transition_strain"] = f"{strain:.4f}", f"{1.0 + strain:.4f}"
    tension, pace = 0.0, 1.0
    for _ in range(PASSES):
        _write(remarks, rows + new)
        reference_anatomy.cache_clear()
        passive, lines = measured()
        print(f"passive {passive:.1f} N m; tension {tension:.0f} N, arms and strains {lines}")
        if abs(passive - WANTED) < WITHIN:
            return
        arm, _ = lines[LEVEL]
        tension += pace * (WANTED - passive) / arm
        pace = 0.5  # the levels share the flexion anew each time, so that whole steps swing about the moment
        for row in new:
            b, strain = float(row["stiffening_ratio"]), max(lines[row["level"]][1] - float(row["slack_strain"]), 0.01)
            row["stiffness_n"] = f"{tension * b / np.expm1(b * strain):.4g}"
    raise SystemExit(f"The moment is not within {WITHIN:g} N m of {WANTED:g} N m after {PASSES} passes.")


def _read() -> tuple[list[str], list[dict[str, str]]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [x for x in lines if x.startswith("#")], list(csv.DictReader(x for x in lines if not x.startswith("#")))


def _write(remarks: list[str], rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    TABLE.write_text("\n".join(remarks) + "\n" + text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
