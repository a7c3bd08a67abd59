"""What tkt must keep to with 10,000 tickets, beside what was measured. No test asserts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.benchmarks import beside, commands, first
from tests.benchmarks.figures import Figures

_SIZE = 10_000
_LARGEST = 100_000
_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """A line of the table.

    Args:
        what: somebody waits for.
        must: in words.
        measured: in words.
        met: whether all of it is met; None where not all of it was measured, or not at that size.
    """

    what: str
    must: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class _Found:
    """One number under a limit; None where it could not be had."""

    words: str
    number: float | None
    most: float

    @property
    def text(self) -> str:
        return "not measured" if self.number is None else self.words.format(self.number)


def limits(figures: Mapping[int, Figures]) -> list[Limit]:
    """Every limit, at 10,000 tickets or at the largest store there is; memory at the largest."""
    at = figures.get(_SIZE) or figures[max(figures)]
    return [
        _limit(
            "list open, warm",
            "no slower than ripgrep counting `^status:` in the same files; at most 3 x `import click`",
            _beside(at, commands.LIST, beside.RG_STATUS),
            _Found("{:.2f} x `import click`", at.reads.to_click(commands.LIST), 3),
        ),
        _limit(
            "show, completion of an id, warm",
            "at most 2 x `import click`",
            _Found("show {:.2f}", at.reads.to_click(commands.SHOW), 2),
            _Found("completion {:.2f}", at.reads.to_click(commands.COMPLETION), 2),
        ),
        _limit(
            "search a word, warm",
            "faster than ripgrep over the same files",
            _beside(at, commands.SEARCH, beside.RG_WORD),
        ),
        _limit(
            "create, comment, set",
            "at most 4 x `import click`",
            *(_Found(f"{name.split()[0]} {{:.2f}}", at.writes.to_click(name), 4) for name in commands.WRITES),
        ),
        _growth(figures),
        _limit(
            "cold index",
            "at most 12 x `rg -c .` over the same files",
            _Found("list {:.1f}", _ratio(at, first.COLD_LIST, beside.RG_LINES), 12),
            _Found("search {:.1f}", _ratio(at, first.COLD_SEARCH, beside.RG_LINES_ALL), 12),
        ),
        _limit(
            "after a pull that changed 100 tickets",
            "no more than 100 ms over warm",
            _Found("{:.0f} ms", at.pulled.over(first.PULLED, commands.LIST) * 1000, 100),
        ),
        _memory(figures),
    ]


def _limit(what: str, must: str, *found: _Found) -> Limit:
    met = None
    if all(each.number is not None for each in found):
        met = all(each.number is not None and each.number <= each.most for each in found)
    return Limit(what, must, ", ".join(each.text for each in found), met)


def _beside(at: Figures, name: str, other: str) -> _Found:
    return _Found("{:.2f} x ripgrep", _ratio(at, name, other), 1)


def _ratio(at: Figures, name: str, other: str) -> float | None:
    times = at.cold if name in at.cold else at.reads
    return times.ratio(name, other) if other in times else None


def growth(figures: Mapping[int, Figures], name: str) -> float | None:
    """How many times longer a change takes at the largest store than at the smallest, in `import click`s."""
    if len(figures) == 1:
        return None
    small, large = figures[min(figures)].writes, figures[max(figures)].writes
    return large.to_click(name) / small.to_click(name)


def _growth(figures: Mapping[int, Figures]) -> Limit:
    found = _limit(
        "the same, from the smallest store to the largest",
        "the same at 100 tickets as at 100,000: less than 1.5 x",
        *(
            _Found(f"{name.split()[0]} {{:.2f}} x at {max(figures):,}", growth(figures, name), 1.5)
            for name in commands.WRITES
        ),
    )
    return _unless_too_small(found, figures)


def _memory(figures: Mapping[int, Figures]) -> Limit:
    largest = max(figures)
    megabytes = {name: size / _BYTES for name, size in figures[largest].memory.items()}
    found = _limit(
        "memory at 100,000 tickets",
        "under 300 MB",
        *(_Found(f"{name} {{:.0f}} MB", number, 300) for name, number in megabytes.items()),
    )
    return _unless_too_small(replace(found, measured=f"at {largest:,}: {found.measured}"), figures)


def _unless_too_small(limit: Limit, figures: Mapping[int, Figures]) -> Limit:
    """What is met at a smaller store may not be at the largest one."""
    return replace(limit, met=None) if limit.met and max(figures) < _LARGEST else limit
