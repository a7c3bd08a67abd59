"""What clocks cost: `python -m tests.benchmarks.sla [--tickets N] [--open N] [--runs N]`.

Cold is the first `tkt sla check` in a clone of depth 1, beside `rg -c .` over the same files; warm is the
next one, and list is `tkt list` with its column `left`, each beside `import click`. In memory, every clock of
some tickets is worked out from their threads, and working time is counted over twenty days and over twenty
years, by the same calendar.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.stopwatch import IMPORT_CLICK, TKT, clean_environment, run
from tests.benchmarks.stores import NOW, Sample, make_sample
from tkt.domain.entry import differences
from tkt.domain.fields import format_time
from tkt.domain.levels import Clock
from tkt.domain.sla import Judge
from tkt.domain.worktime import Calendar, between
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles

_COLD, _WARM, _LIST, _LONG = 15, 4, 3, 3
_CLOCKS = 100_000
_SPANS = (timedelta(days=20), timedelta(days=20 * 365 + 5))
_COUNTS = 2000
_FINE = (0, 5, 6)

_SLA = """\
calendars:
  office:
    timezone: Europe/Berlin
    hours: {HOURS}
    holidays: [12-24, 12-25, 12-26, 01-01, 05-01, 10-03]
policies:
- name: vip
  when: "label:vip"
  calendar: always
  targets:
    P1: {first_response: 15m, next_response: 1h, update: 4h, resolution: 8h}
    default: {first_response: 1h, next_response: 4h, update: 1d, resolution: 3d}
- name: standard
  calendar: office
  targets:
    P1: {first_response: 1h, next_response: 2h, update: 8h, resolution: 16h}
    default: {first_response: 4h, next_response: 8h, update: 40h, resolution: 80h}
"""
_WEEK = ", ".join(f'{day}: ["08:00-12:00", "13:00-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))


class Round(NamedTuple):
    """Seconds of what was run once, one after the other."""

    read: float
    cold: float
    click: float
    warm: float
    again: float
    listed: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a desk and a clone of it, take the times, print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sla", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000, metavar="N", help="of the desk")
    parser.add_argument("--open", type=int, default=1000, metavar="N", help="tickets that are open")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how many rounds count")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        sample = make_sample(folder / "desk", chosen.tickets, env)
        _promise(sample, chosen.open, env)
        clone = folder / "clone"
        run(["git", "clone", "--quiet", "--depth=1", f"file://{sample.root}", str(clone)], folder, env)
        rounds = [_round(clone, env) for _ in range(chosen.runs + 1)][1:]
        _tell(chosen.tickets, chosen.open, rounds)
        _in_memory(clone, chosen.runs)


def _promise(sample: Sample, open_tickets: int, env: Mapping[str, str]) -> None:
    """Promise something, and close the oldest tickets until so many are open."""
    (sample.root / ".tkt" / "sla.yaml").write_text(_SLA.replace("HOURS", _WEEK))
    store = TicketFiles(DiskFiles(str(sample.root)), sample.settings)
    for ticket in sample.open[: len(sample.open) - open_tickets]:
        closed = ticket.with_fields({"status": "closed", "resolution": "fixed"})
        thread = store.thread(ticket.id)[0]
        entry = thread[-1]._replace(
            id=f"{NOW:%Y%m%dT%H%M%SZ}-zzzz",
            at=NOW,
            clock=thread[-1].clock + 1,
            changes=differences(ticket.fields, closed.fields),
            body="",
            visibility="",
            minutes=None,
        )
        for write in (store.encode_ticket(ticket, closed), store.encode_entry(ticket.id, entry)):
            (sample.root / write.path).write_bytes(write.data or b"")
    run(["git", "add", "-A"], sample.root, env)
    run(["git", "commit", "--quiet", "-m", "Promise something"], sample.root, env)


def _round(clone: Path, env: Mapping[str, str]) -> Round:
    read = run(["rg", "-c", ".", "tickets"], clone, env)
    shutil.rmtree(clone / ".git/tkt", ignore_errors=True)
    cold = run([*TKT, "sla", "check"], clone, env, _FINE)
    click = run(IMPORT_CLICK.command(0), clone, env)
    warm = run([*TKT, "sla", "check"], clone, env, _FINE)
    again = run(IMPORT_CLICK.command(0), clone, env)
    return Round(read, cold, click, warm, again, run([*TKT, "list"], clone, env))


def _tell(tickets: int, open_tickets: int, rounds: Sequence[Round]) -> None:
    print(f"{tickets:,} tickets, {open_tickets:,} of them open")
    _compare("cold", [(each.cold, each.read) for each in rounds], "rg -c .", _COLD)
    _compare("warm", [(each.warm, each.click) for each in rounds], "import click", _WARM)
    _compare("list", [(each.listed, each.again) for each in rounds], "import click", _LIST)


def _compare(what: str, pairs: Sequence[tuple[float, float]], beside: str, most: float) -> None:
    took, other = (1000 * statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(tkt / unit for tkt, unit in pairs)
    print(f"{what}: {took:.0f} ms, {beside} {other:.0f} ms, {ratio:.1f} x; at most {most} x")


def _in_memory(clone: Path, runs: int) -> None:
    files = DiskFiles(str(clone))
    settings = SettingsReader(files).load()
    store = TicketFiles(files, settings)
    ids = store.ids()[-_CLOCKS // len(Clock) :]
    known = [(store.load(each), store.thread(each)[0]) for each in ids]
    clocks = len(known) * len(Clock)
    repeated = -(-_CLOCKS // clocks)
    judge = Judge(settings, NOW)

    def judged() -> None:
        for _ in range(repeated):
            for ticket, thread in known:
                judge.judge(ticket, thread)

    took = statistics.median(_seconds(judged) for _ in range(runs))
    print(f"in memory: {clocks * repeated:,} clocks, {1e6 * took / clocks / repeated:.1f} us each")
    calendar = settings.sla.calendar("office")
    pairs = [tuple(_counted(calendar, NOW - span, NOW) for span in _SPANS) for _ in range(runs + 1)][1:]
    days, years = (1e6 * statistics.median(each) / _COUNTS for each in zip(*pairs, strict=True))
    ratio = statistics.median(long / short for short, long in pairs)
    print(f"20 days {days:.1f} us, 20 years {years:.1f} us, {ratio:.2f} x; at most {_LONG} x")


def _counted(calendar: Calendar, start: datetime, end: datetime) -> float:
    def count() -> None:
        for _ in range(_COUNTS):
            between(calendar, start, end)

    return _seconds(count)


def _seconds(what: Callable[[], None]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
