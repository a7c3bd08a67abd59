"""Conditions as SQL over the index: `m` is a member of the tree, `t` its content, `a` its thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tkt.domain.activity import COUNTS, DERIVED
from tkt.domain.conditions import (
    All,
    Among,
    Below,
    Blocked,
    Changed,
    Clocked,
    Condition,
    DueWithin,
    Either,
    Linked,
    Mentions,
    Not,
    OfClocks,
    Present,
    SaidBy,
    TimedBy,
    Within,
)
from tkt.domain.settings import Settings
from tkt.domain.ticket import PARENT
from tkt.store.index.rows import COLUMNS, LISTS, NO_ITEMS, as_json

_LONG_AGO = -(10**12)
"""Before any moment that can be written down."""

_MOMENTS = {
    "updated": f"max(coalesce(a.last, {_LONG_AGO}), magnitude('datetime', t.created))",
    "closed": "closed(t.status, a.moves)",
}


EVERY = "1"
"""The condition that every ticket meets."""

BODY = "(SELECT x.body FROM text x WHERE x.content = t.number)"
"""A ticket's description."""

FROM = "FROM member m JOIN content t ON t.number = m.content"
WITH_THREADS = f"{FROM} LEFT JOIN thread a ON a.number = m.thread"

WHOLE = (*COLUMNS, "extra", "body")
"""The columns that hold all of a ticket."""


def columns_sql(names: Iterable[str]) -> str:
    """Columns as SELECT has them."""
    return ", ".join(BODY if name == "body" else f't."{name}"' for name in names)


class Compiler:
    """Turns conditions into SQL.

    Args:
        settings: types of the fields of the desk's own.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.parameters: dict[str, object] = {}
        """Collected on the way, by name; whoever asks adds `tree`."""
        self.asks_threads = False
        """Whether a condition needs the threads; found on the way."""
        self.of_clocks: list[OfClocks] = []
        """What is asked of clocks, in the order in which `clocked` is told of it; found on the way."""

    def where(self, condition: Condition) -> str:  # noqa: C901, PLR0911, PLR0912  a case for each kind
        """An expression that is 1 for the tickets that meet a condition, and 0 for the others."""
        match condition:
            case All(parts):
                return self._joined(sorted(parts, key=_shallowness), " AND ", EVERY)
            case Either(parts):
                return self._joined(sorted(parts, key=_shallowness), " OR ", "0")
            case Not(part):
                return f"NOT {self.where(part)}"
            case Mentions(text, where):
                mark = self._mark(text)
                return self._any(f"instr(fold({_text(each)}), {mark}) > 0" for each in where)
            case Among():
                return self._among(condition)
            case Present(name):
                return self._present(name)
            case Within():
                return self._within(condition)
            case SaidBy(people, patterns):
                return self._in_thread("speakers", people, patterns)
            case Changed(names):
                return self._in_thread("changed", names)
            case TimedBy(person):
                return self._in_thread("timed", (person,))
            case Clocked() | DueWithin():
                self.of_clocks.append(condition)
                return f"clocked(m.ticket, {len(self.of_clocks) - 1})"
            case Linked():
                return self._linked(condition)
            case Below(tickets):
                return self._below(tickets)
            case Blocked(done):
                return (
                    "m.ticket IN (SELECT l.target FROM member h JOIN content b ON b.number = h.content "
                    "JOIN link l ON l.content = h.content WHERE h.tree = :tree AND l.kind = 'blocks' "
                    f"AND b.status NOT IN {self._values(done)})"
                )

    def _joined(self, parts: Sequence[Condition], word: str, nothing: str) -> str:
        """A balanced tree of expressions: SQLite's own limit is on their depth."""
        if not parts:
            return nothing
        if len(parts) == 1:
            return self.where(parts[0])
        half = len(parts) // 2
        return (
            f"({self._joined(parts[:half], word, nothing)}{word}{self._joined(parts[half:], word, nothing)})"
        )

    def _any(self, expressions: Iterable[str]) -> str:
        return f"({' OR '.join(expressions) or '0'})"

    def _mark(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _values(self, values: Sequence[str]) -> str:
        """A list of values, however long."""
        return f"(SELECT value FROM json_each({self._mark(as_json(values))}))"

    def _items(self, name: str) -> str:
        """A field's items as a table with the column `value`."""
        if name in LISTS:
            return f"json_each(t.{name})"
        return f"json_each(t.extra, {self._mark(_path(name))})"

    def _among(self, asked: Among) -> str:
        if asked.field in COLUMNS and asked.field not in LISTS:
            column = f't."{asked.field}"'
            return f"({column} <> '' AND {self._one_of(column, asked)})"
        found = self._one_of("i.value", asked)
        return f"EXISTS (SELECT 1 FROM {self._items(asked.field)} i WHERE i.value <> '' AND {found})"

    def _one_of(self, value: str, asked: Among) -> str:
        if asked.exact:
            return f"{value} IN {self._values(asked.values)}"
        return self._like(f"fold({value})", asked.values, asked.patterns)

    def _like(self, folded: str, values: Sequence[str], patterns: Sequence[str]) -> str:
        """Whether something folded is one of some values, or has one of some forms, however many."""
        found = [f"{folded} IN {self._values(values)}"] if values else []
        if patterns:
            forms = f"json_each({self._mark(as_json(patterns))})"
            found.append(f"EXISTS (SELECT 1 FROM {forms} f WHERE fits(f.value, {folded}))")
        return self._any(found)

    def _present(self, name: str) -> str:
        if name in COUNTS:
            self.asks_threads = True
            return f"coalesce(a.{name}, 0) <> 0"
        if name in DERIVED:
            self.asks_threads = True
            return f"{_MOMENTS[name]} IS NOT NULL"
        if name == "body":
            return "t.written"
        if name in LISTS:
            return f"t.{name} <> '{NO_ITEMS}'"
        if name in COLUMNS:
            return f"t.\"{name}\" <> ''"
        return f"EXISTS (SELECT 1 FROM {self._items(name)} i WHERE i.value <> '')"

    def _within(self, asked: Within) -> str:
        value = self._magnitude(asked.field)
        bounds = [f"{value} IS NOT NULL"]
        bounds += [f"{value} >= {self._mark(asked.low)}"] if asked.low is not None else []
        bounds += [f"{value} < {self._mark(asked.high)}"] if asked.high is not None else []
        return f"({' AND '.join(bounds)})"

    def _magnitude(self, name: str) -> str:
        if name in DERIVED:
            self.asks_threads = True
            return _MOMENTS.get(name, f"coalesce(a.{name}, 0)")
        kind = self.settings.fields[name].type.value
        value = f't."{name}"' if name in COLUMNS else f"json_extract(t.extra, {self._mark(_path(name))})"
        return f"magnitude('{kind}', {value})"

    def _in_thread(self, column: str, values: Sequence[str], patterns: Sequence[str] = ()) -> str:
        self.asks_threads = True
        said = f"json_each(coalesce(a.{column}, '[]'))"
        return f"EXISTS (SELECT 1 FROM {said} i WHERE {self._like('i.value', values, patterns)})"

    def _linked(self, asked: Linked) -> str:
        kinds = self._values(asked.kinds)
        if not asked.inverse:
            to = f" AND l.target IN {self._values(asked.tickets)}" if asked.tickets else ""
            return f"m.content IN (SELECT l.content FROM link l WHERE l.kind IN {kinds}{to})"
        sources = f" AND h.ticket IN {self._values(asked.tickets)}" if asked.tickets else ""
        return (
            "m.ticket IN (SELECT l.target FROM member h JOIN link l ON l.content = h.content "
            f"WHERE h.tree = :tree AND l.kind IN {kinds}{sources})"
        )

    def _below(self, tickets: Sequence[str]) -> str:
        return (
            "m.ticket IN (WITH RECURSIVE under (ticket) AS ("
            "SELECT h.ticket FROM member h JOIN link l ON l.content = h.content "
            f"WHERE h.tree = :tree AND l.kind = '{PARENT}' AND l.target IN {self._values(tickets)} "
            "UNION SELECT h.ticket FROM under u JOIN link l ON l.target = u.ticket AND "
            f"l.kind = '{PARENT}' JOIN member h ON h.content = l.content AND h.tree = :tree) "
            "SELECT ticket FROM under)"
        )


def _shallowness(condition: Condition) -> int:
    """What is deepest comes first: SQLite's parser holds on to all that stands left of where it reads."""
    match condition:
        case All(parts) | Either(parts):
            return min(map(_shallowness, parts), default=0) - 1
        case Not(part):
            return _shallowness(part) - 1
    return 0


def _text(where: str) -> str:
    return BODY if where == "body" else f"t.{where}"


def _path(name: str) -> str:
    return f'$."{name}"'
