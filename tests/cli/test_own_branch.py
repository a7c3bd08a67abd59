"""`tkt init --branch`: a desk on a branch of its own, beside the code and out of its way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Desk, Said, git, run_tkt, script, type_tkt

FOLDER = ".tkt-desk"


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A repository with code, a commit and no desk; the current folder."""
    root = tmp_path / "code"
    (root / "lib").mkdir(parents=True)
    (root / "app.py").write_text("print(1)\n", encoding="utf-8")
    (root / "lib" / "x.py").write_text("x = 1\n", encoding="utf-8")
    git("init", "--quiet", "--initial-branch=main", cwd=root)
    git("add", ".", cwd=root)
    git("commit", "--quiet", "-m", "Begin", cwd=root)
    monkeypatch.chdir(root)
    return Desk(root)


@pytest.fixture
def code(fresh: Desk) -> Desk:
    """The same with a desk on the branch tickets."""
    fresh.tkt("init", "--branch", "tickets")
    return fresh


def folder(code: Desk) -> Path:
    return code.root / FOLDER


def on_branch(code: Desk, ticket: str) -> str:
    """A ticket's file as the branch has it."""
    path = code.git("ls-tree", "-r", "--name-only", "tickets", "--", "tickets").splitlines()
    return code.git("show", f"tickets:{next(each for each in path if each.endswith(f'{ticket}.md'))}")


def refused(code: Desk, exit_code: int, *args: str) -> str:
    """A command that must fail and change nothing, in the code or among the branches."""
    before = code.git("for-each-ref"), code.git("worktree", "list"), code.state()
    said = code.tkt(*args, code=exit_code)
    assert (code.git("for-each-ref"), code.git("worktree", "list"), code.state()) == before
    assert said.err.startswith("tkt: ")
    return said.err


class TestBeginning:
    def test_the_code_is_left_alone(self, fresh: Desk) -> None:
        (fresh.root / "app.py").write_text("print(2)\n", encoding="utf-8")
        (fresh.root / "new.py").write_text("new\n", encoding="utf-8")
        fresh.git("add", "new.py")
        before = fresh.git("status", "--porcelain"), fresh.git("log", "--format=%H"), fresh.git("branch")
        fresh.tkt("init", "--branch", "tickets")
        ticket = fresh.create()
        fresh.tkt("transition", ticket, "closed")
        after = fresh.git("status", "--porcelain"), fresh.git("log", "--format=%H")
        assert after == before[:2]
        assert fresh.git("symbolic-ref", "HEAD") == "refs/heads/main"

    def test_the_branch_has_nothing_but_the_desk(self, code: Desk) -> None:
        assert code.git("ls-tree", "--name-only", "tickets").split() == [".gitattributes", ".tkt"]
        assert code.git("rev-list", "--count", "tickets") == "1"
        common = subprocess.run(["git", "merge-base", "main", "tickets"], cwd=code.root, check=False)
        assert common.returncode == 1

    def test_it_says_where_the_desk_is(self, fresh: Desk) -> None:
        lines = fresh.tkt("init", "--branch", "meta/desk").lines
        assert lines[0] == f"A ticket desk is in {folder(fresh)}, on the branch meta/desk"
        assert "commit: auto" in "\n".join(lines)
        assert not any(line.startswith("  cd ") for line in lines)

    def test_twice_changes_nothing(self, code: Desk) -> None:
        before = code.git("for-each-ref"), code.state()
        for args in (("--branch", "tickets"), ()):
            said = code.tkt("init", *args)
            assert said.out == f"There is a desk in {folder(code)} already; nothing was changed.\n"
        assert (code.git("for-each-ref"), code.state()) == before

    def test_before_the_first_commit_of_the_code(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = tmp_path / "young"
        root.mkdir()
        git("init", "--quiet", "--initial-branch=main", cwd=root)
        monkeypatch.chdir(root)
        young = Desk(root)
        young.tkt("init", "--branch", "tickets")
        ticket = young.create()
        assert young.tkt("list").lines[1].startswith(ticket)
        assert young.git("status", "--porcelain") == ""

    def test_files_are_there_for_an_editor(self, code: Desk) -> None:
        ticket = code.create()
        path = next(folder(code).glob(f"tickets/*/{ticket}.md"))
        path.write_text(
            path.read_text(encoding="utf-8").replace("Login page", "Front page"), encoding="utf-8"
        )
        assert code.show(ticket)["title"] == "Front page fails"
        assert "edits that are not committed" in code.tkt("set", ticket, "priority=P1", code=7).err
        assert f"1 ticket file not committed: git -C {FOLDER} status tickets" in code.tkt("status").lines
        code.tkt("record")
        assert "Front page fails" in on_branch(code, ticket)

    def test_a_signed_commit_where_git_signs(self, fresh: Desk) -> None:
        fresh.git("config", "commit.gpgsign", "true")
        assert "commit-tree failed" in fresh.tkt("init", "--branch", "tickets", code=1).err  # there is no key
        fresh.git("config", "--unset", "commit.gpgsign")
        fresh.tkt("init", "--branch", "tickets")  # goes on where that was cut off
        assert fresh.git("rev-list", "--count", "tickets") == "1"


class TestFromAnywhere:
    def test_a_folder_of_the_code(self, code: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(code.root / "lib")
        ticket = code.create()
        assert ticket in on_branch(code, ticket)

    def test_another_branch_and_no_branch(self, code: Desk) -> None:
        code.git("switch", "--quiet", "--create", "topic")
        first = code.create()
        code.git("switch", "--quiet", "--detach")
        second = code.create()
        for each in (first, second):
            assert each in on_branch(code, each)
        assert code.git("rev-list", "--count", "--all", "--not", "tickets") == "1"

    def test_another_worktree(self, code: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        code.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
        monkeypatch.chdir(tmp_path / "other" / "lib")
        ticket = code.create()
        assert ticket in on_branch(code, ticket)
        assert git("status", "--porcelain", cwd=tmp_path / "other") == ""

    def test_the_desks_own_folder(self, code: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = code.create()
        monkeypatch.chdir(folder(code) / "tickets")
        assert code.tkt("list").lines[1].startswith(ticket)
        assert code.tkt("check", ".").err == "1 ticket checked, nothing to complain of.\n"

    def test_while_the_code_is_being_rebased(self, code: Desk) -> None:
        code.git("switch", "--quiet", "--create", "topic")
        (code.root / "app.py").write_text("print(3)\n", encoding="utf-8")
        code.git("commit", "--quiet", "--all", "-m", "Three")
        code.git("switch", "--quiet", "main")
        (code.root / "app.py").write_text("print(2)\n", encoding="utf-8")
        code.git("commit", "--quiet", "--all", "-m", "Two")
        stopped = subprocess.run(
            ["git", "rebase", "main", "topic"], cwd=code.root, capture_output=True, check=False
        )
        assert stopped.returncode == 1
        ticket = code.create()
        assert ticket in on_branch(code, ticket)

    def test_an_older_desk_in_the_tree_is_not_meant(self, code: Desk) -> None:
        ticket = code.create()
        shutil.copytree(folder(code) / ".tkt", code.root / ".tkt")
        code.create("Another")
        assert code.tkt("list").err == "2 tickets\n"
        assert not (code.root / "tickets").exists()
        assert ticket in code.tkt("list").out

    def test_a_desk_that_is_named_is_meant(
        self, code: Desk, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TKT_DIR", str(desk.root))
        monkeypatch.chdir(code.root)
        assert code.create() in "".join(desk.git("ls-files"))

    def test_the_ticket_of_the_codes_branch(self, code: Desk) -> None:
        ticket = code.create()
        code.git("switch", "--quiet", "--create", f"{ticket}-fix")
        assert code.show(".")["id"] == ticket

    def test_a_rebase_of_the_desk_does_not_hide_it(self, code: Desk) -> None:
        code.create()
        editor = "sed -i s/^pick/edit/"
        subprocess.run(
            ["git", "-c", f"sequence.editor={editor}", "rebase", "--quiet", "-i", "HEAD~1"],
            cwd=folder(code), capture_output=True, check=True,
        )  # fmt: skip
        assert code.tkt("list").err == "1 ticket\n"
        said = code.tkt("create", "Another", code=7).err
        assert "a rebase is under way" in said
        assert said.endswith("  Git's commands for the desk are typed in .tkt-desk.\n")
        os.chdir(folder(code))
        assert ".tkt-desk" not in code.tkt("create", "Another", code=7).err

    def test_undo_and_diff(self, code: Desk) -> None:
        ticket = code.create()
        assert ticket in code.tkt("diff", "HEAD~1..HEAD").out
        code.tkt("undo")
        assert code.git("rev-list", "--count", "tickets") == "1"

    def test_checks_of_commits(self, code: Desk) -> None:
        code.create()
        nothing = "1 ticket checked, nothing to complain of.\n"
        assert code.tkt("check", "--all").err == nothing
        assert code.tkt("check", "--rev", "tickets").err == nothing
        assert code.tkt("check", "--range", "tickets~1..tickets").code == 0


class TestGone:
    """The folder is a working copy: whatever becomes of it, the branch has what was committed."""

    def _is_back(self, code: Desk, ticket: str) -> Said:
        said = code.tkt("list")
        assert said.lines[1].startswith(ticket)
        assert code.git("status", "--porcelain") == ""
        assert git("status", "--porcelain", cwd=folder(code)) == ""
        return said

    def test_a_removed_folder_comes_back(self, code: Desk) -> None:
        ticket = code.create()
        shutil.rmtree(folder(code))
        said = self._is_back(code, ticket)
        first = f"The tickets of the branch tickets are in {FOLDER} from now on.\n"
        assert said.err == f"{first}1 ticket\n"
        assert code.tkt("list").err == "1 ticket\n"

    def test_so_does_one_that_git_removed(self, code: Desk) -> None:
        ticket = code.create()
        code.git("worktree", "remove", FOLDER)
        self._is_back(code, ticket)

    def test_git_clean(self, code: Desk) -> None:
        ticket = code.create()
        code.git("clean", "--quiet", "-fdx")
        assert folder(code).is_dir()
        code.git("clean", "--quiet", "-ffdx")
        self._is_back(code, ticket)

    def test_a_moved_one_is_found(self, code: Desk, tmp_path: Path) -> None:
        ticket = code.create()
        code.git("worktree", "move", FOLDER, str(tmp_path / "elsewhere"))
        assert code.tkt("list").lines[1].startswith(ticket)
        assert not folder(code).exists()

    def test_one_that_was_moved_past_git_counts_where_one_stands(
        self, code: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = code.create()
        folder(code).rename(tmp_path / "elsewhere")
        monkeypatch.chdir(tmp_path / "elsewhere")
        said = code.tkt("list")
        assert said.lines[1].startswith(ticket)
        assert said.err == "1 ticket\n"

    def test_a_locked_one_is_waited_for(self, code: Desk, tmp_path: Path) -> None:
        code.git("worktree", "lock", FOLDER)
        folder(code).rename(tmp_path / "elsewhere")
        said = code.tkt("list", code=7).err
        assert "is locked and not there" in said
        assert "git worktree unlock" in said

    def test_a_command_that_was_killed_while_it_checked_out(self, code: Desk) -> None:
        ticket = code.create()
        index = next(code.root.glob(".git/worktrees/*/index"))
        index.unlink()
        shutil.rmtree(folder(code) / ".tkt")
        self._is_back(code, ticket)

    def test_something_else_in_its_place(self, code: Desk) -> None:
        code.git("worktree", "remove", FOLDER)
        folder(code).mkdir()
        (folder(code) / "mine.txt").write_text("mine\n", encoding="utf-8")
        assert f"{folder(code)} is in the way" in code.tkt("list", code=7).err
        assert (folder(code) / "mine.txt").exists()

    def test_a_folder_at_another_branch(self, code: Desk) -> None:
        git("switch", "--quiet", "--create", "side", "main", cwd=folder(code))
        assert f"git -C {folder(code)} switch tickets" in code.tkt("list", code=7).err

    def test_settings_that_were_removed_by_hand(self, code: Desk) -> None:
        shutil.rmtree(folder(code) / ".tkt")
        assert "checkout HEAD -- .tkt brings it back" in code.tkt("list", code=7).err

    def test_the_branch_in_the_first_working_tree(self, code: Desk) -> None:
        ticket = code.create()
        code.git("worktree", "remove", FOLDER)
        code.git("switch", "--quiet", "tickets")
        assert code.tkt("list").lines[1].startswith(ticket)
        assert not folder(code).exists()

    def test_a_branch_that_is_gone(self, code: Desk) -> None:
        code.git("worktree", "remove", FOLDER)
        code.git("branch", "--quiet", "-D", "tickets")
        said = code.tkt("list", code=3).err
        assert "there is no branch tickets" in said
        assert "git config --unset tkt.branch" in said

    def test_taken_away_as_the_page_says(self, code: Desk) -> None:
        code.create()
        code.git("worktree", "remove", FOLDER)
        code.git("branch", "--quiet", "-D", "tickets")
        code.git("config", "--unset", "tkt.branch")
        assert "no ticket desk here" in code.tkt("list", code=3).err
        assert code.git("status", "--porcelain", "--ignored") == ""

    def test_a_sparse_checkout_of_the_code_hides_no_ticket(self, code: Desk) -> None:
        ticket = code.create()
        code.git("worktree", "remove", FOLDER)
        code.git("sparse-checkout", "set", "lib")
        self._is_back(code, ticket)

    def test_nor_one_in_a_new_desk(self, fresh: Desk) -> None:
        fresh.git("sparse-checkout", "set", "lib")
        fresh.tkt("init", "--branch", "tickets")
        ticket = fresh.create()
        git("read-tree", "-m", "-u", "HEAD", cwd=folder(fresh))
        assert list(folder(fresh).glob(f"tickets/*/{ticket}.md"))
        assert fresh.git("ls-files", "-t", "app.py") == "H app.py"  # at the top, which is always seen

    def test_no_program_of_the_repositorys_runs(self, code: Desk, tmp_path: Path) -> None:
        ticket = code.create()
        told = tmp_path / "told"
        (folder(code) / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
        git("commit", "--quiet", "--all", "-m", "Attributes", cwd=folder(code))
        for name in ("clean", "smudge"):
            code.git("config", f"filter.evil.{name}", f"touch {told}; cat")
        script(code.root / ".git/hooks/post-checkout", f"touch {told}")
        shutil.rmtree(folder(code))
        assert code.tkt("list").lines[1].startswith(ticket)
        assert not told.exists()
        git("checkout", "--quiet", "--detach", cwd=folder(code))
        assert told.exists()

    def test_hooks_and_completion_bring_nothing_back(self, code: Desk) -> None:
        shutil.rmtree(folder(code))
        done = run_tkt(
            cwd=code.root,
            env={"_TKT_COMPLETE": "bash_complete", "COMP_WORDS": "tkt show ", "COMP_CWORD": "2"},
        )
        assert b"Traceback" not in done.stderr
        assert code.tkt("hook", "pre-commit").code == 0
        assert not folder(code).exists()


class TestRefused:
    @pytest.mark.parametrize("name", ["", "-x", "a b", "a..b", "HEAD", "refs/", "x.lock", "é"])
    def test_names_that_are_none(self, fresh: Desk, name: str) -> None:
        assert "cannot be the name" in refused(fresh, 2, "init", "--branch", name)

    def test_a_branch_with_something_else(self, fresh: Desk) -> None:
        tree = fresh.git("rev-parse", "HEAD^{tree}")
        fresh.git("branch", "tickets", fresh.git("commit-tree", "-m", "Other things", tree))
        assert "is there already, and has no desk" in refused(fresh, 2, "init", "--branch", "tickets")

    def test_the_branch_of_the_code(self, fresh: Desk) -> None:
        assert "has no desk" in refused(fresh, 2, "init", "--branch", "main")

    def test_a_branch_of_the_code_with_a_desk_in_its_tree(self, fresh: Desk) -> None:
        fresh.git("switch", "--quiet", "--create", "develop")
        fresh.tkt("init", "--commit", "auto")
        fresh.git("switch", "--quiet", "main")
        assert "has commits of the code" in refused(fresh, 2, "init", "--branch", "develop")

    def test_the_branch_of_the_code_before_its_first_commit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = tmp_path / "young"
        root.mkdir()
        git("init", "--quiet", "--initial-branch=tickets", cwd=root)
        monkeypatch.chdir(root)
        assert "is the branch of the code" in Desk(root).tkt("init", "--branch", "tickets", code=2).err

    def test_a_desk_in_the_tree(self, desk: Desk) -> None:
        said = refused(desk, 2, "init", "--branch", "tickets")
        assert f"there is a desk in {desk.root}, in the tree of the code" in said
        assert "docs/branch.md" in said

    def test_a_second_branch(self, code: Desk) -> None:
        assert "is on the branch tickets" in refused(code, 2, "init", "--branch", "others")

    def test_no_repository(self, empty: Path) -> None:
        said = type_tkt("init", "--branch", "tickets")
        assert said.code == 3
        assert "is in no Git repository" in said.err
        assert not os.listdir(empty)

    def test_a_bare_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        git("init", "--quiet", "--bare", "hub.git", cwd=tmp_path)
        monkeypatch.chdir(tmp_path / "hub.git")
        said = type_tkt("init", "--branch", "tickets")
        assert said.code == 1
        assert "Work in a clone of it." in said.err

    def test_nobody_who_could_commit(self, fresh: Desk, home: Path) -> None:
        (home / ".gitconfig").write_text("", encoding="utf-8")
        assert "who you are" in refused(fresh, 2, "init", "--branch", "tickets")

    def test_a_folder_in_the_way(self, fresh: Desk) -> None:
        folder(fresh).mkdir()
        (folder(fresh) / "mine.txt").write_text("mine\n", encoding="utf-8")
        assert "is in the way" in fresh.tkt("init", "--branch", "tickets", code=7).err
        assert fresh.git("branch", "--format=%(refname:short)") == "main"

    def test_a_link_in_the_way(self, fresh: Desk, tmp_path: Path) -> None:
        (tmp_path / "target").mkdir()
        folder(fresh).symlink_to(tmp_path / "target")
        assert "is in the way" in fresh.tkt("init", "--branch", "tickets", code=7).err
        assert not any((tmp_path / "target").iterdir())

    def test_a_worktree_that_belongs_to_somebody_else(
        self, desk: Desk, code: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A repository that came as an archive can claim any folder of this machine."""
        pointer = next(code.root.glob(".git/worktrees/*/gitdir"))
        pointer.write_text(f"{desk.root}/.git\n", encoding="utf-8")
        shutil.rmtree(folder(code))
        monkeypatch.chdir(code.root)
        ticket = code.create()
        assert ticket in on_branch(code, ticket)
        assert not desk.git("ls-files", "tickets")


class TestCode:
    """What commits of code say of tickets that lie beside them."""

    def _commit(self, code: Desk, *message: str) -> subprocess.CompletedProcess[str]:
        (code.root / "app.py").write_text("\n".join(message), encoding="utf-8")
        words = [word for each in message for word in ("-m", each)]
        return subprocess.run(
            ["git", "commit", "--quiet", "--all", *words],
            cwd=code.root, capture_output=True, check=False, text=True,
        )  # fmt: skip

    def test_a_ticket_lists_them(self, code: Desk) -> None:
        ticket = code.create()
        self._commit(code, "Look at the login", f"Refs {ticket}")
        assert [each["subject"] for each in code.show(ticket)["commits"]] == ["Look at the login"]
        assert (
            code.tkt("show", ticket, "--json", "--no-index").data["commits"] == code.show(ticket)["commits"]
        )
        os.chdir(folder(code))
        assert [each["subject"] for each in code.show(ticket)["commits"]] == ["Look at the login"]

    def test_fixes_move_it_whatever_is_checked_out(self, code: Desk) -> None:
        ticket = code.create()
        self._commit(code, "Mend the login", f"Fixes {ticket}")
        code.git("switch", "--quiet", "--create", "topic")
        said = code.tkt("fixes").out
        assert said.startswith(f"{ticket}  status: new -> resolved")
        assert "status: resolved" in on_branch(code, ticket)
        assert code.tkt("fixes").out == ""
        assert code.git("status", "--porcelain") == ""

    def test_fixes_of_named_commits(self, code: Desk) -> None:
        ticket = code.create()
        code.git("switch", "--quiet", "--create", "topic")
        self._commit(code, "Mend the login", f"Fixes {ticket}")
        assert code.tkt("fixes").out == ""
        assert ticket in code.tkt("fixes", "main..HEAD").out

    def test_hooks_of_the_code(self, code: Desk) -> None:
        ticket = code.create()
        assert code.tkt("hooks", "install").code == 0
        assert code.tkt("hooks", "status").code == 0
        assert "there is no ticket TKT-2jzzzzz" in self._commit(code, "See TKT-2jzzzzz").stderr
        assert self._commit(code, f"See {ticket}").stderr == ""
        assert "tkt fixes says so" in self._commit(code, "Mend", f"Fixes {ticket}").stderr
        code.git("switch", "--quiet", "--create", f"{ticket}-more")
        self._commit(code, "More of it")
        assert code.git("log", "-1", "--format=%B").strip().endswith(f"Refs: {ticket}")
        self._commit(code, "And more", "Reviewed-by: Bob")  # not what a shell can see to the end
        assert f"Refs: {ticket}" in code.git("log", "-1", "--format=%B")

    def test_hooks_of_another_worktree(self, code: Desk, tmp_path: Path) -> None:
        code.tkt("hooks", "install")
        code.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
        done = subprocess.run(
            ["git", "commit", "--allow-empty", "-m", "See TKT-2jzzzzz"],
            cwd=tmp_path / "other", capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert done.returncode == 0
        assert "there is no ticket TKT-2jzzzzz" in done.stderr

    def test_a_required_reference(self, code: Desk) -> None:
        ticket = code.create()
        settings = folder(code) / ".tkt" / "project.yaml"
        text = settings.read_text(encoding="utf-8").replace('reference: "off"', "reference: require")
        settings.write_text(text, encoding="utf-8")
        code.tkt("hooks", "install")
        assert self._commit(code, "Nothing to see").returncode == 1
        assert self._commit(code, f"See {ticket}").returncode == 0

    def test_the_hook_judges_commits_of_the_desk(self, code: Desk) -> None:
        ticket = code.create()
        code.tkt("hooks", "install")
        path = next(folder(code).glob(f"tickets/*/{ticket}.md"))
        path.write_text(
            path.read_text(encoding="utf-8").replace("status: new", "status: closed"), encoding="utf-8"
        )
        done = subprocess.run(
            ["git", "commit", "--all", "-m", "By hand"],
            cwd=folder(code), capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert done.returncode == 1
        assert "tkt record" in done.stderr

    def test_the_hook_sees_what_is_committed_in_the_desk(self, code: Desk) -> None:
        """References in a message there are looked up in the commit, and tkt's own files need none."""
        code.tkt("hooks", "install")
        (folder(code) / "notes.md").write_text("notes\n", encoding="utf-8")
        git("add", "notes.md", cwd=folder(code))
        done = subprocess.run(
            ["git", "commit", "-m", "See TKT-2jzzzzz"],
            cwd=folder(code), capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert done.returncode == 0
        assert "there is no ticket TKT-2jzzzzz" in done.stderr

    def test_a_hook_manager_runs_it_for_commits_of_code(self, code: Desk) -> None:
        """Such a hook knows no folder, and Git tells it of the code's index."""
        code.create()
        (code.root / ".git/hooks/pre-commit").write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m tkt hook pre-commit\n', encoding="utf-8"
        )
        (code.root / ".git/hooks/pre-commit").chmod(0o755)
        done = self._commit(code, "Code")
        assert (done.returncode, done.stderr) == (0, "")

    def test_commits_of_code_do_not_start_tkt(self, code: Desk, tmp_path: Path) -> None:
        code.tkt("hooks", "install")
        told = tmp_path / "told"
        for each in (code.root / ".git/hooks").iterdir():
            text = each.read_text(encoding="utf-8")
            if text.startswith("#!/bin/sh\n# tkt hook"):
                spy = tmp_path / "spy"
                spy.write_text(f'#!/bin/sh\necho "$@" >>{told}\n', encoding="utf-8")
                spy.chmod(0o755)
                line = next(row for row in text.splitlines() if row.startswith("tkt="))
                each.write_text(text.replace(line, f"tkt={spy} {line.partition(' ')[2]}"), encoding="utf-8")
        assert self._commit(code, "Nothing about tickets").returncode == 0
        code.git("switch", "--quiet", "--create", "topic")
        code.git("merge", "--quiet", "--no-ff", "--no-edit", "main")
        assert not told.exists()
        git("commit", "--allow-empty", "-m", "Fixes TKT-2jzzzzz", cwd=code.root)
        assert "hook commit-msg" in told.read_text(encoding="utf-8")

    def test_a_desk_that_moves_out_of_the_tree(self, desk: Desk) -> None:
        """The commands of docs/branch.md."""
        ticket = desk.create()
        (desk.root / "app.py").write_text("1\n", encoding="utf-8")
        desk.git("add", "app.py")
        desk.git("commit", "--quiet", "-m", "Code")
        rows = desk.git("ls-tree", "HEAD", ".tkt", "tickets", ".gitattributes")
        done = subprocess.run(
            ["git", "mktree"], input=rows + "\n", cwd=desk.root, capture_output=True, check=True, text=True
        )
        desk.git(
            "branch", "tickets", desk.git("commit-tree", "-m", "Move the desk here", done.stdout.strip())
        )
        desk.git("rm", "-r", "--quiet", ".tkt", "tickets")
        desk.git("commit", "--quiet", "-m", "Move the tickets to a branch of their own")
        desk.tkt("init", "--branch", "tickets")
        assert desk.show(ticket)["id"] == ticket
        desk.git("switch", "--quiet", "--detach", "HEAD~1")  # where the old desk still lies in the tree
        another = desk.create("Another")
        assert another in on_branch(desk, another)
        assert desk.tkt("check").code == 0


def test_a_workflow_for_a_desk_in_the_tree_is_not_printed(code: Desk) -> None:
    assert "has the branch tickets for itself" in refused(code, 2, "ci", "github")


def test_doctor_says_so(code: Desk) -> None:
    line = "ok  git         the desk has the branch tickets for itself, in .tkt-desk"
    assert line in code.tkt("doctor").lines
    exclude = code.root / ".git/info/exclude"
    exclude.write_text("", encoding="utf-8")
    said = code.tkt("doctor", code=1).out
    assert "git status shows .tkt-desk among the code" in said
    code.tkt("init")
    assert line in code.tkt("doctor").lines
