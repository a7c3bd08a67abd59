"""Pages run: every command on them carried out, and what it printed written below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.docs.pages import Block, Step, blocks, steps
from tests.docs.session import Session

DEMO_COMMAND = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && "
    'export TKT_DIR="$(mktemp -d)" && .venv/bin/tkt init --demo "$TKT_DIR" && '
    ".venv/bin/tkt list priority:P1,P2\n"
)
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m tests\n"
BY_OTHERS = (DEMO_COMMAND, TEST_COMMAND)
"""The two commands of the README that install tkt itself: tests/test_wheel.py and .ci/run see to them."""

ANYTHING = "..."
"""A line of a page that stands for any number of lines."""

_TICKET_ID = re.compile(r"\bTKT-[0-9a-hjkmnp-tv-z]{7}\b")


class PageError(AssertionError):
    """A command of a page went wrong; says where and how."""


def run_page(path: Path, text: str, folder: Path) -> str:
    """The page as it should be: the same text with what its commands print today.

    Args:
        path: named in errors.
        text: of the page.
        folder: empty; where the commands run.

    Raises:
        PageError: a script of the page failed.
    """
    session = Session(folder)
    lines = text.splitlines()
    replaced: list[tuple[Block, list[str]]] = []
    for block in blocks(text):
        if block.kind == "now":
            session.set_clock(block.lines[0])
        elif block.kind == "sh" and block.text not in BY_OTHERS:
            _run_script(session, block, path)
        elif block.kind == "console":
            replaced.append((block, [line for step in steps(block) for line in _run_step(session, step)]))
    for block, new in reversed(replaced):
        lines[block.first : block.first + len(block.lines)] = new
    return "".join(f"{line}\n" for line in lines)


def _run_script(session: Session, block: Block, path: Path) -> None:
    status, said = session.run(block.text)
    if status:
        shown = "\n".join(said)
        raise PageError(f"{path.name}:{block.first + 1}: exit code {status}\n{shown}")


def _run_step(session: Session, step: Step) -> list[str]:
    _, said = session.run(step.command)
    return [*step.typed, *(step.output if fits(step.output, said) else said)]


def fits(wanted: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a page's lines, some of which may stand for any number of others, are what was said."""
    if not wanted:
        return not said
    if wanted[0] != ANYTHING:
        return bool(said) and wanted[0] == said[0] and fits(wanted[1:], said[1:])
    return any(fits(wanted[1:], said[start:]) for start in range(len(said) + 1))


def renamed_tickets(before: str, after: str) -> dict[str, str]:
    """Ids that another run of the same page gave to the same tickets, by the old ones.

    The outputs of the same command are compared; where one has more or fewer ids than the other, or ids that
    the page knew already, it says nothing.
    """
    renamed: dict[str, str] = {}
    for old_step, new_step in zip(_all_steps(before), _all_steps(after), strict=True):
        old, new = (_TICKET_ID.findall("\n".join(each.output)) for each in (old_step, new_step))
        if len(old) == len(new):
            renamed.update((one, other) for one, other in zip(old, new, strict=True) if other not in before)
    return renamed


def _all_steps(text: str) -> list[Step]:
    return [step for block in blocks(text) if block.kind == "console" for step in steps(block)]
