"""Every command has help and stands in docs/cli.md."""

import re
from collections.abc import Iterator

import click
import pytest

from tests.docs.cli_reference import MARK, PAGE, whole_page
from tkt.cli.main import command_table
from tkt.errors import ExitCode


def _everything() -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(click.Group("tkt"))
    for name, command in command_table().items():
        yield f"tkt {name}", command
        if isinstance(command, click.Group):
            for inner in command.list_commands(ctx):
                found = command.get_command(ctx, inner)
                assert found
                yield f"tkt {name} {inner}", found


_COMMANDS = list(_everything())


def test_the_reference_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == whole_page(text), "python -m tests.docs.cli_reference"


@pytest.mark.parametrize(("path", "command"), _COMMANDS, ids=[path for path, _ in _COMMANDS])
def test_a_command_and_its_options_have_help(path: str, command: click.Command) -> None:
    first = (command.help or "").strip().partition("\n")[0]
    assert first, path
    assert first[0].isupper(), first
    silent = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert not silent, f"{path}: {silent}"


def test_every_exit_code_is_explained() -> None:
    by_hand = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", by_hand, re.MULTILINE)}
    assert explained == {int(code) for code in ExitCode}
