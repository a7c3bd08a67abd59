"""What a command loads before it answers: reading tickets waits for no library that reading does not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks.stopwatch import clean_environment
from tests.benchmarks.stores import NOW, Sample, make_sample
from tkt.domain.fields import format_time

_SPY = """
import sys
from tkt.__main__ import main
where = sys.argv.pop(1)
try:
    main()
finally:
    with open(where, "w", encoding="utf-8") as file:
        file.write("\\n".join(sys.modules))
"""
_DEAR = {"flask", "frontmatter", "git", "jinja2", "rich", "ruamel", "tabulate"}
"""What no reading command needs, whether the settings are known or have to be read."""

_CHECKING = {"jsonschema", "yaml"}
"""What reads and checks settings; once is enough."""

_COSTLY = {"difflib", "pathlib", "shutil", "subprocess", "tempfile"}
"""Modules of Python itself that take milliseconds: to write, to start processes, to make suggestions."""

_TICKETS = 100
Environment = Mapping[str, str]


@dataclass(frozen=True)
class Store:
    """A store of a hundred tickets, and the environment in which tkt runs there."""

    sample: Sample
    env: Environment

    @property
    def ticket(self) -> str:
        """One with a thread and links to nothing."""
        return self.sample.tickets[_TICKETS // 2].id

    @property
    def cache(self) -> Path:
        """What tkt remembers between commands."""
        return self.sample.root / ".git" / "tkt"

    def forget(self) -> None:
        """Delete all that tkt remembers between commands."""
        for each in self.cache.glob("*"):
            each.unlink()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("cold")
    env = clean_environment(folder, format_time(NOW))
    return Store(make_sample(folder / "desk", _TICKETS, env), env)


@pytest.fixture(scope="module")
def of_click(store: Store) -> set[str]:
    """What any program with click has loaded."""
    told = "import click, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told], env=store.env, capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


Loads = Callable[..., set[str]]


@pytest.fixture
def loads(store: Store, of_click: set[str], tmp_path: Path) -> Loads:
    """Runs tkt in a pipe; the modules it has loaded by the end and their packages, less those of click."""

    def run(*args: str, env: Environment | None = None) -> set[str]:
        spied = tmp_path / "modules"
        done = subprocess.run(
            [sys.executable, "-c", _SPY, str(spied), *args],
            cwd=store.sample.root,
            env={**store.env, **(env or {})},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout
        modules = set(spied.read_text(encoding="utf-8").split()) - of_click
        return modules | {each.partition(".")[0] for each in modules}

    return run


def _words(store: Store, words: Sequence[str]) -> list[str]:
    return [store.ticket if each == "ID" else each for each in words]


_READS = (
    ["--version"],
    ["--help"],
    ["show", "ID"],
    ["list"],
    ["list", "--json"],
    ["list", "label:vip", "--all"],
    ["log", "ID"],
    ["export", "ID", "--single"],
    ["search", "the"],
    ["report", "summary"],
    ["report", "summary", "--compare", "--json"],
    ["schema", "ticket"],
    ["completion", "bash"],
)


@pytest.mark.parametrize("words", _READS, ids=" ".join)
@pytest.mark.parametrize("remembered", [True, False], ids=["warm", "cold"])
def test_reading_loads_nothing_dear(store: Store, loads: Loads, words: list[str], remembered: bool) -> None:
    if remembered:
        loads("list")
    else:
        store.forget()
    assert not loads(*_words(store, words)) & _DEAR


@pytest.mark.parametrize(
    "words", [["--version"], ["show", "ID"], ["list"], ["log", "ID"], ["report", "summary"]], ids=" ".join
)
def test_once_the_settings_are_known_reading_loads_next_to_nothing(
    store: Store, loads: Loads, words: list[str]
) -> None:
    loads("list")
    loads(*_words(store, words))  # the commits that name it are known, too
    unwanted = loads(*_words(store, words)) & (_DEAR | _CHECKING | _COSTLY)
    assert not unwanted


def test_a_completion_is_as_quick_as_the_list(loads: Loads) -> None:
    loads("list")
    loaded = loads(env={"_TKT_COMPLETE": "zsh_complete", "TKT_COMPLETE_LINE": "tkt show TKT-"})
    assert "tkt.store.tickets" in loaded
    assert not loaded & (_DEAR | _CHECKING | _COSTLY)


def test_version_does_not_look_at_the_store(loads: Loads) -> None:
    assert not loads("--version") & {"tkt.domain", "tkt.store", "tkt.usecases", "tkt.wiring"}


def test_what_is_needed_is_loaded(store: Store, loads: Loads) -> None:
    assert "subprocess" in loads("status")
    store.forget()
    assert loads("list") >= _CHECKING


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"__import__('os')", b"tkt 0.1.0"],
    ids=["empty", "other", "bytes", "deep", "code", "short"],
)
def test_what_is_remembered_may_be_damaged(store: Store, loads: Loads, content: bytes) -> None:
    store.forget()
    loads("list")
    kept = store.cache / "settings"
    whole = kept.read_bytes()
    head, _, _ = whole.rpartition(b"\0")
    for damaged in (content, head + b"\0" + content):
        kept.write_bytes(damaged)
        assert "yaml" in loads("list")
        assert kept.read_bytes() == whole


def test_what_is_remembered_belongs_to_these_settings(store: Store, loads: Loads) -> None:
    loads("list")
    people = store.sample.root / ".tkt" / "people.yaml"
    before = people.read_bytes()
    people.write_bytes(before + b"# more\n")
    try:
        assert "yaml" in loads("list")
        assert "yaml" not in loads("list")
    finally:
        people.write_bytes(before)


def test_a_store_that_cannot_remember_works(store: Store, loads: Loads) -> None:
    store.forget()
    store.cache.rmdir()
    store.cache.write_text("in the way of the folder", encoding="utf-8")
    try:
        assert "yaml" in loads("list")
        assert "yaml" in loads("list")
    finally:
        store.cache.unlink()
