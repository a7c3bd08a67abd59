"""Where the parts of a chart are: numbers in, shapes out; templates draw them.

A chart is 400 units wide, so that on a telephone its letters stay large enough to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tkt.domain.metrics.figures import Number
from tkt.domain.metrics.pictures import HOURS
from tkt.render.text import fit

WIDTH = 400
_TOP, _RIGHT, _PLOT, _LEFT = 8, 8, 150, 46
_BASE = _TOP + _PLOT
_X_LABELS = 6
_MOST_TICKS = 4
_NAME, _VALUE, _ROW, _THICK = 112, 84, 30, 13
_LETTERS = 17
_CELL, _CELL_ROW, _DAY = 14.4, 17, 46
_LEVELS = 5
_FILLED = 0.76
DURATIONS = tuple(
    step * unit
    for unit, steps in ((60, (1, 5, 15, 30)), (3600, (1, 2, 6, 12, 24, 48, 96, 240, 480, 960, 2400)))
    for step in steps
)


class Bar(NamedTuple):
    """A rectangle, and what is said where somebody points at it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    says: str


class Path(NamedTuple):
    """A line or an area, as SVG writes it."""

    d: str
    kind: str


class Label(NamedTuple):
    """A text; `anchor` is `start`, `middle` or `end`."""

    x: float
    y: float
    text: str
    anchor: str
    kind: str = ""


class Drawing(NamedTuple):
    """The shapes of a chart, of which later ones lie over earlier ones."""

    height: float
    bars: tuple[Bar, ...] = ()
    paths: tuple[Path, ...] = ()
    labels: tuple[Label, ...] = ()


class Series(NamedTuple):
    """Numbers of one thing.

    Args:
        name: for people.
        kind: by which the style gives it its colour.
        values: None where there was nothing to measure.
        texts: the same as people read them.
    """

    name: str
    kind: str
    values: Sequence[Number | None]
    texts: Sequence[str]


class Item(NamedTuple):
    """A line of a chart of bars: its name, the bars below each other, and what stands behind each."""

    name: str
    bars: Sequence[tuple[str, Number | None, str, str]]
    """The kind of each, its value, that as people read it, and what it counts; "" where the name tells."""


def columns(
    names: Sequence[str],
    series: Sequence[Series],
    show: Callable[[Number], str],
    steps: Sequence[int] = (),
    *,
    stacked: bool = False,
) -> Drawing:
    """Columns for each part of a period, none where there was nothing to measure.

    Args:
        names: of the parts.
        series: the columns.
        show: writes a number at the side.
        steps: the distances there may be between lines; () for round numbers.
        stacked: whether the columns of a part stand before each other, narrower the later they come, instead
            of side by side.
    """
    top, step = _scale([each for one in series for each in one.values if each is not None], steps)
    slot = (WIDTH - _LEFT - _RIGHT) / len(names)
    bars = []
    for number, one in enumerate(series):
        share = 1 - 0.45 * number if stacked else 1 / len(series)
        wide = max(_FILLED * slot * share, 0.5)
        shift = (slot - wide) / 2 if stacked else slot * (1 - _FILLED) / 2 + wide * number
        for place, value in enumerate(one.values):
            if value:
                high = max(_PLOT * value / top, 1)
                says = f"{names[place]}: {one.name} {one.texts[place]}"
                x, y = _short(_LEFT + slot * place + shift), _short(_BASE - high)
                bars.append(Bar(x, y, _short(wide), _short(high), one.kind, says))
    return Drawing(_BASE + 22, tuple(bars), *_axes(names, top, step, show))


def bands(names: Sequence[str], series: Sequence[Series]) -> Drawing:
    """Areas on top of each other, the first one at the bottom."""
    counts = [[each or 0 for each in one.values] for one in series]
    totals = [sum(each) for each in zip(*counts, strict=True)]
    top, step = _scale(totals)
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(names) - 1, 1)
    floor: list[Number] = [0] * len(names)
    paths = []
    for one, values in zip(series, counts, strict=True):
        roof = [low + more for low, more in zip(floor, values, strict=True)]
        edge = [*_points(roof, slot, top), *reversed(_points(floor, slot, top))]
        paths.append(Path(f"M{'L'.join(edge)}Z", f"area {one.kind}"))
        floor = roof
    grid, labels = _axes(names, top, step, lambda value: f"{value:,}", edges=True)
    return Drawing(_BASE + 22, (), (*paths, *grid), labels)


def _points(values: Sequence[Number], slot: float, top: Number) -> list[str]:
    points = [
        f"{_short(_LEFT + slot * place)} {_short(_BASE - _PLOT * value / top)}"
        for place, value in enumerate(values)
    ]
    return points if len(points) > 1 else [*points, f"{WIDTH - _RIGHT} {points[0].split()[1]}"]


def rows(items: Sequence[Item], most: Number | None = None) -> Drawing:
    """Bars that lie, with a name before and a number behind them.

    Args:
        items: one below the other.
        most: what a bar of full length stands for; None for the largest of them.
    """
    known = [value for each in items for _, value, *_ in each.bars if value]
    top = most or max(known, default=1)
    room = WIDTH - _NAME - _VALUE
    bars, labels, y = [], [], _TOP
    for each in items:
        high = max(_ROW, len(each.bars) * (_THICK + 3) + 8)
        labels.append(Label(_NAME - 8, _short(y + high / 2 + 4), fit(each.name, _LETTERS), "end"))
        first = y + (high - len(each.bars) * (_THICK + 3) + 3) / 2
        for number, (kind, value, text, what) in enumerate(each.bars):
            at = first + number * (_THICK + 3)
            long = max(room * value / top, 2) if value else 0
            if most:
                bars.append(Bar(_NAME, _short(at), room, _THICK, "rest", ""))
            if long:
                says = f"{each.name}: {f'{what} {text}' if what else text}"
                bars.append(Bar(_NAME, _short(at), _short(long), _THICK, kind, says))
            end = room if most else long
            labels.append(Label(_short(_NAME + end + 6), _short(at + _THICK - 2.5), text, "start", "value"))
        y += high
    return Drawing(y + _TOP, tuple(bars), (), tuple(labels))


def cells(days: Sequence[tuple[str, Sequence[int]]]) -> Drawing:
    """A square for each hour of each weekday, darker where there was more."""
    most = max(max(counts) for _, counts in days)
    bars, labels = [], []
    for number, (day, counts) in enumerate(days):
        y = _TOP + number * _CELL_ROW
        labels.append(Label(_DAY - 8, y + 12, day[:3], "end"))
        for hour, count in enumerate(counts):
            kind = f"h{-(-_LEVELS * count // most) if most else 0}"
            x = _short(_DAY + hour * _CELL)
            says = f"{day} {hour:02}:00 to {hour:02}:59: {count:,}"
            bars.append(Bar(x, y, _CELL - 1.8, _CELL_ROW - 1.8, kind, says))
    end = _TOP + len(days) * _CELL_ROW + 13
    hours = range(0, HOURS, HOURS // 4)
    labels += [Label(_short(_DAY + hour * _CELL), end, f"{hour:02}:00", "start") for hour in hours]
    return Drawing(end + _TOP, tuple(bars), (), tuple(labels))


def _axes(
    names: Sequence[str], top: Number, step: Number, show: Callable[[Number], str], *, edges: bool = False
) -> tuple[tuple[Path, ...], tuple[Label, ...]]:
    """The lines behind a chart, and what stands at its sides."""
    grid, labels = [], []
    for number in range(round(top / step) + 1):
        y = _short(_BASE - _PLOT * number * step / top)
        grid.append(Path(f"M{_LEFT} {y}H{WIDTH - _RIGHT}", "grid" if number else "axis"))
        labels.append(Label(_LEFT - 6, _short(y + 4), show(number * step), "end"))
    return tuple(grid), (*labels, *_names_below(names, edges=edges))


def _names_below(names: Sequence[str], *, edges: bool) -> Iterator[Label]:
    """Some of the parts' names, from the last one back at even distances."""
    every = -(-len(names) // _X_LABELS)
    slot = (WIDTH - _LEFT - _RIGHT) / (max(len(names) - 1, 1) if edges else len(names))
    for place in range(len(names) - 1, -1, -every):
        x = _LEFT + slot * (place + (0 if edges else 0.5))
        at_end = edges and place == len(names) - 1
        yield Label(WIDTH if at_end else _short(x), _BASE + 16, names[place], "end" if at_end else "middle")


def _scale(values: Sequence[Number], steps: Sequence[int] = ()) -> tuple[Number, Number]:
    """The top of an axis, and the step between its lines: round numbers, at most four of them."""
    most = max([*values, 1])
    step = next((each for each in steps if most <= each * _MOST_TICKS), 0) or _round_step(most)
    return step * max(-(-most // step), 1), step


def _round_step(most: Number) -> int:
    power = 1
    while True:
        for each in (1, 2, 5):
            if most <= each * power * _MOST_TICKS:
                return each * power
        power *= 10


def _short(value: float) -> float:
    """A coordinate without digits that nobody sees."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded
