"""Talking to Git: subprocess lives here only."""
