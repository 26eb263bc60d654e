"""Tables and figures: cells as text, JSON without NaN, and shapes that must fit."""

import json

import numpy as np
import pytest

from psoas.tables import Curve, Figure, Table


def test_cells_are_rounded_by_column_and_what_is_missing_is_a_dash():
    table = Table("t", ("level", "N", "ratio"), (("L4/L5", 632.4, float("nan")), ("L5/S1", -0.2, None)), (0, 0, 2))
    assert table.shown() == [["L4/L5", "632", "-"], ["L5/S1", "0", "-"]]
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["rows"][0] == ["L4/L5", 632.4, None]


def test_rows_and_decimals_must_fit_the_columns():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table("t", ("a", "b"), (("x",),))
    with pytest.raises(ValueError, match="1 decimals for 2 columns"):
        Table("t", ("a", "b"), (("x", 1.0),), (1,))


def test_a_curve_has_one_shape_and_a_figure_is_json():
    x = np.arange(3.0)
    with pytest.raises(ValueError, match="all must be one"):
        Curve("c", x, x[:2])
    figure = Figure("f", "tightness, %", "N", (Curve("c", x, x**2, low=x, high=x + 1),), (("limit", 3.4),))
    told = json.loads(json.dumps(figure.to_dict()))
    assert told["curves"][0]["y"] == [0.0, 1.0, 4.0] and told["limits"] == [["limit", 3.4]]
