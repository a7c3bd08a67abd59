"""The project's pages, taken apart into their fenced blocks.

Two kinds of block are run (tests/docs/session.py), in the order of the page:

* `sh`: commands without their output, as one script; it must succeed
* `console`: lines that begin with `$ ` are commands, what follows is what they print; a line `...`
  stands for any number of lines. A command goes on in lines that begin with `> ` while it ends with
  a backslash or a here-document of it is open.

`<!-- now 2026-11-24T09:00:00Z -->` on a line of its own sets the clock for what comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_FENCE = re.compile(r"(`{3,})\s*([a-z]*)\s*")
_NOW = re.compile(r"<!-- now (\S+) -->")
_HERE = re.compile(r"<<-?\s*'?\"?(\w+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, or a comment that sets the clock.

    Args:
        kind: the language after the fence; `now` for a comment that sets the clock.
        first: the index of its first line among the page's lines, the fence left out.
        lines: what stands in it; the moment, for a comment.
    """

    kind: str
    first: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and what the page says that it prints.

    Args:
        command: as a shell reads it.
        typed: the lines of the page that it stands on.
        output: the lines after it.
    """

    command: str
    typed: tuple[str, ...]
    output: tuple[str, ...]


def page_paths() -> list[Path]:
    """The README and everything directly in docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, from top to bottom."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        fence, now = _FENCE.fullmatch(lines[number]), _NOW.fullmatch(lines[number])
        number += 1
        if now:
            yield Block("now", number - 1, (now[1],))
        elif fence:
            end = lines.index(fence[1], number)
            yield Block(fence[2], number, tuple(lines[number:end]))
            number = end + 1


def steps(block: Block) -> list[Step]:
    """The commands of a console block."""
    found: list[Step] = []
    lines = list(block.lines)
    while lines:
        typed = [lines.pop(0)]
        if not typed[0].startswith("$ "):
            raise ValueError(f"a console block begins with a command, not {typed[0]!r}")
        command = [typed[0][2:]]
        while lines and lines[0].startswith(">") and _is_open(command):
            typed.append(lines.pop(0))
            command.append(typed[-1][2:])
        output = []
        while lines and not lines[0].startswith("$ "):
            output.append(lines.pop(0))
        found.append(Step("\n".join(command), tuple(typed), tuple(output)))
    return found


def _is_open(command: Sequence[str]) -> bool:
    here = _HERE.search(command[0])
    return command[-1].endswith("\\") or (here is not None and here[1] not in command[1:])
