"""Names and configurations that would run a program: none of them does."""

from __future__ import annotations

import pytest

from tests.sharing.clones import Laptop


class TestHostileNames:
    @pytest.mark.parametrize(
        "name", ["--upload-pack=touch hacked", "ext::sh -c touch% hacked", "../hub.git", ""]
    )
    def test_only_the_name_of_a_remote_is_taken(self, ana: Laptop, name: str) -> None:
        args = ("--", name) if name else ("nowhere",)
        assert "no remote is called" in ana.sync(*args, code=3).err
        assert not (ana.root / "hacked").exists()

    def test_a_remote_that_is_called_like_an_option(self, ana: Laptop) -> None:
        config = ana.root / ".git" / "config"
        text = config.read_text(encoding="utf-8")
        name = "--upload-pack=touch hacked"
        config.write_text(
            text.replace('[remote "origin"]', f'[remote "{name}"]').replace(
                "remote = origin", f"remote = {name}"
            ),
            encoding="utf-8",
        )
        ana.sync(code=3)
        assert not (ana.root / "hacked").exists()

    @pytest.mark.parametrize(
        "key",
        ["core.sshCommand", "remote.origin.uploadpack", "remote.origin.receivepack", "credential.helper"],
    )
    def test_a_repository_that_names_programs(self, ana: Laptop, key: str) -> None:
        ana.git("config", key, "touch hacked; false")
        assert f"a program for that: {key.lower()}" in ana.sync(code=4).err
        assert not (ana.root / "hacked").exists()

    def test_a_driver_that_a_repository_names_never_runs(self, ana: Laptop, bob: Laptop) -> None:
        for laptop, text in ((ana, "1\n\n2\n\n3\nfour\n"), (bob, "one\n\n2\n\n3\n4\n")):
            laptop.commit("code.py", text)
        bob.git("reset", "--quiet", "--hard", "HEAD~1")
        ana.sync()
        bob.sync()
        ana.commit("code.py", "1\n\n2\n\n3\n4\n")
        ana.sync()
        bob.commit("code.py", "one\n\n2\n\n3\nfour\n")
        bob.git("config", "merge.evil.driver", f"touch {bob.root}/hacked")
        (bob.root / ".git" / "info").mkdir(exist_ok=True)
        (bob.root / ".git" / "info" / "attributes").write_text("* merge=evil\n", encoding="utf-8")
        bob.sync()
        assert not (bob.root / "hacked").exists()
        assert (bob.root / "code.py").read_text(encoding="utf-8") == "one\n\n2\n\n3\n4\n"

    def test_a_branch_that_is_called_like_an_option(self, ana: Laptop) -> None:
        assert "no commit is called" in ana.tkt("merge-branch", "--", "--output=hacked", code=3).err
        assert not (ana.root / "hacked").exists()
