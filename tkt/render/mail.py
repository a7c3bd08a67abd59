"""Reports as messages that a mailer takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from tkt.errors import UsageError
from tkt.render.markup import to_html
from tkt.render.text import clean_line

_NOWHERE = "tkt.invalid"
"""Ends message ids where nobody has an address of which to make them: RFC 2606 keeps that name free."""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="margin:0;padding:12px;font:15px/1.45 sans-serif">
{body}</body>
</html>
"""
"""Headings and tables, and no more: of a page, mail programs leave out charts and style sheets."""

_CELL = "padding:4px 8px 4px 0"
_STYLES = {
    "h1": "font-size:20px;line-height:1.25;margin:0 0 8px",
    "h2": "font-size:15px;margin:12px 0 4px",
    "table": "display:inline-table;vertical-align:top;border-collapse:collapse;margin:0 16px 16px 0;"
    "font-size:13px;overflow-wrap:break-word",
    "th": f"{_CELL};vertical-align:bottom;border-bottom:1px solid #999;font:11px sans-serif;color:#666",
    "td": f"{_CELL};vertical-align:top;border-bottom:1px solid #ddd",
}
"""Of elements, since mail programs leave out style sheets; lines may be broken, as a telephone needs it."""

_LONGEST = 900
"""Of a header's line, below the 998 of RFC 5322: folded earlier, a subject would begin on its second line."""


class Letter(NamedTuple):
    """What a message says.

    Args:
        key: the same for the same message, wherever it is made.
        desk: the key of its tickets, such as `TKT`.
        sender: the name and the address of whom it is from.
        home: the host that message ids end with; "" for none.
        to: addresses.
        at: when it was written, UTC.
        subject: one line.
        text: plain.
        markdown: the same.
        table: the same numbers, CSV.
        name: of the file with them.
    """

    key: str
    desk: str
    sender: tuple[str, str]
    home: str
    to: Sequence[str]
    at: datetime
    subject: str
    text: str
    markdown: str
    table: str
    name: str


def as_mail(letter: Letter) -> str:
    """A message by RFC 5322, with LF at the ends of lines.

    Raises:
        UsageError: an address is none.
    """
    mail = EmailMessage(policy=default)
    try:
        mail["From"] = Address(clean_line(letter.sender[0]), addr_spec=letter.sender[1])
        mail["To"] = [Address(addr_spec=each) for each in letter.to]
    except ValueError as error:
        addresses = ", ".join(map(clean_line, (letter.sender[1], *letter.to)))
        raise UsageError(f"among these is something that is no e-mail address: {addresses}") from error
    mail["Subject"] = clean_line(letter.subject)
    mail["Date"] = format_datetime(letter.at)
    key = letter.key.replace("/", ".")
    mail["Message-ID"] = f"<{key}.{letter.desk}@{letter.home or _NOWHERE}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: whoever is away answers nothing
    mail.set_content(letter.text)
    page = _PAGE.format(title=escape(clean_line(letter.subject)), body=to_html(letter.markdown, _STYLES))
    mail.add_alternative(page, subtype="html")
    mail.set_boundary(f"==text.{key}==")  # the same bytes in every clone
    mail.add_attachment(letter.table, subtype="csv", filename=letter.name)
    mail.set_boundary(f"=={key}==")
    return mail.as_string(policy=default.clone(max_line_length=_LONGEST))
