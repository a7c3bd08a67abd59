"""The settings in force: the team's files over the ones that ship with tkt."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkt import __version__
from tkt.domain.ids import SETTINGS
from tkt.domain.settings import Settings
from tkt.errors import InvalidStoreError, Problem
from tkt.store.decoding import decode
from tkt.store.settings_build import FILES, Data, build
from tkt.usecases.workspace import Files

if TYPE_CHECKING:
    from tkt.store.settings_reading import Source

_SIZE_LIMIT = 1024 * 1024
_SLA = "sla.yaml"

_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """Reads the settings of a store.

    Args:
        files: where they are.
        cache: a file in which checked settings are kept, so that the next command need neither
            parse nor check them; "" for none. It may be deleted at any time.
    """

    files: Files
    cache: str = ""

    def load(self) -> Settings:
        """The settings in force.

        Raises:
            InvalidStoreError: all mistakes in them.
        """
        texts, unread = self._texts()
        kept = None if unread else self._cached(texts)
        if kept is not None:
            return kept
        from tkt.store.settings_reading import read_settings  # start-up: only changed settings are read

        data, problems, _ = read_settings(texts, unread)
        if problems:
            raise InvalidStoreError(tuple(problems), "Mend them; tkt config check looks again.")
        self._keep(texts, data)
        return build(data, _fingerprint(texts))

    def problems(self) -> list[Problem]:
        """Every mistake in the settings."""
        from tkt.store.settings_reading import read_settings

        return read_settings(*self._texts())[1]

    def draft(self, name: str, raw: bytes, path: str) -> tuple[Settings, list[Problem]]:
        """The settings with another content of one file, and what in the others does not go with it.

        Args:
            name: of the settings file.
            raw: what it might say.
            path: where that stands, for its mistakes.

        Raises:
            InvalidStoreError: all mistakes in it.
        """
        from tkt.store.settings_reading import read_settings

        texts, unread = self._texts()
        texts[name] = _decoded(raw, path)
        data, problems, _ = read_settings(texts, unread)
        own = [each._replace(path=path) for each in problems if each.path == f"{SETTINGS}/{name}"]
        if own:
            raise InvalidStoreError(tuple(own), "Mend them, and try it again.")
        return build(data, _fingerprint(texts)), problems

    def sources(self) -> list[Source]:
        """Every value in force, and where it was said.

        Raises:
            InvalidStoreError: all mistakes in them.
        """
        from tkt.store.settings_reading import read_settings, sources_in

        data, problems, roots = read_settings(*self._texts())
        if problems:
            raise InvalidStoreError(tuple(problems), "Mend them; tkt config check looks again.")
        return [each for name in FILES for each in sources_in(name, data[name], roots[name])]

    def _texts(self) -> tuple[dict[str, str], list[Problem]]:
        """Each file's text, and what is wrong with those that have none."""
        texts = {}
        problems: list[Problem] = []
        for name in FILES:
            path = f"{SETTINGS}/{name}"
            try:
                raw = self.files.read(path)
                if len(raw) > _SIZE_LIMIT:
                    problems.append(Problem(path, 0, f"{len(raw):,} bytes; {_SIZE_LIMIT:,} are allowed"))
                    continue
                texts[name] = _decoded(raw, path)
            except FileNotFoundError:
                texts[name] = ""
            except InvalidStoreError as error:
                problems += error.problems
        for path in named_files(texts.get(_SLA, "")):
            problems += self._add_named(texts, path)
        return texts, problems

    def _add_named(self, texts: dict[str, str], path: str) -> Sequence[Problem]:
        """Read a file that settings name, where it is; what is wrong with it."""
        try:
            raw = self.files.read(path)
            if len(raw) > _SIZE_LIMIT:
                return [Problem(path, 0, f"{len(raw):,} bytes; {_SIZE_LIMIT:,} are allowed")]
            texts[path] = _decoded(raw, path)
        except FileNotFoundError:
            pass  # whoever reads the settings says so, with the line that names it
        except InvalidStoreError as error:
            return error.problems
        return ()

    def _cached(self, texts: Mapping[str, str]) -> Settings | None:
        """The settings that were kept of these very texts; None when there are none, or damaged."""
        # Python's own notation, read as data only: json would cost more to load than all else here.
        from ast import literal_eval

        origin = _origin(texts)
        try:
            with open(self.cache, encoding="utf-8", newline="") as file:
                kept = file.read()
            return build(*literal_eval(kept[len(origin) :])) if kept.startswith(origin) else None
        except _DAMAGED:
            return None

    def _keep(self, texts: Mapping[str, str], data: Data) -> None:
        if not self.cache:
            return
        draft = f"{self.cache}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self.cache), exist_ok=True)
            with open(draft, "w", encoding="utf-8", newline="") as file:
                file.write(_origin(texts) + repr((data, _fingerprint(texts))))
            os.replace(draft, self.cache)
        except OSError:
            # A cache that cannot be written costs time only.
            with suppress(OSError):
                os.unlink(draft)


def named_files(text: str) -> list[str]:
    """The files that `sla.yaml` names, or seems to name."""
    if not any(".ics" in each for each in text.splitlines() if not each.lstrip().startswith("#")):
        return []
    from tkt.store.ical import NAMED  # start-up: few desks name any

    return sorted(set(NAMED.findall(text)))


def _decoded(raw: bytes, path: str) -> str:
    return decode(raw, path).removeprefix("\ufeff").replace("\r\n", "\n")


def _origin(texts: Mapping[str, str]) -> str:
    """What kept settings were made from and by: the same head, the same settings."""
    return "\0".join((f"tkt {__version__}", *texts.values(), ""))


def _fingerprint(texts: Mapping[str, str]) -> str:
    import hashlib  # start-up: kept settings have their name beside them

    return hashlib.sha256(_origin(texts).encode("utf-8", "surrogatepass")).hexdigest()
