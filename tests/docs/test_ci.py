"""The workflows that `tkt ci` prints are YAML, ask for little, and their shell lines do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.desk import Desk, git, type_tkt
from tests.docs.pages import ROOT
from tkt import __version__
from tkt.cli.ci import FORGES, JOBS, PACKAGE

ACTIONS = ("github", "forgejo")


def workflow(forge: str, *args: str) -> dict[Any, Any]:
    """What is printed for a forge, as YAML reads it; `on` is true to YAML 1.1."""
    said = type_tkt("ci", forge, *args)
    assert said.code == 0
    loaded: dict[Any, Any] = yaml.safe_load(said.out)
    return loaded


def scripts(forge: str, job: str, *args: str) -> list[str]:
    """The shell lines of a job, but for the one that installs tkt."""
    jobs = workflow(forge, *args)
    if forge == "gitlab":
        return ["\n".join(jobs[job]["script"])]
    return [each["run"] for each in jobs["jobs"][job]["steps"] if "run" in each and "pip" not in each["run"]]


@pytest.fixture
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Path, str]:
    """A desk on a server, a clone of it, and a branch that changes a ticket."""
    root = tmp_path / "desk"
    assert type_tkt("init", str(root)).code == 0
    desk = Desk(root)
    monkeypatch.chdir(root)
    ticket = desk.create('Login `$(touch pwned)` "fails"')
    server = tmp_path / "server.git"
    git("clone", "--quiet", "--bare", str(root), str(server), cwd=tmp_path)
    desk.git("remote", "add", "origin", str(server))
    desk.git("switch", "--quiet", "-c", "topic")
    desk.tkt("set", ticket, "priority=P1", "-m", "$(touch pwned); `touch pwned`")
    (root / "code.py").write_text("print(1)\n", encoding="utf-8")
    desk.git("add", "code.py")
    desk.git("commit", "--quiet", "-m", f"Mend it\n\nFixes {ticket} `touch pwned`")
    return desk, server, ticket


def shell(script: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does."""
    programs = cwd.parent / "bin"
    programs.mkdir(exist_ok=True)
    launcher = programs / "tkt"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m tkt "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=cwd,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def clone_at(server: Path, desk: Desk, commit: str, *, detached: bool) -> Path:
    """What a runner checks out."""
    desk.git("push", "--quiet", str(server), "topic")
    folder = server.parent / "runner"
    git("clone", "--quiet", str(server), str(folder), cwd=server.parent)
    git("checkout", "--quiet", *(["--detach"] if detached else []), commit, cwd=folder)
    return folder


def variables(desk: Desk, summary: Path) -> dict[str, str]:
    base, head = desk.git("rev-parse", "main"), desk.git("rev-parse", "topic")
    return {
        "BASE_SHA": base, "HEAD_SHA": head, "GITHUB_STEP_SUMMARY": str(summary), "BRANCH": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": head, "CI_COMMIT_BRANCH": "main",
        "CI_SERVER_HOST": "forge.example", "CI_PROJECT_PATH": "team/desk", "TKT_PUSH_TOKEN": "secret",
    }  # fmt: skip


@pytest.mark.parametrize("forge", FORGES)
def test_a_branch_that_is_sound_passes_and_its_tickets_are_listed(
    forge: str, hosted: tuple[Desk, Path, str], tmp_path: Path
) -> None:
    desk, server, ticket = hosted
    runner = clone_at(server, desk, desk.git("rev-parse", "topic"), detached=True)
    summary = tmp_path / "summary.md"
    job = "tkt-merge-request" if forge == "gitlab" else "pull-request"
    said = ""
    for script in scripts(forge, job):
        done = shell(script, runner, **variables(desk, summary))
        assert done.returncode == 0, done
        said += done.stdout
    shown = {"github": summary, "gitlab": runner / "tickets.md"}.get(forge)
    text = shown.read_text(encoding="utf-8") if shown else said
    assert ticket in text
    assert "P1" in text
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("forge", FORGES)
def test_a_branch_with_a_mistake_fails(forge: str, hosted: tuple[Desk, Path, str], tmp_path: Path) -> None:
    desk, server, ticket = hosted
    desk.edit(ticket, "priority: P1", "priority: P9")
    desk.git("commit", "--quiet", "-am", "By hand")
    runner = clone_at(server, desk, desk.git("rev-parse", "topic"), detached=True)
    job = "tkt-merge-request" if forge == "gitlab" else "pull-request"
    done = shell(scripts(forge, job)[0], runner, **variables(desk, tmp_path / "summary.md"))
    assert done.returncode == 1, done
    assert ticket in done.stdout
    if forge == "gitlab":
        assert (runner / "gl-code-quality-report.json").read_text(encoding="utf-8").startswith("[")


@pytest.mark.parametrize("forge", FORGES)
def test_on_the_main_branch_all_is_checked_and_what_commits_fix_is_moved(
    forge: str, hosted: tuple[Desk, Path, str], tmp_path: Path
) -> None:
    desk, server, ticket = hosted
    desk.git("switch", "--quiet", "main")
    desk.git("merge", "--quiet", "--ff-only", "topic")
    desk.git("push", "--quiet", str(server), "main")
    runner = clone_at(server, desk, "main", detached=False)
    git(
        "config",
        "url." + str(server) + ".insteadOf",
        "https://tkt:secret@forge.example/team/desk.git",
        cwd=runner,
    )
    if forge == "gitlab":
        git("config", "receive.advertisePushOptions", "true", cwd=server)
        git("checkout", "--quiet", "--detach", cwd=runner)
    check, fixes = ("tkt-main", "tkt-fixes") if forge == "gitlab" else ("main", "fixes")
    for script in (*scripts(forge, check), *scripts(forge, fixes)):
        done = shell(script, runner, **variables(desk, tmp_path / "summary.md"))
        assert done.returncode == 0, done
    desk.git("pull", "--quiet", "--no-rebase", str(server), "main")
    assert desk.show(ticket)["status"] == "resolved"
    assert not list(tmp_path.rglob("pwned"))


PROMISES = """
policies:
- name: standard
  calendar: always
  targets:
    default: {first_response: 1h}
"""


@pytest.mark.parametrize("forge", FORGES)
def test_every_hour_a_breach_fails_until_it_is_mended(
    forge: str, hosted: tuple[Desk, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, server, _ = hosted
    desk.git("switch", "--quiet", "main")
    (desk.root / ".tkt" / "sla.yaml").write_text(PROMISES, encoding="utf-8")
    desk.git("commit", "--quiet", "-m", "Promise something", "--", ".tkt")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    asked = desk.create("It `$(touch pwned)` fails", "--requester", "customer@example.org")
    summary = tmp_path / "summary.md"

    def job(name: str, at: str) -> subprocess.CompletedProcess[str]:
        """What a runner does, on a clone of the newest commit only."""
        desk.git("push", "--quiet", str(server), "main")
        runner = tmp_path / name
        git("clone", "--quiet", "--depth=1", f"file://{server}", str(runner), cwd=tmp_path)
        (script,) = scripts(forge, "tkt-sla" if forge == "gitlab" else "sla")
        return shell(script, runner, **{**variables(desk, summary), "TKT_NOW": at})

    assert job("early", "2026-11-22T09:10:00Z").returncode == 0
    at_risk = job("soon", "2026-11-22T09:50:00Z")
    assert at_risk.returncode == (6 if forge == "gitlab" else 0)  # which GitLab's job allows for
    assert "1 at risk" in at_risk.stderr
    breached = job("late", "2026-11-22T10:10:00Z")
    assert breached.returncode == 5, breached
    assert f"{asked} first_response" in breached.stdout
    if forge == "github":
        assert f"| {asked} | first_response | breached |" in summary.read_text(encoding="utf-8")
    if forge == "gitlab":
        assert "SLA: 1 breached" in (tmp_path / "late" / "sla.svg").read_text(encoding="utf-8")
        assert 'failures="1"' in (tmp_path / "late" / "sla.xml").read_text(encoding="utf-8")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:15:00Z")
    desk.tkt("comment", asked, "-m", "We are looking into it.")
    mended = job("mended", "2026-11-22T10:20:00Z")
    assert mended.returncode == 0, mended
    assert not list(tmp_path.rglob("pwned"))


def test_clocks_are_looked_at_without_a_commit() -> None:
    for forge in ACTIONS:
        assert workflow(forge)[True]["schedule"] == [{"cron": "7 * * * *"}]
        assert "github.event_name == 'schedule'" in workflow(forge)["jobs"]["sla"]["if"]
    jobs = workflow("gitlab")
    assert jobs["tkt-sla"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert jobs["tkt-sla"]["allow_failure"] == {"exit_codes": 6}
    for name in ("tkt-main", "tkt-fixes"):
        assert jobs[name]["rules"][0] == {"if": '$CI_PIPELINE_SOURCE == "schedule"', "when": "never"}


def conflicting(hosted: tuple[Desk, Path, str], **commands: list[str]) -> Path:
    """A runner's clone of a branch that conflicts with the main branch in a ticket."""
    desk, server, _ = hosted
    for branch, command in commands.items():
        desk.git("switch", "--quiet", branch)
        desk.tkt(*command)
        desk.git("push", "--quiet", str(server), branch)
    assert plain_merge(server) == 1
    return clone_at(server, desk, "topic", detached=False)


def plain_merge(server: Path) -> int:
    """How a merge on the forge ends: 1 is a conflict."""
    merge = ["git", "merge-tree", "--write-tree", "main", "topic"]
    return subprocess.run(merge, cwd=server, capture_output=True, check=False).returncode


def run_merge(forge: str, hosted: tuple[Desk, Path, str], runner: Path) -> subprocess.CompletedProcess[str]:
    """What the job that merges does."""
    desk, server, _ = hosted
    url = "https://tkt:secret@forge.example/team/desk.git"
    git("config", f"url.{server}.insteadOf", url, cwd=runner)
    (script,) = scripts(forge, "tkt-merge" if forge == "gitlab" else "merge", "--job", "merge")
    commit = git("rev-parse", "HEAD", cwd=runner)
    env = {"BASE": "main", "BRANCH": "topic", "CI_COMMIT_SHA": commit}
    return shell(script, runner, **{**variables(desk, runner), **env})


@pytest.mark.parametrize("forge", FORGES)
def test_a_conflict_in_tickets_alone_is_merged_and_pushed(
    forge: str, hosted: tuple[Desk, Path, str], tmp_path: Path
) -> None:
    desk, server, ticket = hosted
    runner = conflicting(hosted, topic=["label", ticket, "apple"], main=["label", ticket, "vip"])
    done = run_merge(forge, hosted, runner)
    assert done.returncode == 0, done
    assert plain_merge(server) == 0
    desk.git("switch", "--quiet", "topic")
    desk.git("pull", "--quiet", "--ff-only", str(server), "topic")
    assert desk.show(ticket)["labels"] == ["apple", "vip"]
    assert run_merge(forge, hosted, runner).returncode == 0  # and then there is nothing to do
    assert not list(tmp_path.rglob("pwned"))


def test_what_is_for_a_person_is_named_and_not_pushed(hosted: tuple[Desk, Path, str]) -> None:
    desk, server, ticket = hosted
    for branch, text in (("topic", "Ours.\n"), ("main", "Theirs.\n")):
        desk.git("switch", "--quiet", branch)
        with desk.path(ticket).open("a", encoding="utf-8") as file:
            file.write(text)
        desk.tkt("record", ticket)
        desk.git("push", "--quiet", str(server), branch)
    before = git("rev-parse", "topic", cwd=server)
    done = run_merge("github", hosted, clone_at(server, desk, "topic", detached=False))
    assert done.returncode == 7
    assert f"{ticket}.md" in done.stderr
    assert git("rev-parse", "topic", cwd=server) == before


@pytest.mark.parametrize("forge", ACTIONS)
@pytest.mark.parametrize("job", JOBS)
def test_no_text_of_others_gets_into_a_line_of_the_shell(forge: str, job: str) -> None:
    jobs = workflow(forge, "--job", job)["jobs"].values()
    assert not any("${{" in step.get("run", "") for job in jobs for step in job["steps"])


def test_nothing_is_granted_that_is_not_needed() -> None:
    made = workflow("github")
    assert made["permissions"] == {"contents": "read"}
    assert [name for name, job in made["jobs"].items() if "permissions" in job] == ["fixes"]
    assert made["jobs"]["fixes"]["permissions"] == {"contents": "write"}
    assert set(made[True]) == {"pull_request", "push", "schedule", "workflow_dispatch"}
    checkouts = [job["steps"][0]["with"] for name, job in made["jobs"].items() if name != "fixes"]
    assert [each["persist-credentials"] for each in checkouts] == [False, False, False]


@pytest.mark.parametrize("forge", FORGES)
def test_this_release_of_tkt_is_installed(forge: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == PACKAGE
    said = type_tkt("ci", forge).out + type_tkt("ci", forge, "--job", "merge").out
    assert set(re.findall(r"pip install .*", said)) == {f'pip install --quiet "{PACKAGE}=={__version__}"'}
    assert "@" not in re.sub(
        r"@v\d|\[bot\]@|noreply@|tkt@noreply|actions@noreply|\$TKT_PUSH_TOKEN@", "", said
    )


def test_the_main_branch_and_the_key_are_the_desks_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type_tkt("init", str(tmp_path / "desk"), "--key", "OPS").code == 0
    monkeypatch.chdir(tmp_path / "desk")
    Desk(tmp_path / "desk").settings("project", "main: main", "main: trunk/#1")
    assert workflow("github")[True]["push"]["branches"] == ["trunk/#1"]
    assert '("Fixes OPS-...")' in type_tkt("ci", "gitlab").out
    assert 'CI_COMMIT_BRANCH == "trunk/#1"' in type_tkt("ci", "gitlab").out


def test_the_job_for_a_desk_on_a_branch_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own lines, in what actions/checkout makes of a repository."""
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    steps = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["jobs"]["tickets"]["steps"]
    server, root = tmp_path / "server.git", tmp_path / "code"
    git("init", "--quiet", "--bare", str(server), cwd=tmp_path)
    git("clone", "--quiet", str(server), str(root), cwd=tmp_path)
    monkeypatch.chdir(root)
    desk = Desk(root)
    desk.git("switch", "--quiet", "--create", "main")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Begin")
    desk.tkt("init", "--branch", "tickets")
    ticket = desk.create()
    desk.tkt("sync")
    desk.git("commit", "--quiet", "--allow-empty", "-m", f"Mend it\n\nFixes {ticket}")
    desk.git("push", "--quiet", "origin", "main")

    runner = tmp_path / "runner"
    git("init", "--quiet", "--initial-branch=main", str(runner), cwd=tmp_path)
    git("remote", "add", "origin", str(server), cwd=runner)
    git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", cwd=runner)
    git("checkout", "--quiet", "-B", "main", "refs/remotes/origin/main", cwd=runner)
    for each in steps:
        if "run" in each and "pip" not in each["run"]:
            done = shell(each["run"], runner)
            assert done.returncode == 0, done
    desk.tkt("sync")
    assert desk.show(ticket)["status"] == "resolved"
