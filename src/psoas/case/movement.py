"""A movement as it is written down: a recording's file, or a named pattern and its few numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, model_validator

from psoas.errors import InputError
from psoas.values import Value, within

PATTERNS = ("bend", "sit", "stand_up", "lift", "sit_up", "curl_up", "step")
RECORDINGS = (".trc", ".mot", ".sto", ".c3d", ".bvh", ".json")


def _path(value: Any) -> Any:
    if isinstance(value, str):
        if not value.strip():
            raise ValueError("is empty; write the path of a file")
        return Path(value)
    return value


FilePath = Annotated[Path, BeforeValidator(_path)]


class Movement(Value):
    """What [motion] holds: a `file` (and `forces`, the ground forces of the same trial), or a `pattern`.

    `units` (of length) and `up` (the upward axis) override what the reader finds in the file; `markers` is a
    file that maps the recording's marker names to ours. `peak_inclination_deg` (thorax to the vertical) and
    `duration_s` belong to a pattern. `speed_m_per_s`, `stride_m` (two steps) and `lean_deg` (of the trunk, forward,
    beyond the recorded man's) belong to the pattern step, whose duration follows from them.
    Raises InputError if both or neither of file and pattern are given, or a key that does not belong.
    """

    table: ClassVar[str] = "[motion]"

    file: FilePath | None = None
    forces: FilePath | None = None
    markers: FilePath | None = None
    units: Literal["m", "cm", "mm"] | None = None
    up: Literal["x", "y", "z", "-x", "-y", "-z"] | None = None
    pattern: Literal["bend", "sit", "stand_up", "lift", "sit_up", "curl_up", "step"] | None = None
    peak_inclination_deg: Annotated[float, within(0, 120, "degrees")] | None = None
    duration_s: Annotated[float, within(0.2, 120, "s")] | None = None
    speed_m_per_s: Annotated[float, within(0.1, 5, "m/s")] | None = None
    stride_m: Annotated[float, within(0.2, 4, "m")] | None = None
    lean_deg: Annotated[float, within(-10, 15, "degrees")] | None = None

    @model_validator(mode="after")
    def _file_or_pattern(self) -> Movement:
        if self.file is not None and self.pattern is not None:
            raise InputError("[motion] has both 'file' and 'pattern'; keep one of them.", "pattern")
        if self.file is None and self.pattern is None:
            known = ", ".join(PATTERNS)
            raise InputError(f"[motion] needs a 'file' or a 'pattern' ({known}).", "file")
        of_step = ("speed_m_per_s", "stride_m", "lean_deg")
        of_file, of_pattern = ("forces", "markers", "units", "up"), ("peak_inclination_deg", "duration_s", *of_step)
        wrong, right = (of_pattern, "pattern") if self.file is not None else (of_file, "file")
        for key in wrong:
            if getattr(self, key) is not None:
                raise InputError(f"[motion] '{key}' belongs to a '{right}', which is not given.", key)
        for key in of_step if self.pattern != "step" else ("peak_inclination_deg", "duration_s"):
            if getattr(self, key) is not None:
                owner = f"the pattern 'step', not to '{self.pattern}'" if self.pattern != "step" else "other patterns"
                more = "" if self.pattern != "step" else f"; 'step' has {', '.join(of_step)}"
                raise InputError(f"[motion] '{key}' belongs to {owner}{more}.", key)
        return self

    def below(self, folder: Path) -> Movement:
        """Return the movement with its relative paths taken from `folder`, the scenario file's."""
        paths = {key: getattr(self, key) for key in ("file", "forces", "markers")}
        return self.model_copy(update={key: folder / path for key, path in paths.items() if path is not None})
