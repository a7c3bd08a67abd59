"""A page that has figures in marked blocks: `<!-- figures NAME -->` up to the next `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLOCK = re.compile(r"(<!-- figures (?P<name>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_blocks(page: str, blocks: Mapping[str, str]) -> str:
    """The page with other figures; a block that was not measured this time stays as it is."""

    def written(match: re.Match[str]) -> str:
        text = blocks.get(match["name"])
        return match[0] if text is None else f"{match[1]}{text}\n{match[3]}"

    return _BLOCK.sub(written, page)


def block_names(page: str) -> list[str]:
    """The blocks that a page has."""
    return [match["name"] for match in _BLOCK.finditer(page)]
