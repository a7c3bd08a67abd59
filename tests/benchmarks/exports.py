"""An export of beads (one JSON object a line) as large as one likes; one size is one export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.benchmarks.wording import Wording

_START = datetime(2025, 11, 1, 8, 0, tzinfo=UTC)


def beads_export(count: int) -> str:
    """So many issues, about as long and as much linked as those of the beads project itself."""
    chance = Random(f"beads {count}")  # noqa: S311  the same export every time, not a secret
    return "".join(f"{json.dumps(issue)}\n" for issue in _issues(count, chance))


def _issues(count: int, chance: Random) -> Iterator[dict[str, Any]]:
    wording = Wording(chance)
    for number in range(count):
        created = _START + timedelta(minutes=60 * number + chance.randint(0, 59))
        issue: dict[str, Any] = {
            "id": f"bd-{number:04}",
            "title": wording.title(),
            "description": wording.description(),
            "status": "open",
            "priority": chance.randint(0, 4),
            "issue_type": chance.choice(("task", "task", "bug", "feature", "epic", "chore")),
            "created_at": created.isoformat(),
            "created_by": chance.choice(("ana", "bob", "carla")),
        }
        if number and chance.random() < 0.35:
            issue["dependencies"] = [_dependency(number, chance)]
        if chance.random() < 0.1:
            issue["comments"] = [_comment(number, created, wording)]
        if chance.random() < 0.9:
            issue |= {"status": "closed", "closed_at": (created + timedelta(days=2)).isoformat()}
        yield issue


def _dependency(number: int, chance: Random) -> dict[str, str]:
    return {
        "issue_id": f"bd-{number:04}",
        "depends_on_id": f"bd-{chance.randrange(number):04}",
        "type": chance.choice(("blocks", "parent-child")),
    }


def _comment(number: int, created: datetime, wording: Wording) -> dict[str, str]:
    return {
        "issue_id": f"bd-{number:04}",
        "author": "ana",
        "text": wording.comment(),
        "created_at": (created + timedelta(hours=5)).isoformat(),
    }
