"""What begins before a command is loaded, and before click is; so this loads next to nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

_ASK_FOR_ALL = frozenset(
    {"board", "export", "list", "log", "next", "report", "search", "show", "site", "sla check", "sla status"}
)
"""Commands whose answer depends on every ticket of the desk."""

_ASK_FOR_THREADS = frozenset({"report", "site"})
"""Those of them whose answer depends on every thread."""

_ASK_FOR_CLOCKS = frozenset({"board", "list", "sla check", "sla status"})
"""What asks for the clocks of all open tickets, where that is all that was typed."""

_UNASKED = frozenset({"-h", "--help", "--no-index", "--rev"})
"""Options with which it does not, or with which no index is asked about the working tree."""


def begin_to_look(args: Sequence[str]) -> None:
    """Have what a command will ask for looked at while it is loaded.

    Args:
        args: what was typed after `tkt`.
    """
    if _ASK_FOR_ALL.isdisjoint({*args[:1], " ".join(args[:2])}):
        return
    if _UNASKED.isdisjoint(each.partition("=")[0] for each in args):
        from tkt.wiring.ahead import look_ahead

        look_ahead(threads=args[0] in _ASK_FOR_THREADS, clocks=" ".join(args) in _ASK_FOR_CLOCKS)
