"""A hundred and more mistakes in `sla.yaml`: each is told once, at its line, with a way out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tkt.domain.settings import Settings
from tkt.domain.worktime import between
from tkt.errors import InvalidStoreError, TktError
from tkt.store import calendars
from tkt.store.settings import SettingsReader

OFFICE = "calendars:\n  office:\n    timezone: Europe/Berlin\n    hours:\n"
MONDAY = f'{OFFICE}      mon: ["08:00-12:00"]\n'
POLICY = "policies:\n- name: a\n  calendar: office\n"
STANDARD = f"{POLICY}  targets: {{default: {{resolution: 8h}}}}\n"
SECOND = "- name: b\n  calendar: office\n  targets: {default: {resolution: 8h}}\n"

FORMS = {
    "file": "%s\n",
    "calendar": "calendars:\n  office: {%s}\n",
    "zone": "calendars:\n  office: {timezone: %s, hours: {mon: ['08:00-12:00']}}\n",
    "hours": f"{OFFICE}      mon: [%s]\n",
    "weekday": f"{OFFICE}      %s: ['08:00-12:00']\n",
    "holidays": f"{MONDAY}    holidays: %s\n",
    "special": f"{MONDAY}    special: %s\n",
    "policy": "policies:\n- {%s}\n",
    "targets": f"{POLICY}  targets: %s\n",
    "target": f"{POLICY}  targets: {{P1: {{resolution: %s}}}}\n",
    "more": f"{STANDARD}  %s\n",
    "level": f"{STANDARD}  escalation:\n  - {{%s}}\n",
    "levels": f"{STANDARD}  escalation: %s\n",
    "above": f"{STANDARD}  when: %s\n{SECOND}  when: %s\n",
    "push": f"{STANDARD}push:\n- %s\n",
    "pushes": f"{STANDARD}push:\n- %s\n- %s\n",
}
"""What stands around a mistake."""

WINDOWS = "write 08:00-12:00, with times from 00:00 to 24:00"
MIDNIGHT = "ends before it begins; write the part after midnight on the next day"
NO_TIME = "ends when it begins; for the whole day write 00:00-24:00"
NEVER = 'never opens; give at least one weekday hours, such as mon: ["09:00-17:00"]'
DAYS = "Allowed: mon, tue, wed, thu, fri, sat, sun."
NO_DAY = "is no day; write 2026-12-24, or 12-24 for every year"
PRIORITIES = "Allowed: P1, P2, P3, P4, P5, default."
CLOCKS = "Allowed: first_response, next_response, resolution, update."
CALENDAR_KEYS = "Allowed: holidays, hours, special, timezone."
TARGETS = "write 8h, 90m, 1h30m or 2d, at most ten years"
ZERO = "a target of zero is breached before anybody can meet it; leave the clock out"
BLANK = "is blank; leave it out where every ticket is meant"
HIDES = "has no query, so that no ticket gets to the policies below it; give it a when: or put it last"
TAKEN = "asks only for tickets that 'a' above takes already; put it first, or ask others"
REACHED = "is never reached: a rule above takes the same branches and tickets; put it first"
NO_FILE = "is no file of the settings; write .tkt/holidays.ics"
OTHERS = "a policy can only ask about the ticket itself, not about others that are linked to it"
ZONE = "calendars.office.timezone"
WRITE = "write one such as Europe/Berlin or UTC"
MON = "calendars.office.hours.mon"
BOTH = "Allowed: office, always."
REOPENED = "Allowed: resume, restart, ignore."
OPEN = "calendars.office.hours"
LEVEL = "policies.escalation"
LEVEL_KEYS = "Allowed: after, anytime, at, clocks, name, set, tell."
LEVEL_NAME = "the name of a level: letters, digits and _ . + -, at most 40"
IN_ORDER = "Allowed: first_response, next_response, update, resolution."
NEVER_THERE = "the policy has no target for update, so that it never gets there. Targets: resolution."
FIXED = "'created' is set when a ticket is created, and stays; a level cannot change it"
POLICY_KEYS = "Allowed: calendar, escalation, name, on_reopen, targets, warn_at, when."
MOMENT = "needs either at: 75%, a share of the target, or after: 2h, working time behind it"
NAMES = "Allowed: P1, P2, P3, P4, P5."
SHARE = "a share such as 75% or 100%, at most 999%"
TWICE = "give one of them a name"
WHOM = "write a role, team:NAME, @HANDLE, an address, assignee, requester or watchers"
HOLIDAYS = "calendars.office.holidays"
SPECIAL = "calendars.office.special"
SOLVE = "policies.targets.P1.resolution"

MISTAKES = [
    ("file", "x: 1", "1: unknown key 'x'. Allowed: bot, calendars, policies, push."),
    (
        "file",
        "calendar: {}",
        "1: unknown key 'calendar'; did you mean 'calendars'? Allowed: bot, calendars, policies, push.",
    ),
    (
        "file",
        "policy: []",
        "1: unknown key 'policy'; did you mean 'policies'? Allowed: bot, calendars, policies, push.",
    ),
    ("file", "calendars: []", "1: calendars: expected lines of the form 'key: value' or nothing, not a list"),
    (
        "file",
        "calendars: office",
        "1: calendars: expected lines of the form 'key: value' or nothing, not 'office'",
    ),
    ("file", "policies: {}", "1: policies: expected a list or nothing, not keys and values"),
    ("file", "- a", "1: expected lines of the form 'key: value'"),
    (
        "file",
        "calendars: {office: }",
        "1: calendars.office: expected lines of the form 'key: value', not nothing",
    ),
    ("file", "calendars: {office: 5}", "1: calendars.office: expected lines of the form 'key: value', not 5"),
    (
        "file",
        'calendars: {a/b: {timezone: UTC, hours: {mon: ["08:00-12:00"]}}}',
        "1: calendars: 'a/b' is not a name: letters, digits, spaces and _ . + -, at most 60",
    ),
    (
        "file",
        'calendars: {always: {timezone: UTC, hours: {mon: ["08:00-12:00"]}}}',
        "1: calendars.always: 'always' is built in, around the clock; choose another name",
    ),
    ("file", "calendars: &a {}", "1: anchors (&a) are not allowed; write the value out, or put it in quotes"),
    ("calendar", 'hours: {mon: ["08:00-12:00"]}', "2: calendars.office: 'timezone' is missing"),
    ("calendar", "timezone: UTC", f"2: calendars.office: {NEVER}"),
    *(
        ("zone", name, f"2: {ZONE}: time zone '{name}' is another one on each machine; {WRITE}")
        for name in ("localtime", "posixrules")
    ),
    ("calendar", "timezone: UTC, hours: {}", f"2: {OPEN}: {NEVER}"),
    ("calendar", "timezone: UTC, hours: {mon: [], tue: []}", f"2: {OPEN}: {NEVER}"),
    (
        "calendar",
        "timezone: UTC, hours: []",
        f"2: {OPEN}: expected lines of the form 'key: value', not a list",
    ),
    (
        "calendar",
        "timezone: UTC, hours: ",
        f"2: {OPEN}: expected lines of the form 'key: value', not nothing",
    ),
    ("calendar", "timezone: UTC, special: []", f"2: calendars.office: {NEVER}"),
    ("calendar", "timezone: UTC, special: [{day: 2026-12-24, hours: []}]", f"2: calendars.office: {NEVER}"),
    (
        "calendar",
        'timezone: UTC, huors: {mon: ["08:00-12:00"]}',
        f"2: calendars.office: unknown key 'huors'; did you mean 'hours'? {CALENDAR_KEYS}",
    ),
    (
        "calendar",
        "timezone: UTC, zone: x",
        f"2: calendars.office: unknown key 'zone'; did you mean 'timezone'? {CALENDAR_KEYS}",
    ),
    (
        "calendar",
        'timezone: UTC, hours: {mon: "08:00-12:00"}',
        f"2: {MON}: expected a list, not '08:00-12:00'",
    ),
    ("calendar", "timezone: UTC, hours: {mon: 8}", f"2: {MON}: expected a list, not 8"),
    ("zone", '""', f"2: {ZONE}: time zone '' is not known; write one such as Europe/Berlin or UTC"),
    ("zone", "1", f"2: {ZONE}: expected text, not 1; put it in quotes"),
    ("zone", "", f"2: {ZONE}: expected text, not nothing"),
    (
        "zone",
        "Europe/Berln",
        f"2: {ZONE}: time zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?",
    ),
    ("zone", "Berlin", f"2: {ZONE}: time zone 'Berlin' is not known; did you mean 'Europe/Berlin'?"),
    (
        "zone",
        "europe/berlin",
        f"2: {ZONE}: time zone 'europe/berlin' is not known; did you mean 'Europe/Berlin'?",
    ),
    ("zone", "New York", f"2: {ZONE}: time zone 'New York' is not known; did you mean 'America/New_York'?"),
    (
        "zone",
        "Europe/berlin",
        f"2: {ZONE}: time zone 'Europe/berlin' is not known; did you mean 'Europe/Berlin'?",
    ),
    (
        "zone",
        "../etc/passwd",
        f"2: {ZONE}: time zone '../etc/passwd' is not known; write one such as Europe/Berlin or UTC",
    ),
    ("zone", "xyzzy", f"2: {ZONE}: time zone 'xyzzy' is not known; write one such as Europe/Berlin or UTC"),
    ("hours", "8", f"5: {MON}: expected text, not 8; put it in quotes"),
    ("hours", '"25:00-26:00"', f"5: {MON}: '25:00-26:00' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-25:00"', f"5: {MON}: '08:00-25:00' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-24:01"', f"5: {MON}: '08:00-24:01' are no opening hours; {WINDOWS}"),
    ("hours", '"08:60-09:00"', f"5: {MON}: '08:60-09:00' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-08:60"', f"5: {MON}: '08:00-08:60' are no opening hours; {WINDOWS}"),
    ("hours", '"8-12"', f"5: {MON}: '8-12' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00"', f"5: {MON}: '08:00' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-"', f"5: {MON}: '08:00-' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00–12:00"', f"5: {MON}: '08:00–12:00' are no opening hours; {WINDOWS}"),
    ("hours", '"8am-5pm"', f"5: {MON}: '8am-5pm' are no opening hours; {WINDOWS}"),
    ("hours", '"08.00-12.00"', f"5: {MON}: '08.00-12.00' are no opening hours; {WINDOWS}"),
    ("hours", "closed", f"5: {MON}: 'closed' are no opening hours; {WINDOWS}"),
    ("hours", '""', f"5: {MON}: '' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-12:00-13:00"', f"5: {MON}: '08:00-12:00-13:00' are no opening hours; {WINDOWS}"),
    ("hours", '"-08:00-12:00"', f"5: {MON}: '-08:00-12:00' are no opening hours; {WINDOWS}"),
    ("hours", '"08:00-08:00"', f"5: {MON}: '08:00-08:00' {NO_TIME}"),
    ("hours", '"24:00-24:00"', f"5: {MON}: '24:00-24:00' {NO_TIME}"),
    ("hours", '"18:00-08:00"', f"5: {MON}: '18:00-08:00' {MIDNIGHT}"),
    ("hours", '"22:00-06:00"', f"5: {MON}: '22:00-06:00' {MIDNIGHT}"),
    ("hours", '"24:00-00:00"', f"5: {MON}: '24:00-00:00' {MIDNIGHT}"),
    (
        "hours",
        '"08:00-12:00", "11:00-15:00"',
        f"5: {MON}: 08:00-12:00 and 11:00-15:00 overlap; make one of them",
    ),
    (
        "hours",
        '"08:00-12:00", "08:00-12:00"',
        f"5: {MON}: 08:00-12:00 and 08:00-12:00 overlap; make one of them",
    ),
    (
        "hours",
        '"13:00-18:00", "08:00-13:30"',
        f"5: {MON}: 08:00-13:30 and 13:00-18:00 overlap; make one of them",
    ),
    (
        "hours",
        '"00:00-24:00", "12:00-13:00"',
        f"5: {MON}: 00:00-24:00 and 12:00-13:00 overlap; make one of them",
    ),
    (
        "hours",
        '"08:00-12:00", "11:59:59-12:30"',
        f"5: {MON}: 08:00-12:00 and 11:59:59-12:30 overlap; make one of them",
    ),
    ("weekday", "monday", f"5: {MON}day: weekday 'monday' is not known; write mon. {DAYS}"),
    ("weekday", "Mon", f"5: {OPEN}.Mon: weekday 'Mon' is not known; write mon. {DAYS}"),
    ("weekday", "Montag", f"5: {OPEN}.Montag: weekday 'Montag' is not known; write mon. {DAYS}"),
    ("weekday", "Mo", f"5: {OPEN}.Mo: weekday 'Mo' is not known; write mon. {DAYS}"),
    ("weekday", "lundi", f"5: {OPEN}.lundi: weekday 'lundi' is not known; write mon. {DAYS}"),
    ("weekday", "lunes", f"5: {OPEN}.lunes: weekday 'lunes' is not known; write mon. {DAYS}"),
    ("weekday", "Dienstag", f"5: {OPEN}.Dienstag: weekday 'Dienstag' is not known; write tue. {DAYS}"),
    ("weekday", "mardi", f"5: {OPEN}.mardi: weekday 'mardi' is not known; write tue. {DAYS}"),
    ("weekday", "Mittwoch", f"5: {OPEN}.Mittwoch: weekday 'Mittwoch' is not known; write wed. {DAYS}"),
    ("weekday", "jeudi", f"5: {OPEN}.jeudi: weekday 'jeudi' is not known; write thu. {DAYS}"),
    ("weekday", "venerdi", f"5: {OPEN}.venerdi: weekday 'venerdi' is not known; write fri. {DAYS}"),
    ("weekday", "sabato", f"5: {OPEN}.sabato: weekday 'sabato' is not known; write sat. {DAYS}"),
    ("weekday", "Sonntag", f"5: {OPEN}.Sonntag: weekday 'Sonntag' is not known; write sun. {DAYS}"),
    ("weekday", "weekdays", f"5: {OPEN}.weekdays: weekday 'weekdays' is not known. {DAYS}"),
    ("weekday", "mon-fri", f"5: {MON}-fri: weekday 'mon-fri' is not known. {DAYS}"),
    ("weekday", "mno", f"5: {OPEN}.mno: weekday 'mno' is not known. {DAYS}"),
    ("holidays", "2026-12-25", f"6: {HOLIDAYS}: expected a list or nothing, not '2026-12-25'"),
    ("holidays", "[2026-02-30]", f"6: {HOLIDAYS}: '2026-02-30' is a day that does not exist"),
    ("holidays", "[02-30]", f"6: {HOLIDAYS}: '02-30' is a day that does not exist"),
    ("holidays", "[13-01]", f"6: {HOLIDAYS}: '13-01' is a day that does not exist"),
    ("holidays", "[24.12.2026]", f"6: {HOLIDAYS}: '24.12.2026' {NO_DAY}"),
    ("holidays", "[24.12.]", f"6: {HOLIDAYS}: '24.12.' {NO_DAY}"),
    ("holidays", "[12/24]", f"6: {HOLIDAYS}: '12/24' {NO_DAY}"),
    ("holidays", "[2026-12]", f"6: {HOLIDAYS}: '2026-12' {NO_DAY}"),
    ("holidays", "[Christmas]", f"6: {HOLIDAYS}: 'Christmas' {NO_DAY}"),
    (
        "holidays",
        "[20261224]",
        f"6: {HOLIDAYS}: expected text or lines of the form 'key: value', not 20261224; put it in quotes",
    ),
    ("holidays", '[""]', f"6: {HOLIDAYS}: '' {NO_DAY}"),
    ("holidays", '["2026-12-25T00:00:00Z"]', f"6: {HOLIDAYS}: '2026-12-25T00:00:00Z' {NO_DAY}"),
    ("holidays", "[12-25, 12-25]", f"6: {HOLIDAYS}: '12-25' stands here twice; keep one"),
    ("holidays", "[{subdivision: BE}]", f"6: {HOLIDAYS}: 'country' is missing"),
    (
        "holidays",
        "[{country: DE, sub: BE}]",
        f"6: {HOLIDAYS}: unknown key 'sub'. Allowed: country, except, ical, subdivision.",
    ),
    (
        "holidays",
        "[{country: DE, except: [2026-02-30]}]",
        f"6: {HOLIDAYS}.except: '2026-02-30' is a day that does not exist",
    ),
    (
        "holidays",
        "[{country: DE, except: [12-25]}]",
        f"6: {HOLIDAYS}.except: '12-25' is not a day such as 2026-12-24",
    ),
    (
        "holidays",
        "[{country: DE, except: 2026-10-31}]",
        f"6: {HOLIDAYS}.except: expected a list, not '2026-10-31'",
    ),
    (
        "holidays",
        "[[2026-12-25]]",
        f"6: {HOLIDAYS}: expected text or lines of the form 'key: value', not a list",
    ),
    ("holidays", "[{country: DE}, {country: DE}]", f"6: {HOLIDAYS}: 'DE' stands here twice; keep one"),
    ("special", "{day: 2026-12-24}", f"6: {SPECIAL}: expected a list or nothing, not keys and values"),
    ("special", "[2026-12-24]", f"6: {SPECIAL}: expected lines of the form 'key: value', not '2026-12-24'"),
    ("special", "[{day: 2026-12-24}]", f"6: {SPECIAL}: 'hours' is missing"),
    ("special", "[{hours: []}]", f"6: {SPECIAL}: 'day' is missing"),
    (
        "special",
        "[{day: 2026-02-30, hours: []}]",
        f"6: {SPECIAL}.day: '2026-02-30' is a day that does not exist",
    ),
    ("special", "[{day: 12-24, hours: []}]", f"6: {SPECIAL}.day: '12-24' is not a day such as 2026-12-24"),
    (
        "special",
        '[{day: 2026-12-24, hours: ["08:00-25:00"]}]',
        f"6: {SPECIAL}.hours: '08:00-25:00' are no opening hours; {WINDOWS}",
    ),
    (
        "special",
        '[{day: 2026-12-24, hours: ["08:00-10:00", "09:00-11:00"]}]',
        f"6: {SPECIAL}.hours: 08:00-10:00 and 09:00-11:00 overlap; make one of them",
    ),
    ("special", "[{day: 2026-12-24, hours: closed}]", f"6: {SPECIAL}.hours: expected a list, not 'closed'"),
    (
        "special",
        "[{day: 2026-12-24, hours: []}, {day: 2026-12-24, hours: []}]",
        f"6: {SPECIAL}.day: '2026-12-24' stands here twice; give it all its hours at once",
    ),
    ("policy", "calendar: office, targets: {P1: {update: 1h}}", "2: policies: 'name' is missing"),
    ("policy", "name: a, targets: {P1: {update: 1h}}", "2: policies: 'calendar' is missing"),
    ("policy", "name: a, calendar: office", "2: policies: 'targets' is missing"),
    (
        "policy",
        'name: "", calendar: office, targets: {P1: {update: 1h}}',
        "2: policies.name: '' is not a name: letters, digits, spaces and _ . + -, at most 60",
    ),
    (
        "policy",
        "name: a, calendar: ofice, targets: {P1: {update: 1h}}",
        f"2: policies.calendar: calendar 'ofice' is not known; did you mean 'office'? {BOTH}",
    ),
    (
        "policy",
        "name: a, calendar: Office, targets: {P1: {update: 1h}}",
        f"2: policies.calendar: calendar 'Office' is not known; did you mean 'office'? {BOTH}",
    ),
    (
        "policy",
        "name: a, calendar: alwyas, targets: {P1: {update: 1h}}",
        f"2: policies.calendar: calendar 'alwyas' is not known; did you mean 'always'? {BOTH}",
    ),
    ("targets", "{}", "4: policies.targets: needs at least one"),
    ("targets", "8h", "4: policies.targets: expected lines of the form 'key: value', not '8h'"),
    (
        "targets",
        "{default: 8h}",
        "4: policies.targets.default: expected lines of the form 'key: value', not '8h'",
    ),
    ("targets", "{default: {}}", "4: policies.targets.default: needs at least one"),
    (
        "targets",
        "{P9: {resolution: 8h}}",
        f"4: policies.targets.P9: priority 'P9' is not known. {PRIORITIES}",
    ),
    (
        "targets",
        "{p1: {resolution: 8h}}",
        f"4: policies.targets.p1: priority 'p1' is not known; did you mean 'P1'? {PRIORITIES}",
    ),
    (
        "targets",
        "{high: {resolution: 8h}}",
        f"4: policies.targets.high: priority 'high' is not known. {PRIORITIES}",
    ),
    (
        "targets",
        "{defualt: {resolution: 8h}}",
        f"4: policies.targets.defualt: priority 'defualt' is not known; did you mean 'default'? {PRIORITIES}",
    ),
    (
        "targets",
        "{P1: {first_reponse: 8h}}",
        f"4: policies.targets.P1: unknown key 'first_reponse'; did you mean 'first_response'? {CLOCKS}",
    ),
    (
        "targets",
        "{P1: {first-response: 8h}}",
        f"4: policies.targets.P1: unknown key 'first-response'; did you mean 'first_response'? {CLOCKS}",
    ),
    ("targets", "{P1: {solve: 8h}}", f"4: policies.targets.P1: unknown key 'solve'. {CLOCKS}"),
    ("target", "0h", f"4: {SOLVE}: {ZERO}"),
    ("target", "0m", f"4: {SOLVE}: {ZERO}"),
    ("target", "0d0s", f"4: {SOLVE}: {ZERO}"),
    ("target", "0", f"4: {SOLVE}: expected text, not 0; put it in quotes"),
    ("target", "8", f"4: {SOLVE}: expected text, not 8; put it in quotes"),
    ("target", "8 hours", f"4: {SOLVE}: '8 hours' is no target; {TARGETS}"),
    ("target", "1.5h", f"4: {SOLVE}: '1.5h' is no target; {TARGETS}"),
    ("target", "-1h", f"4: {SOLVE}: '-1h' is no target; {TARGETS}"),
    ("target", "1w", f"4: {SOLVE}: '1w' is no target; {TARGETS}"),
    ("target", "h", f"4: {SOLVE}: 'h' is no target; {TARGETS}"),
    ("target", '""', f"4: {SOLVE}: '' is no target; {TARGETS}"),
    ("target", "1h30", f"4: {SOLVE}: '1h30' is no target; {TARGETS}"),
    ("target", "30m1h", f"4: {SOLVE}: '30m1h' is no target; {TARGETS}"),
    ("target", "8H 30M", f"4: {SOLVE}: '8H 30M' is no target; {TARGETS}"),
    ("target", "4000d", f"4: {SOLVE}: '4000d' is no target; {TARGETS}"),
    ("target", "99999999999h", f"4: {SOLVE}: '99999999999h' is no target; {TARGETS}"),
    ("target", "P1D", f"4: {SOLVE}: 'P1D' is no target; {TARGETS}"),
    (
        "more",
        "on_reopen: resum",
        f"5: policies.on_reopen: 'resum' is not allowed; did you mean 'resume'? {REOPENED}",
    ),
    (
        "more",
        "on_reopen: yes",
        f"5: policies.on_reopen: 'yes' is not allowed. {REOPENED}",
    ),
    (
        "more",
        "on_reopen: ",
        f"5: policies.on_reopen: nothing is not allowed; did you mean 'ignore'? {REOPENED}",
    ),
    ("more", "warn_at: 75", "5: policies.warn_at: expected text, not 75; put it in quotes"),
    ("more", "warn_at: 0%", "5: policies.warn_at: '0%' is not a share from 1% to 99%"),
    ("more", "warn_at: 100%", "5: policies.warn_at: '100%' is not a share from 1% to 99%"),
    ("more", "warn_at: 0.75", "5: policies.warn_at: expected text, not 0.75; put it in quotes"),
    ("more", "warn_at: 7 5%", "5: policies.warn_at: '7 5%' is not a share from 1% to 99%"),
    ("more", "when: ", "5: policies.when: expected text, not nothing"),
    ("more", 'when: ""', f"5: policies.when: {BLANK}"),
    ("more", 'when: "  "', f"5: policies.when: {BLANK}"),
    ("more", "when: 5", "5: policies.when: expected text, not 5; put it in quotes"),
    ("more", 'when: "lable:vip"', "5: policies.when: field 'lable' is not known; did you mean 'labels'?"),
    ("more", 'when: "priority:P9"', "5: policies.when: priority 'P9' is not known"),
    (
        "more",
        'when: "assignee:me"',
        "5: policies.when: a policy holds whoever looks, so that 'me' means nobody; write an address",
    ),
    ("more", 'when: "(label:vip"', "5: policies.when: a ( without its )"),
    ("more", 'when: "()"', "5: policies.when: something is missing here"),
    ("more", 'when: "sort:created"', "5: policies.when: asks nothing of a ticket; leave it out"),
    (
        "more",
        'when: "label:vip sort:created"',
        "5: policies.when: has an order, which means nothing to one ticket; leave sort: out",
    ),
    ("more", 'when: "is:blocked"', f"5: policies.when: {OTHERS}"),
    ("more", 'when: "child-of:TKT-2j7k3q9"', f"5: policies.when: {OTHERS}"),
    ("more", 'when: "view:nothing"', "5: policies.when: view 'nothing' is not known"),
    (
        "more",
        "esclate: x",
        f"5: policies: unknown key 'esclate'; did you mean 'escalation'? {POLICY_KEYS}",
    ),
    ("file", 'bot: ""', "1: bot: '' is not an address, or a name without spaces around it"),
    ("file", "bot: 5", "1: bot: expected text, not 5; put it in quotes"),
    (
        "file",
        "bto: robot",
        "1: unknown key 'bto'; did you mean 'bot'? Allowed: bot, calendars, policies, push.",
    ),
    ("levels", "75%", "5: policies.escalation: expected a list or nothing, not '75%'"),
    ("levels", "{at: 75%}", "5: policies.escalation: expected a list or nothing, not keys and values"),
    ("levels", "[75%]", "5: policies.escalation: expected lines of the form 'key: value', not '75%'"),
    ("levels", "[{at: 75%}, {at: 75%}]", f"5: {LEVEL}: '75%' stands here twice for the same clock; {TWICE}"),
    (
        "levels",
        "[{at: 75%, name: a, clocks: [resolution]}, {after: 2h, name: a}]",
        f"5: {LEVEL}: 'a' stands here twice for the same clock; {TWICE}",
    ),
    (
        "levels",
        "[{after: 1h}, {after: 1h}]",
        f"5: {LEVEL}: '+1h' stands here twice for the same clock; {TWICE}",
    ),
    ("level", "tell: [agent]", f"6: {LEVEL}: {MOMENT}"),
    ("level", "at: 75%, after: 2h", f"6: {LEVEL}: {MOMENT}"),
    ("level", "att: 75%", f"6: {LEVEL}: unknown key 'att'; did you mean 'at'? {LEVEL_KEYS}"),
    ("level", "at: 75", f"6: {LEVEL}.at: expected text, not 75; put it in quotes"),
    ("level", "at: 0%", f"6: {LEVEL}.at: '0%' is not {SHARE}"),
    ("level", "at: 1000%", f"6: {LEVEL}.at: '1000%' is not {SHARE}"),
    ("level", "at: 2h", f"6: {LEVEL}.at: '2h' is not {SHARE}"),
    ("level", "after: 75%", f"6: {LEVEL}.after: '75%' is no working time; {TARGETS}"),
    ("level", "after: 0h", f"6: {LEVEL}.after: '0h' is no working time; {TARGETS}"),
    ("level", "after: 2 hours", f"6: {LEVEL}.after: '2 hours' is no working time; {TARGETS}"),
    ("level", "at: 75%, name: a/b", f"6: {LEVEL}.name: 'a/b' is not {LEVEL_NAME}"),
    ("level", 'at: 75%, name: ""', f"6: {LEVEL}.name: '' is not {LEVEL_NAME}"),
    ("level", "at: 75%, name: a b", f"6: {LEVEL}.name: 'a b' is not {LEVEL_NAME}"),
    ("level", "at: 75%, clocks: []", f"6: {LEVEL}.clocks: needs at least one"),
    ("level", "at: 75%, clocks: resolution", f"6: {LEVEL}.clocks: expected a list, not 'resolution'"),
    (
        "level",
        "at: 75%, clocks: [resoluton]",
        f"6: {LEVEL}.clocks: 'resoluton' is not allowed; did you mean 'resolution'? {IN_ORDER}",
    ),
    (
        "level",
        "at: 75%, clocks: [resolution, resolution]",
        f"6: {LEVEL}.clocks: 'resolution' stands here twice; keep one",
    ),
    (
        "level",
        "at: 75%, clocks: [update]",
        f"6: {LEVEL}.clocks: {NEVER_THERE}",
    ),
    ("level", "at: 75%, tell: agent", f"6: {LEVEL}.tell: expected a list, not 'agent'"),
    ("level", "at: 75%, tell: [boss]", f"6: {LEVEL}.tell: 'boss' names nobody; {WHOM}"),
    (
        "level",
        'at: 75%, tell: ["@ana"]',
        f"6: {LEVEL}.tell: agent 'ana' is not known. There is no agent yet.",
    ),
    (
        "level",
        'at: 75%, tell: ["team:ops"]',
        f"6: {LEVEL}.tell: team 'ops' is not known. There is no team yet.",
    ),
    ("level", "at: 75%, anytime: sometimes", f"6: {LEVEL}.anytime: expected true or false, not 'sometimes'"),
    (
        "level",
        "at: 75%, set: [labels]",
        f"6: {LEVEL}.set: expected lines of the form 'key: value', not a list",
    ),
    (
        "level",
        "at: 75%, set: {status: closed}",
        f"6: {LEVEL}.set.status: 'status' is what steps of the workflow change; leave it out",
    ),
    (
        "level",
        "at: 75%, set: {created: 2026-11-22}",
        f"6: {LEVEL}.set.created: {FIXED}",
    ),
    (
        "level",
        "at: 75%, set: {priority: P9}",
        f"6: {LEVEL}.set.priority: priority 'P9' is not known. {NAMES}",
    ),
    (
        "level",
        "at: 75%, set: {assignee: ana}",
        f"6: {LEVEL}.set.assignee: team 'ana' is not known. There is no team yet.",
    ),
    (
        "level",
        "at: 75%, set: {labels: 5}",
        f"6: {LEVEL}.set.labels: expected text or a list, not 5; put it in quotes",
    ),
    ("above", ("label:vip", "label:vip"), f"9: policies.when: {TAKEN}"),
    ("above", ("label:vip", "label:vip priority:P1"), f"9: policies.when: {TAKEN}"),
    ("above", ("priority:P1,P2", "priority:P2"), f"9: policies.when: {TAKEN}"),
    ("above", ("label:vip OR label:gold", "label:gold type:bug"), f"9: policies.when: {TAKEN}"),
    ("above", ("label:vip", "(label:vip type:bug) OR (label:vip type:task)"), f"9: policies.when: {TAKEN}"),
    ("above", ("label:VIP", "label:vip"), f"9: policies.when: {TAKEN}"),
    ("above", ("type:bug", "type:bug -label:vip"), f"9: policies.when: {TAKEN}"),
    ("holidays", "[{ical: holidays.ics}]", f"6: {HOLIDAYS}.ical: 'holidays.ics' {NO_FILE}"),
    ("holidays", "[{ical: .tkt/../x.ics}]", f"6: {HOLIDAYS}.ical: '.tkt/../x.ics' {NO_FILE}"),
    ("holidays", "[{ical: /etc/x.ics}]", f"6: {HOLIDAYS}.ical: '/etc/x.ics' {NO_FILE}"),
    ("holidays", "[{ical: .tkt/a/b.ics}]", f"6: {HOLIDAYS}.ical: '.tkt/a/b.ics' {NO_FILE}"),
    ("holidays", "[{ical: .tkt/days.txt}]", f"6: {HOLIDAYS}.ical: '.tkt/days.txt' {NO_FILE}"),
    (
        "holidays",
        "[{ical: .tkt/days.ics}]",
        f"6: {HOLIDAYS}.ical: there is no file '.tkt/days.ics'; put it there, or take this out",
    ),
    ("push", "main", "6: push: expected lines of the form 'key: value', not 'main'"),
    ("push", "{branch: main}", "6: push: 'do' is missing"),
    ("push", "{do: refuse}", "6: push: 'branch' is missing"),
    (
        "push",
        "{branch: main, do: stop}",
        "6: push.do: 'stop' is not allowed. Allowed: refuse, warn, ignore.",
    ),
    (
        "push",
        "{branch: main, do: warn, on: late}",
        "6: push.on: 'late' is not allowed. Allowed: breached, at-risk.",
    ),
    ("push", "{branch: [], do: warn}", "6: push.branch: needs at least one"),
    ("push", "{branch: [main, main], do: warn}", "6: push.branch: 'main' stands here twice; keep one"),
    (
        "push",
        "{branch: 'a b', do: warn}",
        "6: push.branch: 'a b' is not the name of branches, such as main or release/*",
    ),
    (
        "push",
        "{branch: refs/heads/main, do: warn}",
        "6: push.branch: 'refs/heads/main' is the whole name of a reference; write 'main'",
    ),
    (
        "push",
        "{branch: refs/tags/*, do: warn}",
        "6: push.branch: 'refs/tags/*' is the whole name of a reference; write the names of branches",
    ),
    ("push", "{branch: main, do: warn, when: ' '}", f"6: push.when: {BLANK}"),
    (
        "push",
        "{branch: main, do: warn, when: 'assignee:me'}",
        "6: push.when: a rule for pushes holds whoever looks, so that 'me' means nobody; write an address",
    ),
    (
        "push",
        "{branch: main, do: warn, when: 'is:blocked'}",
        f"6: push.when: {OTHERS.replace('a policy', 'a rule for pushes')}",
    ),
    ("push", "{branch: main, do: warn, if: x}", "6: push: unknown key 'if'. Allowed: branch, do, on, when."),
    (
        "file",
        "policies: []\npush: [{branch: main, do: warn}]",
        "2: push: asks for clocks, and nothing is promised; write policies, or leave it out",
    ),
    ("pushes", ("{branch: '*', do: warn}", "{branch: main, do: refuse}"), f"7: push: {REACHED}"),
    (
        "pushes",
        ("{branch: [main, 'release/*'], do: warn}", "{branch: release/1.*, when: 'label:vip', do: refuse}"),
        f"7: push: {REACHED}",
    ),
    (
        "pushes",
        ("{branch: main, on: at-risk, do: warn}", "{branch: main, do: refuse}"),
        f"7: push: {REACHED}",
    ),
]

FITTING = [
    ("{branch: main, do: warn}", "{branch: main, on: at-risk, do: refuse}"),
    ("{branch: main, when: 'label:vip', do: warn}", "{branch: main, do: refuse}"),
    ("{branch: release/1.*, do: warn}", "{branch: 'release/*', do: ignore}"),
]
"""Rules for pushes of which each leaves something to the next."""


def problems(text: str) -> list[str]:
    files = MemoryFiles({".tkt/sla.yaml": text.encode()})
    return [str(each).removeprefix(".tkt/sla.yaml:") for each in SettingsReader(files).problems()]


def load(text: str) -> Settings:
    return SettingsReader(MemoryFiles({".tkt/sla.yaml": text.encode()})).load()


@pytest.mark.parametrize(("form", "wrong", "said"), MISTAKES)
def test_a_mistake_is_told_once_at_its_line(form: str, wrong: str | tuple[str, ...], said: str) -> None:
    text = FORMS[form] % wrong
    assert problems(text) == [said]
    line, _, words = said.partition(":")
    assert problems(f"# a comment\n\n{text}") == [f"{int(line) + 2}:{words}"]
    with pytest.raises(InvalidStoreError):
        load(text)


@pytest.mark.parametrize("rules", FITTING)
def test_rules_for_pushes_that_fit(rules: tuple[str, str]) -> None:
    first, second = load(FORMS["pushes"] % rules).sla.push
    assert first.covers("release/1.2" if "release" in rules[0] else "main")
    assert not first.covers("topic")
    assert (first.early, second.early) == (False, "at-risk" in rules[1])


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        (STANDARD + SECOND, f"2: policies: {HIDES}"),
        (f'{STANDARD}  when: ""\n{SECOND}', f"5: policies.when: {HIDES}"),
        (
            f"{STANDARD}  when: label:vip\n{SECOND.replace('name: b', 'name: a')}",
            "6: policies.name: 'a' is the name of a policy above; choose another name",
        ),
    ],
)
def test_policies_in_each_others_way(policies: str, said: str) -> None:
    assert problems(policies) == [said]


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("{country: XX}", "country 'XX' is not known; write its two letters, such as DE"),
        ("{country: Germany}", "country 'Germany' is not known; write its two letters, such as DE"),
        ("{country: de}", "country 'de' is not known; did you mean 'DE'?"),
        ("{country: DE, subdivision: XX}", "subdivision 'XX' is not known. Allowed: BB, BE, BW,"),
    ],
)
def test_countries(country: str, said: str) -> None:
    pytest.importorskip("holidays")
    (found,) = problems(f"{MONDAY}    holidays: [{country}]\n")
    assert said in found


def test_a_year_of_holidays_never_opens() -> None:
    days = [date(2024, 1, 1) + timedelta(days=each) for each in range(366)]
    every = ", ".join(f"{each:%m-%d}" for each in days)
    assert problems(f"{MONDAY}    holidays: [{every}]\n") == [f"4: {OPEN}: {NEVER}"]
    leap = ", ".join(f"{each:%m-%d}" for each in days if (each.month, each.day) != (2, 29))
    assert problems(f"{MONDAY}    holidays: [{leap}]\n") == []  # a Monday in February 2044
    assert (
        problems(
            f"{MONDAY}    holidays: [{every}]\n    special: [{{day: 2026-12-24, hours: ['09:00-10:00']}}]\n"
        )
        == []
    )


def test_what_is_right() -> None:
    text = f"""{OFFICE}      mon: ["00:00-24:00"]
      tue: ["08:00-12:00", "12:00-13:00", "13:00:30 - 18:00"]
    holidays: [2026-12-24, 12-25, 02-29]
    special:
    - {{day: 2026-12-31, hours: ["8:00-12:00"]}}
policies:
- name: vip
  when: "label:vip type:bug"
  calendar: always
  warn_at: 50%
  on_reopen: restart
  targets:
    P1: {{first_response: 15m, next_response: 1h30m, update: 2d, resolution: 45s}}
- name: labelled
  when: "label:vip"
  calendar: office
  targets: {{default: {{resolution: 8h}}}}
- name: rest
  calendar: office
  targets: {{default: {{resolution: 8h}}}}
"""
    levels = load(text).sla
    assert levels.names == ("office", "always")
    assert [each.name for each in levels.policies] == ["vip", "labelled", "rest"]
    vip = levels.policies[0]
    assert (vip.warn_at, vip.on_reopen, levels.policies[2].warn_at) == (50, "restart", 75)
    assert vip.targets == {
        "P1": {"first_response": 900, "next_response": 5400, "update": 172_800, "resolution": 45}
    }
    office = levels.calendar("office")
    assert office is levels.calendar("office")
    assert office.week[:2] == (((0, 86_400),), ((28_800, 43_200), (43_200, 46_800), (46_830, 64_800)))
    assert (set(office.yearly), len(office.closed), len(office.special)) == ({(12, 25), (2, 29)}, 1, 1)
    assert levels.calendar("always").week == (((0, 86_400),),) * 7


def test_a_desk_without_the_file_promises_nothing_and_has_the_calendar_that_ships() -> None:
    levels = SettingsReader(MemoryFiles()).load().sla
    assert (levels.policies, levels.names) == ((), ("office", "always"))
    assert levels.calendar("office").week[0] == ((32_400, 61_200),)


def test_holidays_of_a_country_less_those_that_are_none_here() -> None:
    pytest.importorskip("holidays")
    country = "{country: DE, subdivision: BE, except: [2026-10-03]}"
    calendar = load(f"{MONDAY}    holidays: [{country}]\n").sla.calendar("office")
    assert calendar.holiday(date(2026, 3, 8)) != ""
    assert calendar.holiday(date(2026, 10, 3)) == ""
    assert calendar.holiday(date(2027, 10, 3)) != ""


def test_without_the_library_a_country_is_an_error_only_where_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendars, "knows_holidays", lambda: False)
    calendar = load(f"{MONDAY}    holidays: [{{country: XX}}]\n").sla.calendar("office")
    with pytest.raises(TktError) as caught:
        between(calendar, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert caught.value.hint == "pip install 'tkt[holidays]', or write the days into .tkt/sla.yaml."


def test_one_mistake_accuses_nothing_else() -> None:
    assert problems(f"calendars:\n  office: {{timezone: 5}}\n{STANDARD}") == [
        f"2: {ZONE}: expected text, not 5; put it in quotes"
    ]
    assert problems(f"calendars: 5\n{STANDARD}") == [
        "1: calendars: expected lines of the form 'key: value' or nothing, not 5"
    ]


_WORDS = st.sampled_from(
    [
        *("timezone", "hours", "holidays", "special", "mon", "Montag", "day", "country", "name", "when"),
        *("calendar", "targets", "default", "P1", "resolution", "warn_at", "on_reopen"),
    ]
)
_TEXTS = st.sampled_from(
    [
        "UTC",
        "08:00-12:00",
        "24:00-08:00",
        "12-25",
        "2026-12-24",
        "8h",
        "0h",
        "office",
        "label:vip",
        "75%",
        "",
        "x",
    ]
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 99), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=4)),
    max_leaves=12,
)
_NAMED = st.dictionaries(st.sampled_from(["office", "always", "x"]), _VALUES, max_size=2)
_LISTED = st.lists(_VALUES, max_size=3)


@given(
    st.one_of(_VALUES, _NAMED),
    st.one_of(_VALUES, _LISTED),
)
def test_whatever_it_says_it_is_in_force_or_refused(named: object, policies: object) -> None:
    text = f"calendars: {json.dumps(named)}\npolicies: {json.dumps(policies)}\n"
    if not problems(text):
        levels = load(text).sla
        assert all(levels.calendar(name).week for name in levels.names)
