"""A description's template comes from the team, else from tkt; its front matter gives fields."""

import pytest

from tests.fakes import MemoryFiles
from tkt.errors import InvalidStoreError, NotFoundError
from tkt.store.templates import TemplateFiles

PATH = ".tkt/templates/bug.md"


def template(text: str) -> tuple[dict[str, str], str]:
    found = TemplateFiles(MemoryFiles({PATH: text.encode()})).load("bug")
    assert found.path == PATH
    return dict(found.fields), found.text


@pytest.mark.parametrize("name", ["bug", "change", "feature", "incident"])
def test_what_ships_is_there_unless_the_team_has_its_own(name: str) -> None:
    files = MemoryFiles()
    shipped = TemplateFiles(files).load(name)
    assert shipped.text.startswith("## ")
    files.files[f".tkt/templates/{name}.md"] = b"Ours.\n"
    assert TemplateFiles(files).load(name).text == "Ours.\n"


def test_a_template_that_nobody_wrote_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="there is no template 'bugg'") as caught:
        TemplateFiles(MemoryFiles()).load("bugg")
    assert caught.value.hint == "Write it to .tkt/templates/bugg.md."


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        ("Plain.\n", {}, "Plain.\n"),
        ("", {}, ""),
        ("---\nqueue: support\n---\nPlain.\n", {"queue": "support"}, "Plain.\n"),
        ("\ufeff---\r\nqueue: support\r\n---\r\nPlain.\r\n", {"queue": "support"}, "Plain.\n"),
        ("---\nqueue: support\n---\n", {"queue": "support"}, ""),
        ("---\n---\nPlain.\n", {}, "Plain.\n"),
        ("---\nassignee: no\ndue: 012\nx: 1e5\n---\n", {"assignee": "no", "due": "012", "x": "1e5"}, ""),
        ("---\ndue: ~\nparent:\nx: 'null'\n---\n", {"due": "", "parent": "", "x": "null"}, ""),
        ("---\nlabels: [a, no]\n---\n", {"labels": "a,no"}, ""),
        ("---\nlabels:\n- a\n- 'b'\n---\n", {"labels": "a,b"}, ""),
        ("---\ncontent: x\nhandler: y\n---\nz\n", {"content": "x", "handler": "y"}, "z\n"),
        ("---\na: b\n---\n\n---\nc: d\n---\n", {"a": "b"}, "---\nc: d\n---\n"),
        ("----\na: b\n----\n", {}, "----\na: b\n----\n"),
    ],
)
def test_front_matter_is_split_off(text: str, fields: dict[str, str], body: str) -> None:
    assert template(text) == (fields, body)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\na: b\nqueue: a: b\n---\n", "3: not valid YAML: a value has a colon and a space inside"),
        ("---\na: b\na: c\n---\n", "3: key 'a' stands here and on line 2; keep one"),
        ("---\na: &x b\n---\n", "2: anchors (&x) are not allowed"),
        (
            "---\na: !!python/name:os.system x\n---\n",
            "2: tags (tag:yaml.org,2002:python/name:os.system) are not",
        ),
        ("---\nqueue: support\n\nText\n", "1: the front matter is not closed; it ends with a line ---"),
        ("---\n- a\n---\n", "2: expected lines of the form 'key: value'"),
        ("---\nlabels: {a: b}\n---\n", "2: labels holds a text, or a list of texts"),
        ("---\nlabels:\n- [a]\n---\n", "3: labels holds a text, or a list of texts"),
        ("---\na: " + "[" * 60_000 + "\n---\n", "2: nested deeper than 6 levels"),
        ("---\na: " + "b" * 70_000 + "\n---\n", "1: the front matter has more than 65,536 characters"),
        ("a\x00b", "1: a NUL character (byte 1)"),
    ],
)
def test_front_matter_that_cannot_be_understood_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidStoreError) as caught:
        template(text)
    assert str(caught.value).startswith(f"{PATH}:{said}")
