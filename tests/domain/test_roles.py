"""Who may do what, and what people have a role for at one ticket only."""

import pytest

from tests.fakes import MemoryFiles
from tkt.domain.roles import ASSIGNEE, REQUESTER, Permission, holders, is_one, may, roles_at, roles_of
from tkt.domain.settings import People
from tkt.domain.ticket import Ticket
from tkt.store.settings import SettingsReader

ANA, BOB, EVE = "ana@example.com", "bob@example.com", "eve@example.com"


def people(text: str) -> People:
    """The people of a settings file."""
    return SettingsReader(MemoryFiles({".tkt/people.yaml": text.encode()})).load().people


DESK = people(
    """
agents:
  ana: {name: Ana Silva, email: Ana@example.com, roles: [admin]}
  bob: {email: bob@example.com}
teams:
  front: {members: [bob], roles: [agent]}
"""
)


@pytest.mark.parametrize(
    ("who", "roles"),
    [(ANA, ("admin",)), ("@ANA", ("admin",)), (BOB, ("agent",)), (EVE, ("agent",)), ("", ("agent",))],
)
def test_roles_are_ones_own_those_of_the_teams_or_that_of_others(who: str, roles: tuple[str, ...]) -> None:
    assert roles_of(DESK, who) == roles


def test_where_nobody_is_listed_everybody_may_do_everything() -> None:
    nobody = people("agents: {}\n")
    assert all(may(nobody, EVE, each) for each in Permission)


def test_who_may_do_what() -> None:
    assert may(DESK, ANA, Permission.SETTINGS)
    assert not may(DESK, BOB, Permission.SETTINGS)
    assert may(DESK, BOB, Permission.FIELDS)
    assert not may(DESK, EVE, Permission.VOUCH)
    assert set(holders(DESK, Permission.SETTINGS)) == {"admin"}


def test_a_desk_cannot_lock_itself_in() -> None:
    locked = people("agents:\n  bob: {email: bob@example.com, roles: [agent]}\n")
    assert may(locked, BOB, Permission.SETTINGS)
    assert may(locked, EVE, Permission.SETTINGS)
    assert not may(locked, BOB, Permission.OVERRIDE)


def test_a_ticket_gives_roles_to_those_it_names() -> None:
    ticket = Ticket({"assignee": "front", "requester": "", "created_by": EVE})
    assert roles_at(DESK, BOB, ticket) == {"agent", ASSIGNEE}
    assert roles_at(DESK, EVE.upper(), ticket) == {"agent", REQUESTER}
    assert roles_at(DESK, ANA, ticket) == {"admin"}
    other = ticket.with_fields({"requester": ANA})
    assert REQUESTER not in roles_at(DESK, EVE, other)
    assert REQUESTER in roles_at(DESK, "ana", other)


def test_nobody_is_the_one_whom_no_name_means() -> None:
    assert not is_one(DESK, BOB, "")
    assert is_one(DESK, BOB, "front")
    assert not is_one(DESK, ANA, "front")
