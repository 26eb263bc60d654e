"""Joint or muscle: per level and per muscle group, how much of its limit is used, and which of the two is nearer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psoas.limits.endurance import Endurance, endurance, region_of
from psoas.limits.tolerance import Use, tolerances, uses
from psoas.result import Result
from psoas.tables import Table

ALIKE = 0.05  # of the limit: shares closer than this are called alike
SATURATED = 0.999
SIDES = 0.005  # of the strength: right and left closer than this are told as one
CROSSES_MM = 1e-6  # a flexion arm larger than this: the fascicle passes the level
NOTE = (
    "The joint's share is of a limit for work, the muscle's of its full strength: the two say which would be reached "
    "first if the load grew, not that either is harmed. Holding times are for a contraction that is held, and "
    "activation stands for the share of the largest voluntary effort."
)


@dataclass(frozen=True)
class GroupUse:
    """One group at its hardest frame: share of its strength (0 to 1) weighted by force, with endurance.

    side: "r", "l" or "rl" for both. hardest: the largest share of a single fascicle; saturated: how many of
    `fascicles` are at their strength.
    """

    group: str
    side: str
    frame: int
    share: float
    hardest: float
    saturated: int
    fascicles: int
    force_n: float
    endurance: Endurance

    @property
    def label(self) -> str:
        """Return the name in plain words, with its side."""
        return self.group.replace("_", " ") + {"r": ", right", "l": ", left"}.get(self.side, "")


def group_uses(result: Result, caps: np.ndarray | None = None, level: str | None = None) -> tuple[GroupUse, ...]:
    """Return the use of every muscle group, hardest first; with a level, of what passes that level.

    share_i = activation_i / cap_i; a group's share is the mean weighted by what each fascicle could pull,
    active_i / activation_i [N], at the frame where it is largest. Sides within SIDES of each other are one row.
    Endurance is that of the activation itself: an inhibited muscle tires by what it does, not by what it may do.
    caps (M,): largest activation allowed to each fascicle (1 - inhibition), None: 1. A level needs the result's moment
    arms; without them every group counts.
    """
    m = result.muscles
    share = m.activation / (np.ones(len(m.names)) if caps is None else caps)[:, None]
    reach = np.divide(m.active_n, m.activation, out=np.zeros_like(m.active_n), where=m.activation > 1e-9)
    passes = np.ones(len(m.names), bool)
    if level is not None and m.moment_arm_mm is not None:
        passes = np.abs(m.moment_arm_mm[level]).max(axis=1) > CROSSES_MM

    def use(group: str, sides: str) -> GroupUse | None:
        rows = [i for i in range(len(m.names)) if m.groups[i] == group and m.sides[i] in sides and passes[i]]
        if not rows:
            return None
        total = reach[rows].sum(axis=0)

        def weighted(values: np.ndarray) -> np.ndarray:
            plain = values[rows].mean(axis=0)
            return np.divide((reach[rows] * values[rows]).sum(axis=0), total, out=plain, where=total > 1e-9)

        mean = weighted(share)
        frame = int(np.argmax(mean))
        largest = share[rows].max(axis=1)
        return GroupUse(
            group,
            sides,
            frame,
            float(mean[frame]),
            float(largest.max()),
            int((largest >= SATURATED).sum()),
            len(rows),
            float(m.force_n[rows][:, frame].sum()),
            endurance(min(max(float(weighted(m.activation)[frame]), 0.0), 1.0), region_of(group)),
        )

    found: list[GroupUse] = []
    for group in dict.fromkeys(m.groups):
        apart = [x for side in "rl" if (x := use(group, side)) is not None]
        both = use(group, "rl")
        alike = len(apart) == 2 and abs(apart[0].share - apart[1].share) < SIDES
        found += [both] if alike and both is not None else apart
    return tuple(sorted(found, key=lambda g: -g.share))


def joint_or_muscle(
    result: Result, sex: str, age_years: float, *, per_day: float = 1, caps: np.ndarray | None = None
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Return the map per level and per muscle group as two tables, and what they say in sentences.

    The joint's share is the larger of compression and shear over their limits (`tolerance.tolerances`), the muscle's
    the share of strength of the group that works hardest across the level (`group_uses`); shares within ALIKE of each
    other are called alike. Raises InputError for an unknown sex or an age out of range.
    """
    groups = group_uses(result, caps)
    joints = [max(pair, key=lambda u: u.share) for pair in zip(*_both(result, sex, age_years, per_day), strict=True)]
    rows, nearer = [], []
    for joint in joints:
        across = group_uses(result, caps, joint.level)
        muscle = across[0] if across else groups[0]
        nearer.append((joint, muscle))
        rows.append(
            (
                *(joint.level, joint.limit.quantity, joint.load_n, joint.limit.value_n, 100 * joint.share),
                *(muscle.label, 100 * muscle.share, muscle.endurance.words, _nearer(joint, muscle)),
            )
        )
    columns = (
        "level",
        "joint: by",
        "load, N",
        "limit, N",
        "joint, %",
        "muscle group",
        "muscle, %",
        "held for",
        "nearer",
    )
    levels = Table("Joint or muscle, level by level", columns, tuple(rows), (0, 0, 0, 0, 0, 0, 0, 0, 0), NOTE)
    by_group = tuple(
        (
            *(g.label, 100 * g.share, 100 * g.hardest, f"{g.saturated} of {g.fascicles}", g.force_n),
            *(g.endurance.words, g.endurance.region, float(result.time_s[g.frame])),
        )
        for g in groups
    )
    heads = (
        "muscle group",
        "of its strength, %",
        "hardest fascicle, %",
        "fascicles at their strength",
        "force, N",
        "held for",
        "curve",
        "at, s",
    )
    muscles = Table("Muscle groups, hardest first", heads, by_group, (0, 0, 0, 0, 0, 0, 0, 2))
    return (levels, muscles), tuple(_sentences(result, nearer, groups))


def _both(result: Result, sex: str, age_years: float, per_day: float) -> list[tuple[Use, ...]]:
    return [uses(result, limit) for limit in tolerances(sex, age_years, per_day)]


def _nearer(joint: Use, muscle: GroupUse) -> str:
    if abs(joint.share - muscle.share) < ALIKE:
        return "alike"
    return "joint" if joint.share > muscle.share else "muscle"


def _sentences(result: Result, nearer: list[tuple[Use, GroupUse]], groups: tuple[GroupUse, ...]) -> list[str]:
    joint = max((j for j, _ in nearer), key=lambda j: j.share)
    strain = groups[0]
    found = [
        f"The joint nearest its limit is {joint.level}: {joint.limit.quantity} of {joint.load_n:.0f} N is "
        f"{joint.share:.0%} of {joint.limit.value_n:.0f} N ({joint.limit.name}).",
        f"The muscle group nearest its strength is the {strain.label}: {strain.share:.0%} of it; held, that is "
        f"{strain.endurance.words}.",
    ]
    for word, text in (
        ("joint", "the joint is nearer its limit than any muscle that passes it"),
        ("muscle", "a muscle is nearer its strength than the joint its limit"),
        ("alike", "joint and muscle are about equally near"),
    ):
        levels = [j.level for j, m in nearer if _nearer(j, m) == word]
        if levels:
            found.append(f"At {_listed(levels)} {text}.")
    if joint.share >= 1:
        over = [j.level for j, _ in nearer if j.share >= 1]
        found.append(f"At {_listed(over)} the load is at or above the published limit.")
    full = [g for g in groups if g.saturated]
    if full:
        found.append(f"Some fascicles are at their strength in: {'; '.join(g.label for g in full)}.")
    name, axis, unmet = result.largest_unmet()
    if any(status.startswith("flagged") for status in result.status) and unmet > 0:
        found.append(f"Muscles cannot hold this: up to {unmet:.0f} N m of {axis} are missing at {name}.")
    return found


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
