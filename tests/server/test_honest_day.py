"""An honest day's work of four people: nothing of it is refused."""

from __future__ import annotations

import json

from tests.server.hub import DAVE, Clone, Hub


def test_a_day(hub: Hub, ana: Clone, bob: Clone, carol: Clone) -> None:  # noqa: PLR0915  a day is long
    login = bob.create("Login page fails", "--type", "incident")
    bob.at("09:05").tkt("assign", login, "bob")
    bob.tkt("transition", login, "in-progress")
    bob.tkt("comment", login, "-m", "Looking.", "--internal")
    bob.put("screen.txt", "what the customer saw\n")
    bob.tkt("comment", login, "-m", "See.", "--attach", "screen.txt")
    (bob.root / "screen.txt").unlink()
    bob.tkt("label", login, "login", "mobile")
    bob.taken()

    carol.at("09:20").pull()
    printer = carol.create("Printer on fire")
    carol.tkt("link", printer, "relates", login)
    carol.tkt("set", login, "due=2026-11-30")
    carol.tkt("watch", login)
    carol.taken()
    carol.taken("origin", "HEAD:refs/heads/release/1.0")

    # Bob works on a branch, with code, and rebases it on what Carol has pushed.
    bob.git("checkout", "--quiet", "-b", "fix-login")
    bob.at("09:30").put("login.py", "fixed = True\n")
    bob.commit(f"Fix the login page\n\nFixes {login}")
    bob.tkt("comment", login, "-m", "Fixed on a branch.")
    bob.taken("origin", "fix-login")
    bob.at("09:40").git("fetch", "--quiet")
    bob.git("rebase", "--quiet", "origin/main")
    bob.tkt("time", "add", login, "25m")
    bob.taken("--force", "origin", "fix-login")

    # Carol merges it, and pushes what Bob had pushed.
    carol.at("10:00").git("fetch", "--quiet")
    carol.git("merge", "--quiet", "--no-ff", "-m", "Merge fix-login", "origin/fix-login")
    carol.tkt("transition", login, "resolved", "--resolution", "fixed")
    carol.taken()
    carol.git("tag", "-a", "v1", "-m", "One")
    carol.taken("origin", "v1")

    # Two of them change the same ticket at once, and a merge brings both together.
    bob.git("checkout", "--quiet", "main")
    bob.pull()
    bob.at("10:30").tkt("assign", printer, "bob")
    carol.at("10:31").tkt("set", printer, "category=hardware", "-m", "It is")
    carol.taken()
    bob.at("10:40").git("pull", "--quiet", "--no-rebase", "--no-edit")
    bob.taken()

    # An admin brings in another tracker's tickets, and decides something.
    ana.at("11:00").pull()
    rows = [
        {
            "id": f"old-{number}", "title": f"From before {number}", "status": "closed", "priority": 2,
            "issue_type": "bug", "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-02-01T00:00:00Z",
            "closed_at": "2024-02-01T00:00:00Z", "created_by": "someone",
        }
        for number in range(5)
    ]  # fmt: skip
    ana.put("export.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    ana.tkt("import", "beads", "export.jsonl")
    (ana.root / "export.jsonl").unlink()
    ana.taken()
    ana.edit(ana.root / ".tkt/people.yaml", "others: requester", "others: agent")
    ana.commit("Everybody may help")
    ana.taken()

    # Dave, whom no settings name, helps.
    dave = hub.clone(DAVE)
    dave.at("11:30").tkt("comment", printer, "-m", "It is out.")
    dave.tkt("transition", printer, "closed")
    dave.taken()

    # A fix goes to the release too.
    bob.at("12:00").pull()
    bob.git("checkout", "--quiet", "-b", "pick", "origin/release/1.0")
    bob.create("Only in the release")
    bob.git("cherry-pick", "fix-login~1")
    bob.taken("origin", "HEAD:release/1.0")
    carol.at("12:30").pull()
    carol.git("fetch", "--quiet")
    carol.git("merge", "--quiet", "--no-ff", "-m", "Merge the release", "origin/release/1.0")
    carol.taken()

    # In the evening closed tickets are folded; one is opened again all the same.
    ana.at("18:00").pull()
    ana.tkt("transition", login, "closed")
    ana.tkt("compact", "--older-than", "0d")
    ana.taken()
    bob.at("18:30").git("checkout", "--quiet", "main")
    bob.pull()
    bob.tkt("transition", login, "reopened", "-m", "Again.")
    bob.taken()
    bob.create("The other half")
    bob.taken()
    bob.git("push", "--quiet", "--delete", "origin", "fix-login")


def test_a_description_that_was_edited(bob: Clone) -> None:
    ticket = bob.create()
    bob.patch.setenv("GIT_EDITOR", "sh -c 'echo More. >>\"$1\"' -")
    bob.at("09:05").tkt("edit", ticket)
    bob.taken()


def test_tickets_that_are_merged_and_split(bob: Clone) -> None:
    one, other = bob.create("One"), bob.create("Other")
    bob.at("09:05").tkt("merge", one, other)
    bob.tkt("split", one, "A part")
    bob.taken()


def test_a_change_that_is_undone(bob: Clone) -> None:
    ticket = bob.create()
    bob.at("09:05").tkt("set", ticket, "title=Nothing fails")
    bob.taken()
    bob.at("09:10").tkt("undo")
    bob.taken()


def test_a_fold_that_is_taken_back(ana: Clone) -> None:
    ticket = ana.create()
    ana.at("09:05").tkt("transition", ticket, "closed")
    ana.at("10:05").tkt("compact", "--older-than", "0d")
    ana.taken()
    ana.git("revert", "--no-edit", "HEAD")
    ana.taken()


def test_hand_edits_that_are_recorded(bob: Clone) -> None:
    ticket = bob.create()
    bob.taken()
    bob.at("09:05").edit(bob.path(ticket), "title: Login", "title: Log-in")
    bob.tkt("record", ticket)
    bob.commit("with the entry that tkt record wrote")
    bob.taken()


def test_several_steps_in_one_commit(bob: Clone) -> None:
    ticket = bob.create()
    bob.taken()
    bob.at("09:05").tkt("transition", ticket, "in-progress", "--no-commit")
    bob.at("09:06").tkt("transition", ticket, "closed", "--no-commit")
    bob.at("09:07").tkt("transition", ticket, "reopened", "--no-commit")
    bob.commit("A long morning")
    bob.taken()


def test_a_squash(bob: Clone) -> None:
    ticket = bob.create()
    bob.taken()
    bob.git("checkout", "--quiet", "-b", "feature")
    bob.at("09:05").tkt("transition", ticket, "in-progress")
    bob.tkt("comment", ticket, "-m", "So far.")
    bob.tkt("transition", ticket, "resolved", "--resolution", "fixed")
    bob.git("checkout", "--quiet", "main")
    bob.git("merge", "--quiet", "--squash", "feature")
    bob.commit("Squashed")
    bob.taken()
