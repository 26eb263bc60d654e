"""Marker names: the common sets, the left as mirror, mapping files, and what is said when too little is known."""

import numpy as np
import pytest

from psoas.anatomy.load import reference_anatomy
from psoas.errors import FileError, InputError
from psoas.motion.markers import (
    REQUIRED,
    known_markers,
    place_markers,
    plain,
    read_mapping,
    require_markers,
)
from psoas.sources.table import read_table

BODIES = [s.name for s in reference_anatomy().segments]
GAIT2392 = (
    "R.ASIS L.ASIS V.Sacral R.Thigh.Upper R.Thigh.Front R.Thigh.Rear L.Thigh.Upper L.Thigh.Front L.Thigh.Rear "
    "R.Shank.Upper R.Shank.Front R.Shank.Rear L.Shank.Upper L.Shank.Front L.Shank.Rear R.Heel R.Midfoot.Sup "
    "R.Midfoot.Lat R.Toe.Tip L.Heel L.Midfoot.Sup L.Midfoot.Lat L.Toe.Tip Sternum R.Acromium L.Acromium R.Bicep "
    "L.Bicep R.Elbow L.Elbow R.Wrist.Med R.Wrist.Lat L.Wrist.Med L.Wrist.Lat R.Toe.Lat R.Toe.Med L.Toe.Lat L.Toe.Med "
    "R.Temple L.Temple Top.Head"
)
PLUG_IN_GAIT = (
    "LFHD RFHD LBHD RBHD C7 T10 CLAV STRN RBAK LSHO RSHO LUPA RUPA LELB RELB LFRM RFRM LWRA RWRA LWRB RWRB LFIN RFIN "
    "LASI RASI LPSI RPSI LTHI RTHI LKNE RKNE LTIB RTIB LANK RANK LHEE RHEE LTOE RTOE"
)
OPENCAP = (
    "r.ASIS_study L.ASIS_study r.PSIS_study L.PSIS_study r_knee_study L_knee_study r_mknee_study L_mknee_study "
    "r_ankle_study L_ankle_study r_mankle_study L_mankle_study r_toe_study L_toe_study r_5meta_study L_5meta_study "
    "r_calc_study L_calc_study r_thigh1_study r_thigh2_study r_thigh3_study L_thigh1_study L_thigh2_study "
    "L_thigh3_study r_sh1_study r_sh2_study r_sh3_study L_sh1_study L_sh2_study L_sh3_study C7_study "
    "r_shoulder_study L_shoulder_study r_lelbow_study L_lelbow_study r_melbow_study L_melbow_study r_lwrist_study "
    "L_lwrist_study r_mwrist_study L_mwrist_study RHJC_study LHJC_study"
)
RAJAGOPAL = (
    "RACR LACR C7 CLAV RASH RPSH LASH LPSH RASI LASI RPSI LPSI RHJC LHJC RLFC RMFC LLFC LMFC RLMAL RMMAL LLMAL LMMAL "
    "RCAL LCAL RTOE LTOE RMT5 LMT5 RTH1 RTH2 RTH3 LTH1 LTH2 LTH3 LTH4 RTB1 RTB2 RTB3 LTB1 LTB2 LTB3 RLEL RMEL LLEL "
    "LMEL RUA1 RUA2 RUA3 LUA1 LUA2 LUA3 RFAradius RFAulna LFAradius LFAulna"
)


@pytest.mark.parametrize("names", [GAIT2392, PLUG_IN_GAIT, OPENCAP, RAJAGOPAL])
def test_a_common_set_is_recognised_whole_and_suffices(names):
    names = names.split()
    placement = place_markers(names)
    assert len(placement.markers) == len(names) and placement.unplaced == ()
    require_markers(placement, [True] * len(names))
    for name, marker in zip(names, placement.markers, strict=True):
        side = plain(name)[0]
        if marker.name[:2] in ("r_", "l_"):
            assert marker.name[0] == side, name


def test_every_marker_sits_on_a_body_and_the_left_mirrors_the_right():
    table = read_table("motion/data/marker_sets.csv")
    markers = {m.name: m for m in known_markers().values()}
    sided = 0
    for marker in markers.values():
        assert marker.body in BODIES, marker.name
        assert np.linalg.norm(marker.position) < 0.6, marker.name  # m: no segment is longer
        if marker.name.startswith("r_"):
            other = markers["l_" + marker.name[2:]]
            assert other.position == (*marker.position[:2], -marker.position[2])
            sided += 1
    assert sided == sum("*" in row["marker"] for row in table.rows) > 30


def test_spelling_of_names_does_not_count():
    assert plain("R.ASIS") == plain("r_asis") == plain("Subject1:R ASIS") == plain("r.ASIS_study") == "rasis"
    wordy = place_markers(["RightASIS", "left_knee", "Knee.Right"])
    assert [m.name for m in wordy.markers] == ["r_asis", "l_knee_lateral", "r_knee_lateral"]


def test_points_that_nobody_named_are_left_out_and_told():
    placement = place_markers([*GAIT2392.split(), "*12", "U3", "Unlabeled7"])
    assert len(placement.markers) == 41
    assert "3 points without a name were left out." in placement.notes


def test_an_unknown_name_beside_a_sufficient_set_is_told_with_the_nearest():
    placement = place_markers([*GAIT2392.split()[1:], "RASIZ", "R.PSIS"])
    assert placement.unplaced == ("RASIZ",)
    assert "unknown markers 'RASIZ' (nearest known: r_asis)" in placement.notes[-1]
    require_markers(placement, [True] * len(placement.markers))


def test_a_segment_with_too_few_markers_names_the_segment_the_unknown_name_and_the_way_out():
    placement = place_markers([*GAIT2392.split()[1:], "RASIZ"])
    with pytest.raises(InputError) as caught:
        require_markers(placement, [True] * len(placement.markers))
    text = str(caught.value)
    assert text.startswith("The segment pelvis has 2 usable markers (l_asis, sacrum); it needs 3.")
    assert "'RASIZ' (nearest known: r_asis)" in text and "--markers FILE" in text


@pytest.mark.parametrize("body", sorted(REQUIRED))
def test_each_required_segment_is_checked(body):
    placement = place_markers(GAIT2392.split())
    usable = [m.body != body for m in placement.markers]
    with pytest.raises(InputError, match=f"The segment {body} has 0 usable markers .none.; it needs"):
        require_markers(placement, usable)


def test_markers_missing_most_of_the_time_are_named_where_a_segment_lacks_them():
    placement = place_markers(GAIT2392.split())
    usable = [m.name != "sternum" for m in placement.markers]
    with pytest.raises(InputError, match=r"thorax has 2 usable .* Missing most of the time: sternum\."):
        require_markers(placement, usable)


def test_no_known_name_at_all():
    with pytest.raises(InputError, match=r"(?s)unknown markers 'foo', 'bar'.*None of the recording's markers is known"):
        place_markers(["foo", "bar"])


def test_two_columns_with_one_meaning():
    with pytest.raises(InputError, match=r"'RASI' and 'R\.ASIS' both mean r_asis"):
        place_markers(["RASI", "R.ASIS"])


def test_a_mapping_file_places_renames_and_leaves_out(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("# our lab\nhip1, r_asis\nprobe, thigh_r, 0.02, -0.2, 0.06\nL.ASIS,\n", encoding="utf-8")
    toml = tmp_path / "map.toml"
    toml.write_text(
        '[markers]\nhip1 = "R.ASIS"\nprobe = ["thigh_r", 0.02, -0.2, 0.06]\n"L.ASIS" = ""\n', encoding="utf-8"
    )
    for path in (table, toml):
        placement = place_markers(["hip1", "probe", "L.ASIS", "V.Sacral"], read_mapping(path, BODIES))
        assert [m.name for m in placement.markers] == ["r_asis", "probe", "sacrum"]
        assert placement.markers[1].body == "thigh_r" and placement.markers[1].position == (0.02, -0.2, 0.06)
        assert placement.columns == (0, 1, 3)


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("a,r_asiss\n", InputError, "line 1: Unknown marker 'r_asiss'. Did you mean 'r_asis'?"),
        ("\na,thigh,0,0,0\n", InputError, "line 2: Unknown body 'thigh'. Did you mean 'thigh_"),
        ("a,thigh_r,0,0\n", FileError, "'a' needs a known marker, or a body with x, y and z"),
        ("a,thigh_r,0,x,0\n", FileError, "must be three numbers, not 0, x, 0"),
        ("a,thigh_r,0,nan,0\n", InputError, "Places are in metres"),
        ("a,thigh_r,20,-200,60\n", InputError, "lies 210 m from the origin of thigh_r; allowed are 1 m"),
        ("a,r_asis\na,l_asis\n", FileError, "'a' is mapped twice"),
        ("# nothing\n", FileError, "maps no marker"),
    ],
)
def test_what_is_said_of_a_wrong_mapping_file(tmp_path, text, kind, sentence):
    path = tmp_path / "map.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(kind) as caught:
        read_mapping(path, BODIES)
    assert sentence in str(caught.value)


def test_mapping_files_that_are_none(tmp_path):
    with pytest.raises(FileError, match="cannot be read: Is a directory"):
        read_mapping(tmp_path, BODIES)
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_mapping(tmp_path / "none.csv", BODIES)
    broken = tmp_path / "map.toml"
    broken.write_text("[markers\n", encoding="utf-8")
    with pytest.raises(FileError, match="is not TOML"):
        read_mapping(broken, BODIES)
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="no text file"):
        read_mapping(broken, BODIES)


def test_a_mapping_for_a_marker_that_is_not_recorded(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("R.ASIZ,r_asis\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"Unknown marker of the recording 'R.ASIZ'. Did you mean 'R.ASIS'"):
        place_markers(["R.ASIS", "L.ASIS"], read_mapping(path, BODIES))
