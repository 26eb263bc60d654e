import dataclasses
import json

import numpy as np
import pytest

from psoas.errors import InputError
from psoas.result import CAUSED, LEVELS, LOADS, Contacts, Muscles, Result


def made(frames: int = 2, **changes) -> Result:
    """Return a small result whose numbers tell their place: two psoas fascicles, one multifidus."""
    time = np.linspace(0.0, 1.0, frames)
    loads = {key: (100.0 + np.arange(6)[:, None]) * (1 + i) + time for i, key in enumerate(LOADS)}
    muscles = Muscles(
        names=("psoas_L1_VB_r", "psoas_L1_VB_l", "multifidus_m1s_r"),
        groups=("psoas_major", "psoas_major", "multifidus"),
        sides=("r", "l", "r"),
        activation=np.full((3, frames), 0.5) * [[1.0], [0.2], [1.0]],
        active_n=np.array([[100.0], [60.0], [30.0]]) * np.ones(frames),
        passive_n=np.array([[10.0], [20.0], [0.0]]) * np.ones(frames),
        length_m=np.array([[0.30], [0.28], [0.1]]) * np.ones(frames),
    )
    moments = {"L5/S1": {axis: np.full(frames, 1.0) for axis in ("flexion", "bend", "twist")}}
    unmet = {"L5/S1": {"flexion": np.zeros(frames), "bend": np.full(frames, -3.5), "twist": np.ones(frames)}}
    kept = {
        "case": {"name": "normal", "subject": {"mass_kg": 70.0}},
        "time_s": time,
        "loads": loads,
        "muscles": muscles,
        "contacts": Contacts(("foot_r",), np.ones((1, frames, 3))),
        "demand_nm": moments,
        "unmet_nm": unmet,
        "residual": {"force_n": np.zeros(frames), "moment_nm": np.zeros(frames)},
        "status": ("ok",) * frames,
        "sources": ("bogduk1992",),
        "notes": ("A note.",),
        "model_hash": "abc",
        "version": "0.1.0",
    }
    return Result(**(kept | changes))


def test_json_has_the_keys_of_the_contract_in_its_shape():
    text = made().to_json()
    found = json.loads(text)
    assert list(found) == [
        "psoas",
        "case",
        "time_s",
        "levels",
        "loads",
        "muscles",
        "contacts",
        "demand_nm",
        "unmet_nm",
        "residual",
        "status",
        "sources",
    ]
    assert found["psoas"] == {"version": "0.1.0", "model_hash": "abc"}
    assert found["levels"] == ["T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"] == list(LEVELS)
    assert set(found["loads"]) == {
        "compression_n",
        "anterior_shear_n",
        "right_shear_n",
        "flexion_moment_nm",
        "pressure_mpa",
    }
    assert found["loads"]["compression_n"][4] == [104.0, 105.0]
    assert set(found["muscles"][0]) == {
        "name",
        "group",
        "side",
        "activation",
        "active_n",
        "passive_n",
        "length_m",
    }
    assert found["contacts"] == [{"name": "foot_r", "force_n": [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]}]
    assert found["demand_nm"] == {"L5/S1": {"flexion": [1.0, 1.0], "bend": [1.0, 1.0], "twist": [1.0, 1.0]}}
    assert found["residual"] == {"force_n": [0.0, 0.0], "moment_nm": [0.0, 0.0]}
    assert found["status"] == ["ok", "ok"] and found["sources"] == ["bogduk1992"]


def test_interval_and_moment_arms_stand_where_they_were_asked_for():
    arms = {"hip": np.full((3, 2), 20.12345), "L5/S1": np.zeros((3, 2))}
    interval = {
        "compression_n": {"low": np.zeros((6, 2)), "high": np.ones((6, 2))},
        "from": ["specific_tension_n_cm2"],
    }
    muscles = dataclasses.replace(made().muscles, moment_arm_mm=arms)
    found = json.loads(made(muscles=muscles, interval=interval).to_json())
    assert found["muscles"][0]["moment_arm_mm"] == {"hip": [20.123, 20.123], "L5/S1": [0.0, 0.0]}
    assert found["interval"]["compression_n"]["high"][5] == [1.0, 1.0]
    assert found["interval"]["from"] == ["specific_tension_n_cm2"]


def test_numbers_are_rounded_and_never_nan():
    loads = dict(made().loads) | {
        "compression_n": np.full((6, 2), np.nan),
        "pressure_mpa": np.full((6, 2), 1 / 3),
    }
    loads["right_shear_n"] = np.full((6, 2), -1e-9)
    found = json.loads(made(loads=loads).to_json(), parse_constant=lambda name: pytest.fail(name))
    assert found["loads"]["compression_n"][0] == [None, None]
    assert found["loads"]["pressure_mpa"][0] == [0.33333, 0.33333]
    assert str(found["loads"]["right_shear_n"][0][0]) == "0.0"


def test_groups_sum_and_levels_are_named():
    result = made()
    psoas = result.group("psoas_major")
    np.testing.assert_allclose(psoas.active_n, 160.0)
    np.testing.assert_allclose(psoas.force_n, 190.0)
    np.testing.assert_allclose(psoas.length_m, 0.29)
    # reach 100/0.5 = 200 and 60/0.1 = 600 N: the mean activation is 160/800
    np.testing.assert_allclose(psoas.activation, 0.2)
    np.testing.assert_allclose(result.group("psoas_major_r").active_n, 100.0)
    np.testing.assert_allclose(result.level("L5/S1")["compression_n"], [105.0, 106.0])
    with pytest.raises(InputError, match=r"Unknown level 'L6/S1'\. Did you mean 'L5/S1'\?"):
        result.level("L6/S1")
    with pytest.raises(InputError, match=r"Unknown muscle 'psoas_majr'\. Did you mean 'psoas_major'\?"):
        result.group("psoas_majr")


def test_the_largest_unmet_moment_is_named():
    assert made().largest_unmet() == ("L5/S1", "bend", 3.5)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": ("ok",)}, r"status has 1 entries, but must have 2"),
        (
            {"residual": {"force_n": np.zeros(3), "moment_nm": np.zeros(2)}},
            r"residual force_n has shape \(3,\)",
        ),
        (
            {"contacts": Contacts(("a",), np.zeros((1, 2)))},
            r"contacts\.force_n has shape \(1, 2\), .*\(1, 2, 3\)",
        ),
    ],
)
def test_a_wrong_shape_is_named(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        made(**changes)


def caused(changes=None):
    """Two causes that make up each load of `made`, and changes to them."""
    loads = made().loads
    parts = {key: {"body weight": 0.25 * loads[key], "unmet": 0.75 * loads[key]} for key in CAUSED}
    return parts | (changes or {})


def test_causes_are_told_only_where_they_were_asked_for():
    assert "causes" not in made().to_dict()
    written = made(causes=caused()).to_dict()
    assert list(written["causes"]) == list(CAUSED)
    weight = np.array(written["causes"]["compression_n"]["body weight"])
    assert weight.shape == (6, 2)
    assert np.abs(weight - 0.25 * made().loads["compression_n"]).max() <= 5e-4  # rounded to 0.001 N


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"compression_n": {"body weight": np.ones((6, 2))}}, "the causes of compression_n miss its sum"),
        ({"compression_n": {"body weight": np.ones(6)}}, "compression_n body weight has shape"),
        ({"pressure_mpa": {}}, "causes must be told of compression_n"),
    ],
)
def test_causes_that_do_not_fit_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        made(causes=caused(changes))
