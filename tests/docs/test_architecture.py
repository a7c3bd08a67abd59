"""What docs/architecture.md names is there."""

import ast
import re
import tomllib

from tests.docs.pages import ROOT

_TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
_SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tkt").rglob("*.py")}
_OTHERS = {"TKT_", "TKT", "fcntl", "subprocess"}
_ROW = re.compile(r"^\| ([\w.-]+) \| ([\d.]+) \| .+ \| `([\w/.]+)` \| .+ \|$", re.MULTILINE)
_MODULES = {
    "PyYAML": "yaml",
    "ruamel.yaml": "ruamel",
    "markdown-it-py": "markdown_it",
    "python-frontmatter": "frontmatter",
}


def _names() -> set[str]:
    """Every class, function and attribute of the code, and every parameter."""
    found: set[str] = set()
    for source in _SOURCES.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return found


def test_files_on_the_page_exist() -> None:
    files = re.findall(r"`((?:\w+/)?\w+\.py)`", _TEXT)
    assert files
    for each in files:
        assert [path for path in _SOURCES if path.as_posix().endswith(f"/{each}")], each


def test_names_on_the_page_are_in_the_code() -> None:
    prose = re.sub(r"^```.*?^```$", "", _TEXT, flags=re.MULTILINE | re.DOTALL)
    names = _names()
    for quoted in re.findall(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)?)`", prose):
        if not quoted.endswith(".py"):
            assert set(quoted.split(".")) <= names | _OTHERS | _rooms(), quoted


def _rooms() -> set[str]:
    return {path.stem for path in _SOURCES} | {path.parent.name for path in _SOURCES}


def test_the_dependencies_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [re.sub(r"\[.*]", "", each).split(">=") for each in project["dependencies"]]
    rows = _ROW.findall(_TEXT)
    assert sorted([name, least] for name, least, _ in rows) == sorted(declared)
    for name, _, place in rows:
        module = _MODULES.get(name, name.lower())
        importing = {
            path.relative_to(ROOT / "tkt").as_posix()
            for path, source in _SOURCES.items()
            if re.search(rf"^\s*(?:from|import) {module}\b", source, re.MULTILINE)
        }
        assert importing, name
        assert all(each == place or each.startswith(f"{place}/") for each in importing), (name, importing)
