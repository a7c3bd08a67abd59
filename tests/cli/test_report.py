"""`tkt report` on a desk in a repository of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, type_tkt
from tkt.domain.sla import Judge
from tkt.render.reports import FIELDS
from tkt.store.courses import FilesCourses, Read

PEOPLE = "agents:\n  ana: {email: ana@example.com}\n  bob: {email: bob@example.com}\n"
SLA = """
calendars:
  office: {timezone: Europe/Berlin, hours: {mon: ["08:00-18:00"], tue: ["08:00-18:00"], wed: ["08:00-18:00"]}}
policies:
- {name: standard, calendar: office, targets: {default: {first_response: 2h, resolution: 8h}}}
"""
CUSTOMER = "customer@example.org"


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with a ticket from Monday that was answered late and resolved on Tuesday, and an open one."""
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")

    def at(moment: str, *args: str) -> str:
        monkeypatch.setenv("TKT_NOW", moment)
        return desk.tkt(*args).out.split()[0]

    solved = at(
        "2026-11-16T09:00:00Z", "create", "Login fails", "--requester", CUSTOMER, "--queue", "support"
    )
    at("2026-11-16T12:00:00Z", "comment", solved, "We look into it.")
    at("2026-11-16T12:30:00Z", "comment", solved, "A secret.", "--internal")
    at("2026-11-17T10:00:00Z", "transition", solved, "resolved", "--resolution", "fixed")
    desk.git("tag", "tuesday")
    at("2026-11-18T10:00:00Z", "create", "No sound", "--requester", CUSTOMER, "--queue", "operations")
    monkeypatch.setenv("TKT_NOW", "2026-11-19T10:00:00Z")
    return desk


def numbers(desk: Desk, name: str, *args: str) -> dict[str, Any]:
    """The numbers of a report by measure, statistic and group."""
    rows = desk.tkt("report", name, *args, "--json").data
    parts = ("measure", "statistic", "group")
    return {".".join(str(row[each]) for each in parts if row[each]): row["value"] for row in rows}


def test_one_page_says_how_the_desk_is_doing(busy: Desk) -> None:
    found = numbers(busy, "summary")
    assert (found["created"], found["resolved"], found["backlog"], found["net_flow"]) == (2, 1, 1, 1)
    assert found["first_response.median"] == 3 * 3600
    assert found["resolution.p90"] == 25 * 3600
    assert (found["sla_first_response"], found["sla_next_response"]) == (0, None)
    assert found["open_1d_to_7d"] == 1
    said = busy.tkt("report", "summary")
    assert "2026-11-13 00:00 to 2026-11-19 10:00, UTC, 2 tickets" in said.out
    assert "Next response in time" in said.out
    assert "n/a" in said.out
    assert said.err == ""


def test_the_list_of_reports(busy: Desk) -> None:
    assert busy.tkt("report").lines[1].startswith("summary  ")
    assert [each["name"] for each in busy.tkt("report", "--json").data][:2] == ["summary", "flow"]


NAMES = ("summary", "flow", "sla", "agents", "channels", "categories", "time", "aging", "trend")


@pytest.mark.parametrize("name", NAMES)
def test_the_index_and_the_files_say_the_same(busy: Desk, name: str) -> None:
    for more in ((), ("--at", "2026-11-17"), ("--since", "2026-11-17", "queue:support")):
        kept = busy.tkt("report", name, *more, "--json").out
        assert busy.tkt("report", name, *more, "--json").out == kept
        assert busy.tkt("report", name, *more, "--json", "--no-index").out == kept


def test_what_happens_is_counted_by_the_next_report(busy: Desk) -> None:
    assert numbers(busy, "summary")["resolved"] == 1
    other = next(each["id"] for each in busy.tkt("list", "--json").data)
    busy.tkt("transition", other, "resolved", "--resolution", "fixed")
    assert numbers(busy, "summary")["resolved"] == 2
    busy.tkt("set", other, "queue=support")
    assert numbers(busy, "summary", "--by", "queue")["created.support"] == 2
    path = busy.root / ".tkt" / "sla.yaml"
    path.write_text(SLA.replace("first_response: 2h", "first_response: 4h"), encoding="utf-8")
    assert numbers(busy, "summary")["sla_first_response"] == 0, "as it was recorded on closing"
    solved = next(each["id"] for each in busy.tkt("list", "--all", "--json", "Login").data)
    busy.tkt("transition", solved, "reopened")
    assert numbers(busy, "summary")["sla_first_response"] == 0.5


def test_what_changes_while_it_is_read_is_not_remembered(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = next(each for each in busy.root.glob("tickets/*/*/*.md") if "We look" in each.read_text("utf-8"))
    text = answer.read_bytes()
    real = FilesCourses.read

    def late(self: FilesCourses, ticket_id: str, judge: Judge) -> Read:
        answer.unlink(missing_ok=True)
        return real(self, ticket_id, judge)

    with monkeypatch.context() as patch:
        patch.setattr(FilesCourses, "read", late)
        assert numbers(busy, "time")["first_response.median"] != 3 * 3600
    answer.write_bytes(text)
    assert numbers(busy, "time")["first_response.median"] == 3 * 3600


def test_as_of_an_earlier_moment(busy: Desk) -> None:
    assert numbers(busy, "summary", "--at", "2026-11-17T09:00")["backlog"] == 1
    assert numbers(busy, "summary", "--at", "2026-11-17T09:00")["resolved"] == 0
    assert numbers(busy, "summary", "--at", "2026-11-17T09:00", "is:open")["created"] == 1
    assert numbers(busy, "summary", "--at", "2026-11-16T08:00")["created"] == 0


def test_as_of_a_commit(busy: Desk) -> None:
    then = busy.tkt("report", "summary", "--rev", "tuesday")
    assert "2026-11-11 00:00 to 2026-11-17 10:00, UTC, 1 ticket\n" in then.out
    assert numbers(busy, "summary", "--rev", "tuesday")["backlog"] == 0
    assert numbers(busy, "summary", "--rev", "tuesday", "--at", "2026-11-16T10:00")["backlog"] == 1


def test_two_periods_beside_each_other(busy: Desk) -> None:
    rows = busy.tkt("report", "flow", "--since", "3d", "--compare", "--json").data
    created = next(each for each in rows if each["measure"] == "created")
    assert (created["value"], created["before"]) == (1, 1)
    assert (created["since"], created["before_until"]) == ("2026-11-17T00:00:00Z", "2026-11-16T10:00:01Z")
    assert "BEFORE  CHANGE" in busy.tkt("report", "summary", "--compare").out


@pytest.mark.parametrize("more", [(), ("--no-index",), ("--compare",), ("is:closed,open",)], ids=" ".join)
def test_tickets_that_came_later_are_in_no_period(busy: Desk, more: tuple[str, ...]) -> None:
    def told(*args: str) -> list[str]:
        return [busy.tkt("report", name, *args, *more).lines[1] for name in ("flow", "sla", "aging")]

    assert set(told("--since", "2026-11-12", "--until", "2026-11-18")) == {
        "2026-11-12 00:00 to 2026-11-19 00:00, UTC, 2 tickets"
    }
    assert set(told("--since", "2026-11-12", "--until", "2026-11-17")) == {
        "2026-11-12 00:00 to 2026-11-18 00:00, UTC, 1 ticket"
    }
    early = ("--since", "2026-W01", "--until", "2026-W01")
    assert set(told(*early)) == {"2025-12-29 00:00 to 2026-01-05 00:00, UTC, 0 tickets"}
    assert busy.tkt("report", "trend", *early).err == "No tickets\n"
    assert ", 0 tickets" in busy.tkt("report", "flow", *early, *more, "--format", "md").out


def test_a_period_shows_the_seconds_that_it_has(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(*args: str) -> list[str]:
        return [each.partition(", ")[0] for each in busy.tkt("report", "flow", *args).lines[1:3]]

    second = ("--since", "2026-11-18T09:00:00", "--until", "2026-11-18T09:00:01")
    assert shown(*second)[0] == "2026-11-18 09:00 to 2026-11-18 09:00:01"
    assert shown(*second, "--compare")[1] == "before: 2026-11-18 08:59:59 to 2026-11-18 09:00"
    monkeypatch.setenv("TKT_NOW", "2026-11-19T10:00:27Z")
    assert shown("--compare") == [
        "2026-11-13 00:00 to 2026-11-19 10:00",
        "before: 2026-11-06 00:00 to 2026-11-12 10:00",
    ]
    assert shown("--since", "7d", "--until", "2026-11-19T09:00:10", "--compare")[1].endswith(
        " to 2026-11-12 09:00:10"
    )
    assert shown("--since", "2h")[0] == "2026-11-19 08:00:27 to 2026-11-19 10:00:28"


def test_an_end_alone_is_that_of_the_usual_time(busy: Desk) -> None:
    until = ("--until", "2026-11-17")
    assert busy.tkt("report", "summary", *until).lines[1].startswith("2026-11-11 00:00 to 2026-11-18 00:00")
    assert busy.tkt("report", "trend", *until).lines[1].startswith("2026-08-31 00:00 to 2026-11-18 00:00")


def test_a_zone_of_its_own(busy: Desk) -> None:
    args = ("--since", "2026-11-18", "--until", "2026-11-18", "--zone")
    assert numbers(busy, "summary", *args, "UTC")["created"] == 1
    assert numbers(busy, "summary", *args, "Pacific/Kiritimati")["created"] == 0
    project = busy.root / ".tkt" / "project.yaml"
    text = project.read_text(encoding="utf-8").replace("timezone: UTC", "timezone: Pacific/Kiritimati")
    project.write_text(text, encoding="utf-8")
    assert numbers(busy, "summary", *args[:-1])["created"] == 0


def test_merged_tickets_do_not_count(busy: Desk) -> None:
    by_title = {each["title"]: each["id"] for each in busy.tkt("list", "--all", "--json").data}
    first, second = by_title["Login fails"], by_title["No sound"]
    busy.tkt("transition", first, "reopened")
    assert numbers(busy, "summary")["created"] == 2
    busy.tkt("merge", first, second)
    assert numbers(busy, "summary")["created"] == 1
    assert numbers(busy, "summary", "--no-index")["created"] == 1
    assert numbers(busy, "summary", "--at", "2026-11-19T09:00")["created"] == 2


def test_what_was_said_in_merged_tickets_counts_for_the_one_that_goes_on(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = busy.create("No mail", "--requester", CUSTOMER, "--queue", "development")
    second = busy.create("Mail is gone", "--requester", "other@example.org", "--queue", "development")
    busy.tkt("merge", first, second)

    def told(*args: str) -> dict[str, Any]:
        found = numbers(busy, "summary", "queue:development", *args)
        assert numbers(busy, "summary", "queue:development", *args, "--no-index") == found
        return found

    assert told()["first_response.median"] is None
    monkeypatch.setenv("TKT_NOW", "2026-11-19T11:00:00Z")
    busy.tkt("comment", second, "We look into it.")
    monkeypatch.setenv("TKT_NOW", "2026-11-19T12:00:00Z")
    (judged,) = busy.tkt("sla", "status", first, "--json").data
    assert judged["clocks"][0]["met_at"] == "2026-11-19T11:00:00Z"
    assert told()["first_response.median"] == 3600
    assert told("--at", "2026-11-19T10:30")["first_response.median"] is None
    busy.tkt("transition", first, "resolved", "--resolution", "fixed")
    monkeypatch.setenv("TKT_NOW", "2026-11-19T13:00:00Z")
    assert (told()["first_contact"], told()["resolved"]) == (1, 1)


def test_a_query_for_clocks(busy: Desk) -> None:
    for query, number in (("sla:breached", 1), ("sla:missed", 2), ("sla:paused", 0)):
        said = busy.tkt("report", "summary", query)
        assert "cannot be used" not in said.err
        assert numbers(busy, "summary", query)["created"] == number
        assert numbers(busy, "summary", query, "--no-index")["created"] == number
    at = ("--at", "2026-11-16T11:30")
    assert numbers(busy, "summary", "sla:breached", *at)["created"] == 1
    assert numbers(busy, "summary", "sla:breached", *at, "--no-index")["created"] == 1


def test_a_customer_is_one_however_the_address_is_written(desk: Desk) -> None:
    desk.create("A", "--requester", "cy@x.example", "--category", "access")
    desk.create("B", "--requester", "CY@x.example", "--category", "access")
    for more in ((), ("--no-index",)):
        assert numbers(desk, "categories", *more)["recurring.cy@x.example / access"] == 2
        found = numbers(desk, "summary", "--by", "requester", *more)
        assert {each for each in found if each.startswith("created.")} == {"created.cy@x.example"}


def test_an_agent_is_one_however_a_hand_writes_it(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, name in enumerate(("bob", "BOB@Example.com", "bob@example.com"), 20):
        monkeypatch.setenv("TKT_NOW", f"2026-11-{day}T09:00:00Z")
        made = busy.create(f"Of {name}", "--assignee", "bob")
        (path,) = busy.root.glob(f"tickets/*/{made}.md")
        text = path.read_text(encoding="utf-8").replace("assignee: bob@example.com", f"assignee: {name}")
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("TKT_ACTOR", "bob@example.com" if name == "bob" else name)
        busy.tkt("time", "add", made, "10m")
        monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    for more in ((), ("--no-index",)):
        found = numbers(busy, "agents", *more)
        assert {each for each in found if each.startswith("workload")} == {
            "workload",
            "workload.ana@example.com",
            "workload.bob@example.com",
        }
        assert (found["workload.bob@example.com"], found["spent.bob@example.com"]) == (3, 30)
        assert found["touches.bob@example.com"] == 3
        assert numbers(busy, "summary", "--by", "assignee", *more)["backlog.bob@example.com"] == 3
        assert numbers(busy, "summary", "--by", "agent", "--public", *more)["backlog.bob"] == 3


def test_reports_of_ones_own(busy: Desk) -> None:
    project = busy.root / ".tkt" / "project.yaml"
    own = "reports:\n  sound: {query: sound, measures: [created, first_response], by: queue, title: Ears.}\n"
    text = project.read_text(encoding="utf-8").replace("reports: {}\n", own)
    project.write_text(text, encoding="utf-8")
    assert "sound       Ears." in busy.tkt("report").out
    found = numbers(busy, "sound")
    assert found["created.operations"] == 1
    assert found["first_response.median.operations"] is None
    assert "created.support" not in found
    lines = busy.tkt("report", "sound", "--by", "assignee").lines
    assert lines[4].startswith("ASSIGNEE "), "the title stands there once"
    assert lines[5].startswith("none ")


def test_measures_of_ones_own_are_those_of_the_files(busy: Desk) -> None:
    project = busy.root / ".tkt" / "project.yaml"
    own = "reports:\n  work: {measures: [touches, replies, spent, queue_transfers, transfers]}\n"
    text = project.read_text(encoding="utf-8").replace("reports: {}\n", own)
    project.write_text(text, encoding="utf-8")
    found = numbers(busy, "work")
    assert found["touches"] > found["replies"] > 0
    assert numbers(busy, "work") == numbers(busy, "work", "--no-index") == found


def test_nothing_of_what_people_wrote_is_public(busy: Desk) -> None:
    for name in NAMES:
        for form in ("table", "json", "csv", "md"):
            said = busy.tkt("report", name, "--public", "--format", form).out
            assert "secret" not in said.lower()
            assert CUSTOMER not in said
            assert "Login" not in said
    assert CUSTOMER in busy.tkt("report", "summary", "--by", "customer").out
    assert numbers(busy, "summary", "--by", "customer", "--public")["created.not listed"] == 2


def own_reports(desk: Desk, *written: str) -> None:
    """Settings with reports of one's own, and a field for any text."""
    path = desk.root / ".tkt" / "project.yaml"
    text = path.read_text(encoding="utf-8")
    for key, rows in (("fields", ("note: {type: text}", "tags: {type: list}")), ("reports", written)):
        said = f"\n{key}:\n" + "".join(f"  {each}\n" for each in rows)
        text = text.replace(f"\n{key}: {{}}\n", said)
    path.write_text(text, encoding="utf-8")


def test_words_in_a_list_are_not_public_where_it_takes_any(busy: Desk) -> None:
    own_reports(busy, "loud: {measures: [created], by: tags}")
    for args in (["loud"], ["summary", "--by", "tags"]):
        assert "tags can hold any text" in busy.refused(2, "report", *args, "--public")
    assert busy.tkt("report", "summary", "--by", "labels", "--public").code == 0


def test_what_people_wrote_is_not_public_by_a_report_of_ones_own(busy: Desk) -> None:
    own_reports(busy, 'leak: {title: "For canary@example.org only", measures: [created, backlog], by: note}')
    busy.tkt("create", "Call back", "--field", "note=call me CANARY at home")
    assert "CANARY" in busy.tkt("report", "leak").out
    for form in ("table", "json", "csv", "md", "html"):
        said = busy.refused(2, "report", "leak", "--public", "--format", form)
        assert "note can hold any text, which is not for everybody" in said
        shown = busy.tkt("report", "leak", "--public", "--by", "queue", "--format", form).out
        assert "canary" not in shown.lower()
        assert ("For somebody only" in shown) == (form in {"table", "md", "html"})


@pytest.mark.parametrize(("other", "name"), [("customer", "requester"), ("label", "labels")])
def test_a_report_of_ones_own_has_the_groupings_that_can_be_typed(busy: Desk, other: str, name: str) -> None:
    own_reports(busy, f"mine: {{measures: [created], by: {other}}}", "plain: {measures: [created]}")
    assert busy.tkt("config", "check").code == 0
    found = numbers(busy, "mine")
    assert found == numbers(busy, "plain", "--by", other) == numbers(busy, "plain", "--by", name)
    assert (f"created.{CUSTOMER}" in found) == (name == "requester")


def test_the_group_without_a_value_is_never_among_those_left_out(busy: Desk) -> None:
    busy.tkt("create", "Busy", "--label", ",".join(f"l{number:02}" for number in range(60)))
    lines = busy.tkt("report", "summary", "--by", "label").lines
    assert [line.split()[0] for line in lines[-4:]] == ["l27", "l28", "none", "31"]
    shown = busy.tkt("report", "summary", "--by", "label", "--format", "html").out
    table = shown[shown.index('id="report-summary"') :]
    assert re.findall("<bdi>(\\w+)</bdi>", table)[-2:] == ["l48", "none"]
    assert "11 more" in table


def test_the_group_without_a_value_differs_from_one_that_is_called_none(busy: Desk) -> None:
    def groups(*args: str) -> list[str]:
        _, _, table = busy.tkt("report", "summary", "--by", "label", *args).out.partition("\nLABELS ")
        return [line.split()[0] for line in table.splitlines()[1:]]

    assert groups() == ["none"]
    busy.tkt("create", "Quiet", "--label", "none")
    assert groups() == ["none", "(none)"]
    assert "<bdi>(none)</bdi>" in busy.tkt("report", "summary", "--by", "label", "--format", "html").out
    assert groups("label:none") == ["none"]


def test_an_empty_desk(desk: Desk) -> None:
    for name in NAMES:
        said = desk.tkt("report", name)
        assert said.err == "No tickets\n"
        assert {row["value"] for row in desk.tkt("report", name, "--json").data} <= {0, None}
    for form, head in (("table", ""), ("md", "## ")):
        text = desk.tkt("report", "categories", "--format", form).out
        assert text.endswith(
            f"{head}WHO CAME BACK WITH THE SAME\n{head and chr(10)}n/a: there is nothing to tell.\n"
        )
    assert "n/a" in desk.tkt("report", "sla").out


def test_a_query_that_finds_nothing(busy: Desk) -> None:
    said = busy.tkt("report", "summary", "assignee:nobdy")
    assert said.err.startswith("No tickets\nNobody in people.yaml is called 'nobdy'")


def test_a_ticket_that_cannot_be_read(busy: Desk) -> None:
    (path,) = (busy.root / "tickets" / "2026-11").glob(f"{busy.tkt('list', '--json').data[0]['id']}.md")
    path.write_text("nothing\n", encoding="utf-8")
    for more in ((), ("--no-index",)):
        said = busy.tkt("report", "summary", *more)
        assert "warning: tickets/2026-11/" in said.err
        assert "1 ticket\n" in said.out


def test_what_will_only_happen_has_not_happened(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TKT_NOW", "2026-11-18T09:00:00Z")
    for more in ((), ("--no-index",)):
        assert "UTC, 1 ticket\n" in busy.tkt("report", "summary", *more).out
        assert numbers(busy, "summary", *more)["created"] == 1
    monkeypatch.setenv("TKT_NOW", "2026-11-15T09:00:00Z")
    for more in ((), ("--no-index",)):
        assert busy.tkt("report", "summary", *more).err == "No tickets\n"


REFUSED = [
    (("sumary",), 3, "there is no report 'sumary'; did you mean 'summary'?"),
    (("summary", "--since", "2027"), 2, "the period has not begun: it starts 2027-01-01 00:00"),
    (("summary", "--since", "2026-11-10", "--until", "2026-11-02"), 2, "the period ends before it begins"),
    (("summary", "--since", "yesteryear"), 2, "'yesteryear' names no time"),
    (("summary", "--at", "2027-01-01"), 2, "'2027-01-01' has not come yet"),
    (
        ("summary", "--zone", "Europe/Berln"),
        2,
        "time zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?",
    ),
    (("summary", "--zone", ""), 0, ""),
    (("summary", "--zone", "localtime"), 2, "time zone 'localtime' is another one on each machine; write"),
    (("summary", "--zone", "posixrules"), 2, "time zone 'posixrules' is another one on each machine; write"),
    (("summary", "--zone", "../../etc/passwd"), 2, "time zone '../../etc/passwd' is not known"),
    (("summary", "--week-start", "someday"), 2, "weekday 'someday' is not known; did you mean 'sunday'?"),
    (("summary", "--by", "title"), 2, "grouping 'title' is not known"),
    (("channels", "--by", "queue"), 2, "report channels has its groups already"),
    (("trend", "--compare"), 2, "report trend shows periods beside each other already"),
    (("--since", "4w"), 2, "--since goes with the name of a report\n  tkt report summary --since 4w\n"),
    (("--by", "queue"), 2, "--by goes with the name of a report\n  tkt report summary --by queue\n"),
    (
        ("--compare", "--json"),
        2,
        "--compare goes with the name of a report\n  tkt report summary --compare\n",
    ),
    (("--week-start", "monday"), 2, "--week-start goes with the name of a report"),
    (("--public",), 2, "--public goes with the name of a report"),
    (("summary", "lable:vip"), 2, "field 'lable' is not known"),
    (("summary", "--fields", "value"), 2, "--fields goes with --format json"),
    (("summary", "--rev", "nowhere"), 3, "no commit is called 'nowhere'"),
]


@pytest.mark.parametrize(("args", "code", "text"), REFUSED, ids=[" ".join(args) for args, _, _ in REFUSED])
def test_mistakes_are_told(desk: Desk, args: tuple[str, ...], code: int, text: str) -> None:
    said = desk.tkt("report", *args, code=code)
    assert text in said.err
    if code:
        assert said.out == ""


@pytest.mark.usefixtures("busy")
def test_bars_are_plain_where_the_locale_is() -> None:
    def shown(**env: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name[:3] not in {"LC_", "LAN"}}
        command = [sys.executable, "-m", "tkt", "report", "aging"]
        return subprocess.run(
            command, env={**kept, **env}, capture_output=True, check=True, text=True, encoding="utf-8"
        ).stdout

    assert "█" in shown(LC_ALL="C.UTF-8")
    assert "####" in shown(LC_ALL="C")
    assert shown(LC_ALL="C").isascii()


def test_every_number_names_itself(busy: Desk) -> None:
    rows = busy.tkt("report", "summary", "--json").data
    assert all(tuple(row) == FIELDS for row in rows)
    keys = [tuple(row[each] for each in ("table", "group", "measure", "statistic")) for row in rows]
    assert len(set(keys)) == len(keys)
    lines = busy.tkt("report", "summary", "--format", "jsonl").lines
    assert list(map(json.loads, lines)) == rows
    picked = busy.tkt("report", "agents", "--format", "csv", "--fields", "group,measure,value").lines
    assert picked[0] == "group,measure,value"
    assert ",workload,1" in picked


def test_a_report_in_a_bare_repository(busy: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = numbers(busy, "summary", "--rev", "HEAD")
    busy.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    said = type_tkt("report", "summary", "--rev", "HEAD", "--json")
    assert [row["value"] for row in said.data] == list(expected.values())
