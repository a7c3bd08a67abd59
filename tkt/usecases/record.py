"""The one way to change a ticket: checks, then an entry, then the files, then Git."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tkt.domain.checks import BODY_LIMIT, missing_fields, save_problems
from tkt.domain.entry import (
    PUBLIC,
    Attachment,
    Change,
    Entry,
    Stamp,
    attachment_file,
    differences,
    next_clock,
)
from tkt.domain.fields import FieldType, hidden_characters
from tkt.domain.ids import new_entry_id, ticket_path
from tkt.domain.judging import Deed, deed_of, objections
from tkt.domain.replay import SETTLES, replay, unsettled
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import ConflictError, NotAllowedError, UsageError
from tkt.usecases.workspace import TRAILER, FileWrite, Note, Receipt, Workspace

Progress = Callable[[int, int], None]
"""Is told how many are done, and of how many."""

SUBJECT_LIMIT = 72
_MOMENTS = frozenset({FieldType.DATE, FieldType.DATETIME})
_NAMED = 50
"""A commit names so many tickets one by one."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be attached.

    Args:
        name: what the sender calls it.
        data: its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of one ticket.

    Args:
        before: as it is; None for a new one.
        after: as it should be.
        text: what is said with it, Markdown.
        visibility: of the text, `public` or `internal`.
        minutes: time spent.
        timer: `started` or `stopped`.
        files: to be attached.
        extra: further keys of the entry.
        settles: fields that people disagree about, and that have the right value in `after`.
        data: the ticket's file as a person wrote it; None lets the fields be written.
        base: what `data` is to take the place of.
        by_hand: whether `data` stands in the working tree already, and `base` in the last commit.
        beside: files of the ticket that go with it.
        stamp: id, moment and clock of the entry, where they do not follow from the command.
    """

    before: Ticket | None
    after: Ticket
    text: str = ""
    visibility: str = PUBLIC
    minutes: int | None = None
    timer: str = ""
    files: tuple[NewFile, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    settles: tuple[str, ...] = ()
    data: bytes | None = None
    base: bytes | None = None
    by_hand: bool = False
    beside: tuple[FileWrite, ...] = ()
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did.

    Args:
        tickets: as they are now.
        entries: what was written to each thread, by ticket; None where nothing was.
        writes: the files.
        note: what the commit says.
        receipt: what became of it; None when nothing changed, or it was only tried.
        notices: what else a person should know.
    """

    tickets: tuple[Ticket, ...]
    entries: tuple[Entry | None, ...]
    writes: tuple[FileWrite, ...]
    note: Note
    receipt: Receipt | None
    notices: tuple[str, ...] = ()


def record(
    ws: Workspace, edits: Sequence[Edit], subject: str, notices: Sequence[str] = (), key: str = ""
) -> Outcome:
    """Change tickets, all of them or none.

    Args:
        ws: the desk.
        edits: what is to become of each.
        subject: what is done, for the commit: `status: new -> assigned`.
        notices: what the caller wants said.
        key: the same for the same command typed again; "" for what the edits come to.

    Raises:
        AlreadyDoneError: a command that was cut off has done the same.
        UsageError: a ticket would not be as it must be.
        NotAllowedError: the workflow or somebody's role does not permit it.
        ConflictError: a ticket's file has changed meanwhile, or has edits that are not recorded.
    """
    for edit in edits:
        _require_sound(ws, edit)
    entry_id = new_entry_id(ws.now, ws.random_text)
    entries = [_entry(ws, edit, entry_id) for edit in edits]
    for edit, entry in zip(edits, entries, strict=True):
        _require_allowed(ws, edit, entry)
    said = [*notices, *(_mind_promises(ws, edits, entries) if ws.settings.sla.policies else ())]
    writes = tuple(
        write for edit, entry in zip(edits, entries, strict=True) for write in _writes(ws, edit, entry)
    )
    note = describe([edit.after for edit in edits], subject)._replace(key=key or key_of(ws, edits))
    receipt = ws.recorder.record(writes, note, ws.policy) if writes and not ws.dry_run else None
    after = tuple(edit.after for edit in edits)
    return Outcome(after, tuple(entries), writes, note, receipt, tuple(said))


def _mind_promises(ws: Workspace, edits: Sequence[Edit], entries: list[Entry | None]) -> list[str]:
    """Put verdicts into the entries that close tickets; what to say of clocks that run out by the others."""
    from tkt.usecases import promises  # start-up: many desks promise nothing

    judge = promises.judge_of(ws, ws.now)
    said: list[str] = []
    for place, (edit, plain) in enumerate(zip(edits, entries, strict=True)):
        if not promises.could_run_out(edit.before, edit.after, plain, ws.now):
            continue
        thread = ws.tickets.thread(edit.after.id)[0] if edit.before else []
        entry = promises.judged(judge, edit.after, thread, plain) if plain else None
        entries[place] = entry
        now = [*thread, entry] if entry else thread
        said += promises.run_out(judge, (edit.before, thread), (edit.after, now))
    return said


def key_of(ws: Workspace, edits: Sequence[Edit]) -> str:
    """What edits come to, whoever's they are, without what is another one each time: new ids and moments."""
    said = [
        (
            edit.before.id if edit.before else "",
            sorted((name, value) for name, value in edit.after.fields.items() if not _is_fresh(ws, name)),
            edit.after.body,
            edit.text,
            edit.visibility,
            edit.minutes,
            edit.timer,
            sorted(edit.extra.items()),
            [_attachment(file) for file in edit.files],
        )
        for edit in edits
    ]
    return digest((ws.actor.id, said))


def digest(said: object) -> str:
    """A key (`Note.key`) for what a command comes to."""
    from hashlib import sha256  # start-up: whoever only looks needs none

    return sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def _is_fresh(ws: Workspace, name: str) -> bool:
    field = ws.settings.fields.get(name)
    return name == "id" or (field is not None and field.type in _MOMENTS)


def _require_sound(ws: Workspace, edit: Edit) -> None:
    before = edit.before.fields if edit.before else {}
    changed = [name for name, value in edit.after.fields.items() if before.get(name) != value]
    problems = save_problems(edit.after, changed, ws.settings)
    missing = missing_fields(edit.after, ws.settings)
    if missing and (edit.before is None or {"type", *missing} & set(changed)):
        problems.append(f"a {edit.after.type} needs {', '.join(missing)}: --field {missing[0]}=...")
    if len(edit.text.encode()) > BODY_LIMIT:
        problems.append(f"the text has more than {BODY_LIMIT:,} bytes; attach it as a file")
    limit = ws.settings.attachment_limit
    problems += [
        f"{shown_name(file.name)} has {len(file.data):,} bytes; an attachment may have {limit:,}"
        for file in edit.files
        if len(file.data) > limit
    ]
    if problems:
        raise UsageError(f"{edit.after.id}: {'; '.join(problems)}" if edit.before else "; ".join(problems))


def _require_allowed(ws: Workspace, edit: Edit, entry: Entry | None) -> None:
    """See that the workflow and the actor's roles permit an edit."""
    if edit.before is None:
        deed = Deed(ws.actor.id, ws.now, None, edit.after)
    elif entry is None:
        return
    else:
        deed = deed_of(entry, edit.before, edit.after, lambda: ws.tickets.thread(edit.after.id)[0])
    found = objections(deed, ws.settings)
    if found:
        text = "; ".join(each.text for each in found)
        raise NotAllowedError(f"{edit.after.id}: {text}" if edit.before else text, found[0].hint)


def _entry(ws: Workspace, edit: Edit, entry_id: str) -> Entry | None:
    changes = differences(edit.before.fields, edit.after.fields) if edit.before else ()
    extra = dict(edit.extra)
    thread = ws.tickets.thread(edit.after.id)[0] if edit.before else []
    changes += _kept(edit, changes, thread, ws.settings)
    if edit.before and edit.before.body != edit.after.body:
        extra["edited"] = "description"
    if not (changes or extra or edit.text or edit.minutes is not None or edit.timer or edit.files):
        return None
    settled = unsettled(thread, (each.field for each in changes), ws.settings)
    if settled:
        extra[SETTLES] = ", ".join(settled)
    stamp = edit.stamp or Stamp(entry_id, ws.now, next_clock(thread))
    return Entry(
        id=stamp.id,
        at=stamp.at,
        by=ws.actor.id,
        clock=stamp.clock,
        # What comes with a new ticket is no message of its own: it answers nobody.
        visibility=edit.visibility if edit.before and (edit.text or edit.files) else "",
        changes=changes,
        minutes=edit.minutes,
        timer=edit.timer,
        attachments=tuple(map(_attachment, edit.files)),
        extra=extra,
        body=edit.text,
    )


def _kept(
    edit: Edit, changes: Sequence[Change], thread: Sequence[Entry], settings: Settings
) -> tuple[Change, ...]:
    """The changes that say of a field that it stays what it is, although people disagreed about it."""
    names = [name for name in edit.settles if all(each.field != name for each in changes)]
    if not names:
        return ()
    from tkt.domain.disputes import keeping  # start-up: few entries settle anything

    outcomes = replay(thread, settings)
    return tuple(keeping(edit.after.fields, name, outcomes) for name in names)


def _attachment(file: NewFile) -> Attachment:
    return Attachment(attachment_file(file.name, file.data), shown_name(file.name), len(file.data))


def shown_name(name: str) -> str:
    """A file's name as it is shown: the last part, without what cannot be seen, at most 100 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    hidden = set(hidden_characters(last))
    return "".join(each for each in last if each not in hidden).strip()[:100] or "file"


def _writes(ws: Workspace, edit: Edit, entry: Entry | None) -> list[FileWrite]:
    """The files of one edit; the entry before the ticket, so that a state never lacks its reason."""
    kept = (ws.tickets.encode_attachment(edit.after.id, file.name, file.data) for file in edit.files)
    writes = list({write.path: write for write in kept if write}.values())
    if entry:
        writes.append(ws.tickets.encode_entry(edit.after.id, entry))
    writes += edit.beside
    if edit.data is not None:
        if edit.data != edit.base:
            writes.append(FileWrite(ticket_path(edit.after.id), edit.data, edit.base, edit.by_hand))
    elif edit.before != edit.after:
        writes.append(ws.tickets.encode_ticket(edit.before, edit.after))
    return writes


def describe(tickets: Sequence[Ticket], subject: str) -> Note:
    """What a commit says: the ticket and what changed, one line whatever the title holds."""
    named = tickets[0].id if len(tickets) == 1 else f"{tickets[0].id} and {len(tickets) - 1:,} more"
    line = one_line(f"{named}: {subject}")
    return Note(line, tuple((TRAILER, ticket.id) for ticket in tickets[:_NAMED]))


def one_line(text: str) -> str:
    """A text as a commit's subject: nothing hidden, at most 72 characters."""
    seen = "".join(" " if each in hidden_characters(each) else each for each in text)
    line = " ".join(seen.split())
    return line if len(line) <= SUBJECT_LIMIT else f"{line[: SUBJECT_LIMIT - 3].rstrip()}..."


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket with its whole past, from somewhere else.

    Args:
        ticket: its state now.
        entries: its thread, with the times and authors it had there.
        files: what its entries' attachments hold.
    """

    ticket: Ticket
    entries: tuple[Entry, ...] = ()
    files: tuple[NewFile, ...] = ()


def record_stories(
    ws: Workspace,
    stories: Sequence[Story],
    describe_count: Callable[[int], Note],
    progress: Progress | None = None,
) -> Outcome:
    """Add tickets that have a past already, in one commit; those that are there are left alone.

    Args:
        ws: the desk.
        stories: tickets with their threads.
        describe_count: what the commit says of so many tickets.
        progress: told after each story how many are done, of how many.
    """
    known = set(ws.tickets.ids())
    fresh = [story for story in stories if story.ticket.id not in known]
    for story in stories:
        if story.ticket.id in known:
            _require_same(ws, story.ticket)
    writes: list[FileWrite] = []
    for done, story in enumerate(fresh, 1):
        writes += _story_writes(ws, story)
        if progress:
            progress(done, len(fresh))
    note = describe_count(len(fresh))._replace(key=digest([story.ticket.id for story in stories]))
    receipt = ws.recorder.record(writes, note, ws.policy) if writes and not ws.dry_run else None
    tickets = tuple(story.ticket for story in fresh)
    notices = (*_lacking(ws, tickets), *_late(ws, fresh))
    return Outcome(tickets, tuple(None for _ in fresh), tuple(writes), note, receipt, notices)


def _late(ws: Workspace, stories: Sequence[Story]) -> Iterable[str]:
    if not ws.settings.sla.policies:
        return ()
    from tkt.usecases import promises  # start-up: many desks promise nothing

    pairs = ((each.ticket, each.entries) for each in stories)
    return promises.late_already(promises.judge_of(ws, ws.now), pairs)


def _lacking(ws: Workspace, tickets: Sequence[Ticket]) -> tuple[str, ...]:
    """How many tickets lack each field that their types need: they come in all the same."""
    counts = Counter(name for each in tickets for name in missing_fields(each, ws.settings))
    return tuple(
        f"{name}, which their types need, is missing from {count:,} of them: tkt list --all no:{name}"
        for name, count in counts.items()
    )


def _require_same(ws: Workspace, ticket: Ticket) -> None:
    """See that a ticket that is here already is the same one, and not another with its id."""
    here = ws.tickets.load(ticket.id)
    if here.text("external_id") != ticket.text("external_id"):
        raise ConflictError(
            f"{ticket.id} would be {ticket.text('external_id')!r}, but is another ticket here: {here.title}",
            "Import into a repository of its own, or leave this one out of the file.",
        )


def _story_writes(ws: Workspace, story: Story) -> list[FileWrite]:
    entries: Iterable[Entry] = story.entries
    if ws.settings.sla.policies:
        from tkt.usecases import promises  # start-up: many desks promise nothing

        entries = promises.judged_thread(promises.judge_of(ws, ws.now), story.ticket, story.entries)
    kept = (ws.tickets.encode_attachment(story.ticket.id, file.name, file.data) for file in story.files)
    return [
        *{write.path: write for write in kept if write}.values(),
        *(ws.tickets.encode_entry(story.ticket.id, entry) for entry in entries),
        ws.tickets.encode_ticket(None, story.ticket),
    ]
