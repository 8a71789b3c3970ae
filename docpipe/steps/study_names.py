"""Names of what is kept of a study that was read. Imports nothing."""

from __future__ import annotations

FACTS, DISPLAYS, FIGURES, EVIDENCE, SOURCE_LIST, CARD = "facts", "displays", "figures", "evidence", "sources", "card"
"""Names of a study's blobs; ``facts:DOCUMENT`` are the facts that one document needs."""
CHANGES = "changes"
"""What differs from the study of the batch that this one follows."""
