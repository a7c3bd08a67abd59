"""What TAB offers in real shells: ids, the statuses allowed next, people, fields and values; never harm."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, run_tkt, type_tkt
from tests.cli.shells import Offers, PowerShell, Shell, fish, interactive, shell_environment

_PEOPLE = """agents:
  ana: {name: Ana Silva, email: ana@example.com}
  bob: {name: Bob Stone, email: bob@example.com}
teams:
  support: {members: [ana, bob]}
"""
_HOSTILE = "Evil $(touch canary) `touch canary` 'single' \"double\" %F{red} ; touch canary \\ a, b: c"

_LABELS = (
    "$(touch canary)", "`touch canary`", "a b'c\"d", "*", "~x", "-n", ";touch canary", "a\\b", "é:ü=ö", "!!",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for the shell's own files."""
    path = tmp_path / "shell"
    path.mkdir()
    return path


@pytest.fixture(params=["bash", "zsh", "fish", "powershell"])
def shell(request: pytest.FixtureRequest, desk: Desk, folder: Path) -> Iterator[Shell]:
    """Each shell, at the desk."""
    if request.param == "fish":
        yield fish(folder, desk.root)
    elif request.param == "powershell":
        yield PowerShell(desk.root, shell_environment(folder))
    else:
        started = interactive(request.param, folder, desk.root)
        started.start()
        yield started
        started.stop()


def _last(offers: Offers, start: str) -> set[str]:
    """The values offered; bash leaves out what stands before the last = or :, and shows `field=` as it is."""
    return {each.removeprefix(start) for each in offers}


def test_ids_with_their_titles(desk: Desk, shell: Shell) -> None:
    first = desk.create("Login page fails, again")
    second = desk.create("Printer on fire")
    closed = desk.create("Long gone")
    desk.tkt("transition", closed, "closed")
    offers = shell.offers("tkt show TKT-")
    assert set(offers) == {first, second}
    if shell.shows_meanings:
        assert offers == {first: "Login page fails, again", second: "Printer on fire"}


def test_the_beginning_of_an_id_is_completed_in_any_case_and_without_the_key(
    desk: Desk, shell: Shell
) -> None:
    only = desk.create()
    bare = only.removeprefix("TKT-")
    assert shell.completed("tkt show TK").rstrip() == f"tkt show {only}"
    assert shell.completed(f"tkt show {bare[:4]}").rstrip() == f"tkt show {bare}"
    assert set(shell.offers(f"tkt log {only[:6].lower()}")) == {only}


def test_the_statuses_allowed_next(desk: Desk, shell: Shell) -> None:
    ticket = desk.create()
    assert set(shell.offers("tkt transition ")) == {ticket}
    offers = shell.offers(f"tkt transition {ticket} ")
    assert set(offers) == {"assigned", "in-progress", "waiting", "resolved", "closed"}
    if shell.shows_meanings:
        assert offers["resolved"] == "done"
    desk.tkt("transition", ticket, "closed")
    assert set(shell.offers(f"tkt transition {ticket} ")) == {"reopened"}
    assert shell.completed(f"tkt move {ticket} re").rstrip() == f"tkt move {ticket} reopened"
    assert set(shell.offers(f"tkt transition {ticket} --resolution w")) == {"wont-fix", "withdrawn"}


def test_people_and_teams(desk: Desk, shell: Shell) -> None:
    (desk.root / ".tkt" / "people.yaml").write_text(_PEOPLE, encoding="utf-8")
    ticket = desk.create()
    offers = shell.offers(f"tkt assign {ticket} ")
    assert set(offers) == {"me", "ana", "bob", "support"}
    if shell.shows_meanings:
        assert offers["bob"] == "Bob Stone <bob@example.com>"
        assert offers["support"] == "team"
    assert shell.completed(f"tkt assign {ticket} an").rstrip() == f"tkt assign {ticket} ana"


def test_fields_and_values_to_set(desk: Desk, shell: Shell) -> None:
    ticket = desk.create()
    fields = set(shell.offers(f"tkt set {ticket} "))
    assert {"priority=", "queue=", "labels=", "assignee="} <= fields
    assert not {"status=", "links=", "id="} & fields
    start = f"tkt set {ticket} priority="
    assert _last(shell.offers(start), "priority=") == {"P1", "P2", "P3", "P4", "P5"}
    assert shell.completed(f"tkt set {ticket} prio") == start
    assert shell.completed(f"tkt set {ticket} queue=de").rstrip() == f"tkt set {ticket} queue=development"


def test_what_a_list_is_asked_for(desk: Desk, shell: Shell) -> None:
    desk.create("One", "--label", "vip")
    assert _last(shell.offers("tkt list is:over"), "is:") == {"overdue"}
    assert _last(shell.offers("tkt list priority:"), "priority:") == {"P1", "P2", "P3", "P4", "P5"}
    assert shell.completed("tkt list lab") == "tkt list labels:"
    assert shell.completed("tkt list labels:v").rstrip() == "tkt list labels:vip"
    assert shell.completed("tkt list --status=as").rstrip() == "tkt list --status=assigned"
    assert set(shell.offers("tkt list --status re")) == {"resolved", "reopened"}


def test_types_labels_and_relations(desk: Desk, shell: Shell) -> None:
    ticket = desk.create("One", "--label", "vip", "--label", "mobile")
    assert set(shell.offers("tkt create --type ")) == {
        "incident", "request", "problem", "change", "bug", "feature", "task", "epic",
    }  # fmt: skip
    assert set(shell.offers(f"tkt label {ticket} ")) == {"vip", "mobile"}
    assert set(shell.offers(f"tkt label {ticket} --remove m")) == {"mobile"}
    assert "blocked-by" in shell.offers(f"tkt link {ticket} ")
    assert set(shell.offers("tkt create --impact ")) == {"high", "medium", "low"}
    urgency = shell.offers("tkt create --field urgency=")
    assert _last(urgency, "urgency=") == {"high", "medium", "low"}


@pytest.mark.parametrize("command", ["list", "show", "search", "board", "export"])
def test_the_commit_to_look_at(desk: Desk, folder: Path, command: str) -> None:
    desk.git("tag", "v1")
    assert "v1" in fish(folder, desk.root).offers(f"tkt {command} --rev ")


def test_names_of_commits(desk: Desk, shell: Shell) -> None:
    desk.create("Before")
    desk.git("tag", "-a", "-m", "The first one", "v1.0")
    ids = desk.git("log", "--format=%h").split()
    offers = shell.offers("tkt list --rev ")
    assert set(offers) == {"main", "v1.0", *ids}
    if shell.shows_meanings:
        assert offers["v1.0"] == "The first one"
        assert offers[ids[0]] == desk.subjects()[0]
    assert shell.completed("tkt board --rev=v").rstrip() == "tkt board --rev=v1.0"
    assert shell.completed("tkt diff v1").rstrip() == "tkt diff v1.0"
    assert shell.completed("tkt diff v1.0..ma").rstrip() == "tkt diff v1.0..main"
    assert shell.completed("tkt diff v1.0...ma").rstrip() == "tkt diff v1.0...main"


def test_a_branch_is_one_word_whatever_it_is_called(desk: Desk, shell: Shell) -> None:
    name = "side/$(touch${IFS}canary)'\"`touch${IFS}canary`"
    desk.git("branch", name)
    start = "tkt list --rev "
    typed = shell.completed(f"{start}si").removeprefix(start).rstrip()
    assert _read(shell, typed, desk.root) == name
    assert not (desk.root / "canary").exists()


def test_commands_and_options(desk: Desk, shell: Shell) -> None:
    assert shell.completed("tkt transi").rstrip() == "tkt transition"
    assert set(shell.offers("tkt completion ")) == {"bash", "zsh", "fish", "powershell"}
    assert set(shell.offers("tkt list --col")) == {"--color", "--columns"}
    if shell.shows_meanings:  # to the end
        told = "Make one case of several: the others end and point to the SURVIVOR, which shows all threads."
        assert shell.offers("tkt me")["merge"] == told
    assert desk.root.exists()


def test_an_unknown_command_says_nothing(desk: Desk, shell: Shell) -> None:
    desk.create()
    assert not any(each.startswith("TKT-") for each in shell.offers("tkt nosuch "))


def test_nothing_and_no_noise_where_there_is_no_desk(desk: Desk, shell: Shell) -> None:
    desk.create()
    shutil.rmtree(desk.root / ".tkt")
    assert shell.offers("tkt show ") == {}
    assert shell.offers("tkt set TKT-2j ") == {}


def test_nothing_and_no_noise_where_the_desk_is_broken(desk: Desk, shell: Shell) -> None:
    desk.create()
    (desk.root / ".tkt" / "project.yaml").write_text("key: [", encoding="utf-8")
    assert shell.offers("tkt show ") == {}
    assert shell.offers("tkt create --type ") == {}


def test_a_damaged_ticket_is_left_out(desk: Desk, shell: Shell) -> None:
    good, bad = desk.create("Good"), desk.create("Bad")
    desk.path(bad).write_bytes(b"---\ntitle: [\n")
    assert set(shell.offers("tkt show ")) == {good}
    assert shell.offers(f"tkt transition {bad} ") == {}


def test_a_title_is_shown_and_never_run(desk: Desk, shell: Shell) -> None:
    ticket = desk.create("Good")
    desk.edit(ticket, "title: Good", f"title: {_quoted(_HOSTILE)}")
    offers = shell.offers("tkt show ")
    assert set(offers) == {ticket}
    if shell.shows_meanings:
        assert offers[ticket] == _HOSTILE
    assert shell.completed("tkt show TK").rstrip() == f"tkt show {ticket}"
    assert not (desk.root / "canary").exists()


def test_what_steers_a_terminal_is_shown_as_an_escape(desk: Desk, shell: Shell) -> None:
    ticket, other = desk.create("Good"), desk.create("Other")
    desk.edit(ticket, "title: Good", r'title: "Red \x1b[31m bell \a and\ntwo\tlines \u202e"')
    offers = shell.offers("tkt show ")
    assert set(offers) == {ticket, other}
    if shell.shows_meanings:
        assert offers[ticket] == r"Red \x1b[31m bell \x07 and\ntwo lines \u202e"


def test_a_label_is_one_word_whatever_it_holds(desk: Desk, shell: Shell) -> None:
    ticket, other = desk.create("One"), desk.create("Two")
    before = desk.path(other).read_text(encoding="utf-8")
    for label in _LABELS:
        text = before.replace("labels:", f"labels:\n- {_quoted(label)}")
        desk.path(other).write_text(text, encoding="utf-8")
        start = f"tkt label {ticket} "
        typed = shell.completed(start).removeprefix(start).rstrip()
        assert _read(shell, typed, desk.root) == label
    assert not (desk.root / "canary").exists()


def _read(shell: Shell, typed: str, folder: Path) -> str:
    """What the shell itself makes of a word on its command line."""
    if isinstance(shell, PowerShell):
        return typed[1:-1].replace("''", "'") if typed.startswith("'") else typed
    told = [shell.program, "-c", f"printf '<%s>' {typed}"]
    return subprocess.run(told, cwd=folder, capture_output=True, check=True).stdout.decode()[1:-1]


def test_what_cannot_be_seen_is_not_offered(desk: Desk, shell: Shell) -> None:
    ticket, other = desk.create("One"), desk.create("Two", "--label", "vip")
    before = desk.path(other).read_text(encoding="utf-8")
    for label in (r"a\nfile", r"x\x1b[2J", r"\u202etxt"):
        text = before.replace("- vip", f'- vip\n- "{label}"')
        desk.path(other).write_text(text, encoding="utf-8")
        assert set(shell.offers(f"tkt label {ticket} ")) == {"vip"}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def test_files_are_left_to_the_shell(desk: Desk, folder: Path) -> None:
    (desk.root / "export.jsonl").write_text("", encoding="utf-8")
    for name in ("bash", "zsh"):
        started = interactive(name, folder, desk.root)
        started.start()
        assert started.completed("tkt import beads exp").rstrip() == "tkt import beads export.jsonl"
        assert started.completed("tkt comment x -F exp").rstrip() == "tkt comment x -F export.jsonl"
        started.stop()


def test_files_are_left_to_fish(desk: Desk, folder: Path) -> None:
    (desk.root / "export.jsonl").write_text("", encoding="utf-8")
    assert set(fish(folder, desk.root).offers("tkt import beads exp")) == {"export.jsonl"}


def test_a_bare_repository_can_be_asked(desk: Desk, tmp_path: Path, folder: Path) -> None:
    ticket = desk.create()
    desk.git("clone", "--quiet", "--bare", str(desk.root), str(tmp_path / "bare"))
    asked = PowerShell(tmp_path / "bare", shell_environment(folder))
    assert set(asked.offers("tkt show TK")) == {ticket}


@pytest.mark.parametrize("asked", ["nosuch_complete", "bash_nosuch", "powershell_", "bash_complete"])
def test_asking_in_a_wrong_way_ends_quietly(desk: Desk, asked: str) -> None:
    done = run_tkt(cwd=desk.root, env={"_TKT_COMPLETE": asked})
    assert b"Traceback" not in done.stderr
    assert b"a bug in tkt" not in done.stderr


@pytest.mark.skipif(not shutil.which("pwsh"), reason="PowerShell is not installed")
def test_powershell_itself(desk: Desk, folder: Path) -> None:
    ticket = desk.create()
    script = folder / "script.ps1"
    script.write_text(type_tkt("completion", "powershell").out, encoding="utf-8")
    told = f". {script}; (TabExpansion2 'tkt show TK' 11).CompletionMatches.CompletionText"
    done = subprocess.run(
        ["pwsh", "-NoProfile", "-Command", told],
        cwd=desk.root,
        env={**os.environ, **shell_environment(folder)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.split() == [ticket]
