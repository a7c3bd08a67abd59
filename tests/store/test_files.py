"""The disk is read without ever following a link out of the store."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem

from tests.store.test_tickets import GOLDEN, ID, PATH, TICKET, small
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, Problem
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles

A_LINK = "is a link; tkt never follows links"


@pytest.fixture
def desk(fs: FakeFilesystem) -> DiskFiles:
    fs.create_file("/desk/a.md", contents=b"a\r\n\xff")
    fs.create_file("/desk/folder/c.md")
    fs.create_file("/desk/folder/b/d.md")
    fs.create_dir("/desk/empty")
    return DiskFiles("/desk")


def test_a_folder_lists_what_is_directly_in_it(desk: DiskFiles) -> None:
    assert desk.names("") == ["a.md", "empty/", "folder/"]
    assert desk.names("folder") == ["b/", "c.md"]
    assert list(desk.names("empty")) == []


@pytest.mark.parametrize("folder", ["absent", "absent/deeper", "a.md", "a.md/x"])
def test_a_folder_that_is_not_there_lists_nothing(desk: DiskFiles, folder: str) -> None:
    assert list(desk.names(folder)) == []


def test_a_file_is_read_byte_for_byte(desk: DiskFiles) -> None:
    assert desk.read("a.md") == b"a\r\n\xff"
    assert desk.read("folder/b/d.md") == b""


@pytest.mark.parametrize("path", ["absent", "folder/absent", "absent/a.md", "a.md/x"])
def test_a_file_that_is_not_there_is_not_found(desk: DiskFiles, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        desk.read(path)


def test_what_is_written_meanwhile_is_seen(desk: DiskFiles, fs: FakeFilesystem) -> None:
    assert list(desk.names("new")) == []
    fs.create_file("/desk/new/x.md", contents=b"x")
    assert desk.names("new") == ["x.md"]
    assert desk.read("new/x.md") == b"x"


def test_a_large_file_is_read_whole(desk: DiskFiles, fs: FakeFilesystem) -> None:
    fs.create_file("/desk/large", contents=b"0123456789" * 100_000)
    assert desk.read("large") == b"0123456789" * 100_000


class TestRealDisk:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """A desk with one ticket of November 2026, and one of January 2020."""
        for path, data in (small("TKT-2j00000") | {PATH: GOLDEN.encode()}).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        old = tmp_path / "tickets/2020-01/TKT-00zzzzz.md"
        old.parent.mkdir()
        old.write_bytes(small("TKT-00zzzzz")["tickets/2026-11/TKT-00zzzzz.md"])
        return tmp_path

    @pytest.fixture
    def store(self, root: Path, shipped: Settings) -> TicketFiles:
        return TicketFiles(DiskFiles(str(root)), shipped)

    @staticmethod
    def moved(path: Path) -> None:
        """Put a file or folder elsewhere and leave a link in its place."""
        elsewhere = path.parent.parent / f"elsewhere-{path.name}"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)

    @staticmethod
    def scanned(store: TicketFiles) -> list[str]:
        return [each.id if isinstance(each, Ticket) else str(each) for each in store.scan()]

    def test_tickets_are_read(self, store: TicketFiles) -> None:
        assert self.scanned(store) == ["TKT-00zzzzz", "TKT-2j00000", ID]
        assert store.load(ID) == TICKET

    def test_a_ticket_that_is_a_link_is_refused(self, store: TicketFiles, root: Path) -> None:
        self.moved(root / PATH)
        assert self.scanned(store) == ["TKT-00zzzzz", "TKT-2j00000", f"{PATH}: {A_LINK}"]
        with pytest.raises(InvalidStoreError, match=A_LINK):
            store.load(ID)
        with pytest.raises(InvalidStoreError, match=A_LINK):
            store.encode_ticket(TICKET, TICKET.with_fields({"status": "closed"}))
        assert store.problems(ID) == [Problem(PATH, 0, A_LINK, "mode")]

    def test_a_month_that_is_a_link_is_refused(self, store: TicketFiles, root: Path) -> None:
        self.moved(root / "tickets/2026-11")
        assert self.scanned(store) == ["TKT-00zzzzz", f"tickets/2026-11: {A_LINK}"]
        assert store.ids() == ["TKT-00zzzzz"]
        with pytest.raises(InvalidStoreError, match=A_LINK):
            store.load(ID)

    def test_a_tickets_folder_that_is_a_link_is_refused(self, store: TicketFiles, root: Path) -> None:
        self.moved(root / "tickets")
        assert self.scanned(store) == [f"tickets: {A_LINK}"]
        for look in (store.ids, lambda: store.load(ID)):
            with pytest.raises(InvalidStoreError, match=A_LINK):
                look()

    def test_a_thread_that_is_a_link_is_refused(self, store: TicketFiles, root: Path) -> None:
        folder = root / PATH.removesuffix(".md")
        folder.symlink_to(root / "tickets/2020-01")
        assert store.thread(ID) == ([], [Problem(PATH.removesuffix(".md"), 0, A_LINK, "mode")])
        with pytest.raises(InvalidStoreError, match=A_LINK):
            store.encode_attachment(ID, "a.png", b"data")

    def test_an_entry_that_is_a_link_is_refused(self, store: TicketFiles, root: Path) -> None:
        folder = root / PATH.removesuffix(".md")
        folder.mkdir()
        (folder / "20261122T093000Z-x7k2.md").symlink_to("/etc/passwd")
        path = f"{PATH.removesuffix('.md')}/20261122T093000Z-x7k2.md"
        assert store.thread(ID) == ([], [Problem(path, 0, A_LINK, "mode")])

    def test_settings_that_are_links_are_refused(self, root: Path) -> None:
        (root / ".tkt").mkdir()
        (root / ".tkt/project.yaml").symlink_to("/etc/passwd")
        reader = SettingsReader(DiskFiles(str(root)))
        assert reader.problems() == [Problem(".tkt/project.yaml", 0, A_LINK, "mode")]
        (root / ".tkt/project.yaml").unlink()
        (root / ".tkt").rename(root / "kept")
        (root / ".tkt").symlink_to(root / "kept")
        assert SettingsReader(DiskFiles(str(root))).problems()[0] == Problem(".tkt", 0, A_LINK, "mode")

    def test_the_way_to_the_store_may_lead_over_a_link(
        self, root: Path, shipped: Settings, tmp_path: Path
    ) -> None:
        other = tmp_path / "shortcut"
        other.symlink_to(root)
        assert TicketFiles(DiskFiles(str(other)), shipped).load(ID) == TICKET

    def make_folder(self, path: Path) -> None:
        path.mkdir()

    def make_pipe(self, path: Path) -> None:
        os.mkfifo(path)

    def make_dangling(self, path: Path) -> None:
        path.symlink_to("nowhere")

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (make_folder, None),
            (make_pipe, f"{PATH}:1: no front matter; the first line must be ---"),
            (make_dangling, f"{PATH}: {A_LINK}"),
        ],
    )
    def test_what_is_no_file_never_stops_the_rest(
        self, store: TicketFiles, root: Path, make: Callable[..., None], said: str | None
    ) -> None:
        (root / PATH).unlink()
        make(self, root / PATH)
        assert self.scanned(store) == ["TKT-00zzzzz", "TKT-2j00000", *([said] if said else [])]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_a_problem(self, store: TicketFiles, root: Path) -> None:
        (root / PATH).chmod(0)
        assert f"{PATH}: cannot be read: Permission denied" in self.scanned(store)

    def test_a_folder_is_no_file(self, root: Path) -> None:
        with pytest.raises(InvalidStoreError, match="tickets: cannot be read: Is a directory"):
            DiskFiles(str(root)).read("tickets")

    def test_a_name_that_is_too_long_is_refused(self, root: Path) -> None:
        with pytest.raises(InvalidStoreError, match="cannot be read: File name too long"):
            DiskFiles(str(root)).read("x" * 300)

    def test_no_file_is_left_open(self, root: Path) -> None:
        files = DiskFiles(str(root))
        before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
        files.read(PATH)
        with pytest.raises(InvalidStoreError):
            files.read("tickets")
        assert len(os.listdir("/proc/self/fd") if before else []) == len(before)
