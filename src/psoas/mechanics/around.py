"""What stands around a posture: whether it can belong to it, and which contacts it gives."""

from __future__ import annotations

from psoas.body.body import Body
from psoas.case.posture import Posture
from psoas.case.surroundings import Surroundings
from psoas.errors import PoseError
from psoas.motion.postures import Preset, posing

SEATED = ("sitting", "slouched")


def belongs_together(body: Body, base: Preset, posture: Posture, around: Surroundings) -> None:
    """Raise PoseError where the surroundings cannot be those of a person in this preset."""
    lying = base.feet == "free"
    kind = "lies" if lying else "sits" if base.name in SEATED else "stands"
    chair = [key for key in ("seat", "seat_height_m", "backrest_deg", "lumbar_support_m") if getattr(around, key)]
    if chair and kind != "sits":
        raise PoseError(
            f"The chair is not under the person: '{chair[0]}' is given, but in '{base.name}' a person {kind}. "
            'Write preset = "sitting" or "slouched", or leave the chair out.'
        )
    if around.bed and kind != "lies":
        raise PoseError(
            f"The bed is not under the person: a person in the preset '{base.name}' {kind}. Write preset = "
            '"lying_supine", "lying_prone" or "lying_side", or leave \'bed\' out.'
        )
    on = [key for key in ("desk", "armrests", "elbows_on_thighs", "rucksack_kg") if getattr(around, key)]
    if lying and (on or posture.hands_forward_m):
        raise PoseError(
            f"'{on[0] if on else 'hands_forward_m'}' is for a person who sits or stands; the preset '{base.name}' lies."
        )
    if around.lumbar_support_m is not None and around.backrest_deg is None:
        raise PoseError("A lumbar support is part of a backrest: give backrest_deg beside lumbar_support_m.")
    assert body.anatomy is not None
    mass = body.anatomy.subject.mass_kg
    most = posing()["largest_load"] * mass
    if around.load_kg > most:
        raise PoseError(
            f"{around.load_kg:g} kg in the hands is {around.load_kg / mass:.1f} times this person's mass of "
            f"{mass:g} kg, more than people lift; hands_kg may be up to {most:.0f} kg in both hands together."
        )


def contacts_of(base: Preset, surroundings: Surroundings) -> tuple[str, ...]:
    """Return the names of the contacts of a preset in its surroundings."""
    contacts = list(base.bearing)
    if surroundings.seat and "seat" not in contacts:
        contacts.append("seat")
    if surroundings.seat is False and "seat" in contacts:
        contacts.remove("seat")
    if surroundings.bed and not any(c.startswith("bed") for c in contacts):
        contacts.append("bed_supine")
    if surroundings.bed is False:
        contacts = [c for c in contacts if not c.startswith("bed")]
    if surroundings.backrest_deg is not None and "backrest" not in contacts:
        contacts.append("backrest")
    if surroundings.lumbar_support_m is not None:
        contacts.append("lumbar_support")
    for name in ("armrests", "desk", "elbows_on_thighs"):
        if getattr(surroundings, name):
            contacts.append(name)
    leaning = {"both": "rl", "right": "r", "left": "l"}.get(surroundings.hands_lean or "", "")
    contacts += [f"hands_lean_{s}" for s in leaning]
    return tuple(contacts)
