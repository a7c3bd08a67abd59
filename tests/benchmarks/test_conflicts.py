"""The programs about merging still run; the rates of twelve pairs are those of a fixed seed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import merges, races
from tests.benchmarks.conflicts import measure

if TYPE_CHECKING:
    import pytest


def test_nothing_is_left_to_a_person_that_is_no_conflict(tmp_path: Path) -> None:
    rates = measure(tmp_path, 12, 3)
    assert rates.pairs == 12
    assert rates.real  # so that Git has something to stop at
    assert rates.conflicts - rates.spurious <= rates.real
    assert rates.spurious <= 1
    assert rates.spurious_by_tkt == 0


def test_what_merging_costs_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    merges.main(["--tickets", "5", "--runs", "1"])
    said = capsys.readouterr().out
    assert re.fullmatch(r"5 tickets: git merge-tree \d+ ms, tkt merge-branch \d+ ms, [0-9.]+ x; .*\n", said)


def test_what_many_pushes_cost_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    races.main(["--clones", "2", "--runs", "1"])
    said = capsys.readouterr().out
    assert re.fullmatch(r"2 clones: git push \d+ ms, tkt sync \d+ ms, [0-9.]+ x\n", said)
