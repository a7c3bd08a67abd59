"""Pages in HTML, filled from templates: those that ship with tkt, and a team's own in their place.

A page is one file that fetches nothing: style and script stand in it, and its policy allows no others. The
pages of a site share theirs.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tkt.assets import read_asset
from tkt.errors import UsageError
from tkt.render.confined import TOO_LONG, TOO_MUCH, Ended, OutOfTimeError, confined
from tkt.render.text import clean_line, fit

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_STYLE, _SCRIPT = "web/style.css", "web/sort.js"
_PARTS = {"style.css": _STYLE, "script.js": _SCRIPT, "search.js": "web/search.js"}
_AT_ONCE = 10
"""So many pages are filled in one child: what a team's template may take is counted for all of them."""
_NAME = re.compile(r"[a-z]+/[a-z][a-z0-9-]*\.[a-z]+")
_LONGEST = 200


class Links(NamedTuple):
    """Where the rest of a site is.

    Args:
        beside: what goes before the names of its files, "" or "../".
        pages: their titles and names.
    """

    beside: str
    pages: tuple[tuple[str, str], ...]


def fill_page(name: str, values: Mapping[str, object], own: Mapping[str, str]) -> str:
    """A page that stands by itself.

    Args:
        name: of its template, such as `report/page.html`.
        values: what the template is given: texts, numbers and named tuples of them.
        own: the team's templates, by their path, `.tkt/templates/report/page.html`.

    Raises:
        UsageError: one of the team's templates has a mistake, or takes more than a template may.
    """
    return next(fill_pages(name, (values,), own))


def fill_pages(
    name: str,
    all_values: Iterable[Mapping[str, object]],
    own: Mapping[str, str],
    links: Links | None = None,
) -> Iterator[str]:
    """Pages of one template, one after the other.

    Args:
        name: as `fill_page` has it.
        all_values: what each is given.
        own: as `fill_page` has it.
        links: where the rest of their site is; None for pages that stand by themselves.

    Raises:
        UsageError: as `fill_page`.
    """
    frame = _frame(own, links)
    if not own:
        template = _shipped().get_template(name)
        yield from (template.render({**frame, **values}) for values in all_values)
        return
    rest = iter(all_values)
    while some := list(islice(rest, _AT_ONCE)):
        yield from _confined(name, [{**frame, **values} for values in some], own)


def site_parts(own: Mapping[str, str]) -> dict[str, str]:
    """The files that the pages of a site have in common, by name."""
    return {name: _text(path, own)[0] for name, path in _PARTS.items()}


def digest_of(names: Sequence[str], own: Mapping[str, str]) -> str:
    """A name for what some templates and all of a team's own say."""
    texts = [_text(each, own)[0] for each in names]
    return sha256(
        "\0".join((*texts, *(text for pair in sorted(own.items()) for text in pair))).encode()
    ).hexdigest()


def _frame(own: Mapping[str, str], links: Links | None) -> dict[str, object]:
    """What every page is given: its policy, and style and script, or where they are."""
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; "
    if links:
        policy += "style-src 'self'; script-src 'self'"
        return {"policy": policy, "beside": links.beside, "links": links.pages}
    style, script = (_text(each, own)[0] for each in (_STYLE, _SCRIPT))
    policy += f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return {"policy": policy, "beside": None, "links": (), "style": style, "script": script}


def _confined(name: str, all_values: Sequence[Mapping[str, object]], own: Mapping[str, str]) -> list[str]:
    ended = confined(lambda: _told(name, all_values, own))
    if ended.text is None:
        raise UsageError(
            f"{ended.place or ', '.join(sorted(own))}: {fit(clean_line(ended.trouble), _LONGEST)}",
            "Mend the template; without it, the one that ships with tkt is used.",
        )
    pages: list[str] = json.loads(ended.text)
    return pages


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _shipped() -> SandboxedEnvironment:
    """What fills the templates that ship with tkt; it keeps those that many pages share."""
    return _environment({})


def _environment(own: Mapping[str, str]) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def load(name: str) -> tuple[str, str, None]:
        try:
            return (*_text(name, own), None)
        except FileNotFoundError:
            raise TemplateNotFound(name) from None

    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    return environment


def _text(name: str, own: Mapping[str, str]) -> tuple[str, str]:
    """The text of a template, and the path it has in messages.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    path = f".tkt/templates/{name}"
    if path in own:
        return own[path], path
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return read_asset(name), name


def _told(name: str, all_values: Sequence[Mapping[str, object]], own: Mapping[str, str]) -> Ended:
    """The pages, as a list in JSON, or what is wrong with which of a team's templates."""
    from jinja2 import TemplateSyntaxError

    try:
        template = _environment(own).get_template(name)
        return Ended(json.dumps([template.render(values) for values in all_values]))
    except TemplateSyntaxError as error:
        return Ended(None, error.message or "", f"{error.filename}:{error.lineno}")
    except Exception as error:  # noqa: BLE001  a template can make anything go wrong
        return Ended(None, _trouble(error), _place(error, own))


def _trouble(error: Exception) -> str:
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    known = {MemoryError: TOO_MUCH, OutOfTimeError: TOO_LONG, RecursionError: "is nested too deeply"}
    return known.get(type(error)) or str(error).removesuffix(".") or type(error).__name__


def _place(error: BaseException, own: Mapping[str, str]) -> str:
    """The line of a team's template in which something went wrong; "" where it was in none."""
    found, step = "", error.__traceback__
    while step:
        path = step.tb_frame.f_code.co_filename
        if path in own:
            found = f"{path}:{step.tb_lineno}"
        step = step.tb_next
    return found
