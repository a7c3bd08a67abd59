"""Talking to Git: GitPython and subprocess live here only."""
