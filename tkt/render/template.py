"""Description templates, filled in a sandbox: they come from the repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tkt.errors import UsageError
from tkt.usecases.workspace import Template

_LONGEST = 100_000
_FOR_TEMPLATES = "{{ field }} and {% if field %} are"
_ALLOWED = frozenset(
    {"And", "Compare", "CondExpr", "Const", "Filter", "If", "Name", "Not", "Operand", "Or", "Output"}
    | {"TemplateData"}
)
_FILTERS = frozenset({"capitalize", "d", "default", "lower", "title", "trim", "upper"})
_WORDS = {
    "Add": "+",
    "Call": "a call",
    "Getattr": "a dot",
    "Getitem": "an index",
    "For": "{% for %}",
    "Include": "{% include %}",
    "Mod": "%",
    "Mul": "*",
    "Pow": "**",
}


def fill_template(template: Template, values: Mapping[str, str]) -> str:
    """A template's text with what is known of the ticket.

    Args:
        template: whose text has Jinja2 placeholders such as `{{ type }}`.
        values: fields given so far; others are empty.

    Raises:
        UsageError: the template has a mistake.
    """
    text = template.text
    if "{" not in text:
        return text
    if len(text) > _LONGEST:
        raise _refuse(template, 1, f"{len(text):,} characters; a template may have {_LONGEST:,}")
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(keep_trailing_newline=True)
    environment.globals.clear()
    try:
        _require_harmless(environment.parse(text), template)
        return environment.from_string(text).render(dict(values))
    except RecursionError:
        raise _refuse(template, 1, "nested too deeply") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise _refuse(template, getattr(error, "lineno", None) or 1, str(error)) from error


def _require_harmless(tree: Any, template: Template) -> None:
    """See that a template only puts values in, so that it can neither loop nor grow.

    Raises:
        UsageError: it does something else.
    """
    waiting = list(tree.iter_child_nodes())
    while waiting:
        node = waiting.pop()
        name = type(node).__name__
        if name not in _ALLOWED or (name == "Filter" and node.name not in _FILTERS):
            what = f"|{node.name}" if name == "Filter" else _WORDS.get(name, name.lower())
            raise _refuse(template, node.lineno, f"{what} is not for templates; {_FOR_TEMPLATES}")
        waiting += node.iter_child_nodes()


def _refuse(template: Template, line: int, text: str) -> UsageError:
    """The error for a mistake on a line of a template's text."""
    place = f"{template.path}:{template.first_line + line - 1}"
    return UsageError(f"{place}: {text}", "Mend the template, or give the description with -m.")
