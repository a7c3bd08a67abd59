"""The second half of docs/cli.md, out of the commands themselves: `python -m tests.docs.cli_reference`.

What stands above the mark in that page is written by hand and stays.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from tests.docs.pages import ROOT
from tkt.cli.main import ALIASES, FAMILIES, command_table

PAGE = ROOT / "docs" / "cli.md"
MARK = "<!-- From here on: python -m tests.docs.cli_reference writes it from the commands' own help. -->"


def reference() -> str:
    """Every command by family: how it is called, what it does, its options."""
    commands = command_table()
    lines: list[str] = []
    for family, names in FAMILIES.items():
        lines += ["", f"## {family}"]
        for name in names:
            lines += _command(f"tkt {name}", commands[name])
    return "".join(f"{line}\n" for line in lines)


def _command(path: str, command: click.Command) -> list[str]:
    ctx = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(ctx)])
    lines = ["", f"### {path}", "", "```text", usage, "```"]
    aliases = [alias for alias, name in ALIASES.items() if path == f"tkt {name}"]
    if aliases:
        lines += ["", f"Also called `tkt {aliases[0]}`."]
    for part in _help(command):
        lines += ["", *part]
    lines += _options(command, ctx)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            if inner is not None:
                lines += _command(f"{path} {name}", inner)
    return lines


def _help(command: click.Command) -> Iterator[list[str]]:
    """The paragraphs of a command's help; one that click keeps as it is becomes a block."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0] == "\b":
            yield ["```text", *lines[1:], "```"]
        else:
            yield lines


def _options(command: click.Command, ctx: click.Context) -> list[str]:
    records = [each.get_help_record(ctx) for each in command.params if isinstance(each, click.Option)]
    rows = [record for record in records if record]
    if not rows:
        return []
    cells = [f"| `{names.replace('|', _BAR)}` | {text.replace('|', _BAR)} |" for names, text in rows]
    return ["", "| option | |", "|---|---|", *cells]


_BAR = "\\|"


def whole_page(text: str) -> str:
    """The page with its second half as it should be."""
    by_hand, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"{PAGE} has lost its mark: {MARK}")
    return f"{by_hand}{mark}\n{reference()}"


if __name__ == "__main__":
    PAGE.write_text(whole_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
