"""Starting a desk: in a new folder, in a repository with code, again, and where it cannot be."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Desk, git, type_tkt
from tkt.usecases.setup import ATTRIBUTE_LINES

SETTINGS = {
    ".tkt/project.yaml",
    ".tkt/workflow.yaml",
    ".tkt/people.yaml",
    ".tkt/sla.yaml",
    ".gitattributes",
}


def repository_with_code(folder: Path) -> Path:
    git("init", "--quiet", cwd=folder)
    (folder / "code.py").write_text("print(1)\n", encoding="utf-8")
    git("add", "code.py", cwd=folder)
    git("commit", "--quiet", "-m", "Code", cwd=folder)
    return folder


def tracked(folder: Path) -> set[str]:
    return set(git("ls-files", cwd=folder).splitlines())


def test_a_new_folder_becomes_a_repository_with_one_commit(empty: Path) -> None:
    said = type_tkt("init", "desk")
    assert said.code == 0
    assert tracked(empty / "desk") == SETTINGS
    assert git("log", "--format=%s", cwd=empty / "desk") == "Start a ticket desk"
    assert git("status", "--porcelain", cwd=empty / "desk") == ""
    assert all(f"wrote {path}" in said.out for path in SETTINGS)
    assert "Every change will be a commit of its own" in said.out


def test_what_to_type_next_works_as_it_stands(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = type_tkt("init", "my desk")
    folder, create, listing = [line.strip() for line in said.out.split("Next:\n")[1].splitlines()]
    assert folder == "cd 'my desk'"
    monkeypatch.chdir(empty / "my desk")
    assert create == 'tkt create "Login page fails after a password reset" --type bug'
    assert type_tkt("create", "Login page fails after a password reset", "--type", "bug").code == 0
    assert listing == "tkt list"
    assert "Login page" in type_tkt("list").out


def test_an_empty_name_is_no_folder(empty: Path) -> None:
    for options in ([], ["--demo"]):
        said = type_tkt("init", "", *options)
        assert (said.code, said.err.splitlines()[0]) == (2, "tkt: the name of the folder is empty")
    assert not list(empty.iterdir())


def test_in_the_current_folder_nobody_is_told_to_change_it(empty: Path) -> None:
    assert "cd " not in type_tkt("init").out
    assert tracked(empty) == SETTINGS


def test_in_a_repository_with_code_changes_are_staged(empty: Path) -> None:
    repository_with_code(empty)
    (empty / "code.py").write_text("print(2)\n", encoding="utf-8")
    said = type_tkt("init")
    assert "written and staged" in said.out
    assert 'git commit -m "Start a ticket desk"' in said.out
    assert git("log", "--format=%s", cwd=empty) == "Code"
    staged = git("diff", "--cached", "--name-only", cwd=empty).splitlines()
    assert set(staged) == SETTINGS
    assert git("diff", "--name-only", cwd=empty) == "code.py"


@pytest.mark.parametrize("policy", ["auto", "stage", "amend", "off"])
def test_the_commit_policy_may_be_chosen(empty: Path, policy: str) -> None:
    assert type_tkt("init", "--commit", policy).code == 0
    assert f"commit: {policy}" in (empty / ".tkt" / "project.yaml").read_text(encoding="utf-8")
    assert type_tkt("config", "check").code == 0


def test_a_second_time_changes_nothing(desk: Desk) -> None:
    before = desk.state()
    assert "nothing was changed" in desk.tkt("init").out
    assert desk.state() == before


def test_only_what_is_missing_is_written_again(desk: Desk) -> None:
    (desk.root / ".tkt" / "workflow.yaml").unlink()
    desk.git("commit", "--quiet", "-am", "Lose the workflow")
    said = desk.tkt("init")
    assert [line for line in said.lines if "wrote" in line] == ["  wrote .tkt/workflow.yaml"]


@pytest.mark.parametrize("attributes", ["*.png binary\n", "*.png binary", "# nothing\r\n", ""])
def test_attributes_that_are_there_stay(empty: Path, attributes: str) -> None:
    repository_with_code(empty)
    (empty / ".gitattributes").write_bytes(attributes.encode())
    git("add", ".", cwd=empty)
    git("commit", "--quiet", "--allow-empty", "-m", "Attributes", cwd=empty)
    assert type_tkt("init").code == 0
    written = (empty / ".gitattributes").read_bytes().decode()
    assert written.startswith(attributes)
    assert tuple(written.splitlines()[-2:]) == ATTRIBUTE_LINES


def test_attributes_with_edits_are_not_touched(empty: Path) -> None:
    repository_with_code(empty)
    (empty / ".gitattributes").write_text("*.png binary\n", encoding="utf-8")
    git("add", ".", cwd=empty)
    git("commit", "--quiet", "-m", "Attributes", cwd=empty)
    (empty / ".gitattributes").write_text("*.gif binary\n", encoding="utf-8")
    said = type_tkt("init")
    assert said.code == 7
    assert ".gitattributes has edits" in said.err
    assert (empty / ".gitattributes").read_text(encoding="utf-8") == "*.gif binary\n"
    assert not (empty / ".tkt").exists()


def test_below_the_top_of_a_repository_the_desk_is_at_the_top(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository_with_code(empty)
    (empty / "src").mkdir()
    monkeypatch.chdir(empty / "src")
    said = type_tkt("init")
    assert (empty / ".tkt" / "project.yaml").exists()
    assert f"A ticket desk is in {empty}" in said.out
    assert type_tkt("create", "From below").code == 0


@pytest.mark.parametrize("key", ["abc", "A", "A B", "1AB", "ABCDEFGHIJK", "", "../X", "Ä1", "TK\n"])
def test_an_odd_key_is_refused_before_anything_is_made(empty: Path, key: str) -> None:
    said = type_tkt("init", "desk", "--key", key)
    assert said.code == 2
    assert "is not a project key" in said.err
    assert "2 to 10 capital letters" in said.err
    assert not (empty / "desk").exists()


@pytest.mark.usefixtures("empty")
def test_the_key_names_the_tickets() -> None:
    assert type_tkt("init", "--key", "HELP2").code == 0
    made = json.loads(type_tkt("create", "A question", "--json").out)
    assert made["id"].startswith("HELP2-2j")


def test_nobody_known_is_refused_before_anything_is_made(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    said = type_tkt("init", "desk")
    assert said.code == 2
    assert "does not know who you are" in said.err
    assert "git config --global user.email" in said.err
    assert not (empty / "desk").exists()
    monkeypatch.setenv("TKT_ACTOR", "Bob <bob@example.com>")
    assert type_tkt("init", "desk").code == 0
    assert git("log", "--format=%an <%ae>", cwd=empty / "desk") == "Bob <bob@example.com>"
    assert "bob@example.com" in (empty / "desk/.tkt/people.yaml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("empty")
def test_whoever_stages_need_not_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert type_tkt("init", "--commit", "off").code == 0
    assert type_tkt("config", "check").code == 0


def test_a_bare_repository_gets_no_desk(empty: Path) -> None:
    git("init", "--quiet", "--bare", cwd=empty)
    said = type_tkt("init")
    assert said.code == 1
    assert "bare" in said.err
    assert not (empty / ".tkt").exists()


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_file_in_the_way_is_one_clear_line(empty: Path, place: str) -> None:
    (empty / "taken").write_text("", encoding="utf-8")
    said = type_tkt("init", place)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "taken" in said.err


def test_an_existing_desk_does_not_get_another_folder(desk: Desk) -> None:
    desk.tkt("init", "below")
    assert not (desk.root / "below").exists()


def test_a_name_with_quotes_and_accents_makes_sound_settings(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TKT_ACTOR", 'Zoë "Z" O\'Neil \\ <z.o+n@example.com>')
    assert type_tkt("init").code == 0
    assert type_tkt("config", "check").code == 0
    assert 'Zoë \\"Z\\" O\'Neil \\\\' in (empty / ".tkt" / "people.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "address",
    [
        "x@example.com",
        "-@example.com",
        "no@example.com",
        "1e5@example.com",
        "null@example.com",
        "Ü@example.com",
    ],
)
@pytest.mark.usefixtures("empty")
def test_any_address_makes_a_handle(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TKT_ACTOR", f"Somebody <{address}>")
    assert type_tkt("init").code == 0
    said = type_tkt("config", "check")
    assert said.code == 0, said


def test_a_leaner_workflow_for_who_wants_it(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert type_tkt("init", "--workflow", "lean").code == 0
    assert type_tkt("config", "check").out == "The settings are sound.\n"
    assert '"done"' in type_tkt("config", "show", "policy.fixes").out
    lean = Desk(empty)
    one, other = lean.create("One"), lean.create("Other")
    assert "needs assignee" in lean.refused(4, "transition", one, "doing")
    lean.tkt("assign", one, "me")
    lean.tkt("transition", one, "doing")
    lean.tkt("transition", one, "review")
    assert "something must be said" in lean.refused(4, "transition", one, "doing")
    lean.tkt("label", one, "blocked")
    assert "only when: -label:blocked" in lean.refused(4, "transition", one, "done")
    lean.tkt("label", one, "--remove", "blocked")
    assert "resolution: none -> done" in lean.tkt("transition", one, "done").out
    assert "needs resolution" in lean.refused(4, "transition", other, "done", "-m", "No.")
    lean.tkt("transition", other, "done", "-m", "No.", "--resolution", "wont-fix")
    monkeypatch.setenv("TKT_ACTOR", "stranger@example.org")
    assert "only the requester, lead or admin" in lean.refused(
        4, "transition", one, "todo", "-m", "It is not."
    )
