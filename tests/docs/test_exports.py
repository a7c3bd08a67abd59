"""The tables on docs/exports.md are those of an export."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.docs.pages import ROOT, blocks
from tests.memory import memory_desk
from tkt.store.exporting import write_database


def _real(path: Path) -> list[str]:
    """The statements that made the tables of an export with the shipped settings."""
    write_database(str(path), (), memory_desk().settings)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        found = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        return [statement for (statement,) in found]


def test_the_tables_on_the_page_are_those_of_an_export(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    (block,) = (each for each in blocks(text) if each.kind == "sql")
    assert [each.strip() for each in block.text.split(";")[:-1]] == _real(tmp_path / "desk.db")


def test_every_table_and_format_is_told_of(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    tables = [re.findall(r"CREATE TABLE (\w+)", each)[0] for each in _real(tmp_path / "desk.db")]
    assert len(tables) == 11
    assert not [
        each for each in (*tables, "md", "jsonl", "csv", "xlsx", "sqlite", "ics") if f"`{each}" not in prose
    ]
