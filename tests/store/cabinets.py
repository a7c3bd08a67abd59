"""Stores as people leave them, and all that can be asked of them: for whatever must answer the same twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.readers import TEXTS
from tkt.domain.activity import COUNTS
from tkt.domain.conditions import (
    All,
    Among,
    Below,
    Blocked,
    Changed,
    Clocked,
    Condition,
    DueWithin,
    Either,
    Linked,
    Mentions,
    Not,
    Present,
    SaidBy,
    TimedBy,
    Within,
    fold,
)
from tkt.domain.entry import Attachment, Change, Entry
from tkt.domain.fields import format_time
from tkt.domain.ids import ticket_path
from tkt.domain.query import parse_query
from tkt.domain.settings import Settings
from tkt.domain.vocabulary import CLOCK_STATES, Vocabulary
from tkt.errors import NotFoundError, UsageError
from tkt.store.codec import field_lines
from tkt.store.files import DiskFiles
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.sources import WorkingTree
from tkt.store.scanning import ScannedCatalogue
from tkt.store.settings import SettingsReader
from tkt.store.threads import encode_entry
from tkt.store.tickets import TicketFiles
from tkt.usecases.setup import shipped_settings

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
IDS = (
    "TKT-2j00001",
    "TKT-2j00002",
    "TKT-2j7k3q9",
    "TKT-2h00001",
    "TKT-2h00002",
    "TKT-2g00001",
    "ABC-2j00001",
)
MONTHS = ("2026-11", "2026-10", "2026-09")
GONE = "TKT-2j0zzzz"
PEOPLE = ("ana@example.com", "Bob@Example.com", "zoë@example.org", "support")
WORDS = ("login", "Login fails", "große Straße", "a, b", "x", "100%", "日本語", "it's", '"q"', "-", "*")

CUSTOM = """
fields:
  colour: {type: text}
  version: {type: choice, choices: ["1.0", "1.1", "2.0"]}
  tags: {type: list}
  parts: {type: list, choices: [door, wheel]}
  size: {type: number}
  vip: {type: boolean}
  start: {type: date}
  seen: {type: datetime}
  owner: {type: person}
  origin: {type: ticket}
views:
  mine: {query: "assignee:me is:open", sort: "priority,due"}
  hot: {query: "view:mine priority:>=P2 OR label:vip"}
"""
PROMISES = """
calendars:
  office:
    timezone: Europe/Berlin
    hours:
      mon: ["08:00-12:00", "13:00-18:00"]
      thu: ["08:00-18:00"]
      sun: ["00:00-24:00"]
policies:
- name: hot
  when: "label:login OR priority:P1"
  calendar: always
  on_reopen: restart
  targets:
    default: {first_response: 4h, next_response: 1h, update: 20d, resolution: 30d}
- name: others
  when: "-priority:P3"
  calendar: office
  targets:
    P2: {first_response: 8h, resolution: 100h}
    default: {update: 12h, resolution: 60h}
"""


def settings() -> Settings:
    """A desk with a field of every type, people, a team, views within views, and promises."""
    files = MemoryFiles({f".tkt/{name}": text.encode() for name, text in shipped_settings().items()})
    project = files.files[".tkt/project.yaml"].decode()
    head = "\n".join(line for line in project.split("\n") if line != "fields: {}").partition("\nviews:")[0]
    files.files[".tkt/project.yaml"] = f"{head}\n{CUSTOM}".encode()
    files.files[".tkt/people.yaml"] = (
        b"agents:\n  ana: {name: Ana Silva, email: ana@example.com}\n"
        b"  bob: {name: Bob Stone, email: Bob@Example.com}\nteams:\n  support: {members: [ana, bob]}\n"
    )
    files.files[".tkt/sla.yaml"] = PROMISES.encode()
    return SettingsReader(files).load()


SETTINGS = settings()

_ODD = st.one_of(TEXTS, st.sampled_from(WORDS), st.just(""))
_IDS = st.sampled_from((*IDS, GONE))
_PEOPLE = st.one_of(st.sampled_from((*PEOPLE, "")), TEXTS)
_MOMENTS = st.sampled_from(
    (
        *(
            "2026-11-22T09:00:00Z",
            "2026-11-01T00:00:00Z",
            "2026-10-31T23:59:59Z",
            "2026-11-21T12:00:00+02:00",
        ),
        *(
            "1969-12-31T23:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-11-22 09:00:00+00:00",
        ),
        "20261122T090000Z",
    )
)
_DAYS = st.one_of(st.sampled_from(("", "2026-11-22", "2026-11-23", "2026-12-01", "tomorrow")), _MOMENTS)
_NUMBERS = st.sampled_from(("", "0", "-3", "3", "3.0", "3.5", "1e3", "nan", "inf", "1_000", "three", " 4 "))
_LABELS = st.lists(st.one_of(st.sampled_from(WORDS), TEXTS), max_size=3).map(tuple)
_LINKS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("blocks", "relates", "duplicates", "merged-into", "likes")), _IDS).map(
            " ".join
        ),
        _ODD,
    ),
    max_size=3,
).map(tuple)
_VALUES: dict[str, st.SearchStrategy[object]] = {
    "created_by": _PEOPLE,
    "channel": st.sampled_from(("cli", "email", "")),
    "external_id": _ODD,
    "type": st.sampled_from(("bug", "task", "", "odd")),
    "status": st.sampled_from(("new", "in-progress", "waiting", "resolved", "closed", "", "nowhere")),
    "resolution": st.sampled_from(("fixed", "")),
    "priority": st.sampled_from(("P1", "P2", "P3", "", "P9")),
    "queue": st.sampled_from(("support", "", "Support")),
    "assignee": _PEOPLE,
    "requester": _PEOPLE,
    "watchers": st.lists(_PEOPLE, max_size=2).map(tuple),
    "labels": _LABELS,
    "due": _DAYS,
    "parent": st.one_of(_IDS, st.just("")),
    "links": _LINKS,
    "colour": _ODD,
    "version": st.sampled_from(("1.0", "1.1", "2.0", "", "3")),
    "tags": _LABELS,
    "parts": st.lists(st.sampled_from(("door", "wheel", "roof")), max_size=2).map(tuple),
    "size": _NUMBERS,
    "vip": st.sampled_from(("true", "false", "", "yes")),
    "start": _DAYS,
    "seen": _DAYS,
    "owner": _PEOPLE,
    "origin": st.one_of(_IDS, st.just("")),
    "unknown": st.one_of(_ODD, _LABELS),
    "x-own": _LABELS,
}
_TITLES = st.one_of(st.sampled_from(WORDS[:8]), TEXTS.filter(lambda text: bool(text.strip())))
_BODIES = st.one_of(
    st.just(""),
    st.just("\nReset the PASSWORD, please.\n"),
    st.just("\n  \n"),
    TEXTS.map(lambda text: "\n" + text.replace("\0", "") + "\n"),
)


@st.composite
def ticket_files(draw: st.DrawFn, ticket_id: str) -> bytes:
    """A ticket's file: nearly always one that can be read."""
    broken = draw(st.integers(0, 11))
    if broken == 0:
        return draw(
            st.sampled_from((b"", b"no front matter\n", b"---\nid: [\n---\n", b"---\ntitle: \xff\n---\n"))
        )
    lines = field_lines("id", ticket_id)
    lines += field_lines("created", draw(_MOMENTS) if broken > 1 else "yesterday")
    lines += field_lines("title", draw(_TITLES) if broken > 2 else "")
    for name in draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True)):
        value = draw(_VALUES[name])
        lines += field_lines(name, value)  # type: ignore[arg-type]
    if broken == 3:
        lines += field_lines("colour" if "colour:" not in "".join(lines) else "zz", ("a", "b"))
    return f"---\n{''.join(lines)}---\n{draw(_BODIES)}".encode()


_FIELDS = st.sampled_from(("status", "labels", "assignee", "title", "colour", "odd"))
_CHANGES = st.one_of(
    st.builds(
        Change,
        st.just("status"),
        st.sampled_from(("new", "closed")),
        st.sampled_from(("new", "resolved", "closed", "nowhere")),
    ),
    st.builds(Change, _FIELDS, st.sampled_from(("", "a")), st.sampled_from(("b", ""))),
    st.builds(Change, st.just("labels"), st.just(("a",)), st.just(("b", "c"))),
)


@st.composite
def entry_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """An entry's name and file: nearly always one that can be read."""
    at = NOW + timedelta(seconds=draw(st.integers(-3_000_000, 100)))
    entry_id = f"{at:%Y%m%dT%H%M%SZ}-{draw(st.sampled_from(('x7k2', 'aaaa', 'zzzz')))}"
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from((f"{entry_id}.md", "note.md"))), b"nothing of the kind\n"
    body = draw(
        st.one_of(st.just(""), st.sampled_from(WORDS), TEXTS.map(lambda text: text.replace("\0", "")))
    )
    entry = Entry(
        id=entry_id,
        at=at.replace(year=draw(st.sampled_from((at.year, 1960)))),
        by=draw(st.sampled_from(PEOPLE)),
        clock=draw(st.integers(1, 5)),
        changes=tuple(draw(st.lists(_CHANGES, max_size=2, unique_by=lambda each: each.field))),
        minutes=draw(st.sampled_from((None, 0, 5, 90, -5))),
        timer=draw(st.sampled_from(("", "started", "stopped"))),
        attachments=(Attachment("a1.txt", "a.txt", 3),) * draw(st.integers(0, 2)),
        body=f"{body}\n" if body else "",
    )
    return f"{entry_id}.md", encode_entry(entry)


@dataclass(frozen=True)
class Cabinet:
    """A store on the disk, and a place for its index."""

    root: Path
    index: Path

    def path(self, ticket_id: str) -> Path:
        """Where a ticket's file stands."""
        return self.root / ticket_path(ticket_id)

    def put(self, path: Path, data: bytes) -> None:
        """Write a file as an editor does."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def indexed(self, told: Callable[[], None] | None = None) -> IndexedCatalogue:
        """The index, as a new command has it; whoever is asked instead is told of it."""
        files = DiskFiles(str(self.root))
        tickets = TicketFiles(files, SETTINGS)

        def instead() -> ScannedCatalogue:
            if told:
                told()
                return ScannedCatalogue(tickets)
            raise AssertionError(index.trouble)

        index = IndexedCatalogue(str(self.index), tickets, WorkingTree(files, tickets), instead)
        return index

    def scanned(self) -> ScannedCatalogue:
        """The files alone."""
        return ScannedCatalogue(TicketFiles(DiskFiles(str(self.root)), SETTINGS))


def fill(draw: Callable[[st.SearchStrategy[object]], object], cabinet: Cabinet) -> None:
    """Put tickets, threads and what does not belong there into a store."""
    for each in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6)):  # type: ignore[attr-defined]
        cabinet.put(cabinet.path(each), draw(ticket_files(each)))  # type: ignore[arg-type]
        for name, data in draw(st.lists(entry_files(), max_size=3)):  # type: ignore[attr-defined]
            cabinet.put(cabinet.path(each).with_suffix("") / name, data)
    for name in draw(st.lists(st.sampled_from(STRAYS), unique=True, max_size=2)):  # type: ignore[attr-defined]
        cabinet.put(Path(os.fsdecode(os.fsencode(cabinet.root / "tickets") + b"/" + name)), b"stray\n")


STRAYS = (
    b"2026-11/readme.md",
    b"2026-11/TKT-2h99999.md",
    b"2026-10/my-ticket.md",
    b"2026-11/\xff-odd.md",
    b"2026-11/TKT-2j55555.md/inner.md",
    b"2025-13/TKT-2j00001.md",
    b"loose.md",
    b"2020-01",
)
"""Names of what is no ticket."""

_LINK_KINDS = st.lists(
    st.sampled_from(("blocks", "relates", "parent", "merged-into", "likes")),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
_SOME = st.lists(_IDS, max_size=2).map(tuple)
_FOLDED = st.one_of(st.sampled_from(WORDS), TEXTS).map(lambda text: fold(text.replace("\0", "")))
_LISTED = ("labels", "watchers", "links", "tags", "parts")
_TEXT_FIELDS = ("assignee", "created_by", "queue", "colour", "owner", "external_id", "title", *_LISTED)
_ANY_FIELD = tuple(name for name in SETTINGS.fields if name != "id")
_BOUNDS = st.one_of(
    st.none(),
    st.sampled_from((0.0, 1.0, 3.0, 3.5, -3.0, 90.0, 1e12, -1e12)),
    st.sampled_from((0, -86_400, 86_400, -7 * 86_400)).map(lambda gap: NOW.timestamp() + gap),
)
_READINGS = st.sampled_from((0, 0, 0, -86_400 * 9, 3_600 * 5)).map(lambda gap: NOW.timestamp() + gap)
_LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Mentions, _FOLDED, st.sampled_from((("title", "body", "id"), ("title",), ("body",)))),
    st.builds(Among, st.sampled_from(_TEXT_FIELDS), st.lists(_FOLDED, max_size=3).map(tuple), st.just(())),
    st.builds(
        Among,
        st.sampled_from(_TEXT_FIELDS),
        st.lists(_FOLDED, max_size=1).map(tuple),
        st.lists(st.sampled_from(("*", "a*", "*login*", "*@example*", "g*e*", "**")), max_size=2).map(tuple),
    ),
    st.builds(
        Among,
        st.sampled_from(("status", "priority", "version", "parts", "vip", "origin", "id")),
        st.lists(st.sampled_from(("new", "closed", "P1", "1.0", "door", "true", *IDS)), max_size=3).map(
            tuple
        ),
        st.just(()),
        st.just(True),
    ),
    st.builds(Present, st.sampled_from((*_ANY_FIELD, "updated", "closed", *COUNTS, "body"))),
    st.builds(
        Within,
        st.sampled_from(("created", "due", "updated", "closed", "start", "seen", "size", *COUNTS)),
        _BOUNDS,
        _BOUNDS,
    ),
    st.builds(
        SaidBy,
        st.lists(st.sampled_from(PEOPLE).map(fold), max_size=2).map(tuple),
        st.lists(st.sampled_from(("*@example.com", "z*")), max_size=1).map(tuple),
    ),
    st.builds(Changed, st.lists(_FIELDS, min_size=1, max_size=2).map(tuple)),
    st.builds(TimedBy, st.sampled_from(PEOPLE)),
    st.builds(Linked, _LINK_KINDS, _SOME, st.booleans()),
    st.builds(Below, _SOME),
    st.builds(Blocked, st.sampled_from((("resolved", "closed"), ()))),
    st.builds(Clocked, st.lists(st.sampled_from(CLOCK_STATES), min_size=1, max_size=2).map(tuple), _READINGS),
    st.builds(DueWithin, _BOUNDS, _BOUNDS, _READINGS),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)

_NAMES = st.sampled_from(
    (
        *SETTINGS.fields,
        *("updated", "closed", "comments", "spent", "attachments", "label", "is", "has", "no", "changed"),
        *(
            "sla",
            "sla",
            "due",
            "child-of",
            "team",
            "view",
            "commented-by",
            "blocks",
            "blocked-by",
            "parent-of",
            "relates",
            "body",
        ),
    )
)
_PIECES = st.sampled_from(
    (
        *WORDS[:7],
        *(
            "new",
            "closed",
            "open",
            "overdue",
            "assigned",
            "blocked",
            "breached",
            "at-risk",
            "none",
            "<0",
            "P2",
            ">=P2",
            "P1..P3",
            "1.0",
            ">1.0",
            "*",
        ),
        *(
            "<7d",
            ">7d",
            "-7d",
            "+2d",
            "today",
            "2026-11",
            "2026-11-01..2026-11-23",
            "..2026-10",
            ">=2026-11-22",
        ),
        *(
            "3",
            ">3",
            "<=3.5",
            "0..3",
            "1h",
            "true",
            "me",
            "ana",
            "bob",
            "support",
            "mine",
            "hot",
            "a*",
            "*n*",
        ),
        *(
            "due",
            "labels",
            "size",
            "2j7",
            GONE,
            '"a, b"',
            '""',
            "",
            "door",
            "yesterday",
            "<4h",
            "zoë@example.org",
        ),
        *IDS,
    )
)
_TERMS = st.one_of(
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(("", "-")),
        _NAMES,
        st.lists(_PIECES, max_size=3).map(",".join),
    ),
    st.sampled_from(("login", '"login fails"', "-login", "straße", "x")),
)
QUERIES = st.recursive(
    st.lists(_TERMS, max_size=3).map(" ".join),
    lambda inner: st.one_of(
        st.builds("{} OR {}".format, inner, inner),
        st.builds("{}({})".format, st.sampled_from(("", "-")), inner),
    ),
    max_leaves=4,
)


def vocabulary(desk: Settings = SETTINGS, *, timed: bool = False) -> Vocabulary:
    """What words mean at this desk; any ticket may be named."""
    return Vocabulary(desk, NOW, lambda: PEOPLE[0], _ticket, timed=timed)


def _ticket(word: str) -> str:
    found = [each for each in (*IDS, GONE) if word and word.lower() in each.lower()]
    if not found:
        raise NotFoundError(f"no ticket {word}")
    return found[0]


def asked(text: str) -> Condition:
    """What a query asks; of one that cannot be read, nothing."""
    try:
        return parse_query(text, vocabulary(timed=True)).condition
    except (UsageError, NotFoundError):
        return All()


def moment(seconds: int) -> str:
    """So many seconds from now, as it is stored."""
    return format_time(NOW + timedelta(seconds=seconds))
