"""Templates of descriptions, Markdown with front matter that gives fields of the new ticket, and of pages."""

from __future__ import annotations

import re
from typing import Any

from tkt.assets import read_asset
from tkt.domain.fields import HEAD_LIMIT
from tkt.domain.ids import SETTINGS
from tkt.errors import NotFoundError
from tkt.store.decoding import decode, malformed
from tkt.store.nodes import Mapping, Scalar, Sequence, compose
from tkt.usecases.workspace import Files, Template

_PAGES = ("board", "report", "site", "web")
_PAGE_NAME = re.compile(r"[a-z][a-z0-9-]*\.(?:html|svg|css|js)")
_LONGEST_PAGE = 200_000
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


class TemplateFiles:
    """The team's templates in `.tkt/templates/`, over those that ship with tkt.

    Args:
        files: the store's.
    """

    def __init__(self, files: Files) -> None:
        self.files = files

    def load(self, name: str) -> Template:
        """A template by its name.

        Raises:
            NotFoundError: there is none.
            InvalidStoreError: its front matter cannot be understood; with the line.
        """
        path = f"{SETTINGS}/templates/{name}.md"
        try:
            text = decode(self.files.read(path), path)
        except FileNotFoundError:
            text = _shipped(name, path)
        return _parse(text.removeprefix("\ufeff").replace("\r\n", "\n"), path)

    def pages(self) -> dict[str, str]:
        """The team's templates of pages, by their path.

        Raises:
            InvalidStoreError: one of them is a link, or no text, or too long.
        """
        found = {}
        for folder in _PAGES:
            for name in self.files.names(f"{SETTINGS}/templates/{folder}"):
                if _PAGE_NAME.fullmatch(name):
                    path = f"{SETTINGS}/templates/{folder}/{name}"
                    found[path] = _page(self.files.read(path), path)
        return found


def _page(data: bytes, path: str) -> str:
    if len(data) > _LONGEST_PAGE:
        raise malformed(path, 1, f"{len(data):,} bytes; a template may have {_LONGEST_PAGE:,}")
    return decode(data, path).removeprefix("\ufeff").replace("\r\n", "\n")


def _shipped(name: str, path: str) -> str:
    try:
        return read_asset(f"tickets/{name}.md")
    except FileNotFoundError:
        raise NotFoundError(f"there is no template {name!r}", f"Write it to {path}.") from None


def _parse(text: str, path: str) -> Template:
    if not text.startswith("---"):
        return Template(path, {}, text)
    if _FENCE.match(text) and len(_FENCE.findall(text)) == 1:
        raise malformed(path, 1, "the front matter is not closed; it ends with a line ---")
    # Only here: most templates have no front matter, and the library costs more than all of `create`.
    import frontmatter
    from frontmatter.default_handlers import YAMLHandler

    class Guarded(YAMLHandler):
        """Splits as the library does, and reads with our own guards, in which every value is text."""

        FM_BOUNDARY = _FENCE

        def load(self, fm: str, **_: object) -> dict[str, Any]:
            if len(fm) > HEAD_LIMIT:
                raise malformed(path, 1, f"the front matter has more than {HEAD_LIMIT:,} characters")
            return _fields(compose(fm.removeprefix("\n"), path, first_line=2), path)

    fields, body = frontmatter.parse(text, handler=Guarded())
    # The library takes the blank lines around the text away.
    first_line = text.count("\n", 0, len(text.rstrip()) - len(body)) + 1
    values = {name: str(value) for name, value in fields.items()}
    return Template(path, values, f"{body}\n" if body else "", first_line)


def _fields(root: Mapping, path: str) -> dict[str, Any]:
    return {key.text: _typed(key.text, value, path) for key, value in root.pairs}


def _typed(name: str, node: Scalar | Sequence | Mapping, path: str) -> str:
    """A value as a person would type it: a list's items with commas between them."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence) and all(isinstance(each, Scalar) for each in node.items):
        return ",".join(each.value for each in node.items if isinstance(each, Scalar))
    raise malformed(path, node.line, f"{name} holds a text, or a list of texts")
