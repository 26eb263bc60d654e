import numpy as np
import pytest

from psoas.studies.study import Study, Trace
from test_result import made


def test_a_study_refuses_what_does_not_fit():
    results = (made(3), made(3))
    study = Study("Sitting", results, (("seated", 2),), (Trace("length", "mm", (np.zeros(3), np.ones(3))),))
    assert study.traces[0].values[1][2] == 1.0
    with pytest.raises(ValueError, match="at least one result"):
        Study("Sitting", ())
    with pytest.raises(ValueError, match="phase 'seated' is frame 3, but there are 3 frames"):
        Study("Sitting", results, (("seated", 3),))
    with pytest.raises(ValueError, match="trace 'length' has shapes"):
        Study("Sitting", results, (), (Trace("length", "mm", (np.zeros(3),)),))
