"""A badge for a page of a project: how its promises stand, as a small flat SVG that needs nothing else."""

from __future__ import annotations

_LABEL = "SLA"
_LABEL_COLOR, _GREEN, _AMBER, _RED = "#555", "#3a7d1f", "#a86200", "#c4321f"
"""Dark enough for white letters: a contrast of 4.5 or more (WCAG 2.1, AA)."""

_SIZE, _HEIGHT, _MARGIN = 11, 20, 6
"""Of the letters, of the badge, and beside its words; pixels."""

_EM = 2048
_WIDTHS = {
    " ": 720, ",": 745, "L": 1140, "S": 1401, "A": 1400, "a": 1230, "b": 1276, "c": 1067, "d": 1276,
    "e": 1220, "h": 1296, "i": 562, "k": 1212, "m": 1992, "r": 874, "s": 1067, "t": 807,
}  # fmt: skip
_DIGIT = 1302
"""How wide the letters of Verdana are, which is wider than what stands in where it is missing."""


def badge(breached: int, at_risk: int) -> str:
    """Such as `SLA | 3 breached`; the worst that there is, in its colour.

    Args:
        breached: how many clocks ran out.
        at_risk: how many are about to.
    """
    if breached:
        said, color = f"{breached:,} breached", _RED
    elif at_risk:
        said, color = f"{at_risk:,} at risk", _AMBER
    else:
        said, color = "met", _GREEN
    left, right = (width(each) + 2 * _MARGIN for each in (_LABEL, said))
    title = f"{_LABEL}: {said}"
    size = f'width="{left + right}" height="{_HEIGHT}"'
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<clipPath id="r"><rect {size} rx="3"/></clipPath>',
        '<g clip-path="url(#r)">',
        f'<rect width="{left}" height="{_HEIGHT}" fill="{_LABEL_COLOR}"/>',
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{color}"/>',
        "</g>",
        f'<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="{_SIZE}">',
        _words(_MARGIN, _LABEL),
        _words(left + _MARGIN, said),
        "</g>",
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def width(words: str) -> int:
    """How many pixels words take, rounded up."""
    return -(-sum(_WIDTHS.get(each, _DIGIT) for each in words) * _SIZE // _EM)


def _words(x: int, words: str) -> str:
    """Words that are as wide as was worked out, whatever font there is."""
    return f'<text x="{x}" y="14" textLength="{width(words)}" lengthAdjust="spacingAndGlyphs">{words}</text>'
