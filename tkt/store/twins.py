"""Entries of one id that are others on two sides, told apart: both are kept, and one gets another id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from tkt.domain.ids import ALPHABET, ENTRY_ID, thread_folder, ticket_path
from tkt.errors import InvalidStoreError, Problem
from tkt.store.decoding import malformed
from tkt.store.folding import fold_entries, folded_entries, without_thread
from tkt.store.threads import EntryText, read_entry

Entries = Mapping[str, EntryText]
"""Entries by their ids."""

Contents = Mapping[str, bytes]
"""A ticket's file and its entries' own files, by their paths."""


def folded_by_id(data: bytes, path: str) -> dict[str, EntryText]:
    """The entries that are folded into a ticket's file.

    Raises:
        InvalidStoreError: something is wrong with them, so that not all can be had.
    """
    found: dict[str, EntryText] = {}
    for each in folded_entries(data, path):
        if isinstance(each, Problem):
            raise InvalidStoreError((each,))
        if found.setdefault(each.id, each).data != each.data:
            raise malformed(path, each.line, f"there are two entries {each.id}; keep one of them")
    return found


def joined_threads(was: Entries, one: Entries, other: Entries) -> dict[str, EntryText]:
    """The entries of two threads that come from one, the same whichever side is called one.

    Raises:
        InvalidStoreError: every other id for one of them is taken.
    """
    found = {**one, **other}
    for entry_id in sorted(one.keys() & other.keys()):
        both = sorted((one[entry_id], other[entry_id]), key=lambda each: each.data)
        before = was[entry_id].data if entry_id in was else None
        found[entry_id] = next((each for each in both if each.data != before), both[0])
        if before not in (both[0].data, both[1].data) and both[0].data != both[1].data:
            twin = renamed(both[1], {each.id: each.data for each in found.values()})
            found[twin.id] = twin
    return found


class Told(NamedTuple):
    """Two sides of a ticket on which an id stands for one entry only.

    Args:
        ours: our files.
        theirs: theirs.
        renamed: the new ids of entries of ours, by those that they had.
    """

    ours: Contents
    theirs: Contents
    renamed: Mapping[str, str]


def told_apart(ticket_id: str, base: Contents, ours: Contents, theirs: Contents) -> Told:
    """Have each id stand for one entry, wherever that lies.

    Of two entries theirs keeps the id, since others may have it. An entry that one side corrected, and that
    is folded on the other, is corrected there too.

    Args:
        ticket_id: which ticket.
        base: the files of the commit that both come from.
        ours: our files.
        theirs: theirs.

    Raises:
        InvalidStoreError: every other id for one of them is taken.
    """
    was, mine, others = (_entries(ticket_id, each) for each in (base, ours, theirs))
    to_ours: dict[str, EntryText] = {}
    to_theirs: dict[str, EntryText] = {}
    new_ids: dict[str, str] = {}
    taken = {each.id: each.data for each in (*mine.values(), *others.values())}
    for entry_id in sorted(mine.keys() & others.keys()):
        one, other = mine[entry_id], others[entry_id]
        before = was[entry_id].data if entry_id in was else None
        if one.data == other.data:
            continue
        if other.data == before:
            to_theirs[entry_id] = one
        elif one.data == before:
            to_ours[entry_id] = other
        else:
            to_ours[entry_id] = renamed(one, taken)
            new_ids[entry_id] = to_ours[entry_id].id
            taken[new_ids[entry_id]] = to_ours[entry_id].data
    after = _with_entries(ticket_id, ours, to_ours), _with_entries(ticket_id, theirs, to_theirs)
    return Told(*after, new_ids)


def renamed(text: EntryText, taken: Mapping[str, bytes]) -> EntryText:
    """An entry with another id of the same second, that follows from what it says.

    Args:
        text: the entry.
        taken: what the entries are that there are, by their ids.

    Raises:
        InvalidStoreError: every other id is taken.
    """
    digest = hashlib.sha256(text.data).digest()
    for start in range(len(digest) - 4):
        tail = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[start : start + 4])
        new = f"{text.id[:-4]}{tail}"
        data = text.data.replace(f"id: {text.id}".encode(), f"id: {new}".encode(), 1)
        if taken.get(new, data) == data:
            return EntryText(new, data, text.path, text.line)
    raise malformed(text.path, text.line, f"every other id for the entry {text.id} is taken")


def thread_of(entries: Entries) -> str:
    """The section that holds entries, in their order.

    Raises:
        InvalidStoreError: one cannot be understood.
    """
    return fold_entries(sorted(entries.values(), key=lambda each: read_entry(each).order))


def _entries(ticket_id: str, contents: Contents) -> dict[str, EntryText]:
    """The entries of a side; of one that lies there twice, what its own file says."""
    path = ticket_path(ticket_id)
    folded = (each for each in folded_entries(contents.get(path, b""), path) if isinstance(each, EntryText))
    found = {each.id: each for each in folded}
    start = f"{thread_folder(ticket_id)}/"
    for name, data in contents.items():
        entry_id = name.removeprefix(start).removesuffix(".md")
        if ENTRY_ID.fullmatch(entry_id) and name == f"{start}{entry_id}.md":
            found[entry_id] = EntryText(entry_id, data, name)
    return found


def _with_entries(ticket_id: str, contents: Contents, changed: Entries) -> dict[str, bytes]:
    """The files of a side with other entries in the place of some, by the ids that these have."""
    found = dict(contents)
    folder = thread_folder(ticket_id)
    for old, text in changed.items():
        if found.pop(f"{folder}/{old}.md", None) is not None:
            found[f"{folder}/{text.id}.md"] = text.data
    path = ticket_path(ticket_id)
    texts = list(folded_entries(found.get(path, b""), path))
    entries = [each for each in texts if isinstance(each, EntryText)]
    if len(entries) == len(texts) and any(each.id in changed for each in entries):
        section = fold_entries([changed.get(each.id, each) for each in entries])
        found[path] = without_thread(found[path], path) + section.encode()
    return found
