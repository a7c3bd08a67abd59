"""What a report is made from: a desk, its tickets' courses, and a time zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, cast

from tkt.errors import TktError, UsageError
from tkt.usecases.report import Courses
from tkt.usecases.workspace import Workspace
from tkt.wiring.desk import open_workspace

if TYPE_CHECKING:
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.store.index.catalogue import IndexedCatalogue
    from tkt.store.tickets import TicketFiles


def open_report(
    rev: str | None = None,
    *,
    index: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Workspace, Courses]:
    """The desk, and who reads its tickets' courses.

    Args:
        rev: the commit at which it is read, whose moment is that of the desk then; None for the working tree.
        index: whether the index may remember courses.
        progress: told how far a long look at files is.

    Raises:
        NotFoundError: there is no store, or no such commit.
        InvalidStoreError: its settings have mistakes.
    """
    ws = open_workspace(rev=rev, index=index, progress=progress)
    if rev is not None:
        from tkt.gitrepo.past import moment_of

        files = cast("CommitFiles", ws.files)
        ws = replace(ws, now=min(ws.now, moment_of(files.git, files.revision)))
    if not hasattr(ws.catalogue, "ask"):  # there is no index
        from tkt.store.courses import FilesCourses
        from tkt.store.index.spreading import spread

        return ws, FilesCourses(cast("TicketFiles", ws.tickets), spread)
    from tkt.store.index.courses import IndexedCourses

    return ws, IndexedCourses(cast("IndexedCatalogue", ws.catalogue), int(ws.now.timestamp()))


def zone_named(name: str) -> tzinfo:
    """The time zone of that name.

    Raises:
        UsageError: there is none.
    """
    if name == "UTC":
        return UTC
    from tkt.store.calendars import unknown_zone, zone_of  # start-up: most desks report in UTC

    try:
        return zone_of(name)
    except TktError as error:
        raise UsageError(unknown_zone(name)) from error
