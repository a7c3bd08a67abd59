"""A desk begins: settings, attributes, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tkt.assets import read_asset
from tkt.domain.ids import SETTINGS
from tkt.domain.settings import CommitPolicy
from tkt.errors import UsageError
from tkt.usecases.workspace import Actor, Files, FileWrite

SETTINGS_FILES = ("project.yaml", "workflow.yaml", "people.yaml", "sla.yaml")
USUAL_WORKFLOW = "default"
WORKFLOWS = {
    USUAL_WORKFLOW: ("settings/workflow.yaml", "resolved"),
    "lean": ("workflows/lean.yaml", "done"),
}
"""What a desk can begin with: the file, and the status to which a commit moves what it fixes."""

ATTRIBUTES = ".gitattributes"
ATTRIBUTE_LINES = (
    "tickets/** text eol=lf merge=tkt",
    "tickets/*/*/files/** -text -merge",
)
"""Tickets are text with LF everywhere; attachments are bytes that nothing merges."""

_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class NewDesk:
    """What was made.

    Args:
        root: the top of the working tree.
        written: the files that were missing.
        commit: what becomes of changes.
        tickets: how many sample tickets there are.
        branch: the branch that the desk has for itself; "" where it lies in the tree of the code.
        came: the branch, of a remote perhaps, that was checked out for it; "" where it was, or is new.
    """

    root: str
    written: tuple[str, ...]
    commit: CommitPolicy
    tickets: int = 0
    branch: str = ""
    came: str = ""


def setup_writes(
    files: Files, key: str, commit: CommitPolicy, actor: Actor | None, workflow: str = USUAL_WORKFLOW
) -> list[FileWrite]:
    """The files a desk still lacks.

    Args:
        files: the store's, as they are.
        key: the project key.
        commit: what becomes of changes.
        actor: the first agent; None for nobody.
        workflow: one of WORKFLOWS.

    Raises:
        UsageError: the key cannot be one.
    """
    require_key(key)
    texts = shipped_settings()
    asset, fixes = WORKFLOWS[workflow]
    texts |= {
        "workflow.yaml": read_asset(asset),
        "project.yaml": texts["project.yaml"]
        .replace("key: TKT\n", f"key: {key}\n", 1)
        .replace("commit: auto\n", f"commit: {commit}\n", 1)
        .replace("fixes: resolved\n", f"fixes: {fixes}\n", 1),
        "people.yaml": texts["people.yaml"].replace("agents: {}\n", _agents(actor), 1),
    }
    return setup_files(files, texts)


def shipped_settings() -> dict[str, str]:
    """The settings files that ship with tkt, by name."""
    return {name: read_asset(f"settings/{name}") for name in SETTINGS_FILES}


def require_key(key: str) -> None:
    """See that a word can be a project key.

    Raises:
        UsageError: it cannot.
    """
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"{key!r} is not a project key",
            "2 to 10 capital letters or digits, a letter first: --key TKT",
        )


def setup_files(files: Files, texts: Mapping[str, str]) -> list[FileWrite]:
    """The writes of settings files that are not there yet, and of the attributes that are missing."""
    writes = []
    for name, text in texts.items():
        path = f"{SETTINGS}/{name}"
        if _current(files, path) is None:
            writes.append(FileWrite(path, text.encode()))
    attributes = _current(files, ATTRIBUTES)
    merged = with_attributes(attributes)
    if merged != attributes:
        writes.append(FileWrite(ATTRIBUTES, merged, attributes))
    return writes


def with_attributes(current: bytes | None) -> bytes:
    """`.gitattributes` with tkt's lines at the end; what is there already stays."""
    text = (current or b"").decode("utf-8", "surrogateescape")
    lines = [line.strip() for line in text.splitlines()]
    missing = [line for line in ATTRIBUTE_LINES if line not in lines]
    if not missing:
        return current or b""
    before = text if not text or text.endswith("\n") else f"{text}\n"
    return (before + "".join(f"{line}\n" for line in missing)).encode("utf-8", "surrogateescape")


def _current(files: Files, path: str) -> bytes | None:
    try:
        return files.read(path)
    except FileNotFoundError:
        return None


def _agents(actor: Actor | None) -> str:
    if actor is None or "@" not in actor.email:
        return "agents: {}\n"
    handle = re.sub(r"^[^A-Za-z]+|[^A-Za-z0-9_.-]", "", actor.email.partition("@")[0])
    if handle.lower() in {"", "null"}:
        handle = "me"
    name = actor.name.replace("\\", "\\\\").replace('"', '\\"')
    lines = (f"{handle}:", f'  name: "{name}"', f'  email: "{actor.email}"', "  roles: [admin, agent]")
    return "agents:\n" + "".join(f"  {line}\n" for line in lines)
