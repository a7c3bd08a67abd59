"""What ails a desk, and the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from tkt.domain.conditions import All
from tkt.domain.ids import TICKETS, entry_time, is_entry, month_folder
from tkt.domain.settings import CommitPolicy
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, TktError
from tkt.usecases.resolve import disputes_of
from tkt.usecases.setup import ATTRIBUTE_LINES, ATTRIBUTES
from tkt.usecases.workspace import Workspace

OLDEST_GIT = (2, 31)
_COMMITTING = frozenset({CommitPolicy.AUTO, CommitPolicy.AMEND})
_SKEW = timedelta(minutes=5)
_SHOWN = 20
KEPT_OUT_MEND = f"git sparse-checkout add {TICKETS}"


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine and the repository look like.

    Args:
        git_version: such as `2.39.5`; "" when Git is not there.
        busy: what Git is in the middle of; "" for nothing.
        attributes: lines of `.gitattributes`.
        leftovers: files and references that a crash left behind.
        prune_now: whether Git is told to throw unreachable objects away at once.
        cache: whether tkt's cache can be written; None when there is none yet.
        index: the bytes that the index has, and what is wrong with it; None when there is none yet.
        caches: the folder with both of them, as a person would type it.
        extras: optional libraries, and whether they are there.
        driver: whether this clone's Git merges tickets with tkt; None where it merges none.
        own_branch: the branch that the desk has for itself, and whether Git shows the desk's folder among
            the code; None where it lies in the tree of the code.
        folder: the desk's, as a person would type it.
        kept_out: so many files of tickets a sparse checkout keeps out of the working tree.
    """

    git_version: str
    busy: str
    attributes: Sequence[str]
    leftovers: Sequence[str]
    prune_now: bool
    cache: bool | None
    index: tuple[int, str] | None
    caches: str
    extras: Mapping[str, bool]
    driver: bool | None = None
    own_branch: tuple[str, bool] | None = None
    folder: str = ""
    kept_out: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        area: `git`, `store`, `index`, `attributes`, `clock` or `extras`.
        good: whether it is as it should be.
        text: what was found.
        mend: the command that mends it; "" when there is nothing to mend.
    """

    area: str
    good: bool
    text: str
    mend: str = ""


def _good(area: str, text: str) -> Finding:
    return Finding(area, good=True, text=text)


def _bad(area: str, text: str, mend: str = "") -> Finding:
    return Finding(area, good=False, text=text, mend=mend)


def examine(ws: Workspace, machine: Machine) -> list[Finding]:
    """Everything there is to say about a desk, area by area."""
    return [
        *_git(ws, machine),
        *_sparse(machine),
        *_store(ws),
        *_index(ws, machine),
        *_attributes(machine),
        *_clock(ws),
        *_extras(machine),
    ]


def _git(ws: Workspace, machine: Machine) -> Iterator[Finding]:
    parts = machine.git_version.split(".")
    known = tuple(int(part) for part in parts[:2] if part.isdecimal())
    oldest = ".".join(map(str, OLDEST_GIT))
    if known < OLDEST_GIT:
        yield _bad(
            "git",
            f"Git {machine.git_version or 'is missing'}; tkt needs {oldest}",
            "apt-get install git",
        )
    else:
        yield _good("git", f"version {machine.git_version}")
    if machine.own_branch:
        branch, shown = machine.own_branch
        if shown:
            yield _bad("git", f"git status shows {machine.folder} among the code", "tkt init")
        else:
            yield _good("git", f"the desk has the branch {branch} for itself, in {machine.folder}")
    if machine.busy:
        yield _bad("git", f"{machine.busy} is under way, so nothing can be written", "git status")
    if ws.identity.actor() is None:
        yield _bad(
            "git",
            "nobody knows who you are",
            "git config --global user.email YOU@EXAMPLE.COM",
        )
    if machine.prune_now:
        yield _bad(
            "git",
            "gc.pruneExpire=now can destroy work in progress",
            "git config --unset gc.pruneExpire",
        )
    for each in machine.leftovers:
        yield _bad("git", f"{each} was left behind by a command that was cut off", "tkt doctor --fix")


def _sparse(machine: Machine) -> Iterator[Finding]:
    if machine.kept_out:
        yield _bad("store", kept_out_text(machine.kept_out), KEPT_OUT_MEND)


def kept_out_text(count: int) -> str:
    """What to say of files of tickets that are not in the working tree."""
    return f"the sparse checkout leaves out {count:,} {'file' if count == 1 else 'files'} of tickets"


def _store(ws: Workspace) -> Iterator[Finding]:
    count = contested = 0
    problems: list[Problem] = []
    for each in ws.tickets.scan():
        if isinstance(each, Ticket):
            thread, unreadable = ws.tickets.thread(each.id)
            count += 1
            contested += len({dispute.field for dispute in disputes_of(ws, each, thread)})
            problems += [*ws.tickets.problems(each.id), *unreadable]
        else:
            problems.append(each)
    yield _good("store", f"{count:,} {'ticket' if count == 1 else 'tickets'} can be read")
    if contested:
        fields = f"{contested:,} {'field is' if contested == 1 else 'fields are'}"
        yield _bad(
            "store", f"{fields} contested: people set other values, and nobody has settled it", "tkt resolve"
        )
    yield from _left_out(ws)
    for problem in problems[:_SHOWN]:
        yield _bad("store", str(problem), f"$EDITOR {quote(problem.path)}")
    if len(problems) > _SHOWN:
        yield _bad("store", f"and {len(problems) - _SHOWN:,} more files with problems")


def _left_out(ws: Workspace) -> Iterator[Finding]:
    """Entries that tkt has written and no commit has."""
    try:
        unstaged = ws.history.unstaged() if ws.policy in _COMMITTING else ()
    except TktError as error:
        yield _bad("store", error.message, error.hint)
        return
    left = sum(is_entry(each) and ws.history.blob_at_head(each) is None for each in unstaged)
    if left:
        entries = f"{left:,} {'entry is' if left == 1 else 'entries are'}"
        yield _bad(
            "store", f"{entries} in no commit: one was made without what tkt had written", "tkt record"
        )


def _index(ws: Workspace, machine: Machine) -> Iterator[Finding]:
    mend = f"rm -r {quote(machine.caches)}"
    if machine.cache is None:
        yield _good("index", "no cache yet; the next command makes one")
    elif machine.cache:
        yield _good("index", "the cache can be read and written")
    else:
        yield _bad("index", "the cache cannot be written, so commands are slower", mend)
    if machine.index is None:
        yield _good("index", "no index yet; the first list makes one")
        return
    size, trouble = machine.index
    if not trouble and not _agrees(ws):
        trouble = "it says something else than the files"
    if trouble:
        yield _bad("index", f"the index cannot be used: {trouble}", mend)
    else:
        yield _good("index", f"the index has {size:,} bytes and agrees with the files")


def _agrees(ws: Workspace) -> bool:
    """Whether the index says the same as the files of all tickets."""
    here = [each for each in ws.tickets.scan() if isinstance(each, Ticket)]
    found = {each.id: each for each in ws.catalogue.select(All()).tickets}
    names = {name for each in here for name in each.fields}
    return len(found) == len(here) and all(
        each.id in found
        and each.body == found[each.id].body
        and all(each.items(name) == found[each.id].items(name) for name in names)
        for each in here
    )


def _attributes(machine: Machine) -> Iterator[Finding]:
    missing = [line for line in ATTRIBUTE_LINES if line not in machine.attributes]
    if missing:
        yield _bad("attributes", f"{ATTRIBUTES} lacks: {'; '.join(missing)}", "tkt init")
    else:
        yield _good("attributes", "tickets are text with LF, attachments are bytes")
    if machine.driver:
        yield _good("attributes", "this clone's Git merges tickets field by field")
    elif machine.driver is False:
        yield _bad("attributes", "this clone's Git merges tickets line by line", "tkt init")


def _clock(ws: Workspace) -> Iterator[Finding]:
    ahead = [(moment, each) for each in _newest_month(ws) if (moment := _latest(ws, each)) - ws.now > _SKEW]
    if ahead:
        moment, ticket_id = max(ahead)
        minutes = round((moment - ws.now).total_seconds() / 60)
        text = f"{ticket_id} has an entry {minutes:,} minutes in the future"
        yield _bad("clock", text, "timedatectl set-ntp true")
    else:
        yield _good("clock", f"{ws.now:%Y-%m-%d %H:%M} UTC, after the newest entry")


def _newest_month(ws: Workspace) -> list[str]:
    """The tickets of the newest month: ids of one month are in no order."""
    known = ws.tickets.ids()
    newest = month_folder(known[-1]) if known else ""
    return [each for each in known if month_folder(each) == newest]


def _latest(ws: Workspace, ticket_id: str) -> datetime:
    """The newest moment that a ticket names; long ago for one that cannot be read."""
    try:
        created = ws.tickets.load(ticket_id).created
    except TktError:
        return datetime.min.replace(tzinfo=ws.now.tzinfo)
    return max([created, *(entry_time(entry.id) for entry in ws.tickets.thread(ticket_id)[0])])


def _extras(machine: Machine) -> Iterator[Finding]:
    for name, there in machine.extras.items():
        if there:
            yield _good("extras", f"{name} is installed")
        else:
            yield _bad("extras", f"{name} is missing", f"pip install {name}")
