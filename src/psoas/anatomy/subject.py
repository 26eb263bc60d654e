"""The person: sex, mass, stature, age and the few figures that can be known of one's spine."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from psoas.errors import InputError
from psoas.values import Value, within

BODY_MASS_INDEX = (12.0, 60.0)


class Subject(Value):
    """A person, frozen. The default is the volunteer of the pressure measurements (Wilke et al. 1999).

    Units are in the names: kg, m, years, degrees; `specific_tension_n_cm2` is the muscles' largest stress in
    N/cm2 (75.5, the mean of Burkhart et al. 2018). `lordosis_deg` (L1 to S1) and `pelvic_incidence_deg` are
    None where unknown. Raises InputError for a value out of its plausible range or mass and height that
    do not belong to one person (body mass index outside 12 to 60 kg/m2).
    """

    table: ClassVar[str] = "[subject]"

    sex: Literal["male", "female"] = "male"
    mass_kg: Annotated[float, within(25, 250, "kg")] = 70.0
    height_m: Annotated[float, within(1.2, 2.3, "m")] = 1.68
    age_years: Annotated[float, within(16, 100, "years")] = 45.0
    lordosis_deg: Annotated[float, within(10, 100, "degrees")] | None = None
    pelvic_incidence_deg: Annotated[float, within(20, 100, "degrees")] | None = None
    specific_tension_n_cm2: Annotated[float, within(20, 150, "N/cm2")] = 75.5

    @model_validator(mode="after")
    def _belongs_to_one_person(self) -> Subject:
        low, high = BODY_MASS_INDEX
        if not low <= self.body_mass_index <= high:
            raise InputError(
                f"[subject] mass_kg {self.mass_kg:g} with height_m {self.height_m:g} is a body mass index of "
                f"{self.body_mass_index:.1f} kg/m2; allowed is {low:g} to {high:g}. Check the units of both.",
                "mass_kg",
            )
        return self

    @property
    def body_mass_index(self) -> float:
        """Return mass_kg / height_m^2 in kg/m2."""
        return self.mass_kg / self.height_m**2


def person(subject: Subject | None) -> str:
    """Return a person, or the default one, as a title ends with: "male, 70 kg, 1.68 m"."""
    s = subject or Subject()
    return f"{s.sex}, {s.mass_kg:g} kg, {s.height_m:g} m"
