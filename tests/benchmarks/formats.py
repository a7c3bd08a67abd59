"""The tickets of a sample as other ticket systems keep them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.benchmarks.stopwatch import run
from tests.benchmarks.stores import NOW, Sample
from tkt.domain.ticket import Ticket
from tkt.store.files import DiskFiles
from tkt.store.tickets import TicketFiles

DONE = 2
"""The state of a ticket that is closed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket with what was said about it.

    Args:
        ticket: as it is now.
        state: 0 for not begun, 1 for begun, DONE.
        said: the comments, with their moments.
    """

    ticket: Ticket
    state: int
    said: tuple[tuple[datetime, str], ...]


def tell(sample: Sample) -> Iterator[Told]:
    """All tickets of a sample, with their threads."""
    files = TicketFiles(DiskFiles(str(sample.root)), sample.settings)
    for ticket in sample.tickets:
        thread, _ = files.thread(ticket.id)
        done = sample.settings.workflow.is_done(ticket.status)
        begun = ticket.status not in {"new", "assigned"}
        said = tuple((entry.at, entry.body) for entry in thread if entry.body)
        yield Told(ticket, DONE if done else int(begun), said)


def make_tk(folder: Path, told: Sequence[Told], env: Mapping[str, str]) -> None:  # noqa: ARG001  as the others
    """A Markdown file each in `.tickets/`, with notes at its end."""
    place = folder / ".tickets"
    place.mkdir()
    for number, each in enumerate(told):
        ticket = each.ticket
        notes = "\n".join(f"**{at:%Y-%m-%dT%H:%M:%SZ}**\n\n{text}" for at, text in each.said)
        text = (
            f"---\nid: {ticket.id}\nstatus: {('open', 'in_progress', 'closed')[each.state]}\n"
            f"deps: []\nlinks: []\ncreated: {ticket.text('created')}\ntype: task\npriority: {number % 5}\n"
            f"assignee: {ticket.text('assignee')}\ntags: [{', '.join(ticket.items('labels'))}]\n---\n"
            f"# {ticket.title}\n\n{ticket.body}\n## Notes\n\n{notes}"
        )
        (place / f"{ticket.id}.md").write_text(text, encoding="utf-8")


def make_backlog(folder: Path, told: Sequence[Told], env: Mapping[str, str]) -> None:
    """A Markdown file each in `backlog/tasks/`, in a repository of its own."""
    run(["git", "init", "--quiet"], folder, env)
    run(["backlog", "init", "sample", "--defaults", "--agent-instructions", "none"], folder, env)
    place = folder / "backlog" / "tasks"
    place.mkdir(exist_ok=True)
    for number, each in enumerate(told, 1):
        ticket = each.ticket
        notes = "\n".join(text for _, text in each.said)
        labels = "".join(f"\n  - {label}" for label in ticket.items("labels")) or " []"
        text = (
            f"---\nid: TASK-{number}\ntitle: {json.dumps(ticket.title, ensure_ascii=False)}\n"
            f"status: {('To Do', 'In Progress', 'Done')[each.state]}\nassignee: []\n"
            f"created_date: '{ticket.text('created')[:16].replace('T', ' ')}'\nlabels:{labels}\n"
            f"dependencies: []\nordinal: {number}000\n---\n\n## Description\n\n"
            f"<!-- SECTION:DESCRIPTION:BEGIN -->\n{ticket.body}<!-- SECTION:DESCRIPTION:END -->\n\n"
            f"## Implementation Notes\n\n<!-- SECTION:NOTES:BEGIN -->\n{notes}<!-- SECTION:NOTES:END -->\n"
        )
        name = "".join(letter if letter.isalnum() else "-" for letter in ticket.title)
        (place / f"task-{number} - {name}.md").write_text(text, encoding="utf-8")
    run(["git", "add", "-A"], folder, env)
    run(["git", "commit", "--quiet", "-m", "Add the tasks"], folder, env)


def make_taskwarrior(folder: Path, told: Sequence[Told], env: Mapping[str, str]) -> None:
    """One import of JSON; what was said are annotations."""
    (folder / "taskrc").write_text(
        f"data.location={folder / 'data'}\nconfirmation=off\nnews.version=9.9.9\n", encoding="utf-8"
    )
    (folder / "data").mkdir()
    tasks = [_task(number, each) for number, each in enumerate(told)]
    (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    run(["task", "import", "tasks.json"], folder, env)
    (folder / "tasks.json").unlink()


def taskwarrior_environment(folder: Path) -> dict[str, str]:
    """Where it finds its settings and its data."""
    return {"TASKRC": str(folder / "taskrc"), "TASKDATA": str(folder / "data")}


def uuid_of(number: int) -> str:
    """The id of a task, the same in each run."""
    return str(uuid.UUID(int=(1 << 127) + number))


def _task(number: int, told: Told) -> dict[str, object]:
    ticket = told.ticket
    task: dict[str, object] = {
        "uuid": uuid_of(number),
        "description": ticket.title,
        "entry": _stamp(datetime.fromisoformat(ticket.text("created"))),
        "project": ticket.text("queue"),
        "priority": "HML"[number % 3],
        "tags": [label.replace("-", "_") for label in ticket.items("labels")],
        "status": "completed" if told.state == DONE else "pending",
    }
    if told.state == 1:
        task["start"] = task["entry"]
    if task["status"] == "completed":
        task["end"] = _stamp(NOW)
    texts = [(datetime.fromisoformat(ticket.text("created")), ticket.body), *told.said]
    task["annotations"] = [{"entry": _stamp(at), "description": " ".join(text.split())} for at, text in texts]
    return task


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"
