"""A thread that is folded into its ticket's file: the section of the body that holds it, and back.

Each entry's text stands there as it stood in its file, below a line that says how many lines it has. So
nothing that an entry says can end it, or begin another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tkt.domain.checks import ENTRY_LINE, FOLDED
from tkt.errors import InvalidStoreError, Problem
from tkt.store.codec import ENTRY_MARK, body_of
from tkt.store.threads import EntryText

_ENTRY = re.compile(ENTRY_LINE)
_END_MARK = "<!-- end of thread: "
_END = re.compile(rf"{_END_MARK}([0-9]{{1,7}}) entr(?:y|ies) -->\r?")


def split_body(body: str) -> tuple[str, str]:
    """A ticket's body as its description and the section with its folded thread, "" without one.

    The two of them one after the other are the body again. A heading alone is none of it: an entry line
    must stand below it, and an entry with as many lines as that says, or the end of a thread further down.
    """
    start = FOLDED.search(body) if ENTRY_MARK in body else None
    if start is None:
        return body, ""
    description = body[: start.start()].removesuffix("\n").removesuffix("\r")
    section = body[len(description) :]
    whole = _END_MARK in section or isinstance(next(_walk(section, "", 1)), EntryText)
    return (description, section) if whole else (body, "")


def thread_section(data: bytes, path: str) -> tuple[str, int]:
    """The section with the folded thread in a ticket's file, "" without one, and its first line.

    Raises:
        InvalidStoreError: it is not UTF-8, or has no front matter.
    """
    if ENTRY_MARK.encode() not in data:
        return "", 0
    body, line = body_of(data, path)
    description, section = split_body(body)
    return section, line + description.count("\n")


def without_thread(data: bytes, path: str) -> bytes:
    """A ticket's file as it would be without the folded thread.

    Raises:
        InvalidStoreError: it is not UTF-8, or has no front matter.
    """
    section, _ = thread_section(data, path)
    return data.removesuffix(section.encode())


def folded_entries(data: bytes, path: str) -> Iterator[EntryText | Problem]:
    """The entries that are folded into a ticket's file, and a problem where something is wrong with them.

    Args:
        data: the whole file.
        path: where it is.
    """
    try:
        section, line = thread_section(data, path)
    except InvalidStoreError as error:
        yield from error.problems
        return
    if section:
        yield from _walk(section, path, line)


def _walk(section: str, path: str, first: int) -> Iterator[EntryText | Problem]:
    """Go from entry to entry; the first thing that is wrong ends it, as nothing after it is certain."""
    lines = section.split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith(ENTRY_MARK))
    count = 0
    while entry := _ENTRY.fullmatch(lines[at]):
        begin, at = at + 1, at + 1 + int(entry[2])
        if at >= len(lines) or not lines[at].startswith((ENTRY_MARK, _END_MARK)):
            text = f"the {entry[2]} lines below are not the whole entry {entry[1]}; what follows is not read"
            yield Problem(path, first + begin - 1, text)
            return
        text = "".join(f"{line}\n" for line in lines[begin:at])
        if entry[3]:
            text = text.removesuffix("\n").removesuffix("\r")
        count += 1
        yield EntryText(entry[1], text.encode(), path, first + begin)
    yield from _ending(lines[at:], count, path, first + at)


def _ending(lines: Sequence[str], count: int, path: str, first: int) -> Iterator[Problem]:
    end = _END.fullmatch(lines[0])
    more = next((place for place, line in enumerate(lines) if place and line.strip()), 0)
    if end is None:
        yield Problem(path, first, "neither an entry nor the end of the thread; what follows is not read")
    elif int(end[1]) != count:
        yield Problem(path, first, f"the thread has {count} entries, and should have {end[1]}")
    elif more:
        yield Problem(path, first + more, "stands below the end of the thread; move it above ## Thread")


def line_like_an_entry(description: str) -> int | None:
    """The first line, counted from 0, that looks like one above an entry or at a thread's end."""
    lines = enumerate(description.split("\n"))
    return next((at for at, line in lines if _ENTRY.fullmatch(line) or _END.fullmatch(line)), None)


def fold_entries(entries: Sequence[EntryText]) -> str:
    """The section that holds entries, to stand directly behind the description."""
    parts = ["\n## Thread\n\n"]
    for each in entries:
        text = each.data.decode()
        note = "" if text.endswith("\n") else ", no final newline"
        text = text.removesuffix("\n") + "\n"
        count = text.count("\n")
        parts.append(f"{ENTRY_MARK}{each.id}: {count} lines{note} -->\n{text}")
    number = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    return f"{''.join(parts)}{_END_MARK}{number} -->\n"
