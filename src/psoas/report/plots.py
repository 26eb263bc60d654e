"""Plots as SVG: curves with intervals and limits, told apart by dash and marker, not by colour alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

import numpy as np

from psoas.tables import Curve, Figure

Scale = Callable[[float], float]  # data to drawing units

DASHES = ("", "7 4", "2 3", "9 3 2 3", "14 4", "1 4")
MARKERS = ("circle", "square", "triangle", "diamond", "plus", "cross")
STYLES = len(DASHES)
MOST_POINTS = 240  # of a drawn curve
MARKS = 5  # markers along a curve
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 16.0, 36.0


@dataclass(frozen=True)
class Frame:
    """What charts over one axis share: phases as (letter, x), spans of x that do not hold, and whether x is time."""

    phases: tuple[tuple[str, float], ...] = ()
    flagged: tuple[tuple[float, float], ...] = ()
    timed: bool = False


FREE = Frame()


def curve_chart(figure: Figure, *, width: float = 480, height: float = 260, frame: Frame = FREE) -> str:
    """Return a figure as one <svg>, with a title and a description for screen readers.

    frame: phases as letters over thin lines, flagged spans as a hatched strip on the axis; timed: a cursor line that
    a player may move. Numbers that are not finite leave a gap.
    """
    curves = [_thinned(c) for c in figure.curves]
    xs = np.concatenate([c.x for c in curves]) if curves else np.zeros(1)
    ys = [a for c in curves for a in (c.y, c.low, c.high) if a is not None] + [np.array([y]) for _, y in figure.limits]
    x0, x1 = span_of(xs, nought=False)
    y_ticks = ticks(*span_of(np.concatenate(ys) if ys else np.zeros(1), nought=True), most=5)
    y0, y1 = y_ticks[0], y_ticks[-1]
    inner_w, inner_h = width - LEFT - RIGHT, height - TOP - BOTTOM

    def px(x: float) -> float:
        return LEFT + (x - x0) / (x1 - x0) * inner_w

    def py(y: float) -> float:
        return TOP + (y1 - y) / (y1 - y0) * inner_h

    drawn = [_axes(figure, (x0, x1), y_ticks, px, py, width, height)]
    for a, b in frame.flagged:
        drawn.append(
            f'<rect class="flagged" x="{px(a):.1f}" y="{height - BOTTOM - 5:.1f}" '
            f'width="{max(px(b) - px(a), 1.5):.1f}" height="5"/>'
        )
    for letter, x in frame.phases:
        drawn.append(
            f'<line class="phase" x1="{px(x):.1f}" x2="{px(x):.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>'
            f'<text class="letter" x="{px(x):.1f}" y="{TOP - 5}" text-anchor="middle">{escape(letter)}</text>'
        )
    for i, c in enumerate(curves):
        if c.low is not None and c.high is not None:
            drawn.append(_band(c, px, py, i))
    for label, y in figure.limits:
        drawn.append(
            f'<line class="limit" x1="{LEFT}" x2="{width - RIGHT}" y1="{py(y):.1f}" y2="{py(y):.1f}"/>'
            f'<text class="limit-label" x="{width - RIGHT - 2}" y="{py(y) - 4:.1f}" text-anchor="end">'
            f"{escape(label)}</text>"
        )
    for i, c in enumerate(curves):
        drawn.append(_line(c, px, py, i))
    if frame.timed:
        drawn.append(f'<line class="now" x1="{px(x0):.1f}" x2="{px(x0):.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>')
    data = f' data-t0="{x0:.6g}" data-t1="{x1:.6g}" data-x0="{LEFT}" data-x1="{width - RIGHT}"' if frame.timed else ""
    return svg(width, height, figure.title, describe(figure), "".join(drawn), "chart", data)


def legend(labels: Sequence[str]) -> str:
    """Return an HTML list of line samples with their labels; "" for a single one."""
    if len(labels) < 2:
        return ""
    items = []
    for i, label in enumerate(labels):
        sample = (
            f'<svg viewBox="0 0 34 12" width="34" height="12" aria-hidden="true" focusable="false">'
            f'<line class="curve s{i % STYLES}" x1="1" x2="33" y1="6" y2="6"{_dash(i)}/>{marker(i, 17, 6)}</svg>'
        )
        items.append(f"<li>{sample}{escape(label)}</li>")
    return f'<ul class="legend">{"".join(items)}</ul>'


def describe(figure: Figure) -> str:
    """Return what a figure shows, in words: each curve's first, last, least and greatest value."""
    told = []
    for c in figure.curves:
        y = c.y[np.isfinite(c.y)]
        if len(y):
            told.append(
                f"{c.label}: from {short(y[0])} to {short(y[-1])}, least {short(y.min())}, greatest {short(y.max())}"
            )
    limits = "".join(f"; {label} at {number(y)}" for label, y in figure.limits)
    return f"{figure.title}: {figure.y_label} over {figure.x_label}. {'; '.join(told)}{limits}."


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Return round numbers that enclose low..high: steps of 1, 2, 2.5 or 5 times a power of ten."""
    span = max(high - low, 1e-12)
    base = 10.0 ** math.floor(math.log10(span / most))
    step = next(base * m for m in (1, 2, 2.5, 5, 10, 20) if span / (base * m) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * i for i in range(first, max(last, first + 1) + 1)]


def number(value: float, decimals: int | None = None) -> str:
    """Return a number as text: as many decimals as asked for, or as few as it needs; - where it is not finite."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:.{decimals}f}" if decimals is not None else f"{value:.6g}"
    if "e" not in text and float(text) == 0.0:
        text = text.removeprefix("-")
    return text.replace("-", "−") if text.startswith("-") else text


def short(value: float) -> str:
    """Return a number with three digits, or all digits of a larger whole part."""
    return number(float(f"{value:.3g}") if abs(value) < 1000 else float(round(value)))


def marker(i: int, x: float, y: float) -> str:
    """Return the marker of the i-th style at a place."""
    kind, c, r = MARKERS[i % STYLES], f'class="mark s{i % STYLES}"', 3.2
    if kind == "circle":
        return f'<circle {c} cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>'
    if kind == "square":
        return f'<rect {c} x="{x - r + 0.3:.1f}" y="{y - r + 0.3:.1f}" width="{2 * r - 0.6:.1f}" height="5.8"/>'
    if kind == "triangle":
        return f'<path {c} d="M{x:.1f} {y - 4:.1f}l3.6 6.4h-7.2z"/>'
    if kind == "diamond":
        return f'<path {c} d="M{x:.1f} {y - 4:.1f}l3.6 4-3.6 4-3.6-4z"/>'
    if kind == "plus":
        return f'<path {c} d="M{x - 4:.1f} {y:.1f}h8M{x:.1f} {y - 4:.1f}v8"/>'
    return f'<path {c} d="M{x - 3:.1f} {y - 3:.1f}l6 6M{x - 3:.1f} {y + 3:.1f}l6-6"/>'


def _axes(
    figure: Figure, xs: tuple[float, float], y_ticks: list[float], px: Scale, py: Scale, width: float, height: float
) -> str:
    drawn = []
    for t in y_ticks:
        kind = "axis" if abs(t) < 1e-12 else "grid"
        drawn.append(
            f'<line class="{kind}" x1="{LEFT}" x2="{width - RIGHT}" y1="{py(t):.1f}" y2="{py(t):.1f}"/>'
            f'<text class="tick" x="{LEFT - 6}" y="{py(t) + 4:.1f}" text-anchor="end">{number(t)}</text>'
        )
    for t in ticks(*xs, most=6):
        if xs[0] - 1e-9 <= t <= xs[1] + 1e-9:
            drawn.append(
                f'<line class="axis" x1="{px(t):.1f}" x2="{px(t):.1f}" y1="{height - BOTTOM}" '
                f'y2="{height - BOTTOM + 4}"/><text class="tick" x="{px(t):.1f}" y="{height - BOTTOM + 16}" '
                f'text-anchor="middle">{number(t)}</text>'
            )
    drawn.append(
        f'<text class="unit" x="{(LEFT + width - RIGHT) / 2:.1f}" y="{height - 4}" text-anchor="middle">'
        f"{escape(figure.x_label)}</text>"
        f'<text class="unit" transform="translate(11 {(TOP + height - BOTTOM) / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(figure.y_label)}</text>'
    )
    return "".join(drawn)


def _line(c: Curve, px: Scale, py: Scale, i: int) -> str:
    path, pen = [], "M"
    for x, y in zip(c.x, c.y, strict=True):
        if not (math.isfinite(x) and math.isfinite(y)):
            pen = "M"
            continue
        path.append(f"{pen}{px(x):.1f} {py(y):.1f}")
        pen = "L"
    drawn = f'<path class="curve s{i % STYLES}" d="{"".join(path)}"{_dash(i)}/>'
    # Markers of different curves stand at different places, so that equal curves are seen as two.
    finite = np.flatnonzero(np.isfinite(c.x) & np.isfinite(c.y))
    if len(finite) <= MARKS + 2:
        chosen = finite
    else:
        places = (np.arange(MARKS) + 0.3 + 0.4 * (i % 2)) / MARKS * (len(finite) - 1)
        chosen = finite[places.round().astype(int)]
    return drawn + "".join(marker(i, px(c.x[n]), py(c.y[n])) for n in chosen)


def _band(c: Curve, px: Scale, py: Scale, i: int) -> str:
    assert c.low is not None and c.high is not None
    good = np.isfinite(c.x) & np.isfinite(c.low) & np.isfinite(c.high)
    if good.sum() < 2:
        return ""
    there = [f"{px(x):.1f} {py(y):.1f}" for x, y in zip(c.x[good], c.high[good], strict=True)]
    back = [f"{px(x):.1f} {py(y):.1f}" for x, y in zip(c.x[good][::-1], c.low[good][::-1], strict=True)]
    return f'<path class="band s{i % STYLES}" d="M{"L".join(there + back)}Z"/>'


def _thinned(c: Curve) -> Curve:
    """Return a curve of at most MOST_POINTS points that keeps the least and greatest of every stretch."""
    count = len(c.x)
    if count <= MOST_POINTS:
        return c
    edges = np.linspace(0, count, MOST_POINTS // 2 + 1).round().astype(int)
    kept = {0, count - 1}
    for a, b in pairwise(edges):
        piece = np.where(np.isfinite(c.y[a:b]), c.y[a:b], 0.0)
        kept |= {a + int(piece.argmin()), a + int(piece.argmax())}
    rows = np.array(sorted(kept))
    low, high = (None if e is None else e[rows] for e in (c.low, c.high))
    return replace(c, x=c.x[rows], y=c.y[rows], low=low, high=high)


def span_of(values: np.ndarray, *, nought: bool) -> tuple[float, float]:
    """Return the least and greatest finite value, with nought where asked; never the same twice."""
    good = values[np.isfinite(values)]
    low, high = (float(good.min()), float(good.max())) if len(good) else (0.0, 1.0)
    if nought:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9 * max(1.0, abs(high)):
        high = low + 1.0
    return low, high


def _dash(i: int) -> str:
    dash = DASHES[i % STYLES]
    return f' stroke-dasharray="{dash}"' if dash else ""


def svg(width: float, height: float, title: str, told: str, drawn: str, kind: str, data: str = "") -> str:
    """Return an <svg> of a role and a description that a screen reader tells."""
    return (
        f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(told)}"{data}>'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )
