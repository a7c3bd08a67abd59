"""Description templates: Markdown, with front matter that gives fields of the new ticket."""

from __future__ import annotations

import re
from typing import Any

from tkt.assets import read_asset
from tkt.errors import NotFoundError
from tkt.store.codec import decode
from tkt.store.nodes import HEAD_LIMIT, Mapping, Scalar, Sequence, compose, malformed
from tkt.usecases.workspace import SETTINGS, Files, Template


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


def _shipped(name: str, path: str) -> str:
    try:
        return read_asset(f"tickets/{name}.md")
    except FileNotFoundError:
        raise NotFoundError(f"there is no template {name!r}", f"Write it to {path}.") from None


def _parse(text: str, path: str) -> Template:
    if not text.startswith("---"):
        return Template(path, {}, text)
    # Only here: most templates have no front matter, and the library costs more than all of `create`.
    import frontmatter
    from frontmatter.default_handlers import YAMLHandler

    class Guarded(YAMLHandler):
        """Splits as the library does, and reads with our own guards, in which every value is text."""

        FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

        def load(self, fm: str, **_: object) -> dict[str, Any]:
            if len(fm) > HEAD_LIMIT:
                raise malformed(path, 1, f"the front matter has more than {HEAD_LIMIT:,} characters")
            return _fields(compose(fm.removeprefix("\n"), path, first_line=2), path)

    fields, body = frontmatter.parse(text, handler=Guarded())
    return Template(path, {name: str(value) for name, value in fields.items()}, f"{body}\n" if body else "")


def _fields(root: Mapping, path: str) -> dict[str, Any]:
    return {key.text: _typed(key.text, value, path) for key, value in root.pairs}


def _typed(name: str, node: Scalar | Sequence | Mapping, path: str) -> str:
    """A value as a person would type it: a list's items with commas between them."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence) and all(isinstance(each, Scalar) for each in node.items):
        return ",".join(each.value for each in node.items if isinstance(each, Scalar))
    raise malformed(path, node.line, f"{name} holds a text, or a list of texts")
