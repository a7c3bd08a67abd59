"""Figures as Markdown tables, a block of the page each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.benchmarks import beside, commands, first
from tests.benchmarks.figures import Figures
from tests.benchmarks.imports import Taken
from tests.benchmarks.limits import growth, limits
from tests.benchmarks.stopwatch import Times

Sizes = Mapping[int, Figures]
_NOTHING = "-"
_ANSWERS = {True: "yes", False: "**no**", None: "not known"}


def blocks(figures: Sizes, notes: Sequence[str]) -> dict[str, str]:
    """The tables of one run, by the name of their block.

    Args:
        figures: by the size of the store.
        notes: what could not be measured.
    """
    made = {
        "limits": _limits(figures),
        "commands": _commands(figures),
        "beside": _with_notes(_beside(figures), notes),
        "first": _first(figures),
        "growth": _growth(figures),
        "memory": _memory(figures),
    }
    if all(each.compacted for each in figures.values()):
        made["compact"] = _compact(figures)
    if all(each.others for each in figures.values()):
        made["peers"] = _peers(figures)
    return made


def _limits(figures: Sizes) -> str:
    rows = ([each.what, each.must, each.measured, _ANSWERS[each.met]] for each in limits(figures))
    return table(["what", "must", "measured", "met"], rows, words=4)


def _commands(figures: Sizes) -> str:
    """A row for each command, two columns for each size."""
    head = ["command"]
    for size in figures:
        head += [f"ms, {size:,} tickets", "x import click"]
    both = [(each.reads, each.writes) for each in figures.values()]
    others = {other for _, other in beside.PAIRS}
    names = [name for times in both[0] for name in times.seconds if name not in others]
    rows = []
    for name in names:
        row = [name]
        for reads, writes in both:
            times = reads if name in reads else writes
            row += [_ms(times.median(name)), f"{times.to_click(name):.2f}"]
        rows.append(row)
    return table(head, rows)


def _beside(figures: Sizes) -> str:
    return _pairs(figures, lambda each: (each.reads, each.cold))


def _compact(figures: Sizes) -> str:
    """What folding did, and the same comparison as before it."""
    found = {size: each.compacted for size, each in figures.items() if each.compacted}
    said = [
        f"* {size:,} tickets: {each.files[0]:,} files became {each.files[1]:,} in {each.seconds:.1f} s"
        for size, each in found.items()
    ]
    pairs = _pairs(figures, lambda each: (each.compacted.warm, each.compacted.cold) if each.compacted else ())
    return "\n".join([*said, "", pairs])


def _pairs(figures: Sizes, times_of: Callable[[Figures], Sequence[Times]]) -> str:
    """A row for each command of tkt and the program beside it."""
    head = ["tkt", "beside"]
    for size in figures:
        head += [f"tkt, ms, {size:,} tickets", "other, ms", "tkt / other"]
    rows = []
    for name, other in beside.PAIRS:
        row = [name, other]
        for each in figures.values():
            times = next((one for one in times_of(each) if name in one and other in one), None)
            row += (
                [_ms(times.median(name)), _ms(times.median(other)), f"{times.ratio(name, other):.2f}"]
                if times
                else [_NOTHING] * 3
            )
        rows.append(row)
    return table(head, rows, words=2)


def _first(figures: Sizes) -> str:
    head = ["command", *(f"ms, {size:,} tickets" for size in figures)]
    cold = (first.COLD_LIST, first.COLD_SEARCH)
    rows = [[name, *(_ms(each.cold.median(name)) for each in figures.values())] for name in cold]
    rows.append([first.PULLED, *(_ms(each.pulled.median(first.PULLED)) for each in figures.values())])
    over = (each.pulled.over(first.PULLED, commands.LIST) for each in figures.values())
    rows.append(["the same, over warm", *map(_ms, over)])
    return table(head, rows)


def _growth(figures: Sizes) -> str:
    head = ["command", *(f"x import click, {size:,} tickets" for size in figures), "largest / smallest"]
    rows = []
    for name in commands.WRITES:
        grown = growth(figures, name)
        each = (f"{one.writes.to_click(name):.2f}" for one in figures.values())
        rows.append([name, *each, _NOTHING if grown is None else f"{grown:.2f}"])
    return table(head, rows)


def _memory(figures: Sizes) -> str:
    head = ["command", *(f"MB, {size:,} tickets" for size in figures)]
    names = next(iter(figures.values())).memory
    rows = [[name, *(f"{each.memory[name] / 1_000_000:.0f}" for each in figures.values())] for name in names]
    return table(head, rows)


def _peers(figures: Sizes) -> str:
    """A row for each command of each system, what tkt does likewise before them."""
    head = ["to", "command"]
    for size in figures:
        head += [f"ms, {size:,} tickets", "x tkt"]
    found = {size: each.others for size, each in figures.items() if each.others}
    kinds = {name: kind for each in found.values() for name, kind in each.kinds.items()}
    rows = []
    for kind in (commands.LIST, commands.SHOW, commands.SEARCH, commands.CREATE):
        for name in (kind, *(name for name, each in kinds.items() if each == kind)):
            row = [kind.split()[0], f"tkt {name}" if name == kind else name]
            for each in found.values():
                known = name in each.times
                row += (
                    [_ms(each.times.median(name)), f"{each.times.ratio(name, kind):.2f}"]
                    if known
                    else [_NOTHING] * 2
                )
            rows.append(row)
    notes = [f"{size:,} tickets: {note}" for size, each in found.items() for note in each.notes]
    return _with_notes(table(head, rows, words=2), notes)


def imports_table(imports: Sequence[Taken]) -> str:
    """A row for each export."""
    head = ["export", "issues", "files", "tkt import, s", "git add and commit, s", "x git"]
    rows = (
        [
            each.name,
            f"{each.issues:,}",
            f"{each.files:,}",
            f"{each.tkt:.2f}",
            f"{each.git:.2f}",
            f"{each.tkt / each.git:.2f}",
        ]
        for each in imports
    )
    return table(head, rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table with so many columns of words, and then numbers."""
    lines = [head, ["---" if number < words else "---:" for number in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_notes(text: str, notes: Sequence[str]) -> str:
    return "\n".join([text, *(["", *(f"* {note}" for note in notes)] if notes else [])])


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"
