"""What is shown of reflexes in time: traces, tables, figures and sentences."""

from __future__ import annotations

import numpy as np

from psoas.anatomy.groups import resolve
from psoas.result import LEVELS, Result
from psoas.studies.reflex_scenes import Played
from psoas.studies.study import Trace
from psoas.tables import Curve, Figure, Table

SHOWN = "L4/L5"
STILL = 1e-9  # of an activity; less is rounding
SEEN = 0.1  # per cent of activity; less is not told as a difference
SEEN_N = 5.0  # the same of compression
ASSUMED = (
    "Gains and delays of the trunk's reflexes are assumed, the gains with the ranges under the table of peaks; "
    "inhibition of the extensors by the psoas is commonly taught and was not measured, and both muscles are also seen "
    "to work together."
)


def activity(result: Result, group: str) -> np.ndarray:
    """Return the activity (F,) of a group: A = sum_i w_i a_i / sum_i w_i over its fascicles.

    w_i is the force that the fascicle can give where it is first active, the same for all frames. With weights of the
    frame itself, as in `Result.group`, A would also change where fascicles only stretch or shorten, before any reflex
    can have reached them.
    """
    m = result.muscles
    rows = list(resolve(group, m.names, m.groups))
    a = m.activation[rows]
    reach = np.divide(m.active_n[rows], a, out=np.zeros_like(a), where=a > STILL)
    weight = reach[np.arange(len(rows)), (reach > 0.0).argmax(axis=1)]
    return np.asarray(weight @ a / weight.sum() if weight.sum() > 0.0 else a.mean(axis=0))


def _together(result: Result) -> np.ndarray:
    """Co-contraction (F,): 2 min(p, e) / (p + e) of the mean activities of psoas and extensors; 1 where equal."""
    p, e = activity(result, "psoas_major"), activity(result, "extensors")
    both = p + e
    return np.asarray(np.divide(2.0 * np.minimum(p, e), both, out=np.zeros_like(both), where=both > 1e-12))


def _stretch(result: Result) -> np.ndarray:
    length = result.group("extensors").length_m
    return np.asarray(100.0 * (length / length[0] - 1.0))


def traces(played: Played) -> list[Trace]:
    """Return what is told over time."""
    r = played.results
    return [
        Trace("extensor activity", "%", tuple(100 * activity(x, "extensors") for x in r), 1),
        Trace("psoas activity", "%", tuple(100 * activity(x, "psoas_major") for x in r), 1),
        Trace(
            "gluteus maximus and hamstrings activity",
            "%",
            tuple(100 * activity(x, "hip_extensors") for x in r),
            1,
        ),
        Trace("extensor length against the start", "%", tuple(_stretch(x) for x in r), 2),
        Trace("co-contraction of psoas and extensors", "ratio", tuple(_together(x) for x in r), 2),
        Trace("lumbar flexion", "deg", tuple(played.lumbar_deg), 1),
        Trace("pelvis tilt", "deg", tuple(played.tilt_deg), 1),
    ]


def peaks(played: Played, ranged: str = "") -> Table:
    """Return the greatest compression of every level in each world, with its interval over the gains.

    ranged: over which gains the interval reaches, in words.
    """
    rows: list[tuple[str | float | None, ...]] = []
    for k, level in enumerate(LEVELS):
        peaks = [float(r.loads["compression_n"][k].max()) for r in played.results]
        corners = played.corners[:, k].max(axis=1)
        rows.append((level, *peaks, float(min(corners.min(), *peaks)), float(max(corners.max(), *peaks))))
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
        f"The interval holds the columns beside it and {ranged}",
    )


def muscles(played: Played) -> Table:
    """Return what the extensors do in each world."""
    rows: list[tuple[str | float | None, ...]] = []
    for r, lumbar in zip(played.results, played.lumbar_deg, strict=True):
        e, stretch = 100 * activity(r, "extensors"), _stretch(r)
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
        "Activity is the mean over the fascicles, each counted by the force it can give at the start. Co-contraction "
        "is 2 min(p, e) / (p + e) of the activities of psoas p and extensors e.",
    )


def figures(played: Played) -> list[Figure]:
    """Return compression, activities and lengths over time."""

    def figure(title: str, label: str, values: list[np.ndarray]) -> Figure:
        curves = tuple(Curve(r.name, r.time_s, v) for r, v in zip(played.results, values, strict=True))
        return Figure(title, "time [s]", label, curves)

    r = played.results
    k = LEVELS.index(SHOWN)
    loads = [x.loads["compression_n"][k] for x in r]
    everything = np.concatenate([played.corners[:, k], np.array(loads)])
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
        figure("Activity of the extensors", "activity [%]", [100 * activity(x, "extensors") for x in r]),
        figure("Activity of the psoas", "activity [%]", [100 * activity(x, "psoas_major") for x in r]),
        figure("Length of the extensors against the start", "change [%]", [_stretch(x) for x in r]),
        figure("Lumbar flexion", "flexion [deg]", list(played.lumbar_deg)),
    ]


def findings(played: Played, trunk: float, hip: float, scene: str) -> list[str]:
    """Return what the numbers say; trunk, hip: gains of the intact inhibition."""
    intact, impaired, absent = played.results[-3:]
    table = peaks(played).rows[LEVELS.index(SHOWN)]
    found = [
        *_inhibited(played.results[-3:], trunk, hip),
        f"Peak compression at {SHOWN}: {table[-5]:.0f} N intact, {table[-4]:.0f} N impaired, {table[-3]:.0f} N absent; "
        f"{table[-2]:.0f} to {table[-1]:.0f} N over the range of gains.{_apart(played.results[-3:])}",
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
        corners = int((~np.isnan(played.fell_s)).sum())
        if corners:
            found.append(f"It also falls at {corners} of {len(played.corners)} corners of the range of gains.")
    return [*found, ASSUMED]


def begins(result: Result, told_s: float, delay_s: float) -> str:
    """Return when the extensors of a world begin to fall after the psoas was told to pull; "" where they do not."""
    e, time = activity(result, "extensors"), result.time_s
    changed = np.flatnonzero(np.abs(e - e[0]) > STILL)
    if not len(changed) or e[changed[0]] > e[0]:
        return ""
    first = int(changed[0])
    return (
        f"The psoas is told to pull at {told_s:.2f} s and inhibits after {1e3 * delay_s:g} ms: until "
        f"{time[first - 1]:.2f} s the extensors' activity has not changed at all, at {time[first]:.2f} s it has begun "
        "to fall."
    )


def _apart(worlds: tuple[Result, ...]) -> str:
    """Return where intact and absent inhibition load the level shown most differently, which need not be its peak."""
    loads = [r.loads["compression_n"][LEVELS.index(SHOWN)] for r in worlds]
    most = int(np.argmax(np.abs(loads[0] - loads[2])))
    if abs(loads[0][most] - loads[2][most]) < SEEN_N:
        return ""
    told = ", ".join(f"{load[most]:.0f} N {r.name.split()[-1]}" for r, load in zip(worlds, loads, strict=True))
    return f" Intact and absent differ most at {worlds[0].time_s[most]:.2f} s: {told}."


def _inhibited(worlds: tuple[Result, ...], trunk: float, hip: float) -> list[str]:
    """Return what inhibition takes from the extensors of the worlds intact, impaired and absent."""
    e = [100 * activity(r, "extensors") for r in worlds]
    most = int(np.argmax(np.abs(e[0] - e[2])))
    lead = f"With inhibition intact (gains {trunk:g} and {hip:g}) the extensors' activity"
    least = (
        f"{lead} goes from {e[0][0]:.1f} % to {e[0].min():.1f} % at the least; impaired (half) to {e[1].min():.1f} %, "
        f"absent to {e[2].min():.1f} %."
    )
    psoas = 100 * activity(worlds[0], "psoas_major")
    if abs(e[0][most] - e[2][most]) < SEEN:
        return [
            least,
            f"At no time does inhibition change it by {SEEN:g} %; the psoas is at {psoas[0]:.1f} % at first and at "
            f"{psoas.max():.1f} % at the most.",
        ]
    return [
        least,
        f"Inhibition changes it most at {worlds[0].time_s[most]:.2f} s, with the psoas at {psoas[most]:.1f} %: "
        f"{e[0][most]:.1f} % intact, {e[1][most]:.1f} % impaired, {e[2][most]:.1f} % absent.",
    ]
