"""Priority follows from impact and urgency, unless somebody says otherwise and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Matrix(NamedTuple):
    """The priority for each pair of impact and urgency (ITIL's priority matrix).

    Args:
        priorities: their names, the most severe first.
        default: the priority of a ticket without impact or urgency.
        impacts: their names, the highest first.
        urgencies: their names, the highest first.
        cells: a priority for every pair (impact, urgency).
    """

    priorities: tuple[str, ...]
    default: str
    impacts: tuple[str, ...]
    urgencies: tuple[str, ...]
    cells: Mapping[tuple[str, str], str]

    def priority(self, impact: str, urgency: str) -> str:
        """What the matrix says; "" where impact or urgency is unset or unknown."""
        return self.cells.get((impact, urgency), "")

    def rank(self, priority: str) -> int:
        """Its place from the most severe, 0; unknown names come last."""
        try:
            return self.priorities.index(priority)
        except ValueError:
            return len(self.priorities)

    def follow(self, impact: str, urgency: str, current: str, was: tuple[str, str]) -> str:
        """The priority after impact or urgency changed.

        It follows the matrix, unless `current` had been set apart from what the matrix said for
        the impact and urgency it `was` at: what somebody decided stays decided.
        """
        expected = self.priority(*was) or self.default
        if current and current != expected:
            return current
        return self.priority(impact, urgency) or current or self.default
