"""What other products document of their clocks: each fact a day at a desk, met or said to differ.

`python -m tests.domain.test_sla_products` writes the table in docs/sla-products.md anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.domain.products import DESKS, FACTS, HOLIDAYS, TARGETS, Fact
from tests.domain.test_sla import ANA, CUSTOMER, PEOPLE, ROBOT, WORKFLOW
from tests.fakes import MemoryFiles
from tkt.domain.entry import Change, Entry
from tkt.domain.fields import format_time
from tkt.domain.levels import show_seconds
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.store.settings import SettingsReader

PAGE = Path(__file__).parents[2] / "docs" / "sla-products.md"
_TABLE = re.compile(r"(?<=<!-- facts -->\n).*(?=<!-- end -->)", re.DOTALL)
STATUSES = {"waits": "waiting", "holds": "hold", "works": "open", "solved": "done", "reopened": "open"}
SPEAKERS = {"answer": (ANA, "public"), "note": (ANA, "internal"), "bot": (ROBOT, "public"),
            "customer": (CUSTOMER, "public")}  # fmt: skip
SAID = {
    "waits": "waits for the customer",
    "holds": "on hold, which does not pause",
    "works": "worked on again",
    "answer": "an agent answers",
    "note": "an agent writes a note",
    "bot": "a bot answers",
    "customer": "the customer writes",
}


@cache
def settings_of(desk: str) -> Settings:
    hours = DESKS[desk]
    week = "".join(f"      {day}: [{', '.join(map(repr, hours.windows))}]\n" for day in hours.days.split())
    targets = "".join(
        f"    {priority}: {{{', '.join(f'{clock}: {amount}' for clock, amount in row.items())}}}\n"
        for priority, row in TARGETS.items()
    )
    sla = (
        f"calendars:\n  here:\n    timezone: {hours.zone}\n    hours:\n{week}"
        f"    holidays: [{', '.join(HOLIDAYS)}]\n"
        f"policies:\n- name: standard\n  calendar: here\n  on_reopen: {hours.on_reopen}\n"
        f"  targets:\n{targets}"
    )
    files = {"people.yaml": PEOPLE, "workflow.yaml": WORKFLOW, "sla.yaml": sla}
    return SettingsReader(MemoryFiles({f".tkt/{name}": text.encode() for name, text in files.items()})).load()


def moment(fact: Fact, local: str) -> datetime:
    """A local time of a fact's desk, UTC."""
    zone = ZoneInfo(DESKS[fact.desk].zone)
    return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)


def story(fact: Fact) -> tuple[Ticket, list[Entry]]:
    """The ticket of a fact, and its thread."""
    created, how = fact.events[0]
    fields: dict[str, str | tuple[str, ...]] = {
        "id": "TKT-2j00001",
        "created": format_time(moment(fact, created)),
        "created_by": ANA if how == "created by an agent" else CUSTOMER,
        "requester": CUSTOMER,
        "status": "new",
        "priority": fact.priority,
        "type": "task",
        "labels": (),
    }
    thread = []
    for number, (local, what) in enumerate(fact.events[1:], 1):
        by, visibility = SPEAKERS.get(what, (ANA, ""))
        field, value = ("priority", what.removeprefix("priority ")) if what[:9] == "priority " else ("", "")
        if what in STATUSES:
            field, value = "status", STATUSES[what]
        changes = (Change(field, str(fields[field]), value),) if field else ()
        fields |= {field: value} if field else {}
        body = "A message.\n" if visibility else ""
        at = moment(fact, local)
        thread.append(
            Entry(f"e{number:03}", at, by, number, visibility=visibility, body=body, changes=changes)
        )
    return Ticket(fields), thread


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.source.product}: {fact.says}")
def test_a_fact(fact: Fact) -> None:
    judged = Judge(settings_of(fact.desk), moment(fact, fact.at)).judge(*story(fact))
    clock = next(each for each in judged.clocks if each.clock == fact.clock)
    zone = ZoneInfo(DESKS[fact.desk].zone)
    words = [f"{clock.state} {show_seconds(clock.elapsed_seconds or 0)}"]
    for word, at in (("due", clock.due_at), ("met", clock.met_at)):
        words += [f"{word} {at.astimezone(zone):%a %d %b %H:%M}"] if at else []
    assert ", ".join(words) == fact.stands


def test_there_are_enough_of_them() -> None:
    assert len({fact.source.product for fact in FACTS}) >= 10
    assert len({(fact.source.product, fact.says) for fact in FACTS}) == len(FACTS)


def rows() -> Iterator[str]:
    """The tables of the page."""
    ordered = sorted(FACTS, key=lambda fact: list(DESKS).index(fact.desk))
    for desk, facts in groupby(ordered, lambda fact: fact.desk):
        yield f"\n## Open {DESKS[desk].said}\n"
        yield "| product | what it says | a day | what tkt says |"
        yield "|---|---|---|---|"
        for fact in facts:
            url = fact.source.url
            product = f"[{fact.source.product}]({url})" if url else fact.source.product
            differs = f"; *otherwise:* {fact.differs}" if fact.differs else ""
            stands = f"{_day(fact.at)}, `{fact.clock}`: {fact.stands}{differs}"
            yield f"| {product} | {fact.says} | {_events(fact)} | {stands} |"
    yield "\n## What was read\n"
    for source in sorted({fact.source for fact in FACTS}):
        title = f"[{source.title}]({source.url})" if source.url else source.title
        yield f"* {source.product}: {title}"


def _events(fact: Fact) -> str:
    told = [f"{_day(at)} {SAID.get(what, what)}" for at, what in fact.events]
    told[0] += f", {fact.priority}"
    return "; ".join(told)


def _day(local: str) -> str:
    return f"{datetime.fromisoformat(local):%a %d %b %H:%M}"


def test_the_page_shows_them() -> None:
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found
    assert found[0] == "\n".join(rows()) + "\n\n"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: "\n".join(rows()) + "\n\n", text), encoding="utf-8")
