"""What `tkt export --format jsonl` wrote (docs/exports.md), as the same tickets again.

A ticket comes in whole or not at all. What these settings do not know comes in as it is, as it would
stand in a file; what could not be read again from a file stays out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from tkt.domain.checks import save_problems
from tkt.domain.fields import FieldType, Nested, Value, value_problem
from tkt.domain.ids import TICKET_ID, month_code
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, UsageError
from tkt.intake.jsonl_entries import read_entry
from tkt.intake.jsonl_values import (
    file_key,
    read_body,
    read_objects,
    read_text,
    read_texts,
    read_tree,
    require_writable,
    tree_of,
)
from tkt.intake.jsonlines import filled_lines, json_object
from tkt.usecases.importing import Imported, Mapped
from tkt.usecases.record import Story

_TEXTS = frozenset({"body", "thread"})
"""Keys of an object that are none of a ticket's file."""


def read_jsonl(data: bytes, name: str, settings: Settings) -> Imported:
    """Read such an export (usecases.importing.Importer).

    Args:
        data: the file's bytes.
        name: the file's name, for problems.
        settings: the fields that tickets have here.
    """
    stories: dict[str, Story] = {}
    problems = []
    for number, raw in filled_lines(data):
        try:
            story = _story(json_object(raw), settings)
        except UsageError as error:
            problems.append(Problem(name, number, error.message))
            continue
        if stories.setdefault(story.ticket.id, story) is not story:
            text = f"{story.ticket.id} stands above already; give one of them another id"
            problems.append(Problem(name, number, text))
    return Imported(tuple(stories.values()), _counted(stories.values(), settings), tuple(problems))


def _story(said: dict[str, Any], settings: Settings) -> Story:
    """The ticket that a line says, and its thread.

    Raises:
        UsageError: it is none, or none that files can hold.
    """
    ticket = Ticket(_fields(said, settings), read_body(said))
    _require_ticket(ticket, settings)
    read = [read_entry(each, settings.attachment_limit) for each in read_objects(said, "thread")]
    entries = tuple(entry for entry, _ in read)
    if len({entry.id for entry in entries}) < len(entries):
        raise UsageError("two entries of its thread have the same id")
    files = {file.name: file for _, came in read for file in came}
    return Story(ticket, tuple(sorted(entries, key=lambda entry: entry.order)), tuple(files.values()))


def _fields(said: dict[str, Any], settings: Settings) -> dict[str, Value]:
    found: dict[str, Value] = {name: field.empty for name, field in settings.fields.items()}
    for key, value in said.items():
        if key in _TEXTS:
            continue
        field = settings.fields.get(key)
        if field is not None:
            is_list = field.type is FieldType.LIST
            found[key] = tuple(sorted({*read_texts(said, key)} - {""})) if is_list else read_text(said, key)
        else:
            found[file_key(key)] = _other(value, key)
    return found


def _other(value: Any, key: str) -> Value:
    """What stands at a key that no settings know."""
    tree = read_tree("" if value is None else value, key)
    if isinstance(tree, str):
        return tree
    texts = tuple(each for each in tree if isinstance(each, str)) if isinstance(tree, tuple) else None
    return texts if texts == tree else Nested("(...)", tree)


def _require_ticket(ticket: Ticket, settings: Settings) -> None:
    """See that a ticket can be written, and read again."""
    whole = TICKET_ID.fullmatch(ticket.id)
    if not whole:
        raise UsageError(f"a ticket needs an id such as {settings.key}-2j7k3q9")
    if whole[1] != settings.key:
        raise UsageError(f"{ticket.id} is of another project than {settings.key}; tkt init --key {whole[1]}")
    if not ticket.title.strip():
        raise UsageError("a ticket needs a title")
    try:
        month = month_code(ticket.created)
    except ValueError as error:
        raise UsageError("created is a moment such as 2026-11-22T09:00:00Z") from error
    if not whole[2].startswith(month):
        raise UsageError(f"{ticket.id} does not begin with the month of its creation, {month}")
    require_writable({name: tree_of(value) for name, value in ticket.fields.items()})
    found = save_problems(ticket, (), settings)
    if found:
        raise UsageError("; ".join(found))


def _counted(stories: Collection[Story], settings: Settings) -> tuple[Mapped, ...]:
    """What came in, and which of its values these settings object to."""
    counts = Counter(
        {
            ("ticket", "ticket"): len(stories),
            ("entry", "entry"): sum(len(story.entries) for story in stories),
            ("attachment", "attachment"): sum(len(story.files) for story in stories),
        }
    )
    for story in stories:
        for name, field in settings.fields.items():
            if value_problem(field, story.ticket.fields[name]):
                counts[f"{name} that is not allowed here", f"{name} as it was: tkt check"] += 1
    return tuple(Mapped(theirs, ours, count) for (theirs, ours), count in counts.items() if count)
