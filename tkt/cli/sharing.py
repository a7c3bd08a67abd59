"""Bringing desks together: another branch, another repository."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import note, say, warn
from tkt.cli.settling import settling, settling_options
from tkt.errors import Problem, RemoteError, TktError

if TYPE_CHECKING:
    from tkt.domain.merge import Answers
    from tkt.gitrepo.exchange import GitRemote
    from tkt.usecases.compare import Comparison
    from tkt.usecases.integrate import Fork, Integrated, Join, Joined
    from tkt.usecases.sync import Synced
    from tkt.wiring.sharing import Sharing

_MANY = 200
"""For so many tickets another process is worth its while."""
_Found = tuple[Sequence[tuple[str, int, str, str]], str]
"""Problems, each as `Problem` has it, and a summary."""


@click.command("merge-branch")
@click.argument("other", shell_complete=complete.commits)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@settling_options
def merge_branch_command(other: str, how: str, *, dry_run: bool) -> None:
    """Merge a branch into the current one, ticket by ticket.

    Fields, labels, links and threads of both sides are put together without marks in any file; where both
    set one field, the value that loses least holds, and both stay in the thread. What is no ticket is
    merged as Git does. Works in a bare repository too.

    Where both sides edited the same lines of a description, nothing is merged, and the files are named;
    unless an option says what becomes of those lines.
    """
    from tkt.render.text import clean_line
    from tkt.usecases.integrate import Aim, integrate
    from tkt.wiring.sharing import open_sharing

    sharing = open_sharing()
    theirs = sharing.commit(other)
    name = clean_line(other)
    branch = sharing.branch(name)
    summaries, aim = _Summaries(sharing), Aim(theirs, name, dry_run)
    done = settling(
        sharing,
        how,
        lambda answers: integrate(branch, summaries.joining(answers), aim),
    )
    if not done.moved:
        say(f"{name} is in this branch already; nothing was changed.")
        return
    say(f"{'would merge' if dry_run else 'merged'} {name}: {summaries.of(done.base, theirs)}")
    _say_joined([done])


@click.command("sync")
@click.argument("remote", required=False, default="")
@click.option("--dry-run", is_flag=True, help="Show what would come and go, and change nothing.")
@click.option("--no-push", is_flag=True, help="Only get what is new.")
@settling_options
def sync_command(remote: str, how: str, *, dry_run: bool, no_push: bool) -> None:
    """Get what is new elsewhere, merge it ticket by ticket, and send what is new here.

    Exchanges the current branch with the one that it follows, else with the branch of that name at origin.
    Nothing is ever forced: where somebody else was faster, it begins again. What is not committed is left
    alone. Exits with 8 where the other side cannot be reached or refuses.

    A merge joins both sides; with integrate: rebase in .tkt/project.yaml, own commits are put on top of
    theirs instead.

    Where both sides edited the same lines of a description, nothing is merged, and the files are named;
    unless an option says what becomes of those lines.
    """
    from tkt.usecases.sync import Wishes, sync
    from tkt.wiring.sharing import open_sharing

    sharing = open_sharing()
    end = sharing.remote(remote)
    branch = sharing.branch(end.label)
    if not dry_run and sharing.teach_git():
        note("This clone merges tickets field by field from now on (merge.tkt in its Git configuration).")
    summaries, follower = _Summaries(sharing), _Follower()
    wishes = Wishes(dry_run=dry_run, push=not no_push, straight=sharing.straight)
    try:
        done = settling(
            sharing, how, lambda answers: sync(branch, end, summaries.joining(answers), wishes, follower)
        )
    except TktError as error:
        follower.tell("")
        _say_joined(follower.brought)
        if isinstance(error, RemoteError) and not error.hint:
            raise RemoteError(error.message, _waiting(sharing, end)) from error
        raise
    finally:
        follower.tell("")
    _say_exchanged(summaries, end, done, dry_run=dry_run)
    _say_joined(follower.brought)
    _note_uncommitted(sharing)


def _say_exchanged(summaries: _Summaries, end: GitRemote, done: Synced, *, dry_run: bool) -> None:
    came, went = ("would come", "would go") if dry_run else ("came", "went")
    base = summaries.sharing.base(done.before, done.theirs)
    if done.theirs not in {base, ""}:
        say(f"{came} from {end.label}: {summaries.of(base, done.theirs)}")
    if done.before != base:
        went = went if done.sent or dry_run else "waits for"
        to = end.label if went == "waits for" else f"to {end.label}"
        say(f"{went} {to}: {summaries.of(base, done.before)}")
    if done.before == base and done.theirs in {base, ""}:
        say(f"{end.label} and this branch are the same.")


class _Summaries:
    """What happened between commits, in words; of many tickets that is found out while they are merged.

    Args:
        sharing: the desk.
    """

    def __init__(self, sharing: Sharing) -> None:
        self.sharing = sharing
        self._begun: dict[tuple[str, str], Callable[[], _Found]] = {}

    def joining(self, answers: Answers) -> Join:
        """As `Sharing.joining`."""
        from tkt.wiring.sharing import meanwhile

        join = self.sharing.joining(answers)

        def joined(fork: Fork) -> Joined:
            done = join(fork)
            ends = fork.base, fork.theirs

            def told() -> _Found:
                return self._told(self.sharing.came(fork, done), *ends)

            if not done.renamed and ends not in self._begun:
                self._begun[ends] = meanwhile(told) if len(done.changed) > _MANY else told
            return done

        return joined

    def of(self, before: str, after: str) -> str:
        """In tickets, or in commits where there are none; with warnings of files that cannot be understood.

        Args:
            before: a commit.
            after: a later one.
        """
        begun = self._begun.pop((before, after), None)
        problems, summary = (
            begun() if begun else self._told(self.sharing.compared(before, after), before, after)
        )
        warn([Problem(*each) for each in problems])
        return summary

    def _told(self, found: Comparison, before: str, after: str) -> _Found:
        from tkt.render.text import plural
        from tkt.render.totals import summary

        commits = 0 if found.changes else self.sharing.count(before, after)
        text = summary(found.changes) if found.changes else plural(commits, "commit")
        return [(*each,) for each in found.problems], text


def _say_joined(steps: Sequence[Integrated]) -> None:
    """What both sides did to the same fields, and what else a person should know."""
    from tkt.render.text import clean_line
    from tkt.usecases.integrate import clash_text

    for each in steps:
        if each.warning:
            note(f"warning: {each.warning}")
        if each.joined:
            for line in (*(clash_text(*clash) for clash in each.joined.clashes), *each.joined.notes):
                say(clean_line(line))


def _waiting(sharing: Sharing, end: GitRemote) -> str:
    """What has not been sent yet."""
    from tkt.render.text import plural

    known = end.known()
    head = sharing.commit("HEAD")
    try:
        base = sharing.base(head, known)
        tickets = len(sharing.compared(base, head).changes)
    except TktError:
        return ""
    commits = sharing.count(base, head)
    if not commits:
        return "Nothing of yours is waiting."
    return f"{plural(commits, 'commit')} with {plural(tickets, 'ticket')} waiting; tkt sync sends them later."


def _note_uncommitted(sharing: Sharing) -> None:
    from tkt.domain.ids import ticket_of
    from tkt.render.text import plural
    from tkt.wiring.desk import open_workspace

    if sharing.place.repository is None:
        return
    try:
        paths = open_workspace(sharing.place.root).history.uncommitted()
    except TktError as error:  # what was to be done is done
        note(f"warning: {error.message}")
        return
    tickets = {ticket_of(path) or path for path in paths}
    if tickets:
        note(f"{plural(len(tickets), 'ticket')} with changes that are not committed; they stay here.")


class _Follower:
    """Keeps what was brought in, and has what is being done just now in a line that is written over."""

    def __init__(self) -> None:
        from tkt.wiring.sharing import Patience

        self.brought: list[Integrated] = []
        self.bring = self.brought.append
        self.wait = Patience().wait
        self._shown = ""

    def tell(self, text: str) -> None:
        """Show what is being done, if this is a terminal; "" for nothing any more."""
        if sys.stderr.isatty():
            line = f"{text} ..." if text else ""
            click.echo(f"\r{line.ljust(len(self._shown))}" + ("" if line else "\r"), nl=False, err=True)
            self._shown = line
