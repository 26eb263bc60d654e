"""P17, P18 and P26: the loads of walking, and what the psoas does in sit-ups and curl-ups."""

from __future__ import annotations

import numpy as np

from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.validation.bench import Bench
from psoas.validation.claim import Answer, check

SIT_UP = Case(motion=Movement(pattern="sit_up"))
WALK = Case(motion=Movement(pattern="step"))
LEAST = 0.8  # body weights: the least load of a stride is not above this (Cappozzo 1984)
CURL_UP = Case(motion=Movement(pattern="curl_up"))


@check("P26")
def _sit_ups(bench: Bench) -> Answer:
    sit, curl = (bench.run(case).group("psoas_major").activation for case in (SIT_UP, CURL_UP))
    frames = bench.frames(SIT_UP)
    hip = np.degrees(frames.positions[int(sit.argmax()), frames.body.dof["hip_flexion_r"]])
    told = (
        f"{sit.max():.0%} of maximum in a sit-up with feet held, {curl.max():.0%} in a curl-up (15-35 % and up to 10 %)"
        f". The peak is at {hip:.0f} degrees of hip flexion, where our hip flexors are short and weak; people are "
        "strongest there (Ito 2024)"
    )
    if curl.max() < 1.01 * curl[0]:
        told += ". The curl-up is at our floor, the tone: the rule spares the psoas while the abdominals do the work"
    return Answer(float(sit.max() / curl.max()), told)


def stride_load(bench: Bench, level: str) -> np.ndarray:
    """Return the compression (F,) [N] of one stride, from strike to strike; the frames at its edges left out."""
    result = bench.run(WALK)
    inside = [status != "edge" for status in result.status]
    return np.asarray(result.level(level)["compression_n"][inside])


def peaks(load: np.ndarray) -> int:
    """Return how many times a periodic load (F,), smoothed over a twelfth of it, is above all within a tenth of it."""
    count = len(load)
    width, near = max(count // 12, 1), count // 10
    smooth = np.mean([np.roll(load, k - width // 2) for k in range(width)], axis=0)
    around = np.max([np.roll(smooth, k) for k in range(-near, near + 1) if k], axis=0)
    return int(np.sum((smooth > around) & (smooth > smooth.mean())))


@check("P17")
def _walking_over_standing(bench: Bench) -> Answer:
    walking, standing = stride_load(bench, "L4/L5").max(), bench.run(Case()).level("L4/L5")["compression_n"][0]
    return Answer(float(walking / standing), f"compression at L4/L5: {walking:.0f} N of {standing:.0f} N")


@check("P18")
def _walking_peaks(bench: Bench) -> Answer:
    load = stride_load(bench, "L3/L4") / bench.body.weight
    found = peaks(load)
    told = f"{found} peaks a stride; least {load.min():.2f}"
    if load.min() > LEAST:
        standing = bench.run(Case()).level("L3/L4")["compression_n"][0] / bench.body.weight
        told += (
            f" body weights, above the {LEAST:g} of the source, a model; standing is {standing:.2f}, and in life the "
            "pressure in walking did not fall under that of standing (0.53 to 0.65 against 0.5 MPa, Wilke 1999 as "
            "quoted): tone and the flexors of the swinging hip press on"
        )
    return Answer(float(load.max()), told, found == 2 and load.min() <= LEAST)
