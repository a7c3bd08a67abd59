"""The README's first screen, its claims about merging, and that no link on any page is broken."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, page_paths
from tests.docs.running import BY_OTHERS, DEMO_COMMAND, TEST_COMMAND
from tests.docs.session import Session

_README = (ROOT / "README.md").read_text(encoding="utf-8")
_LINK = re.compile(r"\[[^]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_DESK = """\
export TKT_ACTOR=ana@example.com
tkt init
git config --remove-section merge.tkt
tkt create "Label printer is offline"
git switch --quiet --create theirs
"""


def test_the_first_screen() -> None:
    first = _README.partition("\n## ")[0]
    assert "Linux or macOS" in first
    scripts = [each.text for each in blocks(first) if each.kind == "sh"]
    assert scripts == [DEMO_COMMAND, TEST_COMMAND]
    assert any(each.kind == "console" for each in blocks(first))


def test_no_other_command_is_left_to_others() -> None:
    skipped = [each.text for path in page_paths() for each in blocks(path.read_text(encoding="utf-8"))]
    assert sorted(each for each in skipped if each in BY_OTHERS) == sorted(BY_OTHERS)


@pytest.mark.parametrize(
    ("theirs", "ours", "merges"),
    [
        ("tkt comment - One", "tkt comment - Two", True),
        ("tkt create One", "tkt create Two", True),
        ("tkt set - queue=support", "tkt set - category=access", True),
        ("tkt transition - closed", "tkt transition - waiting", False),
        ("tkt label - one", "tkt label - two", False),
    ],
)
def test_what_plain_git_merges(theirs: str, ours: str, merges: bool, tmp_path: Path) -> None:
    session = Session(tmp_path)
    script = f"{_DESK}{theirs} && git switch --quiet - && {ours}"
    for line in script.splitlines():
        status, said = session.run(line)
        assert status == 0, said
    status, said = session.run('git -c user.name=Ana -c user.email="$TKT_ACTOR" merge --quiet theirs')
    assert (status == 0) is merges, said


@pytest.mark.parametrize("path", page_paths(), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    for target, anchor in _LINK.findall(text):
        if "://" in target:
            continue
        other = (path.parent / target).resolve() if target else path
        assert other.exists(), target
        assert not anchor or anchor in _anchors(other), f"{target}#{anchor}"


def _anchors(path: Path) -> set[str]:
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings}
