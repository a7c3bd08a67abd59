"""Whatever a ticket says, as Markdown it is plain text, and nobody is called."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tkt.render.markdown import quoted_markdown
from tkt.render.text import clean_line

_MARKS = "ab @#!GH-1_*~`<>&;[]()|\\$:/.\n\u200cü=+{}\"'"
ANY = st.text() | st.text(st.sampled_from(_MARKS)) | st.sampled_from(["&#64;ana", "<!-- x -->", "a&copy;"])
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(ANY)
def test_it_is_read_as_the_text_it_was(text: str) -> None:
    tokens = _PARSER.parse(f"- x {quoted_markdown(text)} x")

    (inline,) = (each for each in tokens if each.type == "inline")
    assert {each.type for each in inline.children or ()} == {"text"}
    read = "".join(each.content for each in inline.children or ())
    assert read.replace("\u200c", "") == f"x {clean_line(text)} x".replace("\u200c", "")


@given(ANY)
def test_nobody_is_called(text: str) -> None:
    shown = _PARSER.renderInline(quoted_markdown(text))

    assert not re.search(r"(^|[^A-Za-z0-9_])@\w|#\d|![0-9]|GH-\d", shown.replace("&#", ""))


@given(ANY)
def test_at_the_beginning_of_an_item_it_is_no_heading(text: str) -> None:
    tokens = _PARSER.parse(f"- {quoted_markdown(text)}")

    assert not [each for each in tokens if each.type in {"heading_open", "blockquote_open", "html_block"}]
