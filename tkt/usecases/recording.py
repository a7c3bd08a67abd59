"""Hand edits of tickets' files, recorded: each gets the entry that it lacks, and goes into Git with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from tkt.domain.entry import Entry
from tkt.domain.fields import clean_text, clean_title
from tkt.domain.ids import is_entry, ticket_of, ticket_path
from tkt.domain.replay import disagreements, items_of, part, replay
from tkt.domain.settings import CommitPolicy, Settings
from tkt.domain.standing import DESCRIPTION, plainly_spelt
from tkt.domain.succession import SKEW, Bench, Snapshot, violations
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, NotAllowedError, NotFoundError, TktError
from tkt.usecases.change import summary
from tkt.usecases.check import Checked
from tkt.usecases.edit import require_editable
from tkt.usecases.record import Edit, Outcome, record
from tkt.usecases.workspace import FileWrite, Note, Tickets, Workspace


class Recordable(NamedTuple):
    """What hand edits come to.

    Args:
        edits: those that can be recorded.
        refused: why others cannot.
        same: the tickets that were named and have nothing to record.
    """

    edits: tuple[Edit, ...]
    refused: tuple[TktError, ...] = ()
    same: tuple[str, ...] = ()


def record_by_hand(ws: Workspace, committed: Tickets, ids: Sequence[str] = (), text: str = "") -> Outcome:
    """Record what people have written into tickets' files; all of it, or nothing.

    Args:
        ws: the desk.
        committed: its tickets in the last commit.
        ids: whose; none for every ticket that differs from the last commit.
        text: a comment.

    Raises:
        InvalidStoreError: a file cannot be understood.
        UsageError: a value is not allowed, or something was changed that stays.
        NotAllowedError: the workflow or somebody's role does not permit it.
    """
    if not ws.dry_run:
        ws.recorder.resume()
    found = hand_edits(ws, committed, ids)
    if found.refused:
        raise found.refused[0]
    return record_edits(ws, [replace(each, text=clean_text(text)) for each in found.edits], found.same)


def record_edits(ws: Workspace, edits: Sequence[Edit], same: Sequence[str] = ()) -> Outcome:
    """Record hand edits that were found; nothing where there are none."""
    said = [f"{each} has nothing to record" for each in same]
    if not edits:
        return Outcome((), (), (), Note(""), None, tuple(said))
    return record(ws, edits, _subject(edits[0]), said)


def _subject(edit: Edit) -> str:
    if edit.before is None:
        return f"create: {edit.after.title}"
    if edit.before == edit.after and edit.beside:
        return "put back what a commit left out"
    if edit.before.fields != edit.after.fields:
        return summary(edit)
    return f"edit the {'file' if edit.before.body == edit.after.body else 'description'}"


def mend(ws: Workspace, committed: Tickets, ids: Sequence[str], misspelt: Sequence[str]) -> Outcome:
    """Mend what can be mended without asking anybody: missing entries, and how files are spelt.

    Args:
        ws: the desk.
        committed: its tickets in the last commit.
        ids: the tickets that may lack an entry.
        misspelt: those whose files may have a byte-order mark or lines that end with CRLF.
    """
    found = hand_edits(ws, committed, ids) if ids else Recordable(())
    edits, refused = [], [str(each) for each in found.refused]
    for edit in (*found.edits, *_respelt(ws, set(misspelt) - {each.after.id for each in found.edits})):
        try:
            record_edits(replace(ws, dry_run=True), [edit])
            edits.append(edit)
        except TktError as error:
            refused.append(error.message)
    done = record_edits(ws, edits)
    return replace(done, notices=(*done.notices, *(f"not mended: {each}" for each in refused)))


def waiting(ws: Workspace, checked: Checked) -> list[str]:
    """Of the tickets that were looked over, those that may lack an entry."""
    differing = {ticket_of(each) for each in ws.history.uncommitted()}
    told = {each.ticket for each in checked.findings if each.rule == "state"}
    return [each for each in checked.tickets if each in differing | told and _is_here(ws, each)]


def _is_here(ws: Workspace, ticket_id: str) -> bool:
    """Whether a ticket's file is there; the ids of all leave out what the disk does not let one see."""
    try:
        ws.tickets.whole(ticket_id)
    except NotFoundError:
        return False
    except InvalidStoreError:  # whoever looks into it says so
        return True
    return True


def _respelt(ws: Workspace, ids: Iterable[str]) -> Iterator[Edit]:
    for ticket_id in sorted(ids):
        base = ws.tickets.whole(ticket_id)
        data = plainly_spelt(base)
        ticket = ws.tickets.decode(ticket_id, base)
        if data != base and ws.tickets.decode(ticket_id, data) == ticket:
            yield Edit(ticket, ticket, data=data, base=base)


def hand_edits(ws: Workspace, committed: Tickets, ids: Sequence[str] = ()) -> Recordable:
    """The hand edits that no entry tells of yet.

    Args:
        ws: the desk.
        committed: its tickets in the last commit.
        ids: whose; none for every ticket that differs from the last commit.
    """
    differing = ws.history.uncommitted()
    changed = {ticket_of(each) for each in differing} - {""}
    chosen = ids or sorted(each for each in changed if _is_here(ws, each))
    known = set(committed.ids())
    edits, refused, same = [], [], []
    for ticket_id in chosen:
        try:
            edit = _edit(ws, committed if ticket_id in known else None, ticket_id, differing)
        except TktError as error:
            refused.append(error)
            continue
        if edit:
            edits.append(edit)
        elif ids:
            same.append(ticket_id)
    return Recordable(tuple(edits), tuple(refused), tuple(same))


def _edit(ws: Workspace, committed: Tickets | None, ticket_id: str, differing: Sequence[str]) -> Edit | None:
    """What was done to one ticket by hand; None for nothing.

    Raises:
        TktError: it cannot be recorded.
    """
    data = ws.tickets.whole(ticket_id)
    after = ws.tickets.decode(ticket_id, data)
    thread, problems = ws.tickets.thread(ticket_id)
    if problems:
        raise InvalidStoreError(tuple(problems))
    now = _snapshot(after, thread)
    beside = _beside(ws, ticket_id, differing)
    if committed is None:
        return _new(ws, now, Edit(None, after, data=data, by_hand=True, beside=beside))
    base = committed.whole(ticket_id)
    at_head = _snapshot(committed.load(ticket_id), committed.thread(ticket_id)[0])
    _require_allowed(ws, [at_head], now)
    before = _as_told(at_head, now, ws.settings)
    gone = {name: value for name, value in before.fields.items() if name not in after.fields}
    after = after.with_fields({name: () if isinstance(gone[name], tuple) else "" for name in gone})
    changed = [name for name in after.fields if (before.fields.get(name) or "") != (after.fields[name] or "")]
    if not changed and before.body == after.body:
        paths = [each.path for each in beside if is_entry(each.path)]
        if plainly_spelt(data) != plainly_spelt(base):
            paths.append(ticket_path(ticket_id))
        left = _are_left(ws, paths)
        return Edit(after, after, data=data, base=base, by_hand=True, beside=beside) if left else None
    for name in changed:
        require_editable(ws, name, before, after)
    return Edit(before, after, data=data, base=base, by_hand=True, beside=beside)


def _are_left(ws: Workspace, paths: Sequence[str]) -> bool:
    """Whether any files are neither in the last commit nor staged, where tkt itself would have put them.

    A `git commit` that has read the index before tkt wrote to it takes entries out of the branch again; and
    somebody may have written into a file what its thread says anyway, or only a line that is no field.
    """
    if not paths or ws.policy not in {CommitPolicy.AUTO, CommitPolicy.AMEND}:
        return False
    return not set(paths).isdisjoint(ws.history.unstaged())


def _new(ws: Workspace, now: Snapshot, edit: Edit) -> Edit | None:
    """A ticket that was written by hand; one that is in the index already has been taken care of."""
    path = ticket_path(edit.after.id)
    if ws.policy is CommitPolicy.OFF or path not in ws.history.unstaged():
        return None
    clean_title(edit.after.title)
    _require_allowed(ws, [], now)
    return edit


def _snapshot(ticket: Ticket, thread: Sequence[Entry]) -> Snapshot:
    return Snapshot(
        ticket, {entry.id: entry for entry in thread}, {entry.id: repr(entry).encode() for entry in thread}
    )


def _require_allowed(ws: Workspace, parents: Sequence[Snapshot], now: Snapshot) -> None:
    """See that nothing was lost or forged; that the ticket's changes lack an entry is what is to be mended.

    Raises:
        NotAllowedError: something was.
    """
    ticket_id = now.ticket.id if now.ticket else ""
    bench = Bench(ws.settings, ws.now + SKEW, responsible=ws.actor.id)
    for each in violations(ticket_id, parents, now, bench):
        if each.rule != "state" or each.path != ticket_path(ticket_id):
            raise NotAllowedError(f"{ticket_id}: {each.text}", each.hint)


def _as_told(at_head: Snapshot, now: Snapshot, settings: Settings) -> Ticket:
    """A ticket as the last commit and its thread say; where people disagree, what was chosen before holds."""
    before, after = at_head.ticket or Ticket({}), now.ticket or Ticket({})
    outcomes = replay(now.entries.values(), settings)
    chosen = {each.field for each in disagreements(after.fields, outcomes) if not each.certain}
    fields = dict(before.fields)
    for key, outcome in outcomes.items():
        name, item = key
        is_kept = name in chosen and part(after.fields, key) == part(before.fields, key)
        if is_kept or part(fields, key) == outcome.value:
            continue
        items = {*items_of(fields, name)} - {item}
        fields[name] = tuple(sorted(items | ({item} if outcome.value else set()))) if item else outcome.value
    fresh = (entry for entry in now.entries.values() if entry.id not in at_head.entries)
    told = any(DESCRIPTION in entry.extra.get("edited", "") for entry in fresh)
    return Ticket(fields, after.body if told else before.body)


def _beside(ws: Workspace, ticket_id: str, differing: Sequence[str]) -> tuple[FileWrite, ...]:
    """The files of a ticket's folder that are in no commit yet."""
    found = []
    for path in differing:
        mine = ticket_of(path) == ticket_id and path != ticket_path(ticket_id)
        if mine and ws.history.blob_at_head(path) is None:
            with suppress(FileNotFoundError):
                found.append(FileWrite(path, ws.files.read(path), by_hand=True))
    return tuple(found)
