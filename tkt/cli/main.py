"""The `tkt` command: a table of commands loaded when they are asked for, and one place where errors end."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from tkt import __version__
from tkt.cli.early import begin_to_look
from tkt.errors import ConflictError, ExitCode, InvalidStoreError, NotFoundError, TktError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FAMILIES: dict[str, dict[str, str]] = {
    "Start": {
        "init": "start",
        "config": "config",
        "doctor": "start",
        "completion": "start",
        "schema": "start",
    },
    "Tickets": {
        "create": "create",
        "show": "look",
        "edit": "change",
        "set": "change",
        "comment": "converse",
        "assign": "change",
        "transition": "change",
        "label": "change",
        "link": "change",
        "split": "reshape",
        "merge": "reshape",
        "watch": "change",
        "time": "converse",
        "log": "look",
        "undo": "undo",
    },
    "Looking": {
        "status": "look",
        "next": "listing",
        "list": "listing",
        "board": "listing",
        "views": "listing",
        "search": "look",
        "report": "report",
        "diff": "compare",
    },
    "Other programs": {
        "import": "importing",
        "export": "exporting",
        "site": "site",
    },
    "Rules": {
        "check": "check",
        "record": "check",
        "sla": "sla",
        "tick": "tick",
        "hooks": "hooks",
        "workflow": "workflow",
        "fixes": "fixes",
        "ci": "ci",
    },
    "Sharing": {
        "sync": "sharing",
        "resolve": "resolve",
        "merge-branch": "sharing",
    },
    "Upkeep": {
        "compact": "compact",
    },
    "Plumbing": {
        "hook": "hook",
        "merge-file": "merging",
    },
}
"""Every command, by family, and the module of this room that has it as NAME_command."""

ALIASES = {"new": "create", "move": "transition"}
_HELP = frozenset({"-h", "--help"})

_MODULES = {name: module for family in FAMILIES.values() for name, module in family.items()}
_ON_A_DESK = _MODULES.keys() - {"ci", "completion", "hook", "init", "merge-file", "schema"}
"""Commands that a person types at a desk."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click names it
        """Every command, in the order of the families."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name or alias."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in _MODULES:
            return None
        module = importlib.import_module(f"tkt.cli.{_MODULES[name]}")
        command: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        _with_no_index(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed, or an error with the nearest one."""
        if args and ALIASES.get(args[0], args[0]) in _ON_A_DESK and _HELP.isdisjoint(args):
            _see_to_desk()
        if ctx.resilient_parsing:  # a completion: what is typed came with the environment
            begin_to_look(args)
        known = not args or args[0].startswith("-") or self.get_command(ctx, args[0]) is not None
        if not known and not ctx.resilient_parsing:
            from tkt.domain.fields import did_you_mean

            near = did_you_mean(args[0], [*_MODULES, *ALIASES])
            raise click.UsageError(f"there is no command {args[0]!r}" + (f"; {near}" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands with their first lines, none of them cut."""
        found = super().shell_complete(ctx, incomplete)
        for each in found:
            command = self.get_command(ctx, each.value)
            if command:
                each.help = command.get_short_help_str(limit=100)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their first lines, family by family."""
        longest = max(map(len, _MODULES))
        for family, commands in FAMILIES.items():
            rows = []
            for name in commands:
                command = self.get_command(ctx, name)
                text = command.get_short_help_str(limit=100) if command else ""
                rows.append((name.ljust(longest), text))
            with formatter.section(family):
                formatter.write_dl(rows)


def _see_to_desk() -> None:
    """Where the desk has a branch of its own that is checked out nowhere, as in a fresh clone: do that."""
    from tkt.wiring.ahead import find_store

    try:
        find_store()
    except NotFoundError:
        from tkt.wiring.branch import set_up

        said = set_up()
        if said:
            from tkt.render.text import clean

            click.echo(clean(said), err=True)


def _with_no_index(command: click.Command) -> None:
    """Give a command, and those below it, the option that all have."""
    found = [command]
    if isinstance(command, click.Group):  # most of them do nothing themselves
        found = [*command.commands.values(), *([command] if command.params else [])]
    for each in found:
        if not any(param.name == "no_index" for param in each.params):
            each.params.append(
                click.Option(
                    ["--no-index"],
                    is_flag=True,
                    expose_value=False,
                    callback=_remember_no_index,
                    help="Read all files instead of asking the index.",
                )
            )


def _remember_no_index(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from tkt.cli.context import NO_INDEX

        ctx.find_root().meta[NO_INDEX] = True


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tkt", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Keep tickets as Markdown files in your Git repository."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: list[str] | None = None) -> None:
    """Run tkt and exit with its code."""
    _open_streams()
    try:
        sys.exit(run(args))
    except OSError:  # not even a complaint could be written
        sys.exit(int(ExitCode.CHECK_FAILED))
    finally:
        gc.freeze()


def _open_streams() -> None:
    """See that there is something to write to, and that no character stops it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  stays open
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(args: list[str] | None = None) -> int:  # noqa: PLR0911  one way out for each kind of end
    """Run tkt; whatever goes wrong ends here, as words on stderr and an exit code."""
    try:
        _register_shells()
        result = cli.main(args=args, prog_name="tkt", standalone_mode=False)
        sys.stdout.flush()
    except TktError as error:
        _complain(error)
        return int(error.exit_code)
    except click.exceptions.Exit as leaving:
        return int(leaving.exit_code)
    except click.ClickException as error:
        _complain_usage(error)
        return int(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted", err=True)
        return int(ExitCode.INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # click leaves so where that happens while a command writes
        return _reader_gone()
    except Exception as error:  # noqa: BLE001  the last resort: a bug must not end in a traceback
        return _machine_refuses(error) or _bug(error)
    return result if isinstance(result, int) else int(ExitCode.DONE)


def _register_shells() -> None:
    """Teach click how each shell asks, where one does."""
    if "_TKT_COMPLETE" in os.environ:
        importlib.import_module("tkt.cli.shells")


def _complain(error: TktError) -> None:
    from tkt.render.text import clean

    lines = [clean(line) for line in error.message.splitlines()] or ["something went wrong"]
    first = lines[0] if isinstance(error, InvalidStoreError) else f"tkt: {lines[0]}"
    click.echo("\n".join([first, *lines[1:]]), err=True)
    if error.hint:
        click.echo(f"  {clean(error.hint)}", err=True)
    if isinstance(error, ConflictError) and "git " in error.hint:
        from tkt.cli.context import note_folder

        note_folder("  ")


def _complain_usage(error: click.ClickException) -> None:
    from tkt.render.text import clean

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    click.echo(f"tkt: {clean(error.format_message())}", err=True)
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        click.echo(f"  {ctx.get_usage()}\n  {ctx.command_path} --help says more.", err=True)


def _reader_gone() -> int:
    """The reader of a pipe has left: nothing more to say."""
    _say_nothing_more()
    return int(ExitCode.DONE)


def _say_nothing_more() -> None:
    """See that what could not be written is not tried again at exit, where Python would complain."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  stays open until exit


_REFUSALS = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EEXIST,
        errno.EIO,
        errno.EISDIR,
        errno.EMFILE,
        errno.ENAMETOOLONG,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)
"""What a machine may answer although tkt asked for the right thing."""


def _machine_refuses(error: Exception) -> int:
    """Say so where the disk is full or a file may not be touched; 0 for any other error."""
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return 0
    from tkt.render.text import clean_line

    where = f"{clean_line(str(error.filename))}: " if error.filename is not None else ""
    click.echo(f"tkt: {where}{error.strerror}", err=True)
    try:
        sys.stdout.flush()
    except OSError:
        _say_nothing_more()
    return int(ExitCode.CHECK_FAILED)


def _bug(error: Exception) -> int:
    """Write down what is needed to mend a bug, and say where."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="tkt-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"tkt {__version__}, Python {sys.version}\narguments: {sys.argv[1:]!r}\n\n")
        log.write("".join(traceback.format_exception(error)))
    from tkt.render.text import clean_line

    click.echo(
        f"tkt: a bug in tkt ({type(error).__name__}: {clean_line(str(error))})\n"
        f"  Please report it with {log.name}",
        err=True,
    )
    return int(ExitCode.BUG)


def command_table() -> dict[str, Any]:
    """Every command by name, for the reference and completion tests."""
    ctx = click.Context(cli)
    return {name: cli.get_command(ctx, name) for name in _MODULES}
