"""Charts: nothing lies outside, and what is larger is drawn larger."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tkt.render import charts
from tkt.render.charts import Drawing, Item, Series

_VALUES = st.one_of(st.none(), st.integers(0, 10**7))
_SERIES = st.integers(1, 60).flatmap(
    lambda length: st.lists(st.lists(_VALUES, min_size=length, max_size=length), min_size=1, max_size=4)
)


def _all_of(values: list[list[int | None]]) -> list[Series]:
    return [
        Series(f"s{number}", f"c{number}", each, [str(one) for one in each])
        for number, each in enumerate(values)
    ]


def _require_inside(drawing: Drawing) -> None:
    for each in drawing.bars:
        assert each.width >= 0
        assert each.height >= 0
        assert each.x >= 0
        assert each.x + each.width <= charts.WIDTH
        assert each.y >= 0
        assert each.y + each.height <= drawing.height
    for path in drawing.paths:
        points = re.findall(r"[ML]([\d.]+) ([\d.]+)", path.d)
        assert points
        assert all(0 <= float(x) <= charts.WIDTH and 0 <= float(y) <= drawing.height for x, y in points)
    assert all(0 <= each.x <= charts.WIDTH and 0 <= each.y <= drawing.height for each in drawing.labels)


@given(_SERIES, st.booleans())
def test_columns(values: list[list[int | None]], stacked: bool) -> None:
    series = _all_of(values[:2])
    names = [f"n{number}" for number in range(len(values[0]))]
    drawing = charts.columns(names, series, str, charts.DURATIONS, stacked=stacked)
    _require_inside(drawing)
    assert len(drawing.bars) == sum(bool(each) for one in series for each in one.values)
    assert len([each for each in drawing.labels if each.text in names]) <= 7
    texts = {each.says: each for each in drawing.bars}
    for one in series:
        drawn = [
            (value, texts[f"{name}: {one.name} {value}"].height)
            for name, value in zip(names, one.values, strict=True)
            if value
        ]
        heights = [height for _, height in sorted(drawn)]
        assert heights == sorted(heights)


@given(_SERIES)
def test_bands(values: list[list[int | None]]) -> None:
    drawing = charts.bands([f"n{number}" for number in range(len(values[0]))], _all_of(values))
    _require_inside(drawing)
    assert len([each for each in drawing.paths if "area" in each.kind]) == len(values)


@given(st.lists(st.tuples(st.text(max_size=60), st.lists(_VALUES, min_size=1, max_size=2)), max_size=9))
def test_rows(items: list[tuple[str, list[int | None]]]) -> None:
    drawn = [Item(name, [("c1", value, str(value), "") for value in values]) for name, values in items]
    _require_inside(charts.rows(drawn))
    assert all(len(each.text) <= 17 for each in charts.rows(drawn).labels if each.anchor == "end")


def test_cells() -> None:
    days = [(day, [0] * 24) for day in ("Monday", "Tuesday")]
    days[1][1][23] = 100
    days[0][1][5] = 1
    drawing = charts.cells(days)
    _require_inside(drawing)
    kinds = [each.kind for each in drawing.bars]
    assert (kinds.count("h0"), kinds[5], kinds[47]) == (46, "h1", "h5")
    assert drawing.bars[47].says == "Tuesday 23:00 to 23:59: 100"
