"""The guard of a server: installed, looked at, taken away; and what it remembers."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.desk import type_tkt
from tests.server.hub import ANA, BOB, Clone, Hub, git
from tkt.gitrepo.receipts import Receipts
from tkt.usecases.gate import Arrival

MOMENT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_installed_twice(hub: Hub) -> None:
    assert "nothing was changed" in hub.install().out
    config = hub.git("config", "--list", "--local")
    for line in (
        "receive.fsckobjects=true",
        "receive.advertisepushoptions=true",
        "receive.maxinputsize=100000000",
    ):
        assert line in config
    assert "denynonfastforwards" not in config


def test_status(hub: Hub) -> None:
    said = type_tkt("hooks", "status", "--server", str(hub.bare))
    assert said.code == 0, said
    assert "refused" in said.out
    hub.git("config", "receive.fsckObjects", "false")
    (hub.bare / "hooks" / "post-receive").unlink()
    said = type_tkt("hooks", "status", "--server", "--json", str(hub.bare))
    assert said.code == 1
    assert json.loads(said.out)["hooks"] == {"pre-receive": True, "post-receive": False}
    assert json.loads(said.out)["settings"]["receive.fsckObjects"] is False


def test_in_the_repository_itself(hub: Hub) -> None:
    hub.patch.chdir(hub.bare)
    assert type_tkt("hooks", "status", "--server").code == 0


def test_an_earlier_hook_runs_first_and_comes_back(hub: Hub, bob: Clone) -> None:
    assert type_tkt("hooks", "uninstall", "--server", str(hub.bare)).code == 0
    hook = hub.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\ncat >seen\n", encoding="utf-8")
    hook.chmod(0o755)
    hub.install()
    bob.create()
    bob.taken()
    assert "refs/heads/main" in (hub.bare / "seen").read_text(encoding="utf-8")
    bob.create(by=ANA)
    bob.refused(rules={"author"})
    hook.with_name("pre-receive.before-tkt").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert bob.push().code != 0
    assert type_tkt("hooks", "uninstall", "--server", str(hub.bare)).code == 0
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\nexit 1\n"
    assert not hook.with_name("pre-receive.before-tkt").exists()


def test_taken_away(hub: Hub, bob: Clone) -> None:
    assert type_tkt("hooks", "uninstall", "--server", str(hub.bare)).code == 0
    assert not (hub.bare / "hooks" / "pre-receive").exists()
    bob.create(by=ANA)
    bob.taken()
    assert "No guard" in type_tkt("hooks", "uninstall", "--server", str(hub.bare)).out


def test_only_in_bare_repositories(ana: Clone) -> None:
    ana.tkt("hooks", "install", "--server", code=2)
    ana.tkt("hooks", "install", "--signed", code=2)
    ana.tkt("hooks", "install", "somewhere", code=2)


def test_not_where_the_hooks_are_elsewhere(hub: Hub) -> None:
    hub.git("config", "core.hooksPath", "/elsewhere")
    said = type_tkt("hooks", "install", "--server", str(hub.bare))
    assert said.code == 4
    assert "core.hooksPath" in said.err


def test_not_without_a_main_branch(hub: Hub) -> None:
    hub.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    said = type_tkt("hooks", "install", "--server", str(hub.bare))
    assert said.code == 3
    assert "symbolic-ref" in said.err


def test_what_is_there_is_taken_as_it_is(hub: Hub, bob: Clone) -> None:
    git(hub.root, "init", "--quiet", "--bare", "old.git")
    hub.bare = hub.root / "old.git"
    bob.git("push", "--quiet", str(hub.bare), "HEAD:main")
    assert "1 reference" in hub.install().out
    assert hub.receipts == [[bob.head, "2026-11-22T09:00:00Z", "-", "-", ""]]


def test_receipts(hub: Hub, bob: Clone) -> None:
    bob.create()
    first = bob.head
    bob.create()
    bob.taken("origin", "HEAD:refs/heads/side")
    bob.at("10:00").taken()
    moment, ref = "2026-11-22T09:00:00Z", "refs/heads/side"
    assert hub.receipts[-2:] == [[oid, moment, BOB, ref, ""] for oid in (first, bob.head)]


def test_a_torn_receipt(tmp_path: Path) -> None:
    ledger = Receipts(str(tmp_path))
    one, two = (Arrival(each * 40, MOMENT, ANA, "refs/heads/main", "why") for each in "ab")
    ledger.add([one])
    with open(ledger.path, "a", encoding="utf-8") as file:
        file.write("c" * 40 + "\t2026-11")
    assert ledger.arrivals(["a" * 40, "c" * 40]) == {one.oid: one}
    ledger.add([two])
    assert ledger.arrivals([one.oid, two.oid]) == {one.oid: one, two.oid: two}


def test_what_would_break_a_receipt(tmp_path: Path) -> None:
    ledger = Receipts(str(tmp_path))
    ledger.add([Arrival("a" * 40, MOMENT, "ana\t-\t-\nb", "refs/heads/main", "one\ntwo\tthree")])
    (found,) = ledger.arrivals(["a" * 40]).values()
    assert found.reason == "one two three"
    assert ledger.inherited() == []


def test_a_receipt_counts_once(tmp_path: Path) -> None:
    ledger = Receipts(str(tmp_path))
    ledger.add([Arrival("a" * 40, MOMENT, who, "refs/heads/main") for who in (ANA, BOB)])
    assert ledger.arrivals(["a" * 40])["a" * 40].user == ANA


@pytest.mark.parametrize("words", ["main~2..main", "main~2...main"])
def test_a_range_in_a_clone(bob: Clone, words: str) -> None:
    bob.create()
    bob.create()
    assert "2 tickets checked, nothing to complain of" in bob.tkt("check", "--range", words).err


def test_a_range_with_an_illegal_step(bob: Clone) -> None:
    ticket = bob.create()
    bob.tkt("transition", ticket, "closed")
    illegal = bob.step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:00:00Z", clock=2)
    bob.tkt("transition", ticket, "closed")
    said = bob.tkt("check", "--range", "origin/main..HEAD", "--json", code=1)
    (found,) = json.loads(said.out)
    assert (found["rule"], found["commit"], found["ticket"]) == ("transition", illegal, ticket)


def test_a_range_is_held_against_the_settings_before_it(bob: Clone) -> None:
    ticket = bob.create()
    bob.tkt("transition", ticket, "closed")
    path = bob.root / ".tkt/workflow.yaml"
    bob.edit(path, "- {from: closed, to: [reopened]}", "- {from: closed, to: [reopened, waiting]}")
    bob.commit()
    bob.tkt("transition", ticket, "waiting")
    said = bob.tkt("check", "--range", "origin/main..HEAD", "--json", code=1)
    assert {each["rule"] for each in json.loads(said.out)} == {"transition", "protected"}


def test_ranges_that_are_none(bob: Clone) -> None:
    bob.create()
    bob.tkt("check", "--range", "nowhere..HEAD", code=3)
    bob.tkt("check", "--range", "HEAD~1..HEAD", "--staged", code=2)


def test_a_range_in_a_folder_of_the_repository(hub: Hub, bob: Clone) -> None:
    """The desk need not be at the top."""
    root = hub.root / "deep"
    root.mkdir()
    git(root, "init", "--quiet")
    shutil.copytree(bob.root / ".tkt", root / "support" / ".tkt")
    outer, inner = Clone(root, bob.who, bob.patch), Clone(root / "support", bob.who, bob.patch)
    outer.commit("A desk")
    ticket = inner.create()
    inner.step_by_hand(ticket, "waiting", "closed", at="2026-11-22T09:00:00Z", clock=1)
    inner.tkt("check", "--range", "HEAD~2..HEAD~1")
    said = inner.tkt("check", "--range", "HEAD~1..HEAD", "--json", code=1)
    assert {each["path"].split("/")[0] for each in json.loads(said.out)} == {"tickets"}
