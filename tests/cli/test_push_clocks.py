"""What pre-push says of clocks that have run out: real pushes from a clone with hooks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.desk import Desk, git
from tests.cli.test_sla import PEOPLE, SLA, asked

RULES = """push:
- branch: "release/*"
  when: "priority:P1"
  do: refuse
- branch: quiet
  do: ignore
"""


@pytest.fixture
def hooked(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with promises, rules for pushes, hooks and a remote."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA + RULES, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "-m", "Promise something")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    git("init", "--quiet", "--bare", str(tmp_path / "hub.git"), cwd=tmp_path)
    desk.git("remote", "add", "origin", str(tmp_path / "hub.git"))
    desk.git("push", "--quiet", "origin", "main")
    desk.tkt("hooks", "install")
    return desk


def push(desk: Desk, branch: str, code: int = 0) -> list[str]:
    """Push what is checked out to a branch; the lines that were said."""
    done = subprocess.run(
        ["git", "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}"],
        cwd=desk.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode != 0) == bool(code), done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def test_breached_clocks_are_told_in_a_few_lines(hooked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [asked(hooked, f"Number {number}", "--priority", "P1") for number in range(3)]
    assert push(hooked, "main") == []
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:30:00Z")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", "Change code")
    said = push(hooked, "main")
    assert [line.split()[:3] for line in said] == [
        ["warning:", each, "first_response:"] for each in sorted(tickets)
    ]
    hooked.tkt("set", tickets[0], "priority=P2")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T15:30:00Z")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", "Change code again")
    said = push(hooked, "main")
    assert [line.partition(":")[0] for line in said] == ["warning"] * 3 + ["and 2 more clocks"]
    assert push(hooked, "quiet") == []


def test_a_branch_that_clocks_keep_shut_until_they_are_mended(
    hooked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, other = asked(hooked, "It fails", "--priority", "P1"), asked(hooked, "So does this")
    push(hooked, "main")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T12:30:00Z")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", "Change code")
    said = push(hooked, "release/1.0", code=1)
    assert [line.split()[:3] for line in said[:3]] == [
        ["error:", ticket, "first_response:"],
        ["error:", ticket, "resolution:"],
        ["warning:", other, "first_response:"],
    ]
    refused = "tkt: the push is refused by .tkt/sla.yaml. A push that answers or closes one of them is taken;"
    assert said[3] == f"{refused} tkt sla explain {ticket} says more."
    assert hooked.git("ls-remote", "origin", "refs/heads/release/*") == ""
    hooked.tkt("comment", ticket, "-m", "We are looking into it.")
    assert push(hooked, "release/1.0")[0].startswith(f"warning: {ticket} resolution:")
    hooked.git("commit", "--quiet", "--allow-empty", "-m", "Change code")
    push(hooked, "release/1.0", code=1)
    hooked.tkt("transition", ticket, "resolved", "--resolution", "fixed", "-m", "Done.")
    assert [line.split()[1] for line in push(hooked, "release/1.0")] == [other]


def test_what_counts_is_what_is_pushed(hooked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = asked(hooked, "It fails", "--priority", "P1")
    push(hooked, "main")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:30:00Z")
    hooked.tkt("comment", ticket, "--no-commit", "-m", "We are looking into it.")
    hooked.git("stash", "--quiet", "--include-untracked")
    hooked.git("stash", "apply", "--quiet")
    assert push(hooked, "release/1.0", code=1)[0].startswith(f"error: {ticket} first_response:")


def test_where_nothing_is_promised_nothing_is_said(hooked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(hooked, "It fails", "--priority", "P1")
    (hooked.root / ".tkt" / "sla.yaml").unlink()
    hooked.git("commit", "--quiet", "--no-verify", "-am", "Promise nothing")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T20:00:00Z")
    assert push(hooked, "release/1.0") == []


def test_a_branch_without_a_desk_and_one_that_goes(hooked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(hooked, "It fails", "--priority", "P1")
    hooked.git("push", "--quiet", "--no-verify", "origin", "HEAD:refs/heads/release/1.0")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T20:00:00Z")
    tree = hooked.git("hash-object", "-w", "-t", "tree", "/dev/null")
    bare = hooked.git("commit-tree", tree, "-m", "Nothing")
    hooked.git("push", "--quiet", "origin", f"{bare}:refs/heads/release/2.0")
    hooked.git("push", "--quiet", "origin", "--delete", "release/1.0")
    assert "release/2.0" in hooked.git("ls-remote", "origin")


def test_how_a_push_was_judged_is_not_how_the_commit_before_it_promised(
    hooked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = asked(hooked, "It fails", "--priority", "P1")
    hooked.git("push", "--quiet", "--no-verify", "origin", "HEAD:refs/heads/release/1.0")
    before = hooked.git("rev-parse", "HEAD").strip()
    (hooked.root / ".tkt" / "sla.yaml").write_text(
        (SLA + RULES).replace("P1: {first_response: 1h", "P1: {first_response: 15m"), encoding="utf-8"
    )
    hooked.git("commit", "--quiet", "-am", "Promise more")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:30:00Z")
    assert push(hooked, "release/1.0", code=1)[0].startswith(f"error: {ticket} first_response:")
    hooked.tkt("sla", "check", code=5)
    hooked.tkt("sla", "check", "--rev", before)
