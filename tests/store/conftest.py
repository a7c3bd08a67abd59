"""A store in memory with the settings that ship with tkt."""

import pytest

from tests.fakes import MemoryFiles
from tkt.domain.settings import Settings
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles


@pytest.fixture(scope="session")
def shipped() -> Settings:
    """The settings of a team that has said nothing."""
    return SettingsReader(MemoryFiles()).load()


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
def store(files: MemoryFiles, shipped: Settings) -> TicketFiles:
    return TicketFiles(files, shipped)
