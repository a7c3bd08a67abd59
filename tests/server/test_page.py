"""What docs/enforcement.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from tkt.domain.violation import RULES

_PAGE = Path(__file__).parents[2] / "docs" / "enforcement.md"


def test_every_attack_on_the_page_is_tried() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    named = re.findall(r"^\|.*\| `(test_\w+)` +\|$", page, re.MULTILINE)
    texts = [each.read_text(encoding="utf-8") for each in Path(__file__).parent.glob("test_*.py")]
    there = {name for text in texts for name in re.findall(r"^ *def (test_\w+)\(", text, re.MULTILINE)}
    assert len(named) == len(set(named))
    assert len(named) > 80
    assert set(named) <= there


def test_the_rules_that_can_be_overridden() -> None:
    page = " ".join(_PAGE.read_text(encoding="utf-8").split())
    told = page.partition("these are the ones that can be: ")[2].partition(". ")[0]
    known = [name for name, rule in RULES.items() if rule.overridable]
    assert told == ", ".join(f"`{name}`" for name in known)
