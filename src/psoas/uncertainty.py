"""How much the answer moves when the model's inputs move over their published ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from psoas.anatomy.anatomy import Anatomy, Fascicle
from psoas.anatomy.groups import leaf_groups
from psoas.body.build import build
from psoas.frames import Frames

# Parameters of the anatomy whose `spread` is the range drawn from, uniformly.
INPUTS = (
    "specific_tension",
    "tone_upright",
    "tone_supported",
    "pressure_factor",
    "abdominal_pressure_arm",
    "abdominal_radius",
    "abdominal_height",
    "segment_flexion_stiffness",
    "tissue_neutral_flexion",
    "trunk_mass_factor",
    "extensor_attachment_shift",
    "hip_capsule_angle",
    "rhythm_tilt",
)
TRUNK = ("L5", "L4", "L3", "L2", "L1", "thorax", "head")
DRAWS = 24
SEED = 20240229

Loads = dict[str, np.ndarray]


def interval(frames: Frames, loads_of: Callable[[Frames], Loads], draws: int = DRAWS) -> dict[str, object]:
    """Return low and high of every load over `draws` variations of the inputs, and their names.

    A Latin hypercube: each input's range is cut into `draws` equal parts, each part is drawn once, in random order of
    a fixed seed. low, high (6, F): the least and the greatest of the draws and the answer itself. The posture stays.
    """
    base = loads_of(frames)
    low = {key: values.copy() for key, values in base.items()}
    high = {key: values.copy() for key, values in base.items()}
    for chosen in hypercube(frames.body.anatomy, draws):
        found = loads_of(varied(frames, chosen))
        for key, values in found.items():
            low[key] = np.minimum(low[key], values)
            high[key] = np.maximum(high[key], values)
    answer: dict[str, object] = {key: {"low": low[key], "high": high[key]} for key in base}
    return {**answer, "from": list(INPUTS)}


def one_at_a_time(frames: Frames, loads_of: Callable[[Frames], Loads]) -> dict[str, tuple[Loads, Loads]]:
    """Return the loads with each input alone at the low and at the high end of its range, by its name."""
    assert frames.body.anatomy is not None
    spreads = {name: frames.body.anatomy.parameters.spread(name) for name in INPUTS}
    return {
        name: (loads_of(varied(frames, {name: spread[0]})), loads_of(varied(frames, {name: spread[1]})))
        for name, spread in spreads.items()
        if spread is not None
    }


def hypercube(anatomy: Anatomy | None, draws: int) -> list[dict[str, float]]:
    """Return `draws` choices of all inputs (SI), spread evenly over every range."""
    assert anatomy is not None
    random = np.random.default_rng(SEED)
    columns = {}
    for name in INPUTS:
        spread = anatomy.parameters.spread(name)
        assert spread is not None, name
        places = (random.permutation(draws) + random.random(draws)) / draws
        columns[name] = spread[0] + places * (spread[1] - spread[0])
    return [{name: float(columns[name][i]) for name in INPUTS} for i in range(draws)]


def varied(frames: Frames, chosen: dict[str, float]) -> Frames:
    """Return the same frames on a body and with a tone whose inputs are those chosen; others stay."""
    anatomy = frames.body.anatomy
    assert anatomy is not None
    p = anatomy.parameters
    now = {name: chosen.get(name, p[name]) for name in INPUTS}
    stiffness = now["segment_flexion_stiffness"] / p["segment_flexion_stiffness"]
    others = {
        name: p[name] * stiffness
        for name in (
            "segment_extension_stiffness",
            "segment_bend_stiffness",
            "segment_twist_stiffness",
            "segment_end_stiffness",
            "disc_flexion_stiffness",
            "disc_bend_stiffness",
            "disc_twist_stiffness",
        )
    }
    changed = replace(
        anatomy,
        parameters=p.replaced({**now, **others}),
        specific_tension=anatomy.specific_tension * now["specific_tension"] / p["specific_tension"],
        segments=tuple(
            replace(s, mass=s.mass * now["trunk_mass_factor"]) if s.name in TRUNK else s for s in anatomy.segments
        ),
        fascicles=tuple(_shifted(f, now["extensor_attachment_shift"]) for f in anatomy.fascicles),
        ligaments=tuple(replace(x, stiffness=x.stiffness * stiffness) for x in anatomy.ligaments),
    )
    floor = frames.effort.floor
    for name in ("tone_upright", "tone_supported"):
        floor = np.where(np.isclose(floor, p[name]), now[name], floor)
    return replace(
        frames,
        body=build(changed, frames.body.loads_kg),
        effort=replace(frames.effort, floor=floor),
        positions=_tilted(frames, now["rhythm_tilt"]),
    )


def _shifted(f: Fascicle, shift: float) -> Fascicle:
    if f.group not in leaf_groups("extensors"):
        return f
    return replace(f, path=tuple((body, (x + shift, y, z)) for body, (x, y, z) in f.path))


def _tilted(frames: Frames, tilt: float) -> np.ndarray:
    """Return positions (F, V) whose lumbar flexion leans to the lower levels by `tilt`, its sum unchanged."""
    levels = frames.body.levels
    rows = frames.body.rows(tuple(f"{level}_flexion" for level in levels))
    angles = frames.positions[:, rows]
    leaning = angles * (1.0 + tilt * np.linspace(-1.0, 1.0, len(levels)))
    total, new = angles.sum(axis=1, keepdims=True), leaning.sum(axis=1, keepdims=True)
    factor = np.divide(total, new, out=np.ones_like(total), where=np.abs(new) > 1e-9)
    positions = frames.positions.copy()
    positions[:, rows] = leaning * factor
    return positions
