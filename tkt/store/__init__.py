"""Tickets and settings on disk: YAML and front matter live here only."""
