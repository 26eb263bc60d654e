import pytest

from psoas.case.quantities import parse_changes, parse_fraction, parse_height, parse_mass, show_fraction, show_mass
from psoas.errors import InputError


@pytest.mark.parametrize(("text", "value"), [("6%", 0.06), ("6 %", 0.06), ("0.06", 0.06), ("0", 0), (".5", 0.5)])
def test_fractions(text, value):
    assert parse_fraction(text) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "value"),
    [("70", 70), ("70kg", 70), ("154 lb", 69.853), ("154 lbs", 69.853), ("11 st", 69.853), ("72.6 kg", 72.6)],
)
def test_masses(text, value):
    assert parse_mass(text) == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.68", 1.68),
        ("168 cm", 1.68),
        ("168cm", 1.68),
        ("1680 mm", 1.68),
        ("5 ft 6 in", 1.6764),
        ("5ft 6", 1.6764),
        ("5'6\"", 1.6764),
        ("6 ft", 1.8288),
        ("66 in", 1.6764),
        ("66 inches", 1.6764),
        ("1.68 metres", 1.68),
    ],
)
def test_heights(text, value):
    assert parse_height(text) == pytest.approx(value, abs=1e-9)


def test_changes():
    assert parse_changes(["multifidus=30%", "psoas_major_r=0.1, gracilis=5%"]) == pytest.approx(
        {"multifidus": 0.3, "psoas_major_r": 0.1, "gracilis": 0.05}
    )
    assert parse_changes(["6%"], default="psoas_major") == pytest.approx({"psoas_major": 0.06})
    assert parse_changes([]) == {}


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: parse_fraction("six", flag="--tight"),
            r"--tight is 'six'; write a fraction such as 6% or 0\.06",
        ),
        (
            lambda: parse_fraction("6", flag="--tight"),
            r"--tight is '6'; allowed is 0% to 95%\. For 6 percent write 6%",
        ),
        (lambda: parse_fraction("-5%"), r"allowed is 0% to 95%"),
        (lambda: parse_fraction("nan"), r"write a fraction"),
        (
            lambda: parse_mass("heavy", flag="--mass"),
            r"--mass is 'heavy'; write kilograms such as 70, or 154 lb",
        ),
        (
            lambda: parse_height("168", flag="--height"),
            r"--height is '168', which would be metres; .*'168 cm'",
        ),
        (lambda: parse_height("tall", flag="--height"), r"--height is 'tall'; write metres such as 1\.68"),
        (
            lambda: parse_changes(["30%"], flag="--weak"),
            r"--weak is '30%'; write a muscle and a fraction: --weak mult",
        ),
        (
            lambda: parse_changes(["psoas"], flag="--tight", default="psoas_major"),
            r"or --tight 6% for psoas_major",
        ),
        (lambda: parse_changes(["=30%"], flag="--weak"), r"names no muscle"),
        (lambda: parse_changes(["a=1%", "a=2%"], flag="--weak"), r"--weak names 'a' twice"),
        (lambda: parse_changes(["a=x"], flag="--weak"), r"--weak a is 'x'; write a fraction"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()


def test_masses_shown():
    assert show_mass(70.0) == "70 kg" and show_mass(72.63) == "72.6 kg"


def test_fractions_shown():
    assert [show_fraction(x) for x in (0.06, 0.07, 0.125, 0.0)] == ["6 %", "7 %", "12.5 %", "0 %"]
    assert show_fraction(0.06, 1) == "6.0 %" and show_fraction(0.999, 0) == "100 %"
