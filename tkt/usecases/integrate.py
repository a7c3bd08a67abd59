"""Two histories of a desk become one: path by path, ticket by ticket, and never through marks in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from tkt.domain.comparison import TicketChange
from tkt.domain.merge import Bodies, Clash
from tkt.errors import BranchMovedError, ConflictError
from tkt.usecases.obstacle import Obstacle, way_on, way_out
from tkt.usecases.versions import Content, Triple, Version

_SHOWN = 10
_TRIES = 3


class Fork(NamedTuple):
    """Two commits that went apart.

    Args:
        base: the commit that both come from.
        ours: the one that the branch is at.
        theirs: the other one.
        rows: the files below the tickets' folder that are not the same in all three, by their paths.
        host: a commit with everything else as it will be.
        published: says whether others may have what only `ours` has.
        ruled_alike: whether neither side changed the settings.
        lasting: whether a branch will have what comes of them.
    """

    base: str
    ours: str
    theirs: str
    rows: Mapping[str, Triple]
    host: str
    published: Callable[[], bool]
    ruled_alike: bool = False
    lasting: bool = True


class Joined(NamedTuple):
    """What two versions of the tickets' folder come to.

    Args:
        files: what each file that differs will be.
        clashes: the fields to which both sides gave a value of their own, with the ticket's id.
        notes: what else a person should know, in sentences.
        unresolved: the paths that only a person can put together.
        bodies: those of them of which that is only the description, by their paths.
        obstacles: those of which no lines clash, and why only a person can, by their paths.
        renamed: new ids of tickets of ours, by those that they have, which other tickets of theirs have too;
            where there are any, nothing else is said, and our commits have to name them so first.
        came: works out what became of tickets on their side, by their ids, where what was read tells.
        changed: all tickets that changed there.
    """

    files: Mapping[str, Content]
    clashes: tuple[tuple[str, Clash], ...] = ()
    notes: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    bodies: Mapping[str, Bodies] = MappingProxyType({})
    obstacles: Mapping[str, Obstacle] = MappingProxyType({})
    renamed: Mapping[str, str] = MappingProxyType({})
    came: Callable[[], Mapping[str, TicketChange]] = dict
    changed: frozenset[str] = frozenset()


class UnsettledError(ConflictError):
    """Descriptions have to be put together by a person first; nothing has changed.

    Args:
        bodies: what is to be put together, by the paths of the tickets' files.
        since: the commit that both sides come from.
        theirs: the other side's.
        name: what people call that.
    """

    def __init__(self, bodies: Mapping[str, Bodies], since: str, theirs: str, name: str) -> None:
        super().__init__(
            f"both sides edited the same lines of {_listed(tuple(bodies))}",
            "Nothing was merged. The same command with --edit opens them in your editor; with --ours, "
            "--theirs or --union it takes those lines from there.",
        )
        self.bodies = bodies
        self.since = since
        self.theirs = theirs
        self.name = name


class Branch(Protocol):
    """A branch that another commit is to be brought into."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep other commands of tkt from writing meanwhile."""

    def head(self) -> str:
        """The commit that the branch is at.

        Raises:
            ConflictError: no branch is checked out, or Git is in the middle of something.
        """

    def relation(self, ours: str, theirs: str) -> Relation:
        """How two commits are related.

        Raises:
            ConflictError: they have nothing in common.
        """

    def fork(self, base: str, ours: str, theirs: str) -> Fork:
        """What differs, with everything outside the tickets' folder merged.

        Raises:
            ConflictError: that has conflicts.
        """

    def fork_of(self, base: str, ours: str, theirs: str) -> Fork:
        """What differs in tickets, with nothing else merged."""

    def between(self, fork: Fork, files: Mapping[str, Content]) -> str:
        """Make a commit of both that no branch will have; its id."""

    def renamed(self, base: str, ours: str, ids: Mapping[str, str]) -> str:
        """Our commits since another one made anew, with other ids for some tickets; the last of them."""

    def commit(self, fork: Fork, files: Mapping[str, Content], message: str) -> str:
        """Make the commit that joins both; its id."""

    def marked(self, before: str, after: str) -> Sequence[str]:
        """The tickets' files that differ between two commits, and have marks of a merge in the second.

        Args:
            before: a commit; "" for none, so that every file differs.
            after: the other one.
        """

    def require_way(self, ours: str, host: str, files: Mapping[str, Content] = MappingProxyType({})) -> None:
        """See that the branch could go to what a commit has, with some other files; it stays.

        Raises:
            ConflictError: edits are in the way.
        """

    def advance(self, ours: str, new: str, message: str) -> str:
        """Move the branch, and the working tree with it.

        Returns:
            What could not be put in place, in a sentence; "" for nothing.

        Raises:
            ConflictError: edits are in the way.
            BranchMovedError: the branch is not there any more.
        """


class Relation(NamedTuple):
    """How two commits are related.

    Args:
        bases: the newest ones that both come from; several where the sides have been merged crosswise.
        behind: whether theirs comes from ours.
        ahead: whether ours comes from theirs.
    """

    bases: tuple[str, ...]
    behind: bool
    ahead: bool


@dataclass(frozen=True, slots=True)
class Integrated:
    """What became of a branch.

    Args:
        before: the commit that it was at.
        after: the commit that it is at; where this was only tried, the one that it would go to, or "".
        joined: what was put together; None where nothing had to be.
        base: the commit that both sides come from; "" where there is no other side.
        warning: what of it could not be put in place, in a sentence; "" for nothing.
    """

    before: str
    after: str
    joined: Joined | None = None
    base: str = ""
    warning: str = ""

    @property
    def moved(self) -> bool:
        """Whether it went anywhere."""
        return self.before != self.after


Join = Callable[[Fork], Joined]


class Aim(NamedTuple):
    """What is to be brought into a branch.

    Args:
        theirs: the commit.
        name: what people call it.
        dry_run: only say what would become of the branch.
    """

    theirs: str
    name: str
    dry_run: bool = False


def integrate(branch: Branch, join: Join, aim: Aim) -> Integrated:
    """Bring a commit into a branch by a merge.

    Args:
        branch: the one that is checked out.
        join: puts the tickets of both sides together.
        aim: the commit.

    Raises:
        ConflictError: something has to be settled by a person first; nothing has changed then.
        BranchMovedError: somebody else moves the branch, time and again.
    """
    return undisturbed(branch, lambda: merged(branch, join, aim))


def undisturbed(branch: Branch, attempt: Callable[[], Integrated]) -> Integrated:
    """Do something with a branch, and begin again where a Git command, which no lock stops, has moved it."""
    with branch.locked():
        for _ in range(_TRIES - 1):
            with suppress(BranchMovedError):
                return attempt()
        return attempt()


def merged(branch: Branch, join: Join, aim: Aim) -> Integrated:
    """As `integrate`, where the branch is locked, and once."""
    ours = branch.head()
    relation = branch.relation(ours, aim.theirs)
    base = common_base(branch, join, relation.bases)
    if relation.ahead:
        return Integrated(ours, ours, base=base)
    if relation.behind:
        if aim.dry_run:
            branch.require_way(ours, aim.theirs)
            return Integrated(ours, aim.theirs, base=base)
        warning = branch.advance(ours, aim.theirs, f"fast-forward to {aim.name}")
        return Integrated(ours, aim.theirs, base=base, warning=warning)
    fork, joined = joined_fork(branch, join, base, ours, aim.theirs)
    refuse_unresolved(joined, fork, aim.name)
    if aim.dry_run:
        branch.require_way(ours, fork.host, joined.files)
        return Integrated(ours, "", joined, base)
    new = branch.commit(fork, joined.files, _message(aim.name, joined))
    return Integrated(ours, new, joined, base, branch.advance(ours, new, f"merge {aim.name}"))


def common_base(branch: Branch, join: Join, bases: Sequence[str]) -> str:
    """The commit that both sides come from; where there are several, these put together, as Git does it.

    With one of several alone, what a side took back since the others would look like nothing it did.

    Args:
        branch: reads and makes commits.
        join: puts the tickets of two commits together.
        bases: the newest commits that both sides come from.
    """
    base, *others = bases
    for other in others:
        with suppress(ConflictError):  # those have nothing in common
            before = common_base(branch, join, branch.relation(base, other).bases)
            fork = branch.fork_of(before, base, other)._replace(lasting=False)
            base = branch.between(fork, join(fork).files)
    return base


def joined_fork(branch: Branch, join: Join, base: str, ours: str, theirs: str) -> tuple[Fork, Joined]:
    """Two sides, and what they come to; no ticket of ours has an id that another one of theirs has.

    Raises:
        ConflictError: files outside the tickets' folder have conflicts.
    """
    fork = branch.fork(base, ours, theirs)
    joined = join(fork)
    if not joined.renamed:
        return fork, joined
    fork = branch.fork(base, branch.renamed(base, ours, joined.renamed), theirs)
    notes = joined.notes
    joined = join(fork)
    return fork, joined._replace(notes=(*notes, *joined.notes))


def refuse_unresolved(joined: Joined, fork: Fork, name: str, *, stopped: bool = False) -> None:
    """See that nothing is left to a person.

    Args:
        joined: what both sides come to.
        fork: the sides.
        name: what people call theirs.
        stopped: whether Git has stopped at the merge already.

    Raises:
        ConflictError: something is; `UnsettledError` where that is only descriptions.
    """
    if not joined.unresolved:
        return
    if set(joined.unresolved) == set(joined.bodies):
        raise UnsettledError(joined.bodies, fork.base, fork.theirs, name)
    lines = [line for path, each in joined.obstacles.items() for line in each.lines(path, name)]
    clashing = [each for each in joined.unresolved if each not in joined.obstacles]
    if clashing:
        lines.append(f"both sides edited the same lines of {_listed(clashing)}")
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    path = next(iter(joined.obstacles), "")
    hint = way_on(path, clashing) if stopped else f"Nothing was merged. {way_out(name, path)}"
    raise ConflictError("\n".join([*lines[:_SHOWN], *more]), hint)


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{', '.join(paths[:_SHOWN])}{more}"


def _message(name: str, joined: Joined) -> str:
    items = [*(clash_text(*each) for each in joined.clashes), *joined.notes]
    listed = "".join(f"- {each}\n" for each in items)
    return f"Merge {name}\n" + (f"\n{listed}" if listed else "")


def clash_text(ticket_id: str, clash: Clash) -> str:
    """A clash in a sentence: which value holds, and which does not."""
    kept, lost = (_shown(each) for each in (clash.kept, clash.lost))
    return f"{ticket_id}: both sides set {clash.field}; {kept} holds, not {lost}"


def _shown(value: str) -> str:
    return " ".join(value.split()) or "nothing"


class Source(Protocol):
    """Reads commits."""

    def files(self, commit: str, ticket_ids: Iterable[str]) -> dict[str, Version]:
        """The files of some tickets and of their threads at a commit, by their paths."""

    def contents(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What files hold, each with its id, in this order; the next ones are read meanwhile."""
