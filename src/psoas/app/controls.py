"""Everything on the page that is no picture: timeline, sliders, curves, tables, files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from psoas.app import told
from psoas.app.clock import Clock
from psoas.app.keep import FILES
from psoas.app.setting import Setting
from psoas.app.stage import NEAR, WHOLE
from psoas.errors import PsoasError
from psoas.report.charts import QUANTITIES
from psoas.report.player import FAMILIES
from psoas.result import LEVELS, Result

SPEEDS = {"quarter speed": 0.25, "half speed": 0.5, "real time": 1.0, "double speed": 2.0}
ALL, START = "all muscles", "start"
# Of the six levels from the top; told apart by hue and by lightness.
INKS = ("#d2a53c", "#6b9a2f", "#1c8f8a", "#1d62b4", "#7a3b8f", "#a3242c")
GREY = "#8a8f98"
MOST_POINTS = 1200  # of a curve; the chart would join what is empty if it had more points than it can draw
# Field of Setting -> label, least, most, step and unit of its slider; fractions are shown in per cent.
SLIDERS: dict[str, tuple[str, float, float, float, str]] = {
    "psoas_tight": ("Psoas tight, %", 0, 20, 1, "Its fibres are shorter by this much."),
    "extensors_weak": ("Extensors weak, %", 0, 80, 5, "The strength of the back extensors is less by this much."),
    "extensors_inhibited": (
        "Extensors inhibited, %",
        0,
        80,
        5,
        "The back extensors cannot use this share of themselves.",
    ),
    "tone": ("Tone, %", 0, 10, 0.1, "Every muscle is at least this active."),
    "hands_kg": ("In the hands, kg", 0, 30, 0.5, "Half in each hand."),
    "specific_tension_n_cm2": ("Strength, N/cm²", 40, 110, 0.5, "Force of one square centimetre of muscle."),
}
FRACTIONS = ("psoas_tight", "extensors_weak", "extensors_inhibited", "tone")  # kept as fractions


class Controls:
    """The controls of one page. They leave word with `tell`; what they show is written by the panel."""

    def __init__(
        self,
        server: Any,
        tell: Callable[..., None],
        file: Callable[[str], tuple[str, bytes]],
        *,
        labels: Sequence[str],
        times: np.ndarray,
        phases: Sequence[tuple[str, float]],
        given: Setting | None,
        measured: bool,
    ) -> None:
        self._server, self._tell, self._file = server, tell, file
        self._labels, self._given = list(labels), given
        self.clock = Clock(times)
        self._sliders: dict[str, Any] = {}
        self._curves: tuple[Any, Any] | None = None
        self._level: Any = None
        self._lines: list[tuple[np.ndarray, np.ndarray]] = []
        gui = server.gui
        gui.configure_theme(show_logo=False, show_share_button=False, control_width="large", brand_color=(141, 31, 38))
        gui.main_panel.dock_right()
        self._answer = gui.add_html("")
        self._problem = gui.add_html("")
        self._state = gui.add_html("")
        self._movement(gui, times, phases)
        if given is not None:
            self._what_if(gui, given, measured)
        self._picture(gui)
        with gui.add_folder("Keep", expand_by_default=False):
            for label in FILES:
                gui.add_button(label).on_click(self._kept(label))
        self._numbers(gui, len(times) > 1)

    def take(self) -> int:
        """Return the number of the movement to show."""
        return self._labels.index(self._shown.value) if len(self._labels) > 1 else 0

    def setting(self) -> Setting:
        """Return where the sliders stand; one that was never moved stands exactly where the case has it."""
        assert self._given is not None
        values = {}
        for name, slider in self._sliders.items():
            value = slider.value / 100.0 if name in FRACTIONS else slider.value
            values[name] = round(value, 6) if slider.value != self._first[name] else getattr(self._given, name)
        return replace(self._given, **values)

    def look(self) -> tuple[str, bool, bool]:
        """Return which muscles are drawn, and whether arms and shadows are."""
        return self._family.value, self._arms.value, self._shadows.value

    def view(self) -> str:
        """Return what the picture is to hold."""
        return self._view.value

    def load(self) -> tuple[str, str, int]:
        """Return the load that is shown: its name in the result, in words with the unit, and its decimals."""
        key, _, words, decimals = next(q for q in QUANTITIES if q[1] == self._quantity.value)
        return key, words, decimals

    def open(self, clock: Clock, top_n: float, now: float) -> None:
        """Begin a movement: its times on the timeline, its largest force on the ramp."""
        clock.set_speed(self.clock.speed, now)
        self.clock = clock
        if self._time is not None:
            self._time.min, self._time.max = float(clock.times[0]), float(clock.times[-1])
            self._time.value = float(clock.times[0])
        self._legend.content = told.legend(top_n)

    def follow(self, now: float) -> None:
        """Let the timeline show the time that runs."""
        if self.clock.playing:
            self._to(self.clock.time(now))

    def write(self, pair: told.Pair, state: str, problem: str, time_s: float) -> None:
        """Show the numbers of a moment, or why there are none."""
        load = self.load()
        self._problem.content = told.problem(problem)
        self._state.content = state
        self._answer.content = "" if problem else told.headline(pair, *load)
        self._levels.content = "" if problem else told.level_table(pair, *load)
        self._muscles.content = "" if problem else told.muscle_table(pair)
        if self._curves is not None and self._lines:
            self._mark(float(time_s))

    def curves(self, now: Result, normal: Result | None) -> None:
        """Draw the load of every level over time, and that of one level beside normal."""
        if self._curves is None:
            return
        key, words, _ = self.load()
        every = slice(None, None, -(-now.frames // MOST_POINTS))
        values = np.asarray(now.loads[key])[:, every]
        row = now.levels.index(self._level.value)
        before = np.full_like(values[row], np.nan) if normal is None else np.asarray(normal.loads[key])[row, every]
        self._lines = [(now.time_s[every], values), (now.time_s[every], np.stack([before, values[row]]))]
        titles = (f"{words}: every level, now", f"{words}: {self._level.value}")
        for chart, title, (_, rows) in zip(self._curves, titles, self._lines, strict=True):
            low, high = min(0.0, float(np.nanmin(rows))), max(0.0, float(np.nanmax(rows)))
            # Given and not found by the chart, which would take what is empty for a number.
            scales = {"x": {"time": False}, "y": {"range": (low - 0.04 * (high - low), high + 0.08 * (high - low))}}
            if (title, scales) != (chart.title, chart.scales):
                chart.title, chart.scales = title, scales
        self._mark(self.clock.time(time.monotonic()))

    def _mark(self, time_s: float) -> None:
        """Draw the curves with an upright line at a time: two points at that time, the rest of its curve empty."""
        assert self._curves is not None
        for chart, (times, values) in zip(self._curves, self._lines, strict=True):
            at = int(np.searchsorted(times, time_s))
            x = np.insert(times, at, (time_s, time_s))
            between = np.array([np.interp(time_s, times, row) for row in values])
            rows = np.insert(values, [at, at], np.stack([between, between], axis=1), axis=1)
            upright = np.full(len(x), np.nan)
            upright[at : at + 2] = chart.scales["y"]["range"]
            chart.data = (x, *rows, upright)

    def _movement(self, gui: Any, times: np.ndarray, phases: Sequence[tuple[str, float]]) -> None:
        self._time = None
        if len(self._labels) > 1:
            self._shown = gui.add_dropdown("Show", self._labels, initial_value=self._labels[0])
            self._shown.on_update(lambda _: self._tell("take", "setting"))
        if len(times) < 2:
            return
        with gui.add_folder("Movement"):
            self._play = gui.add_button("Play")
            self._play.on_click(lambda _: self._played())
            self._time = gui.add_slider("Time, s", float(times[0]), float(times[-1]), 0.01, float(times[0]))
            self._time.on_update(self._sought)
            speed = gui.add_dropdown("Speed", list(SPEEDS), initial_value="real time")
            speed.on_update(lambda _: self.clock.set_speed(SPEEDS[speed.value], time.monotonic()))
            if phases:
                places = {START: float(times[0])} | dict(phases)
                phase = gui.add_dropdown("Go to", list(places), initial_value=START)
                phase.on_update(lambda _: self._go(places[phase.value]))

    def _what_if(self, gui: Any, given: Setting, measured: bool) -> None:
        self._first: dict[str, float] = {}
        with gui.add_folder("What if"):
            for name, (label, least, most, step, hint) in SLIDERS.items():
                value = round(getattr(given, name) * (100.0 if name in FRACTIONS else 1.0), 4)
                low, high = min(least, value), max(most, value)
                slider = gui.add_slider(label, float(low), float(high), float(step), float(value), hint=hint)
                slider.on_update(lambda event: None if event.client is None else self._tell("setting"))
                self._sliders[name], self._first[name] = slider, slider.value
            gui.add_button("Back to the start").on_click(lambda _: self._reset())
        what = "posture" if self._time is None else "movement"
        note = f"The {what} stays as it is; what pulls and presses is computed anew."
        if measured:
            note += " The force plates did not feel a load that is added here: it is left over as a residual."
        gui.add_html(f'<div style="{told.STYLE[0]}opacity:0.75">{note}</div>')

    def _picture(self, gui: Any) -> None:
        with gui.add_folder("Picture"):
            self._view = gui.add_dropdown("View", [WHOLE, NEAR], initial_value=WHOLE)
            self._family = gui.add_dropdown("Muscles", [ALL, *(name for name, _ in FAMILIES)], initial_value=ALL)
            self._arms = gui.add_checkbox("Arms", initial_value=True)
            # Off at first: without a graphics card they make the picture forty times as slow.
            self._shadows = gui.add_checkbox("Shadows", initial_value=False)
            self._legend = gui.add_html("")
        for control in (self._family, self._arms, self._shadows):
            control.on_update(lambda _: self._tell("look"))
        self._view.on_update(self._seen)

    def _numbers(self, gui: Any, moves: bool) -> None:
        panel = gui.add_panel()
        with panel.add_tab("Loads"):
            self._quantity = gui.add_dropdown("Load", [q[1] for q in QUANTITIES], initial_value=QUANTITIES[0][1])
            self._quantity.on_update(lambda _: self._tell("load"))
            self._levels = gui.add_html("")
            if moves:
                every = _chart(gui, [(level, ink) for level, ink in zip(LEVELS, INKS, strict=True)])
                self._level = gui.add_dropdown("Level", list(LEVELS), initial_value=LEVELS[-1])
                self._level.on_update(lambda _: self._tell("load"))
                self._curves = (every, _chart(gui, [("normal", GREY), ("now", INKS[-1])]))
        with panel.add_tab("Muscles"):
            self._muscles = gui.add_html("")
        panel.dock_left()
        panel.set_width(400)

    def _seen(self, _: Any) -> None:
        self._arms.value = self._view.value == WHOLE  # they would cover the near view
        self._tell("view", "look")

    def _played(self) -> None:
        now = time.monotonic()
        if self.clock.playing:
            self.clock.pause(now)
        else:
            self.clock.play(now)
        self._play.label = "Pause" if self.clock.playing else "Play"
        self._to(self.clock.time(now))
        self._tell("time")

    def _sought(self, event: Any) -> None:
        if event.client is not None:  # a person moved it, not the time that runs
            self.clock.seek(event.target.value, time.monotonic())
            self._tell("time")

    def _go(self, time_s: float) -> None:
        self.clock.seek(time_s, time.monotonic())
        self._to(time_s)
        self._tell("time")

    def _to(self, time_s: float) -> None:
        if self._time is not None:
            self._time.value = round(time_s, 3)

    def _reset(self) -> None:
        for name, slider in self._sliders.items():
            slider.value = self._first[name]
        self._tell("setting")

    def _kept(self, label: str) -> Callable[[Any], None]:
        def sent(event: Any) -> None:
            try:
                name, content = self._file(label)
            except PsoasError as error:
                event.client.add_notification("Not yet", str(error), auto_close_seconds=6.0)
                return
            event.client.send_file_download(name, content, save_immediately=True)

        return sent


def _chart(gui: Any, curves: Sequence[tuple[str, str]]) -> Any:
    series = [{"label": "time, s"}, *({"label": name, "stroke": ink, "width": 2} for name, ink in curves)]
    nothing = np.full(2, np.nan)
    return gui.add_uplot(
        (np.array([0.0, 1.0]), *(nothing for _ in series)),
        (*series, {"label": "this moment", "stroke": GREY, "width": 1, "dash": [4, 4]}),
        title=" ",
        scales={"x": {"time": False}, "y": {"range": (0.0, 1.0)}},
        legend={"show": True},
        height=230,
    )
