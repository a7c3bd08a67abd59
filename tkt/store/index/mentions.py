"""Which tickets mention something, and where they do so first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tkt.store.index.keeping import Keeper
from tkt.store.index.sql import WITH_THREADS, Compiler


def phrase(text: str) -> str:
    """What a person typed, for FTS5: nothing in it is an operator."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


class Mentions(NamedTuple):
    """Where a ticket mentions what is looked for.

    Args:
        besides_title: 0 where it stands in the title, 1 elsewhere.
        fewer: how many of the ticket's texts have it, negated.
        age: the ticket's place from the newest one.
        in_thread: 0 where the first text that has it is the ticket's own.
        place: the number of that text.
    """

    besides_title: int
    fewer: int
    age: str
    in_thread: int
    place: int

    @property
    def rank(self) -> tuple[int, int, str, int]:
        """What tickets are put in order by; the numbers of texts depend on what else was ever read."""
        return self[:4]

    @property
    def in_title(self) -> bool:
        """Whether it stands in the title."""
        return not self.besides_title


def joined(each: Sequence[Mentions]) -> Mentions:
    """Where several things are mentioned: in the title when all of them are."""
    first = min(each, key=lambda one: one[3:])
    return Mentions(max(m.besides_title for m in each), sum(m.fewer for m in each), first.age, *first[3:])


def mentions(keeper: Keeper, compiler: Compiler, where: str, asked: str) -> dict[str, Mentions]:
    """The tickets of a tree that meet a condition and mention something.

    The order must follow from these tickets alone, so it cannot be SQLite's bm25: that weighs a word by how
    rare it is among all texts of the index, those of other commits too.
    """
    sql = (
        "WITH found AS MATERIALIZED (SELECT x.* FROM words JOIN text x ON x.number = words.rowid "
        "WHERE words MATCH :asked), "
        "titled AS MATERIALIZED (SELECT rowid FROM words WHERE words MATCH :in_title) "
        f"SELECT m.ticket, t.created, x.number IN titled, 0, x.number {WITH_THREADS} "
        f"JOIN found x ON x.content = m.content WHERE m.tree = :tree AND {where} "
        f"UNION ALL SELECT m.ticket, t.created, 0, 1, x.number {WITH_THREADS} "
        f"JOIN found x ON x.thread = m.thread WHERE m.tree = :tree AND {where}"
    )
    parameters = {
        **compiler.parameters,
        "tree": keeper.tree,
        "asked": asked,
        "in_title": f"title : {asked}",
    }
    found: dict[str, Mentions] = {}
    for ticket, created, titled, in_thread, place in keeper.connection.execute(sql, parameters):
        before = found.get(ticket, Mentions(1, 0, _newest_first(created), 2, 0))
        first = min(before[3:], (in_thread, place))
        found[ticket] = Mentions(min(before.besides_title, 1 - titled), before.fewer - 1, before.age, *first)
    return found


def _newest_first(created: str) -> str:
    """Turns the order of moments around."""
    return "".join(chr(ord("9") - ord(each) + ord("0")) if each.isdigit() else each for each in created)
