"""Workflows for the CI of a forge."""

from __future__ import annotations

import json

import click

from tkt import __version__
from tkt.cli.context import say
from tkt.errors import UsageError

PACKAGE = "tkt"
"""The name under which tkt is installed (pyproject.toml)."""

FORGES = ("github", "gitlab", "forgejo")
JOBS = {"check": "", "merge": "-merge"}
"""What a workflow is for, and what its file is called by."""


@click.command("ci")
@click.argument("forge", type=click.Choice(FORGES))
@click.option(
    "--job", type=click.Choice(list(JOBS)), default="check", show_default=True, help="What it is to do."
)
def ci_command(forge: str, job: str) -> None:
    """Print a workflow for the CI of a forge.

    It checks the tickets that a pull request changes, and lists them. On the main branch it checks all of
    them, and moves those that commits fix. Every hour it fails where a clock has run out. With --job merge,
    it merges tickets where a pull request conflicts in nothing else, and pushes that to its branch.

    \b
    tkt ci github > .github/workflows/tkt.yml
    tkt ci gitlab > tkt.gitlab-ci.yml
    tkt ci forgejo > .forgejo/workflows/tkt.yml
    tkt ci github --job merge > .github/workflows/tkt-merge.yml
    """
    from tkt.assets import read_asset
    from tkt.wiring.places import own_branch_here, settings_here

    branch = own_branch_here()
    if branch:
        raise UsageError(
            f"the desk has the branch {branch} for itself, and pull requests of code have no tickets in them",
            "docs/ci.md has the job for such a desk.",
        )
    settings = settings_here()
    filled = {
        "@MAIN@": json.dumps(settings.policy.main if settings else "main"),
        "@KEY@": settings.key if settings else "TKT",
        "@PACKAGE@": f"{PACKAGE}=={__version__}",
    }
    text = read_asset(f"ci/{forge}{JOBS[job]}.yml")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    say(text.rstrip("\n"))
