"""Pages in HTML, filled from templates: those that ship with tkt, and a team's own in their place.

A page is one file that fetches nothing: style and script stand in it, and its policy allows no others.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from tkt.assets import read_asset
from tkt.errors import UsageError
from tkt.render.confined import TOO_LONG, TOO_MUCH, Ended, OutOfTimeError, confined
from tkt.render.text import clean_line, fit

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_STYLE, _SCRIPT = "web/style.css", "web/sort.js"
_NAME = re.compile(r"[a-z]+/[a-z][a-z0-9-]*\.[a-z]+")
_LONGEST = 200


def fill_page(name: str, values: Mapping[str, object], own: Mapping[str, str]) -> str:
    """A page.

    Args:
        name: of its template, such as `report/page.html`.
        values: what the template is given: texts, numbers and named tuples of them.
        own: the team's templates, by their path, `.tkt/templates/report/page.html`.

    Raises:
        UsageError: one of the team's templates has a mistake, or takes more than a template may.
    """
    if not own:
        return _filled(name, values, own)
    ended = confined(lambda: _told(name, values, own))
    if ended.text is None:
        raise UsageError(
            f"{ended.place or ', '.join(sorted(own))}: {fit(clean_line(ended.trouble), _LONGEST)}",
            "Mend the template; without it, the one that ships with tkt is used.",
        )
    return ended.text


def _filled(name: str, values: Mapping[str, object], own: Mapping[str, str]) -> str:
    environment = _environment(own)
    parts = {each: _text(each, own)[0] for each in (_STYLE, _SCRIPT)}
    inline = {"style": parts[_STYLE], "script": parts[_SCRIPT]}
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(parts[_STYLE])}'; script-src '{_digest(parts[_SCRIPT])}'"
    )
    return environment.get_template(name).render({**values, **inline, "policy": policy})


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


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


def _told(name: str, values: Mapping[str, object], own: Mapping[str, str]) -> Ended:
    """The page, or what is wrong with which of a team's templates."""
    from jinja2 import TemplateSyntaxError

    try:
        return Ended(_filled(name, values, own))
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
