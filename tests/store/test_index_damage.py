"""An index that is damaged, locked or out of reach: slow at worst, and never a wrong answer."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes import MemoryFiles
from tests.store.cabinets import NOW, SETTINGS, Cabinet
from tkt.domain.conditions import All, Among, Condition, Mentions, Present
from tkt.domain.entry import Entry
from tkt.domain.fields import format_time
from tkt.domain.ids import ticket_path
from tkt.errors import NotFoundError, TktError
from tkt.store.files import DiskFiles
from tkt.store.index import database, keeping, sources, spreading
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import MEMORY, examined
from tkt.store.index.sources import CommitTree, WorkingTree
from tkt.store.index.spreading import spread
from tkt.store.scanning import ScannedCatalogue
from tkt.store.threads import encode_entry
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Catalogue

_COUNT = 30
_QUESTIONS: tuple[Condition, ...] = (
    All(),
    Mentions("number 7", ("title", "body", "id")),
    Among("labels", ("odd",)),
    Present("comments"),
)


def text(number: int, title: str = "Number") -> bytes:
    created = format_time(NOW)
    labels = "labels:\n- odd\n" if number % 2 else ""
    head = f"id: TKT-2j{number:05}\ncreated: {created}\ntitle: {title} {number}\nstatus: new\n{labels}"
    return f"---\n{head}---\n\nSome text about login {number}.\n".encode()


@pytest.fixture
def store(tmp_path: Path) -> Cabinet:
    """A store with some tickets and comments, and an index of all of it."""
    cabinet = Cabinet(tmp_path / "desk", tmp_path / "tkt" / "index-1.db")
    for number in range(_COUNT):
        path = cabinet.path(f"TKT-2j{number:05}")
        cabinet.put(path, text(number))
        if number % 3 == 0:
            entry = Entry("20261122T093000Z-x7k2", NOW, "ana@example.com", 1, body=f"Said {number}.\n")
            cabinet.put(path.with_suffix("") / f"{entry.id}.md", encode_entry(entry))
    time.sleep(0.03)
    assert ask(cabinet.indexed()) == ask(cabinet.scanned())
    return cabinet


def ask(catalogue: Catalogue) -> list[object]:
    """What the files say, whoever answers."""
    answers: list[object] = []
    for each in _QUESTIONS:
        found = catalogue.select(each, ("title", "updated", "comments"), All())
        answers.append([(t.id, t.title, t.text("updated"), t.text("comments")) for t in found.tickets])
        answers.append((found.total, catalogue.count(each)))
    answers.append([(hit.ticket.id, hit.where, hit.snippet) for hit in catalogue.search(["login"], All())[0]])
    return answers


def warnings(catalogue: Catalogue) -> list[str]:
    return [each.text for each in catalogue.select(All()).problems]


def closed(path: Path) -> None:
    """Bring all of the index into its one file, as when the last command has ended."""
    gc.collect()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def removed(path: Path) -> None:
    gc.collect()
    shutil.rmtree(path.parent)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])


def cut_to_its_head(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def not_sqlite(path: Path) -> None:
    path.write_bytes(b"nothing of the kind\n" * 1000)


def other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE fact (name, value)")


def lost_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE link")


def odd_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE content SET labels = 'no JSON', extra = '['")
        connection.commit()


def lost_facts(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM fact")
        connection.commit()


def lost_words(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM words_data")
        connection.commit()


def odd_stamps(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE stamp SET stats = x'00', names = x'ff'")
        connection.commit()


@pytest.mark.parametrize(
    "harm",
    [
        emptied,
        cut,
        cut_to_its_head,
        not_sqlite,
        other_tables,
        lost_table,
        odd_rows,
        lost_facts,
        lost_words,
        odd_stamps,
    ],
)
def test_a_damaged_index_is_made_anew(store: Cabinet, harm: Callable[[Path], None]) -> None:
    expected = ask(store.scanned())
    closed(store.index)
    harm(store.index)
    assert ask(store.indexed()) == expected
    assert warnings(store.indexed()) == []
    assert examined(str(store.index))[1] == ""


@pytest.mark.parametrize("seed", range(25))
def test_pages_of_noise(store: Cabinet, seed: int) -> None:
    expected = ask(store.scanned())
    closed(store.index)
    chance = random.Random(seed)  # noqa: S311  a test is to be repeatable
    data = bytearray(store.index.read_bytes())
    pages = len(data) // 4096
    for page in chance.sample(range(pages), 3):
        noise = bytes(4096) if chance.random() < 0.3 else chance.randbytes(4096)
        data[page * 4096 : (page + 1) * 4096] = noise
    store.index.write_bytes(bytes(data))
    assert ask(store.indexed()) == expected
    path = store.path("TKT-2j00003")
    path.write_bytes(text(3, "Another"))
    assert ask(store.indexed()) == ask(store.scanned())


def test_a_damaged_write_ahead_log(store: Cabinet) -> None:
    with closing(sqlite3.connect(store.index)) as reader:
        reader.execute("SELECT * FROM fact").fetchall()
        store.path("TKT-2j00003").write_bytes(text(3, "Another"))
        assert ask(store.indexed()) == ask(store.scanned())
        log = store.index.with_name(f"{store.index.name}-wal")
        kept = {each.name: each.read_bytes() for each in store.index.parent.iterdir()}
    for name, data in kept.items():
        (store.index.parent / name).write_bytes(data)
    log.write_bytes(log.read_bytes()[:-3000] + bytes(3000))
    assert ask(store.indexed()) == ask(store.scanned())


def _given_up(store: Cabinet, why: str) -> None:
    """See that the files are read instead, and that it is said why."""
    expected = ask(store.scanned())
    told: list[None] = []
    catalogue = store.indexed(lambda: told.append(None))
    assert ask(catalogue) == expected
    assert told
    (warning,) = warnings(catalogue)
    assert warning.startswith(f"the index cannot be used ({why}")
    assert "every file was read" in warning


def test_a_folder_in_its_place(store: Cabinet) -> None:
    removed(store.index)
    store.index.mkdir(parents=True)
    _given_up(store, "unable to open database file")
    assert examined(str(store.index))[1]


def test_a_file_in_place_of_its_folder(store: Cabinet) -> None:
    removed(store.index)
    store.index.parent.write_bytes(b"")
    _given_up(store, "unable to open database file")


@pytest.mark.parametrize("exists", [True, False])
def test_a_locked_index(store: Cabinet, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    if not exists:
        removed(store.index)
        store.index.parent.mkdir()
    with closing(sqlite3.connect(store.index, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.path("TKT-2j00003").write_bytes(text(3, "Another"))
        _given_up(store, "database is locked")
    assert ask(store.indexed()) == ask(store.scanned())


def test_while_another_process_writes_it_is_still_read(store: Cabinet) -> None:
    with closing(sqlite3.connect(store.index, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert ask(store.indexed()) == ask(store.scanned())


def test_a_full_disk(store: Cabinet) -> None:
    removed(store.index)
    real = database.connect

    def connect(path: str, columns: tuple[str, ...]) -> sqlite3.Connection:
        connection = real(path, columns)
        if path != MEMORY:
            ((pages,),) = connection.execute("PRAGMA page_count")
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tkt.store.index.catalogue.connect", connect)
        _given_up(store, "database or disk is full")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
        (sqlite3.SQLITE_IOERR, "disk I/O error"),
        (sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
    ],
)
def test_a_machine_that_refuses(store: Cabinet, monkeypatch: pytest.MonkeyPatch, code: int, why: str) -> None:
    real = database.connect

    def connect(path: str, columns: tuple[str, ...]) -> sqlite3.Connection:
        if path == MEMORY:
            return real(path, columns)
        error = sqlite3.OperationalError(why)
        error.sqlite_errorcode = code
        raise error

    before = store.index.stat().st_ino
    monkeypatch.setattr("tkt.store.index.catalogue.connect", connect)
    _given_up(store, why)
    assert store.index.stat().st_ino == before


@pytest.mark.skipif(not shutil.which("chattr"), reason="chattr is not here")
def test_a_file_that_cannot_be_written(store: Cabinet) -> None:
    closed(store.index)
    store.path("TKT-2j00003").write_bytes(text(3, "Another"))
    if subprocess.run(["chattr", "+i", store.index], capture_output=True, check=False).returncode:
        pytest.skip("this file system knows no such files")
    try:
        assert ask(store.indexed(lambda: None)) == ask(store.scanned())
    finally:
        subprocess.run(["chattr", "-i", store.index], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_cannot_be_written(store: Cabinet) -> None:
    closed(store.index)
    store.index.parent.chmod(0o500)
    store.index.chmod(0o400)
    try:
        store.path("TKT-2j00003").write_bytes(text(3, "Another"))
        _given_up(store, "")
    finally:
        store.index.parent.chmod(0o700)


def test_an_index_that_is_removed_in_the_middle(store: Cabinet) -> None:
    catalogue = store.indexed()
    ask(catalogue)
    shutil.rmtree(store.index.parent)
    store.path("TKT-2j00003").write_bytes(text(3, "Another"))
    assert ask(catalogue) == ask(store.scanned())
    assert ask(store.indexed()) == ask(store.scanned())


def test_what_another_process_mended_is_left_alone(store: Cabinet) -> None:
    closed(store.index)
    lost_table(store.index)
    first, second = store.indexed(), store.indexed()
    for each in (first, second):
        each.select(All())
    expected = ask(store.scanned())
    assert ask(first) == expected
    mended = store.index.stat().st_ino
    assert ask(second) == expected
    assert store.index.stat().st_ino == mended


_BUILDER = """
import sys, time
from tests.store.cabinets import Cabinet
from pathlib import Path
from tkt.domain.conditions import All
from tkt.store.index import keeping
real = keeping.Keeper._add_content
def slow(self, row):
    print("at it", flush=True)
    time.sleep(0.002)
    return real(self, row)
keeping.Keeper._add_content = slow
root, index = map(Path, sys.argv[1:])
Cabinet(root, index).indexed().search(["login"], All())
"""


def test_a_command_that_is_killed_while_it_builds(store: Cabinet) -> None:
    removed(store.index)
    for wait in (0.0, 0.05, 0.1):
        with subprocess.Popen(
            [sys.executable, "-c", _BUILDER, str(store.root), str(store.index)], stdout=subprocess.PIPE
        ) as builder:
            assert builder.stdout
            assert builder.stdout.readline() == b"at it\n"
            time.sleep(wait)
            builder.kill()
        assert builder.returncode == -signal.SIGKILL
    assert ask(store.indexed()) == ask(store.scanned())
    assert examined(str(store.index))[1] == ""


_WRITER = """
import sys
from pathlib import Path
from tests.store.test_index_damage import text
folder = Path(sys.argv[1])
print("at it", flush=True)
for turn in range(400):
    number = turn % 20
    (folder / f"TKT-2j{number:05}.md").write_bytes(text(number, f"Turn {turn}"))
    extra = folder / f"TKT-2j{90_000 + number:05}.md"
    extra.unlink() if turn % 3 == 0 and extra.exists() else extra.write_bytes(text(90_000 + number))
"""


def test_a_store_that_changes_while_it_is_read(store: Cabinet) -> None:
    catalogue = store.indexed()
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(store.path("TKT-2j00000").parent)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        while writer.poll() is None:
            for each in (catalogue, store.indexed()):
                found = each.select(Present("title"), ("updated", "title"), All())
                assert found.total >= len(found.tickets) >= _COUNT - 20
                each.search(["login"], All())
    assert ask(catalogue) == ask(store.scanned())
    assert ask(store.indexed()) == ask(store.scanned())


def test_unreadable_files_among_good_ones(store: Cabinet) -> None:
    folder = store.path("TKT-2j00000").parent
    store.path("TKT-2j00001").write_bytes(b"\xff\xfe")
    store.path("TKT-2j00002").write_bytes(b"---\nid: [\n---\n")
    store.path("TKT-2j00004").unlink()
    store.path("TKT-2j00004").symlink_to("/etc/passwd")
    os.mkfifo(folder / "TKT-2j70000.md")
    (folder / "TKT-2j70001.md").mkdir()
    (folder / os.fsdecode(b"caf-\xe9.md")).write_bytes(b"")
    for _ in range(2):
        index, scan = store.indexed(), store.scanned()
        assert ask(index) == ask(scan)
        assert index.select(All()).problems == scan.select(All()).problems
        assert len(index.select(All()).problems) == 5


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    cabinet = Cabinet(Path(os.fsdecode(os.fsencode(tmp_path) + b"/d\xe9sk")), tmp_path / "index.db")
    cabinet.put(cabinet.path("TKT-2j00001"), text(1))
    assert ask(cabinet.indexed()) == ask(cabinet.scanned())
    assert len(cabinet.indexed().select(All()).tickets) == 1


def test_a_file_that_comes_between_two_looks_at_its_folder(
    store: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the command is held up between listing a folder and noting how it looked."""
    real = os.listdir

    def listdir(folder: str) -> list[str]:
        found = real(folder)
        if not (late := store.path("TKT-2j80000")).exists():
            late.write_bytes(text(80_000))
            time.sleep(0.05)
        return found

    removed(store.index)
    monkeypatch.setattr("tkt.store.index.stamps.os.listdir", listdir)
    ask(store.indexed())
    time.sleep(0.05)
    assert ask(store.indexed()) == ask(store.scanned())


class _Commit(MemoryFiles):
    """A commit's files of which one is not in the clone."""

    revision, prefix = "1" * 40, ""

    def listing(self) -> dict[str, tuple[str, str]]:
        return {path: ("100644", f"{number:040x}") for number, path in enumerate(sorted(self.files))}

    def read(self, path: str) -> bytes:
        if path == ticket_path("TKT-2j00001"):
            raise NotFoundError("the object 1 is not here")
        return super().read(path)


def test_an_object_that_is_not_here_is_no_ticket_that_is_gone(tmp_path: Path) -> None:
    ids = [f"TKT-2j{number:05}" for number in range(3)]
    files = _Commit({ticket_path(each): text(number) for number, each in enumerate(ids)})
    tickets = TicketFiles(files, SETTINGS)
    catalogue = IndexedCatalogue(
        str(tmp_path / "index.db"), tickets, CommitTree(files, tickets), lambda: ScannedCatalogue(tickets)
    )
    for _ in range(2):
        with pytest.raises(NotFoundError, match="not here"):
            catalogue.select(All())


def test_commits_looked_at_long_ago_are_forgotten_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_KEPT_COMMITS", 2)
    path = str(tmp_path / "index.db")
    catalogues = []
    for number in range(6):
        files = _Commit({ticket_path("TKT-2j00007"): text(7, f"Commit {number}")})
        files.listing = lambda n=number: {ticket_path("TKT-2j00007"): ("100644", f"{n:040x}")}  # type: ignore[method-assign,misc]
        files.revision = f"{number:040x}"
        tickets = TicketFiles(files, SETTINGS)
        catalogues.append(
            IndexedCatalogue(path, tickets, CommitTree(files, tickets), lambda: pytest.fail("gave up"))
        )
    for _ in range(2):
        for number, each in enumerate(catalogues):
            assert [one.title for one in each.select(All()).tickets] == [f"Commit {number} 7"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM tree").fetchone()[0] <= 3


def test_an_index_of_what_is_gone_is_thrown_away(store: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_GARBAGE", 50)
    for turn in range(12):
        for number in range(0, _COUNT, 2):
            store.path(f"TKT-2j{number:05}").write_bytes(text(number, f"Turn {turn}"))
        assert ask(store.indexed()) == ask(store.scanned())
    with closing(sqlite3.connect(store.index)) as connection:
        assert connection.execute("SELECT max(number) FROM text").fetchone()[0] < 3 * _COUNT * 3


def test_a_search_where_sqlite_cannot_search(store: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(path: str, columns: tuple[str, ...]) -> sqlite3.Connection:  # noqa: ARG001
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr("tkt.store.index.catalogue.connect", connect)
    with pytest.raises(TktError, match="cannot search"):
        store.scanned().search(["login"], All())
    assert not Path(MEMORY).exists()


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_MANY", 10)
    monkeypatch.setattr(spreading, "_CHUNK", 7)
    monkeypatch.setattr(keeping, "_CHUNK", 7)
    monkeypatch.setattr(sources, "_MANY", 0)


@pytest.mark.usefixtures("_many")
def test_on_both_cores_it_is_the_same(store: Cabinet) -> None:
    expected = ask(store.scanned())
    removed(store.index)
    assert ask(store.indexed()) == expected
    assert ask(store.indexed()) == expected


def _dies_of(number: int) -> int:
    if number == 20 and os.getpid() != _ME:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


_ME = os.getpid()


@pytest.mark.usefixtures("_many")
def test_a_helper_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "_ME", os.getpid())
    assert list(spread(_dies_of, range(60))) == [number * 2 for number in range(60)]


@pytest.mark.usefixtures("_many")
def test_a_machine_without_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_args: object, **_options: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", nothing)
    assert list(spread(str, range(20))) == [str(number) for number in range(20)]


def test_two_catalogues_of_one_place_in_turn(store: Cabinet) -> None:
    """Whoever comes second finds what the first has undone, and does it again."""
    files = DiskFiles(str(store.root))
    tickets = TicketFiles(files, SETTINGS)

    class Meddled(WorkingTree):
        """Between keeping the threads and asking, another command reads a ticket anew."""

        left = 2

    source = Meddled(files, tickets)
    catalogue = IndexedCatalogue(str(store.index), tickets, source, lambda: pytest.fail("gave up"))
    real = keeping.Keeper.keep_threads

    def keep_threads(self: keeping.Keeper) -> None:
        real(self)
        if Meddled.left:
            Meddled.left -= 1
            with closing(sqlite3.connect(store.index)) as other:
                other.execute("UPDATE member SET thread = NULL")
                other.commit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping.Keeper, "keep_threads", keep_threads)
        assert len(catalogue.select(Present("comments")).tickets) == _COUNT // 3
    assert Meddled.left == 0
