"""What the hooks do while Git commits, merges, copies and checks out: real commits, and hostile names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.desk import Desk, type_tkt
from tests.cli.test_hooks import FOREIGN, commit, program
from tkt.usecases.hooks import HOOKS


@pytest.fixture
def hooked(desk: Desk) -> Desk:
    """A desk with a ticket, and hooks."""
    desk.tkt("hooks", "install")
    return desk


@pytest.fixture
def ticket(hooked: Desk) -> str:
    """An open ticket."""
    return hooked.create()


def message(desk: Desk) -> str:
    """What the last commit says."""
    return desk.git("log", "-1", "--format=%B")


def policy(desk: Desk, word: str) -> None:
    desk.settings("project", 'reference: "off"', f"reference: {word}")


def refuses(desk: Desk, text: str) -> str:
    """A commit that must not come about; what was said."""
    before = desk.git("rev-parse", "HEAD")
    done = commit(desk, text)
    assert done.returncode == 1, done
    assert desk.git("rev-parse", "HEAD") == before
    assert "Traceback" not in done.stderr
    return done.stderr


def passes(desk: Desk, text: str) -> str:
    """A commit that must come about; what was said."""
    done = commit(desk, text)
    assert done.returncode == 0, done
    return done.stderr


# --- the reference ----------------------------------------------------------


@pytest.mark.parametrize(
    "branch", ["feature/{id}-login", "{lower}", "{body}-login", "ana/{body}", "fix-{id}", "{UPPER}-x"]
)
def test_a_branch_named_after_a_ticket(hooked: Desk, ticket: str, branch: str) -> None:
    body = ticket.partition("-")[2]
    name = branch.format(id=ticket, lower=ticket.lower(), body=body, UPPER=ticket.upper())
    hooked.git("switch", "--quiet", "-c", name)
    assert passes(hooked, "change code") == ""
    assert message(hooked) == f"change code\n\nRefs: {ticket}"


@pytest.mark.parametrize("branch", ["main2", "feature/login", "TKT-2j7k3q9", "2j7k3q9-x", "X{id}", "{id}x"])
def test_other_branches(hooked: Desk, ticket: str, branch: str) -> None:
    hooked.git("switch", "--quiet", "-c", branch.format(id=ticket))
    passes(hooked, "change code")
    assert message(hooked) == "change code"


def test_a_branch_named_after_two_tickets(hooked: Desk, ticket: str) -> None:
    other = hooked.create("Another")
    hooked.git("switch", "--quiet", "-c", f"{ticket}-and-{other}")
    passes(hooked, "change code")
    assert message(hooked) == "change code"


def test_no_branch(hooked: Desk, ticket: str) -> None:
    assert ticket
    hooked.git("switch", "--quiet", "--detach")
    passes(hooked, "change code")
    assert message(hooked) == "change code"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("see {id}", "see {id}"),
        ("see {lower}", "see {lower}"),
        ("fixup! change code", "fixup! change code"),
        ("one\n\nwhy\n", "one\n\nwhy\n\nRefs: {id}"),
        ("fix: one", "fix: one\n\nRefs: {id}"),
        ("one\n\nSigned-off-by: Ana", "one\n\nSigned-off-by: Ana\nRefs: {id}"),
        ("one\n\n# two", "one\n\nRefs: {id}\n\n# two"),
    ],
)
def test_messages_on_such_a_branch(hooked: Desk, ticket: str, text: str, after: str) -> None:
    words = {"id": ticket, "lower": ticket.lower()}
    hooked.git("switch", "--quiet", "-c", ticket)
    passes(hooked, text.format(**words))
    assert message(hooked) == after.format(**words)


def test_a_message_written_in_the_editor(
    hooked: Desk, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.git("switch", "--quiet", "-c", ticket)
    editor = program(tmp_path / "edit", f'#!/bin/sh\ncp "$1" {tmp_path}/seen\nsed -i "1s/^/In words/" "$1"\n')
    monkeypatch.setenv("GIT_EDITOR", str(editor))
    hooked.git("commit", "--quiet", "--allow-empty", "--verbose")
    assert message(hooked) == f"In words\n\nRefs: {ticket}"
    assert (tmp_path / "seen").read_text(encoding="utf-8").startswith(f"\n\nRefs: {ticket}\n\n# Please")


def test_an_editor_that_is_closed_still_stops_the_commit(
    hooked: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.git("switch", "--quiet", "-c", ticket)
    monkeypatch.setenv("GIT_EDITOR", "true")
    args = ["git", "commit", "--allow-empty"]
    done = subprocess.run(args, cwd=hooked.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nothing but its reference" in done.stderr


def test_what_git_repeats_stays_as_it_was_written(hooked: Desk, ticket: str) -> None:
    passes(hooked, "on main")
    first = hooked.git("rev-parse", "HEAD")
    hooked.git("switch", "--quiet", "-c", ticket, "HEAD~1")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", f"begin {ticket}")
    hooked.git("cherry-pick", first)
    assert message(hooked) == "on main"
    hooked.git("commit", "--quiet", "--amend", "--no-edit")
    assert message(hooked) == "on main"
    hooked.git("commit", "--quiet", "--allow-empty", "--fixup", "HEAD")
    assert message(hooked) == "fixup! on main"
    hooked.git("commit", "--quiet", "--allow-empty", "-C", first)
    assert message(hooked) == "on main"
    hooked.git("merge", "--quiet", "--no-edit", "--no-ff", "main")
    assert message(hooked).startswith("Merge branch 'main'")
    assert "Refs" not in message(hooked)


def test_in_the_middle_of_a_cherry_pick(hooked: Desk, ticket: str) -> None:
    passes(hooked, "on main")
    hooked.git("switch", "--quiet", "-c", ticket, "HEAD~1")
    (hooked.root / "code.py").write_text("other\n", encoding="utf-8")
    hooked.git("add", "code.py")
    hooked.git("commit", "--quiet", "-m", "ours")
    args = ["git", "cherry-pick", "main"]
    assert subprocess.run(args, cwd=hooked.root, capture_output=True, check=False).returncode == 1
    hooked.git("add", "code.py")
    hooked.git("commit", "--quiet", "-m", "taken over")
    assert message(hooked) == "taken over"


# --- the policy -------------------------------------------------------------


def test_by_itself_a_commit_needs_no_ticket(hooked: Desk) -> None:
    assert passes(hooked, "change code") == ""


@pytest.mark.parametrize("word", ["off", "warn", "require"])
def test_a_ticket_that_is_not_there(hooked: Desk, ticket: str, word: str) -> None:
    if word != "off":
        policy(hooked, word)
    near = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    said = (refuses if word == "require" else passes)(hooked, f"see {near}")
    start = "tkt: " if word == "require" else "warning: "
    assert said.startswith(f"{start}there is no ticket {near}; did you mean")


def test_a_misread_id_and_a_mere_word(hooked: Desk) -> None:
    name = "TKT-2ja0100"
    made = hooked.create()
    month = hooked.path(made).parent
    text = hooked.path(made).read_text(encoding="utf-8").replace(made, name)
    (month / f"{name}.md").write_text(text, encoding="utf-8")
    hooked.git("add", "tickets")
    hooked.git("commit", "--quiet", "-m", "by hand")
    assert passes(hooked, "see TKT-2jao1oo") == (
        f"warning: there is no ticket TKT-2jao1oo; did you mean {name}?\n"
    )
    assert passes(hooked, "ask TKT-support") == ""


def test_a_ticket_that_only_lies_in_the_working_tree(hooked: Desk, ticket: str) -> None:
    policy(hooked, "require")
    hooked.git("rm", "--quiet", "--cached", "-r", "tickets")
    hooked.git("commit", "--quiet", "--no-verify", "-m", "forget the tickets")
    assert f"there is no ticket {ticket}" in refuses(hooked, f"see {ticket}")


def test_warn_says_so_and_lets_go(hooked: Desk) -> None:
    policy(hooked, "warn")
    assert passes(hooked, "change code").startswith("warning: the message names no ticket")


def test_require_wants_a_ticket_that_may_be_worked_on(hooked: Desk, ticket: str) -> None:
    policy(hooked, "require")
    said = refuses(hooked, "change code")
    assert said.startswith("tkt: the message names no ticket")
    assert "git commit -e -F .git/COMMIT_EDITMSG" in said
    assert passes(hooked, f"see {ticket.lower()}") == ""
    hooked.tkt("transition", ticket, "closed", "--resolution", "fixed")
    assert f"{ticket} is done already" in refuses(hooked, f"see {ticket}")
    other = hooked.create("Another")
    assert passes(hooked, f"see {ticket} and {other}") == ""


def test_what_needs_no_reference(hooked: Desk, ticket: str) -> None:
    policy(hooked, "require")
    passes(hooked, f"change code for {ticket}")
    hooked.tkt("set", ticket, "title=Login fails", "--no-commit")
    hooked.git("commit", "--quiet", "-m", "with its ticket")
    hooked.git("commit", "--quiet", "--amend", "--no-edit", "-m", f"Reword it\n\nTicket: {ticket}")
    hooked.git("commit", "--quiet", "--allow-empty", "--fixup", "HEAD")
    hooked.git("revert", "--no-edit", "HEAD~2")
    hooked.git("switch", "--quiet", "-c", "side", "HEAD~1")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", f"aside of {ticket}")
    hooked.git("switch", "--quiet", "main")
    hooked.git("merge", "--quiet", "--no-edit", "side")
    assert message(hooked).startswith("Merge branch 'side'")


def test_all_that_is_committed_at_once_counts_and_not_what_is_staged(hooked: Desk, ticket: str) -> None:
    policy(hooked, "require")
    (hooked.root / "code.py").write_text("one\n", encoding="utf-8")
    hooked.tkt("set", ticket, "title=Login fails", "--no-commit")
    hooked.git("add", "tickets", "code.py")
    args = ["git", "commit", "-m", "code only", "--only", "code.py"]
    done = subprocess.run(args, cwd=hooked.root, capture_output=True, text=True, check=False)
    assert "names no ticket" in done.stderr
    hooked.git("commit", "--quiet", "-am", "with the ticket")


def test_settings_that_cannot_be_read_stop_no_commit(hooked: Desk) -> None:
    policy(hooked, "require")
    (hooked.root / ".tkt/project.yaml").write_text("policy: {reference: require\n", encoding="utf-8")
    hooked.git("add", ".tkt")
    hooked.git("commit", "--quiet", "--no-verify", "-m", "break it")
    assert passes(hooked, "change code").startswith("warning: tkt has not looked at this commit")


def test_before_the_first_commit(hooked: Desk) -> None:
    hooked.git("checkout", "--quiet", "--orphan", "new")
    assert passes(hooked, "begin") == ""


def test_a_merge_says_what_came_in(hooked: Desk, ticket: str) -> None:
    hooked.git("switch", "--quiet", "-c", "side")
    assert passes(hooked, f"Fixes {ticket}") == ""  # not the main branch
    hooked.git("switch", "--quiet", "main")
    said = {
        how: subprocess.run(
            ["git", "merge", how, "side"], cwd=hooked.root, capture_output=True, text=True, check=True
        ).stderr
        for how in ("--squash", "--ff-only")
    }
    assert ticket not in said["--squash"]
    assert "tkt fixes" in said["--ff-only"]


@pytest.mark.parametrize("text", ["Fixes {id}", "mend it\n\ncloses: {id}", "RESOLVES {lower}"])
def test_a_commit_on_the_main_branch_that_says_what_is_done(hooked: Desk, ticket: str, text: str) -> None:
    before = hooked.show(ticket)
    said = passes(hooked, text.format(id=ticket, lower=ticket.lower()))
    assert said == f"{ticket} is done, as has been committed to this branch: tkt fixes says so in the desk\n"
    assert len(hooked.show(ticket)["commits"]) == 1
    assert {**hooked.show(ticket), "commits": []} == before
    hooked.tkt("transition", ticket, "closed", "--resolution", "fixed")
    assert passes(hooked, text.format(id=ticket, lower=ticket.lower())) == ""


# --- checkout ---------------------------------------------------------------


def test_a_checkout_brings_the_index_up_to_date(hooked: Desk, ticket: str, tmp_path: Path) -> None:
    """The shim starts tkt and does not wait; here another program says when it was started."""
    shim = hooked.root / ".git/hooks/post-checkout"
    os.mkfifo(tmp_path / "pipe")
    told = program(tmp_path / "tkt", f'#!/bin/sh\necho "$*" >{tmp_path}/pipe\n')
    text = shim.read_text(encoding="utf-8").splitlines()
    text[2] = f"tkt={told} desk='' key=TKT any='[Tt][Kk][Tt]'"
    shim.write_text("\n".join([*text, ""]), encoding="utf-8")
    old, new = hooked.git("rev-parse", "HEAD"), hooked.git("rev-parse", "HEAD~1")
    hooked.git("checkout", "--quiet", "-b", "same")  # nothing changes, so nobody is started
    hooked.git("checkout", "--quiet", new)
    said = (tmp_path / "pipe").read_text(encoding="utf-8")
    assert said == f"hook post-checkout {old} {new} 1\n"
    assert ticket


def test_the_index_is_only_refreshed_where_there_is_one(hooked: Desk, ticket: str) -> None:
    index = next(hooked.root.glob(".git/tkt/index-*.db"), None)
    if index:
        index.unlink()
    args = ("hook", "post-checkout", "a", "b")
    hooked.tkt(*args, "1")
    assert not list(hooked.root.glob(".git/tkt/index-*.db"))
    hooked.tkt("list")
    (index,) = hooked.root.glob(".git/tkt/index-*.db")
    hooked.edit(ticket, "Login page fails", "Login fails")
    before = index.read_bytes()
    hooked.tkt(*args, "0")
    assert index.read_bytes() == before
    hooked.tkt(*args, "1")
    assert hooked.tkt("list").out.count("Login fails") == 1


# --- the plumbing itself ----------------------------------------------------


def test_what_is_no_hook(hooked: Desk) -> None:
    assert "no hook that tkt knows" in hooked.refused(2, "hook", "pre-comit")
    assert "needs the file" in hooked.refused(2, "hook", "commit-msg")
    assert "no message file" in hooked.refused(3, "hook", "commit-msg", "nowhere")


def test_outside_a_desk_a_hook_lets_go(empty: Path) -> None:
    (empty / "message").write_text("one\n", encoding="utf-8")
    for name in ("commit-msg", "prepare-commit-msg", "post-commit", "post-merge", "post-checkout"):
        said = type_tkt("hook", name, "message", "x", "1")
        assert said.code == 0, said
    assert (empty / "message").read_text(encoding="utf-8") == "one\n"


def test_a_hook_changes_nothing_but_the_message(hooked: Desk, ticket: str) -> None:
    hooked.git("switch", "--quiet", "-c", ticket)
    text = hooked.root / ".git/COMMIT_EDITMSG"
    text.write_text("one\n", encoding="utf-8")
    before = hooked.state()
    for name in HOOKS:
        if name not in {"pre-commit", "pre-merge-commit", "pre-push"}:  # they have their own tests
            hooked.tkt("hook", name, str(text))
    assert hooked.state() == before
    assert text.read_text(encoding="utf-8") == f"one\n\nRefs: {ticket}\n"


def test_pre_commit_hands_over_the_source_in_the_environment(
    hooked: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.git("switch", "--quiet", "-c", ticket)
    text = hooked.root / ".git/COMMIT_EDITMSG"
    text.write_text("one\n", encoding="utf-8")
    monkeypatch.setenv("PRE_COMMIT_COMMIT_MSG_SOURCE", "merge")
    hooked.tkt("hook", "prepare-commit-msg", str(text))
    assert text.read_text(encoding="utf-8") == "one\n"


# --- hostile names ----------------------------------------------------------

HOSTILE = [
    "$(touch x)",
    "`touch x`",
    "; touch x;",
    "-rf",
    "--help",
    "a\n\n$(touch x)\nFixes $(touch x)",
    "Fixes TKT-$(touch x) TKT-`touch x`",
    "*",
    "\\",
    "%s%n",
    "'\"",
]


@pytest.mark.parametrize("word", ["off", "require"])
def test_hostile_messages_are_only_text(hooked: Desk, ticket: str, word: str) -> None:
    if word == "require":
        policy(hooked, word)
    for text in HOSTILE:
        for whole in (f"{ticket} {text} TKT-2j7k3q9 {text}", text):
            args = ["git", "commit", "--allow-empty", "-m", whole]
            subprocess.run(args, cwd=hooked.root, capture_output=True, check=False)
    names = sorted(path.name for path in hooked.root.iterdir())
    assert names == [".git", ".gitattributes", ".tkt", "tickets"]


@pytest.mark.parametrize(
    "name", ["$(touch${IFS}x)", "`touch${IFS}x`", ";touch${IFS}x;", "-rf", "'\"", "%s%n"]
)
def test_hostile_branches_are_only_text(hooked: Desk, ticket: str, name: str) -> None:
    for branch in (f"{ticket}-{name}", f"{name}-{ticket}", name):
        hooked.git("update-ref", f"refs/heads/{branch}", "HEAD")
        hooked.git("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        assert passes(hooked, "change code") == ""
        assert message(hooked) == ("change code" if branch == name else f"change code\n\nRefs: {ticket}")
    names = sorted(path.name for path in hooked.root.iterdir())
    assert names == [".git", ".gitattributes", ".tkt", "code.py", "tickets"]


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_every_shell_reads_the_shims(hooked: Desk, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    start = ["bash", "--posix"] if shell == "bash" else [shell]
    (hooked.root / ".git/COMMIT_EDITMSG").write_text("see TKT-2j7k3q9\n", encoding="utf-8")
    for name in HOOKS:
        args = [*start, f".git/hooks/{name}", ".git/COMMIT_EDITMSG"]
        done = subprocess.run(args, cwd=hooked.root, input=b"", capture_output=True, check=False)
        assert done.returncode == 0, done
        assert (b"there is no ticket" in done.stderr) == (name == "commit-msg")


def test_an_earlier_hook_with_a_hostile_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    place = desk.root.parent / "a $(touch x) 'b'"
    desk.root.rename(place)
    monkeypatch.chdir(place)
    moved = Desk(place)
    program(place / ".git/hooks/commit-msg", FOREIGN)
    moved.tkt("hooks", "install")
    passes(moved, "change code")
    assert not (place / "x").exists()
    assert (place / "seen").exists()


def refuses_all(desk: Desk, text: str) -> str:
    """A commit of all hand edits that must not come about; what was said."""
    command = ["git", "commit", "--quiet", "--all", "-m", text]
    done = subprocess.run(command, cwd=desk.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    return done.stderr


class TestTicketsAtHand:
    """What pre-commit, pre-merge-commit and pre-push say about tickets."""

    def test_a_hand_edit_is_refused_with_the_command_that_records_it(self, hooked: Desk, ticket: str) -> None:
        hooked.edit(ticket, "status: new", "status: closed")
        before = hooked.state()
        said = refuses_all(hooked, "close it")
        assert f"{ticket}.md:11: error: status is closed, but it was new [state]" in said
        assert f"tkt record {ticket} writes the entry" in said
        assert hooked.state() == before  # nothing was staged, written or committed
        hooked.tkt("record", ticket, "--no-commit")
        hooked.git("commit", "--quiet", "-m", "close it")

    def test_what_is_staged_counts_and_not_the_working_tree(self, hooked: Desk, ticket: str) -> None:
        hooked.tkt("set", ticket, "title=Login fails", "--no-commit")
        hooked.edit(ticket, "status: new", "status: closed")
        hooked.git("commit", "--quiet", "-m", "only what is staged")
        hooked.git("add", "tickets")
        refuses(hooked, "and now the rest")

    def test_a_merge_that_slips_something_in_is_refused(self, hooked: Desk, ticket: str) -> None:
        hooked.git("switch", "--quiet", "--create", "side")
        hooked.tkt("label", ticket, "vip")
        hooked.git("switch", "--quiet", "main")
        hooked.tkt("set", ticket, "title=Login fails")
        hooked.git("merge", "--quiet", "--no-commit", "side")
        hooked.edit(ticket, "status: new", "status: closed")
        assert "status is closed" in refuses_all(hooked, "merge")
        hooked.edit(ticket, "status: closed", "status: new")
        hooked.git("commit", "--quiet", "-a", "--no-edit")

    def test_pre_push_says_what_a_server_would(self, hooked: Desk, ticket: str) -> None:
        hub = hooked.root.with_name("hub.git")
        hooked.git("init", "--quiet", "--bare", str(hub))
        hooked.git("remote", "add", "origin", str(hub))
        hooked.git("push", "--quiet", "origin", "main")
        hooked.edit(ticket, "status: new", "status: closed")
        hooked.git("commit", "--quiet", "--no-verify", "-am", "around the hook")
        push = ["git", "push", "--quiet", "origin", "main"]
        done = subprocess.run(push, cwd=hooked.root, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "status is closed, but it was new [state]" in done.stderr
        assert f"commit {hooked.git('rev-parse', 'HEAD')[:10]}" in done.stderr
        hooked.git("switch", "--quiet", "--create", "aside")
        done = subprocess.run(
            [*push[:-1], "aside"], cwd=hooked.root, capture_output=True, text=True, check=False
        )
        assert "[state]" in done.stderr  # a new branch is held against the remote's main one
        hooked.git("push", "--quiet", "--no-verify", "origin", "aside")
        hooked.git("push", "--quiet", "origin", "--delete", "aside")
