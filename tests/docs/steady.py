"""The real `tkt`, except that the same command always draws the same ids.

So a page can name a ticket in one command that another one made, and be run again tomorrow.
"""

import hashlib
import sys
from itertools import count

import tkt.wiring.machine
from tkt.cli.main import main
from tkt.domain.ids import ALPHABET

_draws = count()


def steady_text(length: int) -> str:
    """What stands in for chance: it follows from the command line and how often it was asked."""
    seed = "\0".join([*sys.argv[1:], str(next(_draws))])
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:length])


if __name__ == "__main__":
    tkt.wiring.machine.random_text = steady_text
    main()
