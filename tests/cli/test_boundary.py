"""Where every command ends: readers that leave, Ctrl-C, bugs, and words that are no commands."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Desk, run_tkt, script, type_tkt
from tkt import __version__


def test_a_reader_that_leaves_is_no_error(desk: Desk) -> None:
    for number in range(3):
        desk.create(f"Number {number}", "-m", "x" * 300_000)
    command = f"{sys.executable} -m tkt list --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=desk.root, capture_output=True, text=True, check=True)
    assert done.stdout == "[0\n"
    assert done.stderr == ""


@pytest.mark.parametrize("command", [["list"], ["create", "x"], ["--help"]])
def test_a_closed_stdout_is_no_traceback(desk: Desk, command: list[str]) -> None:
    done = subprocess.run(
        ["bash", "-c", f'{sys.executable} -m tkt "$@" >&-', "bash", *command],
        cwd=desk.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "bug in tkt" not in done.stderr


def test_a_full_disk_is_one_clear_line(desk: Desk) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    desk.create("x")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tkt", "list"],
            cwd=desk.root,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == "tkt: No space left on device"


@pytest.mark.parametrize("written", ["", "An hour of work."])
def test_ctrl_c_ends_with_130(desk: Desk, tmp_path: Path, written: str) -> None:
    editor = script(
        tmp_path / "editor",
        f"trap '' INT\nprintf '{written}' > \"$1\"\necho $$ > {tmp_path}/started\nsleep 1",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tkt", "comment", desk.create()],
        cwd=desk.root,
        env={**os.environ, "GIT_EDITOR": editor},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
    before = desk.state()
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    *kept, last = filter(None, complaint.decode().splitlines())
    assert last == "interrupted"
    assert "".join(Path(each.rpartition(" ")[2]).read_text(encoding="utf-8") for each in kept) == written
    assert desk.state() == before


def test_a_bug_writes_a_log_and_says_where(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise LookupError("what \x1b[2J was not expected")

    monkeypatch.setattr("tkt.usecases.look.listing", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = type_tkt("list")
    assert said.code == 70, desk
    assert said.err.startswith("tkt: a bug in tkt (LookupError: what \\x1b[2J was not expected)\n")
    log = Path(said.err.rstrip().rpartition(" ")[2])
    text = log.read_text(encoding="utf-8")
    assert __version__ in text
    assert "in broken" in text
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["lsit"], "there is no command 'lsit'; did you mean 'list'?"),
        (["tranistion"], "did you mean 'transition'?"),
        (["nwe"], "did you mean 'new'?"),
        (["xyzzy"], "there is no command 'xyzzy'"),
        (["time", "strat", "x"], "strat"),
        (["config", "chek"], "chek"),
        (["import", "beds", "x"], "beds"),
        (["list", "--colour", "always"], "--color"),
        (["create", "--prioritty", "P1"], "--priority"),
        (["show", "--jsn", "x"], "--json"),
        (["--verison"], "--version"),
        (["comment", "--attach"], "--attach"),
        (["list", "--limit", "many"], "--limit"),
        (["completion", "tcsh"], "'bash'"),
        (["\x1b[31m"], "there is no command"),
    ],
)
def test_a_word_that_is_none_gets_the_nearest(desk: Desk, typed: list[str], said: str) -> None:
    complaint = desk.refused(2, *typed)
    assert said in complaint
    assert complaint.replace("\n", "").isprintable()


def test_help_is_there_for_every_command_and_fits(desk: Desk) -> None:
    names = re.findall(r"^  (\w+) ", desk.tkt("--help").out.partition("Start:")[2], re.MULTILINE)
    assert len(names) > 20
    for name in names:
        said = desk.tkt(name, "--help")
        assert said.out.startswith(f"Usage: tkt {name}")
        assert max(map(len, said.lines)) <= 100
        first = said.lines[2].strip()
        assert first
        assert first[0].isupper()
    assert desk.tkt().out == desk.tkt("--help").out
    assert desk.tkt("-h").out == desk.tkt("--help").out


@pytest.mark.parametrize("group", ["config", "time", "import"])
def test_what_a_command_of_a_family_does_is_told_to_the_end(desk: Desk, group: str) -> None:
    commands = desk.tkt(group, "--help").out.partition("Commands:")[2].split("\n  ")[1:]
    assert commands
    assert all(each.strip().endswith(".") and not each.strip().endswith("...") for each in commands)


def test_the_version(desk: Desk) -> None:
    assert desk.tkt("--version").out == f"tkt {__version__}\n"


def test_without_git_there_is_one_clear_line(desk: Desk, tmp_path: Path) -> None:
    ticket = desk.create()
    done = run_tkt("create", "x", cwd=desk.root, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr.decode() == "tkt: git is not installed, or not on the PATH\n"
    assert ticket.encode() in run_tkt("list", cwd=desk.root, env={"PATH": str(tmp_path)}).stdout


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_any_locale_will_do(desk: Desk, env: dict[str, str]) -> None:
    ticket = desk.create("日本語 Größe", "-t", "incident")
    for command in (["show", ticket], ["list"], ["show", "日本"]):
        done = run_tkt(*command, cwd=desk.root, env=env)
        assert done.returncode == (2 if "日本" in command else 0), done.stderr
    assert desk.tkt("doctor").lines[-1] == "All is well."
