"""What happens to tickets all day: fields set, people assigned, labels and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tkt.domain.conditions import Among, Not
from tkt.domain.entry import differences
from tkt.domain.fields import clean_line, clean_text
from tkt.domain.routing import choose_agent
from tkt.domain.ticket import PARENT, Link, Ticket, link_between
from tkt.domain.workflow import Category
from tkt.errors import NotFoundError, TktError, UsageError
from tkt.usecases.record import Edit, Outcome, key_of, record
from tkt.usecases.typed import person_value, typed_value
from tkt.usecases.workspace import Note, Workspace

_NOTHING = Note("")


def set_fields(ws: Workspace, ids: Sequence[str], typed: Mapping[str, str], text: str = "") -> Outcome:
    """Set fields of tickets.

    Args:
        ws: the desk.
        ids: which.
        typed: values by field, as a person types them; an empty one unsets the field.
        text: the reason or a comment.

    Raises:
        UsageError: a field or value is not allowed, or a priority is overridden without a reason.
        NotFoundError: nobody is called that, or there is no such ticket.
    """
    edits, notices = [], []
    for ticket_id in ids:
        before = ws.tickets.load(ticket_id)
        with naming(ticket_id if len(ids) > 1 else ""):
            after, said = with_typed(ws, before, typed, text)
        notices += said
        edits.append(Edit(before, after, text=clean_text(text)))
    return record_changes(ws, edits, notices)


def with_typed(
    ws: Workspace, before: Ticket, typed: Mapping[str, str], reason: str
) -> tuple[Ticket, list[str]]:
    """A ticket with the values that a person typed and what follows from them, and what to say about it.

    Args:
        ws: the desk.
        before: the ticket as it is.
        typed: values by field, as for `set_fields`.
        reason: why.

    Raises:
        UsageError: a field or value is not allowed, or a priority is overridden without a reason.
        NotFoundError: nobody is called that, or there is no such ticket.
    """
    after = before.with_fields({name: typed_value(ws, name, value) for name, value in typed.items()})
    if PARENT in typed:
        require_no_circle(ws, after.id, after.text(PARENT))
    if "assignee" in typed:
        after = _taken_up(ws, after)
    if not {"priority", "impact", "urgency"} & typed.keys():
        return after, []
    priority, said = follow_matrix(ws, before, after, reason, explicit=bool(typed.get("priority")))
    return after.with_fields({"priority": priority}), said


@contextmanager
def naming(ticket_id: str) -> Iterator[None]:
    """Say of which ticket an error speaks, where it could be any of several; "" where it could not."""
    try:
        yield
    except TktError as error:
        if ticket_id:
            error.message = f"{ticket_id}: {error.message}"
        raise


def record_changes(
    ws: Workspace, edits: Sequence[Edit], notices: Sequence[str] = (), subject: str = "", key: str = ""
) -> Outcome:
    """Record edits, leaving out those that would change nothing; see `record`."""
    real = [
        each
        for each in edits
        if each.before != each.after or each.text or each.extra or each.files or each.settles
    ]
    same = [each.after.id for each in edits if each not in real]
    said = [*notices, *(f"{each} is so already" for each in same)]
    if not real:
        unchanged = tuple(each.after for each in edits)
        return Outcome(unchanged, tuple(None for _ in unchanged), (), _NOTHING, None, tuple(said))
    # Of all of them: one that was cut off may have put some files in place and others not.
    return record(ws, real, subject or summary(real[0]), said, key or key_of(ws, edits))


def summary(edit: Edit) -> str:
    """What an edit does, in a line: `status: new -> assigned, labels: +vip`."""
    before = edit.before.fields if edit.before else {}
    return ", ".join(map(str, differences(before, edit.after.fields))) or "comment"


def follow_matrix(
    ws: Workspace, before: Ticket | None, after: Ticket, reason: str, *, explicit: bool
) -> tuple[str, list[str]]:
    """The priority that goes with a ticket's impact and urgency, and what to say about it.

    Args:
        ws: the desk.
        before: the ticket as it was; None for a new one.
        after: as it is to be.
        reason: why the priority is another one than the matrix gives.
        explicit: whether a person named the priority.

    Raises:
        UsageError: the priority is overridden without a reason.
    """
    matrix = ws.settings.matrix
    said = matrix.priority(after.text("impact"), after.text("urgency"))
    if explicit:
        if said and after.priority != said and not reason.strip():
            levels = f"impact {after.text('impact')} and urgency {after.text('urgency')}"
            raise UsageError(
                f"{levels} give {said}, not {after.priority}",
                'Say why: -m "..."' if before else 'Say why: --reason "..."',
            )
        return after.priority, []
    was = (before.text("impact"), before.text("urgency")) if before else ("", "")
    current = before.priority if before and after.priority else ""
    priority = matrix.follow(after.text("impact"), after.text("urgency"), current, was)
    if said and priority != said:
        return priority, [
            f"{after.id} keeps priority {priority}, which somebody set; the matrix gives {said}"
        ]
    return priority, []


def assign(ws: Workspace, ids: Sequence[str], who: str, text: str = "") -> Outcome:
    """Give tickets to somebody.

    Args:
        ws: the desk.
        ids: which.
        who: a handle, address, name, team or `me`; "" for nobody.
        text: a comment.

    Raises:
        NotFoundError: nobody is called that.
    """
    person = person_value(ws, "assignee", who) if who else ""
    edits = [_assigned(ws, ws.tickets.load(each), person, text) for each in ids]
    return record_changes(ws, edits)


def assign_automatically(ws: Workspace, ids: Sequence[str], text: str = "") -> Outcome:
    """Give each ticket to the agent with the skill and the room for it.

    Raises:
        NotFoundError: for one of them, nobody has.
    """
    still_open = Not(Among("status", ws.settings.workflow.done, exact=True))
    load = Counter(each.assignee for each in ws.catalogue.select(still_open, ("assignee",)).tickets)
    edits = []
    for ticket_id in ids:
        ticket = ws.tickets.load(ticket_id)
        agent = choose_agent(ticket, ws.settings.people, load, ws.now)
        if agent is None:
            raise NotFoundError(
                f"nobody has room for {ticket_id}",
                "Look at agents, capacity and away in .tkt/people.yaml.",
            )
        load[agent.email] += 1
        edits.append(_assigned(ws, ticket, agent.email, text))
    return record_changes(ws, edits)


def _assigned(ws: Workspace, before: Ticket, person: str, text: str) -> Edit:
    return Edit(before, _taken_up(ws, before.with_fields({"assignee": person})), text=clean_text(text))


def _taken_up(ws: Workspace, ticket: Ticket) -> Ticket:
    """A ticket that somebody just got: if it was new, it no longer is."""
    workflow = ws.settings.workflow
    target = workflow.on_assign
    is_new = workflow.category(ticket.status) is Category.NEW
    if ticket.assignee and is_new and target in workflow.next(ticket.type, ticket.status):
        return ticket.with_fields({"status": target})
    return ticket


def change_labels(ws: Workspace, ids: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> Outcome:
    """Put labels on tickets and take labels off.

    Raises:
        UsageError: a label has several lines or hidden characters.
    """
    return _change_items(ws, ids, "labels", _labels(add), _labels(remove))


def _labels(words: Sequence[str]) -> list[str]:
    found = [clean_line(part, "a label", 60) for word in words for part in word.split(",")]
    return [each for each in found if each]


def watch(ws: Workspace, ids: Sequence[str], who: Sequence[str], *, stop: bool = False) -> Outcome:
    """Have people told of what happens to tickets, or no longer.

    Raises:
        NotFoundError: nobody is called that.
    """
    people = [person_value(ws, "assignee", each) for each in who] or [ws.actor.id]
    return _change_items(ws, ids, "watchers", [] if stop else people, people if stop else [])


def _change_items(
    ws: Workspace, ids: Sequence[str], name: str, add: Sequence[str], remove: Sequence[str]
) -> Outcome:
    edits = []
    for ticket_id in ids:
        before = ws.tickets.load(ticket_id)
        items = (set(before.items(name)) - set(remove)) | set(add)
        edits.append(Edit(before, before.with_fields({name: tuple(sorted(items))})))
    return record_changes(ws, edits)


def link(ws: Workspace, first: str, word: str, seconds: Sequence[str], *, remove: bool = False) -> Outcome:
    """Link a ticket to others, or take the links away.

    Args:
        ws: the desk.
        first: the ticket the sentence begins with.
        word: `blocks`, `blocked-by`, `relates`, `duplicates`, `duplicated-by`, `parent`, `child`.
        seconds: the tickets it ends with.
        remove: whether the links go.

    Raises:
        UsageError: there is no such relation, or a ticket would be linked to itself.
        NotFoundError: there is no such link to remove.
    """
    after: dict[str, Ticket] = {}
    before: dict[str, Ticket] = {}
    for second in seconds:
        if second == first:
            raise UsageError(f"{first} cannot be linked to itself")
        owner, wanted = _stored_link(ws, first, word, second, remove=remove)
        before.setdefault(owner, ws.tickets.load(owner))
        ticket = after.get(owner, before[owner])
        if not remove and wanted.kind == PARENT:
            require_no_circle(ws, owner, wanted.target)
        after[owner] = without_link(ticket, wanted) if remove else with_link(ticket, wanted)
    return record_changes(ws, [Edit(before[each], after[each]) for each in after])


def _stored_link(ws: Workspace, first: str, word: str, second: str, *, remove: bool) -> tuple[str, Link]:
    """Which ticket holds a link; one that goes both ways may be stored on either side."""
    owner, wanted = link_between(first, word, second)
    if _has(ws.tickets.load(owner), wanted):
        return owner, wanted
    turned = Link(wanted.kind, owner)
    if wanted.kind == "relates" and _has(ws.tickets.load(wanted.target), turned):
        return wanted.target, turned
    if not remove:
        return owner, wanted
    raise NotFoundError(f"{first} has no link '{word} {second}'", f"tkt show {first} lists its links.")


def _has(ticket: Ticket, wanted: Link) -> bool:
    return ticket.text(PARENT) == wanted.target if wanted.kind == PARENT else wanted in ticket.links


def with_link(ticket: Ticket, new: Link) -> Ticket:
    """A ticket with one more link; a parent is a field of its own."""
    if new.kind == PARENT:
        return ticket.with_fields({PARENT: new.target})
    return ticket.with_fields({"links": tuple(sorted({*ticket.items("links"), str(new)}))})


def without_link(ticket: Ticket, old: Link) -> Ticket:
    """A ticket with one link less."""
    if old.kind == PARENT:
        return ticket.with_fields({PARENT: ""})
    return ticket.with_fields({"links": tuple(each for each in ticket.items("links") if each != str(old))})


def require_no_circle(ws: Workspace, child: str, parent: str) -> None:
    """See that a ticket does not become its own ancestor.

    Raises:
        UsageError: it would.
    """
    seen = {child}
    above = parent
    while above:
        if above in seen:
            raise UsageError(f"{parent} is below {child}; a ticket cannot be its own ancestor")
        seen.add(above)
        try:
            above = ws.tickets.load(above).text(PARENT)
        except NotFoundError:
            return
