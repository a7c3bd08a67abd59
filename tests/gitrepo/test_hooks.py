"""commit.run_hooks, and signatures."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gitrepo.desk import BOB, DONE, ENTRY, TEXT, TICKET, TRAILER, Desk
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError
from tkt.usecases.workspace import Actor, Note, Receipt


def _finish(desk: Desk, who: Actor = BOB) -> Receipt:
    writes = [desk.write(ENTRY, b"entry\n"), desk.write(TICKET, DONE)]
    note = Note("TKT-2j7k3q9: status: new -> done", (TRAILER,))
    return desk.recorder(who, run_hooks=True).record(writes, note, CommitPolicy.AUTO)


def test_hooks_are_left_out_unless_asked_for(desk: Desk) -> None:
    desk.hook("pre-commit", "exit 1")
    desk.hook("reference-transaction", "exit 1")

    desk.finish()

    assert desk.status == []


def test_hooks_run_when_asked_for(desk: Desk) -> None:
    seen = desk.root.parent / "seen"
    desk.hook("pre-commit", f"git diff --cached --name-only > {seen}")
    desk.hook("commit-msg", 'echo "Reviewed-by: hook" >> "$1"')

    receipt = _finish(desk)

    assert receipt.commit == desk.head
    assert set(seen.read_text("utf-8").split()) == {ENTRY, TICKET}
    body = desk.git("log", "-1", "--format=%an|%cn|%B")
    assert body.startswith("Bob Okafor|Ana Silva|TKT-2j7k3q9: status: new -> done\n\nTicket: TKT-2j7k3q9")
    assert "Reviewed-by: hook" in body
    assert desk.status == []


def test_a_hook_sees_the_persons_own_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = desk.root.parent / "seen"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    desk.hook("pre-commit", f"env > {seen}")

    _finish(desk)

    lines = seen.read_text("utf-8").splitlines()
    assert "LC_ALL=C.UTF-8" in lines
    assert not [line for line in lines if line.startswith(("GIT_LITERAL", "GIT_CONFIG_COUNT"))]


def test_a_hook_that_refuses_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.hook("pre-commit", "echo no tickets on Fridays >&2; exit 1")

    with pytest.raises(ConflictError, match="no tickets on Fridays"):
        _finish(desk)

    assert desk.subjects == ["start"]
    assert desk.status == ["M  code.py"]
    assert desk.read(TICKET) == TEXT
    assert not (desk.root / ENTRY).parent.exists()


def test_staged_work_stays_out_of_a_commit_with_hooks(desk: Desk) -> None:
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.hook("pre-commit", "exit 0")

    _finish(desk)

    assert set(desk.git("show", "--format=", "--name-only").split()) == {ENTRY, TICKET}
    assert desk.status == ["M  code.py"]


def test_hundreds_of_files_of_any_name_with_hooks(desk: Desk) -> None:
    names = [f"tickets/2026-11/[{number:03}] *.md" for number in range(300)]
    recorder = desk.recorder(run_hooks=True)

    recorder.record([desk.write(name, b"x\n") for name in names], Note("many"), CommitPolicy.AUTO)

    assert len(desk.git("show", "--format=", "--name-only").splitlines()) == 300
    assert desk.status == []


@pytest.fixture
def key(home: Path) -> Path:
    """Ana's new key, with which Git is to sign every commit of hers."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("ssh-keygen is not installed")
    path = home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    public = path.with_suffix(".pub").read_text("utf-8")
    (home / "signers").write_text(f"ana@example.com {public}", encoding="utf-8")
    with (home / ".gitconfig").open("a", encoding="utf-8") as file:
        file.write(f"[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = {path}\n[commit]\n\tgpgsign\n")
        file.write(f'[gpg "ssh"]\n\tallowedSignersFile = {home / "signers"}\n')
    return path


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("policy", [CommitPolicy.AUTO, CommitPolicy.AMEND])
def test_a_commit_is_signed_where_git_is_told_to(desk: Desk, policy: CommitPolicy) -> None:
    desk.finish(policy)
    receipt = desk.record(desk.write(TICKET, TEXT), subject="TKT-2j7k3q9: reopened", policy=policy)

    desk.git("verify-commit", receipt.commit)
    assert desk.git("log", "-1", "--format=%an|%at|%ct").strip() == "Ana Silva|1795338000|1795338000"
    assert desk.last().tickets == ("TKT-2j7k3q9",)
    assert desk.status == []


def test_a_commit_that_cannot_be_signed_is_not_made(desk: Desk, key: Path) -> None:
    key.unlink()

    with pytest.raises(Exception, match="commit-tree failed"):
        desk.finish()

    assert desk.subjects == ["start"]
    assert desk.status == []
