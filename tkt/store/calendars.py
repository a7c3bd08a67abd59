"""Calendars as values, made of what `sla.yaml` says: zones, opening hours, holidays of countries.

Here live the library of holidays, which need not be installed, and the machine's data on time zones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, tzinfo
from functools import cache
from importlib.util import find_spec
from typing import Any

from tkt.domain.fields import did_you_mean, shortened
from tkt.domain.worktime import DAY, Calendar, Window, no_holidays
from tkt.errors import TktError
from tkt.store.ical import Holiday, named_days

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*-\s*(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_YEARLY = re.compile(r"\d\d-\d\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_A_LEAP_YEAR = 2024
_LAST_OF_AN_HOUR = 59
_OF_THE_MACHINE = frozenset({"localtime", "posixrules"})
"""Names of zones that mean another one on each machine."""

Named = Mapping[date, str]
"""Holidays by day, with their names."""


def calendar_of(name: str, form: Mapping[str, Any] | None, files: Mapping[str, Any]) -> Calendar:
    """A calendar as checked settings describe it.

    Args:
        name: as policies call it.
        form: what the settings say; None for the calendar that is always open.
        files: the holidays of the files that it names, by path.

    Raises:
        TktError: this machine does not know its time zone.
    """
    if form is None:
        return Calendar(name, UTC, (((0, DAY),),) * len(WEEKDAYS))
    hours = form.get("hours", {})
    days = [each for each in form.get("holidays") or () if isinstance(each, str)]
    others = [each for each in form.get("holidays") or () if not isinstance(each, str)]
    read = [files.get(each["ical"], ()) for each in others if "ical" in each]
    return Calendar(
        name,
        zone_of(form["timezone"]),
        tuple(_windows(hours.get(day, ())) for day in WEEKDAYS),
        closed=frozenset(date.fromisoformat(each) for each in days if _DATE.fullmatch(each)),
        yearly=frozenset(_month_and_day(each) for each in days if _YEARLY.fullmatch(each)),
        special={
            date.fromisoformat(each["day"]): _windows(each["hours"]) for each in form.get("special") or ()
        },
        holidays=_of_others(others, files) if others else no_holidays,
        source=json.dumps([form, *read], sort_keys=True),
    )


def zone_of(name: str) -> tzinfo:
    """A time zone of the IANA database.

    Raises:
        TktError: this machine knows none of that name, or only itself does.
    """
    from zoneinfo import ZoneInfo

    if name in _OF_THE_MACHINE:
        raise TktError(unknown_zone(name))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise TktError(
            f"this machine does not know the time zone {name!r}", "Install its package tzdata, or pip's."
        ) from error


def zone_names() -> tuple[str, ...]:
    """Every time zone that this machine knows, and others by the same name."""
    from zoneinfo import available_timezones

    return tuple(sorted(available_timezones() - _OF_THE_MACHINE))


def unknown_zone(name: str) -> str:
    """What to say of a time zone that this machine does not know, with the one that may be meant."""
    if name in _OF_THE_MACHINE:
        return f"time zone {name!r} is another one on each machine; write one such as Europe/Berlin or UTC"
    known = zone_names()
    city = name.rpartition("/")[2].replace(" ", "_").casefold()
    same = next((each for each in known if each.rpartition("/")[2].casefold() == city), "")
    near = f"did you mean {same!r}?" if same else did_you_mean(name, known)
    return f"time zone {shortened(name)} is not known; {near or 'write one such as Europe/Berlin or UTC'}"


def window_of(text: str) -> Window | None:
    """Seconds of the local day from `08:00-12:00`; None where it has another form or an impossible time."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        return None
    parts = [int(each) for each in match.groups(default="0")]
    if any(parts[place] > _LAST_OF_AN_HOUR for place in (1, 2, 4, 5)):
        return None
    start, end = (parts[place] * 3600 + parts[place + 1] * 60 + parts[place + 2] for place in (0, 3))
    return (start, end) if max(start, end) <= DAY else None


def _windows(texts: Sequence[str]) -> tuple[Window, ...]:
    return tuple(window for window in map(window_of, texts) if window)


def day_problem(text: str) -> str:
    """Why a text names no day, once or every year; "" where it does."""
    yearly = _YEARLY.fullmatch(text)
    if not yearly and not _DATE.fullmatch(text):
        return "is no day; write 2026-12-24, or 12-24 for every year"
    try:
        date.fromisoformat(f"{_A_LEAP_YEAR}-{text}" if yearly else text)
    except ValueError:
        return "is a day that does not exist"
    return ""


def _month_and_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:])


def knows_holidays() -> bool:
    """Whether the library of holidays is installed."""
    return find_spec("holidays") is not None


def countries() -> Mapping[str, Sequence[str]]:
    """The subdivisions of every country whose holidays are known."""
    import holidays

    known: Mapping[str, Sequence[str]] = holidays.list_supported_countries(include_aliases=False)
    return known


def _of_others(forms: Sequence[Mapping[str, Any]], files: Mapping[str, Any]) -> Callable[[int], Named]:
    """What gives the holidays of a year, those of countries and of files; each year is worked out once."""

    @cache
    def of_year(year: int) -> Named:
        found: dict[date, str] = {}
        for each in forms:
            left_out = {date.fromisoformat(day) for day in each.get("except", ())}
            named = (
                named_days([Holiday(*row) for row in files.get(each["ical"], ())], year)
                if "ical" in each
                else _of_country(each["country"], each.get("subdivision"), year)
            )
            found |= {day: name for day, name in named.items() if day not in left_out}
        return found

    return of_year


def _of_country(country: str, subdivision: str | None, year: int) -> Named:
    if not knows_holidays():
        raise TktError(
            f"the holidays of {country} are in a library that is not installed",
            "pip install 'tkt[holidays]', or write the days into .tkt/sla.yaml.",
        )
    import holidays

    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    return {day: name for day, name in found.items() if day.year == year}
