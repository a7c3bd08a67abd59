"""Every mistake in the settings is told once, at its line, with what is allowed and the nearest name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.readers import TEXTS
from tkt.errors import InvalidStoreError
from tkt.store.settings import SettingsReader
from tkt.store.settings_build import FILES

STATUSES = "new, assigned, in-progress, waiting, resolved, closed, reopened"
TYPES = "incident, request, problem, change, bug, feature, task, epic"
FIELDS = (
    "id, created, created_by, channel, external_id, title, type, status, resolution, priority, impact, "
    "urgency, queue, category, assignee, requester, watchers, labels, due, parent, links"
)
PROJECT_KEYS = (
    "attachment_limit, categories, channels, commit, default_type, fields, integrate, key, policy, priority, "
    "queues, reporting, reports, resolutions, run_hooks, types, views"
)
WEEKDAYS = "monday, tuesday, wednesday, thursday, friday, saturday, sunday"
MEASURES = (
    "created, first_resolved, resolved, reopened, net_flow, backlog, open_under_1d, open_1d_to_7d, "
    "open_7d_to_30d, open_30d_to_90d, open_over_90d, age, first_response, first_response_business, "
    "resolution, resolution_business, resolution_active, waiting, waiting_business, first_contact, "
    "sla_first_response, "
    "sla_next_response, sla_update, sla_resolution, transfers, queue_transfers, touches, replies, spent"
)
GROUPINGS = (
    "created_by, channel, type, status, resolution, priority, impact, urgency, queue, category, assignee, "
    "requester, watchers, labels, parent"
)
NOTED = "fields: {note: {type: text}}"
ANY_TEXT = "note can hold any text, which is not for everybody. Group by a field that has choices."
TYPE_KEYS = "ask, defaults, template, title"
PRIORITY_KEYS = "default, impacts, matrix, names, urgencies"
AGENT_KEYS = "away, capacity, email, name, roles, skills"
KINDS = "text, choice, list, number, boolean, date, datetime, person, ticket"
CATEGORIES = "new, open, waiting, done"
POLICIES = "auto, stage, amend, off"
IMPACTS = "high, medium, low"
QUEUES = "support, development, operations"
IMPCT = f"field 'impct' is not known; did you mean 'impact'? Allowed: {FIELDS}"
A_KEY = "2 to 10 capital letters or digits, a letter first, such as TKT"
A_NAME = "a name: letters, digits, spaces and _ . + -, at most 60"
IN_QUOTES = "put it in quotes"
ROLES = "admin, lead, agent, bot, requester"
CHANGEABLE = FIELDS.removeprefix("id, created, created_by, channel, external_id, ")
DOUBLE = "the step from new to closed stands here twice; keep one"
OTHERS = "a step can only ask about the ticket itself, not about others that are linked to it"
SHIPPED = "what ships with tkt does not fit the rest of this file; write your own"

MISTAKES = [
    # One key
    ("project", "ky: TKT", f"1: unknown key 'ky'; did you mean 'key'? Allowed: {PROJECT_KEYS}."),
    ("project", "zzz: 1", f"1: unknown key 'zzz'. Allowed: {PROJECT_KEYS}."),
    ("project", "key: tkt", f"1: key: 'tkt' is not {A_KEY}"),
    ("project", "key: T", f"1: key: 'T' is not {A_KEY}"),
    ("project", "key: 42", f"1: key: expected text, not 42; {IN_QUOTES}"),
    ("project", "key:", "1: key: expected text, not nothing"),
    ("project", 'key: "TKT\\n"', "1: key: has a character that cannot be seen: U+000A"),
    (
        "project",
        "commit: atuo",
        f"1: commit: 'atuo' is not allowed; did you mean 'auto'? Allowed: {POLICIES}.",
    ),
    ("project", "commit: true", "1: commit: true is not allowed. Allowed: auto, stage, amend, off."),
    ("project", "integrate: squash", "1: integrate: 'squash' is not allowed. Allowed: merge, rebase."),
    (
        "project",
        "integrate: rebas",
        "1: integrate: 'rebas' is not allowed; did you mean 'rebase'? Allowed: merge, rebase.",
    ),
    ("project", "run_hooks: 'true'", "1: run_hooks: expected true or false, not 'true'"),
    ("project", "attachment_limit: -1", "1: attachment_limit: -1 is out of range; at least 0"),
    (
        "project",
        "attachment_limit: 999999999",
        "1: attachment_limit: 999999999 is out of range; at most 100,000,000",
    ),
    ("project", "attachment_limit: 10 MB", "1: attachment_limit: expected a whole number, not '10 MB'"),
    ("project", "attachment_limit: 1.5", "1: attachment_limit: expected a whole number, not 1.5"),
    ("project", "attachment_limit: .inf", "1: attachment_limit: expected a whole number, not '.inf'"),
    (
        "project",
        "attachment_limit: 1e999999999",
        "1: attachment_limit: expected a whole number, not '1e999999999'",
    ),
    (
        "project",
        f"attachment_limit: {'1' * 5000}",
        f"1: attachment_limit: expected a whole number, not '{'1' * 60}...'",
    ),
    # Lists of names
    ("project", "channels: []", "1: channels: needs at least one"),
    ("project", "queues: support", "1: queues: expected a list, not 'support'"),
    ("project", "queues:\n- a\n- b\n- a", "4: queues: 'a' stands here twice; keep one"),
    ("project", "queues:\n- no\n- 1", f"3: queues: expected text, not 1; {IN_QUOTES}"),
    ("project", "categories: [true]", f"1: categories: expected text, not true; {IN_QUOTES}"),
    ("project", "resolutions: ['']", f"1: resolutions: '' is not {A_NAME}"),
    ("project", 'queues: ["a\\nb"]', f"1: queues: 'a\\nb' is not {A_NAME}"),
    # Types
    ("project", "types: {}", "1: types: needs at least one"),
    ("project", "types: [bug]", "1: types: expected lines of the form 'key: value', not a list"),
    (
        "project",
        "default_type: bug\ntypes:\n  bug: {tmplate: bug}",
        f"3: types.bug: unknown key 'tmplate'; did you mean 'template'? Allowed: {TYPE_KEYS}.",
    ),
    ("project", "default_type: bug\ntypes:\n  bug: {}\n  a/b: {}", f"4: types: 'a/b' is not {A_NAME}"),
    (
        "project",
        "default_type: tsk",
        f"1: default_type: type 'tsk' is not known; did you mean 'task'? Allowed: {TYPES}.",
    ),
    ("project", "types:\n  bug: {}", "1: default_type: type 'task' is not known. Allowed: bug."),
    ("project", "default_type: [task]", "1: default_type: expected text, not a list"),
    ("project", "types:\n  task: {ask: impact}", "2: types.task.ask: expected a list, not 'impact'"),
    (
        "project",
        "types:\n  task:\n    ask:\n    - urgency\n    - impct",
        f"5: types.task.ask: {IMPCT}.",
    ),
    ("project", "types:\n  task: {ask: [id]}", "2: types.task.ask: 'id' is set by tkt itself"),
    (
        "project",
        "types:\n  task: {defaults: {impct: high}}",
        f"2: types.task.defaults.impct: {IMPCT}.",
    ),
    (
        "project",
        "types:\n  task: {defaults: {impact: hgh}}",
        f"2: types.task.defaults.impact: impact 'hgh' is not known; did you mean 'high'? Allowed: {IMPACTS}.",
    ),
    (
        "project",
        "types:\n  task: {defaults: {impact: 3}}",
        f"2: types.task.defaults.impact: expected text or a list, not 3; {IN_QUOTES}",
    ),
    (
        "project",
        "types:\n  task: {defaults: {labels: vip}}",
        "2: types.task.defaults.labels: labels is a list. Write one item a line, each after a dash.",
    ),
    (
        "project",
        "types:\n  task: {defaults: {due: soon}}",
        "2: types.task.defaults.due: due: 'soon' is not a date. Write 2026-12-01 or 2026-12-01T09:00:00Z.",
    ),
    # Priorities
    ("project", "priority: P3", "1: priority: expected lines of the form 'key: value', not 'P3'"),
    ("project", "priority:\n  names: []", "2: priority.names: needs at least one"),
    (
        "project",
        "priority:\n  defalt: P3",
        f"2: priority: unknown key 'defalt'; did you mean 'default'? Allowed: {PRIORITY_KEYS}.",
    ),
    (
        "project",
        "priority:\n  default: P9",
        "2: priority.default: priority 'P9' is not known. Allowed: P1, P2, P3, P4, P5.",
    ),
    ("project", "priority:\n  default: P1\n  names: [P1, P2]", f"1: priority.matrix: {SHIPPED}"),
    ("project", "priority:\n  impacts: [huge, high, medium, low]", f"1: priority.matrix: {SHIPPED}"),
    # Own fields
    (
        "project",
        "fields:\n  size: number",
        "2: fields.size: expected lines of the form 'key: value', not 'number'",
    ),
    ("project", "fields:\n  size: {}", "2: fields.size: 'type' is missing"),
    (
        "project",
        "fields:\n  size:\n    type: nubmer",
        f"3: fields.size.type: 'nubmer' is not allowed; did you mean 'number'? Allowed: {KINDS}.",
    ),
    (
        "project",
        "fields:\n  ok: {type: text}\n  Size: {type: text}",
        "3: fields: 'Size' is not a field name: small letters, digits and _, a letter first",
    ),
    (
        "project",
        "fields:\n  status: {type: text}",
        "2: fields.status: 'status' is a field that tkt has already; choose another name",
    ),
    (
        "project",
        "fields:\n  size:\n    type: number\n    choices: ['1', '2']",
        "4: fields.size.choices: only a choice or a list has 'choices'",
    ),
    ("project", "fields:\n  size: {type: choice}", "2: fields.size: a choice needs 'choices'"),
    ("project", "fields:\n  size: {type: choice, choices: []}", "2: fields.size.choices: needs at least one"),
    (
        "project",
        "fields:\n  size: {type: choice, choices: ['1.0'], default: '1.1'}",
        "2: fields.size.default: size '1.1' is not known; did you mean '1.0'? Allowed: 1.0.",
    ),
    (
        "project",
        "fields:\n  size: {type: text, required_for: [bgu]}",
        f"2: fields.size.required_for: type 'bgu' is not known; did you mean 'bug'? Allowed: {TYPES}, *.",
    ),
    (
        "project",
        "fields:\n  size: {type: number, default: 5}",
        f"2: fields.size.default: expected text or a list, not 5; {IN_QUOTES}",
    ),
    (
        "project",
        "fields:\n  size: {type: number, default: many}",
        "2: fields.size.default: size: 'many' is not a number. Write digits, such as 3 or 1.5.",
    ),
    # Statuses and steps
    ("workflow", "statuses: {}", "1: statuses: needs at least one"),
    ("workflow", "statuses: [new, done]", "1: statuses: expected lines of the form 'key: value', not a list"),
    (
        "workflow",
        "transitions: []\nstatuses:\n  new: {category: nwe}",
        f"3: statuses.new.category: 'nwe' is not allowed; did you mean 'new'? Allowed: {CATEGORIES}.",
    ),
    ("workflow", "transitions: []\nstatuses:\n  new: {}", "3: statuses.new: 'category' is missing"),
    (
        "workflow",
        "transitions: []\nstatuses:\n  new: {category: new}",
        "2: statuses: no status has the category done, so no ticket could ever be closed",
    ),
    ("workflow", "statuses:\n  new: {category: done}", f"1: transitions: {SHIPPED}"),
    (
        "workflow",
        "initial: nwe",
        f"1: initial: status 'nwe' is not known; did you mean 'new'? Allowed: {STATUSES}.",
    ),
    (
        "workflow",
        "on_assign: asigned",
        f"1: on_assign: status 'asigned' is not known; did you mean 'assigned'? Allowed: {STATUSES}.",
    ),
    ("workflow", "on_assign: 5", f"1: on_assign: expected text or nothing, not 5; {IN_QUOTES}"),
    ("workflow", "transitions: {new: closed}", "1: transitions: expected a list, not keys and values"),
    (
        "workflow",
        "transitions:\n- new -> closed",
        "2: transitions: expected lines of the form 'key: value', not 'new -> closed'",
    ),
    ("workflow", "transitions:\n- {from: new}", "2: transitions: 'to' is missing"),
    (
        "workflow",
        "transitions:\n- {frm: new, to: closed}",
        (
            "2: transitions: unknown key 'frm'; did you mean 'from'? "
            "Allowed: comment, confirm, from, require, set, to, when, who."
        ),
    ),
    ("workflow", "transitions:\n- {from: new, to: []}", "2: transitions.to: needs at least one"),
    (
        "workflow",
        "transitions:\n- {from: new, to: 5}",
        f"2: transitions.to: expected text or a list, not 5; {IN_QUOTES}",
    ),
    (
        "workflow",
        "transitions:\n- from: new\n  to:\n  - closed\n  - asigned",
        f"5: transitions.to: status 'asigned' is not known; did you mean 'assigned'? Allowed: {STATUSES}.",
    ),
    (
        "workflow",
        "types:\n  bgu: {initial: new}",
        f"2: types.bgu: type 'bgu' is not known; did you mean 'bug'? Allowed: {TYPES}.",
    ),
    (
        "workflow",
        "types:\n  bug:\n    initial: nwe",
        f"3: types.bug.initial: status 'nwe' is not known; did you mean 'new'? Allowed: {STATUSES}.",
    ),
    # Conditions of steps
    (
        "workflow",
        "transitions:\n- {from: new, to: closed}\n- {from: [assigned, new], to: closed}",
        f"3: transitions: {DOUBLE}",
    ),
    (
        "workflow",
        (
            "types:\n  bug:\n    transitions:\n    - {from: new, to: closed, who: [lead]}\n"
            "    - {from: new, to: closed, who: [agent]}\n    - {who: [lead], to: closed, from: new}"
        ),
        f"6: types.bug.transitions: {DOUBLE}",
    ),
    (
        "workflow",
        "transitions:\n- from: new\n  to: closed\n  who: [lead, asignee]",
        (
            f"4: transitions.who: role 'asignee' is not known; did you mean 'assignee'? "
            f"Allowed: {ROLES}, assignee."
        ),
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, who: []}",
        "2: transitions.who: needs at least one",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, who: lead}",
        "2: transitions.who: expected a list, not 'lead'",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, require: [resolutoin]}",
        (
            f"2: transitions.require: field 'resolutoin' is not known; did you mean 'resolution'? "
            f"Allowed: {CHANGEABLE}."
        ),
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, require: [created_by]}",
        (
            "2: transitions.require: 'created_by' is set when a ticket is created, and stays; "
            "a step cannot change it"
        ),
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {status: closed}}",
        "2: transitions.set.status: 'status' is what the step changes; leave it out",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {reslution: fixed}}",
        (
            f"2: transitions.set.reslution: field 'reslution' is not known; did you mean 'resolution'? "
            f"Allowed: {CHANGEABLE}."
        ),
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {resolution: fixd}}",
        (
            "2: transitions.set.resolution: resolution 'fixd' is not known; did you mean 'fixed'? "
            "Allowed: fixed, done, answered, duplicate, wont-fix, cannot-reproduce, withdrawn."
        ),
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {due: soon}}",
        "2: transitions.set.due: due: 'soon' is not a date. Write 2026-12-01 or 2026-12-01T09:00:00Z.",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {labels: vip}}",
        "2: transitions.set.labels: labels is a list. Write one item a line, each after a dash.",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, set: {assignee: suport}}",
        "2: transitions.set.assignee: team 'suport' is not known. There is no team yet.",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: ''}",
        "2: transitions.when: is empty; leave the key out, or say something",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, confirm: ''}",
        "2: transitions.confirm: is empty; leave the key out, or say something",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: 'lable:vip'}",
        "2: transitions.when: field 'lable' is not known; did you mean 'labels'?",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: 'label:vip (is:open'}",
        "2: transitions.when: a ( without its )",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: 'view:mien'}",
        "2: transitions.when: view 'mien' is not known; did you mean 'mine'?",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: 'label:vip sort:due'}",
        "2: transitions.when: has an order, which means nothing to one ticket; leave sort: out",
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, when: 'sort:due'}",
        "2: transitions.when: asks nothing of a ticket; leave it out",
    ),
    *(
        (
            "workflow",
            f"transitions:\n- {{from: new, to: closed, when: '{when}'}}",
            f"2: transitions.when: {OTHERS}",
        )
        for when in (
            "is:blocked",
            "child-of:TKT-2j7k3q9",
            "has:children",
            "label:vip -has:blocked-by",
            "(label:a OR relates:TKT-2j7k3q9)",
        )
    ),
    (
        "workflow",
        "transitions:\n- {from: new, to: closed, comment: yes please}",
        "2: transitions.comment: expected true or false, not 'yes please'",
    ),
    # Rules about commits
    (
        "project",
        "policy:\n  main: main\n  fixes: waiting",
        "3: policy.fixes: status 'waiting' does not end a ticket. Allowed: resolved, closed.",
    ),
    (
        "project",
        "policy:\n  fixes: resolvd",
        "2: policy.fixes: status 'resolvd' is not known; did you mean 'resolved'? Allowed: resolved, closed.",
    ),
    (
        "project",
        "policy: {main: refs/heads/main}",
        "1: policy.main: 'refs/heads/main' is a whole reference; write main",
    ),
    ("project", "policy: {main: a b}", "1: policy.main: 'a b' is not the name of a branch, such as main"),
    (
        "project",
        "policy: {main: a..b}",
        "1: policy.main: 'a..b' cannot be the name of a branch; write one such as main",
    ),
    (
        "project",
        "policy:\n  protected:\n  - main\n  - release//*",
        "4: policy.protected: 'release//*' cannot be the name of a branch; write one such as main",
    ),
    (
        "project",
        "policy: {protected: ['a:b']}",
        "1: policy.protected: 'a:b' is not the name of branches, such as main or release/*",
    ),
    (
        "project",
        "policy: {backdate: soon}",
        "1: policy.backdate: 'soon' is not an age such as 30d, 26w, 6mo or 1y",
    ),
    # Reports
    (
        "project",
        "reporting:\n  timezone: Europe/Berln",
        "2: reporting.timezone: time zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?",
    ),
    (
        "project",
        "reporting: {week_start: mon}",
        f"1: reporting.week_start: 'mon' is not allowed; did you mean 'monday'? Allowed: {WEEKDAYS}.",
    ),
    (
        "project",
        "reporting: {zone: UTC}",
        "1: reporting: unknown key 'zone'; did you mean 'timezone'? Allowed: send, timezone, week_start.",
    ),
    ("project", "reports: {x: {by: queue}}", "1: reports.x: 'measures' is missing"),
    ("project", "reports: {x: {measures: []}}", "1: reports.x.measures: needs at least one"),
    (
        "project",
        "reports:\n  summary:\n    measures: [created]",
        "2: reports.summary: 'summary' ships with tkt; choose another name",
    ),
    (
        "project",
        "reports:\n  x:\n    measures:\n    - created\n    - craeted",
        (
            "5: reports.x.measures: measure 'craeted' is not known; did you mean 'created'? "
            f"Allowed: {MEASURES}."
        ),
    ),
    (
        "project",
        "reports:\n  send:\n    measures: [created]",
        "2: reports.send: tkt report send sends reports; choose another name",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: sumary, every: week, to: [a@example.org]}",
        (
            "3: reporting.send.x.report: report 'sumary' is not known; did you mean 'summary'? "
            "Allowed: summary, flow, sla, agents, channels, categories, time, aging, trend."
        ),
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: week, to: []}",
        "3: reporting.send.x.to: needs at least one",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: week, to: [desk]}",
        "3: reporting.send.x.to: 'desk' names nobody; write a role, team:NAME, @HANDLE or an address",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: week, to: [assignee]}",
        "3: reporting.send.x.to: 'assignee' names nobody; write a role, team:NAME, @HANDLE or an address",
    ),
    (
        "project",
        'reporting:\n  send:\n    x: {report: flow, every: week, to: ["a@b.c, d@e.f"]}',
        "3: reporting.send.x.to: 'a@b.c, d@e.f' is no e-mail address",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: year, to: [a@b.c]}",
        "3: reporting.send.x.every: 'year' is not allowed. Allowed: day, week, month.",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: day, on: monday, to: [a@b.c]}",
        "3: reporting.send.x.on: a report of each day needs no day",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: month, on: monday, to: [a@b.c]}",
        "3: reporting.send.x.on: a report of each month needs a day of the month, from 1 to 28",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, every: week, on: 3, to: [a@b.c]}",
        "3: reporting.send.x.on: a report of each week needs a weekday, such as monday",
    ),
    (
        "project",
        'reporting:\n  send:\n    x: {report: flow, every: day, at: "24:00", to: [a@b.c]}',
        "3: reporting.send.x.at: '24:00' is not a time of day such as 08:00, up to 23:59",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: agents, by: queue, every: day, to: [a@b.c]}",
        "3: reporting.send.x: report agents has its groups already: by agent",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, by: quue, every: day, to: [a@b.c]}",
        f"3: reporting.send.x.by: grouping 'quue' is not known; did you mean 'queue'? Allowed: {GROUPINGS}.",
    ),
    (
        "project",
        (
            f"{NOTED}\nreporting:\n  send:\n"
            "    x: {report: flow, by: note, public: true, every: day, to: [a@b.c]}"
        ),
        f"4: reporting.send.x.by: {ANY_TEXT}",
    ),
    (
        "project",
        (
            f"{NOTED}\nreports: {{own: {{measures: [created], by: note}}}}\n"
            "reporting:\n  send:\n    x: {report: own, public: true, every: day, to: [a@b.c]}"
        ),
        f"5: reporting.send.x.report: {ANY_TEXT}",
    ),
    (
        "project",
        "reporting:\n  send:\n    x: {report: flow, query: 'lable:vip', every: day, to: [a@b.c]}",
        "3: reporting.send.x.query: field 'lable' is not known; did you mean 'labels'?",
    ),
    (
        "project",
        "reports: {x: {measures: [workload]}}",
        f"1: reports.x.measures: measure 'workload' is not known. Allowed: {MEASURES}.",
    ),
    (
        "project",
        "reports: {x: {measures: [created], query: 'lable:vip'}}",
        "1: reports.x.query: field 'lable' is not known; did you mean 'labels'?",
    ),
    (
        "project",
        "reports: {x: {measures: [created], by: title}}",
        f"1: reports.x.by: grouping 'title' is not known. Allowed: {GROUPINGS}.",
    ),
    (
        "project",
        "policy: {refrence: warn}",
        (
            "1: policy: unknown key 'refrence'; did you mean 'reference'? "
            "Allowed: backdate, fixes, main, protected, reference."
        ),
    ),
    # People
    (
        "people",
        "agents:\n  ana: {email: a@b.c, roles: [agent, laed]}",
        f"2: agents.ana.roles: role 'laed' is not known; did you mean 'lead'? Allowed: {ROLES}.",
    ),
    (
        "people",
        "teams:\n  a: {roles: [laed]}",
        f"2: teams.a.roles: role 'laed' is not known; did you mean 'lead'? Allowed: {ROLES}.",
    ),
    (
        "people",
        "others: guest",
        f"1: others: role 'guest' is not known; did you mean 'agent'? Allowed: {ROLES}.",
    ),
    ("people", "roles:\n  dev: [fields]", "1: others: role 'agent' is not known. Allowed: dev."),
    (
        "people",
        "others: dev\nroles:\n  dev: [fields]\nagents:\n  ana: {email: a@b.c}",
        "5: agents.ana: has no roles, and there is no role 'agent', which goes without saying",
    ),
    (
        "people",
        "roles:\n  agent: [fields]\n  assignee: [fields]",
        "3: roles.assignee: 'assignee' is whom a ticket names; choose another name",
    ),
    (
        "people",
        "roles:\n  agent: [feilds]",
        (
            "2: roles.agent: 'feilds' is not allowed; did you mean 'fields'? "
            "Allowed: settings, transitions, assignment, fields, notes, vouch, override."
        ),
    ),
    ("people", "agents:\n  ana: {}", "2: agents.ana: 'email' is missing"),
    ("people", "agents:\n- ana", "1: agents: expected lines of the form 'key: value' or nothing, not a list"),
    ("people", "agents:\n  ana: {email: ana}", "2: agents.ana.email: 'ana' is not an e-mail address"),
    (
        "people",
        "agents:\n  ana: {emial: ana@example.com}",
        f"2: agents.ana: unknown key 'emial'; did you mean 'email'? Allowed: {AGENT_KEYS}.",
    ),
    (
        "people",
        "agents:\n  ana smith: {email: ana@example.com}",
        "2: agents: 'ana smith' is not a handle: letters, digits and _ . -",
    ),
    (
        "people",
        "agents:\n  ana: {email: ana@example.com}\n  bob:\n    email: Ana@example.com",
        "4: agents.bob.email: ana@example.com is the address of 'ana' too",
    ),
    (
        "people",
        "agents:\n  ana:\n    email: ana@example.com\n    capacity: -1",
        "4: agents.ana.capacity: -1 is out of range; at least 0",
    ),
    (
        "people",
        "agents:\n  ana:\n    email: a@b.c\n    away:\n    - {from: 2026-02-30, to: 2026-03-01}",
        "5: agents.ana.away: no such day: 2026-02-30 to 2026-03-01",
    ),
    (
        "people",
        "agents:\n  ana:\n    email: a@b.c\n    away:\n    - {from: 2026-03-02, to: 2026-03-01}",
        "5: agents.ana.away: the absence ends (2026-03-01) before it begins (2026-03-02)",
    ),
    (
        "people",
        "agents:\n  ana:\n    email: a@b.c\n    away:\n    - {from: tomorrow, to: 2026-03-01}",
        "5: agents.ana.away.from: 'tomorrow' is not a day such as 2026-12-24",
    ),
    (
        "people",
        "teams:\n  a: {members: [ana]}",
        "2: teams.a.members: agent 'ana' is not known. There is no agent yet.",
    ),
    (
        "people",
        "agents:\n  ana: {email: a@b.c}\nteams:\n  ana: {members: [ana]}",
        "4: teams.ana: 'ana' is the handle of an agent; a team needs another name",
    ),
    (
        "people",
        "teams:\n  a: {queues: [suport]}",
        f"2: teams.a.queues: queue 'suport' is not known; did you mean 'support'? Allowed: {QUEUES}.",
    ),
    # YAML itself
    (
        "project",
        "key: TKT\n<<<<<<< HEAD\nfields: {}\n=======\n>>>>>>> origin/main",
        "2: unresolved merge; keep one side, remove the markers, then git add the file",
    ),
    (
        "project",
        "key: a: b",
        "1: not valid YAML: a value has a colon and a space inside; put the value in quotes",
    ),
    ("project", "key: TKT\n\nkey: ABC", "3: key 'key' stands here and on line 1; keep one"),
    ("people", "- ana", "1: expected lines of the form 'key: value'"),
    ("people", "x: &a b", "1: anchors (&a) are not allowed; write the value out, or put it in quotes"),
]


def problems(**texts: str) -> list[str]:
    files = MemoryFiles({f".tkt/{name}.yaml": text.encode() for name, text in texts.items()})
    return [str(each).removeprefix(".tkt/") for each in SettingsReader(files).problems()]


@pytest.mark.parametrize(("file", "text", "said"), MISTAKES)
def test_a_mistake_is_told_once_at_its_line(file: str, text: str, said: str) -> None:
    assert problems(**{file: text}) == [f"{file}.yaml:{said}"]
    line, _, words = said.partition(":")
    if " on line " not in words:
        assert problems(**{file: f"# a comment\n\n{text}\n"}) == [f"{file}.yaml:{int(line) + 2}:{words}"]


@pytest.mark.parametrize(("file", "text", "said"), MISTAKES)
def test_settings_with_a_mistake_are_not_loaded(file: str, text: str, said: str) -> None:
    reader = SettingsReader(MemoryFiles({f".tkt/{file}.yaml": text.encode()}))
    with pytest.raises(InvalidStoreError) as caught:
        reader.load()
    assert f".tkt/{file}.yaml:{said}" == str(caught.value)
    assert caught.value.hint == "Mend them; tkt config check looks again."


def test_all_mistakes_in_all_files_are_told_at_once_in_their_order() -> None:
    assert problems(
        people="agents:\n  ana: {email: ana}\nteams:\n  a: {members: [bob, ana], queues: [x]}\n",
        project="key: tkt\ncommit: atuo\nqueues: [x, x]\nfields:\n  a: {type: txt}\n  title: {type: text}\n",
        workflow="initial: nwe\ntransitions:\n- {from: new}\n",
    ) == [
        "people.yaml:2: agents.ana.email: 'ana' is not an e-mail address",
        "people.yaml:4: teams.a.members: agent 'bob' is not known. Allowed: ana.",
        f"project.yaml:1: key: 'tkt' is not {A_KEY}",
        f"project.yaml:2: commit: 'atuo' is not allowed; did you mean 'auto'? Allowed: {POLICIES}.",
        "project.yaml:3: queues: 'x' stands here twice; keep one",
        f"project.yaml:5: fields.a.type: 'txt' is not allowed; did you mean 'text'? Allowed: {KINDS}.",
        "project.yaml:6: fields.title: 'title' is a field that tkt has already; choose another name",
        f"workflow.yaml:1: initial: status 'nwe' is not known; did you mean 'new'? Allowed: {STATUSES}.",
        "workflow.yaml:3: transitions: 'to' is missing",
    ]


def test_one_broken_file_does_not_accuse_the_others() -> None:
    assert problems(
        project="types:\n  ticket: {}\ndefault_type: ticket\nqueues: [desk]\nkey: a: b\n",
        workflow="types:\n  ticket: {initial: new}\n",
        people="agents:\n  ana: {email: a@b.c}\nteams:\n  a: {members: [ana, bbo], queues: [desk]}\n",
    ) == [
        "people.yaml:4: teams.a.members: agent 'bbo' is not known. Allowed: ana.",
        "project.yaml:5: not valid YAML: a value has a colon and a space inside; put the value in quotes",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"key: \xff", ".tkt/project.yaml:1: not UTF-8 (byte 5)"),
        (b"key: TKT\n\x00", ".tkt/project.yaml:2: a NUL character (byte 9)"),
        (b"#" * 2_000_000, ".tkt/project.yaml: 2,000,000 bytes; 1,048,576 are allowed"),
        (b"x: " + b"[" * 200_000, ".tkt/project.yaml:1: nested deeper than 10 levels"),
        (b"queues:\n" + b"- a\n" * 60_000, ".tkt/project.yaml:49999: too many keys and values"),
        (b"key: TKT\x1b[2J", '.tkt/project.yaml:1: character U+001B is not allowed here; write "\\u001b"'),
        (
            b"key: TKT\rcommit: off",
            '.tkt/project.yaml:1: character U+000D is not allowed here; write "\\u000d"',
        ),
    ],
)
def test_what_is_no_text_or_too_much_is_refused(data: bytes, said: str) -> None:
    reader = SettingsReader(MemoryFiles({".tkt/project.yaml": data}))
    assert [str(each) for each in reader.problems()] == [said]


def test_a_file_that_is_no_text_does_not_hide_mistakes_in_the_others() -> None:
    people = b"agents:\n  ana: {email: ana@example.com}\nteams:\n  a: {members: [ana], queues: [desk]}\n"
    files = MemoryFiles(
        {
            ".tkt/people.yaml": people + b"nmae: x\n",
            ".tkt/project.yaml": b"\xff",
            ".tkt/workflow.yaml": b"initial: a: b\n",
        }
    )
    assert [str(each).partition(";")[0] for each in SettingsReader(files).problems()] == [
        ".tkt/people.yaml:5: unknown key 'nmae'. Allowed: agents, others, roles, teams.",
        ".tkt/project.yaml:1: not UTF-8 (byte 0)",
        ".tkt/workflow.yaml:1: not valid YAML: a value has a colon and a space inside",
    ]


def test_a_step_fills_in_whom_tickets_name_by_their_address() -> None:
    people = "agents:\n  ana: {email: ana@example.com}\nteams:\n  desk: {members: [ana]}\n"
    step = "transitions:\n- {from: new, to: closed, set: {assignee: %s}}\n"
    assert problems(people=people, workflow=step % "ana") == [
        (
            "workflow.yaml:2: transitions.set.assignee: "
            "tickets name people by their address; write ana@example.com"
        )
    ]
    for allowed in ("desk", "ana@example.com", "whoever@example.org", '""'):
        assert problems(people=people, workflow=step % allowed) == []


def test_a_step_may_ask_whatever_the_ticket_itself_can_answer() -> None:
    for when in ("label:vip", "-assignee:me", "has:parent", "blocks:TKT-2j7k3q9", "view:mine", "comments:>2"):
        assert problems(workflow=f"transitions:\n- {{from: new, to: closed, when: '{when}'}}\n") == []


def test_fixes_follows_a_workflow_of_the_teams_own_unless_somebody_says_otherwise() -> None:
    statuses = "statuses: {a: {category: new}, b: {category: done}, c: {category: done}}\n"
    workflow = f"initial: a\n{statuses}transitions: []\n"
    files = MemoryFiles({".tkt/workflow.yaml": workflow.encode()})
    assert SettingsReader(files).load().policy.fixes == "b"
    assert problems(workflow=workflow, project="policy:\n  fixes: resolved\n") == [
        "project.yaml:2: policy.fixes: status 'resolved' is not known. Allowed: b, c."
    ]
    assert problems(workflow=workflow, project="policy:\n  fixes: c\n") == []
    assert problems(workflow=workflow, project="policy:\n  fixes:\n") == []


def test_a_role_or_status_that_has_a_mistake_is_there_all_the_same() -> None:
    assert problems(
        people="roles:\n  agent: [fields]\n  dev: [feilds]\nagents:\n  ana: {email: a@b.c, roles: [dev]}\n",
        workflow="transitions:\n- {from: new, to: closed, who: [dev]}\n",
    ) == [
        (
            "people.yaml:3: roles.dev: 'feilds' is not allowed; did you mean 'fields'? "
            "Allowed: settings, transitions, assignment, fields, notes, vouch, override."
        )
    ]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just("bug"), st.just("new")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["bug", "category", "matrix", "names", "default", "type", "from", "to", "email", "x"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)
SECTIONS = st.sampled_from(
    [
        *("key", "types", "default_type", "queues", "channels", "priority", "fields", "attachment_limit"),
        *("statuses", "initial", "on_assign", "transitions", "agents", "teams", "roles", "others", "policy"),
    ]
)


@given(st.sampled_from(FILES), st.dictionaries(SECTIONS, VALUES, max_size=3))
def test_whatever_the_settings_say_they_are_in_force_or_refused_at_a_line(
    name: str, data: dict[str, object]
) -> None:
    import json

    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items())
    reader = SettingsReader(MemoryFiles({f".tkt/{name}": text.encode()}))
    found = reader.problems()
    assert all(1 <= each.line <= len(data) + 1 for each in found)
    if not found:
        assert reader.load().workflow.statuses


def test_a_view_is_checked_beside_other_mistakes() -> None:
    text = 'key: tkt\nviews: {x: {query: "stauts:open"}, y: {query: "is:open"}}\nfields: {a: {type: choic}}\n'
    problems = SettingsReader(MemoryFiles({".tkt/project.yaml": text.encode()})).problems()
    assert [each.line for each in problems] == [1, 2, 3]
    assert "did you mean 'status'?" in problems[1].text
