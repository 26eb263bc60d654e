"""The lumbar spine from the side as SVG: bones, the psoas pulling on them, what each level carries and from whom."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from psoas.views import LevelLoad, Outline, Pull, SpineView

WIDTH, TOP, BOTTOM = 920.0, 62.0, 20.0  # px
PIXELS_PER_M = 1500.0
DRAWING = 430.0  # px that the spine takes; beside it stand the levels
COLUMN = 486.0  # px, where their text begins
BAR, BAR_HEIGHT, ROW = 330.0, 17.0, 68.0  # px
PULL_LEAST, PULL_MOST, PULL_LENGTH = 1.2, 7.0, 44.0  # px, width of the arrow of no and of the greatest tension, length
LOAD_LENGTH, LOAD_WIDTH = 46.0, 3.2  # px; the length is that of the greatest load
SHOWN = 0.5  # N, the least share that is drawn
# Okabe and Ito's colours, and a pattern of its own for each, so that the figure can be read without colour.
STYLES = (
    ("body weight", "#8f8f8f", ""),
    ("load", "#e69f00", "M0 0H6"),
    ("extensors", "#0072b2", "M0 6L6 0M-1 1L1 -1M5 7L7 5"),
    ("psoas", "#d55e00", ""),
    ("other muscles", "#56b4e9", "M0 0L6 6M-1 5L1 7M5 -1L7 1"),
    ("pressure", "#cc79a7", "M3 0V6"),
    ("ligaments", "#009e73", "M0 3H6M3 0V6"),
    ("contacts", "#f0e442", "M0 0V6"),
)
# How dark each kind of bone is, and its edge.
BONES = {
    "pelvis": (0.05, 0.35),
    "hole": (0.0, 0.35),
    "femur": (0.07, 0.5),
    "sacrum": (0.10, 0.6),
    "arch": (0.10, 0.65),
    "vertebra": (0.14, 0.75),
    "disc": (0.32, 0.65),
}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
PSOAS = "#d55e00"


def spine_figure(view: SpineView, name: str = "spine") -> str:
    """Return the figure as one `<svg>` element; `name` begins its ids, which must differ on one page.

    Bones are drawn in the text's colour, so that the figure suits a light and a dark page; `--page` may give the
    page's own. Arrows of the psoas are as wide as it pulls; arrows at the discs show the resultant that presses
    the upper vertebra on the lower, their length after its size.
    """
    drawing = _Drawing(view)
    height = drawing.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="{escape(name)}-title {escape(name)}-desc" font-family="{FONT}" font-size="13" '
        'fill="currentColor" stroke-linejoin="round" stroke-linecap="round">',
        f'<title id="{escape(name)}-title">{escape(view.title or "The lumbar spine from the side")}</title>',
        f'<desc id="{escape(name)}-desc">{escape(description(view))}</desc>',
        _definitions(name),
        f'<text x="24" y="34" font-size="19" font-weight="600">{escape(view.title)}</text>',
        *(drawing.bone(outline) for outline in view.outlines),
        *(drawing.pull(pull) for pull in sorted(view.pulls, key=lambda p: -p.newtons)),
        *(drawing.load(level) for level in view.levels),
        *drawing.rows(name),
        *drawing.legend(name),
        "</svg>",
    ]
    return "\n".join(parts)


def description(view: SpineView) -> str:
    """Return the figure in sentences, for those who hear it."""
    total = sum(pull.newtons for pull in view.pulls)
    told = [
        "The lumbar spine seen from the right, T12 above, sacrum, hip bone and femur below.",
        f"{len(view.pulls)} fascicles of the right psoas pull on it, {total:.0f} N together.",
    ]
    for level in view.levels:
        shares = ", ".join(f"{name} {newtons:.0f} N" for name, newtons in level.shares)
        way = "forward" if level.anterior_shear >= 0 else "backward"
        told.append(
            f"{level.label}: compression {level.compression:.0f} N ({shares}); the upper vertebra is pressed {way} "
            f"with {abs(level.anterior_shear):.0f} N."
        )
    return " ".join(told)


class _Drawing:
    """The picture's own frame: pixels, y downward; the discs of the levels fix where the spine stands."""

    def __init__(self, view: SpineView) -> None:
        self.view = view
        places = np.array([level.place for level in view.levels])
        middle = places.mean(axis=0)
        top = max(float(o.points[:, 1].max()) for o in view.outlines if o.kind in ("vertebra", "arch"))
        self.origin = np.array([0.52 * DRAWING - PIXELS_PER_M * middle[0], TOP + PIXELS_PER_M * top])
        low = min(float(o.points[:, 1].min()) for o in view.outlines if o.kind != "vertebra")
        self.floor = max(float(self.at(np.array([0.0, low]))[1]) + 10.0, TOP + 200.0 + ROW * len(view.levels))
        self.height = self.floor + BOTTOM
        self.greatest = max((pull.newtons for pull in view.pulls), default=1.0) or 1.0
        self.heaviest = max((_resultant(level) for level in view.levels), default=1.0) or 1.0

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return picture places (.., 2) [px] of places (.., 2) [m]."""
        return np.asarray(self.origin + PIXELS_PER_M * points * np.array([1.0, -1.0]))

    def bone(self, outline: Outline) -> str:
        """Return one outline."""
        fill, edge = BONES.get(outline.kind, (0.1, 0.5))
        d = _line(self.at(outline.points), closed=True)
        written = (
            f'<path d="{d}" fill="var(--page, #fff)"/><path d="{d}" fill-opacity="{fill}" stroke="currentColor" '
            f'stroke-opacity="{edge}" stroke-width="1.1"/>'
        )
        if outline.kind != "arch":
            return written
        # Beside the tip of the spinous process, the vertebra's name.
        tip = self.at(outline.points[outline.points[:, 0].argmin()])
        return written + (
            f'<text x="{tip[0] - 7:.1f}" y="{tip[1] + 5:.1f}" text-anchor="end" fill-opacity="0.75">'
            f"{escape(outline.label)}</text>"
        )

    def pull(self, pull: Pull) -> str:
        """Return one fascicle: its way to the femur thin, its pull on the vertebra as an arrow."""
        points = self.at(pull.path)
        width = PULL_LEAST + (PULL_MOST - PULL_LEAST) * pull.newtons / self.greatest
        along = points[1] - points[0]
        along = along / np.linalg.norm(along)
        tip = points[0] + PULL_LENGTH * along
        return (
            f'<path d="{_line(points)}" fill="none" stroke="{PSOAS}" stroke-width="1.1" stroke-opacity="0.55"/>'
            + f"<g><title>{escape(pull.label)}: {pull.newtons:.1f} N</title>"
            + _arrow(points[0], tip, width, PSOAS)
            + f'<circle cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="2.6" fill="{PSOAS}" '
            'stroke="var(--page, #fff)" stroke-width="0.8"/></g>'
        )

    def load(self, level: LevelLoad) -> str:
        """Return the resultant that presses the upper vertebra on the lower, at its disc."""
        up = np.array([-level.forward[1], level.forward[0]])
        force = level.anterior_shear * level.forward - level.compression * up
        size = _resultant(level)
        if size < 1e-9:
            return ""
        start = self.at(level.place)
        tip = start + LOAD_LENGTH * size / self.heaviest * force / size * np.array([1.0, -1.0])
        return (
            f"<g><title>{escape(level.label)}: {size:.0f} N</title>"
            + _arrow(start, tip, LOAD_WIDTH, "currentColor")
            + f'<circle cx="{start[0]:.1f}" cy="{start[1]:.1f}" r="3.6" stroke="var(--page, #fff)"/></g>'
        )

    def rows(self, name: str) -> list[str]:
        """Return, beside the spine, what each level carries and from whom."""
        view = self.view
        span = max((sum(n for _, n in level.shares if n >= SHOWN) for level in view.levels), default=1.0) or 1.0
        written = []
        for i, level in enumerate(view.levels):
            y = TOP + 44.0 + ROW * i
            place = self.at(level.place)
            way = "forward" if level.anterior_shear >= 0 else "backward"
            edge = place + np.array([40.0, 0.0])
            written.append(
                f'<path d="M{edge[0]:.1f} {edge[1]:.1f}L{COLUMN - 34:.1f} {y - 5:.1f}H{COLUMN - 8:.1f}" fill="none" '
                'stroke="currentColor" stroke-opacity="0.35" stroke-width="0.8" stroke-dasharray="1 3"/>'
                f'<text x="{COLUMN:.0f}" y="{y:.1f}"><tspan font-weight="600">{escape(level.label)}</tspan>'
                f'<tspan dx="12" font-size="17" font-weight="600">{level.compression:.0f} N</tspan>'
                f'<tspan dx="10" fill-opacity="0.75">shear {abs(level.anterior_shear):.0f} N {way}</tspan></text>'
            )
            written += self.bar(name, level, y + 9.0, BAR / span)
        return written

    def bar(self, name: str, level: LevelLoad, y: float, scale: float) -> list[str]:
        """Return what a level's compression is made of: pieces end to end, what unloads it taken off underneath."""
        written, x = [], COLUMN
        for label, newtons in level.shares:
            if newtons < SHOWN:
                continue
            width = scale * newtons
            key = _style(label)
            emphasis = ' font-weight="600"' if label == "psoas" else ' fill-opacity="0.8"'
            written.append(
                f"<g><title>{escape(label)}: {newtons:.0f} N</title>"
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR_HEIGHT}" fill="{STYLES[key][1]}"/>'
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR_HEIGHT}" '
                f'fill="url(#{escape(name)}-{key})" stroke="var(--page, #fff)" stroke-width="1.2"/></g>'
            )
            if width > 22 or label == "psoas":
                written.append(
                    f'<text x="{x + width / 2:.1f}" y="{y + BAR_HEIGHT + 14:.1f}" font-size="11" '
                    f'text-anchor="middle"{emphasis}>{newtons:.0f}</text>'
                )
            x += width
        lifting = {label: newtons for label, newtons in level.shares if newtons <= -SHOWN}
        if lifting:
            written.append(
                f'<text x="{x + 7:.1f}" y="{y + 13:.1f}" font-size="11" fill-opacity="0.8">'
                f"-{-sum(lifting.values()):.0f} {escape(' and '.join(lifting))}</text>"
            )
        return written

    def legend(self, name: str) -> list[str]:
        """Return the key of the colours and patterns, of the widths and the lengths, and where down is."""
        written, top = [], TOP + 62.0 + ROW * len(self.view.levels)
        named = {label for level in self.view.levels for label, newtons in level.shares if newtons >= SHOWN}
        keys = [key for key, (label, _, _) in enumerate(STYLES) if label in named]
        for i, key in enumerate(keys):
            x, y = COLUMN + 138.0 * (i % 3), top + 24.0 * (i // 3)
            written.append(
                f'<rect x="{x:.0f}" y="{y:.0f}" width="22" height="13" fill="{STYLES[key][1]}"/>'
                f'<rect x="{x:.0f}" y="{y:.0f}" width="22" height="13" fill="url(#{escape(name)}-{key})"/>'
                f'<text x="{x + 28:.0f}" y="{y + 11:.0f}">{escape(STYLES[key][0])}</text>'
            )
        y = top + 24.0 * ((len(keys) + 2) // 3) + 8.0
        written.append(_arrow(np.array([COLUMN, y]), np.array([COLUMN + PULL_LENGTH, y]), PULL_MOST, PSOAS))
        tail = y + 24.0
        written.append(
            _arrow(np.array([COLUMN, tail]), np.array([COLUMN + LOAD_LENGTH, tail]), LOAD_WIDTH, "currentColor")
        )
        digits = 0 if self.greatest >= 10.0 else 1
        lines = (
            f"a psoas fascicle, right side; the widest pulls {self.greatest:.{digits}f} N",
            f"what a disc carries; of this length {self.heaviest:.0f} N",
        )
        for i, line in enumerate(lines):
            written.append(f'<text x="{COLUMN + 58:.0f}" y="{y + 4 + 24 * i:.0f}">{escape(line)}</text>')
        return [*written, *self.down()]

    def down(self) -> list[str]:
        """Return an arrow along gravity, or the word where it points into the page."""
        down = self.view.gravity * np.array([1.0, -1.0])
        middle, written = np.array([44.0, TOP + 40.0]), []
        seen = float(np.linalg.norm(down)) > 0.2
        if seen:
            written.append(_arrow(middle - 22.0 * down, middle + 22.0 * down, 2.4, "currentColor"))
        label = "gravity" if seen else "gravity: into the page"
        anchor, x, y = ("middle", middle[0], middle[1] + 42.0) if seen else ("start", 24.0, TOP)
        written.append(
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" text-anchor="{anchor}" fill-opacity="0.75">{label}</text>'
        )
        return written


def _resultant(level: LevelLoad) -> float:
    return float(np.hypot(level.compression, level.anterior_shear))


def _style(label: str) -> int:
    return next((i for i, (known, _, _) in enumerate(STYLES) if known == label), 4)


def _definitions(name: str) -> str:
    patterns = [
        f'<pattern id="{escape(name)}-{i}" width="6" height="6" patternUnits="userSpaceOnUse">'
        + (f'<path d="{lines}" stroke="#fff" stroke-opacity="0.65" stroke-width="1.2"/>' if lines else "")
        + "</pattern>"
        for i, (_, _, lines) in enumerate(STYLES)
    ]
    return f"<defs>{''.join(patterns)}</defs>"


def _arrow(start: np.ndarray, tip: np.ndarray, width: float, colour: str) -> str:
    """Return a filled arrow from start to tip: a shaft of `width` that swells to a head, with a halo of the page."""
    along = tip - start
    length = float(np.linalg.norm(along))
    along = along / length
    across = np.array([-along[1], along[0]])
    head = min(2.2 * width + 5.0, 0.6 * length)
    half, wide = 0.5 * width, 0.5 * width + 0.32 * head
    neck = tip - head * along
    corners = [
        start + half * across,
        neck + half * across,
        neck - 0.12 * head * along + wide * across,
        tip,
        neck - 0.12 * head * along - wide * across,
        neck - half * across,
        start - half * across,
    ]
    return (
        f'<path d="{_line(np.array(corners), closed=True)}" fill="{colour}" stroke="var(--page, #fff)" '
        'stroke-width="1" paint-order="stroke"/>'
    )


def _line(points: Sequence[np.ndarray] | np.ndarray, *, closed: bool = False) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
