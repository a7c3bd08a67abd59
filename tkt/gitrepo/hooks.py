"""Where a clone's hooks are, and who runs them."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from functools import cached_property

from tkt.assets import read_hook
from tkt.errors import NotAllowedError
from tkt.gitrepo.repository import Repository
from tkt.usecases.hooks import Way

_LEFTHOOK = tuple(
    f"{dot}lefthook.{kind}" for dot in ("", ".") for kind in ("yml", "yaml", "toml", "json", "jsonc")
)
_PRE_COMMIT = ".pre-commit-config.yaml"
_ABOUT_THE_TREE = frozenset({"pre-commit", "pre-merge-commit", "post-checkout"})
"""Hooks that look at the very tree that is committed or checked out, and at no desk elsewhere."""
_FILLED_IN = "tkt=tkt desk='' key=TKT any='[Tt][Kk][Tt]'"
"""What stands in the shims as they ship for what an installation knows."""


class HookPlace:
    """The hooks of the repository that a store lies in.

    Args:
        repository: which.
        key: the project key.
        program: the tkt that the shims call first.
        apart: the desk's folder, where it has a branch of its own; "" where it lies in the tree.
    """

    def __init__(self, repository: Repository, key: str, program: str, apart: str = "") -> None:
        self.repository = repository
        self.key = key
        self.program = program
        self.apart = os.path.join(apart, "") if apart else ""

    @cached_property
    def folder(self) -> str:
        """The folder whose files are run; for husky the one that people write in.

        Raises:
            NotAllowedError: it is not this repository's own.
        """
        folder = self._effective
        if self.husky and (folder == self._usual or _is_within(folder, self.husky)):
            return self.husky  # until npm has made husky say so, Git looks into its usual folder
        layout = self.repository.layout
        if not any(_is_within(folder, each) for each in (layout.top, layout.common_dir)):
            raise NotAllowedError(
                f"core.hooksPath leads out of this repository, to {folder}",
                "Those hooks run in other repositories too; git config --show-origin core.hooksPath says who "
                "set it. This clone gets a folder of its own with: "
                'git config core.hooksPath "$(git rev-parse --git-common-dir)/hooks"',
            )
        return folder

    @cached_property
    def _effective(self) -> str:
        git = type(self.repository.git)(self.repository.layout.top)
        # With hooks, so that Git is asked about the person's hooks and not told that there are none.
        status, out, err = git.attempt(
            "rev-parse", "--path-format=absolute", "--git-path", "hooks", hooks=True
        )
        if status:
            raise NotAllowedError(
                "Git does not say where its hooks are", err.decode("utf-8", "replace").strip()
            )
        return out.decode("utf-8", "surrogateescape").rstrip("\n")

    @cached_property
    def husky(self) -> str:
        """The folder of husky's hooks; "" for none."""
        folder = os.path.join(self.repository.layout.top, ".husky")
        return folder if os.path.isdir(folder) else ""

    @property
    def traces(self) -> list[str]:
        """The folders in which an installation, now or earlier, may have left shims."""
        layout = self.repository.layout
        ours = any(_is_within(self._effective, each) for each in (layout.top, layout.common_dir))
        folders = (*((self._effective,) if ours else ()), self._usual, self.own)
        return list(dict.fromkeys(folders))

    @property
    def _usual(self) -> str:
        """The folder that Git uses where nobody says otherwise."""
        return os.path.join(self.repository.layout.common_dir, "hooks")

    @property
    def own(self) -> str:
        """A folder of tkt's own, for shims that another hook manager's files start."""
        return os.path.join(self.repository.layout.common_dir, "hooks", "tkt")

    @cached_property
    def way(self) -> Way:
        """Who runs the files in the folder."""
        if self.folder == self.husky:
            return Way.HUSKY
        return Way.LEFTHOOK if os.path.basename(self.manager) in _LEFTHOOK else Way.SHIMS

    @cached_property
    def manager(self) -> str:
        """The configuration file of a hook manager; that of pre-commit where there is none."""
        names = (*_LEFTHOOK, _PRE_COMMIT)
        paths = (os.path.join(self.repository.layout.top, name) for name in names)
        usual = os.path.join(self.repository.layout.top, _PRE_COMMIT)
        return next((path for path in paths if os.path.isfile(path)), usual)

    @property
    def desk(self) -> str:
        """The store's place in the working tree."""
        return "" if self.apart else self.repository.prefix

    def shim(self, name: str) -> bytes:
        """What tkt installs for a hook."""
        about = f"tkt={shlex.quote(self._called)} {self._about_desk(name)}"
        text = read_hook(name).replace(_FILLED_IN, about, 1)
        return text.encode("utf-8", "surrogateescape")

    @cached_property
    def _called(self) -> str:
        # A folder in the working tree may be committed, and then no path of one machine belongs there.
        mine = _is_within(self.folder, self.repository.layout.common_dir) or self.folder == self.husky
        return self.program if mine else "tkt"

    def _about_desk(self, name: str) -> str:
        any_case = "".join(f"[{each}{each.lower()}]" if each.isalpha() else each for each in self.key)
        desk = shlex.quote(self.desk if name in _ABOUT_THE_TREE else self.apart or self.desk)
        return f"desk={desk} key={self.key} any={shlex.quote(any_case)}"

    def serves_this_desk(self, shim: bytes) -> bool:
        """Whether a shim was written for this desk."""
        ours = (f" desk={shlex.quote(each)} key=" for each in (self.desk, self.apart or self.desk))
        return b" desk=" not in shim or any(each.encode("utf-8", "surrogateescape") in shim for each in ours)

    def read(self, path: str) -> bytes | None:
        """A file's content; None when there is none, b"" for a link that leads nowhere."""
        try:
            with open(path, "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return b"" if os.path.islink(path) else None

    def write(self, path: str, data: bytes) -> None:
        """Write a program, or new content of a file that keeps its mode.

        Raises:
            NotAllowedError: it is a link.
        """
        if os.path.islink(path):
            raise NotAllowedError(f"{path} is a link; tkt never writes through links", "Make it a file.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o755
        draft = f"{path}.tkt-draft"
        with suppress(FileNotFoundError):
            os.unlink(draft)
        try:
            with open(draft, "xb") as file:
                file.write(data)
            os.chmod(draft, mode)
            os.replace(draft, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise

    def move(self, path: str, to: str) -> None:
        """Rename a file."""
        os.rename(path, to)

    def remove(self, path: str) -> None:
        """Remove a file, and its folder if that is tkt's own and empty."""
        os.unlink(path)
        if os.path.dirname(path) == self.own:
            with suppress(OSError):
                os.rmdir(self.own)


def _is_within(path: str, folder: str) -> bool:
    inside, outside = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([inside, outside]) == outside
