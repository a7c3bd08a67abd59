"""The sample desk holds what a desk can hold, and all of it has happened, whatever the clock says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tkt.assets import read_asset
from tkt.domain.checks import missing_fields, save_problems
from tkt.domain.clocks import State
from tkt.domain.entry import INTERNAL, PUBLIC, Entry, attachment_file
from tkt.domain.fields import FIXED, MUTABLE, OPTIONAL, clean_text, clean_title
from tkt.domain.ids import ticket_path
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.ticket import LINKS, Ticket
from tkt.domain.workflow import Category
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.demo import DEMO_SETTINGS, demo_setting, demo_stories
from tkt.usecases.record import Story

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)  # a Tuesday

_MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2040, 12, 31, 23, 59, 59), timezones=st.just(UTC))  # noqa: DTZ001  the strategy adds the zone


class MemoryFiles:
    """A store's files in a dictionary."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self.content = content

    def names(self, folder: str) -> list[str]:
        head = f"{folder}/" if folder else ""
        below = (path[len(head) :] for path in self.content if path.startswith(head))
        parts = (path.partition("/") for path in below)
        return sorted({f"{first}{slash}" for first, slash, _ in parts})

    def read(self, path: str) -> bytes:
        try:
            return self.content[path]
        except KeyError:
            raise FileNotFoundError(path) from None


def settings_at(now: datetime) -> Settings:
    content = {f".tkt/{name}": demo_setting(name, now).encode() for name in DEMO_SETTINGS}
    return SettingsReader(MemoryFiles(content)).load()


@cache
def desk() -> Settings:
    return settings_at(NOW)


def told(now: datetime = NOW) -> tuple[Story, ...]:
    return demo_stories(desk(), now)


def states(story: Story) -> list[Ticket]:
    """A ticket as it was created and after each entry, worked out backwards from what it is now."""
    ticket = story.ticket
    found = [ticket]
    for entry in reversed(story.entries):
        undone = {
            change.field: change.inverted().apply(ticket.fields[change.field]) for change in entry.changes
        }
        ticket = ticket.with_fields(undone)
        found.append(ticket)
    return found[::-1]


def steps() -> Iterator[tuple[Ticket, Entry, Ticket]]:
    """Every entry of the desk, between the states before and after it."""
    for story in told():
        known = states(story)
        yield from zip(known, story.entries, known[1:], strict=False)


def any_moment(test: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Run a test at many moments, the awkward ones among them."""
    for awkward in (
        "2026-11-22T00:00:00",  # the first second of a Sunday
        "2026-11-21T23:59:59",  # the last of a Saturday
        "2026-11-23T00:01:30",  # a Monday: yesterday was no working day
        "2026-12-01T00:00:59",  # the first minute of a month
        "2027-01-01T00:00:00",
        "2028-02-29T12:00:00",
        "2028-03-01T00:30:00",
    ):
        test = example(datetime.fromisoformat(awkward).replace(tzinfo=UTC))(test)
    return given(_MOMENTS)(test)


# --- what there is ----------------------------------------------------------


def test_the_desk_is_busy() -> None:
    ids = [story.ticket.id for story in told()]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "field",
    [
        *("status", "type", "priority", "channel", "queue", "category"),
        *("resolution", "impact", "urgency", "plan", "version"),
    ],
)
def test_every_choice_is_used(field: str) -> None:
    used = {story.ticket.text(field) for story in told()}
    assert used - {""} == set(desk().fields[field].choices)


def test_every_relation_is_used() -> None:
    assert {link.kind for story in told() for link in story.ticket.links} == set(LINKS)
    assert any(story.ticket.text("parent") for story in told())


def test_every_agent_and_a_team_have_work() -> None:
    people = desk().people
    assignees = {story.ticket.assignee for story in told()} - {""}
    assert assignees & set(people.teams)
    assert assignees - set(people.teams) == {agent.email for agent in people.agents.values()}


def test_threads_hold_every_kind_of_entry() -> None:
    entries = [entry for story in told() for entry in story.entries]
    assert {entry.visibility for entry in entries} == {PUBLIC, INTERNAL, ""}
    assert any(entry.minutes for entry in entries)
    assert any(entry.attachments for entry in entries)
    assert any(entry.body for entry in entries if not desk().people.find(entry.by))


def test_some_tickets_are_neglected_and_some_are_quick() -> None:
    workflow = desk().workflow
    open_ = [story for story in told() if not workflow.is_done(story.ticket.status)]
    last = {story.ticket.id: max([story.ticket.created, *(e.at for e in story.entries)]) for story in open_}
    lonely = [s for s in open_ if not s.ticket.assignee and NOW - s.ticket.created > timedelta(days=7)]
    waiting = [
        story
        for story in open_
        if workflow.category(story.ticket.status) is Category.WAITING
        and NOW - last[story.ticket.id] > timedelta(weeks=3)
    ]
    overdue = [s for s in open_ if "" < s.ticket.text("due") < f"{NOW:%Y-%m-%d}"]
    quick = [s for s in told() if s not in open_ and s.entries[-1].at - s.ticket.created < timedelta(hours=1)]
    assert len(lonely) >= 3
    assert waiting
    assert len(overdue) >= 3
    assert len(quick) >= 3
    assert any(story.ticket.text("due") > f"{NOW:%Y-%m-%d}" for story in open_)


def test_customers_come_back() -> None:
    requesters = [story.ticket.text("requester") for story in told()]
    assert sum(requesters.count(each) >= 4 for each in set(requesters) - {""}) >= 5


def test_first_answers_take_minutes_or_days() -> None:
    taken = sorted(
        first.at - story.ticket.created
        for story in told()
        for first in story.entries
        if first.visibility == PUBLIC and first.body and desk().people.find(first.by)
    )
    assert taken[0] < timedelta(minutes=7)
    assert taken[-1] > timedelta(days=2)


def test_weekends_are_quiet() -> None:
    weekend = [story for story in told() if story.ticket.created.weekday() >= 5]
    assert 0 < len(weekend) < len(told()) / 10


# --- whether it is sound ----------------------------------------------------


def test_fields_are_complete_and_in_order() -> None:
    names = [*FIXED, *MUTABLE, *desk().custom]
    for story in told():
        fields = list(story.ticket.fields)
        assert fields == [f.name for f in names if f.name in fields]
        assert {f.name for f in names} - set(fields) <= OPTIONAL


def test_every_state_could_be_saved() -> None:
    for story in told():
        for ticket in states(story):
            assert save_problems(ticket, list(ticket.fields), desk()) == []
            assert missing_fields(ticket, desk()) == []


def test_the_state_follows_from_the_entries() -> None:
    for story in told():
        ticket = states(story)[0]
        assert ticket.status == desk().workflow.flow(ticket.type).initial
        for entry in story.entries:
            ticket = applied(ticket, entry)
        assert ticket == story.ticket


def applied(ticket: Ticket, entry: Entry) -> Ticket:
    for change in entry.changes:
        value = ticket.fields[change.field]
        if not change.is_list:
            assert value == change.old
        ticket = ticket.with_fields({change.field: change.apply(value)})
    return ticket


def test_entries_are_numbered_and_say_something() -> None:
    for story in told():
        assert [entry.clock for entry in story.entries] == list(range(1, len(story.entries) + 1))
        assert len({entry.id for entry in story.entries}) == len(story.entries)
        for entry in story.entries:
            assert entry.changes or entry.body or entry.attachments
            assert bool(entry.visibility) == bool(entry.body or entry.attachments)


def test_status_steps_are_legal() -> None:
    for before, _, after in steps():
        if before.status != after.status:
            desk().workflow.require_step(before.type, before.status, after.status)


def test_what_is_done_has_a_resolution_and_nothing_else_has() -> None:
    for story in told():
        for ticket in states(story):
            assert desk().workflow.is_done(ticket.status) == bool(ticket.text("resolution"))


def test_work_that_is_begun_is_somebodys() -> None:
    for _, _, after in steps():
        if after.status in {"assigned", "in-progress", "waiting", "resolved"}:
            assert after.assignee


def by_matrix(ticket: Ticket) -> str:
    matrix = desk().matrix
    return matrix.priority(ticket.text("impact"), ticket.text("urgency")) or matrix.default


def test_a_priority_is_the_matrixs_or_has_a_reason() -> None:
    for story in told():
        known = states(story)
        assert known[0].priority == by_matrix(known[0])
    apart = [
        (entry, after)
        for before, entry, after in steps()
        if before.priority != after.priority and after.priority != by_matrix(after)
    ]
    assert apart
    assert all(entry.body for entry, _ in apart)
    assert len({after.id for _, after in apart}) == sum(
        story.ticket.priority != by_matrix(story.ticket) for story in told()
    )


def test_a_priority_followed_a_change_of_impact() -> None:
    assert any(
        before.text("impact") != after.text("impact")
        and before.priority != after.priority == by_matrix(after)
        for before, _, after in steps()
    )


def test_one_ticket_is_reopened_and_one_was() -> None:
    reopened = {
        story.ticket.id: story.ticket.status
        for story in told()
        if "reopened" in {s.status for s in states(story)}
    }
    assert "reopened" in reopened.values()
    assert set(reopened.values()) - {"reopened"}


def test_texts_are_clean() -> None:
    for story in told():
        assert clean_title(story.ticket.title) == story.ticket.title
        for text in (story.ticket.body, *(entry.body for entry in story.entries)):
            assert clean_text(text) == text
            assert "<<" not in text
        assert story.ticket.body


def test_texts_are_as_varied_as_peoples() -> None:
    bodies = "".join(entry.body for story in told() for entry in story.entries)
    bodies += "".join(story.ticket.body for story in told())
    for each in ("\n---\n", "\n```", "\n- [ ] ", "\n> ", "\n| ", "ü", "森", "🙂"):
        assert each in bodies


def test_nobody_is_real() -> None:
    known = {
        value
        for story in told()
        for name in ("created_by", "requester", "assignee")
        for value in story.ticket.items(name)
    }
    known |= {entry.by for story in told() for entry in story.entries}
    known |= {watcher for story in told() for watcher in story.ticket.items("watchers")}
    for address in known - {*desk().people.teams}:
        assert address.endswith(("example.com", "example.org", "example.net")), address


def test_customers_never_write_internally() -> None:
    for story in told():
        for entry in story.entries:
            if entry.visibility == INTERNAL:
                assert entry.by.endswith("@example.com")


# --- files ------------------------------------------------------------------


def test_every_story_comes_back_from_its_files() -> None:
    for story in told():
        assert loaded(story) == (story.ticket, list(story.entries))


def loaded(story: Story) -> tuple[Ticket, list[Entry]]:
    store = TicketFiles(MemoryFiles({}), desk())
    writes = [
        store.encode_ticket(None, story.ticket),
        *(store.encode_entry(story.ticket.id, entry) for entry in story.entries),
    ]
    kept = TicketFiles(MemoryFiles({write.path: write.data or b"" for write in writes}), desk())
    entries, problems = kept.thread(story.ticket.id)
    assert problems == []
    assert kept.problems(story.ticket.id) == []
    return kept.load(story.ticket.id), entries


def test_attachments_are_named_as_the_store_names_them() -> None:
    for story in told():
        sent = [(attachment_file(f.name, f.data), f.name, len(f.data)) for f in story.files]
        named = [(a.file, a.name, a.size) for entry in story.entries for a in entry.attachments]
        assert named == sent
        assert all(0 < len(file.data) <= desk().attachment_limit for file in story.files)
    assert sum(len(story.files) for story in told()) >= 8


# --- time -------------------------------------------------------------------


@any_moment
def test_everything_has_happened_and_in_order(now: datetime) -> None:
    for story in told(now):
        moments = [story.ticket.created, *(entry.at for entry in story.entries)]
        assert moments == sorted(moments)
        assert moments[-1] <= now
        assert timedelta() < now - moments[0] < timedelta(days=40)


@any_moment
def test_ids_name_their_time(now: datetime) -> None:
    stories = told(now)
    assert len({story.ticket.id for story in stories}) == len(stories)
    for story in stories:
        assert f"/{story.ticket.created:%Y-%m}/" in ticket_path(story.ticket.id)
        assert all(entry.id.startswith(f"{entry.at:%Y%m%dT%H%M%SZ}-") for entry in story.entries)


@any_moment
def test_links_and_parents_were_there_when_they_were_named(now: datetime) -> None:
    stories = told(now)
    created = {story.ticket.id: story.ticket.created for story in stories}
    for story in stories:
        moments = [story.ticket.created, *(entry.at for entry in story.entries)]
        for ticket, moment in zip(states(story), moments, strict=True):
            targets = {link.target for link in ticket.links} | set(ticket.items("parent"))
            assert story.ticket.id not in targets
            assert all(created[target] < moment for target in targets)


@any_moment
def test_nothing_is_due_before_it_began(now: datetime) -> None:
    for story in told(now):
        due = story.ticket.text("due")
        assert not due or due >= f"{story.ticket.created:%Y-%m-%d}"


@any_moment
def test_nobody_works_while_away(now: datetime) -> None:
    people = settings_at(now).people
    away = {agent.email: agent.away for agent in people.agents.values() if agent.away}
    assert any(first <= f"{now:%Y-%m-%d}" <= last for spans in away.values() for first, last in spans)
    for story in told(now):
        acts = [(story.ticket.text("created_by"), story.ticket.created)]
        acts += [(entry.by, entry.at) for entry in story.entries]
        for who, moment in acts:
            spans = away.get(who, ())
            assert not any(first <= f"{moment:%Y-%m-%d}" <= last for first, last in spans)


def test_the_same_moment_tells_the_same_in_any_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert told() == told(NOW) == told(elsewhere)
    assert told() != told(NOW + timedelta(days=1))


# --- settings ---------------------------------------------------------------


def test_the_settings_differ_from_the_shipped_ones_in_people_and_fields_only() -> None:
    shipped = SettingsReader(MemoryFiles({})).load()
    same = ("key", "commit", "types", "channels", "queues", "categories", "resolutions", "matrix")
    for name in (*same, "workflow", "attachment_limit", "default_type", "run_hooks"):
        assert getattr(desk(), name) == getattr(shipped, name)
    assert {field.name for field in desk().custom} == {"version", "plan", "users_affected"}


def test_project_settings_keep_the_shipped_comments() -> None:
    ours, shipped = (read_asset(f"{room}/project.yaml") for room in ("demo", "settings"))
    assert ours.partition("# Fields of your own.")[0] == shipped.partition("# Fields of your own.")[0]


def test_three_teams_of_skilled_people() -> None:
    people = desk().people
    assert 5 <= len(people.agents) <= 6
    assert len(people.teams) == 3
    assert all(agent.skills for agent in people.agents.values())
    assert {queue for team in people.teams.values() for queue in team.queues} == set(desk().queues)


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 22, 3, 5, tzinfo=UTC),  # a Sunday
        datetime(2026, 12, 25, 12, 30, tzinfo=UTC),  # a holiday, and a Friday
        datetime(2027, 1, 1, 23, 59, tzinfo=UTC),
        datetime(2028, 2, 29, 8, 0, tzinfo=UTC),
    ],
)
def test_the_desk_shows_every_state_of_a_clock(now: datetime) -> None:
    judge = Judge(settings_at(now), now)
    seen = set()
    for story in demo_stories(judge.settings, now):
        explained = judge.explain(story.ticket, story.entries)
        for each in explained.judgement.clocks:
            seen |= {each.state} if explained.judgement.open else set()
            counted = (one for one in explained.stretches.get(each.clock, ()) if one.counts)
            total = sum((one.end - one.start for one in counted), timedelta())
            assert int(total.total_seconds()) == (each.elapsed_seconds or 0)
    assert seen == {*State}
