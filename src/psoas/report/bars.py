"""Bars as SVG: a group of bars per row, told apart by hatch, with numbers, whiskers and limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from psoas.report.plots import STYLES, Scale, number, span_of, svg, ticks


def bar_chart(
    title: str,
    rows: Sequence[str],
    series: Sequence[tuple[str, np.ndarray]],
    *,
    unit: str,
    decimals: int = 0,
    intervals: Sequence[tuple[np.ndarray, np.ndarray] | None] = (),
    limits: Sequence[tuple[str, float]] = (),
    width: float = 480,
) -> str:
    """Return horizontal bars as one <svg>: for each row (label) one bar per series, its number at the end.

    series: (name, values (R,)); intervals: low and high (R,) per series, drawn as whiskers.
    """
    margin = min(14 + 7.0 * max(map(len, rows)), 0.45 * width)
    bar, gap, head = 13.0, 9.0, 18.0 if limits else 4.0
    step = bar * len(series) + gap
    height = head + step * len(rows) + 30
    between = list(intervals) or [None] * len(series)
    values = [v for _, v in series] + [np.asarray(e) for pair in between if pair for e in pair]
    values += [np.array([y]) for _, y in limits]
    low, high = span_of(np.concatenate(values), nought=True)
    x_ticks = ticks(low, high, most=5)
    x0, x1 = x_ticks[0], x_ticks[-1]
    inner = width - margin - 62

    def px(x: float) -> float:
        return margin + (x - x0) / (x1 - x0) * inner

    foot = height - 26
    drawn = []
    for t in x_ticks:
        drawn.append(
            f'<line class="grid" x1="{px(t):.1f}" x2="{px(t):.1f}" y1="{head}" y2="{foot}"/>'
            f'<text class="tick" x="{px(t):.1f}" y="{foot + 13}" text-anchor="middle">{number(t)}</text>'
        )
    drawn.append(f'<text class="unit" x="{width - 2}" y="{foot + 13}" text-anchor="end">{escape(unit)}</text>')
    for label, y in limits:
        drawn.append(
            f'<line class="limit" x1="{px(y):.1f}" x2="{px(y):.1f}" y1="{head - 4}" y2="{foot}"/>'
            f'<text class="limit-label" x="{px(y):.1f}" y="{head - 7}" text-anchor="end">{escape(label)}</text>'
        )
    for r, row in enumerate(rows):
        y = head + gap / 2 + r * step
        middle = y + bar * len(series) / 2
        drawn.append(f'<text class="row" x="{margin - 7}" y="{middle + 4:.1f}" text-anchor="end">{escape(row)}</text>')
        for i, (_, v) in enumerate(series):
            drawn.append(_one_bar(px, y + i * bar, bar - 2, float(v[r]), i, decimals, _pair(between[i], r)))
    drawn.append(f'<line class="axis" x1="{px(0):.1f}" x2="{px(0):.1f}" y1="{head}" y2="{foot}"/>')
    told = "; ".join(
        f"{name}: " + ", ".join(f"{row} {number(float(v[r]), decimals)}" for r, row in enumerate(rows))
        for name, v in series
    )
    return svg(width, height, title, f"{title}, {unit}. {told}.", "".join(drawn), "chart bars")


def bar_legend(labels: Sequence[str]) -> str:
    """Return an HTML list of bar samples with their labels; "" for a single one."""
    if len(labels) < 2:
        return ""
    items = [
        f'<li><svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true" focusable="false">'
        f'<rect class="bar s{i % STYLES}" width="20" height="12"/>{_hatch(0, 0, 20, 12, i)}</svg>{escape(label)}</li>'
        for i, label in enumerate(labels)
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'


def _one_bar(
    px: Scale, y: float, height: float, value: float, i: int, decimals: int, between: tuple[float, float] | None
) -> str:
    if not math.isfinite(value):
        return ""
    a, b = sorted((px(0.0), px(value)))
    drawn = (
        f'<rect class="bar s{i % STYLES}" x="{a:.1f}" y="{y:.1f}" width="{b - a:.1f}" height="{height:.1f}"/>'
        f"{_hatch(a, y, b - a, height, i)}"
    )
    end = max(b, px(0.0))
    if between is not None and all(math.isfinite(e) for e in between):
        low, high = px(between[0]), px(between[1])
        middle = y + height / 2
        drawn += (
            f'<path class="whisker" d="M{low:.1f} {middle:.1f}H{high:.1f}'
            f'M{low:.1f} {middle - 3.5:.1f}v7M{high:.1f} {middle - 3.5:.1f}v7"/>'
        )
        end = max(end, high)
    text = number(value, decimals)
    return drawn + f'<text class="value" x="{end + 5:.1f}" y="{y + height - 1.5:.1f}">{text}</text>'


def _hatch(x: float, y: float, width: float, height: float, i: int) -> str:
    """Return strokes that tell the bars of the i-th series apart without colour."""
    if i % 3 == 0 or width <= 0:
        return ""
    strokes, step, lean = [], 5.0, height if i % 3 == 1 else 0.0
    at = x + 3.0
    while at < x + width + lean:
        # A stroke from the lower left up; cut where the bar ends.
        left, right = max(at - lean, x), min(at, x + width)
        if lean:
            strokes.append(f"M{left:.1f} {y + (at - left) / lean * height:.1f}L{right:.1f} {y + (at - right):.1f}")
        else:
            strokes.append(f"M{at:.1f} {y:.1f}v{height:.1f}")
        at += step
    return f'<path class="hatch" d="{"".join(strokes)}"/>' if strokes else ""


def _pair(between: tuple[np.ndarray, np.ndarray] | None, row: int) -> tuple[float, float] | None:
    return None if between is None else (float(between[0][row]), float(between[1][row]))
