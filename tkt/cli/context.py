"""What every command needs: the desk, the options that all share, and the ways to answer."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tkt.cli import complete
from tkt.cli.progress import show_progress
from tkt.domain.settings import CommitPolicy
from tkt.errors import Problem, UsageError
from tkt.render.text import Style
from tkt.wiring.desk import open_workspace

if TYPE_CHECKING:
    from tkt.domain.conditions import Query
    from tkt.render.lists import Lists
    from tkt.render.views import TextView
    from tkt.usecases.record import NewFile, Outcome
    from tkt.usecases.workspace import Workspace

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Decorator = Callable[[Decorated], Decorated]
_HAS_QUERY = re.compile(r'"|\b[\w.-]+:|\bOR\b|[()]')
_NEGATED = re.compile(r"-(?:[A-Za-z_][\w.-]*:|\()")
NO_INDEX = "tkt.no_index"
"""Under this name click's context says that somebody wants no index."""

FORMATS = ("table", "json", "jsonl", "csv", "md")
PAGE = "html"


def stacked(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several decorators as one, the first of them outermost."""

    def decorate(function: Any) -> Any:
        for each in reversed(decorators):
            function = each(function)
        return function

    return decorate


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to use colours.",
)

attach_option = click.option(
    "--attach", multiple=True, metavar="FILE", shell_complete=complete.files, help="May be repeated."
)

rev_option = click.option(
    "--rev",
    metavar="REV",
    shell_complete=complete.commits,
    help="As it was at a commit, branch or tag, such as v1.2 or HEAD~10.",
)


outbox_option = click.option(
    "--outbox",
    default="",
    metavar="FILE",
    shell_complete=complete.files,
    help="Where messages wait to be sent, instead of .git/tkt/outbox.jsonl.",
)


def _format_options(*forms: str) -> Callable[[Any], Any]:
    return stacked(
        click.option("--format", "form", type=click.Choice(forms), default="table", help="How to answer."),
        click.option("--json", "form", flag_value="json", help="Short for --format json."),
        click.option("--fields", default="", metavar="A,B", help="Only these fields, in this order."),
        color_option,
    )


output_options = _format_options(*FORMATS)

file_options = stacked(
    click.option(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        shell_complete=complete.files,
        help="Where to write it; - is stdout.",
    ),
    click.option("--force", is_flag=True, help="Write over FILE."),
)

page_options = stacked(_format_options(*FORMATS, PAGE), file_options)

saving_options = stacked(
    click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing."),
    click.option("--no-commit", is_flag=True, help="Write and stage, but leave the commit to you."),
    click.option("--json", "as_json", is_flag=True, help="Print the tickets as they are afterwards."),
)

text_options = stacked(
    click.option("-m", "--message", default="", help="The text."),
    click.option(
        "-F",
        "--file",
        "text_file",
        default="",
        metavar="FILE",
        shell_complete=complete.files,
        help="Read the text from a file; - is stdin.",
    ),
    click.option("-e", "--edit", "in_editor", is_flag=True, help="Write the text in your editor."),
)


def choice_option(
    name: str, metavar: str, told: str, *short: str, default: str | None = None
) -> Callable[[Decorated], Decorated]:
    """An option for a field that has choices."""
    return click.option(
        *short,
        f"--{name}",
        default=default,
        metavar=metavar,
        shell_complete=complete.choices(name),
        help=told,
    )


def desk(*, dry_run: bool = False, no_commit: bool = False, rev: str | None = None) -> Workspace:
    """The desk of the current folder; at a commit, where one is named."""
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    ws = open_workspace(
        policy=CommitPolicy.STAGE if no_commit else None,
        dry_run=dry_run,
        rev=rev,
        index=not (root and NO_INDEX in root.meta),
        progress=show_progress,
        once_told=root.with_resource(_once_told()) if root else None,
    )
    if no_commit and ws.settings.commit is CommitPolicy.OFF:
        return replace(ws, policy=CommitPolicy.OFF)
    return ws


@contextmanager
def _once_told() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Takes what is to happen once the command's answer has been written, which an error leaves out."""
    deeds: list[Callable[[], None]] = []
    yield deeds.append
    sys.stdout.flush()
    for deed in deeds:
        deed()


def style_for(color: str) -> Style:
    """How to write to stdout: a terminal has colours and a width, a pipe has neither."""
    terminal = sys.stdout.isatty()
    wanted = color == "always" or (color == "auto" and terminal and not os.environ.get("NO_COLOR"))
    columns = 0
    if terminal or color == "always":
        import shutil

        columns = shutil.get_terminal_size((100, 24)).columns
    return Style(wanted, columns)


def text_view(ws: Workspace, color: str = "auto") -> TextView:
    """Puts tickets into words for stdout."""
    from tkt.render.views import TextView

    return TextView(ws.settings, style_for(color), ws.now, ws.tickets.ids)


def list_view(ws: Workspace, color: str = "auto") -> Lists:
    """Likewise, for many tickets of which no thread is told."""
    from tkt.render.lists import Lists  # start-up: what threads say takes as long to load as all of a list

    return Lists(ws.settings, style_for(color), ws.now, ws.tickets.ids)


def say(text: str) -> None:
    """The answer, on stdout."""
    # click would strip colours from a pipe even where they were asked for.
    click.echo(text, color=True)


def write_text(parts: Iterable[str], output: str, *, force: bool) -> None:
    """Write a text, part by part: to a file, which is there whole or not at all, or to stdout for `-`."""
    if output == "-":
        for each in parts:
            click.echo(each, nl=False, color=True)
        return
    from tkt.wiring.output import whole_file

    with (
        whole_file(output, force=force) as path,
        open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        file.writelines(parts)


def note(text: str) -> None:
    """Everything else, on stderr."""
    from tkt.render.text import clean

    click.echo(clean(text), err=True)


def note_folder(indent: str = "") -> None:
    """Say where Git's commands for the desk are typed, if that is not here."""
    from tkt.wiring.places import desk_apart

    apart = desk_apart()
    if apart:
        note(f"{indent}Git's commands for the desk are typed in {apart}.")


_MOST_PROBLEMS = 10


def warn(problems: Sequence[Problem]) -> None:
    """Files that could not be understood, on stderr."""
    for each in problems[:_MOST_PROBLEMS]:
        note(f"warning: {each}")
    if len(problems) > _MOST_PROBLEMS:
        note(f"warning: {len(problems) - _MOST_PROBLEMS:,} more; tkt doctor lists them")


def _terminal_lines() -> int:
    import shutil  # start-up: a pipe has no lines

    return shutil.get_terminal_size().lines


def page(text: str) -> None:
    """A long answer: through the pager on a terminal, as it is in a pipe."""
    if sys.stdout.isatty() and text.count("\n") >= _terminal_lines():
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(f"{text}\n", color=True)
    else:
        say(text)


class QueryCommand(click.Command):
    """A command that takes a query, in which `-label:blocked` is a term and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move such terms out of the parser's sight: a space in front does not matter to a query."""
        return super().parse_args(ctx, [f" {arg}" if _NEGATED.match(arg) else arg for arg in args])


def as_query(words: Sequence[str]) -> str:
    """The words as one query; a word with spaces was put in quotes, which the shell took away."""
    return " ".join(_as_term(word, alone=len(words) == 1) for word in words)


def _as_term(word: str, *, alone: bool) -> str:
    if not alone and " OR " in word and word.count("(") == word.count(")"):
        return f"({word})"
    return f'"{word}"' if " " in word.strip() and not _HAS_QUERY.search(word) else word


def explain(query: Query) -> None:
    """Say what may be the reason that a query finds nothing."""
    for each in query.doubts:
        note(each)


def names_in(typed: str) -> list[str]:
    """The names in `a, b`."""
    return [each.strip() for each in typed.split(",") if each.strip()]


def rows_as(
    form: str, rows: Sequence[Any], fields: str, known: Sequence[str] = (), *, single: bool = False
) -> str:
    """Rows in a machine's format.

    Args:
        form: `json`, `jsonl`, `csv` or `md`.
        rows: objects.
        fields: the keys wanted, as typed; "" for all.
        known: keys that rows may have, even where there is no row.
        single: whether JSON gives the one object, not a list of it.

    Raises:
        UsageError: no row has such a key.
    """
    from tkt.render import machine

    picked, names = pick_rows(rows, fields, known)
    if form == "json":
        return machine.to_json(picked[0] if single else picked)
    if form == "jsonl":
        return machine.to_jsonl(picked)
    write = machine.to_csv if form == "csv" else machine.to_markdown
    return write(picked, names or known)


def pick_rows(
    rows: Sequence[Any], fields: str, known: Sequence[str] = ()
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Rows with only the keys that somebody typed, and these; all where none were typed.

    Raises:
        UsageError: no row has such a key.
    """
    from tkt.domain.fields import unknown
    from tkt.render.machine import pick

    names = names_in(fields)
    there = tuple(dict.fromkeys([*known, *(name for row in rows for name in row)]))
    for name in names:
        if there and name not in there:
            raise unknown("field", name, there)
    return pick(rows, names), names


def require_rows(form: str, fields: str) -> None:
    """See that nobody picks fields of what is written for people.

    Raises:
        UsageError: somebody does.
    """
    if form in {"table", PAGE} and fields:
        raise UsageError("--fields goes with --format json, jsonl, csv or md", f"--json --fields {fields}")


def report(ws: Workspace, outcome: Outcome, as_json: bool, words: Callable[[int], str]) -> None:
    """Say what a change did.

    Args:
        ws: the desk.
        outcome: what it did.
        as_json: print the tickets instead.
        words: what to say of the ticket at a position.
    """
    if as_json:
        from tkt.render.machine import ticket_row, to_json

        rows = [ticket_row(each, ws.settings.fields) for each in outcome.tickets]
        say(to_json(rows[0] if len(rows) == 1 else rows))
    elif ws.dry_run:
        from tkt.render.document import diff

        say(diff(outcome.writes, style_for("auto")) or "Nothing would change.")
    elif outcome.writes:
        from tkt.render.text import clean_line

        for position, ticket in enumerate(outcome.tickets):
            say(f"{ticket.id}  {clean_line(words(position))}")
    for each in outcome.notices:
        note(each)
    if outcome.receipt:
        _say_recorded(outcome)


def _say_recorded(outcome: Outcome) -> None:
    receipt = outcome.receipt
    if receipt is None:
        return
    if receipt.warning:
        note(f"warning: {receipt.warning}")
    if not sys.stderr.isatty():
        return
    where = {
        CommitPolicy.STAGE: "staged for your next commit",
        CommitPolicy.OFF: "written, not staged",
    }.get(receipt.policy, f"committed as {receipt.commit[:8]}")
    quiet = Style(color=not os.environ.get("NO_COLOR"))
    click.echo(quiet.paint(f"{where}; tkt undo takes it back", "dim"), err=True)


def one_id(ws: Workspace, typed: str) -> str:
    """The ticket that somebody typed."""
    from tkt.usecases.find import find_ticket

    return find_ticket(ws, typed)


def read_text(message: str, text_file: str, *, in_editor: bool = False, start: str = "") -> str:
    """A text from an option, a file, stdin or the editor; "" when none was given.

    Args:
        message: from the command line.
        text_file: a file's name, or `-`.
        in_editor: whether to open the editor.
        start: what the editor begins with.

    Raises:
        UsageError: the file cannot be read, or more than one source was given.
    """
    if message and text_file:
        raise UsageError("the text is given twice, by -m and by -F")
    text = _decoded(text_file) if text_file else message
    if in_editor:
        from tkt.cli.editor import edit_text

        return edit_text(text or start)
    return text


def _decoded(name: str) -> str:
    try:
        return read_file(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{'stdin' if name == '-' else name} is not UTF-8 (byte {error.start})",
            "Save it as UTF-8, or attach it with --attach.",
        ) from error


def read_file(name: str) -> bytes:
    """A file's content; `-` is stdin.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        if name == "-":
            return sys.stdin.buffer.read()
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error


def read_attachments(names: Sequence[str]) -> tuple[NewFile, ...]:
    """Files to attach.

    Raises:
        UsageError: one of them cannot be read.
    """
    from tkt.usecases.record import NewFile

    return tuple(NewFile(os.path.basename(name), read_file(name)) for name in names)
