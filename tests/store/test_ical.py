"""Holidays out of iCalendar files: what calendars make of them, and what is refused, at its line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.test_settings_sla import MONDAY
from tkt.errors import InvalidStoreError
from tkt.store.files import DiskFiles
from tkt.store.ical import Holiday, named_days, read_holidays
from tkt.store.settings import SettingsReader

PATH = ".tkt/holidays.ics"
SLA = f"{MONDAY}    holidays: [{{ical: {PATH}}}]\n"
CHRISTMAS = "DTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY\nSUMMARY:Christmas\n"


def calendar(*events: str) -> str:
    """A file with some events."""
    inside = "".join(f"BEGIN:VEVENT\n{each}END:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}END:VCALENDAR\n"


def days(text: str, *years: int) -> dict[str, str]:
    """The holidays of some years, by day."""
    found, problems = read_holidays(text, PATH)
    assert problems == []
    return {f"{day}": name for year in years for day, name in named_days(found, year).items()}


EVENTS = [
    ("one day", "DTSTART;VALUE=DATE:20261224\nSUMMARY:Eve\n", {"2026-12-24": "Eve"}),
    ("without a name", "DTSTART;VALUE=DATE:20261224\n", {"2026-12-24": "holiday"}),
    ("its end is not included", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261226\n",
     {"2026-12-24": "holiday", "2026-12-25": "holiday"}),
    ("over the end of a year", "DTSTART;VALUE=DATE:20251231\nDURATION:P2D\n", {"2026-01-01": "holiday"}),
    ("every year", CHRISTMAS, {"2026-12-25": "Christmas"}),
    ("not before it began", CHRISTMAS.replace("2020", "2027"), {}),
    ("until", CHRISTMAS.replace("YEARLY", "YEARLY;UNTIL=20251225T000000Z"), {}),
    ("until that day", CHRISTMAS.replace("YEARLY", "YEARLY;UNTIL=20261225"), {"2026-12-25": "Christmas"}),
    ("so many times", CHRISTMAS.replace("YEARLY", "YEARLY;COUNT=7"), {"2026-12-25": "Christmas"}),
    ("and no more", CHRISTMAS.replace("YEARLY", "YEARLY;COUNT=6"), {}),
    ("an exception", f"{CHRISTMAS}EXDATE;VALUE=DATE:20251225,20261225\n", {}),
    ("29 February", "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\n", {}),
    ("cancelled", f"{CHRISTMAS}STATUS:CANCELLED\n", {}),
    ("every year, over its end", "DTSTART;VALUE=DATE:20201231\nDURATION:P2D\nRRULE:FREQ=YEARLY\n",
     {"2026-01-01": "holiday", "2026-12-31": "holiday"}),
    ("a folded line", "DTSTART;VALUE=DATE:202612\n 24\nSUMMARY:Christ\n\tmas\\, first\\nday\n",
     {"2026-12-24": "Christmas, first day"}),
    ("an alarm within", f"{CHRISTMAS}BEGIN:VALARM\nDTSTART:x\nTRIGGER:-PT1H\nEND:VALARM\n",
     {"2026-12-25": "Christmas"}),
    ("a colon in quotes", 'DTSTART;VALUE=DATE:20261224\nSUMMARY;X="a:b":Eve\n', {"2026-12-24": "Eve"}),
    ("in small letters", "dtstart;value=date:20261224\nsummary:Eve\n", {"2026-12-24": "Eve"}),
]  # fmt: skip


@pytest.mark.parametrize(("event", "found"), [each[1:] for each in EVENTS], ids=[each[0] for each in EVENTS])
def test_events(event: str, found: dict[str, str]) -> None:
    assert days(calendar(event), 2026) == found


def test_in_leap_years_only() -> None:
    leap = calendar("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\n")
    assert list(days(leap, *range(2023, 2030))) == ["2024-02-29", "2028-02-29"]


def test_what_stands_beside_events_is_nobodys_holiday() -> None:
    zone = "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10\n"
    todo = "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VTODO\nDTSTART;VALUE=DATE:20261224\nEND:VTODO\nBEGIN:VEVENT"
    text = calendar(CHRISTMAS).replace("BEGIN:VEVENT", zone + todo)
    assert days(text, 2026) == {"2026-12-25": "Christmas"}


ONE_BY_ONE = "write such days one by one, with VALUE=DATE"
START = "DTSTART;VALUE=DATE:20261224\n"
MISTAKES = [
    ("SUMMARY:Eve\n", "4: an event has no DTSTART; say on which day it begins"),
    ("DTSTART:20261224T090000Z\n", f"5: DTSTART '20261224T090000Z' is not a whole day; {ONE_BY_ONE}"),
    ("DTSTART;TZID=Europe/Berlin:20261224T090000\n",
     f"5: DTSTART '20261224T090000' is not a whole day; {ONE_BY_ONE}"),
    ("DTSTART;VALUE=DATE:20260230\n", "5: DTSTART 20260230 is a day that does not exist"),
    ("DTSTART;VALUE=DATE:24.12.2026\n", f"5: DTSTART '24.12.2026' is not a whole day; {ONE_BY_ONE}"),
    (f"{START}{START}", "6: DTSTART stands in an event twice; keep one"),
    (f"{START}DTEND;VALUE=DATE:20261224\n", "6: the event takes 0 days; from 1 to 366 are allowed"),
    (f"{START}DTEND;VALUE=DATE:20261220\n", "6: the event takes -4 days; from 1 to 366 are allowed"),
    (f"{START}DTEND;VALUE=DATE:20361220\n", "6: the event takes 3,649 days; from 1 to 366 are allowed"),
    (f"{START}DTEND:20261225T090000Z\n", f"6: DTEND '20261225T090000Z' is not a whole day; {ONE_BY_ONE}"),
    (f"{START}DURATION:PT8H\n", "6: DURATION 'PT8H' is no number of days; write P1D"),
    (f"{START}RRULE:FREQ=WEEKLY\n", f"6: RRULE 'FREQ=WEEKLY' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\n",
     f"6: RRULE 'FREQ=YEARLY;BYDAY=4TH;BYMONTH=11' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RRULE:FREQ=YEARLY;INTERVAL=2\n",
     f"6: RRULE 'FREQ=YEARLY;INTERVAL=2' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RRULE:FREQ=YEARLY;COUNT=0\n",
     f"6: RRULE 'FREQ=YEARLY;COUNT=0' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RRULE:FREQ=YEARLY;UNTIL=soon\n",
     f"6: RRULE 'FREQ=YEARLY;UNTIL=soon' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RRULE:\n", f"6: RRULE '' is not FREQ=YEARLY alone; {ONE_BY_ONE}"),
    (f"{START}RDATE;VALUE=DATE:20271224\n", f"6: RDATE is not understood; {ONE_BY_ONE}"),
    (f"{START}RECURRENCE-ID;VALUE=DATE:20271224\n", f"6: RECURRENCE-ID is not understood; {ONE_BY_ONE}"),
    (f"{START}EXDATE:20271224T000000\n", f"6: EXDATE '20271224T000000' is not a whole day; {ONE_BY_ONE}"),
    (f"{START}Nothing\n", "6: 'Nothing' is no line of an iCalendar file; export it anew"),
    (f"{START}END:VALARM\n", "6: END:'VALARM' has no beginning; export the file anew"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_a_way_out(event: str, said: str) -> None:
    files = MemoryFiles({".tkt/sla.yaml": SLA.encode(), PATH: calendar(event, CHRISTMAS).encode()})
    assert [str(each) for each in SettingsReader(files).problems()] == [f"{PATH}:{said}"]
    with pytest.raises(InvalidStoreError):
        SettingsReader(files).load()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "1: this is no iCalendar file; it begins with BEGIN:VCALENDAR"),
        (b"day,name\n", "1: 'day,name' is no line of an iCalendar file; export it anew"),
        (b"../people.yaml", "1: '../people.yaml' is no line of an iCalendar file; export it anew"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", "1: this is no iCalendar file; it begins with BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "2: the file ends within VEVENT; export it anew"),
        (b"x" * (1024 * 1024 + 1), " 1,048,577 bytes; 1,048,576 are allowed"),
    ],
)  # fmt: skip
def test_what_is_no_such_file(data: bytes, said: str) -> None:
    files = MemoryFiles({".tkt/sla.yaml": SLA.encode(), PATH: data})
    assert [str(each) for each in SettingsReader(files).problems()] == [f"{PATH}:{said}"]


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    text = calendar("SUMMARY:a\n", CHRISTMAS, f"{START}DURATION:P0D\n")
    assert [each.line for each in read_holidays(text, PATH)[1]] == [4, 14]


def test_days_that_are_none_here_and_days_beside() -> None:
    sla = SLA.replace("[{ical", "[2026-12-28, {ical").replace("ics}", "ics, except: [2026-12-25]}")
    events = calendar(CHRISTMAS, "DTSTART;VALUE=DATE:20261221\nSUMMARY:A day off\n")
    files = MemoryFiles({".tkt/sla.yaml": sla.encode(), PATH: events.replace("\n", "\r\n").encode()})
    office = SettingsReader(files).load().sla.calendar("office")
    assert office.holiday(date(2026, 12, 25)) == ""
    assert office.holiday(date(2027, 12, 25)) == "Christmas"
    assert office.holiday(date(2026, 12, 21)) == "A day off"
    assert office.holiday(date(2026, 12, 28)) == "holiday"


def test_what_is_kept_of_settings_notices_another_file(tmp_path: Path) -> None:
    cache = tmp_path / "tkt" / "settings"
    files = MemoryFiles({".tkt/sla.yaml": SLA.encode(), PATH: calendar(CHRISTMAS).encode()})
    reader = SettingsReader(files, str(cache))
    first = reader.load()
    assert cache.exists()
    assert reader.load() == first
    assert reader.load().sla.calendar("office").holiday(date(2026, 12, 25)) == "Christmas"
    files.files[PATH] = calendar(CHRISTMAS.replace("1225", "1224")).encode()
    assert reader.load() != first
    assert reader.load().sla.calendar("office").holiday(date(2026, 12, 24)) == "Christmas"
    assert reader.load().fingerprint != first.fingerprint
    del files.files[PATH]
    with pytest.raises(InvalidStoreError):
        reader.load()


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / ".tkt").mkdir()
    (tmp_path / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere.ics"
    elsewhere.write_text(calendar(CHRISTMAS), encoding="utf-8")
    (tmp_path / PATH).symlink_to(elsewhere)
    said = [str(each) for each in SettingsReader(DiskFiles(str(tmp_path))).problems()]
    assert len(said) == 1
    assert said[0].startswith(f"{PATH}: ")
    assert "link" in said[0]


@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 40), st.booleans()),
        max_size=6,
    ),
    st.integers(2019, 2032),
)
def test_the_days_of_a_year_are_those_that_one_finds_day_by_day(
    events: list[tuple[date, int, bool]], year: int
) -> None:
    texts = [
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}\nDURATION:P{length}D\n{'RRULE:FREQ=YEARLY' if yearly else 'X:'}\n"
        for start, length, yearly in events
    ]
    found, problems = read_holidays(calendar(*texts), PATH)
    assert problems == []
    assert found == [
        Holiday(start.isoformat(), length, "holiday", yearly) for start, length, yearly in events
    ]

    def covered(day: date) -> bool:
        for start, length, yearly in events:
            for back in range(length):
                first = day - timedelta(days=back)
                same = (first.month, first.day) == (start.month, start.day) and first >= start
                if first == start or (yearly and same):
                    return True
        return False

    whole = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    expected = {day for day in whole if day.year == year and covered(day)}
    assert set(named_days(found, year)) == expected
