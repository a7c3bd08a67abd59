"""Description templates, filled in a sandbox: they come from the repository."""

from __future__ import annotations

from collections.abc import Mapping

from tkt.errors import UsageError


def fill_template(text: str, path: str, values: Mapping[str, str]) -> str:
    """A template's text with what is known of the ticket.

    Args:
        text: Markdown with Jinja2 placeholders such as `{{ type }}`.
        path: where it is from, for errors.
        values: fields given so far; others are empty.

    Raises:
        UsageError: the template has a mistake.
    """
    if "{" not in text:
        return text
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        environment = ImmutableSandboxedEnvironment(keep_trailing_newline=True)
        environment.globals.clear()
        return environment.from_string(text).render(dict(values))
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        place = f"{path}:{getattr(error, 'lineno', None) or 1}"
        raise UsageError(
            f"{place}: {error}", "Mend the template, or give the description with -m."
        ) from error
