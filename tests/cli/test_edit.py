"""A whole ticket in the editor: what is refused, and that no text is ever lost."""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk, script, terminal

Edit = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """Makes the editor run these commands on the file $1."""

    def use(commands: str) -> None:
        monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", commands))

    return use


@pytest.fixture
def ticket(desk: Desk) -> str:
    return desk.create("Login fails", "-q", "support", "-m", "Since this morning.")


def kept(complaint: str) -> str:
    """The text that a complaint says it kept."""
    match = re.search(r"Your text is kept in (\S+)", complaint)
    assert match, complaint
    return Path(match[1]).read_text(encoding="utf-8")


def test_a_field_changed_in_the_editor_is_a_change_like_any(desk: Desk, ticket: str, editor: Edit) -> None:
    editor('sed -i "s/^queue: .*/queue: operations/" "$1"')
    assert desk.tkt("edit", ticket).out == f"{ticket}  queue: support -> operations\n"
    assert desk.subjects()[0] == f"{ticket}: queue: support -> operations"
    assert desk.git("show", "--numstat", "--format=").splitlines()[0].startswith("1\t1\t")
    assert desk.show(ticket)["thread"][0]["changes"][0]["new"] == "operations"


def test_a_changed_description_is_noted(desk: Desk, ticket: str, editor: Edit) -> None:
    editor('echo "And this evening." >> "$1"')
    assert desk.tkt("edit", ticket, "-m", "More.").out == f"{ticket}  edited the description\n"
    assert desk.show(ticket)["body"] == "Since this morning.\nAnd this evening.\n"


@pytest.mark.parametrize("line", ["queue: support", "labels:\\n- vip"])
def test_a_line_taken_out_unsets_its_field(desk: Desk, editor: Edit, line: str) -> None:
    ticket = desk.create("Login fails", "-q", "support", "-l", "vip")
    editor(f"perl -0pi -e 's/{line}\\n//' \"$1\"")
    name = line.partition(":")[0]
    assert desk.tkt("edit", ticket).out.startswith(f"{ticket}  {name}: ")
    shown = desk.show(ticket)
    assert not shown.get(name)
    assert [each["field"] for each in shown["thread"][0]["changes"]] == [name]


def test_a_required_field_cannot_be_taken_out(desk: Desk, editor: Edit) -> None:
    desk.settings("project", "fields: {}", "fields: {version: {type: text, required_for: [task]}}")
    ticket = desk.create("Login fails", "--field", "version=2")
    editor('sed -i "/^version:/d" "$1"')
    assert "a task needs version" in desk.tkt("edit", ticket, code=2).err


def test_a_comment_in_the_file_is_no_change_of_the_ticket(desk: Desk, ticket: str, editor: Edit) -> None:
    editor('sed -i "2i # Call first." "$1"')
    assert desk.tkt("edit", ticket).out == f"{ticket}  edited the file\n"
    assert desk.subjects()[0] == f"{ticket}: edit the file"
    assert desk.show(ticket)["thread"] == []


def test_leaving_it_as_it_is_changes_nothing(desk: Desk, ticket: str, editor: Edit) -> None:
    editor("true")
    before = desk.state()
    assert desk.tkt("edit", ticket).out == f"{ticket}  nothing was changed\n"
    assert desk.state() == before


@pytest.mark.parametrize(
    ("command", "commands"),
    [
        (["edit"], "true"),
        (["edit"], 'echo More. >> "$1"'),
        (["comment"], 'echo More. >> "$1"'),
        (["comment", "-e", "-m", "x"], "true"),
    ],
)
def test_nothing_of_the_editors_is_left(
    desk: Desk, ticket: str, editor: Edit, command: list[str], commands: str
) -> None:
    editor(f'cp "$1" "$1~"; cp "$1" "$(dirname "$1")/.$(basename "$1").swp"; {commands}')
    desk.tkt(command[0], ticket, *command[1:])
    assert os.listdir(tempfile.gettempdir()) == []


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("s/^queue: .*/queue: [/", 1, "a bracket begins here that is not closed"),
        ("s/^queue: .*/queue: suport/", 2, "did you mean 'support'?"),
        ("s/^status: .*/status: nwe/", 2, "did you mean 'new'?"),
        ("s/^status: .*/status: reopened/", 4, "cannot go from new to reopened"),
        ("s/^type: .*/type: bgu/", 2, "did you mean 'bug'?"),
        ("s/^id: .*/id: TKT-2j00000/", 1, "does not match the file's name"),
        ("s/^created: .*/created: 2020-01-01T00:00:00Z/", 2, "Put it back: created: 2026-11-22T09:00:00Z"),
        ("s/^title: .*/title:/", 1, "a ticket needs a title"),
        ('s/^title: .*/title: "a\\\\u202eb"/', 2, "cannot be seen"),
        ("s/^parent:/parent: TKT-2jzzzzz/", 3, "no ticket TKT-2jzzzzz"),
        ("s/^assignee:/assignee: nobody/", 3, "nobody is called 'nobody'"),
        ("s/^assignee:/assignee: ana/", 2, "Write assignee: ana@example.com"),
        ("s/^links:/links:\\n- blocks TKT-2jzzzzz/", 3, "no ticket TKT-2jzzzzz"),
        ("s/^links:/links:\\n- blok TKT-2jzzzzz/", 2, "did you mean 'blocks'?"),
        ("1,3d", 1, "no front matter"),
        ("1,$d", 1, "no front matter"),
        ("s/Since/\\x1b[2JSince/", 2, "control character: U+001B"),
        ("s/^queue: .*/queue: !!python\\/name:os.system x/", 1, "tags"),
    ],
)
def test_a_mistake_keeps_the_text_where_nobody_can_be_asked(
    desk: Desk, ticket: str, editor: Edit, change: str, code: int, said: str
) -> None:
    editor(f"sed -i '{change}' \"$1\"")
    complaint = desk.refused(code, "edit", ticket)
    assert said in complaint
    text = kept(complaint)
    assert text != desk.path(ticket).read_text(encoding="utf-8")
    assert change == "1,$d" or "Since" in text


def test_a_ticket_cannot_be_made_its_own_ancestor(desk: Desk, ticket: str, editor: Edit) -> None:
    below = desk.create("Below", "--parent", ticket)
    editor(f'sed -i "s/^parent:/parent: {below}/" "$1"')
    assert "its own ancestor" in desk.refused(2, "edit", ticket)


def test_an_unknown_key_is_kept_and_remarked_on(desk: Desk, ticket: str, editor: Edit) -> None:
    editor('sed -i "s/^title:/prioriti: P1\\ntitle:/" "$1"')
    assert "did you mean 'priority'?" in desk.tkt("edit", ticket).err
    assert desk.show(ticket)["prioriti"] == "P1"


def test_a_priority_against_the_matrix_is_remarked_on(desk: Desk, editor: Edit) -> None:
    ticket = desk.create("Crash", "-t", "bug")
    editor('sed -i "s/^priority: .*/priority: P1/" "$1"')
    assert "the matrix gives P3" in desk.tkt("edit", ticket).err


def test_what_somebody_else_changed_meanwhile_is_not_taken_back(
    desk: Desk, ticket: str, tmp_path: Path, editor: Edit
) -> None:
    (tmp_path / "meanwhile").write_bytes(
        desk.path(ticket).read_bytes().replace(b"priority: P3", b"priority: P2")
    )
    editor(f'echo "My hour of work." >> "$1"; cp {tmp_path}/meanwhile {desk.path(ticket)}')
    said = desk.tkt("edit", ticket, code=7)
    assert "has changed while you edited it" in said.err
    assert "My hour of work." in kept(said.err)
    assert "priority: P2" in desk.path(ticket).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("commands", "said"),
    [("exit 3", "Editing failed"), ('rm "$1"', "the editor removed the file")],
)
def test_an_editor_that_fails_changes_nothing(
    desk: Desk, ticket: str, editor: Edit, commands: str, said: str
) -> None:
    editor(commands)
    complaint = desk.refused(2, "edit", ticket)
    assert said in complaint
    assert "Nothing was changed." in complaint
    assert os.listdir(tempfile.gettempdir()) == []


def test_what_an_editor_saved_before_it_failed_is_kept(desk: Desk, ticket: str, editor: Edit) -> None:
    editor('echo "An hour of work." >> "$1"; exit 3')
    for command in ("edit", "comment"):
        complaint = desk.refused(2, command, ticket)
        assert "Editing failed" in complaint
        assert kept(complaint).endswith("An hour of work.\n")


def test_an_editor_that_is_not_there_is_named(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "/nowhere/editor")
    assert "/nowhere/editor" in desk.refused(2, "edit", ticket)


def test_bytes_that_are_no_text_are_kept(desk: Desk, ticket: str, editor: Edit) -> None:
    editor("printf 'Gr\\374\\337e' >> \"$1\"")
    complaint = desk.refused(2, "edit", ticket)
    path = complaint.rstrip().rpartition(" ")[2]
    assert Path(path).read_bytes().endswith(b"Gr\xfc\xdfe")


@pytest.mark.parametrize("odd", [b"\xef\xbb\xbf", b""])
def test_byte_order_marks_and_crlf_survive(desk: Desk, ticket: str, editor: Edit, odd: bytes) -> None:
    path = desk.path(ticket)
    path.write_bytes(odd + path.read_bytes().replace(b"\n", b"\r\n"))
    desk.git("commit", "--quiet", "--allow-empty", "-am", "Odd")
    editor('sed -i "s/^queue: .*/queue: operations\\r/" "$1"')
    assert desk.tkt("edit", ticket).out == f"{ticket}  queue: support -> operations\n"
    assert path.read_bytes().startswith(odd + b"---\r\n")
    assert b"\r\nqueue: operations\r\n" in path.read_bytes()


def test_a_damaged_file_is_not_opened(desk: Desk, ticket: str, editor: Edit) -> None:
    editor("echo opened >&2; exit 1")
    desk.path(ticket).write_text("nothing of the kind\n", encoding="utf-8")
    assert "no front matter" in desk.refused(1, "edit", ticket)


def test_the_whole_file_may_come_from_elsewhere(desk: Desk, ticket: str) -> None:
    text = desk.path(ticket).read_text(encoding="utf-8").replace("queue: support", "queue: operations")
    assert desk.tkt("edit", ticket, "-F", "-", stdin=text).out == f"{ticket}  queue: support -> operations\n"


def test_on_a_terminal_a_mistake_opens_the_editor_again_with_the_text(
    desk: Desk, ticket: str, editor: Edit, tmp_path: Path
) -> None:
    editor(f"""
case "$(cat "$1")" in
"#!"*) cp "$1" {tmp_path}/second; sed -i 's/^queue: .*/queue: operations/' "$1" ;;
*) sed -i 's/^queue: .*/queue: suport/; s/^Since.*/An hour of work./' "$1" ;;
esac""")
    with terminal("edit", ticket, cwd=desk.root) as screen:
        screen.answer("Edit again? [Y/n]", "\n")
        code, shown = screen.finish()
    assert code == 0, shown
    second = (tmp_path / "second").read_text(encoding="utf-8")
    assert second.startswith("#! ")
    assert "did you mean 'support'?" in second
    assert "An hour of work." in second
    assert desk.show(ticket)["body"] == "An hour of work.\n"
    assert desk.show(ticket)["queue"] == "operations"


@pytest.mark.parametrize("reply", ["n\n", "\x04"])
def test_whoever_gives_up_keeps_the_text(desk: Desk, ticket: str, editor: Edit, reply: str) -> None:
    editor("sed -i 's/^queue: .*/queue: suport/; s/^Since.*/An hour of work./' \"$1\"")
    with terminal("edit", ticket, cwd=desk.root) as screen:
        screen.answer("Edit again? [Y/n]", reply)
        code, shown = screen.finish()
    assert code == 2
    assert "An hour of work." in kept(shown)
    assert desk.show(ticket)["queue"] == "support"


def test_an_editor_that_fails_the_second_time_keeps_the_first_text(
    desk: Desk, ticket: str, editor: Edit
) -> None:
    editor("""
case "$(cat "$1")" in
"#!"*) exit 1 ;;
*) sed -i 's/^queue: .*/queue: suport/; s/^Since.*/An hour of work./' "$1" ;;
esac""")
    with terminal("edit", ticket, cwd=desk.root) as screen:
        screen.answer("Edit again? [Y/n]", "y\n")
        code, shown = screen.finish()
    assert code == 2
    assert "An hour of work." in kept(shown)


def test_an_editor_that_saves_and_fails_the_second_time_keeps_the_second_text(
    desk: Desk, ticket: str, editor: Edit
) -> None:
    editor("""
case "$(cat "$1")" in
"#!"*) echo "Another hour." >> "$1"; exit 1 ;;
*) sed -i 's/^queue: .*/queue: suport/; s/^Since.*/An hour of work./' "$1" ;;
esac""")
    with terminal("edit", ticket, cwd=desk.root) as screen:
        screen.answer("Edit again? [Y/n]", "y\n")
        code, shown = screen.finish()
    assert code == 2
    assert shown.count("Your text is kept in") == 1
    assert kept(shown).endswith("An hour of work.\nAnother hour.\n")
