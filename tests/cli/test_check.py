"""`tkt check` on a desk in a repository of its own: the tree, a commit, and what is staged."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.desk import Desk


def rules(said: object) -> list[str]:
    """The rules that a check's JSON names."""
    assert isinstance(said, list)
    return [each["rule"] for each in said]


def staged(desk: Desk, code: int = 1) -> list[str]:
    """The rules that the next commit would break."""
    return rules(desk.tkt("check", "--staged", "--json", code=code).data)


def test_a_sound_desk(desk: Desk) -> None:
    desk.create()
    said = desk.tkt("check")
    assert (said.out, said.err) == ("", "1 ticket checked, nothing to complain of.\n")


def test_everything_at_once_with_its_place_and_the_way_out(desk: Desk) -> None:
    first, second = desk.create(), desk.create("Another")
    desk.tkt("assign", first, "ana@example.com")
    desk.edit(first, "status: assigned", "status: closed")
    desk.edit(first, "priority: P3", "priority: P9")
    desk.edit(second, "title:", "<<<<<<< HEAD\ntitle:")
    said = desk.tkt("check", code=1)
    paths = {each: str(desk.path(each).relative_to(desk.root)) for each in (first, second)}
    assert f"{paths[first]}:11: error: status is closed, but its thread says assigned [state]" in said.lines
    assert any(
        line.startswith(f"{paths[first]}:15: error: priority 'P9' is not known") for line in said.lines
    )
    assert f"{paths[second]}:7: error: unresolved merge [marker]" in said.lines
    assert f"    tkt record {first} writes the entry; git restore takes the edit back." in said.out
    assert said.err == "2 tickets checked: 3 errors.\n"


def test_ids_and_paths_name_tickets(desk: Desk) -> None:
    first, second = desk.create(), desk.create("Another")
    desk.edit(second, "priority: P3", "priority: P9")
    assert desk.tkt("check", first).err.startswith("1 ticket checked")
    desk.tkt("check", str(desk.path(second)), code=1)
    assert desk.tkt("check", "tickets/2026-11", code=1).err.startswith("2 tickets checked")
    assert desk.tkt("check", ".tkt/project.yaml").err.startswith("0 tickets checked")
    assert "no ticket" in desk.tkt("check", "TKT-2j7k3q9", code=3).err


@pytest.mark.parametrize(
    "args",
    [("--staged", "--all"), ("--all", "TKT-2j7k3q9"), ("--fix", "--staged"), ("--rev", "HEAD", "--staged")],
)
def test_two_questions_at_once_are_refused(desk: Desk, args: tuple[str, ...]) -> None:
    desk.refused(2, "check", *args)


def test_warnings_fail_only_where_that_is_asked_for(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "status: new", "status: gone")
    assert desk.tkt("check").err == "1 ticket checked: 1 warning.\n"
    desk.tkt("check", "--strict", code=1)


def test_settings_with_mistakes_are_findings_too(desk: Desk) -> None:
    path = desk.root / ".tkt" / "project.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nnonsense: 1\n", encoding="utf-8")
    said = desk.tkt("check", code=1)
    assert "[settings]" in said.out
    assert "no ticket was checked" in said.err


def test_links_and_repositories_within_are_refused_by_what_they_are(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "-m", "Said.")
    (entry,) = desk.entries(ticket)
    kept = entry.read_bytes()
    entry.unlink()
    entry.symlink_to("/etc/passwd")
    (entry.parent / "files").mkdir()
    (entry.parent / "files" / ("0" * 32)).symlink_to("/etc/passwd")
    found = desk.tkt("check", "--json", code=1).data
    assert [each["path"] for each in found if each["rule"] == "mode"] == sorted(
        str(each.relative_to(desk.root)) for each in (entry, entry.parent / "files" / ("0" * 32))
    )
    desk.git("add", "-A")
    desk.git("commit", "--quiet", "-m", "Evil")
    entry.unlink()
    entry.write_bytes(kept)
    assert "mode" in rules(desk.tkt("check", "--rev", "HEAD", "--json", code=1).data)


def test_a_repository_in_the_tree_of_a_commit(desk: Desk) -> None:
    ticket = desk.create()
    head = desk.git("rev-parse", "HEAD")
    path = f"tickets/2026-11/{ticket}/files"
    desk.git("update-index", "--add", "--cacheinfo", f"160000,{head},{path}")
    assert "mode" in staged(desk)
    desk.git("commit", "--quiet", "-m", "Evil")
    assert "mode" in rules(desk.tkt("check", "--rev", "HEAD", "--json", code=1).data)


def test_names_that_differ_in_case_only(desk: Desk) -> None:
    ticket = desk.create()
    folder = desk.root / "tickets" / "2026-11" / ticket
    folder.mkdir(exist_ok=True)
    for name in ("Notes.txt", "notes.TXT", "NUL"):
        (folder / name).write_text("x", encoding="utf-8")
    found = [each for each in desk.tkt("check", "--json", code=1).data if each["rule"] == "name"]
    assert sorted(Path(each["path"]).name for each in found) == ["NUL", "notes.TXT"]


def test_at_another_commit(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "priority: P3", "priority: P9")
    desk.git("commit", "--quiet", "-am", "Evil")
    desk.git("checkout", "--quiet", "HEAD~", "--", "tickets")
    desk.tkt("check")
    assert rules(desk.tkt("check", "--rev", "HEAD", "--json", code=1).data) == ["schema"]
    desk.tkt("check", "--rev", "HEAD~", "--json")


def test_what_is_staged_is_judged_and_not_what_lies_in_the_working_tree(desk: Desk) -> None:
    ticket = desk.create()
    assert staged(desk, 0) == []
    desk.edit(ticket, "title: Login", "title: Big login")
    assert staged(desk, 0) == []
    desk.git("add", "-A")
    assert staged(desk) == ["state"]
    desk.git("checkout", "--quiet", "HEAD", "--", "tickets")
    desk.edit(ticket, "status: new", "status: reopened")
    desk.git("add", "-A")
    desk.git("show", f"HEAD:tickets/2026-11/{ticket}.md")
    desk.edit(ticket, "status: reopened", "status: new")
    found = desk.tkt("check", "--staged", "--json", code=1).data
    assert [(each["rule"], each["line"]) for each in found] == [("state", 11)]
    assert f"tkt record {ticket}" in found[0]["hint"]


def test_another_index_is_looked_at_where_git_names_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    other = desk.root / ".git" / "other-index"
    shutil.copy(desk.root / ".git" / "index", other)
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    desk.edit(ticket, "title: Login", "title: Big login")
    desk.git("add", "-A")
    assert staged(desk) == ["state"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert staged(desk, 0) == []


def test_lost_entries_and_tickets_are_held_against_a_commit(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "-m", "Said.")
    (entry,) = desk.entries(ticket)
    entry.write_bytes(entry.read_bytes() + b"And more.\n")
    desk.git("add", "-A")
    assert staged(desk) == ["entry-changed"]
    desk.git("rm", "--quiet", "--force", str(entry))
    assert staged(desk) == ["entry-removed"]
    desk.git("rm", "--quiet", "-r", "tickets")
    assert "ticket-removed" in staged(desk)


def test_a_step_that_an_entry_tells_of_is_judged_too(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "-m", "Said.", "--no-commit")
    (entry,) = desk.entries(ticket)
    text = entry.read_text(encoding="utf-8")
    entry.write_text(
        text.replace("clock: 1\n", "clock: 1\nchanges:\n  status: [new, reopened]\n"), encoding="utf-8"
    )
    desk.edit(ticket, "status: new", "status: reopened")
    desk.git("add", "-A")
    found = desk.tkt("check", "--staged", "--json", code=1).data
    assert [(each["rule"], each["path"]) for each in found] == [
        ("transition", str(entry.relative_to(desk.root)))
    ]


def test_new_settings_are_validated_and_the_old_ones_judge(desk: Desk) -> None:
    ticket = desk.create()
    workflow = desk.root / ".tkt" / "workflow.yaml"
    sound = workflow.read_text(encoding="utf-8")
    workflow.write_text(sound + "\nnonsense: 1\n", encoding="utf-8")
    desk.git("add", "-A")
    assert staged(desk) == ["settings"]
    workflow.write_text(
        sound.replace("- {from: new, to: [", "- {from: new, to: [reopened, "), encoding="utf-8"
    )
    assert workflow.read_text(encoding="utf-8") != sound
    desk.git("add", "-A")
    assert staged(desk, 0) == []
    desk.tkt("transition", ticket, "reopened", "--no-commit")
    assert staged(desk) == ["transition"]


def test_a_merge_is_held_against_both_sides(desk: Desk) -> None:
    ticket = desk.create()
    desk.git("checkout", "--quiet", "-b", "other")
    desk.tkt("comment", ticket, "-m", "There.")
    desk.tkt("label", ticket, "vip")
    desk.git("checkout", "--quiet", "main")
    desk.tkt("comment", ticket, "-m", "Here.")
    desk.git("merge", "--quiet", "--no-commit", "--no-ff", "other")
    assert staged(desk, 0) == []
    lost = [each for each in desk.entries(ticket) if "There." in each.read_text(encoding="utf-8")]
    desk.git("rm", "--quiet", "--force", str(lost[0]))
    assert staged(desk) == ["entry-removed"]


def test_a_merge_in_conflict_says_where(desk: Desk) -> None:
    ticket = desk.create()
    desk.git("checkout", "--quiet", "-b", "other")
    desk.tkt("set", ticket, "title=There")
    desk.git("checkout", "--quiet", "main")
    desk.tkt("set", ticket, "title=Here")
    (desk.root / ".gitattributes").write_text("", encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "No driver")
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=desk.root, capture_output=True, check=False)
    assert staged(desk) == ["marker"]
    assert "marker" in rules(desk.tkt("check", "--json", code=1).data)


def test_the_first_commit_of_a_desk(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create()
    shutil.copytree(desk.root, tmp_path / "again", ignore=shutil.ignore_patterns(".git"))
    again = Desk(tmp_path / "again")
    monkeypatch.chdir(again.root)
    again.git("init", "--quiet")
    again.git("add", "-A")
    assert staged(again, 0) == []
    again.tkt("check")


def test_an_import_may_be_committed_by_hand(desk: Desk) -> None:
    row = {
        "id": "bd-1", "title": "Old", "status": "closed", "priority": 1, "issue_type": "bug",
        "created_at": "2025-10-01T09:00:00Z", "updated_at": "2025-10-02T09:00:00Z",
        "closed_at": "2025-10-02T09:00:00Z",
    }  # fmt: skip
    (desk.root.parent / "old.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    desk.tkt("import", "beads", str(desk.root.parent / "old.jsonl"))
    desk.git("reset", "--quiet", "--soft", "HEAD~")
    assert staged(desk, 0) == []
    desk.tkt("check", "--strict")


def test_a_hand_edit_is_mended(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "title: Login", "title: Big login")
    path = desk.path(desk.create("Another"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    desk.git("commit", "--quiet", "-m", "Marks", "--", str(path))
    said = desk.tkt("check", "--fix")
    assert f"mended: {ticket}  title: Login page fails -> Big login page fails" in said.err
    assert f"mended: {path.stem}  edited the file" in said.err
    assert said.err.endswith("2 tickets checked, nothing to complain of.\n")
    assert desk.git("status", "--porcelain") == ""
    assert len(desk.subjects()) == 5
    assert not desk.tkt("check", "--fix").out


def test_what_cannot_be_mended_is_told_and_left_alone(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("assign", ticket, "ana@example.com")
    desk.edit(ticket, "status: assigned", "status: reopened")
    before = desk.state()
    said = desk.tkt("check", "--fix", code=1)
    assert desk.state() == before
    assert "not mended: " in said.err
    assert "cannot go from assigned to reopened" in said.err


def test_what_github_wants_shown_beside_a_job(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    desk.edit(ticket, "priority: P3", "priority: P9")
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    said = desk.tkt("check", "--format", "github", code=1)
    assert said.out.startswith(
        f"::error file=tickets/2026-11/{ticket}.md,line=15,title=tkt schema {ticket}::"
    )
    text = page.read_text(encoding="utf-8")
    assert text.startswith("### Tickets\n\n1 ticket checked: 1 error.\n\n| Level")


@pytest.mark.parametrize("form", ["json", "gitlab", "sarif"])
def test_machines_get_json_where_nothing_is_wrong(desk: Desk, form: str) -> None:
    desk.create()
    assert json.loads(desk.tkt("check", "--format", form).out) is not None
