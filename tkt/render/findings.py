"""What a check found: for people, for machines, and as the annotations of four CI systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tkt import __version__
from tkt.domain.violation import RULES, Level, Violation
from tkt.render.text import Style, clean, clean_line, plural
from tkt.usecases.check import Checked

_MOST = 10
"""GitHub shows so many annotations of each level and step."""

_FEW = 3
"""So many clocks a push is told of."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEVERITY = {Level.ERROR: "major", Level.WARNING: "minor"}


def findings_text(checked: Checked, style: Style) -> str:
    """What was found, for people: the place and what is wrong on a line, the way out below it."""
    return "\n".join(_lines(each, style) for each in checked.findings)


def breaches_text(found: Sequence[Violation]) -> str:
    """The clocks that speak against a push, in a few lines: those that refuse it first."""
    worst = sorted(found, key=lambda each: each.level is not Level.ERROR)
    lines = [f"{each.level.value}: {clean_line(each.text)}" for each in worst[:_FEW]]
    if len(found) > _FEW:
        lines.append(f"and {len(found) - _FEW:,} more clocks: tkt sla check")
    if worst[0].level is Level.ERROR:
        lines.append(f"tkt: the push is refused by .tkt/sla.yaml. {clean_line(worst[0].hint)}")
    return "\n".join(lines)


def _lines(each: Violation, style: Style) -> str:
    error = each.level is Level.ERROR
    said = style.paint(each.level.value, "red" if error else "yellow")
    place = style.paint(clean_line(each.place or each.ticket), "bold")
    rule = style.paint(f"[{each.rule}]", "dim")
    text = f"{place}: {said}: {clean_line(each.text)} {rule}".removeprefix(": ")
    commit = f"\n    {style.paint(f'commit {each.commit[:10]}', 'dim')}" if each.commit else ""
    hint = f"\n    {style.paint(clean_line(each.hint), 'dim')}" if each.hint else ""
    return f"{text}{commit}{hint}"


def summary(checked: Checked) -> str:
    """One sentence about all of it."""
    tickets = plural(len(checked.tickets), "ticket")
    if not checked.findings:
        return f"{tickets} checked, nothing to complain of."
    counts = [
        plural(number, word)
        for number, word in ((checked.errors, "error"), (checked.warnings, "warning"))
        if number
    ]
    if not checked.sound:
        return f"{' and '.join(counts)}; no ticket was checked."
    return f"{tickets} checked: {' and '.join(counts)}."


def finding_row(each: Violation) -> dict[str, Any]:
    """A finding as an object."""
    return {
        "level": each.level.value,
        "rule": each.rule,
        "path": each.path or None,
        "line": each.line or None,
        "ticket": each.ticket or None,
        "field": each.field or None,
        "commit": each.commit or None,
        "text": each.text,
        "hint": each.hint or None,
    }


def findings_json(checked: Checked) -> str:
    """An array of objects, in ASCII."""
    return _json([finding_row(each) for each in checked.findings])


def _json(value: object) -> str:
    import json  # start-up: hooks speak to people

    return json.dumps(value, indent=2).replace("\x7f", "\\u007f")


def findings_github(checked: Checked) -> str:
    """Annotations: the worst ten of each level, the last of which says how many more there are."""
    by_level = ([each for each in checked.findings if each.level is level] for level in Level)
    return "\n".join(line for found in by_level for line in worst_ten(found, " of this level"))


def worst_ten(found: Sequence[Violation], which: str = "") -> list[str]:
    """The first ten of some findings as GitHub reads them; the last of these says how many more there are.

    Args:
        found: the worst first.
        which: what they have in common, said after their number.
    """
    more = len(found) - _MOST
    told = f"{plural(more, 'more finding')}{which}" if more > 0 else ""
    return [
        _annotation(each, told if number == _MOST else "") for number, each in enumerate(found[:_MOST], 1)
    ]


def _annotation(each: Violation, more: str) -> str:
    said = [clean_line(each.text), clean_line(each.hint), f"And {more}: see the summary." if more else ""]
    properties = {
        "file": clean_line(each.path),
        "line": str(each.line) if each.line else "",
        "title": f"tkt {each.rule}{f' {each.ticket}' if each.ticket else ''}",
    }
    shown = ",".join(f"{key}={_in_property(value)}" for key, value in properties.items() if value)
    message = "\n".join(filter(None, said))
    return f"::{each.level.value} {shown}::{_in_message(message)}"


def _in_message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _in_property(text: str) -> str:
    return _in_message(text).replace(":", "%3A").replace(",", "%2C")


def findings_summary(checked: Checked) -> str:
    """A page with every finding, in Markdown."""
    from tkt.render.machine import to_markdown

    rows = [
        {
            "Level": each.level.value,
            "Rule": each.rule,
            "Place": each.place or each.ticket,
            "What is wrong": each.text,
            "The way out": each.hint,
        }
        for each in checked.findings
    ]
    table = f"\n\n{to_markdown(rows)}" if rows else ""
    return f"### Tickets\n\n{summary(checked)}{table}\n"


def findings_gitlab(checked: Checked) -> str:
    """A code quality report; a finding that moves to another line stays the same one."""
    from hashlib import sha256

    seen: Counter[str] = Counter()
    rows = []
    for each in checked.findings:
        about = "\0".join((each.rule, each.ticket or each.path, each.field))
        seen[about] += 1
        print_of = f"{about}\0{seen[about]}".encode("utf-8", "surrogatepass")
        rows.append(
            {
                "description": _message(each),
                "check_name": each.rule,
                "fingerprint": sha256(print_of).hexdigest(),
                "severity": _SEVERITY[each.level],
                "location": {"path": clean_line(each.path) or ".", "lines": {"begin": max(each.line, 1)}},
            }
        )
    return _json(rows)


def _message(each: Violation) -> str:
    return clean_line(f"{each.text}. {each.hint}" if each.hint else each.text)


def findings_junit(checked: Checked) -> str:
    """A test suite: a case for each ticket that was checked, and one for what is about no ticket."""
    by_ticket: dict[str, list[Violation]] = {each: [] for each in checked.tickets}
    for each in checked.findings:
        by_ticket.setdefault(each.ticket or each.path or "the desk", []).append(each)
    return junit_suite("tkt check", by_ticket)


def junit_suite(name: str, cases: Mapping[str, Sequence[Violation]]) -> str:
    """JUnit's XML: a suite whose cases fail where they have errors."""
    failed = sum(any(each.level is Level.ERROR for each in found) for found in cases.values())
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="0"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f'<testsuite name="{name}" {counts}>']
    return "\n".join([*lines, *(_case(*each) for each in cases.items()), "</testsuite>", "</testsuites>"])


def _case(name: str, found: Sequence[Violation]) -> str:
    errors = [each for each in found if each.level is Level.ERROR]
    warnings = [each for each in found if each not in errors]
    opening = f'<testcase classname="tkt" name={_attribute(name)}'
    inside = []
    if errors:
        message = _attribute(errors[0].text)
        text = "\n".join(map(_told, errors))
        kind = _attribute(errors[0].rule)
        inside.append(f"<failure type={kind} message={message}>{_xml(text)}</failure>")
    if warnings:
        text = "\n".join(map(_told, warnings))
        inside.append(f"<system-out>{_xml(text)}</system-out>")
    return f"{opening}>{''.join(inside)}</testcase>" if inside else f"{opening}/>"


def _told(each: Violation) -> str:
    hint = f"\n    {clean_line(each.hint)}" if each.hint else ""
    place = f"{clean_line(each.place)}: " if each.place else ""
    return f"{place}{each.level.value}: {clean_line(each.text)} [{each.rule}]{hint}"


def _xml(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(clean(text))


def _attribute(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr(clean_line(text))


def findings_sarif(checked: Checked) -> str:
    """SARIF 2.1.0, with the rules that were broken."""
    names = list(dict.fromkeys(each.rule for each in checked.findings))
    rules = [
        {"id": name, "shortDescription": {"text": RULES[name].title if name in RULES else name}}
        for name in names
    ]
    driver = {"name": "tkt", "version": __version__, "rules": rules}
    results = [_result(each, names.index(each.rule)) for each in checked.findings]
    return _json(
        {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    )


def _result(each: Violation, rule: int) -> dict[str, Any]:
    region = {"region": {"startLine": each.line}} if each.line else {}
    place = {"physicalLocation": {"artifactLocation": {"uri": _uri(each.path)}, **region}}
    return {
        "ruleId": each.rule,
        "ruleIndex": rule,
        "level": each.level.value,
        "message": {"text": _message(each)},
        **({"locations": [place]} if each.path else {}),
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path, errors="replace")


FORMATS: dict[str, Callable[[Checked], str]] = {
    "json": findings_json,
    "github": findings_github,
    "gitlab": findings_gitlab,
    "junit": findings_junit,
    "sarif": findings_sarif,
}
"""How machines want findings."""
