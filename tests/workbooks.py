"""What a workbook says, read without the library that wrote it."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile("_x([0-9A-F]{4})_")


def read_workbook(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of each sheet, by the names of its columns; numbers as they stand in the file."""
    with zipfile.ZipFile(path) as packed:
        book = ET.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314  our own file
        names = [each.attrib["name"] for each in book.iter(f"{_MAIN}sheet")]
        parts = [packed.read(f"xl/worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
    return {name: _rows(ET.fromstring(part)) for name, part in zip(names, parts, strict=True)}  # noqa: S314


def formulas_and_links(path: Path) -> list[str]:
    """Everything in a workbook that a program would run or follow."""
    with zipfile.ZipFile(path) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    marks = ("<f>", "<f ", "<hyperlink", 'TargetMode="External"')
    return [f"{name}: {mark}" for name, text in texts.items() for mark in marks if mark in text]


def _rows(sheet: ET.Element) -> list[dict[str, str]]:
    rows = [
        {re.sub("[0-9]", "", cell.attrib["r"]): _text(cell) for cell in row}
        for row in sheet.iter(f"{_MAIN}row")
    ]
    return [{rows[0][column]: value for column, value in row.items()} for row in rows[1:]]


def _text(cell: ET.Element) -> str:
    said = "".join(each.text or "" for each in cell.iter() if each.tag in {f"{_MAIN}v", f"{_MAIN}t"})
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), said)
