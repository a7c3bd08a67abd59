"""`tkt sync`: what comes and goes, what is refused, and that nobody's work is touched or lost."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.cli.desk import git, script
from tests.sharing.clones import Hub, Laptop


class TestComingAndGoing:
    def test_the_first_one_sends_the_desk(self, hub: Hub) -> None:
        ana = hub.clone("ana")
        ana.tkt("init")
        ticket = ana.create()
        assert ana.sync().out == "went to origin/main: 1 created\n"
        assert hub.head == ana.head
        assert hub.clone("bob").show(ticket)["title"] == "Login page fails"

    def test_it_says_what_came_and_what_went(self, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        bob.tkt("transition", ticket, "closed")
        bob.sync()
        ana.create("Another")
        said = ana.sync()
        assert said.lines == [
            "came from origin/main: 1 closed",
            "went to origin/main: 1 created",
        ]
        assert ana.git("log", "-1", "--format=%s") == "Merge origin/main"

    def test_a_clash_is_said_and_stands_in_the_commit(self, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        ana.tkt("transition", ticket, "closed")
        ana.sync()
        bob.tkt("transition", ticket, "in-progress")
        text = f"{ticket}: both sides set status; in-progress holds, not closed"
        assert text in bob.sync().lines
        assert f"- {text}" in bob.git("log", "-1", "--format=%b")

    def test_a_removal_that_does_not_hold_is_told_as_what_it_is(self, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        ana.tkt("label", ticket, "vip")
        ana.sync()
        bob.git("rm", "-q", f"tickets/2026-11/{ticket}.md")
        bob.git("commit", "--quiet", "-m", "Away with it")
        assert bob.sync().lines[1:] == [
            "went to origin/main: 1 removed",
            f"{ticket}: one side removed the ticket; it stays",
        ]

    def test_nothing_new(self, ana: Laptop) -> None:
        assert ana.sync().out == "origin/main and this branch are the same.\n"

    def test_code_goes_along(self, ana: Laptop, bob: Laptop) -> None:
        ana.commit("one.py", "1\n")
        bob.commit("two.py", "2\n")
        bob.create()
        ana.sync()
        assert bob.sync().lines[0] == "came from origin/main: 1 commit"
        assert (bob.root / "one.py").read_text(encoding="utf-8") == "1\n"
        assert (bob.root / "two.py").read_text(encoding="utf-8") == "2\n"

    def test_a_branch_that_the_other_side_does_not_have(self, hub: Hub, ana: Laptop) -> None:
        ana.git("switch", "--quiet", "--create", "side")
        ana.create()
        ana.sync()
        assert git("rev-parse", "side", cwd=hub.root) == ana.head

    def test_the_branch_that_is_followed_is_meant(self, hub: Hub, ana: Laptop) -> None:
        ana.git("switch", "--quiet", "--create", "mine", "--track", "origin/main")
        ana.create()
        ana.sync()
        assert hub.head == ana.head

    def test_no_push(self, hub: Hub, ana: Laptop) -> None:
        before = hub.head
        ana.create()
        assert ana.sync("--no-push").out == "waits for origin/main: 1 created\n"
        assert hub.head == before


def everything(laptop: Laptop, hub: Hub) -> object:
    """All that an exchange could change."""
    refs = [git("for-each-ref", cwd=each) for each in (laptop.root, hub.root)]
    files = {
        path: path.read_bytes()
        for path in laptop.root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(laptop.root).parts
    }
    return refs, laptop.status, files, laptop.git("ls-files", "--stage")


def test_dry_run_changes_nothing(hub: Hub, ana: Laptop, bob: Laptop) -> None:
    ticket = ana.create()
    ana.sync()
    bob.sync()
    ana.tkt("label", ticket, "vip")
    ana.sync()
    bob.tkt("label", ticket, "apple")
    before = everything(bob, hub)
    assert bob.sync("--dry-run").lines == [
        "would come from origin/main: 1 changed",
        "would go to origin/main: 1 changed",
    ]
    assert everything(bob, hub) == before


class TestWhatIsNotCommitted:
    def test_staged_and_unstaged_work_is_left_alone(self, ana: Laptop, bob: Laptop) -> None:
        bob.commit("code.py", "1\n")
        bob.sync()
        ana.create("From Ana")
        ana.sync()
        bob.create("From Bob")
        bob.write("code.py", "2\n")
        bob.git("add", "code.py")
        bob.write("code.py", "3\n")
        bob.write("new.py", "4\n")
        bob.sync()
        assert bob.status.splitlines() == ["MM code.py", "?? new.py"]
        assert bob.git("show", ":code.py") == "2"
        assert (bob.root / "code.py").read_text(encoding="utf-8") == "3\n"

    def test_an_edited_ticket_is_said_to_wait(self, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        ana.create("Another")
        ana.sync()
        bob.edit(ticket, "Login page", "Page")
        assert "1 ticket with changes that are not committed; they stay here." in bob.sync().err
        assert bob.status == f" M {bob.path(ticket).relative_to(bob.root)}"

    @pytest.mark.parametrize("staged", [False, True])
    def test_edits_in_the_way_are_named(self, ana: Laptop, bob: Laptop, staged: bool) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        ana.tkt("label", ticket, "vip")
        ana.sync()
        bob.create("From Bob")
        bob.edit(ticket, "Login page", "Page")
        if staged:
            bob.git("add", "tickets")
        before = bob.head, bob.status
        said = bob.sync("--dry-run", code=7)
        assert bob.sync(code=7).err == said.err
        assert f"{ticket}.md: edits that are not committed are in the way" in said.err
        assert "Commit them (git commit" in said.err
        assert ("tkt record" in said.err) is not staged  # which commits nothing that is staged
        assert (bob.head, bob.status) == before

    def test_a_file_in_the_way_that_git_does_not_know(self, ana: Laptop, bob: Laptop) -> None:
        ana.commit("notes.txt", "from Ana\n")
        ana.sync()
        bob.create()
        bob.write("notes.txt", "from Bob\n")
        before = bob.head
        assert "notes.txt: edits" in bob.sync(code=7).err
        assert bob.head == before
        assert (bob.root / "notes.txt").read_text(encoding="utf-8") == "from Bob\n"

    def test_what_somebody_has_copied_already_is_in_the_way_too_and_stays(
        self, ana: Laptop, bob: Laptop
    ) -> None:
        ticket = ana.create()
        ana.sync()
        path = bob.root / ana.path(ticket).relative_to(ana.root)
        path.parent.mkdir(parents=True)
        shutil.copyfile(ana.path(ticket), path)
        before = bob.head, bob.status
        assert f"{ticket}.md: edits" in bob.sync(code=7).err
        assert (bob.head, bob.status) == before
        path.unlink()
        bob.sync()
        assert bob.head == ana.head
        assert bob.status == ""


class TestRefusals:
    def test_a_hook_of_the_other_side(self, hub: Hub, ana: Laptop) -> None:
        script(hub.root / "hooks" / "pre-receive", "echo 'not before noon' >&2; exit 1")
        ana.create()
        before = hub.head
        said = ana.sync(code=8)
        assert "origin/main refuses:\nnot before noon" in said.err
        assert hub.head == before

    def test_what_was_joined_before_it_is_told_all_the_same(self, hub: Hub, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob.sync()
        ana.tkt("set", ticket, "priority=P1")
        ana.sync()
        bob.tkt("set", ticket, "priority=P4")
        script(hub.root / "hooks" / "pre-receive", "echo 'not before noon' >&2; exit 1")
        said = bob.sync(code=8)
        assert said.lines == [f"{ticket}: both sides set priority; P1 holds, not P4"]
        assert "origin/main refuses:\nnot before noon" in said.err

    def test_a_lock_that_a_killed_fetch_has_left_is_named(self, ana: Laptop, bob: Laptop) -> None:
        bob.create()
        bob.sync()
        lock = ana.root / ".git" / "refs" / "remotes" / "origin" / "main.lock"
        lock.touch()
        said = ana.sync(code=7)
        assert f"another Git command holds {lock}" in said.err
        assert "tkt doctor --fix" in said.err
        os.utime(lock, (0, 0))
        ana.try_tkt("doctor", "--fix")
        ana.sync()
        assert ana.head == bob.head

    @pytest.mark.parametrize("runs", [False, True])
    def test_a_hook_of_ones_own_has_its_say_where_hooks_run(self, ana: Laptop, runs: bool) -> None:
        script(ana.root / ".git" / "hooks" / "pre-push", "echo 'not today' >&2; exit 1")
        settings = (ana.root / ".tkt" / "project.yaml").read_text(encoding="utf-8")
        ana.commit(
            ".tkt/project.yaml", settings.replace("run_hooks: false", f"run_hooks: {str(runs).lower()}")
        )
        ana.git("commit", "--quiet", "--allow-empty", "-m", "Something to send")
        said = ana.sync(code=8 if runs else 0)
        assert ("tkt: the pre-push hook of this clone refuses:\nnot today\n  Your" in said.err) is runs

    def test_a_hook_of_ones_own_that_says_nothing(self, ana: Laptop) -> None:
        script(ana.root / ".git" / "hooks" / "pre-push", "exit 1")
        settings = (ana.root / ".tkt" / "project.yaml").read_text(encoding="utf-8")
        ana.commit(".tkt/project.yaml", settings.replace("run_hooks: false", "run_hooks: true"))
        said = ana.sync(code=8)
        assert "the pre-push hook of this clone refuses:\nIt does not say why." in said.err

    def test_a_remote_that_cannot_be_reached(self, hub: Hub, ana: Laptop) -> None:
        ana.create()
        ana.create("Another")
        hub.root.rename(hub.root.with_name("gone"))
        before = ana.head, ana.status
        said = ana.sync(code=8)
        assert said.err.startswith("tkt: origin cannot be reached: ")
        assert "2 commits with 2 tickets waiting" in said.err
        assert (ana.head, ana.status) == before

    def test_no_remote_at_all(self, ana: Laptop) -> None:
        ana.git("remote", "remove", "origin")
        assert "git remote add origin URL" in ana.sync(code=3).err

    def test_the_only_remote_has_another_name(self, ana: Laptop) -> None:
        ana.git("remote", "rename", "origin", "hub")
        ana.git("config", "--remove-section", "branch.main")
        assert "tkt sync hub" in ana.sync(code=3).err
        ana.sync("hub")

    def test_a_detached_head(self, ana: Laptop) -> None:
        ana.git("switch", "--quiet", "--detach")
        assert "no branch is checked out" in ana.sync(code=7).err

    def test_a_rebase_under_way(self, ana: Laptop) -> None:
        ana.git("commit", "--quiet", "--allow-empty", "-m", "Something to put elsewhere")
        assert ana.tries("rebase", "--exec", "false", "HEAD~1") == 1
        said = ana.sync(code=7)
        assert "a rebase is under way" in said.err
        assert "git rebase --continue" in said.err

    def test_a_merge_under_way(self, ana: Laptop) -> None:
        (ana.root / ".git" / "MERGE_HEAD").write_text(f"{ana.head}\n", encoding="utf-8")
        assert "a merge is under way" in ana.sync(code=7).err

    def test_histories_that_have_nothing_in_common(self, hub: Hub, ana: Laptop) -> None:
        other = Laptop(hub.folder / "other")
        other.root.mkdir()
        other.moment = "2026-11-22T10:00:00Z"
        other.tkt("init")
        other.git("remote", "add", "origin", str(hub.root))
        assert "no commit in common" in other.sync(code=7).err
        assert ana.head == hub.head

    def test_a_shallow_clone_without_the_common_commit(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        root = hub.folder / "shallow"
        git("clone", "--quiet", "--depth=1", f"file://{hub.root}", str(root), cwd=hub.folder)
        shallow = Laptop(root, "bob@example.com")
        ana.tkt("label", ticket, "vip")
        ana.sync()
        shallow.git("fetch", "--quiet", "--depth=1")
        shallow.tkt("label", ticket, "apple")
        said = shallow.sync(code=7)
        assert "shallow" in said.err

    def test_descriptions_that_clash_are_for_a_person(self, hub: Hub, ana: Laptop, bob: Laptop) -> None:
        ticket = ana.create("Login page fails", "One line.\n")
        ana.sync()
        bob.sync()
        for laptop, text in ((ana, "Hers.\n"), (bob, "His.\n")):
            laptop.edit(ticket, "One line.\n", text)
            laptop.git("commit", "--quiet", "-am", "By hand")
        ana.sync()
        before = bob.head, bob.status, hub.head
        said = bob.sync(code=7)
        assert f"both sides edited the same lines of {bob.path(ticket).relative_to(bob.root)}" in said.err
        assert (bob.head, bob.status, hub.head) == before
        bob.git("fetch", "--quiet")
        assert bob.tries("merge", "--no-edit", "origin/main") == 1  # the way that was named
        bob.write(str(bob.path(ticket).relative_to(bob.root)), ana.path(ticket).read_text(encoding="utf-8"))
        bob.git("commit", "--quiet", "-am", "Take hers")
        bob.sync()
        assert bob.head == hub.head

    def test_marks_that_somebody_committed_are_not_sent(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create("Login page fails", "One line.\n")
        marks = "<<<<<<< one side\nHers.\n=======\nHis.\n>>>>>>> other side\n"
        ana.edit(ticket, "One line.\n", marks)
        ana.git("commit", "--quiet", "-am", "By hand")
        before = hub.head
        assert f"marks of a conflict stand in tickets/2026-11/{ticket}.md" in ana.sync(code=7).err
        assert hub.head == before
        ana.edit(ticket, marks, f"    {marks.replace(chr(10), chr(10) + '    ')}")  # told of, and quoted
        ana.git("commit", "--quiet", "-am", "By hand")
        ana.sync()

    def test_code_that_clashes_is_for_a_person(self, ana: Laptop, bob: Laptop) -> None:
        ana.commit("code.py", "1\n")
        bob.commit("code.py", "2\n")
        ana.sync()
        before = bob.head
        said = bob.sync(code=7)
        assert "both sides changed code.py" in said.err
        assert "git merge origin/main" in said.err
        assert bob.head == before


class TestSettings:
    FIELD = "fields:\n  ver: {type: text}\n"

    def settings(self, laptop: Laptop) -> str:
        """The project's, as they are here."""
        return (laptop.root / ".tkt" / "project.yaml").read_text(encoding="utf-8")

    def commit(self, laptop: Laptop, text: str) -> None:
        """Have other ones there."""
        laptop.write(".tkt/project.yaml", text)
        laptop.git("commit", "--quiet", "-am", "Other settings")

    def test_those_that_both_sides_make_together_have_to_be_readable(
        self, hub: Hub, ana: Laptop, bob: Laptop
    ) -> None:
        plain = self.settings(ana).replace("fields: {}\n", "")
        self.commit(ana, plain)
        ana.sync()
        bob.sync()
        self.commit(ana, plain + self.FIELD)
        ana.sync()
        self.commit(bob, self.FIELD + plain)
        before = bob.head, bob.status, hub.head
        said = bob.sync(code=7)
        assert bob.sync("--dry-run", code=7).err == said.err
        assert "with origin/main brought in, the settings could not be read:\n.tkt/project.yaml:" in said.err
        assert "Settle it in that file of yours, or in theirs, commit" in said.err
        assert (bob.head, bob.status, hub.head) == before
        self.commit(bob, plain)  # the way that was named
        bob.sync()
        assert self.settings(bob) == plain + self.FIELD

    def test_what_is_broken_at_the_other_side_stays_there(self, ana: Laptop, bob: Laptop) -> None:
        good = self.settings(ana)
        self.commit(ana, good + "zzz: 1\n")
        ana.git("push", "--quiet")
        before = bob.head
        assert "unknown key 'zzz'" in bob.sync(code=7).err
        assert bob.head == before
        assert "git pull brings that" in ana.sync(code=1).err
        self.commit(ana, good)
        ana.sync()
        bob.sync()
        assert bob.head == ana.head

    def test_a_desk_that_is_removed_at_the_other_side_stays_here(self, ana: Laptop, bob: Laptop) -> None:
        ana.git("rm", "-rq", ".tkt")
        ana.git("commit", "--quiet", "-m", "Tidy up")
        ana.git("push", "--quiet")
        for commit in (False, True):  # forward, and by a merge
            if commit:
                bob.create()
            before = bob.head, bob.status
            said = bob.sync(code=7)
            assert "origin/main has no .tkt any more, and this branch would lose its desk" in said.err
            assert (bob.head, bob.status) == before
        bob.git("pull", "--quiet", "--no-rebase", "--no-edit")  # the way that was named
        assert not (bob.root / ".tkt").exists()
