"""Clocks in queries and lists: what is found by them, what stands in columns, and what comes first."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tests.cli.desk import Desk, on_terminal
from tests.cli.test_sla import PEOPLE, SLA
from tkt.domain.clocks import Judgement
from tkt.domain.entry import Entry
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket

A_TICK = 0.03
"""After so many seconds a file's stamp proves that it has not changed."""

PROMISED = ("--requester", "customer@example.org")
LATE = "2026-11-22T10:00:00Z"
"""An hour after the tickets were made."""


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with a ticket in every state, an hour after they were made."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "-m", "Promise something")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    desk.create("Breached", "-l", "vip", "-p", "P4", "-a", "ana", *PROMISED)
    desk.create("At risk", "-p", "P1", "-a", "ana", *PROMISED)
    desk.create("Running", "-p", "P2", "-a", "ana", "--due", "2026-11-24", *PROMISED)
    desk.create("Answered", "-p", "P3", "-a", "ana", *PROMISED)
    desk.tkt("comment", "-", "-m", "Looking at it.")
    desk.create("Paused", "-p", "P3", *PROMISED)
    desk.tkt("transition", "-", "waiting")
    desk.create("Free", "-l", "free", "-p", "P2", "--due", "2026-11-22", *PROMISED)
    desk.create("Done", "-p", "P3", *PROMISED)
    desk.tkt("transition", "-", "closed")
    monkeypatch.setenv("TKT_NOW", LATE)
    return desk


def found(desk: Desk, *query: str) -> set[str]:
    """The titles of what a query finds: through the index, without it, and at the last commit."""
    ways = ((), ("--no-index",), ("--rev", "HEAD"))
    titles = [{each["title"] for each in desk.tkt("list", *query, *way, "--json").data} for way in ways]
    assert titles == [titles[0]] * len(ways)
    return titles[0]


FOUND = {
    "sla:breached": "Breached",
    "sla:at-risk": "At risk",
    "sla:AT-RISK,breached": "At risk, Breached",
    "sla:running": "Breached, At risk, Running, Answered",
    "sla:paused": "Paused",
    "sla:met": "Answered",
    "sla:met is:closed": "Done",
    "sla:missed": "Breached",
    "sla:none": "Free",
    "sla:": "Free",
    "no:sla": "Free",
    "-has:sla": "Free",
    "sla:* -sla:running": "Paused",
    "-sla:running": "Paused, Free",
    "-(sla:running OR sla:none)": "Paused",
    "(sla:breached priority:P1) OR title:free": "Free",
    "sla:running -sla:met priority:>=P2": "At risk, Running",
    "sla:breached commented-by:ana": "",
    "sla:met comments:1 updated:<2h": "Answered",
    "due:overdue": "Breached",
    "due:<0": "Breached",
    "due:<1h": "Breached, At risk",
    "due:<2h": "Breached, At risk",
    "due:<3h": "Breached, At risk, Running",
    "due:1h..3h": "Running",
    "due:>1h": "Running, Answered, Free",
    "due:>1d": "Running",
    "-due:<1d": "Paused",
    "due:2026-11-24": "Running",
    "due:<=2026-11-24": "Running, Free",
    "due:*": "Running, Free",
    "is:overdue": "",
}
"""Queries, and the titles of what they find."""


def test_what_queries_find(busy: Desk) -> None:
    assert {query: ", ".join(sorted(found(busy, query))) for query in FOUND} == {
        query: ", ".join(sorted(filter(None, titles.split(", ")))) for query, titles in FOUND.items()
    }


def test_a_list_of_what_is_breached_is_what_a_check_finds(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for now in (LATE, "2026-11-22T11:30:00Z", "2026-11-22T20:00:00Z", "2026-11-23T09:00:00Z"):
        monkeypatch.setenv("TKT_NOW", now)
        for state in ("breached", "at-risk"):
            told = busy.tkt("sla", "check", "--fail-on", state, "--json", code=None).data
            checked = {each["ticket"] for each in told}
            assert checked == {each["id"] for each in busy.tkt("list", f"sla:{state}", "--json").data}


def test_what_is_remembered_is_what_reading_says(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [each["id"] for each in busy.tkt("list", "--all", "--json").data]
    time.sleep(A_TICK)
    for now in (LATE, "2026-11-22T10:59:59Z", "2026-11-22T13:00:00Z", "2026-11-30T09:00:00Z"):
        monkeypatch.setenv("TKT_NOW", now)
        for at in ((), ("--at", "2026-11-22T09:30:00Z"), ("--at", "2027-01-01")):
            found = busy.tkt("sla", "status", "is:open,closed", "--json", *at).data
            read = busy.tkt("sla", "status", *ids, "--json", *at).data
            assert sorted(found, key=str) == sorted(read, key=str)
            assert len(read) == len(ids)


def test_every_other_command_that_takes_a_query(busy: Desk) -> None:
    assert busy.tkt("search", "breached", "sla:breached").lines[0].endswith("Breached")
    assert busy.tkt("search", "breached", "sla:paused", code=1).err == "Nothing found.\n"
    assert [each["title"] for each in busy.tkt("next", "sla:at-risk", "--json").data] == ["At risk"]
    assert [each["title"] for each in busy.tkt("board", "sla:paused", "--json").data] == ["Paused"]
    assert busy.tkt("list", "sla:breached", "--count").out == "1\n"
    busy.tkt("label", "--query", "sla:breached", "late")
    assert found(busy, "label:late") == {"Breached"}
    status = busy.tkt("sla", "status", "sla:paused", "--json").data
    assert [{clock["state"] for clock in each["clocks"]} for each in status] == [{"paused", "none"}]


def test_what_changes_is_seen_at_once(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    breached = busy.tkt("list", "sla:breached", "--json").data[0]["id"]
    busy.tkt("comment", breached, "-m", "Sorry.")
    assert (found(busy, "sla:breached"), found(busy, "sla:missed")) == (set(), {"Breached"})
    monkeypatch.setenv("TKT_NOW", "2026-11-22T14:00:00Z")
    assert found(busy, "sla:breached") == {"Breached", "At risk", "Running"}
    settings = busy.root / ".tkt" / "sla.yaml"
    settings.write_text(SLA.replace("first_response: 3h", "first_response: 30h"), encoding="utf-8")
    busy.git("commit", "--quiet", "-am", "Promise less")
    assert found(busy, "sla:breached") == {"Breached", "At risk"}
    entry = next((busy.root / "tickets").glob(f"*/{breached}/*.md"))
    entry.unlink()
    assert {each["title"] for each in busy.tkt("list", "sla:breached", "--json").data} == {
        "Breached",
        "At risk",
    }


def test_a_policy_that_depends_on_the_moment_is_asked_each_time(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = busy.root / ".tkt" / "sla.yaml"
    settings.write_text(
        SLA.replace('"-label:free"', '"created:<90min"'.replace("90min", "2h")), encoding="utf-8"
    )
    busy.git("commit", "--quiet", "-am", "Promise for new ones")
    assert found(busy, "sla:paused") == {"Paused"}
    monkeypatch.setenv("TKT_NOW", "2026-11-22T11:30:00Z")
    assert found(busy, "sla:none") == {"At risk", "Running", "Answered", "Paused", "Free"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "is:open sla:braeched",
            """state 'braeched' is not known; did you mean 'breached'?
  is:open sla:braeched
              ^^^^^^^^
  Allowed: breached, at-risk, paused, running, met, missed, none.""",
        ),
        ("due:<4x", "due: '4x' is not a date\n  due:<4x\n      ^^^"),
        ("sla:breached OR", "something is missing here"),
    ],
)
def test_wrong_words_are_pointed_at(busy: Desk, query: str, said: str) -> None:
    assert said in busy.refused(2, "list", query)


def test_where_nothing_is_promised(desk: Desk) -> None:
    desk.create("One", "--due", "2026-11-22")
    nothing = "Nothing is promised: .tkt/sla.yaml has no policies.\n"
    for query in ("sla:breached", "sla:breached,at-risk", "-sla:none", "sla:*"):
        assert desk.tkt("list", query).err == f"No tickets\n{nothing}"
    assert desk.tkt("list", "sla:none", "--columns", "sla,left,sla_due,title").lines == [
        "SLA  LEFT  SLA DUE  TITLE",
        "                    One",
    ]
    assert [each["title"] for each in desk.tkt("list", "due:<1d", "--sort", "sla", "--json").data] == ["One"]
    assert desk.tkt("list").lines[0].split() == ["ID", "PRIO", "STATUS", "TYPE", "ASSIGNEE", "AGE", "TITLE"]
    assert desk.tkt("next", "--json").data == []
    assert desk.tkt("show", "-", "--json").data["sla"] is None


def test_policies_and_steps_cannot_ask_about_clocks(busy: Desk) -> None:
    settings = busy.root / ".tkt" / "sla.yaml"
    settings.write_text(SLA.replace('"-label:free"', '"-sla:breached"'), encoding="utf-8")
    said = busy.refused(1, "list")
    assert ".tkt/sla.yaml:19: policies.when: clocks cannot be asked about here" in said


def test_columns(busy: Desk) -> None:
    rows = busy.tkt("list", "--columns", "sla,left,sla_due,title", "--sort", "sla").lines
    assert [" ".join(each.split()) for each in rows] == [
        "SLA LEFT SLA DUE TITLE",
        "breached -45m 2026-11-22 09:15 Breached",
        "at-risk 0s 2026-11-22 10:00 At risk",
        "running 2h 2026-11-22 12:00 Running",
        "running 7h 2026-11-22 17:00 Answered",
        "paused paused Paused",
        "Free",
    ]
    assert busy.tkt("list").lines[0].split()[:4] == ["ID", "PRIO", "LEFT", "STATUS"]
    picked = busy.tkt("list", "sla:breached", "--json", "--fields", "title,sla,left,sla_due").data
    late = {"title": "Breached", "sla": "breached", "left": -2700, "sla_due": "2026-11-22T09:15:00Z"}
    assert picked == [late]
    assert "left" not in busy.tkt("list", "--json").data[0]
    assert busy.tkt("list", "--by", "sla", "--count").lines[1:] == [
        "    1  at-risk",
        "    1  breached",
        "    1  paused",
        "    2  running",
        "    1  none",
    ]
    last = busy.tkt("list", "--sort=-sla", "--json", "--fields", "title").data
    assert [last[0]["title"], last[-1]["title"]] == ["Paused", "Free"]


def test_what_is_next(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [each["title"] for each in busy.tkt("next", "--json").data]
    assert titles == ["At risk", "Breached", "Running", "Answered"]
    shown = busy.tkt("next", "-n", "2")
    assert shown.lines[0].split() == ["ID", "PRIO", "LEFT", "DUE", "WAITING", "STATUS", "TITLE"]
    assert shown.err == "2 of 4 tickets\n"
    assert busy.tkt("next", "sort:title", "--json").data[0]["title"] == "Answered"
    monkeypatch.setenv("TKT_NOW", "2026-11-25T09:00:00Z")
    overdue = [each["title"] for each in busy.tkt("next", "--json").data]
    assert overdue == ["At risk", "Running", "Answered", "Breached"]


def test_one_ticket(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    breached, paused = (
        busy.tkt("list", query, "--json").data[0]["id"] for query in ("sla:breached", "sla:paused")
    )
    facts = [" ".join(line.split()) for line in busy.tkt("show", breached).lines if line.startswith("SLA")]
    assert facts == [
        "SLA first response: breached, 45m over, due 2026-11-22 09:15 UTC",
        "SLA resolution: running, 3h left, due 2026-11-22 13:00 UTC",
    ]
    assert "SLA        resolution: paused, 8h left\n" in busy.tkt("show", paused).out
    (status,) = busy.tkt("sla", "status", breached, "--json").data
    assert busy.tkt("show", breached, "--json").data["sla"] == {
        "policy": status["policy"],
        "clocks": status["clocks"],
    }
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    assert "SLA" in busy.tkt("show", breached, "--rev", "HEAD").out


def test_the_board_and_the_home_screen(busy: Desk) -> None:
    cards = {line.split()[-1]: line for line in busy.tkt("board").lines if line.startswith("TKT-")}
    assert "  P4    -45m  ana       Breached" in cards["Breached"]
    assert "2h" not in cards["Running"]
    _, screen = on_terminal("board", cwd=busy.root, columns=140)
    assert "P4  -45m  ana" in screen
    said = busy.tkt("status").lines
    assert "SLA: 1 breached, 1 at risk: tkt list sla:breached,at-risk" in said
    assert said[1].split()[:4] == ["ID", "PRIO", "LEFT", "STATUS"]


@pytest.mark.parametrize("columns", [80, 140])
def test_lists_fit_their_terminal(busy: Desk, columns: int) -> None:
    for command in ("list", "next", "board", "status"):
        _, screen = on_terminal(command, "--color", "never", cwd=busy.root, columns=columns)
        assert all(len(row) <= columns for row in screen.splitlines())


def test_an_entry_that_cannot_be_read_is_told(busy: Desk) -> None:
    ticket = busy.tkt("list", "sla:met", "--json").data[0]["id"]
    entry = next((busy.root / "tickets").glob(f"*/{ticket}/*.md"))
    entry.write_text("nothing of the kind\n", encoding="utf-8")
    for _ in range(2):
        assert entry.name in busy.tkt("list", "--columns", "sla,title").err
        assert entry.name in busy.tkt("sla", "status").err


def test_only_what_changed_is_read_again(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    time.sleep(A_TICK)
    busy.tkt("list", "sla:breached")
    judged: list[str] = []
    judge = Judge.judge

    def noted(self: Judge, ticket: Ticket, thread: Sequence[Entry]) -> Judgement:
        judged.append(ticket.title)
        return judge(self, ticket, thread)

    monkeypatch.setattr(Judge, "judge", noted)
    busy.tkt("comment", busy.tkt("list", "title:answered", "--json").data[0]["id"], "-m", "More.")
    time.sleep(A_TICK)
    judged.clear()
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:30:00Z")
    assert [each["title"] for each in busy.tkt("list", "sla:breached", "--json").data]
    assert judged == ["Answered"]
    monkeypatch.setenv("TKT_NOW", "2026-11-22T17:30:00Z")
    late = {each["title"] for each in busy.tkt("list", "sla:breached", "--json").data}
    assert (late, judged) == ({"Breached", "At risk", "Running", "Answered"}, ["Answered"])
