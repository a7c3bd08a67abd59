"""No room, no right to write, no file handles, nobody who listens, and somebody who presses Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.injecting import Ended, type_it
from tests.faults.oracle import Judge, look, shape
from tests.faults.scenes import Scene, make_scene


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Somebody changes several tickets at once."""
    return Judge(make_scene("bulk", tmp_path / "scene"), tmp_path)


def _judged(judge: Judge, scene: Scene, done: Ended) -> None:
    assert list(judge.wrong(scene, done)) == []


def test_without_file_handles(judge: Judge) -> None:
    codes = []
    for limit in range(4, 20):
        words = ("sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh")
        if type_it(judge.scene, *words, args=("--version",)).code:  # Python itself cannot begin
            continue
        scene = judge.scene.copy(judge.folder / f"limit-{limit}")
        done = type_it(scene, *words)
        codes.append(done.code)
        _judged(judge, scene, done)
        shutil.rmtree(scene.folder)
        if done.code == 0:
            break
    assert len(codes) > 1
    assert codes[-1] == 0


@pytest.mark.skipif(os.getuid() == 0 and shutil.which("unshare") is None, reason="root may write everywhere")
def test_in_a_tree_that_is_read_only(judge: Judge) -> None:
    scene = judge.scene.copy(judge.folder / "read-only")
    done = _in_a_mount(scene, 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"')
    assert done.code == 1
    assert "Read-only file system" in done.err
    _judged(judge, scene, done)


@pytest.mark.slow
def test_on_a_disk_that_is_full(judge: Judge) -> None:
    """A file system of a few pages more than the desk has: full at another step each time."""
    codes = [_with_room(judge, room).code for room in (0, 8, 20, 40, 80, 400)]
    assert codes[0] == 1
    assert codes[-1] == 0


@pytest.mark.slow
def test_a_disk_that_is_full_in_the_middle_of_a_merge(tmp_path: Path) -> None:
    scene = make_scene("merge-branch", tmp_path / "scene")
    desk = scene.desk
    desk.git("switch", "--quiet", "other")
    changed = desk.git("diff", "--name-only", "--diff-filter=M", "main", "other", "tickets").split()
    for path in changed:
        with (desk.root / path).open("a", encoding="utf-8") as file:
            file.writelines(f"\n{os.urandom(30).hex()}\n" for _ in range(500))
    desk.git("commit", "--quiet", "-m", "By hand", "--", *changed)
    desk.git("switch", "--quiet", "main")
    judge = Judge(scene, tmp_path)
    ended = [_with_room(judge, room) for room in (40, 70, 90, 400)]
    told = [each.err for each in ended if "the working tree cannot follow: unable to write file" in each.err]
    assert told
    assert all("Make room on the disk" in each and each.count("\n") == 2 for each in told)
    assert [each.code for each in ended][::3] == [1, 0]


def _with_room(judge: Judge, room: int) -> Ended:
    """Type the command where there is so much room, in units of 1024 bytes."""
    scene = judge.scene.copy(judge.folder / f"room-{room}")
    done = _in_a_mount(
        scene,
        'mkdir "$0.copy" && mount -t tmpfs -o size=64m tmpfs "$0.copy" && cp -a "$0/." "$0.copy"'
        f' && room=$(($(df -k --output=avail "$0.copy" | tail -1) - {room}))'
        ' && head -c ${room}k /dev/zero > "$0.copy/full"',
        after='; code=$?; rm "$0.copy/full"; rm -rf "$0/ana" && cp -a "$0.copy/ana" "$0/ana"; exit $code',
        place=".copy",
    )
    scene.desk.git("update-index", "-q", "--refresh")
    _judged(judge, scene, done)
    shutil.rmtree(scene.folder)
    return done


def _in_a_mount(scene: Scene, before: str, after: str = "", place: str = "") -> Ended:
    """Type the command where only it sees what is mounted; skips where nothing may be mounted."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    line = f'{before} || exit 99; (cd "$0{place}/ana" && "$@"){after}'
    done = type_it(scene, "unshare", "-rm", "sh", "-c", line, str(scene.folder))
    assert done.code != 99, done
    return done


@pytest.mark.parametrize(("stdout", "code"), [("&-", 0), ("/dev/full", 1)])
def test_an_answer_that_cannot_be_written(judge: Judge, stdout: str, code: int) -> None:
    scene = judge.scene.copy(judge.folder / "unheard")
    done = type_it(scene, "sh", "-c", f'"$@" >{stdout}', "sh")
    assert done.code == code
    assert shape(scene.desk, judge.before, look(scene)) == judge.goal
    assert "Traceback" not in done.err
    _judged(judge, scene, done)


def test_a_comment_whose_answer_was_not_written_is_not_made_twice(tmp_path: Path) -> None:
    judge = Judge(make_scene("comment", tmp_path / "scene"), tmp_path)
    scene = judge.scene.copy(tmp_path / "unheard")
    assert type_it(scene, "sh", "-c", '"$@" >/dev/full', "sh").code == 1
    again = type_it(scene)
    assert again.code == 0
    assert "has done this already" in again.err
    assert shape(scene.desk, judge.before, look(scene)) == judge.goal
    assert type_it(scene).out.endswith("commented\n")  # once more is meant now
    assert shape(scene.desk, judge.before, look(scene)) != judge.goal


def test_a_reader_that_has_seen_enough(judge: Judge) -> None:
    scene = judge.scene.copy(judge.folder / "head")
    done = type_it(scene, "sh", "-c", '"$@" | head -1', "sh", args=("list", "--all"))
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_at_any_time(judge: Judge, number: signal.Signals) -> None:
    ended: list[int] = []
    for pause in (0.06, 0.12, 0.18, 0.24):
        scene = judge.scene.copy(judge.folder / f"stopped-{pause}")
        done = _stopped(scene, number, pause)
        ended.append(done.code)
        _judged(judge, scene, done)
        shutil.rmtree(scene.folder)
    assert set(ended) <= {0, -number, 130}


def _stopped(scene: Scene, number: signal.Signals, pause: float) -> Ended:
    with subprocess.Popen(
        [sys.executable, "-m", "tkt", *scene.args],
        cwd=scene.desk.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TKT_ACTOR": scene.desk.who},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        time.sleep(pause)
        if process.poll() is None:
            os.killpg(process.pid, number)
        out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out, err)
