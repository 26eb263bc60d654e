"""P26: what the psoas does in sit-ups and in curl-ups."""

from __future__ import annotations

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

SIT_UP = Case(motion=Movement(pattern="sit_up"))
CURL_UP = Case(motion=Movement(pattern="curl_up"))


@check("P26")
def _sit_ups(bench: Bench) -> Answer:
    sit, curl = (bench.run(case).group("psoas_major").activation for case in (SIT_UP, CURL_UP))
    told = (
        f"{sit.max():.0%} of maximum in a sit-up with feet held, {curl.max():.0%} in a curl-up (15-35 % and up to 10 %)"
    )
    if curl.max() < 1.01 * curl[0]:
        told += "; that is our floor, the tone: the rule spares the psoas while the abdominals can do the work"
    return Answer(float(sit.max() / curl.max()), told)
