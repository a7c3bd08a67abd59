"""What must hold after anything: the old state or the new one, one's own work as it was, a sound Git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.injecting import Ended, Fault, type_it
from tests.faults.scenes import Scene
from tests.sharing.clones import Laptop

_MINE = ("code.py", "notes.txt", "mine.txt")
_LONG_AGO = 1_700_000_000
_FINE = ("dangling ", "Checking ", "notice: ")
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_IN_BETWEEN = ("this is recorded, but", "can be neither finished nor taken back")
"""What whoever is told that finds the desk as it was left; the next command sees to it."""
Shape = tuple[Counter[str], Counter[str], Counter[str]]
"""What differs at the branch, in the index and in the working tree: files that came, changed or went."""
OLD: Shape = (Counter(), Counter(), Counter())


class State(NamedTuple):
    """Three trees of tickets, and the person's own work.

    Args:
        head: the tree at the branch.
        staged: the one in the index.
        here: the one in the working tree.
        mine: what the person's own files hold, and what the index has of them.
    """

    head: str
    staged: str
    here: str
    mine: tuple[object, ...]


def look(scene: Scene) -> State:
    """The state of a desk; nothing of it is touched."""
    desk, copy = scene.desk, str(scene.folder / "index-of-the-oracle")
    shutil.copyfile(desk.root / ".git" / "index", copy)
    staged = _tree(desk, copy)
    _git(desk, "add", "--all", "--force", "--", ":(glob)tickets/**", index=copy)
    head = desk.git("ls-tree", "--format=%(objectname)", "HEAD", "tickets") or _EMPTY
    mine = ((desk.root / each).read_bytes() for each in _MINE)
    return State(
        head, staged, _tree(desk, copy), (*mine, _git(desk, "ls-files", "--stage", "--", *_MINE, index=copy))
    )


def _tree(desk: Laptop, index: str) -> str:
    there = _git(desk, "ls-files", "--", "tickets", index=index)
    return _git(desk, "write-tree", "--prefix=tickets/", index=index) if there else _EMPTY


def _git(desk: Laptop, *args: str, index: str) -> str:
    env = {**os.environ, "GIT_INDEX_FILE": index}
    done = subprocess.run(["git", *args], cwd=desk.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout.rstrip("\n")


def shape(desk: Laptop, before: State, after: State) -> Shape:
    """What differs between two states."""
    desk.git("hash-object", "-t", "tree", "-w", "/dev/null")
    one, two, three = (_differences(desk, *trees) for trees in zip(before[:3], after[:3], strict=True))
    return one, two, three


def _differences(desk: Laptop, before: str, after: str) -> Counter[str]:
    out = desk.git("diff-tree", "-r", "--no-renames", "--name-status", before, after)
    rows = (line.split("\t") for line in out.splitlines())
    return Counter(f"{status} {'entry' if path.count('/') > 1 else 'ticket'}" for status, path in rows)


def locks(scene: Scene) -> list[Path]:
    """The locks that somebody left behind."""
    return [path for path in scene.folder.rglob("*.lock") if path.name != "tkt.lock"]


def litter(scene: Scene) -> list[str]:
    """All that a command should have cleaned up after itself."""
    git_dir = scene.desk.root / ".git"
    found = [*locks(scene), *git_dir.glob("index.tkt*"), *scene.desk.root.rglob(".tkt-draft-*")]
    refs = scene.desk.git("for-each-ref", "--format=%(refname)", "refs/tkt/", "refs/worktree/")
    return [*map(str, found), *refs.splitlines()]


class Judge:
    """Knows what a command does when nothing goes wrong, and says what is wrong when something does.

    Args:
        scene: the command, not yet typed.
        folder: for copies.
    """

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.folder = folder
        self.before = look(scene)  # and every copy has these trees
        clean = scene.copy(folder / "clean")
        done = type_it(clean)
        assert done.code == 0, done
        self.goal = shape(clean.desk, self.before, look(clean))
        assert self.goal != OLD

    def judge(self, fault: Fault) -> list[str]:
        """Let something go wrong, type the command again where it failed; what is not as it must be."""
        scene = self.scene.copy(self.folder / "spoiled")
        try:
            done = type_it(scene, fault=fault)
            return [f"{self.scene.name}, {fault}: {each} ({done})" for each in self.wrong(scene, done)]
        finally:
            shutil.rmtree(scene.folder)

    def wrong(self, scene: Scene, done: Ended) -> Iterator[str]:
        """What is not as it must be after a command, and after it was typed again if it failed."""
        found = self._shape(scene)
        if not done.killed and not any(each in done.err for each in _IN_BETWEEN):
            yield from self._unlike_its_code(done, found)
        if _is_bare(done):
            yield "it ends in a traceback"
        if look(scene).mine != self.before.mine:
            yield "the person's own work has changed"
        yield from self._mended(scene, done)
        yield from self._unsound(scene)

    def _shape(self, scene: Scene) -> Shape:
        return shape(scene.desk, self.before, look(scene))

    def _unlike_its_code(self, done: Ended, found: Shape) -> Iterator[str]:
        """Whoever is told that it failed finds nothing done, but what an exchange has brought in already."""
        untold = done.code != 0 and _was_cut_off(done) and found == self.goal and not done.out
        joined = self.scene.name == "sync" and found == self.goal
        if self.scene.name == "compact" and "left as it is: " in done.err:
            return  # each ticket is folded or named
        if found != (OLD if done.code else self.goal) and not untold and not joined:
            yield f"it ends with {done.code}, and this is done: {found}"

    def _mended(self, scene: Scene, done: Ended) -> Iterator[str]:
        """Type it again until it is done, with `tkt doctor --fix` where that is what is said."""
        again = type_it(scene) if done.code else done
        if again.code:
            if "tkt doctor --fix" not in again.err and not _at_the_hub(scene):
                yield f"typed again, it fails: {again}"
            self._fix(scene)
            again = type_it(scene)
        if again.code:
            yield f"after tkt doctor --fix it still fails: {again}"
        if litter(scene):
            self._fix(scene)
        found = self._shape(scene)
        if found != self.goal:
            yield f"in the end this is done: {found}"

    def _fix(self, scene: Scene) -> None:
        for each in locks(scene):
            os.utime(each, (_LONG_AGO, _LONG_AGO))
            if scene.folder / "hub.git" in each.parents:  # whoever has the hub has to see to that
                each.unlink()
        type_it(scene, args=("doctor", "--fix"))

    def _unsound(self, scene: Scene) -> Iterator[str]:
        desk = scene.desk
        for root in (desk.root, scene.folder / "hub.git"):
            done = subprocess.run(
                ["git", "fsck", "--strict"], cwd=root, capture_output=True, text=True, check=False
            )
            said = [each for each in (done.stdout + done.stderr).splitlines() if not each.startswith(_FINE)]
            if done.returncode or said:
                yield f"git fsck says {said}"
        if litter(scene):
            yield f"this lies about: {litter(scene)}"
        if look(scene).mine != self.before.mine:
            yield "in the end the person's own work has changed"
        if self.scene.name == "sync" and Laptop(scene.folder / "hub.git").head != desk.head:
            yield "the hub has something else"
        if self.scene.name != "stage":
            desk.git("commit", "--quiet", "-m", "mine")
            names = desk.git("show", "--format=", "--name-only", "HEAD").split()
            if names != ["code.py"]:
                yield f"the person's next commit has {names}"


def _is_bare(done: Ended) -> bool:
    """Whether it ends in words for its authors; what Python says when it cannot start does not count."""
    traced = "Traceback" in done.err and ", in run\n" in done.err and "Fatal Python error" not in done.err
    return "bug in tkt" in done.err or (traced and "KeyboardInterrupt" not in done.err)


def _was_cut_off(done: Ended) -> bool:
    """Whether it could not write its answer, or was told to stop before it had: typed again, it says so."""
    return "tkt: " in done.err or done.err.strip() == "interrupted"


def _at_the_hub(scene: Scene) -> bool:
    return any(scene.folder / "hub.git" in each.parents for each in locks(scene))
