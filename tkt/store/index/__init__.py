"""The index: all tickets in one SQLite file that can be deleted at any time."""
