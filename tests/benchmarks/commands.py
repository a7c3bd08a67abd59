"""What is timed: every command that people wait for, at a desk that stays about as large as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.benchmarks.stopwatch import IMPORT_CLICK, TKT, Task
from tests.benchmarks.stores import Sample
from tests.benchmarks.wording import RARE


def all_tasks(sample: Sample) -> list[Task]:
    """Every task, reads before writes; the last of them undoes the one before it."""
    return [IMPORT_CLICK, *_reads(sample), *_writes(sample), _completion(sample)]


def _tkt(name: str, words: Callable[[int], Sequence[str]]) -> Task:
    return Task(name, lambda number: [*TKT, *words(number)])


def _reads(sample: Sample) -> list[Task]:
    def some(number: int) -> str:
        return sample.tickets[number * 7 % len(sample.tickets)].id

    return [
        _tkt("--version", lambda _: ["--version"]),
        _tkt("show ID", lambda number: ["show", some(number)]),
        _tkt("list", lambda _: ["list"]),
        _tkt("list --json", lambda _: ["list", "--json"]),
        _tkt("search WORD", lambda _: ["search", RARE]),
        _tkt("log ID", lambda number: ["log", some(number)]),
        _tkt("status", lambda _: ["status"]),
        _tkt("export ID --single", lambda number: ["export", some(number), "--single"]),
    ]


def _writes(sample: Sample) -> list[Task]:
    """Changes, each round to another ticket, so that no thread grows long."""
    found = [each.id for each in sample.open]

    def turn(number: int) -> int:
        return number // len(found)

    def one(number: int, offset: int = 0) -> str:
        return found[(number + offset) % len(found)]

    def either(number: int, first: str, second: str) -> str:
        return second if turn(number) % 2 else first

    return [
        _tkt("comment ID", lambda n: ["comment", one(n), "-m", f"Looking at it now ({n})."]),
        _tkt("set ID", lambda n: ["set", one(n, 1), f"due=2026-12-{n % 28 + 1:02}"]),
        _tkt("assign ID", lambda n: ["assign", one(n, 2), "--none" if turn(n) % 2 else "hugo"]),
        _tkt("transition ID", lambda n: ["transition", one(n, 3), either(n, "resolved", "reopened")]),
        _tkt("label ID", lambda n: ["label", one(n, 4), f"round-{n}"]),
        _tkt("link ID blocks ID", lambda n: ["link", one(n, 5), "blocks", one(n, 6)]),
        _tkt("create", lambda n: ["create", f"Made in round {n}", "-t", "task"]),
        _tkt("undo", lambda _: ["undo"]),
    ]


def _completion(sample: Sample) -> Task:
    key = sample.settings.key
    return Task(
        "completion of an id",
        lambda _: TKT,
        {"_TKT_COMPLETE": "zsh_complete", "TKT_COMPLETE_LINE": f"tkt show {key}-"},
    )
