"""The desk as a site: pages for whoever has no tkt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from tkt.cli import complete
from tkt.cli.context import NO_INDEX, say, text_view, warn
from tkt.cli.progress import show_progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkt.domain.ticket import Ticket
    from tkt.errors import Problem
    from tkt.usecases.report import Courses
    from tkt.usecases.site import Leaves
    from tkt.usecases.workspace import Workspace
    from tkt.wiring.site import SiteFolder

_PAGES = (("Reports", "index.html"), ("Board", "board.html"), ("Tickets", "tickets.html"))
_TICKET, _LIST = "site/ticket.html", "site/tickets.html"
_TEMPLATES = (_TICKET, "web/base.html")


@click.group("site")
def site_command() -> None:
    """Make a site of the desk, for people who have no tkt."""


@site_command.command("build")
@click.argument("folder", metavar="DIR", shell_complete=complete.files)
@click.option("--internal", is_flag=True, help="With internal notes, and addresses of customers.")
def build(folder: str, *, internal: bool) -> None:
    """Write the desk as pages into a folder: reports, the board, every ticket, and a search.

    The pages need no server: open index.html, or have Pages of a forge show the folder. A second build writes
    what has changed. Internal notes stay here, and a word stands for each e-mail address that
    .tkt/people.yaml does not list, unless --internal asks for everything.

    \b
    tkt site build public
    """
    from tkt.render.text import plural
    from tkt.wiring.reporting import open_report
    from tkt.wiring.site import SiteFolder

    index = NO_INDEX not in click.get_current_context().find_root().meta
    ws, courses = open_report(index=index, progress=show_progress)
    problems: list[Problem] = []
    site = _Site(ws, courses, not internal, problems)
    found, stale, gone = site.build(SiteFolder(folder))
    pages = len(found) + len(_PAGES)
    changed = (
        f"{plural(len(stale), 'ticket')} written anew" if len(stale) < len(found) else "all of them written"
    )
    say(f"{folder}: {pages:,} pages, {changed}" + (f", {gone:,} taken away" if gone else ""))
    warn(problems)


class _Site(NamedTuple):
    """What a site is made of.

    Args:
        ws: the desk.
        courses: what happened to its tickets.
        public: whether everybody may see it.
        problems: what could not be understood; grows.
    """

    ws: Workspace
    courses: Courses
    public: bool
    problems: list[Problem]

    def build(self, folder: SiteFolder) -> tuple[Sequence[Ticket], Sequence[str], int]:
        """Write what has changed; the tickets there are, those of them that were written, how many went."""
        from tkt.render.pages import digest_of
        from tkt.usecases.site import leaves
        from tkt.wiring.site import ticket_name

        own = self.ws.templates.pages()
        rules = f"{self.ws.settings.fingerprint} {digest_of(_TEMPLATES, own)} {self.public}"
        found = leaves(self.ws, rules, public=self.public)
        self.problems.extend(found.problems)
        stale = [each.id for each in found.tickets if not folder.is_kept(each.id, found.digests.get(each.id))]
        for done, (ticket_id, text) in enumerate(self._tickets(stale, found, own), 1):
            folder.write(ticket_name(ticket_id), text)
            show_progress("Writing", done, len(stale))
        for name, text in self._common(found.tickets, own):
            folder.write(name, text)
        gone = folder.finish({each.id: found.digests.get(each.id, "") for each in found.tickets})
        return found.tickets, stale, gone

    def _tickets(
        self, ids: Sequence[str], all_of: Leaves, own: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The pages of some tickets."""
        from tkt.render.pages import Links, fill_pages
        from tkt.render.site import ticket_values
        from tkt.usecases.site import views

        text, names = text_view(self.ws, "never"), []

        def values() -> Iterator[dict[str, object]]:
            for view in views(self.ws, ids, all_of.mentioning, public=self.public):
                names.append(view.ticket.id)
                self.problems.extend(view.problems)
                yield ticket_values(view, self.ws.settings, text)

        for place, page in enumerate(fill_pages(_TICKET, values(), own, Links("../", _PAGES))):
            yield names[place], page

    def _common(self, tickets: Sequence[Ticket], own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The pages and files that there is one of."""
        from tkt.render.pages import Links, fill_pages, site_parts
        from tkt.render.site import list_values, search_data

        settings = self.ws.settings
        values = {
            "report/page.html": self._report(),
            "board/page.html": self._board(),
            _LIST: list_values(tickets, settings),
        }
        for (_, name), (template, each) in zip(_PAGES, values.items(), strict=True):
            yield name, next(fill_pages(template, (each,), own, Links("", _PAGES)))
        yield "tickets.js", search_data(tickets, settings)
        yield from site_parts(own).items()

    def _report(self) -> dict[str, object]:
        from tkt.render.report_page import report_values
        from tkt.usecases.overview import overview
        from tkt.usecases.report import Asked, almanac_of
        from tkt.wiring.reporting import zone_named

        almanac = almanac_of(self.ws, zone_named(self.ws.settings.reporting.timezone))
        found = overview(self.ws, self.courses, Asked("", public=self.public), almanac)
        return report_values(found, self.ws.settings)

    def _board(self) -> dict[str, object]:
        from tkt.render.board_page import board_values
        from tkt.usecases import look
        from tkt.usecases.site import outward

        marks = ("left",) if self.ws.settings.sla.policies else ()
        fields = look.needed_fields(self.ws, ("title", "priority", "assignee", "requester", *marks), "status")
        found = look.listing(self.ws, look.read_query(self.ws, ""), fields=fields)
        tickets = [outward(self.ws, each) if self.public else each for each in found.tickets]
        groups = look.grouped(self.ws, tickets, "status", empty=True)
        return board_values(groups, "status", "", self.ws.settings, self.ws.now)
