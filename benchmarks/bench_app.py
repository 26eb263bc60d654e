"""How long `psoas app` takes to answer a slider: `python benchmarks/bench_app.py [RECORDING FORCES MASS_KG HEIGHT_M]`.

The answer is what the server does from the moved slider to the numbers, picture and curves of this moment on their way
to the browser, in seconds of the clock and, since other programs may be running, of this thread's CPU time. "Busy" is
the answer while the worker still computes the whole movement of the place before.
Without a recording the pattern `step` is timed, and always a slow sitting down of 801 frames. Needs viser.
"""

import random
import sys
import time

import numpy as np

from psoas.anatomy.subject import Subject
from psoas.app.controls import SLIDERS
from psoas.app.panel import Panel, Take
from psoas.app.serve import listening, opened, quiet
from psoas.app.session import Session
from psoas.case.case import Case
from psoas.case.movement import Movement
from psoas.saved import Answer

MOVES = 25
BEGUN_S = 0.1  # of the whole movement, after which the slider moves again


def moved(panel, chance):
    """Put one slider somewhere and return the seconds until the page is told, and the CPU seconds of this thread."""
    name = chance.choice(list(SLIDERS))
    slider = panel.controls._sliders[name]
    most = slider.min + 0.6 * (slider.max - slider.min)
    slider.value = round(chance.uniform(slider.min, most) / slider.step) * slider.step
    begun = time.perf_counter(), time.thread_time()
    panel.step({"setting"})
    return time.perf_counter() - begun[0], time.thread_time() - begun[1]


def timed(label, case):
    """Print the answers of the app for one case."""
    session = Session(case)
    with listening() as listener:
        server = opened(listener, label)
        panel = Panel(
            server, [Take("normal", session.baseline, session.scene)], Answer((session.baseline,), label), session
        )
        panel.step({"take", "setting", "look"})
        chance = random.Random(1)
        alone, busy, whole = [], [], []
        for _ in range(MOVES):
            begun = time.perf_counter(), time.process_time()
            alone.append(moved(panel, chance))
            panel.ask()
            while panel._whole() is None and not panel._computing.problem:
                time.sleep(0.01)
            whole.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        for _ in range(MOVES):
            busy.append(moved(panel, chance))
            panel.ask()
            time.sleep(BEGUN_S)
        panel.stop()
        with quiet():
            server.stop()
    print(f"{label}: {session.baseline.frames} frames")
    for name, seconds in (("answer", alone), ("answer, busy", busy), ("whole movement", whole)):
        for kind, values in zip(("clock", "CPU"), 1e3 * np.array(seconds).T, strict=True):
            middle, most = np.percentile(values, (50, 95))
            print(f"  {name}, {kind}: median {middle:.0f} ms, 95 % within {most:.0f} ms, worst {values.max():.0f} ms")


if len(sys.argv) == 5:
    subject = Subject(mass_kg=float(sys.argv[3]), height_m=float(sys.argv[4]))
    timed("recording", Case(subject=subject, motion=Movement(file=sys.argv[1], forces=sys.argv[2])))
else:
    timed("step", Case(motion=Movement(pattern="step")))
timed("sitting down in 40 s", Case(motion=Movement(pattern="sit", duration_s=40.0)))
