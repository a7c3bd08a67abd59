"""What changed between two commits, in the words of tickets."""

from __future__ import annotations

import click

from tkt.cli import complete
from tkt.cli.context import output_options, page, rows_as, say, text_view, warn
from tkt.errors import UsageError
from tkt.usecases.compare import compare
from tkt.wiring.desk import open_comparison


@click.command("diff")
@click.argument("commits", required=False, metavar="[A..B]", shell_complete=complete.commits)
@click.option("--public", is_flag=True, help="Leave out what is for the desk only.")
@output_options
def diff_command(commits: str | None, form: str, fields: str, color: str, *, public: bool) -> None:
    """Say what changed between two commits: tickets, not lines.

    A alone means A..HEAD, A...B begins where B left A, and without commits it is about what is not
    committed yet. It tells the net effect, and who had a part in it.

    \b
    tkt diff v1.2..v1.3
    tkt diff main...fix-login --format md > comment.md
    """
    if fields and form in {"table", "md"}:
        raise UsageError("--fields goes with --format json, jsonl or csv", f"--json --fields {fields}")
    ws, sides = open_comparison(commits)
    found = compare(sides, internal=not public)
    from tkt.render import changes as words

    if form == "table":
        page(words.changes_text(found.changes, text_view(ws, color)))
    elif form == "md":
        say(words.changes_markdown(found.changes, ws.settings))
    else:
        rows = [words.change_row(each) for each in found.changes]
        say(rows_as(form, rows, fields, words.CHANGE_FIELDS))
    warn(found.problems)
