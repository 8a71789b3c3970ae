"""Words that a document carries on its face while people have not approved it. Imports nothing."""

from __future__ import annotations

DRAFT, REHEARSAL = "DRAFT, NOT REVIEWED", "REHEARSAL"
