"""What merging tickets needs of the machine."""

from __future__ import annotations

import os

from tkt.domain.ids import TICKETS, ticket_of, ticket_path
from tkt.errors import UsageError
from tkt.gitrepo.git import Git
from tkt.gitrepo.merging import has_driver, install_driver, merge_text, uninstall_driver
from tkt.store.merging import Merger
from tkt.wiring.ahead import find_store
from tkt.wiring.desk import repository_of
from tkt.wiring.hooks import this_tkt
from tkt.wiring.places import settings_reader


def ticket_merger(path: str, size: int) -> Merger:
    """Merges versions of a ticket's file, by the settings of the working tree.

    Args:
        path: of the file, from the top of the working tree.
        size: how many characters a mark of a conflict has.

    Raises:
        UsageError: no ticket lies at that path.
        NotFoundError: there is no store.
        InvalidStoreError: its settings have mistakes.
    """
    inside = path[path.find(f"{TICKETS}/") :]
    if ticket_path(ticket_of(inside)) != inside:
        raise UsageError(f"{path} is no ticket's file", "Git merges its lines.")
    return Merger(settings_reader().load(), merge_text(Git(os.curdir), size))


def teach_git(start: str = "", *, renew: bool = False) -> bool:
    """Have the clone of a folder merge tickets field by field; whether that is new.

    Args:
        start: the folder.
        renew: whether a clone that does so already calls this very tkt from now on.
    """
    repository = repository_of(find_store(start))
    return (renew or not has_driver(repository)) and install_driver(repository, this_tkt())


def unteach_git() -> bool:
    """Have this clone merge tickets as any text again; whether it did anything else."""
    return uninstall_driver(repository_of(find_store()))


def replace_file(name: str, data: bytes) -> None:
    """Put other bytes into a file, all at once."""
    draft = f"{name}.tkt"
    with open(draft, "wb") as file:
        file.write(data)
    os.replace(draft, name)
