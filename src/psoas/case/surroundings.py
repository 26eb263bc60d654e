"""What stands around the person: the load in the hands, what they lean on, other forces."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator

from psoas.case.posture import Sided, both_sides
from psoas.values import Value, within

HANDS_KG = (0.0, 200.0)  # in each hand
FORCE_N = 5000.0
UPRIGHT_DEG = 90.0  # of a backrest against the seat

Segment = Literal[
    "pelvis",
    "L5",
    "L4",
    "L3",
    "L2",
    "L1",
    "thorax",
    "head",
    "right_upper_arm",
    "left_upper_arm",
    "right_forearm",
    "left_forearm",
    "right_hand",
    "left_hand",
    "right_thigh",
    "left_thigh",
    "right_shank",
    "left_shank",
    "right_foot",
    "left_foot",
]


class Force(BaseModel):
    """A constant force of the world on a segment's mass centre.

    force_n (3,) N in world axes: x forward, y up, z right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    segment: Segment
    force_n: tuple[float, float, float]

    @field_validator("force_n", mode="before")
    @classmethod
    def _three_numbers(cls, value: Any) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != 3:
            raise ValueError("must be three numbers [forward, up, right] in newtons")
        return tuple(value)

    @field_validator("force_n")
    @classmethod
    def _plausible(cls, value: tuple[float, float, float]) -> tuple[float, float, float]:
        if not math.hypot(*value) <= FORCE_N:
            raise ValueError(f"has a magnitude of {math.hypot(*value):g} N; allowed is 0 to {FORCE_N:g} N")
        return value

    @property
    def body(self) -> str:
        """Return the segment by its name in the body: right_hand is hand_r."""
        side, _, segment = self.segment.partition("_")
        return f"{segment}_{side[0]}" if side in ("right", "left") else self.segment


def _halves(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = 2 * HANDS_KG[0], 2 * HANDS_KG[1]
        if not low <= value <= high:  # told of the number written, before it is halved
            raise ValueError(f"is {value:g}; allowed is {low:g} to {high:g} kg in both hands together")
        return {"left": value / 2, "right": value / 2}
    if isinstance(value, dict) and ("left" in value or "right" in value):
        return {"left": 0.0, "right": 0.0} | value
    return both_sides(value)


class Surroundings(Value):
    """Load, supports and forces. `hands_kg` is one number held by both hands, half each, or {left, right}.

    seat and bed are None where the preset decides. `seat_height_m`: of the seat bones above the floor; None: knees and
    hips at one height. `backrest_deg` is the backrest's angle to the seat (90 upright, 110 leant back): the trunk leans
    until pelvis and thorax touch it; `lumbar_support_m` is how far it bulges at L3, which the lumbar curve follows.
    `armrests` and `desk` carry at most the weight of the relaxed arm that lies on them, at elbow height or where the
    posture's hands reach. `elbows_on_thighs` poses the arms by reaching. `hands_lean`: these hands prop the trunk on
    whatever they touch (handlebar, basin, knee), with a force along the arm. `rucksack_kg` rides on the thorax.
    """

    table: ClassVar[str] = "[surroundings]"
    inner_keys: ClassVar[dict[str, list[str]]] = {"forces": ["segment", "force_n"]}

    hands_kg: Annotated[Sided, BeforeValidator(_halves)] = Sided(left=0.0, right=0.0)
    backrest_deg: Annotated[float, within(0, 180, "degrees")] | None = None
    lumbar_support_m: Annotated[float, within(0, 0.08, "m")] | None = None
    seat: bool | None = None
    seat_height_m: Annotated[float, within(0.15, 1.0, "m")] | None = None
    armrests: bool = False
    desk: bool = False
    elbows_on_thighs: bool = False
    hands_lean: Literal["left", "right", "both"] | None = None
    rucksack_kg: Annotated[float, within(0, 80, "kg")] = 0.0
    bed: bool | None = None
    forces: tuple[Force, ...] = ()

    @field_validator("forces", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("backrest_deg")
    @classmethod
    def _leans_back(cls, value: float | None) -> float | None:
        if value is not None and value < UPRIGHT_DEG:
            raise ValueError(
                f"is {value:g}: such a backrest leans forward over the seat and would push the person off it; "
                f"{UPRIGHT_DEG:g} is upright, 100 to 120 leans back"
            )
        return value

    @field_validator("hands_kg")
    @classmethod
    def _liftable(cls, value: Sided) -> Sided:
        low, high = HANDS_KG
        for side, mass in (("left", value.left), ("right", value.right)):
            if mass is None or not low <= mass <= high:
                shown = mass if mass is None else f"{mass:g}"
                raise ValueError(f"is {shown} in the {side} hand; allowed is {low:g} to {high:g} kg")
        return value

    @property
    def load_kg(self) -> float:
        """Return the mass in both hands together, kg."""
        return (self.hands_kg.left or 0.0) + (self.hands_kg.right or 0.0)
