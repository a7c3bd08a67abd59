"""The benchmarks still run, and measure what they say they do; their figures are nobody's business here."""

from __future__ import annotations

import json
import re
import shutil
import statistics
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.benchmarks import checks, hooks, imports, pushes, reports
from tests.benchmarks.__main__ import main
from tests.benchmarks.beside import RG_LINES, RG_LINES_ALL, RG_STATUS, RG_WORD, missing
from tests.benchmarks.commands import COMPLETION, CREATE, LIST, SEARCH, SHOW, WRITES
from tests.benchmarks.exports import beads_export
from tests.benchmarks.figures import Figures
from tests.benchmarks.first import COLD_LIST, COLD_SEARCH, PULLED
from tests.benchmarks.formats import make_tk, tell
from tests.benchmarks.limits import limits
from tests.benchmarks.page import block_names, with_blocks
from tests.benchmarks.peers import time_peers
from tests.benchmarks.stopwatch import Times, clean_environment, run
from tests.benchmarks.stores import NOW, Sample, make_sample
from tkt.domain.fields import format_time
from tkt.store.files import DiskFiles
from tkt.store.tickets import TicketFiles

_PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_NAMES = (
    "--version", "show ID", "list", "list --json", "list 'updated:<7d'", "list --no-index",
    "list --rev REV, not the first time", "diff A..B of 100 tickets", "search WORD", "next", "board",
    "status", "log ID", "export ID --single", "completion of an id", "comment ID", "set ID", "assign ID",
    "transition ID", "label ID", "link ID blocks ID", "create", "undo",
    "list, after a clone", "search WORD, after a clone", "list, after a pull that changed 100 tickets",
    "the same, over warm", "memory at 100,000 tickets", "generated",
)  # fmt: skip
_BLOCKS = [
    "circumstances", "limits", "commands", "beside", "growth", "first", "memory", "compact", "peers",
    "imports",
]  # fmt: skip


def test_every_figure_is_printed_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(imports, "REAL_EXPORT", tmp_path / "not here")
    page = tmp_path / "page.md"
    page.write_text("".join(f"<!-- figures {name} -->\n<!-- end -->\n" for name in _BLOCKS), encoding="utf-8")
    main(["--sizes", "20", "--runs", "1", "--issues", "5", "--compact", "--write", str(page)])
    said = capsys.readouterr().out
    assert all(f"\n| {name} | " in said for name in ("python -c 'import click'", *_NAMES))
    assert "* Machine: " in said
    assert "* Commit: " in said
    assert "* 20 tickets: " in said
    written = page.read_text(encoding="utf-8")
    assert all(f"\n| {name} | " in written for name in _NAMES)
    assert "<!-- figures peers -->\n<!-- end -->" in written


def test_the_page_names_the_command_and_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    page = _PAGE.read_text(encoding="utf-8")
    assert "python -m tests.benchmarks --help" in page
    assert options <= set(re.findall(r"--[a-z]+", page))


def test_the_page_has_every_block() -> None:
    assert sorted(block_names(_PAGE.read_text(encoding="utf-8"))) == sorted(_BLOCKS)


def test_only_what_was_measured_is_written() -> None:
    page = "a\n<!-- figures one -->\nold\n<!-- end -->\nb\n<!-- figures two -->\nold\n<!-- end -->\n"
    new = with_blocks(page, {"two": r"\1 | new", "three": "nowhere"})
    assert new == page.replace("two -->\nold", "two -->\n\\1 | new")


def test_a_ratio_is_taken_within_a_round() -> None:
    times = Times({"a": [1.0, 20.0, 3.0], "b": [2.0, 10.0, 3.0]}, {"a": [1.0, 10.0, 1.0], "b": [1.0] * 3})
    assert times.median("a") == 3.0
    assert times.to_click("a") == 2.0
    assert times.ratio("a", "b") == 1.0
    assert times.over("a", "b") == 0.0


def _figures(tasks: Mapping[str, float], memory: int = 0) -> Figures:
    """What was measured where `import click` takes a tenth of a second."""
    times = Times({name: [each] for name, each in tasks.items()}, {name: [0.1] for name in tasks})
    return Figures(times, times, times, times, {"list": memory}, None, None)


def test_limits_are_those_of_ten_thousand_tickets() -> None:
    fast = dict.fromkeys((LIST, SHOW, SEARCH, COMPLETION, *WRITES, COLD_LIST, COLD_SEARCH, PULLED), 0.19)
    fast |= dict.fromkeys((RG_STATUS, RG_WORD, RG_LINES, RG_LINES_ALL), 0.2)
    slow = {name: each * 10 for name, each in fast.items()}
    figures = {100: _figures(fast), 10_000: _figures(fast), 100_000: _figures(slow, 301_000_000)}
    found = limits(figures)
    growth, memory = found[4], found[7]
    assert [each.what for each in found if each.met is False] == [growth.what, memory.what]
    assert growth.measured.startswith("create 10.00 x at 100,000")
    assert memory.measured == "at 100,000: list 301 MB"
    unknown = [each for each in limits({20: _figures(fast)}) if each.met is None]
    assert [each.what for each in unknown] == [growth.what, memory.what]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    env = clean_environment(tmp_path, format_time(NOW))
    sample = make_sample(tmp_path / "desk", 20, env)
    env["PATH"] = str(tmp_path)
    assert missing(env) == ["rg: not available here"]
    git = shutil.which("git")
    assert git
    (tmp_path / "git").symlink_to(git)
    others = time_peers(sample, tmp_path / "peers", 1, env)
    assert others.notes == tuple(f"{name}: not available here" for name in ("tk", "backlog", "task"))
    assert set(others.times.seconds) == {LIST, SHOW, SEARCH, CREATE}


def test_others_get_the_same_tickets(sample: Sample, tmp_path: Path) -> None:
    told = list(tell(sample))
    make_tk(tmp_path, told, {})
    texts = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob(".tickets/*.md")}
    assert len(texts) == len(sample.tickets)
    closed = sum("status: closed\n" in text for text in texts.values())
    assert closed == len(sample.tickets) - len(sample.open)
    assert all(body in texts[each.ticket.id] for each in told for _, body in each.said)


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


def test_what_hooks_cost_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    hooks.main(["--runs", "1"])
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"on main: [0-9.]+ ms without, [0-9.]+ with, -?[0-9.]+ more", first)
    assert second.startswith("on feature/TKT-")


def test_what_judging_commits_costs_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    pushes.main(["--commits", "5", "--runs", "1"])
    said = capsys.readouterr().out
    assert re.fullmatch(r"5 commits: git \d+ ms, tkt check --range \d+ ms, [0-9.]+ x; at most 10 x\n", said)


@pytest.mark.skipif(shutil.which("rg") is None, reason="ripgrep is not installed")
def test_what_a_check_costs_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    checks.main(["--tickets", "20", "--runs", "1"])
    read, *rows = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"20 tickets: rg -c \. \d+ ms", read)
    assert [row.partition(":")[0] for row in rows] == [
        "cold",
        "warm",
        "pre-commit, one ticket",
        "pre-commit, settings new to it",
    ]
    assert all(re.fullmatch(r".*: \d+ ms, [0-9.]+ x; at most \d+ x", row) for row in rows)


def test_what_reports_cost_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    reports.main(["--tickets", "20", "--runs", "1", "--sites", "1"])
    rows = capsys.readouterr().out.splitlines()
    assert [row.partition(":")[0] for row in rows] == [
        "20 tickets",
        "report summary",
        "page of all reports",
        "site build",
        "the same, nothing changed",
        "the same, one ticket changed",
    ]
    assert re.fullmatch(r"report summary: \d+ ms, [0-9.]+ x import click; at most 6 x", rows[1])
