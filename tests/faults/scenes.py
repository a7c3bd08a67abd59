"""What people were doing when it happened: a desk, their own work beside it, and the command."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.cli.desk import script
from tests.sharing.clones import Hub, Laptop, fork

Prepare = Callable[[Laptop, Hub], list[str]]
"""Makes ready what a command needs; its words."""
_EARLIER = 60
"""How old the files of a copy are, in seconds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command, and the folder in which it is about to be typed.

    Args:
        name: of the command.
        folder: with the desk's clone, the hub, and an editor.
        args: the command's words.
    """

    name: str
    folder: Path
    args: tuple[str, ...]

    def copy(self, folder: Path) -> Scene:
        """The same, to be spoiled: Git's stamps of the files are those of the copy.

        Its files are older than Git's index, since Git reads what is of the same second, and then a fault
        in the first call for a file meets that.
        """
        shutil.copytree(self.folder, folder, symlinks=True)
        scene = Scene(self.name, folder, self.args)
        earlier = time.time() - _EARLIER
        for path in scene.desk.git("ls-files", "-z").split("\0")[:-1]:
            os.utime(scene.desk.root / path, (earlier, earlier), follow_symlinks=False)
        scene.desk.git("update-index", "-q", "--refresh")
        return scene

    @property
    def desk(self) -> Laptop:
        """Whose desk it is."""
        return Laptop(self.folder / "ana")


def _create(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001  all are called alike
    return ["create", "Printer on fire", "It smells.", "--label", "smoke"]


def _comment(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    return ["comment", desk.create(), "-m", "Looking at it."]


def _transition(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    return ["transition", desk.create(), "closed", "-m", "All done."]


def _edit(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    return ["edit", desk.create("Login page fails", "One line.")]


def _bulk(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    return ["set", "--yes", *(desk.create(f"Number {each}") for each in range(4)), "due=2026-12-01"]


def _undo(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    ticket = desk.create()
    desk.tkt("label", ticket, "one")
    desk.tkt("label", ticket, "two")
    return ["undo"]


def _compact(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    ids = [desk.create(f"Number {each}") for each in range(2)]
    for each in ids:
        desk.tkt("comment", each, "-m", "Done.")
        desk.tkt("transition", each, "closed")
    return ["compact", *ids]


def _merge_branch(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    ticket = desk.create()
    ours = [["label", ticket, "a"], ["comment", ticket, "-m", "Ours."]]
    fork(desk, ours, [["label", ticket, "b"], ["create", "Theirs"], ["set", ticket, "due=2026-12-01"]])
    return ["merge-branch", "other"]


def _sync(desk: Laptop, hub: Hub) -> list[str]:
    ticket = desk.create()
    desk.sync()
    other = hub.clone("bob")
    other.tkt("label", ticket, "b")
    other.create("Theirs")
    other.sync()
    desk.tkt("label", ticket, "a")
    return ["sync"]


def _import(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    issues = (
        {"id": f"bd-{each}", "title": f"Issue {each}", "status": "open", "priority": 2, "issue_type": "bug",
         "created_at": "2026-11-02T21:58:07Z"}
        for each in range(3)
    )  # fmt: skip
    export = hub.folder / "export.jsonl"
    export.write_text("".join(f"{json.dumps(each)}\n" for each in issues), encoding="utf-8")
    return ["import", "beads", "../export.jsonl"]


def _record(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    ticket = desk.create()
    written = desk.path(ticket)
    text = written.read_text(encoding="utf-8").replace(ticket, "TKT-2jzzzzz")
    written.with_name("TKT-2jzzzzz.md").write_text(text, encoding="utf-8")
    desk.edit(ticket, "priority: P3", "priority: P1")
    return ["record"]


def _resolve(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    ticket = desk.create()
    fork(desk, [["set", ticket, "priority=P1"]], [["set", ticket, "priority=P5", "-m", "Later."]])
    desk.tkt("merge-branch", "other")
    return ["resolve", ticket, "priority=P5"]


def _stage(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    return ["label", desk.create(), "vip", "--no-commit"]


def _amend(desk: Laptop, hub: Hub) -> list[str]:  # noqa: ARG001
    settings = desk.root / ".tkt" / "project.yaml"
    text = settings.read_text(encoding="utf-8").replace("commit: auto", "commit: amend")
    desk.commit(".tkt/project.yaml", text)
    ticket = desk.create()
    desk.tkt("label", ticket, "one")
    return ["label", ticket, "two"]


SCENES: dict[str, Prepare] = {
    "create": _create,
    "comment": _comment,
    "transition": _transition,
    "edit": _edit,
    "bulk": _bulk,
    "undo": _undo,
    "compact": _compact,
    "merge-branch": _merge_branch,
    "sync": _sync,
    "import": _import,
    "record": _record,
    "resolve": _resolve,
    "stage": _stage,
    "amend": _amend,
}


def make_scene(name: str, folder: Path) -> Scene:
    """Make ready for a command, with work of the person's own beside it: staged, edited, and new."""
    folder.mkdir(parents=True)
    hub = Hub(folder)
    desk = hub.begin()
    desk.git("remote", "set-url", "origin", "../hub.git")  # so that a copy has a hub of its own
    desk.git("config", "gc.auto", "0")
    script(folder / "editor", 'printf "Two lines.\\n" >> "$1"')
    for each in ("code.py", "notes.txt"):
        desk.commit(each, "old\n")
    desk.sync()
    desk.create("Somebody else's")
    args = SCENES[name](desk, hub)
    desk.write("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.write("code.py", "edited after it was staged\n")
    desk.write("notes.txt", "edited\n")
    desk.write("mine.txt", "new\n")
    return Scene(name, folder, tuple(args))
