"""What judges commits: those of a range in this clone, and those that a server is sent."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tkt.domain.entry import Entry
from tkt.domain.fields import clean_line
from tkt.domain.settings import Settings
from tkt.domain.succession import SKEW, Bench, Snapshot
from tkt.errors import NotFoundError, Problem, UsageError
from tkt.store.settings import SettingsReader
from tkt.store.snapshots import take_snapshot
from tkt.store.threads import EntryText, read_entry
from tkt.usecases.commits import Court, check_range
from tkt.usecases.gate import BRANCHES, Gate, Update
from tkt.usecases.workspace import Actor, Files, Workspace
from tkt.wiring.hooks import this_tkt
from tkt.wiring.machine import now
from tkt.wiring.places import cache_in, past_cache, place_of

if TYPE_CHECKING:
    from tkt.gitrepo.ranges import CommitRange
    from tkt.gitrepo.server import BareServer, Guarded
    from tkt.usecases.check import Checked
    from tkt.usecases.fixes import Fix

USERS = ("TKT_USER", "REMOTE_USER")
"""The variables in which a server says who pushes: set by a forced command, or by the web server."""

OVERRIDE = "tkt.override"
"""The push option with which somebody pushes past a rule."""

_LONGEST = 200


_MANY = 200_000
"""So many entries are remembered at once."""


class StoreReader:
    """Understands the files of a store, and no entry twice."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, bytes], Entry] = {}

    def snapshot(
        self, files: Files, ticket_id: str, settings: Settings
    ) -> tuple[Snapshot, tuple[Problem, ...]]:
        """A ticket with its thread, and what is wrong with what cannot be understood."""
        reading = take_snapshot(files, ticket_id, settings, self._entry)
        return reading.snapshot, reading.problems

    def _entry(self, text: EntryText) -> Entry:
        key = text.id, text.data
        found = self._entries.get(key)
        if found is None:
            if len(self._entries) > _MANY:
                self._entries = {}
            found = self._entries[key] = read_entry(text)
        return found

    def mistakes(self, files: Files) -> Sequence[Problem]:
        """What is wrong with the settings."""
        return SettingsReader(files).problems()


class _SettingsOf:
    """The settings of commits, each read once.

    Args:
        commits: of the repository.
        cache: the file in which those of the last one are kept, checked.
    """

    def __init__(self, commits: CommitRange, cache: str) -> None:
        self.commits = commits
        self.cache = cache
        self._known: dict[str, Settings] = {}

    def __call__(self, oid: str) -> Settings:
        """Those of a commit.

        Raises:
            InvalidStoreError: they have mistakes.
        """
        if oid not in self._known:
            self._known[oid] = SettingsReader(self.commits.files(oid), self.cache).load()
        return self._known[oid]


def look_at_range(words: str) -> Checked:
    """Everything that is wrong with the commits between two commits.

    They are held against the settings of the first one: whoever changes the rules does not judge himself.

    Args:
        words: `A..B`, or `A...B` for what B has since it left A.

    Raises:
        NotFoundError: there is no such commit.
        InvalidStoreError: the settings of the first one have mistakes.
    """
    from tkt.gitrepo.past import commit_ids, merge_base
    from tkt.gitrepo.ranges import CommitRange
    from tkt.usecases.compare import split_range

    place = place_of("")
    first, second, from_base = split_range(words)
    old, new = commit_ids(place.git, [first, second])
    if from_base:
        old = merge_base(place.git, old, new)
    commits = CommitRange(place.git, place.prefix)
    begun = commits.has_desk(old)
    bench = Bench(_SettingsOf(commits, past_cache(place))(old if begun else new), now() + SKEW, judges=begun)
    return check_range(Court(commits, StoreReader(), lambda _: (bench,)), new, old)


def open_gate() -> Gate:
    """What the push at hand is judged with: in a hook of a bare repository.

    Raises:
        UsageError: this is no bare repository.
    """
    from tkt.gitrepo.ranges import CommitRange
    from tkt.gitrepo.receipts import Receipts
    from tkt.gitrepo.server import ANONYMOUS, SIGNED

    server = open_server("")
    commits = CommitRange(server.git)
    moment = now()
    return Gate(
        server=server,
        ledger=Receipts(server.folder),
        commits=commits,
        reader=StoreReader(),
        settings=_SettingsOf(commits, cache_in(server.folder)),
        desk=lambda oid, settings: _desk_at(server.folder, oid, settings, moment),
        now=moment,
        user=_user(os.environ),
        anonymous=server.says(ANONYMOUS),
        signed=server.says(SIGNED),
        override=_override(os.environ),
    )


def _desk_at(folder: str, oid: str, settings: Settings, moment: datetime) -> Workspace:
    from tkt.wiring.desk import open_workspace

    return replace(open_workspace(folder, rev=oid, settings=settings, index=False), now=moment)


def fix_what_came(gate: Gate, updates: Sequence[Update]) -> Iterator[Fix]:
    """Move the tickets that commits say are done which a push has brought to the main branch.

    Whoever pushes moves them: the authors of commits are whom the commits say.

    Args:
        gate: of the server.
        updates: what the push wanted, and has got.
    """
    from tkt.usecases.fixes import fix_tickets
    from tkt.usecases.receiving import remember
    from tkt.wiring.committed import open_deskside
    from tkt.wiring.desk import open_workspace

    desk = gate.server.desk()
    before = gate.server.tip(desk)
    if not gate.user or not before:
        return
    ws = open_workspace()
    main = f"{BRANCHES}{ws.settings.policy.main}"
    update = next((each for each in updates if each.ref == main and each.new), None)
    if update is None:
        return
    person = ws.settings.people.find(gate.user)
    names = (person.email, person.name, person.email) if person else (gate.user, gate.user, gate.user)
    side = open_deskside(ws)
    theirs = side._replace(desk=lambda _: side.desk(Actor(*names)))
    yield from fix_tickets(theirs, f"{update.old}..{update.new}" if update.old else None)
    remember(gate, [Update(before, gate.server.tip(desk), desk)])


def _user(environment: Mapping[str, str]) -> str:
    """Who pushes, as the transport says; "" where it says nothing. Commits and options are not asked."""
    said = next((environment[name] for name in USERS if environment.get(name)), "")
    return clean_line(said, "the name of whoever pushes", _LONGEST)


def _override(environment: Mapping[str, str]) -> str | None:
    """Why rules are to be pushed past; None where nobody has asked for it."""
    count = environment.get("GIT_PUSH_OPTION_COUNT", "0")
    options = (environment.get(f"GIT_PUSH_OPTION_{each}", "") for each in range(int(count)))
    pairs = (each.partition("=") for each in options)
    reasons = [reason.strip() for name, _, reason in pairs if name == OVERRIDE]
    return clean_line(reasons[-1], "the reason of an override", _LONGEST) if reasons else None


def updates_in(text: str) -> list[Update]:
    """What Git tells the hooks of a server about a push."""
    from tkt.gitrepo.server import refs_in

    return [Update(*each) for each in refs_in(text)]


def open_server(folder: str) -> BareServer:
    """A bare repository.

    Args:
        folder: where it is; "" for the current folder.

    Raises:
        UsageError: it is none.
    """
    from tkt.gitrepo.repository import bare_repository
    from tkt.gitrepo.server import BareServer

    bare = bare_repository(folder or os.curdir)
    if not bare:
        raise UsageError(
            f"{folder or 'this folder'} is no bare repository",
            "A server's guard goes where people push to: git init --bare",
        )
    return BareServer(bare)


def install_guard(
    folder: str, *, anonymous: bool, signed: bool, branch: str
) -> tuple[BareServer, list[str], int]:
    """Install the guard of a server, or renew it.

    What is there is taken as it is, and its commits count as older than the guard.

    Args:
        folder: where the repository is.
        anonymous: whether people may push whom nobody knows.
        signed: whether commits must be signed.
        branch: the branch that the desk has for itself; "" for what was said before.

    Returns:
        The server, what was written, and how many references were taken as they are.

    Raises:
        NotFoundError: its main branch is not there, though others are.
        InvalidStoreError: the settings on it have mistakes.
    """
    from tkt.gitrepo.ownbranch import require_name
    from tkt.gitrepo.ranges import CommitRange

    server = open_server(folder)
    if branch:
        require_name(server.git, branch)
    tip = server.tip(f"refs/heads/{branch}" if branch else server.desk())
    if not tip and server.has_branches() and not branch and server.desk() == server.head():
        raise NotFoundError(
            f"the main branch of this repository, {server.head()}, is not there",
            "Name one that is: git symbolic-ref HEAD refs/heads/main",
        )
    if tip:
        _SettingsOf(CommitRange(server.git), cache_in(server.folder))(tip)
    written = server.install(this_tkt(), anonymous=anonymous, signed=signed, branch=branch)
    return server, written, _take_as_it_is(server)


def _take_as_it_is(server: BareServer) -> int:
    from tkt.gitrepo.receipts import Receipts
    from tkt.usecases.gate import Arrival

    ledger = Receipts(server.folder)
    tips = server.tips()
    known = {*ledger.arrivals(tips), *ledger.inherited()}
    moment: datetime = now()
    new = [Arrival(each, moment, "", "") for each in tips if each not in known]
    if new:
        ledger.add(new)
    return len(new)


def guard_of(folder: str) -> tuple[BareServer, Guarded]:
    """A server, and how it is guarded."""
    server = open_server(folder)
    return server, server.guarded(this_tkt())
