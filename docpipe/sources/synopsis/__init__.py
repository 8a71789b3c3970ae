"""Synopses of protocols as people write them: labels with texts, in a table or under headings, read as a designed trial."""
