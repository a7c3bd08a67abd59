"""What ails a desk: every finding comes with the command that mends it."""

import itertools
import shlex
import subprocess
from collections.abc import Callable

import pytest

from tests.cli.desk import Desk, git, type_tkt


def mends(desk: Desk) -> list[str]:
    """The commands that doctor prints."""
    lines = desk.tkt("doctor", code=None).lines
    return [after.strip() for line, after in itertools.pairwise(lines) if line.startswith("mend")]


def run(desk: Desk, command: str) -> None:
    """Do what doctor says; its own name stands for this tkt."""
    if command.startswith("tkt "):
        desk.tkt(*shlex.split(command)[1:])
    else:
        subprocess.run(command, shell=True, cwd=desk.root, check=True)  # noqa: S602  as a person would


def test_a_new_desk_is_well(desk: Desk) -> None:
    said = desk.tkt("doctor")
    assert said.lines[-1] == "All is well."
    assert "0 tickets can be read" in said.out
    areas = {line.split()[1] for line in said.lines[1:-2]}
    assert areas == {"git", "store", "index", "attributes", "clock", "extras"}


def left_over(desk: Desk) -> None:
    (desk.root / ".git" / "index.tkt-123").write_bytes(b"")


def left_reference(desk: Desk) -> None:
    desk.git("update-ref", "refs/tkt/123", "HEAD")


def pruning(desk: Desk) -> None:
    desk.git("config", "gc.pruneExpire", "now")


def no_attributes(desk: Desk) -> None:
    desk.git("rm", "--quiet", ".gitattributes")
    desk.git("commit", "--quiet", "-m", "Lose the attributes")


def half_attributes(desk: Desk) -> None:
    (desk.root / ".gitattributes").write_text("tickets/** text eol=lf merge=tkt\n", encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Lose an attribute")


def no_driver(desk: Desk) -> None:
    desk.git("config", "--remove-section", "merge.tkt")


def damaged_ticket(desk: Desk) -> None:
    desk.create("Sound")
    path = desk.root / "tickets" / "2026-11" / "TKT-2j00000.md"
    path.write_text("nothing of the kind\n", encoding="utf-8")


def misnamed_entry(desk: Desk) -> None:
    ticket = desk.create("Sound")
    desk.tkt("comment", ticket, "One")
    (entry,) = (desk.root / "tickets" / "2026-11" / ticket).iterdir()
    entry.rename(entry.with_name("comment.md"))


def entry_left_out(desk: Desk) -> None:
    ticket = desk.create("Sound")
    desk.tkt("comment", ticket, "One")
    desk.git("read-tree", "HEAD~1")  # as a `git commit` that has read the index before tkt wrote to it
    desk.git("commit", "--quiet", "--allow-empty", "-m", "By hand")


def sparse(desk: Desk) -> None:
    desk.create("Sound")
    desk.git("update-index", "-q", "--refresh")
    desk.git("sparse-checkout", "set", ".tkt")


@pytest.mark.parametrize(
    ("ail", "area"),
    [
        (left_over, "git"),
        (left_reference, "git"),
        (pruning, "git"),
        (no_attributes, "attributes"),
        (half_attributes, "attributes"),
        (no_driver, "attributes"),
        (damaged_ticket, "store"),
        (misnamed_entry, "store"),
        (entry_left_out, "store"),
        (sparse, "store"),
    ],
)
def test_the_printed_command_mends_the_finding(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, ail: Callable[[Desk], None], area: str
) -> None:
    monkeypatch.setenv("EDITOR", "rm")
    ail(desk)
    said = desk.tkt("doctor", code=1)
    found = [line for line in said.lines if line.startswith("mend")]
    assert len(found) == 1
    assert found[0].split()[1] == area
    assert said.lines[-1] == "1 thing to mend."
    for command in mends(desk):
        run(desk, command)
    assert desk.tkt("doctor").lines[-1] == "All is well."


def test_a_check_tells_of_tickets_that_are_not_checked_out(desk: Desk) -> None:
    sparse(desk)
    said = desk.tkt("check")
    assert "warning: the sparse checkout leaves out 1 file of tickets" in said.err
    run(desk, "git sparse-checkout add tickets")
    assert desk.tkt("check").err == "1 ticket checked, nothing to complain of.\n"


def test_mended_attributes_are_committed_as_the_desk_commits(desk: Desk) -> None:
    desk.git("rm", "--quiet", ".gitattributes")
    (desk.root / "code.py").write_text("print(1)\n", encoding="utf-8")
    desk.git("add", "code.py")
    desk.git("commit", "--quiet", "-m", "Code")
    desk.tkt("init")
    assert desk.git("status", "--porcelain") == ""


def test_an_unknown_person_is_told_how_to_be_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert "git config --global user.email YOU@EXAMPLE.COM" in desk.tkt("doctor", code=1).out


def test_an_unfinished_merge_is_found(desk: Desk) -> None:
    (desk.root / ".git" / "MERGE_HEAD").write_text(desk.git("rev-parse", "HEAD"), encoding="utf-8")
    assert "a merge is under way" in desk.tkt("doctor", code=1).out


def test_an_entry_from_the_future_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create("Tomorrow's")
    monkeypatch.setenv("TKT_NOW", "2026-11-21T09:00:00Z")
    assert "1,440 minutes in the future" in desk.tkt("doctor", code=1).out


def test_a_damaged_entry_and_an_unknown_value_are_found_with_their_lines(desk: Desk) -> None:
    ticket = desk.create("Sound")
    desk.tkt("comment", ticket, "A word.")
    desk.entries(ticket)[0].write_text("nothing of the kind\n", encoding="utf-8")
    desk.edit(ticket, "status: new", "status: nwe")
    said = desk.tkt("doctor", code=1)
    assert f"tickets/2026-11/{ticket}.md:11: status 'nwe' is not known; did you mean 'new'?" in said.out
    assert f"{desk.entries(ticket)[0].relative_to(desk.root)}:1: " in said.out


def test_a_bare_repository_is_examined(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create("Sound")
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=desk.root)
    monkeypatch.chdir(desk.root.parent / "bare.git")
    said = type_tkt("doctor")
    assert (said.code, said.out.splitlines()[-1]) == (0, "All is well.")
