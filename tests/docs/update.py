"""Write what the pages' commands print today into the pages: `python -m tests.docs.update [PAGE...]`.

A ticket that gets another id, because the command that makes it was changed, is renamed throughout
its page.
"""

import sys
import tempfile
from pathlib import Path

from tests.docs.pages import page_paths
from tests.docs.running import renamed_tickets, run_page

_ROUNDS = 4


def update(path: Path) -> bool:
    """Bring one page up to date; whether that changed it."""
    start = path.read_text(encoding="utf-8")
    text = start
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ran = run_page(path, text, Path(folder))
        if ran == text:
            break
        renamed = renamed_tickets(text, ran)
        text = ran
        for old, new in renamed.items():
            text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return text != start


def main(names: list[str]) -> None:
    """Update the named pages, or all of them."""
    for path in [Path(name) for name in names] or page_paths():
        sys.stdout.write(f"{path}: {'updated' if update(path) else 'as it was'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
