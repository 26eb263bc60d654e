"""RULA, the rapid upper limb assessment of 1993: scores of a posture, each with the row that gave it."""

# Read in the paper's text: neck, trunk, legs, force above 2 kg, grand score and action levels. Read in copies only: the
# ranges of the arm and the wrist, and the numbers of tables A, B and C (see the tables' first lines).

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from psoas.errors import InputError, unknown
from psoas.sources.table import Table as CitedTable
from psoas.sources.table import read_table
from psoas.tables import Table

Loading = Literal["intermittent", "static", "repeated", "shock"]
BOUNDARY_RULE = (
    "An angle on a boundary belongs to the lower score: 20 degrees of trunk flexion score 2, anything above scores 3. "
    "The paper names both rows at a boundary (0-20, 20-60, 60 or more). Upright, 0 degrees, scores 1 as on the "
    "worksheets; the paper gives 1 to sitting well supported and 2 to 0-20."
)
STRAIGHT_DEG = 1e-6  # what counts as 0: computed angles carry rounding
LARGEST_DEG = 180.0
ACTIONS = (
    "acceptable if it is not held or repeated for long",
    "to be looked at further; changes may be needed",
    "to be looked at and changed soon",
    "to be looked at and changed at once",
)


@dataclass(frozen=True)
class WorkPosture:
    """A posture of work as RULA sees it; angles in degrees, flexion positive, extension negative.

    upper_arm_deg: upper arm to the trunk; lower_arm_deg: elbow flexion; wrist_deg: flexion or extension;
    neck_deg: head and neck to the trunk; trunk_deg: trunk to the vertical (or hips when seated).
    trunk_supported: seated, well supported, hip to trunk 90 degrees or more. legs_balanced: legs and feet supported,
    weight even. held_or_repeated: held longer than a minute or more than four times a minute. load_kg and loading: what
    the hands bear. Raises InputError for an angle beyond 180 degrees, a negative load or an unknown loading.
    """

    upper_arm_deg: float = 0.0
    shoulder_raised: bool = False
    arm_abducted: bool = False
    arm_supported: bool = False
    lower_arm_deg: float = 90.0
    arm_across_or_out: bool = False
    wrist_deg: float = 0.0
    wrist_deviated: bool = False
    wrist_twisted_far: bool = False
    neck_deg: float = 0.0
    neck_twisted: bool = False
    neck_bent: bool = False
    trunk_deg: float = 0.0
    trunk_supported: bool = False
    trunk_twisted: bool = False
    trunk_bent: bool = False
    legs_balanced: bool = True
    held_or_repeated: bool = False
    load_kg: float = 0.0
    loading: Loading = "intermittent"

    def __post_init__(self) -> None:
        for name in ("upper_arm_deg", "lower_arm_deg", "wrist_deg", "neck_deg", "trunk_deg"):
            value = getattr(self, name)
            if not abs(value) <= LARGEST_DEG:
                raise InputError(f"{name} is {value:g}; allowed is -180 to 180 degrees.", name)
        if not (math.isfinite(self.load_kg) and self.load_kg >= 0):
            raise InputError(f"load_kg is {self.load_kg:g}; allowed is 0 or more.", "load_kg")
        if self.loading not in ("intermittent", "static", "repeated", "shock"):
            raise unknown("loading", str(self.loading), ("intermittent", "static", "repeated", "shock"))


@dataclass(frozen=True)
class Row:
    """One step of the scoring: what was scored, the row of the method that applied, and the score it gave."""

    step: str
    rule: str
    score: int


@dataclass(frozen=True)
class Rula:
    """The answer: grand score 1 to 7, action level 1 to 4, scores C and D, and the rows that gave them."""

    grand: int
    action_level: int
    score_c: int
    score_d: int
    rows: tuple[Row, ...]

    @property
    def words(self) -> str:
        """Return the score and what the method says to it."""
        return f"RULA grand score {self.grand} (action level {self.action_level}): {ACTIONS[self.action_level - 1]}."

    def row(self, step: str) -> Row:
        """Return the row of one step; raises InputError for a step that is not scored."""
        for row in self.rows:
            if row.step == step:
                return row
        raise unknown("step", step, [row.step for row in self.rows])

    def table(self) -> Table:
        """Return the rows that gave the score."""
        rows = tuple((r.step, r.rule, float(r.score)) for r in self.rows)
        return Table("RULA, step by step", ("step", "row that gave it", "score"), rows, (0, 0, 0), BOUNDARY_RULE)


def trunk(posture: WorkPosture) -> Row:
    """Return the trunk's score: 1 upright (0 degrees) or seated well supported up to 20, 2 to 20, 3 to 60, 4 beyond.

    Leaning back counts by its size (the paper names flexion only). +1 twisted, +1 bent to the side. Source: rula1993.
    """
    angle = abs(posture.trunk_deg)
    if angle <= STRAIGHT_DEG:
        base = (1, "upright, 0 degrees")
    elif posture.trunk_supported and angle <= 20:
        base = (1, "seated, well supported")
    else:
        base = _first(angle, ((20, 2, "up to 20 degrees"), (60, 3, "20 to 60 degrees"), (None, 4, "above 60 degrees")))
    return _adjusted("trunk", base, ((posture.trunk_twisted, 1, "twisted"), (posture.trunk_bent, 1, "bent sideways")))


def neck(posture: WorkPosture) -> Row:
    """Return the neck's score: 1 to 10 degrees, 2 to 20, 3 beyond, 4 in extension; +1 twisted, +1 bent sideways."""
    if posture.neck_deg < -STRAIGHT_DEG:
        base = (4, "in extension")
    else:
        bands = ((10, 1, "up to 10 degrees"), (20, 2, "10 to 20 degrees"), (None, 3, "above 20 degrees"))
        base = _first(posture.neck_deg, bands)
    return _adjusted("neck", base, ((posture.neck_twisted, 1, "twisted"), (posture.neck_bent, 1, "bent sideways")))


def upper_arm(posture: WorkPosture) -> Row:
    """Return the upper arm's score: 1 within 20 degrees, 2 to 45 or behind, 3 to 90, 4 beyond.

    +1 shoulder raised, +1 abducted, -1 supported or leaning; at least 1.
    """
    if posture.upper_arm_deg < -20:
        base = (2, "more than 20 degrees behind")
    else:
        bands = (
            (20, 1, "within 20 degrees"),
            (45, 2, "20 to 45 degrees"),
            (90, 3, "45 to 90 degrees"),
            (None, 4, "above 90 degrees"),
        )
        base = _first(posture.upper_arm_deg, bands)
    more = (
        (posture.shoulder_raised, 1, "shoulder raised"),
        (posture.arm_abducted, 1, "abducted"),
        (posture.arm_supported, -1, "supported"),
    )
    return _adjusted("upper arm", base, more)


def lower_arm(posture: WorkPosture) -> Row:
    """Return the lower arm's score: 1 at 60 to 100 degrees, else 2; +1 across the midline or out to the side."""
    inside = 60 <= posture.lower_arm_deg <= 100
    base = (1, "60 to 100 degrees") if inside else (2, "under 60 or above 100 degrees")
    return _adjusted("lower arm", base, ((posture.arm_across_or_out, 1, "across the midline or out to the side"),))


def wrist(posture: WorkPosture) -> Row:
    """Return the wrist's score: 1 straight, 2 to 15 degrees, 3 beyond; +1 bent to one side."""
    if abs(posture.wrist_deg) <= STRAIGHT_DEG:
        base = (1, "straight")
    else:
        base = _first(abs(posture.wrist_deg), ((15, 2, "up to 15 degrees"), (None, 3, "above 15 degrees")))
    return _adjusted("wrist", base, ((posture.wrist_deviated, 1, "bent to one side"),))


def force(posture: WorkPosture) -> Row:
    """Return the score of load and force: 0 under 2 kg; 2 to 10 kg 1 intermittent, 2 static or repeated.

    Above 10 kg 2 intermittent, 3 static or repeated; with a jolt always 3. Source: rula1993.
    """
    load, now_and_then = posture.load_kg, posture.loading == "intermittent"
    if posture.loading == "shock":
        return Row("force", "with a jolt or rapid build-up", 3)
    if load < 2:
        return Row("force", "less than 2 kg", 0)
    how = "now and then" if now_and_then else "static or repeated"
    if load <= 10:
        return Row("force", f"2 to 10 kg, {how}", 1 if now_and_then else 2)
    return Row("force", f"more than 10 kg, {how}", 2 if now_and_then else 3)


def rula(posture: WorkPosture) -> Rula:
    """Return the scores of a posture by tables A, B and C. Source: rula1993; the tables as copied by others.

    Score C = table A (upper arm, lower arm, wrist, twist) + muscle use + force; score D = table B (neck, trunk, legs)
    + muscle use + force; the grand score stands in table C at the rows C (8 and more) and D (7 and more).
    """
    arm, fore, hand, head, back = (f(posture) for f in (upper_arm, lower_arm, wrist, neck, trunk))
    twist = Row("wrist twist", "near its end", 2) if posture.wrist_twisted_far else Row("wrist twist", "mid-range", 1)
    legs = Row("legs", "balanced", 1) if posture.legs_balanced else Row("legs", "not supported or uneven", 2)
    if posture.held_or_repeated:
        muscle = Row("muscle use", "held over a minute or above 4 a minute", 1)
    else:
        muscle = Row("muscle use", "neither held nor repeated", 0)
    load = force(posture)
    a, b = table_a(arm.score, fore.score, hand.score, twist.score), table_b(head.score, back.score, legs.score)
    c, d = a + muscle.score + load.score, b + muscle.score + load.score
    grand = table_c(c, d)
    rows = (
        *(arm, fore, hand, twist),
        Row("table A", f"upper arm {arm.score}, lower arm {fore.score}, wrist {hand.score}, twist {twist.score}", a),
        *(head, back, legs),
        Row("table B", f"neck {head.score}, trunk {back.score}, legs {legs.score}", b),
        *(muscle, load),
        Row("score C", f"table A {a} + muscle use {muscle.score} + force {load.score}", c),
        Row("score D", f"table B {b} + muscle use {muscle.score} + force {load.score}", d),
        Row("grand score", f"table C at C {min(c, 8)}, D {min(d, 7)}", grand),
    )
    return Rula(grand, action_level(grand), c, d, rows)


def action_level(grand: int) -> int:
    """Return the action level of a grand score: 1-2 -> 1, 3-4 -> 2, 5-6 -> 3, 7 -> 4."""
    return (grand + 1) // 2


def table_a(upper: int, lower: int, hand: int, twist: int) -> int:
    """Return table A at upper arm 1-6, lower arm 1-3, wrist 1-4, wrist twist 1-2."""
    table = _table("a")
    row = next(r for r in table.rows if (int(r["upper_arm"]), int(r["lower_arm"])) == (upper, lower))
    return int(row[f"wrist{hand}_twist{twist}"])


def table_b(head: int, back: int, legs: int) -> int:
    """Return table B at neck 1-6, trunk 1-6, legs 1-2."""
    row = next(r for r in _table("b").rows if int(r["neck"]) == head)
    return int(row[f"trunk{back}_legs{legs}"])


def table_c(score_c: int, score_d: int) -> int:
    """Return table C at score C (8 stands for more) and score D (7 stands for more)."""
    return int(_table("c").rows[min(score_c, 8) - 1][f"score_d{min(score_d, 7)}"])


@lru_cache(maxsize=3)
def _table(letter: str) -> CitedTable:
    return read_table(f"limits/data/rula_table_{letter}.csv")


def _first(angle: float, bands: tuple[tuple[float | None, int, str], ...]) -> tuple[int, str]:
    return next((score, rule) for most, score, rule in bands if most is None or angle <= most)


def _adjusted(step: str, base: tuple[int, str], more: tuple[tuple[bool, int, str], ...]) -> Row:
    score, rule = base
    for applies, change, why in more:
        if applies:
            score += change
            rule += f", {why} {change:+d}"
    return Row(step, rule, max(score, 1))
