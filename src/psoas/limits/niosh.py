"""The revised NIOSH lifting equation: recommended weight limit and lifting index with all multipliers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from psoas.errors import InputError, unknown
from psoas.sources.table import Table as CitedTable
from psoas.sources.table import read_table
from psoas.tables import Table

Coupling = Literal["good", "fair", "poor"]
Units = Literal["metric", "customary"]
DURATIONS_H = (1.0, 2.0, 8.0)
LEAST_PER_MIN = 0.2
ROUND = 1e-9  # of a unit of length: 0.5842 m is 23 in
NOT_COVERED = (
    "lifting with one hand, seated, kneeling or in a space that does not let one stand up",
    "more than 8 hours, or while carrying, pushing or pulling",
    "loads that shift, wheelbarrows, shovels, lifts faster than about 0.75 m/s",
    "a slippery floor, or air outside 19 to 26 degrees Celsius or 35 to 50 % humidity",
)


@dataclass(frozen=True)
class Lift:
    """A two-handed lift (or lowering), in SI units and kg.

    horizontal_m: from midway between the ankles to midway between the hands; vertical_m: hands above the floor at the
    start, vertical_end_m at the end; asymmetry_deg: the load's angle off straight ahead. horizontal_end_m and
    asymmetry_end_deg None: as at the start. control_at_end: the load is placed with care, so the end counts too.
    per_min: lifts a minute; duration_h: hours of lifting, 1, 2 or 8 at most, with the rests the manual asks for.
    Raises InputError for a value that is negative, not finite or, for hours and hold, not known.
    """

    load_kg: float
    horizontal_m: float
    vertical_m: float
    vertical_end_m: float
    asymmetry_deg: float = 0.0
    per_min: float = LEAST_PER_MIN
    duration_h: float = 1.0
    coupling: Coupling = "fair"
    horizontal_end_m: float | None = None
    asymmetry_end_deg: float | None = None
    control_at_end: bool = False

    def __post_init__(self) -> None:
        for name in ("load_kg", "horizontal_m", "vertical_m", "vertical_end_m", "asymmetry_deg", "per_min"):
            _not_negative(name, getattr(self, name))
        for name in ("horizontal_end_m", "asymmetry_end_deg"):
            if getattr(self, name) is not None:
                _not_negative(name, getattr(self, name))
        if not 0 < self.duration_h <= DURATIONS_H[-1]:
            raise InputError(
                f"duration_h is {self.duration_h:g}; the equation gives no limit beyond 8 hours of lifting and needs "
                "more than 0.",
                "duration_h",
            )
        if self.coupling not in ("good", "fair", "poor"):
            raise unknown("coupling", str(self.coupling), ("good", "fair", "poor"))

    @property
    def end(self) -> Lift:
        """Return the lift as seen from its end, for the multipliers there."""
        return replace(
            self,
            horizontal_m=self.horizontal_m if self.horizontal_end_m is None else self.horizontal_end_m,
            vertical_m=self.vertical_end_m,
            vertical_end_m=self.vertical_m,
            asymmetry_deg=self.asymmetry_deg if self.asymmetry_end_deg is None else self.asymmetry_end_deg,
        )


@dataclass(frozen=True)
class Multipliers:
    """The seven factors of the limit in one set of units: load constant (kg or lb) and six ratios of 0 to 1."""

    load_constant: float
    horizontal: float
    vertical: float
    distance: float
    asymmetry: float
    frequency: float
    coupling: float

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return HM, VM, DM, AM, FM, CM."""
        return (self.horizontal, self.vertical, self.distance, self.asymmetry, self.frequency, self.coupling)

    @property
    def limit(self) -> float:
        """Return RWL = LC HM VM DM AM FM CM in the unit of the load constant."""
        return self.load_constant * math.prod(self.ratios)

    def rounded(self) -> Multipliers:
        """Return the multipliers to two decimals, halves up, as the manual's worksheets write them."""
        two = (math.floor(100 * r + 0.5 + 1e-9) / 100 for r in self.ratios)
        return Multipliers(self.load_constant, *two)


def multipliers(lift: Lift, units: Units = "metric", *, frequency_height_m: float | None = None) -> Multipliers:
    """Return the factors at the start of a lift: H, V, D in the units' own length, A in degrees.

    HM = h0 / H (1 if H <= h0, 0 beyond its greatest); VM = 1 - s |V - v0| (0 above its greatest);
    DM = 0.82 + d / D (D at least 25 cm or 10 in, 0 beyond the greatest); AM = 1 - 0.0032 A (0 beyond 135 degrees);
    FM and CM from tables 5 and 7. FM is linear between the table's frequencies and 0 above the last that is not 0 (the
    manual leaves that between open); at the end of a lift it keeps the start's height, frequency_height_m.
    Source: waters1994.
    """
    table = _units_row(units)

    def c(name: str) -> float:
        return float(table.si(f"{name}_ratio")[0])

    length = float(table.si("length_m")[0])
    h, v = lift.horizontal_m / length, lift.vertical_m / length
    d = max(abs(lift.vertical_end_m - lift.vertical_m) / length, c("travel_least"))
    low = lift.vertical_m / length < c("vertical") - ROUND
    rate_low = low if frequency_height_m is None else frequency_height_m / length < c("vertical") - ROUND
    within_h, within_v = h <= c("horizontal_most") + ROUND, v <= c("vertical_most") + ROUND
    within_d, within_a = d <= c("travel_most") + ROUND, lift.asymmetry_deg <= c("asymmetry_most")
    return Multipliers(
        c("load"),
        min(1.0, c("horizontal") / max(h, c("horizontal"))) if within_h else 0.0,
        1.0 - c("vertical_slope") * abs(v - c("vertical")) if within_v else 0.0,
        min(1.0, c("travel_offset") + c("travel_slope") / d) if within_d else 0.0,
        1.0 - c("asymmetry_slope") * lift.asymmetry_deg if within_a else 0.0,
        frequency_multiplier(lift.per_min, lift.duration_h, low=rate_low),
        coupling_multiplier(lift.coupling, low=low),
    )


def frequency_multiplier(per_min: float, duration_h: float, *, low: bool) -> float:
    """Return FM of table 5: lifts a minute, hours of lifting, hands at the start under 75 cm (30 in) or not."""
    table = _frequency()
    hours = next(int(most) for most in DURATIONS_H if duration_h <= most)
    column = table.si(f"h{hours}_{'low' if low else 'high'}_ratio")
    rates = table.si("lifts_per_min_ratio")
    rate = max(per_min, LEAST_PER_MIN)
    last = max(i for i, value in enumerate(column) if value > 0)
    if rate > rates[last]:
        return 0.0
    upper = next(i for i, r in enumerate(rates) if r >= rate)
    if rates[upper] == rate:
        return float(column[upper])
    part = (rate - rates[upper - 1]) / (rates[upper] - rates[upper - 1])
    return float(column[upper - 1] + part * (column[upper] - column[upper - 1]))


def coupling_multiplier(coupling: Coupling, *, low: bool) -> float:
    """Return CM of table 7: the hold of the hands, and whether they are under 75 cm (30 in)."""
    table = read_table("limits/data/niosh_coupling.csv").where("coupling", coupling)
    return float(table.si("low_ratio" if low else "high_ratio")[0])


def average_per_min(per_min: float, work_min: float) -> float:
    """Return the frequency over 15 minutes of work in bursts: per_min * work_min / 15. Source: waters1994."""
    if not 0 <= work_min <= 15 or not per_min >= 0:
        raise InputError(f"{per_min:g} lifts a minute for {work_min:g} of 15 minutes: allowed is 0 to 15 minutes.")
    return per_min * work_min / 15.0


@dataclass(frozen=True)
class Lifting:
    """The equation's answer: multipliers at the start and, where it counts, at the end; limit_kg the lower of both.

    lifting_index = load / limit, None where the limit is 0. reasons: why a multiplier is 0, in sentences.
    """

    lift: Lift
    start: Multipliers
    end: Multipliers | None
    reasons: tuple[str, ...]

    @property
    def limit_kg(self) -> float:
        """Return the recommended weight limit in kg."""
        return min(m.limit for m in (self.start, self.end) if m is not None)

    @property
    def lifting_index(self) -> float | None:
        """Return load_kg / limit_kg, None where no load is recommended."""
        return self.lift.load_kg / self.limit_kg if self.limit_kg > 0 else None

    @property
    def words(self) -> str:
        """Return the answer in a sentence or two."""
        if self.lifting_index is None:
            return f"The equation recommends no load here: {' '.join(self.reasons)}"
        asked = f"The recommended weight limit is {self.limit_kg:.1f} kg, the lifting index {self.lifting_index:.1f}"
        least = min(_named(self.start if self.end is None or self.start.limit <= self.end.limit else self.end))
        more = "above" if self.lifting_index > 1 else "not above"
        return f"{asked}, {more} 1, at which the equation aims. The {least[1]} takes most off ({least[0]:.2f})."


def lifting(lift: Lift) -> Lifting:
    """Return recommended weight limit and lifting index of a lift (metric equation). Source: waters1994."""
    end = multipliers(lift.end, frequency_height_m=lift.vertical_m) if lift.control_at_end else None
    reasons = tuple(
        f"{why} {where}."
        for m, where in ((multipliers(lift), "at the start"), (end, "at the end"))
        if m is not None
        for value, why in zip(m.ratios, _ZERO, strict=True)
        if value == 0
    )
    return Lifting(lift, multipliers(lift), end, reasons)


def table(answer: Lifting) -> Table:
    """Return the multipliers, limit and index of a lift as a table."""
    points = [("start", answer.start)] + ([("end", answer.end)] if answer.end is not None else [])
    columns = ("at", "LC, kg", "HM", "VM", "DM", "AM", "FM", "CM", "limit, kg", "lifting index")
    rows = tuple(
        (where, m.load_constant, *m.ratios, m.limit, answer.lift.load_kg / m.limit if m.limit > 0 else None)
        for where, m in points
    )
    note = "For healthy adults who lift with both hands, standing. Not covered: " + "; ".join(NOT_COVERED) + "."
    return Table("Revised NIOSH lifting equation", columns, rows, (0, 0, 2, 2, 2, 2, 2, 2, 1, 1), note)


_NAMES = ("reach", "height of the hands", "way up or down", "turn to the side", "pace", "hold of the hands")
_ZERO = (
    "The load is further than 63 cm from the ankles",
    "The hands are higher than 175 cm",
    "The load travels more than 175 cm",
    "The load is more than 135 degrees to the side",
    "The pace is beyond the table",
    "The hold is not in the table",
)


def _named(m: Multipliers) -> list[tuple[float, str]]:
    return list(zip(m.ratios, _NAMES, strict=True))


def _units_row(units: Units) -> CitedTable:
    table = _constants()
    if units not in table.text("units"):
        raise unknown("units", units, table.text("units"))
    return table.where("units", units)


@lru_cache(maxsize=1)
def _constants() -> CitedTable:
    return read_table("limits/data/niosh_constants.csv")


@lru_cache(maxsize=1)
def _frequency() -> CitedTable:
    return read_table("limits/data/niosh_frequency.csv")


def _not_negative(name: str, value: float) -> None:
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{name} is {value:g}; allowed is 0 or more.", name)
