"""What tickets say, made up by chance: titles, descriptions and comments of a help desk."""

from __future__ import annotations

from random import Random

_THINGS = (
    "login page", "invoice export", "password reset", "mail gateway", "search index", "report of October",
    "mobile app", "billing run", "VPN of the Lisbon office", "customer portal", "printer on floor 3",
    "single sign-on", "webhook of the shop", "nightly backup", "audit log", "contract upload",
)  # fmt: skip
_TROUBLES = (
    "fails after an update", "is slow since Monday", "shows the wrong total", "loses its settings",
    "asks for a code that never comes", "is empty for new customers", "times out behind the proxy",
    "cannot be opened on a phone", "ignores the time zone", "needs a second approver",
    "breaks on long names", "sends everything twice",
)  # fmt: skip
_SENTENCES = (
    "It worked last week, and nobody remembers a change.",
    "Three customers have called about it since this morning.",
    "I can see it with my own account, but not with a fresh one.",
    "The log says `connection reset by peer`, then nothing for thirty seconds.",
    "Restarting the service helps for about an hour.",
    "The numbers in the summary are right; only the download is wrong.",
    "Could somebody from the second floor look at this before Thursday?",
    "We have seen something like it in spring, see the older ticket.",
    "A workaround is to open the page in a private window.",
    "The customer is Müller & Søn; they pay for the fast lane.",
    "Attached is what the screen shows, and what it should show.",
    "I have asked the vendor, who promises an answer by tomorrow.",
)
_STEPS = (
    "open the page as a customer", "choose *Export* in the menu", "wait until the bar is full",
    "press the back button", "log out and in again", "compare the two totals",
)  # fmt: skip
RARE = "zeppelin"
"""A word that few texts have, to search for."""


class Wording:
    """Makes texts up.

    Args:
        chance: where the choices come from; the same one gives the same texts.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def title(self) -> str:
        """One line."""
        thing = self.chance.choice(_THINGS)
        return f"{thing[0].upper()}{thing[1:]} {self.chance.choice(_TROUBLES)}"

    def description(self) -> str:
        """A few paragraphs, often with a list, sometimes with a listing: about 600 characters."""
        parts = [self.paragraph() for _ in range(self.chance.randint(1, 3))]
        if self.chance.random() < 0.6:
            steps = self.chance.sample(_STEPS, 4)
            parts.append("\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))
        if self.chance.random() < 0.2:
            parts.append("```\nERROR 2026-03-02 gateway: connection reset by peer (attempt 3 of 3)\n```")
        return "\n\n".join(parts) + "\n"

    def comment(self) -> str:
        """A paragraph, seldom two."""
        parts = [self.paragraph() for _ in range(1 if self.chance.random() < 0.8 else 2)]
        return "\n\n".join(parts) + "\n"

    def paragraph(self) -> str:
        """A few sentences."""
        said = " ".join(self.chance.sample(_SENTENCES, self.chance.randint(1, 5)))
        return f"{said} The {RARE} is not to blame." if self.chance.random() < 0.01 else said
