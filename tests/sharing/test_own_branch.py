"""A desk on a branch of its own, in several clones: found in a fresh one, and exchanged from anywhere."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import git, script
from tests.sharing.clones import Hub, Laptop


def begin(hub: Hub, name: str) -> Laptop:
    """The first clone, with code that the hub has too."""
    laptop = hub.clone(name)
    laptop.git("switch", "--quiet", "--create", "main")
    laptop.commit("app.py", "1\n")
    laptop.git("push", "--quiet", "origin", "main")
    return laptop


@pytest.fixture
def ana(hub: Hub) -> Laptop:
    """A clone with code, and a desk on the branch tickets that the hub has too."""
    laptop = begin(hub, "ana")
    laptop.tkt("init", "--branch", "tickets")
    laptop.sync()
    return laptop


def tip(root: Path) -> str:
    return git("rev-parse", "tickets", cwd=root)


class TestAFreshClone:
    def test_the_first_command_finds_the_desk(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob = hub.clone("bob")
        said = bob.tkt("list")
        assert said.lines[1].startswith(ticket)
        assert (
            said.err.splitlines()[0]
            == "The tickets of the branch origin/tickets are in .tkt-desk from now on."
        )
        assert bob.tkt("list").err == "1 ticket\n"
        assert bob.status == ""
        assert bob.git("config", "tkt.branch") == "tickets"
        assert bob.git("symbolic-ref", "HEAD") == "refs/heads/main"

    def test_whatever_the_branch_is_called(self, hub: Hub) -> None:
        ana = begin(hub, "ana")
        ana.tkt("init", "--branch", "meta/desk")
        ticket = ana.create()
        ana.sync()
        assert hub.clone("bob").show(ticket)["id"] == ticket

    @pytest.mark.parametrize("args", [("--branch", "tickets"), ()])
    def test_init_takes_it_too(self, hub: Hub, ana: Laptop, args: tuple[str, ...]) -> None:
        bob = hub.clone("bob")
        said = bob.tkt("init", *args)
        assert said.out == f"The desk of origin/tickets is in {bob.root}/.tkt-desk from now on.\n"
        assert tip(bob.root) == tip(ana.root)
        assert "nothing was changed" in bob.tkt("init", *args).out

    def test_asking_for_help_changes_nothing(self, hub: Hub, ana: Laptop) -> None:  # noqa: ARG002  hers comes first
        bob = hub.clone("bob")
        bob.tkt("list", "--help")
        assert bob.git("worktree", "list").count("\n") == 0

    def test_a_desk_in_the_tree_is_not_taken_for_one(self, hub: Hub) -> None:
        ana = begin(hub, "ana")
        ana.git("switch", "--quiet", "--create", "develop")
        ana.tkt("init", "--commit", "auto")
        ana.sync()
        bob = hub.clone("bob")
        assert "no ticket desk here" in bob.tkt("list", code=3).err
        # Not even from a branch that has nothing to do with the rest.
        bob.git("checkout", "--quiet", "--orphan", "pages")
        bob.git("rm", "-r", "--quiet", "--cached", ".")
        bob.commit("index.html", "<p>\n")
        assert "no ticket desk here" in bob.tkt("list", code=3).err
        assert bob.git("worktree", "list").count("\n") == 0

    def test_of_several_one_must_be_named(self, hub: Hub, ana: Laptop) -> None:
        ana.git("push", "--quiet", "origin", "tickets:backup")
        bob = hub.clone("bob")
        said = bob.tkt("list", code=3).err
        assert "several branches with a desk: backup, tickets" in said
        bob.tkt("init", "--branch", "tickets")
        assert bob.tkt("list").code == 0

    def test_a_clone_of_the_branch_itself(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        git(
            "clone", "--quiet", "--branch", "tickets", "--single-branch", str(hub.root), "bob", cwd=hub.folder
        )
        bob = Laptop(hub.folder / "bob", "bob@example.com")
        assert bob.tkt("list").lines[1].startswith(ticket)
        assert not (bob.root / ".tkt-desk").exists()

    def test_a_branch_that_was_not_fetched(self, hub: Hub, ana: Laptop) -> None:
        """What the remote has that this clone has not looked at cannot be known without the network."""
        git("clone", "--quiet", "--single-branch", str(hub.root), "bob", cwd=hub.folder)
        bob = Laptop(hub.folder / "bob", "bob@example.com")
        for command in ("list", "sync"):
            said = bob.tkt(command, code=3).err
            assert "no ticket desk here" in said
            assert "git remote set-branches origin '*' && git fetch origin\n" in said
        said = bob.tkt("init", "--branch", "tickets", code=7).err
        assert "has not got all branches of origin, and tickets may be among them" in said
        for each in said.splitlines()[1].split(";"):
            bob.git(*each.split()[1:])
        bob.tkt("init", "--branch", "tickets")
        assert bob.tkt("list").code == 0
        assert tip(bob.root) == tip(ana.root)

    @pytest.mark.parametrize("how", ["--single-branch", "--depth=1"])
    def test_a_clone_of_one_branch_is_told_how_to_get_the_others(
        self, hub: Hub, ana: Laptop, how: str
    ) -> None:
        git("clone", "--quiet", how, f"file://{hub.root}", "bob", cwd=hub.folder)
        bob = Laptop(hub.folder / "bob", "bob@example.com")
        way = next(each for each in bob.tkt("list", code=3).err.splitlines() if "set-branches" in each)
        for each in way.partition("itself: ")[2].split(" && "):
            bob.git(*shlex.split(each)[1:])
        assert "from now on" in bob.tkt("list").err
        assert tip(bob.root) == tip(ana.root)

    def test_code_is_no_desk_that_could_be_joined(self, hub: Hub, ana: Laptop) -> None:  # noqa: ARG002
        said = ana.tkt("merge-branch", "main", code=7).err
        assert "main and this branch have no commit in common" in said
        assert "That one has no desk" in said
        assert "--allow-unrelated-histories" not in said

    def test_a_shallow_one(self, hub: Hub, ana: Laptop) -> None:
        ana.commit("app.py", "2\n")
        ana.git("push", "--quiet", "origin", "main")
        git("clone", "--quiet", "--depth=1", f"file://{hub.root}", "bob", cwd=hub.folder)
        bob = Laptop(hub.folder / "bob", "bob@example.com")
        bob.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")  # as CI has it
        said = bob.tkt("init", "--branch", "tickets", code=7).err
        for each in said.splitlines()[1].split(";"):
            bob.git(*each.split()[1:])
        bob.tkt("init", "--branch", "tickets")
        assert tip(bob.root) == tip(ana.root)

    def test_two_commands_at_once(self, hub: Hub, ana: Laptop) -> None:
        ana.create()
        ana.sync()
        bob = hub.clone("bob")
        line = "import sys; from tkt.cli.main import run; sys.exit(run(['list']))"
        both = [
            subprocess.Popen(
                [sys.executable, "-c", line], cwd=bob.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(2)
        ]
        said = [each.communicate() for each in both]
        assert [each.returncode for each in both] == [0, 0], said
        assert said[0][0] == said[1][0]


class TestSync:
    def test_right_after_init(self, hub: Hub) -> None:
        ana = begin(hub, "ana")
        ana.tkt("init", "--branch", "tickets")
        ana.create()
        main = git("rev-parse", "main", cwd=hub.root)
        assert ana.sync().out == "went to origin/tickets: 1 created\n"
        assert tip(hub.root) == tip(ana.root)
        assert git("rev-parse", "main", cwd=hub.root) == main
        assert ana.tkt("check", "--rev", "origin/tickets").err.startswith("1 ticket checked, nothing")

    def test_from_any_branch_of_the_code(self, hub: Hub, ana: Laptop) -> None:
        bob = hub.clone("bob")
        ticket = ana.create()
        ana.git("switch", "--quiet", "--create", "topic")
        ana.commit("app.py", "2\n")
        ana.write("app.py", "3\n")
        ana.sync()
        bob.git("switch", "--quiet", "--detach")
        bob.tkt("create", "Another")
        assert bob.sync().lines == [
            "came from origin/tickets: 1 created",
            "went to origin/tickets: 1 created",
        ]
        bob.tkt("transition", ticket, "closed")
        bob.sync()
        assert ana.sync().lines == ["came from origin/tickets: 1 created, 1 closed"]
        assert tip(ana.root) == tip(bob.root) == tip(hub.root)
        assert ana.status.strip() == "M app.py"
        assert git("branch", "--format=%(refname:short)", cwd=hub.root).split() == ["main", "tickets"]

    def test_both_sides_set_a_field(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob = hub.clone("bob")
        bob.tkt("transition", ticket, "closed")
        bob.sync()
        ana.tkt("transition", ticket, "in-progress")
        assert f"{ticket}: both sides set status; in-progress holds, not closed" in ana.sync().lines
        assert git("status", "--porcelain", cwd=ana.root / ".tkt-desk") == ""

    def test_edits_that_are_not_committed_stay(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob = hub.clone("bob")
        bob.tkt("transition", ticket, "closed")
        bob.sync()
        path = next(ana.root.glob(f".tkt-desk/tickets/*/{ticket}.md"))
        path.write_text(path.read_text(encoding="utf-8") + "By hand.\n", encoding="utf-8")
        assert "edits that are not committed are in the way" in ana.sync(code=7).err
        assert path.read_text(encoding="utf-8").endswith("By hand.\n")

    def test_a_merge_that_git_has_stopped_at(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create("Login page fails", "A line.")
        ana.sync()
        bob = hub.clone("bob")
        for laptop, line in ((ana, "Hers."), (bob, "His.")):
            laptop.tkt("list")
            path = next(laptop.root.glob(f".tkt-desk/tickets/*/{ticket}.md"))
            path.write_text(path.read_text(encoding="utf-8").replace("A line.", line), encoding="utf-8")
            laptop.tkt("record")
        ana.sync()
        bob.git("-C", ".tkt-desk", "fetch", "--quiet")
        assert bob.tries("-C", ".tkt-desk", "merge", "origin/tickets") == 1
        assert bob.tkt("resolve", ticket, "--union").err.splitlines() == [
            "Nothing is in conflict any more; git commit concludes the merge.",
            "Git's commands for the desk are typed in .tkt-desk.",
        ]
        bob.git("-C", ".tkt-desk", "commit", "--quiet", "--no-edit")
        bob.sync()
        assert set(bob.show(ticket)["body"].split("\n")) >= {"His.", "Hers."}

    def test_two_beginnings(self, hub: Hub) -> None:
        ana, bob = begin(hub, "ana"), hub.clone("bob")
        bob.git("config", "user.email", "bob@example.com")
        tickets = []
        for each in (ana, bob):
            each.tkt("init", "--branch", "tickets")
            tickets.append(each.create())
        ana.sync()
        before = tip(bob.root), tip(hub.root)
        said = bob.sync(code=7).err
        assert (tip(bob.root), tip(hub.root)) == before
        assert "have no commit in common" in said
        way = f"git -C {bob.root}/.tkt-desk merge --allow-unrelated-histories origin/tickets"
        assert way in said
        # The way out: the list of people is the only file on which they can disagree.
        bob.tries(*way.split()[1:])
        people = bob.root / ".tkt-desk/.tkt/people.yaml"
        lines = people.read_text(encoding="utf-8").splitlines(keepends=True)
        people.write_text("".join(each for each in lines if each[:7] not in _MARKS), encoding="utf-8")
        assert bob.git("-C", ".tkt-desk", "diff", "--name-only", "--diff-filter=U") == ".tkt/people.yaml"
        bob.git("-C", ".tkt-desk", "commit", "--quiet", "--all", "--no-edit")
        assert bob.sync().out == "went to origin/tickets: 1 created\n"
        ana.sync()
        for each in (ana, bob):
            assert [row["id"] for row in each.tkt("list", "--json", "--sort", "id").data] == sorted(tickets)
            assert each.tkt("check").code == 0


_MARKS = {"<<<<<<<", "=======", ">>>>>>>"}


class TestHooks:
    def test_a_push_of_code_is_not_judged_and_one_of_tickets_is(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        ana.tkt("hooks", "install")
        ana.commit("app.py", "2\n")
        assert ana.tries("push", "--quiet", "origin", "main") == 0
        path = next(ana.root.glob(f".tkt-desk/tickets/*/{ticket}.md"))
        path.write_text(
            path.read_text(encoding="utf-8").replace("status: new", "status: closed"), encoding="utf-8"
        )
        ana.git("-C", ".tkt-desk", "commit", "--quiet", "--all", "--no-verify", "-m", "By hand")
        before = tip(hub.root)
        assert ana.tries("push", "--quiet", "origin", "tickets") == 1
        assert ana.tries("-C", ".tkt-desk", "push", "--quiet", "origin", "HEAD:other") == 1
        assert tip(hub.root) == before
        ana.commit("app.py", "3\n")
        assert ana.tries("push", "--quiet", "origin", "main") == 0

    def test_hooks_of_the_user_see_a_sync_where_they_are_asked_for(self, ana: Laptop) -> None:
        ana.create()
        script(ana.root / ".git/hooks/pre-push", "exit 1")
        ana.sync()  # commit.run_hooks is off
        assert tip(ana.root) == ana.git("rev-parse", "origin/tickets")
