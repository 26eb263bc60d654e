"""What is shown of reflexes in time: traces, tables, figures and sentences."""

from __future__ import annotations

import numpy as np

from psoas.result import LEVELS, Result
from psoas.studies.reflex_scenes import Played
from psoas.studies.study import Trace
from psoas.tables import Curve, Figure, Table

SHOWN = "L4/L5"
ASSUMED = (
    "Gains of the trunk's reflexes are assumed, with the ranges of mechanics/data/reflexes.csv; inhibition of the "
    "extensors by the psoas is commonly taught and was not measured, and both muscles are also seen to work together."
)


def _together(result: Result) -> np.ndarray:
    """Co-contraction (F,): 2 min(p, e) / (p + e) of the mean activities of psoas and extensors; 1 where equal."""
    p, e = result.group("psoas_major").activation, result.group("extensors").activation
    both = p + e
    return np.asarray(np.divide(2.0 * np.minimum(p, e), both, out=np.zeros_like(both), where=both > 1e-12))


def _stretch(result: Result) -> np.ndarray:
    length = result.group("extensors").length_m
    return np.asarray(100.0 * (length / length[0] - 1.0))


def traces(played: Played) -> list[Trace]:
    """Return what is told over time."""
    r = played.results
    return [
        Trace("extensor activity", "%", tuple(100 * x.group("extensors").activation for x in r), 1),
        Trace("psoas activity", "%", tuple(100 * x.group("psoas_major").activation for x in r), 1),
        Trace(
            "gluteus maximus and hamstrings activity",
            "%",
            tuple(100 * x.group("hip_extensors").activation for x in r),
            1,
        ),
        Trace("extensor length against the start", "%", tuple(_stretch(x) for x in r), 2),
        Trace("co-contraction of psoas and extensors", "ratio", tuple(_together(x) for x in r), 2),
        Trace("lumbar flexion", "deg", tuple(played.lumbar_deg), 1),
        Trace("pelvis tilt", "deg", tuple(played.tilt_deg), 1),
    ]


def peaks(played: Played) -> Table:
    """Return the greatest compression of every level in each world, with its interval over the gains."""
    rows: list[tuple[str | float | None, ...]] = []
    for k, level in enumerate(LEVELS):
        peaks = [float(r.loads["compression_n"][k].max()) for r in played.results]
        drawn = played.drawn[:, k].max(axis=1)
        rows.append((level, *peaks, float(min(drawn.min(), *peaks)), float(max(drawn.max(), *peaks))))
    return Table(
        "Peak compression",
        (
            "level",
            *(f"{r.name} [N]" for r in played.results),
            "lowest over the gains [N]",
            "highest over the gains [N]",
        ),
        tuple(rows),
        (0,) * (len(played.results) + 3),
        f"The interval holds the columns beside it and {len(played.drawn)} draws of both inhibition gains (0 to 1) and "
        f"both gains of the stretch reflex. {ASSUMED}",
    )


def muscles(played: Played) -> Table:
    """Return what the extensors do in each world."""
    rows: list[tuple[str | float | None, ...]] = []
    for r, lumbar in zip(played.results, played.lumbar_deg, strict=True):
        e, stretch = 100 * r.group("extensors").activation, _stretch(r)
        largest = r.largest_unmet()
        missing = f"{largest[2]:.1f} at {largest[0]}" if largest[2] > 0.05 else "-"
        fell = next((s.removeprefix("flagged: ") for s in r.status if "fell" in s), "-")
        rows.append(
            (
                r.name,
                float(e[0]),
                float(e.min()),
                float(e.max()),
                float(stretch.min()),
                float(stretch.max()),
                float(_together(r).mean()),
                float(np.abs(lumbar - lumbar[0]).max()),
                missing,
                fell,
            )
        )
    return Table(
        "Extensors: multifidus and erector spinae",
        (
            "world",
            "activity at the start [%]",
            "least [%]",
            "greatest [%]",
            "shortest, against the start [%]",
            "longest [%]",
            "co-contraction with the psoas, mean [1]",
            "lumbar curve away from the start [deg]",
            "largest moment left over [N m]",
            "fell",
        ),
        tuple(rows),
        (0, 1, 1, 1, 2, 2, 2, 1, 0, 0),
        "Co-contraction is 2 min(p, e) / (p + e) of the mean activities of psoas p and extensors e.",
    )


def figures(played: Played) -> list[Figure]:
    """Return compression, activities and lengths over time."""

    def figure(title: str, label: str, values: list[np.ndarray]) -> Figure:
        curves = tuple(Curve(r.name, r.time_s, v) for r, v in zip(played.results, values, strict=True))
        return Figure(title, "time [s]", label, curves)

    r = played.results
    k = LEVELS.index(SHOWN)
    loads = [x.loads["compression_n"][k] for x in r]
    everything = np.concatenate([played.drawn[:, k], np.array(loads)])
    # The interval belongs to the last person's intact world; the first curve after the untouched one shows it.
    at = len(r) - 3
    curves = tuple(
        Curve(x.name, x.time_s, y, everything.min(axis=0), everything.max(axis=0))
        if i == at
        else Curve(x.name, x.time_s, y)
        for i, (x, y) in enumerate(zip(r, loads, strict=True))
    )
    return [
        Figure(f"Compression at {SHOWN}, with its range over the gains", "time [s]", "compression [N]", curves),
        figure("Activity of the extensors", "activity [%]", [100 * x.group("extensors").activation for x in r]),
        figure("Activity of the psoas", "activity [%]", [100 * x.group("psoas_major").activation for x in r]),
        figure("Length of the extensors against the start", "change [%]", [_stretch(x) for x in r]),
        figure("Lumbar flexion", "flexion [deg]", list(played.lumbar_deg)),
    ]


def findings(played: Played, trunk: float, hip: float, scene: str) -> list[str]:
    """Return what the numbers say; trunk, hip: gains of the intact inhibition."""
    intact, impaired, absent = played.results[-3:]
    table = peaks(played).rows[LEVELS.index(SHOWN)]
    e = [100 * r.group("extensors").activation for r in (intact, impaired, absent)]
    found = [
        f"With inhibition intact (gains {trunk:g} and {hip:g}) the extensors' activity goes from {e[0][0]:.1f} % to "
        f"{e[0].min():.1f} % at the least; impaired (half) to {e[1].min():.1f} %, absent to {e[2].min():.1f} %.",
        f"Peak compression at {SHOWN}: {table[-5]:.0f} N intact, {table[-4]:.0f} N impaired, {table[-3]:.0f} N absent; "
        f"{table[-2]:.0f} to {table[-1]:.0f} N over the range of gains.",
        f"Mean co-contraction of psoas and extensors (1 where both are equally active): {_together(intact).mean():.2f} "
        f"intact, {_together(impaired).mean():.2f} impaired, {_together(absent).mean():.2f} absent.",
    ]
    if scene == "sit":
        largest = [r.largest_unmet() for r in (intact, impaired, absent)]
        found.append(
            "The movement is given: by what inhibition takes, and where activation follows the sharing too slowly, "
            f"moments are left over, at most {largest[0][2]:.1f} N m intact, {largest[1][2]:.1f} N m impaired, "
            f"{largest[2][2]:.1f} N m absent. A person would answer with more drive or another movement."
        )
    else:
        swing = [float(np.abs(v - v[0]).max()) for v in played.lumbar_deg[-3:]]
        found.append(
            f"The lumbar curve goes up to {swing[0]:.1f} degrees from its start intact, {swing[1]:.1f} impaired, "
            f"{swing[2]:.1f} absent, over {intact.time_s[-1]:g} s. The person corrects nothing but by reflex."
        )
        fallen = [r.name for r in played.results if any("fell" in s for s in r.status)]
        if fallen:
            found.append(f"The trunk falls beyond its joints' ranges: {', '.join(fallen)}.")
        drawn = int((~np.isnan(played.fell_s)).sum())
        if drawn:
            found.append(f"It also falls in {drawn} of {len(played.drawn)} draws of the gains.")
    return [*found, ASSUMED]
