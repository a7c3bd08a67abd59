"""Whether what somebody did to a ticket was allowed: steps, their conditions, and roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.fakes import MemoryFiles
from tkt.domain.entry import Change, Entry
from tkt.domain.judging import Deed, deed_of, objections
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.store.settings import SettingsReader

ANA, BOB, EVE, CUSTOMER = "ana@example.com", "bob@example.com", "eve@example.com", "customer@example.org"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

PEOPLE = b"""
agents:
  ana: {email: ana@example.com, roles: [lead]}
  bob: {email: bob@example.com, roles: [agent]}
  eve: {email: eve@example.com, roles: [requester]}
teams:
  front: {members: [bob], roles: [closer]}
roles:
  lead: [settings, transitions, assignment, fields, notes]
  agent: [transitions, assignment, fields, notes]
  closer: []
  requester: []
others: requester
"""


def desk(workflow: str) -> Settings:
    """Settings with a workflow of three statuses and the steps given."""
    names = ("todo: {category: new}", "doing: {category: open}", "done: {category: done}")
    head = "statuses:\n" + "".join(f"  {each}\n" for each in names) + "initial: todo\n"
    files = MemoryFiles(
        {
            ".tkt/people.yaml": PEOPLE,
            ".tkt/workflow.yaml": f"{head}on_assign:\ntransitions:\n{workflow}".encode(),
        }
    )
    return SettingsReader(files).load()


FREE = "- {from: todo, to: [doing, done]}\n- {from: doing, to: done}\n"


def ticket(**fields: str | tuple[str, ...]) -> Ticket:
    """A ticket of Bob's that a customer asked for."""
    known = {"id": "TKT-2j00001", "type": "task", "status": "todo", "assignee": BOB, "requester": CUSTOMER}
    return Ticket({**known, "created": "2026-11-22T08:00:00Z", "created_by": ANA, "labels": (), **fields})


def said(
    settings: Settings,
    by: str,
    *changes: Change,
    before: Ticket | None = None,
    text: str = "",
    internal: bool = False,
) -> list[str]:
    """The rules that speak against some changes, and what they say."""
    was = before or ticket()
    after = was.with_fields({each.field: each.apply(was.fields.get(each.field, "")) for each in changes})
    deed = Deed(by, NOW, was, after, changes, text=text, internal=internal)
    return [f"{each.rule}: {each.text}" for each in objections(deed, settings)]


START = Change("status", "todo", "doing")
END = Change("status", "todo", "done")


class TestSteps:
    def test_a_step_that_the_workflow_has_is_free(self) -> None:
        assert said(desk(FREE), BOB, START) == []

    def test_a_step_that_it_does_not_have_is_refused(self) -> None:
        back = Change("status", "doing", "todo")
        assert said(desk(FREE), ANA, back, before=ticket(status="doing")) == [
            "transition: a ticket cannot go from doing to todo"
        ]

    def test_who_may_take_it(self) -> None:
        settings = desk("- {from: todo, to: done, who: [assignee, lead, closer]}\n")
        assert said(settings, ANA, END) == []
        assert said(settings, BOB, END, before=ticket(assignee=ANA)) == []  # by his team's role
        assert said(settings, EVE, END, before=ticket(assignee=EVE)) == []
        assert said(settings, EVE, END) == [
            f"role: only the assignee, lead or closer may move a ticket from todo to done; {EVE} is not"
        ]

    def test_a_team_is_an_assignee_with_all_its_members(self) -> None:
        settings = desk("- {from: todo, to: done, who: [assignee]}\n")
        assert said(settings, BOB, END, before=ticket(assignee="front")) == []
        assert said(settings, ANA, END, before=ticket(assignee="front")) != []

    def test_the_requester_is_whom_the_ticket_names(self) -> None:
        settings = desk("- {from: todo, to: done, who: [requester]}\n")
        assert said(settings, CUSTOMER, END) == []
        assert said(settings, EVE, END) != []  # a role of that name does not make her this ticket's
        assert said(settings, ANA, END, before=ticket(requester="")) == []  # she created it

    def test_when(self) -> None:
        settings = desk('- {from: todo, to: done, when: "label:ready -priority:P1"}\n')
        assert said(settings, BOB, END) == [
            "transition: a ticket goes from todo to done only when: label:ready -priority:P1"
        ]
        assert said(settings, BOB, END, before=ticket(labels=("ready",))) == []
        assert said(settings, BOB, END, Change("labels", (), ("ready",))) == []  # set by the same command

    def test_what_a_query_says_of_the_status_is_said_of_the_one_it_leaves(self) -> None:
        assert said(desk('- {from: todo, to: done, when: "is:open"}\n'), BOB, END) == []

    def test_required_fields_and_a_required_comment(self) -> None:
        settings = desk("- {from: todo, to: done, require: [resolution, category], comment: true}\n")
        assert said(settings, BOB, END) == [
            "required-field: to go from todo to done, a ticket needs resolution",
            "required-field: to go from todo to done, a ticket needs category",
            "required-comment: to go from todo to done, something must be said",
        ]
        filled = Change("resolution", "", "fixed"), Change("category", "", "access")
        assert said(settings, BOB, END, *filled, text="It works again.") == []

    def test_of_several_ways_one_that_is_open_is_enough(self) -> None:
        settings = desk("- {from: todo, to: done, who: [lead]}\n- {from: todo, to: done, comment: true}\n")
        assert said(settings, ANA, END) == []
        assert said(settings, BOB, END, text="Done.") == []
        assert len(said(settings, BOB, END)) == 1

    def test_a_step_for_everybody_needs_the_right_to_take_steps(self) -> None:
        assert said(desk(FREE), EVE, START) == [f"role: {EVE} may not move tickets"]
        assert said(desk(FREE), EVE, START, before=ticket(assignee=EVE)) == []  # her own

    def test_a_status_that_is_gone_may_be_left_for_any_other(self) -> None:
        gone = Change("status", "paused", "doing")
        assert said(desk(FREE), BOB, gone, before=ticket(status="paused")) == []


class TestTakingBack:
    step = Entry("20261122T083000Z-aaaa", NOW, BOB, 1, changes=(END,))
    back = Entry("20261122T084000Z-bbbb", NOW, BOB, 2, changes=(END.inverted(),), extra={"undoes": step.id})

    def said(self, back: Entry, *thread: Entry) -> list[str]:
        before = ticket(status="done")
        deed = deed_of(back, before, before.with_fields({"status": "todo"}), lambda: thread)
        return [each.rule for each in objections(deed, desk(FREE))]

    def test_everybody_may_take_back_their_own_last_step(self) -> None:
        assert self.said(self.back, self.step) == []

    def test_but_nobody_elses_and_none_before_it(self) -> None:
        assert self.said(self.back._replace(by=ANA), self.step) == ["transition"]
        later = Entry("20261122T083500Z-cccc", NOW, ANA, 3, changes=(Change("status", "done", "done"),))
        assert self.said(self.back, self.step, later) == ["transition"]
        assert self.said(self.back) == ["transition"]


class TestSettling:
    def test_that_a_status_stays_is_no_step(self) -> None:
        assert said(desk(FREE), BOB, Change("status", "todo", "todo")) == []

    def test_but_only_the_one_that_the_ticket_has(self) -> None:
        stays = Change("status", "done", "done")
        assert any(each.startswith("transition") for each in said(desk(FREE), BOB, stays))

    def test_it_takes_the_right_to_set_it(self) -> None:
        for field, value in (("status", "todo"), ("resolution", ""), ("priority", "P3")):
            (found,) = said(desk(FREE), EVE, Change(field, value, value))
            assert found.startswith("role")


class TestRoles:
    def test_each_deed_has_its_right(self) -> None:
        settings = desk(FREE)
        assert said(settings, EVE, Change("assignee", BOB, EVE)) == [
            f"role: {EVE} may not give tickets to somebody"
        ]
        assert said(settings, EVE, Change("priority", "P3", "P1")) == [
            f"role: {EVE} may not change fields of tickets"
        ]
        assert said(settings, EVE, text="psst", internal=True) == [
            f"role: {EVE} may not write internal notes"
        ]
        assert said(settings, EVE, text="Any news?") == []

    def test_who_is_not_listed_has_the_role_of_all_others(self) -> None:
        assert said(desk(FREE), "nobody@example.net", Change("priority", "P3", "P1")) != []

    def test_everybody_may_watch_and_mend_what_they_wrote(self) -> None:
        settings = desk(FREE)
        assert said(settings, EVE, Change("watchers", (), (EVE,))) == []
        assert said(settings, EVE, Change("watchers", (), (BOB,))) != []
        assert said(settings, EVE, Change("title", "a", "b"), before=ticket(created_by=EVE)) == []

    def test_where_nobody_is_listed_everybody_may_do_everything(self) -> None:
        settings = desk(FREE)
        alone = replace(settings, people=replace(settings.people, agents={}, teams={}))
        assert said(alone, EVE, START, Change("priority", "P3", "P1")) == []


class TestNewTickets:
    @pytest.mark.parametrize(("status", "expected"), [("todo", []), ("done", ["transition"])])
    def test_they_start_where_the_workflow_says(self, status: str, expected: list[str]) -> None:
        deed = Deed(BOB, NOW, None, ticket(status=status))
        assert [each.rule for each in objections(deed, desk(FREE))] == expected
