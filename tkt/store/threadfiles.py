"""A ticket's thread as it lies there: each entry in a file of its own, in the ticket's file, or in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tkt.domain.ids import ENTRY_ID, thread_folder, ticket_path
from tkt.errors import InvalidStoreError, Problem
from tkt.store.codec import ENTRY_MARK, THREAD_LIMIT, body_of, parse
from tkt.store.decoding import malformed
from tkt.store.threads import EntryText, read_entry
from tkt.usecases.workspace import Files, FileWrite


def entry_texts(files: Files, ticket_id: str) -> tuple[list[EntryText], list[Problem]]:
    """The entries of a ticket, each once, and what keeps others from being read.

    One that stands in a file of its own and in the ticket's file as well is given as in its own.
    """
    found: dict[str, EntryText] = {}
    problems: list[Problem] = []
    for each in (*_folded(files, ticket_id), *_in_folder(files, ticket_id)):
        if isinstance(each, Problem):
            problems.append(each)
            continue
        other = found.setdefault(each.id, each)
        if other.data == each.data:
            found[each.id] = each
        else:
            text = f"is another entry than {other.path}:{other.line}, by the same id; keep one of them"
            problems.append(Problem(each.path, each.line, text))
    return list(found.values()), problems


def _folded(files: Files, ticket_id: str) -> Iterator[EntryText | Problem]:
    path = ticket_path(ticket_id)
    try:
        data = files.read(path)
    except (FileNotFoundError, InvalidStoreError):  # whoever loads the ticket is told
        return
    if ENTRY_MARK.encode() in data:
        from tkt.store.folding import folded_entries  # start-up: few tickets are folded

        yield from folded_entries(data, path)


def _in_folder(files: Files, ticket_id: str) -> Iterator[EntryText | Problem]:
    folder = thread_folder(ticket_id)
    try:
        names = files.names(folder)
    except InvalidStoreError as error:
        yield from error.problems
        return
    for name in names:
        if name.endswith(".md") and ENTRY_ID.fullmatch(name[:-3]):
            yield from _in_file(files, f"{folder}/{name}", name[:-3])


def _in_file(files: Files, path: str, entry_id: str) -> Iterator[EntryText | Problem]:
    try:
        yield EntryText(entry_id, files.read(path), path)
    except FileNotFoundError:
        return
    except InvalidStoreError as error:
        yield from error.problems


def fold(files: Files, ticket_id: str, base: bytes) -> list[FileWrite]:
    """The writes that put all entries of a ticket into its file; none where they are there already.

    Args:
        files: of the store.
        ticket_id: which ticket.
        base: its file as it is.

    Raises:
        InvalidStoreError: it cannot be done without loss; with what stands in the way.
    """
    path = ticket_path(ticket_id)
    texts, problems = entry_texts(files, ticket_id)
    if problems:
        raise InvalidStoreError(tuple(problems))
    removed = [FileWrite(each.path, None, each.data) for each in texts if each.path != path]
    if not removed:
        return []
    in_order = sorted(texts, key=lambda each: read_entry(each).order)
    return [*removed, FileWrite(path, _with_thread(base, path, in_order), base)]


def _with_thread(base: bytes, path: str, entries: Sequence[EntryText]) -> bytes:
    """A ticket's file with these entries as its thread."""
    from tkt.store.editing import edit
    from tkt.store.folding import fold_entries, folded_entries, line_like_an_entry, split_body

    document = parse(base, path)
    description, _ = split_body(document.body)
    like = line_like_an_entry(description)
    if like is not None:
        line = body_of(base, path)[1] + like
        raise malformed(path, line, "looks like the line above a folded entry; put a space before it")
    section = fold_entries(entries)
    size = len(section.encode())
    if size > THREAD_LIMIT:
        raise malformed(path, 0, f"its thread has {size:,} bytes; {THREAD_LIMIT:,} can be folded")
    data = edit(document, {}, (), description + section)
    again = [each for each in folded_entries(data, path) if isinstance(each, EntryText)]
    kept = [each[:2] for each in again] == [each[:2] for each in entries]
    if not kept or split_body(parse(data, path).body)[0] != description:
        raise malformed(path, 0, "its thread cannot be folded and had back byte for byte")
    return data
