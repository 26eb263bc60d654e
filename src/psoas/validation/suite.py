"""The suite: every claim of the table tried once on a bench, with its counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from psoas.errors import TableError
from psoas.validation.bench import Bench
from psoas.validation.claim import REGISTRY, Claim, Outcome, claims, judged

MODULES = (
    "pressure",
    "flexion",
    "psoas",
    "walking",
    "kinematics",
    "tissue",
    "stability",
    "limits",
    "physics",
)
VERDICTS = ("inside", "outside", "not_tested")


def validate(
    bench: Bench | None = None,
    *,
    only: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Return the outcome of every claim in the order of the table, or of those of `only`.

    progress is called with the claims done and all claims. Raises TableError for a claim that nothing checks.
    """
    for name in MODULES:
        import_module(f"psoas.validation.{name}")
    wanted = [c for c in claims() if only is None or c.id in only]
    missing = [c.id for c in wanted if c.id not in REGISTRY]
    if missing:
        raise TableError(f"No check is registered for the claims {', '.join(missing)}.")
    bench = bench or Bench()
    found = []
    for i, c in enumerate(wanted):
        found.append(_tried(c, bench))
        if progress is not None:
            progress(i + 1, len(wanted))
    return found


def _tried(claim: Claim, bench: Bench) -> Outcome:
    return judged(claim, REGISTRY[claim.id](bench))


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 1 if a physics, sign or exact claim is outside, else 0: the others may fail in public."""
    return int(any(outcome.broken for outcome in outcomes))


def counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return verdict counts by "computed", "echo" (those that decide) and "recalled" (those that do not)."""
    table = {kind: dict.fromkeys(VERDICTS, 0) for kind in ("computed", "echo", "recalled")}
    for outcome in outcomes:
        kind = outcome.claim.kind if outcome.claim.decides else "recalled"
        table[kind][outcome.verdict] += 1
    return table
