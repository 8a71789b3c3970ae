"""Drawings of our own: shapes, text measured, the trial schema, SVG and PNG. Imports the core, pypdfium2 and its room."""

from __future__ import annotations
