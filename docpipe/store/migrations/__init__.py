"""The schema's revisions in order, known without loading Alembic. Imports nothing.

A new migration adds its file under ``versions/`` and its number here; a test holds the two together.
"""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
HEAD = REVISIONS[-1]
