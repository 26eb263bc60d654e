"""Time OpenSim's StaticOptimization and JointReaction on the exported body, where `opensim` is installed.

`python benchmarks/opensim_time.py` prints CPU seconds a frame at OpenSim's own stopping criterion (1e-4) and at that of
the crosscheck (1e-7); loading the model, which a longer motion would spread over its frames, is timed apart.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "crosscheck"))

import cases
import opensim_side
from our_side import answer

from psoas.export.scene import Scene

POSTURES = (0, 1, 4)  # standing, flexed, bent to the side
ROW = 2

for criterion in (1e-4, 1e-7):
    opensim_side.CONVERGENCE = criterion
    seconds, loading = [], []
    for number in POSTURES:
        body, motion = cases.posture(number)
        ours = answer(body, motion, opensim_side.accelerations(motion), ROW)
        scene = Scene(body, motion.positions[ROW], ours.capability, np.ones(body.muscle_count), "timed")
        with tempfile.TemporaryDirectory() as made:
            begun = time.process_time()
            _, file = opensim_side.open_model(scene, Path(made))
            loading.append(time.process_time() - begun)
            begun = time.process_time()
            opensim_side.share(file, body, motion, ROW, Path(made))
            seconds.append(time.process_time() - begun)
    print(
        f"criterion {criterion:g}: {statistics.median(seconds):.2f} s a frame with loading twice, "
        f"of which loading {2 * statistics.median(loading):.2f} s; {len(POSTURES)} postures"
    )
