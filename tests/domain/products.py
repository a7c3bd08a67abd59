"""What other products say of their clocks, each with a day at a desk that shows what tkt makes of it.

The test works the days out, and docs/sla-products.md shows them: there is no other list.
"""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A page of a product's own documentation."""

    product: str
    title: str
    url: str = ""


class Fact(NamedTuple):
    """Something that a product's documentation says, and a day that shows it.

    Args:
        source: where it says so.
        says: in our words.
        desk: a key of `DESKS`.
        events: a local time of the desk's zone, and what happens then; the first is the creation.
        clock: which one is looked at.
        at: when, local time.
        stands: how it stands then: state, elapsed, and when it is due and was met, local times.
        priority: of the ticket when it is created.
        differs: what tkt does otherwise; "" where it does the same.
    """

    source: Source
    says: str
    desk: str
    events: tuple[tuple[str, str], ...]
    clock: str
    at: str
    stands: str
    priority: str = "P2"
    differs: str = ""


ZAMMAD = Source(
    "Zammad", "SLAs, How do they work?", "https://admin-docs.zammad.org/en/latest/manage/slas.html"
)
RT = Source(
    "Request Tracker", "Customizing/Sla", "https://docs.bestpractical.com/rt/5.0.0/customizing/sla.html"
)
RT_STARTS = Source("Request Tracker", "RT::Extension::SLA, StartImmediately")
FIRST_REPLY = Source(
    "Zendesk", "Calculating first reply time", "https://support.zendesk.com/hc/en-us/articles/4408821871642"
)
ZENDESK = Source(
    "Zendesk", "Defining SLA policies", "https://support.zendesk.com/hc/en-us/articles/4408829459866"
)
_SERVICENOW = "https://www.servicenow.com/docs/r/australia/it-service-management/service-level-management"
SCHEDULES = Source("ServiceNow", "SLA duration and schedules", f"{_SERVICENOW}/c_SLATimingsAndSchedules.html")
RETROACTIVE = Source(
    "ServiceNow",
    "Configure SLA retroactive start and pause",
    f"{_SERVICENOW}/t_UseSLARetroactiveStartAndPause.html",
)
FRAPPE = Source(
    "Frappe Helpdesk", "Service Level Agreement", "https://docs.frappe.io/helpdesk/service-level-agreement"
)
FRESHDESK = Source(
    "Freshdesk",
    "When a ticket is created, does the timer start right away?",
    "https://support.freshdesk.com/support/solutions/articles/229718",
)
_PLAIN = "https://www.plain.com/docs/graphql-reference/types"
FIRST_RESOLUTION = Source(
    "Plain",
    "FirstResolutionTimeServiceLevelAgreement",
    f"{_PLAIN}/FirstResolutionTimeServiceLevelAgreement",
)
TOTAL_RESOLUTION = Source(
    "Plain",
    "TotalResolutionTimeServiceLevelAgreement",
    f"{_PLAIN}/TotalResolutionTimeServiceLevelAgreement",
)
DYNAMICS = Source(
    "Dynamics 365",
    "SLA timer doesn't pause when its state is changed from InProgress to OnHold on a holiday",
    "https://learn.microsoft.com/troubleshoot/dynamics-365/customer-service/service-level-agreements/"
    "sla-timer-pause-state-changed",
)
JIRA = Source(
    "Jira Service Management",
    "Understanding why an SLA is paused in a Jira Service Management ticket",
    "https://confluence.atlassian.com/jirakb/"
    "understanding-why-an-sla-is-paused-in-a-jira-service-management-ticket-1271267987.html",
)
ZNUNY = Source(
    "Znuny",
    "Managing Service Level Agreements",
    "https://doc.znuny.org/manual/admin/servicemanagement/servicelevels/index.html",
)
USLIMATO = Source(
    "uslimato", "Business Hours & SLA Calendar", "https://docs.uslimato.com/en/itsm-business-hours"
)
AIRCLOU = Source("Airclou", "Business Hours", "https://airclou.com/docs/helpdesk/admin/business-hours")


class Hours(NamedTuple):
    """When a desk is open, and how it takes a ticket that is reopened."""

    said: str
    zone: str = "Europe/Berlin"
    windows: tuple[str, ...] = ("08:00-12:00", "13:00-18:00")
    days: str = "mon tue wed thu fri"
    on_reopen: str = "resume"


_WHOLE, _ALL = ("00:00-24:00",), "mon tue wed thu fri sat sun"
DESKS = {
    "lunch": Hours("Mon to Fri, 8 to 12 and 13 to 18"),
    "nine": Hours("Mon to Fri, 9 to 17", windows=("09:00-17:00",)),
    "six": Hours("Mon to Fri, 9 to 18", windows=("09:00-18:00",)),
    "always": Hours("around the clock", "UTC", _WHOLE, _ALL),
    "once": Hours("Mon to Fri, 8 to 12 and 13 to 18, `on_reopen: ignore`", on_reopen="ignore"),
    "afresh": Hours("Mon to Fri, 8 to 12 and 13 to 18, `on_reopen: restart`", on_reopen="restart"),
    "beirut": Hours("every day from 0 to 24, Asia/Beirut", "Asia/Beirut", _WHOLE, _ALL),
    "havana": Hours("every day from 0 to 24, America/Havana", "America/Havana", _WHOLE, _ALL),
}
HOLIDAYS = ("2026-11-24", "10-03", "12-25", "12-26", "01-01")
"""Of every desk."""

TARGETS = {
    "P1": {"first_response": "1h", "next_response": "1h", "update": "1h", "resolution": "4h"},
    "P2": {"first_response": "2h", "next_response": "2h", "update": "2h", "resolution": "8h"},
    "P3": {"first_response": "3h", "next_response": "3h", "update": "3h", "resolution": "16h"},
    "P4": {"first_response": "4h", "next_response": "8h", "update": "8h", "resolution": "24h"},
}

_FIRST, _NEXT, _UPDATE, _SOLVED = "first_response", "next_response", "update", "resolution"
_MON = "2026-11-16"
_TUE = "2026-11-17"
_FRI = "2026-11-20"
_SAT = "2026-11-21"
_SUN = "2026-11-22"
_NEXT_MON = "2026-11-23"

FACTS = (
    # --- working time ---
    Fact(ZAMMAD, "With eight hours a day, 16 hours take two business days.",
         "nine", ((f"{_MON} 09:00", "created"),), _SOLVED, f"{_MON} 10:00",
         "running 1h, due Tue 17 Nov 17:00", "P3"),
    Fact(SCHEDULES, "24 hours on a schedule from 9 to 5 are three working days.",
         "nine", ((f"{_MON} 09:00", "created"),), _SOLVED, f"{_TUE} 09:00",
         "running 8h, due Wed 18 Nov 17:00", "P4"),
    Fact(AIRCLOU, "What comes on Friday at 16:00 and has four hours is due on Monday at 12:00.",
         "nine", ((f"{_FRI} 16:00", "created"),), _FIRST, f"{_SAT} 12:00",
         "running 1h, due Mon 23 Nov 12:00", "P4"),
    Fact(RT, "Business minutes count from 9 to 18 on weekdays: four hours from Friday at 16:00.",
         "six", ((f"{_FRI} 16:00", "created"),), _SOLVED, f"{_FRI} 18:00",
         "running 2h, due Mon 23 Nov 11:00", "P1"),
    Fact(USLIMATO, "Several windows a day leave a lunch break out.",
         "lunch", ((f"{_MON} 11:00", "created"),), _FIRST, f"{_MON} 12:30",
         "running 1h, due Mon 16 Nov 14:00"),
    Fact(FRAPPE, "What is created outside of the working hours waits until they begin.",
         "lunch", ((f"{_SAT} 12:00", "created"),), _FIRST, f"{_SUN} 12:00",
         "running 0s, due Mon 23 Nov 10:00"),
    Fact(RT_STARTS, "A ticket starts with the first business minute after its creation.",
         "lunch", ((f"{_MON} 06:00", "created"),), _FIRST, f"{_MON} 08:30",
         "running 30m, due Mon 16 Nov 10:00"),
    Fact(ZNUNY, "Without a calendar, time counts around the clock, every day.",
         "always", ((f"{_SAT} 23:00", "created"),), _FIRST, f"{_SAT} 23:30",
         "running 30m, due Sun 22 Nov 01:00"),
    Fact(RT, "Real minutes count whatever the hour: eight hours after the creation.",
         "always", ((f"{_FRI} 20:00", "created"),), _SOLVED, f"{_FRI} 22:00",
         "running 2h, due Sat 21 Nov 04:00"),
    Fact(ZNUNY, "A warning comes when a share of the time has gone by.",
         "lunch", ((f"{_MON} 08:00", "created"),), _FIRST, f"{_MON} 09:30",
         "at-risk 1h 30m, due Mon 16 Nov 10:00"),
    # --- holidays ---
    Fact(RT, "`12-25` among the holidays is one every year.",
         "lunch", (("2026-12-24 17:00", "created"),), _FIRST, "2026-12-25 12:00",
         "running 1h, due Mon 28 Dec 09:00"),
    Fact(RT, "A date among the holidays is one once.",
         "lunch", (("2026-11-23 17:00", "created"),), _FIRST, "2026-11-24 12:00",
         "running 1h, due Wed 25 Nov 09:00"),
    Fact(FRAPPE, "Days of the holiday list do not count; one on a Saturday takes nothing more away.",
         "lunch", (("2026-10-02 17:00", "created"),), _FIRST, "2026-10-03 12:00",
         "running 1h, due Mon 05 Oct 09:00"),
    # --- daylight saving ---
    Fact(USLIMATO, "Closing times are right across the end of daylight saving.",
         "nine", (("2026-10-23 16:00", "created"),), _FIRST, "2026-10-24 12:00",
         "running 1h, due Mon 26 Oct 10:00"),
    Fact(USLIMATO, "And across its beginning; where midnight is left out, the day begins at 1.",
         "beirut", (("2026-03-28 23:00", "created"),), _FIRST, "2026-03-29 01:30",
         "at-risk 1h 30m, due Sun 29 Mar 02:00"),
    Fact(USLIMATO, "Where the hour after midnight comes twice, both of them count.",
         "havana", (("2026-10-31 23:00", "created"),), _FIRST, "2026-10-31 23:30",
         "running 30m, due Sun 01 Nov 01:00", "P3"),
    Fact(USLIMATO, "A whole day ends at 24:00, where the next one begins.",
         "beirut", ((f"{_MON} 23:00", "created"),), _FIRST, f"{_TUE} 00:15",
         "running 1h 15m, due Tue 17 Nov 01:00"),
    # --- first response ---
    Fact(FIRST_REPLY, "It is the time from the creation to the first public comment of an agent.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "answer")), _FIRST, f"{_TUE} 08:00",
         "met 1h, due Mon 16 Nov 10:00, met Mon 16 Nov 09:00"),
    Fact(FIRST_REPLY, "An internal note is no reply.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "note")), _FIRST, f"{_MON} 09:00",
         "running 1h, due Mon 16 Nov 10:00"),
    Fact(FIRST_REPLY, "What bots say does not count.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 08:00", "bot")), _FIRST, f"{_MON} 09:00",
         "running 1h, due Mon 16 Nov 10:00"),
    Fact(FIRST_REPLY, "An agent who creates the ticket for a customer has not replied yet.",
         "lunch", ((f"{_MON} 08:00", "created by an agent"), (f"{_MON} 09:00", "answer")), _FIRST,
         f"{_MON} 12:00", "met 1h, due Mon 16 Nov 10:00, met Mon 16 Nov 09:00"),
    Fact(FIRST_REPLY, "Solved without a comment and reopened, the first reply is still to come.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "solved"), (f"{_TUE} 08:00", "reopened"),
          (f"{_TUE} 08:30", "answer")),
         _FIRST, f"{_TUE} 09:00", "met 1h, due Tue 17 Nov 09:30, met Tue 17 Nov 08:30",
         differs="the time in which it was solved does not count"),
    Fact(ZAMMAD, "The first response counts from the creation, whatever becomes of the ticket.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "priority P1")), _FIRST, f"{_MON} 09:01",
         "breached 1h 1m, due Mon 16 Nov 09:00", "P3"),
    Fact(FRESHDESK, "The timer begins when the ticket is created, in the status open.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 08:10", "works")), _FIRST, f"{_MON} 08:30",
         "running 30m, due Mon 16 Nov 10:00"),
    Fact(ZENDESK, "Who writes twice waits since the first time; here before the first reply.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:30", "customer")), _FIRST, f"{_MON} 09:45",
         "at-risk 1h 45m, due Mon 16 Nov 10:00"),
    # --- next response and updates ---
    Fact(ZENDESK, "The next reply counts from the oldest comment of the customer that is unanswered.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "answer"), (f"{_MON} 09:00", "customer"),
          (f"{_MON} 10:30", "customer")),
         _NEXT, f"{_MON} 10:45", "at-risk 1h 45m, due Mon 16 Nov 11:00"),
    Fact(RT, "A reply takes the due date away, and the client's reply sets it again.",
         "always",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "answer"), (f"{_MON} 09:00", "customer"),
          (f"{_MON} 09:30", "answer"), (f"{_MON} 20:00", "customer")),
         _NEXT, f"{_MON} 20:30", "running 30m, due Mon 16 Nov 22:00"),
    Fact(ZAMMAD, "For an agent to respond: from the moment at which the customer replied.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "answer"), (f"{_MON} 17:00", "customer")),
         _NEXT, f"{_TUE} 08:30", "at-risk 1h 30m, due Tue 17 Nov 09:00"),
    Fact(ZAMMAD, "Between agent updates: every so often, whether the customer replies or not.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 08:30", "answer"), (f"{_MON} 09:00", "customer")),
         _UPDATE, f"{_MON} 09:30", "running 1h, due Mon 16 Nov 10:30"),
    # --- solving ---
    Fact(ZAMMAD, "A solution is a closed state, counted from the creation; answers do not matter.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "answer"), (f"{_MON} 16:00", "solved")),
         _SOLVED, f"{_TUE} 08:00", "met 7h, due Mon 16 Nov 17:00, met Mon 16 Nov 16:00"),
    Fact(ZNUNY, "Only closing the ticket meets the solution time.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 16:00", "answer")), _SOLVED, f"{_MON} 17:30",
         "breached 8h 30m, due Mon 16 Nov 17:00"),
    Fact(ZAMMAD, "First response and solution apply once.",
         "once",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 10:00", "solved"), (f"{_TUE} 08:00", "reopened")),
         _SOLVED, f"{_TUE} 09:00", "met 2h, due Mon 16 Nov 17:00, met Mon 16 Nov 10:00"),
    Fact(FIRST_RESOLUTION, "Reopening starts no new tracker.",
         "once",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 10:00", "solved"), (f"{_TUE} 08:00", "reopened"),
          (f"{_TUE} 12:00", "solved")),
         _SOLVED, f"{_TUE} 13:00", "met 2h, due Mon 16 Nov 17:00, met Mon 16 Nov 10:00"),
    Fact(TOTAL_RESOLUTION, "Reopening something old can breach at once, since all time counts.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 10:00", "solved"), (f"{_FRI} 08:00", "reopened")),
         _SOLVED, f"{_FRI} 09:00", "running 3h, due Fri 20 Nov 15:00",
         differs="the time in which it was solved does not count, or all of it begins anew (`on_reopen`)"),
    Fact(TOTAL_RESOLUTION, "The same, where a reopened ticket begins anew.",
         "afresh",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 10:00", "solved"), (f"{_FRI} 08:00", "reopened")),
         _SOLVED, f"{_FRI} 09:00", "running 1h, due Fri 20 Nov 17:00",
         differs="by `on_reopen: restart` it has its whole time again"),
    # --- pauses ---
    Fact(RT, "`IgnoreOnStatuses` leaves statuses out in which a ticket is stalled.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "waits")), _SOLVED, f"{_TUE} 12:00",
         "paused 1h"),
    Fact(FRESHDESK, "A status has its timer on or off; here it is on.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "holds")), _SOLVED, f"{_MON} 11:00",
         "running 3h, due Mon 16 Nov 17:00"),
    Fact(FRAPPE, "In `Replied` the timer is paused until the customer responds; `Resolved` fulfils it.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "waits"), (f"{_TUE} 09:00", "solved")),
         _SOLVED, f"{_TUE} 12:00", "met 1h, due Tue 17 Nov 17:00, met Tue 17 Nov 09:00"),
    Fact(ZAMMAD, "What was pending may escalate at once when it opens again, by its age.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "waits"), (f"{_TUE} 09:00", "works")),
         _SOLVED, f"{_TUE} 10:00", "running 2h, due Tue 17 Nov 12:00", "P1",
         differs="the working time in which it waited does not count"),
    Fact(DYNAMICS, "Created, held and resumed before the working hours: the hold changes nothing.",
         "lunch",
         ((f"{_MON} 05:00", "created"), (f"{_MON} 06:00", "waits"), (f"{_MON} 07:00", "works")),
         _SOLVED, f"{_MON} 09:00", "running 1h, due Mon 16 Nov 17:00"),
    Fact(DYNAMICS, "Created before the working hours, held within them: it is due by so much later.",
         "lunch",
         ((f"{_MON} 05:00", "created"), (f"{_MON} 09:00", "waits"), (f"{_MON} 10:00", "works")),
         _SOLVED, f"{_MON} 11:00", "running 2h, due Mon 16 Nov 18:00"),
    Fact(DYNAMICS, "Held within the working hours and resumed outside of them: the hold changes nothing.",
         "lunch",
         ((f"{_MON} 09:00", "created"), (f"{_MON} 17:00", "waits"), (f"{_MON} 20:00", "works")),
         _SOLVED, f"{_TUE} 08:30", "at-risk 7h 30m, due Tue 17 Nov 09:00",
         differs="the hour until closing time was held, and does not count"),
    Fact(DYNAMICS, "Held outside of the working hours, over a weekend, and resumed within them.",
         "lunch",
         ((f"{_FRI} 16:00", "created"), (f"{_FRI} 19:00", "waits"), (f"{_NEXT_MON} 09:00", "works")),
         _SOLVED, f"{_NEXT_MON} 10:00", "running 3h, due Mon 23 Nov 16:00"),
    Fact(DYNAMICS, "On a holiday nothing counts anyway, so that a hold there changes nothing.",
         "lunch",
         (("2026-11-23 16:00", "created"), ("2026-11-24 09:00", "waits"), ("2026-11-24 17:00", "works")),
         _SOLVED, "2026-11-25 09:00", "running 3h, due Wed 25 Nov 15:00"),
    Fact(JIRA, "Outside of the calendar's hours the clock is shown as paused.",
         "lunch", ((f"{_FRI} 17:00", "created"),), _FIRST, f"{_SAT} 12:00",
         "running 1h, due Mon 23 Nov 09:00",
         differs="`paused` is said of statuses only; the time does not count all the same"),
    Fact(JIRA, 'While a ticket meets "Pause on", time is not counted.',
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 10:00", "waits"), (f"{_MON} 14:00", "works")),
         _SOLVED, f"{_MON} 15:00", "running 3h, due Tue 17 Nov 10:00"),
    # --- priorities ---
    Fact(RETROACTIVE, "Raised from 3 to 1 after three hours, with a retroactive start: since the creation.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 11:00", "priority P1")), _SOLVED,
         f"{_MON} 11:30", "at-risk 3h 30m, due Mon 16 Nov 12:00", "P3"),
    Fact(RETROACTIVE, "It may be breached as soon as it is raised.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 11:00", "priority P1")), _FIRST, f"{_MON} 11:00",
         "breached 3h, due Mon 16 Nov 09:00", "P3"),
    Fact(RETROACTIVE, "A retroactive pause takes earlier pauses along.",
         "lunch",
         ((f"{_MON} 08:00", "created"), (f"{_MON} 09:00", "waits"), (f"{_MON} 11:00", "works"),
          (f"{_MON} 11:30", "priority P1")),
         _SOLVED, f"{_MON} 12:00", "running 2h, due Mon 16 Nov 15:00", "P3"),
    Fact(RETROACTIVE, "Without a retroactive start, the clock of the new priority begins with the change.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 11:00", "priority P1")), _SOLVED,
         f"{_MON} 14:00", "breached 5h, due Mon 16 Nov 12:00", "P3",
         differs="it is always the whole time since the creation"),
    Fact(RETROACTIVE, "Lowered, the whole time is held against the longer target.",
         "lunch", ((f"{_MON} 08:00", "created"), (f"{_MON} 09:30", "priority P3")), _FIRST, f"{_MON} 09:31",
         "running 1h 31m, due Mon 16 Nov 11:00", "P1"),
)  # fmt: skip
