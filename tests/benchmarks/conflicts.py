"""How often Git alone cannot merge what two people did to one ticket: `python -m tests.benchmarks.conflicts`.

Pairs of clones without a driver, as at a forge's merge button (`git merge-tree --write-tree` in a bare
repository), and the same by tkt's own merge. What both sides set to different values, and a paragraph that
both rewrote, is a real conflict, which a person should see; any other is one that should not be.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.sharing.clones import Hub, Laptop, being, settle_in
from tkt.domain.ticket import Ticket
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.wiring.sharing import open_sharing

_SEED = 20261122
_WORDS = ("apple", "berry", "citron", "damson", "elder", "fig", "grape", "hazel", "iris", "juniper")
_PEOPLE = tuple(f"{name}@example.com" for name in ("ana", "bob", "carla", "dimitri", "elena"))
_PARAGRAPHS = 5
_BODY = "\n\n".join(f"Paragraph {number} of the description." for number in range(_PARAGRAPHS))


class Rates(NamedTuple):
    """What came of so many pairs.

    Args:
        pairs: how many.
        real: pairs of which both sides set the same to different values.
        conflicts: pairs that plain Git could not merge.
        spurious: those of them that are not real.
        by_tkt: pairs that tkt's own merge leaves to a person.
        spurious_by_tkt: those of them of which both sides did not rewrite the same paragraph.
    """

    pairs: int
    real: int
    conflicts: int
    spurious: int
    by_tkt: int
    spurious_by_tkt: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pairs, merge them, print the rates."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.conflicts", description=__doc__)
    parser.add_argument("--pairs", type=int, default=400, metavar="N", help="how many, of each kind")
    chosen = parser.parse_args(arguments)
    print("| edits a side | pairs | real | conflicts by Git | spurious | left by tkt sync | spurious |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for most in (1, 3):
        with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
            settle_in(Path(name))
            rates = measure(Path(name), chosen.pairs, most)
        shares = (f"{each} ({100 * each / rates.pairs:.1f} %)" for each in rates[1:])
        print(f"| {'1' if most == 1 else f'1 to {most}'} | {rates.pairs} | {' | '.join(shares)} |")


def measure(folder: Path, pairs: int, most: int) -> Rates:
    """Have two people edit so many tickets, and merge.

    Args:
        folder: for the clones.
        pairs: how many tickets.
        most: edits a side, at most; at least one.
    """
    hub = Hub(folder)
    ours = hub.begin("ana")
    settings = ours.root / ".tkt" / "project.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("commit: auto", "commit: off"), encoding="utf-8")
    chance = Random(_SEED)  # noqa: S311  nothing is secret here
    tickets = [_create(ours, number, chance) for number in range(pairs)]
    _send(ours, "main")
    theirs = hub.clone("bob")
    for laptop, branch in ((ours, "ours"), (theirs, "theirs")):
        for ticket in tickets:
            for _ in range(chance.randint(1, most)):
                _edit(laptop, ticket, chance)
        _send(laptop, branch)
    ours.git("fetch", "--quiet")
    base, mine, other = (_tickets(ours, f"origin/{each}") for each in ("main", "ours", "theirs"))
    triples = {each: (base[each], mine[each], other[each]) for each in tickets}
    bodies = {each for each in tickets if _rewritten(*(ticket.body for ticket in triples[each]))}
    real = {each for each in tickets if _clash(*triples[each])} | bodies
    by_git, by_tkt = _merged_by_git(hub), _left_by_tkt(ours)
    return Rates(pairs, len(real), len(by_git), len(by_git - real), len(by_tkt), len(by_tkt - bodies))


def _create(laptop: Laptop, number: int, chance: Random) -> str:
    labels = [word for each in chance.sample(_WORDS, 3) for word in ("--label", each)]
    return laptop.create(f"Ticket {number}", _BODY, "--priority", "P3", *labels)


def _send(laptop: Laptop, branch: str) -> None:
    laptop.git("add", "--all")
    laptop.git("commit", "--quiet", "-m", "Work")
    laptop.git("push", "--quiet", "origin", f"HEAD:{branch}")


# --- what people do ---


def _comment(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.tkt("comment", ticket, "-m", f"{chance.choice(_WORDS)} {chance.random()}")


def _status(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.try_tkt("transition", ticket, chance.choice(("assigned", "in-progress", "waiting", "closed")))


def _assignee(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.tkt("assign", ticket, chance.choice(_PEOPLE))


def _labels(laptop: Laptop, ticket: str, chance: Random) -> None:
    word = chance.choice(_WORDS)
    gone = word in laptop.path(ticket).read_text(encoding="utf-8")
    laptop.tkt("label", ticket, "--", f"-{word}" if gone else word)


def _priority(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.tkt("set", ticket, f"priority={chance.choice(('P1', 'P2', 'P4', 'P5'))}", "-m", "so")


def _due(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.tkt("set", ticket, f"due=2026-12-{chance.randint(1, 28):02}")


def _title(laptop: Laptop, ticket: str, chance: Random) -> None:
    laptop.tkt("set", ticket, f"title=About {chance.choice(_WORDS)}")


def _description(laptop: Laptop, ticket: str, chance: Random) -> None:
    lines = laptop.path(ticket).read_text(encoding="utf-8").split("\n")
    places = [place for place, line in enumerate(lines) if line.startswith("Paragraph ")]
    lines[chance.choice(places)] += f" More of {chance.choice(_WORDS)} {chance.random()}."
    laptop.tkt("edit", ticket, "-F", "-", stdin="\n".join(lines))


_MIX: dict[Callable[[Laptop, str, Random], None], int] = {
    _comment: 35, _status: 20, _assignee: 15, _labels: 12, _priority: 8, _due: 4, _description: 4, _title: 2,
}  # fmt: skip
"""Of a hundred things that people do to a ticket, so many are of each kind."""


def _edit(laptop: Laptop, ticket: str, chance: Random) -> None:
    (deed,) = chance.choices(list(_MIX), list(_MIX.values()))
    deed(laptop, ticket, chance)


# --- what came of it ---


def _tickets(laptop: Laptop, revision: str) -> dict[str, Ticket]:
    files = CommitFiles(Git(str(laptop.root)), laptop.git("rev-parse", revision))
    tickets = TicketFiles(files, SettingsReader(files).load())
    return {each: tickets.load(each) for each in tickets.ids()}


def _clash(base: Ticket, mine: Ticket, other: Ticket) -> bool:
    """Whether both sides set a field, not a list, to values of their own."""
    names = {*base.fields, *mine.fields, *other.fields}
    said = [[each.fields.get(name, "") for each in (base, mine, other)] for name in names]
    return any(len({*values}) == 3 for values in said if not any(isinstance(each, tuple) for each in values))


def _rewritten(base: str, mine: str, other: str) -> bool:
    """Whether both sides rewrote one paragraph."""
    paragraphs = (each.strip().split("\n\n") for each in (base, mine, other))
    return any(len({*versions}) == 3 for versions in zip(*paragraphs, strict=True))


def _merged_by_git(hub: Hub) -> set[str]:
    """The tickets in which Git itself finds a conflict."""
    command = ["git", "merge-tree", "--write-tree", "--name-only", "--no-messages", "ours", "theirs"]
    done = subprocess.run(command, cwd=hub.root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done
    return {Path(line).stem for line in done.stdout.splitlines()[1:]}


def _left_by_tkt(laptop: Laptop) -> set[str]:
    """The tickets that tkt leaves to a person."""
    laptop.git("reset", "--quiet", "--hard", "origin/ours")
    with being(laptop.root, laptop.who, laptop.moment):
        sharing = open_sharing()
        ours, theirs = sharing.commit("origin/ours"), sharing.commit("origin/theirs")
        fork = sharing.branch("theirs").fork(sharing.base(ours, theirs), ours, theirs)
        return {Path(each).stem for each in sharing.joining()(fork).unresolved}


if __name__ == "__main__":
    main()
