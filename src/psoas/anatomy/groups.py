"""The tree of muscle names: groups, their parents, and how a name a user writes finds its fascicles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psoas.errors import unknown

PARENTS: dict[str, tuple[str, ...]] = {
    "longissimus_thoracis": (
        "longissimus_thoracis_pars_lumborum",
        "longissimus_thoracis_pars_thoracis",
    ),
    "iliocostalis_lumborum": (
        "iliocostalis_lumborum_pars_lumborum",
        "iliocostalis_lumborum_pars_thoracis",
    ),
    "erector_spinae": ("longissimus_thoracis", "iliocostalis_lumborum"),
    "extensors": ("erector_spinae", "multifidus"),
    "iliopsoas": ("psoas_major", "iliacus"),
    "hip_flexors": ("iliopsoas", "rectus_femoris", "sartorius", "tensor_fasciae_latae"),
    "hip_extensors": ("gluteus_maximus", "hamstrings"),
    "abdominals": ("rectus_abdominis", "external_oblique", "internal_oblique", "transversus_abdominis"),
}

# Groups whose fibres draw round the abdomen and so raise its pressure.
ABDOMINAL_WALL = ("external_oblique", "internal_oblique", "transversus_abdominis")


def leaf_groups(group: str) -> tuple[str, ...]:
    """Return the groups below a parent, or the group itself."""
    if group not in PARENTS:
        return (group,)
    return tuple(leaf for child in PARENTS[group] for leaf in leaf_groups(child))


def parse_side(name: str) -> tuple[str, str | None]:
    """Split `psoas_major_r` into (`psoas_major`, `r`); a name without side has None."""
    if name.endswith(("_r", "_l")):
        return name[:-2], name[-1]
    return name, None


def resolve(name: str, names: Sequence[str], groups: Sequence[str]) -> list[int]:
    """Return the indices of the fascicles a name stands for: a parent, group, muscle or fascicle, `_r`, `_l`.

    names, groups: per fascicle, `psoas_L1_VB_r` and `psoas_major`. A muscle is a prefix of fascicle names that
    ends at an underscore (`adductor_magnus`). Raises InputError naming the nearest known name.
    """
    stem, side = parse_side(name)
    leaves = set(leaf_groups(stem))
    chosen = [i for i, group in enumerate(groups) if group in leaves]
    if not chosen:
        chosen = [i for i, known in enumerate(names) if known[:-2] == stem or known.startswith(stem + "_")]
    if side is not None:
        chosen = [i for i in chosen if names[i].endswith("_" + side)]
    if not chosen:
        raise unknown("muscle", name, known_names(names, groups))
    return chosen


def known_names(names: Iterable[str], groups: Iterable[str]) -> list[str]:
    """Return every name `resolve` knows, groups first, then muscles (`psoas`), then fascicles."""
    grouped, names = set(groups) | set(PARENTS), list(names)
    parts = [name[:-2].split("_") for name in names]
    muscles = {"_".join(part[:n]) for part in parts for n in range(1, len(part))}
    return sorted(grouped) + sorted(muscles - grouped) + sorted(names)
