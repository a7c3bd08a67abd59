"""What the index remembers of a check is what looking at all files would tell."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tkt.store.auditing import FilesAuditor, Verdict

Trouble = Callable[[Desk, str, str], object]


def by_hand(old: str, new: str) -> Trouble:
    return lambda desk, first, _second: desk.edit(first, old, new)


def strange(name: str) -> Trouble:
    """A file of that name beside a ticket's entries."""

    def put(desk: Desk, first: str, _second: str) -> None:
        path = desk.root / "tickets" / "2026-11" / first / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")

    return put


def lost(desk: Desk, first: str, _second: str) -> None:
    (path,) = [each for each in desk.entries(first) if b"clock: 1\n" in each.read_bytes()]
    path.unlink()


def broken(desk: Desk, first: str, _second: str) -> None:
    desk.entries(first)[-1].write_bytes(b"---\nid: \xff\n---\n")


def linked(desk: Desk, first: str, _second: str) -> None:
    desk.path(first).unlink()
    (desk.root / "tickets" / "2026-11" / f"{first}.md").symlink_to("/etc/passwd")


def gone(desk: Desk, _first: str, second: str) -> None:
    desk.path(second).unlink()


def circle(desk: Desk, first: str, second: str) -> None:
    desk.edit(second, "parent:", f"parent: {first}")


def merged(desk: Desk, first: str, second: str) -> None:
    desk.edit(first, "links:", f"links:\n- merged-into {second}")
    desk.edit(second, "links:", f"links:\n- merged-into {first}")


def workflow(desk: Desk, _first: str, _second: str) -> None:
    desk.settings("project", "queues: [support, ", "queues: [")


def unattached(desk: Desk, _first: str, second: str) -> None:
    (attached,) = desk.root.glob(f"tickets/*/{second}/files/*")
    attached.rename(attached.with_name("0" * 32))


TROUBLES = {
    "state": by_hand("status: assigned", "status: closed"),
    "stranded": by_hand("status: assigned", "status: gone"),
    "schema": by_hand("priority: P3", "priority: P9"),
    "hidden": by_hand("title: Login", "title: 'a\ufdd0b\u200b' # "),
    "marker": by_hand("title: Login", "<<<<<<< HEAD\ntitle: Login"),
    "unreadable": by_hand("title: Login", "title: [a, &b c]\nx: Login"),
    "missing": by_hand("links:", "links:\n- relates TKT-2j7k3q9"),
    "name": strange("CON"),
    "path": strange("notes.md"),
    "orphan": strange("files/0123"),
    "lost": lost,
    "broken": broken,
    "mode": linked,
    "gone": gone,
    "circle": circle,
    "merged": merged,
    "settings": workflow,
    "unattached": unattached,
}


def both_ways(desk: Desk, *args: str) -> object:
    """What a check finds: cold or as it comes, warm, and without the index."""
    found = [desk.tkt("check", "--json", *args, *more, code=None) for more in ((), (), ("--no-index",))]
    assert found[0] == found[1] == found[2]
    return found[0].data


@pytest.fixture
def tickets(desk: Desk, tmp_path: Path) -> tuple[str, str]:
    """Two tickets with threads, one of them the other's parent."""
    first, second = desk.create(), desk.create("Another")
    (tmp_path / "what.png").write_bytes(b"png")
    desk.tkt("set", first, f"parent={second}", "queue=support")
    desk.tkt("assign", first, "ana@example.com")
    desk.tkt("comment", second, "-m", "Look.", "--attach", str(tmp_path / "what.png"))
    return first, second


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_index_makes_no_difference(desk: Desk, tickets: tuple[str, str], trouble: str) -> None:
    assert both_ways(desk) == []
    TROUBLES[trouble](desk, *tickets)
    assert both_ways(desk)
    desk.git("add", "-A")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Evil")
    assert both_ways(desk, "--rev", "HEAD")
    assert both_ways(desk, "--rev", "HEAD~") is not None
    desk.git("checkout", "--quiet", "HEAD~", "--", ".")
    both_ways(desk)


def test_what_is_in_the_future_is_looked_at_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    monkeypatch.setenv("TKT_NOW", "2026-11-24T09:00:00Z")
    desk.tkt("comment", ticket, "-m", "Later.")
    assert both_ways(desk) == []
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    assert both_ways(desk)
    monkeypatch.setenv("TKT_NOW", "2026-11-24T09:00:00Z")
    assert both_ways(desk) == []


def test_only_what_has_changed_is_looked_at_again(
    desk: Desk, tickets: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    judge = FilesAuditor.judge

    def counted(self: FilesAuditor, ticket_id: str) -> Verdict:
        looked.append(ticket_id)
        return judge(self, ticket_id)

    monkeypatch.setattr(FilesAuditor, "judge", counted)
    desk.tkt("check")
    assert sorted(looked) == sorted(tickets)
    looked.clear()
    desk.tkt("check")
    assert looked == []
    desk.tkt("comment", tickets[1], "-m", "More.")
    desk.tkt("check")
    assert looked == [tickets[1]]
    looked.clear()
    desk.edit(tickets[0], "priority: P3", "priority: P9")
    desk.tkt("check", code=1)
    desk.tkt("check", code=1)
    assert looked == [tickets[0]]
    looked.clear()
    desk.settings("project", "queues: [", "queues: [sales, ")
    desk.tkt("check", code=1)
    assert sorted(looked) == sorted(tickets)


def test_a_damaged_index_costs_time_only(desk: Desk, tickets: tuple[str, str]) -> None:
    desk.edit(tickets[0], "priority: P3", "priority: P9")
    found = both_ways(desk)
    for path in (desk.root / ".git" / "tkt").glob("index-*"):
        path.write_bytes(b"nonsense" * 1000)
    assert both_ways(desk) == found
