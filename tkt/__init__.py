"""tkt: tickets as Markdown files inside a Git repository."""

__version__ = "0.1.0"
