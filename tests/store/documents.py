"""Files with front matter as tkt writes them, and as people do."""

from hypothesis import strategies as st

from tests.store.readers import TEXTS
from tkt.store.codec import field_lines

KEYS = ("id", "title", "status", "labels", "due", "links", "x-own", "other")
ORDER = KEYS[:6]
"""The fixed order of the known keys; the last two are somebody else's."""

LABELS = st.lists(st.sampled_from(["a", "b", "login", "m: n", "no", "zebra"]), unique=True)
VALUES = st.one_of(TEXTS, LABELS.map(lambda items: tuple(sorted(items))))

BODIES = st.sampled_from(
    [
        "",
        "\nSince this morning ...\n",
        "\nno final newline",
        "no blank line\n",
        "\n---\nid: not front matter\n---\n",
        "\n```yaml\n---\na: b\n```\n",
        "\n=======\n\n\n  \n",
        "\n\u2028 \x85 \ufeff é 😀\n",
    ]
)

_ODD = (
    "{k}: plain text",
    "{k}:",
    "{k}: ~",
    "{k}:   spaced out   # why",
    "{k}: # nothing yet",
    "{k}: 'it''s'  # quoted",
    '{k}: "a \\u00e9 \\x41"',
    '"{k}": a quoted key',
    "{k}: plain over\n  two lines",
    "{k}: |\n  literal\n\n  - more\n  # no comment",
    "{k}: >- # folded\n  one\n  two",
    "{k}: [a, 'b', \"c\"]  # in brackets",
    "{k}: [a,\n  b]",
    "{k}: []",
    "{k}:\n- a\n- b",
    "{k}: # ours\n  - zebra   # first\n\n  # between\n  - 'a'",
    "{k}:\n- a\n- over\n  two lines",
    "{k}:\n- [a, b]\n- c: d",
    "{k}:\n  inner:\n    deeper: [1, {{x: 2}}]\n  # inside\n  other: 'q'",
    "{k}: {{a: b, c: [d]}}",
    "{k}:\n  f: [a, b]\n  g: {{add: [c]}}",
    "{k}:\n- {{file: a.png, size: 3}}",
)
_BETWEEN = st.sampled_from(["", "\n", "# a comment\n", "\n# one\n  # two\n\n", "   \n"])
_EOL = st.sampled_from(["\n", "\r\n"])


@st.composite
def canonical(draw: st.DrawFn) -> str:
    """A file exactly as tkt writes it."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True).map(sorted))
    fields = [(key, draw(VALUES)) for key in sorted(keys, key=KEYS.index)]
    head = "\n".join("".join(field_lines(key, value)) for key, value in fields)
    return f"---\n{head}---\n{draw(BODIES)}"


@st.composite
def by_hand(draw: st.DrawFn) -> str:
    """A file that somebody wrote, in every form of YAML with one key a line."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    blocks = [draw(st.sampled_from(_ODD)).format(k=key) + "\n" for key in keys]
    head = draw(_BETWEEN) + "".join(block + draw(_BETWEEN) for block in blocks)
    start = draw(st.sampled_from(["---\n", "--- \t\n", "\ufeff---\n"]))
    text = f"{start}{head}{draw(st.sampled_from(['---', '---  ']))}\n"
    return text.replace("\n", draw(_EOL)) + draw(BODIES)


_PIECES = st.sampled_from(
    [
        *("a: b", "a:", "b: 'x'", "c: [a, b]", "c: [a,", "  b]", "- x", "  - y", "- ", "-", "d: x # c"),
        *("# note", "  # note", "", "  ", "\t", "e: |", "  text", "f: ~", "null: x", "g: no", "i: a: b"),
        *("i: a #b", "i: http://x:80/", "j: 'a", "   b'", "k:  two", "k: x ", "? a", ": b", "l: {a: b}"),
        *("n: &a x", "n: *a", "n: !t x", "o: {}", 'o: ""', "---x", "p:\tq", "- 'q' # c", "...", "r: \u00a0x"),
        *("  s: [a, 'b, c']", "  s: {add: [a], remove: [b]}", "  t: {a: x, a: y}", "  t: [a, ]", "  u: []"),
        *("- {file: a, size: 3}", "- {}", "- {a: null}", "v: \x07", "w: \u2028x", "# \u2028x: y", "x: @y"),
    ]
)


@st.composite
def anything(draw: st.DrawFn) -> str:
    """What may or may not be front matter."""
    lines = draw(st.lists(st.one_of(_PIECES, TEXTS), max_size=8))
    end = draw(_EOL)
    return f"---{end}{''.join(line + end for line in lines)}---{end}{draw(BODIES)}"
