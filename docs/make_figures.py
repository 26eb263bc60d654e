"""Draws docs/figures: the pressure series, loads per level, flexion to the end of range. Needs the extra `docs`."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("svg")
import matplotlib.pyplot as plt

from psoas.case.case import Case
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.chain import run
from psoas.result import Result

FOLDER = Path(__file__).with_name("figures")
LEVEL = "L4/L5"
# Blue, orange, grey: told apart without colour vision, and by marker and dash as well.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"
# Measured ratio of disc pressure to standing in one volunteer (Wilke 1999, 2001) and the band it is judged by.
SERIES = {
    "prone": (Case(posture=Posture(preset="lying_prone")), 0.20, (0.1, 0.4)),
    "slouched on a backrest": (Case(posture=Posture(preset="slouched")), 0.54, (0.35, 0.8)),
    "erect sitting": (Case(posture=Posture(preset="sitting")), 0.90, (0.8, 1.45)),
    "trunk flexed 40 degrees": (Case(posture=Posture(trunk_flexion_deg=40)), 2.2, (1.8, 3.0)),
    "20 kg close": (
        Case(posture=Posture(elbow_flexion_deg=90), surroundings=Surroundings(hands_kg=20)),
        2.2,
        (1.6, 2.9),
    ),
    "20 kg, bent knees": (
        Case(posture=Posture(preset="squat"), surroundings=Surroundings(hands_kg=20)),
        3.4,
        (2.4, 4.5),
    ),
    "20 kg, round back": (
        Case(
            posture=Posture(pelvis_tilt_deg=20, trunk_flexion_deg=65, knee_flexion_deg=25),
            surroundings=Surroundings(hands_kg=20),
        ),
        4.6,
        (3.4, 6.0),
    ),
}


def at(result: Result, key: str = "compression_n") -> float:
    """Return a load at L4/L5."""
    return float(result.level(LEVEL)[key][0])


def save(figure: plt.Figure, name: str) -> None:
    """Write a figure without dates, so that the same numbers give the same file."""
    figure.savefig(FOLDER / name, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def series() -> None:
    """Measured against computed: ratios to standing with bands and intervals."""
    standing = at(run(Case())[0])
    figure, axes = plt.subplots(figsize=(7.5, 3.8))
    for row, (case, measured, band) in enumerate(SERIES.values()):
        result = run(case, interval=True)[0]
        assert result.interval is not None
        span = result.interval["compression_n"]
        index = result.levels.index(LEVEL)
        low, high = span["low"][index, 0] / standing, span["high"][index, 0] / standing
        axes.barh(row, band[1] - band[0], left=band[0], height=0.7, color="#dddddd", zorder=0)
        axes.plot(measured, row, "D", color=ORANGE, markersize=7, label="measured" if row == 0 else None)
        axes.plot([low, high], [row, row], "-", color=BLUE, lw=1.5, label="computed, low to high" if row == 0 else None)
        axes.plot(at(result) / standing, row, "o", color=BLUE, markersize=7, label="computed" if row == 0 else None)
    axes.set_yticks(range(len(SERIES)), list(SERIES))
    axes.axvline(1.0, color=GREY, lw=0.8, ls=":")
    axes.set_xlabel("L4/L5, times standing (grey: band of the claim)")
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, "series.svg")


def levels() -> None:
    """Compression and forward shear at every level in four situations."""
    chosen = {
        "standing": Case(),
        "erect sitting": SERIES["erect sitting"][0],
        "trunk flexed 40 degrees": SERIES["trunk flexed 40 degrees"][0],
        "20 kg, round back": SERIES["20 kg, round back"][0],
    }
    figure, panels = plt.subplots(1, 2, figsize=(7.5, 3.6), sharey=True)
    for (name, case), style in zip(chosen.items(), ("o-", "s--", "^-.", "D:"), strict=True):
        result = run(case)[0]
        rows = np.arange(len(result.levels))
        for axes, key in zip(panels, ("compression_n", "anterior_shear_n"), strict=True):
            axes.plot(result.loads[key][:, 0], rows, style, label=name)
    panels[0].set_yticks(rows, result.levels)
    panels[0].invert_yaxis()
    for axes, label in zip(panels, ("compression, N", "forward shear, N"), strict=True):
        axes.set_xlabel(label)
        axes.spines[["top", "right"]].set_visible(False)
    panels[1].axvline(0.0, color=GREY, lw=0.8, ls=":")
    figure.legend(*panels[0].get_legend_handles_labels(), ncols=4, frameon=False, loc="upper center", fontsize=9)
    save(figure, "levels.svg")


def flexion() -> None:
    """Load at L4/L5 and activity of the erector spinae against trunk inclination, with and without 10 kg."""
    inclinations = np.arange(0, 111, 10)
    figure, panels = plt.subplots(1, 2, figsize=(7.5, 3.4))
    for load, style, colour in ((0.0, "o-", BLUE), (10.0, "s--", ORANGE)):
        compression, active = [], []
        for inclination in inclinations:
            lumbar = min(0.6 * inclination, 60.0)
            posture = Posture(trunk_flexion_deg=lumbar, pelvis_tilt_deg=inclination - lumbar)
            result = run(Case(posture=posture, surroundings=Surroundings(hands_kg=load)))[0]
            compression.append(at(result))
            active.append(100 * result.group("erector_spinae").activation[0])
        panels[0].plot(inclinations, compression, style, color=colour, label=f"{load:.0f} kg in the hands")
        panels[1].plot(inclinations, active, style, color=colour)
    panels[0].set_ylabel("L4/L5 compression, N")
    panels[1].set_ylabel("erector spinae, % active")
    panels[0].legend(frameon=False)
    for axes in panels:
        axes.set_xlabel("trunk inclination, degrees")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
    save(figure, "flexion.svg")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    plt.rcParams["svg.hashsalt"] = "psoas"
    # Okabe and Ito's colours, told apart without colour vision.
    plt.rcParams["axes.prop_cycle"] = plt.cycler(color=[BLUE, ORANGE, "#009E73", "#CC79A7"])
    for draw in (series, levels, flexion):
        draw()
        sys.stdout.write(f"drew {draw.__name__}\n")
