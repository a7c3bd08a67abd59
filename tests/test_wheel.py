"""What people install: the wheel, in a clean environment, run from another folder."""

import shlex
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import tkt
from tests.docs.running import DEMO_COMMAND

_ROOT = Path(__file__).parent.parent


def _run(environment: dict[str, str], folder: Path, *command: Path | str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.slow
def test_the_wheel_runs_in_a_clean_environment(tmp_path: Path, machine_environment: dict[str, str]) -> None:
    dist, elsewhere, clean = tmp_path / "dist", tmp_path / "elsewhere", tmp_path / "venv"
    elsewhere.mkdir()
    environment = {k: v for k, v in machine_environment.items() if k != "PYTHONPATH"}

    # The wheel is built from the sdist, so this also shows that the sdist is whole.
    _run(environment, elsewhere, sys.executable, "-m", "build", "--outdir", dist, _ROOT)
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ("templates", "hooks"):
        shipped = [path for path in (_ROOT / room).rglob("*") if path.is_file()]
        assert shipped
        assert {f"tkt/_{room}/{path.relative_to(_ROOT / room)}" for path in shipped} <= names

    venv.create(clean, with_pip=True)
    _run(environment, elsewhere, clean / "bin" / "pip", "install", "--quiet", wheel)
    command = clean / "bin" / "tkt"
    assert tkt.__version__ in _run(environment, elsewhere, command, "--version")
    assert "Usage: tkt" in _run(environment, elsewhere, command, "--help")

    # The README's first command, from where tkt is installed: on a machine where Git knows nobody.
    _, _, first_steps = DEMO_COMMAND.partition("pip install -q . && ")
    script = first_steps.replace(".venv/bin/tkt", shlex.quote(str(command)))
    stranger = {**environment, "HOME": str(elsewhere), "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": str(tmp_path)}
    assert "sample tickets" in _run(stranger, elsewhere, "sh", "-c", f'{script}git -C "$TKT_DIR" log')
