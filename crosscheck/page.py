"""The comparison as a page of the docs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

# What is compared: the head of its column, the most that is allowed.
LIMITS = {
    "length": ("path length, mm", 0.1),
    "slope": ("moment arm, mm", 0.2),
    "solver": ("arm of straight paths, mm", 0.2),
    "force": ("muscle force, % of maximum, RMS", 1.0),
    "joint": ("joint force, %", 1.0),
    "worse": ("objective worse than OpenSim's, %", 1e-4),
}
SHOWN = ("length", "slope", "wrapped", "itself", "force", "joint")


def missed(figures: dict[str, float]) -> tuple[str, ...]:
    """Return the names of the tolerances that these figures do not meet; a figure that is no number meets none."""
    return tuple(k for k, (_, limit) in LIMITS.items() if not figures[k] <= limit)


class Compared(Protocol):
    """One row of the comparison: figures by the names of LIMITS, and objectives (ours, theirs, as OpenSim has it)."""

    @property
    def name(self) -> str:
        """The posture, or the time of the walk."""

    @property
    def figures(self) -> dict[str, float]:
        """The figures by their names."""

    @property
    def objective(self) -> tuple[float, float, float]:
        """Ours, theirs in our equations, theirs as OpenSim has it."""

    @property
    def missed(self) -> tuple[str, ...]:
        """The tolerances that are not met."""


TEXT = """# The same work done by OpenSim

`psoas export osim` writes the body as an OpenSim model. `make crosscheck` lets OpenSim {version} load it (without a
warning), measure its paths and run StaticOptimization and JointReaction on it, and compares. This page is what the last
run wrote.

Both programs were asked the same. Each fascicle is a path actuator that pulls what it can pull in that posture (in
walking, at that speed). Activation goes from 0 to 1; the sum of squared activations with equal weights is least, with
quadratic reserves (r / 10 N m)² on the 18 lumbar and 6 hip coordinates. The root is free: its actuators balance it and
share nothing out. Knees, ankles, arms and neck are driven directly, on OpenSim's side by actuators of 10 kN m, whose
cost is nil beside that of a muscle. The slides of the lumbar joints are locked: OpenSim's model has none. Passive
tissue, abdominal pressure, contacts and tone are off, so these postures hang by the pelvis: they test the arithmetic,
not a person. In the walk the measured ground forces act on the feet of the fitted person, and both programs take the
accelerations from the same quintic spline through the same velocities.

- *path length*, *moment arm*: the largest difference over {fascicles} fascicles and 24 coordinates; allowed {length:g}
  mm and {slope:g} mm. A moment arm is the slope of a path's length; here it is our arm against the slope of OpenSim's
  own length, paths that bend over the pelvic brim included.
- *solver to ours*, *solver to own slope*: what OpenSim's moment arm solver says of the paths over the brim, against our
  arms and against the slope of OpenSim's own length. It misses both alike, mostly about the adduction of the hip:
  OpenSim's two tangent points on the cylinder are not quite those of the shortest path. Its length hardly notices
  (microns more than ours), but its solver pushes at those points. So the slope decides here, and the solver does not.
  On straight paths the solver may differ from us by {solver:g} mm; the largest difference is {straight}.
- *muscle force*: root mean square over the fascicles of the difference, as a share of each one's maximum force; allowed
  {force:g} %.
- *joint force*: the largest difference of the force vector of a level, as a share of that force; allowed {joint:g} %.
- *objective*: of our activations, and of OpenSim's with the reserves that they leave in the same equations. Ours may
  not be larger.

| posture | path length, mm | moment arm, mm | solver to ours, mm | solver to own slope, mm | {forces} |
|---|---|---|---|---|---|---|---|---|
"""
FORCES = "muscle force, % | joint force, % | objective: ours | OpenSim's"


def page(rows: Sequence[Compared], *, fascicles: int, version: str) -> str:
    """Return the page; figures are rounded so coarsely that another machine writes the same."""
    straight = max(r.figures["solver"] for r in rows)
    head = TEXT.format(
        version=version,
        fascicles=fascicles,
        forces=FORCES,
        straight=f"{_rounded(straight, 3)} mm",
        **{k: limit for k, (_, limit) in LIMITS.items()},
    )
    lines = [_line(r) for r in rows]
    worst = {k: max(r.figures[k] for r in rows) for k in SHOWN}
    lines.append("| **largest** | " + " | ".join(_cell(k, worst[k]) for k in SHOWN) + " | | |")
    wrong = [f"- {r.name}: {LIMITS[k][0]} {r.figures[k]:.2g}" for r in rows for k in r.missed]
    over = sum(r.figures["wrapped"] > LIMITS["slope"][1] for r in rows)
    lines.append(
        f"\nWere OpenSim's solver the judge of the paths over the brim, {over} of these {len(rows)} frames would be "
        f"beyond {LIMITS['slope'][1]:g} mm."
    )
    told = "Every tolerance is met." if not wrong else "Missed:\n\n" + "\n".join(wrong)
    return head + "\n".join(lines) + f"\n\n{told}\n"


def _line(row: Compared) -> str:
    cells = " | ".join(_cell(k, row.figures[k]) for k in SHOWN)
    return f"| {row.name} | {cells} | {row.objective[0]:.4f} | {row.objective[1]:.4f} |"


def _cell(key: str, value: float) -> str:
    return _rounded(value, 3 if key in ("length", "slope") else 2)


def _rounded(value: float, digits: int) -> str:
    """Return a number rounded up to so many decimals, "< 0.01" where it is less than one step."""
    step = 10.0**-digits
    return f"< {step:.{digits}f}" if value < step else f"{value:.{digits}f}"
