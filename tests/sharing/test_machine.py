"""People who do whatever they like, exchange when they like, and agree in the end: real Git, real clones."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.conftest import NIGHTLY
from tests.sharing.clones import Hub, Laptop, unsound
from tkt.gitrepo.merging import install_driver
from tkt.gitrepo.repository import Repository

PEOPLE = ("ana", "bob", "eve")
DRIVER = f"{sys.executable} -m tkt merge-file %O %A %B %L %P"
VALUES = {
    "title": st.sampled_from(["One", "Two", "Three: 3"]),
    "priority": st.sampled_from(["P1", "P3", "P5"]),
    "due": st.sampled_from(["", "2026-12-01T00:00:00Z", "2026-12-24T00:00:00Z"]),
}
COMMANDS = (
    ("assign", "TICKET", "bob@example.com"),
    ("assign", "TICKET", "eve@example.com"),
    ("watch", "TICKET"),
    ("time", "add", "15m", "TICKET"),
    ("link", "TICKET", "blocks", "OTHER"),
    ("link", "TICKET", "parent", "OTHER"),
    ("merge", "TICKET", "OTHER", "-y"),
    ("split", "TICKET", "A part of it"),
    ("transition", "TICKET", "resolved", "--resolution", "fixed"),
    ("compact", "TICKET"),
)
"""What people do besides: with a ticket, and some of it with another one."""
people = st.sampled_from(range(len(PEOPLE)))
words = st.sampled_from(["apple", "berry", "citron"])


class Sharing(RuleBasedStateMachine):
    """Some clones of one hub."""

    tickets = Bundle("tickets")
    strict = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tkt-sharing-"))
        self.hub = Hub(self.folder)
        self.laptops = [self.hub.begin(PEOPLE[0]), *(self.hub.clone(name) for name in PEOPLE[1:])]
        for laptop in self.laptops:
            install_driver(Repository(str(laptop.root)), "tkt")
            laptop.git("config", "merge.tkt.driver", DRIVER)
        self.said: set[str] = set()
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        """All come together, and nothing may be missing or wrong."""
        try:
            for laptop in [*self.laptops, *self.laptops]:
                self.exchange(laptop)
            heads = {laptop.head for laptop in self.laptops}
            assert heads == {self.hub.head}
            assert [laptop.status for laptop in self.laptops] == [""] * len(self.laptops)
            assert unsound(self.laptops[0].root, strict=self.strict) == []
            texts = self.laptops[0].texts
            assert {each for each in self.said if each not in texts} == set()
            assert {each for each in self.written if each not in texts} == set()
        finally:
            shutil.rmtree(self.folder)

    @property
    def written(self) -> set[str]:
        """The ids of all entries that any commit anywhere has."""
        names: set[str] = set()
        for laptop in self.laptops:
            out = laptop.git(
                "log", "--all", "-m", "--diff-filter=A", "--name-only", "--format=", "--no-renames"
            )
            names |= {Path(path).stem for path in out.split("\n") if path.count("/") == 3}
        return names

    def exchange(self, laptop: Laptop) -> None:
        """Sync, a minute later than the last time."""
        laptop.moment = f"2026-11-22T09:{next(self.numbers) % 50:02}:00Z"
        laptop.sync()

    @initialize(target=tickets)
    def first(self) -> str:
        """A ticket that everybody has."""
        ticket = self.laptops[0].create("Zero", "One line.\n\nTwo lines.\n\nThree lines.\n")
        for laptop in self.laptops:
            laptop.sync()
        return ticket

    @rule(target=tickets, person=people)
    def create(self, person: int) -> str:
        """A new ticket."""
        return self.laptops[person].create(f"Ticket {next(self.numbers)}")

    def at(self, person: int, ticket: str) -> Laptop | None:
        """Somebody's clone, if the ticket is known there."""
        laptop = self.laptops[person]
        return laptop if any(laptop.root.glob(f"tickets/*/{ticket}.md")) else None

    @rule(person=people, ticket=tickets, data=st.data(), field=st.sampled_from(sorted(VALUES)))
    def set(self, person: int, ticket: str, data: st.DataObject, field: str) -> None:
        """A field."""
        laptop = self.at(person, ticket)
        if laptop:
            laptop.tkt("set", ticket, f"{field}={data.draw(VALUES[field])}", "-m", "so")

    @rule(
        person=people,
        ticket=tickets,
        status=st.sampled_from(["in-progress", "waiting", "closed", "assigned"]),
    )
    def transition(self, person: int, ticket: str, status: str) -> None:
        """A status, if it can be reached from there."""
        laptop = self.at(person, ticket)
        if laptop:
            laptop.try_tkt("transition", ticket, status)

    @rule(person=people, ticket=tickets, word=words, gone=st.booleans())
    def label(self, person: int, ticket: str, word: str, gone: bool) -> None:
        """A label comes or goes."""
        laptop = self.at(person, ticket)
        if laptop:
            laptop.try_tkt("label", ticket, "--", f"-{word}" if gone else word)

    @rule(person=people, ticket=tickets)
    def comment(self, person: int, ticket: str) -> None:
        """A comment that must never be lost."""
        laptop = self.at(person, ticket)
        if laptop:
            text = f"Comment {next(self.numbers)} by {laptop.who}."
            laptop.tkt("comment", ticket, "-m", text)
            self.said.add(text)

    @rule(person=people, ticket=tickets, other=tickets, command=st.sampled_from(COMMANDS))
    def command(self, person: int, ticket: str, other: str, command: tuple[str, ...]) -> None:
        """Something else, if the rules let it."""
        laptop = self.at(person, ticket)
        if laptop and self.at(person, other):
            named = {"TICKET": ticket, "OTHER": other}
            laptop.try_tkt(*(named.get(word, word) for word in command))

    @rule(person=people)
    def undo(self, person: int) -> None:
        """The last change goes again, as long as nobody else has it."""
        laptop = self.laptops[person]
        before = {each for each in self.said if each in laptop.texts}
        laptop.try_tkt("undo")
        self.said -= {each for each in before if each not in laptop.texts}

    @rule(person=people, ticket=tickets, data=st.data(), field=st.sampled_from(["title", "priority"]))
    def resolve(self, person: int, ticket: str, data: st.DataObject, field: str) -> None:
        """What people disagree about is settled, by a value that holds or another one."""
        laptop = self.at(person, ticket)
        if laptop:
            laptop.try_tkt("resolve", ticket, f"{field}={data.draw(VALUES[field])}")

    @rule(person=people)
    def sync(self, person: int) -> None:
        """An exchange with the hub."""
        self.exchange(self.laptops[person])


class SharingOnOneLine(Sharing):
    """The same, with own commits put on top of those of others."""

    def __init__(self) -> None:
        super().__init__()
        first = self.laptops[0]
        first.go_straight()


class SharingBesideGit(Sharing):
    """The same, and some edit descriptions, and merge by plain Git now and then."""

    # Git's driver sees one file and no thread: of two values that hold it may leave either.
    strict = False

    def __init__(self) -> None:
        super().__init__()
        without = self.laptops[2].root / ".git" / "info" / "attributes"  # this clone merges lines
        without.write_text("tickets/** merge=text\n", encoding="utf-8")

    def exchange(self, laptop: Laptop) -> None:
        """Sync; where descriptions clash, merge by plain Git, and have both of what clashes."""
        laptop.git("fetch", "--quiet")
        if laptop.tries("merge-tree", "--write-tree", "HEAD", "origin/main") == 1:
            laptop.tries("merge", "--quiet", "--no-edit", "origin/main")
            if laptop.git("diff", "--name-only", "--diff-filter=U"):
                laptop.tkt("resolve", "--union")
                laptop.git("commit", "--quiet", "--no-edit")
        super().exchange(laptop)

    @rule(person=people, ticket=Sharing.tickets, place=st.sampled_from(["One", "Two", "Three"]))
    def body(self, person: int, ticket: str, place: str) -> None:
        """An edit by hand, recorded."""
        laptop = self.at(person, ticket)
        if laptop and f"{place} line" in laptop.path(ticket).read_text(encoding="utf-8"):
            laptop.edit(ticket, f"{place} line", f"{place} {next(self.numbers)} line")
            laptop.tkt("record", ticket)

    @rule(person=people, other=people)
    def pull(self, person: int, other: int) -> None:
        """Plain Git, from somebody else's clone and with the driver; what conflicts is given up."""
        laptop = self.laptops[person]
        if laptop.tries("pull", "--no-rebase", "--no-edit", "--quiet", str(self.laptops[other].root), "main"):
            laptop.tries("merge", "--abort")

    @rule(person=people)
    def rebase(self, person: int) -> None:
        """Own commits on top of what the hub has, by plain Git."""
        laptop = self.laptops[person]
        laptop.git("fetch", "--quiet")
        if laptop.tries("rebase", "--quiet", "origin/main"):
            laptop.tries("rebase", "--abort")

    @rule(person=people, ticket=Sharing.tickets)
    def squash(self, person: int, ticket: str) -> None:
        """Two commands on a branch, and one commit of both."""
        laptop = self.at(person, ticket)
        if laptop:
            laptop.git("switch", "--quiet", "--create", "side")
            self.comment(person, ticket)
            laptop.tkt("set", ticket, f"title=Squashed {next(self.numbers)}")
            laptop.git("switch", "--quiet", "main")
            laptop.git("merge", "--quiet", "--squash", "side")
            laptop.git("commit", "--quiet", "-m", "Both")
            laptop.git("branch", "--quiet", "-D", "side")

    @rule(person=people, other=people)
    def cherry_pick(self, person: int, other: int) -> None:
        """Somebody else's newest commit; what conflicts, or is there already, is given up."""
        laptop = self.laptops[person]
        laptop.git("fetch", "--quiet", str(self.laptops[other].root), "main")
        if laptop.tries("cherry-pick", "FETCH_HEAD"):
            laptop.tries("cherry-pick", "--abort")

    @rule(person=people, ticket=Sharing.tickets)
    def stash(self, person: int, ticket: str) -> None:
        """An edit by hand that waits in the stash during an exchange, and is given up where it conflicts."""
        laptop = self.at(person, ticket)
        if laptop and "One line" in laptop.path(ticket).read_text(encoding="utf-8"):
            laptop.edit(ticket, "One line", f"One stashed {next(self.numbers)} line")
            laptop.git("stash", "--quiet")
            self.exchange(laptop)
            if laptop.tries("stash", "pop", "--quiet"):
                laptop.git("reset", "--quiet", "--hard")
                laptop.git("stash", "drop", "--quiet")
            else:
                laptop.tkt("record", ticket)


EXAMPLES, STEPS = (120, 30) if NIGHTLY else (2, 12)


@pytest.mark.parametrize("machine", [Sharing, SharingOnOneLine, SharingBesideGit])
def test_whatever_they_do_they_agree(machine: type[Sharing]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shorten a story takes longer than to read it
            suppress_health_check=list(HealthCheck),
        ),
    )
