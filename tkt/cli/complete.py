"""What the shell offers: ids with their titles, the next statuses, people, fields and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING

import click

from tkt.errors import TktError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tkt.domain.fields import Field
    from tkt.usecases.workspace import Workspace

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
Offers = Iterable[tuple[str, str]]
"""Pairs of a value and what it means."""

Offer = Callable[["Workspace", click.Context, str], Offers]
"""What a desk has to offer for a word, of which the beginning may have been typed."""

_MOST = 200


def _with_desk(offer: Offer) -> Completer:
    """A completer that offers nothing, and says nothing, where there is no desk or a broken one."""

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from tkt.render.text import clean_line
        from tkt.wiring.desk import open_workspace

        try:
            found = offer(open_workspace(), ctx, incomplete)
            fitting = list(islice((pair for pair in found if _fits(pair[0], incomplete)), _MOST))
        except (TktError, OSError):
            return []
        return [CompletionItem(value, help=clean_line(text) or None) for value, text in fitting]

    return complete


def _fits(value: str, incomplete: str) -> bool:
    """Whether a value can be what is being typed; what cannot be seen is never typed for anybody."""
    return value.isprintable() and value.lower().startswith(incomplete.lower())


def _after_id(offer: Offer) -> Offer:
    """The first word is an id, and only then comes the rest."""

    def offer_both(ws: Workspace, ctx: click.Context, incomplete: str) -> Offers:
        return (offer if ctx.params.get("words") else _ids)(ws, ctx, incomplete)

    return offer_both


def _ids(ws: Workspace, _ctx: click.Context, incomplete: str) -> Offers:
    """Open tickets, the newest first; without the key where somebody types without it."""
    from tkt.domain.conditions import All, Among, Not, fold

    key = f"{ws.settings.key}-"
    bare = bool(incomplete) and not incomplete.upper().startswith(key[: len(incomplete)])
    typed = incomplete[len(key) :] if not bare else incomplete
    begins = Among("id", (), patterns=(f"{fold(key + typed)}*",)) if typed and "*" not in typed else All()
    still_open = Not(Among("status", ws.settings.workflow.done, exact=True))
    newest_first = reversed(ws.catalogue.select(All((still_open, begins)), ("title",), newest=_MOST).tickets)
    return ((each.id.removeprefix(key) if bare else each.id, each.title) for each in newest_first)


def _next_statuses(ws: Workspace, ctx: click.Context, _incomplete: str) -> Offers:
    from tkt.usecases.find import find_ticket
    from tkt.usecases.stepping import open_ways

    ways = open_ways(ws, ws.tickets.load(find_ticket(ws, ctx.params["words"][0])))
    return [
        (name, str(ws.settings.workflow.category(name)))
        for name, each in ways.items()
        if not all(way.objections for way in each)
    ]


def _people(ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    people = ws.settings.people
    return [
        ("me", "yourself"),
        *((handle, f"{person.name} <{person.email}>") for handle, person in people.agents.items()),
        *((name, "team") for name in people.teams),
    ]


def _assignments(ws: Workspace, ctx: click.Context, incomplete: str) -> Offers:
    """`field=`, and then its values."""
    apart = {"status", "links"}  # they have commands of their own
    fields = {
        name: field for name, field in ws.settings.fields.items() if not field.fixed and name not in apart
    }
    name, equals, typed = incomplete.partition("=")
    if not equals:
        return [(f"{each}=", field.label) for each, field in fields.items()]
    values = _values(ws, ctx, fields[name], typed) if name in fields else ()
    return [(f"{name}={value}", text) for value, text in values]


def _values(ws: Workspace, ctx: click.Context, field: Field, typed: str) -> Offers:
    """What a field may hold, as far as that is known."""
    from tkt.domain.fields import FieldType

    if field.choices:
        return [(choice, "") for choice in field.choices]
    if field.type is FieldType.BOOLEAN:
        return [("true", ""), ("false", "")]
    offers: dict[FieldType, Offer] = {FieldType.PERSON: _people, FieldType.TICKET: _ids}
    if field.name == "labels":
        return _labels(ws, ctx, typed)
    return offers[field.type](ws, ctx, typed) if field.type in offers else ()


def _labels(ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    from tkt.domain.conditions import Present

    labelled = ws.catalogue.select(Present("labels"), ("labels",)).tickets
    used = {label for ticket in labelled for label in ticket.items("labels")}
    return [(each, "") for each in sorted(used)]


def _relations(_ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    from tkt.domain.ticket import LINK_WORDS

    return [(word, "") for word in LINK_WORDS]


def _types(ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    return [(name, each.title) for name, each in ws.settings.types.items()]


def _statuses(ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    return [(each.name, str(each.category)) for each in ws.settings.workflow.statuses.values()]


def _query(ws: Workspace, ctx: click.Context, incomplete: str) -> Offers:
    """`field:`, and then its values."""
    from tkt.domain.activity import DERIVED
    from tkt.domain.vocabulary import CLOCK_STATES, RELATIONS, STATES

    fields = ws.settings.fields
    named = [(name, field.label) for name, field in {**fields, **DERIVED}.items()]
    named += [(name, "Relation") for name in RELATIONS if name not in fields]
    words = {
        "is": [(state, "") for state in STATES],
        "sla": [(state, "") for state in CLOCK_STATES],
        "has": named,
        "no": named,
        "changed": named,
        "view": [(name, each.title) for name, each in ws.settings.views.items()],
        "team": [(name, "") for name in ws.settings.people.teams],
        "commented-by": _people(ws, ctx, incomplete),
    }
    name, colon, typed = incomplete.partition(":")
    if not colon:
        asked = [
            ("is", "In what state"),
            ("sla", "How a clock stands"),
            ("has", "What is set"),
            ("no", "What is not set"),
            ("view", "A saved query"),
            ("team", "Whose it is"),
            ("commented-by", "Who said something"),
            ("changed", "Which field ever changed"),
            ("child-of", "Below which ticket"),
            ("sort", "In what order"),
        ]
        return [(f"{each}:", text) for each, text in (*named, *asked)]
    values = words.get(name) or (_values(ws, ctx, fields[name], typed) if name in fields else ())
    return [(f"{name}:{value}", text) for value, text in values]


def _commits(_ws: Workspace, _ctx: click.Context, incomplete: str) -> Offers:
    """Names of commits; after the dots of `A..`, those of the second one."""
    from tkt.wiring.desk import commit_names

    first = incomplete[: len(incomplete) - len(incomplete.rpartition("..")[2])]
    return [(f"{first}{name}", subject) for name, subject in commit_names()]


def _reports(ws: Workspace, _ctx: click.Context, _incomplete: str) -> Offers:
    from tkt.usecases.report import SEND, reports_of

    found = [(each.name, each.title) for each in reports_of(ws.settings)]
    return [*found, (SEND, "Put the reports that are due into the outbox")]


def choices(name: str) -> Completer:
    """Completes the values of one field."""
    return _with_desk(lambda ws, ctx, incomplete: _values(ws, ctx, ws.settings.fields[name], incomplete))


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leaves it to the shell, which knows files best."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


ids = _with_desk(_ids)
fields = _with_desk(
    lambda ws, _ctx, _incomplete: [(each.name, each.label) for each in ws.settings.fields.values()]
)
next_statuses = _with_desk(_after_id(_next_statuses))
people = _with_desk(_people)
id_then_people = _with_desk(_after_id(_people))
id_then_assignments = _with_desk(_after_id(_assignments))
id_then_labels = _with_desk(_after_id(_labels))
assignments = _with_desk(_assignments)
labels = _with_desk(_labels)
relations = _with_desk(_relations)
types = _with_desk(_types)
priorities = choices("priority")
statuses = _with_desk(_statuses)
query = _with_desk(_query)
query_or_id = _with_desk(
    lambda ws, ctx, incomplete: [*_query(ws, ctx, incomplete), *_ids(ws, ctx, incomplete)]
)
reports = _with_desk(_reports)
mailings = _with_desk(lambda ws, _ctx, _incomplete: [(each, "") for each in ws.settings.reporting.send])
commits = _with_desk(_commits)
