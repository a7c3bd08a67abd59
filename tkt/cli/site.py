"""The desk as a site: pages for whoever has no tkt."""

from __future__ import annotations

import click

from tkt.cli import complete
from tkt.cli.context import NO_INDEX, say, text_view, warn
from tkt.cli.progress import show_progress


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
    from tkt.render.site import SitePress
    from tkt.render.text import plural
    from tkt.usecases import site
    from tkt.usecases.overview import overview
    from tkt.usecases.report import Asked, almanac_of
    from tkt.wiring.reporting import open_report, zone_named
    from tkt.wiring.site import SiteFolder

    index = NO_INDEX not in click.get_current_context().find_root().meta
    ws, courses = open_report(index=index, progress=show_progress)
    place = SiteFolder(folder)
    press = SitePress(text_view(ws, "never"), ws.templates.pages(), ws.settings.fingerprint, ws.now)
    almanac = almanac_of(ws, zone_named(ws.settings.reporting.timezone))
    asked = Asked("", public=not internal)
    built = site.build(
        ws, lambda: overview(ws, courses, asked, almanac), press, place, show_progress, public=not internal
    )
    whole = built.written == built.tickets
    changed = "all of them written" if whole else f"{plural(built.written, 'ticket')} written anew"
    say(
        f"{folder}: {built.pages:,} pages, {changed}" + (f", {built.gone:,} taken away" if built.gone else "")
    )
    warn(built.problems)
