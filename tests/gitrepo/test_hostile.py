"""A repository whose configuration names programs: none of them ever runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gitrepo.desk import ANA, DONE, ENTRY, OTHER, TEXT, TICKET, Desk, make_desk, run
from tkt.domain.settings import CommitPolicy
from tkt.errors import NotFoundError, TktError
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git
from tkt.gitrepo.past import commit_ids, merge_base, names_of_commits

_HOOKS = ("pre-commit", "post-commit", "reference-transaction", "post-index-change", "post-checkout")


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that is there as soon as a hostile program has run."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), path.read_text("utf-8")


def _script(canary: Path, name: str, *, then: str = "cat") -> str:
    """A program that tells on itself."""
    path = canary.parent / f"evil-{name}"
    lines = ("#!/bin/sh", f"(echo {name}; xargs -0 echo < /proc/$PPID/cmdline) >> {canary}", then, "")
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def _set(desk: Desk, canary: Path, *keys: str) -> None:
    for key in keys:
        desk.git("config", key, _script(canary, key))


def _reads_and_writes(desk: Desk) -> None:
    """Everything that tkt does with a repository."""
    os.utime(desk.root / TICKET, (1, 1))  # Git has to look into the file again
    assert desk.history.uncommitted() == []
    desk.finish()
    desk.record(desk.write(TICKET, TEXT), policy=CommitPolicy.AMEND)
    os.utime(desk.root / TICKET, (2, 2))
    desk.history.uncommitted()
    desk.rewind()
    desk.finish(CommitPolicy.STAGE)
    _looks_back(desk)


def _looks_back(desk: Desk) -> None:
    history = desk.history
    history.last_change(ANA)
    history.blob_at_head(TICKET)
    history.branch()
    history.unpushed()
    desk.repository.identity()
    files = CommitFiles(desk.repository.git, "HEAD")
    assert files.read(TICKET) == TEXT
    assert "code.py" in files.names("")


def _springs(desk: Desk, canary: Path, *args: str) -> None:
    """See that the trap is a trap: Git itself falls into it."""
    os.utime(desk.root / TICKET, (3, 3))
    desk.git(*args)
    assert canary.exists()
    canary.unlink()


def test_file_system_monitor(desk: Desk, canary: Path) -> None:
    _set(desk, canary, "core.fsmonitor")
    _springs(desk, canary, "status")

    _reads_and_writes(desk)
    desk.git("config", "--unset", "core.fsmonitor")


@pytest.mark.parametrize("configured", [True, False])
def test_hooks(desk: Desk, canary: Path, configured: bool) -> None:
    folder = desk.root.parent / "hooks" if configured else desk.root / ".git/hooks"
    folder.mkdir(exist_ok=True)
    for name in _HOOKS:
        Path(_script(canary, name)).rename(folder / name)
    if configured:
        desk.git("config", "core.hooksPath", str(folder))
    _springs(desk, canary, "update-ref", "refs/heads/x", "HEAD")
    run(desk.root, "-c", "core.hooksPath=/dev/null", "update-ref", "-d", "refs/heads/x")

    _reads_and_writes(desk)


def test_external_diff_and_text_conversion(desk: Desk, canary: Path) -> None:
    _set(desk, canary, "diff.external", "diff.evil.textconv", "diff.evil.command")
    (desk.root / ".git/info/attributes").write_text("* diff=evil\n", encoding="utf-8")
    _springs(desk, canary, "log", "-1", "-p", "--ext-diff")

    _reads_and_writes(desk)


@pytest.mark.parametrize("name", ["evil", "Evil.Two", "new=name"])
def test_filters(desk: Desk, canary: Path, name: str) -> None:
    _set(desk, canary, f"filter.{name}.clean", f"filter.{name}.smudge")
    desk.git("config", f"filter.{name}.required", "true")
    (desk.root / ".git/info/attributes").write_text(f"* filter={name}\n", encoding="utf-8")
    _springs(desk, canary, "status")

    _reads_and_writes(desk)
    desk.git("config", "--remove-section", f"filter.{name}")


def test_a_filter_that_runs_on(desk: Desk, canary: Path) -> None:
    _set(desk, canary, "filter.evil.process")
    (desk.root / ".git/info/attributes").write_text("* filter=evil\n", encoding="utf-8")
    _springs(desk, canary, "status")

    _reads_and_writes(desk)
    desk.git("config", "--remove-section", "filter.evil")


def test_a_filter_in_an_included_file(desk: Desk, canary: Path) -> None:
    included = desk.root.parent / "included"
    script = _script(canary, "clean")
    included.write_text(f'[filter "evil"]\n\tclean = {script}\n\trequired\n', encoding="utf-8")
    desk.git("config", "include.path", str(included))
    (desk.root / ".git/info/attributes").write_text("* filter=evil\n", encoding="utf-8")
    _springs(desk, canary, "status")

    _reads_and_writes(desk)
    desk.git("config", "--unset", "include.path")


def test_a_filter_of_the_persons_own_still_runs(desk: Desk, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    desk.git("config", "--global", "filter.mine.clean", f"tee -a {ran}")
    (desk.root / ".git/info/attributes").write_text("* filter=mine\n", encoding="utf-8")
    os.utime(desk.root / TICKET, (1, 1))

    assert desk.history.uncommitted() == []

    assert ran.read_bytes() == TEXT


def test_a_monitor_in_a_repository_below_the_tickets(desk: Desk, canary: Path) -> None:
    inner = make_desk(desk.root / "tickets/inner")
    desk.git("-c", "advice.addEmbeddedRepo=false", "add", "tickets/inner")
    desk.git("commit", "--quiet", "-m", "inner")
    _set(inner, canary, "core.fsmonitor")
    _springs(desk, canary, "status")

    _reads_and_writes(desk)
    inner.git("config", "--unset", "core.fsmonitor")


def test_a_program_that_signs(desk: Desk, canary: Path) -> None:
    for key in ("gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand"):
        _set(desk, canary, key)
    desk.git("config", "commit.gpgSign", "true")
    desk.git("config", "log.showSignature", "true")

    for kind in ("ssh", "openpgp"):
        desk.git("config", "gpg.format", kind)
        with pytest.raises(TktError, match="commit-tree failed"):
            desk.finish()
    _looks_back(desk)

    assert desk.subjects == ["start"]


def test_a_program_that_fetches_what_a_clone_lacks(desk: Desk, canary: Path) -> None:
    desk.git("config", "uploadpack.allowFilter", "true")
    partial = Desk(desk.root.parent / "partial")
    source, target = desk.root.as_uri(), str(partial.root)
    run(desk.root, "clone", "--quiet", "--no-checkout", "--filter=blob:none", source, target)
    partial.git("config", "remote.origin.url", str(desk.root.parent / "gone"))
    _set(partial, canary, "remote.origin.uploadpack", "core.sshCommand", "core.askPass", "credential.helper")
    files = CommitFiles(partial.repository.git, "HEAD")

    with pytest.raises(NotFoundError):
        files.read(TICKET)
    with pytest.raises(TktError):
        partial.history.blob_at_head(TICKET)
    for name in ("1" * 40, f"{'1' * 40}:x"):
        with pytest.raises(NotFoundError):
            commit_ids(partial.repository.git, [name])
    with pytest.raises(NotFoundError):
        merge_base(partial.repository.git, "1" * 40, "HEAD")
    (partial.root / ".git/refs/tags/gone").write_text(f"{'1' * 40}\n", encoding="utf-8")
    assert names_of_commits(partial.repository.git)[-1][1] == "start"
    (partial.root / ".git/refs/tags/gone").unlink()
    partial.record(partial.write(OTHER, b"x\n"))


def test_a_bare_repository_that_lies_in_the_tree(desk: Desk, canary: Path) -> None:
    inner = desk.root / "docs"
    run(desk.root, "init", "--quiet", "--bare", str(inner))
    run(inner, "config", "core.fsmonitor", _script(canary, "fsmonitor"))

    with pytest.raises(TktError, match="bare"):
        Desk(inner).finish()

    with pytest.raises(TktError):
        Git(str(inner)).run("log")


def test_no_argument_can_become_an_option(desk: Desk) -> None:
    for revision in ("--output=x", "-h", "--help", "HEAD --", "HEAD:tickets --name-only"):
        with pytest.raises(NotFoundError, match=f"no commit {revision}"):
            CommitFiles(desk.repository.git, revision).names("")

    assert desk.status == []
    assert desk.history.blob("--output=x", TICKET) is None


def test_names_of_tickets_in_a_commit_by_hand_are_only_text(desk: Desk) -> None:
    desk.put(OTHER, DONE)
    desk.commit("\x1b]0;x\x07 $(id)\n\nTicket: --output=x\nTicket: ../../etc")

    assert desk.last().tickets == ("--output=x", "../../etc")
    assert desk.last().added == (OTHER,)


def test_a_branch_with_the_name_of_an_option(desk: Desk) -> None:
    desk.git("update-ref", "refs/heads/--upload-pack=x", "HEAD")
    desk.git("symbolic-ref", "HEAD", "refs/heads/--upload-pack=x")

    desk.finish()

    assert desk.history.branch() == "--upload-pack=x"
    assert desk.history.unpushed() is None
    assert desk.history.blob_at_head(ENTRY) == b"entry\n"
    desk.git("symbolic-ref", "HEAD", "refs/heads/main")
    desk.git("update-ref", "-d", "refs/heads/--upload-pack=x")
