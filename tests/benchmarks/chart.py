"""Charts as SVG, written by hand: on white, so that they show on light and dark pages alike. Pure functions.

Both charts have a logarithmic axis: what is compared lies apart by factors.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH = 860
_FONT = 'font-family="system-ui, Helvetica, Arial, DejaVu Sans, sans-serif" font-size="13"'
_HUES = {
    "ours": ("#0b6e4f", "#2e9e77", "#66c2a0"),
    "other": ("#b3402a", "#d98032", "#8a5fae", "#59636e"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart.

    Attributes:
        label: Written at its end.
        points: Its x and y, both above 0.
        hue: "ours" or "other".
    """

    label: str
    points: tuple[tuple[float, float], ...]
    hue: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart.

    Attributes:
        label: Written before it.
        value: Its length, at least 0.
        text: Written behind it.
        hue: "ours" or "other".
    """

    label: str
    value: float
    text: str
    hue: str


def decades(low: float, high: float) -> list[float]:
    """The ticks 1, 2, 5, 10 … of a logarithmic axis that reaches from below `low` to above `high`."""
    found = [
        step * 10.0**power
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for step in (1, 2, 5)
    ]
    first = max((tick for tick in found if tick <= low), default=found[0])
    last = min((tick for tick in found if tick >= high), default=found[-1])
    return [tick for tick in found if first <= tick <= last]


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places as near as may be to those wanted, in their order, and at least so far apart."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list(wanted)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def line_chart(title: str, below: str, lines: Sequence[Line]) -> str:
    """Lines over two logarithmic axes, each with its label at its end."""
    if not lines:
        return _svg(60, [_text(16, 26, title)])
    left, right, top, bottom, height = 64, 560, 48, 380, 430
    xs = sorted({x for line in lines for x, _ in line.points})
    ys = [y for line in lines for _, y in line.points]
    ticks = decades(min(ys), max(ys))
    x_of = _scale(xs[0], xs[-1], left + 16, right - 16)
    y_of = _scale(ticks[0], ticks[-1], bottom, top)
    parts = [_text(16, 26, title, weight="bold"), _text((left + right) / 2, height - 12, below, anchor="middle")]
    for tick in ticks:
        parts.append(_rule(left, y_of(tick), right, y_of(tick)))
        parts.append(_text(left - 8, y_of(tick) + 4, f"{tick:,g}", anchor="end"))
    parts += [_text(x_of(x), bottom + 20, f"{x:,.0f}", anchor="middle") for x in xs]
    ends = spread([y_of(line.points[-1][1]) for line in lines], 18)
    for line, end, colour in zip(lines, ends, _colours([line.hue for line in lines]), strict=True):
        placed = [(x_of(x), y_of(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed]
        x, y = placed[-1]
        parts.append(_rule(x, y, right + 6, end, colour, 'stroke-dasharray="2 3"'))
        parts.append(_text(right + 12, end + 4, line.label, colour=colour))
    return _svg(height, parts)


def bar_chart(title: str, bars: Sequence[Bar], *, floor: float) -> str:
    """Horizontal bars on a logarithmic axis that begins at `floor`; what is less has no length."""
    left, right, top, step = 280, 640, 48, 26
    most = max((bar.value for bar in bars), default=floor)
    x_of = _scale(floor, max(most, 10 * floor), left, right)
    parts = [_text(16, 26, title, weight="bold")]
    for index, (bar, colour) in enumerate(zip(bars, _colours([bar.hue for bar in bars], shades=1), strict=True)):
        y = top + index * step
        end = x_of(max(bar.value, floor))
        parts.append(_text(left - 10, y + 14, bar.label, anchor="end"))
        parts.append(f'<rect x="{left}" y="{y}" width="{max(1.0, end - left):.1f}" height="18" fill="{colour}"/>')
        parts.append(_text(end + 8, y + 14, bar.text))
    return _svg(top + len(bars) * step + 34, [*parts, _text(left, top + len(bars) * step + 18, "logarithmic")])


def _scale(low: float, high: float, at_low: float, at_high: float) -> "_Scale":
    return _Scale(math.log10(low), math.log10(high), at_low, at_high)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.at_low + share * (self.at_high - self.at_low)


def _colours(hues: Sequence[str], shades: int | None = None) -> list[str]:
    used = dict.fromkeys(_HUES, 0)
    found = []
    for hue in hues:
        choice = _HUES[hue][:shades]
        found.append(choice[used[hue] % len(choice)])
        used[hue] += 1
    return found


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#1f2328", weight: str = "normal"
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f"<text {place} {_FONT}>{escape(text)}</text>"


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str = "#d8dee4", more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _svg(height: float, parts: Sequence[str]) -> str:
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    back = f'<rect width="{WIDTH}" height="{height:.0f}" rx="6" fill="#ffffff"/>'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', back, *parts, "</svg>", ""])
