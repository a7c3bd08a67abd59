"""The benchmarks still run, and measure what they say they do; their figures are nobody's business here."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

from tests.benchmarks import imports
from tests.benchmarks.__main__ import main
from tests.benchmarks.exports import beads_export
from tests.benchmarks.stopwatch import clean_environment, run
from tests.benchmarks.stores import NOW, Sample, make_sample
from tkt.domain.fields import format_time
from tkt.store.files import DiskFiles
from tkt.store.tickets import TicketFiles

_NAMES = (
    "--version", "show ID", "list", "list --json", "search WORD", "log ID", "status", "export ID --single",
    "comment ID", "set ID", "assign ID", "transition ID", "label ID", "link ID blocks ID", "create", "undo",
    "completion of an id",
)  # fmt: skip


def test_every_figure_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(imports, "REAL_EXPORT", tmp_path / "not here")
    main(["--sizes", "20", "--runs", "1", "--issues", "5"])
    said = capsys.readouterr().out
    assert all(f"\n| {name} | " in said for name in ("python -c 'import click'", *_NAMES, "generated"))
    assert "* Machine: " in said
    assert "* Commit: " in said


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("benchmarks")
    return make_sample(folder / "desk", 60, clean_environment(folder, format_time(NOW)))


def test_a_store_is_sound_and_like_a_real_one(sample: Sample) -> None:
    store = TicketFiles(DiskFiles(str(sample.root)), sample.settings)
    assert list(store.ids()) == sorted(each.id for each in sample.tickets)
    assert not [problem for each in sample.tickets for problem in store.problems(each.id)]
    threads = [store.thread(each.id) for each in sample.tickets]
    assert not [problem for _, problems in threads for problem in problems]
    assert 3 <= statistics.median(len(thread) for thread, _ in threads) <= 5
    assert len({each.parent for each in sample.root.glob("tickets/*/*.md")}) > 10


def test_one_size_is_one_store(sample: Sample, tmp_path: Path) -> None:
    again = make_sample(tmp_path / "desk", 60, clean_environment(tmp_path, format_time(NOW)))
    assert again.tickets == sample.tickets


def test_one_size_is_one_export() -> None:
    assert beads_export(20) == beads_export(20)
    issues = [json.loads(line) for line in beads_export(200).splitlines()]
    assert len({each["id"] for each in issues}) == 200
    assert any("dependencies" in each for each in issues)


def test_a_command_that_fails_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with"):
        run(["git", "no-such-command"], tmp_path, clean_environment(tmp_path, format_time(NOW)))
