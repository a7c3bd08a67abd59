"""Descriptions of which both sides edited the same lines, put together in the editor or by an option."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from tkt.cli.context import stacked
from tkt.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from tkt.domain.merge import Answers, Bodies
    from tkt.usecases.integrate import UnsettledError
    from tkt.wiring.sharing import Sharing

Result = TypeVar("Result")
_MARK = re.compile(r"^(?:<{7} |\|{7} |={7}$|>{7} )", re.MULTILINE)
EDIT = "edit"

settling_options = stacked(
    click.option(
        "--edit",
        "how",
        flag_value=EDIT,
        default="",
        help="Open what clashes in your editor, both sides marked.",
    ),
    click.option("--ours", "how", flag_value="ours", help="Take the lines that clash as they are here."),
    click.option("--theirs", "how", flag_value="theirs", help="Take the lines that clash as they are there."),
    click.option("--union", "how", flag_value="union", help="Take the lines that clash of both sides."),
)


Decide = Callable[[str, "Bodies", str], str]
"""Makes a description of one with marks: is told the path of the ticket's file, both sides, and the text."""


def settling(
    sharing: Sharing, how: str, attempt: Callable[[Answers], Result], decide: Decide | None = None
) -> Result:
    """Bring two sides together, and put together what only a person can, as often as that is needed.

    Args:
        sharing: the desk.
        how: `edit`, `ours`, `theirs` or `union`; "" leaves it to the person to say so.
        attempt: does it, with the descriptions that have been put together.
        decide: puts one together for `edit`; None for the editor.

    Raises:
        UnsettledError: there is something to put together, and nobody has said how.
        ConflictError: the person left it as it was.
    """
    from tkt.usecases.integrate import UnsettledError

    answers: dict[tuple[str, ...], str] = {}
    while True:
        try:
            return attempt(answers)
        except UnsettledError as error:
            if not how:
                raise
            answers |= _put_together(sharing, error, how, decide or edited)


def _put_together(
    sharing: Sharing, error: UnsettledError, how: str, decide: Decide
) -> dict[tuple[str, ...], str]:
    if how != EDIT:
        return {each.key: sharing.merged_body(each, how) for each in error.bodies.values()}
    found = {}
    for path, bodies in error.bodies.items():
        who = sharing.author(error.since, error.theirs, path)
        label = f"theirs: {', '.join(filter(None, [who, error.name]))}"
        found[bodies.key] = decide(path, bodies, sharing.merged_body(bodies, "diff3", label))
    return found


def edited(path: str, bodies: Bodies, marked: str) -> str:
    """What a person makes of a description with marks, in the editor.

    Args:
        path: of the ticket's file.
        bodies: of both sides.
        marked: what the editor begins with.

    Raises:
        ConflictError: they left it as it was, or emptied it.
        UsageError: it has marks or cannot be saved, and there is nobody to ask.
    """
    from tkt.cli.editor import edit_until_right
    from tkt.domain.ids import ticket_of

    ticket_id = ticket_of(path)

    def take(text: str) -> str:
        _require_unmarked(text, bodies)
        require_storable(text)
        return text

    text = edit_until_right(marked, ticket_id, take)
    if text is None:
        raise ConflictError(f"the description of {ticket_id} was left as it is", "Nothing was merged.")
    if not text.strip():
        hint = "Nothing was merged. With --ours, --theirs or --union no editor is opened."
        raise ConflictError(f"the description of {ticket_id} came back empty", hint)
    return text


def require_storable(text: str) -> None:
    """See that a description can be saved.

    Raises:
        UsageError: it is too long, or would begin a folded thread.
    """
    from tkt.domain.checks import body_problems

    for problem in body_problems(text):
        raise UsageError(problem)


def _require_unmarked(text: str, bodies: Bodies) -> None:
    """See that no marks are left but those that somebody wrote into a description before."""
    meant: Counter[str] = Counter()
    for each in bodies:
        meant |= Counter(_MARK.findall(each))
    for mark, count in Counter(_MARK.findall(text)).items():
        if count > meant[mark]:
            raise UsageError(
                f"marks of the conflict are left in the text: {mark.strip()}",
                "Keep what is right, and take out the lines of <, |, = and > around it.",
            )
