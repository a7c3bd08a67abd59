"""What Markdown puts together for a reader: no address that a page for everybody must not have."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.settings import People, Person
from tkt.domain.withholding import Withholder
from tkt.render.markup import to_html

_ANA = Person("ana", "Ana", "ana@example.com", (), (), 0, ())
HIDE = Withholder(People({"ana": _ANA}, {}, {}, ""), "ife.adeyemi@victim.example")
_LETTER = st.sampled_from(["{}", "{}", "{}", "&#{:d};", "&#x{:x};", "*{}*", "**{}**", "`{}`", "[{}](/x)"])


@st.composite
def _spelt(draw: st.DrawFn) -> str:
    """An address whose characters are written in every way that Markdown knows."""
    letters = "if@victim.example"
    forms = (draw(_LETTER) for _ in letters)
    return "".join(
        form.format(ord(each) if "#" in form else each) for form, each in zip(forms, letters, strict=True)
    )


@given(_spelt(), st.sampled_from(["{}", "# {}", "- {}", "|{}|b|\n|-|-|\n|{}|{}|", "> {}", "[{}](/y)"]))
def test_no_reader_sees_an_address_that_markdown_puts_together(address: str, around: str) -> None:
    page = to_html(around.replace("{}", address), hide=HIDE)
    seen = unescape(re.sub("<[^>]*>", "", page))
    assert "if@" not in seen
    assert "@victim" not in seen


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("ife.adeyemi&#64;victim.example", "requester"),
        ("**Write to x&commat;y.example** now", "<strong>Write to somebody</strong> now"),
        ("[mail](mailto:x%40y.example)", '<a href="mailto:somebody">mail</a>'),
        ("[a](/?m=%78%40y.example&n=a%20b)", '<a href="/?m=somebody&amp;n=a%20b">a</a>'),
        ("`x@y.example`", "<code>somebody</code>"),
        ("ana&#64;example.com", "ana@example.com"),
        (
            "[ana](mailto:ana@example.com?subject=a%20b)",
            '<a href="mailto:ana@example.com?subject=a%20b">ana</a>',
        ),
    ],
)
def test_a_word_stands_for_an_address_in_texts_and_links(text: str, page: str) -> None:
    assert to_html(text, hide=HIDE) == f"<p>{page}</p>\n"


@pytest.mark.parametrize(
    "text", ["```x&#64;y.example\ncode\n```", '[r]\n\n[r]: /x "x&#64;y.example"', "    x@y.example\n"]
)
def test_no_address_is_in_code_or_what_a_link_says_of_itself(text: str) -> None:
    assert "y.example" in unquote(to_html(text))
    assert "y.example" not in unquote(to_html(text, hide=HIDE))
