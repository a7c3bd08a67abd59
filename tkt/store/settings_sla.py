"""What `sla.yaml` says that does not fit together: hours that overlap, promises that nothing can keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from tkt.domain.conditions import All, Among, Condition, Either, Query
from tkt.domain.fields import shortened
from tkt.domain.levels import ALWAYS, DEFAULT, parse_target
from tkt.domain.query import parse_query
from tkt.domain.settings import Settings
from tkt.domain.vocabulary import Vocabulary
from tkt.errors import TktError, UsageError
from tkt.store import calendars
from tkt.store.ical import NAMED
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_sense import known_name
from tkt.store.settings_steps import condition_trouble

_FOREIGN = {
    "mon": "monday montag lundi lunes lunedì lunedi segunda maandag måndag mandag poniedziałek",
    "tue": "tuesday tues dienstag mardi martes martedì martedi terça terca dinsdag tisdag tirsdag wtorek",
    "wed": "wednesday mittwoch mercredi miércoles miercoles mercoledì mercoledi quarta woensdag onsdag środa",
    "thu": "thursday thur thurs donnerstag jeudi jueves giovedì giovedi quinta donderdag torsdag czwartek",
    "fri": "friday freitag vendredi viernes venerdì venerdi sexta vrijdag fredag piątek",
    "sat": "saturday samstag sonnabend samedi sábado sabado sabato zaterdag lördag lørdag sobota",
    "sun": "sunday sonntag dimanche domingo domenica zondag söndag søndag niedziela",
}
"""What people call the days of the week where they do not call them by three letters."""

_SHORT = {word[:2]: day for day, words in _FOREIGN.items() for word in words.split()[1:2]}
"""Their first two letters, as German tables have them."""

_DAYS = {word: day for day, words in _FOREIGN.items() for word in words.split()}
_WINDOW_FORM = "write 08:00-12:00, with times from 00:00 to 24:00"
TARGET_FORM = "write 8h, 90m, 1h30m or 2d, at most ten years"
_DAYS_OF_THE_YEAR = 366


def sla_findings(
    data: Mapping[str, Any], priorities: Sequence[str], files: Collection[str]
) -> Iterator[Finding]:
    """What `sla.yaml` says that does not fit together.

    Args:
        data: what it says.
        priorities: those of the desk.
        files: the paths of those that it names and that are there.
    """
    forms = data["calendars"] or {}
    for name, form in forms.items():
        yield from _calendar(("calendars", name), name, form, files)
    policies = data["policies"] or ()
    names: set[str] = set()
    for position, policy in enumerate(policies):
        place: Place = ("policies", position)
        if policy["name"] in names:
            yield (*place, "name"), f"{policy['name']!r} is the name of a policy above; choose another name"
        names.add(policy["name"])
        yield from known_name((*place, "calendar"), policy["calendar"], (*forms, ALWAYS), "calendar")
        yield from _targets((*place, "targets"), policy["targets"], priorities)
        yield from _blank(place, policy, last=position == len(policies) - 1)


def _calendar(place: Place, name: str, form: Mapping[str, Any], files: Collection[str]) -> Iterator[Finding]:
    if name == ALWAYS:
        yield place, f"{ALWAYS!r} is built in, around the clock; choose another name"
    yield from zone_findings((*place, "timezone"), form["timezone"])
    hours, special = form.get("hours", {}), form.get("special") or ()
    found = [*_hours((*place, "hours"), hours), *_special((*place, "special"), special)]
    found += _holidays((*place, "holidays"), form.get("holidays") or (), files)
    yield from found
    if not found and _never_opens(form):
        text = 'never opens; give at least one weekday hours, such as mon: ["09:00-17:00"]'
        yield ((*place, "hours") if "hours" in form else place), text


def zone_findings(place: Place, name: str) -> Iterator[Finding]:
    """Whether a time zone is one that this machine knows."""
    try:
        calendars.zone_of(name)
    except TktError:
        yield place, calendars.unknown_zone(name)


def _hours(place: Place, hours: Mapping[str, Any]) -> Iterator[Finding]:
    for day, texts in hours.items():
        if day not in calendars.WEEKDAYS:
            word = day.casefold()
            near = _DAYS.get(word) or _SHORT.get(word) or (word if word in calendars.WEEKDAYS else "")
            said = f"; write {near}" if near else ""
            allowed = f"Allowed: {', '.join(calendars.WEEKDAYS)}."
            yield (*place, day), f"weekday {shortened(day)} is not known{said}. {allowed}"
        yield from _windows((*place, day), texts)


def _special(place: Place, special: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, each in enumerate(special):
        here: Place = (*place, position)
        if each["day"] in seen:
            yield (*here, "day"), f"{shortened(each['day'])} stands here twice; give it all its hours at once"
        seen.add(each["day"])
        yield from _day((*here, "day"), each["day"])
        yield from _windows((*here, "hours"), each["hours"])


def _windows(place: Place, texts: Sequence[str]) -> Iterator[Finding]:
    known = []
    for position, text in enumerate(texts):
        window = calendars.window_of(text)
        if window is None:
            yield (*place, position), f"{shortened(text)} are no opening hours; {_WINDOW_FORM}"
        elif window[0] == window[1]:
            yield (
                (*place, position),
                f"{shortened(text)} ends when it begins; for the whole day write 00:00-24:00",
            )
        elif window[0] > window[1]:
            what = "ends before it begins; write the part after midnight on the next day"
            yield (*place, position), f"{shortened(text)} {what}"
        else:
            known.append((window, position, text))
    known.sort()
    for (before, _, first), (after, position, second) in pairwise(known):
        if after[0] < before[1]:
            yield (*place, position), f"{first} and {second} overlap; make one of them"


def _holidays(place: Place, days: Sequence[Any], files: Collection[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, each in enumerate(days):
        here: Place = (*place, position)
        name = each if isinstance(each, str) else each.get("country", each.get("ical", ""))
        if str(each) in seen:
            yield here, f"{shortened(name)} stands here twice; keep one"
        seen.add(str(each))
        if isinstance(each, str):
            yield from _day(here, each)
        elif "ical" in each:
            yield from _file(here, each, files)
        else:
            yield from _country(here, each)


def _file(place: Place, form: Mapping[str, Any], files: Collection[str]) -> Iterator[Finding]:
    for key in ("country", "subdivision"):
        if key in form:
            yield (*place, key), "a file has its own days; put it into an item of its own"
    for position, day in enumerate(form.get("except", ())):
        yield from _day((*place, "except", position), day)
    path = form["ical"]
    if not NAMED.fullmatch(path):
        yield (*place, "ical"), f"{shortened(path)} is no file of the settings; write .tkt/holidays.ics"
    elif path not in files:
        yield (*place, "ical"), f"there is no file {shortened(path)}; put it there, or take this out"


def _day(place: Place, text: str) -> Iterator[Finding]:
    wrong = calendars.day_problem(text)
    if wrong:
        yield place, f"{shortened(text)} {wrong}"


def _country(place: Place, form: Mapping[str, Any]) -> Iterator[Finding]:
    for position, day in enumerate(form.get("except", ())):
        yield from _day((*place, "except", position), day)
    if "country" not in form:
        yield place, "'country' is missing"
        return
    if not calendars.knows_holidays():
        return  # whoever asks this calendar is told what to install
    known = calendars.countries()
    country = form["country"]
    if country not in known:
        upper = country.upper()
        way_out = f"did you mean {upper!r}?" if upper in known else "write its two letters, such as DE"
        yield (*place, "country"), f"country {shortened(country)} is not known; {way_out}"
    elif "subdivision" in form:
        yield from known_name((*place, "subdivision"), form["subdivision"], known[country], "subdivision")


def _never_opens(form: Mapping[str, Any]) -> bool:
    if any(each["hours"] for each in form.get("special") or ()):
        return False
    week = [bool(form.get("hours", {}).get(day)) for day in calendars.WEEKDAYS]
    yearly = {
        each for each in form.get("holidays") or () if isinstance(each, str) and len(each) == len("12-24")
    }
    if not any(week) or len(yearly) >= _DAYS_OF_THE_YEAR:
        return True
    return len(yearly) >= _FEW and not any(_opens_in(year, week, yearly) for year in _EVERY_KIND_OF_YEAR)


_FEW = 100
_EVERY_KIND_OF_YEAR = range(2000, 2028)


def _opens_in(year: int, week: Sequence[bool], yearly: set[str]) -> bool:
    first = date(year, 1, 1).toordinal()
    days = map(date.fromordinal, range(first, date(year + 1, 1, 1).toordinal()))
    return any(week[day.weekday()] and day.isoformat()[5:] not in yearly for day in days)


def _targets(place: Place, targets: Mapping[str, Any], priorities: Sequence[str]) -> Iterator[Finding]:
    for priority, row in targets.items():
        yield from known_name((*place, priority), priority, (*priorities, DEFAULT), "priority")
        for clock, text in row.items():
            amount = parse_target(text)
            if amount is None:
                yield (*place, priority, clock), f"{shortened(text)} is no target; {TARGET_FORM}"
            elif not amount:
                what = "a target of zero is breached before anybody can meet it; leave the clock out"
                yield (*place, priority, clock), what


def _blank(place: Place, policy: Mapping[str, Any], *, last: bool) -> Iterator[Finding]:
    """A policy for every ticket is the last one, and says so by having no query."""
    if not last and not policy.get("when", "").strip():
        there = (*place, "when") if "when" in policy else place
        what = "has no query, so that no ticket gets to the policies below it; give it a when: or put it last"
        yield there, what
    elif "when" in policy and not policy["when"].strip():
        yield (*place, "when"), "is blank; leave it out where every ticket is meant"


def policy_findings(settings: Settings) -> Iterator[Finding]:
    """What policies ask of tickets that cannot be asked, or that a policy above has asked already."""
    above: list[tuple[str, Condition]] = []
    for position, policy in enumerate(settings.sla.policies):
        if not policy.when.strip():
            continue
        place: Place = ("policies", position, "when")
        query, wrong = asked(settings, policy.when, "a policy")
        if query is None or wrong:
            yield place, wrong
            continue
        hiding = next((name for name, each in above if covers(each, query.condition)), "")
        if hiding:
            what = f"asks only for tickets that {hiding!r} above takes already; put it first, or ask others"
            yield place, what
        above.append((policy.name, query.condition))


def asked(settings: Settings, text: str, what: str) -> tuple[Query | None, str]:
    """A query of the settings, and what speaks against it; None where it cannot be read.

    Args:
        settings: the fields and statuses it can ask for.
        text: the query.
        what: has it, such as "a policy".
    """

    def nobody() -> str:
        raise UsageError(f"{what} holds whoever looks, so that 'me' means nobody; write an address")

    words = Vocabulary(settings, datetime(2026, 1, 1, tzinfo=UTC), me=nobody, ticket=lambda word: word)
    try:
        query = parse_query(text, words)
    except TktError as error:
        return None, error.message.partition("\n")[0]
    return query, condition_trouble(query, what)


def covers(wide: Condition, narrow: Condition) -> bool:
    """Whether every ticket that meets one condition is bound to meet another, as far as words can tell."""
    if wide == narrow:
        return True
    if isinstance(wide, All):
        return all(covers(each, narrow) for each in wide.parts)
    if isinstance(narrow, Either):
        return all(covers(wide, each) for each in narrow.parts)
    if isinstance(wide, Either) and any(covers(each, narrow) for each in wide.parts):
        return True
    if isinstance(narrow, All):
        return any(covers(wide, each) for each in narrow.parts)
    return _lists(wide, narrow)


def _lists(wide: Condition, narrow: Condition) -> bool:
    """Whether both ask for values of the same field, and one of them for fewer."""
    return (
        isinstance(wide, Among)
        and isinstance(narrow, Among)
        and (wide.field, wide.exact, wide.patterns, narrow.patterns) == (narrow.field, narrow.exact, (), ())
        and set(narrow.values) <= set(wide.values)
    )
