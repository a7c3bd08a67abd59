"""What messages and branches say about tickets."""

import pytest

from tkt.domain.messages import (
    branch_candidates,
    fixed_in,
    named_in,
    repeats_another,
    says_nothing_else,
    spoken,
    trailer_values,
    with_reference,
)

ID, OTHER = "TKT-2j7k3q9", "TKT-2j7zzzz"
CUT = "# ------------------------ >8 ------------------------"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Mend {ID}", (ID,)),
        ("mend tkt-2J7K3Q9, and TKT-2j7zzzz.", (ID, OTHER)),
        (f"{ID} {ID}", (ID,)),
        (f"X{ID} {ID}x 1{ID} TKT-2j7k3q TKT_2j7k3q9 ABC-2j7k3q9", ()),
        ("TKT-2j7k3qo", ("TKT-2j7k3qo",)),  # perhaps a misread id
        ("", ()),
    ],
)
def test_ids_in_a_text(text: str, found: tuple[str, ...]) -> None:
    assert named_in(text, "TKT") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Fixes {ID}", (ID,)),
        (f"Mend it\n\nfixes: {ID}, {OTHER}", (ID, OTHER)),
        (f"CLOSES {ID} and {OTHER}", (ID, OTHER)),
        (f"Resolves {ID.lower()} {OTHER}", (ID, OTHER)),
        (f"Fixes {ID}\nCloses {OTHER}\nresolves {ID}", (ID, OTHER)),
        (f"Refs: {ID}", ()),
        (f"prefixes {ID}", ()),
        (f"Fixes the door of {ID}", ()),
        (f"Fixes{ID}", ()),
    ],
)
def test_what_a_message_says_is_done(text: str, found: tuple[str, ...]) -> None:
    assert fixed_in(text, "TKT") == found


@pytest.mark.parametrize(
    ("branch", "found"),
    [
        ("feature/TKT-2j7k3q9-login", (ID,)),
        ("tkt-2j7k3q9", (ID,)),
        ("2j7k3q9-login", (ID,)),
        ("ana/2j7k3q9", (ID,)),
        ("TKT-2j7k3q9-and-TKT-2j7zzzz", (ID, OTHER)),
        ("main", ()),
        ("feature/login", ()),
        ("2j7k3q9x", ()),
        ("", ()),
    ],
)
def test_what_a_branch_may_be_named_after(branch: str, found: tuple[str, ...]) -> None:
    assert branch_candidates(branch, "TKT") == found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("one\n\ntwo\n# three\n", "one\n\ntwo"),
        (f"one\n{CUT}\ndiff TKT-2j7k3q9\n", "one"),
        ("\n\n# only comments\n", ""),
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("one\x0btwo\u2028three", "one\x0btwo\u2028three"),
    ],
)
def test_what_git_will_keep(text: str, kept: str) -> None:
    assert spoken(text) == kept


def test_another_comment_mark() -> None:
    assert spoken("#1 is mended\n; a comment\n", ";") == "#1 is mended"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\n", f"one\n\nRefs: {ID}\n"),
        ("one", f"one\n\nRefs: {ID}\n"),
        ("fix: one\n", f"fix: one\n\nRefs: {ID}\n"),
        ("one\n\nwhy\n", f"one\n\nwhy\n\nRefs: {ID}\n"),
        ("one\n\nSigned-off-by: Ana\n", f"one\n\nSigned-off-by: Ana\nRefs: {ID}\n"),
        ("one\n# two\n", f"one\n\nRefs: {ID}\n\n# two\n"),
        ("one\n\n# two\n", f"one\n\nRefs: {ID}\n\n# two\n"),
        ("\n# two\n", f"\n\nRefs: {ID}\n\n# two\n"),
        (f"one\n{CUT}\n# below\ndiff\n", f"one\n\nRefs: {ID}\n\n{CUT}\n# below\ndiff\n"),
    ],
)
def test_a_message_gets_its_reference(before: str, after: str) -> None:
    assert with_reference(before, ID) == after


@pytest.mark.parametrize("first", ["fixup! a", "squash! a", "amend! a", 'Revert "a"'])
def test_messages_that_repeat_another(first: str) -> None:
    assert repeats_another(first)
    assert not repeats_another(f"Not {first}")


def test_a_message_without_a_message() -> None:
    assert says_nothing_else(f"Refs: {ID}")
    assert not says_nothing_else(f"one\n\nRefs: {ID}")
    assert not says_nothing_else("")


def test_trailers_are_the_last_paragraph() -> None:
    assert list(trailer_values(f"one\n\nTicket: {ID}\nTicket: {OTHER}", "Ticket")) == [ID, OTHER]
    assert list(trailer_values(f"one\n\nTicket: {ID}\n\nmore", "Ticket")) == []
