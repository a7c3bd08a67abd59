"""One case becomes two, or two become one."""

from __future__ import annotations

from collections.abc import Sequence

from tkt.domain.entry import INTERNAL, Entry
from tkt.domain.fields import Value, clean_text, clean_title, format_time
from tkt.domain.story import MERGES
from tkt.domain.ticket import MERGED_INTO, PARENT, Link, Ticket
from tkt.errors import NotFoundError, UsageError
from tkt.usecases.change import with_link
from tkt.usecases.create import free_id
from tkt.usecases.record import Edit, Outcome, record
from tkt.usecases.workspace import Workspace

_INHERITED = (
    "type",
    "priority",
    "impact",
    "urgency",
    "queue",
    "category",
    "requester",
    "labels",
    "watchers",
)

_DUPLICATE = "duplicate"


def split(ws: Workspace, ticket_id: str, title: str, text: str = "", entries: Sequence[str] = ()) -> Outcome:
    """Make a child ticket of a part of the case.

    The child has the parent's type, priority, queue, category, requester, labels and the project's own
    fields; its description is the text, then the entries that go with it, quoted with who said them.

    Args:
        ws: the desk.
        ticket_id: the case.
        title: the child's.
        text: the child's description.
        entries: ids, or their beginnings, of entries that belong to the part.

    Raises:
        NotFoundError: an entry does not exist.
    """
    parent = ws.tickets.load(ticket_id)
    if ws.settings.workflow.is_done(parent.status):
        raise UsageError(
            f"{ticket_id} is {parent.status}; only an open case is split",
            f"tkt transition {ticket_id}",
        )
    taken = _entries(ws, ticket_id, entries)
    custom = [field.name for field in ws.settings.custom]
    child = Ticket(
        {
            **{name: field.empty for name, field in ws.settings.fields.items()},
            **{name: parent.fields[name] for name in (*_INHERITED, *custom) if name in parent.fields},
            "id": free_id(ws),
            "created": format_time(ws.now),
            "created_by": ws.actor.id,
            "channel": parent.text("channel"),
            "title": clean_title(title),
            "status": ws.settings.workflow.flow(parent.type).initial,
            PARENT: parent.id,
        },
        _description(text, parent, taken),
    )
    edits = [Edit(None, child), Edit(parent, parent, extra={"split": child.id})]
    return record(ws, edits, f"split from {parent.id}: {child.title}")


def _entries(ws: Workspace, ticket_id: str, wanted: Sequence[str]) -> list[Entry]:
    thread = ws.tickets.thread(ticket_id)[0]
    found = []
    for word in wanted:
        matching = [each for each in thread if each.id.startswith(word) or each.id.endswith(f"-{word}")]
        if len(matching) != 1:
            known = ", ".join(each.id.rpartition("-")[2] for each in thread if each.body)
            raise NotFoundError(
                f"{ticket_id} has {'no' if not matching else 'more than one'} entry {word!r}",
                f"Its entries with a text: {known or 'none'}.",
            )
        found.append(matching[0])
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.order)


def _description(text: str, parent: Ticket, taken: Sequence[Entry]) -> str:
    parts = [clean_text(text)] if text.strip() else []
    for entry in taken:
        quoted = "".join(f"> {line}".rstrip() + "\n" for line in entry.body.splitlines())
        parts.append(f"{entry.by} wrote in {parent.id} on {entry.at:%Y-%m-%d %H:%M} UTC:\n\n{quoted}")
    return "\n".join(parts)


def merge(ws: Workspace, survivor_id: str, others: Sequence[str], text: str = "") -> Outcome:
    """Make one case of several: the others point to the survivor and end; it shows all threads.

    Nothing is copied, so that what is still written to one of the others shows up as well.

    Args:
        ws: the desk.
        survivor_id: the ticket that goes on.
        others: the tickets that end.
        text: a comment for the survivor.

    Raises:
        UsageError: a ticket would be merged into itself, or is merged already.
    """
    survivor = ws.tickets.load(survivor_id)
    if survivor.merged_into:
        raise UsageError(
            f"{survivor_id} is merged into {survivor.merged_into} itself",
            f"Merge into {survivor.merged_into}.",
        )
    merged = [_merged(ws, survivor, ws.tickets.load(each)) for each in others]
    labels = {*survivor.items("labels")}.union(*(each.after.items("labels") for each in merged))
    watchers = {*survivor.items("watchers")}.union(*(each.after.items("watchers") for each in merged))
    joined: dict[str, Value] = {
        "labels": tuple(sorted(labels)),
        "watchers": tuple(sorted(watchers)),
    }
    if survivor.text(PARENT) in {each.after.id for each in merged}:
        joined[PARENT] = ""
    taken = ", ".join(each.after.id for each in merged)
    said = clean_text(text) or f"Merged {taken} into this.\n"
    kept = Edit(survivor, survivor.with_fields(joined), text=said, visibility=INTERNAL, extra={MERGES: taken})
    return record(ws, [kept, *merged], f"merge {taken}")


def _merged(ws: Workspace, survivor: Ticket, before: Ticket) -> Edit:
    if before.id == survivor.id:
        raise UsageError(f"{before.id} cannot be merged into itself")
    if before.merged_into:
        raise UsageError(f"{before.id} is merged into {before.merged_into} already")
    workflow = ws.settings.workflow
    after = with_link(before, Link(MERGED_INTO, survivor.id))
    changed: dict[str, Value] = {}
    if not workflow.is_done(before.status):
        changed["status"] = workflow.closing_status(before.type, before.status)
    if not before.text("resolution") and _DUPLICATE in (ws.settings.resolutions or (_DUPLICATE,)):
        changed["resolution"] = _DUPLICATE
    said = f"Merged into {survivor.id}.\n"
    return Edit(before, after.with_fields(changed), text=said, visibility=INTERNAL)
