"""Whether a state of a ticket may follow another: nothing lost, nothing untold, nothing forbidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.closing import nonsense
from tkt.domain.entry import Entry
from tkt.domain.fields import FIXED, Value, format_time
from tkt.domain.ids import entry_time, thread_folder, ticket_path
from tkt.domain.judging import Deed, Objection, deed_of, objections
from tkt.domain.replay import after_entry, before_entries, disagreements, replay, told_by, worded
from tkt.domain.roles import Permission, is_one, may
from tkt.domain.settings import Settings
from tkt.domain.story import RULE, SLA_RULE
from tkt.domain.ticket import Ticket
from tkt.domain.tracing import Side, untold
from tkt.domain.violation import Violation

_FIXED = tuple(each.name for each in FIXED)
SKEW = timedelta(minutes=5)
"""So far may honest clocks be apart."""


class Snapshot(NamedTuple):
    """A ticket with its thread at some moment.

    Args:
        ticket: itself; None when it is not there.
        entries: by their ids.
        texts: the bytes of each entry, by its id.
    """

    ticket: Ticket | None = None
    entries: Mapping[str, Entry] = MappingProxyType({})
    texts: Mapping[str, bytes] = MappingProxyType({})


class Bench(NamedTuple):
    """What a change is held against.

    Args:
        settings: in force before it.
        latest: no time may be later than this, UTC.
        earliest: nothing new may be dated earlier, UTC; None for no limit.
        responsible: who answers for what is new, known for certain; "" where nobody knows.
        judges: whether steps and roles count; on the first day of a desk there are none yet.
    """

    settings: Settings
    latest: datetime
    earliest: datetime | None = None
    responsible: str = ""
    judges: bool = True

    @property
    def vouched(self) -> bool:
        """Whether whoever answers for it may bring in what others wrote."""
        return bool(self.responsible) and may(self.settings.people, self.responsible, Permission.VOUCH)


class _Succession(NamedTuple):
    """A ticket's becoming what it is.

    Args:
        ticket_id: which ticket.
        parents: as it was; several where branches were merged.
        now: as it is.
        bench: what it is held against.
    """

    ticket_id: str
    parents: Sequence[Snapshot]
    now: Snapshot
    bench: Bench

    @property
    def is_new(self) -> bool:
        """Whether the ticket was not there."""
        return all(parent.ticket is None for parent in self.parents)

    def fresh(self, *parents: Snapshot) -> list[Entry]:
        """The entries that none of some parents has, in order."""
        known = {entry_id for parent in parents for entry_id in parent.entries}
        new = (entry for entry in self.now.entries.values() if entry.id not in known)
        return sorted(new, key=lambda entry: entry.order)

    def at_ticket(self, rule: str, text: str, hint: str, name: str = "") -> Violation:
        """A violation in the ticket's file."""
        return Violation(rule, text, hint, ticket_path(self.ticket_id), ticket=self.ticket_id, field=name)

    def at_entry(self, rule: str, text: str, hint: str, entry_id: str) -> Violation:
        """A violation in an entry's file."""
        path = f"{thread_folder(self.ticket_id)}/{entry_id}.md"
        return Violation(rule, text, hint, path, ticket=self.ticket_id)


def violations(ticket_id: str, parents: Sequence[Snapshot], now: Snapshot, bench: Bench) -> list[Violation]:
    """What speaks against a ticket's becoming what it is.

    Args:
        ticket_id: which ticket.
        parents: as it was; several where branches were merged, none or empty ones where it is new.
        now: as it is.
        bench: what it is held against.
    """
    case = _Succession(ticket_id, parents or (Snapshot(),), now, bench)
    found = [each for parent in case.parents for each in _lost(case, parent)]
    if now.ticket is None:
        return list(dict.fromkeys(found))
    found += _slipped_in(case, now.ticket)
    fresh = case.fresh(*case.parents)
    found += _untimely(case, now.ticket, fresh)
    found += _foreign(case, now.ticket, fresh)
    found += _misjudged(case, fresh)
    if bench.judges and not (case.is_new and bench.vouched):
        found += _forbidden(case, now.ticket, fresh)
    return list(dict.fromkeys(found))


def _lost(case: _Succession, parent: Snapshot) -> Iterator[Violation]:
    if parent.ticket is not None and case.now.ticket is None:
        hint = "Put it back, and close it instead; tickets are never removed, renamed or moved."
        yield case.at_ticket("ticket-removed", "the ticket has been removed", hint)
        return
    for entry_id, was in parent.texts.items():
        if entry_id not in case.now.texts:
            hint = "Put it back; what was said stays said."
            yield case.at_entry("entry-removed", "the entry has been removed", hint, entry_id)
        elif case.now.texts[entry_id] != was:
            hint = "Put it back; tkt comment says more."
            yield case.at_entry("entry-changed", "the entry has been changed", hint, entry_id)


def _slipped_in(case: _Succession, after: Ticket) -> Iterator[Violation]:
    """What changed without an entry that says so."""
    hint = f"tkt record {case.ticket_id} writes the entry; git restore takes the edit back."
    thread = tuple(case.now.entries.values())
    known = [parent for parent in case.parents if parent.ticket is not None]
    if not known:
        for name, said, _ in disagreements(after.fields, replay(thread, case.bench.settings)):
            text = f"{name} is {_shown(after.fields.get(name, ''))}, but its thread says {said}"
            back = f"{hint} Once it is committed: write what the thread says, and tkt record."
            yield case.at_ticket("state", text, back, name)
    sides = [Side(each.ticket.fields, frozenset(each.entries)) for each in known if each.ticket]
    told = {change.field for entry in thread for change in entry.changes}
    for (name, item), allowed in untold(sides, after.fields, thread, case.bench.settings):
        if name in _FIXED:
            continue
        said = f"{'its thread says' if name in told else 'it was'} {worded(item, allowed[-1])}"
        text = f"{name} is {_shown(after.fields.get(name, ''))}, but {said}"
        yield case.at_ticket("state", text, hint, name)
    for parent in known:
        yield from _changed_for_good(case, parent, after, hint)


def _changed_for_good(case: _Succession, parent: Snapshot, after: Ticket, hint: str) -> Iterator[Violation]:
    """What is never changed, or not without a word."""
    before = parent.ticket
    if before is None:
        return
    for name in _FIXED:
        if before.text(name) != after.text(name):
            text = f"{name} is set when a ticket is created, and stays {before.text(name) or 'empty'}"
            yield case.at_ticket("state", text, "Put it back.", name)
    fresh = case.fresh(parent)
    if before.body.strip() != after.body.strip() and not any(map(_describes, fresh)):
        yield case.at_ticket("state", "the description has changed, and no entry says so", hint)
    yield from _unfounded(case, parent, before, fresh)


def _describes(entry: Entry) -> bool:
    return "description" in entry.extra.get("edited", "")


def _unfounded(
    case: _Succession, parent: Snapshot, before: Ticket, fresh: Sequence[Entry]
) -> Iterator[Violation]:
    """Entries that begin with a value that the field never had."""
    told = told_by(case.now.entries.values())
    for entry in fresh:
        for change in entry.changes:
            if change.is_list:
                continue
            steps = told[change.field, ""]
            earlier = [each for each in steps if each.entry.order < entry.order]
            values = {each.new for each in earlier} | {each.old for each in earlier}
            # An entry of the other side may follow in their order, and began with a value that was there.
            values |= {each.old for each in steps if each.entry.id in parent.entries}
            if not any(each.entry.id in parent.entries for each in earlier):
                values.add(before.text(change.field))
            if change.old not in values:
                text = f"it says that {change.field} was {change.old or 'nothing'}, which it was not"
                hint = "Run the command again on the ticket as it is."
                yield case.at_entry("state", text, hint, entry.id)


def _shown(value: Value) -> str:
    return (", ".join(value) if isinstance(value, tuple) else value) or "nothing"


def _untimely(case: _Succession, ticket: Ticket, fresh: Sequence[Entry]) -> Iterator[Violation]:
    bench = case.bench
    hint = "Set the clock, and run the command again."
    if case.is_new and ticket.created > bench.latest:
        text = f"it was created in the future: {format_time(ticket.created)}"
        yield case.at_ticket("time-future", text, hint, "created")
    elif case.is_new and bench.earliest and ticket.created < bench.earliest and not bench.vouched:
        text = f"it is said to be created {format_time(ticket.created)}, earlier than it can have been"
        hint_back = f"Nothing new may be earlier than {format_time(bench.earliest)}."
        yield case.at_ticket("time-backdated", text, hint_back, "created")
    for entry in fresh:
        if entry.at > bench.latest:
            text = f"the entry is from the future: {format_time(entry.at)}"
            yield case.at_entry("time-future", text, hint, entry.id)
        elif bench.earliest and entry.at < bench.earliest and not bench.vouched:
            text = f"the entry is dated {format_time(entry.at)}, earlier than it can have been made"
            hint_back = f"Nothing new may be earlier than {format_time(bench.earliest)}."
            yield case.at_entry("time-backdated", text, hint_back, entry.id)
        elif entry.at < ticket.created - SKEW:
            text = f"the entry is dated {format_time(entry.at)}, before its ticket was created"
            yield case.at_entry("time-order", text, hint, entry.id)
        else:
            yield from _out_of_order(case, entry, hint)


def _out_of_order(case: _Succession, entry: Entry, hint: str) -> Iterator[Violation]:
    """An entry cannot be much older than those whose clocks say that it follows them."""
    if abs(entry_time(entry.id) - entry.at) > SKEW:
        text = f"the entry's id is from another time than {format_time(entry.at)}"
        yield case.at_entry("time-order", text, hint, entry.id)
    # Its author knew one of those with the clock before; of others they may not have known.
    followed = [each.at for each in case.now.entries.values() if each.clock == entry.clock - 1]
    if followed and entry.at < min(followed) - SKEW:
        text = f"the entry is dated {format_time(entry.at)}, but follows one of {format_time(min(followed))}"
        yield case.at_entry("time-order", text, hint, entry.id)


def _misjudged(case: _Succession, fresh: Sequence[Entry]) -> Iterator[Violation]:
    """Verdicts on clocks that cannot be."""
    for entry in fresh:
        for text in nonsense(entry, case.bench.settings.workflow):
            yield case.at_entry("verdict", text, "Somebody wrote it by hand.", entry.id)


def _foreign(case: _Succession, ticket: Ticket, fresh: Sequence[Entry]) -> Iterator[Violation]:
    """What names an author who is not the one who answers for it."""
    bench = case.bench
    if not bench.responsible or bench.vouched:
        return
    people = bench.settings.people
    hint = f"{bench.responsible} answers for it, and may not bring in what others wrote."
    if case.is_new and not is_one(people, bench.responsible, ticket.text("created_by")):
        text = f"it is said to be created by {ticket.text('created_by') or 'nobody'}"
        yield case.at_ticket("author", text, hint, "created_by")
    for entry in fresh:
        if not is_one(people, bench.responsible, entry.by):
            yield case.at_entry("author", f"the entry is said to be written by {entry.by}", hint, entry.id)
        elif entry.extra.get(RULE) == SLA_RULE and not is_one(people, bench.settings.sla.bot, entry.by):
            bot = bench.settings.sla.bot
            yield case.at_entry(
                "author", f"a level is reached by {bot}, not by {entry.by}", "tkt tick.", entry.id
            )


def _forbidden(case: _Succession, ticket: Ticket, fresh: Sequence[Entry]) -> Iterator[Violation]:
    """What the workflow and roles say to each new entry, in the order in which they happened."""
    settings = case.bench.settings
    before = next((parent.ticket for parent in case.parents if parent.ticket is not None), None)
    state = before or before_entries(ticket, fresh)
    if before is None:
        deed = Deed(ticket.text("created_by"), ticket.created, None, state)
        for each in objections(deed, settings):
            yield case.at_ticket(each.rule, each.text, each.hint, each.field)
    thread = [entry for entry in case.now.entries.values() if entry not in fresh]
    stood = {each.ticket.status for each in case.parents if each.ticket} or {state.status}
    for entry in fresh:
        after = after_entry(state, entry)
        deed = deed_of(entry, state, after, lambda: tuple(thread))
        if before is None:  # the order of entries does not tell which of several values the ticket had
            deed = replace(deed, changes=tuple(each for each in deed.changes if not each.is_kept))
        for each in objections(deed, settings):
            yield _said(case, each, entry)
        if ticket.status not in stood:
            yield from _unaware(case, state, entry, stood)
        thread.append(entry)
        state = after
        stood = {*stood, after.status}


def _unaware(case: _Succession, state: Ticket, entry: Entry, stood: set[str]) -> Iterator[Violation]:
    """A step from where the ticket no longer was: only a merge shows that somebody did not know of that.

    What it comes to must be a step that the workflow has, from one of the statuses that the ticket had.
    """
    moved = next((each for each in entry.changes if each.field == "status"), None)
    if moved is None or str(moved.old) in stood:
        return
    workflow = case.bench.settings.workflow
    target = str(moved.new)
    if not any(target in workflow.next(state.type, each) for each in stood):
        text, _ = workflow.no_step(state.type, state.status, target)
        hint = f"It begins at {moved.old}, without knowing better: bring it in by a merge, not by a rebase."
        yield case.at_entry("transition", text, hint, entry.id)


def _said(case: _Succession, objection: Objection, entry: Entry) -> Violation:
    return case.at_entry(objection.rule, objection.text, objection.hint, entry.id)
