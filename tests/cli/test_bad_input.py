"""The nastiest inputs (reliability.md, section 7): one clear line, the right code, nothing written.

The numbers are those of the section. 1 and 2 are in test_ids.py, 6 in test_converse.py, 35 also in
test_templates.py.
"""

import os
import time
import unicodedata
from pathlib import Path

import pytest

from tests.cli.desk import Desk

HEAD = """\
id: {id}
created: 2026-11-22T09:00:00Z
created_by: ana@example.com
title: A title
type: task
status: new
"""


@pytest.fixture
def ticket(desk: Desk) -> str:
    return desk.create("Login fails", "-m", "Since this morning.")


def spoil(desk: Desk, ticket: str, data: bytes) -> str:
    """Replace a ticket's file by something else; its path in the store."""
    desk.path(ticket).write_bytes(data)
    return str(desk.path(ticket).relative_to(desk.root))


def front_matter(ticket: str, more: str = "") -> bytes:
    """A small sound file, and what makes it odd."""
    return f"---\n{HEAD.format(id=ticket)}{more}---\n\nThe body.\n".encode()


def refused_everywhere(desk: Desk, ticket: str, path: str) -> str:
    """See that a damaged ticket is refused by every command and stops none; what they complain of."""
    complaint = desk.refused(1, "show", ticket)
    assert complaint.startswith(f"{path}:"), complaint
    assert complaint.count("\n") == 1
    for command in (
        ["set", ticket, "queue=support"],
        ["comment", ticket, "x"],
        ["edit", ticket],
        ["log", ticket],
    ):
        assert desk.refused(1, *command).startswith(f"{path}:")
    for reading in (["list", "--all"], ["search", "morning"], ["status"]):
        said = desk.tkt(*reading, code=None)
        assert f"warning: {complaint.splitlines()[0]}" in said.err
    desk.tkt("create", "Another one")
    return complaint


# 3, 4: links


def test_3_a_ticket_that_is_a_link_is_refused(desk: Desk, ticket: str) -> None:
    path = desk.path(ticket)
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert "is a link; tkt never follows links" in refused_everywhere(
        desk, ticket, str(path.relative_to(desk.root))
    )


@pytest.mark.parametrize("place", ["tickets", "tickets/2026-11"])
def test_3_a_folder_that_is_a_link_is_refused(desk: Desk, ticket: str, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (desk.root / place).rename(outside)
    (desk.root / place).symlink_to(outside)
    before = sorted(outside.rglob("*"))
    for command in (["show", ticket], ["set", ticket, "queue=support"], ["create", "x"]):
        assert "is a link" in desk.tkt(*command, code=1).err
    assert f"warning: {place}: is a link" in desk.tkt("list").err
    assert sorted(outside.rglob("*")) == before


def test_3_a_thread_that_is_a_link_is_not_written_through(desk: Desk, ticket: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    desk.path(ticket).with_suffix("").symlink_to(tmp_path / "outside")
    assert "is a link" in desk.tkt("comment", ticket, "x", code=1).err
    assert not list((tmp_path / "outside").iterdir())


def test_3_settings_that_are_a_link_are_refused(desk: Desk) -> None:
    (desk.root / ".tkt" / "people.yaml").unlink()
    (desk.root / ".tkt" / "people.yaml").symlink_to("/etc/passwd")
    assert "is a link" in desk.refused(1, "list")


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_4_a_link_or_submodule_in_a_bare_tree_is_refused(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    target = desk.git("rev-parse", "HEAD" if mode == "160000" else "HEAD:.gitattributes")
    path = str(desk.path(ticket).relative_to(desk.root))
    desk.git("update-index", "--add", "--cacheinfo", f"{mode},{target},{path}")
    desk.git("commit", "--quiet", "-m", "Trick")
    desk.git("clone", "--quiet", "--bare", ".", "../bare.git")
    bare = Desk(desk.root.parent / "bare.git")
    monkeypatch.chdir(bare.root)
    said = "is a link" if mode == "120000" else "is another repository"
    assert said in bare.tkt("show", ticket, code=1).err
    assert f"warning: {path}: {said}" in bare.tkt("list").err


# 7, 8: front matter and bodies


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"Just text.\n", 1, "no front matter"),
        (b"", 1, "no front matter"),
        (b"----\nid: x\n----\n", 1, "no front matter"),
        (b"---\nid: x\n", 1, "not closed"),
        (b"---\nid: x\n----\n", 1, "not closed"),
        (b"---\nid: x\n ---\n", 1, "not closed"),
        (b"---\ntitle: x\ncreated: 2026-11-22T09:00:00Z\n---\n", 1, "does not match the file's name"),
    ],
)
def test_7_front_matter_that_is_none(desk: Desk, ticket: str, data: bytes, line: int, said: str) -> None:
    path = spoil(desk, ticket, data)
    complaint = refused_everywhere(desk, ticket, path)
    assert complaint.startswith(f"{path}:{line}: ")
    assert said in complaint
    assert desk.path(ticket).read_bytes() == data


@pytest.mark.parametrize("odd", [b"\xef\xbb\xbf", b"crlf", b"\xef\xbb\xbfcrlf", b"spaces"])
def test_7_byte_order_marks_line_ends_and_spaces_are_accepted(desk: Desk, ticket: str, odd: bytes) -> None:
    data = desk.path(ticket).read_bytes()
    if b"crlf" in odd:
        data = data.replace(b"\n", b"\r\n")
    if b"spaces" in odd:
        data = data.replace(b"---", b"---  ")
    spoil(desk, ticket, odd.replace(b"crlf", b"").replace(b"spaces", b"") + data)
    desk.git("commit", "--quiet", "--allow-empty", "-am", "Odd")
    assert desk.show(ticket)["body"] == "Since this morning.\n"
    desk.tkt("set", ticket, "queue=support")
    assert (desk.show(ticket)["queue"], desk.show(ticket)["title"]) == ("support", "Login fails")
    assert desk.tkt("doctor").lines[-1] == "All is well."


@pytest.mark.parametrize("body", ["---\n", "a\n---\nb: c\n---\n", "```\n---\n```\n", "----\n", "--- \n\n---"])
def test_8_fences_in_a_body_are_text(desk: Desk, body: str) -> None:
    made = desk.tkt("create", "Fences", "-F", "-", "--json", stdin=body).data
    ticket = made["id"]
    raw = desk.path(ticket).read_bytes()
    desk.tkt("set", ticket, "queue=support")
    assert desk.path(ticket).read_bytes() == raw.replace(b"queue:\n", b"queue: support\n")
    assert desk.show(ticket)["body"].strip("\n") == body.strip("\n")


# 9 to 15: YAML


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("queue: a\nqueue: b\n", "stands here and on line 8"),
        ("a: &x 1\n", "anchors"),
        ("a: *x\n", "aliases"),
        ("<<: {a: 1}\n", "merge keys"),
        ("a: &a [x]\nb: [*a, *a]\n", "anchors"),
        ("a: !!python/object/apply:os.system [id]\n", "tags"),
        ("a: !x 1\n", "tags"),
        ("a: !!binary aGk=\n", "tags"),
        ("null: 1\n", "a key must be a plain word"),
        ("[a]: 1\n", "a key must be a plain word"),
        ("1: 1\n", "a key must be a plain word"),
        ("__class__: 1\n", "a key must be a plain word"),
        ("? a\n: b\n", None),
        ("a: [\n", "a bracket is not closed"),
        ("a: 'x\n", "a quote begins here"),
        ("a: b: c\n", "a colon and a space"),
        ("\ta: b\n", "tab"),
        ("a: [[[[[[[1]]]]]]]\n", "nested deeper than 6"),
        ("a: " + "[" * 20_000 + "\n", "nested deeper than 6"),
        ("a: [" + "1," * 3000 + "]\n", "too many keys and values"),
        ("...\n", None),
        ("%YAML 1.1\n", None),
        ("queue: [a, b]\n", "queue holds one value"),
        ("labels: {a: b}\n", "labels holds a list"),
        ("title: {a: b}\n", "stands here and on line"),
        ("created: 0000-99-99\n", "stands here and on line"),
    ],
)
def test_9_to_14_yaml_that_is_not_allowed_is_refused_at_once(
    desk: Desk, ticket: str, more: str, said: str | None
) -> None:
    path = spoil(desk, ticket, front_matter(ticket, more))
    start = time.monotonic()
    complaint = desk.tkt("show", ticket, code=None).err
    assert time.monotonic() - start < 2
    if said is not None:
        assert complaint.startswith(f"{path}:")
        assert said in complaint
        assert complaint == refused_everywhere(desk, ticket, path)
        assert len(complaint) < 300


def test_11_two_hundred_thousand_brackets_end_in_an_error(desk: Desk, ticket: str) -> None:
    path = spoil(desk, ticket, front_matter(ticket, "a: " + "[" * 200_000 + "\n"))
    assert "more than 65,536 characters" in refused_everywhere(desk, ticket, path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("created", "0000-99-99", "created is a moment such as"),
        ("created", "yesterday", "created is a moment such as"),
        ("created", "2026-11-22T09:00:00", "created is a moment such as"),
        ("created", "'" + "9" * 5000 + "'", "created is a moment such as"),
        ("title", "", "a ticket needs a title"),
        ("title", "' '", "a ticket needs a title"),
        ("id", "TKT-2j00000", "does not match the file's name"),
        ("id", "../../etc/passwd", "does not match the file's name"),
    ],
)
def test_13_a_value_that_cannot_be_names_its_key(
    desk: Desk, ticket: str, name: str, value: str, said: str
) -> None:
    lines = front_matter(ticket).decode().splitlines(keepends=True)
    changed = [f"{name}: {value}\n" if line.startswith(f"{name}:") else line for line in lines]
    number = next(place for place, line in enumerate(changed, 1) if line.startswith(f"{name}:"))
    path = spoil(desk, ticket, "".join(changed).encode())
    complaint = refused_everywhere(desk, ticket, path)
    assert complaint.startswith(f"{path}:{number}: ")
    assert said in complaint
    assert len(complaint) < 300


@pytest.mark.parametrize("value", ["9" * 5000, "1e999999999", ".inf", ".nan", "0x1F", "-0", "1_000"])
def test_13_odd_numbers_are_texts(desk: Desk, ticket: str, value: str) -> None:
    spoil(desk, ticket, front_matter(ticket, f"odd: {value}\n"))
    assert desk.show(ticket)["odd"] == value


@pytest.mark.parametrize("value", ["0000-99-99", "2026-02-30", "tomorrow", "'9'", ".inf"])
def test_13_a_due_date_that_is_none_is_warned_of_and_sorted(desk: Desk, ticket: str, value: str) -> None:
    spoil(desk, ticket, front_matter(ticket, f"due: {value}\n"))
    assert "is not a date" in desk.tkt("show", ticket).err
    desk.tkt("list", "--sort", "due")
    desk.tkt("list", "is:overdue")
    desk.tkt("status")


@pytest.mark.parametrize(
    "text", ["no", "1.10", "22:22", "012", "1e5", "~", "null", "true", "2026-01-01", "0o7", "=", "-"]
)
def test_15_words_that_yaml_would_change_stay_texts(desk: Desk, text: str) -> None:
    if text not in {"~", "null"}:
        ticket = desk.create("Odd", "-r", text)
        assert desk.show(ticket)["requester"] == text
        desk.tkt("set", ticket, "queue=support")
        assert desk.show(ticket)["requester"] == text
    ticket = desk.create("Odd", "-r", f"{text} x")
    assert desk.show(ticket)["requester"] == f"{text} x"


@pytest.mark.parametrize("text", ["~", "null", "Null"])
def test_15_even_null_is_a_name(desk: Desk, text: str) -> None:
    ticket = desk.create(text, "-r", text)
    assert (desk.show(ticket)["title"], desk.show(ticket)["requester"]) == (text, text)


@pytest.mark.parametrize("char", ["\n", "\r", "\x85", "\u2028", "\u2029", "\x00", "\x0b", "\x7f", "\ufeff"])
def test_16_a_value_never_becomes_two_lines(desk: Desk, ticket: str, char: str) -> None:
    if char != "\x00":
        complaint = desk.refused(2, "set", ticket, f"requester=a{char}status: closed")
        assert "one line" in complaint or "cannot be seen" in complaint
    quoted = f'requester: "a\\u{ord(char):04x}status: closed"\n'
    spoil(desk, ticket, front_matter(ticket, quoted))
    desk.git("commit", "--quiet", "-am", "By hand")
    assert desk.show(ticket)["requester"] == f"a{char}status: closed"
    desk.tkt("set", ticket, "queue=support")
    assert quoted in desk.path(ticket).read_text(encoding="utf-8")
    assert desk.show(ticket)["status"] == "new"
    assert (
        unicodedata.category(char) not in {"Cc", "Zl", "Zp", "Cf"}
        or char == "\n"
        or (char not in desk.tkt("show", ticket).out)
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"---\nid: \xff\n---\n", "not UTF-8 (byte 8)"),
        ("---\nid: x\n---\n".encode("utf-16"), "not UTF-8 (byte 0)"),
        (b"---\nid: \xed\xa0\x80\n---\n", "not UTF-8 (byte 8)"),
        (b"---\nid: x\n---\n\nbody \xfc\n", "not UTF-8 (byte 20)"),
        (b"---\nid: x\n---\n\nbody \x00\n", "a NUL character (byte 20)"),
    ],
)
def test_17_bytes_that_are_no_text_are_named(desk: Desk, ticket: str, data: bytes, said: str) -> None:
    path = spoil(desk, ticket, data)
    assert said in refused_everywhere(desk, ticket, path)
    assert desk.path(ticket).read_bytes() == data


def test_17_text_that_is_not_utf_8_is_no_comment(desk: Desk, ticket: str, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"Gr\xfc\xdfe")
    complaint = desk.refused(2, "comment", ticket, "-F", str(tmp_path / "latin.txt"))
    assert "not UTF-8 (byte 2)" in complaint
    assert "not UTF-8" in desk.refused(2, "comment", ticket, "-F", "-", stdin=b"\xff")


@pytest.mark.parametrize("size", ["head", "body"])
def test_18_more_than_enough_is_refused_before_it_is_read(desk: Desk, ticket: str, size: str) -> None:
    if size == "head":
        data = front_matter(ticket, "".join(f"k{n}: {'x' * 90}\n" for n in range(10_000)))
    else:
        data = front_matter(ticket) + b"x" * 10_000_000
    path = spoil(desk, ticket, data)
    start = time.monotonic()
    complaint = desk.refused(1, "show", ticket)
    assert time.monotonic() - start < 2
    assert complaint.startswith(path)
    assert "may have" in complaint or "more than" in complaint


@pytest.mark.parametrize("command", [["create", "Long"], ["comment"]])
def test_18_a_text_without_end_is_refused(desk: Desk, ticket: str, command: list[str]) -> None:
    where = [*command, ticket] if command == ["comment"] else command
    complaint = desk.refused(2, *where, "-F", "-", stdin="x" * 10_000_000)
    assert "attach it as a file" in complaint


@pytest.mark.parametrize("place", ["title", "top"])
def test_19_conflict_markers_in_the_head_are_a_merge_to_finish(desk: Desk, ticket: str, place: str) -> None:
    text = desk.path(ticket).read_text(encoding="utf-8")
    both = "<<<<<<< HEAD\ntitle: Mine\n=======\ntitle: Theirs\n>>>>>>> side\n"
    data = text.replace("title: Login fails\n", both) if place == "title" else f"<<<<<<< HEAD\n{text}"
    path = spoil(desk, ticket, data.encode())
    complaint = refused_everywhere(desk, ticket, path)
    assert "unresolved merge" in complaint
    assert "git add" in complaint
    assert desk.path(ticket).read_text(encoding="utf-8") == data


def test_20_conflict_markers_in_the_body_are_shown_and_not_saved(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = "<<<<<<< HEAD\nMine.\n=======\nTheirs.\n>>>>>>> side\n"
    desk.edit(ticket, "Since this morning.\n", both)
    assert "<<<<<<< HEAD" in desk.tkt("show", ticket).out
    desk.git("commit", "--quiet", "-am", "Half merged")
    assert "unresolved merge" in desk.refused(2, "set", ticket, "queue=support")
    monkeypatch.setenv("GIT_EDITOR", "sed -i '/^[<=>]\\{7\\}/d;/^Theirs/d'")
    desk.tkt("edit", ticket)
    assert desk.show(ticket)["body"] == "Mine.\n"


@pytest.mark.parametrize("text", ["Title\n=======\n\nA heading underlined.\n", "a <<<<<<< b\n", "======\n"])
def test_20_what_only_looks_like_a_marker_is_text(desk: Desk, text: str) -> None:
    said = desk.tkt("create", "Heading", "-F", "-", "--json", stdin=text)
    assert said.data["body"] == text


# 24: times


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("1970-01-01T00:00:00Z", 2),
        ("2019-12-31T23:59:59Z", 2),
        ("2099-01-01T00:00:00Z", 0),
        ("9999-12-31T23:59:59-01:00", 2),
    ],
)
def test_24_times_far_away(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str, code: int) -> None:
    monkeypatch.setenv("TKT_NOW", moment)
    desk.tkt("create", "Far away", code=code)


def test_24_a_clock_that_runs_behind_is_found_and_threads_keep_their_order(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tkt("comment", ticket, "First.")
    monkeypatch.setenv("TKT_NOW", "2026-11-21T09:00:00Z")
    desk.tkt("comment", ticket, "Second.")
    assert [each["body"] for each in desk.show(ticket)["thread"]] == ["First.\n", "Second.\n"]
    assert "in the future" in desk.tkt("doctor", code=1).out


# 33 to 36: what ends up on a terminal, in a spreadsheet and in a commit


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eexe.\r\x7f\u2028\u200b"


def smuggle(desk: Desk, ticket: str) -> None:
    """Everything hostile that a file written by somebody else can hold."""
    quoted = "".join(f"\\u{ord(char):04x}" for char in HOSTILE)
    desk.edit(ticket, "title: Login fails", f'title: "x{quoted}"')
    desk.edit(ticket, "requester:\n", f'requester: "x{quoted}"\n')
    desk.edit(ticket, "assignee:\n", f'assignee: "x{quoted}"\n')
    desk.edit(ticket, "queue:\n", f'queue: "x{quoted}"\n')
    desk.edit(ticket, "status: new\n", f'status: "x{quoted}"\n')
    desk.edit(ticket, "labels:\n", f'labels:\n- "x{quoted}"\n')
    desk.edit(
        ticket, "links:\n---", f'links:\n- "x{quoted} {ticket}"\n- "blocks x{quoted}"\nodd: "x{quoted}"\n---'
    )
    desk.edit(ticket, "Since this morning.", f"x{HOSTILE}".replace("\r", ""))
    folder = desk.path(ticket).with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / "20261122T090000Z-aaaa.md").write_text(
        f'---\nid: 20261122T090000Z-aaaa\nat: 2026-11-22T09:00:00Z\nby: "x{quoted}"\nclock: 1\n'
        f'visibility: public\nchannel: "x{quoted}"\nchanges:\n  queue: ["x{quoted}", "y"]\n'
        f'attachments:\n- {{file: x.txt, name: "x{quoted}", size: 3}}\nodd: "x{quoted}"\n---\n\n'
        f"x{HOSTILE}".replace("\r", "")
        + "\n",
        encoding="utf-8",
    )
    desk.git("add", "tickets")
    desk.git("commit", "--quiet", "-m", "From a stranger")


READING = [
    ["list"], ["list", "--columns", "title,queue,labels,requester,links,assignee,status"],
    ["list", "--format", "csv"], ["list", "--format", "md"], ["list", "--format", "jsonl"],
    ["list", "--json"], ["list", "--color", "always"], ["show", "2j"], ["show", "2j", "--json"],
    ["show", "2j", "--color", "always"],
    ["show", "2j", "--format", "md"], ["log", "2j"], ["log", "2j", "--format", "csv"], ["search", "owned"],
    ["search", "owned", "--format", "md"], ["status"], ["export", "2j", "--single"], ["doctor"],
    ["transition", "2j"], ["create", "x owned", "--dry-run"], ["set", "2j", "queue=support", "--dry-run"],
    ["transition", "2j", "x"], ["assign", "2j", "nobody"],
]  # fmt: skip
ALLOWED = {"\n", "\x1b"}


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_33_nothing_hidden_reaches_a_terminal_or_a_pipe(desk: Desk, ticket: str, command: list[str]) -> None:
    smuggle(desk, ticket)
    said = desk.tkt(*command, code=None)
    painted = "always" in command
    for text in (said.out, said.err):
        plain = text.replace("\x1b[", "") if painted else text
        assert not [
            char
            for char in plain
            if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} and char != "\n"
        ]
        assert "\x1b]" not in text
        assert "\x1b[2J" not in text


def test_33_a_commit_subject_is_one_clean_line(desk: Desk, ticket: str) -> None:
    smuggle(desk, ticket)
    desk.tkt("set", ticket, "queue=support")
    desk.tkt("assign", ticket, "--none")
    desk.tkt("set", ticket, "labels=vip")
    for line in desk.git("log", "-3", "--format=%B%an%ae").splitlines():
        assert line == "" or line.isprintable()
        assert len(line) <= 72


def test_33_the_name_of_a_branch_is_shown_clean(desk: Desk) -> None:
    desk.git("switch", "--quiet", "-c", "evil\u202egnp")
    assert "\u202e" not in desk.refused(3, "show", ".")


def test_33_file_names_that_nobody_made_are_shown_clean(desk: Desk, ticket: str) -> None:
    folder = desk.path(ticket).parent
    for name in ("\x1b[2J.md", "TKT-2j\u202e000.md", "x\ny.md", "-rf.md"):
        (folder / name).write_text("nothing\n", encoding="utf-8")
    for command in (["list"], ["doctor"], ["show", ticket], ["status"]):
        said = desk.tkt(*command, code=None)
        assert (said.out + said.err).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "title", ["$(id)", "`id`", "{{7*7}}", "%s%n", "{0.__class__}", "a;b|c&d", "--help", "$HOME"]
)
def test_35_a_title_is_text_wherever_it_goes(desk: Desk, title: str) -> None:
    ticket = desk.tkt("create", "--json", "--", title).data["id"]
    assert desk.subjects()[0] == f"{ticket}: create: {title}"
    assert title in desk.tkt("show", ticket).out
    child = desk.tkt("split", ticket, "--json", "--", title).data[0]["id"]
    assert desk.show(child)["title"] == title


@pytest.mark.parametrize(
    "text",
    [
        "x\n\nTicket: TKT-2j00000",
        "Signed-off-by: Me <me@example.com>",
        "Ticket: TKT-2j00000",
        "x\r\nTicket: y",
    ],
)
def test_36_a_text_cannot_forge_trailers(desk: Desk, ticket: str, text: str) -> None:
    desk.tkt("comment", ticket, text)
    trailers = desk.git("log", "-1", "--format=%(trailers)").strip()
    assert trailers == f"Ticket: {ticket}"
    if "\n" not in text:
        made = desk.create(text)
        assert desk.git("log", "-1", "--format=%(trailers)").strip() == f"Ticket: {made}"


def test_a_named_pipe_does_not_stop_a_list(desk: Desk, ticket: str) -> None:
    os.mkfifo(desk.path(ticket).with_name("TKT-2j00000.md"))
    said = desk.tkt("list")
    assert "Login fails" in said.out
    assert "TKT-2j00000.md" in said.err
