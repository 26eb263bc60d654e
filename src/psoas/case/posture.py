"""A posture as it is written down: a preset and the angles that replace the preset's, in degrees."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from psoas.errors import InputError, unknown
from psoas.values import Value

LEVELS = ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")

Preset = Literal[
    "standing",
    "sitting",
    "slouched",
    "lying_prone",
    "lying_supine",
    "lying_side",
    "constructive_rest",
    "stoop",
    "squat",
]

# What a healthy adult's joints allow, rounded outwards: a posture beyond is a slip of the pen, not a posture.
LIMITS_DEG = {
    "trunk_flexion_deg": (-40.0, 75.0),
    "trunk_bend_deg": (-40.0, 40.0),
    "trunk_twist_deg": (-30.0, 30.0),
    "pelvis_tilt_deg": (-60.0, 90.0),
    "hip_flexion_deg": (-30.0, 135.0),
    "knee_flexion_deg": (-10.0, 155.0),
    "ankle_flexion_deg": (-60.0, 45.0),
    "shoulder_flexion_deg": (-65.0, 180.0),
    "elbow_flexion_deg": (-10.0, 155.0),
    "neck_flexion_deg": (-80.0, 65.0),
}
LEVEL_LIMITS_DEG = (-15.0, 25.0)
# Where hands and eyes may be sent: beyond, the number is in another unit or from another place.
PLACES_M = {
    "hands_forward_m": (-0.5, 1.5),
    "hands_height_m": (-0.2, 2.8),
    "hands_right_m": (-1.0, 1.0),
    "gaze_distance_m": (0.1, 100.0),
    "gaze_height_m": (-1.0, 100.0),
}


class Sided(BaseModel):
    """A value for the left and for the right; None where only the other side is given."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    left: float | None = None
    right: float | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Sided:
        if self.left is None and self.right is None:
            raise ValueError("names neither left nor right; write a number or {left = .., right = ..}")
        return self

    def side(self, side: str) -> float | None:
        """Return the value of side "r" or "l"."""
        return self.right if side == "r" else self.left

    def written(self) -> float | dict[str, float]:
        """Return one number where both sides agree, else the table of the sides given."""
        if self.left is not None and self.left == self.right:
            return self.left
        both = {"left": self.left, "right": self.right}
        return {side: value for side, value in both.items() if value is not None}


def both_sides(value: Any) -> Any:
    """Return a single number as {left, right} of that number, a table as it is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"left": float(value), "right": float(value)}
    if not isinstance(value, (dict, Sided)):
        raise ValueError(f"is {value!r}; write a number or {{left = .., right = ..}}")
    return value


BothSides = Annotated[Sided, BeforeValidator(both_sides)]


class Posture(Value):
    """A preset whose angles are replaced by those given here, all in degrees; None: the preset's own.

    Zero is the subject's anatomical standing. Flexion, anterior pelvic tilt, bending right and turning left
    are positive. `trunk_flexion_deg` (thorax to pelvis) is shared over the levels by the lumbar rhythm;
    `levels_deg` replaces that level's share only. Limb angles are a number or {left, right}.

    Instead of shoulder and elbow angles the hands can be sent to a place: `hands_forward_m`, in front of the middle of
    the ankles, or of the hip joints where a seat carries, and `hands_height_m`, above the floor; `hands_right_m` moves
    the place to the right of straight ahead; a hand that is not named hangs.
    Instead of a neck angle the eyes can be sent to something: `gaze_distance_m` in front of them, its height
    `gaze_height_m` above the floor. Raises InputError for an angle or place outside LIMITS_DEG, PLACES_M.
    """

    table: ClassVar[str] = "[posture]"

    preset: Preset = "standing"
    trunk_flexion_deg: float | None = None
    trunk_bend_deg: float | None = None
    trunk_twist_deg: float | None = None
    pelvis_tilt_deg: float | None = None
    hip_flexion_deg: BothSides | None = None
    knee_flexion_deg: BothSides | None = None
    ankle_flexion_deg: BothSides | None = None
    shoulder_flexion_deg: BothSides | None = None
    elbow_flexion_deg: BothSides | None = None
    neck_flexion_deg: float | None = None
    hands_forward_m: BothSides | None = None
    hands_height_m: BothSides | None = None
    hands_right_m: float | None = None
    gaze_distance_m: float | None = None
    gaze_height_m: float | None = None
    levels_deg: dict[str, float] = Field(default_factory=dict)

    @field_validator(*LIMITS_DEG)
    @classmethod
    def _within_the_joint(cls, value: float | Sided | None, info: ValidationInfo) -> float | Sided | None:
        name = info.field_name or ""
        low, high = LIMITS_DEG[name]
        sides = [value.left, value.right] if isinstance(value, Sided) else [value]
        for angle in sides:
            if angle is not None and not low <= angle <= high:
                raise ValueError(f"is {angle:g}, beyond the joint's limits of {low:g} to {high:g} degrees")
        return value

    @field_validator(*PLACES_M)
    @classmethod
    def _within_the_room(cls, value: float | Sided | None, info: ValidationInfo) -> float | Sided | None:
        low, high = PLACES_M[info.field_name or ""]
        for place in [value.left, value.right] if isinstance(value, Sided) else [value]:
            if place is not None and not low <= place <= high:
                raise ValueError(f"is {place:g}; allowed is {low:g} to {high:g} m")
        return value

    @model_validator(mode="after")
    def _places_are_whole(self) -> Posture:
        for first, second in (("hands_forward_m", "hands_height_m"), ("gaze_distance_m", "gaze_height_m")):
            one, other = getattr(self, first), getattr(self, second)
            if (one is None) != (other is None):
                given, missing = (first, second) if other is None else (second, first)
                raise InputError(f"[posture] {given} needs {missing} beside it: a place has two numbers.", given)
        hands, heights = self.hands_forward_m, self.hands_height_m
        for name, side in (("right", "r"), ("left", "l")):
            if hands and heights and (hands.side(side) is None) != (heights.side(side) is None):
                raise InputError(f"[posture] the {name} hand has only one of hands_forward_m and hands_height_m.")
        if hands and (self.shoulder_flexion_deg or self.elbow_flexion_deg):
            raise InputError("[posture] gives hands_forward_m and shoulder or elbow angles; keep one of them.")
        if self.gaze_height_m is not None and self.neck_flexion_deg is not None:
            raise InputError("[posture] gives gaze_height_m and neck_flexion_deg; keep one of them.")
        return self

    @field_validator("levels_deg")
    @classmethod
    def _levels_are_known(cls, value: dict[str, float]) -> dict[str, float]:
        low, high = LEVEL_LIMITS_DEG
        for level, angle in value.items():
            if level not in LEVELS:
                raise InputError(f"[posture.levels_deg] {unknown('level', level, LEVELS)}", "levels_deg")
            if not low <= angle <= high:
                raise InputError(
                    f"[posture.levels_deg] '{level}' is {angle:g}, beyond the joint's limits of "
                    f"{low:g} to {high:g} degrees.",
                    "levels_deg",
                )
        return {level: value[level] for level in LEVELS if level in value}
