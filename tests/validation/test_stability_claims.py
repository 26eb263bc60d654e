"""P19 and P20: answered by the column of bones, discs and ligaments of the bench's own body."""

from dataclasses import replace

import numpy as np

from psoas.validation.bench import Bench
from psoas.validation.suite import validate


def test_both_are_tried_and_say_what_they_rest_on():
    bench = Bench()
    first, second = validate(bench, only=("P19", "P20"))
    assert first.ours is not None and first.ours > 0.0 and "do not stiffen" in first.why
    assert first.verdict == ("inside" if 55.0 <= first.ours <= 130.0 else "outside")
    assert second.ours is not None and "through the vertebral bodies" in second.why


def test_softer_discs_buckle_sooner():
    """Half the rotational stiffness of discs (and no ligament at work at rest sideways): clearly less than now."""
    bench = Bench()
    stiff = validate(bench, only=("P19",))[0].ours
    law = bench.body.discs
    bench.__dict__["body"] = replace(bench.body, discs=replace(law, stiffness=np.asarray(law.stiffness) * 0.5))
    soft = validate(bench, only=("P19",))[0].ours
    assert soft is not None and stiff is not None and soft < 0.75 * stiff
