"""A server that takes only commits that their authors have signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.hub import BOB, CAROL, Clone, Hub, git


def key_of(hub: Hub, name: str) -> Path:
    """Somebody's key for signatures, made when it is first needed."""
    path = hub.root / f"key-{name}"
    if not path.exists():
        import subprocess

        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def signing(hub: Hub, clone: Clone, name: str = "") -> Clone:
    """From now on the clone's own Git signs; with somebody's key."""
    key = key_of(hub, name or clone.who.partition("@")[0])
    git(clone.root, "config", "gpg.format", "ssh")
    git(clone.root, "config", "user.signingKey", str(key))
    return clone


def sign(clone: Clone, *args: str) -> None:
    """Sign the newest commit."""
    clone.git("commit", "--amend", "--no-edit", "--quiet", "-S", *args)


@pytest.fixture
def strict(hub: Hub, bob: Clone) -> str:
    """A ticket, on a server that from now on wants signatures."""
    ticket = bob.create()
    bob.taken()
    lines = []
    for name, limits in (("bob", ""), ("carol", ""), ("old", 'valid-before="20260101" ')):
        public = key_of(hub, name).with_suffix(".pub").read_text(encoding="utf-8")
        who = BOB if name == "old" else f"{name}@example.com"
        lines.append(f'{who} {limits}namespaces="git" {public}')
    (hub.bare / "signers").write_text("".join(lines), encoding="utf-8")
    hub.git("config", "gpg.ssh.allowedSignersFile", "signers")
    hub.install("--signed")
    return ticket


def test_a_good_signature(hub: Hub, bob: Clone, strict: str) -> None:
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    bob.taken()


def test_none(bob: Clone, strict: str) -> None:
    bob.at("09:05").tkt("comment", strict, "-m", "Not signed.")
    bob.refused(rules={"signature"}, commit=bob.head)


@pytest.mark.usefixtures("strict")
def test_code_needs_none(bob: Clone) -> None:
    bob.put("code.py", "print()\n")
    bob.commit()
    bob.taken()


def test_a_good_signature_under_another_author(hub: Hub, bob: Clone, strict: str) -> None:
    """`git verify-commit` is content with it."""
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob, f"--author=Carol <{CAROL}>")
    bob.refused(rules={"signature"}, commit=bob.head)


def test_a_good_signature_under_an_entry_of_another(hub: Hub, bob: Clone, strict: str) -> None:
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Forged.", by=CAROL)
    sign(bob, f"--author=Bob <{BOB}>")
    bob.refused(rules={"author"}, commit=bob.head)


def test_whoever_pushes_does_not_answer_for_it(hub: Hub, bob: Clone, carol: Clone, strict: str) -> None:
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    carol.git("pull", "--quiet", str(bob.root), "main")
    carol.taken()


def test_a_key_that_nobody_knows(hub: Hub, bob: Clone, strict: str) -> None:
    signing(hub, bob, "stranger").at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    bob.refused(rules={"signature"}, commit=bob.head)


def test_a_key_that_the_push_itself_brings(hub: Hub, bob: Clone, strict: str) -> None:
    """The list of keys is the server's own; one in the tree says nothing."""
    public = key_of(hub, "stranger").with_suffix(".pub").read_text(encoding="utf-8")
    bob.put("signers", f"{BOB} {public}")
    bob.commit("My own list")
    signing(hub, bob, "stranger").at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    bob.refused(rules={"signature"}, commit=bob.head)


def test_a_key_that_was_good_once(hub: Hub, bob: Clone, strict: str) -> None:
    """Git would believe the date that the commit claims for itself."""
    signing(hub, bob, "old").at("09:05").tkt("comment", strict, "-m", "Signed.")
    bob.patch.setenv("GIT_COMMITTER_DATE", "2025-06-01T00:00:00Z")
    sign(bob)
    bob.refused(rules={"signature"}, commit=bob.head)


def test_a_signature_of_something_else(hub: Hub, bob: Clone, strict: str) -> None:
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    text = bob.git("cat-file", "commit", "HEAD")
    forged = text.replace("tree ", "tree ", 1) + "\nAnd more.\n"
    oid = bob.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=forged.encode())
    bob.refused("origin", f"{oid}:main", rules={"signature"}, commit=oid)


def test_what_was_received_before_needs_none(hub: Hub, bob: Clone, carol: Clone, strict: str) -> None:
    hub.install()
    bob.git("checkout", "--quiet", "-b", "feature")
    bob.at("09:05").tkt("comment", strict, "-m", "Not signed.")
    bob.taken("origin", "feature")
    hub.install("--signed")
    carol.pull()
    carol.git("fetch", "--quiet")
    signing(hub, carol).git("merge", "--quiet", "--no-ff", "-S", "-m", "Merge", "origin/feature")
    carol.taken()


def test_without_a_list_of_keys_nobody_is_good(hub: Hub, bob: Clone, strict: str) -> None:
    hub.git("config", "--unset", "gpg.ssh.allowedSignersFile")
    signing(hub, bob).at("09:05").tkt("comment", strict, "-m", "Signed.")
    sign(bob)
    bob.refused(rules={"signature"}, commit=bob.head)
