"""`python -m tkt`, and the `tkt` command."""

from tkt.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
