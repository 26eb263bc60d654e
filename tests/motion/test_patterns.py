"""The patterns of movement: keyframes that read as what they are, with their sources."""

import numpy as np
import pytest

from psoas.case.movement import PATTERNS
from psoas.errors import InputError
from psoas.motion.patterns import duration_of, keyframes, minimum_jerk, pattern_sources

KEYED = [p for p in PATTERNS if p != "step"]


@pytest.mark.parametrize("pattern", KEYED)
def test_keyframes_run_from_start_to_end(pattern):
    keys = keyframes(pattern)
    times = [k.time for k in keys]
    assert times[0] == 0.0 and times[-1] == 1.0 and (np.diff(times) > 0).all()
    assert all(k.bearing and k.phase for k in keys)
    assert keys[0].legs != "hold" and keys[-1].legs != "ahead"
    assert duration_of(pattern) > 0
    assert pattern_sources(pattern)


def test_a_sit_up_flexes_the_spine_as_published():
    sit, curl = keyframes("sit_up"), keyframes("curl_up")
    assert max(np.degrees(k.trunk_flexion) for k in sit) == pytest.approx(38.0)  # Halpern and Bleck 1979
    assert max(np.degrees(k.trunk_flexion) for k in curl) == pytest.approx(3.0)
    assert {round(np.degrees(k.pelvis_tilt)) for k in curl} == {-90}  # the pelvis stays (Gidaris 2009)
    upright = sit[-1].pelvis_tilt + sit[-1].trunk_flexion
    assert upright == pytest.approx(0.0, abs=1e-9)  # raised to the vertical (Burden and Redmond 2013)


def test_a_pattern_that_is_not_there():
    with pytest.raises(InputError, match="swim"):
        keyframes("swim")


def test_the_course_between_keyframes_begins_and_ends_at_rest():
    x = np.linspace(0.0, 1.0, 1001)
    s = minimum_jerk(x)
    assert s[0] == 0.0 and s[-1] == pytest.approx(1.0) and (np.diff(s) > 0).all()
    slope = np.gradient(s, x)
    # 5th-order at both ends: slopes within 1e-4 of none
    assert abs(slope[0]) < 1e-4 and abs(slope[-1]) < 1e-4
