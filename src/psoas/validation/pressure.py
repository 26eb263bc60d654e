"""P01 to P12: the pressure series of one volunteer as ratios to standing, and another model's forces at L5/S1."""

from __future__ import annotations

import numpy as np

from psoas.case.case import Case
from psoas.case.posture import Posture, Sided
from psoas.case.surroundings import Surroundings
from psoas.mechanics.columns import line_forces
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check


def held(mass_kg: float) -> Surroundings:
    """Return a load held in both hands, half each."""
    return Surroundings(hands_kg=both(0.5 * mass_kg))


def both(value: float) -> Sided:
    """Return a value of both sides."""
    return Sided(left=value, right=value)


STANDING = Case()
FLEXED = Case(posture=Posture(trunk_flexion_deg=40))
ROUND_BACK = Case(
    posture=Posture(pelvis_tilt_deg=20, trunk_flexion_deg=65, knee_flexion_deg=both(25.0)),
    surroundings=held(20),
)
# Claim -> (case, what it is, measured ratio to standing), in the measured order.
SERIES: dict[str, tuple[Case, str, float]] = {
    "P03": (Case(posture=Posture(preset="lying_prone")), "lying prone", 0.2),
    "P05": (Case(posture=Posture(preset="slouched")), "slouched on a backrest", 0.54),
    "P04": (Case(posture=Posture(preset="sitting")), "sitting erect, no backrest", 0.9),
    "P01": (STANDING, "standing", 1.0),
    "P06": (FLEXED, "trunk flexed 40 degrees", 2.2),
    "P09": (
        Case(posture=Posture(elbow_flexion_deg=both(90.0)), surroundings=held(20)),
        "20 kg close to the body",
        2.2,
    ),
    "P08": (Case(posture=Posture(preset="squat"), surroundings=held(20)), "20 kg, bent knees", 3.4),
    "P07": (ROUND_BACK, "20 kg, round back", 4.6),
}
WILKE_AREA = 1800.0  # mm2, of the volunteer's disc


def compression(bench: Bench, case: Case, level: str = "L4/L5") -> float:
    """Return the compression [N] of the first frame."""
    return float(bench.run(case).level(level)["compression_n"][0])


def resultant(bench: Bench, case: Case, level: str) -> np.ndarray:
    """Return |F| (F,) [N] of compression and both shears."""
    loads = bench.run(case).level(level)
    return np.sqrt(loads["compression_n"] ** 2 + loads["anterior_shear_n"] ** 2 + loads["right_shear_n"] ** 2)


def series(bench: Bench) -> list[tuple[str, float, float]]:
    """Return (what it is, measured, ours) as ratios to standing, in the measured order."""
    standing = compression(bench, STANDING)
    return [(label, measured, compression(bench, case) / standing) for case, label, measured in SERIES.values()]


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rho: Pearson's r of the ranks, equal values sharing theirs."""
    ranks = [np.array([np.sum(x < v) + 0.5 * (np.sum(x == v) - 1) for v in x]) for x in (first, second)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


@check("P01")
def _standing_pressure(bench: Bench) -> Answer:
    result = bench.run(STANDING)
    factor = bench.anatomy.parameters["pressure_factor"]
    other = compression(bench, STANDING) / (WILKE_AREA * factor)
    return Answer(
        float(result.level("L4/L5")["pressure_mpa"][0]),
        f"with our disc's area; with the volunteer's 1800 mm2 it is {other:.2f} MPa",
    )


@check("P02")
def _standing_compression(bench: Bench) -> Answer:
    return Answer(compression(bench, STANDING))


def _ratio(name: str, why: str = "") -> None:
    case = SERIES[name][0]

    @check(name)
    def ratio(bench: Bench) -> Answer:
        newtons = compression(bench, case)
        told = f"{newtons:.0f} N" + (f"; {why}" if why else "")
        return Answer(newtons / compression(bench, STANDING), told)


_ratio("P03")
_ratio("P04", "the studies disagree, so the band is wide and no sign is claimed")
for _name in ("P05", "P06", "P07", "P08"):
    _ratio(_name)
_ratio("P09", "a crate held against the trunk bears on it; ours hangs from the hands")


@check("P10")
def _order(bench: Bench) -> Answer:
    labels, measured, ours = zip(*series(bench), strict=True)
    found = rank_correlation(np.array(measured), np.array(ours))
    # Sitting against standing is contested, so the measured two may change places.
    swapped = list(measured)
    i, j = (list(SERIES).index(name) for name in ("P04", "P01"))
    swapped[i], swapped[j] = swapped[j], swapped[i]
    return Answer(
        max(found, rank_correlation(np.array(swapped), np.array(ours))),
        f"{len(labels)} postures; {found:.3f} in the order of the one volunteer, sitting below standing",
    )


@check("P11")
def _resultant_standing(bench: Bench) -> Answer:
    return Answer(float(resultant(bench, STANDING, "L5/S1")[0]))


@check("P12")
def _resultant_round_back(bench: Bench) -> Answer:
    found = float(resultant(bench, ROUND_BACK, "L5/S1")[0])
    standing = compression(bench, STANDING)
    return Answer(
        found,
        f"{found / float(resultant(bench, STANDING, 'L5/S1')[0]):.1f} times standing, theirs 4.1; at L4/L5 ours is "
        f"{compression(bench, ROUND_BACK) / standing:.1f} times standing and the volunteer's 4.6 (P07). 65 degrees of "
        f"lumbar flexion are past our full flexion of 60: tissue bears {tissue_share(bench, ROUND_BACK, 'L5/S1'):.0%} "
        "of the moment there, most of it ligaments, which pull as close to the joint as the muscles would",
    )


def tissue_share(bench: Bench, case: Case, level: str) -> float:
    """Return the share of a level's extension moment that ligaments, stretched muscle and disc bear, not effort."""
    solved = bench.solve(case)
    row, k = solved.body.dof[f"{level}_flexion"], solved.body.levels.index(level)
    muscles, ligaments = (arms[0, row] for arms in line_forces(solved.body, solved.kin))
    passive = muscles @ solved.found.passive[0] + ligaments @ solved.found.ligament[0]
    passive += solved.found.disc_moment[0, k, 0]
    return float(passive / (passive + muscles @ solved.found.active[0]))
