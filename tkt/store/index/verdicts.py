"""What was found in tickets, remembered as long as neither their files nor the settings are others.

A verdict is kept by the numbers of a ticket's content and thread, and by what the settings say. How files
lie, what tickets say of each other, and what is only wrong until some moment is looked at each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tkt.domain.succession import SKEW, Snapshot
from tkt.domain.ticket import MERGED_INTO, PARENT
from tkt.domain.violation import Level, Violation
from tkt.store.auditing import FilesAuditor, Verdict, across, attachment_findings
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.store.index.rows import NO_ITEMS, as_json, of_json
from tkt.store.layout import lay_out
from tkt.usecases.check import Checked

_TABLE = """
CREATE TABLE IF NOT EXISTS verdict (
    content INTEGER NOT NULL, thread INTEGER NOT NULL, rules TEXT NOT NULL,
    latest INTEGER NOT NULL, readable INTEGER NOT NULL, findings TEXT NOT NULL, attachments TEXT NOT NULL,
    PRIMARY KEY (content, thread)
) WITHOUT ROWID
"""

_KEPT = """
SELECT m.ticket, m.content, m.thread, v.latest, v.readable, v.findings, v.attachments
FROM member m LEFT JOIN verdict v ON v.content = m.content AND v.thread = m.thread AND v.rules = ?
WHERE m.tree = ?
"""

_LINKS = f"""
SELECT m.ticket, l.kind, l.target FROM member m JOIN link l ON l.content = m.content
WHERE m.tree = :tree AND (l.kind IN ('{PARENT}', '{MERGED_INTO}') OR NOT EXISTS (
    SELECT 1 FROM member x WHERE x.tree = :tree AND x.ticket = l.target
))
"""

Standing = tuple[int | None, int | None]
"""The numbers of a ticket's content and thread in the index."""


class _Look(NamedTuple):
    """What the index says at one moment.

    Args:
        standing: of every ticket.
        kept: the verdicts that still hold.
        links: the parents of tickets, and what they say of tickets that are not there.
    """

    standing: Mapping[str, Standing]
    kept: Mapping[str, Verdict]
    links: Mapping[str, Sequence[tuple[str, str]]]


class IndexedAuditor:
    """Looks over the tickets of a store, and only at those that it does not know.

    Args:
        catalogue: with the index.
        plain: looks at files.
    """

    def __init__(self, catalogue: IndexedCatalogue, plain: FilesAuditor) -> None:
        self.catalogue = catalogue
        self.plain = plain
        self.rules = catalogue.tickets.settings.fingerprint

    def audit(self, ids: Sequence[str] | None = None) -> Checked:
        """Everything that is wrong with some tickets; a few are looked at faster than the index is asked."""
        if ids is not None:
            return self.plain.audit(ids)
        return self.catalogue.ask(self._everything, self.plain.audit)

    def snapshot(self, ticket_id: str) -> Snapshot:
        """A ticket with its thread, as far as it can be understood."""
        return self.plain.snapshot(ticket_id)

    def placed(self, found: Sequence[Violation]) -> list[Violation]:
        """The same, each with the line that it is about."""
        return self.plain.placed(found)

    def _everything(self, keeper: Keeper) -> Checked:
        keeper.connection.execute(_TABLE)
        layout = lay_out(self.plain.files, self.plain.settings)
        look = self._look(keeper)
        missing = [each for each in layout.tickets if each not in look.kept]
        judged = self._judged(keeper, missing)
        if judged:
            self._keep(keeper, look, judged)
        verdicts = {each: judged[each] if each in judged else look.kept[each] for each in layout.tickets}
        found = [*layout.findings, *(one for each in verdicts.values() for one in each.findings)]
        links = {each: look.links[each] for each in layout.tickets if each in look.links}
        found += self.plain.placed(across(links, set(layout.tickets), lambda each: links.get(each, ())))
        found += attachment_findings(layout, verdicts)
        return Checked(tuple(dict.fromkeys(found)), layout.tickets)

    def _look(self, keeper: Keeper) -> _Look:
        latest = (self.plain.now + SKEW).timestamp()
        standing: dict[str, Standing] = {}
        kept: dict[str, Verdict] = {}
        links: dict[str, list[tuple[str, str]]] = {}
        with keeper.looking(threads=True):
            rows = keeper.connection.execute(_KEPT, (self.rules, keeper.tree))
            for ticket, content, thread, *verdict in rows:
                standing[ticket] = content, thread
                if verdict[0] is not None and verdict[0] <= latest:
                    kept[ticket] = _unpacked(*verdict)
            for ticket, kind, target in keeper.connection.execute(_LINKS, {"tree": keeper.tree}):
                links.setdefault(ticket, []).append((kind, target))
        return _Look(standing, kept, links)

    def _judged(self, keeper: Keeper, ids: Sequence[str]) -> dict[str, Verdict]:
        """What tickets tell that are not known, or not as they are."""
        judged = {}
        for done, (ticket, verdict) in enumerate(
            zip(ids, self.plain.spread(self.plain.judge, ids), strict=True), 1
        ):
            judged[ticket] = verdict
            if done % 200 == 0 or done == len(ids):
                keeper.progress("Checking tickets", done, len(ids))
        return judged

    def _keep(self, keeper: Keeper, look: _Look, judged: Mapping[str, Verdict]) -> None:
        """Remember what was found in files that have not changed while they were looked at."""
        latest = (self.plain.now + SKEW).timestamp()
        after = self._standing(keeper)
        rows = [
            (*where, self.rules, *_packed(verdict))
            for ticket, verdict in judged.items()
            if (where := after.get(ticket)) == look.standing.get(ticket)
            and where is not None
            and None not in where
            and verdict.latest <= latest
        ]
        if rows:
            with writing(keeper.connection):
                keeper.connection.execute("DELETE FROM verdict WHERE rules <> ?", (self.rules,))
                keeper.connection.executemany(
                    "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )

    def _standing(self, keeper: Keeper) -> dict[str, Standing]:
        with keeper.looking(threads=True):
            rows: Iterable[tuple[str, int | None, int | None]] = keeper.connection.execute(
                "SELECT ticket, content, thread FROM member WHERE tree = ?", (keeper.tree,)
            )
            return {ticket: (content, thread) for ticket, content, thread in rows}


def _packed(verdict: Verdict) -> tuple[int, int, str, str]:
    findings = as_json([[*each] for each in verdict.findings]) if verdict.findings else NO_ITEMS
    attachments = as_json(verdict.attachments) if verdict.attachments else NO_ITEMS
    return verdict.latest, verdict.readable, findings, attachments


def _unpacked(latest: int, readable: int, findings: str, attachments: str) -> Verdict:
    return Verdict(
        findings=tuple(map(_violation, of_json(findings))) if findings != NO_ITEMS else (),
        attachments=tuple((p, n, f) for p, n, f in of_json(attachments)) if attachments != NO_ITEMS else (),
        latest=latest,
        readable=bool(readable),
    )


def _violation(values: Sequence[Any]) -> Violation:
    found = Violation(*values)
    return found._replace(level=Level(found.level))
