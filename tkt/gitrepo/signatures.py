"""Whose signature a commit has, judged now and by the server's own list of keys."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence

from tkt.errors import TktError
from tkt.gitrepo.contents import REAL
from tkt.gitrepo.git import Git
from tkt.usecases.gate import Signature

_SSH = b"-----BEGIN SSH SIGNATURE-----"
_HEADERS = (b"gpgsig ", b"gpgsig-sha256 ")
_ADDRESS = re.compile(r"<([^<>\s]+)>\s*$")
_NOT_GOOD = "its signature is not good"


def signature(git: Git, oid: str) -> Signature:
    """What a commit's signature is worth.

    Args:
        git: of the server's repository.
        oid: the commit.
    """
    payload, sign = _parts(git.run("cat-file", "commit", oid, env=REAL))
    if not sign:
        return Signature("", "it is not signed")
    return _by_ssh(git, payload, sign) if sign.startswith(_SSH) else _by_gpg(git, oid)


def _parts(commit: bytes) -> tuple[bytes, bytes]:
    """What was signed, and the signature; b"" without one."""
    head, gap, message = commit.partition(b"\n\n")
    kept: list[bytes] = []
    sign: list[bytes] = []
    inside = False
    for line in head.split(b"\n"):
        inside = line.startswith(_HEADERS) or (inside and line.startswith(b" "))
        if inside:
            sign.append(line.partition(b" ")[2])
        else:
            kept.append(line)
    return b"\n".join(kept) + gap + message, b"\n".join(sign) + b"\n" if sign else b""


def _by_ssh(git: Git, payload: bytes, sign: bytes) -> Signature:
    """Ask `ssh-keygen` itself: Git would judge a key by the date that the commit claims for itself."""
    status, out, _ = git.attempt("config", "--type=path", "--get", "gpg.ssh.allowedSignersFile")
    path = out.decode("utf-8", "surrogateescape").rstrip("\n")
    if status or not path:
        return Signature("", "the server has no gpg.ssh.allowedSignersFile to hold its signature against")
    signers = os.path.join(git.folder, path)
    with tempfile.TemporaryDirectory(prefix="tkt-") as folder:
        file = os.path.join(folder, "signature")
        with open(file, "wb") as out_file:
            out_file.write(sign)
        status, out = _keygen(["-Y", "find-principals", "-f", signers, "-s", file], b"")
        names = out.decode("utf-8", "replace").split("\n")[0].split(",") if not status else []
        for name in filter(None, names):
            asked = ["-Y", "verify", "-f", signers, "-I", name, "-n", "git", "-s", file]
            if _keygen(asked, payload)[0] == 0:
                return Signature(name)
    return Signature("", f"{_NOT_GOOD}, or nobody's that the server knows")


def _keygen(args: Sequence[str], stdin: bytes) -> tuple[int, bytes]:
    from subprocess import DEVNULL, PIPE, run  # start-up: few servers ask for signatures

    try:
        done = run(["ssh-keygen", *args], input=stdin, stdout=PIPE, stderr=DEVNULL, check=False)
    except FileNotFoundError:
        raise TktError("ssh-keygen is not installed, or not on the PATH") from None
    return done.returncode, done.stdout


def _by_gpg(git: Git, oid: str) -> Signature:
    out = git.run("log", "-1", "--no-show-signature", "--format=%G?%n%GS", oid, "--", env=REAL)
    grade, _, who = out.decode("utf-8", "replace").strip("\n").partition("\n")
    address = _ADDRESS.search(who)
    return Signature(address[1]) if grade == "G" and address else Signature("", _NOT_GOOD)
