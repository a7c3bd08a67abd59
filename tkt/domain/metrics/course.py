"""The course of a ticket: what reports need to know of its past, in a form that stays true.

A course follows from a ticket's file, its thread and the settings, and from no clock, as long as nothing lies
in the future. So the index may keep it. All moments are whole seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

DETAILS = 3
"""So many of the last parts of a course, most of what there is to it, are read by few reports."""


class Course(NamedTuple):
    """What happened to a ticket, as far as reports are concerned.

    Everybody in it has the name that `People.one` gives. The inner sequences are rows of plain values, so
    that thousands of them can be kept and read at once.

    Args:
        created: when.
        asked: whether somebody waits for answers.
        waits: (answered at, seconds waited, those of them in opening hours or None) of every exchange; the
            first one is the first response.
        closings: (at, assignee then, seconds since creation, those of them in opening hours or None, those
            in which no status stopped the clocks) of every time work on it was over.
        reopenings: when it went on after that.
        runs: (clock, at, whether in time) of every run of a clock that ended, or will end then if nothing
            more happens.
        replies: when agents wrote to the requester.
        assignees: (since, who), "" for nobody.
        statuses: (since, status), the first of them from the beginning.
        queues: when it went from one queue to another.
        touches: (at, who, minutes, whether it was a reply) of every entry that an agent wrote.
    """

    created: int
    asked: bool
    waits: Sequence[tuple[int, int, int | None]] = ()
    closings: Sequence[tuple[int, str, int, int | None, int]] = ()
    reopenings: Sequence[int] = ()
    runs: Sequence[tuple[str, int, bool]] = ()
    replies: Sequence[int] = ()
    assignees: Sequence[tuple[int, str]] = ()
    statuses: Sequence[tuple[int, str]] = ()
    queues: Sequence[int] = ()
    touches: Sequence[tuple[int, str, int, bool]] = ()

    def is_open(self, moment: int) -> bool:
        """Whether there was work to do on it just before a moment."""
        if not self.closings or self.created >= moment:
            return self.created < moment
        closed = sum(each[0] < moment for each in self.closings)
        return closed == sum(each < moment for each in self.reopenings)

    @property
    def over(self) -> int | None:
        """When the last thing that counts happened to it, where it was done in the end; else None."""
        if len(self.closings) == len(self.reopenings):
            return None
        timed = (self.waits, self.statuses, self.closings, self.assignees, self.touches)
        moments = [each[0] for rows in timed for each in rows]
        return max([self.created, *moments, *self.queues, *(at for _, at, _ in self.runs)])

    def assignee(self, moment: int) -> str:
        """Who had it just before a moment."""
        for at, who in reversed(self.assignees):
            if at < moment:
                return who
        return ""
