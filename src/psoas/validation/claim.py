"""A claim is a published number with a band and a source; an outcome is what the model says to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from psoas.errors import TableError
from psoas.sources.table import read_table, source_keys

if TYPE_CHECKING:
    from psoas.validation.bench import Bench

TABLE = "validation/published/claims.csv"
KINDS = ("computed", "echo")
MUST_HOLD = ("physics", "sign", "exact")
SIGNIFICANT = 4  # figures of a number of ours that are written down
BAND_PARTS = 1e3  # and no finer than this part of the band: a residual of 1e-12 is another on the next machine


@dataclass(frozen=True)
class Claim:
    """One row of the published table; target, lower, upper in `unit`, None where there is none.

    kind: "echo" where the model was given this figure, else "computed". decides: False where the figure was recalled.
    holds: "physics", "sign" or "exact" where the claim must hold, else "".
    """

    id: str
    group: str
    quantity: str
    statement: str
    target: float | None
    unit: str
    lower: float | None
    upper: float | None
    source: tuple[str, ...]
    read_status: str
    kind: str
    decides: bool
    holds: str
    scenario: str
    note: str

    def within(self, value: float) -> bool:
        """Return whether lower <= value <= upper, an end that is None being open; never for a NaN."""
        low = -math.inf if self.lower is None else self.lower
        high = math.inf if self.upper is None else self.upper
        return low <= value <= high

    def rounded(self, value: float | None) -> float | None:
        """Return a value as it is written down: SIGNIFICANT figures, no finer than the band; None if not finite."""
        if value is None or not math.isfinite(value):
            return None
        if self.lower is not None and self.upper is not None and self.upper > self.lower:
            value = round(value, math.ceil(math.log10(BAND_PARTS / (self.upper - self.lower))))
        return float(f"{value:.{SIGNIFICANT}g}") + 0.0  # + 0.0: no -0.0


@dataclass(frozen=True)
class Answer:
    """What the model says: a value in the claim's unit or None, a reason, and False if more than the value is amiss."""

    value: float | None
    why: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Outcome:
    """A claim beside our number: verdict "inside", "outside" or "not_tested"."""

    claim: Claim
    ours: float | None
    verdict: str
    why: str

    @property
    def broken(self) -> bool:
        """Return whether this is a physics, sign or exact claim that does not hold."""
        return self.verdict == "outside" and bool(self.claim.holds)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of the JSON contract, numbers or None."""
        c = self.claim
        return {
            "id": c.id,
            "group": c.group,
            "kind": c.kind,
            "decides": c.decides,
            "statement": c.statement,
            "source": ";".join(c.source),
            "read_status": c.read_status,
            "target": c.target,
            "lower": c.lower,
            "upper": c.upper,
            "ours": c.rounded(self.ours),
            "unit": c.unit,
            "verdict": self.verdict,
            "why": self.why,
        }


Check = Callable[["Bench"], Answer]
REGISTRY: dict[str, Check] = {}


def check(*ids: str) -> Callable[[Check], Check]:
    """Register a function from Bench to Answer as the check of these claims."""

    def register(function: Check) -> Check:
        for name in ids:
            if name in REGISTRY:
                raise ValueError(f"Claim {name} is checked twice.")
            REGISTRY[name] = function
        return function

    return register


def judged(claim: Claim, answer: Answer) -> Outcome:
    """Return the outcome of an answer: not_tested without a value, else inside only if band and answer hold."""
    if answer.value is None:
        return Outcome(claim, None, "not_tested" if answer.holds else "outside", answer.why)
    inside = answer.holds and claim.within(answer.value)
    return Outcome(claim, answer.value, "inside" if inside else "outside", answer.why)


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    """Return every claim of the shipped table; raises TableError for a row that cannot be judged."""
    table = read_table(TABLE)
    found: dict[str, Claim] = {}
    for row in table.rows:
        name = row["id"]
        if name in found or row["kind"] not in KINDS or row["holds"] not in ("", *MUST_HOLD):
            raise TableError(f"{TABLE}: '{name}' stands there twice, or its kind or what it holds is unknown.")
        if row["decides"] not in ("yes", "no") or (row["read_status"] == "RECALLED" and row["decides"] == "yes"):
            raise TableError(f"{TABLE}: '{name}' must say yes or no to deciding, and no where it was recalled.")
        found[name] = Claim(
            name,
            row["group"],
            row["quantity"],
            row["statement"],
            _number(name, row["target"]),
            row["unit"],
            _number(name, row["lower"]),
            _number(name, row["upper"]),
            source_keys(row["source"]),
            row["read_status"],
            row["kind"],
            row["decides"] == "yes",
            row["holds"],
            row["scenario"],
            row["note"],
        )
    return tuple(found.values())


def _number(name: str, cell: str) -> float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        raise TableError(f"{TABLE}: '{name}' holds '{cell}', which is no number.") from None
