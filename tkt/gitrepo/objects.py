"""New objects, written by one `git fast-import`: blobs, the trees on their paths, and a commit."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tkt.gitrepo.git import Git, id_in
from tkt.usecases.versions import Content, Version
from tkt.usecases.workspace import Actor, FileWrite

_IMPORT = ("fast-import", "--quiet", "--done", "--force", "--date-format=raw")
_PLAIN = "100644"
_MODES = frozenset({_PLAIN, "100755", "120000", "160000"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be.

    Args:
        message: whole, with trailers.
        author: who made the change.
        committer: who ran Git.
        when: for both, UTC.
        parent: the commit it follows; "" for none.
        tree: a tree to start from instead of the parent's; "" for the parent's.
    """

    message: str
    author: Actor
    committer: Actor
    when: datetime
    parent: str
    tree: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        commit: the commit's id; "" for none.
        ref: the name that keeps it alive until a branch does.
    """

    commit: str = ""
    ref: str = ""


def pending_ref() -> str:
    """The name that keeps a new commit alive until the branch does."""
    return f"refs/tkt/pending-{os.getpid()}"


def write_objects(
    git: Git, writes: Sequence[FileWrite], prefix: str = "", draft: Draft | None = None, ref: str = ""
) -> Written:
    """Write blobs, and a commit where there is a draft of one.

    Args:
        git: of the repository.
        writes: files relative to the store.
        prefix: the store's place in the tree.
        draft: None writes blobs only.
        ref: the name that keeps the commit alive.

    Raises:
        GitError: Git could not.
    """
    stream = [part for number, write in enumerate(writes, 1) for part in _blob(number, write)]
    if draft:
        mark = len(writes) + 1
        stream += [*_commit(draft, writes, prefix, ref), f"get-mark :{mark}\n".encode()]
    said = _imported(git, stream)
    return Written(id_in(said, "fast-import") if draft else "", ref)


def _blob(number: int, write: FileWrite) -> list[bytes]:
    if write.data is None:
        return []
    data = stored(write)
    return [f"blob\nmark :{number}\ndata {len(data)}\n".encode(), data, b"\n"]


def stored(write: FileWrite) -> bytes:
    """A file's content as Git stores it: text with LF, as `.gitattributes` says."""
    data = write.data or b""
    return data if "/files/" in write.path else data.replace(b"\r\n", b"\n")


def stored_id(write: FileWrite, *, sha256: bool) -> str:
    """The id of a file's blob; "" for a file that goes."""
    return "" if write.data is None else _blob_id(stored(write), sha256=sha256)


def blob_ids(data: bytes, *, sha256: bool) -> set[str]:
    """The ids under which Git may have a file's content: as it is, and with LF."""
    return {_blob_id(each, sha256=sha256) for each in (data, data.replace(b"\r\n", b"\n"))}


def stored_files(git: Git, files: Mapping[str, Content], *, sha256: bool) -> dict[str, Version | None]:
    """Files as Git has them, those with new bytes written; None for one that goes."""
    writes = [FileWrite(path, data) for path, data in files.items() if isinstance(data, bytes)]
    if writes:
        write_objects(git, writes)
    made = {each.path: Version(_PLAIN, stored_id(each, sha256=sha256)) for each in writes}
    return {
        path: made.get(path) or (each if isinstance(each, Version) else None) for path, each in files.items()
    }


def tree_with(git: Git, host: str, files: Mapping[str, Content]) -> str:
    """A tree with some other files; of thousands of folders no file of its own is written.

    Args:
        git: of the repository.
        host: the commit to start from.
        files: as they are to be, by their paths from the top.
    """
    # What goes comes first, as a folder may take its place.
    ordered = sorted(files.items(), key=lambda each: each[1] is not None)
    rows = [
        *(_tree_row(number, path, each) for number, (path, each) in enumerate(ordered, 1)),
        'ls ""\n\n',
        f"reset {pending_ref()}\nfrom {'0' * len(host)}\n\n",  # only its tree is wanted
    ]
    stream = [
        *(
            part
            for number, (path, each) in enumerate(ordered, 1)
            if isinstance(each, bytes)
            for part in _blob(number, FileWrite(path, each))
        ),
        f"commit {pending_ref()}\ncommitter tkt <> 0 +0000\ndata 0\nfrom {host}\n".encode(),
        "".join(rows).encode("utf-8", "surrogateescape"),
    ]
    return id_in(b"".join(_imported(git, stream).split()[2:3]), "fast-import")


def _tree_row(number: int, path: str, content: Content) -> str:
    if content is None:
        return f"D {quoted_path(path)}\n"
    mode, oid = content if isinstance(content, Version) else (_PLAIN, f":{number}")
    known = mode if mode in _MODES else _PLAIN  # old versions of Git wrote 100664
    return f"M {known} {oid} {quoted_path(path)}\n"


def _imported(git: Git, stream: Sequence[bytes]) -> bytes:
    """What `git fast-import` prints when it has read all that."""
    data = b"".join((*stream, b"done\n"))
    return git.run(*_IMPORT, stdin=data)


def index_rows(rows: Mapping[str, Version | None], prefix: str, null: str) -> bytes:
    """What `update-index --index-info` reads; what goes comes first, as a folder may take its place.

    Args:
        rows: files by their paths in the store; None for one that goes.
        prefix: the store's place in the tree.
        null: the id that stands for no object.
    """
    ordered = sorted(rows.items(), key=lambda each: each[1] is not None)
    lines = (
        f"{each.mode} {each.oid}\t{prefix}{path}\0" if each else f"0 {null}\t{prefix}{path}\0"
        for path, each in ordered
    )
    return "".join(lines).encode("utf-8", "surrogateescape")


def _blob_id(data: bytes, *, sha256: bool) -> str:
    import hashlib  # start-up: it loads OpenSSL, and few merges need the id of a new file

    digest = hashlib.sha256 if sha256 else hashlib.sha1
    return digest(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _commit(draft: Draft, writes: Sequence[FileWrite], prefix: str, ref: str) -> list[bytes]:
    message = draft.message.encode()
    seconds = int(draft.when.timestamp())
    lines = [
        f"commit {ref}\nmark :{len(writes) + 1}\n",
        f"author {_person(draft.author)} {seconds} +0000\n",
        f"committer {_person(draft.committer)} {seconds} +0000\n",
        f"data {len(message)}\n",
    ]
    rest = [f"from {draft.parent}\n"] if draft.parent else []
    if draft.tree:
        rest += ["deleteall\n", f'M 040000 {draft.tree} ""\n']
    for number, write in enumerate(writes, 1):
        path = quoted_path(prefix + write.path)
        rest.append(f"D {path}\n" if write.data is None else f"M {_PLAIN} :{number} {path}\n")
    return [
        "".join(lines).encode(),
        message,
        b"\n",
        "".join(rest).encode("utf-8", "surrogateescape"),
        b"\n",
    ]


def _person(actor: Actor) -> str:
    clean = str.maketrans("", "", "<>\n\r\0")
    return f"{actor.name.translate(clean).strip() or 'unknown'} <{actor.email.translate(clean).strip()}>"


def quoted_path(path: str) -> str:
    """A path as fast-import reads it."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
