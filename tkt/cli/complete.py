"""What the shell offers: ids with their titles, the next statuses, people, fields and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tkt.domain.ticket import LINK_WORDS, Ticket
from tkt.errors import TktError

if TYPE_CHECKING:
    from tkt.usecases.workspace import Workspace

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
_MOST = 200


def _with_desk(
    offer: Callable[[Workspace, click.Context, str], Iterable[tuple[str, str]]],
) -> Completer:
    """A completer that offers nothing where there is no desk, or a broken one."""

    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from tkt.render.text import clean_line
        from tkt.wiring import open_workspace

        try:
            found = list(offer(open_workspace(), ctx, incomplete))
        except TktError:
            return []
        fitting = [pair for pair in found if pair[0].lower().startswith(incomplete.lower())][:_MOST]
        return [CompletionItem(value, help=clean_line(text) or None) for value, text in fitting]

    return complete


def _tickets(ws: Workspace) -> list[Ticket]:
    return [each for each in ws.tickets.scan() if isinstance(each, Ticket)]


def _ids(ws: Workspace, _ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    is_open = [each for each in _tickets(ws) if not ws.settings.workflow.is_done(each.status)]
    key = f"{ws.settings.key}-"
    bare = bool(incomplete) and not incomplete.upper().startswith(key[: len(incomplete)])
    return [
        (each.id.removeprefix(key) if bare else each.id, each.title) for each in reversed(is_open)
    ]


def _next_statuses(ws: Workspace, ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    typed = ctx.params.get("words") or ()
    if not typed:
        return _ids(ws, ctx, incomplete)
    from tkt.usecases.find import find_ticket

    ticket = ws.tickets.load(find_ticket(ws, typed[0]))
    statuses = ws.settings.workflow.next(ticket.type, ticket.status)
    return [(name, str(ws.settings.workflow.category(name))) for name in statuses]


def _people(ws: Workspace, _ctx: click.Context, _incomplete: str) -> list[tuple[str, str]]:
    people = ws.settings.people
    return [
        ("me", "yourself"),
        *((handle, f"{person.name} <{person.email}>") for handle, person in people.agents.items()),
        *((name, "team") for name in people.teams),
    ]


def _id_then_people(ws: Workspace, ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    return _people(ws, ctx, incomplete) if ctx.params.get("words") else _ids(ws, ctx, incomplete)


def _assignments(ws: Workspace, ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    if not ctx.params.get("words"):
        return _ids(ws, ctx, incomplete)
    name, equals, _ = incomplete.partition("=")
    fields = [
        field
        for field in ws.settings.fields.values()
        if not field.fixed and field.name not in {"status", "links"}
    ]
    if not equals:
        return [(f"{field.name}=", field.label) for field in fields]
    return [
        (f"{name}={choice}", "")
        for field in fields
        if field.name == name
        for choice in field.choices
    ]


def _labels(ws: Workspace, ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    if ctx.command.name == "label" and not ctx.params.get("words"):
        return _ids(ws, ctx, incomplete)
    return [
        (each, "")
        for each in sorted({label for ticket in _tickets(ws) for label in ticket.items("labels")})
    ]


def _relations(_ws: Workspace, _ctx: click.Context, _incomplete: str) -> list[tuple[str, str]]:
    return [(word, "") for word in LINK_WORDS]


def _types(ws: Workspace, _ctx: click.Context, _incomplete: str) -> list[tuple[str, str]]:
    return [(name, "") for name in ws.settings.types]


def _priorities(ws: Workspace, _ctx: click.Context, _incomplete: str) -> list[tuple[str, str]]:
    return [(name, "") for name in ws.settings.matrix.priorities]


def _statuses(ws: Workspace, _ctx: click.Context, _incomplete: str) -> list[tuple[str, str]]:
    return [(each.name, str(each.category)) for each in ws.settings.workflow.statuses.values()]


def _query(ws: Workspace, _ctx: click.Context, incomplete: str) -> list[tuple[str, str]]:
    name, colon, _ = incomplete.partition(":")
    if not colon:
        return [(f"{each}:", field.label) for each, field in ws.settings.fields.items()]
    field = ws.settings.fields.get(name)
    return [(f"{name}:{choice}", "") for choice in (field.choices if field else ())]


ids = _with_desk(_ids)
next_statuses = _with_desk(_next_statuses)
people = _with_desk(_people)
id_then_people = _with_desk(_id_then_people)
assignments = _with_desk(_assignments)
labels = _with_desk(_labels)
relations = _with_desk(_relations)
types = _with_desk(_types)
priorities = _with_desk(_priorities)
statuses = _with_desk(_statuses)
query = _with_desk(_query)
