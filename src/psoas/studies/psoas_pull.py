"""The psoas's own pull in a posture: line of action of each fascicle, the brim it bends over, moment and stiffness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.frames import Frames
from psoas.mechanics.level_stiffness import level_stiffness
from psoas.mechanics.line_of_action import LinesOfAction, Turned, lines_of_action, turned_on
from psoas.result import Result
from psoas.sources.table import read_parameters
from psoas.tables import Cell, Table

SIDES = (("r", "right"), ("l", "left"))
SAME = 0.01  # of the force; sides that differ by less are told once
UPPER = ("L1/L2", "L2/L3", "L3/L4")  # where the psoas extends
TISSUE = ("abdominal pressure", "ligaments", "disc")


@dataclass(frozen=True, eq=False)
class Pull:
    """One side's fascicles in one frame, with their tensions force (N,) [N]."""

    side: str
    force: np.ndarray
    lines: LinesOfAction
    turned: Turned

    @property
    def pressed(self) -> np.ndarray:
        """Return the force on the brim (3,) [N], world."""
        return np.asarray(self.force @ self.turned.pressed)

    def mean_deg(self, angle: np.ndarray) -> float:
        """Return an angle (N,) [rad] of the fascicles, weighted by their tension [deg]; nan where none pulls."""
        total = self.force.sum()
        return float(np.degrees(self.force @ angle / total)) if total > 0 else float("nan")


def pulls(frames: Frames, result: Result, frame: int = 0) -> tuple[Pull, Pull]:
    """Return the right and the left psoas of one frame."""
    names, groups = result.muscles.names, result.muscles.groups
    found = []
    for side, _ in SIDES:
        chosen = np.array(
            [
                i
                for i, (n, g) in enumerate(zip(names, groups, strict=True))
                if g == "psoas_major" and n.endswith(f"_{side}")
            ]
        )
        position = frames.positions[frame]
        found.append(
            Pull(
                side,
                result.muscles.force_n[chosen, frame],
                lines_of_action(frames.body, position, chosen),
                turned_on(frames.body, position, chosen),
            )
        )
    return found[0], found[1]


def shares_of_extension(result: Result, frames: Frames, frame: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the extension moment (K,) [N m] of the psoas, and of all muscles, each fascicle by itself, 0 or more."""
    lines = lines_of_action(frames.body, frames.positions[frame], np.arange(len(result.muscles.names)))
    moment = -np.minimum(lines.arm * result.muscles.force_n[:, frame, None], 0.0)
    psoas = np.array(result.muscles.groups) == "psoas_major"
    return moment[psoas].sum(axis=0), moment.sum(axis=0)


def stiffness(frames: Frames, result: Result, gain: float, frame: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the stiffness (K, 2) [N m/deg], flexion and side bend, of the psoas, of all muscles, of all."""
    found = level_stiffness(
        frames.body,
        frames.positions[frame],
        frames.effort,
        result.muscles.activation[:, frame],
        result.loads["compression_n"][:, frame],
        gain,
    )
    whole = np.sum(list(found.values()), axis=0)
    muscles = whole - np.sum([found[name] for name in TISSUE], axis=0)
    degree = np.pi / 180.0
    return degree * found["psoas_major"], degree * muscles, degree * whole


def muscle_gain() -> float:
    """Return q of k = q F / L, the short-range stiffness of a muscle (`mechanics/data/stability.csv`)."""
    return read_parameters("mechanics/data/stability.csv")["muscle_stiffness_gain"]


def pull_tables(frames: Frames, result: Result, of: str = "") -> list[Table]:
    """Return the tables of lines of action, fascicles by level, the brim, and the share of moment and stiffness."""
    both = pulls(frames, result)
    shown = both[:1] if _alike(both) else both
    return [
        _directions(shown, result.levels, of),
        _by_level(shown, result.levels, of),
        _brim(both, of),
        _support(frames, result, of),
    ]


def pull_findings(frames: Frames, result: Result) -> list[str]:
    """Return in sentences where the psoas extends and flexes, what the brim bears, and what the psoas supports."""
    both, levels = pulls(frames, result), result.levels
    moment = sum((p.force[:, None] * p.lines.arm).sum(axis=0) for p in both)
    found = [
        f"The moment of both psoas at the levels from L1/L2 to L5/S1: "
        f"{', '.join(f'{m:+.2f}' for m in moment[1:])} N m (+ bends forward)."
    ]
    counts = [0] * (len(levels) + 2)
    for turn, arm in zip(both[0].lines.turning(), both[0].lines.arm, strict=True):
        counts[turn if turn is not None else len(levels) + int(arm.min() < 0)] += 1
    told = [f"{n} turn between {levels[k]} and {levels[k + 1]}" for k, n in enumerate(counts[: len(levels)]) if n]
    told += [f"{counts[-2]} flex every level that they cross"] if counts[-2] else []
    told += [f"{counts[-1]} extend every level that they cross"] if counts[-1] else []
    found.append(f"From extensor above to flexor below, of {sum(counts)} fascicles a side: {', '.join(told)}.")
    for p, (_, side) in zip(both if not _alike(both) else both[:1], SIDES, strict=False):
        x, y, z = p.pressed
        ways = [
            f"{abs(x):.0f} N {'forward' if x > 0 else 'back'}",
            f"{abs(y):.0f} N {'up' if y > 0 else 'down'}",
            f"{abs(z):.0f} N to the {'right' if z > 0 else 'left'}",
        ]
        found.append(
            f"The pelvic brim turns the {side} psoas's {p.force.sum():.0f} N by {p.mean_deg(p.turned.turn):.0f} deg "
            f"and is pressed with {np.linalg.norm(p.pressed):.0f} N: {', '.join(ways)}."
        )
    q = muscle_gain()
    curve, short = stiffness(frames, result, 0.0), stiffness(frames, result, q)
    share = _upper_share(frames, result)
    found.append(f"Of the extension moment that all muscles make from L1/L2 to L3/L4 the psoas makes {share:.1f} %.")
    k = levels.index("L4/L5")
    found.append(
        f"Against side bend at L4/L5 the psoas gives {_percent(short, k, 1)} of the whole stiffness, against flexion "
        f"{_percent(short, k, 0)}, with short-range stiffness {q:g} F / L (assumed); with fibres that follow their "
        f"curves {_percent(curve, k, 1)} and {_percent(curve, k, 0)}. A negative share lets go instead of holding."
    )
    return found


def changed_findings(frames: tuple[Frames, Frames], results: tuple[Result, Result]) -> list[str]:
    """Return in sentences how a change moves what the brim bears and what the psoas supports; first, then changed."""
    found = []
    for before, after, (_, side) in zip(
        *(pulls(f, r) for f, r in zip(frames, results, strict=True)), SIDES, strict=True
    ):
        was, now = (float(np.linalg.norm(p.pressed)) for p in (before, after))
        found.append(
            f"With the change the {side} psoas pulls with {after.force.sum():.0f} N instead of "
            f"{before.force.sum():.0f} N and presses the brim with {now:.0f} N instead of {was:.0f} N."
        )
    shares = [_upper_share(f, r) for f, r in zip(frames, results, strict=True)]
    found.append(
        f"Of the extension moment of all muscles from L1/L2 to L3/L4 the psoas then makes {shares[1]:.1f} % instead of "
        f"{shares[0]:.1f} %."
    )
    return found


def _upper_share(frames: Frames, result: Result) -> float:
    """Return the psoas's share [%] of the extension moment of all muscles, summed from L1/L2 to L3/L4."""
    own, all_muscles = shares_of_extension(result, frames)
    upper = [result.levels.index(level) for level in UPPER]
    return 100.0 * float(own[upper].sum() / all_muscles[upper].sum()) if all_muscles[upper].sum() > 0 else 0.0


def _percent(found: tuple[np.ndarray, np.ndarray, np.ndarray], k: int, axis: int) -> str:
    return f"{100.0 * found[0][k, axis] / found[2][k, axis]:.1f} %"


def _alike(both: tuple[Pull, Pull]) -> bool:
    right, left = (p.force for p in both)
    return bool(np.abs(right - left).max() <= SAME * max(float(right.max()), 1e-9))


def _directions(shown: tuple[Pull, ...], levels: tuple[str, ...], of: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for p in shown:
        for i, (name, turn) in enumerate(zip(p.lines.names, p.lines.turning(), strict=True)):
            arm = p.lines.arm[i][p.lines.crosses[i]]
            if turn is not None:
                turns = f"between {levels[turn]} and {levels[turn + 1]}"
            else:
                turns = "extends throughout" if arm.max() < 0 else "flexes throughout"
            rows.append((name, float(p.force[i]), *(float(x) for x in p.lines.direction[i]), turns))
    columns = ("fascicle", "pull, N", "forward", "up", "to the right", "from extensor above to flexor below")
    note = "The direction of the pull at the spine, of length one, in the world."
    return Table("The psoas's lines of action" + of, columns, tuple(rows), (0, 1, 2, 2, 2, 0), note)


def _by_level(shown: tuple[Pull, ...], levels: tuple[str, ...], of: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for p in shown:
        for i, name in enumerate(p.lines.names):
            for k in np.flatnonzero(p.lines.crosses[i]):
                loads = (p.lines.compression, p.lines.anterior_shear, p.lines.right_shear)
                arm = float(p.lines.arm[i, k])
                rows.append(
                    (name, levels[k], 1e3 * arm, arm * float(p.force[i]), *(float(p.force[i] * x[i, k]) for x in loads))
                )
    columns = ("fascicle", "level", "arm, mm", "moment, N m", "compression, N", "forward, N", "right, N")
    note = "Arm and moment: + bends forward. Forward, right: how it presses the upper vertebra on the lower."
    return Table("Each fascicle at each level it crosses" + of, columns, tuple(rows), (0, 0, 0, 2, 1, 1, 1), note)


def _brim(both: tuple[Pull, Pull], of: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for p, (_, side) in zip(both, SIDES, strict=True):
        turned, over = p.mean_deg(p.turned.turn), p.mean_deg(p.turned.on_cylinder)
        size = float(np.linalg.norm(p.pressed))
        rows.append((side, float(p.force.sum()), turned, over, size, *(float(x) for x in p.pressed)))
    columns = (
        "side",
        "pull, N",
        "turned, deg",
        "over the cylinder, deg",
        "pressed, N",
        "forward, N",
        "up, N",
        "right, N",
    )
    note = "What presses the brim is the sum of the pulls to the spine and to the femur. Angles are weighted by pull."
    return Table("Turned at the pelvic brim" + of, columns, tuple(rows), (0, 1, 0, 0, 1, 1, 1, 1), note)


def _support(frames: Frames, result: Result, of: str) -> Table:
    own, all_muscles = shares_of_extension(result, frames)
    q = muscle_gain()
    bent = stiffness(frames, result, q)
    still = stiffness(frames, result, 0.0)
    rows: list[tuple[Cell, ...]] = []
    for k, level in enumerate(result.levels):
        share = 100.0 * float(own[k] / all_muscles[k]) if all_muscles[k] > 0 else None
        cells = [float(bent[part][k, axis]) for axis in (0, 1) for part in (0, 1, 2)]
        rows.append((level, float(own[k]), share, *cells, float(still[0][k, 0]), float(still[0][k, 1])))
    columns = (
        "level",
        "extension, N m",
        "of all muscles, %",
        "flexion: psoas",
        "muscles",
        "whole",
        "side bend: psoas",
        "muscles ",
        "whole ",
        "by curves: flexion",
        "side bend",
    )
    note = (
        f"Stiffness in N m a degree, one level turned by itself, activation kept, with k = {q:g} F / L (assumed, "
        "a middle value of a wide range); by curves: the psoas's where fibres only follow their curves. The whole "
        "holds discs and ligaments. Negative: it lets go."
    )
    return Table("What the psoas supports" + of, columns, tuple(rows), (0, 2, 1, 3, 3, 2, 3, 3, 2, 3, 3), note)
