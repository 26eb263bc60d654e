"""Time OpenSim's StaticOptimization and JointReaction on the exported body, where `opensim` is installed.

`python benchmarks/opensim_time.py [rows]` takes single frames out of the motion that `psoas bench` times its chain on,
ground forces included, and prints as JSON the median CPU seconds of a frame at OpenSim's own stopping criterion (1e-4),
without loading the model (which both tools do anew, and a longer motion would spread over its frames), and of loading.
`psoas bench` reads it.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "crosscheck"))

import opensim_side
from our_side import answer

from psoas.bench.motion import moving_frames
from psoas.export.scene import Scene

FRAMES, AROUND = 1000, 4  # rows on each side that OpenSim is given: its splines of a longer motion are not counted
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
opensim_side.CONVERGENCE = 1e-4

frames = moving_frames(FRAMES)
body = frames.body
seconds, loading = [], []
for row in np.linspace(0, FRAMES - 1, ROWS + 2).round().astype(int)[1:-1]:
    near = slice(row - AROUND, row + AROUND)
    forces = tuple((f.body, f.force[near], f.point[near], f.moment[near]) for f in frames.applied)
    motion = opensim_side.Motion(frames.time_s[near], frames.positions[near], frames.velocities[near], forces)
    ours = answer(body, motion, frames.accelerations[near], AROUND)
    scene = Scene(body, motion.positions[AROUND], ours.capability, np.ones(body.muscle_count), "timed")
    with tempfile.TemporaryDirectory() as made:
        begun = time.process_time()
        _, file = opensim_side.open_model(scene, Path(made))
        loaded = time.process_time()
        opensim_side.share(file, body, motion, AROUND, Path(made))
        loading.append(2 * (loaded - begun))
        seconds.append(time.process_time() - loaded - loading[-1])
print(json.dumps({"seconds": statistics.median(seconds), "loading": statistics.median(loading), "rows": ROWS}))
