"""Stores of any size, like those of a desk that has worked for eighteen months; one size is one store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.benchmarks.stopwatch import TKT, run
from tests.benchmarks.wording import Wording
from tkt.domain.entry import INTERNAL, PUBLIC, Entry, differences
from tkt.domain.fields import Value, format_time
from tkt.domain.ids import ALPHABET, new_entry_id, new_ticket_id
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import FileWrite

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""When the benchmarks happen."""

_DAYS = 540
_ENTRIES = (1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7, 9, 12, 20)
"""So many entries has a thread, each as likely as the others: 4 in the median, 6 on average."""
_LABELS = ("vip", "mobile", "regression", "docs", "security", "waiting-for-vendor")
_HANDLES = ("ana", "bob", "carla", "dimitri", "elena", "farid", "grace", "hugo")
_PEOPLE = "agents:\n" + "".join(
    f"  {handle}: {{name: {handle.capitalize()}, email: {handle}@example.com, skills: [support]}}\n"
    for handle in _HANDLES
) + "teams:\n  support: {members: [ana, bob, carla], queues: [support]}\n"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A desk to measure at.

    Args:
        root: the top of its working tree.
        tickets: all of them, the oldest first.
        settings: in force there.
    """

    root: Path
    tickets: tuple[Ticket, ...]
    settings: Settings

    @property
    def open(self) -> tuple[Ticket, ...]:
        """Those that are not done."""
        done = self.settings.workflow.is_done
        return tuple(each for each in self.tickets if not done(each.status))


def make_sample(folder: Path, count: int, env: Mapping[str, str]) -> Sample:
    """Make a desk with so many tickets, all of them in one commit.

    Args:
        folder: where; made here.
        count: how many tickets.
        env: of the processes that are run: the real tkt and the real Git.
    """
    folder.mkdir(parents=True)
    run([*TKT, "init"], folder, env)
    (folder / ".tkt" / "people.yaml").write_text(_PEOPLE, encoding="utf-8")
    files = DiskFiles(str(folder))
    settings = SettingsReader(files).load()
    store = TicketFiles(files, settings)
    tickets = []
    for ticket, entries in _stories(count, settings):
        tickets.append(ticket)
        _put(folder, store.encode_ticket(None, ticket))
        for entry in entries:
            _put(folder, store.encode_entry(ticket.id, entry))
    run(["git", "add", "-A"], folder, env)
    run(["git", "commit", "--quiet", "-m", f"Add {count} tickets"], folder, env)
    return Sample(folder, tuple(sorted(tickets, key=lambda ticket: ticket.created)), settings)


def _put(folder: Path, write: FileWrite) -> None:
    path = folder / write.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write.data or b"")


def _stories(count: int, settings: Settings) -> Iterator[tuple[Ticket, list[Entry]]]:
    chance = Random(f"tkt {count}")  # noqa: S311  the same store every time, not a secret
    for _ in range(count):
        yield _Past(chance, settings).story()


class _Past:
    """Makes up what happened to one ticket.

    Args:
        chance: where the choices come from.
        settings: statuses, queues, categories and people.
    """

    def __init__(self, chance: Random, settings: Settings) -> None:
        self.chance = chance
        self.settings = settings
        self.wording = Wording(chance)
        self.moment = NOW - timedelta(minutes=chance.randint(60, _DAYS * 24 * 60))

    def story(self) -> tuple[Ticket, list[Entry]]:
        """A ticket as it is now, and its thread."""
        ticket = self._begin()
        ends = self.moment < NOW - timedelta(days=self.chance.randint(1, 365))
        entries = []
        for clock in range(1, self.chance.choice(_ENTRIES) + 1):
            self.moment = min(self.moment + timedelta(minutes=self.chance.randint(5, 3000)), NOW)
            after = ticket.with_fields(self._step(ticket))
            entries.append(self._entry(clock, ticket, after))
            ticket = after
        if ends:
            after = ticket.with_fields({"status": "closed", "resolution": "fixed"})
            entries.append(self._entry(len(entries) + 1, ticket, after))
            ticket = after
        return ticket, entries

    def _begin(self) -> Ticket:
        choose = self.chance.choice
        fields: dict[str, Value] = {name: each.empty for name, each in self.settings.fields.items()}
        fields |= {
            "id": new_ticket_id(self.settings.key, self.moment, self._characters),
            "created": format_time(self.moment),
            "created_by": self._person(),
            "channel": choose(self.settings.channels),
            "title": self.wording.title(),
            "type": choose(tuple(self.settings.types)),
            "status": "new",
            "priority": choose(self.settings.matrix.priorities),
            "queue": choose(self.settings.queues),
            "category": choose(self.settings.categories),
            "requester": f"customer{self.chance.randint(1, 300)}@example.org",
            "labels": tuple(sorted(self.chance.sample(_LABELS, self.chance.randint(0, 2)))),
        }
        return Ticket(fields, self.wording.description())

    def _step(self, ticket: Ticket) -> dict[str, Value]:
        """What changes with an entry; nothing where it is a comment."""
        kind = self.chance.random()
        if kind < 0.2:
            return {"assignee": self._person(), "status": "assigned"}
        if kind < 0.4:
            return {"status": "waiting" if ticket.status == "in-progress" else "in-progress"}
        if kind < 0.5:
            return {"labels": tuple(sorted({*ticket.items("labels"), self.chance.choice(_LABELS)}))}
        return {}

    def _entry(self, clock: int, before: Ticket, after: Ticket) -> Entry:
        changes = differences(before.fields, after.fields)
        says = not changes or self.chance.random() < 0.2
        timed = self.chance.random() < 0.1
        visibility = INTERNAL if self.chance.random() < 0.3 else PUBLIC
        return Entry(
            id=new_entry_id(self.moment, self._characters),
            at=self.moment,
            by=self._person(),
            clock=clock,
            visibility=visibility if says else "",
            changes=changes,
            minutes=self.chance.randint(5, 120) if timed else None,
            body=self.wording.comment() if says else "",
        )

    def _person(self) -> str:
        return f"{self.chance.choice(_HANDLES)}@example.com"

    def _characters(self, length: int) -> str:
        return "".join(self.chance.choices(ALPHABET, k=length))
