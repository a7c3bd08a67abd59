"""The YAML readers that other tools use on our files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import yaml
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tkt.store.nodes import compose, plain_data

Reader = Callable[[str], Any]

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text("ab01 :#-,[]{}\"'\\\n\r\t~?!&*%@`|>=<._+\x00\x7f\x85\u2028\ufeff\u202e😀é", max_size=9),
)
"""Any text, and texts made of what has a meaning in YAML."""


def strings_only(text: str) -> Any:
    """PyYAML, C parser, every scalar a string."""
    return yaml.load(text, yaml.CBaseLoader)


def strings_only_pure(text: str) -> Any:
    """PyYAML in Python, every scalar a string."""
    return yaml.load(text, yaml.BaseLoader)


def yaml_1_1(text: str) -> Any:
    """PyYAML's safe loader, which python-frontmatter uses; dates as they were written."""
    return _undated(yaml.load(text, yaml.CSafeLoader))


def yaml_1_2(text: str) -> Any:
    """The safe loader of ruamel in Python; dates as they were written."""
    return _undated(YAML(typ="safe", pure=True).load(text))


def ours(text: str) -> Any:
    """What tkt's own parser makes of it, by the rules of YAML 1.2."""
    return plain_data(compose(text, "a.md"))


READERS = (strings_only, strings_only_pure, yaml_1_1, yaml_1_2, ours)


def _undated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _undated(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_undated(each) for each in value]
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    return value
