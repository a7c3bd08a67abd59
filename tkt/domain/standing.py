"""What a ticket and its thread tell by themselves, without what they were before.

Nobody knows under which rules the steps of an old thread were taken. Where they break those of today, that is
a warning; where the thread contradicts itself or its ticket, an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tkt.domain.checks import MARKERS, missing_fields
from tkt.domain.closing import is_closing
from tkt.domain.disputes import disputes
from tkt.domain.fields import did_you_mean, shortened, value_problem
from tkt.domain.ids import thread_folder, ticket_path
from tkt.domain.replay import Key, Outcome, before_entries, disagreements, replay
from tkt.domain.settings import Settings
from tkt.domain.succession import Bench, Snapshot, violations
from tkt.domain.ticket import LINKS, Ticket
from tkt.domain.violation import Level, Violation
from tkt.domain.workflow import Category

_OF_THE_DAY = frozenset({"role", "required-field", "required-comment"})
"""Rules that hold for a step when it is taken, and say nothing of old ones."""

DESCRIPTION = "description"
"""What a finding's field is called when its line is counted from where the description begins."""

FOREIGN = "external_id"
"""A ticket with that field has a past elsewhere, under rules that nobody here knows."""

_ONE_MARK = re.compile(r"^(?:<{7}|>{7}) .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A ticket as it stands.

    Args:
        ticket: itself.
        snapshot: with its thread.
        settings: in force.
        outcomes: what the thread comes to.
    """

    ticket: Ticket
    snapshot: Snapshot
    settings: Settings
    outcomes: Mapping[Key, Outcome]

    def error(self, rule: str, text: str, hint: str, field: str = "") -> Violation:
        """A violation in the ticket's file."""
        ticket_id = self.ticket.id
        return Violation(rule, text, hint, ticket_path(ticket_id), ticket=ticket_id, field=field)

    def at_entry(self, rule: str, text: str, hint: str, entry_id: str) -> Violation:
        """A violation in an entry's file."""
        path = f"{thread_folder(self.ticket.id)}/{entry_id}.md"
        return Violation(rule, text, hint, path, ticket=self.ticket.id)

    def warning(self, rule: str, text: str, hint: str, field: str = "") -> Violation:
        """The same, of less weight."""
        return self.error(rule, text, hint, field)._replace(level=Level.WARNING)


def standing(snapshot: Snapshot, settings: Settings, latest: datetime) -> list[Violation]:
    """What is wrong with a ticket and its thread.

    Args:
        snapshot: both of them.
        settings: in force.
        latest: no time may be later than this, UTC.
    """
    ticket = snapshot.ticket
    if ticket is None:
        return []
    case = _Standing(ticket, snapshot, settings, replay(snapshot.entries.values(), settings))
    return [
        *_values(case),
        *_stranded(case),
        *_lacking(case),
        *_unmerged(case),
        *_contested(case),
        *_history(case, latest),
        *_gaps(case),
        *_recounted(case),
    ]


def _history(case: _Standing, latest: datetime) -> Iterator[Violation]:
    """What the thread says of itself, and of the ticket; steps taken elsewhere followed other rules."""
    said = disagreements(case.ticket.fields, case.outcomes)
    chosen = {each.field for each in said if not each.certain}
    bench = Bench(case.settings, latest, judges=not case.ticket.text(FOREIGN))
    for each in violations(case.ticket.id, (), case.snapshot, bench):
        if each.rule == "state" and each.field in chosen:
            continue  # people disagree about it, and that is told already
        if each.rule not in _OF_THE_DAY:
            yield from _weighed(case, each)
    for (name, _), outcome in case.outcomes.items():
        for entry_id in outcome.unfounded:
            text = f"it says that {name} was something which it never was"
            hint = f"tkt log {case.ticket.id} shows it; somebody wrote it by hand."
            yield case.at_entry("state", text, hint, entry_id)


def _weighed(case: _Standing, each: Violation) -> Iterator[Violation]:
    """What speaks against a thread, as far as it counts so long afterwards."""
    if each.rule == "transition":
        if _is_of_today(case, each.path):  # others went through statuses that there are no longer
            hint = "It may have been allowed then. Nothing needs to be done."
            yield each._replace(level=Level.WARNING, hint=hint, field="")
    elif each.rule == "verdict" and not _is_closing(case, each.path):
        yield each._replace(level=Level.WARNING, hint="Its status may have ended a ticket then.")
    elif each.rule == "time-order" and case.ticket.text(FOREIGN):
        hint = "That is how it came from where it was before. Nothing needs to be done."
        yield each._replace(level=Level.WARNING, hint=hint)
    else:
        yield each


def _is_closing(case: _Standing, path: str) -> bool:
    entry = case.snapshot.entries.get(path.rpartition("/")[2].removesuffix(".md"))
    return entry is not None and is_closing(entry, case.settings.workflow)


def _is_of_today(case: _Standing, path: str) -> bool:
    """Whether a step, or how a ticket began, has only statuses that the workflow still has."""
    entries = sorted(case.snapshot.entries.values(), key=lambda each: each.order)
    entry = case.snapshot.entries.get(path.rpartition("/")[2].removesuffix(".md"))
    if entry is None:
        named = {before_entries(case.ticket, entries).status}
    else:
        named = {str(each) for change in entry.changes if change.field == "status" for each in change[1:]}
    return named <= {*case.settings.workflow.statuses}


def _values(case: _Standing) -> Iterator[Violation]:
    for name, field in case.settings.fields.items():
        trouble = value_problem(field, case.ticket.fields.get(name, field.empty))
        if trouble and not (name == "status" and case.ticket.status not in case.settings.workflow.statuses):
            yield case.error("schema", trouble[0], trouble[1], name)
    for each in case.ticket.links:
        if each.kind not in LINKS:
            near = did_you_mean(each.kind, tuple(LINKS))
            text = f"there is no relation {each.kind!r}" + (f"; {near}" if near else "")
            yield case.error("schema", text, f"Relations: {', '.join(LINKS)}.", "links")


def _stranded(case: _Standing) -> Iterator[Violation]:
    status, workflow = case.ticket.status, case.settings.workflow
    if status in workflow.statuses:
        return
    if not status:
        initial = workflow.flow(case.ticket.type).initial
        yield case.error("schema", "a ticket needs a status", f"Such as {initial}.", "status")
        return
    target = nearest_status(case.ticket, case.settings)
    hint = f"tkt transition {case.ticket.id} {target}"
    yield case.warning("stranded", f"the workflow has no status {shortened(status)}", hint, "status")


def nearest_status(ticket: Ticket, settings: Settings) -> str:
    """Where a ticket could go whose status the workflow does not have: by name, else by its end."""
    from difflib import get_close_matches  # start-up: such a ticket is rare

    workflow = settings.workflow
    near = get_close_matches(ticket.status.lower(), tuple(workflow.statuses), n=1)
    if near:
        return near[0]
    if ticket.text("resolution"):
        return workflow.done[-1]
    names = (name for name in workflow.statuses if workflow.category(name) is Category.OPEN)
    return next(names, workflow.flow(ticket.type).initial)


def _lacking(case: _Standing) -> Iterator[Violation]:
    for name in missing_fields(case.ticket, case.settings):
        text = f"{_a(case.ticket.type)} needs {name}"
        yield case.warning("required-field", text, f"tkt set {case.ticket.id} {name}=...", name)


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def _unmerged(case: _Standing) -> Iterator[Violation]:
    """Marks of a merge that nobody has finished, as far as the text cannot just be about one."""
    hint = "Keep one side, remove the three marks, then git add the file."
    whole = MARKERS.search(case.ticket.body)
    found = whole or _ONE_MARK.search(case.ticket.body)
    if found:
        line = case.ticket.body.count("\n", 0, found.start()) + 1
        if whole:
            each = case.error("marker", "the description has marks of an unresolved merge", hint, DESCRIPTION)
        else:
            text = "the description has a line that looks like a mark of an unresolved merge"
            each = case.warning("marker", text, "Put a space before it, if it is meant.", DESCRIPTION)
        yield each._replace(line=line)
    for entry in case.snapshot.entries.values():
        if MARKERS.search(entry.body):
            text = "what it says looks like an unresolved merge"
            hint = "Nothing needs to be done if it is meant."
            yield case.at_entry("marker", text, hint, entry.id)._replace(level=Level.WARNING)


def _contested(case: _Standing) -> Iterator[Violation]:
    for each in disputes(case.ticket.fields, case.snapshot.entries.values(), case.outcomes):
        said = ", ".join(f"{each.shown(voice)} ({voice.entry.by})" for voice in each.voices)
        text = f"people disagree about {each.field}, and nobody has settled it: {said}"
        yield case.warning("state", text, f"tkt resolve {case.ticket.id} settles it.", each.field)


def _gaps(case: _Standing) -> Iterator[Violation]:
    """Clocks that no entry has: each entry has one more than the highest that its author knew."""
    snapshot = case.snapshot
    if len(snapshot.texts) != len(snapshot.entries):  # one that cannot be read may have it
        return
    clocks = {entry.clock for entry in snapshot.entries.values()}
    if clocks and max(clocks) != len(clocks):
        gap = next(clock for clock in range(1, len(clocks) + 1) if clock not in clocks)
        text = f"an entry is missing from its thread: none has the clock {gap}"
        hint = f"git log --diff-filter=D -- {thread_folder(case.ticket.id)} tells where it went."
        yield case.warning("entry-removed", text, hint)


def _recounted(case: _Standing) -> Iterator[Violation]:
    """A verdict on clocks that is not what its own settings make of the times that it names."""
    entries = tuple(case.snapshot.entries.values())
    judging = [(each, each.verdict) for each in entries if each.verdict]
    if not judging:
        return
    from tkt.domain.sla import Judge  # start-up: most tickets have none

    for entry, said in judging:
        found = Judge(case.settings, entry.at).recount(case.ticket, entries, said)
        if found and found != said:
            wrong = dict.fromkeys(each.clock for each in {*found.clocks} ^ {*said.clocks})
            text = f"its verdict on {', '.join(sorted(wrong))} is not what the thread and the settings give"
            hint = "It may have been closed by somebody who did not know of every entry before."
            yield case.at_entry("verdict", text, hint, entry.id)._replace(level=Level.WARNING)


_BOM = "\ufeff".encode()


def plainly_spelt(data: bytes) -> bytes:
    """A file's bytes without a byte-order mark, its lines ended by LF."""
    return data.removeprefix(_BOM).replace(b"\r\n", b"\n")
