"""Checked settings are kept for the next command; what is kept is never needed and never trusted too far."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import MemoryFiles
from tkt.domain.settings import Settings
from tkt.errors import InvalidStoreError
from tkt.store import settings as store_settings
from tkt.store.settings import SettingsReader

NUL = "\0"
TEXT = b"key: ABC\nqueues: [desk]\n"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "tkt" / "settings"


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles({".tkt/project.yaml": TEXT})


@pytest.fixture
def expected(files: MemoryFiles) -> Settings:
    return SettingsReader(files).load()


def load(files: MemoryFiles, cache: Path) -> Settings:
    return SettingsReader(files, str(cache)).load()


def kept(cache: Path) -> str:
    return cache.read_bytes().decode()


def test_what_was_checked_is_kept_and_used(files: MemoryFiles, cache: Path, expected: Settings) -> None:
    assert load(files, cache) == expected
    # Proof that it is used: it says something else now.
    cache.write_bytes(kept(cache).replace("'key': 'ABC'", "'key': 'XYZ'").encode())
    assert load(files, cache).key == "XYZ"


def test_kept_settings_are_the_same_in_every_detail(cache: Path) -> None:
    full = MemoryFiles(
        {
            ".tkt/project.yaml": "fields:\n  größe: {type: text}\n".replace("größe", "size").encode(),
            ".tkt/people.yaml": "agents:\n  ana: {email: ana@example.com, name: 'Añá \"x\" 😀'}\n".encode(),
            ".tkt/workflow.yaml": b"on_assign: ~\n",
        }
    )
    assert load(full, cache) == load(full, cache) == SettingsReader(full).load()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (".tkt/project.yaml", b"key: XYZ\nqueues: [desk]\n"),
        (".tkt/project.yaml", TEXT + b"# a comment\n"),
        (".tkt/people.yaml", b"agents:\n  ana: {email: ana@example.com}\n"),
        (".tkt/workflow.yaml", b"on_assign: ~\n"),
    ],
)
def test_any_edit_of_any_file_counts_at_once(files: MemoryFiles, cache: Path, path: str, data: bytes) -> None:
    load(files, cache)
    files.files[path] = data
    assert load(files, cache) == SettingsReader(files).load()


def test_a_file_that_goes_counts_at_once(files: MemoryFiles, cache: Path, shipped: Settings) -> None:
    load(files, cache)
    del files.files[".tkt/project.yaml"]
    assert load(files, cache) == shipped


def test_text_that_moves_from_one_file_to_another_counts(cache: Path) -> None:
    both = b"types: {}\n"
    load(MemoryFiles({".tkt/workflow.yaml": both}), cache)
    with pytest.raises(InvalidStoreError):
        load(MemoryFiles({".tkt/project.yaml": both}), cache)


def test_settings_with_mistakes_are_not_kept(files: MemoryFiles, cache: Path, expected: Settings) -> None:
    files.files[".tkt/people.yaml"] = b"agents: 5\n"
    for _ in range(2):
        with pytest.raises(InvalidStoreError):
            load(files, cache)
    assert not cache.exists()
    files.files[".tkt/people.yaml"] = b""
    assert load(files, cache) == expected


def test_problems_and_sources_ask_the_files_themselves(files: MemoryFiles, cache: Path) -> None:
    load(files, cache)
    cache.write_bytes(kept(cache).replace("'ABC'", "'XYZ'").encode())
    reader = SettingsReader(files, str(cache))
    assert reader.problems() == []
    assert {each.value for each in reader.sources() if each.name == "key"} == {'"ABC"'}


@pytest.mark.parametrize(
    "data",
    [
        *("", "{}", "[]", "None", "5", "{", "{'project.yaml': {}}", "{'project.yaml': {}} x", "'\0'"),
        *("[" * 100_000, "-" * 100_000 + "1", f"{'[' * 150}{']' * 150}", "__import__('os').abort()"),
    ],
)
def test_a_cache_that_says_nonsense_is_ignored_and_replaced(
    files: MemoryFiles, cache: Path, expected: Settings, data: str
) -> None:
    load(files, cache)
    whole = kept(cache)
    cache.write_bytes(f"{whole[: whole.rindex(NUL) + 1]}{data}".encode())
    assert load(files, cache) == expected
    assert kept(cache) == whole


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'key': 'ABC', ", ""),
        ("'commit': 'auto'", "'commit': 'atuo'"),
        ("'types': {", "'types': 5, 'x': {"),
        ("t", ""),
    ],
)
def test_a_cache_that_says_what_nobody_checked_is_ignored(
    files: MemoryFiles, cache: Path, expected: Settings, before: str, after: str
) -> None:
    load(files, cache)
    cache.write_bytes(kept(cache).replace(before, after).encode())
    assert load(files, cache) == expected


def test_a_cache_that_was_cut_short_is_ignored(files: MemoryFiles, cache: Path, expected: Settings) -> None:
    load(files, cache)
    whole = kept(cache)
    for length in range(0, len(whole), 101):
        cache.write_bytes(whole[:length].encode())
        assert load(files, cache) == expected


def test_a_cache_that_is_no_text_is_ignored(files: MemoryFiles, cache: Path, expected: Settings) -> None:
    load(files, cache)
    cache.write_bytes(b"\xff\xfe\x00")
    assert load(files, cache) == expected


def test_a_cache_of_another_version_is_ignored(
    files: MemoryFiles, cache: Path, expected: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(store_settings, "__version__", "99.0")
        load(files, cache)
    cache.write_bytes(kept(cache).replace("'ABC'", "'XYZ'").encode())
    assert load(files, cache) == expected


def test_a_deleted_cache_gives_the_same_settings(files: MemoryFiles, cache: Path, expected: Settings) -> None:
    load(files, cache)
    cache.unlink()
    assert load(files, cache) == expected
    assert cache.exists()


def test_without_a_cache_nothing_is_written(files: MemoryFiles, tmp_path: Path, expected: Settings) -> None:
    assert SettingsReader(files, "").load() == expected
    assert list(tmp_path.iterdir()) == []


def make_folder(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "x").touch()


def make_file_above(cache: Path) -> None:
    cache.parent.touch()


@pytest.mark.parametrize("make", [make_folder, make_file_above])
def test_a_cache_that_cannot_be_written_costs_time_only(
    files: MemoryFiles, cache: Path, expected: Settings, make: Callable[[Path], None]
) -> None:
    make(cache)
    for _ in range(2):
        assert load(files, cache) == expected
    assert [each for each in os.listdir(cache.parent.parent) if each != "tkt"] == []
    assert not cache.parent.is_dir() or os.listdir(cache.parent) == ["settings"]
