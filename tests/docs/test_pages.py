"""Every command on every page does what the page says."""

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, page_paths, steps
from tests.docs.running import PageError, fits, renamed_tickets, run_page


@pytest.mark.parametrize("path", page_paths(), ids=lambda path: path.name)
def test_what_the_page_shows_is_what_happens(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ran = run_page(path, text, tmp_path)
    difference = unified_diff(text.splitlines(), ran.splitlines(), "the page", "what happens", lineterm="")
    shown = "\n".join(difference)
    assert not shown, f"python -m tests.docs.update {path.relative_to(ROOT)}\n{shown}"


def test_blocks_and_the_clock() -> None:
    page = "# Title\n```sh\na\nb\n```\n<!-- now 2026-11-24T09:00:00Z -->\n````text\n```\n````\n"
    assert [(each.kind, each.first, each.lines) for each in blocks(page)] == [
        ("sh", 2, ("a", "b")),
        ("now", 5, ("2026-11-24T09:00:00Z",)),
        ("text", 7, ("```",)),
    ]


def test_a_command_goes_on_while_it_is_open() -> None:
    (block,) = blocks("```console\n$ cat <<END\n> one\n> END\none\n$ a \\\n> b\n> quoted\n```\n")
    assert [(each.command, each.output) for each in steps(block)] == [
        ("cat <<END\none\nEND", ("one",)),
        ("a \\\nb", ("> quoted",)),
    ]


def test_dots_stand_for_any_lines() -> None:
    assert fits((), [])
    assert fits(("a", "...", "d"), ["a", "b", "c", "d"])
    assert fits(("...",), [])
    assert not fits(("a", "..."), ["b"])
    assert not fits(("a",), ["a", "b"])


def test_a_page_remembers_folder_environment_and_exit_code(tmp_path: Path) -> None:
    page = """\
```sh
mkdir work
cd work
export GREETING="good day"
```
```console
$ pwd
$ echo "$GREETING"; exit 3
$ echo $?
$ echo "$TKT_NOW"
```
"""
    ran = run_page(Path("page.md"), page, tmp_path)
    assert "$ pwd\n/home/ana/work\n" in ran
    assert "exit 3\ngood day\n$ echo $?\n3\n" in ran
    assert ran.endswith('$TKT_NOW"\n2026-11-23T09:04:00Z\n```\n')


def test_a_script_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"page\.md:2: exit code 4"):
        run_page(Path("page.md"), "```sh\nexit 4\n```\n", tmp_path)


def test_the_same_command_makes_the_same_ticket(tmp_path: Path) -> None:
    script = "```sh\nexport TKT_ACTOR=ana@example.com\ntkt init\n```\n"
    page = f"{script}```console\n$ tkt create 'A door squeaks'\n```\n"
    first = run_page(Path("page.md"), page, tmp_path / "first")
    assert first == run_page(Path("page.md"), page, tmp_path / "second")
    assert "A door squeaks" in first.splitlines()[-2]


def test_tickets_that_got_other_ids() -> None:
    before = "```console\n$ a\nTKT-2j00000\n$ b\nTKT-2j11111\n$ c\nTKT-2j11111\n```\n"
    after = "```console\n$ a\nTKT-2j22222\n$ b\nTKT-2j11111\n$ c\nTKT-2j11111 TKT-2j33333\n```\n"
    assert renamed_tickets(before, after) == {"TKT-2j00000": "TKT-2j22222"}
