"""`python -m tkt`, and the `tkt` command."""

import gc
import sys

from tkt.cli.early import begin_to_look


def main() -> None:
    """Run tkt and exit with its code."""
    # A command is over before cycles of garbage can fill the memory: looking for them costs a tenth of it.
    gc.set_threshold(100_000)
    begin_to_look(sys.argv[1:])
    from tkt.cli.main import main as run  # start-up: what takes long has begun by now

    run()


if __name__ == "__main__":
    main()
