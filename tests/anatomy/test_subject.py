import pytest
from pydantic import ValidationError

from psoas.anatomy.subject import Subject
from psoas.errors import InputError


def test_the_default_person_is_the_volunteer_of_the_pressure_measurements():
    subject = Subject()
    assert (subject.sex, subject.mass_kg, subject.height_m, subject.age_years) == ("male", 70.0, 1.68, 45.0)
    assert subject.specific_tension_n_cm2 == 75.5 and subject.lordosis_deg is None
    assert subject.body_mass_index == pytest.approx(70 / 1.68**2)


def test_a_subject_is_frozen_and_hashable():
    with pytest.raises(ValidationError, match="frozen"):
        Subject().mass_kg = 80.0
    assert len({Subject(), Subject(mass_kg=70.0), Subject(mass_kg=71.0)}) == 2


RANGES = {
    "mass_kg": (25, 250),
    "height_m": (1.2, 2.3),
    "age_years": (16, 100),
    "lordosis_deg": (10, 100),
    "pelvic_incidence_deg": (20, 100),
    "specific_tension_n_cm2": (20, 150),
}


@pytest.mark.parametrize(("key", "limits"), RANGES.items())
def test_each_figure_has_its_range(key, limits):
    for outside in (limits[0] * 0.9, limits[1] * 1.1, float("nan"), float("inf")):
        with pytest.raises(InputError, match=rf"\[subject\] {key} is .*; allowed is {limits[0]} to {limits[1]} ") as e:
            Subject(**{key: outside})
        assert e.value.key == key


def test_mass_and_height_must_belong_to_one_person():
    with pytest.raises(InputError, match=r"body mass index of 6\.2 kg/m2; allowed is 12 to 60\. Check the units"):
        Subject(mass_kg=30.0, height_m=2.2)
