"""Outside things turned into tickets: each importer stands alone, and is a line in the table."""

IMPORTERS = {
    "beads": "tkt.intake.beads:read_beads",
    "jsonl": "tkt.intake.jsonl:read_jsonl",
}
"""By name: the module and function that reads an export (usecases.importing.Importer)."""

SOURCES = {"jsonl": "tkt itself"}
"""Whose export it is, where the name does not say so."""
