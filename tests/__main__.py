"""All that must hold before a change lands: `python -m tests [--quick] [pytest arguments]`.

`--quick` leaves format, lint, types and imports out.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_TOOLS = Path(sysconfig.get_path("scripts"))
_CHECKS = (
    ("ruff", "format", "--check"),
    ("ruff", "check"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
_PYTEST = ("pytest", "-n", "auto", "--dist", "worksteal", "--cov=tkt", "--cov-branch")
_MEMORY = "/dev/shm"  # noqa: S108  a folder of a random name is made in it
_ROOM = 6 * 1024**3


def _holds(check: tuple[str, ...]) -> bool:
    """Run one check, say in one line how it went, and show its output if it failed."""
    started = time.monotonic()
    done = subprocess.run(
        [_TOOLS / check[0], *check[1:]],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    result = "failed" if done.returncode else "ok"
    line = f"{' '.join(check):<26}{result:<7}{time.monotonic() - started:5.1f} s"
    print(line, flush=True)
    if done.returncode:
        print(done.stdout, end="", flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run the checks, then pytest, whose summary is the last word; return the exit code."""
    checks = () if "--quick" in arguments else _CHECKS
    if not all(_holds(check) for check in checks):
        return 1
    chosen = [argument for argument in arguments if argument != "--quick"]
    with tempfile.TemporaryDirectory(
        prefix="tkt-tests-", dir=_fast_folder(), ignore_cleanup_errors=True
    ) as place:
        scratch = ("--basetemp", os.path.join(place, "pytest"))
        # The tests print their own result, and live: they take long enough to be watched.
        return subprocess.call([sys.executable, "-m", *_PYTEST, *scratch, *chosen], cwd=_ROOT)


def _fast_folder() -> str | None:
    """Memory, where there is enough of it: thousands of repositories are made, and every write is synced."""
    try:
        fits = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    except OSError:
        return None
    return _MEMORY if fits else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
