"""Stand-ins for the real parts, held to the same contract."""

from collections.abc import Sequence


class MemoryFiles:
    """The store's files in a dictionary.

    Args:
        files: content by path; changed in place by whoever writes.
    """

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = {} if files is None else files

    def names(self, folder: str) -> Sequence[str]:
        start = f"{folder}/" if folder else ""
        found = set()
        for path in self.files:
            if path.startswith(start):
                name, slash, _ = path[len(start) :].partition("/")
                found.add(name + slash)
        return sorted(found)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def odd(self, folder: str) -> dict[str, str]:  # noqa: ARG002  the protocol names it
        return {}
