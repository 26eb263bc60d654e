import numpy as np
import pytest

from psoas.muscle.criteria import FASCICLES, fascicle_weights, power_of


def test_powers_of_the_criteria():
    assert [power_of(name) for name in ("squared", "cubed", "minmax")] == [2.0, 3.0, 2.0]


def test_weights_by_volume_follow_volume_and_add_up_to_the_constant():
    weights = fascicle_weights("volume", [1e-4, 3e-4, 2e-4], [0.1, 0.1, 0.05])
    assert weights.sum() == pytest.approx(FASCICLES, rel=1e-14)
    assert weights / weights[0] == pytest.approx([1.0, 3.0, 1.0], rel=1e-14)


def test_halving_a_fascicle_halves_its_weight_and_leaves_the_others():
    area, length = np.array([1e-4, 3e-4]), np.array([0.1, 0.08])
    whole = fascicle_weights("volume", area, length)
    split = fascicle_weights("volume", [0.5e-4, 0.5e-4, 3e-4], [0.1, 0.1, 0.08])
    assert split == pytest.approx([whole[0] / 2, whole[0] / 2, whole[1]], rel=1e-14)


def test_equal_weights_are_one():
    assert (fascicle_weights("equal", [1e-4, 3e-4], [0.1, 0.2]) == 1.0).all()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: power_of("quartic"), "Unknown criterion 'quartic'. Known: squared, cubed, minmax."),
        (lambda: fascicle_weights("mass", [1.0], [1.0]), "Unknown weights 'mass'. Known: volume, equal."),
        (lambda: fascicle_weights("volume", [1e-4, 0.0], [0.1, 0.1]), "Fascicle 1 has no volume"),
        (lambda: fascicle_weights("volume", [1e-4, np.nan], [0.1, 0.1]), "Fascicle 1 has no volume"),
    ],
)
def test_unknown_names_and_missing_volume_are_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
