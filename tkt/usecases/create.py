"""A new ticket: what its form asks, what follows from the settings, and what is like it already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tkt.domain.fields import FIXED, Value, clean_text, clean_title, format_time, unknown
from tkt.domain.ids import new_ticket_id
from tkt.domain.settings import Settings
from tkt.domain.similar import similar
from tkt.domain.ticket import PARENT, Ticket, link_between
from tkt.errors import NotFoundError, TktError
from tkt.usecases.change import follow_matrix, require_no_circle, with_link
from tkt.usecases.find import find_ticket
from tkt.usecases.record import Edit, NewFile, Outcome, record
from tkt.usecases.typed import person_value, typed_value
from tkt.usecases.workspace import Template, Workspace

_TRIES = 20


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What somebody said about a ticket to be.

    Args:
        title: one line.
        body: the description, Markdown.
        fields: typed values by field name.
        reason: why the priority is not what the matrix says.
        links: pairs of relation and ticket, as typed.
        files: to be attached.
    """

    title: str
    body: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    links: tuple[tuple[str, str], ...] = ()
    files: tuple[NewFile, ...] = ()


def create(ws: Workspace, new: NewTicket) -> Outcome:
    """Create a ticket.

    Raises:
        UsageError: a value is not allowed, or a field that its type needs is missing.
        NotFoundError: a link or parent does not exist, or nobody is called that.
    """
    ticket = Ticket(_initial(ws, new), clean_text(new.body))
    priority, notice = follow_matrix(ws, None, ticket, new.reason, explicit="priority" in new.fields)
    ticket = ticket.with_fields({"priority": priority})
    ticket, others = _linked(ws, ticket, new.links)
    edit = Edit(None, ticket, text=clean_text(new.reason), files=new.files)
    return record(ws, [edit, *others], f"create: {ticket.title}", notice)


def _linked(ws: Workspace, ticket: Ticket, links: Sequence[tuple[str, str]]) -> tuple[Ticket, list[Edit]]:
    """A new ticket with its links, and the other tickets that keep some of them."""
    others: dict[str, Edit] = {}
    for word, target in links:
        owner, link = link_between(ticket.id, word, find_ticket(ws, target))
        if owner == ticket.id:
            ticket = with_link(ticket, link)
            continue
        known = others.get(owner)
        before = ws.tickets.load(owner)
        others[owner] = Edit(before, with_link(known.after if known else before, link))
    for each in others.values():
        if each.after.text(PARENT) == ticket.id:
            require_no_circle(ws, each.after.id, ticket.text(PARENT))
    return ticket, list(others.values())


def _initial(ws: Workspace, new: NewTicket) -> dict[str, Value]:
    settings = ws.settings
    kind = new.fields.get("type") or settings.default_type
    if kind not in settings.types:
        raise unknown("type", kind, tuple(settings.types))
    values = {name: each.default or each.empty for name, each in settings.fields.items()}
    values |= {
        "id": free_id(ws),
        "created": format_time(ws.now),
        "created_by": ws.actor.id,
        "channel": settings.channels[0],
        "title": clean_title(new.title),
        "status": settings.workflow.flow(kind).initial,
    }
    values |= {
        name: person_value(ws, name, value) if isinstance(value, str) else value
        for name, value in settings.types[kind].defaults.items()
    }
    for name, text in new.fields.items():
        values[name] = typed_value(ws, name, text, creating=True)
    values["type"] = kind
    return values


def free_id(ws: Workspace) -> str:
    """An id that no ticket here has."""
    for _ in range(_TRIES):
        candidate = new_ticket_id(ws.settings.key, ws.now, ws.random_text)
        try:
            ws.tickets.whole(candidate)
        except NotFoundError:
            return candidate
    raise TktError("no free id was found", "Try again.")


def template_for(ws: Workspace, kind: str) -> Template | None:
    """What the description of a ticket of a type starts with; None when the type has no template.

    Raises:
        UsageError: there is no such type.
        NotFoundError: the settings name a template that is not there.
    """
    if kind not in ws.settings.types:
        raise unknown("type", kind, tuple(ws.settings.types))
    name = ws.settings.types[kind].template
    return ws.templates.load(name) if name else None


def similar_tickets(ws: Workspace, title: str, but: str = "") -> list[Ticket]:
    """Tickets whose titles are much like a title."""
    return similar(title, (each for each in ws.catalogue.alike(title) if each.id != but))


def questions(settings: Settings, kind: str, given: Mapping[str, str]) -> list[str]:
    """The fields that a form still has to ask: what its type needs first, then what it asks for."""
    form = settings.types[kind]
    needed = [each.name for each in settings.custom if each.required(kind) and not each.default]
    asked = dict.fromkeys((*needed, *form.ask))
    fixed = {each.name for each in FIXED}
    return [name for name in asked if name not in given and name not in form.defaults and name not in fixed]
