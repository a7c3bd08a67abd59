"""Trees that no working tree could make, and files that are none."""

from __future__ import annotations

import pytest

from tests.server.hub import BOB, Clone, Hub, entry_text

MONTH = "tickets/2026-11"


@pytest.fixture
def ticket(bob: Clone) -> str:
    """A ticket with a comment and an attachment, there for everybody."""
    made = bob.create()
    bob.put("note.txt", "what I saw\n")
    bob.tkt("comment", made, "-m", "See.", "--attach", "note.txt")
    (bob.root / "note.txt").unlink()
    bob.taken()
    return made


def tree_with(clone: Clone, folder: str, rows: bytes) -> str:
    """A commit in which a folder has more rows than Git would write itself."""
    steps = folder.split("/") if folder else []
    listing = clone.git("ls-tree", f"HEAD:{folder}").encode() + b"\n"
    oid = _tree(clone, listing + rows)
    for depth in range(len(steps), 0, -1):
        above = clone.git("ls-tree", f"HEAD:{'/'.join(steps[: depth - 1])}").encode().split(b"\n")
        kept = [line for line in above if not line.endswith(b"\t" + steps[depth - 1].encode())]
        oid = _tree(clone, b"\n".join([*kept, f"040000 tree {oid}\t{steps[depth - 1]}".encode()]) + b"\n")
    return clone.commit_tree(oid, "HEAD")


def _tree(clone: Clone, listing: bytes) -> str:
    """A tree object as it is told, in the order that Git wants; nothing is looked at."""
    rows = []
    for line in listing.split(b"\n"):
        if line:
            facts, _, name = line.partition(b"\t")
            mode, kind, oid = facts.split(b" ")
            rows.append(
                (
                    name + (b"/" if kind == b"tree" else b""),
                    mode.lstrip(b"0") + b" " + name + b"\0" + bytes.fromhex(oid.decode()),
                )
            )
    data = b"".join(row for _, row in sorted(rows))
    return clone.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=data)


def blob(clone: Clone, text: str = "x\n") -> str:
    return clone.git("hash-object", "-w", "--stdin", stdin=text.encode())


@pytest.mark.parametrize("name", [".git", "..", ".", "a/b", "GIT~1", ".GIT", ".git ", "\u200c.git"])
@pytest.mark.usefixtures("ticket")
def test_names_that_would_lead_elsewhere(hub: Hub, bob: Clone, name: str) -> None:
    row = f"100644 blob {blob(bob)}\t{name}\n".encode()
    bad = tree_with(bob, MONTH, row)
    for strict in ("true", "false"):  # whatever Git thinks of it, tkt does not take it
        hub.git("config", "receive.fsckObjects", strict)
        pushed = bob.push("origin", f"{bad}:main")
        assert pushed.code != 0, pushed.said
        assert strict == "true" or "name" in pushed.rules or "path" in pushed.rules, pushed.said


def test_the_same_name_twice(bob: Clone, ticket: str) -> None:
    row = f"100644 blob {blob(bob)}\t{ticket}.md\n".encode()
    pushed = bob.push("origin", f"{tree_with(bob, MONTH, row)}:main")
    assert pushed.code != 0, pushed.said


@pytest.mark.parametrize("name", [".gitmodules", ".gitattributes", ".gitignore"])
@pytest.mark.usefixtures("ticket")
def test_files_that_mean_something_to_git(bob: Clone, name: str) -> None:
    bob.put(f"{MONTH}/{name}", "* -text\n" if name == ".gitattributes" else "[x]\n")
    bob.refused(rules={"name"}, commit=bob.commit())


def test_a_repository_within_the_repository(bob: Clone, ticket: str) -> None:
    bad = tree_with(bob, MONTH, f"160000 commit {bob.head}\tTKT-2j00000\n".encode())
    assert ticket
    bob.refused("origin", f"{bad}:main", rules={"mode"}, commit=bad)


def test_a_link_in_the_place_of_a_ticket(bob: Clone, ticket: str) -> None:
    bob.path(ticket).unlink()
    (bob.root / MONTH / f"{ticket}.md").symlink_to("/etc/passwd")
    bob.commit()
    pushed = bob.push()
    assert pushed.code != 0
    assert "mode" in pushed.rules


def test_a_link_in_the_place_of_an_entry(bob: Clone, ticket: str) -> None:
    link = bob.root / MONTH / ticket / "20261122T090000Z-zzzz.md"
    link.symlink_to("/etc/passwd")
    bob.commit()
    pushed = bob.push()
    assert pushed.code != 0
    assert "mode" in pushed.rules


@pytest.mark.usefixtures("ticket")
def test_a_link_in_the_place_of_all_tickets(bob: Clone) -> None:
    (bob.root / "tickets").rename(bob.root / "elsewhere")
    (bob.root / "tickets").symlink_to("elsewhere")
    bob.commit()
    pushed = bob.push()
    assert {"mode", "ticket-removed"} <= pushed.rules


@pytest.mark.usefixtures("ticket")
def test_a_link_in_the_place_of_the_settings(bob: Clone) -> None:
    (bob.root / ".tkt/people.yaml").unlink()
    (bob.root / ".tkt/people.yaml").symlink_to("/etc/passwd")
    bob.commit()
    assert {"mode", "protected"} <= bob.push().rules


def test_a_removed_ticket(bob: Clone, ticket: str) -> None:
    bob.git("rm", "--quiet", "-r", MONTH)
    said = bob.refused(rules={"ticket-removed", "entry-removed"}, commit=bob.commit())
    assert ticket in said


def test_a_renamed_ticket(bob: Clone, ticket: str) -> None:
    bob.git("mv", f"{MONTH}/{ticket}.md", f"{MONTH}/TKT-2j00000.md")
    bob.git("mv", f"{MONTH}/{ticket}", f"{MONTH}/TKT-2j00000")
    bob.commit()
    assert "ticket-removed" in bob.push().rules


def test_a_changed_entry(bob: Clone, ticket: str) -> None:
    bob.edit(bob.entries(ticket)[0], "See.", "Unseen.")
    bob.refused(rules={"entry-changed"}, commit=bob.commit())


def test_an_entry_with_other_ends_of_lines(bob: Clone, ticket: str) -> None:
    path = bob.entries(ticket)[0]
    row = blob(bob, path.read_text(encoding="utf-8").replace("\n", "\r\n"))
    bob.git("update-index", "--cacheinfo", f"100644,{row},{path.relative_to(bob.root)}")
    bad = bob.commit_tree(bob.git("write-tree"), "HEAD")
    bob.refused("origin", f"{bad}:main", rules={"entry-changed"}, commit=bad)


def test_a_ticket_with_other_ends_of_lines(bob: Clone, ticket: str) -> None:
    """That is how some editors save; nothing has changed."""
    path = bob.path(ticket)
    row = blob(bob, path.read_text(encoding="utf-8").replace("\n", "\r\n"))
    bob.git("update-index", "--cacheinfo", f"100644,{row},{path.relative_to(bob.root)}")
    bob.taken("origin", f"{bob.commit_tree(bob.git('write-tree'), 'HEAD')}:main")


def test_a_removed_entry(bob: Clone, ticket: str) -> None:
    bob.entries(ticket)[0].unlink()
    bob.refused(rules={"entry-removed"}, commit=bob.commit())


def test_a_changed_attachment(bob: Clone, ticket: str) -> None:
    (path,) = (bob.root / MONTH / ticket / "files").iterdir()
    path.write_text("something else\n", encoding="utf-8")
    bob.refused(rules={"entry-changed"}, commit=bob.commit())


def test_a_removed_attachment(bob: Clone, ticket: str) -> None:
    (path,) = (bob.root / MONTH / ticket / "files").iterdir()
    path.unlink()
    bob.refused(rules={"entry-removed"}, commit=bob.commit())


@pytest.mark.parametrize("name", ["tkt-2J00000.md", "TKT-2j0000.MD", "TKT-2J00000/x.md", "Tkt-2j00000.md"])
@pytest.mark.usefixtures("ticket")
def test_names_like_those_of_tickets(bob: Clone, name: str) -> None:
    bob.put(f"{MONTH}/{name.replace('2j0000.', '2j00000.')}", "---\ntitle: x\n---\n")
    bob.refused(rules={"path"}, commit=bob.commit())


def test_a_ticket_in_another_month(bob: Clone, ticket: str) -> None:
    bob.put("tickets/2026-10/TKT-2j00000.md", "---\ntitle: x\n---\n")
    assert ticket
    bob.refused(rules={"path"}, commit=bob.commit())


def test_something_else_among_entries(bob: Clone, ticket: str) -> None:
    bob.put(f"{MONTH}/{ticket}/evil.sh", "#!/bin/sh\n")
    bob.refused(rules={"path"}, commit=bob.commit())


@pytest.mark.usefixtures("ticket")
def test_names_that_differ_in_case(bob: Clone) -> None:
    bob.put("tickets/notes.txt", "one\n")
    bob.commit()
    bob.taken()
    bob.put("tickets/Notes.txt", "two\n")
    bob.refused(rules={"name"}, commit=bob.commit())


@pytest.mark.usefixtures("ticket")
def test_names_that_differ_in_how_accents_are_spelt(bob: Clone) -> None:
    bob.git("config", "core.precomposeUnicode", "false")
    bob.put("tickets/caf\u00e9.txt", "one\n")
    bob.put("tickets/cafe\u0301.txt", "two\n")
    bob.refused(rules={"name"}, commit=bob.commit())


def test_the_folders_themselves_in_another_case(bob: Clone, ticket: str) -> None:
    bob.put("Tickets/2026-11/TKT-2j00000.md", bob.path(ticket).read_text(encoding="utf-8"))
    bob.put(".TKT/people.yaml", "agents: {}\n")
    bob.refused(rules={"name"}, commit=bob.commit())


@pytest.mark.usefixtures("ticket")
def test_a_thread_without_its_ticket(bob: Clone) -> None:
    at = "2026-11-22T09:00:00Z"
    bob.put(f"{MONTH}/TKT-2j00000/20261122T090000Z-zzz1.md", entry_text(at, BOB, 1, body="Hello"))
    bob.commit()
    assert bob.push().rules & {"path", "schema"}


def test_a_file_that_cannot_be_read(bob: Clone, ticket: str) -> None:
    bob.put(bob.path(ticket), "no front matter\n")
    bob.refused(rules={"schema"}, commit=bob.commit())


def test_aliases_and_bombs(bob: Clone, ticket: str) -> None:
    bob.edit(bob.path(ticket), "labels:\n", "labels: &a [x]\nwatchers2: *a\n")
    bob.refused(rules={"schema"}, commit=bob.commit())
    bob.git("reset", "--quiet", "--hard", "HEAD~1")
    bob.edit(bob.path(ticket), "labels:\n", f"labels: {'[' * 50_000}\n")
    bob.refused(rules={"schema"}, commit=bob.commit())


def test_a_file_that_is_too_large(bob: Clone, ticket: str) -> None:
    bob.put(bob.path(ticket), bob.path(ticket).read_text(encoding="utf-8") + "x" * 5_000_000)
    bob.refused(rules={"schema"}, commit=bob.commit())


def test_a_file_that_is_a_program(bob: Clone, ticket: str) -> None:
    """Some file systems say so of every file; nobody runs it."""
    bob.path(ticket).chmod(0o755)
    bob.commit()
    bob.taken()
