"""Checks of drafts: one class a check, one file a theme, found by walking. Imports the core and its room only."""
