"""Every test runs as Ana Silva, on a machine where nobody has configured anything."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, max_examples=35, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
"""Whether tests have the whole night, or share twenty minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave property tests out of coverage: it makes them three times as slow, and one example covers it."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


# Git sets the first two kinds for its hooks, and the tests may be run from one.
_PREFIXES = ("GIT_", "TKT_", "XDG_")
_NAMES = (
    "BROWSER",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "EDITOR",
    "EMAIL",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LINES",
    "NO_COLOR",
    "PAGER",
    "VISUAL",
)

GIT_CONFIG = """\
[user]
\tname = Ana Silva
\temail = ana@example.com
[init]
\tdefaultBranch = main
"""

_homes = itertools.count(1)


@pytest.fixture(scope="session")
def machine_environment() -> dict[str, str]:
    """The environment as it was before any test changed it, for tools such as pip."""
    return dict(os.environ)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds one home per test."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(homes: Path, machine_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, with Ana's Git config and nothing else."""
    path = homes / str(next(_homes))
    path.mkdir()
    git_config = path / ".gitconfig"
    git_config.write_text(GIT_CONFIG, encoding="utf-8")
    for name in machine_environment:
        if name.startswith(_PREFIXES) or name in _NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(path / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(git_config))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    # Some commands leave a file there on purpose: a text that could not be saved, the log of a bug.
    temporary = path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return path
