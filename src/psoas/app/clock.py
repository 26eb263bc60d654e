"""Which moment is shown: a time that a person sets, or that runs on while the movement plays."""

from __future__ import annotations

import numpy as np


class Clock:
    """A time [s] within a movement whose drawn frames are at `times` (K,), K at least 1.

    While it plays, the time runs by `speed` seconds a second and starts again at the end.
    """

    def __init__(self, times: np.ndarray) -> None:
        self.times = np.asarray(times, float)
        self.speed, self.playing = 1.0, False
        self._at, self._since = float(self.times[0]), 0.0

    def play(self, now_s: float) -> None:
        """Let the time run from where it is; now_s: of a clock that never goes back."""
        self.playing, self._since = len(self.times) > 1, now_s

    def pause(self, now_s: float) -> None:
        """Stand still at the time of now."""
        self._at, self.playing = self.time(now_s), False

    def seek(self, time_s: float, now_s: float) -> None:
        """Go to a time of the movement, playing on or not."""
        self._at, self._since = float(np.clip(time_s, self.times[0], self.times[-1])), now_s

    def set_speed(self, speed: float, now_s: float) -> None:
        """Play so many times as fast as it was."""
        self.seek(self.time(now_s), now_s)
        self.speed = speed

    def time(self, now_s: float) -> float:
        """Return the time of the movement [s]."""
        if not self.playing:
            return self._at
        first, length = self.times[0], self.times[-1] - self.times[0]
        return float(first + (self._at - first + self.speed * (now_s - self._since)) % length)

    def picture(self, now_s: float) -> int:
        """Return the number of the drawn frame nearest in time."""
        return int(np.abs(self.times - self.time(now_s)).argmin())
