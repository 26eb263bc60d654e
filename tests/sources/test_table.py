import math

import numpy as np
import pytest

from psoas.errors import InputError, TableError
from psoas.sources.table import read_parameters, read_table
from psoas.sources.units import COLUMN_UNITS, unit_factor

GOOD = """# a comment
level,height_mm,angle_deg,tension_n_cm2,note,basis,source
L4/L5,10,180,75.5,"a, quoted",measured,bogduk1992; penning2000
# another
L5/S1,12,90,,,assumed,psoas_assumed
"""


def written(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_columns_in_si_and_text(tmp_path):
    table = read_table(written(tmp_path, GOOD))
    assert len(table) == 2
    np.testing.assert_allclose(table.si("height_mm"), [0.010, 0.012], rtol=1e-15)
    np.testing.assert_allclose(table.si("angle_deg"), [math.pi, math.pi / 2], rtol=1e-15)
    assert table.si("height_mm").dtype == np.float64
    assert table.text("level") == ["L4/L5", "L5/S1"]
    assert table.rows[0]["note"] == "a, quoted"
    assert table.sources == {"bogduk1992", "penning2000", "psoas_assumed"}
    one = table.where("level", "L5/S1")
    assert len(one) == 1 and one.si("height_mm")[0] == pytest.approx(0.012)
    assert len(table.where("level", "L9")) == 0


def test_empty_cell_needs_a_stated_stand_in(tmp_path):
    table = read_table(written(tmp_path, GOOD))
    with pytest.raises(TableError, match=r"t\.csv, row 5: column 'tension_n_cm2' is empty"):
        table.si("tension_n_cm2")
    np.testing.assert_array_equal(table.si("tension_n_cm2", missing=math.nan), [75.5e4, math.nan])


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ("x,1,measured,", r"t\.csv, row 2: no source; a row without a source does not load"),
        ("x,1,guessed,bogduk1992", r"row 2: basis 'guessed' is not one of measured, regressed, assumed"),
        ("x,nan,measured,bogduk1992", r"row 2: column 'a_mm' holds 'nan', which is not finite"),
        ("x,inf,measured,bogduk1992", r"row 2: column 'a_mm' holds 'inf', which is not finite"),
        ("x,wide,measured,bogduk1992", r"row 2: column 'a_mm' holds 'wide', which is no number"),
        ("x,1,measured", r"row 2: 3 cells, but the header names 4 columns"),
        ("x,1,measured,Bogduk et al.", r"row 2: source 'Bogduk et al.' is no bibliography key"),
    ],
)
def test_a_bad_row_does_not_load(tmp_path, row, cause):
    with pytest.raises(TableError, match=cause):
        read_table(written(tmp_path, f"name,a_mm,basis,source\n{row}\n"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "the table is empty"),
        ("a,basis\n", "the column 'source' is missing"),
        ("a,a,basis,source\n", "column 'a' is unnamed or stands there twice"),
    ],
)
def test_a_bad_header_does_not_load(tmp_path, text, cause):
    with pytest.raises(TableError, match=cause):
        read_table(written(tmp_path, text))


def test_names_of_files_and_columns(tmp_path):
    with pytest.raises(TableError, match=r"anatomy/data/none\.csv: the table cannot be read"):
        read_table("anatomy/data/none.csv")
    table = read_table(written(tmp_path, GOOD))
    with pytest.raises(TableError, match="Did you mean 'height_mm'"):
        table.si("heigth_mm")
    with pytest.raises(TableError, match="no unit suffix"):
        table.si("level")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TableError, match="not UTF-8"):
        read_table(tmp_path / "b.csv")


def test_longest_suffix_wins():
    assert unit_factor("inertia_kg_m2") == 1.0
    assert unit_factor("area_mm2") == 1e-6
    assert unit_factor("stiffness_n_mm") == 1e3
    assert unit_factor("stiffness_n_m_deg") == pytest.approx(180 / math.pi)
    assert unit_factor("moment_n_m") == 1.0
    assert unit_factor("spread") is None and unit_factor("name") is None and unit_factor("level") is None
    assert all(unit_factor("x_" + unit) == factor for unit, factor in COLUMN_UNITS.items())


def test_parameters_by_unit(tmp_path):
    text = (
        "name,value,unit,spread,basis,source,note\n"
        "tension,75.5,N/cm2,40..130,measured,burkhart2018,mean\n"
        "delay,30,ms,5,assumed,psoas_assumed,\n"
        "power,2,1,in words,assumed,psoas_assumed,\n"
    )
    p = read_parameters(written(tmp_path, text))
    assert p["tension"] == pytest.approx(755e3) and p["delay"] == pytest.approx(0.030) and p["power"] == 2.0
    assert p.spread("tension") == pytest.approx((400e3, 1300e3))
    assert p.spread("delay") == pytest.approx((0.025, 0.035))
    assert p.spread("power") is None
    assert p.source("tension") == ("burkhart2018",) and p.note("tension") == "mean"
    assert p.basis("delay") == "assumed" and len(p) == 3 and "delay" in p
    with pytest.raises(InputError, match=r"Unknown parameter of t\.csv 'tensoin'\. Did you mean 'tension'"):
        p["tensoin"]
    with pytest.raises(TableError, match="Unknown unit 'furlong'"):
        read_parameters(written(tmp_path, text + "way,1,furlong,,assumed,psoas_assumed,\n"))
    with pytest.raises(TableError, match="stands there twice"):
        read_parameters(written(tmp_path, text + "delay,1,s,,assumed,psoas_assumed,\n"))
